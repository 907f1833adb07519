//! `veriam run`

mod printed;

use std::io::{BufReader, Seek, SeekFrom};
use std::path::Path;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use veriam_reports::{
    ClusterRecord, EndRecord, Merge, Reach, Record, Shard, Stopped, Summary, planned_units,
};

use super::ledger::ledger;
use crate::cli::{Format, PartName, RunArgs, Space};
use crate::exit::Exit;
use crate::journal::{self, Journal, JournalError};
use crate::labels::quotas::Quotas;
use crate::laws;
use crate::records::{self, Again, Places, WriteError};
use crate::rim::{Ended, Failure, Streams};
use crate::run::{
    Cluster, Counted, Course, ORACLE, Part, Plan, Rows, UNIT_CASES, digest, run_units, start,
};
use crate::signals::Interrupted;
use crate::store::store;
use crate::target::{Spec, Target};
pub(super) use printed::printed;

/// Divergences that are printed with their policies; all are stored and listed.
const SHOWN_IN_FULL: usize = 5;

pub(super) fn run(args: &RunArgs, streams: &mut Streams<'_>) -> Ended {
    let mut plan = plan(args, quotas(args, streams)?);
    let rows = Rows::embedded().map_err(Failure::internal)?;
    let target = target(args)?;
    let ledger = if args.no_ledger {
        None
    } else {
        Some(ledger(args.config.as_deref(), streams)?)
    };
    let mut entries = ledger.iter().flat_map(|ledger| &ledger.entries);
    if entries.any(|entry| entry.accepts.concerns(target.name())) {
        // What is known shows only after shrinking, and must not end a run before anything new can come up.
        plan.stop_at_first = false;
    }
    let start = start(&plan, plan.planned(&rows), args.shard, target.as_ref());
    // Refuses plans that are too large before anything is written.
    Merge::begin(start.clone()).map_err(Failure::usage)?;
    let path = args.journal.clone();
    let path = path.unwrap_or_else(|| journal::default_path(&start));
    let refused = |error: JournalError| Failure::Told(error.exit(), error.to_string());
    let (journal, done) = Journal::open(&path, &start, args.resume).map_err(refused)?;
    let interrupted = Interrupted::watch().map_err(Failure::internal)?;
    let started = Instant::now();
    let bar = bar(args, &plan, &rows, streams);
    let course = Course {
        shard: args.shard,
        done: done.as_ref(),
        stop: &|| {
            if interrupted.is_noted() {
                Some(Stopped::Interrupted)
            } else if journal.is_failed() {
                Some(Stopped::Journal)
            } else {
                let over = args.time.is_some_and(|time| started.elapsed() >= time);
                over.then_some(Stopped::Time)
            }
        },
        finished: &|unit| journal.append(&Record::Unit(unit.clone())),
        progress: &|cases| bar.inc(cases),
    };
    let counted = run_units(&plan, &rows, target.as_ref(), &course).map_err(Failure::internal)?;
    bar.finish_and_clear();
    let seconds = started.elapsed().as_secs_f64();

    let Counted { merge, stopped } = counted;
    let digested = digested(&merge, &plan, &rows, &args.out, target.as_ref());
    let end = EndRecord {
        shard: args.shard,
        seconds,
        compared: compared(&merge).saturating_sub(done.as_ref().map_or(0, compared)),
        stopped,
    };
    let clusters = digested.clusters.iter().cloned().map(Record::Cluster);
    let told = clusters.chain([Record::End(end.clone())]);
    told.for_each(|record| journal.append(&record));
    let mut merge = merge.with_clusters(&digested.clusters);
    merge.end(&end);
    let mut summary = merge.summary(args.shard);
    if let Some(ledger) = &ledger {
        let reach = Reach {
            whole: !args.laws
                && args.only.is_empty()
                && args.exhaustive.is_none()
                && args.shard == Shard::WHOLE
                && stopped.is_none(),
            every_pair: digested.every_pair,
            laws: args.laws && args.shard == Shard::WHOLE && stopped.is_none(),
        };
        summary = summary.held_against(ledger, reach, streams.today);
    }
    let mut exit = Exit::of_run(&summary);
    if let Some(error) = journal.failure() {
        let error = JournalError::Ended(path, error);
        streams.tell(&format!("veriam: {error}\n"));
        // Whatever the path: it could be written before.
        exit = exit.or(Exit::Internal);
    }
    if let Some(path) = &args.records {
        exit = exit.or(of_journal(path, &merge, journal, streams));
    }
    if let Some(reason) = target.lost() {
        streams.tell(&format!(
            "veriam: {} was {reason}; mend it, or let it have more --deadline or --restarts, and go on with --resume\n",
            target.name()
        ));
        exit = exit.or(Exit::Unreachable);
    }
    ended(exit, &digested.shown, &summary, args.format, streams)
}

