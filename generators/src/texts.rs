//! Policy texts that match a request text under the String operators, and texts that just fail to.

use std::borrow::Cow;

use crate::context::{Key, Known, State};
use crate::draw::{Text, cut, flip_case, join, replace_one};
use crate::maker::{Feature, Maker, Setting};
use crate::values::Kind;

impl Maker<'_, '_> {
    /// A value equal to `text`, or equal but for letter case where that does not count.
    pub(crate) fn equal_text(&mut self, setting: Setting, text: &str, ignore_case: bool) -> Text {
        if ignore_case
            && self.draw.chance(1, 2)
            && let Some(flipped) = flip_case(&mut self.draw, text)
        {
            return literal(&flipped, setting, false);
        }
        literal(text, setting, false)
    }

    /// A value that is not equal to `text`; `other` is another text of the vocabulary.
    pub(crate) fn unequal_text(
        &mut self,
        setting: Setting,
        text: &str,
        other: Text,
        case_counts: bool,
    ) -> Text {
        match self.draw.weighted(&[4, 3, 1, 1, 1]) {
            1 if case_counts => match flip_case(&mut self.draw, text) {
                Some(flipped) => literal(&flipped, setting, false),
                None => literal(&other, setting, false),
            },
            2 => literal(&shortened(text, &other), setting, false),
            // Wildcards are ordinary characters here (IAM-153).
            3 if !text.is_empty() && self.on(Feature::Wildcards) => {
                let at = cut(&mut self.draw, text);
                match text[at..].len() {
                    1 if text.ends_with('*') => literal(&other, setting, false),
                    _ => join(&[&literal(&text[..at], setting, false), "*"]),
                }
            }
            4 if setting.current && self.on(Feature::Escapes) => {
                self.escaped_instead(setting, text)
            }
            _ => literal(&other, setting, false),
        }
    }

    /// A pattern that matches `text` (StringLike).
    pub(crate) fn like(&mut self, setting: Setting, text: &str, wildcards: bool) -> Text {
        let whole = literal(text, setting, true);
        if !wildcards || !self.on(Feature::Wildcards) {
            return whole;
        }
        let at = cut(&mut self.draw, text);
        let (start, end) = text.split_at(at);
        let part = |text| literal(text, setting, true);
        if setting.endpoint() {
            // Six characters in a row must stand before the wildcard (IAM-030).
            let start = literal(start, setting, true);
            return match start.chars().count() >= 6 {
                true => join(&[&start, "*"]),
                false => whole,
            };
        }
        match self.draw.weighted(&[3, 4, 2, 2, 2]) {
            1 => join(&[&part(start), "*"]),
            2 => join(&["*", &part(end)]),
            3 => {
                let Some(c) = end.chars().next() else {
                    return whole;
                };
                join(&[&part(start), "?", &part(&end[c.len_utf8()..])])
            }
            4 => {
                let skip = cut(&mut self.draw, end);
                join(&[&part(start), "*", &part(&end[skip..])])
            }
            _ => whole,
        }
    }

    /// A pattern that does not match `text`; `other` is another text of the vocabulary.
    pub(crate) fn unlike(
        &mut self,
        setting: Setting,
        text: &str,
        other: Text,
        case_counts: bool,
    ) -> Text {
        let wild = self.on(Feature::Wildcards) && !setting.endpoint();
        match self.draw.weighted(&[3, 3, 2, 2, 1, 1, 1]) {
            1 if case_counts => match flip_case(&mut self.draw, text) {
                Some(flipped) => literal(&flipped, setting, true),
                None => literal(&other, setting, true),
            },
            2 if wild => join(&[&literal(text, setting, true), "?"]),
            3 if wild => join(&["?", &literal(text, setting, true)]),
            4 => literal(&shortened(text, &other), setting, true),
            5 if setting.current && !setting.endpoint() && self.on(Feature::Escapes) => {
                self.escaped_instead(setting, text)
            }
            6 => match self.bracketed(setting, text) {
                Some(bracketed) => bracketed,
                None => literal(&other, setting, true),
            },
            _ => literal(&other, setting, true),
        }
    }

    /// The text with one letter or digit in brackets: those are no class of characters, so the text is another one.
    /// Nothing where there is no letter or digit.
    pub(crate) fn bracketed(&mut self, setting: Setting, text: &str) -> Option<Text> {
        let plain = |(_, c): &(usize, char)| c.is_ascii_alphanumeric();
        let count = text.char_indices().filter(plain).count();
        let chosen = self.draw.below(count);
        let (at, _) = text.char_indices().filter(plain).nth(chosen)?;
        let part = |text| literal(text, setting, true);
        let (start, end) = (part(&text[..at]), part(&text[at + 1..]));
        Some(join(&[&start, "[", &text[at..=at], "]", &end]))
    }

    /// The text with one character replaced by an escaped wildcard that would match it, were it not escaped.
    fn escaped_instead(&mut self, setting: Setting, text: &str) -> Text {
        let escape = self.draw.one(&["${*}", "${?}", "${$}"]);
        if text.is_empty() || text.contains(['*', '?', '$']) {
            return escape.into();
        }
        let replaced = replace_one(&mut self.draw, text, "\0");
        let (start, end) = replaced.split_once('\0').unwrap_or(("", ""));
        let part = |text| literal(text, setting, true);
        join(&[&part(start), escape, &part(end)])
    }

