//! Changes of requests: a character, a bit, a header more or less.

use proptest::prelude::*;

use super::signer::Raw;

/// Where, at which place there, with what character, and how.
pub type Change = (u8, u16, char, u8);

/// One or two changes.
pub fn changes() -> impl Strategy<Value = Vec<Change>> {
    let with = prop_oneof![
        prop::char::range(' ', '~'),
        Just('\u{e9}'),
        Just('\t'),
        Just('+'),
        Just('%'),
        Just('0'),
    ];
    prop::collection::vec((any::<u8>(), any::<u16>(), with, any::<u8>()), 1..3)
}

/// Changes a request.
pub fn apply(raw: &mut Raw, (place, at, with, how): Change) {
    let at = usize::from(at);
    if raw.headers.is_empty() {
        return;
    }
    let text: &mut String = match place % 6 {
        0 => &mut raw.path,
        1 => &mut raw.query,
        2 => &mut raw.method,
        3 => {
            let count = raw.headers.len();
            &mut raw.headers[at % count].1
        }
        4 => {
            let count = raw.headers.len();
            match how % 4 {
                0 => drop(raw.headers.remove(at % count)),
                1 => {
                    let copy = raw.headers[at % count].clone();
                    raw.headers.push(copy);
                }
                2 => raw.headers.swap(at % count, (at / 7) % count),
                _ => raw.headers.push(("x-amz-more".into(), with.to_string())),
            }
            return;
        }
        _ => {
            if raw.body.is_empty() {
                raw.body.push(b'{');
            } else {
                let count = raw.body.len();
                raw.body[at % count] ^= 1 << (how % 8);
            }
            return;
        }
    };
    let mut chars: Vec<char> = text.chars().collect();
    let at = at % (chars.len() + 1);
    match how % 4 {
        0 if at < chars.len() => drop(chars.remove(at)),
        1 if at < chars.len() => chars[at] = with,
        2 if at < chars.len() => {
            let flipped = u32::from(chars[at]) ^ (1 << (how / 4 % 7));
            chars[at] = char::from_u32(flipped).unwrap_or(with);
        }
        _ => chars.insert(at, with),
    }
    *text = chars.into_iter().collect();
}
