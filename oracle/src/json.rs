//! JSON with places: a tree that keeps what a policy's author wrote.
//!
//! serde_json decides what is JSON, and decodes escapes. What it accepts is then taken apart here, so that nothing gets
//! lost: members stay in order and repeated, numbers keep their spelling, and everything knows the byte where it
//! begins.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use veriam_model::Fault;

use crate::notes::iam;

/// Deepest nesting of objects and arrays that is read (IAM-072).
pub(crate) const MAX_DEPTH: usize = 32;

/// A JSON value and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node<'t> {
    /// Byte offset of its first character.
    pub(crate) offset: usize,
    /// What it is.
    pub(crate) value: Value<'t>,
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'t> {
    Null,
    Bool(bool),
    /// The number as it is spelled.
    Number(&'t str),
    /// The string, escapes decoded.
    Text(Cow<'t, str>),
    List(Vec<Node<'t>>),
    /// The members, in order, repeated ones included.
    Object(Vec<Member<'t>>),
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member<'t> {
    /// The name, escapes decoded.
    pub(crate) name: Cow<'t, str>,
    /// Byte offset of the name's opening quote.
    pub(crate) offset: usize,
    /// The value.
    pub(crate) node: Node<'t>,
}

/// Reads a policy text as one JSON object.
///
/// The error is the one fault that makes the text unreadable: IAM-071, IAM-072, IAM-002 or IAM-001.
pub(crate) fn read(bytes: &[u8]) -> Result<Node<'_>, Fault> {
    // IAM-071: policies are UTF-8.
    let text = std::str::from_utf8(bytes).map_err(|error| Fault {
        offset: error.valid_up_to(),
        rule: iam(71),
    })?;
    // IAM-072: no byte order mark, no absurd nesting.
    if text.starts_with('\u{FEFF}') {
        return Err(Fault {
            offset: 0,
            rule: iam(72),
        });
    }
    if let Some(offset) = too_deep(text) {
        return Err(Fault {
            offset,
            rule: iam(72),
        });
    }
    // IAM-002: JSON.
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let raw = <&RawValue>::deserialize(&mut deserializer)
        .map_err(|error| syntax_error(&error, text, 0))?;
    let mut cursor = Cursor {
        text,
        at: offset_in(raw.get(), text),
    };
    let root = cursor.node()?;
    // IAM-001: one object and nothing behind it.
    if !matches!(root.value, Value::Object(_)) {
        return Err(Fault {
            offset: root.offset,
            rule: iam(1),
        });
    }
    let end = root.offset + raw.get().len();
    let rest = text[end..].trim_start_matches([' ', '\t', '\n', '\r']);
    if !rest.is_empty() {
        return Err(Fault {
            offset: text.len() - rest.len(),
            rule: iam(1),
        });
    }
    Ok(root)
}

/// The first bracket that opens one level too many.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Some(offset);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// A place in a text that is JSON, so that what comes next is known from its first character.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    /// The value here, white space before it skipped.
    fn node(&mut self) -> Result<Node<'t>, Fault> {
        let first = self.next_token();
        let offset = self.at;
        let value = match first {
            Some(b'{') => self.object()?,
            Some(b'[') => self.list()?,
            Some(b'"') => Value::Text(self.string()?),
            _ => self.scalar(),
        };
        Ok(Node { offset, value })
    }

    fn object(&mut self) -> Result<Value<'t>, Fault> {
        self.at += "{".len();
        let mut members = Vec::new();
        while self.begins_item() {
            let offset = self.at;
            let name = self.string()?;
            self.next_token();
            self.at += ":".len();
            let node = self.node()?;
            members.push(Member { name, offset, node });
        }
        Ok(Value::Object(members))
    }

    fn list(&mut self) -> Result<Value<'t>, Fault> {
        self.at += "[".len();
        let mut elements = Vec::new();
        while self.begins_item() {
            elements.push(self.node()?);
        }
        Ok(Value::List(elements))
    }

    /// Goes on to the next member or element; false behind the last one, where the bracket is passed.
    fn begins_item(&mut self) -> bool {
        if self.next_token() == Some(b',') {
            self.at += ",".len();
        }
        match self.next_token() {
            Some(b'}' | b']') => {
                self.at += 1;
                false
            }
            next => next.is_some(),
        }
    }

    fn string(&mut self) -> Result<Cow<'t, str>, Fault> {
        let start = self.at;
        let mut escaped = false;
        let inner = self.text.as_bytes().iter().skip(start + 1);
        let length = inner
            .take_while(|&&byte| {
                let closes = byte == b'"' && !escaped;
                escaped = byte == b'\\' && !escaped;
                !closes
            })
            .count();
        self.at = (start + length + 2).min(self.text.len());
        let source = &self.text[start..self.at];
        string(source).map_err(|error| syntax_error(&error, source, start))
    }

    /// A number or one of the three words.
    fn scalar(&mut self) -> Value<'t> {
        let rest = &self.text[self.at..];
        let end = rest.find([',', ']', '}', ' ', '\t', '\n', '\r']);
        let source = &rest[..end.unwrap_or(rest.len())];
        self.at += source.len();
        match source {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            number => Value::Number(number),
        }
    }

    /// Skips white space and returns the byte behind it.
    fn next_token(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().iter().skip(self.at);
        self.at += rest.take_while(|byte| b" \t\n\r".contains(byte)).count();
        self.text.as_bytes().get(self.at).copied()
    }
}

