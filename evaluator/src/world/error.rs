//! Why a world or a call has no outcome.

use std::fmt;

use veriam_model::{Malformed, PolicyPlace, RuleId};

use crate::ParseError;

/// A world that cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorldError {
    /// The world is not well-formed.
    Malformed(Malformed),
    /// A policy breaks a rule of its type (IAM-266).
    InvalidPolicy {
        /// The policy.
        place: PolicyPlace,
        /// The rule it breaks.
        rule: RuleId,
        /// Where, in bytes from the start of the policy's text.
        offset: usize,
        /// What was found there and what to do about it.
        message: String,
    },
}

/// A call that has no outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// The call is not well-formed in its world.
    Malformed(Malformed),
    /// The session policy breaks a rule of its type (IAM-266).
    InvalidPolicy {
        /// Always [`PolicyPlace::Session`].
        place: PolicyPlace,
        /// The rule it breaks.
        rule: RuleId,
        /// Where, in bytes from the start of the policy's text.
        offset: usize,
        /// What was found there and what to do about it.
        message: String,
    },
}

impl WorldError {
    pub(super) fn invalid(place: PolicyPlace, error: &ParseError) -> Self {
        let fault = error.fault();
        WorldError::InvalidPolicy {
            place,
            rule: fault.rule,
            offset: fault.offset,
            message: error.to_string(),
        }
    }
}

impl CallError {
    pub(super) fn invalid(error: &ParseError) -> Self {
        let fault = error.fault();
        CallError::InvalidPolicy {
            place: PolicyPlace::Session,
            rule: fault.rule,
            offset: fault.offset,
            message: error.to_string(),
        }
    }
}

impl fmt::Display for WorldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WorldError::Malformed(malformed) => write!(f, "malformed world: {malformed}"),
            WorldError::InvalidPolicy { place, message, .. } => write!(f, "`{place}`: {message}"),
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Malformed(malformed) => write!(f, "malformed call: {malformed}"),
            CallError::InvalidPolicy { place, message, .. } => write!(f, "`{place}`: {message}"),
        }
    }
}

impl std::error::Error for WorldError {}
impl std::error::Error for CallError {}
