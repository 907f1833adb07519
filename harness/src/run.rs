//! The run: every case of a plan through the oracle and a target, counted part by part.
//!
//! The work is cut into units of [`UNIT_CASES`] cases. A unit's tally depends on its cases only, and adding
//! tallies is associative and commutative, so the counts are the same with any number of jobs.

mod controls;
mod divergence;
mod spaces;
mod tally;
mod unit;

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use veriam_generators::{
    CALLS_PER_WORLD, CASES_PER_UNIT, GENERATOR_VERSION, generated_case, generated_group,
};
use veriam_model::{Case, Row, RuleId};
use veriam_reports::{Record, StartRecord};

pub use controls::CONTROLS;
pub(crate) use divergence::is_determined;
pub use divergence::{Cluster, Digest, ORACLE, deciding_rules, digest, shrunk};
pub use tally::{Fit, Found, OracleFault, Tally, Who};
pub use veriam_reports::Part;

use crate::case_file::settings;
use crate::compare::Reply;
use crate::data::{self, RowFault};
use crate::target::Target;

/// Cases in one unit of work.
pub const UNIT_CASES: u64 = CASES_PER_UNIT;

/// A case, and what is documented about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub case: Case,
    /// The documented reply.
    pub documented: Option<Reply>,
    /// The rule the case shows.
    pub rule: Option<RuleId>,
}

impl Question {
    /// A case of which nothing is documented.
    #[must_use]
    pub const fn bare(case: Case) -> Self {
        Self {
            case,
            documented: None,
            rule: None,
        }
    }

    /// A row.
    #[must_use]
    pub fn row(row: Row) -> Self {
        Self {
            documented: row.expected.map(Reply::Decided),
            rule: row.rule,
            case: Case::Check(Box::new(row.check)),
        }
    }
}

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The parts, besides the controls, which always run.
    pub parts: Vec<Part>,
    /// How many generated cases.
    pub cases: u64,
    /// The campaign seed.
    pub seed: u64,
    /// How many threads.
    pub jobs: usize,
    /// Whether to start no further unit once there is a divergence. What is compared then depends on `jobs`.
    pub stop_at_first: bool,
}

impl Plan {
    /// How many cases a part has under this plan, controls included; `None` when it does not run.
    #[must_use]
    pub fn size(&self, part: Part, rows: &Rows) -> Option<u64> {
        if part != Part::Controls && !self.parts.contains(&part) {
            return None;
        }
        Some(match part {
            Part::Controls => CONTROLS,
            Part::Sources => rows.sources.len() as u64,
            Part::Vectors => rows.vectors.len() as u64,
            Part::Combiner | Part::Operators | Part::Principals | Part::TwoResource => {
                spaces::size(part)
            }
            Part::Generated => self.cases,
        })
    }
}

/// The cases a run reads from the program itself.
#[derive(Clone, Debug)]
pub struct Rows {
    controls: Vec<Question>,
    sources: Vec<Question>,
    vectors: Vec<Question>,
}

impl Rows {
    /// Reads the embedded rows.
    ///
    /// # Errors
    /// [`RowFault`] when an embedded row cannot be read: a fault of the program.
    pub fn embedded() -> Result<Self, RowFault> {
        let questions = |rows: Vec<Row>| rows.into_iter().map(Question::row).collect();
        Ok(Self {
            controls: controls::controls(),
            sources: questions(data::rows(data::SOURCES)?),
            vectors: questions(data::rows(data::VECTORS)?),
        })
    }

    fn of(&self, part: Part) -> &[Question] {
        match part {
            Part::Controls => &self.controls,
            Part::Sources => &self.sources,
            Part::Vectors => &self.vectors,
            _ => &[],
        }
    }

    /// The question of a case found in a run of `plan`, as it was before any shrinking.
    #[must_use]
    pub fn question(&self, plan: &Plan, part: Part, index: u64) -> Option<Question> {
        let position = usize::try_from(index).ok()?;
        match part {
            Part::Controls | Part::Sources | Part::Vectors => self.of(part).get(position).cloned(),
            Part::Generated => Some(Question::bare(generated_case(plan.seed, index))),
            _ => spaces::space(part)?.nth(position).map(Question::bare),
        }
    }
}

/// Everything a run counted, before it is told to anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// One tally for each part that ran, in the order of [`Part::ALL`].
    pub parts: Vec<(Part, Tally)>,
}

impl Counted {
    /// The tally of a part, if it ran.
    #[must_use]
    pub fn part(&self, part: Part) -> Option<&Tally> {
        self.parts.iter().find(|(p, _)| *p == part).map(|(_, t)| t)
    }

