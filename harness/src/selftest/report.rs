//! What became of the canaries, told three ways.

use std::fmt::Write as _;

use serde_json::json;

use super::{Canary, Hunted, HuntedLaw, median_cases};

/// The name of the JSON report.
pub const SCHEMA: &str = "veriam.selftest/1";

/// For people: one line a canary.
#[must_use]
pub fn table(hunted: &[Hunted]) -> String {
    let width = hunted.iter().map(|h| h.name.len()).max().unwrap_or(0);
    let mut text = format!("{:width$}  caught  cases  statements\n", "canary");
    for one in hunted {
        let line = match &one.caught {
            Some(caught) => format!("yes  {:7}  {:10}", caught.cases, caught.statements()),
            None => "NO         -           -".to_owned(),
        };
        let _ = writeln!(text, "{:width$}  {line}", one.name);
    }
    let caught = hunted.iter().filter(|h| h.caught.is_some()).count();
    let _ = write!(text, "\n{caught} of {} canaries are caught", hunted.len());
    let _ = match median_cases(hunted) {
        Some(median) => writeln!(text, "; the median needs {median} cases"),
        None => writeln!(text),
    };
    text
}

/// For programs: one object.
#[must_use]
pub fn json(hunted: &[Hunted]) -> String {
    let canaries: Vec<_> = hunted
        .iter()
        .map(|one| {
            json!({
                "name": one.name,
                "caught": one.caught.is_some(),
                "cases": one.caught.as_ref().map(|c| c.cases),
                "statements": one.caught.as_ref().map(super::Caught::statements),
            })
        })
        .collect();
    format!("{}\n", json!({"schema": SCHEMA, "canaries": canaries}))
}

/// For the documentation: the page `docs/canaries.md`.
#[must_use]
pub fn markdown(canaries: &[Canary], hunted: &[Hunted]) -> String {
    let mut text = "\
# Canaries

A canary is the oracle behind one known bug. `veriam selftest` holds each against the untouched oracle on generated
cases until they differ, and makes the case small; where more than one statement is left, the smallest of a few such
cases is told. A harness that misses one would miss the same bug in an evaluator, so that is a failure. This page is
what `veriam selftest --format markdown` prints.

| canary | what is wrong with it | where such a bug was seen | cases until caught | statements left |
|---|---|---|---:|---:|
"
    .to_owned();
    for one in hunted {
        let Some(canary) = canaries.iter().find(|canary| canary.name == one.name) else {
            continue;
        };
        let (cases, statements) = match &one.caught {
            Some(caught) => (caught.cases.to_string(), caught.statements().to_string()),
            None => ("not caught".to_owned(), "-".to_owned()),
        };
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {cases} | {statements} |",
            canary.name, canary.does, canary.seen
        );
    }
    if let Some(median) = median_cases(hunted) {
        let _ = writeln!(text, "\nThe median canary is caught after {median} cases.");
    }
    text
}

/// What became of the canaries of laws, for people: one line a law.
#[must_use]
pub fn law_table(hunted: &[HuntedLaw]) -> String {
    let width = hunted.iter().map(|h| h.name.len()).max().unwrap_or(0);
    let mut text = format!(
        "{:16}  {:width$}  broken  cases  statements before and after\n",
        "law", "canary"
    );
    for one in hunted {
        let line = match &one.caught {
            Some(caught) => {
                let (before, after) = caught.statements();
                format!("yes     {:5}  {before} and {after}", caught.cases)
            }
            None => "NO          -  -".to_owned(),
        };
        let _ = writeln!(text, "{:16}  {:width$}  {line}", one.law.name(), one.name);
    }
    let caught = hunted.iter().filter(|h| h.caught.is_some()).count();
    let _ = writeln!(
        text,
        "\n{caught} of {} laws are broken by their canary",
        hunted.len()
    );
    text
}

/// What became of the canaries of laws, for programs: one object.
#[must_use]
pub fn law_json(hunted: &[HuntedLaw]) -> String {
    let laws: Vec<_> = hunted
        .iter()
        .map(|one| {
            let statements = one.caught.as_ref().map(super::LawCaught::statements);
            json!({
                "law": one.law.name(),
                "canary": one.name,
                "caught": one.caught.is_some(),
                "cases": one.caught.as_ref().map(|c| c.cases),
                "statements_before": statements.map(|(before, _)| before),
                "statements_after": statements.map(|(_, after)| after),
            })
        })
        .collect();
    format!("{}\n", json!({"schema": SCHEMA, "laws": laws}))
}

/// What became of the canaries of laws: the table in `docs/laws.md`.
#[must_use]
pub fn law_markdown(hunted: &[HuntedLaw]) -> String {
    let mut text = "\
| law | canary | what is wrong with it | cases until broken | statements before and after |
|---|---|---|---:|---:|
"
    .to_owned();
    for one in hunted {
        let (cases, statements) = match &one.caught {
            Some(caught) => {
                let (before, after) = caught.statements();
                (caught.cases.to_string(), format!("{before} and {after}"))
            }
            None => ("not broken".to_owned(), "-".to_owned()),
        };
        let _ = writeln!(
            text,
            "| `{}` | `{}` | {} | {cases} | {statements} |",
            one.law, one.name, one.does
        );
    }
    text
}
