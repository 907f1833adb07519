//! `veriam diff`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::cli::{DiffArgs, Format};
use crate::exit::Exit;
use crate::rim::{Ended, Failure, Streams};
use crate::scenario::diff::{Access, Change, Declared, Diff, diff};
use crate::scenario::{Files, Replaced, Scenario, find, load};
use crate::style::{BAD, NOTE, paint, thousands};

#[derive(Serialize)]
struct Told<'d> {
    schema: &'static str,
    compared: usize,
    scenarios: Vec<ToldDiff<'d>>,
    only_before: &'d [PathBuf],
    only_after: &'d [PathBuf],
}

#[derive(Serialize)]
struct ToldDiff<'d> {
    file: &'d str,
    calls: &'d [Change],
    declared: &'d [Declared],
}

/// Scenarios to compare, and those that one side alone has.
#[derive(Default)]
struct Sides {
    pairs: Vec<(Scenario, Scenario)>,
    only_before: Vec<PathBuf>,
    only_after: Vec<PathBuf>,
}

pub(super) fn run(args: &DiffArgs, streams: &mut Streams<'_>) -> Ended {
    let sides = match &args.scenario {
        Some(scenario) => replaced(args, scenario)?,
        None => both(args)?,
    };
    let mut diffs = Vec::new();
    for (before, after) in &sides.pairs {
        let found = diff(before, after)
            .map_err(|error| Failure::usage(format_args!("{}: {error}", after.file)))?;
        diffs.push(found);
    }
    let same = sides.only_before.is_empty() && sides.only_after.is_empty();
    let exit = match same && diffs.iter().all(Diff::is_empty) {
        true => Exit::Agreed,
        false => Exit::Divergence,
    };
    match args.format {
        Format::Text => streams.end(exit, &text(&diffs, &sides)),
        Format::Json => streams.end(exit, &json(&diffs, &sides)),
    }
}

/// One scenario as it is, and with the policy file A replaced by B.
fn replaced(args: &DiffArgs, scenario: &Path) -> Result<Sides, Failure> {
    let files = Replaced::new(&args.before, &args.after);
    let before = load(scenario).map_err(Failure::usage)?;
    let after = files
        .scenario(&scenario.to_string_lossy())
        .map_err(Failure::usage)?;
    if !files.used() {
        return Err(Failure::usage(format_args!(
            "{} does not use {}; name a policy file of that scenario first, and its new version second",
            scenario.display(),
            args.before.display()
        )));
    }
    Ok(Sides {
        pairs: vec![(before, after)],
        ..Sides::default()
    })
}

/// Two scenario files, or two folders with files of the same names.
fn both(args: &DiffArgs) -> Result<Sides, Failure> {
    let (before, after) = (&args.before, &args.after);
    let load = |path: &Path| load(path).map_err(Failure::usage);
    let json = |path: &Path| path.extension().is_some_and(|e| e == "json");
    if json(before) || json(after) {
        return Err(Failure::usage(
            "a policy by itself lets nobody in; name the scenario that uses it with --in SCENARIO",
        ));
    }
    match (before.is_dir(), after.is_dir()) {
        (false, false) => Ok(Sides {
            pairs: vec![(load(before)?, load(after)?)],
            ..Sides::default()
        }),
        (true, true) => {
            let names = |folder: &Path| -> Result<BTreeSet<PathBuf>, Failure> {
                let files = find(&[folder.to_owned()]).map_err(Failure::usage)?;
                let inner = |file: &PathBuf| file.strip_prefix(folder).map(Path::to_owned).ok();
                Ok(files.iter().filter_map(inner).collect())
            };
            let (old, new) = (names(before)?, names(after)?);
            let mut sides = Sides {
                only_before: old.difference(&new).cloned().collect(),
                only_after: new.difference(&old).cloned().collect(),
                ..Sides::default()
            };
            for name in old.intersection(&new) {
                let pair = (load(&before.join(name))?, load(&after.join(name))?);
                sides.pairs.push(pair);
            }
            Ok(sides)
        }
        _ => Err(Failure::usage(format_args!(
            "{} and {} are a file and a folder; give two of a kind",
            before.display(),
            after.display()
        ))),
    }
}

fn text(diffs: &[Diff], sides: &Sides) -> String {
    let mut text: String = diffs.iter().map(Diff::to_text).collect();
    for (files, side) in [(&sides.only_before, "before"), (&sides.only_after, "after")] {
        for file in files {
            text.push_str(&format!("{}  only there {side}\n", file.display()));
        }
    }
    let compared: usize = diffs.iter().map(|d| d.compared).sum();
    let ways = |wanted: Access| -> usize {
        let calls = diffs.iter().flat_map(|d| &d.calls);
        calls
            .filter(|c| c.access == wanted)
            .map(|c| c.from.len())
            .sum()
    };
    let number = |count: usize| thousands(count as u64);
    text.push_str(&format!(
        "\n{} calls compared: {}, {}, {} otherwise changed\n",
        number(compared),
        paint(
            NOTE,
            format_args!("{} gained", number(ways(Access::Gained)))
        ),
        paint(BAD, format_args!("{} lost", number(ways(Access::Lost)))),
        number(ways(Access::Other)),
    ));
    text
}

fn json(diffs: &[Diff], sides: &Sides) -> String {
    let told = Told {
        schema: "veriam.diff/1",
        compared: diffs.iter().map(|d| d.compared).sum(),
        scenarios: diffs
            .iter()
            .map(|d| ToldDiff {
                file: &d.name,
                calls: &d.calls,
                declared: &d.declared,
            })
            .collect(),
        only_before: &sides.only_before,
        only_after: &sides.only_after,
    };
    let mut text = serde_json::to_string_pretty(&told).unwrap_or_default();
    text.push('\n');
    text
}
