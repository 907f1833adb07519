//! Counting labels over many cases.

use veriam_reports::LabelCounts;

use super::{Family, LABELS, Label, Marks};

/// How often each label occurred and decided. Adding counts is associative and commutative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    seen: Vec<u64>,
    decisive: Vec<u64>,
    unsupported: Vec<u64>,
}

impl Counts {
    /// No case counted yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            seen: vec![0; LABELS],
            decisive: vec![0; LABELS],
            unsupported: vec![0; LABELS],
        }
    }

    /// Counts one case.
    pub fn add(&mut self, marks: &Marks) {
        for index in marks.seen.indices() {
            self.seen[index] += 1;
        }
        for index in marks.decisive.indices() {
            self.decisive[index] += 1;
        }
    }

    /// Counts one case that the target cannot be asked.
    pub fn add_unsupported(&mut self, marks: &Marks) {
        for index in marks.decisive.indices() {
            self.unsupported[index] += 1;
        }
    }

    /// Adds the counts of other cases.
    pub fn merge(&mut self, other: &Counts) {
        let pairs = self.seen.iter_mut().zip(&other.seen);
        let pairs = pairs.chain(self.decisive.iter_mut().zip(&other.decisive));
        for (mine, theirs) in pairs.chain(self.unsupported.iter_mut().zip(&other.unsupported)) {
            *mine += theirs;
        }
    }

    /// Cases that carry the label.
    #[must_use]
    pub fn seen(&self, label: Label) -> u64 {
        self.seen[label.index()]
    }

    /// Cases in which the label was decisive.
    #[must_use]
    pub fn decisive(&self, label: Label) -> u64 {
        self.decisive[label.index()]
    }

    /// The counts, in the order of [`Quotas::families`](super::quotas::Quotas::families).
    #[must_use]
    pub fn record(&self) -> LabelCounts {
        let all = || Family::ALL.into_iter().flat_map(possible);
        let unsupported = all().map(|label| self.unsupported[label.index()]);
        let any = self.unsupported.iter().any(|count| *count > 0);
        LabelCounts {
            cases: all().map(|label| self.seen(label)).collect(),
            decisive: all().map(|label| self.decisive(label)).collect(),
            // Most targets support everything.
            unsupported: unsupported.filter(|_| any).collect(),
        }
    }
}

/// The labels of a family that a case can carry.
pub(super) fn possible(family: Family) -> impl Iterator<Item = Label> {
    family.labels().filter(|label| !label.is_impossible())
}

impl Default for Counts {
    fn default() -> Self {
        Self::new()
    }
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
}
