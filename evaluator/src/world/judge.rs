//! The checks of a call, and how they combine (sections 5.5, 5.7 to 5.9 and 6.15 of the readings).

use veriam_model::{
    Decision, Denial, DenialKind, Fact, Outcome, Pair as At, PolicyType, PolicyTypes,
    readings as dialects,
};

use super::facts::{Facts, PairFacts};
use super::layer::Layer;
use super::pairs::{Pair, Pairs};
use super::parts::Account;
use crate::caller::{Action, Caller, Kind, Object};
use crate::decide::Counting;
use crate::program::{Present, pool};
use crate::question::{Consulted, Question, Tally};
use crate::settings::{Settings, mistaken};

/// Everything that is the same for all pairs of a call.
pub(super) struct Judge<'c> {
    pub(super) settings: &'c Settings,
    pub(super) caller: Caller<'c>,
    /// The account of a caller who signs.
    pub(super) home: Option<&'c Account>,
    pub(super) identity: Option<&'c Layer>,
    pub(super) boundary: Option<&'c Layer>,
    pub(super) session: Option<&'c Layer>,
    /// The service control policies of the caller's account.
    pub(super) scps: Option<&'c Layer>,
    pub(super) endpoint_policy: Option<&'c Layer>,
    pub(super) facts: Facts<'c>,
}

/// The check of one pair, with what the statements that apply add up to.
struct Checked<'r> {
    question: Question<'r>,
    consulted: Consulted,
    tally: Tally,
    /// The types with a Deny that applies.
    denied_by: PolicyTypes,
}

