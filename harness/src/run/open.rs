//! What an outcome turns on, and whether a reply differs when every reading of it counts.

use veriam_model::{Case, ChoiceSet, Dialect};
use veriam_oracle::{self as oracle, CallVerdict, PutVerdict, Verdict};

use crate::compare::{Reply, agree, outcome_reply};
use crate::target::Target;

/// The open points an outcome turns on, or might.
pub(super) struct Open {
    pub(super) choices: ChoiceSet,
    /// Each combination of their readings with its reply; empty when there are too many to be tried.
    pub(super) readings: Vec<(Dialect, Reply)>,
}

/// The open points the outcome of a case turns on, where it consults some; nothing when it turns on none.
pub(super) fn open(case: &Case, consulted: ChoiceSet) -> Option<Open> {
    let too_many = Open {
        choices: consulted,
        readings: Vec::new(),
    };
    match case {
        Case::Document(_) => None,
        Case::Put(put) => match oracle::put_verdict(put) {
            Ok(PutVerdict::Determined(_)) => None,
            Ok(PutVerdict::Undetermined {
                choices, readings, ..
            }) => {
                let reply = |(dialect, outcome)| (dialect, Reply::Put(outcome));
                Some(Open {
                    choices,
                    readings: readings.into_iter().map(reply).collect(),
                })
            }
            Err(_) => Some(too_many),
        },
        Case::Check(check) => match oracle::verdict(check) {
            Ok(Verdict::Determined(_)) => None,
            Ok(Verdict::Undetermined {
                choices, readings, ..
            }) => {
                let reply = |(dialect, outcome)| (dialect, outcome_reply(outcome));
                Some(Open {
                    choices,
                    readings: readings.into_iter().map(reply).collect(),
                })
            }
            Err(_) => Some(too_many),
        },
        Case::Call(call) => match oracle::call_verdict(&call.world, &call.call) {
            Ok(CallVerdict::Determined(_)) => None,
            Ok(CallVerdict::Undetermined {
                choices, readings, ..
            }) => {
                let reply = |(dialect, outcome)| (dialect, Reply::Call(outcome));
                Some(Open {
                    choices,
                    readings: readings.into_iter().map(reply).collect(),
                })
            }
            Err(_) => Some(too_many),
        },
    }
}

/// Whether a reply is none that the oracle gives to the case: under the dialect the target declares, or, where it
/// declares none, under any reading of what the outcome turns on.
#[must_use]
pub fn differs(case: &Case, expected: &Reply, observed: &Reply, target: &dyn Target) -> bool {
    if agree(expected, observed) {
        return false;
    }
    if target.dialect().is_some() {
        return true;
    }
    match open(case, ChoiceSet::new()) {
        None => true,
        // With readings that were not tried nobody can say that a reply is wrong.
        Some(open) if open.readings.is_empty() => false,
        Some(open) => !open
            .readings
            .iter()
            .any(|(_, reply)| agree(reply, observed)),
    }
}
