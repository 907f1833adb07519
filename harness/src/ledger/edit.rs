//! Changes to a ledger's text that leave every other byte as it is.

use veriam_reports::{Accepts, LedgerEntry};

use super::{LedgerError, found, text_of};

/// The text of a ledger with a further entry at its end.
///
/// # Errors
/// [`LedgerError`] when the text is no ledger, or has an entry for the same divergences, whose place is told.
pub fn added(bytes: &[u8], entry: &LedgerEntry) -> Result<String, LedgerError> {
    let text = text_of(bytes)?;
    for known in found(text)? {
        if known.entry.accepts == entry.accepts {
            let message = "this entry is for the same divergence; change it instead of adding one";
            return Err(LedgerError::at(text, known.offset, message));
        }
    }
    let mut new = text.to_owned();
    if !new.is_empty() {
        if !new.ends_with('\n') {
            new.push('\n');
        }
        new.push('\n');
    }
    new.push_str(&written(entry));
    Ok(new)
}

/// An entry as TOML.
fn written(entry: &LedgerEntry) -> String {
    let Accepts {
        target,
        law,
        expected,
        observed,
        rules,
    } = &entry.accepts;
    let mut text = format!("[[ledger]]\ntarget = {}\n", quoted(target));
    if let Some(law) = law {
        text.push_str(&format!("law = {}\n", quoted(law)));
    }
    text.push_str(&format!(
        "expected = {}\nobserved = {}\n",
        quoted(&expected.to_string()),
        quoted(&observed.to_string())
    ));
    if let Some(rules) = rules {
        let rules: Vec<String> = rules.iter().map(|r| quoted(&r.to_string())).collect();
        text.push_str(&format!("rules = [{}]\n", rules.join(", ")));
    }
    text.push_str(&format!("reason = {}\n", quoted(&entry.reason)));
    if let Some(link) = &entry.link {
        text.push_str(&format!("link = {}\n", quoted(link)));
    }
    for (name, day) in [("expires", entry.expires), ("added", entry.added)] {
        if let Some(day) = day {
            text.push_str(&format!("{name} = {day}\n"));
        }
    }
    if let Some(cases) = entry.cases {
        text.push_str(&format!("cases = {cases}\n"));
    }
    text
}

/// A string of TOML: that of JSON, but for one character that JSON does not escape and TOML wants escaped.
fn quoted(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json.replace('\u{7f}', "\\u007F")
}

/// A ledger without some entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pruned {
    /// The text that is left.
    pub text: String,
    /// The entries that were removed.
    pub removed: Vec<LedgerEntry>,
    /// Those that were not there.
    pub missing: Vec<Accepts>,
}

/// The text of a ledger without some entries, and without the comments that stand right above and below them.
///
/// # Errors
/// [`LedgerError`] when the text is no ledger.
pub fn pruned(bytes: &[u8], stale: &[Accepts]) -> Result<Pruned, LedgerError> {
    let text = text_of(bytes)?;
    let entries = found(text)?;
    let starts: Vec<usize> = (0..entries.len())
        .map(|i| {
            let before = i.checked_sub(1).map_or(0, |before| entries[before].end);
            block_start(text, before, entries[i].offset)
        })
        .collect();
    let mut left = text[..starts.first().copied().unwrap_or(text.len())].to_owned();
    let mut removed: Vec<LedgerEntry> = Vec::new();
    for (i, found) in entries.into_iter().enumerate() {
        let end = starts.get(i + 1).copied().unwrap_or(text.len());
        if !stale.contains(&found.entry.accepts) {
            left.push_str(&text[starts[i]..end]);
            continue;
        }
        removed.push(found.entry);
        left.push_str(remarks(&text[found.end..end]));
        // The blank line before the last entry goes with it.
        if end == text.len() && left.ends_with("\n\n") {
            left.pop();
        }
    }
    let is_there = |a: &&Accepts| removed.iter().any(|entry| entry.accepts == **a);
    let missing = stale.iter().filter(|a| !is_there(a)).cloned().collect();
    Ok(Pruned {
        text: left,
        removed,
        missing,
    })
}

/// Where the block of an entry begins: with the comments right above its header, but behind the entry before it.
fn block_start(text: &str, before: usize, header: usize) -> usize {
    let line_start = |at: usize| {
        text[before..at]
            .rfind('\n')
            .map_or(before, |i| before + i + 1)
    };
    let mut start = line_start(header);
    while start > before {
        let above = line_start(start - 1);
        if !text[above..start].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    start
}

/// Of the text between an entry and the next block, what is about neither: comments below a blank line.
fn remarks(between: &str) -> &str {
    let mut blank = None;
    let mut at = 0;
    for line in between.split_inclusive('\n') {
        at += line.len();
        if line.trim().is_empty() {
            blank = Some(blank.unwrap_or(at));
        } else if let Some(behind) = blank {
            return &between[behind..];
        }
    }
    ""
}
