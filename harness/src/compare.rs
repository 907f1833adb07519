//! What a judge replies to a check, and when two replies agree.

use std::fmt;

use serde::{Deserialize, Serialize};
use veriam_evaluator::{Engine, MalformedRequest, Request};
use veriam_model::{Check, Decision, Dialect, InvalidPolicy, RuleId};
use veriam_oracle as oracle;

/// Rules that end reading at once (readings 1.1). Which of them is named when a text breaks several is left to
/// the judge: both have to find the text unreadable.
pub const UNREADABLE: [RuleId; 4] = [
    RuleId::iam(1),
    RuleId::iam(2),
    RuleId::iam(71),
    RuleId::iam(72),
];

/// What a judge replies to a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A decision.
    Decided(Decision),
    /// A policy of the check is invalid.
    Invalid(InvalidPolicy),
    /// The request of the check is no question.
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
            Reply::Malformed => Kind::Malformed,
            Reply::Unsupported(_) => Kind::Unsupported,
            Reply::Failed(_) => Kind::Failed,
        }
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
            Reply::Malformed => f.write_str("malformed request"),
            Reply::Unsupported(why) => write!(f, "unsupported ({why})"),
            Reply::Failed(how) => write!(f, "failed ({how})"),
        }
    }
}

/// A reply as far as it names one and the same mistake: no offsets, no slots, no messages.
///
/// Written as its text: a decision's name, `invalid IAM-059`, `malformed`, `unsupported` or `failed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A decision.
    Decided(Decision),
    /// Some policy breaks this rule.
    Invalid(RuleId),
    /// The request is no question.
    Malformed,
    /// The target cannot be asked this.
    Unsupported,
    /// The target broke.
    Failed,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Decided(decision) => decision.fmt(f),
            Kind::Invalid(rule) => write!(f, "invalid {rule}"),
            Kind::Malformed => f.write_str("malformed"),
            Kind::Unsupported => f.write_str("unsupported"),
            Kind::Failed => f.write_str("failed"),
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let decision = Decision::ALL.into_iter().find(|d| d.name() == text);
        match text {
            "malformed" => Ok(Kind::Malformed),
            "unsupported" => Ok(Kind::Unsupported),
            "failed" => Ok(Kind::Failed),
            _ => decision
                .map(Kind::Decided)
                .or_else(|| {
                    let rule = text.strip_prefix("invalid ")?.parse().ok()?;
                    Some(Kind::Invalid(rule))
                })
                .ok_or_else(|| {
                    format!(
                        "`{text}` is no reply; write a decision, `invalid IAM-059`, `malformed` or `failed`"
                    )
                }),
        }
    }
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What the oracle replies under a dialect.
#[must_use]
pub fn oracle_answer(check: &Check, dialect: &Dialect) -> Reply {
    match oracle::judge(check, dialect) {
        Ok(judgement) => oracle_reply(judgement.outcome),
        Err(_) => Reply::Malformed,
    }
}

/// An outcome of the oracle as a reply.
#[must_use]
pub fn oracle_reply(outcome: oracle::CheckOutcome) -> Reply {
    match outcome {
        oracle::CheckOutcome::Decided(decision) => Reply::Decided(decision),
        oracle::CheckOutcome::Invalid(invalid) => Reply::Invalid(invalid),
    }
}

/// What the evaluator replies under a dialect. May panic when the evaluator has a bug; targets catch that.
#[must_use]
pub fn evaluator_answer(check: &Check, dialect: &Dialect) -> Reply {
    match evaluate(check, dialect) {
        Ok(outcome) => oracle_reply(outcome),
        Err(_) => Reply::Malformed,
    }
}

/// The evaluator's outcome under a dialect.
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

/// Whether two replies are the same answer: equal decisions, the same place and rule in the same policy, both
/// malformed. Two unreadable policies in the same slot are alike ([`UNREADABLE`]).
#[must_use]
pub fn agree(expected: &Reply, observed: &Reply) -> bool {
    match (expected, observed) {
        (Reply::Invalid(a), Reply::Invalid(b)) if UNREADABLE.contains(&a.rule) => {
            a.policy == b.policy && UNREADABLE.contains(&b.rule)
        }
        (Reply::Failed(_), _) | (_, Reply::Failed(_)) => false,
        _ => expected == observed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use veriam_model::PolicySlot;

    fn invalid(rule: u16, offset: usize) -> Reply {
        Reply::Invalid(InvalidPolicy {
            policy: PolicySlot::Boundary,
            rule: RuleId::iam(rule),
            offset,
        })
    }

    #[test]
    fn invalid_replies_agree_on_rule_and_offset_unless_the_text_is_unreadable() {
        assert!(agree(&invalid(59, 7), &invalid(59, 7)));
        assert!(!agree(&invalid(59, 7), &invalid(59, 8)));
        assert!(!agree(&invalid(59, 7), &invalid(60, 7)));
        assert!(agree(&invalid(2, 7), &invalid(71, 0)));
        assert!(!agree(&invalid(2, 7), &invalid(59, 7)));
        assert!(!agree(&invalid(59, 7), &invalid(2, 7)));
    }

    #[test]
    fn a_failure_agrees_with_nothing() {
        let failed = Reply::Failed("x".to_owned());
        assert!(!agree(&failed, &failed));
        assert!(!agree(&Reply::Malformed, &failed));
    }

    #[test]
    fn kinds_read_as_they_are_written() {
        let kinds = [
            Kind::Decided(Decision::ImplicitDeny),
            Kind::Invalid(RuleId::iam(59)),
            Kind::Malformed,
            Kind::Unsupported,
            Kind::Failed,
        ];
        for kind in kinds {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        assert!("invalid".parse::<Kind>().is_err());
        assert!("maybe".parse::<Kind>().is_err());
    }
}
