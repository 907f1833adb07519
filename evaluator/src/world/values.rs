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
        let (one, many, tags) = match self {
            Values::One(text) => (Some(text), <&[String]>::default(), None),
            Values::Many(texts) => (None, texts, None),
            Values::KeysOf(tags) => (None, <&[String]>::default(), Some(tags)),
        };
        let keys = tags
            .into_iter()
            .flat_map(|tags| tags.iter().map(|(key, _)| key));
        (one.into_iter())
            .chain(many.iter().map(String::as_str))
            .chain(keys)
    }

    #[inline]
    fn only(self) -> Option<&'r str> {
        match self {
            Values::One(text) => Some(text),
            Values::Many([text]) => Some(text),
            Values::Many(_) => None,
            Values::KeysOf(tags) if tags.len() == 1 => tags.iter().next().map(|(key, _)| key),
            Values::KeysOf(_) => None,
        }
    }

    #[inline]
    fn is_empty(self) -> bool {
        match self {
            Values::One(_) => false,
            Values::Many(texts) => texts.is_empty(),
            Values::KeysOf(tags) => tags.is_empty(),
        }
    }
}
