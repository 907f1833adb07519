//! Records of several processes put together: shards, resumed runs, the same run twice.
//!
//! Units are added to the counts of their part as they come. Of each a digest stays, by which the same unit is known when
//! it comes again, so that memory does not grow with what units hold.

mod fold;

use std::collections::BTreeMap;
use std::fmt;

use crate::plan::MOST_UNITS;
use crate::{
    ClusterRecord, EndRecord, Part, PlannedUnit, Record, Shard, Signature, StartRecord, Stopped,
    Summary, Tally, UnitRecord,
};
pub use fold::Kept;
use fold::PartFold;

/// The records of one plan, whoever ran which unit. Adding records is associative, commutative and idempotent.
#[derive(Clone, Debug, PartialEq)]
pub struct Merge {
    start: StartRecord,
    parts: BTreeMap<Part, PartFold>,
    clusters: BTreeMap<Signature, ClusterRecord>,
    ends: Vec<EndRecord>,
}

/// Units of a plan that no record tells of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Absent {
    /// Units that should have run.
    pub missing: Vec<(Part, u64)>,
    /// Whether some of those are missing because a run was interrupted.
    pub interrupted: bool,
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
    /// A plan of which nothing ran yet.
    ///
    /// # Errors
    /// [`MergeError::TooLarge`].
    pub fn begin(start: StartRecord) -> Result<Self, MergeError> {
        let units = start.parts.iter().fold(0_u64, |sum, part| {
            sum.saturating_add(part.units(start.unit_cases))
        });
        if units > MOST_UNITS {
            return Err(MergeError::TooLarge(units));
        }
        Ok(Self {
            start,
            parts: BTreeMap::new(),
            clusters: BTreeMap::new(),
            ends: Vec::new(),
        })
    }

    /// The records of one process or of an earlier merge.
    ///
    /// # Errors
    /// [`MergeError`] when they are not those of one plan.
    pub fn new(records: &[Record]) -> Result<Self, MergeError> {
        let mut merge = None;
        let mut source = Source::default();
        for record in records {
            source.push(&mut merge, record)?;
        }
        source.close(&mut merge)?;
        merge.ok_or(MergeError::Start)
    }

    /// Takes up another process of the same plan.
    fn join(&mut self, start: &StartRecord) -> Result<(), MergeError> {
        if let Some((member, one, other)) = self.start.difference(start) {
            return Err(MergeError::OtherPlan { member, one, other });
        }
        self.start.jobs = self.start.jobs.max(start.jobs);
        if self.start.shard != start.shard {
            self.start.shard = Shard::WHOLE;
        }
        Ok(())
    }

    /// Adds a unit.
    ///
    /// # Errors
    /// [`MergeError`] when it is not one of the plan, or is there already with other counts.
    pub fn unit(&mut self, unit: &UnitRecord) -> Result<Kept, MergeError> {
        let size = self.start.unit_cases;
        let labels = self.start.labels.iter().map(|f| f.labels.len()).sum();
        let planned = self.start.part(unit.part).and_then(|part| {
            let first = unit.unit.checked_mul(size);
            let fits = unit.unit < part.units(size)
                && first == Some(unit.first)
                && unit.cases <= size.min(part.cases - unit.first)
                && unit.tally.labels.fits(labels)
                && unit.tally.laws.fits(&self.start.laws);
            fits.then(|| size.min(part.cases - unit.first))
        });
        let Some(planned) = planned else {
            return Err(MergeError::NotPlanned(unit.part, unit.unit));
        };
        let fold = self.parts.entry(unit.part).or_default();
        fold.add(unit, planned)
            .ok_or(MergeError::Contradiction(unit.part, unit.unit))
    }

    /// Adds a kind of divergence.
    pub fn cluster(&mut self, cluster: &ClusterRecord) {
        let known = self
            .clusters
            .entry(cluster.signature.clone())
            .or_insert_with(|| cluster.clone());
        let rank = |c: &ClusterRecord| (c.examined, c.file.clone(), c.not_stored.clone());
        if rank(known) < rank(cluster) {
            *known = cluster.clone();
        }
    }

    /// Adds the end of a process.
    pub fn end(&mut self, end: &EndRecord) {
        let key = |e: &EndRecord| (e.shard, e.seconds.to_bits(), e.compared);
        match self.ends.iter_mut().find(|known| key(known) == key(end)) {
            // An older copy of a journal does not know that the run went on.
            Some(known) if known.stopped != end.stopped => known.stopped = None,
            Some(_) => {}
            None => self.ends.push(end.clone()),
        }
        self.ends.sort_by_key(key);
    }

    /// The same units, as a process with that start begins with them: it asks the controls itself, and the kinds of
    /// divergences and the ends are those of the others.
    #[must_use]
    pub fn taken_up(mut self, start: StartRecord) -> Self {
        self.start = start;
        self.parts.remove(&Part::Controls);
        self.clusters.clear();
        self.ends.clear();
        self
    }

    /// The same, with other kinds of divergences.
    #[must_use]
    pub fn with_clusters(mut self, clusters: &[ClusterRecord]) -> Self {
        self.clusters.clear();
        for cluster in clusters {
            self.cluster(cluster);
        }
        self
    }

    /// What is asked of whom.
    #[must_use]
    pub fn start(&self) -> &StartRecord {
        &self.start
    }

    /// How many units are there, unfinished ones too.
    #[must_use]
    pub fn units(&self) -> u64 {
        self.parts.values().map(PartFold::units).sum()
    }

    /// The units that are kept as they are: controls and unfinished ones.
    pub fn kept(&self) -> impl Iterator<Item = &UnitRecord> {
        self.parts.values().flat_map(PartFold::kept)
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
    pub fn is_whole(&self, unit: &PlannedUnit) -> bool {
        let fold = self.parts.get(&unit.part);
        fold.is_some_and(|fold| fold.is_whole(unit.unit, unit.cases))
    }

    /// The units of a shard that are not there.
    #[must_use]
    pub fn absent(&self, shard: Shard) -> Absent {
        let mut absent = Absent::default();
        for unit in self.start.units().filter(|u| shard.has(u)) {
            if self.is_whole(&unit) {
                continue;
            }
            let here = self.ends.iter().filter(|end| end.shard.has(&unit));
            let stopped: Vec<Stopped> = here.filter_map(|end| end.stopped).collect();
            let name = (unit.part, unit.unit);
            if stopped.iter().any(|stopped| stopped.is_on_purpose()) {
                absent.not_run.push(name);
            } else {
                absent.interrupted |= stopped.contains(&Stopped::Interrupted);
                absent.missing.push(name);
            }
        }
        absent
    }

    /// The counts of each part that ran, in the order of the run.
    #[must_use]
    pub fn parts(&self) -> Vec<(Part, Tally)> {
        let parts = self.parts.iter();
        parts.map(|(part, fold)| (*part, fold.tally())).collect()
    }

    /// The counts of a part, if any unit of it ran.
    #[must_use]
    pub fn part(&self, part: Part) -> Option<Tally> {
        self.parts.get(&part).map(PartFold::tally)
    }

    /// The summary of a shard: units of it that are not there are missing.
    #[must_use]
    pub fn summary(&self, shard: Shard) -> Summary {
        Summary::of(self, shard)
    }
}

