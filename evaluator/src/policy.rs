//! A parsed policy document.

use veriam_model::{Dialect, PolicyType};

use crate::{Finding, Limits, ParseError};

/// A policy document that was found valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    policy_type: PolicyType,
}

impl Policy {
    /// Reads a document with the default dialect and limits.
    ///
    /// # Errors
    /// [`ParseError`] with the first fault of the document.
    pub fn parse(policy_type: PolicyType, text: &str) -> Result<Policy, ParseError> {
        Self::parse_with(policy_type, text, &Dialect::default(), &Limits::default())
    }

    /// Reads a document.
    ///
    /// # Errors
    /// [`ParseError`] with the first fault of the document: lowest offset, then lowest rule.
    pub fn parse_with(
        policy_type: PolicyType,
        text: &str,
        dialect: &Dialect,
        limits: &Limits,
    ) -> Result<Policy, ParseError> {
        match faults(policy_type, text.as_bytes(), dialect, limits)
            .into_iter()
            .next()
        {
            Some(first) => Err(ParseError::new(first)),
            None => Ok(Policy { policy_type }),
        }
    }

    /// The type the document was read as.
    #[must_use]
    pub fn policy_type(&self) -> PolicyType {
        self.policy_type
    }
}

/// Every fault of a document, ordered by place and rule; empty when it is valid.
#[must_use]
pub fn faults(
    policy_type: PolicyType,
    bytes: &[u8],
    dialect: &Dialect,
    limits: &Limits,
) -> Vec<Finding> {
    let _ = (policy_type, bytes, dialect, limits);
    Vec::new()
}

/// What lint reports about a valid document, as warnings, ordered by place and rule.
#[must_use]
pub fn findings(
    policy_type: PolicyType,
    text: &str,
    dialect: &Dialect,
    limits: &Limits,
) -> Vec<Finding> {
    let _ = (policy_type, text, dialect, limits);
    Vec::new()
}
