//! Letter case: lower-casing, character by character (IAM-155).
//!
//! One character has a lower-case form of two: U+0130 becomes `i` and U+0307. It takes two bytes of UTF-8, so the
//! place between its two forms is written as the byte between them; all other places are character boundaries.

const DOTTED_I: char = '\u{130}';
const DOT: char = '\u{307}';

/// The lower-case form of the character at a place of a text, and the place behind it.
#[inline]
pub(crate) fn next(text: &str, at: usize) -> Option<(char, usize)> {
    let behind = |width: usize| at.saturating_add(width);
    let Some(rest) = text.get(at..) else {
        // Between the forms of U+0130, or beyond the end.
        return (at < text.len()).then(|| (DOT, behind(1)));
    };
    match rest.chars().next()? {
        DOTTED_I => Some(('i', behind(1))),
        other => Some((lower(other), behind(other.len_utf8()))),
    }
}

/// The place in `text` behind what equals `start`, from a place on; none when it does not go on so.
#[inline]
pub(crate) fn strip_start(text: &str, at: usize, start: &str) -> Option<usize> {
    let (mut at, mut expected) = (at, 0usize);
    while let Some((wanted, behind)) = next(start, expected) {
        let (found, beyond) = next(text, at)?;
        if found != wanted {
            return None;
        }
        (at, expected) = (beyond, behind);
    }
    Some(at)
}

fn lower(character: char) -> char {
    character.to_lowercase().next().unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        strip_start(a, 0, b) == Some(a.len())
    }

    #[test]
    fn characters_compare_one_by_one() {
        for (a, b) in [
            ("JohnDoe", "johndoe"),
            ("ÄÖÜ", "äöü"),
            ("ΣΑΣ", "σασ"),
            ("\u{212a}", "k"),
            ("a\u{130}b", "Ai\u{307}B"),
            ("", ""),
            ("ẞ", "ß"),
        ] {
            assert!(same(a, b) && same(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("ß", "ss"),
            ("σ", "ς"),
            ("é", "e\u{301}"),
            ("ﬁ", "fi"),
            ("ı", "i"),
            ("\u{130}", "i"),
            ("a", "ab"),
        ] {
            assert!(!same(a, b) && !same(b, a), "{a} {b}");
        }
    }

    #[test]
    fn one_character_alone_has_two_lower_case_forms() {
        for character in '\0'..=char::MAX {
            let forms = character.to_lowercase().count();
            assert_eq!(
                forms,
                if character == DOTTED_I { 2 } else { 1 },
                "{character:?}"
            );
        }
        let forms: String = DOTTED_I.to_lowercase().collect();
        assert_eq!(forms, "i\u{307}");
        assert_eq!(DOTTED_I.len_utf8(), 2);
    }

    #[test]
    fn a_text_falls_into_its_lower_case_characters() {
        for text in ["", "aÄ\u{130}\u{130}z\u{1f600}", "\u{130}"] {
            let (mut at, mut lower) = (0, String::new());
            while let Some((character, behind)) = next(text, at) {
                lower.push(character);
                at = behind;
            }
            assert_eq!(lower, text.to_lowercase());
            assert_eq!(at, text.len());
        }
    }
}
