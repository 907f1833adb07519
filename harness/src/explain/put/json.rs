//! The explanation of a put as JSON.

use serde::Serialize;
use veriam_model::{Put, PutOutcome, PutRefusal, RuleId};
use veriam_oracle::PutVerdict;
use veriam_reports::Kind;

use super::PutExplanation;
use crate::case_file::settings;
use crate::explain::json::{Reading, ToldChoice, ToldRule, ToldStep, choices, rules, step};

#[derive(Serialize)]
struct ToldPut<'a> {
    schema: &'static str,
    put: &'a Put,
    outcome: &'a PutOutcome,
    place: Option<ToldPlace<'a>>,
    documented: Option<Kind>,
    evaluator: String,
    dialect: Vec<String>,
    undetermined: Option<bool>,
    turns_on: Vec<RuleId>,
    readings: Vec<Reading>,
    steps: Vec<ToldStep<'a>>,
    faults: &'a [PutRefusal],
    choices: Vec<ToldChoice>,
    rules: Vec<ToldRule>,
}

#[derive(Serialize)]
struct ToldPlace<'a> {
    member: &'static str,
    line: usize,
    column: usize,
    text: &'a str,
    remedy: Option<&'a str>,
}

pub(super) fn render(explanation: &PutExplanation) -> String {
    let PutExplanation {
        subject,
        derivation,
        verdict,
        evaluator,
        remedy,
    } = explanation;
    let (undetermined, turns_on, readings) = match verdict {
        Some(Ok(PutVerdict::Determined(_))) => (Some(false), Vec::new(), Vec::new()),
        Some(Ok(PutVerdict::Undetermined {
            choices, readings, ..
        })) => {
            let reading = |(dialect, outcome): &(_, PutOutcome)| Reading {
                dialect: settings(dialect),
                outcome: outcome.to_string(),
            };
            let turns_on = choices.iter().map(|choice| choice.rule()).collect();
            let readings = readings.iter().map(reading).collect();
            (Some(true), turns_on, readings)
        }
        Some(Err(_)) | None => (None, Vec::new(), Vec::new()),
    };
    let told = ToldPut {
        schema: "veriam.put-explanation/1",
        put: &subject.put,
        outcome: &derivation.judgement.outcome,
        place: explanation.marked().map(|marked| ToldPlace {
            member: marked.member,
            line: marked.place.line,
            column: marked.place.column,
            text: &marked.text[marked.span],
            remedy: remedy.as_deref(),
        }),
        documented: subject.documented,
        evaluator: evaluator.to_string(),
        dialect: settings(&subject.dialect),
        undetermined,
        turns_on,
        readings,
        steps: derivation.steps.iter().map(step).collect(),
        faults: &derivation.faults,
        choices: choices(derivation.judgement.consulted, &subject.dialect),
        rules: rules(&derivation.judgement.rules),
    };
    let mut text = serde_json::to_string_pretty(&told).unwrap_or_default();
    text.push('\n');
    text
}
