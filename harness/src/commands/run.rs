//! `veriam run`

use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::case_file::Case;
use crate::cli::{Format, PartName, RunArgs};
use crate::exit::Exit;
use crate::pretty::pretty;
use crate::rim::{Ended, Failure, Streams};
use crate::run::{Cluster, Part, Plan, Rows, digest, run as run_plan};
use crate::store::store;
use crate::style::{STRONG, paint};
use crate::summary::{ClusterSummary, Summary, exit};
use crate::target::{self, Evaluator, Target};

/// Divergences that are printed with their policies; all are stored and listed.
const SHOWN_IN_FULL: usize = 5;

pub(super) fn run(args: &RunArgs, streams: &mut Streams<'_>) -> Ended {
    let plan = plan(args);
    let rows = Rows::embedded().map_err(Failure::internal)?;
    let target = target(args)?;
    let started = Instant::now();
    let bar = bar(args, &plan, &rows, streams);
    let progress = |cases: u64| bar.inc(cases);
    let record = run_plan(&plan, &rows, target.as_ref(), &progress).map_err(Failure::internal)?;
    bar.finish_and_clear();
    let seconds = started.elapsed().as_secs_f64();

    let mut exit = exit(&plan, &record);
    let digest = digest(&record, &plan, &rows, target.as_ref());
    let mut clusters = Vec::new();
    let mut shown = String::new();
    for (i, cluster) in digest.clusters.iter().enumerate() {
        let (case, not_stored) = stored(args, cluster, target.as_ref());
        if not_stored {
            exit = exit.or(Exit::Internal);
        }
        if i < SHOWN_IN_FULL {
            shown.push_str(&printed(&cluster.case, &case));
        }
        clusters.push(case);
    }
    let summary = Summary::new(
        &plan,
        &record,
        target.as_ref(),
        seconds,
        clusters,
        digest.not_examined,
    );
    match args.format {
        Format::Text => streams.end(exit, &format!("{shown}{}", summary.to_text())),
        Format::Json => {
            streams.tell(&shown);
            streams.end(exit, &summary.to_json())
        }
    }
}

fn plan(args: &RunArgs) -> Plan {
    let parts: Vec<Part> = if args.exhaustive.is_some() {
        vec![Part::Combiner]
    } else if args.only.is_empty() {
        let all = [
            PartName::Sources,
            PartName::Vectors,
            PartName::Combiner,
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

fn target(args: &RunArgs) -> Result<Box<dyn Target>, Failure> {
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

fn bar(args: &RunArgs, plan: &Plan, rows: &Rows, streams: &Streams<'_>) -> ProgressBar {
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
        "{bar:40} {human_pos} of {human_len} checks  {per_sec}  {eta} left",
    )
    .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(total), draw).with_style(style)
}

/// Stores a case; the flag says that it was not.
fn stored(args: &RunArgs, cluster: &Cluster, target: &dyn Target) -> (ClusterSummary, bool) {
    let result = store(&args.out, &cluster.case, target);
    let (file, not_stored) = match result {
        Ok(path) => (Some(path.display().to_string()), None),
        Err(error) => (None, Some(error.to_string())),
    };
    let failed = not_stored.is_some();
    let case = ClusterSummary {
        signature: cluster.case.signature.clone(),
        examined: cluster.examined,
        replay: file
            .as_ref()
            .map(|file| format!("veriam replay {}", quoted(file))),
        file,
        not_stored,
    };
    (case, failed)
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c);
    if path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

/// The case as people want to see it: the request, then each policy, pretty-printed where it is JSON.
fn printed(case: &Case, summary: &ClusterSummary) -> String {
    let check = &case.check;
    let mut text = format!(
        "{}\n",
        paint(STRONG, format_args!("divergence of {}", case.signature))
    );
    let mut line = |name: &str, value: &str| text.push_str(&format!("  {name:<10}{value}\n"));
    line("caller", &check.principal.arn);
    line("action", &check.action);
    line(
        "resource",
        &format!(
            "{} of account {}",
            check.resource.arn, check.resource.account
        ),
    );
    for (key, values) in check.context.iter() {
        line("context", &format!("{key} = {values:?}"));
    }
    for fact in &check.facts {
        line("fact", &format!("{fact:?}"));
    }
    for (slot, policy) in check.policies() {
        line("policy", &slot.to_string());
        for row in pretty(policy.as_str()).lines() {
            line("", row);
        }
    }
    if let Some(replay) = &summary.replay {
        line("replay", replay);
    }
    text.push('\n');
    text
}
