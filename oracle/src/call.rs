//! From a call in a world to what becomes of it (readings, section 5).
//!
//! `scene`: who calls, over which way. One module for each family of requests, `runtime` and its siblings, finds out
//! whether the call gets as far as policies (with `credentials`) and lists what it asks for (an `ask`; `arns` writes
//! the resources). `check` and `context`: the check of each pair. `combine`, with `by`: what follows from the
//! decisions. `circumstances` and `matrix` only tell why.

mod arns;
mod ask;
mod by;
mod check;
mod circumstances;
mod combine;
mod context;
mod control;
mod credentials;
mod gateway;
mod harness;
mod identity;
mod matrix;
mod memory;
mod other;
mod runtime;
mod scene;
mod sts;
mod tool;
mod unauthorized;
mod verdict;

use std::fmt;

use veriam_model::{
    Call, Check, ChoiceSet, Dialect, DuplicateKey, InvalidPolicy, Malformed, Outcome, Pair,
    Request as CallRequest, RuleSet, World,
};

use crate::decide::Log;
use crate::judgement::{Evaluation, evaluate};
use crate::notes::Notes;
use crate::request::{Derived, Request};
use crate::{CheckOutcome, Derivation, Detail, MalformedRequest, Step};

use ask::{Admission, Ask, Asked, Authorization};
use check::{Checks, Grants};
use combine::{Judged, combine};
use scene::{Scene, Who};

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
    /// Every pair with its check and how that was decided, in order; empty when no policy was read. Where nothing is
    /// authorized but Deny statements are honoured (AC-203), the pair comes twice: first with policies that allow
    /// everything in the place of those that would have to, then with the real ones, of which only Deny counts; the
    /// policy of a VPC endpoint stands in the first.
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

impl From<MalformedRequest> for CallError {
    /// A well-formed call makes well-formed checks; should it not, the member of the check is named.
    fn from(malformed: MalformedRequest) -> Self {
        CallError::Malformed(Malformed {
            member: malformed.member.to_owned(),
            found: malformed.found,
            expected: malformed.expected,
        })
    }
}

impl From<DuplicateKey> for CallError {
    /// No key is derived twice; should one be, it is named.
    fn from(DuplicateKey(found): DuplicateKey) -> Self {
        CallError::Malformed(Malformed {
            member: "context".to_owned(),
            found,
            expected: "each context key once",
        })
    }
}

/// Judges a call.
///
/// # Errors
/// [`CallError`] when world or call are malformed or a policy that counts is invalid.
pub fn judge_call(
    world: &World,
    call: &Call,
    dialect: &Dialect,
) -> Result<CallJudgement, CallError> {
    world.validate()?;
    world.validate_call(call)?;
    derive(world, call, dialect, None).map(|derivation| derivation.judgement)
}

/// Judges a call and tells how. The judgement in it is the one [`judge_call`] returns.
///
/// # Errors
/// As [`judge_call`].
pub fn trace_call(
    world: &World,
    call: &Call,
    dialect: &Dialect,
    detail: Detail,
) -> Result<CallDerivation, CallError> {
    world.validate()?;
    world.validate_call(call)?;
    derive(world, call, dialect, Some(detail))
}

/// Judges a call under every reading of every open choice that matters to it.
///
/// Readings under which a policy of the world would be invalid have no say: a world holds valid policies only.
///
/// # Errors
/// As [`judge_call`], and [`CallError::TooManyReadings`] beyond 256 combinations.
pub fn call_verdict(world: &World, call: &Call) -> Result<CallVerdict, CallError> {
    world.validate()?;
    world.validate_call(call)?;
    verdict::verdict(world, call)
}

