//! Date operators (IAM-164…IAM-168).

use std::cmp::Ordering;

use jiff::civil::DateTime;
use veriam_model::readings::{FourDigitDate, MalformedDate};

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
    notes.cite(iam(164));
    let wanted: Vec<Option<i128>> = wanted.iter().map(|text| instant(text, notes)).collect();
    let value = instant(value, notes);
    malformed::test(
        operator.is_negated(),
        &wanted,
        value.as_ref(),
        MalformedDate::Negation,
        notes,
        |_, wanted, value| holds(operator, value.cmp(wanted)),
    )
}

/// Whether a request value that compares so with a policy value matches it.
fn holds(operator: Operator, ordering: Ordering) -> bool {
    match operator {
        Operator::DateLessThan => ordering.is_lt(),
        Operator::DateLessThanEquals => ordering.is_le(),
        Operator::DateGreaterThan => ordering.is_gt(),
        Operator::DateGreaterThanEquals => ordering.is_ge(),
        _ => ordering.is_eq(),
    }
}

const NANOSECONDS: i128 = 1_000_000_000;

/// The instant a text names, in nanoseconds since 1970-01-01T00:00Z (readings, 3.6).
fn instant(text: &str, notes: &mut Notes<'_>) -> Option<i128> {
    let four_digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    if four_digits && notes.choose::<FourDigitDate>() == FourDigitDate::Year {
        return midnight(&format!("{text}-01-01"));
    }
    if let Some(instant) = epoch(text) {
        // IAM-168: seconds, not milliseconds.
        notes.cite(iam(168));
        return Some(instant);
    }
    match text.split_once('T') {
        Some((date, time)) => Some(midnight(date)? + time_of_day(time)?),
        // Without a day, the first of the month.
        None if text.len() == "YYYY-MM".len() => midnight(&format!("{text}-01")),
        None => midnight(text),
    }
}

/// Epoch seconds: an optional `-`, 1 to 19 digits, optionally a point and 1 to 9 digits.
fn epoch(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (seconds, fraction) = match digits.split_once('.') {
        Some((seconds, fraction)) => (seconds, nanoseconds(fraction)?),
        None => (digits, 0),
    };
    if !(1..=19).contains(&seconds.len()) {
        return None;
    }
    Some(sign * (number(seconds)? * NANOSECONDS + fraction))
}

/// `YYYY-MM-DD`, 00:00 UTC; jiff knows which days exist.
fn midnight(text: &str) -> Option<i128> {
    let mut parts = text.splitn(3, '-');
    let year = fixed(parts.next()?, 4)?;
    let month = fixed(parts.next()?, 2)?;
    let day = fixed(parts.next()?, 2)?;
    let (year, month, day) = (
        year.try_into().ok()?,
        month.try_into().ok()?,
        day.try_into().ok()?,
    );
    let midnight = DateTime::new(year, month, day, 0, 0, 0, 0).ok()?;
    let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    Some(midnight.duration_since(epoch).as_nanos())
}

/// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.f`, then `Z` or `±hh:mm`: nanoseconds since midnight UTC, before or
/// after the day when the offset says so.
fn time_of_day(text: &str) -> Option<i128> {
    let at = text.find(['Z', '+', '-'])?;
    let (clock, zone) = text.split_at(at);
    let mut parts = clock.splitn(3, ':');
    let minutes = minutes(parts.next()?, parts.next()?)?;
    let mut time = minutes * 60 * NANOSECONDS;
    if let Some(seconds) = parts.next() {
        let (seconds, fraction) = match seconds.split_once('.') {
            Some((seconds, fraction)) => (seconds, nanoseconds(fraction)?),
            None => (seconds, 0),
        };
        time += up_to(fixed(seconds, 2)?, 59)? * NANOSECONDS + fraction;
    }
    let offset = match zone.split_at(1) {
        ("Z", "") => 0,
        ("+", offset) => offset_minutes(offset)?,
        ("-", offset) => -offset_minutes(offset)?,
        _ => return None,
    };
    Some(time - offset * 60 * NANOSECONDS)
}

fn offset_minutes(text: &str) -> Option<i128> {
    let (hours, rest) = text.split_once(':')?;
    minutes(hours, rest)
}

/// `hh` and `mm` as minutes.
fn minutes(hours: &str, minutes: &str) -> Option<i128> {
    Some(up_to(fixed(hours, 2)?, 23)? * 60 + up_to(fixed(minutes, 2)?, 59)?)
}

/// 1 to 9 digits behind a point, as nanoseconds.
fn nanoseconds(fraction: &str) -> Option<i128> {
    if !(1..=9).contains(&fraction.len()) {
        return None;
    }
    number(&format!("{fraction:0<9}"))
}

