//! The checks of a call's pairs (readings, 5.5): the caller's side, which is the same for all, and the resource's.

use std::sync::LazyLock;

use veriam_model::{
    Account, Caller, Check, Context, Dialect, DuplicateKey, Fact, Membership, PolicySlot,
    PolicyText, PolicyType, Principal, Resource,
};

use super::ask::Ask;
use super::context;
use super::scene::{Scene, Who};
use crate::Detail;
use crate::document::{self, Reading};
use crate::judgement::{Placed, policy_type};
use crate::parties::resource_policy_type;
use crate::request::Request;

/// Whose policies stand in a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grants {
    /// Those of the world.
    Real,
    /// Those of the world without that of the VPC endpoint, where only their Deny statements count (AC-203).
    Denies,
    /// In the place of all that would have to grant, policies that allow everything (readings, 6.6). What is left of
    /// the real ones is that of the VPC endpoint.
    Everything,
}

/// The checks of a call. Each policy text is read once.
#[derive(Clone, Debug)]
pub(crate) struct Checks<'w, 'd> {
    scene: &'w Scene<'w>,
    grants: Grants,
    dialect: &'d Dialect,
    detail: Option<Detail>,
    /// What all checks have in common; action and resource are still to come.
    common: Check,
    /// The policies of the caller's side, and that of the VPC endpoint.
    shared: Vec<(PolicySlot, Reading<'d>)>,
    /// The policies of resources that were read, with their texts.
    own: Vec<(&'w PolicyText, Reading<'d>)>,
    /// The RCPs that were read, by the owner's account.
    rcps: Vec<(&'w str, Vec<(PolicySlot, Reading<'d>)>)>,
}

impl<'w, 'd> Checks<'w, 'd> {
    /// Gathers the policies of the caller's side and derives the context keys of every pair.
    pub(crate) fn of(
        scene: &'w Scene<'w>,
        grants: Grants,
        dialect: &'d Dialect,
        detail: Option<Detail>,
    ) -> Result<Self, DuplicateKey> {
        let common = common(scene, grants, context::keys(scene, dialect)?);
        let shared = common.policies().map(|(slot, text)| {
            let policy_type = policy_type(slot, PolicyType::Resource);
            let reading = document::read(policy_type, text.as_str().as_bytes(), dialect, detail);
            (slot, reading)
        });
        let shared = shared.collect();
        Ok(Self {
            scene,
            grants,
            dialect,
            detail,
            common,
            shared,
            own: Vec::new(),
            rcps: Vec::new(),
        })
    }

    /// The check of a pair.
    pub(crate) fn check(&self, ask: &Ask<'w>) -> Result<Check, DuplicateKey> {
        let mut check = self.common.clone();
        check.action.clone_from(&ask.pair.action);
        check.resource = Resource {
            arn: ask.pair.resource.clone(),
            account: ask.owner.id().to_owned(),
        };
        check.resource_policy = self.resource_policy(ask).cloned();
        check.rcps = self.rcps_of(ask).to_vec();
        if !self.is_gated(ask) {
            check.endpoint_policy = None;
        }
        if ask.owner.account().is_some_and(is_management) {
            check.facts.push(Fact::ResourceInManagementAccount);
        }
        context::add_resource_keys(self.scene, ask, self.dialect, &mut check.context)?;
        for (name, values) in &ask.keys {
            check.context.insert(name.as_str(), values.clone())?;
        }
        Ok(check)
    }

