//! `Bool` (IAM-169, IAM-170).

use veriam_model::readings::OddBoolean;

use crate::notes::{Notes, iam};

/// Tests one request value against the policy's values; `None` is a value with an unresolved variable.
pub(super) fn test(wanted: &[Option<String>], value: &str, notes: &mut Notes<'_>) -> bool {
    notes.cite(iam(169));

    notes.any(wanted.iter().flatten(), |notes, wanted| {
        matches(wanted, value, notes)
    })
}

fn matches(wanted: &str, value: &str, notes: &mut Notes<'_>) -> bool {
    let is_exact = |text| matches!(text, "true" | "false");
    if is_exact(wanted) && is_exact(value) {
        return wanted == value;
    }
    // IAM-170: other spellings. Either they match nothing, or `true` in any letter case is true and all else
    // is false.
    notes.cite(iam(170));
    let is_true = |text: &str| text.eq_ignore_ascii_case("true");
    is_true(wanted) == is_true(value) && notes.choose::<OddBoolean>() == OddBoolean::TrueOrNot
}

#[cfg(test)]
mod tests {
    use crate::condition::testing::holds;
    use veriam_model::Dialect;
    use veriam_model::readings::{BoolVariables, OddBoolean};

    #[test]
    fn booleans_compare_with_true_and_false() {
        let exact = Dialect::default().with(OddBoolean::Exact);
        for (wanted, value, by_default, exactly) in [
            ("true", "true", true, true),
            ("false", "false", true, true),
            ("false", "true", false, false),
            ("true", "True", true, false),
            ("TRUE", "true", true, false),
            ("false", "asdf", true, false),
            ("asdf", "1", true, false),
            ("true", "asdf", false, false),
            ("", "false", true, false),
        ] {
            let under = |dialect| holds(dialect, "Bool", "a:b", &[wanted], Some(&[value]));
            assert_eq!(under(Dialect::default()), by_default, "{wanted} {value}");
            assert_eq!(under(exact), exactly, "{wanted} {value}");
        }
        let both = ["true", "false"];
        assert!(holds(exact, "Bool", "a:b", &both, Some(&["false"])));
    }

    #[test]
    fn variables_are_text_unless_a_dialect_expands_them() {
        let expanded = Dialect::default().with(BoolVariables::Expanded);
        let test = |dialect, wanted, value| {
            holds(
                dialect,
                "Bool",
                "aws:SecureTransport",
                &[wanted],
                Some(&[value]),
            )
        };
        let variable = "${aws:SecureTransport}";
        // As text it is no boolean, which counts as false.
        assert!(!test(Dialect::default(), variable, "true"));
        assert!(test(Dialect::default(), variable, "false"));
        assert!(test(expanded, variable, "true"));
        // Malformed stays text, unresolved matches nothing.
        assert!(test(expanded, "${", "false"));
        assert!(!test(expanded, "${a:absent}", "false"));
    }
}
