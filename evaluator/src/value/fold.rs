//! Letter case: simple lower-casing, character by character (IAM-155).

/// The simple lower-case form of a character: always one character.
pub(crate) fn lower(character: char) -> char {
    // The full mapping differs for one character only, and begins with its simple form.
    character.to_lowercase().next().unwrap_or(character)
}

/// How many bytes of `text` equal `start` when case is ignored; none when it does not begin so.
pub(crate) fn strip_start(text: &str, start: &str) -> Option<usize> {
    let mut rest = text.chars();
    for expected in start.chars() {
        let found = rest.next()?;
        if found != expected && lower(found) != lower(expected) {
            return None;
        }
    }
    Some(text.len().saturating_sub(rest.as_str().len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        strip_start(a, b) == Some(a.len())
    }

    #[test]
    fn characters_compare_one_by_one() {
        for (a, b) in [
            ("JohnDoe", "johndoe"),
            ("ÄÖÜ", "äöü"),
            ("ΣΑΣ", "σασ"),
            ("\u{212a}", "k"),
            ("\u{130}", "i"),
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
            ("a", "ab"),
        ] {
            assert!(!same(a, b) && !same(b, a), "{a} {b}");
        }
    }
}
