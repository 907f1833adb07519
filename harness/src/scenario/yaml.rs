//! YAML as a tree that knows where everything stands. Strict: what can surprise is refused.

use std::collections::HashMap;
use std::fmt;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span};

use crate::place::Place;

/// Deepest nesting; far more than any scenario needs.
const MAX_DEPTH: usize = 32;

/// Something wrong at a place of a text: what, and behind the last semicolon the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What, and what to do about it.
    pub message: String,
}

impl Fault {
    /// A fault at a place.
    pub fn new(place: Place, message: impl fmt::Display) -> Self {
        Fault {
            place,
            message: message.to_string(),
        }
    }
}

/// A value and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it begins.
    pub place: Place,
    /// What it is.
    pub value: Value,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A scalar.
    Scalar {
        /// Its text, escapes resolved.
        text: String,
        /// Whether it was written without quotes, so that it may mean a number, a boolean or nothing.
        plain: bool,
    },
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order written; no name occurs twice.
    Map(Vec<(Key, Node)>),
}

/// A name in a mapping and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Where it begins.
    pub place: Place,
    /// The name.
    pub text: String,
}

impl Node {
    /// Whether nothing is written: an empty value, `~` or `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        match &self.value {
            Value::Scalar { text, plain } => *plain && is_null(text),
            Value::List(_) | Value::Map(_) => false,
        }
    }

    /// What stands here, for messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Scalar { .. } if self.is_null() => "nothing",
            Value::Scalar { .. } => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// Reads one document.
///
/// # Errors
/// [`Fault`] for text that is no YAML, an empty file, a second document, names that occur twice or are no plain
/// text, anchors, aliases, tags, and nesting beyond 32 levels.
pub fn parse(text: &str) -> Result<Node, Fault> {
    let mut events = Events {
        parser: Parser::new_from_str(text),
    };
    events.next()?; // The start of the stream.
    let (event, at) = events.next()?;
    if matches!(event, Event::StreamEnd) {
        return Err(Fault::new(
            at,
            "the file is empty; begin with `scenario: veriam.scenario/1`",
        ));
    }
    let (event, at) = events.next()?;
    let root = events.node(event, at, 0)?;
    events.next()?; // The end of the document.
    match events.next()? {
        (Event::StreamEnd, _) => Ok(root),
        (_, at) => Err(Fault::new(
            at,
            "a second document begins here; keep one document a file and remove `---` or `...`",
        )),
    }
}

struct Events<'t> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
}

impl<'t> Events<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Place), Fault> {
        match self.parser.next_event() {
            Some(Ok((event, Span { start, .. }))) => Ok((event, place(start))),
            Some(Err(error)) => Err(Fault::new(
                place(*error.marker()),
                format_args!(
                    "not YAML: {}; check indentation, colons, quotes and brackets",
                    error.info()
                ),
            )),
            None => Err(Fault::new(
                Place { line: 1, column: 1 },
                "not YAML: the text ends early; finish it",
            )),
        }
    }

    fn node(&mut self, event: Event<'t>, place: Place, depth: usize) -> Result<Node, Fault> {
        if depth > MAX_DEPTH {
            return Err(Fault::new(
                place,
                format_args!("nested deeper than {MAX_DEPTH} levels; flatten it"),
            ));
        }
        let value = match event {
            Event::Scalar(text, style, anchor, tag) => {
                plain_yaml(place, anchor, tag.is_some())?;
                Value::Scalar {
                    plain: style == ScalarStyle::Plain,
                    text: text.into_owned(),
                }
            }
            Event::SequenceStart(anchor, tag) => {
                plain_yaml(place, anchor, tag.is_some())?;
                Value::List(self.list(depth)?)
            }
            Event::MappingStart(anchor, tag) => {
                plain_yaml(place, anchor, tag.is_some())?;
                Value::Map(self.map(depth)?)
            }
            Event::Alias(_) => {
                return Err(Fault::new(
                    place,
                    "aliases (`*name`) are not read; write the value out",
                ));
            }
            other => {
                return Err(Fault::new(
                    place,
                    format_args!(
                        "not YAML: {other:?} stands where a value must; check the structure"
                    ),
                ));
            }
        };
        Ok(Node { place, value })
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, Fault> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, place) => items.push(self.node(event, place, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Vec<(Key, Node)>, Fault> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut lines: HashMap<String, usize> = HashMap::new();
        loop {
            let (event, place) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(entries);
            }
            let key = self.node(event, place, depth + 1)?;
            let Value::Scalar { text, plain } = key.value else {
                return Err(Fault::new(
                    place,
                    "a list or mapping stands where a name must; write `name: value`",
                ));
            };
            if plain && text == "<<" {
                return Err(Fault::new(
                    place,
                    "merge keys (`<<`) are not read; write the fields out",
                ));
            }
            if let Some(line) = lines.insert(text.clone(), place.line) {
                return Err(Fault::new(
                    place,
                    format_args!(
                        "`{text}` is here for the second time, first in line {line}; keep one"
                    ),
                ));
            }
            let (event, at) = self.next()?;
            let value = self.node(event, at, depth + 1)?;
            entries.push((Key { place, text }, value));
        }
    }
}

