//! The reference judge: the rules of AWS policy evaluation, executable, one rule in one place.
//!
//! # What it is, and what it is not
//!
//! The oracle answers one question: given a caller, an action, a resource, a request context and every policy
//! that counts ([`Check`]), what does AWS's *documentation* say: allow, explicit deny, implicit deny, or "this
//! policy is invalid"? It mirrors documentation. Its answer is not AWS's: only AWS can give that, and where
//! somebody measured something else the rule says so. Every rule has an id, a page and a certainty
//! ([`rules`]); every answer names the rules it rests on. Where the documentation leaves a point open there is
//! a [`Choice`](veriam_model::Choice) with named readings, and whoever asks chooses by a
//! [`Dialect`]; [`verdict`] says whether the answer turns on any of them.
//! `docs/readings.md` fills in what neither the rules nor a choice settles ("readings, 3.4" in comments).
//!
//! It is written to be checked line by line by somebody with AWS's page open. It has no caches, no indexes and
//! no clever matching, and it is slow for a judge (some ten microseconds a small check). It reads no clock and asks
//! nobody: a check lists its context keys, and those of a call are derived from the call's facts. The library for use in programs is `veriam-evaluator`; the two
//! share no logic, because what they shared could not diverge.
//!
//! # How to ask
//!
//! * [`judge`]: the outcome under one dialect, with the rules cited and the choices consulted.
//! * [`trace`]: the same, with a [`Derivation`]: every policy, statement and element, and why.
//! * [`verdict`]: the outcome under every reading of the open choices that matter.
//! * [`judge_all`]: several checks of one call, combined.
//! * [`judge_call`], [`trace_call`], [`call_verdict`]: the same three for a call to AgentCore in a world. What the call
//!   asks for, the checks, their context keys and what follows from them together is then the oracle's business.
//! * [`judge_put`], [`trace_put`], [`put_verdict`]: the same three for a resource-based policy handed to AgentCore: is it
//!   stored?
//! * [`read_document`]: the faults of one policy text.
//!
//! ```
//! use veriam_model::{Check, Decision, Dialect};
//! use veriam_oracle::{CheckOutcome, judge};
//!
//! let check = Check::from_json(
//!     r#"{"principal": {"arn": "arn:aws:iam::111122223333:user/alice", "account": "111122223333"},
//!         "action": "s3:GetObject",
//!         "resource": {"arn": "arn:aws:s3:::amzn-bucket/key.txt", "account": "111122223333"},
//!         "identity_policies": [{"Version": "2012-10-17", "Statement": [
//!             {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::amzn-bucket/*"}]}]}"#,
//! )?;
//! let judgement = judge(&check, &Dialect::default())?;
//! assert_eq!(judgement.outcome, CheckOutcome::Decided(Decision::Allow));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How to read it, top down
//!
//! 1. `judgement`: from a check to its judgement, in five steps.
//! 2. `request`: what a well-formed request is, and who calls. `parties`: what the algorithm asks about them.
//! 3. `document` and the files below it: the grammar, one part of a policy in each file; `json` reads the text.
//! 4. `counting`: which policies count for whom.
//! 5. `statement`: whether a statement applies; its elements are `principal` (with `not_principal`), `action`,
//!    `resource` and `condition`. Below `condition` each family of operators has its own file, and so have set
//!    operators, absent keys and malformed values. `variable` expands policy variables, `wildcard` matches
//!    patterns, `keys` knows why a context key is there or not.
//! 6. `decide`, then `grants` and `jwt`: the algorithm.
//! 7. `call` and the files below it: from a call in a world to its checks and back.
//! 8. `put` and the files below it: whether AgentCore stores a policy, step by step.
//!
//! Code cites a rule where it applies it (`notes.cite(iam(93))`), with the rule's gist in a comment beside it.
//! There is one evaluation: judging and tracing differ in how much their notebooks (`notes`) keep. Every
//! statement and every element is evaluated, also where the outcome is settled, so that the rules cited do not
//! depend on the order of things; choices, on the other hand, are written down only where they can matter.

mod action;
mod arn;
mod call;
mod combine;
mod condition;
mod counting;
mod decide;
mod derivation;
mod document;
mod finding;
mod grants;
mod json;
mod judgement;
mod jwt;
mod keys;
mod not_principal;
mod notes;
mod operator;
mod parties;
mod principal;
mod put;
mod registry;
mod request;
mod resource;
mod search;
mod statement;
#[cfg(test)]
mod testing;
mod variable;
mod verdict;
mod wildcard;

pub use call::{
    CallDerivation, CallError, CallJudgement, CallVerdict, PairDerivation, call_verdict,
    judge_call, trace_call,
};
pub use derivation::{
    CallerKind, ConditionTrace, Derivation, Detail, Element, ElementTrace, Grade, KeyState, Layer,
    PolicyTrace, PrincipalForm, StatementTrace, Step, VariableForm, VariableTrace, Version,
};
pub use operator::{Family, Operator, SetOperator};
pub use put::{PutDerivation, PutJudgement, PutVerdict, PutVerdictError};
pub use registry::{Certainty, Rule, Scope, rule, rules};
pub use veriam_model::MalformedRequest;

use std::fmt;

use veriam_model::{
    Check, ChoiceSet, Decision, Dialect, Fault, InvalidPolicy, Malformed, PolicyType, Put, RuleSet,
};

