//! Counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use veriam_model::{Decision, RuleId};

use crate::{Kind, LabelCounts, LawTally};

/// Divergences of one pair of replies in one part that are kept as cases; the others are only counted.
pub const KEPT_PER_PAIR: usize = 8;
/// Cases on which the oracle broke that are kept, of each part.
pub const FAULTS_KEPT: usize = 64;
/// Reasons for which a target cannot be asked that are kept apart, of each part.
const REASONS_KEPT: usize = 256;
/// The reason for which the others count.
pub const OTHER_REASONS: &str = "other reasons";

/// Counts over some cases of one part. Adding them is associative and commutative: of what is not only counted the first
/// by case number stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Documents for which the target gave a reply that was held against the oracle's.
    pub documents: u64,
    /// Checks, likewise.
    pub checks: u64,
    /// Calls, likewise.
    pub calls: u64,
    /// Puts, likewise.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub puts: u64,
    /// What the oracle answered on them.
    pub outcomes: Outcomes,
    /// Cases whose outcome turns on an open choice, or might.
    pub undetermined: u64,
    /// Cases the target cannot be asked.
    pub unsupported: u64,
    /// Cases on which the target differs from the oracle, or the oracle from the documentation.
    pub divergences: u64,
    /// Why it cannot be asked them, with the number of cases.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unsupported_for: BTreeMap<String, u64>,
    /// Labels, of generated cases only.
    pub labels: LabelCounts,
    /// What became of each law, of the part that tries laws only.
    #[serde(default, skip_serializing_if = "LawTally::is_empty")]
    pub laws: LawTally,
    /// What the oracle answers, all policies included, on generated cases that the target cannot be asked or from which
    /// policies are left out.
    #[serde(default, skip_serializing_if = "Outcomes::is_empty")]
    pub left_out: Outcomes,
    /// For a target that declares no dialect: how its replies fit the readings of open choices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<ReadingCount>,
    /// The first divergences of each pair of replies, by index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<Found>,
    /// The first cases on which the oracle itself broke, `index: message`: faults of Veriam.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
    /// Further such cases that are only counted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_faults: u64,
}

/// Who was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The oracle replies otherwise than documented.
    Oracle,
    /// The target replies otherwise than the oracle.
    Target,
}

/// One divergence. The case follows from the plan and the index.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// The number of the case within the part, from 0.
    pub index: u64,
    /// The law that is broken; then `expected` is the reply before the change and `observed` the one after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    /// Who was wrong.
    pub who: Who,
    /// What should have been replied.
    pub expected: Kind,
    /// What was.
    pub observed: Kind,
    /// How the target broke, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
pub(crate) const fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Found {
    /// The pair of replies of which a part keeps some divergences, with who was wrong and the law that is broken.
    #[must_use]
    pub fn pair(&self) -> (Who, Option<String>, Kind, Kind) {
        (self.who, self.law.clone(), self.expected, self.observed)
    }
}

impl Tally {
    /// Cases that were compared.
    #[must_use]
    pub const fn compared(&self) -> u64 {
        self.documents + self.checks + self.calls + self.puts
    }

    /// Whether each of `size` cases was compared, or is not supported, and all that were compared agree; at least one
    /// was.
    #[must_use]
    pub const fn is_clean(&self, size: u64) -> bool {
        self.compared() > 0 && self.compared() + self.unsupported == size && self.divergences == 0
    }

    /// Adds the counts of other cases of the same part.
    pub fn merge(&mut self, other: &Tally) {
        self.documents += other.documents;
        self.checks += other.checks;
        self.calls += other.calls;
        self.puts += other.puts;
        self.outcomes.merge(&other.outcomes);
        self.undetermined += other.undetermined;
        self.unsupported += other.unsupported;
        for (reason, count) in &other.unsupported_for {
            *self.unsupported_for.entry(reason.clone()).or_default() += count;
        }
        self.limit_reasons();
        self.divergences += other.divergences;
        self.labels.merge(&other.labels);
        self.laws.merge(&other.laws);
        self.left_out.merge(&other.left_out);
        for count in &other.readings {
            let same =
                |c: &&mut ReadingCount| c.choice == count.choice && c.reading == count.reading;
            match self.readings.iter_mut().find(same) {
                Some(known) => {
                    known.fits += count.fits;
                    known.misses += count.misses;
                    let misses = known.first_miss.into_iter().chain(count.first_miss);
                    known.first_miss = misses.min();
                }
                None => self.readings.push(count.clone()),
            }
        }
        // The readings of one choice come together and in its order; a stable sort keeps that.
        self.readings.sort_by_key(|count| count.choice);
        self.found.extend(other.found.iter().cloned());
        self.limit_found();
        self.faults.extend(other.faults.iter().cloned());
        self.more_faults += other.more_faults;
        self.limit_faults();
    }

