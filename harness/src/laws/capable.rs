//! Whether a law could be broken at all on a case: what a law says of the others is true whatever the target does.

use veriam_generators::laws::{Law, Relation};
use veriam_model::{Case, Check, Dialect};
use veriam_oracle::{Detail, trace_call};
use veriam_reports::{Kind, OutcomeKind};

use super::is_allowed;

/// Whether some reply after the change would break the law, and the change touches what the reply may rest on: a check
/// that is asked, with its policies. Of a call these are the checks it asks for. A policy that has no part in the call is
/// what the law of unrelated resources is about.
#[must_use]
pub fn could_be_broken(
    law: Law,
    case: &Case,
    changed: &Case,
    before: Kind,
    dialect: &Dialect,
) -> bool {
    let some_reply_would = match law.relation() {
        Relation::NeverWidens => !is_allowed(before),
        Relation::NeverNarrows => is_allowed(before),
        Relation::Same => true,
    };
    let rests_on_policies = !matches!(
        before,
        Kind::Call(OutcomeKind::Rejected(_) | OutcomeKind::Invalid(_))
    );
    if !some_reply_would || !rests_on_policies {
        return false;
    }
    match (case, changed) {
        (Case::Check(case), Case::Check(changed)) => touches(case, changed),
        (Case::Call(_), _) if law == Law::Unrelated => true,
        (Case::Call(_), Case::Call(_)) => {
            let (before, after) = (checks(case, dialect), checks(changed, dialect));
            let mut pairs = before.iter().zip(&after);
            before.len() != after.len() || pairs.any(|(b, a)| touches(b, a))
        }
        _ => false,
    }
}

/// Whether a check differs in something that some policy of it may look at: the policies themselves, the request, and the
/// context where there are conditions.
fn touches(case: &Check, changed: &Check) -> bool {
    let policies = |check: &Check| check.policies().map(|(_, p)| p.clone()).collect::<Vec<_>>();
    let mine = policies(case);
    if mine != policies(changed) {
        return true;
    }
    let conditional = mine.iter().any(|p| p.as_str().contains("\"Condition\""));
    let request = |check: &Check| {
        (
            check.principal.clone(),
            check.action.clone(),
            check.resource.clone(),
        )
    };
    !mine.is_empty()
        && (request(case) != request(changed) || conditional && case.context != changed.context)
}

/// The checks a call asks for, by the oracle.
fn checks(case: &Case, dialect: &Dialect) -> Vec<Check> {
    let Case::Call(case) = case else {
        return Vec::new();
    };
    match trace_call(&case.world, &case.call, dialect, Detail::Structure) {
        Ok(derivation) => derivation.pairs.into_iter().map(|p| p.check).collect(),
        Err(_) => Vec::new(),
    }
}
