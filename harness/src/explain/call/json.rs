//! The explanation of a call as JSON.

use serde::Serialize;
use veriam_model::{Call, Outcome, Pair};
use veriam_oracle::CallVerdict;
use veriam_reports::Kind;

use super::CallExplanation;
use crate::case_file::settings;
use crate::explain::json::{
    Reading, Told, ToldChoice, ToldRule, ToldStep, choices, rules, step, told,
};

#[derive(Serialize)]
struct ToldCall<'a> {
    schema: &'static str,
    title: Option<&'a str>,
    call: &'a Call,
    outcome: &'a Outcome,
    documented: Option<Kind>,
    evaluator: String,
    dialect: Vec<String>,
    undetermined: Option<bool>,
    readings: Vec<Reading>,
    expansion: Vec<ToldStep<'a>>,
    checks: Vec<ToldCheck<'a>>,
    combination: Vec<ToldStep<'a>>,
    choices: Vec<ToldChoice>,
    rules: Vec<ToldRule>,
}

#[derive(Serialize)]
struct ToldCheck<'a> {
    pair: &'a Pair,
    explanation: Told<'a>,
}

pub(super) fn render(explanation: &CallExplanation) -> String {
    let CallExplanation {
        subject,
        derivation,
        verdict,
        evaluator,
        checks,
    } = explanation;
    let (undetermined, readings) = match verdict {
        Some(Ok(CallVerdict::Determined(_))) => (Some(false), Vec::new()),
        Some(Ok(CallVerdict::Undetermined { readings, .. })) => {
            let readings = readings.iter().map(|(dialect, outcome)| Reading {
                dialect: settings(dialect),
                outcome: outcome.to_string(),
            });
            (Some(true), readings.collect())
        }
        Some(Err(_)) | None => (None, Vec::new()),
    };
    let pairs = derivation.pairs.iter().zip(checks);
    let told = ToldCall {
        schema: "veriam.call-explanation/1",
        title: subject.title.as_deref(),
        call: &subject.case.call,
        outcome: &derivation.judgement.outcome,
        documented: subject.documented,
        evaluator: evaluator.to_string(),
        dialect: settings(&subject.dialect),
        undetermined,
        readings,
        expansion: derivation.expansion.iter().map(step).collect(),
        checks: pairs
            .map(|(pair, check)| ToldCheck {
                pair: &pair.pair,
                explanation: told(check),
            })
            .collect(),
        combination: derivation.combination.iter().map(step).collect(),
        choices: choices(derivation.judgement.consulted, &subject.dialect),
        rules: rules(&derivation.judgement.rules),
    };
    let mut text = serde_json::to_string_pretty(&told).unwrap_or_default();
    text.push('\n');
    text
}
