//! Dates, in milliseconds since the epoch.

use crate::draw::{Draw, Text};
use crate::values::Value;

const DAY: i64 = 86_400_000;

/// Midnights, UTC: 2024-01-01, 2024-02-29, 2024-12-31, 2026-11-23, 2027-03-01.
const MIDNIGHTS: [i64; 5] = [
    1_704_067_200_000,
    1_709_164_800_000,
    1_735_603_200_000,
    1_795_392_000_000,
    1_803_859_200_000,
];

/// A request value.
pub(crate) fn request(draw: &mut Draw<'_, '_>) -> Value {
    let mut meaning = draw.one(&MIDNIGHTS);
    if draw.chance(3, 4) {
        meaning += draw.below(86_400) as i64 * 1_000;
    }
    if draw.chance(1, 12) {
        meaning += 500;
    }
    let text = spelled(draw, meaning);
    Value { text, meaning }
}

/// The instant in one of its spellings: W3C with `Z`, with an offset, or epoch seconds (IAM-164).
///
/// Epoch seconds always have ten digits, so none of them reads as a year (IAM-166).
pub(crate) fn spelled(draw: &mut Draw<'_, '_>, meaning: i64) -> Text {
    let text = match draw.weighted(&[6, 2, 3, 1]) {
        0 => zoned(meaning, 0),
        1 => {
            let minutes = draw.one(&[60, -420, 330, 0, 840]);
            zoned(meaning, minutes)
        }
        2 => {
            let mut text = meaning.div_euclid(1_000).to_string();
            fraction(&mut text, meaning);
            text
        }
        _ if meaning.rem_euclid(DAY) == 0 => day(meaning.div_euclid(DAY)),
        _ => zoned(meaning, 0),
    };
    text.into()
}

/// The instant with date, time and `Z`.
pub(crate) fn plain(meaning: i64) -> String {
    zoned(meaning, 0)
}

fn zoned(meaning: i64, offset: i64) -> String {
    let local = meaning + offset * 60_000;
    let seconds = local.rem_euclid(DAY) / 1_000;
    let mut text = day(local.div_euclid(DAY));
    digits(&mut text, "T", seconds / 3_600, 2);
    digits(&mut text, ":", seconds / 60 % 60, 2);
    digits(&mut text, ":", seconds % 60, 2);
    fraction(&mut text, meaning);
    if offset == 0 {
        text.push('Z');
    } else {
        digits(
            &mut text,
            if offset < 0 { "-" } else { "+" },
            offset.abs() / 60,
            2,
        );
        digits(&mut text, ":", offset.abs() % 60, 2);
    }
    text
}

/// A day, counted from 1970-01-01, as a date.
fn day(number: i64) -> String {
    let (year, month, day) = civil(number);
    let mut text = String::with_capacity(32);
    digits(&mut text, "", year, 4);
    digits(&mut text, "-", month, 2);
    digits(&mut text, "-", day, 2);
    text
}

fn fraction(text: &mut String, meaning: i64) {
    let thousandths = meaning.rem_euclid(1_000);
    if thousandths != 0 {
        digits(text, ".", thousandths, 3);
    }
}

/// Appends the number with leading zeros.
fn digits(text: &mut String, before: &str, number: i64, width: u32) {
    text.push_str(before);
    for place in (0..width).rev() {
        let digit = number / 10_i64.pow(place) % 10;
        text.push(char::from(b'0' + digit as u8));
    }
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
///
/// Years are taken to begin in March, so that the leap day is the last of its year and every block of 400 years
/// (146,097 days) looks alike.
fn civil(day: i64) -> (i64, i64, i64) {
    let from_march = day + 719_468;
    let (block, day) = (
        from_march.div_euclid(146_097),
        from_march.rem_euclid(146_097),
    );
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day_of_month = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (block * 400 + year + next, month, day_of_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        let cases = [
            (0, (1970, 1, 1)),
            (59, (1970, 3, 1)),
            (-1, (1969, 12, 31)),
            (11_016, (2000, 2, 29)),
            (19_723, (2024, 1, 1)),
            (19_782, (2024, 2, 29)),
            (20_088, (2024, 12, 31)),
            (20_780, (2026, 11, 23)),
        ];
        for (day, date) in cases {
            assert_eq!(civil(day), date, "{day}");
        }
    }

    #[test]
    fn offsets_keep_the_instant() {
        let noon = 1_704_110_400_000;
        assert_eq!(zoned(noon, 0), "2024-01-01T12:00:00Z");
        assert_eq!(zoned(noon, 330), "2024-01-01T17:30:00+05:30");
        assert_eq!(zoned(noon - DAY / 2, -420), "2023-12-31T17:00:00-07:00");
        assert_eq!(zoned(noon + 500, 840), "2024-01-02T02:00:00.500+14:00");
    }
}
