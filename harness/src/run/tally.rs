//! What is counted over many cases.

use std::collections::BTreeMap;

use veriam_model::{CaseKind, Choice, ChoiceSet, Decision, DenialKind, Dialect, Outcome};
use veriam_reports::{self as reports, Outcomes, Part, PartRecord, ReadingCount};

use crate::compare::Reply;
use crate::labels::Counts;

/// Divergences of one unit that are kept as cases; the rest is only counted.
const KEPT_PER_UNIT: usize = 64;
/// Divergences of one part that are kept as cases.
const KEPT_PER_PART: usize = 4_096;

/// Counts over some cases of one part. Adding tallies is associative and commutative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Cases of each kind for which the target gave a reply that was held against the oracle's, in the order of
    /// [`CaseKind::ALL`].
    pub kinds: [u64; CaseKind::ALL.len()],
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
    /// How the replies of a target without declared dialect fit each reading: choice and index of the reading.
    pub readings: BTreeMap<(Choice, usize), Fit>,
    /// The first divergences, by index.
    pub found: Vec<Found>,
    /// Cases on which the oracle itself broke.
    pub faults: Vec<OracleFault>,
}

/// How replies fit one reading of a choice, over the cases that turn on the choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// Replies the reading gives.
    pub fits: u64,
    /// Replies it excludes.
    pub misses: u64,
    /// The first case it excludes.
    pub first_miss: Option<u64>,
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
            kinds: [0; CaseKind::ALL.len()],
            outcomes: Outcomes::default(),
            undetermined: 0,
            unsupported: 0,
            divergences: 0,
            labels: Counts::new(),
            readings: BTreeMap::new(),
            found: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Counts a case that was compared, and what the oracle answered.
    pub(crate) fn compared(&mut self, kind: CaseKind, oracle: &Reply) {
        self.kinds[kind as usize] += 1;
        let outcomes = &mut self.outcomes;
        *match oracle {
            Reply::Decided(Decision::Allow) | Reply::Call(Outcome::Allowed) => &mut outcomes.allow,
            Reply::Decided(Decision::ExplicitDeny) => &mut outcomes.explicit_deny,
            Reply::Decided(Decision::ImplicitDeny) => &mut outcomes.implicit_deny,
            Reply::Call(Outcome::Denied(denial)) => match denial.kind {
                DenialKind::Explicit => &mut outcomes.explicit_deny,
                DenialKind::Implicit => &mut outcomes.implicit_deny,
            },
            Reply::Call(Outcome::Rejected(_)) => &mut outcomes.rejected,
            Reply::Call(Outcome::Invalid(_)) => &mut outcomes.not_found,
            Reply::Invalid(_) | Reply::InvalidWorld(_) => &mut outcomes.invalid,
            Reply::Accepted => &mut outcomes.accepted,
            Reply::Refused(_) => &mut outcomes.refused,
            Reply::Malformed | Reply::Unsupported(_) | Reply::Failed(_) => &mut outcomes.malformed,
        } += 1;
    }

    /// Counts a divergence, and keeps it if it is among the first of its unit.
    pub(crate) fn diverged(&mut self, found: Found) {
        self.divergences += 1;
        if self.found.len() < KEPT_PER_UNIT {
            self.found.push(found);
        }
    }

    /// Counts a reply that turns on `choices` and that the readings in `matching` give: which readings of each choice
    /// it leaves possible.
    pub(crate) fn fitted(&mut self, index: u64, choices: ChoiceSet, matching: &[Dialect]) {
        for choice in choices.iter() {
            for reading in 0..choice.reading_names().len() {
                let fit = self.readings.entry((choice, reading)).or_default();
                if matching.iter().any(|d| d.index(choice) == reading) {
                    fit.fits += 1;
                } else {
                    fit.misses += 1;
                    fit.first_miss = fit.first_miss.or(Some(index));
                }
            }
        }
    }

    /// Cases that were compared.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.kinds.iter().sum()
    }

    /// Adds the counts of other cases.
    pub fn merge(&mut self, other: Tally) {
        for (mine, theirs) in self.kinds.iter_mut().zip(other.kinds) {
            *mine += theirs;
        }
        self.outcomes.merge(&other.outcomes);
        self.undetermined += other.undetermined;
        self.unsupported += other.unsupported;
        self.divergences += other.divergences;
        self.labels.merge(&other.labels);
        for (reading, theirs) in other.readings {
            let mine = self.readings.entry(reading).or_default();
            mine.fits += theirs.fits;
            mine.misses += theirs.misses;
            let misses = mine.first_miss.into_iter().chain(theirs.first_miss);
            mine.first_miss = misses.min();
        }
        self.found.extend(other.found);
        self.found.sort_by_key(|found| found.index);
        self.found.truncate(KEPT_PER_PART);
        self.faults.extend(other.faults);
        self.faults.sort_by_key(|fault| fault.index);
        self.faults.truncate(KEPT_PER_PART);
    }

    /// Both counts together.
    #[must_use]
    pub fn merged(mut self, other: Tally) -> Tally {
        self.merge(other);
        self
    }

    /// The counts as a record of a part.
    #[must_use]
    pub fn record(&self, part: Part) -> PartRecord {
        let [documents, checks, calls] = self.kinds;
        let labels = match part {
            Part::Generated => self.labels.families(),
            // The others are chosen, not drawn: nothing can be rare in them by chance.
            _ => Vec::new(),
        };
        let reading = |(&(choice, reading), fit): (&(Choice, usize), &Fit)| ReadingCount {
            choice: choice.rule(),
            reading: choice.reading_names()[reading].to_owned(),
            fits: fit.fits,
            misses: fit.misses,
            first_miss: fit.first_miss,
        };
        PartRecord {
            part,
            tally: reports::Tally {
                documents,
                checks,
                calls,
                outcomes: self.outcomes,
                undetermined: self.undetermined,
                unsupported: self.unsupported,
                divergences: self.divergences,
                labels,
                readings: self.readings.iter().map(reading).collect(),
                faults: self
                    .faults
                    .iter()
                    .map(|fault| format!("{}: {}", fault.index, fault.message))
                    .collect(),
            },
        }
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}
