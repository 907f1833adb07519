//! Days.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A day of the years 1 to 9999, written as `2027-01-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// The text names no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseDateError;

impl fmt::Display for ParseDateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a day of the calendar; write one like 2027-01-31")
    }
}

impl std::error::Error for ParseDateError {}

impl Date {
    /// The day with these numbers, if the calendar has it.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            2 => 28 + u8::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        let there = (1..=9999).contains(&year) && (1..=last).contains(&day);
        there.then_some(Self { year, month, day })
    }

    /// The day, in UTC, of a time in seconds since 1970; the last one there is for later times.
    #[must_use]
    pub fn of_seconds(seconds: u64) -> Self {
        let mut days = seconds / 86_400;
        for year in 1970..=9999 {
            for month in 1..=12 {
                let lengths = [28, 29, 30, 31];
                let has = |day: &u8| Date::new(year, month, *day).is_some();
                let length = lengths.into_iter().rfind(has).unwrap_or(28);
                if days < u64::from(length) {
                    // Less than the length of a month.
                    let day = days as u8 + 1;
                    return Self { year, month, day };
                }
                days -= u64::from(length);
            }
        }
        Self {
            year: 9999,
            month: 12,
            day: 31,
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Date { year, month, day } = self;
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Date {
    type Err = ParseDateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str, digits: usize| {
            let all = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
            all.then(|| text.parse::<u16>().ok()).flatten()
        };
        let mut parts = text.split('-');
        let (Some(year), Some(month), Some(day), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(ParseDateError);
        };
        let (year, month, day) = (number(year, 4), number(month, 2), number(day, 2));
        let (Some(year), Some(month), Some(day)) = (year, month, day) else {
            return Err(ParseDateError);
        };
        // Two digits fit.
        Date::new(year, month as u8, day as u8).ok_or(ParseDateError)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_read_as_they_are_written_and_no_other_text_is_one() {
        for text in ["2027-01-31", "2000-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
        for text in [
            "2026-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "26-01-01",
            "2026-1-1",
            "2026-01-01T00:00:00Z",
            "2026-01",
            "tomorrow",
            "",
            "0000-01-01",
            "+026-01-01",
        ] {
            assert_eq!(text.parse::<Date>(), Err(ParseDateError), "{text}");
        }
    }

    #[test]
    fn seconds_fall_on_their_day() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (86_399, "1970-01-01"),
            (86_400, "1970-01-02"),
            (951_782_400, "2000-02-29"),
            (1_768_478_400, "2026-01-15"),
            (4_107_542_400, "2100-03-01"),
            (253_402_300_799, "9999-12-31"),
            (u64::MAX, "9999-12-31"),
        ] {
            assert_eq!(Date::of_seconds(seconds).to_string(), day);
        }
        assert!(Date::of_seconds(0) < Date::of_seconds(86_400));
    }
}
