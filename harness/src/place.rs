//! From byte offsets to lines and columns, and to what stands there.

use std::ops::Range;

/// Widest excerpt of a line that is shown, in characters.
const WIDEST: usize = 96;

/// A place in a text, as editors show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// The place of a byte offset; offsets behind the end are the end, offsets inside a character are its start.
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        let offset = text.floor_char_boundary(offset);
        let before = &text[..offset];
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        Place {
            line: before.bytes().filter(|&b| b == b'\n').count() + 1,
            column: before[start..].chars().count() + 1,
        }
    }
}

/// Places of ascending offsets, found in one walk through the text.
#[derive(Clone, Debug)]
pub struct Walk<'t> {
    text: &'t str,
    offset: usize,
    place: Place,
}

impl<'t> Walk<'t> {
    /// Begins at the start of a text.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            offset: 0,
            place: Place { line: 1, column: 1 },
        }
    }

    /// [`Place::of`] an offset; one that is not behind the last costs a walk from the start.
    pub fn to(&mut self, offset: usize) -> Place {
        let offset = self.text.floor_char_boundary(offset);
        if offset < self.offset {
            *self = Self::new(self.text);
        }
        for c in self.text[self.offset..offset].chars() {
            if c == '\n' {
                self.place.line += 1;
                self.place.column = 1;
            } else {
                self.place.column += 1;
            }
        }
        self.offset = offset;
        self.place
    }
}

/// The line that holds a byte offset, without its line feed, and where it starts.
#[must_use]
pub fn line_at(text: &str, offset: usize) -> (usize, &str) {
    let offset = text.floor_char_boundary(offset);
    let start = text[..offset].rfind('\n').map_or(0, |i| i + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |i| offset + i);
    (start, text[start..end].trim_end_matches('\r'))
}

/// The line of a place as far as it is shown, and what marks the place under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// What stands around the place, at most 96 characters of its line; an ellipsis stands for what is left out.
    pub source: String,
    /// Spaces, then a caret under each character of the place, at least one.
    pub carets: String,
}

impl Excerpt {
    /// Cuts out what is around a span of bytes, which begins at `place`. A minified document is one line, so that only
    /// what is near the place is looked at.
    #[must_use]
    pub fn of(text: &str, span: Range<usize>, place: Place) -> Self {
        let (start, line) = line_at(text, span.start);
        let at = |offset: usize| {
            let offset = offset.saturating_sub(start).min(line.len());
            line.floor_char_boundary(offset)
        };
        let (first, last) = (at(span.start), at(span.end));
        let before = place.column - 1;
        // How many characters follow, as far as it matters.
        let behind = line[first..].chars().take(WIDEST + 1).count();
        let lead = if before + behind <= WIDEST {
            before
        } else {
            (WIDEST / 3).max(WIDEST.saturating_sub(behind)).min(before)
        };
        let from = line[..first].char_indices().rev().take(lead).last();
        let from = from.map_or(first, |(offset, _)| offset);
        let shown: String = line[from..]
            .chars()
            .take(WIDEST)
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let cut_before = if lead < before { "…" } else { "" };
        let cut_behind = if lead + behind > WIDEST { "…" } else { "" };
        let indent = lead + cut_before.chars().count();
        let carets = line[first..last.max(first)].chars().take(WIDEST - lead);
        Excerpt {
            source: format!("{cut_before}{shown}{cut_behind}"),
            carets: format!(
                "{}{}",
                " ".repeat(indent),
                "^".repeat(carets.count().max(1))
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let text = "{\r\n  \"é\": 1\n}";
        let at = |needle: &str| Place::of(text, text.find(needle).unwrap());
        assert_eq!(at("{"), Place { line: 1, column: 1 });
        assert_eq!(at("1"), Place { line: 2, column: 8 });
        assert_eq!(at("}"), Place { line: 3, column: 1 });
        assert_eq!(Place::of(text, 999), Place { line: 3, column: 2 });
        assert_eq!(Place::of("é", 1), Place { line: 1, column: 1 });
    }

    #[test]
    fn a_walk_finds_the_same_places() {
        let text = "{\r\n  \"é\": 1\n}";
        let mut walk = Walk::new(text);
        for offset in (0..text.len() + 2).chain([3, 0, 9]) {
            assert_eq!(walk.to(offset), Place::of(text, offset), "{offset}");
        }
    }

    #[test]
    fn a_line_comes_without_its_end() {
        let text = "ab\r\ncd\n";
        assert_eq!(line_at(text, 1), (0, "ab"));
        assert_eq!(line_at(text, 4), (4, "cd"));
        assert_eq!(line_at(text, 7), (7, ""));
        assert_eq!(line_at(text, 99), (7, ""));
    }
}
