//! Patterns of replies.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::kind::{Kind, ParseKindError};

/// A reply, or a pattern of its text in which each `*` stands for any text: `call denied * by identity`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KindPattern(String);

/// The text is neither a reply nor a pattern.
pub type ParsePatternError = ParseKindError;

impl KindPattern {
    /// Whether a reply is one of those meant.
    #[must_use]
    pub fn matches(&self, kind: Kind) -> bool {
        let text = kind.to_string();
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = text.strip_prefix(first) else {
            return false;
        };
        let Some(last) = self.0.rfind('*').map(|at| &self.0[at + 1..]) else {
            return rest.is_empty();
        };
        let middle = self.0.matches('*').count() - 1;
        // Taking each part as early as it comes leaves the most to those behind it.
        for part in parts.take(middle) {
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

impl From<Kind> for KindPattern {
    fn from(kind: Kind) -> Self {
        KindPattern(kind.to_string())
    }
}

impl FromStr for KindPattern {
    type Err = ParsePatternError;

    /// A text without `*` has to be a reply, which catches misspelt ones.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains('*') {
            return Ok(KindPattern(text.to_owned()));
        }
        text.parse::<Kind>().map(Self::from)
    }
}

impl fmt::Display for KindPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for KindPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KindPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, kind, matches) in [
            ("allow", "allow", true),
            ("allow", "implicit_deny", false),
            ("*", "call allowed", true),
            ("*_deny", "implicit_deny", true),
            ("*_deny", "explicit_deny", true),
            ("*_deny", "allow", false),
            (
                "call denied * by identity",
                "call denied implicit by identity",
                true,
            ),
            (
                "call denied * by identity",
                "call denied implicit by identity+scp",
                false,
            ),
            (
                "call denied * by *identity*",
                "call denied implicit by identity+scp",
                true,
            ),
            ("invalid IAM-*", "invalid IAM-059", true),
            ("invalid IAM-*", "invalid AC-121", false),
            ("a*w", "allow", true),
            ("all*low", "allow", false),
            ("**", "allow", true),
        ] {
            let parsed: KindPattern = pattern.parse().unwrap();
            assert_eq!(
                parsed.matches(kind.parse().unwrap()),
                matches,
                "{pattern} {kind}"
            );
            assert_eq!(parsed.to_string(), pattern);
        }
        assert!("alow".parse::<KindPattern>().is_err());
        assert!("".parse::<KindPattern>().is_err());
    }
}