/// The string whose raw text is `source`; what stands between the quotes when that holds no escapes.
fn string(source: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    if let Some(text) = source.strip_prefix('"').and_then(|s| s.strip_suffix('"'))
        && !text.contains('\\')
    {
        return Ok(Cow::Borrowed(text));
    }
    #[derive(Deserialize)]
    struct Text<'t>(#[serde(borrow)] Cow<'t, str>);
    serde_json::from_str(source).map(|Text(text)| text)
}

/// How far `part` begins behind the start of `whole`; `part` is a slice of `whole`.
fn offset_in(part: &str, whole: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize)
}

/// IAM-002 at the place serde_json names, in a source that begins at `offset`.
fn syntax_error(error: &serde_json::Error, source: &str, offset: usize) -> Fault {
    let lines = source.split_inclusive('\n');
    let before: usize = lines
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    let within = (before + error.column().saturating_sub(1)).min(source.len());
    Fault {
        offset: offset + within,
        rule: iam(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: impl AsRef<[u8]>) -> (u16, usize) {
        let fault = read(text.as_ref()).unwrap_err();
        (fault.rule.number(), fault.offset)
    }

    #[test]
    fn members_stay_in_order_and_repeated_with_their_places() {
        let text = r#" {"b": 01e, "b": [null, true] } "#.replace("01e", "1e0");
        let root = read(text.as_bytes()).unwrap();
        assert_eq!(root.offset, 1);
        let Value::Object(members) = root.value else {
            unreachable!("read returns objects only")
        };
        let places: Vec<_> = members
            .iter()
            .map(|m| (m.name.as_ref(), m.offset, m.node.offset))
            .collect();
        assert_eq!(places, [("b", 2, 7), ("b", 12, 17)]);
        assert_eq!(members[0].node.value, Value::Number("1e0"));
        let Value::List(elements) = &members[1].node.value else {
            unreachable!("the second member is a list")
        };
        assert_eq!(elements[0].offset, 18);
        assert_eq!(elements[1].value, Value::Bool(true));
    }

    #[test]
    fn names_and_strings_are_decoded() {
        let root = read(br#"{"\u0041":"\u00e9\ud83d\ude00\n"}"#).unwrap();
        let Value::Object(members) = root.value else {
            unreachable!("read returns objects only")
        };
        assert_eq!(members[0].name, "A");
        assert_eq!(members[0].node.value, Value::Text("é😀\n".into()));
    }

    #[test]
    fn what_is_no_object_is_refused_at_its_place() {
        for (text, at) in [
            ("[{}]", 0),
            (" \"x\"", 1),
            ("null", 0),
            ("{}{}", 2),
            ("{} \n x", 5),
        ] {
            assert_eq!(fault(text), (1, at), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in [
            "",
            " ",
            "{",
            "{\"a\":}",
            "{\"a\":1,}",
            "{'a':1}",
            "{\"a\":01}",
            "{\"a\":+1}",
            "{\"a\":.5}",
            "{\"a\":1.}",
            "{\"a\":NaN}",
            "{\"a\":\"\t\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\ud800\"}",
            "{\"\\udc00\":1}",
            "{/**/}",
            "{\"a\" 1}",
            "{1:2}",
            "{\u{a0}}",
        ] {
            assert_eq!(fault(text).0, 2, "{text:?}");
        }
        assert_eq!(fault("{\"a\":1,\n\"b\":x}"), (2, 12));
    }

    #[test]
    fn bytes_that_are_not_utf8_and_byte_order_marks_are_refused() {
        assert_eq!(fault(b"{\"a\":\"\xff\"}"), (71, 6));
        assert_eq!(fault("\u{FEFF}{}"), (72, 0));
    }

    #[test]
    fn nesting_is_read_to_32_levels_and_no_deeper() {
        let nested = |depth: usize| {
            let inner = depth - 1;
            format!("{{\"a\":{}{}}}", "[".repeat(inner), "]".repeat(inner))
        };
        assert!(read(nested(32).as_bytes()).is_ok());
        assert_eq!(fault(nested(33)), (72, 5 + 31));
        // Brackets inside strings do not nest.
        let text = format!("{{\"a\":\"\\\"{}\"}}", "[".repeat(100));
        assert!(read(text.as_bytes()).is_ok());
        assert_eq!(fault("[".repeat(100_000)), (72, 32));
    }
}
