//! The checks of a call, and how they combine (sections 5.4, 5.5 and 5.7 to 5.9 of the readings).

use veriam_model::{
    Call, Decision, Denial, DenialKind, Fact, Operation, Outcome, Pair, PolicyType, PolicyTypes,
    readings as dialects,
};

use super::facts::{Facts, PairFacts};
use super::layer::Layer;
use super::parts::Thing;
use crate::caller::{Action, Caller, Kind, Object};
use crate::decide::Counting;
use crate::program::{Present, pool};
use crate::question::{Question, Tally};
use crate::settings::{Settings, mistaken};

/// Everything that is the same for all pairs of a call.
pub(super) struct Judge<'c> {
    pub(super) settings: &'c Settings,
    pub(super) caller: Caller<'c>,
    /// The account of the runtime.
    pub(super) owner: &'c str,
    /// What a check must be told of the accounts.
    pub(super) conditions: &'static [Fact],
    pub(super) identity: Option<&'c Layer>,
    pub(super) boundary: Option<&'c Layer>,
    pub(super) session: Option<&'c Layer>,
    pub(super) scps: Option<&'c Layer>,
    pub(super) rcps: Option<&'c Layer>,
    pub(super) endpoint_policy: Option<&'c Layer>,
    pub(super) facts: Facts<'c>,
}

/// The check of one pair, with what the statements that apply add up to.
struct Checked<'r> {
    question: Question<'r>,
    tally: Tally,
    /// The types with a Deny that applies.
    denied_by: PolicyTypes,
}

