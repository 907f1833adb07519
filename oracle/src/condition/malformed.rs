//! Values that are not of the operator's type (IAM-163, IAM-167, IAM-181; readings, 3.5).

use veriam_model::Reading;

use crate::notes::Notes;

/// Tests one request value against the policy's values, of which `None` is malformed.
///
/// A malformed value matches nothing. Whether a negated test therefore passes is the choice `R`, of which
/// `negation` is the reading that says so.
pub(super) fn test<T, R: Reading>(
    negated: bool,
    wanted: &[Option<T>],
    value: Option<&T>,
    negation: R,
    notes: &mut Notes<'_>,
    mut matches: impl FnMut(&mut Notes<'_>, &T, &T) -> bool,
) -> bool {
    let malformed = value.is_none() || wanted.iter().any(Option::is_none);
    notes.cite_if(malformed, R::CHOICE.rule());
    let matched = match value {
        None => false,
        Some(value) => notes.any(wanted.iter().flatten(), |notes, wanted| {
            matches(notes, wanted, value)
        }),
    };
    if !negated {
        return matched;
    }
    if malformed && !matched {
        return notes.choose::<R>() == negation;
    }
    !matched
}