    /// A text with a variable that expands to `text`, settling the variable's key if need be. Nothing if no key
    /// is left for it, or if `text` is not of the kind that tags and names are.
    pub(crate) fn variable_hit(&mut self, text: &str, tested: &str) -> Option<Text> {
        let plain = |c: char| c.is_alphanumeric() || "-._/@:".contains(c);
        if text.is_empty() || !text.chars().all(plain) {
            return None;
        }
        if self.maybe(Feature::Defaults, 1, 4) {
            let key = self.variable_key(tested, |k, m| {
                m.context.can_be(k, Kind::Text, State::Absent)
            })?;
            self.settle_absent(key);
            return Some(self.variable(key.name, Some(text)));
        }
        let key = self.variable_key(tested, |k, m| match m.context.known(k) {
            Known::Open => true,
            Known::Text(value) => value == text,
            Known::Absent | Known::Other => false,
        })?;
        if let Known::Open = self.context.known(key) {
            self.context.put(key, Cow::Owned(text.to_owned()));
        }
        // Without its key the variable would have no value, which is contested in NotResource (IAM-198).
        self.context.pin(key);
        let default = self.maybe(Feature::Defaults, 1, 4).then_some("otherwise");
        Some(self.variable(key.name, default))
    }

    /// A text with a variable that expands to something else than `text` or not at all.
    pub(crate) fn variable_miss(&mut self, text: &str, tested: &str) -> Option<Text> {
        match self.draw.weighted(&[3, 2, 2, 1]) {
            0 => {
                let key = self.variable_key(tested, |k, m| {
                    m.context.can_be(k, Kind::Text, State::Absent)
                })?;
                self.settle_absent(key);
                Some(self.variable(key.name, None))
            }
            1 => {
                let key = self.variable_key(tested, |k, m| match m.context.known(k) {
                    Known::Open => !text.eq_ignore_ascii_case("someone-else"),
                    Known::Text(value) => !value.is_empty() && !text.eq_ignore_ascii_case(&value),
                    Known::Absent | Known::Other => false,
                })?;
                if let Known::Open = self.context.known(key) {
                    self.context.put(key, "someone-else".into());
                }
                Some(self.variable(key.name, None))
            }
            2 if self.on(Feature::Defaults) => {
                let key = self.variable_key(tested, |k, m| {
                    m.context.can_be(k, Kind::Text, State::Absent)
                })?;
                self.settle_absent(key);
                let default = ["nobody", "noone"][usize::from(text.eq_ignore_ascii_case("nobody"))];
                Some(self.variable(key.name, Some(default)))
            }
            // A multivalued key never resolves (IAM-195).
            _ => Some(self.variable("aws:TagKeys", None)),
        }
    }

    fn variable(&mut self, key: &str, default: Option<&str>) -> Text {
        let flipped = match self.maybe(Feature::KeyCase, 1, 6) {
            true => flip_case(&mut self.draw, key),
            false => None,
        };
        let key = flipped.as_deref().unwrap_or(key);
        match default {
            None => join(&["${", key, "}"]),
            Some(default) => join(&["${", key, ", '", default, "'}"]),
        }
    }

    /// A single-valued text key other than the tested one that passes the test.
    fn variable_key(
        &mut self,
        tested: &str,
        passes: impl Fn(&'static Key, &Self) -> bool,
    ) -> Option<&'static Key> {
        let single = self.keys.single;
        let texts = single.iter().filter(|k| k.kind == Kind::Text).count();
        // Half of the time among the keys that variables are mostly written with: tags and the user's name.
        let start = match self.draw.chance(1, 2) {
            true => self.draw.below(texts),
            false => self.draw.below(6),
        };
        let keys = (0..texts).map(|i| &single[(start + i) % texts]);
        let mut keys = keys.filter(|k| k.name != tested && k.name != "s3:prefix");
        keys.find(|k| passes(k, self))
    }

    fn settle_absent(&mut self, key: &'static Key) {
        let (draw, parties, context) = self.split();
        context.settle(draw, parties, key, Kind::Text, State::Absent);
    }
}

/// The text without its last character, or `other` if nothing would be left.
fn shortened(text: &str, other: &str) -> Text {
    match text.char_indices().next_back() {
        Some((at, _)) if at > 0 => Cow::Owned(text[..at].to_owned()),
        _ => Cow::Owned(other.to_owned()),
    }
}

/// The text as a policy value that means exactly it: with wildcards (in patterns) and `${` escaped where the
/// version knows escapes. In older documents a wildcard stands for itself among others.
pub(crate) fn literal(text: &str, setting: Setting, pattern: bool) -> Text {
    let needs = setting.current && (text.contains("${") || pattern && text.contains(['*', '?']));
    if !needs {
        return Cow::Owned(text.to_owned());
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '*' if pattern => escaped.push_str("${*}"),
            '?' if pattern => escaped.push_str("${?}"),
            '$' if rest.peek() == Some(&'{') => escaped.push_str("${$}"),
            c => escaped.push(c),
        }
    }
    escaped.into()
}
