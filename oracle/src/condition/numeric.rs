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

/// A decimal number of any length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Number<'t> {
    negative: bool,
    /// Digits before the point, without leading zeros.
    integer: &'t str,
    /// Digits behind the point, without trailing zeros.
    fraction: &'t str,
}

impl<'t> Number<'t> {
    /// An optional `-`, digits, optionally a point and digits; nothing else is a number (readings, 3.6).
    fn parse(text: &'t str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (integer, fraction) = match digits.split_once('.') {
            Some((integer, fraction)) => (integer, Some(fraction)),
            None => (digits, None),
        };
        for part in [Some(integer), fraction].into_iter().flatten() {
            if part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
        }
        let integer = integer.trim_start_matches('0');
        let fraction = fraction.unwrap_or_default().trim_end_matches('0');
        let is_zero = integer.is_empty() && fraction.is_empty();
        Some(Self {
            negative: negative && !is_zero,
            integer,
            fraction,
        })
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let by_length = self.integer.len().cmp(&other.integer.len());
        let by_size = by_length
            .then_with(|| self.integer.cmp(other.integer))
            .then_with(|| self.fraction.cmp(other.fraction));
        match (self.negative, other.negative) {
            (false, false) => by_size,
            (true, true) => by_size.reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
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
