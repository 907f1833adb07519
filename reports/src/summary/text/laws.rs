//! What the summary says about laws.

use std::fmt::{Result, Write};

use crate::style::{BAD, FAINT, STRONG, paint, thousands};
use crate::{ClusterSummary, LawsSummary, Part, Summary};

/// What a target is held against.
pub(super) fn whom(summary: &Summary) -> &'static str {
    let other = |part: Part| part != Part::Laws && part != Part::Controls;
    match (&summary.laws, summary.parts.iter().any(|p| other(p.part))) {
        (None, _) => "the oracle",
        (Some(_), true) => "the oracle and, by laws, against itself",
        (Some(_), false) => "itself, by laws",
    }
}

/// One line a law.
pub(super) fn table(out: &mut String, found: &LawsSummary) -> Result {
    let heading = format!(
        "{:<18}{:>10}{:>16}{:>10}{:>10}{:>14}",
        "law", "applied", "could be broken", "changed", "broken", "not applied"
    );
    writeln!(out, "{}", paint(STRONG, heading))?;
    for row in &found.laws {
        let broken = format!("{:>10}", thousands(row.broken));
        let broken = match row.broken {
            0 => broken,
            _ => paint(BAD, broken),
        };
        writeln!(
            out,
            "  {:<16}{:>10}{:>16}{:>10}{broken}{:>14}",
            row.law,
            thousands(row.applied),
            thousands(row.capable),
            thousands(row.changed),
            thousands(row.not_applied)
        )?;
    }
    let told = format!(
        "{} cases were looked at; {} documents among them are no questions",
        thousands(found.cases),
        thousands(found.documents)
    );
    writeln!(out, "  {}", paint(FAINT, told))?;
    writeln!(out)
}

/// What the law says that a divergence breaks.
pub(super) fn title(out: &mut String, summary: &Summary, cluster: &ClusterSummary) -> Result {
    let law = cluster.signature.law.as_ref();
    let rows = summary.laws.iter().flat_map(|found| &found.laws);
    match law.and_then(|law| rows.into_iter().find(|row| row.law == *law)) {
        Some(row) => writeln!(out, "    the law says: {}", row.title),
        None => Ok(()),
    }
}

/// The verdict of a run in which nothing is broken.
pub(super) fn held(found: &LawsSummary) -> String {
    format!(
        "Every law held in all {} cases one was applied to.",
        thousands(found.applied)
    )
}
