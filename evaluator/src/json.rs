//! A strict JSON reader (RFC 8259) that keeps places.
//!
//! The text becomes one flat list of nodes in reading order: an object is followed by its names and values in
//! turn, an array by its elements, repeated names and all. Every node knows its bytes in the text; numbers stay
//! text; strings are decoded when asked for. Nothing recurses, so depth costs no stack.

use std::borrow::Cow;
use std::ops::Range;

/// A text that was read, with its nodes.
#[derive(Debug)]
pub(crate) struct Json<'a> {
    text: &'a str,
    nodes: Vec<Node>,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool,
    Number,
    /// A string without escapes: its characters stand in the text as they are.
    Plain,
    /// A string with at least one escape.
    Escaped,
    Array,
    Object,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    start: u32,
    end: u32,
    /// Index of the node after this one and everything in it.
    next: u32,
    kind: Kind,
}

/// Why a text is no JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// What is wrong.
    pub(crate) why: Why,
    /// Where, in bytes; empty at the end of the text.
    pub(crate) span: Range<usize>,
}

/// What is wrong with a text that is no JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The text ends in the middle of a value.
    Unfinished,
    /// A character that cannot stand here.
    Unexpected,
    /// A control character inside a string.
    Control,
    /// A `\` that starts no escape.
    Escape,
    /// A surrogate escape without its other half.
    Surrogate,
    /// Deeper than allowed.
    Depth,
    /// Something after the value.
    Trailing,
}

impl<'a> Json<'a> {
    /// Reads a text that holds one value and nothing else.
    pub(crate) fn read(text: &'a str, max_depth: usize) -> Result<Self, Unreadable> {
        let reader = Reader {
            text,
            at: 0,
            nodes: Vec::with_capacity(text.len() / 12),
            open: Vec::new(),
            max_depth,
        };
        let nodes = reader.read()?;
        Ok(Self { text, nodes })
    }

    /// The outermost value.
    pub(crate) fn root(&self) -> Value<'_, 'a> {
        Value {
            json: self,
            index: 0,
        }
    }

    /// Whether some string has an escape.
    pub(crate) fn has_escapes(&self) -> bool {
        self.nodes.iter().any(|node| node.kind == Kind::Escaped)
    }

    /// Every string of the text, names included, in reading order.
    pub(crate) fn strings(&self) -> impl Iterator<Item = Value<'_, 'a>> {
        (0..self.nodes.len())
            .map(|index| Value { json: self, index })
            .filter(|value| matches!(value.kind(), Kind::Plain | Kind::Escaped))
    }
}

/// A value (or a name) in a text that was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'j, 'a> {
    json: &'j Json<'a>,
    index: usize,
}

impl<'j, 'a> Value<'j, 'a> {
    fn node(self) -> Node {
        // The list is never empty and indices come from it; the fallback is never seen.
        self.json.nodes.get(self.index).copied().unwrap_or(Node {
            start: 0,
            end: 0,
            next: u32::MAX,
            kind: Kind::Null,
        })
    }

    /// What it is.
    pub(crate) fn kind(self) -> Kind {
        self.node().kind
    }

    /// Its bytes in the text, quotes and brackets included.
    pub(crate) fn span(self) -> Range<usize> {
        let node = self.node();
        node.start as usize..node.end as usize
    }

    /// Where it starts.
    pub(crate) fn offset(self) -> usize {
        self.node().start as usize
    }

    /// Its source text.
    pub(crate) fn source(self) -> &'a str {
        self.json.text.get(self.span()).unwrap_or_default()
    }

    /// The characters of a string.
    pub(crate) fn string(self) -> Option<Cow<'a, str>> {
        let source = self.source();
        let inner = || source.get(1..source.len().saturating_sub(1)).unwrap_or("");
        match self.kind() {
            Kind::Plain => Some(Cow::Borrowed(inner())),
            Kind::Escaped => Some(Cow::Owned(unescape(inner()))),
            _ => None,
        }
    }

    /// Whether it is `null`.
    pub(crate) fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    fn sibling(self) -> Self {
        Self {
            json: self.json,
            index: self.node().next as usize,
        }
    }

    fn children(self) -> Children<'j, 'a> {
        let first = Self {
            json: self.json,
            index: self.index.saturating_add(1),
        };
        Children {
            next: first,
            end: self.node().next as usize,
        }
    }

    /// The elements of an array.
    pub(crate) fn elements(self) -> Option<impl Iterator<Item = Value<'j, 'a>> + Clone> {
        (self.kind() == Kind::Array).then(|| self.children())
    }

    /// The names and values of an object, in the order of the text, repeated names included.
    pub(crate) fn members(self) -> Option<impl Iterator<Item = (Self, Self)> + Clone> {
        (self.kind() == Kind::Object).then(|| Members(self.children()))
    }
}

