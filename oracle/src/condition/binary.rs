//! `BinaryEquals` (IAM-172, IAM-173).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use veriam_model::readings::MalformedBinary;

use crate::notes::{Notes, iam};

/// Tests one request value against the policy's values: both are base64 texts.
pub(super) fn test(wanted: &[String], value: &str, notes: &mut Notes<'_>) -> bool {
    notes.cite(iam(172));
    notes.any(wanted, |notes, wanted| {
        // Standard alphabet, padding required, no white space, no bits left over.
        match (STANDARD.decode(wanted), STANDARD.decode(value)) {
            (Ok(wanted), Ok(value)) => wanted == value,
            _ => {
                // IAM-173: invalid on a side. Equal texts match at most.
                notes.cite(iam(173));
                wanted == value && notes.choose::<MalformedBinary>() == MalformedBinary::Text
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::condition::testing::holds;
    use veriam_model::Dialect;
    use veriam_model::readings::MalformedBinary;

    #[test]
    fn bytes_are_compared_after_decoding_both_sides() {
        let text = Dialect::default().with(MalformedBinary::Text);
        for (wanted, value, by_default, as_text) in [
            (
                "QmluYXJ5VmFsdWVJbkJhc2U2NA==",
                "QmluYXJ5VmFsdWVJbkJhc2U2NA==",
                true,
                true,
            ),
            ("", "", true, true),
            ("QQ==", "Qg==", false, false),
            ("QQ==", "QR==", false, false),
            ("QR==", "QR==", false, true),
            // No padding, white space, another alphabet, no base64 at all.
            ("QQ", "QQ", false, true),
            ("QQ==", "QQ", false, false),
            ("Q Q==", "Q Q==", false, true),
            ("_-==", "_-==", false, true),
            ("*", "*", false, true),
            ("QQ==", "QQ===", false, false),
        ] {
            let under = |dialect| holds(dialect, "BinaryEquals", "a:b", &[wanted], Some(&[value]));
            assert_eq!(under(Dialect::default()), by_default, "{wanted} {value}");
            assert_eq!(under(text), as_text, "{wanted} {value}");
        }
    }
}
