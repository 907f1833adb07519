//! From the decisions on the pairs to the outcome of the call (readings, 5.7).

use veriam_model::readings::IdentityCoverage;
use veriam_model::{
    Decision, Denial, DenialKind, Outcome, Pair, PolicySlot, PolicyType, PolicyTypes,
};

use super::ask::Authorization;
use super::by;
use crate::decide::{Log, Policies};
use crate::notes::{ac, iam};
use crate::{CallerKind, Layer};

/// A pair that was judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judged<'p> {
    pub(crate) pair: &'p Pair,
    pub(crate) decision: Decision,
    pub(crate) policies: Policies<'p>,
}

impl Judged<'_> {
    /// What the caller's identity policies say.
    pub(crate) fn identity(&self) -> Layer {
        let is_identity = |slot| matches!(slot, PolicySlot::Identity(_));
        self.policies.layer(is_identity)
    }

    /// Whether the resource's own policy has an Allow that applies.
    pub(crate) fn resource_allows(&self) -> bool {
        self.policies.resource_allows().next().is_some()
    }

    pub(crate) fn denied(&self, kind: DenialKind, by: PolicyTypes) -> Outcome {
        Outcome::Denied(Denial {
            kind,
            at: self.pair.clone(),
            by,
        })
    }
}

/// Every pair has to be allowed.
pub(crate) fn combine(
    judged: &[Judged<'_>],
    authorization: Authorization,
    log: &mut Log<'_>,
) -> Outcome {
    // IAM-101, IAM-267: each resource and each action is a check, and all have to pass.
    log.notes.cite(iam(101));
    log.notes.cite(iam(267));
    let on_two = authorization == Authorization::TwoResources;
    // AC-072, AC-079: so it is with a runtime and its endpoint.
    let rule = if on_two { ac(72) } else { iam(267) };
    let first = |wanted| judged.iter().find(|j| j.decision == wanted);
    if let Some(pair) = first(Decision::ExplicitDeny) {
        let by = by::explicit(pair.policies);
        log.step(&[rule], || {
            format!("a Deny applies to {}: the call is denied", told(pair))
        });
        return pair.denied(DenialKind::Explicit, by);
    }
    if let Some(pair) = first(Decision::ImplicitDeny) {
        let by = by::implicit(pair.policies, &mut log.notes);
        log.step(&[rule], || {
            format!("nothing allows {}: the call is denied", told(pair))
        });
        return pair.denied(DenialKind::Implicit, by);
    }
    // Readings, 6.14: the literal reading is one of the two resources of a runtime.
    if on_two
        && let Some(pair) = first_not_covered(judged)
        && is_denied_literally(pair, log)
    {
        let by = PolicyTypes::new().with(PolicyType::Identity);
        return pair.denied(DenialKind::Implicit, by);
    }
    log.step(&[rule], || {
        "every pair is allowed: the call is allowed".to_owned()
    });
    Outcome::Allowed
}

/// The first pair that the identity policies of a caller of the runtime's account do not allow. A root user has no
/// such policies, and needs none.
fn first_not_covered<'j, 'p>(judged: &'j [Judged<'p>]) -> Option<&'j Judged<'p>> {
    judged.iter().find(|pair| {
        let parties = pair.policies.parties;
        let is_asked = parties.same_account == Some(true) && parties.caller != CallerKind::Root;
        is_asked && pair.identity() != Layer::Allow
    })
}

/// AC-093: whether the caller's policies must cover what the resource policies allow. AC-073 is the guide's list of
/// conditions, AC-076 that it contradicts the guide's table.
fn is_denied_literally(pair: &Judged<'_>, log: &mut Log<'_>) -> bool {
    let coverage = log.notes.choose::<IdentityCoverage>();
    log.step(&[ac(73), ac(76), ac(93)], || match coverage {
        IdentityCoverage::Union => format!(
            "no identity policy allows {}, but the resource's own policy does",
            told(pair)
        ),
        IdentityCoverage::Literal => format!(
            "no identity policy allows {}, whatever the resource's own policy says: the call is denied",
            told(pair)
        ),
    });
    coverage == IdentityCoverage::Literal
}

fn told(judged: &Judged<'_>) -> String {
    format!("{} on {}", judged.pair.action, judged.pair.resource)
}
