//! Decimal numbers of any length, compared by exact value (IAM-161, IAM-163).

use std::cmp::Ordering;

/// A decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal<'a> {
    /// Below zero; never set for zero.
    negative: bool,
    /// Digits before the point, without leading zeros.
    whole: &'a str,
    /// Digits behind the point, without trailing zeros.
    fraction: &'a str,
}

impl<'a> Decimal<'a> {
    /// Reads an optional `-`, digits, and optionally a point and digits. Nothing else is a number.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (digits, ""),
        };
        let are_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !are_digits(whole) || !are_digits(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        Some(Self {
            negative: sign && !(whole.is_empty() && fraction.is_empty()),
            whole,
            fraction,
        })
    }

    /// Compares by value.
    pub(crate) fn compare(self, other: Decimal<'_>) -> Ordering {
        // Without leading zeros the longer whole part is the larger; fractions compare like words.
        let magnitudes = (self.whole.len().cmp(&other.whole.len()))
            .then_with(|| self.whole.cmp(other.whole))
            .then_with(|| self.fraction.cmp(other.fraction));
        match (self.negative, other.negative) {
            (false, false) => magnitudes,
            (true, true) => magnitudes.reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn compare(a: &str, b: &str) -> Ordering {
        Decimal::parse(a)
            .unwrap()
            .compare(Decimal::parse(b).unwrap())
    }

    #[test]
    fn values_compare_whatever_their_spelling() {
        for (a, b) in [
            ("10", "10.0"),
            ("0", "-0.000"),
            ("007", "7"),
            ("-1.50", "-01.5"),
        ] {
            assert_eq!(compare(a, b), Ordering::Equal, "{a} {b}");
        }
        let long = "123456789".repeat(200);
        let longer = format!("{long}.00000000000000000000000001");
        for (a, b) in [
            ("9", "10"),
            ("-10", "-9"),
            ("-1", "0"),
            ("0.45", "0.5"),
            ("0.4", "0.45"),
            ("-0.5", "-0.45"),
            ("99.999", "100"),
            (&long, &longer),
        ] {
            assert_eq!(compare(a, b), Ordering::Less, "{a} {b}");
            assert_eq!(compare(b, a), Ordering::Greater, "{a} {b}");
        }
    }

    #[test]
    fn nothing_else_is_a_number() {
        for text in [
            "", "-", "+1", "1.", ".5", "1e3", "0x1", " 1", "1 ", "1,000", "--1", "1.2.3", "1.-2",
            "١", "NaN", "1_0", "-.5", "1.5.", "a",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn integers_compare_like_integers(a: i64, b: i64) {
            prop_assert_eq!(compare(&a.to_string(), &b.to_string()), a.cmp(&b));
        }

        #[test]
        fn fractions_compare_like_scaled_integers(a in -99_999i64..99_999, b in -99_999i64..99_999) {
            let text = |n: i64| {
                let sign = if n < 0 { "-" } else { "" };
                format!("{sign}{}.{:03}", n.abs() / 1000, n.abs() % 1000)
            };
            prop_assert_eq!(compare(&text(a), &text(b)), a.cmp(&b));
        }
    }
}