/// What the oracle says about a check under one dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// A decision, or the first invalid policy.
    pub outcome: CheckOutcome,
    /// Every rule that was applied on the way.
    pub rules: RuleSet,
    /// Every choice whose reading was asked for where it can change the outcome.
    pub consulted: ChoiceSet,
}

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CheckOutcome {
    /// Every policy is valid; this is the decision.
    Decided(Decision),
    /// A policy is invalid, which is an error and no decision (IAM-266).
    Invalid(InvalidPolicy),
}

/// What the oracle says about a check when every open choice may be read either way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every reading gives the outcome of the default one.
    Determined(Judgement),
    /// The outcome turns on open choices.
    Undetermined {
        /// The judgement under the default reading of every choice.
        default: Judgement,
        /// The choices the outcome turns on.
        choices: ChoiceSet,
        /// Each combination of their readings, with its outcome; the default combination first.
        readings: Vec<(Dialect, CheckOutcome)>,
    },
}

/// Why there is no verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerdictError {
    /// The check is no question.
    Malformed(MalformedRequest),
    /// More open choices were consulted than can be tried in all combinations.
    TooManyReadings {
        /// How many combinations there would be, at least.
        combinations: usize,
        /// How many are tried at most.
        limit: usize,
    },
}

impl fmt::Display for VerdictError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VerdictError::Malformed(malformed) => malformed.fmt(f),
            VerdictError::TooManyReadings {
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

impl std::error::Error for VerdictError {}

impl From<MalformedRequest> for VerdictError {
    fn from(malformed: MalformedRequest) -> Self {
        VerdictError::Malformed(malformed)
    }
}

/// Several checks of one call, combined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Combined {
    /// The outcome of the whole, with every rule and choice of the parts.
    pub judgement: Judgement,
    /// The check that settled it: the first invalid one, else the first explicit deny, else the first implicit
    /// deny; `None` when all are allowed.
    pub deciding: Option<usize>,
    /// The judgement of each check.
    pub parts: Vec<Judgement>,
}

/// What the oracle says about one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentJudgement {
    /// Every fault, by place, then rule; empty for a valid document.
    pub faults: Vec<Fault>,
    /// The rules applied while reading it.
    pub rules: RuleSet,
    /// The choices consulted while reading it.
    pub consulted: ChoiceSet,
    /// Its size against the quota of its type (IAM-073); never a fault.
    pub size: SizeNote,
}

/// The size of a document against the quota of its type (IAM-073).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SizeNote {
    /// Characters that count: for IAM policy types white space outside strings does not.
    pub characters: usize,
    /// The quota, in characters.
    pub quota: usize,
    /// Whether the document is within it.
    pub fits: bool,
}

/// Judges a check.
///
/// # Errors
/// [`MalformedRequest`] when the check is no question.
pub fn judge(check: &Check, dialect: &Dialect) -> Result<Judgement, MalformedRequest> {
    judgement::derive(check, dialect, None).map(|derivation| derivation.judgement)
}

/// Judges a check and tells how. The judgement in it is the one [`judge`] returns.
///
/// # Errors
/// [`MalformedRequest`] when the check is no question.
pub fn trace(
    check: &Check,
    dialect: &Dialect,
    detail: Detail,
) -> Result<Derivation, MalformedRequest> {
    judgement::derive(check, dialect, Some(detail))
}

/// Judges a check under every reading of every open choice that matters to it.
///
/// # Errors
/// [`VerdictError`] when the check is no question or asks for more than 256 combinations of readings.
pub fn verdict(check: &Check) -> Result<Verdict, VerdictError> {
    verdict::verdict(check)
}

/// Judges several checks of one call, which all have to pass (IAM-101, IAM-267, IAM-272).
///
/// An invalid policy makes the whole invalid; else an explicit deny wins; else the first implicit deny.
///
/// # Errors
/// [`MalformedRequest`] when there is no check at all or one of them is no question.
pub fn judge_all(checks: &[Check], dialect: &Dialect) -> Result<Combined, MalformedRequest> {
    combine::judge_all(checks, dialect)
}

/// Judges a put: is the policy stored?
///
/// # Errors
/// [`Malformed`] when the put is not well-formed.
pub fn judge_put(put: &Put, dialect: &Dialect) -> Result<PutJudgement, Malformed> {
    put::derive(put, dialect, None).map(|derivation| derivation.judgement)
}

/// Judges a put and tells how. The judgement in it is the one [`judge_put`] returns.
///
/// # Errors
/// [`Malformed`] when the put is not well-formed.
pub fn trace_put(put: &Put, dialect: &Dialect, detail: Detail) -> Result<PutDerivation, Malformed> {
    put::derive(put, dialect, Some(detail))
}

/// Judges a put under every reading of every open choice that matters to it.
///
/// # Errors
/// [`PutVerdictError`] when the put is not well-formed or asks for more than 256 combinations of readings.
pub fn put_verdict(put: &Put) -> Result<PutVerdict, PutVerdictError> {
    put::verdict(put)
}

/// Reads one document and reports every fault.
#[must_use]
pub fn read_document(
    policy_type: PolicyType,
    bytes: &[u8],
    dialect: &Dialect,
) -> DocumentJudgement {
    let reading = document::read(policy_type, bytes, dialect, None);
    let mut rules = *reading.notes.rules();
    // IAM-073: a note about the size, no fault.
    rules.insert(notes::iam(73));
    DocumentJudgement {
        rules,
        consulted: reading.notes.consulted(),
        faults: reading.faults,
        size: document::size(policy_type, bytes),
    }
}
