//! `veriam run`

use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use veriam_model::{CallCase, Case, Check, DocumentCase, PolicyText};
use veriam_reports::{ClusterRecord, EndRecord, Reach, Record, Summary, to_lines};

use super::ledger::ledger;
use crate::case_file::StoredCase;
use crate::cli::{Format, PartName, RunArgs};
use crate::exit::Exit;
use crate::pretty::pretty;
use crate::rim::{Ended, Failure, Streams};
use crate::run::{Cluster, Counted, Digest, Part, Plan, Rows, digest, run as run_plan};
use crate::store::{store, write_whole};
use crate::style::{STRONG, paint};
use crate::target::{self, Evaluator, Target};

/// Divergences that are printed with their policies; all are stored and listed.
const SHOWN_IN_FULL: usize = 5;

pub(super) fn run(args: &RunArgs, streams: &mut Streams<'_>) -> Ended {
    let mut plan = plan(args);
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
    let started = Instant::now();
    let bar = bar(args, &plan, &rows, streams);
    let progress = |cases: u64| bar.inc(cases);
    let counted = run_plan(&plan, &rows, target.as_ref(), &progress).map_err(Failure::internal)?;
    bar.finish_and_clear();
    let seconds = started.elapsed().as_secs_f64();

    let mut records = counted.records(&plan, target.as_ref());
    let digest = digest(&counted, &plan, &rows, target.as_ref());
    let mut shown = String::new();
    for (i, cluster) in digest.clusters.iter().enumerate() {
        let record = stored(args, cluster, target.as_ref());
        if i < SHOWN_IN_FULL {
            shown.push_str(&printed(&cluster.case, &record));
        }
        records.push(Record::Cluster(record));
    }
    records.push(Record::End(EndRecord {
        seconds,
        not_examined: digest.not_examined,
    }));
    let mut summary = Summary::fold(&records).map_err(Failure::internal)?;
    if let Some(ledger) = &ledger {
        let reach = reach(args, &counted, &digest);
        summary = summary.held_against(ledger, reach, streams.today);
    }
    let mut exit = Exit::of_run(&summary);
    if let Some(path) = &args.records
        && let Err(error) = write_whole(path, to_lines(&records).as_bytes())
    {
        let path = path.display();
        streams.tell(&format!(
            "veriam: cannot write {path}: {error}; choose another file with --records\n"
        ));
        exit = exit.or(Exit::Usage);
    }
    match args.format {
        Format::Text => streams.end(exit, &format!("{shown}{}", summary.to_text())),
        Format::Json => {
            streams.tell(&shown);
            streams.end(exit, &summary.to_json())
        }
    }
}

/// What the run could have shown.
fn reach(args: &RunArgs, counted: &Counted, digest: &Digest) -> Reach {
    Reach {
        whole: args.only.is_empty() && args.exhaustive.is_none() && !args.fail_fast,
        every_pair: digest.has_every_pair(counted),
    }
}

pub(super) fn plan(args: &RunArgs) -> Plan {
    let parts: Vec<Part> = if let Some(space) = args.exhaustive {
        vec![Part::from(space)]
    } else if args.only.is_empty() {
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
            .filter(|part| *part != Part::Generated || args.cases > 0)
            .collect()
    } else {
        args.only.iter().copied().map(Part::from).collect()
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Plan {
        parts,
        cases: args.cases,
        seed: args.seed,
        jobs: args.jobs.map_or(processors, usize::from),
        stop_at_first: args.fail_fast,
    }
}

pub(super) fn target(args: &RunArgs) -> Result<Box<dyn Target>, Failure> {
    let name = match &args.planted {
        Some(mistake) => format!("planted:{mistake}"),
        None => Evaluator::NAME.to_owned(),
    };
    target::by_name(&name, args.dialect.dialect()).ok_or_else(|| {
        Failure::usage(format_args!(
            "this build has no target `{name}`; known mistakes need the feature `planted-mistakes`"
        ))
    })
}

pub(super) fn bar(args: &RunArgs, plan: &Plan, rows: &Rows, streams: &Streams<'_>) -> ProgressBar {
    let total = Part::ALL
        .iter()
        .filter_map(|part| plan.size(*part, rows))
        .sum();
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
fn stored(args: &RunArgs, cluster: &Cluster, target: &dyn Target) -> ClusterRecord {
    let result = store(&args.out, &cluster.case, target);
    let (file, not_stored) = match result {
        Ok(path) => (Some(path.display().to_string()), None),
        Err(error) => (None, Some(error.to_string())),
    };
    ClusterRecord {
        signature: cluster.case.signature.clone(),
        examined: cluster.examined,
        replay: file
            .as_ref()
            .map(|file| format!("veriam replay {}", quoted(file))),
        file,
        not_stored,
    }
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

/// The case as people want to see it: what was asked, then each policy, pretty-printed where it is JSON.
fn printed(case: &StoredCase, record: &ClusterRecord) -> String {
    let mut lines = Lines(format!(
        "{}\n",
        paint(STRONG, format_args!("divergence of {}", case.signature))
    ));
    match &case.case {
        Case::Check(check) => lines.check(check),
        Case::Document(document) => lines.document(document),
        Case::Call(case) => lines.call(case),
    }
    if let Some(replay) = &record.replay {
        lines.field("replay", replay);
    }
    lines.0.push('\n');
    lines.0
}

struct Lines(String);

impl Lines {
    fn field(&mut self, name: &str, value: &str) {
        self.0.push_str(&format!("  {name:<10}{value}\n"));
    }

    fn policy(&mut self, place: &str, policy: &PolicyText) {
        self.field("policy", place);
        for row in pretty(policy.as_str()).lines() {
            self.field("", row);
        }
    }

    fn check(&mut self, check: &Check) {
        self.field("caller", &check.principal.arn);
        self.field("action", &check.action);
        let resource = &check.resource;
        self.field(
            "resource",
            &format!("{} of account {}", resource.arn, resource.account),
        );
        for (key, values) in check.context.iter() {
            self.field("context", &format!("{key} = {values:?}"));
        }
        for fact in &check.facts {
            self.field("fact", &format!("{fact:?}"));
        }
        for (slot, policy) in check.policies() {
            self.policy(&slot.to_string(), policy);
        }
    }

    fn document(&mut self, document: &DocumentCase) {
        self.policy(document.policy_type.title(), &document.text);
    }

    fn call(&mut self, case: &CallCase) {
        for (name, value) in crate::explain::call_facts(case) {
            self.field(name, &value);
        }
        for (place, policy) in case.world.policies() {
            self.policy(&place.to_string(), policy);
        }
        if let Some(policy) = case.call.session_policy() {
            self.policy("session policy", policy);
        }
    }
}
