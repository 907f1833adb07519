//! The rule registry: every rule in our words, with the page it rests on and how certain it is.
//!
//! The words live in `rules.toml`; code cites rules by their id only ([`RuleId`]).

use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;
use veriam_model::{ALL_CHOICES, Choice, RuleId};

/// How well a rule is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// An AWS page says so.
    Documented,
    /// Somebody measured it on AWS or on AWS's simulator.
    Measured,
    /// It follows from other rules, or it is the reading taken where the pages disagree or are silent.
    Inferred,
    /// Nothing decides it.
    Undetermined,
}

impl fmt::Display for Certainty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Certainty::Documented => "documented",
            Certainty::Measured => "measured",
            Certainty::Inferred => "inferred",
            Certainty::Undetermined => "undetermined",
        })
    }
}

/// Whether any judge applies a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The oracle cites the rule where it applies it.
    #[default]
    In,
    /// No judge applies it; [`Rule::reason`] says why.
    Out,
}

/// One rule of the registry.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The id, for example `IAM-093`.
    pub id: RuleId,
    /// A mnemonic, for example `RS-COLON`.
    pub name: String,
    /// The rule in one line.
    pub title: String,
    /// The rule in a few sentences.
    pub text: String,
    /// The pages it rests on.
    pub source: String,
    /// How well it is known.
    pub certainty: Certainty,
    /// The choice that holds the readings, where the rule leaves room.
    #[serde(default, deserialize_with = "choice_by_id")]
    pub choice: Option<Choice>,
    /// Whether any judge applies it.
    #[serde(default)]
    pub scope: Scope,
    /// Why it is out of scope; `None` for rules in scope.
    #[serde(default)]
    pub reason: Option<String>,
}

fn choice_by_id<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Choice>, D::Error> {
    let id = RuleId::deserialize(deserializer)?;
    let choice = ALL_CHOICES.iter().copied().find(|c| c.rule() == id);
    let unknown = || serde::de::Error::custom(format!("{id} is no choice; name one that is"));
    choice.map(Some).ok_or_else(unknown)
}

/// Every rule, in id order.
#[must_use]
pub fn rules() -> &'static [Rule] {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        rule: Vec<Rule>,
    }
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        let file: File = toml::from_str(include_str!("../rules.toml"))
            .expect("rules.toml is part of the crate and read by its tests");
        file.rule
    });
    &RULES
}

/// The rule with that id.
#[must_use]
pub fn rule(id: RuleId) -> Option<&'static Rule> {
    rules().iter().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_in_order() {
        for pair in rules().windows(2) {
            assert!(
                pair[0].id < pair[1].id,
                "{} before {}",
                pair[0].id,
                pair[1].id
            );
        }
        assert_eq!(
            rule(RuleId::iam(93)).map(|r| r.name.as_str()),
            Some("RS-COLON")
        );
        assert_eq!(rule(RuleId::iam(319)), None);
    }

    #[test]
    fn every_choice_belongs_to_a_rule_and_every_rule_out_of_scope_says_why() {
        for choice in ALL_CHOICES {
            let named = rule(choice.rule()).and_then(|r| r.choice);
            assert_eq!(named, Some(*choice), "{choice}");
        }
        for rule in rules() {
            assert_eq!(
                rule.scope == Scope::Out,
                rule.reason.is_some(),
                "{}",
                rule.id
            );
            for text in [&rule.name, &rule.title, &rule.text, &rule.source] {
                assert!(!text.trim().is_empty(), "{}", rule.id);
            }
        }
    }
}
