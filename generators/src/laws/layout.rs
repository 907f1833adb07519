//! Other white space, other escapes, a list of one for its element and the reverse.

use super::edit_all;
use super::parts::{Lawful, member_mut, statements_mut};
use crate::draw::Draw;
use crate::shrink::Node;

/// Members whose value is a text or a list of texts.
const LISTS: [&str; 4] = ["Action", "NotAction", "Resource", "NotResource"];

pub(super) fn change<S: Lawful>(draw: &mut Draw<'_, '_>, case: &S) -> Option<S> {
    edit_all(case, |mut root| {
        lists(draw, &mut root);
        let mut text = String::new();
        write(draw, &root, &mut text);
        text
    })
}

fn lists(draw: &mut Draw<'_, '_>, root: &mut Node) {
    for statement in statements_mut(root) {
        for name in LISTS {
            if let Some(value) = member_mut(statement, name) {
                list(draw, value);
            }
        }
        for name in ["Principal", "NotPrincipal"] {
            // A bare `*` is no list.
            if let Some(Node::Object(members)) = member_mut(statement, name) {
                for (_, value) in members {
                    list(draw, value);
                }
            }
        }
        if let Some(Node::Object(operators)) = member_mut(statement, "Condition") {
            for (_, block) in operators {
                if let Node::Object(keys) = block {
                    for (_, value) in keys {
                        list(draw, value);
                    }
                }
            }
        }
    }
    match member_mut(root, "Statement") {
        Some(Node::Array(list)) if list.len() != 1 => {}
        Some(value) => list_or_element(draw, value),
        None => {}
    }
}

fn list(draw: &mut Draw<'_, '_>, value: &mut Node) {
    match value {
        // `null` may stand in some lists but nowhere alone.
        Node::Scalar(source) if source == "null" => {}
        Node::Array(list) if list.len() != 1 || list[0] == Node::Scalar("null".to_owned()) => {}
        Node::Object(_) => {}
        _ => list_or_element(draw, value),
    }
}

/// Turns a list of one into its element, or the reverse.
fn list_or_element(draw: &mut Draw<'_, '_>, value: &mut Node) {
    if !draw.chance(1, 2) {
        return;
    }
    let old = std::mem::replace(value, Node::Array(Vec::new()));
    *value = match old {
        Node::Array(mut list) => list.pop().unwrap_or(Node::Array(Vec::new())),
        other => Node::Array(vec![other]),
    };
}

fn write(draw: &mut Draw<'_, '_>, node: &Node, out: &mut String) {
    match node {
        Node::Scalar(source) => match node.text() {
            Some(text) => string(draw, &text, out),
            None => out.push_str(source),
        },
        Node::Array(elements) => {
            out.push('[');
            for (at, element) in elements.iter().enumerate() {
                separate(draw, at, out);
                write(draw, element, out);
            }
            space(draw, out);
            out.push(']');
        }
        Node::Object(members) => {
            out.push('{');
            for (at, (name, value)) in members.iter().enumerate() {
                separate(draw, at, out);
                string(draw, name, out);
                space(draw, out);
                out.push(':');
                space(draw, out);
                write(draw, value, out);
            }
            space(draw, out);
            out.push('}');
        }
    }
}

fn separate(draw: &mut Draw<'_, '_>, at: usize, out: &mut String) {
    if at > 0 {
        out.push(',');
    }
    space(draw, out);
}

fn space(draw: &mut Draw<'_, '_>, out: &mut String) {
    out.push_str(draw.one(&["", "", " ", "\n", "\t", "\r\n  "]));
}

/// A string with at most one character escaped without need.
fn string(draw: &mut Draw<'_, '_>, text: &str, out: &mut String) {
    let plain = Node::string(text).write();
    // Escapes that are needed stay where they are.
    let escaped = plain.contains('\\') || !draw.chance(1, 4);
    let chosen = draw.below(text.chars().count());
    match text.char_indices().nth(chosen) {
        Some((at, c)) if !escaped && c.is_ascii() => {
            out.push('"');
            out.push_str(&text[..at]);
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
            out.push_str(&text[at + 1..]);
            out.push('"');
        }
        _ => out.push_str(&plain),
    }
}
