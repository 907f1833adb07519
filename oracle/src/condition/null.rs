//! `Null` (IAM-140…IAM-142).

use veriam_model::readings::{NullEmptyString, NullSetOperator};

use crate::SetOperator;
use crate::notes::{Notes, iam};

/// Tests the presence of a key. `values`: the request's values, `None` for an absent key.
pub(super) fn test(
    set: Option<SetOperator>,
    wanted: &[String],
    values: Option<&[String]>,
    notes: &mut Notes<'_>,
) -> bool {
    notes.cite(iam(140));
    // IAM-141: a present key without values is absent here.
    notes.cite_if(values.is_some_and(<[String]>::is_empty), iam(141));
    let values = values.filter(|values| !values.is_empty());
    // The policy's values are alternatives; text that is no boolean never holds.
    let wants = |word: &str| wanted.iter().any(|text| text.eq_ignore_ascii_case(word));
    let (wants_absent, wants_present) = (wants("true"), wants("false"));
    notes.cite_if(wants_absent && wants_present, iam(141));
    match set {
        None => without_set(wants_absent, wants_present, values, notes),
        Some(set) => {
            notes.cite(iam(142));
            with_set(set, wants_absent, wants_present, values, notes)
        }
    }
}

/// `true` holds when the key is absent, `false` when it is present.
fn without_set(
    wants_absent: bool,
    wants_present: bool,
    values: Option<&[String]>,
    notes: &mut Notes<'_>,
) -> bool {
    match values {
        None => wants_absent,
        // IAM-141: a single empty string.
        Some([value]) if value.is_empty() && wants_absent != wants_present => {
            match notes.choose::<NullEmptyString>() {
                NullEmptyString::Null => wants_absent,
                NullEmptyString::Present => wants_present,
            }
        }
        Some(_) => wants_present,
    }
}

/// The table of IAM-142.
fn with_set(
    set: SetOperator,
    wants_absent: bool,
    wants_present: bool,
    values: Option<&[String]>,
    notes: &mut Notes<'_>,
) -> bool {
    let when_absent = set == SetOperator::ForAllValues;
    let Some(values) = values else {
        return when_absent;
    };
    let when_present = match set {
        // ForAllValues:Null false holds; with true it is open.
        SetOperator::ForAllValues => {
            wants_present
                || (wants_absent && notes.choose::<NullSetOperator>() == NullSetOperator::Page)
        }
        // ForAnyValue:Null true fails; with false it is open.
        SetOperator::ForAnyValue => {
            wants_present && notes.choose::<NullSetOperator>() == NullSetOperator::PerValue
        }
    };
    // IAM-141: a single empty string may be absent.
    let is_open = matches!(values, [value] if value.is_empty()) && when_absent != when_present;
    if is_open && notes.choose::<NullEmptyString>() == NullEmptyString::Null {
        return when_absent;
    }
    when_present
}

#[cfg(test)]
mod tests {
    use crate::condition::testing::holds;
    use veriam_model::Dialect;
    use veriam_model::readings::{NullEmptyString, NullSetOperator};

    const PRESENT: Option<&[&str]> = Some(&["x"]);
    const EMPTY: Option<&[&str]> = Some(&[]);
    const EMPTY_STRING: Option<&[&str]> = Some(&[""]);

    fn null(dialect: Dialect, operator: &str, wanted: &[&str], values: Option<&[&str]>) -> bool {
        holds(dialect, operator, "a:b", wanted, values)
    }

    #[test]
    fn null_tests_for_presence() {
        let default = Dialect::default();
        for (wanted, absent, present, empty) in [
            (&["true"][..], true, false, true),
            (&["false"][..], false, true, false),
            (&["True"][..], true, false, true),
            (&["true", "FALSE"][..], true, true, true),
            (&["yes"][..], false, false, false),
            (&[][..], false, false, false),
        ] {
            assert_eq!(null(default, "Null", wanted, None), absent, "{wanted:?}");
            assert_eq!(
                null(default, "Null", wanted, PRESENT),
                present,
                "{wanted:?}"
            );
            assert_eq!(null(default, "Null", wanted, EMPTY), empty, "{wanted:?}");
        }
    }

    #[test]
    fn a_single_empty_string_is_null_or_present() {
        let present = Dialect::default().with(NullEmptyString::Present);
        for (wanted, by_default, otherwise) in [("true", true, false), ("false", false, true)] {
            let test = |dialect| null(dialect, "Null", &[wanted], EMPTY_STRING);
            assert_eq!(test(Dialect::default()), by_default);
            assert_eq!(test(present), otherwise);
            assert!(null(present, "Null", &["true", "false"], EMPTY_STRING));
        }
    }

    #[test]
    fn set_operators_follow_the_table() {
        let page = Dialect::default();
        let per_value = Dialect::default().with(NullSetOperator::PerValue);
        for (operator, wanted, absent, present_page, present_per_value) in [
            ("ForAllValues:Null", &["true"][..], true, true, false),
            ("ForAllValues:Null", &["false"][..], true, true, true),
            ("ForAnyValue:Null", &["true"][..], false, false, false),
            ("ForAnyValue:Null", &["false"][..], false, false, true),
            ("ForAllValues:Null", &["x"][..], true, false, false),
            (
                "ForAnyValue:Null",
                &["true", "false"][..],
                false,
                false,
                true,
            ),
        ] {
            for (dialect, present) in [(page, present_page), (per_value, present_per_value)] {
                let test = |dialect, values| null(dialect, operator, wanted, values);
                assert_eq!(test(dialect, PRESENT), present, "{operator} {wanted:?}");
                for values in [None, EMPTY, EMPTY_STRING] {
                    assert_eq!(test(dialect, values), absent, "{operator} {wanted:?}");
                }
                let dialect = dialect.with(NullEmptyString::Present);
                assert_eq!(
                    test(dialect, EMPTY_STRING),
                    present,
                    "{operator} {wanted:?}"
                );
            }
        }
    }
}
