//! The summary for people.

mod laws;
mod ledger;

use std::fmt::Write;

use veriam_model::Profile;

use super::{PartSummary, Summary};
use crate::style::{BAD, FAINT, GOOD, NOTE, STRONG, paint, percent, thousands, wrap};
use crate::{FamilyCounts, Part, Shard};

const WIDTH: usize = 100;
/// Families that are told in full; the combined ones and the many operations only stand in the JSON summary.
const TOLD: [&str; 19] = [
    "case",
    "request",
    "authorizer",
    "path",
    "call outcome",
    "put outcome",
    "policy type",
    "caller",
    "accounts",
    "resource type",
    "element",
    "principal form",
    "operator family",
    "operator",
    "set operator",
    "IfExists",
    "key",
    "variable form",
    "trap",
];

pub(super) fn render(summary: &Summary) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut out, summary);
    out
}

fn write_all(out: &mut String, summary: &Summary) -> std::fmt::Result {
    heading(out, summary)?;
    parts(out, summary)?;
    let generated = summary.parts.iter().find(|p| p.part == Part::Generated);
    if let Some(generated) = generated {
        outcomes(out, generated)?;
        labels(out, &summary.labels, generated.compared)?;
    }
    if let Some(found) = &summary.laws {
        laws::table(out, found)?;
    }
    follows(out, summary)?;
    cases(out, summary)?;
    ledger::entries(out, summary)?;
    verdict(out, summary)
}

fn heading(out: &mut String, summary: &Summary) -> std::fmt::Result {
    writeln!(
        out,
        "{}",
        paint(
            STRONG,
            format_args!(
                "Veriam {}: {} {} held against {}",
                summary.veriam,
                summary.target,
                summary.target_version,
                laws::whom(summary)
            )
        )
    )?;
    match &summary.dialect {
        Some(dialect) if dialect.is_empty() => {}
        Some(dialect) => writeln!(out, "dialect: {}", dialect.join(", "))?,
        None => writeln!(out, "dialect: none declared")?,
    }
    if !summary.without.is_empty() {
        let without: Vec<&str> = summary.without.iter().map(|t| t.name()).collect();
        writeln!(
            out,
            "left out of every case: policies of type {}",
            without.join(", ")
        )?;
    }
    if summary.shard != Shard::WHOLE {
        writeln!(
            out,
            "shard {}: `veriam merge` tells of all shards together",
            summary.shard
        )?;
    }
    writeln!(out)
}

/// Reasons for which cases were not compared that are shown.
const REASONS_SHOWN: usize = 8;

/// The title of a part whose cases are drawn.
fn drawn_title(part: Part, summary: &Summary) -> String {
    let title = format!("{}, seed {}", part.title(), summary.seed);
    match summary.profile {
        Profile::Default => title,
        profile => format!("{title}, {profile}"),
    }
}

fn parts(out: &mut String, summary: &Summary) -> std::fmt::Result {
    writeln!(
        out,
        "{}",
        paint(
            STRONG,
            format_args!(
                "{:<46}{:>10}{:>12}",
                "what was compared", "cases", "divergences"
            )
        )
    )?;
    for part in &summary.parts {
        let title = match part.part {
            drawn @ (Part::Generated | Part::Laws) => drawn_title(drawn, summary),
            known => known.title().to_owned(),
        };
        let divergences = format!("{:>12}", thousands(part.divergences));
        let divergences = if part.divergences == 0 {
            divergences
        } else {
            paint(BAD, divergences)
        };
        writeln!(
            out,
            "  {title:<44}{:>10}{divergences}",
            thousands(part.compared)
        )?;
    }
    if summary.unsupported > 0 {
        let unsupported = thousands(summary.unsupported);
        writeln!(
            out,
            "  not compared: {unsupported} cases the target does not support"
        )?;
        let mut reasons: Vec<_> = summary.unsupported_for.iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (reason, count) in reasons.iter().take(REASONS_SHOWN) {
            writeln!(out, "    {:>10}  {reason}", thousands(**count))?;
        }
        if let Some(rest @ 1..) = reasons.len().checked_sub(REASONS_SHOWN) {
            writeln!(out, "    and {rest} further reasons, in `--format json`")?;
        }
    }
    if summary.units_not_run > 0 {
        let (ran, rest) = (thousands(summary.units), thousands(summary.units_not_run));
        writeln!(
            out,
            "  not run: {rest} units; {ran} ran before the run was to end, `--resume` runs the rest"
        )?;
    }
    writeln!(out)
}

