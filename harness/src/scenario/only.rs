//! Who alone gets in: every declared principal on every way, held against the list.

use veriam_model::{Call, Outcome};
use veriam_oracle::CallVerdict;

use super::check::Disagreed;
use super::{Bench, JudgeError, Only, Scenario};

/// One way in, or its absence, that the list says otherwise.
#[derive(Clone, Debug)]
pub struct Intruder {
    /// Who calls.
    pub caller: String,
    /// What for.
    pub operation: String,
    /// The name of the way.
    pub way: String,
    /// What is wrong about it.
    pub problem: Problem,
    /// The call.
    pub call: Call,
}

/// How the list and the verdict differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Gets in and is not listed.
    GetsIn,
    /// Is not listed and may get in, which the documentation leaves open.
    MayGetIn,
    /// Is listed and does not get in.
    KeptOut(Outcome),
    /// Is listed, and the documentation leaves it open.
    MayBeKeptOut,
    /// Is listed as open and is not.
    NotOpen(Outcome),
}

/// What trying everybody gave.
#[derive(Clone, Debug, Default)]
pub struct Tried {
    /// Calls that were tried.
    pub calls: usize,
    /// Those that the list says otherwise.
    pub intruders: Vec<Intruder>,
    /// Calls on which the judges differ.
    pub disagreements: Vec<Disagreed>,
}

/// Tries every declared principal on every way.
pub(crate) fn only(
    scenario: &Scenario,
    bench: &Bench<'_>,
    only: &Only,
) -> Result<Tried, JudgeError> {
    let mut tried = Tried::default();
    for principal in &scenario.principals {
        let mut was_open = false;
        let mut last = None;
        for request in &only.requests {
            let operation = request.operation();
            for way in scenario.ways() {
                let call = scenario.plain_call(principal, request.clone(), way);
                if scenario.world.validate_call(&call).is_err() {
                    // Not everybody can make every request on every way.
                    continue;
                }
                let judged = bench.judge(&call)?;
                tried.calls += 1;
                if let Some(disagreement) = judged.disagreement.clone() {
                    tried.disagreements.push(Disagreed {
                        what: format!("{operation} by {} from {way}", principal.name),
                        disagreement,
                    });
                }
                was_open |= matches!(judged.verdict, CallVerdict::Undetermined { .. });
                let problem = problem(only, &principal.name, way, &judged.verdict);
                let intruder = |problem| Intruder {
                    caller: principal.name.clone(),
                    operation: operation.to_owned(),
                    way: way.to_owned(),
                    problem,
                    call,
                };
                match problem {
                    Some(problem) => tried.intruders.push(intruder(problem)),
                    None => {
                        last = Some(intruder(Problem::NotOpen(judged.default_outcome().clone())));
                    }
                }
            }
        }
        let listed_open = only.open.contains(&principal.name);
        if let (true, false, Some(last)) = (listed_open, was_open, last) {
            tried.intruders.push(last);
        }
    }
    Ok(tried)
}

fn problem(only: &Only, caller: &str, way: &str, verdict: &CallVerdict) -> Option<Problem> {
    let listed = only.callers.iter().any(|(name, ways)| {
        name == caller
            && ways
                .as_ref()
                .is_none_or(|ways| ways.iter().any(|w| w == way))
    });
    let may_be_open = only.open.iter().any(|name| name == caller);
    match verdict {
        CallVerdict::Undetermined { .. } if may_be_open => None,
        CallVerdict::Undetermined { .. } if listed => Some(Problem::MayBeKeptOut),
        CallVerdict::Undetermined { readings, .. } => readings
            .iter()
            .any(|(_, outcome)| *outcome == Outcome::Allowed)
            .then_some(Problem::MayGetIn),
        CallVerdict::Determined(judgement) => match (&judgement.outcome, listed) {
            (Outcome::Allowed, false) => Some(Problem::GetsIn),
            (outcome, true) if *outcome != Outcome::Allowed => {
                Some(Problem::KeptOut(outcome.clone()))
            }
            _ => None,
        },
    }
}
