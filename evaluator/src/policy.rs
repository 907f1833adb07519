//! A parsed policy document.

use veriam_model::{Dialect, PolicyType};

use crate::document::Document;
use crate::{Finding, Limits, ParseError, Severity, fault, grammar, lint};

/// A policy document that was found valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    document: Document<'static>,
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
        match grammar::read(policy_type, text.as_bytes(), dialect, limits) {
            Ok(document) => Ok(Policy {
                document: document.into_owned(),
            }),
            Err(faults) => Err(ParseError::first(text, faults)),
        }
    }

    pub(crate) fn document(&self) -> &Document<'static> {
        &self.document
    }

    /// The type the document was read as.
    #[must_use]
    pub fn policy_type(&self) -> PolicyType {
        self.document.policy_type
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
    let Err(faults) = grammar::read(policy_type, bytes, dialect, limits) else {
        return Vec::new();
    };
    // Messages quote the text only when it is one.
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let written = |fault| fault::finding(text, Severity::Error, fault);
    faults.into_iter().map(written).collect()
}

/// What lint reports about a document, as warnings, ordered by place and rule.
///
/// A document that cannot be read has none; one with faults has those of its parts that are well-formed, so show
/// its [`faults`] first.
#[must_use]
pub fn findings(
    policy_type: PolicyType,
    text: &str,
    dialect: &Dialect,
    limits: &Limits,
) -> Vec<Finding> {
    let Ok((text, json)) = grammar::readable(text.as_bytes(), limits) else {
        return Vec::new();
    };
    let written = |finding| fault::finding(text, Severity::Warning, finding);
    let findings = lint::lint(policy_type, &json, text, dialect);
    findings.into_iter().map(written).collect()
}
