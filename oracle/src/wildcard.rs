//! Patterns: `*` is any run of characters, `?` any one character, everything else stands for itself
//! (IAM-078, IAM-079, IAM-091, IAM-156, IAM-160).

use std::collections::HashSet;

use wildmatch::WildMatchPattern;

/// One symbol of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symbol {
    /// This character.
    Literal(char),
    /// `*`: any run of characters, also none.
    Run,
    /// `?`: any one character.
    One,
}

impl Symbol {
    /// The symbol that a character is where `*` and `?` are wildcards.
    pub(crate) fn of(c: char) -> Self {
        match c {
            '*' => Symbol::Run,
            '?' => Symbol::One,
            c => Symbol::Literal(c),
        }
    }
}

/// The symbols of a text in which `*` and `?` are wildcards.
pub(crate) fn symbols(text: &str) -> Vec<Symbol> {
    text.chars().map(Symbol::of).collect()
}

/// Whether a text holds `*` or `?`.
pub(crate) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether a pattern holds wildcards.
pub(crate) fn has_wildcards(pattern: &[Symbol]) -> bool {
    pattern.contains(&Symbol::Run) || pattern.contains(&Symbol::One)
}

/// Private-use code points that stand for the wildcards in the matcher, so that a literal `*` or `?` of a
/// policy (`${*}`, substituted text) and of a request are characters like any other.
const RUN: char = '\u{F0000}';
const ONE: char = '\u{F0001}';

/// Whether the pattern matches the whole text, from end to end and with case.
pub(crate) fn matches(pattern: &[Symbol], text: &str) -> bool {
    if !has_wildcards(pattern) {
        return pattern
            .iter()
            .copied()
            .eq(text.chars().map(Symbol::Literal));
    }
    let Some(stand_in) = StandIn::for_characters(pattern, text) else {
        return false;
    };
    let pattern: String = pattern
        .iter()
        .map(|symbol| match *symbol {
            Symbol::Run => RUN,
            Symbol::One => ONE,
            Symbol::Literal(c) => stand_in.of(c),
        })
        .collect();
    let matcher = WildMatchPattern::<RUN, ONE>::new(&pattern);
    if stand_in.is_needed() {
        let text: String = text.chars().map(|c| stand_in.of(c)).collect();
        matcher.matches(&text)
    } else {
        matcher.matches(text)
    }
}

/// Whether the pattern, in which `*` and `?` are wildcards, matches the whole text.
pub(crate) fn text_matches(pattern: &str, text: &str) -> bool {
    if has_wildcard(pattern) {
        matches(&symbols(pattern), text)
    } else {
        pattern == text
    }
}

/// What stands for the two private-use code points themselves when a pattern or a text holds them: two
/// characters that occur in neither.
struct StandIn(Option<(char, char)>);

impl StandIn {
    /// `None` if pattern and text together hold nearly every character there is.
    fn for_characters(pattern: &[Symbol], text: &str) -> Option<Self> {
        let occurs = |c| pattern.contains(&Symbol::Literal(c)) || text.contains(c);
        if !occurs(RUN) && !occurs(ONE) {
            return Some(Self(None));
        }
        let literals = pattern.iter().filter_map(|symbol| match symbol {
            Symbol::Literal(c) => Some(*c),
            _ => None,
        });
        let used: HashSet<char> = literals.chain(text.chars()).chain([RUN, ONE]).collect();
        let mut unused = ('\0'..=char::MAX).filter(|c| !used.contains(c));
        Some(Self(Some((unused.next()?, unused.next()?))))
    }

    fn of(&self, c: char) -> char {
        match (self.0, c) {
            (Some((run, _)), RUN) => run,
            (Some((_, one)), ONE) => one,
            (_, c) => c,
        }
    }

    fn is_needed(&self) -> bool {
        self.0.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_run_a_question_mark_one_character_the_rest_itself() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "a\u{10FFFF}b", true),
            ("?", "", false),
            ("?", "é", true),
            ("??", "é", false),
            ("home/*", "home/", true),
            ("Home/*", "home/x", false),
            ("admin-?", "admin-", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("a.b", "axb", false),
            ("[a]*", "ab", false),
            ("a+(b)", "a+(b)", true),
            ("a\\*", "a\\b", true),
        ] {
            assert_eq!(
                matches(&symbols(pattern), text),
                expected,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn literal_wildcards_match_only_themselves() {
        let literal: Vec<Symbol> = "a*?".chars().map(Symbol::Literal).collect();
        assert!(matches(&literal, "a*?"));
        assert!(!matches(&literal, "ab?"));
        assert!(!matches(&literal, "a*b"));
        // In the text they are ordinary characters.
        assert!(matches(&symbols("a?"), "a*"));
        assert!(!matches(&symbols("ab"), "a*"));
    }

    #[test]
    fn private_use_characters_are_characters_like_any_other() {
        let run = RUN.to_string();
        let one = ONE.to_string();
        assert!(matches(&[Symbol::Literal(RUN)], &run));
        assert!(!matches(&[Symbol::Literal(RUN)], "abc"));
        assert!(!matches(&[Symbol::Literal(RUN)], &one));
        assert!(!matches(&[Symbol::Literal('a')], &run));
        assert!(matches(&[Symbol::One], &run));
        assert!(matches(
            &[Symbol::Run, Symbol::Literal(ONE)],
            &format!("{run}{one}")
        ));
        assert!(!matches(
            &[Symbol::Run, Symbol::Literal(ONE)],
            &format!("{one}{run}")
        ));
        assert!(!matches(
            &[Symbol::Literal(RUN), Symbol::Literal('\0')],
            &format!("{run}\u{1}")
        ));
    }

    #[test]
    fn many_stars_take_bounded_work() {
        let pattern = symbols(&"*a".repeat(2_000));
        assert!(!matches(&pattern, &"a".repeat(1_999)));
        assert!(matches(&pattern, &"a".repeat(2_000)));
    }
}
