//! Numeric operators (IAM-161…IAM-163).

use std::cmp::Ordering;

use veriam_model::readings::MalformedNumber;

use super::malformed;
use crate::Operator;
use crate::notes::{Notes, iam};

/// Tests one request value against the policy's values.
pub(super) fn test(
    operator: Operator,
    wanted: &[String],
    value: &str,
    notes: &mut Notes<'_>,
) -> bool {
    notes.cite(iam(161));
    // IAM-162: several limits are alternatives.
    let is_limit = !matches!(
        operator,
        Operator::NumericEquals | Operator::NumericNotEquals
    );
    notes.cite_if(is_limit && wanted.len() > 1, iam(162));
    let wanted: Vec<Option<Number<'_>>> = wanted.iter().map(|text| Number::parse(text)).collect();
    let value = Number::parse(value);
    malformed::test(
        operator.is_negated(),
        &wanted,
        value.as_ref(),
        MalformedNumber::Negation,
        notes,
        |_, wanted, value| holds(operator, value.cmp(wanted)),
    )
}

/// Whether a request value that compares so with a policy value matches it.
fn holds(operator: Operator, ordering: Ordering) -> bool {
    match operator {
        Operator::NumericLessThan => ordering.is_lt(),
        Operator::NumericLessThanEquals => ordering.is_le(),
        Operator::NumericGreaterThan => ordering.is_gt(),
        Operator::NumericGreaterThanEquals => ordering.is_ge(),
        _ => ordering.is_eq(),
    }
}

/// A decimal number of any length, as it is written.
#[derive(Clone, Copy, Debug)]
struct Number<'t> {
    minus: bool,
    /// Digits before the point.
    integer: &'t str,
    /// Digits behind the point.
    fraction: &'t str,
}

impl<'t> Number<'t> {
    /// An optional `-`, digits, optionally a point and digits; nothing else is a number (readings, 3.6).
    fn parse(text: &'t str) -> Option<Self> {
        let unsigned = text.strip_prefix('-');
        let digits = unsigned.unwrap_or(text);
        let (integer, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        (are_digits(integer) && are_digits(fraction)).then_some(Self {
            minus: unsigned.is_some(),
            integer,
            fraction,
        })
    }

    /// By value: both are written with as many digits before and behind the point, and then compared digit by digit.
    fn cmp(&self, other: &Self) -> Ordering {
        let before = self.integer.len().max(other.integer.len());
        let behind = self.fraction.len().max(other.fraction.len());
        let zeros = |count: usize| "0".repeat(count);
        let digits = |n: &Self| {
            zeros(before - n.integer.len())
                + n.integer
                + n.fraction
                + &zeros(behind - n.fraction.len())
        };
        let (mine, theirs) = (digits(self), digits(other));
        // A zero has no sign.
        let is_below_zero = |n: &Self, digits: &str| n.minus && digits.contains(|c| c != '0');
        match (is_below_zero(self, &mine), is_below_zero(other, &theirs)) {
            (false, false) => mine.cmp(&theirs),
            (true, true) => theirs.cmp(&mine),
            (mine_is_below, _) if mine_is_below => Ordering::Less,
            _ => Ordering::Greater,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::condition::testing::{assert_malformed, assert_tests, holds};
    use veriam_model::Dialect;
    use veriam_model::readings::MalformedNumber;

    #[test]
    fn numbers_are_equal_by_value() {
        assert_tests(
            "NumericEquals",
            "NumericNotEquals",
            &[
                ("10", "10.0", true),
                ("10", "010", true),
                ("-0", "0", true),
                ("-0.0", "0.00", true),
                ("0.1", "0.10", true),
                ("1", "-1", false),
                ("10", "1", false),
                (
                    "99999999999999999999999999999999999999.1",
                    "99999999999999999999999999999999999999.10",
                    true,
                ),
                (
                    "99999999999999999999999999999999999999.1",
                    "99999999999999999999999999999999999999.2",
                    false,
                ),
            ],
        );
    }

    #[test]
    fn limits_compare_the_request_with_the_policy() {
        // Policy value, request value, and how the request's compares.
        for (wanted, value, ordering) in [
            ("10", "9", -1),
            ("10", "10", 0),
            ("10", "11", 1),
            ("10", "9.99", -1),
            ("9", "10", 1),
            ("-9", "-10", -1),
            ("-1", "0", 1),
            ("3", "-5", -1),
            ("-5", "3", 1),
            ("0.5", "0.45", -1),
            ("0.5", "0.55", 1),
            ("-0.5", "-0.55", -1),
        ] {
            for (operator, expected) in [
                ("NumericLessThan", ordering < 0),
                ("NumericLessThanEquals", ordering <= 0),
                ("NumericGreaterThan", ordering > 0),
                ("NumericGreaterThanEquals", ordering >= 0),
                ("NumericEquals", ordering == 0),
            ] {
                let found = holds(
                    Dialect::default(),
                    operator,
                    "a:b",
                    &[wanted],
                    Some(&[value]),
                );
                assert_eq!(found, expected, "{operator} {wanted} {value}");
            }
        }
        let widest = holds(
            Dialect::default(),
            "NumericLessThan",
            "a:b",
            &["2700", "3600"],
            Some(&["3000"]),
        );
        assert!(widest);
    }

    #[test]
    fn numbers_have_any_length() {
        // Longer than what a format width can say.
        let long = "1".repeat(70_000);
        for (wanted, value, expected) in [
            (format!("0.{long}"), format!("0.{long}0"), true),
            (format!("0{long}"), long.clone(), true),
            (long.clone(), format!("{long}.1"), false),
        ] {
            let found = holds(
                Dialect::default(),
                "NumericEquals",
                "a:b",
                &[&wanted],
                Some(&[&value]),
            );
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn other_notations_are_malformed() {
        for text in [
            "", "-", "a", "1e3", "+1", " 1", "1 ", "0x10", "1.", ".5", "1.2.3", "--1", "1,0", "٣",
        ] {
            assert_malformed(
                "NumericEquals",
                "NumericNotEquals",
                "10",
                text,
                MalformedNumber::Negation,
            );
        }
    }
}
