//! What is counted over many cases.

use veriam_model::Decision;

use crate::compare::Reply;
use crate::labels::Counts;

/// Divergences of one unit that are kept as cases; the rest is only counted.
const KEPT_PER_UNIT: usize = 64;
/// Divergences of one part that are kept as cases.
const KEPT_PER_PART: usize = 4_096;

/// Counts over some cases of one part. Adding tallies is associative and commutative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Cases for which the target gave a reply that was held against the oracle's.
    pub compared: u64,
    /// What the oracle answered on them.
    pub outcomes: Outcomes,
    /// Cases whose outcome turns on an open choice, or might.
    pub undetermined: u64,
    /// Cases the target cannot be asked.
    pub unsupported: u64,
    /// Cases on which the target differs from the oracle, or the oracle from the documentation.
    pub divergences: u64,
    /// Labels, of generated cases only.
    pub labels: Counts,
    /// The first divergences, by index.
    pub found: Vec<Found>,
    /// Cases on which the oracle itself broke.
    pub faults: Vec<OracleFault>,
}

/// The oracle's answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Allowed.
    pub allow: u64,
    /// Denied by a statement.
    pub explicit_deny: u64,
    /// Denied for want of an Allow.
    pub implicit_deny: u64,
    /// A policy was invalid.
    pub invalid: u64,
    /// The request was malformed.
    pub malformed: u64,
}

impl Outcomes {
    /// The count of a decision.
    #[must_use]
    pub const fn of(&self, decision: Decision) -> u64 {
        match decision {
            Decision::Allow => self.allow,
            Decision::ExplicitDeny => self.explicit_deny,
            Decision::ImplicitDeny => self.implicit_deny,
        }
    }

    /// Counts one answer.
    pub(crate) fn add(&mut self, reply: &Reply) {
        match reply {
            Reply::Decided(Decision::Allow) => self.allow += 1,
            Reply::Decided(Decision::ExplicitDeny) => self.explicit_deny += 1,
            Reply::Decided(Decision::ImplicitDeny) => self.implicit_deny += 1,
            Reply::Invalid(_) => self.invalid += 1,
            Reply::Malformed => self.malformed += 1,
            Reply::Unsupported(_) | Reply::Failed(_) => {}
        }
    }

    /// Adds the counts of other cases.
    pub fn merge(&mut self, other: &Outcomes) {
        self.allow += other.allow;
        self.explicit_deny += other.explicit_deny;
        self.implicit_deny += other.implicit_deny;
        self.invalid += other.invalid;
        self.malformed += other.malformed;
    }
}

/// Who was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// The oracle replies otherwise than documented.
    Oracle,
    /// The target replies otherwise than the oracle.
    Target,
}

/// One divergence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its number within the part, from 0.
    pub index: u64,
    /// Who was wrong.
    pub who: Who,
    /// What should have been replied.
    pub expected: Reply,
    /// What was.
    pub observed: Reply,
}

/// A case on which the oracle broke: a fault of Veriam.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OracleFault {
    /// Its number within the part, from 0.
    pub index: u64,
    /// How.
    pub message: String,
}

impl Tally {
    /// Nothing counted yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            compared: 0,
            outcomes: Outcomes::default(),
            undetermined: 0,
            unsupported: 0,
            divergences: 0,
            labels: Counts::new(),
            found: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Counts a divergence, and keeps it if it is among the first of its unit.
    pub(crate) fn diverged(&mut self, found: Found) {
        self.divergences += 1;
        if self.found.len() < KEPT_PER_UNIT {
            self.found.push(found);
        }
    }

    /// Adds the counts of other cases.
    pub fn merge(&mut self, other: Tally) {
        self.compared += other.compared;
        self.outcomes.merge(&other.outcomes);
        self.undetermined += other.undetermined;
        self.unsupported += other.unsupported;
        self.divergences += other.divergences;
        self.labels.merge(&other.labels);
        self.found.extend(other.found);
        self.found.sort_by_key(|found| found.index);
        self.found.truncate(KEPT_PER_PART);
        self.faults.extend(other.faults);
        self.faults.sort_by_key(|fault| fault.index);
        self.faults.truncate(KEPT_PER_PART);
    }

    /// Whether each of `size` cases was compared and agreed upon.
    #[must_use]
    pub fn is_clean(&self, size: u64) -> bool {
        self.compared == size && self.divergences == 0
    }

    /// Both counts together.
    #[must_use]
    pub fn merged(mut self, other: Tally) -> Tally {
        self.merge(other);
        self
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}
