//! One statement: its members, `Sid` and `Effect` (readings, 1.3 and 1.5), and which other elements it must,
//! may and must not have (1.6).

use std::collections::HashSet;

use veriam_model::facts::STATEMENT_ELEMENTS;
use veriam_model::readings::DocumentAge;
use veriam_model::{PolicyType, Verb};

use crate::json::{Member, Node, Value};
use crate::notes::iam;

use super::{Listed, Reader, Statement, action, condition, principal, rcp, resource, scp};

/// The members of a statement that count.
pub(super) struct Members<'n, 't>(Vec<&'n Member<'t>>);

impl<'n, 't> Members<'n, 't> {
    pub(super) fn get(&self, name: &str) -> Option<&'n Member<'t>> {
        self.all(name).next()
    }

    /// Several only for `Effect`, `Action` and `Resource` of a document stored long ago (IAM-021).
    pub(super) fn all<'s>(
        &'s self,
        name: &'s str,
    ) -> impl DoubleEndedIterator<Item = &'n Member<'t>> {
        let members = self.0.iter().copied();
        members.filter(move |member| member.name == name)
    }
}

/// Reads the statement object that begins at `offset`.
///
/// `customer_rcp`: whether the limits on resource control policies of one's own apply (IAM-029). `sids`: the
/// non-empty Sids of the statements before.
pub(super) fn read(
    offset: usize,
    members: &[Member<'_>],
    customer_rcp: bool,
    sids: &mut HashSet<String>,
    reader: &mut Reader<'_>,
) -> Statement {
    let members = distinct(members, reader);
    for member in &members.0 {
        if !STATEMENT_ELEMENTS.contains(&member.name.as_ref()) {
            let miscased = STATEMENT_ELEMENTS
                .iter()
                .any(|m| m.eq_ignore_ascii_case(&member.name));
            // IAM-005: names are case-sensitive. IAM-004: there are no others.
            reader.fault(if miscased { iam(5) } else { iam(4) }, member.offset);
        }
    }
    let sid = members
        .get("Sid")
        .and_then(|member| sid(&member.node, sids, reader));
    let effect = effect(offset, &members, reader);
    let principal = principal::read(offset, &members, effect, customer_rcp, reader);
    let action = action_element(offset, &members, reader);
    let resource = resource_element(offset, &members, reader);
    let condition = members
        .get("Condition")
        .map(|member| condition::read(&member.node, reader));
    if reader.policy_type == PolicyType::Scp {
        scp::check(effect, &members, reader);
    }
    if customer_rcp {
        rcp::check(offset, &members, reader);
    }
    Statement {
        sid,
        effect: effect.unwrap_or(Verb::Deny),
        principal,
        action,
        resource,
        condition,
    }
}

/// Reports repeated members (IAM-020), except those that a stored document may have (IAM-021).
fn distinct<'n, 't>(members: &'n [Member<'t>], reader: &mut Reader<'_>) -> Members<'n, 't> {
    let mut names = HashSet::new();
    let mut distinct = Vec::with_capacity(members.len());
    for member in members {
        let repeated = !names.insert(&member.name);
        let tolerable = matches!(member.name.as_ref(), "Effect" | "Action" | "Resource");
        if repeated && !(tolerable && reader.notes.choose::<DocumentAge>() == DocumentAge::Stored) {
            reader.fault(iam(20), member.offset);
        } else {
            distinct.push(member);
        }
    }
    Members(distinct)
}

fn sid(node: &Node<'_>, sids: &mut HashSet<String>, reader: &mut Reader<'_>) -> Option<String> {
    // IAM-017: it never influences a decision.
    reader.notes.cite(iam(17));
    let Value::Text(sid) = &node.value else {
        // IAM-015: a string.
        reader.fault(iam(15), node.offset);
        return None;
    };
    if !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
        // IAM-015: letters and digits only in IAM's own policies, anything elsewhere.
        if reader.is_iam_type() {
            reader.fault(iam(15), node.offset);
        } else {
            reader.notes.cite(iam(15));
        }
    }
    if reader.is_iam_type() && !sid.is_empty() {
        // IAM-016: unique.
        if !sids.insert(sid.to_string()) {
            reader.fault(iam(16), node.offset);
        }
    }
    Some(sid.to_string())
}

fn effect(offset: usize, members: &Members<'_, '_>, reader: &mut Reader<'_>) -> Option<Verb> {
    // IAM-021: of several in a stored document the last one wins.
    let Some(member) = members.all("Effect").next_back() else {
        // IAM-018: required.
        reader.fault(iam(18), offset);
        return None;
    };
    match &member.node.value {
        Value::Text(text) if text == "Allow" => Some(Verb::Allow),
        Value::Text(text) if text == "Deny" => Some(Verb::Deny),
        _ => {
            // IAM-019: nothing else.
            reader.fault(iam(19), member.node.offset);
            None
        }
    }
}

/// IAM-024: exactly one of `Action` and `NotAction`.
fn action_element(offset: usize, members: &Members<'_, '_>, reader: &mut Reader<'_>) -> Listed {
    let not = members.get("Action").is_none();
    if not == members.get("NotAction").is_none() {
        reader.fault(iam(24), offset);
    }
    let mut values = Vec::new();
    for member in members.all("Action") {
        values.extend(action::read(false, &member.node, reader));
    }
    let mut not_values = Vec::new();
    for member in members.all("NotAction") {
        not_values.extend(action::read(true, &member.node, reader));
    }
    Listed {
        not,
        values: if not { not_values } else { values },
    }
}

