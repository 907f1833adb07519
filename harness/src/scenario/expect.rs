//! What should become of a call, and whether a verdict is that.

use std::fmt;

use veriam_model::{
    Choice, DenialKind, Dialect, InvalidCall, Outcome, Pair, PolicyTypes, Rejection,
};
use veriam_oracle::CallVerdict;

use crate::labels::ResourceType;

/// What an author expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// This outcome, whatever the open choices.
    Outcome(Expected),
    /// The documentation leaves it open.
    Open {
        /// The choices it turns on.
        choices: Vec<Choice>,
        /// The outcome under readings of the only choice, by name.
        readings: Vec<(&'static str, Expected)>,
        /// The outcome under the default readings.
        default: Option<Expected>,
    },
}

/// An outcome, as far as the author says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Allowed.
    Allowed,
    /// Denied by policies.
    Denied {
        /// How; none: either way.
        kind: Option<DenialKind>,
        /// Policy types that must be among those that deny.
        by: PolicyTypes,
        /// Where; none: anywhere.
        at: Option<Level>,
        /// The action that fails; none: any.
        action: Option<String>,
    },
    /// Turned away before any policy.
    Rejected(Rejection),
    /// Asks for something that is not there.
    Invalid(InvalidCall),
}

/// The resource at which a call fails, by its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The runtime.
    Runtime,
    /// The endpoint of the runtime or harness.
    Endpoint,
    /// The gateway.
    Gateway,
    /// The memory.
    Memory,
    /// The harness.
    Harness,
    /// The browser or code interpreter.
    Tool,
    /// The workload identity.
    WorkloadIdentity,
    /// The directory of workload identities.
    Directory,
    /// The credential provider.
    Provider,
    /// The token vault.
    Vault,
    /// The role.
    Role,
    /// The KMS key.
    Key,
    /// None: the action is about the account as a whole.
    Account,
    /// A resource of another service.
    Resource,
}

impl Level {
    /// Every level, in declaration order.
    pub const ALL: [Level; 14] = [
        Level::Runtime,
        Level::Endpoint,
        Level::Gateway,
        Level::Memory,
        Level::Harness,
        Level::Tool,
        Level::WorkloadIdentity,
        Level::Directory,
        Level::Provider,
        Level::Vault,
        Level::Role,
        Level::Key,
        Level::Account,
        Level::Resource,
    ];

    /// The resource of a pair.
    #[must_use]
    pub fn of(pair: &Pair) -> Self {
        match ResourceType::of(&pair.resource) {
            ResourceType::Runtime => Level::Runtime,
            ResourceType::RuntimeEndpoint | ResourceType::HarnessEndpoint => Level::Endpoint,
            ResourceType::Gateway => Level::Gateway,
            ResourceType::Memory => Level::Memory,
            ResourceType::Harness => Level::Harness,
            ResourceType::Tool | ResourceType::CustomTool => Level::Tool,
            ResourceType::WorkloadIdentity => Level::WorkloadIdentity,
            ResourceType::Directory => Level::Directory,
            ResourceType::Provider => Level::Provider,
            ResourceType::Vault => Level::Vault,
            ResourceType::Role => Level::Role,
            ResourceType::Key => Level::Key,
            ResourceType::None => Level::Account,
            ResourceType::Object
            | ResourceType::Bucket
            | ResourceType::Table
            | ResourceType::User
            | ResourceType::Other => Level::Resource,
        }
    }

    /// Its name in scenarios.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Level::Runtime => "runtime",
            Level::Endpoint => "endpoint",
            Level::Gateway => "gateway",
            Level::Memory => "memory",
            Level::Harness => "harness",
            Level::Tool => "tool",
            Level::WorkloadIdentity => "workload identity",
            Level::Directory => "directory",
            Level::Provider => "provider",
            Level::Vault => "vault",
            Level::Role => "role",
            Level::Key => "key",
            Level::Account => "account",
            Level::Resource => "resource",
        }
    }
}

impl Expected {
    /// Whether an outcome is the expected one.
    #[must_use]
    pub fn agrees(&self, outcome: &Outcome) -> bool {
        match (self, outcome) {
            (Expected::Allowed, Outcome::Allowed) => true,
            (
                Expected::Denied {
                    kind,
                    by,
                    at,
                    action,
                },
                Outcome::Denied(denial),
            ) => {
                kind.is_none_or(|kind| kind == denial.kind)
                    && by.iter().all(|policy_type| denial.by.contains(policy_type))
                    && at.is_none_or(|level| level == Level::of(&denial.at))
                    && action.as_ref().is_none_or(|a| *a == denial.at.action)
            }
            (Expected::Rejected(expected), Outcome::Rejected(found)) => expected == found,
            (Expected::Invalid(expected), Outcome::Invalid(found)) => expected == found,
            _ => false,
        }
    }