fn outcomes(out: &mut String, generated: &PartSummary) -> std::fmt::Result {
    let counts = generated.outcomes;
    writeln!(out, "{}", paint(STRONG, "what the generated cases come to"))?;
    let mut questions = vec![
        ("allow", counts.allow),
        ("explicit deny", counts.explicit_deny),
        ("implicit deny", counts.implicit_deny),
    ];
    // What a run did not meet is not worth a word.
    let rare = [
        ("rejected", counts.rejected),
        ("not found", counts.not_found),
        ("invalid policy", counts.invalid),
        ("malformed request", counts.malformed),
    ];
    questions.extend(rare.into_iter().filter(|(_, count)| *count > 0));
    let asked = generated.checks + generated.calls;
    shares(out, "checks and calls", asked, &questions)?;
    let documents = [("accepted", counts.accepted), ("refused", counts.refused)];
    shares(out, "documents", generated.documents, &documents)?;
    if generated.puts > 0 {
        let puts = [("stored", counts.stored), ("refused", counts.not_stored)];
        shares(out, "puts", generated.puts, &puts)?;
    }
    writeln!(
        out,
        "  {} left open by AWS's documentation: judged by the default reading (`veriam rules --undetermined`)",
        percent(generated.undetermined, generated.compared)
    )?;
    writeln!(out)
}

fn shares(out: &mut String, what: &str, of: u64, named: &[(&str, u64)]) -> std::fmt::Result {
    if of == 0 {
        return Ok(());
    }
    let shares: Vec<String> = named
        .iter()
        .map(|(name, count)| format!("{name} {}", percent(*count, of)))
        .collect();
    let what = format!("{} {what}:", thousands(of));
    writeln!(out, "  {what:<24} {}", shares.join(" · "))
}

fn labels(out: &mut String, families: &[FamilyCounts], of: u64) -> std::fmt::Result {
    if of == 0 {
        return Ok(());
    }
    writeln!(
        out,
        "{}  {}",
        paint(STRONG, "what they reach"),
        paint(
            FAINT,
            "share of the cases that hold it / cases whose outcome turned on it"
        )
    )?;
    for family in families
        .iter()
        .filter(|f| TOLD.contains(&f.family.as_str()))
    {
        let entries: Vec<String> = family
            .labels
            .iter()
            // What a run did not meet and need not meet is not worth a word.
            .filter(|count| count.cases > 0 || count.minimum > 0)
            .map(|count| {
                format!(
                    "{} {}/{}",
                    count.label,
                    percent(count.cases, of).replace(' ', ""),
                    thousands(count.decisive)
                )
            })
            .collect();
        for (i, line) in flow(&entries, WIDTH - 20).into_iter().enumerate() {
            let name = if i == 0 { family.family.as_str() } else { "" };
            writeln!(out, "  {name:<17} {line}")?;
        }
    }
    writeln!(out)
}

/// Entries side by side, as many in a line as fit.
fn flow(entries: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for entry in entries {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 3 + entry.chars().count() <= width => {
                line.push_str(" · ");
                line.push_str(entry);
            }
            _ => lines.push(entry.clone()),
        }
    }
    lines
}

