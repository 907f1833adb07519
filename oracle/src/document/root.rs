//! The root object: `Version`, `Id`, `Statement` (readings, 1.3 and 1.4).

use std::collections::HashSet;

use veriam_model::PolicyType;
use veriam_model::readings::{IdentityId, IdentityVersion};

use crate::Version;
use crate::json::{Node, Value};
use crate::notes::iam;

use super::{Reader, Statement, rcp, statement};

const MEMBERS: [&str; 3] = ["Version", "Id", "Statement"];

/// Reads the root object of a document.
pub(super) fn read(root: &Node<'_>, reader: &mut Reader<'_>) -> Vec<Statement> {
    let Value::Object(members) = &root.value else {
        return Vec::new(); // json::read returns objects only
    };
    // IAM-023: members may stand in any order.
    reader.notes.cite(iam(23));
    let members = reader.distinct(members);
    for member in &members {
        if !MEMBERS.contains(&member.name.as_ref()) {
            let miscased = MEMBERS.iter().any(|m| m.eq_ignore_ascii_case(&member.name));
            // IAM-005: names are case-sensitive. IAM-003: there are no others.
            reader.fault(if miscased { iam(5) } else { iam(3) }, member.offset);
        }
    }
    let named = |name| members.iter().copied().find(|member| member.name == name);
    version(root, named("Version").map(|member| &member.node), reader);
    if let Some(member) = named("Id") {
        // IAM-017: it never influences a decision.
        reader.notes.cite(iam(17));
        id(member.offset, &member.node, reader);
    }
    match named("Statement") {
        // IAM-006: it is required.
        None => {
            reader.fault(iam(6), root.offset);
            Vec::new()
        }
        Some(member) => statements(&member.node, reader),
    }
}

fn version(root: &Node<'_>, node: Option<&Node<'_>>, reader: &mut Reader<'_>) {
    let (version, offset) = match node {
        None => {
            // IAM-010: read as 2008-10-17.
            reader.notes.cite(iam(10));
            (Version::Missing, root.offset)
        }
        Some(node) => match &node.value {
            Value::Text(text) if text == "2012-10-17" => (Version::V2012, node.offset),
            Value::Text(text) if text == "2008-10-17" => {
                // IAM-010: what a document without version is, too.
                reader.notes.cite(iam(10));
                (Version::V2008, node.offset)
            }
            _ => {
                // IAM-009: nothing else.
                reader.fault(iam(9), node.offset);
                (Version::Missing, node.offset)
            }
        },
    };
    reader.version = version;
    // IAM-012: an RCP says 2012-10-17.
    let missing_or_old = version == Version::V2008 || node.is_none();
    if reader.policy_type == PolicyType::Rcp && missing_or_old {
        reader.fault(iam(12), offset);
    }
    // IAM-011: perhaps identity policies have to say so, too.
    if reader.policy_type == PolicyType::Identity
        && missing_or_old
        && reader.notes.choose::<IdentityVersion>() == IdentityVersion::Refused
    {
        reader.fault(iam(11), offset);
    }
}

fn id(key: usize, node: &Node<'_>, reader: &mut Reader<'_>) {
    // IAM-014: a string.
    if !matches!(node.value, Value::Text(_)) {
        reader.fault(iam(14), node.offset);
    }
    // IAM-013: perhaps not in identity-based policies.
    if matches!(
        reader.policy_type,
        PolicyType::Identity | PolicyType::Boundary | PolicyType::Session
    ) && reader.notes.choose::<IdentityId>() == IdentityId::Refused
    {
        reader.fault(iam(13), key);
    }
}

/// IAM-007: one statement object, or an array of them.
fn statements(node: &Node<'_>, reader: &mut Reader<'_>) -> Vec<Statement> {
    let nodes = match &node.value {
        Value::Object(_) => {
            reader.notes.cite(iam(7));
            std::slice::from_ref(node)
        }
        Value::List(elements) => elements,
        _ => {
            reader.fault(iam(7), node.offset);
            return Vec::new();
        }
    };
    // IAM-008: an empty array is refused.
    if nodes.is_empty() {
        reader.fault(iam(8), node.offset);
    }
    // IAM-029 spares the full-access RCP that AWS attaches itself.
    let customer_rcp = reader.policy_type == PolicyType::Rcp && !rcp::is_full_access(nodes);
    let mut sids = HashSet::new();
    let mut statements = Vec::new();
    for node in nodes {
        match &node.value {
            Value::Object(members) => {
                let statement =
                    statement::read(node.offset, members, customer_rcp, &mut sids, reader);
                statements.push(statement);
            }
            _ => reader.fault(iam(7), node.offset),
        }
    }
    statements
}

