//! Compiled texts with wildcards and variables.

use std::borrow::Cow;

use crate::arn::count_colons;
use crate::glob::{self, Atom, Case};
use crate::trie::Key;
use crate::variable::{self, Part};
use crate::work::Meter;

/// What a text of a policy consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// Literal text; never two in a row.
    Text(Cow<'a, str>),
    /// `?`
    One,
    /// `*`
    Many,
    /// `${name}` or `${name, 'default'}`
    Variable {
        name: &'a str,
        default: Option<&'a str>,
    },
}

/// Takes a text apart. A malformed variable stays literal.
pub(crate) fn tokens(text: &str, wildcards: bool, variables: bool) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    if !variables || !variable::has_variable(text) {
        plain_tokens(text, wildcards, &mut tokens);
        return tokens;
    }
    for (part, source) in variable::parts(text) {
        match part {
            Part::Text(text) => plain_tokens(text, wildcards, &mut tokens),
            Part::Literal(text) => push_text(text, &mut tokens),
            Part::Malformed => push_text(source, &mut tokens),
            Part::Variable { name, default } => tokens.push(Token::Variable { name, default }),
        }
    }
    tokens
}

fn plain_tokens<'a>(text: &'a str, wildcards: bool, tokens: &mut Vec<Token<'a>>) {
    if !wildcards {
        return push_text(text, tokens);
    }
    let mut rest = text;
    while let Some(place) = rest.bytes().position(|b| b == b'*' || b == b'?') {
        let (literal, behind) = rest.split_at_checked(place).unwrap_or_default();
        push_text(literal, tokens);
        tokens.push(if behind.starts_with('*') {
            Token::Many
        } else {
            Token::One
        });
        rest = behind.get(1..).unwrap_or_default();
    }
    push_text(rest, tokens);
}

fn push_text<'a>(text: &'a str, tokens: &mut Vec<Token<'a>>) {
    if text.is_empty() {
        return;
    }
    match tokens.last_mut() {
        Some(Token::Text(before)) => before.to_mut().push_str(text),
        _ => tokens.push(Token::Text(Cow::Borrowed(text))),
    }
}

/// Which wildcards run over colons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colons {
    /// All: the text has no parts.
    Crossed,
    /// Those behind the fifth colon, and a `*` that ends the pattern; also, if set, a `*` directly before a colon.
    Parted { spans: bool },
}

/// A piece of a compiled text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(Box<str>),
    One {
        colons: bool,
    },
    Many {
        colons: bool,
    },
    /// A variable, by its number in the engine.
    Variable(u32),
}

/// Compiles tokens; `number` gives each variable its number.
pub(crate) fn pieces(
    tokens: &[Token<'_>],
    colons: Colons,
    mut number: impl FnMut(&str, Option<&str>) -> u32,
) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::with_capacity(tokens.len());
    let mut met = 0usize;
    for (place, token) in tokens.iter().enumerate() {
        let next = tokens.get(place.saturating_add(1));
        let is_tail = colons == Colons::Crossed || met >= 5;
        let piece = match token {
            Token::Text(text) => {
                met = met.saturating_add(count_colons(text) as usize);
                Piece::Text(text.as_ref().into())
            }
            Token::One => Piece::One { colons: is_tail },
            Token::Many => {
                let before_colon = matches!(next, Some(Token::Text(t)) if t.starts_with(':'));
                let spans = colons == Colons::Parted { spans: true } && before_colon;
                let crosses = is_tail || spans || next.is_none();
                // Two runs in a row are one, as wide as the wider.
                if let Some(Piece::Many { colons }) = pieces.last_mut() {
                    *colons |= crosses;
                    continue;
                }
                Piece::Many { colons: crosses }
            }
            Token::Variable { name, default } => Piece::Variable(number(name, *default)),
        };
        pieces.push(piece);
    }
    pieces
}

/// Gives variables their values.
pub(crate) trait Values {
    /// The value of a variable; none when it has none.
    fn value(&self, variable: u32) -> Option<&str>;
}

/// There are no variables.
impl Values for () {
    fn value(&self, _: u32) -> Option<&str> {
        None
    }
}

/// A compiled text: what it begins with, and the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    head: Box<str>,
    rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rest {
    /// Nothing: the text must equal the head.
    End,
    /// One run of any characters.
    Anything,
    /// More than that.
    Pieces {
        pieces: Box<[Piece]>,
        has_variables: bool,
    },
}

