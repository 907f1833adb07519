//! `Action` and `NotAction` (readings, 1.6).

use veriam_model::readings::{ActionPrefixWildcard, EmptyAction, EmptyNot};

use crate::json::{Node, Value};
use crate::notes::iam;
use crate::wildcard::has_wildcard;

use super::Reader;

/// Reads the value of an element: its action strings.
pub(super) fn read(not: bool, node: &Node<'_>, reader: &mut Reader<'_>) -> Vec<String> {
    let mut actions = Vec::new();
    let elements = reader.elements(node);
    for element in elements {
        match &element.value {
            Value::Text(text) => {
                check(text, element.offset, reader);
                actions.push(text.to_string());
            }
            // IAM-035: strings only.
            _ => reader.fault(iam(35), element.offset),
        }
    }
    if elements.is_empty() {
        empty(not, node.offset, reader);
    }
    actions
}

fn empty(not: bool, offset: usize, reader: &mut Reader<'_>) {
    if not {
        // IAM-039: perhaps everything, to be refused.
        if reader.notes.choose::<EmptyNot>() == EmptyNot::Refused {
            reader.fault(iam(39), offset);
        }
    } else if reader.notes.choose::<EmptyAction>() == EmptyAction::Refused {
        // IAM-036: nothing, perhaps not stored.
        reader.fault(iam(36), offset);
    }
}

/// One action string.
fn check(text: &str, offset: usize, reader: &mut Reader<'_>) {
    if text == "*" {
        return;
    }
    if text.contains("${") {
        // IAM-126: no variables here; IAM-068 refuses them where they exist.
        reader.notes.cite(iam(126));
        if reader.is_2012() {
            reader.fault(iam(68), offset);
            return;
        }
    }
    // IAM-059: prefix, one colon, name.
    let Some((prefix, name)) = text.split_once(':') else {
        reader.fault(iam(59), offset);
        return;
    };
    if name.contains(':') || prefix.is_empty() {
        reader.fault(iam(59), offset);
        return;
    }
    if text == "*:*" {
        // IAM-060: accepted as every action.
        reader.notes.cite(iam(60));
        return;
    }
    if has_wildcard(prefix) {
        if reader.notes.choose::<ActionPrefixWildcard>() == ActionPrefixWildcard::Refused {
            reader.fault(iam(60), offset);
        }
        return;
    }
    let permitted = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    if !prefix.bytes().all(permitted) {
        reader.fault(iam(59), offset);
    }
    // IAM-061, IAM-062: the name may be anything.
}

#[cfg(test)]
mod tests {
    use crate::document::testing::{assert_statement, assert_statement_under};
    use veriam_model::readings::{ActionPrefixWildcard, EmptyAction, EmptyNot};
    use veriam_model::{Dialect, PolicyType};

    fn assert_action(value: &str, expected: &[(u16, &str)]) {
        for element in ["Action", "NotAction"] {
            let statement = format!(r#""Effect":"Deny","Resource":"*","{element}":{value}"#);
            assert_statement(PolicyType::Identity, &statement, expected);
        }
    }

    #[test]
    fn an_action_is_a_star_or_a_prefix_one_colon_and_any_name() {
        for action in [
            "*",
            "*:*",
            "s3:*",
            "s3:Get?bject",
            "execute-api:Invoke",
            "a.b-c:D",
            "iam: asdf ...",
            "s3:",
            "s3:GetObject,PutObject",
            "S3:x",
        ] {
            assert_action(&format!("\"{action}\""), &[]);
        }
        for (action, rule) in [
            ("", 59),
            ("ListBucket", 59),
            ("s3:List:Bucket", 59),
            (":List", 59),
            ("a a:ListBucket", 59),
            ("é:x", 59),
            ("**", 59),
            ("s*:GetObject", 60),
            ("?3:GetObject", 60),
            ("*:Get*", 60),
            ("a *:x", 60),
            ("s3:${x}", 68),
            ("${x}", 68),
        ] {
            let quoted = format!("\"{action}\"");
            assert_action(&quoted, &[(rule, &quoted)]);
        }
    }

    #[test]
    fn a_list_holds_strings_only_and_is_reported_by_element() {
        assert_action(
            r#"["s3:Get",["x"],{},7,null,"x"]"#,
            &[(35, "["), (35, "{"), (35, "7"), (35, "null"), (59, "\"x\"")],
        );
        assert_action("null", &[(35, "null")]);
        assert_action("{}", &[(35, "{")]);
    }

    #[test]
    fn an_empty_list_selects_nothing_and_its_complement_is_refused() {
        let statement = |element| format!(r#""Effect":"Deny","Resource":"*","{element}":[]"#);
        assert_statement(PolicyType::Identity, &statement("Action"), &[]);
        assert_statement(PolicyType::Identity, &statement("NotAction"), &[(39, "[")]);
        let other = Dialect::default()
            .with(EmptyAction::Refused)
            .with(EmptyNot::Everything);
        assert_statement_under(
            &other,
            PolicyType::Identity,
            &statement("Action"),
            &[(36, "[")],
        );
        assert_statement_under(&other, PolicyType::Identity, &statement("NotAction"), &[]);
    }

    #[test]
    fn a_dialect_may_accept_wildcards_in_the_prefix() {
        let dialect = Dialect::default().with(ActionPrefixWildcard::Accepted);
        let statement =
            r#""Effect":"Deny","Resource":"*","Action":["s*:Get","*:","a b*:x","a b:x"]"#;
        assert_statement_under(
            &dialect,
            PolicyType::Identity,
            statement,
            &[(59, "\"a b:x\"")],
        );
    }

    #[test]
    fn variables_are_plain_text_in_older_documents() {
        let text = r#"{"Statement":{"Effect":"Deny","Resource":"*","Action":"s3:${x}"}}"#;
        assert_eq!(
            crate::document::testing::faults(PolicyType::Identity, text),
            []
        );
    }
}
