//! `veriam run --laws`, and `veriam replay` of what it stored.

use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use super::run::{bar, plan, quoted, target};
use super::shown;
use crate::case_file::settings;
use crate::cli::{Format, RunArgs};
use crate::laws::{
    LawCase, LawPlan, LawTally, LawsSummary, StoredCluster, clusters, run as run_laws, store,
};
use crate::rim::{Ended, Failure, Streams};
use crate::run::{CONTROLS, Part, Plan, Rows, run as run_plan};
use crate::style::{BAD, GOOD, paint};
use crate::target;

pub(super) fn run(args: &RunArgs, streams: &mut Streams<'_>) -> Ended {
    let everything = Plan {
        parts: vec![Part::Generated],
        ..plan(args)
    };
    let controls_only = Plan {
        parts: Vec::new(),
        ..everything.clone()
    };
    let laws = LawPlan {
        cases: everything.cases,
        seed: everything.seed,
        jobs: everything.jobs,
    };
    let rows = Rows::embedded().map_err(Failure::internal)?;
    let target = target(args)?;
    let target = target.as_ref();
    let started = Instant::now();
    let bar = bar(args, &everything, &rows, streams);
    let progress = |cases: u64| bar.inc(cases);
    let counted = run_plan(&controls_only, &rows, target, &progress).map_err(Failure::internal)?;
    let controls = counted.part(Part::Controls);
    let sound = controls.is_some_and(|t| t.is_clean(CONTROLS));
    let tally = if sound {
        run_laws(&laws, target, &progress).map_err(Failure::internal)?
    } else {
        // What follows would prove nothing.
        LawTally::default()
    };
    bar.finish_and_clear();
    let seconds = started.elapsed().as_secs_f64();
    let stored = clusters(&tally, &laws, target)
        .into_iter()
        .map(|cluster| {
            let stored = store(&args.out, &cluster.case, target).map(|path| {
                let file = path.display().to_string();
                let replay = format!("veriam replay {}", quoted(&file));
                (file, replay)
            });
            StoredCluster::new(&cluster, stored)
        })
        .collect();
    let summary = LawsSummary::new(&laws, target, sound, &tally, stored, seconds);
    let exit = summary.exit();
    match args.format {
        Format::Text => streams.end(exit, &summary.to_text()),
        Format::Json => streams.end(exit, &summary.to_json()),
    }
}

/// What a target says to the two cases of a stored broken law now.
#[derive(Serialize)]
pub(super) struct ToldLaw {
    file: String,
    law: &'static str,
    title: &'static str,
    target: String,
    dialect: Vec<String>,
    /// The replies before and after the change; null when the target gives no outcome of one of the cases.
    before: Option<String>,
    after: Option<String>,
    pub(super) diverges: bool,
}

pub(super) fn replay(file: &Path, bytes: &[u8]) -> Result<ToldLaw, String> {
    let case = LawCase::from_json(bytes).map_err(|error| format!("{}: {error}", shown(file)))?;
    let target = target::by_name(&case.target, case.dialect).ok_or_else(|| {
        format!(
            "{}: this build has no target `{}`; replay it with the build that stored it",
            shown(file),
            case.target
        )
    })?;
    let seen = case.again(target.as_ref());
    Ok(ToldLaw {
        file: shown(file),
        law: case.law.name(),
        title: case.law.title(),
        dialect: settings(&case.dialect),
        before: seen.map(|seen| seen.before.to_string()),
        after: seen.map(|seen| seen.after.to_string()),
        diverges: seen.is_some_and(|seen| seen.broken),
        target: case.target,
    })
}

pub(super) fn text(told: &ToldLaw) -> String {
    let verdict = match (told.diverges, &told.before) {
        (true, _) => paint(BAD, "the law is still broken"),
        (false, Some(_)) => paint(GOOD, "the law holds now"),
        (false, None) => "the target gives no outcome of these cases".to_owned(),
    };
    let mut text = format!("{}: {verdict}\n", told.file);
    text.push_str(&format!("  law         {}: {}\n", told.law, told.title));
    text.push_str(&format!("  target      {}\n", told.target));
    let replies = [("before", &told.before), ("after", &told.after)];
    for (name, reply) in replies {
        let reply = reply.as_deref().unwrap_or("no outcome");
        text.push_str(&format!("  {name:<11} {reply}\n"));
    }
    if !told.dialect.is_empty() {
        text.push_str(&format!("  dialect     {}\n", told.dialect.join(" ")));
    }
    text
}
