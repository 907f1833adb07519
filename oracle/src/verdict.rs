//! Verdicts: does the outcome of a check turn on an open choice?

use veriam_model::{Check, ChoiceSet, Dialect};

use crate::search::{MAX_COMBINATIONS, Question, readings};
use crate::{CheckOutcome, Judgement, Verdict, VerdictError, judge};

/// Judges a check under every combination of readings of the open choices it consults.
pub(crate) fn verdict(check: &Check) -> Result<Verdict, VerdictError> {
    let default = judge(check, &Dialect::default())?;
    let Some((choices, readings)) = readings(check, &default)? else {
        return Ok(Verdict::Determined(default));
    };
    let readings = readings.into_iter();
    Ok(Verdict::Undetermined {
        default,
        choices,
        readings: readings.map(|(d, judged)| (d, judged.outcome)).collect(),
    })
}

impl Question for Check {
    type Judged = Judgement;
    type Error = VerdictError;

    fn judge(&self, dialect: &Dialect) -> Result<Option<Judgement>, VerdictError> {
        Ok(Some(judge(self, dialect)?))
    }

    fn consulted(judgement: &Judgement) -> ChoiceSet {
        judgement.consulted
    }

    /// Which fault of an invalid policy comes first makes no difference.
    fn same(one: &Judgement, other: &Judgement) -> bool {
        match (one.outcome, other.outcome) {
            (CheckOutcome::Decided(one), CheckOutcome::Decided(other)) => one == other,
            (CheckOutcome::Invalid(_), CheckOutcome::Invalid(_)) => true,
            _ => false,
        }
    }

    fn too_many(combinations: usize) -> VerdictError {
        VerdictError::TooManyReadings {
            combinations,
            limit: MAX_COMBINATIONS,
        }
    }
}