    /// Leaves the first divergences of each pair of replies.
    fn limit_found(&mut self) {
        if self.found.is_empty() {
            return;
        }
        self.found.sort_by_key(|found| (found.index, found.who));
        let mut taken: BTreeMap<_, usize> = BTreeMap::new();
        self.found.retain(|found| {
            let of_pair = taken.entry(found.pair()).or_default();
            *of_pair += 1;
            *of_pair <= KEPT_PER_PAIR
        });
    }

    fn limit_faults(&mut self) {
        let index = |fault: &str| -> u64 {
            let (index, _) = fault.split_once(':').unwrap_or_default();
            index.parse().unwrap_or(u64::MAX)
        };
        self.faults
            .sort_by(|a, b| (index(a), a).cmp(&(index(b), b)));
        let more = self.faults.len().saturating_sub(FAULTS_KEPT);
        self.faults.truncate(FAULTS_KEPT);
        self.more_faults += more as u64;
    }

    /// Leaves the first reasons by name: a reason that is among them in the end is among them in every part of the sum.
    fn limit_reasons(&mut self) {
        let other = self.unsupported_for.remove(OTHER_REASONS);
        let mut more = other.unwrap_or_default();
        while self.unsupported_for.len() > REASONS_KEPT
            && let Some((_, count)) = self.unsupported_for.pop_last()
        {
            more += count;
        }
        if more > 0 {
            self.unsupported_for.insert(OTHER_REASONS.to_owned(), more);
        }
    }
}

/// The oracle's answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Outcomes {
    /// Checks and calls that are allowed.
    pub allow: u64,
    /// Checks and calls denied by a statement.
    pub explicit_deny: u64,
    /// Checks and calls denied for want of an Allow.
    pub implicit_deny: u64,
    /// Calls turned away before any policy.
    pub rejected: u64,
    /// Calls that ask for something that is not there.
    pub not_found: u64,
    /// Checks with an invalid policy.
    pub invalid: u64,
    /// Checks and calls that are no question.
    pub malformed: u64,
    /// Valid documents.
    pub accepted: u64,
    /// Invalid documents.
    pub refused: u64,
    /// Resource-based policies that are stored.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub stored: u64,
    /// Resource-based policies that are not.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub not_stored: u64,
}

impl Outcomes {
    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Outcomes::default()
    }

    /// The count of a decision.
    #[must_use]
    pub const fn of(&self, decision: Decision) -> u64 {
        match decision {
            Decision::Allow => self.allow,
            Decision::ExplicitDeny => self.explicit_deny,
            Decision::ImplicitDeny => self.implicit_deny,
        }
    }

    /// How many were decided one way or another.
    #[must_use]
    pub const fn decided(&self) -> u64 {
        self.allow + self.explicit_deny + self.implicit_deny
    }

    /// Adds the counts of other cases.
    pub const fn merge(&mut self, other: &Outcomes) {
        self.allow += other.allow;
        self.explicit_deny += other.explicit_deny;
        self.implicit_deny += other.implicit_deny;
        self.rejected += other.rejected;
        self.not_found += other.not_found;
        self.invalid += other.invalid;
        self.malformed += other.malformed;
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.stored += other.stored;
        self.not_stored += other.not_stored;
    }
}

/// How the replies of a target fit one reading of an open choice, over the cases that turn on the choice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReadingCount {
    /// The rule that leaves the point open.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub choice: RuleId,
    /// The reading.
    pub reading: String,
    /// Replies that the reading gives.
    pub fits: u64,
    /// Replies that it excludes.
    pub misses: u64,
    /// The first case it excludes, by its number within the part.
    pub first_miss: Option<u64>,
}
