//! The units of one part, added up as they come.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::{Part, Tally, UnitRecord};

/// What became of a unit that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is one of those that count, whole.
    Whole,
    /// It is kept as it is until a better one comes: it is unfinished, or a control.
    AsItIs,
    /// It says nothing new.
    Known,
}

/// The counts of a part. Eight bytes for each unit say which are in them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PartFold {
    /// The digests of the whole units, by number; 0 where there is none.
    digests: Vec<u64>,
    /// How many there are.
    whole: u64,
    /// Their counts.
    sum: Tally,
    /// Units of which only the best one counts: those that broke off at a divergence tell less than the finished one, and
    /// every process asks the controls.
    kept: BTreeMap<u64, UnitRecord>,
}

impl PartFold {
    /// Adds a unit that has `planned` cases when it is whole; `None` when it contradicts one that is there.
    pub(super) fn add(&mut self, unit: &UnitRecord, planned: u64) -> Option<Kept> {
        if unit.part == Part::Controls {
            return Some(self.control(unit));
        }
        let at = usize::try_from(unit.unit).ok()?;
        let known = self.digests.get(at).copied().unwrap_or_default();
        if unit.cases < planned {
            return match self.kept.get(&unit.unit) {
                _ if known != 0 => Some(Kept::Known),
                Some(kept) if kept.cases > unit.cases || kept == unit => Some(Kept::Known),
                Some(kept) if kept.cases == unit.cases => None,
                _ => {
                    self.kept.insert(unit.unit, unit.clone());
                    Some(Kept::AsItIs)
                }
            };
        }
        let digest = digest(unit);
        if known != 0 {
            return (known == digest).then_some(Kept::Known);
        }
        if self.digests.len() <= at {
            self.digests.resize(at + 1, 0);
        }
        self.digests[at] = digest;
        self.whole += 1;
        self.sum.merge(&unit.tally);
        self.kept.remove(&unit.unit);
        Some(Kept::Whole)
    }

    /// The worst answer counts.
    fn control(&mut self, unit: &UnitRecord) -> Kept {
        let rank = |unit: &UnitRecord| {
            let clean = unit.tally.is_clean(unit.cases);
            let text = serde_json::to_string(unit).unwrap_or_default();
            (std::cmp::Reverse(unit.cases), clean, text)
        };
        match self.kept.get(&unit.unit) {
            Some(known) if rank(known) <= rank(unit) => Kept::Known,
            _ => {
                self.kept.insert(unit.unit, unit.clone());
                Kept::AsItIs
            }
        }
    }

    pub(super) fn units(&self) -> u64 {
        self.whole + self.kept.len() as u64
    }

    pub(super) fn kept(&self) -> impl Iterator<Item = &UnitRecord> {
        self.kept.values()
    }

    pub(super) fn is_whole(&self, unit: u64, cases: u64) -> bool {
        let at = usize::try_from(unit).ok();
        let digest = at.and_then(|at| self.digests.get(at));
        digest.is_some_and(|digest| *digest != 0)
            || self.kept.get(&unit).is_some_and(|kept| kept.cases == cases)
    }

    pub(super) fn tally(&self) -> Tally {
        let mut sum = self.sum.clone();
        self.kept.values().for_each(|unit| sum.merge(&unit.tally));
        sum
    }
}

/// Never 0. It is compared within one process only.
fn digest(unit: &UnitRecord) -> u64 {
    let mut hasher = DefaultHasher::new();
    unit.hash(&mut hasher);
    hasher.finish().max(1)
}
