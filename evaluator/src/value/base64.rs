//! Base64 text (IAM-172, IAM-173).

/// Whether a text is base64: standard alphabet, padded, without white space, unused bits zero.
///
/// Each sequence of bytes has exactly one such text, so two of them hold the same bytes when they are equal;
/// nothing has to be decoded.
pub(crate) fn is_valid(text: &str) -> bool {
    let unpadded = text.trim_end_matches('=');
    let padding = text.len().saturating_sub(unpadded.len());
    let unused_bits = match padding {
        0 => 0,
        1 => 0b11,
        2 => 0b1111,
        _ => return false,
    };
    let last = unpadded.bytes().last().and_then(value).unwrap_or(0);
    text.len().is_multiple_of(4)
        && unpadded.bytes().all(|b| value(b).is_some())
        && last & unused_bits == 0
}

/// The six bits of a letter.
fn value(letter: u8) -> Option<u8> {
    let (first, base) = match letter {
        b'A'..=b'Z' => (b'A', 0),
        b'a'..=b'z' => (b'a', 26),
        b'0'..=b'9' => (b'0', 52),
        b'+' => return Some(62),
        b'/' => return Some(63),
        _ => return None,
    };
    letter.checked_sub(first)?.checked_add(base)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The textbook encoding.
    fn encode(bytes: &[u8]) -> String {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for chunk in bytes.chunks(3) {
            let mut group = [0; 3];
            group[..chunk.len()].copy_from_slice(chunk);
            let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
            for place in 0..4 {
                if place <= chunk.len() {
                    text.push(char::from(
                        alphabet[(bits >> (18 - 6 * place)) as usize & 63],
                    ));
                } else {
                    text.push('=');
                }
            }
        }
        text
    }

    #[test]
    fn only_padded_canonical_text_is_valid() {
        for text in [
            "",
            "QQ==",
            "QUI=",
            "QUJD",
            "QmluYXJ5VmFsdWVJbkJhc2U2NA==",
            "+/+/",
        ] {
            assert!(is_valid(text), "{text}");
        }
        for text in [
            "Q", "QQ", "QQ=", "QQ===", "====", "=", "==", "QR==", "QUJ=", "QUJD\n", " QUJD",
            "QU JD", "-_-_", "QQ==QQ==", "Q=Q=", "QUJDé", "Q===",
        ] {
            assert!(!is_valid(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_an_encoder_writes_is_valid(bytes: Vec<u8>) {
            prop_assert!(is_valid(&encode(&bytes)));
        }
    }
}
