//! From an offset to a JSON Pointer (RFC 6901).

use std::fmt::Write as _;

use crate::json::Value;

/// The pointer to the value that begins at an offset, or whose member's name does; empty for the root.
pub(super) fn to(root: Value<'_, '_>, offset: usize) -> String {
    let mut pointer = String::new();
    let mut value = root;
    while value.offset() != offset {
        let Some((inner, is_there)) = step(value, offset, &mut pointer) else {
            break;
        };
        if is_there {
            break;
        }
        value = inner;
    }
    pointer
}

/// Goes into the member or element that holds the offset; says also whether it is its name that begins there.
fn step<'j, 'a>(
    value: Value<'j, 'a>,
    offset: usize,
    pointer: &mut String,
) -> Option<(Value<'j, 'a>, bool)> {
    if let Some(mut members) = value.members() {
        let (name, inner) = members.find(|(_, inner)| offset < inner.span().end)?;
        push_name(&name.string().unwrap_or_default(), pointer);
        return Some((inner, name.offset() == offset));
    }
    let mut elements = value.elements()?.enumerate();
    let (place, inner) = elements.find(|(_, inner)| offset < inner.span().end)?;
    // Writing to a string does not fail.
    let _ = write!(pointer, "/{place}");
    Some((inner, false))
}

fn push_name(name: &str, pointer: &mut String) {
    pointer.push('/');
    for character in name.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;

    #[test]
    fn every_value_and_name_is_pointed_at() {
        let text = r#" {"a" : [1, {"b\/~c\u0041": [[], null]}], "": {"": true}}"#;
        let json = Json::read(text, 32).expect("JSON");
        for (found, nth, expected) in [
            ("{", 0, ""),
            ("\"a\"", 0, "/a"),
            ("[", 0, "/a"),
            ("1", 0, "/a/0"),
            ("{", 1, "/a/1"),
            ("\"b", 0, "/a/1/b~1~0cA"),
            ("[", 1, "/a/1/b~1~0cA"),
            ("[", 2, "/a/1/b~1~0cA/0"),
            ("null", 0, "/a/1/b~1~0cA/1"),
            ("\"\"", 0, "/"),
            ("\"\"", 1, "//"),
            ("true", 0, "//"),
        ] {
            let (offset, _) = text.match_indices(found).nth(nth).expect("it is there");
            assert_eq!(to(json.root(), offset), expected, "{found} {nth}");
        }
    }
}
