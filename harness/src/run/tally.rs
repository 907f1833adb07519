//! What is counted over many cases.

use std::collections::BTreeMap;

use veriam_model::{
    CaseKind, Choice, ChoiceSet, Decision, DenialKind, Dialect, Outcome, PutOutcome,
};
use veriam_reports::{
    self as reports, FAULTS_KEPT, Found, KEPT_PER_PAIR, LabelCounts, LawTally, OTHER_REASONS,
    Outcomes, Part, ReadingCount,
};

use super::unit::Answer;
use crate::compare::{PutReport, Reply};
use crate::labels::Counts;

/// Reasons of one unit for which a target cannot be asked that are kept apart.
const REASONS_PER_UNIT: usize = 64;

/// Counts over the cases of one unit, as they grow.
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
    /// Why, with the number of cases.
    pub unsupported_for: BTreeMap<String, u64>,
    /// Cases on which the target differs from the oracle, or the oracle from the documentation.
    pub divergences: u64,
    /// Labels, of generated cases only.
    pub labels: Counts,
    /// What became of laws, where laws are tried.
    pub laws: LawTally,
    /// What the oracle answers on generated cases that the target cannot be asked or from which policies are left out,
    /// all policies included.
    pub left_out: Outcomes,
    /// How the replies of a target without declared dialect fit each reading: choice and index of the reading.
    pub readings: BTreeMap<(Choice, usize), Fit>,
    /// The first divergences of each pair of replies, by index.
    pub found: Vec<Found>,
    /// The first cases on which the oracle itself broke.
    pub faults: Vec<OracleFault>,
    /// Further such cases.
    pub more_faults: u64,
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
            unsupported_for: BTreeMap::new(),
            divergences: 0,
            labels: Counts::new(),
            laws: LawTally::default(),
            left_out: Outcomes::default(),
            readings: BTreeMap::new(),
            found: Vec::new(),
            faults: Vec::new(),
            more_faults: 0,
        }
    }

    /// Counts a case on which the oracle broke.
    pub(crate) fn broke(&mut self, index: u64, message: String) {
        if self.faults.len() < FAULTS_KEPT {
            self.faults.push(OracleFault { index, message });
        } else {
            self.more_faults += 1;
        }
    }

    /// Counts what a generated case would have reached.
    pub(super) fn left_out(&mut self, answer: &Answer) {
        if let Some(marks) = &answer.marks {
            add(&mut self.left_out, &answer.reply);
            self.labels.add_unsupported(marks);
        }
    }

    /// Counts a case that was compared, and what the oracle answered.
    pub(crate) fn compared(&mut self, kind: CaseKind, oracle: &Reply) {
        self.kinds[kind as usize] += 1;
        add(&mut self.outcomes, oracle);
    }

    /// Counts a divergence, and keeps it if it is among the first of its pair of replies.
    pub(crate) fn diverged(&mut self, found: Found) {
        self.divergences += 1;
        let pair = found.pair();
        let alike = self.found.iter().filter(|f| f.pair() == pair);
        if alike.count() < KEPT_PER_PAIR {
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

    /// Counts a case the target cannot be asked.
    pub(crate) fn unsupported(&mut self, reason: &str) {
        self.unsupported += 1;
        let known = self.unsupported_for.len();
        let reason = match self.unsupported_for.contains_key(reason) || known < REASONS_PER_UNIT {
            true => reason,
            false => OTHER_REASONS,
        };
        *self.unsupported_for.entry(reason.to_owned()).or_default() += 1;
    }

    /// The counts as a record holds them.
    #[must_use]
    pub fn record(self, part: Part) -> reports::Tally {
        let [documents, checks, calls, puts] = self.kinds;
        let labels = match part {
            Part::Generated => self.labels.record(),
            // The others are chosen, not drawn: nothing can be rare in them by chance.
            _ => LabelCounts::default(),
        };
        let reading = |(&(choice, reading), fit): (&(Choice, usize), &Fit)| ReadingCount {
            choice: choice.rule(),
            reading: choice.reading_names()[reading].to_owned(),
            fits: fit.fits,
            misses: fit.misses,
            first_miss: fit.first_miss,
        };
        let readings = self.readings.iter().map(reading).collect();
        reports::Tally {
            documents,
            checks,
            calls,
            puts,
            outcomes: self.outcomes,
            undetermined: self.undetermined,
            unsupported: self.unsupported,
            unsupported_for: self.unsupported_for,
            divergences: self.divergences,
            labels,
            laws: self.laws,
            left_out: self.left_out,
            readings,
            found: self.found,
            faults: self
                .faults
                .iter()
                .map(|fault| format!("{}: {}", fault.index, fault.message))
                .collect(),
            more_faults: self.more_faults,
        }
    }
}

fn add(outcomes: &mut Outcomes, reply: &Reply) {
    *match reply {
        Reply::Decided(Decision::Allow)
        | Reply::Call(Outcome::Allowed)
        | Reply::Reported(Outcome::Allowed) => &mut outcomes.allow,
        Reply::Decided(Decision::ExplicitDeny) => &mut outcomes.explicit_deny,
        Reply::Decided(Decision::ImplicitDeny) => &mut outcomes.implicit_deny,
        Reply::Call(Outcome::Denied(denial)) | Reply::Reported(Outcome::Denied(denial)) => {
            match denial.kind {
                DenialKind::Explicit => &mut outcomes.explicit_deny,
                DenialKind::Implicit => &mut outcomes.implicit_deny,
            }
        }
        Reply::Call(Outcome::Rejected(_)) | Reply::Reported(Outcome::Rejected(_)) => {
            &mut outcomes.rejected
        }
        Reply::Call(Outcome::Invalid(_)) | Reply::Reported(Outcome::Invalid(_)) => {
            &mut outcomes.not_found
        }
        Reply::Invalid(_) | Reply::InvalidWorld(_) | Reply::InvalidSomehow => &mut outcomes.invalid,
        Reply::Accepted => &mut outcomes.accepted,
        Reply::Refused(_) | Reply::RefusedSomehow => &mut outcomes.refused,
        Reply::Put(PutOutcome::Stored) | Reply::PutReported(PutReport::Stored) => {
            &mut outcomes.stored
        }
        Reply::Put(PutOutcome::Refused(_)) | Reply::PutReported(PutReport::Refused(_)) => {
            &mut outcomes.not_stored
        }
        Reply::Malformed | Reply::Unsupported(_) | Reply::Failed(_) | Reply::DeniedSomehow => {
            &mut outcomes.malformed
        }
    } += 1;
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}
