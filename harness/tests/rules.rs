//! The registry as `veriam rules` shows it: every rule says what it is, where it comes from and who holds the oracle to it.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::veriam;
use veriam::pins::{self, Pins};
use veriam::scenario::embedded;
use veriam_model::{ALL_CHOICES, Book, RuleId, choice_facts};
use veriam_oracle::{Certainty, Scope, rule, rules};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The pins as rows and scenarios have them: `pins.json` beside the rows, and what rows about calls and puts name themselves.
/// That the judgement of each row cites its rules is tested beside the rows.
fn pinned() -> BTreeMap<RuleId, Pins> {
    let folder = root().join("oracle/tests/rows");
    let listed: BTreeMap<RuleId, BTreeSet<String>> =
        serde_json::from_str(&read(&folder.join("pins.json"))).unwrap();
    let mut rows = listed;
    for (file, member) in [
        ("world-calls.jsonl", "rules"),
        ("resource-calls.jsonl", "rules"),
        ("puts.jsonl", "cites"),
    ] {
        for line in read(&folder.join(file)).lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let id = row["id"].as_str().unwrap();
            for rule in row[member].as_array().unwrap() {
                let rule: RuleId = serde_json::from_value(rule.clone()).unwrap();
                rows.entry(rule).or_default().insert(id.to_owned());
            }
        }
    }
    let mut scenarios: BTreeMap<RuleId, BTreeSet<String>> = BTreeMap::new();
    for scenario in embedded::scenarios().unwrap() {
        for rule in scenario.calls.iter().flat_map(|call| &call.rules) {
            scenarios
                .entry(*rule)
                .or_default()
                .insert(scenario.file.clone());
        }
    }
    let rules: BTreeSet<RuleId> = rows.keys().chain(scenarios.keys()).copied().collect();
    let of = |from: &BTreeMap<RuleId, BTreeSet<String>>, rule: RuleId| {
        from.get(&rule).into_iter().flatten().cloned().collect()
    };
    let pins = |rule: RuleId| Pins {
        rows: of(&rows, rule),
        scenarios: of(&scenarios, rule),
    };
    rules.into_iter().map(|rule| (rule, pins(rule))).collect()
}

#[test]
fn the_pins_that_are_shown_are_those_of_rows_and_scenarios() {
    let wanted = pinned();
    if *pins::all() == wanted {
        return;
    }
    let line = |(rule, pins): (&RuleId, &Pins)| {
        format!("  \"{rule}\": {}", serde_json::to_string(pins).unwrap())
    };
    let lines: Vec<String> = wanted.iter().map(line).collect();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pins.json");
    std::fs::write(&path, format!("{{\n{}\n}}\n", lines.join(",\n"))).unwrap();
    panic!(
        "harness/data/pins.json is not what the rows and scenarios say; look at {} and copy it",
        path.display()
    );
}

/// The reason of what documents get wrong and no decision turns on.
const LINT: &str = "No decision turns on it: lint reports it.";

