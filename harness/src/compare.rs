//! What a judge replies to a case, and when two replies agree.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use veriam_evaluator::{self as evaluator, Engine, Limits, MalformedRequest, Request};
use veriam_model::{
    Call, CallCase, Case, Check, Decision, Dialect, DocumentCase, Fault, InvalidPolicy, Malformed,
    Outcome, Put, PutError, PutOutcome, RuleId,
};
use veriam_oracle::{self as oracle, CallError};
use veriam_reports::{Kind, OutcomeKind};

/// Rules that end reading at once (readings 1.1). Which of them is named when a text breaks several is left to
/// the judge: both have to find the text unreadable.
pub const UNREADABLE: [RuleId; 4] = [
    RuleId::iam(1),
    RuleId::iam(2),
    RuleId::iam(71),
    RuleId::iam(72),
];

/// What becomes of a put, in what everybody can tell: whether the policy is stored, and AWS's error if it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PutReport {
    /// The policy is stored.
    Stored,
    /// It is refused with this error.
    Refused(PutError),
}

impl From<&PutOutcome> for PutReport {
    fn from(outcome: &PutOutcome) -> Self {
        match outcome {
            PutOutcome::Stored => PutReport::Stored,
            PutOutcome::Refused(refusal) => PutReport::Refused(refusal.error),
        }
    }
}

/// What a judge replies to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The decision of a check.
    Decided(Decision),
    /// A policy of the check is invalid.
    Invalid(InvalidPolicy),
    /// A policy of the check or call is invalid; the target does not say which rule it breaks.
    InvalidSomehow,
    /// The document is valid.
    Accepted,
    /// The document is not, and its first fault.
    Refused(Fault),
    /// The document is invalid; the target does not say which rule it breaks.
    RefusedSomehow,
    /// What becomes of a call.
    Call(Outcome),
    /// What becomes of a call, as a target tells it that need not name every policy type that denies: those it names
    /// have to be among them.
    Reported(Outcome),
    /// The call is denied by policies; the target does not say how.
    DeniedSomehow,
    /// What becomes of a resource-based policy.
    Put(PutOutcome),
    /// What becomes of it, as a target tells it that need not know our rules.
    PutReported(PutReport),
    /// A policy of the call breaks this rule, so the call is no question.
    InvalidWorld(RuleId),
    /// The request of the case is no question.
    Malformed,
    /// The target cannot be asked this, and why.
    Unsupported(String),
    /// The target broke on it, and how.
    Failed(String),
}

impl Reply {
    /// The reply without the places that change when a case shrinks.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Reply::Decided(decision) => Kind::Decided(*decision),
            Reply::Invalid(invalid) => Kind::Invalid(invalid.rule),
            Reply::Accepted => Kind::Accepted,
            Reply::Refused(fault) => Kind::Refused(fault.rule),
            Reply::InvalidSomehow => Kind::InvalidSomehow,
            Reply::RefusedSomehow => Kind::RefusedSomehow,
            Reply::DeniedSomehow => Kind::DeniedSomehow,
            Reply::Call(outcome) | Reply::Reported(outcome) => {
                Kind::Call(OutcomeKind::from(outcome))
            }
            Reply::Put(PutOutcome::Stored) | Reply::PutReported(PutReport::Stored) => {
                Kind::PutStored
            }
            Reply::Put(PutOutcome::Refused(refusal)) => {
                Kind::PutRefused(refusal.error, Some(refusal.rule))
            }
            Reply::PutReported(PutReport::Refused(error)) => Kind::PutRefused(*error, None),
            Reply::InvalidWorld(rule) => Kind::Invalid(*rule),
            Reply::Malformed => Kind::Malformed,
            Reply::Unsupported(_) => Kind::Unsupported,
            Reply::Failed(_) => Kind::Failed,
        }
    }

    /// The reply to a document with these faults.
    #[must_use]
    pub fn to_document(faults: impl Iterator<Item = Fault>) -> Self {
        faults.min().map_or(Reply::Accepted, Reply::Refused)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reply::Decided(decision) => decision.fmt(f),
            Reply::Invalid(InvalidPolicy {
                policy,
                rule,
                offset,
            }) => write!(f, "invalid ({policy} breaks {rule} at byte {offset})"),
            Reply::Accepted => f.write_str("accepted"),
            Reply::Refused(Fault { offset, rule }) => {
                write!(f, "refused (it breaks {rule} at byte {offset})")
            }
            Reply::InvalidSomehow => f.write_str("invalid"),
            Reply::RefusedSomehow => f.write_str("refused"),
            Reply::DeniedSomehow => f.write_str("denied"),
            Reply::Call(outcome) | Reply::Reported(outcome) => {
                outcome.fmt(f)?;
                match outcome {
                    Outcome::Denied(denial) => {
                        write!(f, " ({} on {})", denial.at.action, denial.at.resource)
                    }
                    _ => Ok(()),
                }
            }
            Reply::Put(outcome) => outcome.fmt(f),
            Reply::PutReported(PutReport::Stored) => PutOutcome::Stored.fmt(f),
            Reply::PutReported(PutReport::Refused(error)) => write!(f, "refused with {error}"),
            Reply::InvalidWorld(rule) => write!(f, "invalid (a policy of the world breaks {rule})"),
            Reply::Malformed => f.write_str("malformed request"),
            Reply::Unsupported(why) => write!(f, "unsupported ({why})"),
            Reply::Failed(how) => write!(f, "failed ({how})"),
        }
    }
}

