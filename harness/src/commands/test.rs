//! `veriam test`

mod on_target;

use serde::Serialize;

use crate::cli::{Format, TestArgs};
use crate::exit::Exit;
use crate::rim::{Ended, Failure, Streams};
use crate::scenario::check::{Report, ToldReport, check};
use crate::scenario::{Scenario, ScenarioError, embedded, find, load};
use crate::style::{BAD, GOOD, paint, thousands};
use crate::target::Spec;
use on_target::{OnTarget, on_target};

#[derive(Serialize)]
struct Told {
    schema: &'static str,
    passed: bool,
    calls: usize,
    failed: usize,
    tried: usize,
    scenarios: Vec<ToldReport>,
    /// The target that was asked as well; null when none was named.
    target: Option<OnTarget>,
    unreadable: Vec<Unreadable>,
}

#[derive(Serialize)]
struct Unreadable {
    file: String,
    line: Option<usize>,
    column: Option<usize>,
    error: String,
}

pub(super) fn run(args: &TestArgs, streams: &mut Streams<'_>) -> Ended {
    let (scenarios, unreadable) = read(args)?;
    for error in &unreadable {
        streams.tell(&error.to_text());
    }
    let mut reports = Vec::new();
    for scenario in &scenarios {
        let report = check(scenario)
            .map_err(|error| Failure::usage(format_args!("{}: {error}", scenario.file)))?;
        reports.push(report);
    }
    let asked = match &args.target.target {
        None => None,
        Some(_) => {
            let target = args.target.open(Spec::default(), None)?;
            let asked = on_target(&scenarios, target.as_ref(), &args.out);
            Some((asked, target.lost()))
        }
    };
    let mut exit = Exit::Agreed;
    if let Some((asked, lost)) = &asked {
        if let Some(reason) = lost {
            streams.tell(&format!("veriam: {} was {reason}\n", asked.name));
            exit = exit.or(Exit::Unreachable);
        }
        exit = exit.or(asked.exit());
    }
    let asked = asked.map(|(asked, _)| asked);
    if !reports.iter().all(Report::passed) {
        exit = exit.or(Exit::Divergence);
    }
    if !unreadable.is_empty() {
        exit = exit.or(Exit::Usage);
    }
    match args.format {
        Format::Text => {
            let mut text = text(args, &reports, &unreadable);
            text.push_str(&asked.as_ref().map(OnTarget::to_text).unwrap_or_default());
            streams.end(exit, &text)
        }
        Format::Json => streams.end(exit, &json(exit, &reports, &unreadable, asked)),
    }
}

/// The scenarios asked for, or those that ship with the program.
fn read(args: &TestArgs) -> Result<(Vec<Scenario>, Vec<ScenarioError>), Failure> {
    if args.paths.is_empty() {
        let all = embedded::scenarios();
        return all.map(|all| (all, Vec::new())).map_err(Failure::internal);
    }
    let (mut scenarios, mut unreadable) = (Vec::new(), Vec::new());
    for path in find(&args.paths).map_err(Failure::usage)? {
        match load(&path) {
            Ok(scenario) => scenarios.push(scenario),
            Err(error) => unreadable.push(error),
        }
    }
    Ok((scenarios, unreadable))
}

fn failed(reports: &[Report<'_>]) -> usize {
    let calls = reports.iter().flat_map(|report| &report.calls);
    let only = reports.iter().flat_map(|report| &report.only);
    calls.filter(|call| !call.passed()).count() + only.filter(|tried| !tried.passed()).count()
}

fn text(args: &TestArgs, reports: &[Report<'_>], unreadable: &[ScenarioError]) -> String {
    let every_call = args.verbose || (reports.len() == 1 && !args.paths.is_empty());
    let mut text: String = reports.iter().map(|r| r.to_text(every_call)).collect();
    let count = |count: usize, one: &str| {
        let s = if count == 1 { "" } else { "s" };
        format!("{} {one}{s}", thousands(count as u64))
    };
    let calls: usize = reports.iter().map(|r| r.calls.len()).sum();
    let tried: usize = reports.iter().map(Report::tried).sum();
    let mut told = vec![count(calls, "call"), count(reports.len(), "scenario")];
    if tried > 0 {
        told.push(format!("{} tried for `only`", count(tried, "more call")));
    }
    let verdict = match failed(reports) {
        0 => paint(GOOD, "all as expected, both judges agree"),
        failed => paint(BAD, format_args!("{} failed", thousands(failed as u64))),
    };
    if !reports.is_empty() {
        text.push_str(&format!("\n{} in {}", told[0], told[1]));
        if let Some(tried) = told.get(2) {
            text.push_str(&format!(", {tried}"));
        }
        text.push_str(&format!(": {verdict}\n"));
    }
    if !unreadable.is_empty() {
        let files = count(unreadable.len(), "file");
        text.push_str(&format!(
            "{}\n",
            paint(BAD, format_args!("{files} cannot be read"))
        ));
    }
    text
}

fn json(
    exit: Exit,
    reports: &[Report<'_>],
    unreadable: &[ScenarioError],
    target: Option<OnTarget>,
) -> String {
    let told = Told {
        schema: "veriam.test/1",
        passed: exit == Exit::Agreed,
        calls: reports.iter().map(|r| r.calls.len()).sum(),
        failed: failed(reports),
        tried: reports.iter().map(Report::tried).sum(),
        scenarios: reports.iter().map(Report::to_told).collect(),
        target,
        unreadable: unreadable
            .iter()
            .map(|error| Unreadable {
                file: error.file.clone(),
                line: error.place.map(|p| p.line),
                column: error.place.map(|p| p.column),
                error: error.message.clone(),
            })
            .collect(),
    };
    let mut text = serde_json::to_string_pretty(&told).unwrap_or_default();
    text.push('\n');
    text
}
