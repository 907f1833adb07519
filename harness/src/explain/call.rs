//! One call told to people: what becomes of it, which check of it decides, and what to change.

mod facts;
mod json;
mod text;

use veriam_model::{CallCase, Dialect, Outcome, Row};
use veriam_oracle::{self as oracle, CallDerivation, CallError, CallVerdict, Detail};
use veriam_reports::{Kind, Signature};

use super::{Explanation, Subject};
use crate::compare::{Reply, evaluator_outcome};

pub use facts::call_facts;

/// A call with what is known about it.
#[derive(Clone, Debug)]
pub struct CallSubject {
    /// The call and its world.
    pub case: CallCase,
    /// The dialect to judge it under.
    pub dialect: Dialect,
    /// The documented reply, if the case has one.
    pub documented: Option<Kind>,
    /// For a stored case: the divergence it is about.
    pub signature: Option<Signature>,
    /// What the call shows, in the words of whoever wrote it down.
    pub title: Option<String>,
}

/// Everything there is to say about one call.
#[derive(Clone, Debug)]
pub struct CallExplanation {
    /// What was asked.
    pub subject: CallSubject,
    /// How the oracle judges it.
    pub derivation: CallDerivation,
    /// Whether open choices could change the outcome; `None` under another dialect than the default one.
    pub verdict: Option<Result<CallVerdict, CallError>>,
    /// What the evaluator replies.
    pub evaluator: Reply,
    /// The checks it comes to, each with its own explanation, in order.
    pub checks: Vec<Explanation>,
}

impl CallExplanation {
    /// Explains a call.
    ///
    /// # Errors
    /// [`CallError`] when it is no question.
    pub fn new(subject: CallSubject) -> Result<Self, CallError> {
        let CallCase { world, call } = &subject.case;
        let derivation = oracle::trace_call(world, call, &subject.dialect, Detail::Full)?;
        let default = subject.dialect == Dialect::default();
        let checks = derivation.pairs.iter().map(|pair| Explanation {
            subject: Subject {
                row: Row {
                    check: pair.check.clone(),
                    expected: None,
                    rule: None,
                    source: None,
                    note: None,
                },
                dialect: subject.dialect,
                signature: None,
            },
            derivation: pair.derivation.clone(),
            verdict: None,
            evaluator: crate::compare::outcome_reply(pair.derivation.judgement.outcome),
        });
        Ok(Self {
            verdict: default.then(|| oracle::call_verdict(world, call)),
            evaluator: evaluator_outcome(&subject.case, &subject.dialect),
            checks: checks.collect(),
            derivation,
            subject,
        })
    }

    /// The checks that decide: the one at which the call fails, or all of an allowed call.
    fn deciding(&self) -> impl Iterator<Item = &Explanation> {
        let at = match &self.derivation.judgement.outcome {
            Outcome::Denied(denial) => Some(&denial.at),
            _ => None,
        };
        let pairs = self.derivation.pairs.iter().zip(&self.checks);
        pairs
            .filter(move |(pair, _)| at.is_none_or(|at| *at == pair.pair))
            .map(|(_, check)| check)
    }

    /// The explanation for people, with ANSI styles.
    #[must_use]
    pub fn to_text(&self) -> String {
        text::render(self)
    }

    /// The explanation as one JSON object with a line feed at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::render(self)
    }
}