/// What the oracle replies under a dialect.
#[must_use]
pub fn oracle_reply(case: &Case, dialect: &Dialect) -> Reply {
    match case {
        Case::Check(check) => oracle_answer(check, dialect),
        Case::Document(document) => oracle_reading(document, dialect),
        Case::Call(call) => call_reply(
            oracle::judge_call(&call.world, &call.call, dialect).map(|judgement| judgement.outcome),
        ),
        Case::Put(put) => {
            put_reply(oracle::judge_put(put, dialect).map(|judgement| judgement.outcome))
        }
    }
}

/// What a judge says about a put as a reply.
#[must_use]
pub fn put_reply(outcome: Result<PutOutcome, Malformed>) -> Reply {
    outcome.map_or(Reply::Malformed, Reply::Put)
}

/// What the oracle replies to a check under a dialect.
#[must_use]
pub fn oracle_answer(check: &Check, dialect: &Dialect) -> Reply {
    match oracle::judge(check, dialect) {
        Ok(judgement) => outcome_reply(judgement.outcome),
        Err(_) => Reply::Malformed,
    }
}

/// What the oracle replies to a document under a dialect.
#[must_use]
pub fn oracle_reading(document: &DocumentCase, dialect: &Dialect) -> Reply {
    let bytes = document.text.as_str().as_bytes();
    let reading = oracle::read_document(document.policy_type, bytes, dialect);
    Reply::to_document(reading.faults.into_iter())
}

/// An outcome of the oracle for a check as a reply.
#[must_use]
pub fn outcome_reply(outcome: oracle::CheckOutcome) -> Reply {
    match outcome {
        oracle::CheckOutcome::Decided(decision) => Reply::Decided(decision),
        oracle::CheckOutcome::Invalid(invalid) => Reply::Invalid(invalid),
    }
}

/// What the oracle says about a call as a reply.
#[must_use]
pub fn call_reply(outcome: Result<Outcome, CallError>) -> Reply {
    match outcome {
        Ok(outcome) => Reply::Call(outcome),
        Err(CallError::InvalidPolicy { invalid, .. }) => Reply::InvalidWorld(invalid.rule),
        Err(CallError::Malformed(_) | CallError::TooManyReadings { .. }) => Reply::Malformed,
    }
}

/// What the evaluator replies under a dialect. May panic when the evaluator has a bug; targets catch that.
#[must_use]
pub fn evaluator_reply(case: &Case, dialect: &Dialect) -> Reply {
    match case {
        Case::Check(check) => evaluator_answer(check, dialect),
        Case::Document(document) => evaluator_reading(document, dialect),
        Case::Call(call) => evaluator_outcome(call, dialect),
        Case::Put(put) => evaluator_put(put, dialect),
    }
}

/// What the evaluator replies to a check under a dialect. May panic when the evaluator has a bug.
#[must_use]
pub fn evaluator_answer(check: &Check, dialect: &Dialect) -> Reply {
    match evaluate(check, dialect) {
        Ok(outcome) => outcome_reply(outcome),
        Err(_) => Reply::Malformed,
    }
}

/// What the evaluator replies to a document under a dialect. May panic when the evaluator has a bug.
#[must_use]
pub fn evaluator_reading(document: &DocumentCase, dialect: &Dialect) -> Reply {
    let bytes = document.text.as_str().as_bytes();
    let faults = evaluator::faults(document.policy_type, bytes, dialect, &Limits::default());
    Reply::to_document(faults.iter().map(|fault| Fault {
        offset: fault.span.start,
        rule: fault.rule,
    }))
}

