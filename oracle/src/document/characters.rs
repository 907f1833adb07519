//! Which characters a policy may hold (IAM-070).

use crate::json::{Node, Value};
use crate::notes::iam;

use super::Reader;

/// In IAM's own policy types every string of the document is limited to TAB, LF, CR and U+0020…U+00FF,
/// member names included, wherever they stand.
pub(super) fn check(root: &Node<'_>, reader: &mut Reader<'_>) {
    if reader.is_iam_type() {
        check_node(root, reader);
    }
}

fn check_node(node: &Node<'_>, reader: &mut Reader<'_>) {
    match &node.value {
        Value::Text(text) => check_text(text, node.offset, reader),
        Value::List(elements) => {
            for element in elements {
                check_node(element, reader);
            }
        }
        Value::Object(members) => {
            for member in members {
                check_text(&member.name, member.offset, reader);
                check_node(&member.node, reader);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn check_text(text: &str, offset: usize, reader: &mut Reader<'_>) {
    let permitted = |c| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{FF}');
    if !text.chars().all(permitted) {
        reader.fault(iam(70), offset);
    }
}

#[cfg(test)]
mod tests {
    use crate::document::testing::assert_statement;
    use veriam_model::PolicyType;

    const REST: &str = r#""Effect":"Deny","Action":"s3:GetObject","Resource":"*""#;

    #[test]
    fn iam_policies_are_limited_to_latin_characters() {
        for (condition, expected) in [
            (r#"{"StringEquals":{"a:b":"\u00ff\t\n\r ~"}}"#, &[][..]),
            (
                r#"{"StringEquals":{"a:b":"\u0100"}}"#,
                &[(70, r#""\u0100""#)][..],
            ),
            (
                r#"{"StringEquals":{"a:b":"\u001f"}}"#,
                &[(70, r#""\u001f""#)][..],
            ),
            (
                r#"{"StringEquals":{"中":["x","中"]}}"#,
                &[(70, "\"中\""), (70, "\"中\"")][..],
            ),
        ] {
            let statement = format!("{REST},\"Condition\":{condition}");
            assert_statement(PolicyType::Identity, &statement, expected);
            assert_statement(PolicyType::Scp, &statement, &[]);
        }
    }

    #[test]
    fn strings_that_nobody_looks_into_count_too() {
        let statement = format!("{REST},\"Bank\":{{\"中\":1}}");
        assert_statement(
            PolicyType::Boundary,
            &statement,
            &[(4, "\"Bank\""), (70, "\"中\"")],
        );
    }
}
