//! `veriam plan`

use std::fmt::Write;

use serde::Serialize;
use veriam_model::Profile;
use veriam_reports::{
    MOST_UNITS, Part, PlannedPart, PlannedUnit, Shard, planned_units, unit_names,
};

use super::run::parts;
use crate::cli::{DEFAULT_SEED, PlanArgs, PlanFormat};
use crate::exit::Exit;
use crate::labels::quotas::{EMBEDDED, Quotas};
use crate::rim::{Ended, Failure, Streams};
use crate::run::{Plan, Rows, UNIT_CASES};
use crate::style::{STRONG, paint, thousands};

/// The version tag of a plan.
const PLAN_SCHEMA: &str = "veriam.plan/1";

#[derive(Serialize)]
struct Told<'p> {
    schema: &'static str,
    profile: Profile,
    unit_cases: u64,
    parts: &'p [PlannedPart],
    units: u64,
    shards: Vec<Share>,
}

/// What one shard runs.
#[derive(Serialize)]
struct Share {
    shard: Shard,
    units: u64,
    /// Controls included.
    cases: u64,
    names: String,
}

/// An entry of the matrix of a workflow.
#[derive(Serialize)]
struct Job {
    shard: Shard,
    index: u64,
}

pub(super) fn run(args: &PlanArgs, streams: &mut Streams<'_>) -> Ended {
    if args.quotas {
        return streams.end(Exit::Agreed, EMBEDDED);
    }
    let plan = Plan {
        parts: match args.laws {
            true => vec![Part::Laws],
            false => parts(args.exhaustive, &args.only, args.cases),
        },
        cases: args.cases,
        seed: DEFAULT_SEED,
        profile: args.profile,
        quotas: Quotas::none(),
        jobs: 1,
        without: veriam_model::PolicyTypes::new(),
        stop_at_first: false,
    };
    let rows = Rows::embedded().map_err(Failure::internal)?;
    let parts = plan.planned(&rows);
    let count = parts.iter().fold(0_u64, |sum, part| {
        sum.saturating_add(part.units(UNIT_CASES))
    });
    if count > MOST_UNITS {
        return Err(Failure::usage(format_args!(
            "{count} units; a plan has at most {MOST_UNITS}, ask for fewer --cases"
        )));
    }
    let units: Vec<PlannedUnit> = planned_units(&parts, UNIT_CASES).collect();
    let shards: Vec<Shard> = (0..u64::from(args.shards))
        .filter_map(|index| Shard::new(index, u64::from(args.shards)))
        .collect();
    prove(&parts, &units, &shards).map_err(Failure::internal)?;
    let told = match args.format {
        PlanFormat::Text => text(&parts, &units, &shards),
        PlanFormat::Json => json(&Told {
            schema: PLAN_SCHEMA,
            profile: args.profile,
            unit_cases: UNIT_CASES,
            parts: &parts,
            units: numbered(&units).count() as u64,
            shards: shards.iter().map(|s| share(*s, &units)).collect(),
        }),
        PlanFormat::GithubMatrix => matrix(&shards),
    };
    streams.end(Exit::Agreed, &told)
}

fn numbered(units: &[PlannedUnit]) -> impl Iterator<Item = &PlannedUnit> {
    units.iter().filter(|unit| unit.number.is_some())
}

/// Goes through every case and every unit: each case is in one unit, each unit but the controls in one shard, and the
/// controls in all.
fn prove(parts: &[PlannedPart], units: &[PlannedUnit], shards: &[Shard]) -> Result<(), String> {
    for part in parts {
        let mut next = 0;
        for unit in units.iter().filter(|unit| unit.part == part.part) {
            if unit.first != next || unit.cases == 0 {
                return Err(format!("{} {} leaves a gap", part.part.name(), unit.unit));
            }
            next += unit.cases;
        }
        if next != part.cases {
            return Err(format!("{}: {next} of {}", part.part.name(), part.cases));
        }
    }
    let mut owners = vec![0_u64; units.len()];
    for shard in shards {
        for (owners, unit) in owners.iter_mut().zip(units) {
            *owners += u64::from(shard.has(unit));
        }
    }
    for (owners, unit) in owners.into_iter().zip(units) {
        let wanted = match unit.part {
            Part::Controls => shards.len() as u64,
            _ => 1,
        };
        if owners != wanted {
            return Err(format!(
                "{} {} belongs to {owners} shards",
                unit.part.name(),
                unit.unit
            ));
        }
    }
    Ok(())
}

fn share(shard: Shard, units: &[PlannedUnit]) -> Share {
    let here: Vec<&PlannedUnit> = units.iter().filter(|unit| shard.has(unit)).collect();
    let names: Vec<(Part, u64)> = here
        .iter()
        .filter(|unit| unit.number.is_some())
        .map(|unit| (unit.part, unit.unit))
        .collect();
    Share {
        shard,
        units: names.len() as u64,
        cases: here.iter().map(|unit| unit.cases).sum(),
        names: unit_names(&names),
    }
}

fn json(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

fn matrix(shards: &[Shard]) -> String {
    let jobs = shards.iter().map(|&shard| Job {
        shard,
        index: shard.index(),
    });
    let include: Vec<Job> = jobs.collect();
    let matrix = std::collections::BTreeMap::from([("include", include)]);
    let mut text = serde_json::to_string(&matrix).unwrap_or_default();
    text.push('\n');
    text
}

fn text(parts: &[PlannedPart], units: &[PlannedUnit], shards: &[Shard]) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_text(&mut out, parts, units, shards);
    out
}

fn write_text(
    out: &mut String,
    parts: &[PlannedPart],
    units: &[PlannedUnit],
    shards: &[Shard],
) -> std::fmt::Result {
    let head = format!("{:<36}{:>12}{:>9}", "part", "cases", "units");
    writeln!(out, "{}", paint(STRONG, head))?;
    for part in parts {
        let (cases, count) = (thousands(part.cases), thousands(part.units(UNIT_CASES)));
        writeln!(out, "  {:<34}{cases:>12}{count:>9}", part.part.title())?;
    }
    writeln!(out)?;
    let head = format!("{:<36}{:>12}{:>9}", "shard", "cases", "units");
    writeln!(out, "{}", paint(STRONG, head))?;
    for shard in shards {
        let share = share(*shard, units);
        let (cases, count) = (thousands(share.cases), thousands(share.units));
        let name = format!("--shard {shard}");
        writeln!(out, "  {name:<34}{cases:>12}{count:>9}")?;
    }
    writeln!(out)?;
    let count = thousands(numbered(units).count() as u64);
    writeln!(
        out,
        "Checked: each of the {count} units belongs to one shard, every case to one unit; the controls run in every shard."
    )
}
