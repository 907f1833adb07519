//! How long a policy is (AC-038, AC-039).

use veriam_model::{Dialect, readings::PolicyLength};

/// The longest policy, in the units that the dialect counts.
const MOST: usize = 20_480;

/// Whether the policy is too long.
pub(super) fn is_beyond(text: &str, dialect: &Dialect) -> bool {
    // No way of counting finds more than there are bytes.
    text.len() > MOST
        && match dialect.get() {
            PolicyLength::Bytes => true,
            PolicyLength::Characters => text.chars().count() > MOST,
            PolicyLength::WithoutWhiteSpace => without_white_space(text) > MOST,
        }
}

/// The characters but for white space outside strings.
fn without_white_space(text: &str) -> usize {
    let (mut count, mut is_inside, mut is_escaped) = (0usize, false, false);
    for character in text.chars() {
        if !is_inside && matches!(character, ' ' | '\t' | '\n' | '\r') {
            continue;
        }
        count = count.saturating_add(1);
        match character {
            _ if is_escaped => is_escaped = false,
            '"' => is_inside = !is_inside,
            '\\' => is_escaped = is_inside,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_counts_inside_strings_only() {
        for (text, expected) in [
            ("", 0),
            (" \t\r\n", 0),
            ("{ \"a b\" : 1 }", 9),
            (r#"" \" " "x""#, 9),
            (r#"" \\" " ""#, 8),
            // Other white space is no white space of JSON.
            ("\u{a0}\u{c}", 2),
            // Outside of strings a backslash escapes nothing.
            (r#"\" " "#, 4),
        ] {
            assert_eq!(without_white_space(text), expected, "{text}");
        }
    }
}
