//! `Condition`: operators, keys, values (readings, 1.9).

use std::collections::HashSet;

use veriam_model::readings::{MixedValues, OperatorCase};

use crate::json::{Member, Node, Value};
use crate::notes::iam;

use super::operator_name::{self, Name, Parsed};
use super::{Condition, KeyValues, OperatorBlock, Reader, value};

/// Reads a `Condition`.
pub(super) fn read(node: &Node<'_>, reader: &mut Reader<'_>) -> Condition {
    let Some(operators) = object(node, reader) else {
        return Condition::default();
    };
    let mut blocks = Vec::new();
    for member in reader.distinct(operators) {
        let name = operator(member, reader);
        let keys = match object(&member.node, reader) {
            Some(keys) => block(name, keys, reader),
            None => Vec::new(),
        };
        if let Some(name) = name {
            blocks.push(OperatorBlock {
                operator: name.operator,
                set: name.set,
                if_exists: name.if_exists,
                keys,
            });
        }
    }
    let condition = Condition {
        is_empty: operators.is_empty(),
        blocks,
    };
    // IAM-040: empty blocks are accepted.
    reader.notes.cite_if(condition.has_empty_block(), iam(40));
    condition
}

/// IAM-041, IAM-044: an object, here and one level down.
fn object<'n, 't>(node: &'n Node<'t>, reader: &mut Reader<'_>) -> Option<&'n [Member<'t>]> {
    match &node.value {
        Value::Object(members) => return Some(members),
        Value::Null => reader.fault(iam(44), node.offset),
        _ => reader.fault(iam(41), node.offset),
    }
    None
}

/// The operator of a block; `None` if its name is faulty or it imposes nothing.
fn operator(member: &Member<'_>, reader: &mut Reader<'_>) -> Option<Name> {
    match operator_name::parse(&member.name) {
        Parsed::Exact(name) => {
            // IAM-047: prefix and suffix.
            reader
                .notes
                .cite_if(name.set.is_some() || name.if_exists, iam(47));
            Some(name)
        }
        Parsed::Miscased(name) => {
            if reader.notes.choose::<OperatorCase>() == OperatorCase::Lenient {
                return Some(name);
            }
            reader.fault(iam(46), member.offset);
            None
        }
        Parsed::Unknown => {
            // IAM-045: refused, but seen to be accepted over an empty block.
            if matches!(&member.node.value, Value::Object(keys) if keys.is_empty()) {
                reader.notes.cite(iam(45));
            } else {
                reader.fault(iam(45), member.offset);
            }
            None
        }
        Parsed::Misfit => {
            reader.fault(iam(47), member.offset);
            None
        }
    }
}

/// The keys of a block. Under a faulty operator (`None`) only duplicates and types are checked.
fn block(name: Option<Name>, keys: &[Member<'_>], reader: &mut Reader<'_>) -> Vec<KeyValues> {
    let mut names = HashSet::new();
    let mut read = Vec::new();
    for member in reader.distinct(keys) {
        let key = &member.name;
        // IAM-022: not even in other letter case.
        if !names.insert(key.to_ascii_lowercase()) {
            reader.fault(iam(22), member.offset);
        }
        // IAM-126: no variables in keys.
        reader.notes.cite_if(key.contains("${"), iam(126));
        // IAM-048, IAM-049: any key is accepted, also one that no request has.
        reader.notes.cite_if(!has_key_form(key), iam(48));
        reader.notes.cite_if(is_bare_tag_family(key), iam(49));
        read.push(KeyValues {
            key: key.to_string(),
            values: values(name, key, &member.node, reader),
        });
    }
    read
}

/// `prefix:name`.
fn has_key_form(key: &str) -> bool {
    key.split_once(':')
        .is_some_and(|(prefix, name)| !prefix.is_empty() && !name.is_empty())
}

/// A family of tag keys without the tag.
fn is_bare_tag_family(key: &str) -> bool {
    let families = ["aws:PrincipalTag", "aws:ResourceTag", "aws:RequestTag"];
    let key = key.strip_suffix('/').unwrap_or(key);
    families
        .iter()
        .any(|family| family.eq_ignore_ascii_case(key))
}

/// The values of a key, each as its text (IAM-042).
fn values(name: Option<Name>, key: &str, node: &Node<'_>, reader: &mut Reader<'_>) -> Vec<String> {
    let elements = reader.elements(node);
    let mut texts = Vec::new();
    for element in elements {
        let text = match &element.value {
            Value::Text(text) => text.to_string(),
            Value::Number(text) => {
                reader.notes.cite(iam(42));
                (*text).to_owned()
            }
            Value::Bool(value) => {
                reader.notes.cite(iam(42));
                value.to_string()
            }
            // IAM-044: null is no value.
            Value::Null => {
                reader.fault(iam(44), element.offset);
                continue;
            }
            // IAM-042: nor are objects and lists in lists.
            Value::List(_) | Value::Object(_) => {
                reader.fault(iam(42), element.offset);
                continue;
            }
        };
        if let Some(name) = name {
            value::check(name.operator, key, &text, element.offset, reader);
        }
        texts.push(text);
    }
    // IAM-043: perhaps of one type only.
    if name.is_some()
        && mixes_types(elements)
        && reader.notes.choose::<MixedValues>() == MixedValues::Refused
    {
        reader.fault(iam(43), node.offset);
    }
    texts
}

/// Whether strings, numbers and booleans stand side by side.
fn mixes_types(elements: &[Node<'_>]) -> bool {
    let has = |test: fn(&Value<'_>) -> bool| elements.iter().any(|e| test(&e.value));
    let types = [
        has(|v| matches!(v, Value::Text(_))),
        has(|v| matches!(v, Value::Number(_))),
        has(|v| matches!(v, Value::Bool(_))),
    ];
    types.iter().filter(|&&present| present).count() > 1
}

#[cfg(test)]
mod tests {
    use crate::document::testing::{assert_statement, assert_statement_under};
    use veriam_model::readings::{MixedValues, OperatorCase};
    use veriam_model::{Dialect, PolicyType};

    fn statement(condition: &str) -> String {
        format!(r#""Effect":"Deny","Action":"a:b","Resource":"*","Condition":{condition}"#)
    }

    fn assert_condition(condition: &str, expected: &[(u16, &str)]) {
        assert_statement(PolicyType::Identity, &statement(condition), expected);
    }

    #[test]
    fn a_condition_nests_operator_key_and_values() {
        for (condition, expected) in [
            ("{}", &[][..]),
            (r#"{"StringEquals":{}}"#, &[]),
            (
                r#"{"StringEquals":{"aws:a":"x","b":["y",7,true],"c:d":[]}}"#,
                &[],
            ),
            ("null", &[(44, "null")]),
            ("[]", &[(41, "[")]),
            ("true", &[(41, "true")]),
            (r#"{"StringEquals":["x"]}"#, &[(41, "[")]),
            (r#"{"StringEquals":null}"#, &[(44, "null")]),
            (r#"{"StringEquals":{"a:b":{}}}"#, &[(42, "{")]),
            (r#"{"StringEquals":{"a:b":null}}"#, &[(44, "null")]),
            (
                r#"{"StringEquals":{"a:b":["x",[],null,{}]}}"#,
                &[(42, "["), (44, "null"), (42, "{")],
            ),
        ] {
            assert_condition(condition, expected);
        }
    }

    #[test]
    fn operators_and_keys_do_not_repeat() {
        for (condition, expected) in [
            (r#"{"Bool":{"a:b":1},"Bool":5}"#, &[(20, "\"Bool\"")][..]),
            (r#"{"Bool":{"a:b":1,"a:b":null}}"#, &[(20, "\"a:b\"")]),
            (
                r#"{"Bool":{"a:b":1,"A:B":null}}"#,
                &[(22, "\"A:B\""), (44, "null")],
            ),
            (r#"{"Bool":{"a:b":1},"Null":{"a:b":true}}"#, &[]),
        ] {
            assert_condition(condition, expected);
        }
    }

    #[test]
    fn unknown_operators_are_refused_except_over_nothing() {
        for (condition, expected) in [
            (r#"{"Bogus":{"a:b":1}}"#, &[(45, "\"Bogus\"")][..]),
            (r#"{"Bogus":{}}"#, &[]),
            (r#"{"ForSomeValues:Bool":{}}"#, &[]),
            (r#"{"ForAnyValue::Bool":{}}"#, &[]),
            (
                r#"{"ForAnyValue::Bool":{"a:b":[1,true]}}"#,
                &[(45, "\"ForAnyValue::Bool\"")],
            ),
            (r#"{"Bogus":null}"#, &[(45, "\"Bogus\""), (44, "null")]),
            (
                r#"{"Bogus":{"a:b":{},"a:b":1,"A:B":"${"}}"#,
                &[
                    (45, "\"Bogus\""),
                    (42, "{"),
                    (20, "\"a:b\""),
                    (22, "\"A:B\""),
                ],
            ),
            (r#"{"NullIfExists":{}}"#, &[(47, "\"NullIfExists\"")]),
            (r#"{"bool":{}}"#, &[(46, "\"bool\"")]),
        ] {
            assert_condition(condition, expected);
        }
        let lenient = Dialect::default().with(OperatorCase::Lenient);
        let condition = statement(r#"{"bool":{"a:b":"x"},"datelessthan":{"a:b":"x"}}"#);
        assert_statement_under(&lenient, PolicyType::Identity, &condition, &[(74, "\"x\"")]);
    }

    #[test]
    fn a_dialect_may_refuse_mixed_types() {
        let dialect = Dialect::default().with(MixedValues::Refused);
        for (values, expected) in [
            (r#"["true",false]"#, &[(43, "[")][..]),
            (r#"[1,true]"#, &[(43, "[")]),
            (r#"["a","b"]"#, &[]),
            ("[]", &[]),
        ] {
            let statement = statement(&format!(r#"{{"StringEquals":{{"a:b":{values}}}}}"#));
            assert_statement(PolicyType::Identity, &statement, &[]);
            assert_statement_under(&dialect, PolicyType::Identity, &statement, expected);
        }
    }
}
