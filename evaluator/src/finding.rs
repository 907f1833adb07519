//! What is wrong with a document, and where.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use veriam_model::{Fault, RuleId};

use crate::fault;
use crate::grammar::FaultList;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The document is refused.
    Error,
    /// The document is accepted, but probably does not do what its author meant.
    Warning,
    /// Whether anything is wrong depends on what the document does not say.
    Note,
}

/// One remark about a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether the document is refused for it.
    pub severity: Severity,
    /// The rule behind it.
    pub rule: RuleId,
    /// The place, in bytes of the document's text; never outside it, always on character boundaries.
    pub span: Range<usize>,
    /// A stable name of the kind of finding, in kebab-case.
    pub code: &'static str,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub remedy: Cow<'static, str>,
}

/// A kind of finding: what the pages of documentation list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindingKind {
    /// Its stable name, in kebab-case.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The rule behind it.
    pub rule: RuleId,
    /// What is wrong. A message can say more, naming what was meant, say.
    pub what: &'static str,
    /// Whether messages quote the place behind it.
    pub quotes: bool,
    /// What to do about it.
    pub remedy: &'static str,
}

/// The first fault of a document that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    finding: Box<Finding>,
}

impl ParseError {
    /// The first of the sorted faults of a text.
    pub(crate) fn first(text: &str, faults: FaultList) -> Self {
        // A document is refused for at least one fault; the fallback is never seen.
        let first = faults.into_iter().next();
        let first = first.unwrap_or((0..0, &fault::JSON_UNFINISHED));
        Self {
            finding: Box::new(fault::finding(text, first)),
        }
    }

    /// The rule that is broken and the byte offset where.
    #[must_use]
    pub fn fault(&self) -> Fault {
        Fault {
            rule: self.finding.rule,
            offset: self.finding.span.start,
        }
    }

    /// The place, in bytes of the document's text.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.finding.span.clone()
    }

    /// A stable name of the kind of fault, in kebab-case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.finding.code
    }

    /// The fault as a finding.
    #[must_use]
    pub fn finding(&self) -> &Finding {
        &self.finding
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding {
            rule,
            span,
            message,
            remedy,
            ..
        } = self.finding.as_ref();
        write!(f, "{message} (byte {}, {rule}); {remedy}", span.start)
    }
}

impl std::error::Error for ParseError {}
