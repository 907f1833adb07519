//! Laws: what became of each, and whether it was tried often enough.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Merge, Part, Tally};

/// A law that is tried, and how often it has to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlannedLaw {
    /// Its name.
    pub law: String,
    /// What it says, in one sentence.
    pub title: String,
    /// In how many of 100,000 cases it has to be applied.
    pub applied: u64,
    /// In how many of 100,000 cases it has to be applied where it could be broken.
    pub capable: u64,
}

/// What became of one law.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LawCount {
    /// Its name.
    pub law: String,
    /// Checks it was applied to: the target answered before and after the change.
    pub checks: u64,
    /// Calls, likewise.
    pub calls: u64,
    /// Of both, those in which it could be broken: some reply after the change would break it, and the change touches
    /// what the reply may rest on.
    pub capable: u64,
    /// Of both, those allowed before the change.
    pub allowed: u64,
    /// Of both, those whose reply the change changed, rightly or not.
    pub changed: u64,
    /// Those that break it.
    pub broken: u64,
    /// Why it was not applied where it was tried, with the number of cases.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub not_applied: BTreeMap<String, u64>,
}

impl LawCount {
    /// Cases it was applied to.
    #[must_use]
    pub const fn applied(&self) -> u64 {
        self.checks + self.calls
    }

    /// Cases in which it held.
    #[must_use]
    pub const fn held(&self) -> u64 {
        self.applied().saturating_sub(self.broken)
    }

    fn merge(&mut self, other: &LawCount) {
        self.checks += other.checks;
        self.calls += other.calls;
        self.capable += other.capable;
        self.allowed += other.allowed;
        self.changed += other.changed;
        self.broken += other.broken;
        for (reason, count) in &other.not_applied {
            *self.not_applied.entry(reason.clone()).or_default() += count;
        }
    }
}

/// What became of laws on some cases. Adding tallies is associative and commutative.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LawTally {
    /// Generated cases that were looked at.
    pub cases: u64,
    /// Documents among them, to which no law can be applied.
    pub documents: u64,
    /// Each law that was tried, by name.
    pub laws: Vec<LawCount>,
}

impl LawTally {
    /// Whether nothing was looked at.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.cases == 0 && self.laws.is_empty()
    }

    /// The counts of a law; made when there are none yet.
    pub fn of(&mut self, law: &str) -> &mut LawCount {
        let at = match self
            .laws
            .binary_search_by(|known| known.law.as_str().cmp(law))
        {
            Ok(at) => at,
            Err(at) => {
                let count = LawCount {
                    law: law.to_owned(),
                    ..LawCount::default()
                };
                self.laws.insert(at, count);
                at
            }
        };
        &mut self.laws[at]
    }

    /// Adds the counts of other cases.
    pub fn merge(&mut self, other: &LawTally) {
        self.cases += other.cases;
        self.documents += other.documents;
        for count in &other.laws {
            self.of(&count.law).merge(count);
        }
    }

    /// Whether all of its laws are planned, each stands there once, in order.
    #[must_use]
    pub fn fits(&self, planned: &[PlannedLaw]) -> bool {
        let is_planned = |count: &LawCount| planned.iter().any(|p| p.law == count.law);
        self.laws.iter().all(is_planned) && self.laws.is_sorted_by(|a, b| a.law < b.law)
    }
}

/// How often something has to be counted in that many cases of which it needs a share of 100,000; rounded down.
#[must_use]
pub fn law_minimum(per_100_000: u64, cases: u64) -> u64 {
    cases.saturating_mul(per_100_000) / 100_000
}

/// What trying laws found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LawsSummary {
    /// Generated cases that were looked at.
    pub cases: u64,
    /// Documents among them, to which no law can be applied.
    pub documents: u64,
    /// Cases a law was applied to.
    pub applied: u64,
    /// Cases that break one.
    pub broken: u64,
    /// Each law, in order.
    pub laws: Vec<LawRow>,
}

/// One law.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LawRow {
    /// Its name.
    pub law: String,
    /// What it says.
    pub title: String,
    /// Cases it was applied to.
    pub applied: u64,
    /// Those in which it held.
    pub held: u64,
    /// Those that break it.
    pub broken: u64,
    /// Those in which it could be broken.
    pub capable: u64,
    /// Those whose reply the change changed.
    pub changed: u64,
    /// Those allowed before the change.
    pub allowed: u64,
    /// Checks among those applied to.
    pub checks: u64,
    /// Calls among them.
    pub calls: u64,
    /// Cases it was tried on and not applied to.
    pub not_applied: u64,
    /// Why, with the number of cases.
    pub not_applied_for: BTreeMap<String, u64>,
}

