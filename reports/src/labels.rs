//! Labels as records carry them: what cases reach, and what of it decided.

use serde::{Deserialize, Serialize};

/// Decisive cases that a label with a quota needs in 100,000 compared ones.
pub const MINIMUM_PER_100_000: u64 = 50;

/// One family's labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FamilyNames {
    /// The family's name.
    pub family: String,
    /// Whether its labels have a quota.
    pub quota: bool,
    /// Its labels, in order, without those no case can carry.
    pub labels: Vec<String>,
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
}

impl LabelCounts {
    /// Adds the counts of other cases.
    pub fn merge(&mut self, other: &LabelCounts) {
        add(&mut self.cases, &other.cases);
        add(&mut self.decisive, &other.decisive);
    }

    /// Whether there is a count for each of that many labels, or none at all.
    #[must_use]
    pub fn fits(&self, labels: usize) -> bool {
        let lengths = (self.cases.len(), self.decisive.len());
        lengths == (0, 0) || lengths == (labels, labels)
    }

    /// The counts with the names of their labels.
    #[must_use]
    pub fn named(&self, families: &[FamilyNames]) -> Vec<FamilyCounts> {
        let count = |counts: &[u64], at: usize| counts.get(at).copied().unwrap_or(0);
        let mut at = 0..;
        let family = |names: &FamilyNames| FamilyCounts {
            family: names.family.clone(),
            quota: names.quota,
            labels: names
                .labels
                .iter()
                .zip(&mut at)
                .map(|(label, at)| LabelCount {
                    label: label.clone(),
                    cases: count(&self.cases, at),
                    decisive: count(&self.decisive, at),
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

/// One family's labels with their counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FamilyCounts {
    /// The family's name.
    pub family: String,
    /// Whether its labels have a quota.
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

/// How often a label with a quota has to be decisive in that many compared cases: in proportion to
/// [`MINIMUM_PER_100_000`], rounded down.
#[must_use]
pub fn minimum(compared: u64) -> u64 {
    compared.saturating_mul(MINIMUM_PER_100_000) / 100_000
}

/// The labels with a quota that were decisive less often than [`minimum`] asks for.
pub(crate) fn shortages(families: &[FamilyCounts], compared: u64) -> Vec<Shortage> {
    let minimum = minimum(compared);
    let with_quota = families.iter().filter(|family| family.quota);
    with_quota
        .flat_map(|family| family.labels.iter().map(move |label| (family, label)))
        .filter(|(_, label)| label.decisive < minimum)
        .map(|(family, label)| Shortage {
            family: family.family.clone(),
            label: label.label.clone(),
            decisive: label.decisive,
            minimum,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minimum_grows_with_the_cases_compared() {
        assert_eq!(minimum(100_000), MINIMUM_PER_100_000);
        assert_eq!(minimum(20_000), 10);
        assert_eq!(minimum(100), 0);
        let family = |quota, decisive| FamilyCounts {
            family: "f".to_owned(),
            quota,
            labels: vec![LabelCount {
                label: "l".to_owned(),
                cases: 99,
                decisive,
            }],
        };
        assert_eq!(shortages(&[family(true, 10)], 20_000), []);
        assert_eq!(shortages(&[family(false, 0)], 20_000), []);
        assert_eq!(shortages(&[family(true, 9)], 20_000)[0].minimum, 10);
    }
}
