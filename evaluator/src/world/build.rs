//! From a world as it is told to one that is compiled.

use std::borrow::Cow;
use std::collections::HashMap;
use std::iter::Peekable;
use std::vec::IntoIter;

use veriam_model::{self as model, PolicyPlace, PolicySlot, PolicyText, Tags};

use super::layer::{Documents, Layer};
use super::parts::{Account, Identity, Network, Organization, Thing};
use super::{World, WorldError};
use crate::settings::Settings;
use crate::{Limits, ParseError, grammar};

/// Checks, parses and compiles a world.
pub(super) fn build(world: &model::World, settings: Settings) -> Result<World, WorldError> {
    world.validate().map_err(WorldError::Malformed)?;
    let mut builder = Builder {
        settings: &settings,
        world,
        policies: world.policies().into_iter().peekable(),
        accounts_by_id: numbers(world.accounts.iter().map(|a| a.id.as_str())),
    };
    // In the order of the policies, so that the first invalid one is met first.
    let mut accounts = builder.accounts()?;
    let users = builder.identities(&USERS, &world.users)?;
    let mut roles = builder.identities(&ROLES, &world.roles)?;
    builder.trusts(&mut roles)?;
    let runtimes = builder.runtimes()?;
    let gateways = builder.gateways()?;
    let memories = builder.memories()?;
    let others = builder.others()?;
    let networks = builder.networks()?;
    builder.fill_workloads(&mut accounts);
    for (number, user) in users.iter().enumerate() {
        if let Some(account) = accounts.get_mut(user.account) {
            account.users.insert(user.name.clone(), number);
        }
    }
    for (number, role) in roles.iter().enumerate() {
        if let Some(account) = accounts.get_mut(role.account) {
            account.roles.insert(role.name.clone(), number);
        }
    }
    Ok(World {
        region: world.region.as_str().into(),
        accounts,
        users,
        roles,
        runtimes,
        gateways,
        memories,
        harnesses: builder.harnesses(),
        tools: builder.tools(),
        tools_of_aws: builder.tools_of_aws(),
        others,
        networks,
        accounts_by_id: builder.accounts_by_id,
        runtimes_by_id: numbers(world.runtimes.iter().map(|r| r.id.as_str())),
        networks_by_id: numbers(world.networks.iter().map(|n| n.endpoint.as_str())),
        names: without_policies(world),
        settings,
    })
}

/// Builds a world, part by part; those of each kind of resource stand with the requests to it.
pub(super) struct Builder<'w> {
    settings: &'w Settings,
    pub(super) world: &'w model::World,
    /// What is not compiled yet.
    policies: Peekable<IntoIter<(PolicyPlace, &'w PolicyText)>>,
    accounts_by_id: HashMap<Box<str>, usize>,
}

/// How users differ from roles.
struct IdentityKind {
    /// The word of the ARN, before the path.
    word: &'static str,
    session_word: &'static str,
    /// What stands behind the name in the ARN of a session.
    behind_name: &'static str,
    policy: fn(usize, usize) -> PolicyPlace,
    boundary: fn(usize) -> PolicyPlace,
}

const USERS: IdentityKind = IdentityKind {
    word: "user",
    session_word: "federated-user",
    behind_name: "",
    policy: PolicyPlace::UserPolicy,
    boundary: PolicyPlace::UserBoundary,
};

const ROLES: IdentityKind = IdentityKind {
    word: "role",
    session_word: "assumed-role",
    behind_name: "/",
    policy: PolicyPlace::RolePolicy,
    boundary: PolicyPlace::RoleBoundary,
};

impl<'w> Builder<'w> {
    fn accounts(&mut self) -> Result<Vec<Account>, WorldError> {
        let mut accounts = Vec::with_capacity(self.world.accounts.len());
        for (number, account) in self.world.accounts.iter().enumerate() {
            let scps = self.parsed(|place| match place {
                PolicyPlace::Scp(a, level, i) if a == number => Some(PolicySlot::Scp(level, i)),
                _ => None,
            })?;
            let rcps = self.parsed(|place| match place {
                PolicyPlace::Rcp(a, level, i) if a == number => Some(PolicySlot::Rcp(level, i)),
                _ => None,
            })?;
            let membership = account.organization.as_ref();
            // A level without policies allows nothing, so levels count also when there is no policy.
            let levels = |levels: fn(&model::Membership) -> usize| membership.map_or(0, levels);
            let (scp_levels, rcp_levels) = (levels(|m| m.scps.len()), levels(|m| m.rcps.len()));
            let compiled = |documents, levels| Layer::compile(documents, levels, self.settings);
            accounts.push(Account {
                id: account.id.as_str().into(),
                root: self.iam_arn(&account.id, "root"),
                organization: membership.map(organization),
                scps: (scp_levels > 0).then(|| compiled(scps, (scp_levels, 0))),
                rcps: (rcp_levels > 0).then(|| compiled(rcps, (0, rcp_levels))),
                users: HashMap::new(),
                roles: HashMap::new(),
                workloads: self.workloads(&account.id),
            });
        }
        Ok(accounts)
    }

