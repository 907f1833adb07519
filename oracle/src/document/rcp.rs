//! Limits on resource control policies (IAM-029; readings, 1.8).

use crate::json::{Member, Node, Value};
use crate::notes::iam;

use super::Reader;
use super::statement::Members;

/// Whether the statements are those of the full-access policy that AWS attaches everywhere: one Allow of
/// everything to everyone. It is exempt from the limits.
pub(super) fn is_full_access(statements: &[Node<'_>]) -> bool {
    let [statement] = statements else {
        return false;
    };
    let Value::Object(members) = &statement.value else {
        return false;
    };
    let get = |name| members.iter().find(|m: &&Member<'_>| m.name == name);
    let is = |name, wanted: &str| get(name).is_some_and(|m| is_text(&m.node, wanted));
    let is_star = |name| {
        get(name).is_some_and(|member| match &member.node.value {
            Value::List(elements) => matches!(elements.as_slice(), [one] if is_text(one, "*")),
            _ => is_text(&member.node, "*"),
        })
    };
    let others = ["NotPrincipal", "NotAction", "NotResource", "Condition"];
    is("Effect", "Allow")
        && is("Principal", "*")
        && is_star("Action")
        && is_star("Resource")
        && others.iter().all(|name| get(name).is_none())
}

/// Checks a statement of any other RCP. Its `NotPrincipal` is refused where principals are read.
pub(super) fn check(offset: usize, members: &Members<'_, '_>, reader: &mut Reader<'_>) {
    match members.get("Principal") {
        None => reader.fault(iam(29), offset),
        Some(member) if !is_text(&member.node, "*") => reader.fault(iam(29), member.node.offset),
        Some(_) => {}
    }
    if let Some(member) = members.get("NotAction") {
        reader.fault(iam(29), member.offset);
    }
    if let Some(member) = members.all("Effect").next_back()
        && is_text(&member.node, "Allow")
    {
        reader.fault(iam(29), member.node.offset);
    }
    for member in members.all("Action") {
        let elements = match &member.node.value {
            Value::List(elements) => elements.as_slice(),
            _ => std::slice::from_ref(&member.node),
        };
        for element in elements.iter().filter(|element| is_text(element, "*")) {
            reader.fault(iam(29), element.offset);
        }
    }
}

fn is_text(node: &Node<'_>, wanted: &str) -> bool {
    matches!(&node.value, Value::Text(text) if text == wanted)
}

#[cfg(test)]
mod tests {
    use crate::document::testing::assert_statement;
    use veriam_model::PolicyType;

    #[test]
    fn the_full_access_policy_is_exempt_and_nothing_else() {
        for (statement, expected) in [
            (
                r#""Effect":"Allow","Principal":"*","Action":"*","Resource":"*""#,
                &[][..],
            ),
            (
                r#""Sid":"a b","Effect":"Allow","Principal":"*","Action":["*"],"Resource":["*"]"#,
                &[],
            ),
            (
                r#""Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{}"#,
                &[(29, "\"Allow\""), (29, "\"*\"")],
            ),
            (
                r#""Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*""#,
                &[(29, "\"Allow\"")],
            ),
            (
                r#""Effect":"Deny","Principal":"*","Action":["s3:*","*"],"Resource":"*""#,
                &[(29, "\"*\"")],
            ),
            (
                r#""Effect":"Deny","Principal":{"AWS":"*"},"NotAction":"x","Resource":"*""#,
                &[(29, "{"), (29, "\"NotAction\""), (59, "\"x\"")],
            ),
            (
                r#""Effect":"Deny","NotPrincipal":5,"Action":"s3:*","Resource":"*""#,
                &[(29, "{"), (29, "\"NotPrincipal\"")],
            ),
            (
                r#""Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*""#,
                &[],
            ),
        ] {
            assert_statement(PolicyType::Rcp, statement, expected);
        }
    }
}