    /// The policies of a pair's check, read, in the order of [`Check::policies`].
    pub(crate) fn policies(&mut self, ask: &Ask<'w>, request: &Request<'_>) -> Vec<Placed<'_, 'd>> {
        let (dialect, detail) = (self.dialect, self.detail);
        let read = |policy_type, text: &PolicyText| {
            document::read(policy_type, text.as_str().as_bytes(), dialect, detail)
        };
        let own = self.resource_policy(ask);
        if let Some(text) = own
            && !self.own.iter().any(|(known, _)| std::ptr::eq(*known, text))
        {
            let reading = read(resource_policy_type(request), text);
            self.own.push((text, reading));
        }
        let owner = ask.owner.id();
        if !self.rcps.iter().any(|(known, _)| *known == owner) {
            let levels = self.rcps_of(ask).iter().enumerate();
            let rcps = levels.flat_map(|(level, policies)| {
                let policies = policies.iter().enumerate();
                policies
                    .map(move |(i, text)| (PolicySlot::Rcp(level, i), read(PolicyType::Rcp, text)))
            });
            let rcps = rcps.collect();
            self.rcps.push((owner, rcps));
        }
        let shared = self.shared.iter();
        let gated = self.is_gated(ask);
        let shared = shared.filter(|(slot, _)| gated || *slot != PolicySlot::Endpoint);
        let rcps = self.rcps.iter().filter(|(known, _)| *known == owner);
        let slots = shared.chain(rcps.flat_map(|(_, rcps)| rcps));
        let slots = slots.map(|(slot, reading)| Placed {
            slot: *slot,
            reading,
        });
        let own = self
            .own
            .iter()
            .filter(|(known, _)| own.is_some_and(|text| std::ptr::eq(*known, text)))
            .map(|(_, reading)| Placed {
                slot: PolicySlot::Resource,
                reading,
            });
        let mut policies: Vec<_> = slots.chain(own).collect();
        policies.sort_by_key(|placed| placed.slot);
        policies
    }

    /// Whether the policy of the VPC endpoint is asked about the pair.
    fn is_gated(&self, ask: &Ask<'w>) -> bool {
        ask.gated && self.grants != Grants::Denies
    }

    /// The resource's own policy, or what stands in its place.
    fn resource_policy(&self, ask: &Ask<'w>) -> Option<&'w PolicyText> {
        match (self.grants, &self.scene.who) {
            (Grants::Real | Grants::Denies, _) => ask.policy,
            (Grants::Everything, Who::Signer(_) | Who::Service(_)) => Some(&*EVERYTHING_TO_ALL),
            (Grants::Everything, Who::Bearer) => None,
        }
    }

    /// The RCPs of the resource's account, if any are asked.
    fn rcps_of(&self, ask: &Ask<'w>) -> &'w [Vec<PolicyText>] {
        let account = ask.owner.account();
        match (self.grants, account.and_then(membership)) {
            (Grants::Real | Grants::Denies, Some(membership)) => &membership.rcps,
            _ => &[],
        }
    }
}

static EVERYTHING: LazyLock<PolicyText> = LazyLock::new(|| {
    PolicyText::new(
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    )
});

static EVERYTHING_TO_ALL: LazyLock<PolicyText> = LazyLock::new(|| {
    PolicyText::new(
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#,
    )
});

/// What all checks of a call have in common.
fn common(scene: &Scene<'_>, grants: Grants, context: Context) -> Check {
    let principal = match &scene.who {
        Who::Signer(signer) => Principal {
            arn: signer.arn.clone(),
            account: Some(signer.account.id.clone()),
        },
        Who::Service(service) => Principal {
            arn: service.caller.service.clone(),
            account: None,
        },
        Who::Bearer => Principal {
            arn: "jwt".to_owned(),
            account: None,
        },
    };
    let resource = Resource {
        arn: String::new(),
        account: String::new(),
    };
    let mut check = Check::new(principal, "", resource);
    check.context = context;
    if let Who::Signer(signer) = &scene.who {
        match grants {
            Grants::Real | Grants::Denies => {
                if let Some(identity) = signer.identity {
                    check.identity_policies.clone_from(&identity.policies);
                    check.boundary.clone_from(&identity.boundary);
                }
                check.session_policy = signer.session_policy.cloned();
                check.scps = membership(signer.account).map_or_else(Vec::new, |m| m.scps.clone());
            }
            Grants::Everything => {
                if signer.identity.is_some() {
                    check.identity_policies = vec![EVERYTHING.clone()];
                }
                // A federated session without session policy may do nothing.
                if let Caller::Federated(_) = scene.call.caller {
                    check.session_policy = Some(EVERYTHING.clone());
                }
            }
        }
        if is_management(signer.account) {
            check.facts.push(Fact::PrincipalInManagementAccount);
        }
    }
    check.endpoint_policy = scene.network.and_then(|network| network.policy.clone());
    check
}

pub(crate) fn membership(account: &Account) -> Option<&Membership> {
    account.organization.as_ref()
}

fn is_management(account: &Account) -> bool {
    membership(account).is_some_and(|m| m.management)
}