#[derive(Clone)]
struct Children<'j, 'a> {
    next: Value<'j, 'a>,
    end: usize,
}

impl<'j, 'a> Iterator for Children<'j, 'a> {
    type Item = Value<'j, 'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let value = self.next;
        if value.index >= self.end {
            return None;
        }
        self.next = value.sibling();
        Some(value)
    }
}

#[derive(Clone)]
struct Members<'j, 'a>(Children<'j, 'a>);

impl<'j, 'a> Iterator for Members<'j, 'a> {
    type Item = (Value<'j, 'a>, Value<'j, 'a>);

    fn next(&mut self) -> Option<Self::Item> {
        Some((self.0.next()?, self.0.next()?))
    }
}

/// Decodes the inside of a string whose escapes were checked.
fn unescape(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.push_str(plain);
        let mut after = escape.chars();
        match after.next() {
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('u') => {
                let (decoded, length) = unicode_escape(after.as_str());
                out.push(decoded);
                after = after.as_str().get(length..).unwrap_or_default().chars();
            }
            Some(same) => out.push(same),
            None => {}
        }
        rest = after.as_str();
    }
    out.push_str(rest);
    out
}

/// The character of `XXXX` or, for a surrogate pair, `XXXX\uXXXX`, and how many bytes that takes.
fn unicode_escape(text: &str) -> (char, usize) {
    let unit = |from: usize| {
        let digits = text.get(from..from.saturating_add(4));
        digits.and_then(|d| u16::from_str_radix(d, 16).ok())
    };
    let units = [unit(0), unit(6)].into_iter().flatten();
    let mut decoded = char::decode_utf16(units);
    let first = decoded.next().and_then(Result::ok);
    let first = first.unwrap_or(char::REPLACEMENT_CHARACTER);
    (first, if first > '\u{ffff}' { 10 } else { 4 })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    nodes: Vec<Node>,
    /// Indices of the objects and arrays that are open.
    open: Vec<usize>,
    max_depth: usize,
}

