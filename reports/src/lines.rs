//! Records as lines of JSON.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{RECORD_SCHEMA, Record};

/// A line that is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.message)
    }
}

impl std::error::Error for RecordError {}

#[derive(Serialize)]
struct WriteLine<'a> {
    schema: &'static str,
    record: &'a Record,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadLine {
    schema: String,
    record: Record,
}

/// Records as lines of JSON, each with its line feed.
#[must_use]
pub fn to_lines(records: &[Record]) -> String {
    let mut text = String::new();
    for record in records {
        let line = WriteLine {
            schema: RECORD_SCHEMA,
            record,
        };
        text.push_str(&serde_json::to_string(&line).unwrap_or_default());
        text.push('\n');
    }
    text
}

/// Records that were read, and how many of the bytes they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    /// The records of the whole lines.
    pub records: Vec<Record>,
    /// The bytes of those lines. What follows is a line whose writer did not get to its end.
    pub whole: usize,
}

/// Reads lines of JSON. A last line without line feed is dropped: whoever wrote it was stopped in the middle.
///
/// # Errors
/// [`RecordError`] at the first whole line that is no record of this version.
pub fn from_lines(bytes: &[u8]) -> Result<Lines, RecordError> {
    let whole = bytes
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(0, |at| at + 1);
    let lines = bytes[..whole].split_inclusive(|&b| b == b'\n');
    let records: Result<Vec<Record>, RecordError> = (1..)
        .zip(lines)
        .map(|(number, line)| from_line(number, line))
        .collect();
    Ok(Lines {
        records: records?,
        whole,
    })
}

/// Reads one whole line, the `number`-th.
///
/// # Errors
/// [`RecordError`] when it is no record of this version.
pub fn from_line(number: usize, line: &[u8]) -> Result<Record, RecordError> {
    let at = |message: String| RecordError {
        line: number,
        message,
    };
    let line: ReadLine =
        serde_json::from_slice(line).map_err(|e| at(format!("not a record: {e}")))?;
    if line.schema != RECORD_SCHEMA {
        return Err(at(format!(
            "schema {:?}; this program reads {RECORD_SCHEMA:?} only",
            line.schema
        )));
    }
    Ok(line.record)
}
