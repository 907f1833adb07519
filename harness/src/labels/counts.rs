//! Counting labels over many checks.

use serde::Serialize;

use super::{Family, LABELS, Label, MINIMUM_PER_100_000, Marks};

/// How often each label occurred and decided. Adding counts is associative and commutative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    seen: Vec<u64>,
    decisive: Vec<u64>,
}

/// One family's labels with their counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FamilyCounts {
    /// The family's name.
    pub family: &'static str,
    /// Whether its labels have a quota.
    pub quota: bool,
    /// Its labels, in order, without those no check can carry.
    pub labels: Vec<LabelCount>,
}

/// How often a label occurred and decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LabelCount {
    /// The label's name.
    pub label: String,
    /// Checks that carry it.
    pub checks: u64,
    /// Checks in which it was decisive.
    pub decisive: u64,
}

impl Counts {
    /// No check counted yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            seen: vec![0; LABELS],
            decisive: vec![0; LABELS],
        }
    }

    /// Counts one check.
    pub fn add(&mut self, marks: &Marks) {
        for index in marks.seen.indices() {
            self.seen[index] += 1;
        }
        for index in marks.decisive.indices() {
            self.decisive[index] += 1;
        }
    }

    /// Adds the counts of other checks.
    pub fn merge(&mut self, other: &Counts) {
        let pairs = self.seen.iter_mut().zip(&other.seen);
        for (mine, theirs) in pairs.chain(self.decisive.iter_mut().zip(&other.decisive)) {
            *mine += theirs;
        }
    }

    /// Checks that carry the label.
    #[must_use]
    pub fn seen(&self, label: Label) -> u64 {
        self.seen[label.index()]
    }

    /// Checks in which the label was decisive.
    #[must_use]
    pub fn decisive(&self, label: Label) -> u64 {
        self.decisive[label.index()]
    }

    /// The counts of every family, in the order of the report.
    #[must_use]
    pub fn families(&self) -> Vec<FamilyCounts> {
        let family = |family: Family| FamilyCounts {
            family: family.name(),
            quota: family.has_quota(),
            labels: family
                .labels()
                .filter(|label| !label.is_impossible())
                .map(|label| LabelCount {
                    label: label.name(),
                    checks: self.seen(label),
                    decisive: self.decisive(label),
                })
                .collect(),
        };
        Family::ALL.into_iter().map(family).collect()
    }

    /// The labels with a quota that were decisive less often than [`minimum`] asks for.
    #[must_use]
    pub fn below_minimum(&self, compared: u64) -> Vec<Label> {
        let minimum = minimum(compared);
        Family::ALL
            .into_iter()
            .filter(|family| family.has_quota())
            .flat_map(Family::labels)
            .filter(|&label| self.decisive(label) < minimum)
            .collect()
    }
}

impl Default for Counts {
    fn default() -> Self {
        Self::new()
    }
}

/// How often a label with a quota has to be decisive in that many compared checks: in proportion to
/// [`MINIMUM_PER_100_000`], rounded down.
#[must_use]
pub fn minimum(compared: u64) -> u64 {
    compared.saturating_mul(MINIMUM_PER_100_000) / 100_000
}

#[cfg(test)]
mod tests {
    use super::super::LabelSet;
    use super::*;
    use veriam_model::PolicyType;

    fn marks(seen: &[Label], decisive: &[Label]) -> Marks {
        let mut marks = Marks {
            seen: LabelSet::new(),
            decisive: LabelSet::new(),
        };
        seen.iter().for_each(|&l| marks.seen.insert(l));
        decisive.iter().for_each(|&l| marks.decisive.insert(l));
        marks
    }

    #[test]
    fn merging_is_the_same_as_counting_in_one_go() {
        let scp = Label::policy_type(PolicyType::Scp);
        let last = Label::variable_form(veriam_oracle::VariableForm::LiteralDollar);
        let (a, b) = (marks(&[scp, last], &[scp]), marks(&[last], &[last]));
        let mut whole = Counts::new();
        whole.add(&a);
        whole.add(&b);
        let mut parts = Counts::new();
        parts.add(&b);
        let mut first = Counts::new();
        first.add(&a);
        parts.merge(&first);
        assert_eq!(whole, parts);
        assert_eq!((whole.seen(last), whole.decisive(last)), (2, 1));
    }

    #[test]
    fn the_minimum_grows_with_the_checks_compared() {
        assert_eq!(minimum(100_000), MINIMUM_PER_100_000);
        assert_eq!(minimum(20_000), 10);
        assert_eq!(minimum(100), 0);
        let counts = Counts::new();
        assert!(counts.below_minimum(100).is_empty());
        assert!(!counts.below_minimum(20_000).is_empty());
    }
}