/// Exactly `length` digits.
fn fixed(text: &str, length: usize) -> Option<i128> {
    if text.len() == length {
        number(text)
    } else {
        None
    }
}

fn up_to(number: i128, limit: i128) -> Option<i128> {
    (number <= limit).then_some(number)
}

/// ASCII digits only; no text here is longer than 19 of them.
fn number(text: &str) -> Option<i128> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use crate::condition::testing::{assert_malformed, assert_tests, holds};
    use veriam_model::Dialect;
    use veriam_model::readings::{FourDigitDate, MalformedDate};

    #[test]
    fn notations_of_one_instant_are_equal() {
        assert_tests(
            "DateEquals",
            "DateNotEquals",
            &[
                ("2024-01-01T00:00:00Z", "1704067200", true),
                ("2024-01-01T00:00Z", "1704067200.000", true),
                ("2024-01-01", "1704067200", true),
                ("2024-01", "1704067200", true),
                ("2024-01-01T01:00:00+01:00", "1704067200", true),
                ("2023-12-31T19:00:00-05:00", "1704067200", true),
                ("2024-01-01T00:00:00.5Z", "1704067200.500000000", true),
                (
                    "2024-01-01T00:00:00.000000001Z",
                    "1704067200.000000001",
                    true,
                ),
                ("1969-12-31T23:59:59.5Z", "-0.5", true),
                ("1970-01-01", "0", true),
                ("1970-01-01", "-0", true),
                ("2024-02-29", "1709164800", true),
                ("0000-01-01", "-62167219200", true),
                ("9999-12-31T23:59:59Z", "253402300799", true),
                ("0000-01-01T00:00+23:59", "-62167305540", true),
                ("1704067200000", "2024-01-01T00:00:00Z", false),
                ("9223372036854775807", "9999-12-31", false),
                // Digits alone are seconds, however many.
                ("20240101", "1970-08-23T06:15:01Z", true),
            ],
        );
    }

    #[test]
    fn instants_are_ordered() {
        for (wanted, value, ordering) in [
            ("2020-01-01T00:00:01Z", "2020-06-01T00:00:00Z", 1),
            ("2024-01-01T00:00:00+01:00", "2023-12-31T23:30:00Z", 1),
            ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000000001Z", 1),
            ("1704067200", "2024-01-01", 0),
            ("0", "-0.000000001", -1),
            ("9999999999999999999.999999999", "-9999999999999999999", -1),
        ] {
            for (operator, expected) in [
                ("DateLessThan", ordering < 0),
                ("DateLessThanEquals", ordering <= 0),
                ("DateGreaterThan", ordering > 0),
                ("DateGreaterThanEquals", ordering >= 0),
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
    }

    #[test]
    fn what_is_no_date_is_malformed() {
        for text in [
            "",
            "x",
            "-",
            "12345678901234567890",
            "1.",
            "1.0123456789",
            "+1",
            "2024-1-1",
            "2024-13",
            "2024-00-01",
            "2024-02-30",
            "2023-02-29",
            "2024-01-01T00:00:00",
            "2024-01-01T00:00:00z",
            "2024-01-01t00:00:00Z",
            "2024-01-01 00:00:00Z",
            "2024-01-01T24:00Z",
            "2024-01-01T00:60Z",
            "2024-01-01T00:00:60Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00.1234567890Z",
            "2024-01-01T0:00Z",
            "2024-01-01T00Z",
            "2024-01-01T00:00:00+0100",
            "2024-01-01T00:00:00+24:00",
            "2024-01-01T00:00:00+01:60",
            "2024-01-01T00:00:00Z ",
            "2024-01-01TZ",
            "2024-01-01T",
            "T00:00Z",
            "12024-01-01",
            "-2024-01-01",
            "2024-01-01T00:00:00ZZ",
            "2024-01-é",
        ] {
            let positive = "DateEquals";
            assert_malformed(
                positive,
                "DateNotEquals",
                "1704067200",
                text,
                MalformedDate::Negation,
            );
        }
    }

    #[test]
    fn four_digits_are_seconds_or_a_year() {
        let year = Dialect::default().with(FourDigitDate::Year);
        let test =
            |dialect, wanted| holds(dialect, "DateEquals", "a:b", &[wanted], Some(&["2024"]));
        assert!(test(Dialect::default(), "1970-01-01T00:33:44Z"));
        assert!(!test(Dialect::default(), "2024-01-01"));
        assert!(test(year, "2024-01-01"));
        assert!(!test(year, "1970-01-01T00:33:44Z"));
    }
}