/// Compared cases, without the controls, which are asked in any case.
fn compared(merge: &Merge) -> u64 {
    let parts = merge.parts().into_iter();
    let parts = parts.filter(|(part, _)| *part != Part::Controls);
    parts.map(|(_, tally)| tally.compared()).sum()
}

/// Writes the records of a run, whose units stand in its journal.
fn of_journal(path: &Path, merge: &Merge, journal: Journal, streams: &mut Streams<'_>) -> Exit {
    let mut file = journal.into_file();
    let mut places = Places::default();
    // What cannot be read now is missed when it is written.
    let _ = file.seek(SeekFrom::Start(0));
    let _ = records::fold(
        &mut BufReader::new(&file),
        &mut None,
        Some((&mut places, 0)),
    );
    written(path, merge, &places, &mut [Box::new(file)], streams)
}

/// The kinds of divergences of a run, and the first few of them for people.
pub(super) struct Digested {
    pub(super) clusters: Vec<ClusterRecord>,
    pub(super) shown: String,
    /// Whether each pair of replies that diverged was looked into.
    pub(super) every_pair: bool,
}

/// Shrinks, tells apart and stores the divergences of a run.
pub(super) fn digested(
    merge: &Merge,
    plan: &Plan,
    rows: &Rows,
    out: &Path,
    target: &dyn Target,
) -> Digested {
    let digest = digest(merge, plan, rows, target);
    let mut clusters = Vec::new();
    let mut shown = String::new();
    for (i, cluster) in digest.clusters.iter().enumerate() {
        let record = stored(out, cluster, target);
        if i < SHOWN_IN_FULL {
            shown.push_str(&printed(&cluster.case, &record));
        }
        clusters.push(record);
    }
    let broken = laws::digest(merge, plan.seed, target);
    let of_laws = broken.clusters.iter();
    clusters.extend(of_laws.map(|cluster| super::laws::stored(out, cluster, target)));
    Digested {
        clusters,
        shown,
        every_pair: digest.has_every_pair() && broken.every_pair,
    }
}

/// Writes records to a file.
pub(super) fn written(
    path: &Path,
    merge: &Merge,
    places: &Places,
    sources: &mut [Box<dyn Again>],
    streams: &mut Streams<'_>,
) -> Exit {
    let (exit, remedy) = match records::write(path, merge, places, sources) {
        Ok(()) => return Exit::Agreed,
        Err(WriteError::Io(error)) => {
            let remedy = format!("{error}; choose another file with --records");
            (Exit::of_io(&error), remedy)
        }
        Err(error @ WriteError::Gone) => {
            let remedy = format!("{error}; give files that stay as they are until the end");
            (Exit::Usage, remedy)
        }
    };
    streams.tell(&format!(
        "veriam: cannot write {}: {remedy}\n",
        path.display()
    ));
    exit
}

/// Prints a summary.
pub(super) fn ended(
    exit: Exit,
    shown: &str,
    summary: &Summary,
    format: Format,
    streams: &mut Streams<'_>,
) -> Ended {
    match format {
        Format::Text => streams.end(exit, &format!("{shown}{}", summary.to_text())),
        Format::Json => {
            streams.tell(shown);
            streams.end(exit, &summary.to_json())
        }
    }
}