/// The records of one process, as they are read one after the other.
#[derive(Debug, Default)]
pub struct Source {
    begun: bool,
    ends: Vec<EndRecord>,
}

impl Source {
    /// Adds its next record; what it did to a unit.
    ///
    /// # Errors
    /// [`MergeError`] when the first is no start or a later one is, when the records are not those of the plan that was
    /// merged so far, or contradict it.
    pub fn push(
        &mut self,
        merge: &mut Option<Merge>,
        record: &Record,
    ) -> Result<Option<Kept>, MergeError> {
        match (record, merge) {
            (Record::Start(_), _) if self.begun => return Err(MergeError::Start),
            (Record::Start(start), Some(merge)) => merge.join(start)?,
            (Record::Start(start), merge) => *merge = Some(Merge::begin(start.clone())?),
            (_, Some(merge)) if self.begun => match record {
                Record::Unit(unit) => {
                    // Whoever ended early was resumed.
                    self.ends.iter_mut().for_each(|end| end.stopped = None);
                    return merge.unit(unit).map(Some);
                }
                Record::Cluster(cluster) => merge.cluster(cluster),
                Record::End(end) => self.ends.push(end.clone()),
                Record::Start(_) => {}
            },
            _ => return Err(MergeError::Start),
        }
        self.begun = true;
        Ok(None)
    }

    /// Adds what is known at its end only.
    ///
    /// # Errors
    /// [`MergeError::Start`] when there was no record.
    pub fn close(self, merge: &mut Option<Merge>) -> Result<(), MergeError> {
        match merge {
            Some(merge) if self.begun => {
                self.ends.iter().for_each(|end| merge.end(end));
                Ok(())
            }
            _ => Err(MergeError::Start),
        }
    }
}

#[cfg(test)]
mod tests;