impl<'c> Judge<'c> {
    /// The outcome of a call that asks for these pairs.
    pub(super) fn outcome(&self, pairs: &Pairs<'_>, is_of_runtime: bool) -> Outcome {
        let denied = |kind, pair: &Pair<'_>, by| {
            let at = At {
                action: pair.action.to_owned(),
                resource: pair.on.arn.to_owned(),
            };
            Outcome::Denied(Denial { kind, at, by })
        };
        let mut not_allowed = None;
        let mut uncovered = None;
        for pair in pairs.iter() {
            let mut checked = self.check(pair);
            if mistaken!(self.settings, OneResourcePolicyEnough)
                && is_of_runtime
                && checked.question.is_across_accounts()
            {
                let others = pairs.iter().filter(|other| other.action == pair.action);
                for other in others {
                    checked.tally.add_grants(&self.check(other).tally);
                }
            }
            match checked.question.combine(checked.consulted, &checked.tally) {
                Decision::ExplicitDeny => {
                    return denied(DenialKind::Explicit, pair, checked.denied_by);
                }
                Decision::ImplicitDeny if not_allowed.is_none() => {
                    not_allowed = Some((pair, self.missing(&checked)));
                }
                Decision::Allow if is_of_runtime && self.is_uncovered(&checked) => {
                    uncovered = uncovered.or(Some(pair));
                }
                _ => {}
            }
        }
        if let Some((pair, by)) = not_allowed {
            return denied(DenialKind::Implicit, pair, by);
        }
        match uncovered {
            Some(pair) if self.wants_identity_policies(pair) => {
                let by = PolicyTypes::new().with(PolicyType::Identity);
                denied(DenialKind::Implicit, pair, by)
            }
            _ => Outcome::Allowed,
        }
    }

    /// Whether the caller is of the resource's account and its own policies do not allow the pair.
    fn is_uncovered(&self, checked: &Checked<'_>) -> bool {
        self.caller.has_identity_policies()
            && !checked.tally.allows(pool::IDENTITY)
            && !checked.question.is_across_accounts()
    }

    /// Whether the caller's own policies must allow every pair of a runtime, whatever the resource policies allow
    /// (AC-093).
    fn wants_identity_policies(&self, pair: &Pair<'_>) -> bool {
        if mistaken!(self.settings, MixedReadings) {
            let invocation = pair
                .action
                .strip_prefix("bedrock-agentcore:InvokeAgentRuntime");
            return !matches!(invocation, Some("" | "ForUser"));
        }
        self.settings.reads(dialects::IdentityCoverage::Literal)
    }

    /// The question that a pair puts.
    pub(super) fn question<'r>(&'r self, pair: &'r Pair<'r>, present: Present) -> Question<'r> {
        let nobody = if mistaken!(self.settings, AwsToolOfAnotherAccount) {
            "another"
        } else {
            "aws"
        };
        Question {
            settings: self.settings,
            caller: self.caller,
            action: Action { text: pair.action },
            object: Object { text: pair.on.arn },
            owner: pair.on.owner.map_or(nobody, |owner| &owner.id),
            facts: conditions(self.home, pair.on.owner),
            present,
        }
    }

    fn check<'r>(&'r self, pair: &'r Pair<'r>) -> Checked<'r> {
        let on = &pair.on;
        let is_spared = on.is_runtime_endpoint
            && self.endpoint_policy.is_some()
            && self
                .settings
                .reads(dialects::EndpointPolicyScope::RuntimeOnly);
        let endpoint_policy = self.endpoint_policy.filter(|_| !is_spared);
        let scps = self.scps;
        let rcps = on.owner.and_then(|owner| owner.rcps.as_ref());
        let question = self.question(
            pair,
            Present {
                resource: on.policy.is_some(),
                boundary: self.boundary.is_some(),
                session: self.session.is_some(),
                endpoint: endpoint_policy.is_some(),
                scps: scps.is_some(),
                rcps: rcps.is_some(),
            },
        );
        let consulted = if on.is_elsewhere {
            question.consulted()
        } else {
            Consulted::All
        };
        let facts = PairFacts {
            call: &self.facts,
            pair,
        };
        let mut tally = Tally::default();
        let mut denied_by = PolicyTypes::new();
        let mut count = |policy_type, layer: Option<&'r Layer>, counting| {
            if let Some(layer) = layer {
                let part = layer.tally(&question, &facts, counting);
                if part.denied {
                    denied_by.insert(policy_type);
                }
                tally.add(&part);
            }
        };
        if consulted == Consulted::All {
            let own = Counting {
                spares_resource_denies: on.is_elsewhere
                    && question.is_bucket_policy_call_of_owner(),
                ..base(pool::RESOURCE)
            };
            let rcps = rcps.filter(|_| question.rcps_bind());
            count(PolicyType::Identity, self.identity, base(pool::IDENTITY));
            count(PolicyType::Resource, on.policy, own);
            count(PolicyType::Boundary, self.boundary, base(pool::BOUNDARY));
            count(PolicyType::Session, self.session, base(pool::SESSION));
            count(PolicyType::Rcp, rcps, levels(false, true));
        }
        let scps = scps.filter(|_| question.scps_bind());
        count(PolicyType::Scp, scps, levels(true, false));
        count(PolicyType::Endpoint, endpoint_policy, base(pool::ENDPOINT));
        Checked {
            question,
            consulted,
            tally,
            denied_by,
        }
    }

    /// The types that would have had to allow a pair and do not (sections 5.9 and 6.15 of the readings).
    fn missing(&self, checked: &Checked<'_>) -> PolicyTypes {
        let Checked {
            question,
            consulted,
            tally,
            ..
        } = checked;
        if matches!(consulted, Consulted::None(_)) {
            return PolicyTypes::new()
                .with(PolicyType::Identity)
                .with(PolicyType::Resource);
        }
        let present = &question.present;
        let wants_grant = *consulted == Consulted::All && !question.is_granted(tally);
        let is_identity = self.caller.has_identity_policies();
        let needs_session =
            present.session || matches!(self.caller.kind, Kind::FederatedUser { .. });
        let resource_could_grant = present.resource
            || question.is_across_accounts()
            || self.caller.kind == Kind::Service
            || question.needs_resource_policy();
        let missing = [
            (PolicyType::Scp, tally.scp_missing),
            (PolicyType::Rcp, tally.rcp_missing),
            (
                PolicyType::Endpoint,
                present.endpoint && !tally.allows(pool::ENDPOINT),
            ),
            (
                PolicyType::Identity,
                wants_grant && is_identity && !tally.allows(pool::IDENTITY),
            ),
            (
                PolicyType::Boundary,
                wants_grant && present.boundary && !tally.allows(pool::BOUNDARY),
            ),
            (
                PolicyType::Session,
                wants_grant && needs_session && !tally.allows(pool::SESSION),
            ),
            (
                PolicyType::Resource,
                wants_grant && resource_could_grant && !tally.resource_allows(),
            ),
        ];
        let missing = missing.into_iter().filter(|(_, is_missing)| *is_missing);
        missing.map(|(policy_type, _)| policy_type).collect()
    }
}

/// The statements of one pool count.
pub(super) fn base(pool: u8) -> Counting {
    Counting {
        base: pool::bit(pool),
        ..Counting::default()
    }
}

/// The levels of control policies count.
pub(super) fn levels(scps: bool, rcps: bool) -> Counting {
    Counting {
        scps,
        rcps,
        ..Counting::default()
    }
}

/// What a check must be told of the accounts.
fn conditions(caller: Option<&Account>, owner: Option<&Account>) -> &'static [Fact] {
    let is_managed_here = |account: Option<&Account>| {
        let organization = account.and_then(|account| account.organization.as_ref());
        organization.is_some_and(|organization| organization.is_managed_here)
    };
    match (is_managed_here(caller), is_managed_here(owner)) {
        (false, false) => &[],
        (true, false) => &[Fact::PrincipalInManagementAccount],
        (false, true) => &[Fact::ResourceInManagementAccount],
        (true, true) => &[
            Fact::PrincipalInManagementAccount,
            Fact::ResourceInManagementAccount,
        ],
    }
}
