//! Where in a world, or in the call made in it, a policy stands.

use std::fmt;

use serde::Serialize;

use crate::{Call, Caller, Identity, OtherPolicyType, PolicyText, PolicyType, World};

/// The place of one policy of a world and a call. Indices count from 0, in the order of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyPlace {
    /// `accounts[a].organization.scps[level][i]`
    Scp(usize, usize, usize),
    /// `accounts[a].organization.rcps[level][i]`
    Rcp(usize, usize, usize),
    /// `users[u].policies[i]`
    UserPolicy(usize, usize),
    /// `users[u].boundary`
    UserBoundary(usize),
    /// `roles[r].policies[i]`
    RolePolicy(usize, usize),
    /// `roles[r].boundary`
    RoleBoundary(usize),
    /// `roles[r].trust`
    RoleTrust(usize),
    /// `runtimes[r].policy`
    Runtime(usize),
    /// `runtimes[r].endpoints[e].policy`
    RuntimeEndpoint(usize, usize),
    /// `gateways[g].policy`
    Gateway(usize),
    /// `memories[m].policy`
    Memory(usize),
    /// `others[o].policy`, an ordinary resource-based policy
    Other(usize),
    /// `others[o].policy`, a key policy
    Key(usize),
    /// `networks[n].policy`
    Network(usize),
    /// `call.caller.….policy`, the session policy
    Session,
}

impl PolicyPlace {
    /// The type of a policy that stands here.
    #[must_use]
    pub const fn policy_type(self) -> PolicyType {
        match self {
            PolicyPlace::Scp(..) => PolicyType::Scp,
            PolicyPlace::Rcp(..) => PolicyType::Rcp,
            PolicyPlace::UserPolicy(..) | PolicyPlace::RolePolicy(..) => PolicyType::Identity,
            PolicyPlace::UserBoundary(_) | PolicyPlace::RoleBoundary(_) => PolicyType::Boundary,
            PolicyPlace::RoleTrust(_) => PolicyType::Trust,
            PolicyPlace::Runtime(_)
            | PolicyPlace::RuntimeEndpoint(..)
            | PolicyPlace::Gateway(_)
            | PolicyPlace::Memory(_)
            | PolicyPlace::Other(_) => PolicyType::Resource,
            PolicyPlace::Key(_) => PolicyType::Key,
            PolicyPlace::Network(_) => PolicyType::Endpoint,
            PolicyPlace::Session => PolicyType::Session,
        }
    }
}

impl fmt::Display for PolicyPlace {
    /// The member's path in a case file, for example `roles[0].policies[1]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PolicyPlace::Scp(a, l, i) => write!(f, "accounts[{a}].organization.scps[{l}][{i}]"),
            PolicyPlace::Rcp(a, l, i) => write!(f, "accounts[{a}].organization.rcps[{l}][{i}]"),
            PolicyPlace::UserPolicy(u, i) => write!(f, "users[{u}].policies[{i}]"),
            PolicyPlace::UserBoundary(u) => write!(f, "users[{u}].boundary"),
            PolicyPlace::RolePolicy(r, i) => write!(f, "roles[{r}].policies[{i}]"),
            PolicyPlace::RoleBoundary(r) => write!(f, "roles[{r}].boundary"),
            PolicyPlace::RoleTrust(r) => write!(f, "roles[{r}].trust"),
            PolicyPlace::Runtime(r) => write!(f, "runtimes[{r}].policy"),
            PolicyPlace::RuntimeEndpoint(r, e) => write!(f, "runtimes[{r}].endpoints[{e}].policy"),
            PolicyPlace::Gateway(g) => write!(f, "gateways[{g}].policy"),
            PolicyPlace::Memory(m) => write!(f, "memories[{m}].policy"),
            PolicyPlace::Other(o) | PolicyPlace::Key(o) => write!(f, "others[{o}].policy"),
            PolicyPlace::Network(n) => write!(f, "networks[{n}].policy"),
            PolicyPlace::Session => f.write_str("call.caller.policy"),
        }
    }
}

impl Serialize for PolicyPlace {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl World {
    /// Every policy of the world with its place, in the order of the world's members.
    #[must_use]
    pub fn policies(&self) -> Vec<(PolicyPlace, &PolicyText)> {
        let mut all = Vec::new();
        for (a, account) in self.accounts.iter().enumerate() {
            let Some(organization) = &account.organization else {
                continue;
            };
            let scps = levels(&organization.scps).map(|(l, i, p)| (PolicyPlace::Scp(a, l, i), p));
            all.extend(scps);
            let rcps = levels(&organization.rcps).map(|(l, i, p)| (PolicyPlace::Rcp(a, l, i), p));
            all.extend(rcps);
        }
        identities(
            &mut all,
            &self.users,
            PolicyPlace::UserPolicy,
            PolicyPlace::UserBoundary,
        );
        identities(
            &mut all,
            &self.roles,
            PolicyPlace::RolePolicy,
            PolicyPlace::RoleBoundary,
        );
        for (r, role) in self.roles.iter().enumerate() {
            all.extend(role.trust.iter().map(|p| (PolicyPlace::RoleTrust(r), p)));
        }
        for (r, runtime) in self.runtimes.iter().enumerate() {
            let own = runtime.policy.iter().map(|p| (PolicyPlace::Runtime(r), p));
            all.extend(own);
            for (e, endpoint) in runtime.endpoints.iter().enumerate() {
                let place = PolicyPlace::RuntimeEndpoint(r, e);
                all.extend(endpoint.policy.iter().map(|p| (place, p)));
            }
        }
        for (g, gateway) in self.gateways.iter().enumerate() {
            all.extend(gateway.policy.iter().map(|p| (PolicyPlace::Gateway(g), p)));
        }
        for (m, memory) in self.memories.iter().enumerate() {
            all.extend(memory.policy.iter().map(|p| (PolicyPlace::Memory(m), p)));
        }
        for (o, other) in self.others.iter().enumerate() {
            let place = match other.policy_type {
                OtherPolicyType::Resource => PolicyPlace::Other(o),
                OtherPolicyType::Key => PolicyPlace::Key(o),
            };
            all.extend(other.policy.iter().map(|p| (place, p)));
        }
        for (n, network) in self.networks.iter().enumerate() {
            all.extend(network.policy.iter().map(|p| (PolicyPlace::Network(n), p)));
        }
        all
    }
}

impl Call {
    /// The caller's session policy, if there is one.
    #[must_use]
    pub fn session_policy(&self) -> Option<&PolicyText> {
        match &self.caller {
            Caller::Session(session) => session.policy.as_ref(),
            Caller::Federated(session) => session.policy.as_ref(),
            Caller::User(_)
            | Caller::Root(_)
            | Caller::Jwt(_)
            | Caller::Service(_)
            | Caller::Anonymous => None,
        }
    }
}

fn levels(levels: &[Vec<PolicyText>]) -> impl Iterator<Item = (usize, usize, &PolicyText)> {
    levels.iter().enumerate().flat_map(|(l, level)| {
        let policies = level.iter().enumerate();
        policies.map(move |(i, policy)| (l, i, policy))
    })
}

fn identities<'w>(
    all: &mut Vec<(PolicyPlace, &'w PolicyText)>,
    identities: &'w [Identity],
    policy: fn(usize, usize) -> PolicyPlace,
    boundary: fn(usize) -> PolicyPlace,
) {
    for (n, identity) in identities.iter().enumerate() {
        let own = identity.policies.iter().enumerate();
        all.extend(own.map(|(i, p)| (policy(n, i), p)));
        all.extend(identity.boundary.iter().map(|p| (boundary(n), p)));
    }
}
