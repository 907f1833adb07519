//! A scenario judged: every call by both judges, every entry of `only` over everybody.

mod text;

use serde::Serialize;
use veriam_model::RuleId;
use veriam_oracle::CallVerdict;

use super::expect::told;
use super::only::{Problem, only};
use super::{Bench, DeclaredCall, Disagreement, JudgeError, Judged, Scenario, why};

pub use super::only::{Intruder, Problem as OnlyProblem, Tried};

/// What judging a scenario gave.
#[derive(Clone, Debug)]
pub struct Report<'s> {
    /// The scenario.
    pub scenario: &'s Scenario,
    /// Its calls, in order.
    pub calls: Vec<CallReport<'s>>,
    /// Its entries of `only`, in order.
    pub only: Vec<Tried>,
}

/// What judging one call gave.
#[derive(Clone, Debug)]
pub struct CallReport<'s> {
    /// Its number, from 1.
    pub number: usize,
    /// The call.
    pub call: &'s DeclaredCall,
    /// What both judges say.
    pub judged: Judged,
    /// Whether the verdict is the expected one.
    pub as_expected: bool,
    /// Rules the author names that the oracle did not apply.
    pub missing_rules: Vec<RuleId>,
}

/// A call on which the judges differ, in words.
#[derive(Clone, Debug)]
pub struct Disagreed {
    /// The call.
    pub what: String,
    /// How they differ.
    pub disagreement: Disagreement,
}

/// Judges a scenario.
///
/// # Errors
/// [`JudgeError`] when a judge has no answer to a call.
pub fn check(scenario: &Scenario) -> Result<Report<'_>, JudgeError> {
    let bench = Bench::new(&scenario.world)?;
    let mut calls = Vec::new();
    for (index, call) in scenario.calls.iter().enumerate() {
        let judged = bench
            .judge(&call.call)
            .map_err(|JudgeError(error)| JudgeError(format!("call {}: {error}", index + 1)))?;
        let rules = match &judged.verdict {
            CallVerdict::Determined(judgement) => judgement.rules,
            CallVerdict::Undetermined { default, .. } => default.rules,
        };
        let missing = call.rules.iter().filter(|rule| !rules.contains(**rule));
        calls.push(CallReport {
            number: index + 1,
            call,
            as_expected: call.expectation.agrees(&judged.verdict),
            missing_rules: missing.copied().collect(),
            judged,
        });
    }
    let mut entries = Vec::new();
    for entry in &scenario.only {
        entries.push(only(scenario, &bench, entry)?);
    }
    Ok(Report {
        scenario,
        calls,
        only: entries,
    })
}

impl CallReport<'_> {
    /// Whether everything about the call is as it should be.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.as_expected && self.missing_rules.is_empty() && self.judged.disagreement.is_none()
    }
}

impl Report<'_> {
    /// Whether everything is as the author says and the judges agree.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.calls.iter().all(CallReport::passed) && self.only.iter().all(Tried::passed)
    }

    /// Calls tried for `only`.
    #[must_use]
    pub fn tried(&self) -> usize {
        self.only.iter().map(|tried| tried.calls).sum()
    }

    /// The report for people, with ANSI styles: everything that is wrong, and each call if asked for.
    #[must_use]
    pub fn to_text(&self, every_call: bool) -> String {
        text::render(self, every_call)
    }

    /// The report as it is told in JSON.
    #[must_use]
    pub fn to_told(&self) -> ToldReport {
        let scenario = self.scenario;
        let call = |report: &CallReport<'_>| ToldCall {
            number: report.number,
            line: report.call.place.line,
            it: report.call.it.clone(),
            passed: report.passed(),
            expected: report.call.expectation.to_string(),
            got: verdict_told(&report.judged.verdict),
            missing_rules: report.missing_rules.clone(),
            disagreement: report.judged.disagreement.as_ref().map(Into::into),
            why: match report.passed() {
                true => Vec::new(),
                false => why::lines(&scenario.world, &report.call.call),
            },
        };
        let only = |(entry, tried): (&super::Only, &Tried)| ToldOnly {
            line: entry.place.line,
            tried: tried.calls,
            passed: tried.passed(),
            problems: tried.intruders.iter().map(Intruder::told).collect(),
            disagreements: tried
                .disagreements
                .iter()
                .map(|d| (&d.disagreement).into())
                .collect(),
        };
        ToldReport {
            file: scenario.file.clone(),
            title: scenario.title.clone(),
            passed: self.passed(),
            calls: self.calls.iter().map(call).collect(),
            only: scenario.only.iter().zip(&self.only).map(only).collect(),
        }
    }
}

