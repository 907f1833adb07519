//! Laws on a target: each generated check and call is changed as some law says, the target is asked about both, and the
//! two replies are held against each other. Nobody has to know which reply is right.
//!
//! The oracle is asked for one thing only, and only where a law seems broken: whether both cases are valid.

mod file;
mod shrinking;
mod summary;

use rayon::prelude::*;
use veriam_generators::laws::{Law, Relation, drawn};
use veriam_generators::{CALLS_PER_WORLD, CASES_PER_UNIT, generated_group};
use veriam_model::{Case, Decision, Dialect};
use veriam_reports::{Kind, OutcomeKind};

pub use file::{LAW_CASE_SCHEMA, LawCase, has_law_tag, store};
pub use shrinking::{LawCluster, clusters};
pub use summary::{LAWS_SCHEMA, LawRow, LawsSummary, MINIMUM_FROM, StoredCluster, minimum};

use crate::compare::{Reply, oracle_reply};
use crate::target::Target;

/// Broken laws of one unit that are kept as cases.
const KEPT_PER_UNIT: usize = 32;
/// Broken laws of a run that are kept as cases.
const KEPT: usize = 1_024;

/// Which laws to try on how many cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LawPlan {
    /// How many generated cases.
    pub cases: u64,
    /// The campaign seed.
    pub seed: u64,
    /// How many threads.
    pub jobs: usize,
}

/// What was counted for one law.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LawCounts {
    /// Checks it was applied to: the target answered before and after the change.
    pub checks: u64,
    /// Calls, likewise.
    pub calls: u64,
    /// Of both, those allowed before the change.
    pub allowed: u64,
    /// Of both, those whose outcome the change changed, rightly or not.
    pub changed: u64,
    /// Those that break the law.
    pub broken: u64,
    /// Cases on which the target gave no outcome before or after the change.
    pub unscored: u64,
}

impl LawCounts {
    /// Cases the law was applied to.
    #[must_use]
    pub const fn applied(&self) -> u64 {
        self.checks + self.calls
    }

    /// Cases in which it held.
    #[must_use]
    pub const fn held(&self) -> u64 {
        self.applied() - self.broken
    }

    const fn merge(&mut self, other: &LawCounts) {
        self.checks += other.checks;
        self.calls += other.calls;
        self.allowed += other.allowed;
        self.changed += other.changed;
        self.broken += other.broken;
        self.unscored += other.unscored;
    }
}

/// A case on which a law is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its number in the campaign.
    pub index: u64,
    /// The law.
    pub law: Law,
    /// The reply before the change.
    pub before: Kind,
    /// The reply after it.
    pub after: Kind,
}

/// Counts over some cases. Adding tallies is associative and commutative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LawTally {
    counts: [LawCounts; Law::ALL.len()],
    /// The first cases that break a law, by index.
    pub broken: Vec<Broken>,
}

impl LawTally {
    /// What was counted for a law.
    #[must_use]
    pub fn of(&self, law: Law) -> &LawCounts {
        &self.counts[law as usize]
    }

    fn merged(mut self, other: LawTally) -> LawTally {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            mine.merge(theirs);
        }
        self.broken.extend(other.broken);
        self.broken.sort_by_key(|broken| broken.index);
        self.broken.truncate(KEPT);
        self
    }
}

/// Tries laws on a target. `progress` is told how many further cases are done.
///
/// # Errors
/// The message of the thread pool when the threads cannot be started.
pub fn run(
    plan: &LawPlan,
    target: &dyn Target,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<LawTally, String> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(plan.jobs)
        .thread_name(|i| format!("law-{i}"))
        .build()
        .map_err(|error| {
            let jobs = plan.jobs;
            format!("cannot start {jobs} threads: {error}; use fewer --jobs")
        })?;
    let units = plan.cases.div_ceil(CASES_PER_UNIT);
    Ok(pool.install(|| {
        (0..units)
            .into_par_iter()
            .map(|unit| {
                let start = unit * CASES_PER_UNIT;
                let end = plan.cases.min(start + CASES_PER_UNIT);
                let mut tally = LawTally::default();
                for first in (start..end).step_by(CALLS_PER_WORLD as usize) {
                    let group = generated_group(plan.seed, first / CALLS_PER_WORLD);
                    for (index, case) in (first..end).zip(&group) {
                        one(plan.seed, index, case, target, &mut tally);
                    }
                    progress(CALLS_PER_WORLD.min(end - first));
                }
                tally.broken.truncate(KEPT_PER_UNIT);
                tally
            })
            .reduce(LawTally::default, LawTally::merged)
    }))
}

fn one(seed: u64, index: u64, case: &Case, target: &dyn Target, tally: &mut LawTally) {
    let Some((law, changed)) = drawn(seed, index, case) else {
        return;
    };
    let counts = &mut tally.counts[law as usize];
    match observe(law, case, &changed, target) {
        None => counts.unscored += 1,
        Some(seen) => {
            match case {
                Case::Call(_) => counts.calls += 1,
                Case::Check(_) | Case::Document(_) => counts.checks += 1,
            }
            counts.allowed += u64::from(is_allowed(seen.before));
            counts.changed += u64::from(seen.before != seen.after);
            if seen.broken {
                counts.broken += 1;
                tally.broken.push(Broken {
                    index,
                    law,
                    before: seen.before,
                    after: seen.after,
                });
            }
        }
    }
}

/// What a target replies before and after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The reply before the change.
    pub before: Kind,
    /// The reply after it.
    pub after: Kind,
    /// Whether the two break the law.
    pub broken: bool,
}

/// Asks a target about both cases; nothing when it gives no outcome of one of them, or one is not valid.
#[must_use]
pub fn observe(law: Law, case: &Case, changed: &Case, target: &dyn Target) -> Option<Seen> {
    let before = target.observe(case);
    if !is_outcome(&before) {
        return None;
    }
    let after = target.observe(changed);
    if let Reply::Unsupported(_) = after {
        return None;
    }
    let (before, after) = (before.kind(), after.kind());
    let broken = !holds(law.relation(), before, after);
    let dialect = target.asked_under();
    if broken && !(is_valid(case, &dialect) && is_valid(changed, &dialect)) {
        return None;
    }
    Some(Seen {
        before,
        after,
        broken,
    })
}

/// Whether two replies are related as they have to be. What breaks on a change breaks every law: the changed case is as
/// good a question as the other.
#[must_use]
pub fn holds(relation: Relation, before: Kind, after: Kind) -> bool {
    if !matches!(after, Kind::Decided(_) | Kind::Call(_)) {
        return false;
    }
    match relation {
        Relation::NeverWidens => is_allowed(before) || !is_allowed(after),
        Relation::NeverNarrows => !is_allowed(before) || is_allowed(after),
        Relation::Same => before == after,
    }
}

fn is_allowed(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Decided(Decision::Allow) | Kind::Call(OutcomeKind::Allowed)
    )
}

/// A call that is rejected or asks for what is not there is no question of policies, but policies change nothing in that.
const fn is_outcome(reply: &Reply) -> bool {
    matches!(reply, Reply::Decided(_) | Reply::Call(_))
}

fn is_valid(case: &Case, dialect: &Dialect) -> bool {
    is_outcome(&oracle_reply(case, dialect))
}