    /// The first records of the run: its start and one for each part.
    #[must_use]
    pub fn records(&self, plan: &Plan, target: &dyn Target) -> Vec<Record> {
        let start = Record::Start(StartRecord {
            target: target.name().to_owned(),
            target_version: target.version().to_owned(),
            veriam: env!("CARGO_PKG_VERSION").to_owned(),
            generator_version: GENERATOR_VERSION,
            seed: plan.seed,
            dialect: target.dialect().map(settings),
            jobs: plan.jobs,
            parts: plan.parts.clone(),
            controls: CONTROLS,
        });
        let parts = self.parts.iter();
        std::iter::once(start)
            .chain(parts.map(|(part, tally)| Record::Part(tally.record(*part))))
            .collect()
    }
}

/// Runs a plan against a target. `progress` is told how many further cases are done.
///
/// # Errors
/// The message of the thread pool when the threads cannot be started.
pub fn run(
    plan: &Plan,
    rows: &Rows,
    target: &dyn Target,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Counted, String> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(plan.jobs)
        .thread_name(|i| format!("judge-{i}"))
        .build()
        .map_err(|error| {
            format!(
                "cannot start {} threads: {error}; use fewer --jobs",
                plan.jobs
            )
        })?;
    let stop = AtomicBool::new(false);
    let work = Work {
        plan,
        target,
        progress,
        stop: &stop,
    };
    let mut parts: Vec<(Part, Tally)> = Vec::new();
    for part in Part::ALL {
        let Some(size) = plan.size(part, rows) else {
            continue;
        };
        let tally = pool.install(|| work.part(part, size, rows));
        let failed_control = part == Part::Controls && !tally.record(part).tally.is_clean(size);
        parts.push((part, tally));
        if failed_control {
            // What follows would prove nothing.
            break;
        }
    }
    Ok(Counted { parts })
}

struct Work<'a> {
    plan: &'a Plan,
    target: &'a dyn Target,
    progress: &'a (dyn Fn(u64) + Sync),
    stop: &'a AtomicBool,
}

impl Work<'_> {
    fn part(&self, part: Part, size: u64, rows: &Rows) -> Tally {
        match part {
            Part::Controls | Part::Sources | Part::Vectors => {
                self.unit(part, 0, rows.of(part).chunks(1).map(<[Question]>::to_vec))
            }
            Part::Combiner | Part::Operators | Part::Principals | Part::TwoResource => {
                // An iterator has no random access: every unit is cut from the front of what is left.
                let mut all = spaces::space(part)
                    .into_iter()
                    .flatten()
                    .map(Question::bare);
                let mut start = 0;
                let mut tally = Tally::new();
                loop {
                    // A few units at a time keep memory flat and every thread busy.
                    let units: Vec<(u64, Vec<Question>)> = (0..self.plan.jobs.max(1) * 2)
                        .map(|_| {
                            let unit: Vec<_> = all.by_ref().take(UNIT_CASES as usize).collect();
                            let first = start;
                            start += unit.len() as u64;
                            (first, unit)
                        })
                        .take_while(|(_, unit)| !unit.is_empty())
                        .collect();
                    if units.is_empty() {
                        return tally;
                    }
                    let tallies = units.into_par_iter().map(|(first, unit)| {
                        self.unit(part, first, unit.into_iter().map(|question| vec![question]))
                    });
                    tally.merge(tallies.reduce(Tally::new, Tally::merged));
                }
            }
            Part::Generated => (0..size.div_ceil(UNIT_CASES))
                .into_par_iter()
                .map(|unit| {
                    let start = unit * UNIT_CASES;
                    let end = size.min(start + UNIT_CASES);
                    let groups = (start..end).step_by(CALLS_PER_WORLD as usize).map(|first| {
                        let group = generated_group(self.plan.seed, first / CALLS_PER_WORLD);
                        // The last group of all may be cut short.
                        let cases = group.into_iter().take((end - first) as usize);
                        cases.map(Question::bare).collect()
                    });
                    self.unit(part, start, groups)
                })
                .reduce(Tally::new, Tally::merged),
        }
    }

    /// Judges groups of neighbouring cases; `first` is the number of the first case.
    fn unit(
        &self,
        part: Part,
        first: u64,
        groups: impl IntoIterator<Item = Vec<Question>>,
    ) -> Tally {
        let mut tally = Tally::new();
        let mut index = first;
        let mut since = 0;
        for group in groups {
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            unit::judge(part, index, &group, self.target, &mut tally);
            if self.plan.stop_at_first && tally.divergences > 0 {
                self.stop.store(true, Ordering::Relaxed);
            }
            index += group.len() as u64;
            since += group.len() as u64;
            if since >= 128 {
                (self.progress)(since);
                since = 0;
            }
        }
        (self.progress)(since);
        tally
    }
}
