//! Rules in code and rules in the registry are the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use veriam_model::facts::CONTEXT_KEYS;
use veriam_model::{ALL_CHOICES, RuleId};
use veriam_oracle::{Scope, rules};

/// Every source file of the crate.
fn sources(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).expect("the crate's sources are there") {
        let path = entry.expect("directory entries can be read").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else {
            files.push(path);
        }
    }
    files
}

/// The rules that the code of the crate cites, tests left out: by number, by asking for a reading, or because
/// the table of context keys names them.
fn rules_in_code() -> BTreeSet<RuleId> {
    let mut found: BTreeSet<RuleId> = CONTEXT_KEYS.iter().map(|key| key.rule).collect();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = fs::read_to_string(&path).expect("sources are text");
        let code = text
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap_or_default();
        for (function, rule) in [
            ("iam(", RuleId::iam as fn(u16) -> RuleId),
            ("ac(", RuleId::agentcore),
        ] {
            for (at, _) in code.match_indices(function) {
                let before = code[..at].chars().next_back();
                let digits: String = code[at + function.len()..]
                    .chars()
                    .take_while(char::is_ascii_digit)
                    .collect();
                if !before.is_some_and(|c| c.is_alphanumeric() || c == '_') && !digits.is_empty() {
                    found.insert(rule(digits.parse().expect("rule numbers are small")));
                }
            }
        }
        for &choice in ALL_CHOICES {
            if code.contains(&format!("{choice:?}::")) {
                found.insert(choice.rule());
            }
        }
    }
    found
}

#[test]
fn every_rule_in_code_is_registered_and_in_scope() {
    let in_scope: BTreeSet<RuleId> = rules()
        .iter()
        .filter(|rule| rule.scope == Scope::In)
        .map(|rule| rule.id)
        .collect();
    let unregistered: Vec<_> = rules_in_code().difference(&in_scope).copied().collect();
    assert_eq!(unregistered, []);
}

#[test]
fn every_rule_in_scope_is_cited_somewhere() {
    let in_code = rules_in_code();
    let registered = rules().iter().filter(|rule| rule.scope == Scope::In);
    let missing: Vec<RuleId> = registered
        .map(|rule| rule.id)
        .filter(|id| !in_code.contains(id))
        .collect();
    assert_eq!(missing, []);
}

#[test]
fn exactly_the_agreed_rules_are_out_of_scope() {
    let out: Vec<RuleId> = rules()
        .iter()
        .filter(|rule| rule.scope == Scope::Out)
        .map(|rule| rule.id)
        .collect();
    let expected: Vec<RuleId> = [56, 57, 88, 117, 118, 259, 269]
        .into_iter()
        .chain(296..=308)
        .map(RuleId::iam)
        // What documents get wrong and no decision turns on: findings of lint.
        .chain([11, 32, 48, 110, 170, 174, 211].map(RuleId::agentcore))
        // What follows from other rules, stands in a table, is history, or is left to who writes the question.
        .chain([16, 17, 22, 24, 25, 37, 44, 46, 47, 53, 58, 60, 61, 91, 94].map(RuleId::agentcore))
        .chain([104, 139, 144, 158, 164, 175, 184, 212, 213].map(RuleId::agentcore))
        // Cedar policies of gateways, which are not judged.
        .chain((214..=234).chain([261]).map(RuleId::agentcore))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    assert_eq!(out, expected);
}
