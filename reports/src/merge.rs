//! Records of several processes put together: shards, resumed runs, the same run twice.

use std::collections::BTreeMap;
use std::fmt;

use crate::plan::MOST_UNITS;
use crate::{
    ClusterRecord, EndRecord, Part, Record, Shard, Signature, StartRecord, Summary, Tally,
    UnitRecord, unit_names,
};

/// The records of one plan, whoever ran which unit. Adding records is associative, commutative and idempotent.
#[derive(Clone, Debug, PartialEq)]
pub struct Merge {
    start: StartRecord,
    units: BTreeMap<(Part, u64), UnitRecord>,
    clusters: BTreeMap<Signature, ClusterRecord>,
    ends: Vec<EndRecord>,
}

/// Units of a plan that no record tells of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Absent {
    /// Units that should have run.
    pub missing: Vec<(Part, u64)>,
    /// Units that were left out because a run ended early on purpose.
    pub not_run: Vec<(Part, u64)>,
}

/// Records that cannot be put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeError {
    /// There is no start, or more than one, or it is not the first record.
    Start,
    /// The plan has more units than any campaign.
    TooLarge(u64),
    /// The records are of different plans.
    OtherPlan {
        /// The member of the start in which they differ.
        member: &'static str,
        /// Its value in one.
        one: String,
        /// Its value in the other.
        other: String,
    },
    /// A unit that the plan does not have.
    NotPlanned(Part, u64),
    /// A unit with different counts.
    Contradiction(Part, u64),
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MergeError::Start => f.write_str(
                "the records of a run begin with its one `start`; give the records of a run, whole",
            ),
            MergeError::TooLarge(units) => write!(
                f,
                "a plan of {units} units; at most {MOST_UNITS} can be run, ask for fewer cases"
            ),
            MergeError::OtherPlan { member, one, other } => {
                let short = |text: &str| match text.char_indices().nth(80) {
                    Some((at, _)) => format!("{}…", &text[..at]),
                    None => text.to_owned(),
                };
                write!(
                    f,
                    "records of different plans: `{member}` is {} in one and {} in the other; give records of one plan",
                    short(one),
                    short(other)
                )
            }
            MergeError::NotPlanned(part, unit) => write!(
                f,
                "the unit `{} {unit}` is not one of the plan; give the records as they were written",
                part.name()
            ),
            MergeError::Contradiction(part, unit) => write!(
                f,
                "the unit `{} {unit}` has different counts in two records: the target or Veriam did not behave the \
                 same twice; run it again",
                part.name()
            ),
        }
    }
}

impl std::error::Error for MergeError {}

impl Merge {
    /// The records of one process or of an earlier merge.
    ///
    /// # Errors
    /// [`MergeError`] when they are not those of one plan.
    pub fn new(records: &[Record]) -> Result<Self, MergeError> {
        let Some((Record::Start(start), rest)) = records.split_first() else {
            return Err(MergeError::Start);
        };
        let units = start.parts.iter().fold(0_u64, |sum, part| {
            sum.saturating_add(part.units(start.unit_cases))
        });
        if units > MOST_UNITS {
            return Err(MergeError::TooLarge(units));
        }
        let mut merge = Self {
            start: start.clone(),
            units: BTreeMap::new(),
            clusters: BTreeMap::new(),
            ends: Vec::new(),
        };
        for record in rest {
            match record {
                Record::Start(_) => return Err(MergeError::Start),
                Record::Unit(unit) => {
                    // Whoever ended early was resumed.
                    merge.ends.iter_mut().for_each(|end| end.stopped = None);
                    merge.unit(unit)?;
                }
                Record::Cluster(cluster) => merge.cluster(cluster),
                Record::End(end) => merge.end(end),
            }
        }
        Ok(merge)
    }

    /// Adds the records of another.
    ///
    /// # Errors
    /// [`MergeError`] when they are not those of one plan, or contradict each other.
    pub fn add(&mut self, other: &Merge) -> Result<(), MergeError> {
        if let Some((member, one, other)) = self.start.difference(&other.start) {
            return Err(MergeError::OtherPlan { member, one, other });
        }
        self.start.jobs = self.start.jobs.max(other.start.jobs);
        if self.start.shard != other.start.shard {
            self.start.shard = Shard::WHOLE;
        }
        for unit in other.units.values() {
            self.unit(unit)?;
        }
        for cluster in other.clusters.values() {
            self.cluster(cluster);
        }
        for end in &other.ends {
            self.end(end);
        }
        Ok(())
    }

