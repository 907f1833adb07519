//! The wildcard matcher.
//!
//! A pattern is a sequence of atoms: literal text, one character, any run of characters; the latter two may be
//! held back by colons. The matcher walks pattern and text once and backs up to the last run only. That is
//! enough: a later run that crosses colons can take over whatever an earlier one would still have taken, and a run
//! that stops at colons cannot be placed differently once the colon behind it is found (a single character that
//! may be a colon never stands before such a run). So the cost is at most the product of both lengths, five times
//! that in the head of an ARN, without memory.

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
    /// The place in `text` behind what equals `start`, from a place on; none when it does not go on so.
    #[inline]
    pub(crate) fn strip_start(self, text: &str, at: usize, start: &str) -> Option<usize> {
        let behind = at.saturating_add(start.len());
        match self {
            Case::Exact => {
                let found = text.as_bytes().get(at..behind)?;
                (found == start.as_bytes()).then_some(behind)
            }
            Case::Ascii => {
                let (found, start) = (text.as_bytes().get(at..behind)?, start.as_bytes());
                // Most texts have the letter case of the pattern.
                (found == start || found.eq_ignore_ascii_case(start)).then_some(behind)
            }
            Case::Simple => fold::strip_start(text, at, start),
        }
    }

    /// The character at a place, and the place behind it.
    #[inline]
    fn next(self, text: &str, at: usize) -> Option<(char, usize)> {
        match self {
            Case::Exact | Case::Ascii => {
                let next = text.get(at..)?.chars().next()?;
                Some((next, at.saturating_add(next.len_utf8())))
            }
            Case::Simple => fold::next(text, at),
        }
    }
}

/// Where to go on when the pattern fails behind a run: the atom behind it, and the text it may start at.
#[derive(Clone, Copy)]
struct Retry {
    atom: usize,
    at: usize,
}

/// Whether a pattern, given atom by atom from 0, matches a text from a place to its end.
pub(crate) fn matches<'p>(
    atoms: impl Fn(usize) -> Option<Atom<'p>>,
    text: &str,
    from: usize,
    case: Case,
    meter: &impl Meter,
) -> bool {
    let (mut atom, mut at) = (0usize, from);
    let mut anything: Option<Retry> = None;
    let mut within_part: Option<Retry> = None;
    loop {
        meter.compare(1);
        let behind = atom.saturating_add(1);
        let step = match atoms(atom) {
            None if at >= text.len() => return true,
            None => None,
            Some(Atom::Text(literal)) => {
                meter.compare(literal.len());
                case.strip_start(text, at, literal)
            }
            Some(Atom::One { colons }) => match case.next(text, at) {
                Some((':', _)) if !colons => None,
                next => next.map(|(_, behind)| behind),
            },
            Some(Atom::Many { colons: true }) => {
                if atoms(behind).is_none() {
                    return true;
                }
                anything = Some(Retry { atom: behind, at });
                within_part = None;
                Some(at)
            }
            Some(Atom::Many { colons: false }) => {
                within_part = Some(Retry { atom: behind, at });
                Some(at)
            }
        };
        if let Some(place) = step {
            (atom, at) = (behind, place);
            continue;
        }
        let longer = |run: Retry, colons: bool| match case.next(text, run.at) {
            Some((':', _)) if !colons => None,
            next => next.map(|(_, at)| Retry { at, ..run }),
        };
        within_part = within_part.and_then(|run| longer(run, false));
        let retry = match within_part {
            Some(retry) => retry,
            None => match anything.and_then(|run| longer(run, true)) {
                Some(retry) => retry,
                None => return false,
            },
        };
        if within_part.is_none() {
            anything = Some(retry);
        }
        (atom, at) = (retry.atom, retry.at);
    }
}

#[cfg(test)]
#[path = "glob_tests.rs"]
mod tests;
