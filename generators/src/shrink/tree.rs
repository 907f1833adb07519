//! JSON as the shrinker sees it: scalars keep their source text, members their order and repetitions.

use std::fmt;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

/// Nothing that is nested deeper is taken apart.
const DEPTH: usize = 64;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// A string (with its quotation marks and escapes), number, Boolean or null, as it was written.
    Scalar(String),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Reads a text; nothing if it is no JSON, or nested too deeply.
    pub(crate) fn read(text: &str) -> Option<Self> {
        read(text, DEPTH)
    }

    /// A string scalar.
    pub(crate) fn string(text: &str) -> Self {
        Node::Scalar(quoted(text))
    }

    /// The meaning of a string scalar.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Node::Scalar(source) => serde_json::from_str(source).ok(),
            _ => None,
        }
    }

    /// The value without any white space.
    pub(crate) fn write(&self) -> String {
        let mut out = String::new();
        self.write_to(&mut out);
        out
    }

    fn write_to(&self, out: &mut String) {
        match self {
            Node::Scalar(source) => out.push_str(source),
            Node::Array(elements) => {
                for (i, element) in elements.iter().enumerate() {
                    out.push(if i == 0 { '[' } else { ',' });
                    element.write_to(out);
                }
                out.push_str(if elements.is_empty() { "[]" } else { "]" });
            }
            Node::Object(members) => {
                for (i, (name, member)) in members.iter().enumerate() {
                    out.push(if i == 0 { '{' } else { ',' });
                    out.push_str(&quoted(name));
                    out.push(':');
                    member.write_to(out);
                }
                out.push_str(if members.is_empty() { "{}" } else { "}" });
            }
        }
    }

    /// How many elements or members the value has.
    pub(crate) fn len(&self) -> usize {
        match self {
            Node::Scalar(_) => 0,
            Node::Array(elements) => elements.len(),
            Node::Object(members) => members.len(),
        }
    }

    /// The name of the `index`-th member; nothing in arrays.
    pub(crate) fn name(&self, index: usize) -> Option<&str> {
        match self {
            Node::Object(members) => members.get(index).map(|(name, _)| name.as_str()),
            _ => None,
        }
    }

    /// The `index`-th element or member.
    pub(crate) fn child(&self, index: usize) -> Option<&Node> {
        match self {
            Node::Scalar(_) => None,
            Node::Array(elements) => elements.get(index),
            Node::Object(members) => members.get(index).map(|(_, member)| member),
        }
    }

    fn child_mut(&mut self, index: usize) -> Option<&mut Node> {
        match self {
            Node::Scalar(_) => None,
            Node::Array(elements) => elements.get_mut(index),
            Node::Object(members) => members.get_mut(index).map(|(_, member)| member),
        }
    }

    /// What lies at the path, a list of indexes from here down.
    pub(crate) fn at(&self, path: &[usize]) -> Option<&Node> {
        path.iter().try_fold(self, |node, &index| node.child(index))
    }

    /// What lies at the path, to be changed.
    pub(crate) fn at_mut(&mut self, path: &[usize]) -> Option<&mut Node> {
        path.iter()
            .try_fold(self, |node, &index| node.child_mut(index))
    }

    /// Removes `count` elements or members from `start` on.
    pub(crate) fn remove(&mut self, start: usize, count: usize) {
        let end = self.len().min(start + count);
        match self {
            Node::Array(elements) if start < end => drop(elements.drain(start..end)),
            Node::Object(members) if start < end => drop(members.drain(start..end)),
            _ => {}
        }
    }

    /// Gives the `index`-th member another name.
    pub(crate) fn rename(&mut self, index: usize, name: &str) {
        if let Node::Object(members) = self
            && let Some((old, _)) = members.get_mut(index)
        {
            name.clone_into(old);
        }
    }

    /// Calls `visit` for every string scalar, which it may change.
    pub(crate) fn for_each_scalar(&mut self, visit: &mut dyn FnMut(&mut String)) {
        match self {
            Node::Scalar(source) => visit(source),
            Node::Array(elements) => {
                for element in elements {
                    element.for_each_scalar(visit);
                }
            }
            Node::Object(members) => {
                for (_, member) in members {
                    member.for_each_scalar(visit);
                }
            }
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn read(text: &str, depth: usize) -> Option<Node> {
    let depth = depth.checked_sub(1)?;
    match text.trim_ascii_start().as_bytes().first()? {
        b'{' => {
            let members: Members<'_> = serde_json::from_str(text).ok()?;
            let members = members.0.into_iter();
            let members = members.map(|(name, member)| Some((name, read(member.get(), depth)?)));
            Some(Node::Object(members.collect::<Option<_>>()?))
        }
        b'[' => {
            let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            let elements = elements.into_iter().map(|e| read(e.get(), depth));
            Some(Node::Array(elements.collect::<Option<_>>()?))
        }
        _ => {
            let scalar: &RawValue = serde_json::from_str(text).ok()?;
            Some(Node::Scalar(scalar.get().to_owned()))
        }
    }
}

/// The members of an object in order, repetitions included.
struct Members<'t>(Vec<(String, &'t RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_keeps_order_repetitions_and_spelling() {
        let text = " { \"b\" : [ 1.50 , \"\\u0061/\" , null ] ,\n \"a\" : { } , \"b\" : [ ] } ";
        let node = Node::read(text).expect("valid JSON");
        let compact = r#"{"b":[1.50,"\u0061/",null],"a":{},"b":[]}"#;
        assert_eq!(node.write(), compact);
        assert_eq!(Node::read(compact), Some(node));
    }

    #[test]
    fn what_is_no_json_or_too_deep_is_not_read() {
        for text in ["", "{", "{}x", "[1,]", "'a'"] {
            assert_eq!(Node::read(text), None, "{text}");
        }
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(Node::read(&deep), None);
        assert!(Node::read(&format!("{}{}", "[".repeat(60), "]".repeat(60))).is_some());
    }

    #[test]
    fn parts_are_found_and_removed_by_path() {
        let mut node = Node::read(r#"{"a":[1,2,3],"b":{"c":"x"}}"#).expect("valid JSON");
        assert_eq!(node.at(&[1, 0]).and_then(Node::text).as_deref(), Some("x"));
        assert_eq!(node.at(&[1, 1]), None);
        node.at_mut(&[0]).expect("there").remove(1, 9);
        node.rename(1, "d");
        assert_eq!(node.write(), r#"{"a":[1],"d":{"c":"x"}}"#);
    }
}
