//! Which policies of a check count for its caller and resource (7.0, "drop …"; readings, 2.2…2.6).

use veriam_model::readings::AlwaysAllowed;
use veriam_model::{PolicySlot, RuleId};

use crate::notes::{Notes, ac, iam};
use crate::parties::{Bound, Parties, Preempted};
use crate::{CallerKind, Step};

/// Which policies count.
#[derive(Clone, Debug)]
pub(crate) struct Counting<'p> {
    parties: &'p Parties,
    /// Of a preempted check: whether SCPs and the endpoint policy count nevertheless (IAM-260).
    pub(crate) guarded: bool,
}

impl<'p> Counting<'p> {
    pub(crate) fn of(parties: &'p Parties, notes: &mut Notes<'_>) -> Self {
        let scps = parties.scps_bind == Bound::Yes && parties.scp_levels > 0;
        let guarded = parties.preempted == Some(Preempted::AlwaysAllowed)
            && (scps || parties.has_endpoint_policy)
            && notes.choose::<AlwaysAllowed>() == AlwaysAllowed::Guarded;
        Self { parties, guarded }
    }

    /// Whether the policy counts; if not, why.
    pub(crate) fn why_not(&self, slot: PolicySlot, notes: &mut Notes<'_>) -> Option<Step> {
        let (rules, text) = self.reason(slot)?;
        for &rule in &rules {
            notes.cite(rule);
        }
        Some(Step {
            rules: if notes.is_recording() {
                rules
            } else {
                Vec::new()
            },
            text: notes.text(|| text.to_owned()),
        })
    }

    fn reason(&self, slot: PolicySlot) -> Option<(Vec<RuleId>, &'static str)> {
        let is_guardrail = matches!(slot, PolicySlot::Scp(..) | PolicySlot::Endpoint);
        match self.parties.preempted {
            Some(Preempted::AlwaysAllowed) if !(self.guarded && is_guardrail) => {
                let text = "the operation needs no permission, and policies have no effect on it";
                return Some((vec![iam(260)], text));
            }
            Some(Preempted::RootAssumesRole) => {
                return Some((vec![iam(252)], "a root user cannot call AssumeRole at all"));
            }
            Some(Preempted::OtherPartition) => {
                return Some((vec![iam(102)], "access never crosses partitions"));
            }
            Some(Preempted::AlwaysAllowed) | None => {}
        }
        match slot {
            PolicySlot::Identity(_) | PolicySlot::Boundary => self.identity_side(),
            PolicySlot::Session => self.session(),
            PolicySlot::Scp(..) => self.scps(),
            PolicySlot::Rcp(..) => self.rcps(),
            PolicySlot::Resource | PolicySlot::Endpoint => None,
        }
    }

    fn identity_side(&self) -> Option<(Vec<RuleId>, &'static str)> {
        match self.parties.caller {
            CallerKind::User | CallerKind::RoleSession | CallerKind::FederatedUser => None,
            CallerKind::Root => Some((vec![iam(262)], "it does not apply to a root user")),
            CallerKind::ServicePrincipal => {
                Some((vec![iam(223)], "a service principal has no such policy"))
            }
            CallerKind::FederatedProvider => Some((
                vec![iam(116)],
                "a web identity or SAML caller is no IAM identity yet",
            )),
            CallerKind::Anonymous => {
                Some((vec![iam(264)], "an anonymous caller has no such policy"))
            }
            CallerKind::Jwt => Some((vec![ac(120)], "a JWT caller is no IAM principal")),
        }
    }

    fn session(&self) -> Option<(Vec<RuleId>, &'static str)> {
        match self.parties.caller {
            CallerKind::User => Some((
                vec![iam(226), iam(229)],
                "an IAM user has no session policy, not even with temporary credentials",
            )),
            _ => self.identity_side(),
        }
    }

    fn scps(&self) -> Option<(Vec<RuleId>, &'static str)> {
        match self.parties.scps_bind {
            Bound::Yes => None,
            Bound::NoMember if self.parties.caller == CallerKind::Jwt => {
                Some((vec![ac(120)], "a JWT caller belongs to no member account"))
            }
            Bound::NoMember | Bound::OtherService => {
                Some((vec![iam(235)], "the caller belongs to no member account"))
            }
            Bound::ManagementAccount => Some((
                vec![iam(233)],
                "SCPs do not bind principals of the management account",
            )),
            Bound::ServiceLinkedRole => {
                Some((vec![iam(234)], "SCPs do not bind service-linked roles"))
            }
        }
    }

    fn rcps(&self) -> Option<(Vec<RuleId>, &'static str)> {
        let text = match self.parties.rcps_bind {
            Bound::Yes => return None,
            Bound::ManagementAccount => "RCPs do not bind resources of the management account",
            Bound::ServiceLinkedRole => "RCPs do not bind service-linked roles",
            Bound::OtherService | Bound::NoMember => "RCPs do not reach this service or action",
        };
        let mut rules = vec![iam(240)];
        if self.parties.on_agentcore {
            rules.push(ac(136));
        }
        Some((rules, text))
    }
}
