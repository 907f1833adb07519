//! The ledger's file, `veriam.toml`: read strictly, each fault with its place, and edited as text, so that comments
//! and layout stay as people wrote them.

mod edit;
mod fields;

use std::collections::HashMap;
use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use veriam_reports::{Accepts, LedgerEntry};

pub use edit::{Pruned, added, pruned};
pub(crate) use fields::{link_fault, reason_fault};

use crate::case_file::utf8;
use crate::place::Place;
use fields::Fields;

/// The file that is read unless told otherwise, in the current folder.
pub const DEFAULT_FILE: &str = "veriam.toml";

/// A text that is no ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for LedgerError {}

impl LedgerError {
    fn at(text: &str, offset: usize, message: impl Into<String>) -> Self {
        let place = Place::of(text, offset);
        LedgerError {
            line: place.line,
            column: place.column,
            message: message.into(),
        }
    }
}

/// An entry, where its header stands, and where the line of its last field ends.
struct Found {
    offset: usize,
    end: usize,
    entry: LedgerEntry,
}

/// Reads a ledger.
///
/// # Errors
/// [`LedgerError`] for the first fault.
pub fn read(bytes: &[u8]) -> Result<Vec<LedgerEntry>, LedgerError> {
    let found = found(text_of(bytes)?)?;
    Ok(found.into_iter().map(|found| found.entry).collect())
}

fn text_of(bytes: &[u8]) -> Result<&str, LedgerError> {
    utf8(bytes).map_err(|error| LedgerError {
        line: error.line,
        column: error.column,
        message: error.message,
    })
}

fn found(text: &str) -> Result<Vec<Found>, LedgerError> {
    let root = DeTable::parse(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let message = format!("{}; mend the TOML", error.message());
        LedgerError::at(text, offset, message)
    })?;
    let mut entries = Vec::new();
    for (key, value) in root.get_ref() {
        let name: &str = key.get_ref();
        if name != "ledger" {
            let message = format!(
                "unknown name `{name}`; the file holds `[[ledger]]` entries only, so remove it"
            );
            return Err(LedgerError::at(text, key.span().start, message));
        }
        entries = tables(text, value)?;
    }
    let mut found: Vec<Found> = Vec::new();
    let mut lines: HashMap<Accepts, usize> = HashMap::new();
    for (offset, table) in entries {
        let line = Place::of(text, offset).line;
        let entry = Fields::new(text, offset, table).entry(line)?;
        if let Some(first) = lines.insert(entry.accepts.clone(), line) {
            let message = format!(
                "an entry for the same divergences begins in line {first}; remove one of the two"
            );
            return Err(LedgerError::at(text, offset, message));
        }
        let last = table.values().map(|v| v.span().end).max();
        let last = last.unwrap_or(offset);
        let end = text[last..].find('\n').map_or(text.len(), |i| last + i + 1);
        found.push(Found { offset, end, entry });
    }
    Ok(found)
}

/// The entries, each with the place of its header. An array of another form would have no header to cut at.
fn tables<'a, 'i>(
    text: &str,
    value: &'a Spanned<DeValue<'i>>,
) -> Result<Vec<(usize, &'a DeTable<'i>)>, LedgerError> {
    let wrong = |at: usize| {
        let message = "an entry begins with `[[ledger]]` on a line of its own; write it so";
        LedgerError::at(text, at, message)
    };
    let items = value.get_ref().as_array();
    let items = items.ok_or_else(|| wrong(value.span().start))?;
    if items.is_empty() {
        return Err(wrong(value.span().start));
    }
    items
        .iter()
        .map(|item| {
            let at = item.span().start;
            match item.get_ref() {
                DeValue::Table(table) if text[at..].starts_with("[[") => Ok((at, table)),
                _ => Err(wrong(at)),
            }
        })
        .collect()
}
