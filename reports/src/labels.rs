//! Labels as records carry them: what cases reach, and what of it decided.

use serde::{Deserialize, Serialize};

/// Compared cases to which the minimums of labels refer.
pub const MINIMUMS_PER: u64 = 100_000;

/// One family's labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FamilyNames {
    /// The family's name.
    pub family: String,
    /// Its labels, in order, without those no case can carry.
    pub labels: Vec<String>,
    /// How often each of them has to be decisive in 100,000 compared cases; 0 where it need not.
    pub minimums: Vec<u64>,
}

/// How often each label occurred and decided, by its position among all labels of all families; empty where labels
/// are not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LabelCounts {
    /// Cases that carry it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<u64>,
    /// Cases in which it was decisive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisive: Vec<u64>,
    /// Cases in which it would have been decisive, had the target supported them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsupported: Vec<u64>,
}

impl LabelCounts {
    /// Adds the counts of other cases.
    pub fn merge(&mut self, other: &LabelCounts) {
        add(&mut self.cases, &other.cases);
        add(&mut self.decisive, &other.decisive);
        add(&mut self.unsupported, &other.unsupported);
    }

    /// Whether there is a count for each of that many labels, or none at all.
    #[must_use]
    pub fn fits(&self, labels: usize) -> bool {
        let lengths = (self.cases.len(), self.decisive.len());
        let unsupported = self.unsupported.len();
        (lengths == (0, 0) || lengths == (labels, labels))
            && (unsupported == 0 || unsupported == labels)
    }

    /// The counts with the names of their labels, and how often each had to be decisive in `compared` cases: in
    /// proportion, rounded down.
    #[must_use]
    pub fn named(&self, families: &[FamilyNames], compared: u64) -> Vec<FamilyCounts> {
        let count = |counts: &[u64], at: usize| counts.get(at).copied().unwrap_or(0);
        let mut at = 0..;
        let family = |names: &FamilyNames| FamilyCounts {
            family: names.family.clone(),
            quota: names.minimums.iter().any(|minimum| *minimum > 0),
            labels: names
                .labels
                .iter()
                .enumerate()
                .zip(&mut at)
                .map(|((place, label), at)| LabelCount {
                    label: label.clone(),
                    cases: count(&self.cases, at),
                    decisive: count(&self.decisive, at),
                    unsupported: count(&self.unsupported, at),
                    minimum: scaled(count(&names.minimums, place), compared),
                })
                .collect(),
        };
        families.iter().map(family).collect()
    }
}

fn add(mine: &mut Vec<u64>, theirs: &[u64]) {
    if mine.len() < theirs.len() {
        mine.resize(theirs.len(), 0);
    }
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        *mine += theirs;
    }
}

/// A minimum for [`MINIMUMS_PER`] compared cases, in proportion to `compared`, rounded down.
const fn scaled(minimum: u64, compared: u64) -> u64 {
    let product = minimum as u128 * compared as u128 / MINIMUMS_PER as u128;
    if product > u64::MAX as u128 {
        u64::MAX
    } else {
        product as u64
    }
}

/// One family's labels with their counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FamilyCounts {
    /// The family's name.
    pub family: String,
    /// Whether any of its labels has a minimum.
    pub quota: bool,
    /// Its labels, in order, without those no case can carry.
    pub labels: Vec<LabelCount>,
}

/// How often a label occurred and decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LabelCount {
    /// The label's name.
    pub label: String,
    /// Cases that carry it.
    pub cases: u64,
    /// Cases in which it was decisive.
    pub decisive: u64,
    /// Cases in which it would have been decisive, had the target supported them.
    pub unsupported: u64,
    /// How often it has to be decisive in as many cases as were compared; 0 where it need not.
    pub minimum: u64,
}

/// A label that was decisive too rarely.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shortage {
    /// Its family.
    pub family: String,
    /// Its name.
    pub label: String,
    /// How often it was decisive.
    pub decisive: u64,
    /// How often it had to be.
    pub minimum: u64,
}

/// The labels that were decisive less often than their minimum asks for. What a target does not support is no fault of
/// the cases: a label is not missed where it would have been decisive often enough.
pub(crate) fn shortages(families: &[FamilyCounts]) -> Vec<Shortage> {
    families
        .iter()
        .flat_map(|family| family.labels.iter().map(move |label| (family, label)))
        .filter(|(_, label)| label.decisive + label.unsupported < label.minimum)
        .map(|(family, label)| Shortage {
            family: family.family.clone(),
            label: label.label.clone(),
            decisive: label.decisive,
            minimum: label.minimum,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(minimum: u64, decisive: u64, unsupported: u64, compared: u64) -> Vec<Shortage> {
        let names = FamilyNames {
            family: "f".to_owned(),
            labels: vec!["l".to_owned()],
            minimums: vec![minimum],
        };
        let counts = LabelCounts {
            cases: vec![99],
            decisive: vec![decisive],
            unsupported: vec![unsupported],
        };
        shortages(&counts.named(&[names], compared))
    }

    #[test]
    fn a_minimum_grows_with_the_cases_compared() {
        assert_eq!(scaled(50, 100_000), 50);
        assert_eq!(scaled(50, 20_000), 10);
        assert_eq!(scaled(2, 20_000), 0);
        assert_eq!(scaled(u64::MAX, u64::MAX), u64::MAX);
        assert_eq!(short(50, 10, 0, 20_000), []);
        assert_eq!(short(0, 0, 0, 20_000), []);
        assert_eq!(short(50, 9, 0, 20_000)[0].minimum, 10);
    }

    #[test]
    fn what_the_target_does_not_support_is_no_shortage() {
        assert_eq!(short(50, 4, 6, 20_000), []);
        assert_eq!(short(50, 4, 5, 20_000)[0].decisive, 4);
    }
}
