//! JSON as the generators see it: members in order and repeatable, numbers as text, and a writer with many spellings.

use std::fmt::Write as _;

use crate::draw::{Draw, Text};
use crate::stream::Stream;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// The number's source text.
    Number(Text),
    String(Text),
    Array(Vec<Json>),
    /// Members in order; a name may repeat.
    Object(Vec<(Text, Json)>),
}

/// How a document is spelled: what does not matter to its meaning.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    layout: Layout,
    escapes: bool,
    shuffled: bool,
    varied: bool,
    choices: Stream,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    Compact,
    Spaced,
    Indented,
    Wild,
}

impl Style {
    /// No white space, canonical order, nothing escaped that need not be, lists of one as bare values.
    pub(crate) fn plain() -> Self {
        Self {
            layout: Layout::Compact,
            escapes: false,
            shuffled: false,
            varied: false,
            choices: Stream::new(0, 0, 0),
        }
    }

    /// A drawn style; zero bytes give the plain one.
    pub(crate) fn draw(draw: &mut Draw<'_, '_>) -> Self {
        let layout = [
            Layout::Compact,
            Layout::Spaced,
            Layout::Indented,
            Layout::Wild,
        ][draw.weighted(&[6, 2, 1, 1])];
        Self {
            layout,
            escapes: draw.chance(1, 16),
            shuffled: draw.chance(1, 3),
            varied: draw.chance(5, 8),
            choices: Stream::new(u64::from(draw.word()), 0, 0),
        }
    }

    /// Whether to spell a value in its less usual way (a list of one, a number without quotation marks).
    pub(crate) fn vary(&mut self) -> bool {
        self.varied && self.choices.next() & 1 == 1
    }

    /// The value as text.
    pub(crate) fn write(&mut self, mut json: Json, out: &mut String) {
        if self.shuffled {
            self.shuffle(&mut json);
        }
        self.space(0, out);
        self.value(&json, 0, out);
        self.space(0, out);
    }

    fn shuffle(&mut self, json: &mut Json) {
        match json {
            Json::Object(members) => {
                for i in (1..members.len()).rev() {
                    let j = self.choices.next() % (i as u64 + 1);
                    members.swap(i, j as usize);
                }
                for (_, member) in members {
                    self.shuffle(member);
                }
            }
            Json::Array(elements) => {
                for element in elements {
                    self.shuffle(element);
                }
            }
            _ => {}
        }
    }

    fn value(&mut self, json: &Json, depth: usize, out: &mut String) {
        match json {
            Json::Null => out.push_str("null"),
            Json::Bool(true) => out.push_str("true"),
            Json::Bool(false) => out.push_str("false"),
            Json::Number(text) => out.push_str(text),
            Json::String(text) => self.string(text, out),
            Json::Array(elements) => {
                out.push('[');
                for (i, element) in elements.iter().enumerate() {
                    self.item(i, depth + 1, out);
                    self.value(element, depth + 1, out);
                }
                self.end(elements.is_empty(), depth, out);
                out.push(']');
            }
            Json::Object(members) => {
                out.push('{');
                for (i, (name, member)) in members.iter().enumerate() {
                    self.item(i, depth + 1, out);
                    self.string(name, out);
                    if self.layout == Layout::Wild {
                        self.space(depth, out);
                    }
                    out.push(':');
                    match self.layout {
                        Layout::Compact => {}
                        Layout::Wild => self.space(depth, out),
                        Layout::Spaced | Layout::Indented => out.push(' '),
                    }
                    self.value(member, depth + 1, out);
                }
                self.end(members.is_empty(), depth, out);
                out.push('}');
            }
        }
    }

    /// What stands before the `index`-th element.
    fn item(&mut self, index: usize, depth: usize, out: &mut String) {
        if index > 0 {
            if self.layout == Layout::Wild {
                self.space(depth, out);
            }
            out.push(',');
        }
        match self.layout {
            Layout::Compact => {}
            Layout::Spaced if index == 0 => {}
            Layout::Spaced => out.push(' '),
            Layout::Indented => indent(depth, out),
            Layout::Wild => self.space(depth, out),
        }
    }

    /// What stands before the closing bracket.
    fn end(&mut self, empty: bool, depth: usize, out: &mut String) {
        match self.layout {
            Layout::Indented if !empty => indent(depth, out),
            Layout::Wild => self.space(depth, out),
            _ => {}
        }
    }

    fn space(&mut self, depth: usize, out: &mut String) {
        if self.layout == Layout::Wild {
            match self.choices.next() % 8 {
                0 => out.push('\n'),
                1 => out.push('\t'),
                2 => out.push_str("\r\n"),
                3 => out.push_str(&"    "[..depth.min(4)]),
                _ => {}
            }
        }
    }

    fn string(&mut self, text: &str, out: &mut String) {
        out.push('"');
        // Without a branch for each byte the scan runs on several at once.
        let plain = |ok, b| ok & (b >= 0x20) & (b != b'"') & (b != b'\\');
        if !self.escapes && text.bytes().fold(true, plain) {
            out.push_str(text);
        } else {
            for c in text.chars() {
                self.character(c, out);
            }
        }
        out.push('"');
    }

    fn character(&mut self, c: char, out: &mut String) {
        let unusual = self.escapes && self.choices.next().is_multiple_of(8);
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' if !unusual => out.push_str("\\n"),
            '\t' if !unusual => out.push_str("\\t"),
            '\r' if !unusual => out.push_str("\\r"),
            '/' if unusual => out.push_str("\\/"),
            c if unusual || (c as u32) < 0x20 => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    // Writing to a String cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
}

fn indent(depth: usize, out: &mut String) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str("  ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arbitrary::Unstructured;

    fn sample() -> Json {
        Json::Object(vec![
            ("a\"\\/".into(), Json::String("x\n\u{1f600}é\u{1}/".into())),
            (
                "b".into(),
                Json::Array(vec![
                    Json::Number("10.50".into()),
                    Json::Bool(true),
                    Json::Bool(false),
                    Json::Null,
                    Json::Array(Vec::new()),
                    Json::Object(Vec::new()),
                ]),
            ),
        ])
    }

    #[test]
    fn every_spelling_reads_back_as_the_same_value() {
        let mut plain = String::new();
        Style::plain().write(sample(), &mut plain);
        let meaning: serde_json::Value = serde_json::from_str(&plain).expect("valid JSON");
        let mut spellings = std::collections::BTreeSet::new();
        for case in 0..300 {
            let bytes = crate::case_bytes(7, case);
            let mut bytes = Unstructured::new(&bytes);
            let mut text = String::new();
            Style::draw(&mut Draw::new(&mut bytes)).write(sample(), &mut text);
            let read: serde_json::Value = serde_json::from_str(&text).expect("valid JSON");
            assert_eq!(read, meaning, "{text}");
            spellings.insert(text);
        }
        assert!(spellings.len() > 30, "{}", spellings.len());
    }

    #[test]
    fn zero_bytes_give_the_plain_style() {
        let mut bytes = Unstructured::new(&[0; 64]);
        let (mut drawn, mut plain) = (String::new(), String::new());
        Style::draw(&mut Draw::new(&mut bytes)).write(sample(), &mut drawn);
        Style::plain().write(sample(), &mut plain);
        assert_eq!(drawn, plain);
    }
}
