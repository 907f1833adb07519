//! The run: every case of a plan through the oracle and a target, counted unit by unit.
//!
//! The work is cut into units of [`UNIT_CASES`] cases. A unit's counts depend on its cases only, so they are the same
//! with any number of jobs, in whatever order, process or machine the units run.

mod controls;
mod divergence;
mod open;
mod spaces;
mod tally;
mod unit;
mod without;
mod work;

use std::fmt;
use std::sync::{Mutex, PoisonError};

use veriam_generators::{CASES_PER_UNIT, Campaign, GENERATOR_VERSION};
use veriam_model::{Case, PolicyTypes, Profile, Row, RuleId};
use veriam_reports::{
    self as reports, Merge, PlannedPart, Shard, StartRecord, Stopped, Summary, UnitRecord,
    planned_units,
};

pub use controls::CONTROLS;
pub(crate) use divergence::is_determined;
pub use divergence::{
    Cluster, Digest, Look, Looked, ORACLE, SHRINK_BUDGET, deciding_rules, digest, look, looked_at,
    shrunk,
};
pub use open::differs;
pub use tally::{Fit, OracleFault, Tally};
pub use veriam_reports::{Found, Part, Who};

use crate::case_file::settings;
use crate::compare::Reply;
use crate::data::{self, RowFault};
use crate::labels::quotas::Quotas;
use crate::laws;
use crate::target::Target;
use without::Reduced;
use work::Work;

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
    /// How large the generated cases are.
    pub profile: Profile,
    /// How often each label has to be decisive.
    pub quotas: Quotas,
    /// How many threads.
    pub jobs: usize,
    /// Policy types that are left out of every case but the controls.
    pub without: PolicyTypes,
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
            Part::Generated | Part::Laws => self.cases,
        })
    }

    /// The generated cases.
    #[must_use]
    pub const fn campaign(&self) -> Campaign {
        Campaign::of(self.seed, self.profile)
    }

    /// The parts with their sizes, in the order of the run, the controls first.
    #[must_use]
    pub fn planned(&self, rows: &Rows) -> Vec<PlannedPart> {
        let planned = |part| {
            let cases = self.size(part, rows)?;
            Some(PlannedPart { part, cases })
        };
        Part::ALL.into_iter().filter_map(planned).collect()
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

    /// The controls.
    pub fn controls(&self) -> impl Iterator<Item = &Question> {
        self.controls.iter()
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
        let question = self.drawn(plan, part, index)?;
        Some(match part {
            Part::Controls => question,
            _ => match without::reduced(&question, plan.without) {
                Reduced::Changed(reduced) => reduced,
                Reduced::Unchanged | Reduced::Gone(_) => question,
            },
        })
    }

    fn drawn(&self, plan: &Plan, part: Part, index: u64) -> Option<Question> {
        let position = usize::try_from(index).ok()?;
        match part {
            Part::Controls | Part::Sources | Part::Vectors => self.of(part).get(position).cloned(),
            Part::Generated | Part::Laws => Some(Question::bare(plan.campaign().case(index))),
            _ => spaces::space(part)?.nth(position).map(Question::bare),
        }
    }
}

/// What decides how far a run goes, besides its plan, and who is told.
pub struct Course<'a> {
    /// The units to run.
    pub shard: Shard,
    /// Units that are done already; controls are asked all the same.
    pub done: Option<&'a Merge>,
    /// Why not to start a further unit; asked before each one but controls.
    pub stop: &'a (dyn Fn() -> Option<Stopped> + Sync),
    /// Is told of each unit that was run, as soon as it is done.
    pub finished: &'a (dyn Fn(&UnitRecord) + Sync),
    /// Is told how many further cases are done.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

impl fmt::Debug for Course<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Course")
            .field("shard", &self.shard)
            .finish_non_exhaustive()
    }
}

/// Everything a run counted, before it is told to anybody.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    /// What the units came to, those that were done before too.
    pub merge: Merge,
    /// Why the rest was left out.
    pub stopped: Option<Stopped>,
}

impl Counted {
    /// The counts of a part, if any unit of it ran.
    #[must_use]
    pub fn part(&self, part: Part) -> Option<reports::Tally> {
        self.merge.part(part)
    }

    /// The summary of the share of the plan that was to be run, before any divergence is looked into.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.merge.summary(self.merge.start().shard)
    }
}

/// The first record of a run.
#[must_use]
pub fn start(
    plan: &Plan,
    parts: Vec<PlannedPart>,
    shard: Shard,
    target: &dyn Target,
) -> StartRecord {
    let has_laws = parts.iter().any(|planned| planned.part == Part::Laws);
    StartRecord {
        target: target.name().to_owned(),
        target_version: target.version().to_owned(),
        veriam: env!("CARGO_PKG_VERSION").to_owned(),
        generator_version: GENERATOR_VERSION,
        seed: plan.seed,
        profile: plan.profile,
        dialect: target.dialect().map(settings),
        unit_cases: UNIT_CASES,
        parts,
        laws: match has_laws {
            true => laws::planned(),
            false => Vec::new(),
        },
        labels: plan.quotas.families(),
        without: plan.without.iter().collect(),
        shard,
        jobs: plan.jobs,
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
    let course = Course {
        shard: Shard::WHOLE,
        done: None,
        stop: &|| None,
        finished: &|_| {},
        progress,
    };
    run_units(plan, rows, target, &course)
}

/// Runs some units of a plan against a target.
///
/// # Errors
/// The message of the thread pool when the threads cannot be started; that of [`Merge`] when the plan is too large or a
/// unit that is done contradicts it.
pub fn run_units(
    plan: &Plan,
    rows: &Rows,
    target: &dyn Target,
    course: &Course<'_>,
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
    let start = start(plan, plan.planned(rows), course.shard, target);
    let begun = match course.done {
        Some(done) => done.clone().taken_up(start),
        None => Merge::begin(start).map_err(|error| error.to_string())?,
    };
    let planned = begun.start().parts.clone();
    let fold = Fold(Mutex::new((begun, None)));
    let work = Work::new(plan, rows, target, course, &fold);
    for part in &planned {
        let units = planned_units(&planned, UNIT_CASES);
        let here = units.filter(|unit| unit.part == part.part && course.shard.has(unit));
        pool.install(|| work.part(part.part, here));
        if part.part == Part::Controls
            && !fold.with(|merge| {
                let controls = merge.part(Part::Controls);
                controls.is_some_and(|tally| tally.is_clean(part.cases))
            })
        {
            // What follows would prove nothing.
            break;
        }
    }
    let stopped = work.stopped();
    let (merge, wrong) = fold.0.into_inner().unwrap_or_else(PoisonError::into_inner);
    match wrong {
        Some(wrong) => Err(wrong),
        None => Ok(Counted { merge, stopped }),
    }
}

/// The units of a run, added up as they come from any thread, and the first thing that went wrong with it.
struct Fold(Mutex<(Merge, Option<String>)>);

impl Fold {
    fn with<T>(&self, read: impl FnOnce(&Merge) -> T) -> T {
        read(&self.0.lock().unwrap_or_else(PoisonError::into_inner).0)
    }

    fn add(&self, unit: &UnitRecord) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (merge, wrong) = &mut *held;
        if let Err(error) = merge.unit(unit) {
            wrong.get_or_insert_with(|| error.to_string());
        }
    }
}
