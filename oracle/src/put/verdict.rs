//! Verdicts: does it turn on an open choice whether a policy is stored?

use veriam_model::{ChoiceSet, Dialect, Put, PutOutcome};

use super::{PutJudgement, PutVerdict, PutVerdictError, derive};
use crate::search::{MAX_COMBINATIONS, Question, readings};

/// Judges a put under every combination of readings of the open choices it consults.
pub(crate) fn verdict(put: &Put) -> Result<PutVerdict, PutVerdictError> {
    let default = derive(put, &Dialect::default(), None)?.judgement;
    let Some((choices, readings)) = readings(put, &default)? else {
        return Ok(PutVerdict::Determined(default));
    };
    let readings = readings.into_iter();
    Ok(PutVerdict::Undetermined {
        default,
        choices,
        readings: readings.map(|(d, judged)| (d, judged.outcome)).collect(),
    })
}

impl Question for Put {
    type Judged = PutJudgement;
    type Error = PutVerdictError;

    fn judge(&self, dialect: &Dialect) -> Result<Option<PutJudgement>, PutVerdictError> {
        Ok(Some(derive(self, dialect, None)?.judgement))
    }

    fn consulted(judgement: &PutJudgement) -> ChoiceSet {
        judgement.consulted
    }

    /// Which of several faults is named makes no difference (readings, 7.11).
    fn same(one: &PutJudgement, other: &PutJudgement) -> bool {
        let error = |judgement: &PutJudgement| match &judgement.outcome {
            PutOutcome::Stored => None,
            PutOutcome::Refused(refusal) => Some(refusal.error),
        };
        error(one) == error(other)
    }

    fn too_many(combinations: usize) -> PutVerdictError {
        PutVerdictError::TooManyReadings {
            combinations,
            limit: MAX_COMBINATIONS,
        }
    }
}