#[test]
fn every_rule_says_what_it_is_and_is_pinned_or_says_why_not() {
    let mut complaints = Vec::new();
    for rule in rules() {
        let id = rule.id;
        for (what, text) in [
            ("name", &rule.name),
            ("title", &rule.title),
            ("text", &rule.text),
            ("source", &rule.source),
        ] {
            if text.trim().is_empty() {
                complaints.push(format!("{id} has no {what}"));
            }
        }
        let reason = rule.reason.as_deref().unwrap_or_default().trim();
        match rule.scope {
            Scope::In if Pins::of(id).rows.is_empty() => {
                complaints.push(format!("{id} is applied and pinned by no row"));
            }
            Scope::In if !reason.is_empty() => {
                complaints.push(format!("{id} is applied and says why it is not"));
            }
            Scope::Out if reason.is_empty() => {
                complaints.push(format!("{id} is not applied and does not say why"));
            }
            Scope::Out if Pins::of(id) != &Pins::default() => {
                complaints.push(format!("{id} is not applied and pinned"));
            }
            Scope::Out if reason == LINT && pins::findings(id).next().is_none() => {
                complaints.push(format!("{id} is left to lint, which finds nothing by it"));
            }
            Scope::In | Scope::Out => {}
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    let of_agentcore = rules().iter().filter(|r| r.id.book() == Book::AgentCore);
    assert!(of_agentcore.count() >= 197, "rules went missing");
}

/// What nothing decides is a choice with at least two readings, a default, why, and what would settle it; else it is left to
/// who writes the question.
#[test]
fn every_open_point_is_listed_with_readings_default_and_probe() {
    let text = veriam(&["rules", "--undetermined", "--format", "json"]).out;
    let told: Value = serde_json::from_str(&text).unwrap();
    let mut listed = BTreeMap::new();
    for rule in told["rules"].as_array().unwrap() {
        let id: RuleId = serde_json::from_value(rule["id"].clone()).unwrap();
        listed.insert(id, rule.clone());
    }
    for choice in ALL_CHOICES {
        let id = choice.rule();
        let told = &listed[&id]["choice"];
        assert!(told["readings"].as_array().unwrap().len() >= 2, "{id}");
        assert_eq!(told["readings"][0]["name"], told["default"], "{id}");
        for member in ["question", "why", "probe"] {
            assert!(!told[member].as_str().unwrap().trim().is_empty(), "{id}");
        }
    }
    for rule in rules() {
        let open = rule.certainty == Certainty::Undetermined;
        assert!(
            !open || rule.choice.is_some() || rule.scope == Scope::Out,
            "{}: nothing decides it, and it is no choice",
            rule.id
        );
        assert_eq!(
            listed.contains_key(&rule.id),
            open || rule.choice.is_some(),
            "{}",
            rule.id
        );
    }
    assert_eq!(choice_facts().len(), ALL_CHOICES.len());
}

#[test]
fn a_page_names_rows_scenarios_and_findings() {
    let page = |id: &str| veriam(&["rules", id]).out;
    let one = page("AC-143");
    assert!(one.contains("  pinned by PUT-"), "{one}");
    assert!(one.contains(" more\n"), "{one}");
    assert!(one.contains("  lint      resource-not-exact"), "{one}");
    assert!(page("AC-178").contains("  scenarios scenarios/"));
    let out = page("AC-061");
    assert!(out.contains("  scope     no judge applies it"), "{out}");
    assert!(!out.contains("pinned by"), "{out}");
    let json = veriam(&["rules", "AC-143", "--format", "json"]).out;
    let told: Value = serde_json::from_str(&json).unwrap();
    let rows = told["rules"][0]["pinned_by"]["rows"].as_array().unwrap();
    assert!(rows.contains(&Value::from("PUT-RES-001")), "{json}");
    assert_eq!(told["rules"][0]["lint"][0], "resource-not-exact");
}

/// Files in which rules are named for those who read them.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn every_rule_that_is_spoken_of_is_registered() {
    let mut found = vec![root().join("README.md"), root().join("ARCHITECTURE.md")];
    for folder in [
        "docs",
        "scenarios",
        "model/facts",
        "model/src",
        "oracle/src",
        "oracle/tests",
        "evaluator/src",
        "evaluator/tests",
        "generators/src",
        "reports/src",
        "harness/src",
    ] {
        files(&root().join(folder), &mut found);
    }
    let mut unknown = BTreeSet::new();
    let mut named = 0;
    for path in found {
        // What is no text names no rule.
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        // Tests of readers name rules that are none.
        let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
            let is_rule = word.len() > 3
                && matches!(word.split_once('-'), Some(("AC" | "IAM", number))
                    if number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit()));
            let Ok(id) = word.parse::<RuleId>() else {
                continue;
            };
            if is_rule && rule(id).is_none() {
                unknown.insert(format!("{id} in {}", path.display()));
            }
            named += usize::from(is_rule);
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
    assert!(named > 5000, "{named} names only");
}
