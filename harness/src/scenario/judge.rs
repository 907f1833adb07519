//! Both judges of calls, asked the same.

use std::fmt;

use veriam_evaluator as evaluator;
use veriam_model::{Call, Dialect, Outcome, World};
use veriam_oracle::{self as oracle, CallVerdict};

/// A world ready for calls.
#[derive(Debug)]
pub struct Bench<'w> {
    world: &'w World,
    compiled: evaluator::World,
}

/// What both judges say about a call.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The oracle's verdict over the open choices.
    pub verdict: CallVerdict,
    /// Where the evaluator says something else.
    pub disagreement: Option<Disagreement>,
}

/// A call on which the judges differ: a fault of one of them, whatever the scenario says.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// The dialect under which they differ.
    pub dialect: Dialect,
    /// What the oracle says.
    pub oracle: String,
    /// What the evaluator says.
    pub evaluator: String,
}

/// A judge has no answer to a well-formed question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgeError(pub String);

impl fmt::Display for JudgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for JudgeError {}

impl Judged {
    /// The outcome, where it turns on nothing open.
    #[must_use]
    pub fn determined(&self) -> Option<&Outcome> {
        match &self.verdict {
            CallVerdict::Determined(judgement) => Some(&judgement.outcome),
            CallVerdict::Undetermined { .. } => None,
        }
    }

    /// The outcome under the default readings.
    #[must_use]
    pub fn default_outcome(&self) -> &Outcome {
        match &self.verdict {
            CallVerdict::Determined(judgement) => &judgement.outcome,
            CallVerdict::Undetermined { default, .. } => &default.outcome,
        }
    }
}

impl<'w> Bench<'w> {
    /// Compiles a world.
    ///
    /// # Errors
    /// [`JudgeError`] when the evaluator refuses a policy.
    pub fn new(world: &'w World) -> Result<Self, JudgeError> {
        let compiled = compile(world, &Dialect::default())?;
        Ok(Bench { world, compiled })
    }

    /// Asks both judges about a call, under every reading that matters.
    ///
    /// # Errors
    /// [`JudgeError`] when the oracle has no answer.
    pub fn judge(&self, call: &Call) -> Result<Judged, JudgeError> {
        let verdict =
            oracle::call_verdict(self.world, call).map_err(|e| JudgeError(e.to_string()))?;
        let disagreement = match &verdict {
            CallVerdict::Determined(judgement) => differ(
                &self.compiled,
                call,
                &Dialect::default(),
                &judgement.outcome,
            ),
            CallVerdict::Undetermined { readings, .. } => {
                let mut found = None;
                for (dialect, outcome) in readings {
                    let compiled = compile(self.world, dialect)?;
                    found = found.or_else(|| differ(&compiled, call, dialect, outcome));
                }
                found
            }
        };
        Ok(Judged {
            verdict,
            disagreement,
        })
    }
}

fn compile(world: &World, dialect: &Dialect) -> Result<evaluator::World, JudgeError> {
    evaluator::World::new(world, dialect).map_err(|error| JudgeError(error.to_string()))
}

fn differ(
    compiled: &evaluator::World,
    call: &Call,
    dialect: &Dialect,
    expected: &Outcome,
) -> Option<Disagreement> {
    let found = compiled.decide(call);
    if found.as_ref().is_ok_and(|outcome| outcome == expected) {
        return None;
    }
    Some(Disagreement {
        dialect: *dialect,
        oracle: super::expect::told(expected),
        evaluator: match found {
            Ok(outcome) => super::expect::told(&outcome),
            Err(error) => format!("no answer: {error}"),
        },
    })
}