/// What the evaluator replies to a put under a dialect. May panic when the evaluator has a bug.
#[must_use]
pub fn evaluator_put(put: &Put, dialect: &Dialect) -> Reply {
    put_reply(evaluator::put(put, dialect))
}

/// What the evaluator replies to a call under a dialect. May panic when the evaluator has a bug.
#[must_use]
pub fn evaluator_outcome(case: &CallCase, dialect: &Dialect) -> Reply {
    world_reply(&evaluator::World::new(&case.world, dialect), &case.call)
}

/// What a compiled world replies to a call, or what kept it from being compiled.
#[must_use]
pub fn world_reply(world: &Result<evaluator::World, evaluator::WorldError>, call: &Call) -> Reply {
    match world {
        Ok(world) => match world.decide(call) {
            Ok(outcome) => Reply::Call(outcome),
            Err(evaluator::CallError::InvalidPolicy { rule, .. }) => Reply::InvalidWorld(rule),
            Err(evaluator::CallError::Malformed(_)) => Reply::Malformed,
        },
        Err(evaluator::WorldError::InvalidPolicy { rule, .. }) => Reply::InvalidWorld(*rule),
        Err(evaluator::WorldError::Malformed(_)) => Reply::Malformed,
    }
}

/// The evaluator's outcome of a check under a dialect.
///
/// # Errors
/// [`MalformedRequest`] when the check is no question.
pub fn evaluate(
    check: &Check,
    dialect: &Dialect,
) -> Result<oracle::CheckOutcome, MalformedRequest> {
    outcome(Engine::for_check(check, dialect), &Request::of(check))
}

/// What an engine says, or the invalid policy that kept it from being made.
///
/// # Errors
/// [`MalformedRequest`] when the request is no question: that comes before an invalid policy.
pub fn outcome(
    engine: Result<Engine, InvalidPolicy>,
    request: &Request<'_>,
) -> Result<oracle::CheckOutcome, MalformedRequest> {
    match engine {
        Ok(engine) => engine.decide(request).map(oracle::CheckOutcome::Decided),
        Err(invalid) => {
            request.validate()?;
            Ok(oracle::CheckOutcome::Invalid(invalid))
        }
    }
}

/// Whether two replies are the same answer: equal decisions and outcomes, the same place and rule in the same
/// policy, both malformed. Two unreadable policies in the same place are alike ([`UNREADABLE`]). Of what the observed
/// reply does not say nothing is asked: of a put a target that is no judge of ours tells the error only.
#[must_use]
pub fn agree(expected: &Reply, observed: &Reply) -> bool {
    match (expected, observed) {
        (Reply::Invalid(a), Reply::Invalid(b)) if UNREADABLE.contains(&a.rule) => {
            a.policy == b.policy && UNREADABLE.contains(&b.rule)
        }
        (Reply::Refused(a), Reply::Refused(b)) if UNREADABLE.contains(&a.rule) => {
            UNREADABLE.contains(&b.rule)
        }
        (Reply::Put(PutOutcome::Refused(a)), Reply::Put(PutOutcome::Refused(b)))
            if UNREADABLE.contains(&a.rule) =>
        {
            a.error == b.error && UNREADABLE.contains(&b.rule)
        }
        (Reply::Put(expected), Reply::PutReported(observed)) => {
            PutReport::from(expected) == *observed
        }
        (Reply::Failed(_), _) | (_, Reply::Failed(_)) => false,
        (Reply::Invalid(_) | Reply::InvalidWorld(_), Reply::InvalidSomehow) => true,
        (Reply::Refused(_), Reply::RefusedSomehow) => true,
        (Reply::Call(Outcome::Denied(_)), Reply::DeniedSomehow) => true,
        (Reply::Call(expected), Reply::Reported(observed)) => reported(expected, observed),
        _ => expected == observed,
    }
}

