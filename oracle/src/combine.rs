//! Several checks of one call.

use veriam_model::{Check, Decision, Dialect};

use crate::judgement::union;
use crate::notes::iam;
use crate::{CheckOutcome, Combined, Judgement, MalformedRequest, judge};

/// Judges every check and combines them by AND.
pub(crate) fn judge_all(checks: &[Check], dialect: &Dialect) -> Result<Combined, MalformedRequest> {
    let parts: Result<Vec<Judgement>, _> =
        checks.iter().map(|check| judge(check, dialect)).collect();
    let parts = parts?;
    let first =
        |wanted: fn(&CheckOutcome) -> bool| parts.iter().position(|part| wanted(&part.outcome));
    // An error first, then an explicit deny, then any other.
    let deciding = first(|outcome| matches!(outcome, CheckOutcome::Invalid(_)))
        .or_else(|| first(|outcome| *outcome == CheckOutcome::Decided(Decision::ExplicitDeny)))
        .or_else(|| first(|outcome| *outcome != CheckOutcome::Decided(Decision::Allow)));
    let outcome = match parts.get(deciding.unwrap_or(0)) {
        Some(part) => part.outcome,
        None => {
            return Err(MalformedRequest::new("checks", None, "at least one check"));
        }
    };
    let (mut rules, consulted) = union(&parts);
    if parts.len() > 1 {
        // IAM-101, IAM-267: each resource and each action is a check, and all have to pass.
        rules.insert(iam(101));
        rules.insert(iam(267));
    }
    Ok(Combined {
        judgement: Judgement {
            outcome,
            rules,
            consulted,
        },
        deciding,
        parts,
    })
}
