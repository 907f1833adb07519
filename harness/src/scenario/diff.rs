//! What changes between two versions of a scenario: every call of either access table, and the calls declared.

use std::collections::BTreeMap;

use serde::Serialize;
use veriam_model::Outcome;

use super::matrix::{Ask, CellVerdict, Matrix, matrix};
use super::{Bench, JudgeError, Scenario};
use crate::style::{BAD, FAINT, NOTE, STRONG, paint};

/// What changes between two versions of one scenario.
#[derive(Clone, Debug)]
pub struct Diff {
    /// The name of the scenario.
    pub name: String,
    /// Calls of the access tables whose outcome changes, ways with the same change in one.
    pub calls: Vec<Change>,
    /// Declared calls whose outcome changes.
    pub declared: Vec<Declared>,
    /// How many calls were compared.
    pub compared: usize,
}

/// A call of the access tables whose outcome changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The name of the resource.
    pub resource: String,
    /// The endpoint, where the call is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// What is asked for.
    pub call: String,
    /// The name of the principal.
    pub caller: String,
    /// The names of the ways.
    pub from: Vec<String>,
    /// The outcome before; none: there was no such call.
    pub before: Option<String>,
    /// The outcome after; none: there is no such call any more.
    pub after: Option<String>,
    /// Which way access changes.
    pub access: Access,
}

/// A declared call whose outcome changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Declared {
    /// What it shows.
    pub it: String,
    /// The outcome before.
    pub before: String,
    /// The outcome after.
    pub after: String,
    /// Which way access changes.
    pub access: Access,
}

/// Which way access changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Somebody gets in who did not.
    Gained,
    /// Somebody got in who does not.
    Lost,
    /// Another reason for the same end, or something open.
    Other,
}

impl Diff {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty() && self.declared.is_empty()
    }

    /// The changes for people, with ANSI styles.
    #[must_use]
    pub fn to_text(&self) -> String {
        text(self)
    }
}

/// Compares two versions of a scenario.
///
/// # Errors
/// [`JudgeError`] when a judge has no answer to a call.
pub fn diff(before: &Scenario, after: &Scenario) -> Result<Diff, JudgeError> {
    let (old, new) = (matrix(before, &|_| true)?, matrix(after, &|_| true)?);
    if let Some(differ) = old.disagreements.iter().chain(&new.disagreements).next() {
        return Err(JudgeError(format!(
            "the two judges differ on {}; this is a fault of veriam, please report it",
            differ.what
        )));
    }
    let (calls, compared) = calls(&old, &new);
    let declared = declared(before, after)?;
    Ok(Diff {
        name: after.file.clone(),
        calls,
        declared,
        compared,
    })
}

type Key<'m> = (&'m str, Option<&'m str>, &'m Ask, &'m str, &'m str);

fn calls(old: &Matrix<'_>, new: &Matrix<'_>) -> (Vec<Change>, usize) {
    fn keyed<'m>(matrix: &'m Matrix<'_>) -> impl Iterator<Item = (Key<'m>, &'m CellVerdict)> {
        matrix.cells.iter().map(|cell| {
            let key = (
                cell.resource.as_str(),
                cell.endpoint.as_deref(),
                &cell.ask,
                cell.caller.as_str(),
                cell.way.as_str(),
            );
            (key, &cell.verdict)
        })
    }
    let before: BTreeMap<Key<'_>, &CellVerdict> = keyed(old).collect();
    let after: BTreeMap<Key<'_>, &CellVerdict> = keyed(new).collect();
    // In the order of the new table, what is gone at the end.
    let mut keys: Vec<Key<'_>> = keyed(new).map(|(key, _)| key).collect();
    keys.extend(
        keyed(old)
            .map(|(key, _)| key)
            .filter(|key| !after.contains_key(key)),
    );
    let mut changes: Vec<Change> = Vec::new();
    for key in &keys {
        let (before, after) = (before.get(key).copied(), after.get(key).copied());
        if before == after {
            continue;
        }
        let (resource, endpoint, ask, caller, way) = *key;
        let mut told = [before, after].map(|verdict| verdict.map(ToString::to_string));
        if told[0] == told[1] {
            // The reason is the same, the place is another one.
            told = [before, after].map(|verdict| verdict.map(with_place));
        }
        let [told_before, told_after] = told;
        let change = Change {
            resource: resource.to_owned(),
            endpoint: endpoint.map(str::to_owned),
            call: ask.to_string(),
            caller: caller.to_owned(),
            from: vec![way.to_owned()],
            before: told_before,
            after: told_after,
            access: access(before.and_then(determined), after.and_then(determined)),
        };
        let alike = |other: &&mut Change| {
            let other = Change {
                from: change.from.clone(),
                ..(**other).clone()
            };
            other == change
        };
        match changes.last_mut().filter(alike) {
            Some(last) => last.from.extend(change.from),
            None => changes.push(change),
        }
    }
    (changes, keys.len())
}