    fn unit(&mut self, unit: &UnitRecord) -> Result<(), MergeError> {
        let name = (unit.part, unit.unit);
        let size = self.start.unit_cases;
        let labels = self.start.labels.iter().map(|f| f.labels.len()).sum();
        let planned = self.start.part(unit.part).filter(|part| {
            let first = unit.unit.checked_mul(size);
            unit.unit < part.units(size)
                && first == Some(unit.first)
                && unit.cases <= size.min(part.cases - unit.first)
                && unit.tally.labels.fits(labels)
        });
        if planned.is_none() {
            return Err(MergeError::NotPlanned(name.0, name.1));
        }
        let Some(known) = self.units.get_mut(&name) else {
            self.units.insert(name, unit.clone());
            return Ok(());
        };
        if known == unit {
            return Ok(());
        }
        // A unit that broke off at a divergence tells less than one that was finished.
        if known.cases != unit.cases {
            if known.cases < unit.cases {
                *known = unit.clone();
            }
            return Ok(());
        }
        if unit.part != Part::Controls {
            return Err(MergeError::Contradiction(name.0, name.1));
        }
        // Every process asks the controls; the worst answer counts.
        let rank = |unit: &UnitRecord| {
            let clean = unit.tally.is_clean(unit.cases);
            (clean, serde_json::to_string(unit).unwrap_or_default())
        };
        if rank(unit) < rank(known) {
            *known = unit.clone();
        }
        Ok(())
    }

    fn cluster(&mut self, cluster: &ClusterRecord) {
        let known = self
            .clusters
            .entry(cluster.signature.clone())
            .or_insert_with(|| cluster.clone());
        let rank = |c: &ClusterRecord| (c.examined, c.file.clone(), c.not_stored.clone());
        if rank(known) < rank(cluster) {
            *known = cluster.clone();
        }
    }

    fn end(&mut self, end: &EndRecord) {
        let key = |e: &EndRecord| (e.shard, e.seconds.to_bits(), e.compared);
        match self.ends.iter_mut().find(|known| key(known) == key(end)) {
            // An older copy of a journal does not know that the run went on.
            Some(known) if known.stopped != end.stopped => known.stopped = None,
            Some(_) => {}
            None => self.ends.push(end.clone()),
        }
        self.ends.sort_by_key(key);
    }

    /// What is asked of whom.
    #[must_use]
    pub fn start(&self) -> &StartRecord {
        &self.start
    }

    /// The units, by part and number.
    pub fn units(&self) -> impl Iterator<Item = &UnitRecord> {
        self.units.values()
    }

    /// The kinds of divergences.
    pub fn clusters(&self) -> impl Iterator<Item = &ClusterRecord> {
        self.clusters.values()
    }

    /// The ends of the processes that came to one.
    #[must_use]
    pub fn ends(&self) -> &[EndRecord] {
        &self.ends
    }

    /// Whether a unit is there with all its cases.
    #[must_use]
    pub fn is_whole(&self, unit: &crate::PlannedUnit) -> bool {
        let known = self.units.get(&(unit.part, unit.unit));
        known.is_some_and(|known| known.cases == unit.cases)
    }

    /// The units of a shard that are not there.
    #[must_use]
    pub fn absent(&self, shard: Shard) -> Absent {
        let mut absent = Absent::default();
        for unit in self.start.units().filter(|u| shard.has(u)) {
            if self.is_whole(&unit) {
                continue;
            }
            let mut stopped = self.ends.iter().filter(|end| end.stopped.is_some());
            let list = match stopped.any(|end| end.shard.has(&unit)) {
                true => &mut absent.not_run,
                false => &mut absent.missing,
            };
            list.push((unit.part, unit.unit));
        }
        absent
    }

    /// The counts of each part that ran, in the order of the run.
    #[must_use]
    pub fn parts(&self) -> Vec<(Part, Tally)> {
        let mut parts: Vec<(Part, Tally)> = Vec::new();
        for unit in self.units.values() {
            match parts.last_mut() {
                Some((part, tally)) if *part == unit.part => tally.merge(&unit.tally),
                _ => parts.push((unit.part, unit.tally.clone())),
            }
        }
        parts
    }

    /// The records, in one order whatever order they came in.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        let start = Record::Start(self.start.clone());
        let units = self.units.values().cloned().map(Record::Unit);
        let clusters = self.clusters.values().cloned().map(Record::Cluster);
        let ends = self.ends.iter().cloned().map(Record::End);
        std::iter::once(start)
            .chain(units)
            .chain(clusters)
            .chain(ends)
            .collect()
    }

    /// The summary of the whole plan: units of no shard that is there are missing.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::of(self, Shard::WHOLE)
    }

    /// The absent units by name, for messages.
    #[must_use]
    pub fn missing_names(&self) -> String {
        unit_names(&self.absent(Shard::WHOLE).missing)
    }
}
