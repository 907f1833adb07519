//! JSON Pointers (RFC 6901) of what begins at a byte.

use crate::json::{Node, Value};

/// The pointer to the value that begins at the offset, or whose member's name does; of nothing, empty like the root's.
pub(super) fn to(root: &Node<'_>, offset: usize) -> String {
    find(root, offset, String::new()).unwrap_or_default()
}

fn find(node: &Node<'_>, offset: usize, here: String) -> Option<String> {
    if node.offset == offset {
        return Some(here);
    }
    match &node.value {
        Value::Object(members) => members.iter().find_map(|member| {
            let name = member.name.replace('~', "~0").replace('/', "~1");
            let there = format!("{here}/{name}");
            if member.offset == offset {
                return Some(there);
            }
            find(&member.node, offset, there)
        }),
        Value::List(elements) => {
            let mut elements = elements.iter().enumerate();
            elements.find_map(|(i, element)| find(element, offset, format!("{here}/{i}")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn names_and_values_have_the_same_pointer() {
        let text = r#"{"a/b~":[1,{"\u0063":2}],"":{}}"#;
        let root = json::read(text.as_bytes()).expect("JSON");
        for (token, pointer) in [
            ("{\"a", ""),
            ("\"a/b", "/a~1b~0"),
            ("[1", "/a~1b~0"),
            ("1,", "/a~1b~0/0"),
            ("{\"\\u", "/a~1b~0/1"),
            ("\"\\u", "/a~1b~0/1/c"),
            ("2", "/a~1b~0/1/c"),
            ("\"\":", "/"),
            ("{}", "/"),
        ] {
            let offset = text.find(token).expect(token);
            assert_eq!(to(&root, offset), pointer, "{token}");
        }
    }
}
