//! Verdicts: does what becomes of a call turn on an open choice?

use veriam_model::{Call, ChoiceSet, Dialect, World};

use super::derive;
use crate::search::{MAX_COMBINATIONS, Question, readings};
use crate::{CallError, CallJudgement, CallVerdict};

/// Judges a well-formed call under every combination of readings of the open choices it consults.
pub(crate) fn verdict(world: &World, call: &Call) -> Result<CallVerdict, CallError> {
    let question = WorldCall { world, call };
    let default = derive(world, call, &Dialect::default(), None)?.judgement;
    let Some((choices, readings)) = readings(&question, &default)? else {
        return Ok(CallVerdict::Determined(default));
    };
    let readings = readings.into_iter();
    Ok(CallVerdict::Undetermined {
        default,
        choices,
        readings: readings.map(|(d, judged)| (d, judged.outcome)).collect(),
    })
}

/// A call in its world.
struct WorldCall<'w> {
    world: &'w World,
    call: &'w Call,
}

impl Question for WorldCall<'_> {
    type Judged = CallJudgement;
    type Error = CallError;

    /// A world holds valid policies only (readings, 5.1). So if every policy is valid as the choices read by default,
    /// a reading that refuses one of them is none of that world, and has no say.
    fn judge(&self, dialect: &Dialect) -> Result<Option<CallJudgement>, CallError> {
        match derive(self.world, self.call, dialect, None) {
            Ok(derivation) => Ok(Some(derivation.judgement)),
            Err(CallError::InvalidPolicy { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn consulted(judgement: &CallJudgement) -> ChoiceSet {
        judgement.consulted
    }

    fn same(one: &CallJudgement, other: &CallJudgement) -> bool {
        one.outcome == other.outcome
    }

    fn too_many(combinations: usize) -> CallError {
        CallError::TooManyReadings {
            combinations,
            limit: MAX_COMBINATIONS,
        }
    }
}
