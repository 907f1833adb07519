//! The compiled form of a set of policies.
//!
//! Statements with the same action and resource elements share one *target*, so that these are matched once for
//! all of them; what is left of each statement is a *rule*. Equal conditions are compiled once.

use std::ops::Range;

use veriam_model::PolicySlot;

use crate::condition::Condition;
use crate::finder::Finder;
use crate::index::Index;
use crate::pattern::Pattern;
use crate::principal::Who;

/// Pools of policies whose statements count together, by number within a shard.
pub(crate) mod pool {
    pub(crate) const IDENTITY: u8 = 0;
    pub(crate) const RESOURCE: u8 = 1;
    pub(crate) const BOUNDARY: u8 = 2;
    pub(crate) const SESSION: u8 = 3;
    pub(crate) const ENDPOINT: u8 = 4;
    /// The first of the levels of service and resource control policies, in every shard.
    pub(crate) const LEVELS: u8 = 5;
    /// How many pools a shard holds: one bit each.
    pub(crate) const MOST: u8 = 64;

    /// The bit of a pool.
    #[inline]
    pub(crate) const fn bit(pool: u8) -> u64 {
        1u64.wrapping_shl(pool as u32)
    }
}

/// Everything an engine knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    /// One shard, more only when there are very many levels of control policies.
    pub(crate) shards: Vec<Shard>,
    pub(crate) keys: Vec<Key>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) principals: Vec<Who>,
    /// Where the statements came from, for explanations.
    pub(crate) origins: Vec<Origin>,
    /// Which policies there are, whatever they say.
    pub(crate) present: Present,
}

/// Which policies there are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Present {
    pub(crate) resource: bool,
    pub(crate) boundary: bool,
    pub(crate) session: bool,
    pub(crate) endpoint: bool,
    pub(crate) scps: bool,
    pub(crate) rcps: bool,
}

/// Up to 64 pools that are evaluated in one go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shard {
    pub(crate) targets: Vec<Target>,
    pub(crate) rules: Vec<Rule>,
    /// Numbers of the conditions of the rules.
    pub(crate) tests: Vec<u32>,
    /// Finds targets by action and resource; none where trying all is faster.
    pub(crate) index: Option<Index>,
    /// The pools that are levels of service control policies.
    pub(crate) scps: u64,
    /// The pools that are levels of resource control policies.
    pub(crate) rcps: u64,
}

/// An action element and a resource element, with the rules of the statements that have both.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) actions: Actions,
    pub(crate) resources: Resources,
    pub(crate) rules: Range<u32>,
    /// Finds the rules that matter; none where looking at all is faster.
    pub(crate) finder: Option<Box<Finder>>,
}

/// `Action` or `NotAction`.
#[derive(Clone, Debug)]
pub(crate) struct Actions {
    pub(crate) negated: bool,
    pub(crate) patterns: Box<[ActionPattern]>,
}

/// One action string.
#[derive(Clone, Debug)]
pub(crate) enum ActionPattern {
    /// `*` or `*:*`
    Everything,
    /// Compared without ASCII case.
    Like(Pattern),
}

/// `Resource`, `NotResource` or neither.
#[derive(Clone, Debug)]
pub(crate) struct Resources {
    pub(crate) negated: bool,
    /// A value with an unresolved variable takes the statement out of force (IAM-198 `not-applies`).
    pub(crate) needs_values: bool,
    pub(crate) patterns: Box<[ResourcePattern]>,
}

/// One resource string.
#[derive(Clone, Debug)]
pub(crate) enum ResourcePattern {
    /// `*`, or no element at all.
    Everything,
    /// A short ARN that stands for nothing (IAM-064).
    Nothing,
    Like {
        pattern: Pattern,
        /// The service whose requests without a resource it covers too (IAM-100 `same-service`).
        covers_star_of: Option<Box<str>>,
    },
}

/// What is left of a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) pool: u8,
    pub(crate) is_deny: bool,
    /// The number of its principal element; [`Rule::ANYONE`] when it has none to test.
    pub(crate) who: u32,
    /// Its conditions, as a range of the shard's tests.
    pub(crate) first_test: u32,
    pub(crate) test_count: u32,
    /// The number of its origin.
    pub(crate) origin: u32,
}

impl Rule {
    pub(crate) const ANYONE: u32 = u32::MAX;
}

/// A statement's place.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) slot: PolicySlot,
    pub(crate) statement: usize,
    pub(crate) sid: Option<Box<str>>,
}

/// A context key the policies mention.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) name: Box<str>,
    /// Whether it can hold several values.
    pub(crate) is_multivalued: bool,
}

/// A variable the policies use.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Variable {
    /// The number of its key.
    pub(crate) key: u32,
    pub(crate) default: Option<Box<str>>,
}
