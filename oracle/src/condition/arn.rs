//! ARN operators (IAM-183…IAM-186).

use veriam_model::readings::ArnStar;

use crate::Operator;
use crate::arn::Arn;
use crate::notes::{Notes, iam};
use crate::variable::Expanded;
use crate::wildcard::{self, Symbol};

/// Tests one request value against the policy's values. A value with an unresolved variable (`None`) matches
/// nothing (IAM-199, IAM-200).
pub(super) fn test(
    operator: Operator,
    wanted: &[Option<Expanded<'_>>],
    value: &str,
    notes: &mut Notes<'_>,
) -> bool {
    // IAM-183; IAM-185: the Equals forms and the Like forms are the same tests.
    notes.cite(iam(183));
    notes.cite(iam(185));
    // IAM-186: what is no ARN of six parts.
    let value = Arn::split(value);
    notes.cite_if(value.is_none(), iam(186));
    if value.is_none() && operator.is_negated() {
        return false;
    }
    // The pattern `*` alone comes last: it is open only when nothing else matches.
    let star = [Symbol::Run];
    let patterns: Vec<Vec<Symbol>> = wanted.iter().flatten().map(Expanded::pattern).collect();
    let (stars, others): (Vec<_>, Vec<_>) = patterns.iter().partition(|p| **p == star);
    let matched = notes.any(others.into_iter().chain(stars), |notes, pattern| {
        if *pattern == star {
            return notes.choose::<ArnStar>() == ArnStar::Everything;
        }
        let parts = split(pattern);
        notes.cite_if(parts.is_none(), iam(186));
        match (parts, value) {
            (Some(parts), Some(value)) => parts_match(&parts, value, notes),
            _ => false,
        }
    });
    matched != operator.is_negated()
}

/// A pattern split at its first five colons: the five parts behind a leading `arn:`.
fn split(pattern: &[Symbol]) -> Option<[&[Symbol]; 5]> {
    let colon = Symbol::Literal(':');
    let mut parts = pattern.splitn(6, |symbol| *symbol == colon);
    if parts.next()? != ['a', 'r', 'n'].map(Symbol::Literal) {
        return None;
    }
    Some([
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
    ])
}

/// Part by part, so that no wildcard runs over one of the first five colons (IAM-184).
fn parts_match(pattern: &[&[Symbol]; 5], value: Arn<'_>, notes: &mut Notes<'_>) -> bool {
    let values = [
        value.partition,
        value.service,
        value.region,
        value.account,
        value.resource,
    ];
    let is_wild = pattern[..4]
        .iter()
        .any(|part| wildcard::has_wildcards(part));
    notes.cite_if(is_wild, iam(184));
    pattern
        .iter()
        .zip(values)
        .all(|(pattern, value)| wildcard::matches(pattern, value))
}

#[cfg(test)]
mod tests {
    use crate::condition::testing::{assert_tests, holds};
    use veriam_model::Dialect;
    use veriam_model::readings::ArnStar;

    #[test]
    fn arns_match_part_by_part_with_case() {
        for (positive, negated) in [("ArnLike", "ArnNotLike"), ("ArnEquals", "ArnNotEquals")] {
            assert_tests(
                positive,
                negated,
                &[
                    (
                        "arn:aws:iam::111122223333:role/app-*",
                        "arn:aws:iam::111122223333:role/app-1",
                        true,
                    ),
                    (
                        "arn:aws:iam::111122223333:role/app-*",
                        "arn:aws:iam::111122223333:ROLE/app-1",
                        false,
                    ),
                    (
                        "arn:aws:iam::111122223333:role/*",
                        "arn:aws:iam::111122223333:role/a:b",
                        true,
                    ),
                    (
                        "arn:aws:iam::*:role/x",
                        "arn:aws:iam::111122223333:role/x",
                        true,
                    ),
                    ("arn:*:*:*:*:*", "arn:aws:iam::111122223333:role/x", true),
                    (
                        "arn:aws:iam::11112222333?:role/x",
                        "arn:aws:iam::111122223333:role/x",
                        true,
                    ),
                    (
                        "arn:aws:someservice:*:111122223333:finance/*",
                        "arn:aws:someservice:us-east-2:999988887777:store/abc:111122223333:finance/document.txt",
                        false,
                    ),
                    ("arn:aws:s3:::a${*}", "arn:aws:s3:::ab", false),
                    ("arn:aws:s3:::a${*}", "arn:aws:s3:::a*", true),
                    // Malformed patterns match nothing.
                    ("arn:aws:iam:*", "arn:aws:iam::111122223333:role/x", false),
                    (
                        "*:aws:iam::111122223333:role/x",
                        "arn:aws:iam::111122223333:role/x",
                        false,
                    ),
                    ("${*}", "arn:aws:s3:::b", false),
                    ("", "arn:aws:s3:::b", false),
                    ("**", "arn:aws:s3:::b", false),
                ],
            );
        }
    }

    #[test]
    fn a_malformed_request_value_fails_negated_or_not() {
        for value in ["test2", "", "*", "arn:aws:iam::x", "ARN:aws:iam::1:x"] {
            for operator in ["ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"] {
                for wanted in [&["arn:aws:iam::*:user/a"][..], &[][..]] {
                    assert!(!holds(
                        Dialect::default(),
                        operator,
                        "a:b",
                        wanted,
                        Some(&[value])
                    ));
                }
            }
        }
    }

    #[test]
    fn the_pattern_star_matches_everything_or_nothing() {
        let nothing = Dialect::default().with(ArnStar::Nothing);
        for (operator, value, by_default, as_nothing) in [
            ("ArnLike", "arn:aws:s3:::b", true, false),
            ("ArnLike", "x", true, false),
            ("ArnNotLike", "arn:aws:s3:::b", false, true),
            ("ArnNotLike", "x", false, false),
        ] {
            let test = |dialect| holds(dialect, operator, "a:b", &["*"], Some(&[value]));
            assert_eq!(test(Dialect::default()), by_default, "{operator} {value}");
            assert_eq!(test(nothing), as_nothing, "{operator} {value}");
        }
    }
}
