//! The checks of a call's pairs (readings, 5.5): those on the runtime, those on the endpoint.

use veriam_model::readings::EndpointPolicyScope;
use veriam_model::{
    Account, Check, Context, Dialect, DuplicateKey, Fact, Membership, Pair, PolicySlot, PolicyText,
    PolicyType, Principal, Resource, Tags,
};

use super::context;
use super::pairs::On;
use super::scene::Scene;
use crate::Detail;
use crate::decide::Log;
use crate::document::{self, Reading};
use crate::judgement::{Placed, policy_type};
use crate::notes::ac;

/// The checks of a call. Those on one resource differ in their actions only, so each policy text is read once.
#[derive(Clone, Debug)]
pub(crate) struct Checks<'d> {
    runtime: Side<'d>,
    endpoint: Side<'d>,
    /// The policies of both sides.
    shared: Vec<(PolicySlot, Reading<'d>)>,
}

/// The checks on one resource.
#[derive(Clone, Debug)]
struct Side<'d> {
    check: Check,
    /// The resource's own policy.
    policy: Option<Reading<'d>>,
}

impl<'d> Checks<'d> {
    /// Gathers the policies that count and derives the context keys.
    pub(crate) fn of(
        scene: &Scene<'_>,
        dialect: &'d Dialect,
        detail: Option<Detail>,
        log: &mut Log<'_>,
    ) -> Result<Self, DuplicateKey> {
        let read = |slot, text: &PolicyText| {
            let policy_type = policy_type(slot, PolicyType::Resource);
            document::read(policy_type, text.as_str().as_bytes(), dialect, detail)
        };
        let side = |mut check: Check, arn, policy: Option<&PolicyText>, tags: Option<&Tags>| {
            check.resource.arn = arn;
            check.resource_policy = policy.cloned();
            context::resource_tags(scene, tags, dialect, &mut check.context)?;
            let policy = policy.map(|text| read(PolicySlot::Resource, text));
            Ok(Side { check, policy })
        };
        let common = common(scene, context::keys(scene, dialect)?);
        let shared = common.policies();
        let shared = shared.map(|(slot, text)| (slot, read(slot, text)));
        let shared = shared.collect();
        let mut on_endpoint = common.clone();
        if !endpoint_policy_reaches_endpoint(scene, log) {
            on_endpoint.endpoint_policy = None;
        }
        let endpoint = scene.endpoint;
        Ok(Self {
            runtime: side(
                common,
                scene.runtime_arn(),
                scene.runtime.policy.as_ref(),
                Some(&scene.runtime.tags),
            )?,
            endpoint: side(
                on_endpoint,
                scene.endpoint_arn(),
                endpoint.and_then(|e| e.policy.as_ref()),
                endpoint.map(|e| &e.tags),
            )?,
            shared,
        })
    }

    /// The check of a pair, with its policies in the order of [`Check::policies`].
    pub(crate) fn ask(&mut self, on: On, pair: &Pair) -> (&Check, Vec<Placed<'_, 'd>>) {
        let side = match on {
            On::Runtime => &mut self.runtime,
            On::Endpoint => &mut self.endpoint,
        };
        side.check.action.clone_from(&pair.action);
        let own = side.policy.iter().map(|reading| Placed {
            slot: PolicySlot::Resource,
            reading,
        });
        let without_endpoint_policy = side.check.endpoint_policy.is_none();
        let shared = self.shared.iter();
        let shared = shared
            .filter(|(slot, _)| !(without_endpoint_policy && *slot == PolicySlot::Endpoint))
            .map(|(slot, reading)| Placed {
                slot: *slot,
                reading,
            });
        let mut policies: Vec<_> = own.chain(shared).collect();
        policies.sort_by_key(|placed| placed.slot);
        (&side.check, policies)
    }
}

/// What all checks of a call have in common; action and ARN of the resource are still to come.
fn common(scene: &Scene<'_>, context: Context) -> Check {
    let principal = match &scene.signer {
        Some(signer) => Principal {
            arn: signer.arn.clone(),
            account: Some(signer.account.id.clone()),
        },
        None => Principal {
            arn: "jwt".to_owned(),
            account: None,
        },
    };
    let resource = Resource {
        arn: String::new(),
        account: scene.owner.id.clone(),
    };
    let mut check = Check::new(principal, "", resource);
    check.context = context;
    if let Some(signer) = &scene.signer {
        if let Some(identity) = signer.identity {
            check.identity_policies.clone_from(&identity.policies);
            check.boundary.clone_from(&identity.boundary);
        }
        check.session_policy = signer.session_policy.cloned();
        check.scps = membership(signer.account).map_or_else(Vec::new, |m| m.scps.clone());
        if is_management(signer.account) {
            check.facts.push(Fact::PrincipalInManagementAccount);
        }
    }
    check.rcps = membership(scene.owner).map_or_else(Vec::new, |m| m.rcps.clone());
    if is_management(scene.owner) {
        check.facts.push(Fact::ResourceInManagementAccount);
    }
    check.endpoint_policy = scene.network.and_then(|network| network.policy.clone());
    check
}

fn membership(account: &Account) -> Option<&Membership> {
    account.organization.as_ref()
}

fn is_management(account: &Account) -> bool {
    membership(account).is_some_and(|m| m.management)
}

/// AC-173: whether the policy of the VPC endpoint is asked about the runtime's endpoint, too.
fn endpoint_policy_reaches_endpoint(scene: &Scene<'_>, log: &mut Log<'_>) -> bool {
    if scene.network.is_none_or(|network| network.policy.is_none()) {
        return true;
    }
    let scope = log.notes.choose::<EndpointPolicyScope>();
    log.step(&[ac(173)], || match scope {
        EndpointPolicyScope::Both => {
            "the policy of the VPC endpoint is asked about runtime and endpoint".to_owned()
        }
        EndpointPolicyScope::RuntimeOnly => {
            "the policy of the VPC endpoint is asked about the runtime only".to_owned()
        }
    });
    scope == EndpointPolicyScope::Both
}
