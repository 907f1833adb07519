//! Drawing from bytes: every draw is total, and zero bytes (or none left) give the first, simplest choice.

use std::borrow::Cow;

use arbitrary::Unstructured;

/// Text that is usually part of the vocabulary and sometimes put together.
pub(crate) type Text = Cow<'static, str>;

/// A source of choices.
pub(crate) struct Draw<'u, 'b> {
    bytes: &'u mut Unstructured<'b>,
}

impl<'u, 'b> Draw<'u, 'b> {
    pub(crate) fn new(bytes: &'u mut Unstructured<'b>) -> Self {
        Self { bytes }
    }

    /// A number below `end`; 0 when `end` is 0 or 1.
    ///
    /// One byte or two are scaled to the range, so that small numbers come from small bytes.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        match end {
            0 | 1 => 0,
            2..=32 => (usize::from(self.byte()) * end) >> 8,
            _ => (self.pair() * end.min(1 << 16)) >> 16,
        }
    }

    fn pair(&mut self) -> usize {
        usize::from(u16::from_be_bytes([self.byte(), self.byte()]))
    }

    fn byte(&mut self) -> u8 {
        self.bytes.bytes(1).map_or(0, |bytes| bytes[0])
    }

    /// True `hits` times in `of`, and never on zero bytes.
    pub(crate) fn chance(&mut self, hits: usize, of: usize) -> bool {
        self.below(of) >= of - hits
    }

    /// One of the choices, the first on zero bytes. There must be at least one.
    pub(crate) fn one<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// The index of a choice, drawn by weight; the first on zero bytes.
    pub(crate) fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut at = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if at < *weight {
                return index;
            }
            at -= weight;
        }
        0
    }

    /// Four bytes as a number; 0 when the bytes are used up.
    pub(crate) fn word(&mut self) -> u32 {
        u32::from_le_bytes([self.byte(), self.byte(), self.byte(), self.byte()])
    }
}

/// The pieces as one text.
pub(crate) fn join(pieces: &[&str]) -> Text {
    Cow::Owned(pieces.concat())
}

/// The text with the letter case of one ASCII letter turned, or nothing if it has none.
pub(crate) fn flip_case(draw: &mut Draw<'_, '_>, text: &str) -> Option<Text> {
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    if letters == 0 {
        return None;
    }
    let chosen = draw.below(letters);
    let mut seen = 0;
    let flip = |c: char| {
        if !c.is_ascii_alphabetic() {
            return c;
        }
        seen += 1;
        match (seen == chosen + 1, c.is_ascii_lowercase()) {
            (false, _) => c,
            (true, true) => c.to_ascii_uppercase(),
            (true, false) => c.to_ascii_lowercase(),
        }
    };
    Some(Cow::Owned(text.chars().map(flip).collect()))
}

/// The text with one of its characters replaced; empty text stays empty.
pub(crate) fn replace_one(draw: &mut Draw<'_, '_>, text: &str, with: &str) -> Text {
    let chosen = draw.below(text.chars().count());
    match text.char_indices().nth(chosen) {
        Some((at, c)) => join(&[&text[..at], with, &text[at + c.len_utf8()..]]),
        None => Cow::Owned(text.to_owned()),
    }
}

/// A byte offset at which the text can be cut, from its start to its end.
pub(crate) fn cut(draw: &mut Draw<'_, '_>, text: &str) -> usize {
    let mut at = draw.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_bytes_and_no_bytes_draw_the_first_choice() {
        for bytes in [&[][..], &[0; 64][..]] {
            let mut bytes = Unstructured::new(bytes);
            let mut draw = Draw::new(&mut bytes);
            assert_eq!(draw.below(0), 0);
            assert_eq!(draw.below(300), 0);
            assert_eq!(draw.one(&["a", "b"]), "a");
            assert_eq!(draw.weighted(&[1, 5]), 0);
            assert!(!draw.chance(7, 8));
            assert_eq!(draw.word(), 0);
        }
    }

    #[test]
    fn weights_are_honoured() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut bytes = Unstructured::new(&bytes);
        let mut draw = Draw::new(&mut bytes);
        let mut seen = [0; 3];
        for _ in 0..256 {
            seen[draw.weighted(&[1, 0, 3])] += 1;
        }
        assert_eq!(seen, [64, 0, 192]);
    }

    #[test]
    fn texts_are_cut_and_changed_at_character_boundaries() {
        let bytes: Vec<u8> = (0..=255).rev().collect();
        let mut bytes = Unstructured::new(&bytes);
        let mut draw = Draw::new(&mut bytes);
        for _ in 0..50 {
            assert!("Zoë".is_char_boundary(cut(&mut draw, "Zoë")));
            assert_eq!(replace_one(&mut draw, "Zoë", "?").chars().count(), 3);
            let flipped = flip_case(&mut draw, "Zoë").expect("has letters");
            assert_ne!(flipped, "Zoë");
            assert!(flipped.eq_ignore_ascii_case("Zoë"));
        }
        assert_eq!(flip_case(&mut draw, "42-*"), None);
        assert_eq!(replace_one(&mut draw, "", "?"), "");
    }
}
