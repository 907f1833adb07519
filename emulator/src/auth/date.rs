//! Times as signatures write them: `20261128T130000Z`.

/// Seconds since 1970 of `YYYYMMDDTHHMMSSZ`; none when it is not such a time, or before 1970.
#[must_use]
pub fn parse(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    let punctuated =
        bytes.len() == 16 && bytes.get(8) == Some(&b'T') && bytes.get(15) == Some(&b'Z');
    if !punctuated {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<u64> {
        let digits = text.get(from..to)?;
        let all = digits.bytes().all(|b| b.is_ascii_digit());
        if all { digits.parse().ok() } else { None }
    };
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let (hour, minute, second) = (number(9, 11)?, number(11, 13)?, number(13, 15)?);
    let fits = year >= 1970
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    fits.then(|| days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// The time in the form [`parse`] reads. Seconds since 1970, up to the year 9999.
#[must_use]
pub fn format(seconds: u64) -> String {
    let (year, month, day, rest) = civil(seconds);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// The time as XML and JSON answers write it: `2026-11-28T13:00:00Z`. Seconds since 1970.
#[must_use]
pub fn iso(seconds: u64) -> String {
    let (year, month, day, rest) = civil(seconds);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_in(year: u64, month: u64) -> u64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date that exists.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let before = year - 1;
    let leaps = before / 4 - before / 100 + before / 400;
    let to_year = before * 365 + leaps - DAYS_BEFORE_1970;
    let months: u64 = (1..month).map(|month| days_in(year, month)).sum();
    to_year + months + day - 1
}

/// From 0001-01-01 to 1970-01-01.
const DAYS_BEFORE_1970: u64 = 719_162;

/// Year, month, day, and the seconds of that day.
fn civil(seconds: u64) -> (u64, u64, u64, u64) {
    // Of the algorithms for this, the one by Howard Hinnant; eras of 400 years that begin in March.
    let shifted = seconds / 86_400 + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day, seconds % 86_400)
}

#[cfg(test)]
mod tests {
    use super::{format, iso, parse};

    #[test]
    fn known_times_are_read_and_written() {
        for (text, seconds) in [
            ("19700101T000000Z", 0),
            ("20000229T235959Z", 951_868_799),
            ("20150830T123600Z", 1_440_938_160),
            ("21000301T000000Z", 4_107_542_400),
        ] {
            assert_eq!(parse(text), Some(seconds), "{text}");
            assert_eq!(format(seconds), text);
        }
        assert_eq!(iso(1_440_938_160), "2015-08-30T12:36:00Z");
    }

    #[test]
    fn every_day_of_two_centuries_comes_back() {
        for day in 0..73_049 {
            let seconds = day * 86_400 + day % 86_400;
            assert_eq!(parse(&format(seconds)), Some(seconds));
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "20150830",
            "20150830T123600",
            "20150830t123600Z",
            "20150830T123600z",
            "20150830T123660Z",
            "20150830T243600Z",
            "20150229T000000Z",
            "20151301T000000Z",
            "20150800T000000Z",
            "19691231T235959Z",
            "2015083éT12360Z",
            "+0150830T123600Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
