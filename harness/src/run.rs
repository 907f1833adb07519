//! The run: every check of a plan through the oracle and a target, folded into a record.
//!
//! The work is cut into units of [`UNIT_CASES`] cases. A unit's tally depends on its cases only, and adding
//! tallies is associative and commutative, so the record is the same with any number of jobs.

mod divergence;
mod tally;
mod unit;

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use veriam_generators::{CASES_PER_UNIT, exhaustive, generated_check};
use veriam_model::{Check, Decision, Principal, Resource, Row};

pub use divergence::{Cluster, Digest, ORACLE, deciding_rules, digest, shrunk};
pub use tally::{Found, OracleFault, Outcomes, Tally, Who};

use crate::data::{self, RowFault};
use crate::target::Target;

/// Cases in one unit of work.
pub const UNIT_CASES: u64 = CASES_PER_UNIT;

/// How many controls open a run.
pub const CONTROLS: u64 = 3;

/// A part of a run: one kind of checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Checks whose outcome is beyond doubt; they run first.
    Controls,
    /// The policies that published documents print.
    Sources,
    /// The documented vectors.
    Vectors,
    /// The exhaustive space of the combiner.
    Combiner,
    /// Generated checks.
    Generated,
}

impl Part {
    /// Every part, in the order in which a run takes them.
    pub const ALL: [Part; 5] = [
        Part::Controls,
        Part::Sources,
        Part::Vectors,
        Part::Combiner,
        Part::Generated,
    ];

    /// The name in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Part::Controls => "controls",
            Part::Sources => "sources",
            Part::Vectors => "vectors",
            Part::Combiner => "combiner",
            Part::Generated => "generated",
        }
    }

    /// What it is, for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Part::Controls => "controls (answers beyond doubt)",
            Part::Sources => "policies of published documents",
            Part::Vectors => "documented vectors",
            Part::Combiner => "exhaustive combiner",
            Part::Generated => "generated checks",
        }
    }
}

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The parts, besides the controls, which always run.
    pub parts: Vec<Part>,
    /// How many generated checks.
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
            Part::Combiner => exhaustive::COMBINER_SIZE as u64,
            Part::Generated => self.cases,
        })
    }
}

/// The rows a run reads from the program itself.
#[derive(Clone, Debug)]
pub struct Rows {
    controls: Vec<Row>,
    sources: Vec<Row>,
    vectors: Vec<Row>,
}

impl Rows {
    /// Reads the embedded rows.
    ///
    /// # Errors
    /// [`RowFault`] when an embedded row cannot be read: a fault of the program.
    pub fn embedded() -> Result<Self, RowFault> {
        Ok(Self {
            controls: controls().to_vec(),
            sources: data::rows(data::SOURCES)?,
            vectors: data::rows(data::VECTORS)?,
        })
    }

    fn of(&self, part: Part) -> &[Row] {
        match part {
            Part::Controls => &self.controls,
            Part::Sources => &self.sources,
            Part::Vectors => &self.vectors,
            Part::Combiner | Part::Generated => &[],
        }
    }

    /// The check of a case found in a run of `plan`, as it was before any shrinking.
    #[must_use]
    pub fn case(&self, plan: &Plan, part: Part, index: u64) -> Option<Row> {
        let position = usize::try_from(index).ok()?;
        match part {
            Part::Controls | Part::Sources | Part::Vectors => self.of(part).get(position).cloned(),
            Part::Combiner => exhaustive::combiner().nth(position).map(bare),
            Part::Generated => Some(bare(generated_check(plan.seed, index))),
        }
    }
}

/// Everything a run found out, before it is told to anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// One tally for each part that ran, in the order of [`Part::ALL`].
    pub parts: Vec<(Part, Tally)>,
}

impl Record {
    /// The tally of a part, if it ran.
    #[must_use]
    pub fn part(&self, part: Part) -> Option<&Tally> {
        self.parts.iter().find(|(p, _)| *p == part).map(|(_, t)| t)
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
) -> Result<Record, String> {
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
        let failed_control = part == Part::Controls && !tally.is_clean(size);
        parts.push((part, tally));
        if failed_control {
            // What follows would prove nothing.
            break;
        }
    }
    Ok(Record { parts })
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
                let rows = rows.of(part);
                let cases = (0..).zip(rows);
                self.unit(part, cases.map(|(i, row)| (i, row.clone())))
            }
            Part::Combiner => {
                // An iterator has no random access: every unit is cut from the front of what is left.
                let mut all = (0..).zip(exhaustive::combiner().map(bare));
                let mut tally = Tally::new();
                loop {
                    // A few units at a time keep memory flat and every thread busy.
                    let units: Vec<Vec<(u64, Row)>> = (0..self.plan.jobs.max(1) * 2)
                        .map(|_| all.by_ref().take(UNIT_CASES as usize).collect())
                        .take_while(|unit: &Vec<_>| !unit.is_empty())
                        .collect();
                    if units.is_empty() {
                        return tally;
                    }
                    let tallies = units.into_par_iter().map(|unit| self.unit(part, unit));
                    tally.merge(tallies.reduce(Tally::new, Tally::merged));
                }
            }
            Part::Generated => (0..size.div_ceil(UNIT_CASES))
                .into_par_iter()
                .map(|unit| {
                    let start = unit * UNIT_CASES;
                    let end = size.min(start + UNIT_CASES);
                    let seed = self.plan.seed;
                    self.unit(
                        part,
                        (start..end).map(|i| (i, bare(generated_check(seed, i)))),
                    )
                })
                .reduce(Tally::new, Tally::merged),
        }
    }

    fn unit(&self, part: Part, cases: impl IntoIterator<Item = (u64, Row)>) -> Tally {
        let mut tally = Tally::new();
        let mut since = 0;
        for (index, row) in cases {
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            unit::judge(part, index, &row, self.target, &mut tally);
            if self.plan.stop_at_first && tally.divergences > 0 {
                self.stop.store(true, Ordering::Relaxed);
            }
            since += 1;
            if since == 128 {
                (self.progress)(since);
                since = 0;
            }
        }
        (self.progress)(since);
        tally
    }
}

fn bare(check: Check) -> Row {
    Row {
        check,
        expected: None,
        rule: None,
        source: None,
        note: None,
    }
}

/// One check that must be allowed, one that must be denied explicitly, one that must be denied implicitly: a
/// target that misses one of them is not connected to what we think it is.
fn controls() -> [Row; CONTROLS as usize] {
    let control = |id: &str, policy: Option<&str>, expected: Decision| {
        let principal = Principal {
            arn: "arn:aws:iam::111122223333:user/alice".to_owned(),
            account: Some("111122223333".to_owned()),
        };
        let resource = Resource {
            arn: "arn:aws:s3:::amzn-s3-demo-bucket/report.txt".to_owned(),
            account: "111122223333".to_owned(),
        };
        let mut check = Check::new(principal, "s3:GetObject", resource);
        check.id = Some(id.to_owned());
        let policies = policy.map(veriam_model::PolicyText::new);
        check.identity_policies.extend(policies);
        Row {
            expected: Some(expected),
            ..bare(check)
        }
    };
    let allow = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#;
    let deny = r#"{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#;
    let document =
        |statements: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    [
        control(
            "control-must-allow",
            Some(&document(allow)),
            Decision::Allow,
        ),
        control(
            "control-must-deny-explicitly",
            Some(&document(&format!("{allow},{deny}"))),
            Decision::ExplicitDeny,
        ),
        control("control-must-deny-implicitly", None, Decision::ImplicitDeny),
    ]
}
