//! From a call in a world to what becomes of it (readings, section 5).

use std::fmt;

use veriam_model::{
    Call, Check, ChoiceSet, Dialect, InvalidPolicy, Malformed, Outcome, Pair, RuleSet, World,
};

use crate::{Derivation, Detail, Step};

/// What the oracle says about a call under one dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallJudgement {
    /// What becomes of the call.
    pub outcome: Outcome,
    /// Every rule that was applied on the way.
    pub rules: RuleSet,
    /// Every choice whose reading was asked for where it can change the outcome.
    pub consulted: ChoiceSet,
}

/// How the oracle came to what it says about a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallDerivation {
    /// What it says.
    pub judgement: CallJudgement,
    /// Who calls and how the call becomes checks: a step for each rule, before the checks.
    pub expansion: Vec<Step>,
    /// Every pair with its check and how that was decided, in order; empty when no policy was read.
    pub pairs: Vec<PairDerivation>,
    /// How the decisions were combined.
    pub combination: Vec<Step>,
}

/// One pair of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairDerivation {
    /// Action and resource.
    pub pair: Pair,
    /// The check it is, with the context keys derived from the call.
    pub check: Check,
    /// How the check was decided.
    pub derivation: Derivation,
}

/// What the oracle says about a call when every open choice may be read either way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallVerdict {
    /// Every reading gives the outcome of the default one.
    Determined(CallJudgement),
    /// The outcome turns on open choices.
    Undetermined {
        /// The judgement under the default reading of every choice.
        default: CallJudgement,
        /// The choices the outcome turns on.
        choices: ChoiceSet,
        /// Each combination of their readings, with its outcome; the default combination first.
        readings: Vec<(Dialect, Outcome)>,
    },
}

/// Why there is no answer to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// World or call are not well-formed.
    Malformed(Malformed),
    /// A policy that counts is invalid.
    InvalidPolicy {
        /// The pair it counts for.
        pair: Pair,
        /// Its place among the policies of that pair's check, and its fault.
        invalid: InvalidPolicy,
    },
    /// More open choices were consulted than can be tried in all combinations.
    TooManyReadings {
        /// How many combinations there would be, at least.
        combinations: usize,
        /// How many are tried at most.
        limit: usize,
    },
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Malformed(malformed) => malformed.fmt(f),
            CallError::InvalidPolicy { pair, invalid } => write!(
                f,
                "{} of {} on {} is invalid: it breaks {} at byte {}; `veriam lint` shows how to mend it",
                invalid.policy, pair.action, pair.resource, invalid.rule, invalid.offset
            ),
            CallError::TooManyReadings {
                combinations,
                limit,
            } => write!(
                f,
                "the answer asks for {combinations} or more combinations of open readings, {limit} are tried; \
                 use simpler policies or judge under one dialect"
            ),
        }
    }
}

impl std::error::Error for CallError {}

impl From<Malformed> for CallError {
    fn from(malformed: Malformed) -> Self {
        CallError::Malformed(malformed)
    }
}

/// Judges a call.
///
/// # Errors
/// [`CallError`] when world or call are malformed or a policy that counts is invalid.
pub fn judge_call(
    world: &World,
    call: &Call,
    _dialect: &Dialect,
) -> Result<CallJudgement, CallError> {
    world.validate()?;
    world.validate_call(call)?;
    unimplemented!("the expansion of calls")
}

/// Judges a call and tells how. The judgement in it is the one [`judge_call`] returns.
///
/// # Errors
/// As [`judge_call`].
pub fn trace_call(
    world: &World,
    call: &Call,
    _dialect: &Dialect,
    _detail: Detail,
) -> Result<CallDerivation, CallError> {
    world.validate()?;
    world.validate_call(call)?;
    unimplemented!("the expansion of calls")
}

/// Judges a call under every reading of every open choice that matters to it.
///
/// # Errors
/// As [`judge_call`], and [`CallError::TooManyReadings`] beyond 256 combinations.
pub fn call_verdict(world: &World, call: &Call) -> Result<CallVerdict, CallError> {
    world.validate()?;
    world.validate_call(call)?;
    unimplemented!("the expansion of calls")
}