impl Judge<'_> {
    /// The outcome of a call on a runtime and its endpoint.
    pub(super) fn outcome(&self, call: &Call, things: [&Thing; 2]) -> Outcome {
        let denied = |kind, (action, thing): (&str, &Thing), by| {
            let at = Pair {
                action: action.to_owned(),
                resource: thing.arn.as_ref().to_owned(),
            };
            Outcome::Denied(Denial { kind, at, by })
        };
        let (plain, for_user) = actions(call.operation);
        let for_user = for_user.filter(|_| self.asks_for_user(call));
        let endpoint_counts = !mistaken!(self.settings, EndpointPairDropped);
        let mut not_allowed = None;
        let mut uncovered = None;
        for action in std::iter::once(plain).chain(for_user) {
            for thing in things {
                if thing.is_endpoint && !endpoint_counts {
                    continue;
                }
                let mut checked = self.check(action, thing);
                if mistaken!(self.settings, OneResourcePolicyEnough) && self.is_across_accounts() {
                    let others = things.map(|other| self.check(action, other).tally);
                    others
                        .iter()
                        .for_each(|other| checked.tally.add_grants(other));
                }
                let at = (action, thing);
                match checked.question.combine(&checked.tally) {
                    Decision::ExplicitDeny => {
                        return denied(DenialKind::Explicit, at, checked.denied_by);
                    }
                    Decision::ImplicitDeny if not_allowed.is_none() => {
                        not_allowed = Some((at, self.missing(&checked)));
                    }
                    Decision::Allow if !checked.tally.allows(pool::IDENTITY) => {
                        uncovered = uncovered.or(Some(at));
                    }
                    _ => {}
                }
            }
        }
        if let Some((at, by)) = not_allowed {
            return denied(DenialKind::Implicit, at, by);
        }
        match uncovered {
            Some(at) if self.wants_identity_policies(call.operation) => {
                let by = PolicyTypes::new().with(PolicyType::Identity);
                denied(DenialKind::Implicit, at, by)
            }
            _ => Outcome::Allowed,
        }
    }

    /// Whether the action for another user is asked for as well (AC-098, AC-125).
    fn asks_for_user(&self, call: &Call) -> bool {
        let is_ignored =
            || self.caller.kind == Kind::Jwt && self.settings.reads(dialects::JwtForUser::Ignored);
        call.user_id.is_some() && !is_ignored()
    }

    fn is_across_accounts(&self) -> bool {
        self.caller.is_iam_identity() && self.caller.account != self.owner
    }

    /// Whether the caller's own policies must allow every pair, whatever the resource policies allow (AC-093).
    fn wants_identity_policies(&self, operation: Operation) -> bool {
        let is_literal = if mistaken!(self.settings, MixedReadings) {
            operation != Operation::InvokeAgentRuntime
        } else {
            self.settings.reads(dialects::IdentityCoverage::Literal)
        };
        is_literal && self.caller.has_identity_policies() && !self.is_across_accounts()
    }

    fn check<'r>(&'r self, action: &'r str, thing: &'r Thing) -> Checked<'r> {
        let runtime_only = thing.is_endpoint
            && self.endpoint_policy.is_some()
            && self
                .settings
                .reads(dialects::EndpointPolicyScope::RuntimeOnly);
        let endpoint_policy = self.endpoint_policy.filter(|_| !runtime_only);
        let question = Question {
            settings: self.settings,
            caller: self.caller,
            action: Action { text: action },
            object: Object { text: &thing.arn },
            owner: self.owner,
            facts: self.conditions,
            present: Present {
                resource: thing.policy.is_some(),
                boundary: self.boundary.is_some(),
                session: self.session.is_some(),
                endpoint: endpoint_policy.is_some(),
                scps: self.scps.is_some(),
                rcps: self.rcps.is_some(),
            },
        };
        let scps = self.scps.filter(|_| question.scps_bind());
        let rcps = self.rcps.filter(|_| question.rcps_bind());
        let base = |pool| Counting {
            base: pool::bit(pool),
            ..Counting::default()
        };
        let levels = |scps, rcps| Counting {
            scps,
            rcps,
            ..Counting::default()
        };
        let layers = [
            (PolicyType::Identity, self.identity, base(pool::IDENTITY)),
            (
                PolicyType::Resource,
                thing.policy.as_ref(),
                base(pool::RESOURCE),
            ),
            (PolicyType::Boundary, self.boundary, base(pool::BOUNDARY)),
            (PolicyType::Session, self.session, base(pool::SESSION)),
            (PolicyType::Scp, scps, levels(true, false)),
            (PolicyType::Rcp, rcps, levels(false, true)),
            (PolicyType::Endpoint, endpoint_policy, base(pool::ENDPOINT)),
        ];
        let facts = PairFacts {
            call: &self.facts,
            tags: &thing.tags,
        };
        let mut tally = Tally::default();
        let mut denied_by = PolicyTypes::new();
        for (policy_type, layer, counting) in layers {
            let Some(layer) = layer else { continue };
            let part = layer.tally(&question, &facts, counting);
            if part.denied {
                denied_by.insert(policy_type);
            }
            tally.add(&part);
        }
        Checked {
            question,
            tally,
            denied_by,
        }
    }

    /// The types that would have had to allow a pair and do not (section 5.9 of the readings).
    fn missing(&self, checked: &Checked<'_>) -> PolicyTypes {
        let Checked {
            question, tally, ..
        } = checked;
        let present = &question.present;
        let is_granted = question.is_granted(tally);
        let is_identity = self.caller.has_identity_policies();
        let needs_session =
            present.session || matches!(self.caller.kind, Kind::FederatedUser { .. });
        let resource_could_grant = present.resource || self.is_across_accounts();
        let missing = [
            (PolicyType::Scp, tally.scp_missing),
            (PolicyType::Rcp, tally.rcp_missing),
            (
                PolicyType::Endpoint,
                present.endpoint && !tally.allows(pool::ENDPOINT),
            ),
            (
                PolicyType::Identity,
                !is_granted && is_identity && !tally.allows(pool::IDENTITY),
            ),
            (
                PolicyType::Boundary,
                !is_granted && present.boundary && !tally.allows(pool::BOUNDARY),
            ),
            (
                PolicyType::Session,
                !is_granted && needs_session && !tally.allows(pool::SESSION),
            ),
            (
                PolicyType::Resource,
                !is_granted && resource_could_grant && !tally.resource_allows(),
            ),
        ];
        let missing = missing.into_iter().filter(|(_, is_missing)| *is_missing);
        missing.map(|(policy_type, _)| policy_type).collect()
    }
}

/// The actions of an operation: its own, and the one for another user where there is one (AC-050, AC-098, AC-101).
fn actions(operation: Operation) -> (&'static str, Option<&'static str>) {
    match operation {
        Operation::InvokeAgentRuntime => (
            "bedrock-agentcore:InvokeAgentRuntime",
            Some("bedrock-agentcore:InvokeAgentRuntimeForUser"),
        ),
        Operation::InvokeAgentRuntimeWithWebSocketStream => (
            "bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStream",
            Some("bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStreamForUser"),
        ),
        Operation::InvokeAgentRuntimeCommand => {
            ("bedrock-agentcore:InvokeAgentRuntimeCommand", None)
        }
        Operation::InvokeAgentRuntimeCommandShell => {
            ("bedrock-agentcore:InvokeAgentRuntimeCommandShell", None)
        }
        Operation::StopRuntimeSession => ("bedrock-agentcore:StopRuntimeSession", None),
        Operation::GetAgentCard => ("bedrock-agentcore:GetAgentCard", None),
    }
}
