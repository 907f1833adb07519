//! A reply as far as it names one and the same mistake.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use veriam_model::{
    Decision, DenialKind, InvalidCall, Outcome, PolicyType, PolicyTypes, PutError, Rejection,
    RuleId,
};

/// A reply without what changes when a case shrinks: no offsets, no places, no ARNs, no messages.
///
/// Written as its text: a decision's name (`explicit_deny`), `invalid IAM-059`, `accepted`, `refused IAM-059`, a call's
/// outcome (`call allowed`, `call denied implicit by identity+resource`, `call rejected bad_token`,
/// `call invalid no_such_endpoint`), `put stored`, `put refused ValidationException AC-143`, `malformed`, `unsupported` or
/// `failed`. A target that does not say which rule is broken, or who denies, gives `invalid`, `refused` and
/// `call denied implicit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The decision of a check.
    Decided(Decision),
    /// Some policy of a check or call breaks this rule.
    Invalid(RuleId),
    /// Some policy of a check or call is invalid, and the target does not say why.
    InvalidSomehow,
    /// The document is valid.
    Accepted,
    /// The document's first fault breaks this rule.
    Refused(RuleId),
    /// The document is invalid, and the target does not say why.
    RefusedSomehow,
    /// What becomes of a call.
    Call(OutcomeKind),
    /// A call is denied by policies, and the target does not say how.
    DeniedSomehow,
    /// A resource-based policy is stored.
    PutStored,
    /// It is not, with that error of AWS's, and the rule it breaks where that is told.
    PutRefused(PutError, Option<RuleId>),
    /// The request is no question.
    Malformed,
    /// The target cannot be asked this.
    Unsupported,
    /// The target broke.
    Failed,
}

/// The outcome of a call without names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutcomeKind {
    /// Allowed.
    Allowed,
    /// Denied, how and by which policy types; none where the target does not say.
    Denied(DenialKind, PolicyTypes),
    /// Turned away before any policy.
    Rejected(Rejection),
    /// No question of authorization.
    Invalid(InvalidCall),
}

impl From<&Outcome> for OutcomeKind {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Allowed => OutcomeKind::Allowed,
            Outcome::Denied(denial) => OutcomeKind::Denied(denial.kind, denial.by),
            Outcome::Rejected(rejection) => OutcomeKind::Rejected(*rejection),
            Outcome::Invalid(invalid) => OutcomeKind::Invalid(*invalid),
        }
    }
}

impl fmt::Display for OutcomeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OutcomeKind::Allowed => f.write_str("allowed"),
            OutcomeKind::Denied(kind, by) => {
                let kind = match kind {
                    DenialKind::Explicit => "explicit",
                    DenialKind::Implicit => "implicit",
                };
                write!(f, "denied {kind}")?;
                for (i, policy_type) in by.iter().enumerate() {
                    let plus = if i == 0 { " by " } else { "+" };
                    write!(f, "{plus}{policy_type}")?;
                }
                Ok(())
            }
            OutcomeKind::Rejected(rejection) => write!(f, "rejected {}", rejection.name()),
            OutcomeKind::Invalid(invalid) => write!(f, "invalid {}", invalid.name()),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Decided(decision) => decision.fmt(f),
            Kind::Invalid(rule) => write!(f, "invalid {rule}"),
            Kind::InvalidSomehow => f.write_str("invalid"),
            Kind::RefusedSomehow => f.write_str("refused"),
            Kind::Accepted => f.write_str("accepted"),
            Kind::Refused(rule) => write!(f, "refused {rule}"),
            Kind::Call(outcome) => write!(f, "call {outcome}"),
            Kind::DeniedSomehow => f.write_str("call denied"),
            Kind::PutStored => f.write_str("put stored"),
            Kind::PutRefused(error, None) => write!(f, "put refused {error}"),
            Kind::PutRefused(error, Some(rule)) => write!(f, "put refused {error} {rule}"),
            Kind::Malformed => f.write_str("malformed"),
            Kind::Unsupported => f.write_str("unsupported"),
            Kind::Failed => f.write_str("failed"),
        }
    }
}

/// The text names no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseKindError(String);

impl fmt::Display for ParseKindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text) = self;
        write!(
            f,
            "`{text}` is no reply; write a decision, `invalid IAM-059`, `accepted`, `refused IAM-059`, `call allowed`, \
             `call denied implicit by identity`, `put stored`, `put refused ValidationException AC-143`, `malformed` or \
             `failed`"
        )
    }
}

impl std::error::Error for ParseKindError {}