pub(super) fn plan(args: &RunArgs, quotas: Quotas) -> Plan {
    let parts = match args.laws {
        true => vec![Part::Laws],
        false => parts(args.exhaustive, &args.only, args.cases),
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Plan {
        parts,
        cases: args.cases,
        seed: args.seed,
        profile: args.profile,
        quotas,
        jobs: args.jobs.map_or(processors, usize::from),
        without: args.without.iter().copied().collect(),
        stop_at_first: args.fail_fast,
    }
}

/// The minimums that a command line asks for.
fn quotas(args: &RunArgs, streams: &mut Streams<'_>) -> Result<Quotas, Failure> {
    let Some(path) = &args.quotas else {
        return Quotas::embedded().map_err(Failure::internal);
    };
    let bytes = super::read_or_fail(path, streams)?;
    let path = super::shown(path);
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Failure::usage(format_args!(
            "{path}: not UTF-8; a table of minimums is TOML"
        ))
    })?;
    Quotas::parse(text).map_err(|error| Failure::usage(format_args!("{path}:{error}")))
}

/// The parts that a command line asks for.
pub(super) fn parts(exhaustive: Option<Space>, only: &[PartName], cases: u64) -> Vec<Part> {
    if let Some(space) = exhaustive {
        return vec![Part::from(space)];
    }
    if !only.is_empty() {
        return only.iter().copied().map(Part::from).collect();
    }
    let all = [
        PartName::Sources,
        PartName::Vectors,
        PartName::Combiner,
        PartName::Operators,
        PartName::Principals,
        PartName::TwoResource,
        PartName::Generated,
    ];
    all.map(Part::from)
        .into_iter()
        // Somebody who asks for no case means it.
        .filter(|part| *part != Part::Generated || cases > 0)
        .collect()
}

pub(super) fn target(args: &RunArgs) -> Result<Box<dyn Target>, Failure> {
    let default = match &args.planted {
        Some(mistake) => Spec::Named(format!("planted:{mistake}")),
        None => Spec::default(),
    };
    let target = args.target.open(default, args.dialect.given())?;
    if target.name() == ORACLE && !args.laws {
        return Err(Failure::usage(
            "the oracle held against the oracle finds nothing; add --laws to hold it against itself, or name another --target",
        ));
    }
    Ok(target)
}

pub(super) fn bar(args: &RunArgs, plan: &Plan, rows: &Rows, streams: &Streams<'_>) -> ProgressBar {
    let parts = plan.planned(rows);
    let here = planned_units(&parts, UNIT_CASES).filter(|unit| args.shard.has(unit));
    let total = here.map(|unit| unit.cases).sum();
    let draw = if args.no_progress || !streams.terminal_err {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    let style = ProgressStyle::with_template(
        "{bar:40} {human_pos} of {human_len} cases  {per_sec}  {eta} left",
    )
    .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(total), draw).with_style(style)
}

/// Stores a case.
pub(super) fn stored(out: &Path, cluster: &Cluster, target: &dyn Target) -> ClusterRecord {
    let result = store(out, &cluster.case, target);
    let (file, not_stored, unsteady) = match result {
        Ok(stored) => (
            Some(stored.path.display().to_string()),
            None,
            !stored.steady,
        ),
        Err(error) => (None, Some(error.to_string()), false),
    };
    ClusterRecord {
        signature: cluster.case.signature.clone(),
        examined: cluster.examined,
        replay: file.as_ref().map(|file| replay_command(file, target)),
        file,
        not_stored,
        unsteady,
        failure: cluster.failure.clone(),
    }
}

/// The command that judges a stored case again.
pub(super) fn replay_command(file: &str, target: &dyn Target) -> String {
    let asked = target
        .asked_as()
        .map(|spec| format!(" --target {}", quoted(&spec)));
    format!(
        "veriam replay {}{}",
        quoted(file),
        asked.unwrap_or_default()
    )
}

/// A path as a shell takes it.
pub(super) fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c);
    if path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}
