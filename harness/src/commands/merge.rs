//! `veriam merge`

use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::Path;

use veriam_generators::GENERATOR_VERSION;
use veriam_model::Dialect;
use veriam_reports::{Absent, Merge, Part, Reach, Shard};

use super::ledger::ledger;
use super::run::{Digested, digested, ended, written};
use crate::cli::MergeArgs;
use crate::exit::Exit;
use crate::labels::quotas::Quotas;
use crate::records::{self, Again, Places, ReadError};
use crate::rim::{Ended, Failure, Streams};
use crate::run::{Plan, Rows};
use crate::target::{self, Target};

pub(super) fn run(args: &MergeArgs, streams: &mut Streams<'_>) -> Ended {
    let mut merged: Option<Merge> = None;
    let mut places = args.records.as_ref().map(|_| Places::default());
    let mut sources = Vec::new();
    for (number, path) in args.files.iter().enumerate() {
        let mut source = open(path, streams)?;
        let places = places.as_mut().map(|places| (places, number));
        records::fold(&mut BufReader::new(&mut source), &mut merged, places).map_err(|error| {
            let path = super::shown(path);
            Failure::usage(match error {
                ReadError::Io(error) => format!("cannot read {path}: {error}; give a file"),
                ReadError::Record(error) => {
                    format!("{path}:{error}; give the journal as it was written")
                }
                ReadError::Merge(error) => format!("{path}: {error}"),
            })
        })?;
        if args.records.is_some() {
            sources.push(source);
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
    let mut summary = merged.summary(Shard::WHOLE);
    if let Some(ledger) = &ledger {
        let absent = merged.absent(Shard::WHOLE);
        let has = |part: Part| merged.start().part(part).is_some();
        let all = Part::against_the_oracle().all(has);
        let reach = Reach {
            whole: all && absent == Absent::default(),
            every_pair,
            laws: has(Part::Laws) && absent == Absent::default(),
        };
        summary = summary.held_against(ledger, reach, streams.today);
    }
    let exit = Exit::of_run(&summary);
    let exit = match (&args.records, &places) {
        (Some(path), Some(places)) => {
            exit.or(written(path, &merged, places, &mut sources, streams))
        }
        _ => exit,
    };
    ended(exit, &shown, &summary, args.format, streams)
}

/// Units are read again when they are written, which standard input cannot be.
fn open(path: &Path, streams: &mut Streams<'_>) -> Result<Box<dyn Again>, Failure> {
    if path == Path::new("-") {
        let bytes = super::read_or_fail(path, streams)?;
        return Ok(Box::new(Cursor::new(bytes)));
    }
    let file = File::open(path).map_err(|error| {
        Failure::usage(format_args!(
            "cannot read {}: {error}; give a file that exists and can be read",
            path.display()
        ))
    })?;
    Ok(Box::new(file))
}

/// Tells the divergences of all shards apart anew where this program has the target; else those the files tell of stay.
fn with_clusters(merged: Merge, args: &MergeArgs) -> Result<(Merge, String, bool), Failure> {
    let Some(target) = same_target(&merged) else {
        return Ok((merged, String::new(), false));
    };
    let start = merged.start();
    let plan = Plan {
        parts: start.parts.iter().map(|part| part.part).collect(),
        // Only seed and profile say which case has which number.
        cases: 0,
        seed: start.seed,
        profile: start.profile,
        // What the records ask for stands in them.
        quotas: Quotas::none(),
        jobs: start.jobs,
        without: start.without.iter().copied().collect(),
        stop_at_first: false,
    };
    let rows = Rows::embedded().map_err(Failure::internal)?;
    let Digested {
        clusters,
        shown,
        every_pair,
    } = digested(&merged, &plan, &rows, &args.out, target.as_ref());
    Ok((merged.with_clusters(&clusters), shown, every_pair))
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
