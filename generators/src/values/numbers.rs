//! Numbers, in thousandths.

use crate::draw::{Draw, Text};
use crate::values::Value;

/// Whole numbers that conditions are written about; far enough from zero that a step below stays positive.
const NUMBERS: [i64; 8] = [10, 100, 300, 900, 1_200, 3_600, 43_200, 99];

/// A request value.
pub(crate) fn request(draw: &mut Draw<'_, '_>) -> Value {
    let mut meaning = draw.one(&NUMBERS) * 1_000;
    if draw.chance(1, 6) {
        meaning += draw.one(&[500, 250]);
    }
    let text = spelled(draw, meaning);
    Value { text, meaning }
}

/// The number in one of its spellings.
pub(crate) fn spelled(draw: &mut Draw<'_, '_>, meaning: i64) -> Text {
    let (whole, thousandths) = (meaning.abs() / 1_000, meaning.abs() % 1_000);
    let mut text = whole.to_string();
    if meaning < 0 {
        text.insert(0, '-');
    }
    if thousandths == 0 {
        text.push_str(["", ".0", ".00"][draw.weighted(&[12, 2, 1])]);
    } else {
        let digits = (1_000 + thousandths).to_string();
        text.push('.');
        text.push_str(digits[1..].trim_end_matches('0'));
        text.push_str(draw.one(&["", "", "0"]));
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arbitrary::Unstructured;

    #[test]
    fn every_spelling_has_the_same_value() {
        let bytes = crate::case_bytes(1, 1);
        let mut bytes = Unstructured::new(&bytes);
        let mut draw = Draw::new(&mut bytes);
        for meaning in [0, 10_000, 10_500, -3_250, 99_000, 7] {
            for _ in 0..20 {
                let text = spelled(&mut draw, meaning);
                let value: f64 = text.parse().expect("a number");
                assert!((value * 1_000.0 - meaning as f64).abs() < 1e-6, "{text}");
            }
        }
    }
}