/// Anchors and tags make a text mean something else than what it says.
fn plain_yaml(place: Place, anchor: usize, tagged: bool) -> Result<(), Fault> {
    if anchor != 0 {
        return Err(Fault::new(
            place,
            "anchors (`&name`) are not read; remove it and write values out",
        ));
    }
    if tagged {
        return Err(Fault::new(
            place,
            "tags (`!name`) are not read; remove it, and quote a value that must be text",
        ));
    }
    Ok(())
}

fn place(marker: Marker) -> Place {
    Place {
        line: marker.line().max(1),
        column: marker.col() + 1,
    }
}

/// The JSON text of a value: members in the order written, plain numbers and booleans as they stand.
#[must_use]
pub fn to_json(node: &Node) -> String {
    let mut out = String::new();
    write_json(&mut out, node);
    out
}

fn write_json(out: &mut String, node: &Node) {
    match &node.value {
        Value::Scalar { text, plain } => match json_word(text) {
            Some(word) if *plain => out.push_str(word),
            _ => out.push_str(&json_string(text)),
        },
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { "," });
                write_json(out, item);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (i, (key, value)) in entries.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { "," });
                out.push_str(&json_string(&key.text));
                out.push(':');
                write_json(out, value);
            }
            out.push('}');
        }
    }
}

/// What an unquoted scalar means where JSON has a word for it. A date or an id with a leading zero has none and is
/// text.
fn json_word(text: &str) -> Option<&str> {
    match text {
        "true" | "True" | "TRUE" => Some("true"),
        "false" | "False" | "FALSE" => Some("false"),
        _ if is_null(text) => Some("null"),
        _ => serde_json::from_str::<serde_json::Number>(text)
            .is_ok()
            .then_some(text),
    }
}

fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (usize, usize, String) {
        let fault = parse(text).unwrap_err();
        (fault.place.line, fault.place.column, fault.message)
    }

    #[test]
    fn every_node_knows_its_line_and_column() {
        let root = parse("a: 1\nb:\n  - x\n  - é: {y: 'z'}\n").unwrap();
        let Value::Map(entries) = &root.value else {
            panic!("{root:?}")
        };
        let (key, value) = &entries[1];
        assert_eq!((key.place.line, key.place.column), (2, 1));
        let Value::List(items) = &value.value else {
            panic!("{value:?}")
        };
        let Value::Map(inner) = &items[1].value else {
            panic!("{items:?}")
        };
        let Value::Map(innermost) = &inner[0].1.value else {
            panic!("{inner:?}")
        };
        assert_eq!(
            innermost[0].1.place,
            Place {
                line: 4,
                column: 12
            }
        );
    }

    #[test]
    fn what_can_surprise_is_refused_with_its_place() {
        for (text, line, column, part) in [
            ("", 1, 1, "empty"),
            ("# only a comment\n", 2, 1, "empty"),
            ("a: 1\nb: 2\na: 3\n", 3, 1, "second time, first in line 1"),
            ("a: &x 1\n", 1, 4, "anchors"),
            ("a: !!str 1\n", 1, 4, "tags"),
            ("a: 1\n---\nb: 2\n", 2, 1, "second document"),
            ("? [a]\n: b\n", 1, 3, "where a name must"),
            ("a: {<<: {b: 1}}\n", 1, 5, "merge"),
            ("a: [1, 2\nb: 3\n", 2, 2, "not YAML"),
            ("a: \"x\n", 1, 4, "not YAML"),
        ] {
            let (l, c, message) = fault(text);
            assert!(message.contains(part), "{text:?}: {message}");
            assert!(message.contains("; "), "{text:?}: {message}");
            assert_eq!((l, c), (line, column), "{text:?}: {message}");
        }
    }

    #[test]
    fn deep_nesting_costs_an_error_not_the_stack() {
        for deep in [
            "[".repeat(100_000),
            "- ".repeat(100_000),
            "{a: ".repeat(50_000),
        ] {
            assert!(parse(&deep).is_err());
        }
    }

    #[test]
    fn many_names_cost_time_in_their_number_only() {
        let many: String = (0..100_000).map(|i| format!("a{i}:\n")).collect();
        let root = parse(&many).unwrap();
        assert!(matches!(root.value, Value::Map(entries) if entries.len() == 100_000));
    }

    #[test]
    fn values_become_json_as_they_are_meant() {
        let json = |text: &str| to_json(&parse(text).unwrap());
        assert_eq!(
            json(
                "Version: 2012-10-17\nn: [1, -2.50, 1e3, 007, 'true', true, ~]\ne: {}\ns: \"a\\\"b\\n\"\n"
            ),
            r#"{"Version":"2012-10-17","n":[1,-2.50,1e3,"007","true",true,null],"e":{},"s":"a\"b\n"}"#
        );
    }
}
