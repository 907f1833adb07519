//! Decisions, and the answers a judge gives line by line.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Fault, PolicySlot, RuleId};

/// The decision of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Every required policy allows and none denies.
    Allow,
    /// Some Deny statement that counts applies.
    ExplicitDeny,
    /// No Deny applies, but a required Allow is missing.
    ImplicitDeny,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Decision; 3] = [
        Decision::Allow,
        Decision::ExplicitDeny,
        Decision::ImplicitDeny,
    ];

    /// The name used on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Decision::Allow => "allow",
            Decision::ExplicitDeny => "explicit_deny",
            Decision::ImplicitDeny => "implicit_deny",
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The effect of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Verb {
    /// `"Effect": "Allow"`
    Allow,
    /// `"Effect": "Deny"`
    Deny,
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verb::Allow => "Allow",
            Verb::Deny => "Deny",
        })
    }
}

/// The first fault of the first invalid policy of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct InvalidPolicy {
    /// Which policy, as its path on the wire.
    pub policy: PolicySlot,
    /// The rule it breaks.
    pub rule: RuleId,
    /// Byte offset into that policy's text.
    pub offset: usize,
}

impl InvalidPolicy {
    /// The answer for `policy` whose first fault is `fault`.
    #[must_use]
    pub fn new(policy: PolicySlot, fault: Fault) -> Self {
        Self {
            policy,
            rule: fault.rule,
            offset: fault.offset,
        }
    }
}

/// A check that is no question: an error, not a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedRequest {
    /// The member at fault as its path on the wire, for example `principal.arn`.
    pub member: &'static str,
    /// What stands there, as JSON.
    pub found: String,
    /// What must stand there.
    pub expected: &'static str,
}

impl MalformedRequest {
    /// The error for `member`, where `found` stands (nothing: null) instead of `expected`.
    #[must_use]
    pub fn new(member: &'static str, found: Option<&str>, expected: &'static str) -> Self {
        Self {
            member,
            found: serde_json::to_string(&found).unwrap_or_default(),
            expected,
        }
    }
}

impl fmt::Display for MalformedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            member,
            found,
            expected,
        } = self;
        write!(
            f,
            "malformed request: `{member}` is {found}; write {expected}"
        )
    }
}

impl std::error::Error for MalformedRequest {}

/// One answer line of `veriam decide`: `{"id","decision"}` or `{"id","invalid":{…}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The check's id; null when it had none.
    pub id: Option<String>,
    /// The decision, if every policy was valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// The fault, if one was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invalid: Option<InvalidPolicy>,
}

impl Answer {
    /// An answer with a decision.
    #[must_use]
    pub fn decided(id: Option<String>, decision: Decision) -> Self {
        Self {
            id,
            decision: Some(decision),
            invalid: None,
        }
    }

    /// An answer that names an invalid policy.
    #[must_use]
    pub fn invalid(id: Option<String>, invalid: InvalidPolicy) -> Self {
        Self {
            id,
            decision: None,
            invalid: Some(invalid),
        }
    }

    /// The answer as one JSON line, without the line feed.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