fn with_place(verdict: &CellVerdict) -> String {
    determined(verdict).map_or_else(|| verdict.to_string(), super::expect::told)
}

fn determined(verdict: &CellVerdict) -> Option<&Outcome> {
    match verdict {
        CellVerdict::Determined(outcome) => Some(outcome),
        CellVerdict::Open { .. } => None,
    }
}

fn access(before: Option<&Outcome>, after: Option<&Outcome>) -> Access {
    let allowed = |outcome: Option<&Outcome>| outcome == Some(&Outcome::Allowed);
    match (allowed(before), allowed(after)) {
        (false, true) => Access::Gained,
        (true, false) => Access::Lost,
        _ => Access::Other,
    }
}

fn declared(before: &Scenario, after: &Scenario) -> Result<Vec<Declared>, JudgeError> {
    let (old, new) = (Bench::new(&before.world)?, Bench::new(&after.world)?);
    let mut declared = Vec::new();
    for call in &after.calls {
        let Some(earlier) = before.calls.iter().find(|c| c.it == call.it) else {
            continue;
        };
        let (x, y) = (old.judge(&earlier.call)?, new.judge(&call.call)?);
        let told = |judged: &super::Judged| super::check::verdict_told(&judged.verdict);
        if told(&x) != told(&y) {
            declared.push(Declared {
                it: call.it.clone(),
                before: told(&x),
                after: told(&y),
                access: access(x.determined(), y.determined()),
            });
        }
    }
    Ok(declared)
}

fn endpoint(name: Option<&str>) -> String {
    name.map(|name| format!(", endpoint {name}"))
        .unwrap_or_default()
}

fn text(diff: &Diff) -> String {
    let mut text = format!("{}\n", paint(STRONG, &diff.name));
    let absent = || "no such call".to_owned();
    let sides = |before: &str, after: &str, access: Access| {
        let style = match access {
            Access::Gained => NOTE,
            Access::Lost => BAD,
            Access::Other => STRONG,
        };
        format!(
            "    {} {before}\n    {} {}\n",
            paint(FAINT, "-"),
            paint(FAINT, "+"),
            paint(style, after)
        )
    };
    for change in &diff.calls {
        text.push_str(&format!(
            "  {} {} on {}{}, from {}\n",
            paint(STRONG, &change.caller),
            change.call,
            change.resource,
            endpoint(change.endpoint.as_deref()),
            change.from.join(", ")
        ));
        let before = change.before.clone().unwrap_or_else(absent);
        let after = change.after.clone().unwrap_or_else(absent);
        text.push_str(&sides(&before, &after, change.access));
    }
    for call in &diff.declared {
        text.push_str(&format!("  {} {}\n", paint(STRONG, "it"), call.it));
        text.push_str(&sides(&call.before, &call.after, call.access));
    }
    if diff.is_empty() {
        text.push_str(&format!(
            "  nothing changes in {} calls\n",
            crate::style::thousands(diff.compared as u64)
        ));
    }
    text
}
