//! String operators (IAM-153…IAM-160).

use veriam_model::readings::TagValueCase;

use crate::Operator;
use crate::notes::{Notes, iam};
use crate::variable::Expanded;
use crate::wildcard::{self, Symbol};

/// Tests one request value against the policy's values. A value with an unresolved variable (`None`) matches
/// nothing (IAM-199, IAM-200). `is_tag`: whether the key is a request or resource tag (IAM-134).
pub(super) fn test(
    operator: Operator,
    wanted: &[Option<Expanded<'_>>],
    value: &str,
    is_tag: bool,
    notes: &mut Notes<'_>,
) -> bool {
    notes.cite(match operator {
        Operator::StringEquals => iam(153),
        Operator::StringNotEquals => iam(154),
        Operator::StringLike => iam(156),
        Operator::StringNotLike => iam(157),
        _ => iam(155),
    });
    let matched = notes.any(wanted.iter().flatten(), |notes, wanted| match operator {
        Operator::StringEquals | Operator::StringNotEquals => {
            let wanted = wanted.text();
            notes.cite_if(wanted.is_empty(), iam(158));
            with_tag_case(wanted == value, is_tag, notes, || {
                lower(&wanted) == lower(value)
            })
        }
        Operator::StringLike | Operator::StringNotLike => {
            let pattern = wanted.pattern();
            cite_pattern(&pattern, notes);
            with_tag_case(wildcard::matches(&pattern, value), is_tag, notes, || {
                wildcard::matches(&lower_pattern(&pattern), &lower(value))
            })
        }
        // IAM-155: case does not count.
        _ => lower(&wanted.text()) == lower(value),
    });
    matched != operator.is_negated()
}

/// IAM-134: perhaps tag values compare without case, whatever the operator says.
fn with_tag_case(
    with_case: bool,
    is_tag: bool,
    notes: &mut Notes<'_>,
    without_case: impl FnOnce() -> bool,
) -> bool {
    if with_case || !is_tag || !without_case() {
        return with_case;
    }
    notes.choose::<TagValueCase>() == TagValueCase::IgnoreCase
}

fn cite_pattern(pattern: &[Symbol], notes: &mut Notes<'_>) {
    let holds = |characters: &str| {
        let literal = |s: &Symbol| matches!(s, Symbol::Literal(c) if characters.contains(*c));
        pattern.iter().any(literal)
    };
    // IAM-158: the empty string matches itself only.
    notes.cite_if(pattern.is_empty(), iam(158));
    // IAM-159: `*` and `?` are escaped with variables, never with a backslash.
    notes.cite_if(holds("*?\\"), iam(159));
    // IAM-160: what is special elsewhere is an ordinary character here.
    notes.cite_if(holds(".[](){}+^$|\\"), iam(160));
    // IAM-184: here wildcards run over the colons of ARNs.
    let is_arn = pattern.starts_with(&['a', 'r', 'n', ':'].map(Symbol::Literal));
    notes.cite_if(is_arn && pattern.contains(&Symbol::Run), iam(184));
}

/// Every character replaced by its own lower-case characters, so that `ß` is not `ss`.
fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn lower_pattern(pattern: &[Symbol]) -> Vec<Symbol> {
    let mut lower = Vec::with_capacity(pattern.len());
    for &symbol in pattern {
        match symbol {
            Symbol::Literal(c) => lower.extend(c.to_lowercase().map(Symbol::Literal)),
            wildcard => lower.push(wildcard),
        }
    }
    lower
}

#[cfg(test)]
mod tests {
    use crate::condition::testing::{assert_tests, holds};
    use veriam_model::Dialect;
    use veriam_model::readings::TagValueCase;

    #[test]
    fn equals_is_exact_and_wildcards_are_ordinary_characters() {
        assert_tests(
            "StringEquals",
            "StringNotEquals",
            &[
                ("a", "a", true),
                ("a", "A", false),
                ("a*", "ab", false),
                ("a*", "a*", true),
                ("", "", true),
                ("", "a", false),
                ("é", "e\u{301}", false),
            ],
        );
    }

    #[test]
    fn ignoring_case_lowers_each_character() {
        assert_tests(
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            &[
                ("johndoe", "JohnDoe", true),
                ("ÄÖ", "äö", true),
                ("ß", "ss", false),
                ("Σ", "σ", true),
                ("ς", "σ", false),
                ("\u{130}", "i", false),
                ("\u{130}", "i\u{307}", true),
                ("*", "a", false),
            ],
        );
    }

    #[test]
    fn like_has_two_wildcards_and_no_escape() {
        assert_tests(
            "StringLike",
            "StringNotLike",
            &[
                ("home/*", "home/", true),
                ("home/*", "home/a/b", true),
                ("Home/*", "home/x", false),
                ("admin-?", "admin-", false),
                ("admin-?", "admin-12", false),
                ("", "", true),
                ("a.b", "axb", false),
                ("[a]*", "ab", false),
                ("a\\*", "a*", false),
                ("a\\*", "a\\b", true),
                ("a${*}", "a*", true),
                ("a${*}", "ab", false),
                ("a${?}${$}", "a?$", true),
            ],
        );
    }

    #[test]
    fn a_dialect_may_compare_tag_values_without_case() {
        let dialect = Dialect::default().with(TagValueCase::IgnoreCase);
        for (operator, key, expected) in [
            ("StringEquals", "aws:ResourceTag/a", true),
            ("StringLike", "AWS:requesttag/a", true),
            ("StringNotEquals", "aws:ResourceTag/a", false),
            ("StringEquals", "aws:PrincipalTag/a", false),
        ] {
            let found = holds(dialect, operator, key, &["xY*"], Some(&["Xy*"]));
            assert_eq!(found, expected, "{operator} {key}");
            let found = holds(Dialect::default(), operator, key, &["xY*"], Some(&["Xy*"]));
            assert_eq!(found, operator == "StringNotEquals", "{operator} {key}");
        }
    }
}