impl Pattern {
    /// The pattern of these pieces.
    pub(crate) fn new(mut pieces: Vec<Piece>) -> Self {
        let head = match pieces.first_mut() {
            Some(Piece::Text(text)) => {
                let head = std::mem::take(text);
                pieces.remove(0);
                head
            }
            _ => Box::default(),
        };
        let rest = match pieces.as_slice() {
            [] => Rest::End,
            [Piece::Many { colons: true }] => Rest::Anything,
            _ => Rest::Pieces {
                has_variables: pieces.iter().any(|p| matches!(p, Piece::Variable(_))),
                pieces: pieces.into(),
            },
        };
        Self { head, rest }
    }

    /// Where the pattern stands in a tree: at the literal text every match begins with.
    pub(crate) fn key(&self) -> Key<'_> {
        if self.is_literal() {
            Key::whole(&self.head)
        } else {
            Key::beginning(&self.head)
        }
    }

    /// Whether only the head matches.
    pub(crate) fn is_literal(&self) -> bool {
        self.rest == Rest::End
    }

    /// Whether everything matches that begins with the head.
    pub(crate) fn is_open(&self) -> bool {
        self.rest == Rest::Anything
    }

    /// Whether every variable has a value.
    #[inline]
    pub(crate) fn is_resolved(&self, values: &impl Values) -> bool {
        match &self.rest {
            Rest::Pieces {
                pieces,
                has_variables: true,
            } => are_resolved(pieces, values),
            _ => true,
        }
    }

    /// Whether the whole text matches; a pattern with a variable without value matches nothing.
    #[inline]
    pub(crate) fn matches(
        &self,
        text: &str,
        case: Case,
        values: &impl Values,
        meter: &impl Meter,
    ) -> bool {
        meter.compare(self.head.len().saturating_add(1));
        let Some(behind) = case.strip_start(text, 0, &self.head) else {
            return false;
        };
        match &self.rest {
            Rest::End => behind == text.len(),
            Rest::Anything => true,
            Rest::Pieces {
                pieces,
                has_variables,
            } => {
                if *has_variables {
                    are_resolved(pieces, values) && run(pieces, text, behind, case, values, meter)
                } else {
                    run(pieces, text, behind, case, &(), meter)
                }
            }
        }
    }
}

/// Whether every variable among the pieces has a value.
pub(crate) fn are_resolved(pieces: &[Piece], values: &impl Values) -> bool {
    pieces.iter().all(|piece| match piece {
        Piece::Variable(variable) => values.value(*variable).is_some(),
        _ => true,
    })
}

/// Matches pieces whose variables have values with a text from a place on.
pub(crate) fn run(
    pieces: &[Piece],
    text: &str,
    from: usize,
    case: Case,
    values: &impl Values,
    meter: &impl Meter,
) -> bool {
    let atom = |index: usize| pieces.get(index).map(|piece| atom(piece, values));
    glob::matches(atom, text, from, case, meter)
}

/// Matches the pieces of an ARN pattern, whose parts are those of the text after variables got their values.
pub(crate) fn run_arn(
    pieces: &[Piece],
    text: &str,
    values: &impl Values,
    meter: &impl Meter,
) -> bool {
    let Some(fifth_colon) = fifth_colon(pieces, values) else {
        return false;
    };
    let atom = |index: usize| {
        let colons = index > fifth_colon;
        Some(match atom(pieces.get(index)?, values) {
            Atom::One { .. } => Atom::One { colons },
            Atom::Many { .. } => Atom::Many { colons },
            text => text,
        })
    };
    glob::matches(atom, text, 0, Case::Exact, meter)
}

#[inline]
fn atom<'p>(piece: &'p Piece, values: &'p impl Values) -> Atom<'p> {
    match piece {
        Piece::Text(text) => Atom::Text(text),
        Piece::One { colons } => Atom::One { colons: *colons },
        Piece::Many { colons } => Atom::Many { colons: *colons },
        Piece::Variable(variable) => Atom::Text(values.value(*variable).unwrap_or_default()),
    }
}

/// The piece that holds the fifth colon, if the pieces begin with `arn:` and have five.
fn fifth_colon(pieces: &[Piece], values: &impl Values) -> Option<usize> {
    let mut expected = "arn:";
    let mut colons = 0usize;
    for (index, piece) in pieces.iter().enumerate() {
        let Atom::Text(text) = atom(piece, values) else {
            if expected.is_empty() {
                continue;
            }
            return None;
        };
        if let Some(missing) = expected.strip_prefix(text) {
            expected = missing;
        } else if text.starts_with(expected) {
            expected = "";
        } else {
            return None;
        }
        colons = colons.saturating_add(count_colons(text) as usize);
        if colons >= 5 {
            return Some(index);
        }
    }
    None
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