/// IAM-025, IAM-026: which policy types need `Resource` or `NotResource`.
fn resource_element(
    offset: usize,
    members: &Members<'_, '_>,
    reader: &mut Reader<'_>,
) -> Option<Listed> {
    if reader.policy_type == PolicyType::Trust {
        // IAM-026: a trust policy is about its role.
        for member in members.all("Resource").chain(members.all("NotResource")) {
            reader.fault(iam(26), member.offset);
        }
        return None;
    }
    let not = members.get("Resource").is_none();
    let neither = not && members.get("NotResource").is_none();
    let both = !not && members.get("NotResource").is_some();
    let required = matches!(
        reader.policy_type,
        PolicyType::Identity
            | PolicyType::Boundary
            | PolicyType::Session
            | PolicyType::Scp
            | PolicyType::Rcp
    );
    if both || (neither && required) {
        reader.fault(iam(25), offset);
    }
    let mut values = Vec::new();
    for member in members.all("Resource") {
        values.extend(resource::read(false, &member.node, reader));
    }
    let mut not_values = Vec::new();
    for member in members.all("NotResource") {
        not_values.extend(resource::read(true, &member.node, reader));
    }
    if neither {
        // IAM-025: left out, the statement covers every resource.
        reader.notes.cite(iam(25));
        return None;
    }
    Some(Listed {
        not,
        values: if not { not_values } else { values },
    })
}

#[cfg(test)]
mod tests {
    use crate::document::testing::{assert_statement, assert_statement_under};
    use veriam_model::readings::DocumentAge;
    use veriam_model::{Dialect, PolicyType};

    #[test]
    fn a_statement_has_nine_members_and_needs_three() {
        for (statement, expected) in [
            (r#""Effect":"Allow","Action":"a:b","Resource":"*""#, &[][..]),
            (
                r#""Resource":"*","Sid":"","NotAction":"a:b","Effect":"Deny""#,
                &[],
            ),
            ("", &[(18, "{"), (24, "{"), (25, "{")]),
            (
                r#""Effect":"Allow","Action":"a:b","Resource":"*","Bank":[]"#,
                &[(4, "\"Bank\"")],
            ),
            (
                r#""effect":"Allow","Action":"a:b","Resource":"*""#,
                &[(18, "{"), (5, "\"effect\"")],
            ),
            (
                r#""Effect":"allow","Action":"a:b","Resource":"*""#,
                &[(19, "\"allow\"")],
            ),
            (
                r#""Effect":null,"Action":"a:b","Resource":"*""#,
                &[(19, "null")],
            ),
            (
                r#""Effect":"Allow","Action":"a:b","NotAction":"a:c","Resource":"*""#,
                &[(24, "{")],
            ),
            (
                r#""Effect":"Allow","Action":"a:b","Resource":"*","NotResource":"*""#,
                &[(25, "{")],
            ),
        ] {
            for policy_type in [
                PolicyType::Identity,
                PolicyType::Boundary,
                PolicyType::Session,
            ] {
                assert_statement(policy_type, statement, expected);
            }
        }
    }

    #[test]
    fn who_needs_a_resource_and_who_must_not_have_one() {
        let without = r#""Effect":"Deny","Principal":"*","Action":"a:b""#;
        let with = format!(r#"{without},"Resource":"x","NotResource":5"#);
        assert_statement(PolicyType::Trust, without, &[]);
        let refused = [(26, "\"Resource\""), (26, "\"NotResource\"")];
        assert_statement(PolicyType::Trust, &with, &refused);
        for policy_type in [PolicyType::Resource, PolicyType::Key, PolicyType::Endpoint] {
            assert_statement(policy_type, without, &[]);
            assert_statement(policy_type, &with, &[(25, "{"), (63, "\"x\""), (35, "5")]);
        }
        assert_statement(PolicyType::Rcp, without, &[(25, "{")]);
        assert_statement(
            PolicyType::Scp,
            r#""Effect":"Deny","Action":"a:b""#,
            &[(25, "{")],
        );
    }

    #[test]
    fn sids_are_strings_plain_and_unique_where_iam_stores_the_policy() {
        let rest = r#""Effect":"Deny","Principal":"*","Action":"a:b""#;
        for (sid, iam, elsewhere) in [
            ("\"Az09\"", &[][..], &[][..]),
            ("\"\"", &[], &[]),
            ("\"has space\"", &[(15, "\"has space\"")], &[]),
            ("{}", &[(15, "{")], &[(15, "{")]),
            ("7", &[(15, "7")], &[(15, "7")]),
        ] {
            let statement = format!(r#"{rest},"Sid":{sid}"#);
            assert_statement(PolicyType::Trust, &statement, iam);
            assert_statement(PolicyType::Resource, &statement, elsewhere);
        }
        let twice = |sid: &str| format!(r#"{rest},"Sid":"{sid}"}},{{"Sid":"{sid}",{rest}"#);
        assert_statement(PolicyType::Trust, &twice("a"), &[(16, "\"a\"")]);
        assert_statement(PolicyType::Trust, &twice(""), &[]);
        assert_statement(PolicyType::Resource, &twice("a"), &[]);
    }

    #[test]
    fn a_repeated_member_is_refused_unless_the_document_is_an_old_one() {
        let statement = r#""Effect":"deny","Effect":"Allow","Action":"a:b","Action":"b","Sid":"s","Sid":"t",
            "Resource":"*","Resource":"x""#;
        assert_statement(
            PolicyType::Identity,
            statement,
            &[
                (19, "\"deny\""),
                (20, "\"Effect\""),
                (20, "\"Action\""),
                (20, "\"Sid\""),
                (20, "\"Resource\""),
            ],
        );
        assert_statement_under(
            &Dialect::default().with(DocumentAge::Stored),
            PolicyType::Identity,
            statement,
            &[(59, "\"b\""), (20, "\"Sid\""), (63, "\"x\"")],
        );
    }
}
