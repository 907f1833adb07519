//! Instants (IAM-164 to IAM-168): epoch seconds, or ISO 8601 in the W3C profile.

/// An instant, in nanoseconds since 1970-01-01T00:00:00Z.
pub(crate) type Instant = i128;

const SECOND: i128 = 1_000_000_000;
const DAY: i128 = 86_400;

/// Reads a date. `year_alone` says whether four digits are a year instead of epoch seconds (IAM-166).
pub(crate) fn parse(text: &str, year_alone: bool) -> Option<Instant> {
    let mut scan = Scan { rest: text };
    if year_alone
        && text.len() == 4
        && let Some(year) = scan.number(4)
    {
        return instant(year, 1, 1, 0, 0);
    }
    if text.as_bytes().get(4) == Some(&b'-') {
        calendar(text)
    } else {
        epoch(text)
    }
}

/// `-`? 1 to 19 digits, and perhaps a fraction.
fn epoch(text: &str) -> Option<Instant> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, nanoseconds(fraction)?),
        None => (digits, 0),
    };
    if !(1..=19).contains(&whole.len()) || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let seconds: i128 = whole.parse().ok()?;
    let size = seconds.checked_mul(SECOND)?.checked_add(fraction)?;
    size.checked_mul(sign)
}

/// `YYYY-MM`, `YYYY-MM-DD`, or the latter with a time and its zone.
fn calendar(text: &str) -> Option<Instant> {
    let mut scan = Scan { rest: text };
    let year = scan.number(4)?;
    scan.expect('-')?;
    let month = scan.number(2)?;
    if scan.rest.is_empty() {
        return instant(year, month, 1, 0, 0);
    }
    scan.expect('-')?;
    let day = scan.number(2)?;
    if scan.rest.is_empty() {
        return instant(year, month, day, 0, 0);
    }
    scan.expect('T')?;
    let mut seconds = scan.clock(':')?;
    let mut fraction = 0;
    if scan.expect(':').is_some() {
        seconds = seconds.checked_add(scan.number(2).filter(|s| *s <= 59)?)?;
        if scan.expect('.').is_some() {
            fraction = nanoseconds(scan.digits())?;
        }
    }
    let offset = if scan.expect('Z').is_some() {
        0
    } else if scan.expect('+').is_some() {
        scan.clock(':')?
    } else {
        scan.expect('-')?;
        scan.clock(':')?.checked_neg()?
    };
    let seconds = seconds.checked_sub(offset)?;
    scan.rest
        .is_empty()
        .then(|| instant(year, month, day, seconds, fraction))?
}

/// The instant of a day that exists, plus seconds and nanoseconds.
fn instant(
    year: i128,
    month: i128,
    day: i128,
    seconds: i128,
    nanoseconds: i128,
) -> Option<Instant> {
    if !(1..=days_in(year, month)?).contains(&day) {
        return None;
    }
    let days = days_before(year, month)?.checked_add(day)?.checked_sub(1)?;
    let seconds = days.checked_mul(DAY)?.checked_add(seconds)?;
    seconds.checked_mul(SECOND)?.checked_add(nanoseconds)
}

fn is_leap(year: i128) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i128, month: i128) -> Option<i128> {
    Some(match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    })
}

/// Days from 1970-01-01 to the first of a month, in the Gregorian calendar of all years.
fn days_before(year: i128, month: i128) -> Option<i128> {
    let mut days = 0i128;
    for earlier in 1..month {
        days = days.checked_add(days_in(year, earlier)?)?;
    }
    // Leap years are those before this one; year 0 is one.
    let last = year.checked_sub(1)?;
    let leaps = (last.div_euclid(4))
        .checked_sub(last.div_euclid(100))?
        .checked_add(last.div_euclid(400))?;
    const UNTIL_1970: i128 = 719_162;
    days.checked_add(last.checked_mul(365)?)?
        .checked_add(leaps)?
        .checked_sub(UNTIL_1970)
}

/// The nanoseconds of 1 to 9 digits behind a point.
fn nanoseconds(digits: &str) -> Option<i128> {
    let missing = 9usize.checked_sub(digits.len())?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let scale = 10i128.checked_pow(u32::try_from(missing).ok()?)?;
    digits.parse::<i128>().ok()?.checked_mul(scale)
}

struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    fn expect(&mut self, character: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(character)?;
        Some(())
    }

    /// The digits ahead.
    fn digits(&mut self) -> &'a str {
        let end = self.rest.find(|c: char| !c.is_ascii_digit());
        let end = end.unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        self.rest = rest;
        digits
    }

    /// A number of exactly so many digits; more may follow.
    fn number(&mut self, width: usize) -> Option<i128> {
        let (digits, rest) = self.rest.split_at_checked(width)?;
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        self.rest = rest;
        digits.parse().ok()
    }

    /// `hh:mm` in seconds.
    fn clock(&mut self, colon: char) -> Option<i128> {
        let hours = self.number(2).filter(|h| *h <= 23)?;
        self.expect(colon)?;
        let minutes = self.number(2).filter(|m| *m <= 59)?;
        hours
            .checked_mul(3600)?
            .checked_add(minutes.checked_mul(60)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<i128> {
        parse(text, false).map(|n| n / SECOND)
    }

    #[test]
    fn dates_and_epoch_seconds_are_one_scale() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01", 0),
            ("1970-01", 0),
            ("1970-01-02T00:00Z", 86_400),
            ("2024-01-01T00:00:00Z", 1_704_067_200),
            ("2024-01-01T01:00:00+01:00", 1_704_067_200),
            ("2023-12-31T19:30:00-04:30", 1_704_067_200),
            ("2024-02-29", 1_709_164_800),
            ("2000-02-29", 951_782_400),
            ("0000-01-01", -62_167_219_200),
            ("0000-02-29", -62_162_121_600),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("0001-01-01T00:00:00+23:59", -62_135_683_140),
            ("1969-12-31T23:59:59Z", -1),
            ("2024", 2024),
            ("0", 0),
            ("-5", -5),
            ("9999999999999999999", 9_999_999_999_999_999_999),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        assert_eq!(parse("2024", true), parse("2024-01-01", true));
        assert_eq!(parse("02024", true), parse("2024", false));
        assert_eq!(parse("-024", true), Some(-24 * SECOND));
    }

    #[test]
    fn fractions_count_to_the_nanosecond() {
        assert_eq!(parse("1.5", false), Some(1_500_000_000));
        assert_eq!(parse("-1.5", false), Some(-1_500_000_000));
        assert_eq!(parse("0.000000001", false), Some(1));
        assert_eq!(parse("1970-01-01T00:00:00.25Z", false), Some(250_000_000));
        assert_eq!(
            parse("1970-01-01T00:00:00.123456789+00:00", false),
            Some(123_456_789)
        );
    }

    #[test]
    fn nothing_else_is_a_date() {
        for text in [
            "",
            "-",
            "+5",
            "1.",
            ".5",
            "1.0000000001",
            "12345678901234567890",
            " 1",
            "1e3",
            "2024-1-1",
            "2024-13",
            "2024-00",
            "2024-02-30",
            "2023-02-29",
            "1900-02-29",
            "2024-04-31",
            "2024-01-00",
            "24-01-01",
            "20240101",
            "20240101T000000Z",
            "2024-01-01T00:00:00",
            "2024-01-01T00:00",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2024-01-01T00:00:60Z",
            "2024-01-01t00:00:00Z",
            "2024-01-01T00:00:00z",
            "2024-01-01 00:00:00Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00.1234567890Z",
            "2024-01-01T00:00:00+0100",
            "2024-01-01T00:00:00+24:00",
            "2024-01-01T00:00:00+01:60",
            "2024-01-01T00Z",
            "2024-01-01T0:00Z",
            "2024-01-01T00:00:00Zx",
            "2024-01-01T00:00.5Z",
            "2024-",
            "2024-01-",
            "2024-01-01T",
            "10000-01-01",
            "-2024-01-01",
            "２０２４-01-01",
            "2024-é",
        ] {
            let expected = if text == "20240101" {
                Some(20_240_101)
            } else {
                None
            };
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn every_day_follows_the_one_before_it() {
        let mut expected = seconds("0000-01-01").unwrap();
        for year in 0..=9999 {
            for month in 1..=12 {
                for day in 1..=days_in(year, month).unwrap() {
                    if day == 1 || day == 28 {
                        let text = format!("{year:04}-{month:02}-{day:02}");
                        assert_eq!(seconds(&text), Some(expected), "{text}");
                    }
                    expected += DAY;
                }
            }
        }
    }
}