/// A law that was tried too rarely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LawShortage {
    /// Its name.
    pub law: String,
    /// What was counted too rarely.
    pub what: &'static str,
    /// How often.
    pub count: u64,
    /// How often it had to be.
    pub minimum: u64,
}

impl LawsSummary {
    /// The fold of the units in which laws were tried; nothing when the plan has none.
    pub(crate) fn of(merge: &Merge, parts: &[(Part, Tally)]) -> Option<Self> {
        let start = merge.start();
        start.part(Part::Laws)?;
        let tally = parts.iter().find(|(part, _)| *part == Part::Laws);
        let mut tally = tally.map_or_else(LawTally::default, |(_, tally)| tally.laws.clone());
        let planned = start.laws.iter();
        let laws: Vec<LawRow> = planned.map(|p| row(p, tally.of(&p.law))).collect();
        Some(Self {
            cases: tally.cases,
            documents: tally.documents,
            applied: laws.iter().map(|row| row.applied).sum(),
            broken: laws.iter().map(|row| row.broken).sum(),
            laws,
        })
    }

    /// The laws that were tried too rarely.
    pub(crate) fn shortages(&self, planned: &[PlannedLaw]) -> Vec<LawShortage> {
        let mut short = Vec::new();
        for (row, planned) in self.laws.iter().zip(planned) {
            for (what, count, share) in [
                ("applied", row.applied, planned.applied),
                (
                    "applied so that it could be broken",
                    row.capable,
                    planned.capable,
                ),
            ] {
                let minimum = law_minimum(share, self.cases);
                if count < minimum {
                    short.push(LawShortage {
                        law: row.law.clone(),
                        what,
                        count,
                        minimum,
                    });
                }
            }
        }
        short
    }
}

fn row(planned: &PlannedLaw, count: &LawCount) -> LawRow {
    LawRow {
        law: planned.law.clone(),
        title: planned.title.clone(),
        applied: count.applied(),
        held: count.held(),
        broken: count.broken,
        capable: count.capable,
        changed: count.changed,
        allowed: count.allowed,
        checks: count.checks,
        calls: count.calls,
        not_applied: count.not_applied.values().sum(),
        not_applied_for: count.not_applied.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(law: &str, checks: u64, reason: &str) -> LawTally {
        let count = LawCount {
            law: law.to_owned(),
            checks,
            not_applied: BTreeMap::from([(reason.to_owned(), 1)]),
            ..LawCount::default()
        };
        LawTally {
            cases: checks + 1,
            documents: 0,
            laws: vec![count],
        }
    }

    #[test]
    fn counts_are_added_law_by_law_and_reason_by_reason_in_any_order() {
        let all = [
            tally("order", 2, "a"),
            tally("format", 1, "a"),
            tally("order", 3, "b"),
        ];
        let sum = |order: [usize; 3]| {
            let mut sum = LawTally::default();
            order.iter().for_each(|&at| sum.merge(&all[at]));
            sum
        };
        let told = sum([0, 1, 2]);
        assert_eq!(told, sum([2, 1, 0]));
        assert_eq!(told.cases, 9);
        let names: Vec<&str> = told.laws.iter().map(|l| l.law.as_str()).collect();
        assert_eq!(names, ["format", "order"]);
        let order = &told.laws[1];
        assert_eq!((order.applied(), order.held()), (5, 5));
        let reasons = BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 1)]);
        assert_eq!(order.not_applied, reasons);
    }

    #[test]
    fn only_planned_laws_fit_and_each_once() {
        let planned = ["order", "format"].map(|law| PlannedLaw {
            law: law.to_owned(),
            title: String::new(),
            applied: 1_000,
            capable: 0,
        });
        let order = tally("order", 1, "a");
        let mut both = order.clone();
        both.merge(&tally("format", 1, "a"));
        assert!(LawTally::default().fits(&planned));
        assert!(both.fits(&planned));
        assert!(!both.fits(&planned[..1]));
        let mut twice = order.clone();
        twice.laws.extend(order.laws);
        assert!(!twice.fits(&planned));
    }
}
