//! `veriam merge`

use std::path::Path;

use veriam_generators::GENERATOR_VERSION;
use veriam_model::Dialect;
use veriam_reports::{Absent, Merge, Part, Reach, Record, Shard, from_lines};

use super::ledger::ledger;
use super::run::{Digested, digested, ended, written};
use crate::cli::MergeArgs;
use crate::exit::Exit;
use crate::rim::{Ended, Failure, Streams};
use crate::run::{Counted, Plan, Rows};
use crate::target::{self, Target};

pub(super) fn run(args: &MergeArgs, streams: &mut Streams<'_>) -> Ended {
    let mut merged: Option<Merge> = None;
    for path in &args.files {
        let next = read(path, streams)?;
        match &mut merged {
            None => merged = Some(next),
            Some(merged) => merged
                .add(&next)
                .map_err(|error| Failure::usage(format_args!("{}: {error}", path.display())))?,
        }
    }
    // The command line asks for a file at least.
    let merged = merged.ok_or_else(|| Failure::usage("give the journals of shards"))?;
    let ledger = if args.no_ledger {
        None
    } else {
        Some(ledger(args.config.as_deref(), streams)?)
    };
    let (merged, shown, every_pair) = with_clusters(merged, args)?;
    let mut summary = merged.summary();
    if let Some(ledger) = &ledger {
        let absent = merged.absent(Shard::WHOLE);
        let all = Part::ALL
            .iter()
            .all(|part| merged.start().part(*part).is_some());
        let reach = Reach {
            whole: all && absent == Absent::default(),
            every_pair,
        };
        summary = summary.held_against(ledger, reach, streams.today);
    }
    let exit = Exit::of_run(&summary);
    let exit = exit.or(written(args.records.as_deref(), &merged.records(), streams));
    ended(exit, &shown, &summary, args.format, streams)
}

fn read(path: &Path, streams: &mut Streams<'_>) -> Result<Merge, Failure> {
    let bytes = super::read_or_fail(path, streams)?;
    let path = super::shown(path);
    let lines = from_lines(&bytes).map_err(|error| {
        Failure::usage(format_args!(
            "{path}:{error}; give the journal as it was written"
        ))
    })?;
    Merge::new(&lines.records).map_err(|error| Failure::usage(format_args!("{path}: {error}")))
}

/// Tells the divergences of all shards apart anew where this program has the target; else those the files tell of stay.
fn with_clusters(merged: Merge, args: &MergeArgs) -> Result<(Merge, String, bool), Failure> {
    let Some(target) = same_target(&merged) else {
        return Ok((merged, String::new(), false));
    };
    let start = merged.start();
    let plan = Plan {
        parts: start.parts.iter().map(|part| part.part).collect(),
        // Only the seed says which case has which number.
        cases: 0,
        seed: start.seed,
        jobs: start.jobs,
        stop_at_first: false,
    };
    let counted = Counted {
        planned: start.parts.clone(),
        shard: Shard::WHOLE,
        units: merged.units().cloned().collect(),
        stopped: None,
    };
    let rows = Rows::embedded().map_err(Failure::internal)?;
    let Digested {
        records,
        shown,
        every_pair,
    } = digested(&counted, &plan, &rows, &args.out, target.as_ref());
    let known = merged.records().into_iter();
    let all: Vec<Record> = known
        .filter(|record| !matches!(record, Record::Cluster(_)))
        .chain(records)
        .collect();
    let merged = Merge::new(&all).map_err(Failure::internal)?;
    Ok((merged, shown, every_pair))
}

/// The target of the records, if this program can ask the same one the same cases.
fn same_target(merged: &Merge) -> Option<Box<dyn Target>> {
    let start = merged.start();
    let settings = start.dialect.as_ref()?;
    let dialect = settings
        .iter()
        .try_fold(Dialect::default(), |dialect, s| dialect.with_setting(s))
        .ok()?;
    let target = target::by_name(&start.target, dialect)?;
    let same = target.version() == start.target_version
        && start.veriam == env!("CARGO_PKG_VERSION")
        && start.generator_version == GENERATOR_VERSION;
    same.then_some(target)
}
