//! The matrix as JSON: one entry a call, nothing merged.

use serde::Serialize;
use veriam_model::{Outcome, PolicyTypes};

use super::{Cell, CellVerdict, Matrix};
use crate::scenario::expect::Level;

#[derive(Serialize)]
struct Told<'m> {
    schema: &'static str,
    file: &'m str,
    title: &'m str,
    calls: Vec<ToldCell<'m>>,
    disagreements: Vec<&'m str>,
}

#[derive(Serialize)]
struct ToldCell<'m> {
    caller: &'m str,
    call: &'m str,
    user_id: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    with: &'m str,
    resource: &'m str,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<&'m str>,
    from: &'m str,
    #[serde(flatten)]
    outcome: ToldOutcome,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    open: Vec<&'m str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    readings: Vec<ToldReading<'m>>,
}

#[derive(Serialize)]
struct ToldReading<'m> {
    reading: &'m str,
    #[serde(flatten)]
    outcome: ToldOutcome,
}

/// `outcome` is allowed, denied, rejected, invalid or open.
#[derive(Default, Serialize)]
struct ToldOutcome {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<veriam_model::DenialKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<PolicyTypes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
}

pub(super) fn render(matrix: &Matrix<'_>) -> String {
    let told = Told {
        schema: "veriam.matrix/1",
        file: &matrix.scenario.file,
        title: &matrix.scenario.title,
        calls: matrix.cells.iter().map(cell).collect(),
        disagreements: matrix
            .disagreements
            .iter()
            .map(|d| d.what.as_str())
            .collect(),
    };
    let mut text = serde_json::to_string_pretty(&told).unwrap_or_default();
    text.push('\n');
    text
}

fn cell(cell: &Cell) -> ToldCell<'_> {
    let mut told = ToldCell {
        caller: &cell.caller,
        call: &cell.ask.operation,
        user_id: cell.ask.for_user,
        with: &cell.ask.with,
        resource: &cell.resource,
        endpoint: cell.endpoint.as_deref(),
        from: &cell.way,
        outcome: ToldOutcome {
            outcome: "open",
            ..ToldOutcome::default()
        },
        open: Vec::new(),
        readings: Vec::new(),
    };
    match &cell.verdict {
        CellVerdict::Determined(determined) => told.outcome = outcome(determined),
        CellVerdict::Open { rules, readings } => {
            told.open = rules.iter().map(String::as_str).collect();
            told.readings = readings
                .iter()
                .map(|(name, result)| ToldReading {
                    reading: name,
                    outcome: outcome(result),
                })
                .collect();
        }
    }
    told
}

fn outcome(outcome: &Outcome) -> ToldOutcome {
    let plain = |outcome| ToldOutcome {
        outcome,
        ..ToldOutcome::default()
    };
    match outcome {
        Outcome::Allowed => plain("allowed"),
        Outcome::Denied(denial) => ToldOutcome {
            kind: Some(denial.kind),
            by: Some(denial.by),
            at: Some(Level::of(&denial.at).name()),
            action: Some(denial.at.action.clone()),
            ..plain("denied")
        },
        Outcome::Rejected(rejection) => ToldOutcome {
            why: Some(rejection.name()),
            ..plain("rejected")
        },
        Outcome::Invalid(invalid) => ToldOutcome {
            why: Some(invalid.name()),
            ..plain("invalid")
        },
    }
}
