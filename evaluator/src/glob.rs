//! The wildcard matcher.
//!
//! A pattern is a sequence of atoms: literal text, one character, any run of characters; the latter two may be
//! held back by colons. The matcher walks pattern and text once and backs up to the last run only. That is
//! enough: a later run of the unbounded kind can take over whatever an earlier one would still have taken, and a
//! run that stops at colons cannot be placed differently once the literal colon behind it is found. So the cost is
//! at most the product of both lengths (five times that in the head of an ARN), without memory.

use crate::value::fold;
use crate::work::Meter;

/// One atom of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Atom<'a> {
    Text(&'a str),
    /// One character; a colon only if said so.
    One {
        colons: bool,
    },
    /// Any run of characters, also none; over colons only if said so.
    Many {
        colons: bool,
    },
}

/// How literal text compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// Exactly.
    Exact,
    /// Ignoring the case of ASCII letters.
    Ascii,
    /// Ignoring case, character by character.
    Simple,
}

impl Case {
    /// How many bytes of `text` equal `start`, if it begins so.
    #[inline]
    pub(crate) fn strip_start(self, text: &str, start: &str) -> Option<usize> {
        match self {
            Case::Exact => text
                .as_bytes()
                .starts_with(start.as_bytes())
                .then_some(start.len()),
            Case::Ascii => {
                let (head, start) = (text.as_bytes().get(..start.len())?, start.as_bytes());
                // Most texts have the letter case of the pattern.
                (head == start || head.eq_ignore_ascii_case(start)).then_some(start.len())
            }
            Case::Simple => fold::strip_start(text, start),
        }
    }
}

/// Where to go on when the pattern fails behind a run: the atom behind it, and the text it may start at.
#[derive(Clone, Copy)]
struct Retry {
    atom: usize,
    at: usize,
}

/// Whether a pattern, given atom by atom from 0, matches a text from end to end.
pub(crate) fn matches<'p>(
    atoms: impl Fn(usize) -> Option<Atom<'p>>,
    text: &str,
    case: Case,
    meter: &impl Meter,
) -> bool {
    let (mut atom, mut at) = (0usize, 0usize);
    let mut anything: Option<Retry> = None;
    let mut within_part: Option<Retry> = None;
    loop {
        meter.compare(1);
        let rest = text.get(at..).unwrap_or_default();
        let behind = atom.saturating_add(1);
        let step = match atoms(atom) {
            None if rest.is_empty() => return true,
            None => None,
            Some(Atom::Text(literal)) => {
                meter.compare(literal.len());
                case.strip_start(rest, literal)
            }
            Some(Atom::One { colons }) => match rest.chars().next() {
                Some(':') if !colons => None,
                next => next.map(char::len_utf8),
            },
            Some(Atom::Many { colons: true }) => {
                if atoms(behind).is_none() {
                    return true;
                }
                anything = Some(Retry { atom: behind, at });
                within_part = None;
                Some(0)
            }
            Some(Atom::Many { colons: false }) => {
                within_part = Some(Retry { atom: behind, at });
                Some(0)
            }
        };
        if let Some(bytes) = step {
            (atom, at) = (behind, at.saturating_add(bytes));
            continue;
        }
        let retry = within_part.and_then(|run| longer(run, text, false));
        within_part = retry;
        let retry = match retry {
            Some(retry) => retry,
            None => match anything.and_then(|run| longer(run, text, true)) {
                Some(retry) => {
                    anything = Some(retry);
                    retry
                }
                None => return false,
            },
        };
        (atom, at) = (retry.atom, retry.at);
    }
}

/// The same run with one character more, if there is one it may take.
fn longer(run: Retry, text: &str, colons: bool) -> Option<Retry> {
    let next = text.get(run.at..)?.chars().next()?;
    (colons || next != ':').then(|| Retry {
        atom: run.atom,
        at: run.at.saturating_add(next.len_utf8()),
    })
}

#[cfg(test)]
#[path = "glob_tests.rs"]
mod tests;
