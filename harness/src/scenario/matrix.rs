//! The access table of a scenario: every principal, operation, endpoint and way, and what becomes of each call.

mod asks;
mod json;
mod table;

use veriam_model::Outcome;
use veriam_oracle::CallVerdict;

use super::check::Disagreed;
use super::{Bench, JudgeError, Scenario};

pub use table::{Access, Row, Table, tables};

/// The access table of a scenario's world.
#[derive(Clone, Debug)]
pub struct Matrix<'s> {
    /// The scenario.
    pub scenario: &'s Scenario,
    /// Every call, by resource, endpoint, operation, principal, way, each in the order declared.
    pub cells: Vec<Cell>,
    /// Calls on which the judges differ: a fault of one of them.
    pub disagreements: Vec<Disagreed>,
}

/// What a call asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ask {
    /// The operation; of another service's, its action.
    pub operation: String,
    /// Whether a user id is sent along.
    pub for_user: bool,
    /// What else the request carries, in words; empty: nothing.
    pub with: String,
}

/// One call of the table and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The name of the resource.
    pub resource: String,
    /// The endpoint, where the request is about one.
    pub endpoint: Option<String>,
    /// What is asked for.
    pub ask: Ask,
    /// The name of the principal.
    pub caller: String,
    /// The name of the way.
    pub way: String,
    /// What becomes of it.
    pub verdict: CellVerdict,
}

/// What becomes of a call of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellVerdict {
    /// It turns on nothing open.
    Determined(Outcome),
    /// The documentation leaves it open.
    Open {
        /// The rules that leave it open.
        rules: Vec<String>,
        /// The readings with their outcomes, the default first.
        readings: Vec<(String, Outcome)>,
    },
}

impl std::fmt::Display for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.operation)?;
        if self.for_user {
            f.write_str(" with a user id")?;
        }
        match (self.with.is_empty(), self.for_user) {
            (true, _) => Ok(()),
            (false, false) => write!(f, " with {}", self.with),
            (false, true) => write!(f, " and {}", self.with),
        }
    }
}

impl CellVerdict {
    fn of(verdict: &CallVerdict) -> Self {
        match verdict {
            CallVerdict::Determined(judgement) => {
                CellVerdict::Determined(judgement.outcome.clone())
            }
            CallVerdict::Undetermined {
                choices, readings, ..
            } => {
                let name = |dialect| {
                    let names = choices.iter().map(|c| super::expect::reading(dialect, c));
                    names.collect::<Vec<_>>().join(" + ")
                };
                CellVerdict::Open {
                    rules: choices.iter().map(|c| c.rule().to_string()).collect(),
                    readings: readings
                        .iter()
                        .map(|(dialect, outcome)| (name(dialect), outcome.clone()))
                        .collect(),
                }
            }
        }
    }
}

impl std::fmt::Display for CellVerdict {
    /// `allowed`, `denied explicitly by …`, or `open (AC-093): union: allowed; literal: …`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CellVerdict::Determined(outcome) => outcome.fmt(f),
            CellVerdict::Open { rules, readings } => {
                write!(f, "open ({})", rules.join(", "))?;
                for (i, (name, outcome)) in readings.iter().enumerate() {
                    let sign = if i == 0 { ": " } else { "; " };
                    write!(f, "{sign}{name}: {outcome}")?;
                }
                Ok(())
            }
        }
    }
}

/// Judges every call of the table that is about a wanted operation. Who cannot make a request, or not on some way, has no
/// call of it.
///
/// # Errors
/// [`JudgeError`] when a judge has no answer to one.
pub fn matrix<'s>(
    scenario: &'s Scenario,
    wanted: &dyn Fn(&Ask) -> bool,
) -> Result<Matrix<'s>, JudgeError> {
    let bench = Bench::new(&scenario.world)?;
    let mut matrix = Matrix {
        scenario,
        cells: Vec::new(),
        disagreements: Vec::new(),
    };
    for asked in asks::asks(scenario)
        .into_iter()
        .filter(|asked| wanted(&asked.ask))
    {
        for principal in &scenario.principals {
            for way in scenario.ways() {
                let call = scenario.plain_call(principal, asked.request.clone(), way);
                if scenario.world.validate_call(&call).is_err() {
                    continue;
                }
                let judged = bench.judge(&call)?;
                if let Some(disagreement) = judged.disagreement {
                    matrix.disagreements.push(Disagreed {
                        what: format!("{} by {} from {way}", asked.ask, principal.name),
                        disagreement,
                    });
                }
                matrix.cells.push(Cell {
                    resource: asked.resource.clone(),
                    endpoint: asked.endpoint.clone(),
                    ask: asked.ask.clone(),
                    caller: principal.name.clone(),
                    way: way.to_owned(),
                    verdict: CellVerdict::of(&judged.verdict),
                });
            }
        }
    }
    Ok(matrix)
}

impl Matrix<'_> {
    /// The table for people, with ANSI styles.
    #[must_use]
    pub fn to_text(&self) -> String {
        table::text(self)
    }

    /// The table as Markdown.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        table::markdown(self)
    }

    /// Every call as one JSON object with a line feed at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::render(self)
    }
}
