//! Policies: their types, their text, their place in a check, their faults.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::RuleId;

/// What a policy document is attached to, which decides the grammar it must follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PolicyType {
    /// Identity-based policy of a user, group or role.
    Identity,
    /// Resource-based policy of a resource that is neither a role nor a KMS key.
    Resource,
    /// Trust policy of a role.
    Trust,
    /// Key policy of a KMS key.
    Key,
    /// Permissions boundary.
    Boundary,
    /// Session policy.
    Session,
    /// Service control policy.
    Scp,
    /// Resource control policy.
    Rcp,
    /// VPC endpoint policy.
    Endpoint,
}

impl PolicyType {
    /// Every policy type, in declaration order.
    pub const ALL: [PolicyType; 9] = [
        PolicyType::Identity,
        PolicyType::Resource,
        PolicyType::Trust,
        PolicyType::Key,
        PolicyType::Boundary,
        PolicyType::Session,
        PolicyType::Scp,
        PolicyType::Rcp,
        PolicyType::Endpoint,
    ];

    /// The name used on the wire and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            PolicyType::Identity => "identity",
            PolicyType::Resource => "resource",
            PolicyType::Trust => "trust",
            PolicyType::Key => "key",
            PolicyType::Boundary => "boundary",
            PolicyType::Session => "session",
            PolicyType::Scp => "scp",
            PolicyType::Rcp => "rcp",
            PolicyType::Endpoint => "endpoint",
        }
    }

    /// What people call such a policy, for messages.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            PolicyType::Identity => "identity-based policy",
            PolicyType::Resource => "resource-based policy",
            PolicyType::Trust => "role trust policy",
            PolicyType::Key => "KMS key policy",
            PolicyType::Boundary => "permissions boundary",
            PolicyType::Session => "session policy",
            PolicyType::Scp => "service control policy",
            PolicyType::Rcp => "resource control policy",
            PolicyType::Endpoint => "VPC endpoint policy",
        }
    }
}

impl fmt::Display for PolicyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no policy type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsePolicyTypeError;

impl fmt::Display for ParsePolicyTypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a policy type; use one of ")?;
        for (i, policy_type) in PolicyType::ALL.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{policy_type}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ParsePolicyTypeError {}

impl FromStr for PolicyType {
    type Err = ParsePolicyTypeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        PolicyType::ALL
            .into_iter()
            .find(|t| t.name() == text)
            .ok_or(ParsePolicyTypeError)
    }
}

/// The text of one policy document, exactly as somebody wrote it.
///
/// On the wire either a JSON string holding the text or a JSON object, whose source text is taken as it
/// stands: repeated members, member order and number spelling reach the judge untouched. Written as a string.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyText(String);

impl PolicyText {
    /// Wraps a text; nothing is checked.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl Serialize for PolicyText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PolicyText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'{') => Ok(Self(text.to_owned())),
            Some(b'"') => serde_json::from_str(text)
                .map(Self)
                .map_err(serde::de::Error::custom),
            _ => Err(serde::de::Error::custom(
                "a policy must be a JSON object or a string that holds the policy's text",
            )),
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for PolicyText {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PolicyText".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": ["object", "string"],
            "description": "A policy document, or a string that holds its text"
        })
    }
}

/// Where in a [`Check`](crate::Check) a policy stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicySlot {
    /// `identity_policies[i]`
    Identity(usize),
    /// `resource_policy`
    Resource,
    /// `boundary`
    Boundary,
    /// `session_policy`
    Session,
    /// `scps[level][i]`
    Scp(usize, usize),
    /// `rcps[level][i]`
    Rcp(usize, usize),
    /// `endpoint_policy`
    Endpoint,
}

impl fmt::Display for PolicySlot {
    /// The member's path on the wire, for example `scps[0][1]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PolicySlot::Identity(i) => write!(f, "identity_policies[{i}]"),
            PolicySlot::Resource => f.write_str("resource_policy"),
            PolicySlot::Boundary => f.write_str("boundary"),
            PolicySlot::Session => f.write_str("session_policy"),
            PolicySlot::Scp(level, i) => write!(f, "scps[{level}][{i}]"),
            PolicySlot::Rcp(level, i) => write!(f, "rcps[{level}][{i}]"),
            PolicySlot::Endpoint => f.write_str("endpoint_policy"),
        }
    }
}

impl Serialize for PolicySlot {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One grammar fault of a policy document: the rule it breaks and where.
///
/// Ordered by place, then rule: the first fault of a document is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Fault {
    /// Byte offset into the policy's text, from 0.
    pub offset: usize,
    /// The rule the document breaks.
    pub rule: RuleId,
}
