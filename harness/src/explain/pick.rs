//! Which check, call or put of an input is meant.

use std::fmt;

use serde::Deserialize;
use veriam_model::{CallCase, Case, Dialect, Put, Row};
use veriam_reports::{Kind, Signature};

use super::{CallSubject, PutSubject};
use crate::case_file::{self, StoredCase};

/// What an input is about.
#[derive(Clone, Debug)]
pub enum Picked {
    /// A check.
    Check(Box<Subject>),
    /// A call.
    Call(Box<CallSubject>),
    /// A put.
    Put(Box<PutSubject>),
}

/// A check with what is known about it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The check, and what is documented about it.
    pub row: Row,
    /// The dialect to judge it under.
    pub dialect: Dialect,
    /// For a stored case: the divergence it is about.
    pub signature: Option<Signature>,
}

/// How a check is picked from an input that holds several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Select {
    /// There is only one.
    Only,
    /// The one in that line, from 1.
    Line(usize),
    /// The one with that id.
    Id(String),
}

/// Why no check was picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PickError {
    /// Something in the input is malformed: line, column (0: the whole line), what and what to do.
    Malformed(usize, usize, String),
    /// Several checks, and nobody said which.
    Several(usize),
    /// No check at all.
    Empty,
    /// No check with that id, or in that line.
    Missing(Select),
    /// A stored document: no question that could be decided.
    Document,
}

impl fmt::Display for PickError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PickError::Malformed(line, 0, message) => write!(f, "{line}: {message}"),
            PickError::Malformed(line, column, message) => {
                write!(f, "{line}:{column}: {message}")
            }
            PickError::Several(count) => write!(
                f,
                "{count} checks are given; pick one with --line N or --id ID"
            ),
            PickError::Empty => f.write_str("no check is given; write one as a JSON line"),
            PickError::Missing(Select::Line(line)) => {
                write!(f, "line {line} holds no check; count lines from 1")
            }
            PickError::Missing(Select::Id(id)) => {
                write!(
                    f,
                    "no check has the id `{id}`; ids compare with letter case"
                )
            }
            PickError::Document => f.write_str(
                "a stored document is no question that could be decided; `veriam replay` judges it again, `veriam lint` \
                 shows its faults",
            ),
            PickError::Missing(Select::Only) => f.write_str("no check is given; write one"),
        }
    }
}

impl std::error::Error for PickError {}

/// Picks a check, call or put from a stored case, from one check, one `{"world": …, "call": …}` or one put over any number of
/// lines, or from lines of checks and puts. A stored case brings its own dialect unless one is given.
///
/// # Errors
/// [`PickError`] when nothing can be picked.
pub fn pick(bytes: &[u8], select: &Select, dialect: Option<Dialect>) -> Result<Picked, PickError> {
    let text = utf8(bytes)?;
    if case_file::has_tag(text) {
        let case = StoredCase::from_json(bytes)
            .map_err(|e| PickError::Malformed(e.line, e.column, e.message))?;
        return stored(case, dialect);
    }
    if is_call(text) {
        let case: CallCase = serde_json::from_str(text).map_err(|error| {
            let message = format!("not a call in its world: {error}");
            PickError::Malformed(error.line(), error.column(), message)
        })?;
        return Ok(Picked::Call(Box::new(CallSubject {
            case,
            dialect: dialect.unwrap_or_default(),
            documented: None,
            signature: None,
            title: None,
        })));
    }
    let (line, text) = select_text(text, select)?;
    if is_put(text) {
        let put: Put = serde_json::from_str(text).map_err(|error| {
            let message = format!("not a put: {error}");
            let line = line + error.line().saturating_sub(1);
            PickError::Malformed(line, error.column(), message)
        })?;
        return Ok(Picked::Put(Box::new(PutSubject {
            put,
            dialect: dialect.unwrap_or_default(),
            documented: None,
            signature: None,
        })));
    }
    let row = Row::from_json(text)
        .map_err(|error| PickError::Malformed(line, error.column, error.message))?;
    Ok(Picked::Check(Box::new(Subject {
        row,
        dialect: dialect.unwrap_or_default(),
        signature: None,
    })))
}

fn stored(stored: StoredCase, dialect: Option<Dialect>) -> Result<Picked, PickError> {
    let dialect = dialect.unwrap_or(stored.dialect);
    let signature = Some(stored.signature);
    match stored.case {
        Case::Check(check) => Ok(Picked::Check(Box::new(Subject {
            row: Row {
                check: *check,
                expected: stored.documented.and_then(|kind| match kind {
                    Kind::Decided(decision) => Some(decision),
                    _ => None,
                }),
                rule: None,
                source: None,
                note: None,
            },
            dialect,
            signature,
        }))),
        Case::Call(case) => Ok(Picked::Call(Box::new(CallSubject {
            case: *case,
            dialect,
            documented: stored.documented,
            signature,
            title: None,
        }))),
        Case::Put(put) => Ok(Picked::Put(Box::new(PutSubject {
            put: *put,
            dialect,
            documented: stored.documented,
            signature,
        }))),
        Case::Document(_) => Err(PickError::Document),
    }
}

