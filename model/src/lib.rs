//! The shared vocabulary of Veriam: what a check is, what a decision is, which facts AWS publishes.
//!
//! This crate is data. It holds no function from a pattern, an ARN or an operator to a verdict of any kind,
//! and it takes no ARN apart: the two judges (`veriam-oracle`, `veriam-evaluator`) share these types and
//! tables and nothing else, so that a mistake in one of them cannot hide in the other.
//!
//! * [`Check`]: one (principal, action, resource) question with every policy that counts and its context;
//!   [`Row`]: a check with its documented outcome, a line of a vector file.
//! * [`Decision`], [`Answer`]: what a judge says, and how it is written on the wire.
//! * [`PolicyType`], [`PolicyText`], [`PolicySlot`], [`Fault`]: policies travel as text.
//! * [`RuleId`], [`RuleSet`]: the rules an answer cites.
//! * [`Choice`], [`Dialect`]: points the documentation leaves open, with one reading each.
//! * [`facts`]: condition keys, partitions, services, quotas.

mod answer;
mod check;
mod choice;
pub mod facts;
mod policy;
mod rule;

pub use answer::{Answer, Decision, InvalidPolicy, MalformedRequest, Verb};
pub use check::{Check, Context, DuplicateKey, Fact, Principal, Resource, Row, WireError};
pub use choice::{
    ALL_CHOICES, Choice, ChoiceFacts, ChoiceKind, ChoiceSet, Dialect, Reading, ReadingFacts,
    UnknownReading, choice_facts, readings,
};
pub use policy::{Fault, ParsePolicyTypeError, PolicySlot, PolicyText, PolicyType};
pub use rule::{Book, ParseRuleIdError, RuleId, RuleSet};