/// Judges a well-formed call. The derivation is whole only if `detail` says so; its judgement always is.
fn derive(
    world: &World,
    call: &Call,
    dialect: &Dialect,
    detail: Option<Detail>,
) -> Result<CallDerivation, CallError> {
    let mut log = Log::new(Notes::new(dialect, detail));
    let asked = match ask(world, call, &mut log)? {
        Admission::Admitted(asked) => asked,
        Admission::TurnedAway(outcome) => {
            return Ok(CallDerivation {
                judgement: judgement(outcome, &log.notes),
                expansion: log.steps,
                pairs: Vec::new(),
                combination: Vec::new(),
            });
        }
    };
    let expansion = std::mem::take(&mut log.steps);
    let (evaluated, outcome) = match asked.authorization {
        Authorization::Nothing { denies_count } => {
            let mut open = evaluate_all(&asked, Grants::Everything, dialect, detail)?;
            let real = match denies_count {
                true => evaluate_all(&asked, Grants::Denies, dialect, detail)?,
                false => Vec::new(),
            };
            let outcome = unauthorized::decide(&judged(&open), &judged(&real), &mut log);
            open.extend(real);
            (open, outcome)
        }
        authorization => {
            let evaluated = evaluate_all(&asked, Grants::Real, dialect, detail)?;
            let judged = judged(&evaluated);
            let outcome = combine(&judged, authorization, &mut log);
            matrix::cite(&asked, &judged, &outcome, &mut log.notes);
            (evaluated, outcome)
        }
    };
    for pair in &evaluated {
        log.notes
            .take_over_judgement(&pair.evaluation.derivation.judgement);
    }
    Ok(CallDerivation {
        judgement: judgement(outcome, &log.notes),
        expansion,
        pairs: evaluated
            .into_iter()
            .filter_map(Evaluated::traced)
            .collect(),
        combination: log.steps,
    })
}

/// What the call asks for, if it is let in.
fn ask<'w>(
    world: &'w World,
    call: &'w Call,
    log: &mut Log<'_>,
) -> Result<Admission<'w>, Malformed> {
    match &call.request {
        CallRequest::Runtime(request) => runtime::ask(world, call, request, log),
        CallRequest::Gateway(request) => gateway::ask(world, call, request, log),
        CallRequest::Memory(request) => memory::ask(world, call, request, log),
        CallRequest::Harness(request) => harness::ask(world, call, request, log),
        CallRequest::Tool(request) => tool::ask(world, call, request, log),
        CallRequest::Identity(request) => identity::ask(world, call, request, log),
        CallRequest::Control(request) => control::ask(world, call, request, log),
        CallRequest::AssumeRole(request) => sts::ask(world, call, request, log),
        CallRequest::Other(request) => other::ask(world, call, request, log),
    }
}

fn judgement(outcome: Outcome, notes: &Notes<'_>) -> CallJudgement {
    CallJudgement {
        outcome,
        rules: *notes.rules(),
        consulted: notes.consulted(),
    }
}

/// Makes the check of every pair and decides it.
fn evaluate_all(
    asked: &Asked<'_>,
    grants: Grants,
    dialect: &Dialect,
    detail: Option<Detail>,
) -> Result<Vec<Evaluated>, CallError> {
    let mut checks = Checks::of(&asked.scene, grants, dialect, detail)?;
    let mut evaluated = Vec::with_capacity(asked.asks.len());
    for ask in &asked.asks {
        let pair = Evaluated::of(ask, &asked.scene, &mut checks, dialect, detail)?;
        evaluated.push(pair);
    }
    Ok(evaluated)
}

fn judged(evaluated: &[Evaluated]) -> Vec<Judged<'_>> {
    evaluated.iter().filter_map(Evaluated::judged).collect()
}

/// A pair with how its check was decided.
struct Evaluated {
    pair: Pair,
    /// `None` when nobody wants a derivation.
    check: Option<Check>,
    evaluation: Evaluation,
}

impl Evaluated {
    fn of<'w>(
        ask: &Ask<'w>,
        scene: &Scene<'_>,
        checks: &mut Checks<'w, '_>,
        dialect: &Dialect,
        detail: Option<Detail>,
    ) -> Result<Self, CallError> {
        let check = checks.check(ask)?;
        let mut request = Request::read(&check)?;
        request.derived = Some(Derived {
            with_jwt: matches!(scene.who, Who::Bearer),
            through_endpoint: scene.network.is_some(),
        });
        let policies = checks.policies(ask, &request);
        let evaluation = evaluate(&request, policies, dialect, detail);
        let pair = ask.pair.clone();
        match evaluation.derivation.judgement.outcome {
            CheckOutcome::Decided(_) => Ok(Self {
                pair,
                check: detail.map(|_| check),
                evaluation,
            }),
            CheckOutcome::Invalid(invalid) => Err(CallError::InvalidPolicy { pair, invalid }),
        }
    }

    fn judged(&self) -> Option<Judged<'_>> {
        let CheckOutcome::Decided(decision) = self.evaluation.derivation.judgement.outcome else {
            return None;
        };
        Some(Judged {
            pair: &self.pair,
            decision,
            policies: self.evaluation.policies()?,
        })
    }

    fn traced(self) -> Option<PairDerivation> {
        Some(PairDerivation {
            pair: self.pair,
            check: self.check?,
            derivation: self.evaluation.derivation,
        })
    }
}
