//! The values of one context key of a call.

use veriam_model::Tags;

use crate::source::Texts;

#[derive(Clone, Copy, Debug)]
pub(super) enum Values<'r> {
    One(&'r str),
    Many(&'r [String]),
    /// The keys of tags.
    KeysOf(&'r Tags),
}

impl<'r> Texts<'r> for Values<'r> {
    #[inline]
    fn all(self) -> impl Iterator<Item = &'r str> {
        Each {
            values: self,
            at: 0,
        }
    }

    #[inline]
    fn only(self) -> Option<&'r str> {
        match self {
            Values::One(text) => Some(text),
            several if several.len() == 1 => several.get(0),
            _ => None,
        }
    }

    #[inline]
    fn is_empty(self) -> bool {
        match self {
            Values::One(_) => false,
            several => several.len() == 0,
        }
    }
}

impl<'r> Values<'r> {
    /// How many there are, and one by its place: out of the way of the many keys that have one value.
    #[inline(never)]
    fn len(self) -> usize {
        match self {
            Values::One(_) => 1,
            Values::Many(texts) => texts.len(),
            Values::KeysOf(tags) => tags.len(),
        }
    }

    #[inline(never)]
    fn get(self, at: usize) -> Option<&'r str> {
        match self {
            Values::One(text) => (at == 0).then_some(text),
            Values::Many(texts) => texts.get(at).map(String::as_str),
            Values::KeysOf(tags) => tags.iter().nth(at).map(|(key, _)| key),
        }
    }
}

/// One value after the other.
struct Each<'r> {
    values: Values<'r>,
    at: usize,
}

impl<'r> Iterator for Each<'r> {
    type Item = &'r str;

    #[inline]
    fn next(&mut self) -> Option<&'r str> {
        let at = self.at;
        self.at = at.saturating_add(1);
        match self.values {
            Values::One(text) => (at == 0).then_some(text),
            several => several.get(at),
        }
    }
}
