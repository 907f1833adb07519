//! What became of the canaries, told three ways.

use std::fmt::Write as _;

use serde_json::json;

use super::{Canary, Hunted};

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
    let _ = writeln!(text, "\n{caught} of {} canaries are caught", hunted.len());
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
cases until they differ, and makes the case small. A harness that misses one would miss the same bug in an evaluator, so
that is a failure. This page is what `veriam selftest --format markdown` prints.

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
    text
}
