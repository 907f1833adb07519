//! A parsed policy document.

use veriam_model::{Dialect, PolicyType};

use crate::document::Document;
use crate::{Finding, FindingKind, Limits, ParseError, fault, grammar, lint};

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
    let written = |fault| fault::finding(text, fault);
    faults.into_iter().map(written).collect()
}

/// What lint reports about a document, ordered by place and rule.
///
/// A document that cannot be read has none; one with faults has those of its parts that are well-formed, so show
/// its [`faults`] first. Findings refuse nothing here; an error is one for which AWS would not store the document.
#[must_use]
pub fn findings(
    policy_type: PolicyType,
    text: &str,
    dialect: &Dialect,
    limits: &Limits,
) -> Vec<Finding> {
    look(policy_type, text, None, dialect, limits)
}

/// [`findings`] of the resource-based policy of one resource, by its ARN: also whether the policy fits it.
#[must_use]
pub fn findings_on(arn: &str, text: &str, dialect: &Dialect, limits: &Limits) -> Vec<Finding> {
    look(PolicyType::Resource, text, Some(arn), dialect, limits)
}

fn look(
    policy_type: PolicyType,
    text: &str,
    on: Option<&str>,
    dialect: &Dialect,
    limits: &Limits,
) -> Vec<Finding> {
    match grammar::readable(text.as_bytes(), limits) {
        Ok((text, json)) => lint::lint(policy_type, &json, text, on, dialect),
        Err(_) => Vec::new(),
    }
}

/// Every kind of finding: what refuses a document, then what is legal but hardly meant.
pub fn finding_kinds() -> impl Iterator<Item = FindingKind> {
    let told = |kind: &&'static fault::Kind| FindingKind {
        code: kind.code,
        severity: kind.severity,
        rule: kind.rule,
        what: kind.what,
        quotes: kind.shows,
        remedy: kind.remedy,
    };
    fault::ALL.iter().chain(lint::kinds()).map(told)
}