    /// Whether it lets the call through.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        *self == Expected::Allowed
    }
}

impl Expectation {
    /// Whether a verdict is the expected one.
    #[must_use]
    pub fn agrees(&self, verdict: &CallVerdict) -> bool {
        match (self, verdict) {
            (Expectation::Outcome(expected), CallVerdict::Determined(judgement)) => {
                expected.agrees(&judgement.outcome)
            }
            (
                Expectation::Open {
                    choices,
                    readings,
                    default,
                },
                CallVerdict::Undetermined {
                    default: judgement,
                    choices: found,
                    readings: outcomes,
                },
            ) => {
                let named = |(name, expected): &(&'static str, Expected)| {
                    let mut outcomes = outcomes.iter();
                    outcomes
                        .find(|(dialect, _)| choices.iter().any(|c| reading(dialect, *c) == *name))
                        .is_some_and(|(_, outcome)| expected.agrees(outcome))
                };
                choices.len() == found.iter().count()
                    && choices.iter().all(|choice| found.contains(*choice))
                    && readings.iter().all(named)
                    && default
                        .as_ref()
                        .is_none_or(|d| d.agrees(&judgement.outcome))
            }
            _ => false,
        }
    }

    /// Whether the author names this side, allowed or not, as an outcome.
    #[must_use]
    pub fn may_be(&self, allowed: bool) -> bool {
        match self {
            Expectation::Outcome(expected) => expected.is_allowed() == allowed,
            Expectation::Open {
                readings, default, ..
            } => {
                let readings = readings.iter().map(|(_, expected)| expected);
                readings
                    .chain(default)
                    .any(|expected| expected.is_allowed() == allowed)
            }
        }
    }

    /// Whether the author expects it to be let through; none where it is left open.
    #[must_use]
    pub fn is_allowed(&self) -> Option<bool> {
        match self {
            Expectation::Outcome(expected) => Some(expected.is_allowed()),
            Expectation::Open { .. } => None,
        }
    }
}

/// The name of the reading a dialect has of a choice.
pub(crate) fn reading(dialect: &Dialect, choice: Choice) -> &'static str {
    choice.reading_names()[dialect.index(choice)]
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expected::Allowed => f.write_str("allowed"),
            Expected::Denied {
                kind,
                by,
                at,
                action,
            } => {
                f.write_str(match kind {
                    Some(DenialKind::Explicit) => "denied explicitly",
                    Some(DenialKind::Implicit) => "denied for want of an Allow",
                    None => "denied",
                })?;
                for (i, policy_type) in by.iter().enumerate() {
                    let and = if i == 0 { " by " } else { " and " };
                    write!(f, "{and}{}", policy_type.title())?;
                }
                if let Some(level) = at {
                    write!(f, ", at the {}", level.name())?;
                }
                match action {
                    Some(action) => write!(f, ", on {action}"),
                    None => Ok(()),
                }
            }
            Expected::Rejected(rejection) => Outcome::Rejected(*rejection).fmt(f),
            Expected::Invalid(invalid) => Outcome::Invalid(*invalid).fmt(f),
        }
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expectation::Outcome(expected) => expected.fmt(f),
            Expectation::Open {
                choices,
                readings,
                default,
            } => {
                f.write_str("left open by ")?;
                for (i, choice) in choices.iter().enumerate() {
                    let and = if i == 0 { "" } else { " and " };
                    write!(f, "{and}{}", choice.rule())?;
                }
                for (name, expected) in readings {
                    write!(f, "; {name}: {expected}")?;
                }
                match default {
                    Some(expected) => write!(f, "; by default: {expected}"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// An outcome with its place: `denied explicitly by resource-based policy, at the endpoint`.
#[must_use]
pub(crate) fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Denied(denial) => format!(
            "{outcome}, at the {}, on {}",
            Level::of(&denial.at).name(),
            denial.at.action.trim_start_matches("bedrock-agentcore:")
        ),
        other => other.to_string(),
    }
}