impl Reader<'_> {
    fn read(mut self) -> Result<Vec<Node>, Unreadable> {
        self.skip_space();
        self.value()?;
        while let Some(&container) = self.open.last() {
            self.skip_space();
            self.inside(container)?;
        }
        self.skip_space();
        match self.peek() {
            None => Ok(self.nodes),
            Some(_) => Err(self.error(Why::Trailing)),
        }
    }

    /// Reads the next member or element of an open container, or its end.
    fn inside(&mut self, container: usize) -> Result<(), Unreadable> {
        let object = self.nodes.get(container).map(|n| n.kind) == Some(Kind::Object);
        let closing = if object { b'}' } else { b']' };
        let first = self.nodes.len() == container.saturating_add(1);
        match self.peek() {
            Some(b) if b == closing => {
                self.advance(1);
                self.close(container);
                return Ok(());
            }
            Some(b',') if !first => {
                self.advance(1);
                self.skip_space();
            }
            _ if first => {}
            _ => return Err(self.unexpected()),
        }
        if object {
            if self.peek() != Some(b'"') {
                return Err(self.unexpected());
            }
            self.string()?;
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.unexpected());
            }
            self.advance(1);
            self.skip_space();
        }
        self.value()
    }

    /// Reads a scalar, or opens a container.
    fn value(&mut self) -> Result<(), Unreadable> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{') => self.open(Kind::Object),
            Some(b'[') => self.open(Kind::Array),
            Some(b't') => self.word("true", Kind::Bool),
            Some(b'f') => self.word("false", Kind::Bool),
            Some(b'n') => self.word("null", Kind::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.unexpected()),
        }
    }

    fn open(&mut self, kind: Kind) -> Result<(), Unreadable> {
        if self.open.len() >= self.max_depth {
            return Err(self.error(Why::Depth));
        }
        self.open.push(self.nodes.len());
        let start = self.at;
        self.advance(1);
        self.push(kind, start);
        Ok(())
    }

    fn close(&mut self, container: usize) {
        self.open.pop();
        let (end, next) = (narrow(self.at), narrow(self.nodes.len()));
        if let Some(node) = self.nodes.get_mut(container) {
            node.end = end;
            node.next = next;
        }
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<(), Unreadable> {
        let start = self.at;
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return Err(self.unexpected());
            }
            self.advance(1);
        }
        self.push(kind, start);
        Ok(())
    }

    fn number(&mut self) -> Result<(), Unreadable> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.advance(1);
        }
        if self.peek() == Some(b'0') {
            self.advance(1);
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.advance(1);
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.advance(1);
            if let Some(b'+' | b'-') = self.peek() {
                self.advance(1);
            }
            self.digits()?;
        }
        self.push(Kind::Number, start);
        Ok(())
    }

    /// One or more digits.
    fn digits(&mut self) -> Result<(), Unreadable> {
        if !self.peek().is_some_and(|b| b.is_ascii_digit()) {
            return Err(self.unexpected());
        }
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.advance(1);
        }
        Ok(())
    }

    fn string(&mut self) -> Result<(), Unreadable> {
        let start = self.at;
        self.advance(1);
        let mut kind = Kind::Plain;
        loop {
            self.skip_plain();
            match self.peek() {
                None => return Err(self.error(Why::Unfinished)),
                Some(b'"') => break,
                Some(b'\\') => {
                    kind = Kind::Escaped;
                    self.escape()?;
                }
                Some(0..=0x1f) => return Err(self.error(Why::Control)),
                Some(_) => self.advance(1),
            }
        }
        self.advance(1);
        self.push(kind, start);
        Ok(())
    }

    /// Goes on to the next eight bytes among which one means something inside a string.
    fn skip_plain(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let (words, _) = rest.as_chunks::<8>();
        let plain = words.iter().take_while(|word| !has_special(**word)).count();
        self.advance(plain.saturating_mul(8));
    }

    fn escape(&mut self) -> Result<(), Unreadable> {
        let start = self.at;
        self.advance(1);
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.advance(1),
            Some(b'u') => match self.code_unit()? {
                0xd800..=0xdbff => {
                    let low = (self.peek() == Some(b'\\')).then(|| {
                        self.advance(1);
                        match self.peek() {
                            Some(b'u') => self.code_unit().ok(),
                            _ => None,
                        }
                    });
                    if !matches!(low.flatten(), Some(0xdc00..=0xdfff)) {
                        return Err(self.error_from(Why::Surrogate, start));
                    }
                }
                0xdc00..=0xdfff => return Err(self.error_from(Why::Surrogate, start)),
                _ => {}
            },
            None => return Err(self.error(Why::Unfinished)),
            Some(_) => return Err(self.error_from(Why::Escape, start)),
        }
        Ok(())
    }

    /// Reads `uXXXX`.
    fn code_unit(&mut self) -> Result<u16, Unreadable> {
        self.advance(1);
        let mut unit = 0u16;
        for _ in 0..4 {
            let digit = self.peek().and_then(|b| char::from(b).to_digit(16));
            let Some(digit) = digit else {
                return Err(match self.peek() {
                    None => self.error(Why::Unfinished),
                    Some(_) => self.error(Why::Escape),
                });
            };
            unit = unit.wrapping_shl(4) | digit as u16;
            self.advance(1);
        }
        Ok(unit)
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.nodes.push(Node {
            start: narrow(start),
            end: narrow(self.at),
            next: narrow(self.nodes.len().saturating_add(1)),
            kind,
        });
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn advance(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.advance(1);
        }
    }

    fn unexpected(&self) -> Unreadable {
        self.error(match self.peek() {
            None => Why::Unfinished,
            Some(_) => Why::Unexpected,
        })
    }

    /// An error at the next character.
    fn error(&self, why: Why) -> Unreadable {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let width = rest.chars().next().map_or(0, char::len_utf8);
        Unreadable {
            why,
            span: self.at..self.at.saturating_add(width),
        }
    }

    /// An error that reaches from `start` to the next character.
    fn error_from(&self, why: Why, start: usize) -> Unreadable {
        Unreadable {
            why,
            span: start..self.at,
        }
    }
}

/// Whether one of eight bytes is a quote, a backslash or a control character.
fn has_special(word: [u8; 8]) -> bool {
    const fn all(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    let word = u64::from_le_bytes(word);
    // The highest bit of a byte is set where it is below a bound of at most 0x80; a carry out of a byte that is
    // gives false marks above it only.
    let below = |word: u64, bound: u8| word.wrapping_sub(all(bound)) & !word;
    let quote = below(word ^ all(b'"'), 1);
    let backslash = below(word ^ all(b'\\'), 1);
    let control = below(word, 0x20);
    (quote | backslash | control) & all(0x80) != 0
}

/// Documents are at most 4 GiB long: [`Limits`](crate::Limits) cannot be set higher.
fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
