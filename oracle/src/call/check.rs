//! The checks of a call's pairs (readings, 5.5): those on the runtime, those on the endpoint.

use veriam_model::readings::EndpointPolicyScope;
use veriam_model::{
    Account, Check, Context, Dialect, DuplicateKey, Fact, Membership, Pair, PolicySlot, PolicyText,
    PolicyType, Principal, Resource,
};

use super::context;
use super::pairs::On;
use super::scene::Scene;
use crate::Detail;
use crate::decide::Log;
use crate::document::{self, Reading};
use crate::judgement::{Placed, policy_type};
use crate::notes::ac;

/// The checks of a call. They have nearly all in common, so there is one, and what changes from pair to pair is put in.
/// Each policy text is read once.
#[derive(Clone, Debug)]
pub(crate) struct Checks<'w, 'd> {
    /// The check of the last pair asked about.
    check: Check,
    /// How many context keys are those of every pair; the tags of the resource stand behind them.
    common_keys: usize,
    runtime: Side<'w, 'd>,
    endpoint: Side<'w, 'd>,
    /// The policies of both sides but for the resource's own.
    shared: Vec<(PolicySlot, Reading<'d>)>,
}

/// What is special about the checks on one resource.
#[derive(Clone, Debug)]
struct Side<'w, 'd> {
    arn: &'w str,
    policy: Option<(&'w PolicyText, Reading<'d>)>,
    tags: Vec<(String, &'w str)>,
    /// The policy of the VPC endpoint, if it is asked about this resource.
    endpoint_policy: Option<&'w PolicyText>,
}

impl<'w, 'd> Checks<'w, 'd> {
    /// Gathers the policies that count and derives the context keys.
    pub(crate) fn of(
        scene: &'w Scene<'w>,
        dialect: &'d Dialect,
        detail: Option<Detail>,
        log: &mut Log<'_>,
    ) -> Result<Self, DuplicateKey> {
        let read = |slot, text: &PolicyText| {
            let policy_type = policy_type(slot, PolicyType::Resource);
            document::read(policy_type, text.as_str().as_bytes(), dialect, detail)
        };
        let check = common(scene, context::keys(scene, dialect)?);
        let shared = check.policies();
        let shared = shared.map(|(slot, text)| (slot, read(slot, text)));
        let gate = scene.network.and_then(|network| network.policy.as_ref());
        let on_endpoint = gate.filter(|_| endpoint_policy_reaches_endpoint(log));
        let side = |arn, policy: Option<&'w PolicyText>, tags, endpoint_policy| Side {
            arn,
            policy: policy.map(|text| (text, read(PolicySlot::Resource, text))),
            tags: context::resource_tags(scene, tags, dialect),
            endpoint_policy,
        };
        let (runtime, endpoint) = (scene.runtime, scene.endpoint);
        let own = endpoint.and_then(|e| e.policy.as_ref());
        let tags = endpoint.map(|e| &e.tags);
        Ok(Self {
            common_keys: check.context.len(),
            shared: shared.collect(),
            runtime: side(
                &scene.runtime_arn,
                runtime.policy.as_ref(),
                Some(&runtime.tags),
                gate,
            ),
            endpoint: side(&scene.endpoint_arn, own, tags, on_endpoint),
            check,
        })
    }

    /// The check of a pair, with its policies in the order of [`Check::policies`].
    pub(crate) fn ask(
        &mut self,
        on: On,
        pair: &Pair,
    ) -> Result<(&Check, Vec<Placed<'_, 'd>>), DuplicateKey> {
        let side = match on {
            On::Runtime => &self.runtime,
            On::Endpoint => &self.endpoint,
        };
        let check = &mut self.check;
        check.action.clone_from(&pair.action);
        side.arn.clone_into(&mut check.resource.arn);
        check.resource_policy = side.policy.as_ref().map(|(text, _)| (*text).clone());
        check.endpoint_policy = side.endpoint_policy.cloned();
        while check.context.len() > self.common_keys {
            check.context.remove(check.context.len() - 1);
        }
        for (key, value) in &side.tags {
            let value = (*value).to_owned();
            check.context.insert(key.as_str(), vec![value])?;
        }
        let own = side.policy.iter().map(|(_, reading)| Placed {
            slot: PolicySlot::Resource,
            reading,
        });
        let shared = self.shared.iter();
        let shared = shared
            .filter(|(slot, _)| side.endpoint_policy.is_some() || *slot != PolicySlot::Endpoint)
            .map(|(slot, reading)| Placed {
                slot: *slot,
                reading,
            });
        let mut policies: Vec<_> = own.chain(shared).collect();
        policies.sort_by_key(|placed| placed.slot);
        Ok((&self.check, policies))
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
fn endpoint_policy_reaches_endpoint(log: &mut Log<'_>) -> bool {
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
