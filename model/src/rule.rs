//! Rule ids and sets of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The body of rules an id belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Book {
    /// AWS IAM policy evaluation, `IAM-001` and up.
    Iam,
    /// Amazon Bedrock AgentCore, `AC-001` and up.
    AgentCore,
}

/// The id of one rule of the registry, for example `IAM-093` or `AC-121`.
///
/// Ordered by book, then number. Serialised as its text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId {
    book: Book,
    number: u16,
}

impl RuleId {
    /// Highest number either book may use; [`RuleSet`] is sized by it.
    pub const MAX_NUMBER: u16 = 319;

    /// Rule `number` of the IAM book. Panics at compile time when out of range.
    #[must_use]
    pub const fn iam(number: u16) -> Self {
        assert!(number >= 1 && number <= Self::MAX_NUMBER);
        Self {
            book: Book::Iam,
            number,
        }
    }

    /// Rule `number` of the AgentCore book. Panics at compile time when out of range.
    #[must_use]
    pub const fn agentcore(number: u16) -> Self {
        assert!(number >= 1 && number <= Self::MAX_NUMBER);
        Self {
            book: Book::AgentCore,
            number,
        }
    }

    /// The book the rule belongs to.
    #[must_use]
    pub const fn book(self) -> Book {
        self.book
    }

    /// The rule's number within its book, from 1.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.number
    }

    const fn index(self) -> usize {
        let base = match self.book {
            Book::Iam => 0,
            Book::AgentCore => Self::MAX_NUMBER as usize + 1,
        };
        base + self.number as usize
    }

    const fn from_index(index: usize) -> Self {
        let per_book = Self::MAX_NUMBER as usize + 1;
        if index < per_book {
            Self {
                book: Book::Iam,
                number: index as u16,
            }
        } else {
            Self {
                book: Book::AgentCore,
                number: (index - per_book) as u16,
            }
        }
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let book = match self.book {
            Book::Iam => "IAM",
            Book::AgentCore => "AC",
        };
        write!(f, "{book}-{:03}", self.number)
    }
}

impl fmt::Debug for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text was not a rule id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseRuleIdError;

impl fmt::Display for ParseRuleIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a rule id; write IAM-093 or AC-121")
    }
}

impl std::error::Error for ParseRuleIdError {}

impl FromStr for RuleId {
    type Err = ParseRuleIdError;

    /// Accepts any letter case and any number of leading zeros: `iam-93` is `IAM-093`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (book, number) = text.split_once('-').ok_or(ParseRuleIdError)?;
        let book = if book.eq_ignore_ascii_case("IAM") {
            Book::Iam
        } else if book.eq_ignore_ascii_case("AC") {
            Book::AgentCore
        } else {
            return Err(ParseRuleIdError);
        };
        let all_digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        match number.parse::<u16>() {
            Ok(number) if all_digits && (1..=Self::MAX_NUMBER).contains(&number) => {
                Ok(Self { book, number })
            }
            _ => Err(ParseRuleIdError),
        }
    }
}

impl Serialize for RuleId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RuleId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

const WORDS: usize = (RuleId::MAX_NUMBER as usize + 1) * 2 / 64;

/// A set of rule ids; a fixed-size bit set, iterated in id order.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct RuleSet {
    words: [u64; WORDS],
}

impl RuleSet {
    /// The empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self { words: [0; WORDS] }
    }

    /// Adds a rule.
    pub const fn insert(&mut self, rule: RuleId) {
        let index = rule.index();
        self.words[index / 64] |= 1 << (index % 64);
    }

    /// Whether the rule is in the set.
    #[must_use]
    pub const fn contains(&self, rule: RuleId) -> bool {
        let index = rule.index();
        self.words[index / 64] & (1 << (index % 64)) != 0
    }

    /// Adds every rule of the other set.
    pub fn extend_from(&mut self, other: &RuleSet) {
        for (mine, theirs) in self.words.iter_mut().zip(other.words) {
            *mine |= theirs;
        }
    }

    /// The rules, in id order.
    pub fn iter(&self) -> impl Iterator<Item = RuleId> + '_ {
        (0..WORDS * 64)
            .filter(|&index| self.words[index / 64] & (1 << (index % 64)) != 0)
            .map(RuleId::from_index)
    }

    /// How many rules the set holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// Whether the set holds no rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&w| w == 0)
    }
}

impl fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<RuleId> for RuleSet {
    fn from_iter<I: IntoIterator<Item = RuleId>>(rules: I) -> Self {
        let mut set = Self::new();
        for rule in rules {
            set.insert(rule);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_as_they_are_written() {
        for text in ["IAM-001", "IAM-308", "AC-001", "AC-269"] {
            assert_eq!(text.parse::<RuleId>().unwrap().to_string(), text);
        }
        assert_eq!("iam-93".parse::<RuleId>(), Ok(RuleId::iam(93)));
        for wrong in [
            "", "IAM", "IAM-", "IAM-0", "IAM-320", "IAM-+1", "S3-001", "IAM-1x",
        ] {
            assert_eq!(wrong.parse::<RuleId>(), Err(ParseRuleIdError), "{wrong}");
        }
    }

    #[test]
    fn a_set_returns_what_was_put_in_in_order() {
        let rules = [
            RuleId::iam(1),
            RuleId::iam(319),
            RuleId::agentcore(1),
            RuleId::agentcore(319),
        ];
        let set: RuleSet = rules.iter().rev().copied().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), rules);
        assert_eq!(set.len(), 4);
        assert!(set.contains(RuleId::iam(319)) && !set.contains(RuleId::iam(2)));
    }
}