/// Whether an outcome is reported as it is: a reason agrees if it is one of those expected.
fn reported(expected: &Outcome, observed: &Outcome) -> bool {
    match (expected, observed) {
        (Outcome::Denied(expected), Outcome::Denied(observed)) => {
            let mut by = observed.by.iter();
            expected.kind == observed.kind
                && expected.at == observed.at
                && by.all(|policy_type| expected.by.contains(policy_type))
        }
        _ => expected == observed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use veriam_model::{Denial, DenialKind, Pair, PolicySlot, PolicyType, PutPlace, PutRefusal};

    fn invalid(rule: u16, offset: usize) -> Reply {
        Reply::Invalid(InvalidPolicy {
            policy: PolicySlot::Boundary,
            rule: RuleId::iam(rule),
            offset,
        })
    }

    fn refused(rule: u16, offset: usize) -> Reply {
        Reply::Refused(Fault {
            offset,
            rule: RuleId::iam(rule),
        })
    }

    #[test]
    fn invalid_replies_agree_on_rule_and_offset_unless_the_text_is_unreadable() {
        for reply in [invalid, refused] {
            assert!(agree(&reply(59, 7), &reply(59, 7)));
            assert!(!agree(&reply(59, 7), &reply(59, 8)));
            assert!(!agree(&reply(59, 7), &reply(60, 7)));
            assert!(agree(&reply(2, 7), &reply(71, 0)));
            assert!(!agree(&reply(2, 7), &reply(59, 7)));
            assert!(!agree(&reply(59, 7), &reply(2, 7)));
        }
        assert!(!agree(&Reply::Accepted, &refused(2, 0)));
    }

    #[test]
    fn what_a_target_does_not_say_is_not_asked() {
        assert!(agree(&invalid(59, 7), &Reply::InvalidSomehow));
        assert!(agree(&refused(59, 7), &Reply::RefusedSomehow));
        assert!(!agree(&refused(59, 7), &Reply::InvalidSomehow));
        assert!(!agree(
            &Reply::Decided(Decision::Allow),
            &Reply::InvalidSomehow
        ));
        assert!(!agree(&Reply::Accepted, &Reply::RefusedSomehow));
    }

    #[test]
    fn a_reported_reason_agrees_if_it_is_one_of_those_expected() {
        let denied = |resource: &str, by: &[PolicyType]| {
            Outcome::Denied(Denial {
                kind: DenialKind::Implicit,
                at: Pair {
                    action: "a:B".to_owned(),
                    resource: resource.to_owned(),
                },
                by: by.iter().copied().collect(),
            })
        };
        use PolicyType::{Identity, Resource, Scp};
        let expected = Reply::Call(denied("r", &[Identity, Resource]));
        for by in [&[][..], &[Identity], &[Resource], &[Identity, Resource]] {
            assert!(agree(&expected, &Reply::Reported(denied("r", by))));
        }
        for wrong in [denied("r", &[Scp]), denied("s", &[]), Outcome::Allowed] {
            assert!(!agree(&expected, &Reply::Reported(wrong)));
        }
        assert!(!agree(&expected, &Reply::Call(denied("r", &[Identity]))));
    }

    #[test]
    fn puts_agree_on_rule_and_place_between_judges_and_on_the_error_with_others() {
        let refused = |rule, offset| {
            let at = PutPlace::Policy {
                pointer: String::new(),
                offset,
            };
            let error = PutError::Validation;
            Reply::Put(PutOutcome::Refused(PutRefusal { error, rule, at }))
        };
        let (exact, json) = (RuleId::agentcore(143), RuleId::iam(2));
        assert!(agree(&refused(exact, 7), &refused(exact, 7)));
        assert!(!agree(&refused(exact, 7), &refused(exact, 8)));
        assert!(!agree(
            &refused(exact, 7),
            &refused(RuleId::agentcore(146), 7)
        ));
        assert!(agree(&refused(json, 7), &refused(RuleId::iam(71), 0)));
        assert!(!agree(&refused(json, 7), &refused(exact, 7)));
        let stored = Reply::Put(PutOutcome::Stored);
        assert!(!agree(&stored, &refused(exact, 7)));
        let (told, error) = (PutReport::Stored, PutReport::Refused);
        for (reply, report, agrees) in [
            (&stored, told, true),
            (&stored, error(PutError::Validation), false),
            (&refused(exact, 7), error(PutError::Validation), true),
            (&refused(exact, 7), error(PutError::AccessDenied), false),
            (&refused(exact, 7), told, false),
        ] {
            assert_eq!(agree(reply, &Reply::PutReported(report)), agrees);
        }
    }

    #[test]
    fn a_failure_agrees_with_nothing() {
        let failed = Reply::Failed("x".to_owned());
        assert!(!agree(&failed, &failed));
        assert!(!agree(&Reply::Malformed, &failed));
    }

    #[test]
    fn the_first_fault_of_a_document_is_the_one_that_counts() {
        let fault = |offset, rule| Fault {
            offset,
            rule: RuleId::iam(rule),
        };
        let faults = [fault(9, 3), fault(4, 60), fault(4, 59)];
        assert_eq!(Reply::to_document(faults.into_iter()), refused(59, 4));
        assert_eq!(Reply::to_document(std::iter::empty()), Reply::Accepted);
    }
}
