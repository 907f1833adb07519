//! What the summary says about accepted divergences.

use std::fmt::{Result, Write};

use anstyle::Style;

use crate::style::{BAD, NOTE, STRONG, paint, thousands};
use crate::{ClusterSummary, LedgerEntry, Standing, Summary};

/// How a divergence looks: one that is known is a remark.
pub(super) const fn style(standing: Standing) -> Style {
    match standing {
        Standing::New => BAD,
        Standing::Known => NOTE,
    }
}

/// Why a known divergence is accepted.
pub(super) fn reason(out: &mut String, cluster: &ClusterSummary) -> Result {
    match &cluster.reason {
        Some(reason) => {
            // A reason may have several lines in its file.
            let reason: Vec<&str> = reason.split_whitespace().collect();
            writeln!(out, "    known: {}", reason.join(" "))
        }
        None => Ok(()),
    }
}

/// What divergences that nobody looked into are taken for.
pub(super) fn taken_for(summary: &Summary) -> &'static str {
    let known = summary.ledger.as_ref().is_some_and(|l| l.known > 0);
    if known && !summary.has_new() {
        "; all that were are known, so these pass as well"
    } else {
        ""
    }
}

/// How the last line looks, and which divergences it counts.
pub(super) fn verdict(summary: &Summary) -> (Style, String) {
    match &summary.ledger {
        Some(ledger) if ledger.new == 0 => (NOTE, ", all of kinds the ledger accepts".to_owned()),
        Some(ledger) if ledger.known > 0 => {
            let (new, known) = (thousands(ledger.new), thousands(ledger.known));
            (BAD, format!(" (kinds: {new} new, {known} known)"))
        }
        _ => (BAD, String::new()),
    }
}

/// The entries that somebody has to do something about.
pub(super) fn entries(out: &mut String, summary: &Summary) -> Result {
    let Some(ledger) = &summary.ledger else {
        return Ok(());
    };
    if ledger.stale.is_empty() && ledger.expired.is_empty() {
        return Ok(());
    }
    let file = ledger.file.as_deref().unwrap_or_default();
    writeln!(out, "{}", paint(STRONG, format_args!("ledger {file}")))?;
    for entry in &ledger.stale {
        let what = "did not happen, though this run could have shown it; remove the entry (`veriam ledger prune`)";
        told(out, file, "stale:", entry, what)?;
    }
    for entry in &ledger.expired {
        let last = entry.expires.map(|d| d.to_string()).unwrap_or_default();
        let what = format!("was accepted until {last}; mend it, or set a later `expires`");
        told(out, file, "expired:", entry, &what)?;
    }
    writeln!(out)
}

fn told(out: &mut String, file: &str, word: &str, entry: &LedgerEntry, what: &str) -> Result {
    let line = entry.line;
    writeln!(out, "  {} {}", paint(BAD, word), entry.accepts)?;
    writeln!(out, "    {file}:{line}: {what}")
}