/// Whether a text is meant to be a call in its world: a JSON object with a `world` member.
fn is_call(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Tag {
        #[serde(rename = "world")]
        _world: serde::de::IgnoredAny,
    }
    serde_json::from_str::<Tag>(text).is_ok()
}

/// Whether a text is meant to be a put: a JSON object with a `policy` member.
fn is_put(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Tag {
        #[serde(rename = "policy")]
        _policy: serde::de::IgnoredAny,
    }
    serde_json::from_str::<Tag>(text).is_ok()
}

fn utf8(bytes: &[u8]) -> Result<&str, PickError> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        let message = "the input begins with a byte order mark; save it as UTF-8 without one";
        return Err(PickError::Malformed(1, 1, message.to_owned()));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()]
            .iter()
            .filter(|&&b| b == b'\n')
            .count()
            + 1;
        PickError::Malformed(line, 0, "invalid UTF-8; save the input as UTF-8".to_owned())
    })
}

/// Only the id, whatever else there is.
#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    id: Option<String>,
}

fn select_text<'a>(text: &'a str, select: &Select) -> Result<(usize, &'a str), PickError> {
    // One check, printed over several lines.
    if *select == Select::Only && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
        return Ok((1, text));
    }
    let mut lines = (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty());
    match select {
        Select::Only => {
            let first = lines.next().ok_or(PickError::Empty)?;
            match lines.count() {
                0 => Ok(first),
                more => Err(PickError::Several(more + 1)),
            }
        }
        Select::Line(number) => lines
            .find(|(line, _)| line == number)
            .ok_or_else(|| PickError::Missing(select.clone())),
        Select::Id(id) => {
            // Lines that are no checks have no id; they do not matter here.
            let has_id = |line: &str| {
                serde_json::from_str::<Named>(line)
                    .is_ok_and(|named| named.id.as_deref() == Some(id))
            };
            lines
                .find(|(_, line)| has_id(line))
                .ok_or_else(|| PickError::Missing(select.clone()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = r#"{"id":"a","principal":{"arn":"anonymous","account":"anonymous"},"resource":{"arn":"*","account":"111122223333"},"action":"s3:A"}"#;
    const B: &str = r#"{"id":"b","principal":{"arn":"anonymous","account":"anonymous"},"resource":{"arn":"*","account":"111122223333"},"action":"s3:B"}"#;

    fn picked(text: &str, select: Select) -> Result<String, PickError> {
        pick(text.as_bytes(), &select, None).map(|picked| match picked {
            Picked::Check(subject) => subject.row.check.action,
            Picked::Call(subject) => subject.case.call.request.operation().to_owned(),
            Picked::Put(subject) => subject.put.resource,
        })
    }

    #[test]
    fn the_only_check_needs_no_name_and_may_be_printed_over_lines() {
        assert_eq!(picked(A, Select::Only).unwrap(), "s3:A");
        let printed = format!("\n{}\n", A.replace(',', ",\n"));
        assert_eq!(picked(&printed, Select::Only).unwrap(), "s3:A");
    }

    #[test]
    fn one_of_several_is_picked_by_line_or_id() {
        let both = format!("{A}\n\n{B}\n");
        assert_eq!(picked(&both, Select::Line(3)).unwrap(), "s3:B");
        assert_eq!(picked(&both, Select::Id("b".to_owned())).unwrap(), "s3:B");
        assert_eq!(picked(&both, Select::Only), Err(PickError::Several(2)));
        for missing in [Select::Line(2), Select::Line(9), Select::Id("c".to_owned())] {
            assert_eq!(
                picked(&both, missing.clone()),
                Err(PickError::Missing(missing))
            );
        }
    }

    #[test]
    fn faults_are_reported_with_their_place() {
        assert_eq!(picked("", Select::Only), Err(PickError::Empty));
        let error = picked("{}", Select::Only).unwrap_err();
        assert!(matches!(error, PickError::Malformed(1, _, _)), "{error}");
        let two = format!("{A}\n{{\"action\":1}}");
        let error = picked(&two, Select::Line(2)).unwrap_err();
        assert!(matches!(error, PickError::Malformed(2, _, _)), "{error}");
        let bom = format!("\u{feff}{A}");
        assert!(picked(&bom, Select::Only).is_err());
        assert!(pick(b"\n\xff", &Select::Only, None).is_err());
    }
}
