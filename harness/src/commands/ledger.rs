//! `veriam ledger`, and what `veriam run` asks of the ledger.

use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};
use veriam_reports::{Accepts, Date, Ledger, LedgerEntry, SUMMARY_SCHEMA};

use super::{read_or_fail, shown};
use crate::case_file::StoredCase;
use crate::cli::{
    Format, LedgerAddArgs, LedgerArgs, LedgerCheckArgs, LedgerCommand, LedgerPruneArgs,
};
use crate::exit::Exit;
use crate::laws::{LawCase, has_law_tag};
use crate::ledger::{DEFAULT_FILE, added, pruned, read};
use crate::rim::{Ended, Failure, Streams};
use crate::run::Part;
use crate::store::write_whole;
use crate::style::{BAD, GOOD, paint};

pub(super) fn run(args: &LedgerArgs, streams: &mut Streams<'_>) -> Ended {
    match &args.command {
        LedgerCommand::Add(args) => add(args, streams),
        LedgerCommand::Check(args) => check(args, streams),
        LedgerCommand::Prune(args) => prune(args, streams),
    }
}

/// The ledger of a run. A file that somebody names has to be there; the default one need not.
pub(super) fn ledger(named: Option<&Path>, streams: &mut Streams<'_>) -> Result<Ledger, Failure> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    if named.is_none() && is_absent(path) {
        return Ok(Ledger {
            file: None,
            entries: Vec::new(),
        });
    }
    let bytes = read_or_fail(path, streams)?;
    Ok(Ledger {
        file: Some(shown(path)),
        entries: read(&bytes).map_err(|error| at(path, error))?,
    })
}

fn is_absent(path: &Path) -> bool {
    std::fs::metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

/// A fault with the file it stands in.
fn at(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::usage(format_args!("{}:{error}", shown(path)))
}

fn rewrite(path: &Path, text: &str) -> Result<(), Failure> {
    write_whole(path, text.as_bytes()).map_err(|error| {
        Failure::usage(format_args!(
            "cannot write {}: {error}; choose another file with --config",
            path.display()
        ))
    })
}

fn add(args: &LedgerAddArgs, streams: &mut Streams<'_>) -> Ended {
    let case = read_or_fail(&args.case, streams)?;
    let (signature, origin) = match has_law_tag(&case) {
        true => LawCase::from_json(&case).map(|case| (case.signature(), case.origin)),
        false => StoredCase::from_json(&case).map(|case| (case.signature, case.origin)),
    }
    .map_err(|error| at(&args.case, error))?;
    let path = &args.config;
    let before = if is_absent(path) {
        Vec::new()
    } else {
        read_or_fail(path, streams)?
    };
    let generated = [Part::Generated, Part::Laws].map(Part::name);
    let generated = generated.contains(&origin.part.as_str());
    let entry = LedgerEntry {
        line: 0,
        accepts: Accepts::exactly(&signature),
        reason: args.reason.clone(),
        link: args.link.clone(),
        expires: args.expires,
        added: Some(streams.today),
        // A run that ends before that case says nothing about it.
        cases: generated.then(|| origin.index.saturating_add(1)),
    };
    let after = added(&before, &entry).map_err(|error| at(path, error))?;
    rewrite(path, &after)?;
    let text = format!("{}: accepts {}\n", path.display(), entry.accepts);
    streams.end(Exit::Agreed, &text)
}

#[derive(Serialize)]
struct Told<'a> {
    schema: &'static str,
    file: String,
    entries: Vec<ToldEntry<'a>>,
}

#[derive(Serialize)]
struct ToldEntry<'a> {
    state: State,
    #[serde(flatten)]
    entry: &'a LedgerEntry,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Accepted,
    Expired,
}

impl State {
    fn of(entry: &LedgerEntry, today: Date) -> Self {
        if entry.is_expired(today) {
            State::Expired
        } else {
            State::Accepted
        }
    }
}

fn check(args: &LedgerCheckArgs, streams: &mut Streams<'_>) -> Ended {
    let ledger = ledger(Some(&args.config), streams)?;
    let today = streams.today;
    let entries = ledger.entries.iter().map(|entry| ToldEntry {
        state: State::of(entry, today),
        entry,
    });
    let told = Told {
        schema: "veriam.ledger/1",
        file: shown(&args.config),
        entries: entries.collect(),
    };
    let expired = told.entries.iter().any(|e| e.state == State::Expired);
    let exit = if expired {
        Exit::StaleLedger
    } else {
        Exit::Agreed
    };
    match args.format {
        Format::Text => streams.end(exit, &text(&told)),
        Format::Json => {
            let mut text = serde_json::to_string_pretty(&told).unwrap_or_default();
            text.push('\n');
            streams.end(exit, &text)
        }
    }
}

fn text(told: &Told<'_>) -> String {
    if told.entries.is_empty() {
        return format!("{}: no entries; no divergence is accepted\n", told.file);
    }
    let mut text = String::new();
    for ToldEntry { state, entry } in &told.entries {
        let state = match state {
            State::Accepted => paint(GOOD, "accepted"),
            State::Expired => paint(BAD, "expired"),
        };
        let (file, line, accepts) = (&told.file, entry.line, &entry.accepts);
        text.push_str(&format!("{file}:{line}: {state}: {accepts}\n"));
        let reason: Vec<&str> = entry.reason.split_whitespace().collect();
        text.push_str(&format!("  reason   {}\n", reason.join(" ")));
        let days = [("expires", entry.expires), ("added", entry.added)];
        let days = days.map(|(name, day)| (name, day.map(|day| day.to_string())));
        for (name, value) in std::iter::once(("link", entry.link.clone())).chain(days) {
            if let Some(value) = value {
                text.push_str(&format!("  {name:<8} {value}\n"));
            }
        }
    }
    text
}

/// What is read of a summary.
#[derive(Deserialize)]
struct ReadSummary {
    schema: String,
    ledger: Option<ReadLedger>,
}

#[derive(Deserialize)]
struct ReadLedger {
    stale: Vec<Accepts>,
}

fn prune(args: &LedgerPruneArgs, streams: &mut Streams<'_>) -> Ended {
    let summary = read_or_fail(&args.stale_from, streams)?;
    let from = &args.stale_from;
    let told = |what: String| Failure::usage(format_args!("{}: {what}", shown(from)));
    let summary: ReadSummary = serde_json::from_slice(&summary).map_err(|error| {
        told(format!(
            "not a summary: {error}; give what `veriam run --format json` printed"
        ))
    })?;
    if summary.schema != SUMMARY_SCHEMA {
        let found = summary.schema;
        return Err(told(format!(
            "schema {found:?}; this program reads {SUMMARY_SCHEMA:?} only"
        )));
    }
    let Some(run) = summary.ledger else {
        let what = "the run did not ask the ledger; run it again without --no-ledger";
        return Err(told(what.to_owned()));
    };
    let path = &args.config;
    let before = read_or_fail(path, streams)?;
    let after = pruned(&before, &run.stale).map_err(|error| at(path, error))?;
    if !after.removed.is_empty() {
        rewrite(path, &after.text)?;
    }
    let file = path.display();
    let mut text = String::new();
    for entry in &after.removed {
        text.push_str(&format!("{file}: removed {}\n", entry.accepts));
    }
    for accepts in &after.missing {
        text.push_str(&format!("{file}: has no longer {accepts}\n"));
    }
    if text.is_empty() {
        text = format!("{file}: nothing is stale\n");
    }
    streams.end(Exit::Agreed, &text)
}
