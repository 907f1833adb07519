//! Check lines in, answer lines out: `veriam decide`.

use std::io::{self, BufRead, BufReader, Read};

use serde::Serialize;
use veriam_model::{Answer, Check, Dialect};
use veriam_oracle::{self as oracle, CheckOutcome};

/// Longest line that is read, in bytes without the line feed.
pub const MAX_LINE_BYTES: usize = 8 << 20;
/// Lines that are judged together at most.
const MAX_BATCH: usize = 1_024;

/// Which judge answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Judge {
    /// The reference.
    Oracle,
    /// The fast library.
    Evaluator,
}

/// One line of input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1. Blank lines count.
    pub number: u64,
    /// Its bytes without the line feed, or nothing when it was longer than [`MAX_LINE_BYTES`].
    pub bytes: Option<Vec<u8>>,
}

/// What is written for one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The JSON line, without the line feed.
    pub json: String,
    /// For a malformed line: what is wrong, for people.
    pub error: Option<String>,
}

#[derive(Serialize)]
struct ErrorLine<'a> {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    error: &'a str,
}

/// Answers one request of the line protocol; `None` for a blank line, which has no answer.
#[must_use]
pub fn serve(line: &Line, judge: Judge, dialect: &Dialect) -> Option<Reply> {
    let Some(bytes) = &line.bytes else {
        let error = format!("longer than {MAX_LINE_BYTES} bytes; send smaller requests");
        return Some(malformed(line.number, None, error));
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    Some(match crate::protocol::serve(bytes, judge, dialect) {
        Ok(json) => Reply { json, error: None },
        Err(error) => malformed(line.number, None, error),
    })
}

/// Answers one line; `None` for a blank one, which has no answer.
#[must_use]
pub fn answer(line: &Line, judge: Judge, dialect: &Dialect) -> Option<Reply> {
    let Some(bytes) = &line.bytes else {
        let error = format!("longer than {MAX_LINE_BYTES} bytes; send smaller policies");
        return Some(malformed(line.number, None, error));
    };
    if bytes.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r')) {
        return None;
    }
    let check = match read(bytes) {
        Ok(check) => check,
        Err(error) => return Some(malformed(line.number, None, error)),
    };
    let id = check.id.clone();
    Some(match ask(&check, judge, dialect) {
        Ok(CheckOutcome::Decided(decision)) => answered(Answer::decided(id, decision)),
        Ok(CheckOutcome::Invalid(invalid)) => answered(Answer::invalid(id, invalid)),
        Err(error) => malformed(line.number, id.as_deref(), error),
    })
}

fn answered(answer: Answer) -> Reply {
    Reply {
        json: answer.to_json(),
        error: None,
    }
}

fn malformed(line: u64, id: Option<&str>, error: String) -> Reply {
    let json = ErrorLine {
        line,
        id,
        error: &error,
    };
    Reply {
        json: serde_json::to_string(&json).unwrap_or_default(),
        error: Some(error),
    }
}

fn read(bytes: &[u8]) -> Result<Check, String> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err("the line begins with a byte order mark; send UTF-8 without one".to_owned());
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let column = error.valid_up_to() + 1;
        format!("invalid UTF-8 at column {column}; send UTF-8")
    })?;
    Check::from_json(text)
        .map_err(|error| format!("{error}; send one check a line, as docs/check.md describes it"))
}

fn ask(check: &Check, judge: Judge, dialect: &Dialect) -> Result<CheckOutcome, String> {
    match judge {
        Judge::Oracle => oracle::judge(check, dialect)
            .map(|judgement| judgement.outcome)
            .map_err(|malformed| malformed.to_string()),
        Judge::Evaluator => crate::compare::evaluate(check, dialect)
            .map_err(|malformed| format!("malformed request: {malformed}")),
    }
}

/// Reads lines in batches of whatever is there, so that a peer at the other end of a pipe gets its answer at
/// once and a file is judged many lines at a time.
#[derive(Debug)]
pub struct Lines<R> {
    inner: BufReader<R>,
    number: u64,
}

impl<R: Read> Lines<R> {
    /// Reads lines from `input`.
    pub fn new(input: R) -> Self {
        Self {
            inner: BufReader::with_capacity(1 << 20, input),
            number: 0,
        }
    }

    /// The next lines: waits for one, then takes those that are complete without waiting. Empty at the end.
    ///
    /// # Errors
    /// What reading the input gives.
    pub fn next_batch(&mut self) -> io::Result<Vec<Line>> {
        let mut batch = Vec::new();
        while batch.len() < MAX_BATCH {
            if !batch.is_empty() && !self.inner.buffer().contains(&b'\n') {
                break;
            }
            match self.next_line()? {
                Some(line) => batch.push(line),
                None => break,
            }
        }
        Ok(batch)
    }

    fn next_line(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        let mut too_long = false;
        let mut any = false;
        loop {
            let available = match self.inner.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if available.is_empty() {
                if !any {
                    return Ok(None);
                }
                break;
            }
            any = true;
            let end = available.iter().position(|&b| b == b'\n');
            let taken = &available[..end.unwrap_or(available.len())];
            too_long |= bytes.len() + taken.len() > MAX_LINE_BYTES;
            if too_long {
                bytes = Vec::new();
            } else {
                bytes.extend_from_slice(taken);
            }
            let consumed = end.map_or(available.len(), |end| end + 1);
            self.inner.consume(consumed);
            if end.is_some() {
                break;
            }
        }
        self.number += 1;
        Ok(Some(Line {
            number: self.number,
            bytes: (!too_long).then_some(bytes),
        }))
    }
}