/// What a target that declares no dialect makes of the open points.
fn follows(out: &mut String, summary: &Summary) -> std::fmt::Result {
    if summary.follows.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint(STRONG, "readings of open points"))?;
    for followed in &summary.follows {
        let cases = thousands(followed.cases);
        match &followed.reading {
            Some(reading) => writeln!(
                out,
                "  {} follows `{reading}` in all {cases} cases that turn on it",
                followed.choice
            )?,
            None => {
                let indices: Vec<String> =
                    followed.excluded_by.iter().map(u64::to_string).collect();
                let text = format!(
                    "{} mixes readings in {cases} cases that turn on it; see the generated cases {}",
                    followed.choice,
                    indices.join(" and ")
                );
                writeln!(out, "  {}", paint(BAD, text))?;
            }
        }
    }
    writeln!(out)
}

fn cases(out: &mut String, summary: &Summary) -> std::fmt::Result {
    if summary.clusters.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint(STRONG, "divergences"))?;
    for case in &summary.clusters {
        let times = match case.examined {
            1 => String::new(),
            n => format!(" ({} of those examined)", thousands(n)),
        };
        let style = ledger::style(case.ledger);
        writeln!(out, "  {}{times}", paint(style, &case.signature))?;
        laws::title(out, summary, case)?;
        ledger::reason(out, case)?;
        if let Some(failure) = &case.failure {
            writeln!(out, "    {failure}")?;
        }
        if case.unsteady {
            writeln!(
                out,
                "    asked again, the target replied otherwise: it does not answer alike each time"
            )?;
        }
        match (&case.replay, &case.not_stored) {
            (Some(replay), _) => writeln!(out, "    {replay}")?,
            (None, Some(why)) => writeln!(out, "    not stored: {why}")?,
            (None, None) => {}
        }
    }
    if summary.not_examined > 0 {
        let more = thousands(summary.not_examined);
        writeln!(
            out,
            "  {more} further divergences were counted and not examined{}",
            ledger::taken_for(summary)
        )?;
    }
    writeln!(out)
}

fn verdict(out: &mut String, summary: &Summary) -> std::fmt::Result {
    for fault in &summary.faults {
        writeln!(out, "{} the oracle broke on {fault}", paint(BAD, "fault:"))?;
    }
    for shortage in &summary.below_minimum {
        writeln!(
            out,
            "{} {} `{}` was decisive {} times, {} are needed",
            paint(NOTE, "too rare:"),
            shortage.family,
            shortage.label,
            thousands(shortage.decisive),
            thousands(shortage.minimum)
        )?;
    }
    for reason in &summary.void_reasons {
        writeln!(out, "{} {reason}", paint(BAD, "void:"))?;
    }
    let compared = thousands(summary.compared);
    if summary.divergences > 0 {
        let count = thousands(summary.divergences);
        let (style, which) = ledger::verdict(summary);
        let text = format!("{count} divergences in {compared} cases{which}.");
        writeln!(out, "{}", paint(style, text))?;
    } else if summary.void || !summary.faults.is_empty() {
        writeln!(out, "{}", paint(BAD, "This run proves nothing."))?;
    } else {
        let text = match &summary.laws {
            Some(found) => laws::held(found),
            None => {
                format!("No divergence: both judges give the same answer to all {compared} cases.")
            }
        };
        writeln!(out, "{}", paint(GOOD, text))?;
    }
    writeln!(
        out,
        "{} cases/s: {:.1} s with {} {}",
        thousands(summary.cases_per_s),
        summary.seconds,
        summary.jobs,
        if summary.jobs == 1 { "job" } else { "jobs" }
    )?;
    let oracle = "The oracle reads AWS's documentation rule by rule; it is not AWS. `veriam rules` lists the rules \
                  with the page and the certainty of each, `veriam explain` shows how they decide a case.";
    for line in wrap(oracle, WIDTH) {
        writeln!(out, "{}", paint(FAINT, line))?;
    }
    Ok(())
}