impl FromStr for Kind {
    type Err = ParseKindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rule = |rest: &str| rest.parse::<RuleId>().ok();
        let kind = match text.split_once(' ') {
            None => match text {
                "accepted" => Some(Kind::Accepted),
                "invalid" => Some(Kind::InvalidSomehow),
                "refused" => Some(Kind::RefusedSomehow),
                "malformed" => Some(Kind::Malformed),
                "unsupported" => Some(Kind::Unsupported),
                "failed" => Some(Kind::Failed),
                _ => Decision::ALL
                    .into_iter()
                    .find(|d| d.name() == text)
                    .map(Kind::Decided),
            },
            Some(("invalid", rest)) => rule(rest).map(Kind::Invalid),
            Some(("refused", rest)) => rule(rest).map(Kind::Refused),
            Some(("call", "denied")) => Some(Kind::DeniedSomehow),
            Some(("call", rest)) => outcome(rest).map(Kind::Call),
            Some(("put", "stored")) => Some(Kind::PutStored),
            Some(("put", rest)) => put_refused(rest),
            Some(_) => None,
        };
        kind.ok_or_else(|| ParseKindError(text.to_owned()))
    }
}

fn put_refused(text: &str) -> Option<Kind> {
    let rest = text.strip_prefix("refused ")?;
    let (error, rule) = match rest.split_once(' ') {
        Some((error, rule)) => (error, Some(rule.parse::<RuleId>().ok()?)),
        None => (rest, None),
    };
    let error = PutError::ALL.into_iter().find(|e| e.name() == error)?;
    Some(Kind::PutRefused(error, rule))
}

fn outcome(text: &str) -> Option<OutcomeKind> {
    if text == "allowed" {
        return Some(OutcomeKind::Allowed);
    }
    let (word, rest) = text.split_once(' ')?;
    match word {
        "denied" => {
            let (kind, by) = match rest.split_once(" by ") {
                Some((kind, by)) => (kind, Some(by)),
                None => (rest, None),
            };
            let kind = match kind {
                "explicit" => DenialKind::Explicit,
                "implicit" => DenialKind::Implicit,
                _ => return None,
            };
            let by: Option<PolicyTypes> = by
                .into_iter()
                .flat_map(|by| by.split('+'))
                .map(|t| t.parse::<PolicyType>().ok())
                .collect();
            Some(OutcomeKind::Denied(kind, by?))
        }
        "rejected" => Rejection::ALL
            .into_iter()
            .find(|r| r.name() == rest)
            .map(OutcomeKind::Rejected),
        "invalid" => InvalidCall::ALL
            .into_iter()
            .find(|i| i.name() == rest)
            .map(OutcomeKind::Invalid),
        _ => None,
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

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Kind {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Kind".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A reply without places and names, for example `explicit_deny` or `call denied implicit by identity`"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_as_they_are_written() {
        let by = PolicyTypes::new()
            .with(PolicyType::Identity)
            .with(PolicyType::Endpoint);
        let kinds = [
            Kind::Decided(Decision::ImplicitDeny),
            Kind::Invalid(RuleId::iam(59)),
            Kind::Accepted,
            Kind::Refused(RuleId::iam(2)),
            Kind::Call(OutcomeKind::Allowed),
            Kind::Call(OutcomeKind::Denied(DenialKind::Explicit, by)),
            Kind::Call(OutcomeKind::Denied(
                DenialKind::Implicit,
                PolicyTypes::new().with(PolicyType::Scp),
            )),
            Kind::Call(OutcomeKind::Denied(
                DenialKind::Explicit,
                PolicyTypes::new(),
            )),
            Kind::InvalidSomehow,
            Kind::RefusedSomehow,
            Kind::DeniedSomehow,
            Kind::PutStored,
            Kind::PutRefused(PutError::AccessDenied, None),
            Kind::PutRefused(PutError::Validation, Some(RuleId::agentcore(143))),
            Kind::Malformed,
            Kind::Unsupported,
            Kind::Failed,
        ];
        let rejected = Rejection::ALL.map(|r| Kind::Call(OutcomeKind::Rejected(r)));
        let invalid = InvalidCall::ALL.map(|i| Kind::Call(OutcomeKind::Invalid(i)));
        for kind in kinds.into_iter().chain(rejected).chain(invalid) {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        for wrong in [
            "invalid maybe",
            "maybe",
            "call",
            "call maybe",
            "call denied by scp",
            "call denied explicit by nobody",
            "call rejected x",
            "put",
            "put refused",
            "put refused Exception",
            "put refused ValidationException x",
            "put stored AC-143",
            "",
        ] {
            assert!(wrong.parse::<Kind>().is_err(), "{wrong}");
        }
    }
}