#[cfg(test)]
mod tests {
    use crate::document::testing::{faults, faults_under};
    use veriam_model::readings::{IdentityId, IdentityVersion};
    use veriam_model::{Dialect, PolicyType};

    const STATEMENT: &str = r#"{"Effect":"Deny","Action":"a:b","Resource":"*"}"#;

    fn assert_faults(policy_type: PolicyType, text: &str, expected: &[(u16, &str)]) {
        let text = text.replace("S1", STATEMENT);
        let found = faults(policy_type, &text);
        let found: Vec<(u16, &str)> = found.iter().map(|(n, t)| (*n, t.as_str())).collect();
        assert_eq!(found, expected, "{policy_type} {text}");
    }

    #[test]
    fn the_root_has_three_members_and_needs_one() {
        for (text, expected) in [
            (r#"{"Statement":S1}"#, &[][..]),
            (
                r#"{"Statement":[S1,S1],"Id":"x","Version":"2012-10-17"}"#,
                &[],
            ),
            (r#"{"Version":"2012-10-17"}"#, &[(6, "{")]),
            (r#"{"Statement":S1,"Extra":1}"#, &[(3, "\"Extra\"")]),
            (r#"{"statement":S1}"#, &[(6, "{"), (5, "\"statement\"")]),
            (r#"{"Statement":S1,"version":1}"#, &[(5, "\"version\"")]),
            (
                r#"{"Statement":S1,"Statement":1}"#,
                &[(20, "\"Statement\"")],
            ),
            (
                r#"{"X":1,"X":2,"Statement":S1}"#,
                &[(3, "\"X\""), (20, "\"X\"")],
            ),
            (r#"{"Statement":[]}"#, &[(8, "[")]),
            (
                r#"{"Statement":["afd",S1,null]}"#,
                &[(7, "\"afd\""), (7, "null")],
            ),
            (r#"{"Statement":"x"}"#, &[(7, "\"x\"")]),
            (r#"{"Statement":S1,"Id":{}}"#, &[(14, "{")]),
        ] {
            assert_faults(PolicyType::Identity, text, expected);
        }
    }

    #[test]
    fn a_version_is_one_of_two_strings() {
        for (version, expected) in [
            ("\"2012-10-17\"", &[][..]),
            ("\"2008-10-17\"", &[]),
            ("\"2013-10-17\"", &[(9, "\"2013-10-17\"")]),
            ("20121017", &[(9, "20121017")]),
            ("\"2012-10-17 \"", &[(9, "\"2012-10-17 \"")]),
            ("null", &[(9, "null")]),
        ] {
            let text = format!(r#"{{"Version":{version},"Statement":S1}}"#);
            assert_faults(PolicyType::Identity, &text, expected);
        }
    }

    #[test]
    fn an_rcp_must_say_2012() {
        let statement = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#;
        for (version, expected) in [
            (r#""Version":"2012-10-17","#, &[][..]),
            (r#""Version":"2008-10-17","#, &[(12, "\"2008-10-17\"")]),
            ("", &[(12, "{")]),
            (r#""Version":"x","#, &[(9, "\"x\"")]),
        ] {
            let text = format!(r#"{{{version}"Statement":{statement}}}"#);
            assert_faults(PolicyType::Rcp, &text, expected);
        }
    }

    #[test]
    fn a_dialect_may_refuse_old_versions_and_ids_in_identity_policies() {
        let dialect = Dialect::default()
            .with(IdentityVersion::Refused)
            .with(IdentityId::Refused);
        let numbers = |policy_type, text: &str| -> Vec<u16> {
            let text = text.replace("S1", STATEMENT);
            let faults = faults_under(policy_type, &text, &dialect);
            faults.into_iter().map(|(number, _)| number).collect()
        };
        let old = r#"{"Id":"x","Statement":S1}"#;
        assert_eq!(numbers(PolicyType::Identity, old), [11, 13]);
        assert_eq!(numbers(PolicyType::Boundary, old), [13]);
        assert_eq!(numbers(PolicyType::Session, old), [13]);
        assert_eq!(numbers(PolicyType::Scp, old), [0_u16; 0]);
        let bad = r#"{"Version":"x","Statement":S1}"#;
        assert_eq!(numbers(PolicyType::Identity, bad), [9]);
        let old = r#"{"Version":"2008-10-17","Statement":S1}"#;
        assert_eq!(numbers(PolicyType::Identity, old), [11]);
        let new = r#"{"Version":"2012-10-17","Statement":S1}"#;
        assert_eq!(numbers(PolicyType::Identity, new), [0_u16; 0]);
    }
}
