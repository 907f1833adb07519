//! Values of context keys, and policy values that match them or do not.
//!
//! Everything here holds by construction: a hit is built from the request value so that the operator's positive
//! form matches it, a miss so that it does not. Nothing is compared.

mod addresses;
mod dates;
mod numbers;

use crate::draw::{Draw, Text};
use crate::operators::Order;

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Arn,
    Bool,
    Date,
    Number,
    Ip,
    Binary,
}

/// A request value: its text, and for numbers, dates and addresses what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) text: Text,
    /// Thousandths (numbers), milliseconds (dates), bits (IPv4) or a place in a table (IPv6, negative).
    pub(crate) meaning: i64,
}

impl Value {
    pub(crate) fn text(text: impl Into<Text>) -> Self {
        Self {
            text: text.into(),
            meaning: 0,
        }
    }
}

/// Base64 texts of different bytes, all canonical.
const BINARY: [&str; 5] = ["QmluYXJ5", "AAECAw==", "/+7dzA==", "QQ==", "c2VjcmV0"];

/// A request value of a kind that does not depend on the key. Text and ARNs come from the key's vocabulary.
pub(crate) fn request(draw: &mut Draw<'_, '_>, kind: Kind) -> Value {
    match kind {
        Kind::Number => numbers::request(draw),
        Kind::Date => dates::request(draw),
        Kind::Ip => addresses::request(draw),
        Kind::Bool => Value::text(draw.one(&["true", "false"])),
        Kind::Binary => Value::text(draw.one(&BINARY)),
        Kind::Text | Kind::Arn => Value::text("x"),
    }
}

/// A request value of `aws:EpochTime`: a number of seconds that is a date as well, in both cases with the same meaning.
pub(crate) fn epoch(draw: &mut Draw<'_, '_>) -> Value {
    let meaning = dates::request(draw).meaning.div_euclid(1_000) * 1_000;
    let text = (meaning / 1_000).to_string().into();
    Value { text, meaning }
}

/// The instant, in seconds since the epoch, as the value of a date key, always in the same spelling.
pub(crate) fn instant(seconds: u64) -> Value {
    let meaning = i64::try_from(seconds).unwrap_or(0) * 1_000;
    Value {
        text: dates::plain(meaning).into(),
        meaning,
    }
}

/// A whole number as the value of a number key.
pub(crate) fn whole(number: u64) -> Value {
    Value {
        text: number.to_string().into(),
        meaning: i64::try_from(number).unwrap_or(0) * 1_000,
    }
}

/// A policy value of the same kind that matches `value` under equality (a range, for addresses).
pub(crate) fn hit(draw: &mut Draw<'_, '_>, kind: Kind, value: &Value) -> Text {
    match kind {
        Kind::Number => numbers::spelled(draw, value.meaning),
        Kind::Date => dates::spelled(draw, value.meaning),
        Kind::Ip => addresses::hit(draw, value),
        _ => value.text.clone(),
    }
}

/// A policy value that matches `value` and no value of another meaning.
pub(crate) fn exact(draw: &mut Draw<'_, '_>, kind: Kind, value: &Value) -> Text {
    match kind {
        Kind::Ip => addresses::host(value),
        _ => hit(draw, kind, value),
    }
}

/// A policy value of the same kind that matches none of `values` under equality.
pub(crate) fn miss(draw: &mut Draw<'_, '_>, kind: Kind, values: &[Value]) -> Text {
    match kind {
        Kind::Number | Kind::Date => {
            let unit = if kind == Kind::Number { 1_000 } else { 60_000 };
            let steps = [unit, -unit, 1_000, -1_000];
            let start = values.first().map_or(0, |v| v.meaning);
            let mut other = start + draw.one(&steps);
            while values.iter().any(|v| v.meaning == other) {
                other += unit;
            }
            spelled(draw, kind, other)
        }
        Kind::Ip => addresses::miss(draw, values),
        Kind::Bool => match values.first().map(|v| v.text.as_ref()) {
            Some("true") => "false".into(),
            _ => "true".into(),
        },
        _ => {
            let start = draw.below(BINARY.len());
            let candidates = (0..BINARY.len()).map(|i| BINARY[(start + i) % BINARY.len()]);
            let mut others = candidates.filter(|c| values.iter().all(|v| v.text != *c));
            others.next().unwrap_or("enp6").into()
        }
    }
}

fn spelled(draw: &mut Draw<'_, '_>, kind: Kind, meaning: i64) -> Text {
    match kind {
        Kind::Date => dates::spelled(draw, meaning),
        _ => numbers::spelled(draw, meaning),
    }
}

/// How many of the request values a list of policy values is to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    All,
    Some,
    None,
}

/// A limit so that all, some or none of the request values stand in `order` to it; not for equality.
///
/// "Some" needs values of at least two different meanings.
pub(crate) fn limit(
    draw: &mut Draw<'_, '_>,
    kind: Kind,
    order: Order,
    values: &[Value],
    share: Share,
) -> Text {
    let least = values.iter().map(|v| v.meaning).min().unwrap_or(0);
    let most = values.iter().map(|v| v.meaning).max().unwrap_or(0);
    let step = draw.one(&[1_000, 1_000, 60_000]);
    let nudge = draw.one(&[0, step]);
    let meaning = match (order, share) {
        (Order::Less, Share::All) => most + step,
        (Order::Less, Share::Some) => most,
        (Order::Less, Share::None) => least - nudge,
        (Order::LessOrEqual, Share::All) => most + nudge,
        (Order::LessOrEqual, Share::Some) => least,
        (Order::LessOrEqual, Share::None) => least - step,
        (Order::Greater, Share::All) => least - step,
        (Order::Greater, Share::Some) => least,
        (Order::Greater, Share::None) => most + nudge,
        (Order::GreaterOrEqual, Share::All) => least - nudge,
        (Order::GreaterOrEqual, Share::Some) => most,
        (Order::GreaterOrEqual, Share::None) => most + step,
        (Order::Equal, _) => least,
    };
    spelled(draw, kind, meaning)
}
