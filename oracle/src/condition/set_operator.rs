//! How the test of single values becomes a test of a key: `ForAllValues`, `ForAnyValue`, or neither
//! (IAM-143…IAM-151; readings, 3.4).

use veriam_model::readings::{ForAnyEmptyString, PlainMultivalued};

use crate::SetOperator;
use crate::notes::{Notes, iam};

/// A key that is present in the request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Present<'r> {
    pub(super) values: &'r [String],
    /// Whether the key can hold several values.
    pub(super) multivalued: bool,
    /// Whether the operator is a negated one.
    pub(super) negated: bool,
}

/// Tests a present key; `passes` tests one value.
pub(super) fn test<'d>(
    set: Option<SetOperator>,
    key: Present<'_>,
    notes: &mut Notes<'d>,
    passes: impl FnMut(&mut Notes<'d>, &String) -> bool,
) -> bool {
    match set {
        Some(SetOperator::ForAllValues) => for_all_values(key, notes, passes),
        Some(SetOperator::ForAnyValue) => for_any_value(key, notes, passes),
        None => without(key, notes, passes),
    }
}

/// Whether the only value is the empty string, which counts as no value (IAM-147).
fn is_single_empty_string(values: &[String]) -> bool {
    matches!(values, [value] if value.is_empty())
}

/// IAM-143: every request value passes; true without any.
fn for_all_values<'d>(
    key: Present<'_>,
    notes: &mut Notes<'d>,
    passes: impl FnMut(&mut Notes<'d>, &String) -> bool,
) -> bool {
    notes.cite(iam(143));
    notes.cite_if(key.negated, iam(146));
    notes.cite_if(key.values.iter().any(String::is_empty), iam(147));
    if is_single_empty_string(key.values) {
        return true;
    }
    notes.all(key.values, passes)
}

/// IAM-144: some request value passes; false without any.
fn for_any_value<'d>(
    key: Present<'_>,
    notes: &mut Notes<'d>,
    passes: impl FnMut(&mut Notes<'d>, &String) -> bool,
) -> bool {
    notes.cite(iam(144));
    notes.cite_if(key.negated, iam(145));
    notes.cite_if(key.values.iter().any(String::is_empty), iam(147));
    let passed = notes.any(key.values, passes);
    if passed && is_single_empty_string(key.values) {
        return notes.choose::<ForAnyEmptyString>() == ForAnyEmptyString::Value;
    }
    passed
}

/// No set operator: the test of the only value.
fn without<'d>(
    key: Present<'_>,
    notes: &mut Notes<'d>,
    mut passes: impl FnMut(&mut Notes<'d>, &String) -> bool,
) -> bool {
    if let ([value], false) = (key.values, key.multivalued) {
        return passes(notes, value);
    }
    // IAM-151: a multivalued key, or not exactly one value.
    notes.cite(iam(151));
    let passed = if key.negated {
        notes.all(key.values, passes)
    } else {
        notes.any(key.values, passes)
    };
    passed && notes.choose::<PlainMultivalued>() == PlainMultivalued::AnyValue
}

#[cfg(test)]
mod tests {
    use crate::condition::testing::holds;
    use veriam_model::Dialect;
    use veriam_model::readings::{ForAnyEmptyString, PlainMultivalued};

    const KEY: &str = "aws:TagKeys";

    /// The table D14: policy list [a, b].
    #[test]
    fn set_operators_test_every_or_some_value() {
        for (values, all, any, all_negated, any_negated) in [
            (Some(&["a"][..]), true, true, false, false),
            (Some(&["a", "b"][..]), true, true, false, false),
            (Some(&["a", "c"][..]), false, true, false, true),
            (Some(&["c"][..]), false, false, true, true),
            (Some(&[][..]), true, false, true, false),
            (None, true, false, true, false),
        ] {
            for (operator, expected) in [
                ("ForAllValues:StringEquals", all),
                ("ForAnyValue:StringEquals", any),
                ("ForAllValues:StringNotEquals", all_negated),
                ("ForAnyValue:StringNotEquals", any_negated),
            ] {
                for key in [KEY, "aws:PrincipalOrgID"] {
                    let found = holds(Dialect::default(), operator, key, &["a", "b"], values);
                    assert_eq!(found, expected, "{operator} {values:?}");
                }
            }
        }
    }

    #[test]
    fn a_single_empty_string_is_an_empty_set() {
        let value = Dialect::default().with(ForAnyEmptyString::Value);
        for (operator, wanted, by_default, as_value) in [
            ("ForAllValues:StringEquals", "a", true, true),
            ("ForAllValues:StringNotEquals", "", true, true),
            ("ForAnyValue:StringEquals", "", false, true),
            ("ForAnyValue:StringEquals", "a", false, false),
            ("ForAnyValue:StringNotEquals", "a", false, true),
        ] {
            let test = |dialect| holds(dialect, operator, KEY, &[wanted], Some(&[""]));
            assert_eq!(test(Dialect::default()), by_default, "{operator}");
            assert_eq!(test(value), as_value, "{operator}");
        }
        // Two are no empty set.
        assert!(!holds(
            value,
            "ForAllValues:StringEquals",
            KEY,
            &["a"],
            Some(&["", ""])
        ));
    }

    #[test]
    fn without_set_operator_several_values_are_open() {
        let never = Dialect::default().with(PlainMultivalued::False);
        for (operator, key, values, by_default, otherwise) in [
            ("StringEquals", KEY, &["a", "c"][..], true, false),
            ("StringEquals", KEY, &["a"], true, false),
            ("StringEquals", KEY, &["c"], false, false),
            ("StringEquals", KEY, &[], false, false),
            ("StringNotEquals", KEY, &["a", "c"], false, false),
            ("StringNotEquals", KEY, &["c", "d"], true, false),
            ("StringNotEquals", KEY, &[], true, false),
            ("StringEquals", "x:y", &["a"], true, true),
            ("StringEquals", "x:y", &["c", "a"], true, false),
            ("StringNotEquals", "x:y", &[], true, false),
        ] {
            let test = |dialect| holds(dialect, operator, key, &["a", "b"], Some(values));
            assert_eq!(
                test(Dialect::default()),
                by_default,
                "{operator} {key} {values:?}"
            );
            assert_eq!(test(never), otherwise, "{operator} {key} {values:?}");
        }
    }
}