impl Tried {
    /// Whether somebody could ask, everybody the list names gets in, nobody else does, and the judges agree.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.calls > 0 && self.intruders.is_empty() && self.disagreements.is_empty()
    }
}

impl Intruder {
    /// What is wrong, in a line.
    #[must_use]
    pub fn told(&self) -> String {
        let Intruder {
            caller,
            operation,
            way,
            problem,
            ..
        } = self;
        let from = format!("{operation} from {way}");
        match problem {
            Problem::GetsIn => format!("{caller} gets in and is not listed: {from}"),
            Problem::MayGetIn => format!(
                "{caller} may get in, which the documentation leaves open: {from}; list it under `open` if that will do"
            ),
            Problem::KeptOut(outcome) => format!(
                "{caller} is listed and does not get in: {from} is {}",
                told(outcome)
            ),
            Problem::MayBeKeptOut => format!(
                "{caller} is listed, and the documentation leaves it open: {from}; list it under `open` if that will do"
            ),
            Problem::NotOpen(outcome) => format!(
                "{caller} is listed under `open`, and nothing is: {from} is {}",
                told(outcome)
            ),
        }
    }
}

/// A verdict in a line.
#[must_use]
pub fn verdict_told(verdict: &CallVerdict) -> String {
    match verdict {
        CallVerdict::Determined(judgement) => told(&judgement.outcome),
        CallVerdict::Undetermined {
            choices, readings, ..
        } => {
            let mut text = String::from("left open by ");
            for (i, choice) in choices.iter().enumerate() {
                text.push_str(if i == 0 { "" } else { " and " });
                text.push_str(&choice.rule().to_string());
            }
            for (dialect, outcome) in readings {
                let names: Vec<&str> = choices
                    .iter()
                    .map(|choice| super::expect::reading(dialect, choice))
                    .collect();
                text.push_str(&format!("; {}: {}", names.join(" + "), told(outcome)));
            }
            text
        }
    }
}

/// A report as JSON tells it.
#[derive(Debug, Serialize)]
pub struct ToldReport {
    file: String,
    title: String,
    passed: bool,
    calls: Vec<ToldCall>,
    only: Vec<ToldOnly>,
}

#[derive(Debug, Serialize)]
struct ToldCall {
    number: usize,
    line: usize,
    it: String,
    passed: bool,
    expected: String,
    got: String,
    missing_rules: Vec<RuleId>,
    disagreement: Option<ToldDisagreement>,
    why: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ToldOnly {
    line: usize,
    tried: usize,
    passed: bool,
    problems: Vec<String>,
    disagreements: Vec<ToldDisagreement>,
}

#[derive(Debug, Serialize)]
struct ToldDisagreement {
    dialect: Vec<String>,
    oracle: String,
    evaluator: String,
}

impl From<&Disagreement> for ToldDisagreement {
    fn from(disagreement: &Disagreement) -> Self {
        let settings = disagreement.dialect.settings();
        ToldDisagreement {
            dialect: settings.map(|(c, r)| format!("{}={r}", c.rule())).collect(),
            oracle: disagreement.oracle.clone(),
            evaluator: disagreement.evaluator.clone(),
        }
    }
}
