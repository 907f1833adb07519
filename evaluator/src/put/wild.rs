//! Patterns of `*` and `?` over whole texts.

use crate::glob::{self, Atom, Case};
use crate::pattern::{Token, tokens};

/// Whether a text has a wildcard.
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// A pattern in which `*` is any run of characters and `?` any one of them.
pub(super) struct Wild<'a> {
    tokens: Vec<Token<'a>>,
    case: Case,
}

impl<'a> Wild<'a> {
    pub(super) fn new(pattern: &'a str, case: Case) -> Self {
        let tokens = tokens(pattern, true, false);
        Self { tokens, case }
    }

    /// Whether it matches the text from end to end.
    pub(super) fn matches(&self, text: &str) -> bool {
        let atom = |place: usize| {
            Some(match self.tokens.get(place)? {
                Token::Text(text) => Atom::Text(text),
                Token::One => Atom::One { colons: true },
                Token::Many => Atom::Many { colons: true },
                // Nothing was said to be a variable.
                Token::Variable { .. } => return None,
            })
        };
        glob::matches(atom, text, 0, self.case, &())
    }
}
