//! The summary for people.

use std::fmt::Write;

use super::{PartSummary, Summary};
use crate::labels::FamilyCounts;
use crate::run::Part;
use crate::style::{BAD, FAINT, GOOD, NOTE, STRONG, paint, percent, thousands, wrap};

const WIDTH: usize = 100;
/// Families that are told in full; the combined ones only stand in the JSON summary.
const TOLD: [&str; 10] = [
    "policy type",
    "caller",
    "element",
    "principal form",
    "operator family",
    "operator",
    "set operator",
    "IfExists",
    "key",
    "variable form",
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
    let generated = summary
        .parts
        .iter()
        .find(|p| p.part == Part::Generated.name());
    if let Some(generated) = generated {
        outcomes(out, generated)?;
        labels(out, &summary.labels, generated.compared)?;
    }
    cases(out, summary)?;
    verdict(out, summary)
}

fn heading(out: &mut String, summary: &Summary) -> std::fmt::Result {
    writeln!(
        out,
        "{}",
        paint(
            STRONG,
            format_args!(
                "Veriam {}: {} {} held against the oracle",
                summary.veriam, summary.target, summary.target_version
            )
        )
    )?;
    if !summary.dialect.is_empty() {
        writeln!(out, "dialect: {}", summary.dialect.join(", "))?;
    }
    writeln!(out)
}

fn parts(out: &mut String, summary: &Summary) -> std::fmt::Result {
    writeln!(
        out,
        "{}",
        paint(
            STRONG,
            format_args!(
                "{:<46}{:>10}{:>12}",
                "what was compared", "checks", "divergences"
            )
        )
    )?;
    for part in &summary.parts {
        let known = Part::ALL.into_iter().find(|p| p.name() == part.part);
        let title = match known {
            Some(Part::Generated) => format!("generated checks, seed {}", summary.seed),
            Some(known) => known.title().to_owned(),
            None => part.part.to_owned(),
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
            "  not compared: {unsupported} checks the target does not support"
        )?;
    }
    writeln!(out)
}

fn outcomes(out: &mut String, generated: &PartSummary) -> std::fmt::Result {
    let of = generated.compared;
    let counts = generated.outcomes;
    writeln!(
        out,
        "{}",
        paint(STRONG, "what the generated checks come to")
    )?;
    let named = [
        ("allow", counts.allow),
        ("explicit deny", counts.explicit_deny),
        ("implicit deny", counts.implicit_deny),
        ("invalid policy", counts.invalid),
        ("malformed request", counts.malformed),
    ];
    let shares: Vec<String> = named
        .iter()
        .map(|(name, count)| format!("{name} {}", percent(*count, of)))
        .collect();
    writeln!(out, "  {}", shares.join(" · "))?;
    writeln!(
        out,
        "  {} left open by AWS's documentation: judged by the default reading (`veriam rules --undetermined`)",
        percent(generated.undetermined, of)
    )?;
    writeln!(out)
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
            "share of the checks that hold it / checks whose decision turned on it"
        )
    )?;
    for family in families.iter().filter(|f| TOLD.contains(&f.family)) {
        let entries: Vec<String> = family
            .labels
            .iter()
            .map(|count| {
                format!(
                    "{} {}/{}",
                    count.label,
                    percent(count.checks, of).replace(' ', ""),
                    thousands(count.decisive)
                )
            })
            .collect();
        for (i, line) in flow(&entries, WIDTH - 20).into_iter().enumerate() {
            let name = if i == 0 { family.family } else { "" };
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
        writeln!(out, "  {}{times}", paint(BAD, &case.signature))?;
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
            "  {more} further divergences were counted and not examined"
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
        let text = format!("{count} of {compared} checks diverge.");
        writeln!(out, "{}", paint(BAD, text))?;
    } else if summary.void || !summary.faults.is_empty() {
        writeln!(out, "{}", paint(BAD, "This run proves nothing."))?;
    } else {
        let text =
            format!("No divergence: both judges give the same answer to all {compared} checks.");
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
                  with the page and the certainty of each, `veriam explain` shows how they decide a check.";
    for line in wrap(oracle, WIDTH) {
        writeln!(out, "{}", paint(FAINT, line))?;
    }
    Ok(())
}