    fn identities(
        &mut self,
        kind: &IdentityKind,
        identities: &'w [model::Identity],
    ) -> Result<Vec<Identity>, WorldError> {
        let mut built = Vec::with_capacity(identities.len());
        for (number, identity) in identities.iter().enumerate() {
            let mut count = 0usize;
            let policies = self.parsed(|place| {
                let is_next = place == (kind.policy)(number, count);
                is_next.then(|| {
                    let slot = PolicySlot::Identity(count);
                    count = count.saturating_add(1);
                    slot
                })
            })?;
            let boundary = self.parsed(|place| {
                (place == (kind.boundary)(number)).then_some(PolicySlot::Boundary)
            })?;
            let model::Identity {
                account,
                name,
                path,
                id,
                tags,
                ..
            } = identity;
            let partition = &self.world.partition;
            let (word, behind) = (kind.session_word, kind.behind_name);
            let session_arn = format!("arn:{partition}:sts::{account}:{word}/{name}{behind}");
            built.push(Identity {
                account: self.account(account),
                name: name.as_str().into(),
                arn: self.iam_arn(account, &format!("{}{path}{name}", kind.word)),
                session_arn: session_arn.into(),
                id: id.as_str().into(),
                tags: tags.clone(),
                policies: Layer::of(policies, self.settings),
                boundary: Layer::of(boundary, self.settings),
                trust: None,
            });
        }
        Ok(built)
    }

    /// Gives the roles their trust policies, which come behind the policies of all roles.
    fn trusts(&mut self, roles: &mut [Identity]) -> Result<(), WorldError> {
        for (number, role) in roles.iter_mut().enumerate() {
            role.trust = self.resource_policy(PolicyPlace::RoleTrust(number))?;
        }
        Ok(())
    }

    fn networks(&mut self) -> Result<Vec<Network>, WorldError> {
        let mut built = Vec::with_capacity(self.world.networks.len());
        for (number, network) in self.world.networks.iter().enumerate() {
            let model::World {
                partition, region, ..
            } = self.world;
            let (account, vpc) = (&network.account, &network.vpc);
            let policy = self.parsed(|place| {
                (place == PolicyPlace::Network(number)).then_some(PolicySlot::Endpoint)
            })?;
            built.push(Network {
                account: self.account(account),
                endpoint: network.endpoint.as_str().into(),
                vpc: vpc.as_str().into(),
                vpc_arn: format!("arn:{partition}:ec2:{region}:{account}:vpc/{vpc}").into(),
                policy: Layer::of(policy, self.settings),
            });
        }
        Ok(built)
    }

    /// The policy of a resource, if it has one.
    pub(super) fn resource_policy(&mut self, at: PolicyPlace) -> Result<Option<Layer>, WorldError> {
        let policy = self.parsed(|place| (place == at).then_some(PolicySlot::Resource))?;
        Ok(Layer::of(policy, self.settings))
    }

    /// Parses policies as long as the next one has a slot.
    fn parsed(
        &mut self,
        mut slot: impl FnMut(PolicyPlace) -> Option<PolicySlot>,
    ) -> Result<Documents<'w>, WorldError> {
        let mut documents = Vec::new();
        while let Some(&(place, text)) = self.policies.peek()
            && let Some(slot) = slot(place)
        {
            self.policies.next();
            let bytes = text.as_str().as_bytes();
            let limits = Limits::default();
            match grammar::read(place.policy_type(), bytes, &self.settings.dialect, &limits) {
                Ok(document) => documents.push((slot, Cow::Owned(document))),
                Err(faults) => {
                    let error = ParseError::first(text.as_str(), faults);
                    return Err(WorldError::invalid(place, &error));
                }
            }
        }
        Ok(documents)
    }

    /// A resource of AgentCore without policy, by what its ARN says behind the account.
    pub(super) fn thing(&self, account: &str, path: &str, tags: &Tags) -> Thing {
        let model::World {
            partition, region, ..
        } = self.world;
        let arn = format!("arn:{partition}:bedrock-agentcore:{region}:{account}:{path}");
        Thing {
            owner: Some(self.account(account)),
            arn: arn.into(),
            tags: tags.clone(),
            policy: None,
            is_runtime_endpoint: false,
        }
    }

    /// The number of an account, which is there in a well-formed world.
    pub(super) fn account(&self, id: &str) -> usize {
        self.accounts_by_id.get(id).copied().unwrap_or(usize::MAX)
    }

    fn iam_arn(&self, account: &str, rest: &str) -> Box<str> {
        let partition = &self.world.partition;
        format!("arn:{partition}:iam::{account}:{rest}").into()
    }
}

/// The endpoint that every runtime and every harness has (AC-021).
pub(super) const DEFAULT: &str = "DEFAULT";

fn organization(membership: &model::Membership) -> Organization {
    let id = &membership.id;
    Organization {
        id: id.as_str().into(),
        path: format!("{id}/{}/", membership.path.join("/")).into(),
        is_managed_here: membership.management,
    }
}

fn numbers<'n>(names: impl Iterator<Item = &'n str>) -> HashMap<Box<str>, usize> {
    names
        .enumerate()
        .map(|(n, name)| (name.into(), n))
        .collect()
}

/// The world as far as the names in a call can refer to it.
fn without_policies(world: &model::World) -> model::World {
    let mut world = world.clone();
    for account in &mut world.accounts {
        account.organization = None;
    }
    for identity in world.users.iter_mut().chain(&mut world.roles) {
        identity.policies = Vec::new();
        identity.boundary = None;
        // Whether there is one counts.
        if let Some(trust) = &mut identity.trust {
            *trust = PolicyText::new("");
        }
    }
    for runtime in &mut world.runtimes {
        runtime.policy = None;
        runtime.endpoints = Vec::new();
    }
    world.gateways.iter_mut().for_each(|g| g.policy = None);
    world.memories.iter_mut().for_each(|m| m.policy = None);
    world.others.iter_mut().for_each(|o| o.policy = None);
    world.networks.iter_mut().for_each(|n| n.policy = None);
    world
}
