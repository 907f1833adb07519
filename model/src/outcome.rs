//! The outcome of a call.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::PolicyType;

/// What becomes of a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every pair is allowed.
    Allowed,
    /// Policies deny it.
    Denied(Denial),
    /// It is turned away before any policy is read.
    Rejected(Rejection),
    /// It asks for something that is not there; no authorization result.
    Invalid(InvalidCall),
}

/// A denial by policies.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Denial {
    /// By a Deny statement, or for want of an Allow.
    pub kind: DenialKind,
    /// The pair that fails: the first explicitly denied one, else the first implicitly denied one, in expansion order.
    pub at: Pair,
    /// The policy types that deny, or that would have had to allow and do not. A reported reason agrees if it is
    /// one of them.
    pub by: PolicyTypes,
}

/// How a denial comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DenialKind {
    /// A Deny statement applies.
    Explicit,
    /// No Deny applies, but a required Allow is missing.
    Implicit,
}

/// One (action, resource) pair of a call: one check.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// `service:Name`
    pub action: String,
    /// The ARN of the resource.
    pub resource: String,
}

/// Why a call is turned away before any policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// Neither signature nor token (AC-112, AC-130).
    Unauthenticated,
    /// A signature where a token is wanted, or the reverse (AC-129).
    MethodMismatch,
    /// A token the authorizer does not accept (AC-112, AC-132).
    BadToken,
    /// A token without any of the scopes that a gateway wants (AC-134).
    InsufficientScope,
}

impl Rejection {
    /// Every rejection, in declaration order.
    pub const ALL: [Rejection; 4] = [
        Rejection::Unauthenticated,
        Rejection::MethodMismatch,
        Rejection::BadToken,
        Rejection::InsufficientScope,
    ];

    /// The name used on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Rejection::Unauthenticated => "unauthenticated",
            Rejection::MethodMismatch => "method_mismatch",
            Rejection::BadToken => "bad_token",
            Rejection::InsufficientScope => "insufficient_scope",
        }
    }
}

/// Why a call is no question of authorization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum InvalidCall {
    /// The runtime or harness has no endpoint of that name.
    NoSuchEndpoint,
    /// The bare id of a memory leads to nothing in the caller's account (AC-241).
    NoSuchMemory,
    /// The runtime takes signatures, so it has no metadata about tokens (AC-171).
    NoMetadata,
    /// The workload identity is managed by a service, which alone may use it (AC-249).
    ManagedIdentity,
}

impl InvalidCall {
    /// Every reason, in declaration order.
    pub const ALL: [InvalidCall; 4] = [
        InvalidCall::NoSuchEndpoint,
        InvalidCall::NoSuchMemory,
        InvalidCall::NoMetadata,
        InvalidCall::ManagedIdentity,
    ];

    /// The name used on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            InvalidCall::NoSuchEndpoint => "no_such_endpoint",
            InvalidCall::NoSuchMemory => "no_such_memory",
            InvalidCall::NoMetadata => "no_metadata",
            InvalidCall::ManagedIdentity => "managed_identity",
        }
    }
}

impl fmt::Display for Outcome {
    /// In words, without the ARN: `allowed`, `denied explicitly by resource-based policy`, …
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Allowed => f.write_str("allowed"),
            Outcome::Denied(denial) => {
                f.write_str(match denial.kind {
                    DenialKind::Explicit => "denied explicitly by ",
                    DenialKind::Implicit => "denied for want of an Allow by ",
                })?;
                for (i, policy_type) in denial.by.iter().enumerate() {
                    let and = if i == 0 { "" } else { " and " };
                    write!(f, "{and}{}", policy_type.title())?;
                }
                Ok(())
            }
            Outcome::Rejected(Rejection::Unauthenticated) => {
                f.write_str("rejected: unauthenticated")
            }
            Outcome::Rejected(Rejection::MethodMismatch) => {
                f.write_str("rejected: authorization method mismatch")
            }
            Outcome::Rejected(Rejection::BadToken) => f.write_str("rejected: bad token"),
            Outcome::Rejected(Rejection::InsufficientScope) => {
                f.write_str("rejected: insufficient scope")
            }
            Outcome::Invalid(InvalidCall::NoSuchEndpoint) => {
                f.write_str("invalid: no such endpoint")
            }
            Outcome::Invalid(InvalidCall::NoSuchMemory) => {
                f.write_str("invalid: no memory of that id in the caller's account")
            }
            Outcome::Invalid(InvalidCall::NoMetadata) => {
                f.write_str("invalid: no metadata about tokens")
            }
            Outcome::Invalid(InvalidCall::ManagedIdentity) => {
                f.write_str("invalid: the workload identity is managed by a service")
            }
        }
    }
}

/// A set of policy types, iterated in declaration order.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyTypes(u16);

impl PolicyTypes {
    /// The empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self(0)
    }

    /// Adds a type.
    pub const fn insert(&mut self, policy_type: PolicyType) {
        self.0 |= 1 << policy_type as u16;
    }

    /// The set with one more type.
    #[must_use]
    pub const fn with(mut self, policy_type: PolicyType) -> Self {
        self.insert(policy_type);
        self
    }

    /// Whether the type is in the set.
    #[must_use]
    pub const fn contains(self, policy_type: PolicyType) -> bool {
        self.0 & (1 << policy_type as u16) != 0
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The types, in declaration order.
    pub fn iter(self) -> impl Iterator<Item = PolicyType> {
        PolicyType::ALL
            .into_iter()
            .filter(move |&t| self.contains(t))
    }
}

impl FromIterator<PolicyType> for PolicyTypes {
    fn from_iter<I: IntoIterator<Item = PolicyType>>(types: I) -> Self {
        types.into_iter().fold(Self::new(), Self::with)
    }
}

impl fmt::Debug for PolicyTypes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for PolicyTypes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for PolicyTypes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<PolicyType>::deserialize(deserializer)?
            .into_iter()
            .collect())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for PolicyTypes {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PolicyTypes".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Vec::<PolicyType>::json_schema(generator)
    }
}
