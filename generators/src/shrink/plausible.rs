//! Whether policies look valid: enough of the grammar to keep what is made smaller from falling out of it.

use veriam_model::PolicyType;
use veriam_model::facts::{PARTITIONS, STATEMENT_ELEMENTS};

use super::search::Subject;
use super::tree::Node;
use crate::operators::BASES;

/// Whether every policy looks valid for its place.
pub(super) fn is_plausible<S: Subject>(subject: &S) -> bool {
    subject.slots().into_iter().all(|slot| {
        let node = subject.policy(slot).and_then(|p| Node::read(p.as_str()));
        node.is_some_and(|node| document(subject.policy_type(slot), &node))
    })
}

fn document(policy_type: PolicyType, root: &Node) -> bool {
    let Node::Object(members) = root else {
        return false;
    };
    let names = ["Version", "Id", "Statement"];
    if !distinct(members) || members.iter().any(|(name, _)| !names.contains(&&**name)) {
        return false;
    }
    let version = member(root, "Version").map(Node::text);
    let current = version
        .as_ref()
        .is_some_and(|v| v.as_deref() == Some("2012-10-17"));
    let known = match &version {
        None => true,
        Some(version) => current || version.as_deref() == Some("2008-10-17"),
    };
    if !known || policy_type == PolicyType::Rcp && !current {
        return false;
    }
    match member(root, "Statement") {
        Some(Node::Array(list)) => {
            !list.is_empty() && list.iter().all(|s| statement(policy_type, current, s))
        }
        Some(one) => statement(policy_type, current, one),
        None => false,
    }
}

fn statement(policy_type: PolicyType, current: bool, node: &Node) -> bool {
    use PolicyType as T;
    let Node::Object(members) = node else {
        return false;
    };
    let known = |name: &str| STATEMENT_ELEMENTS.contains(&name);
    if !distinct(members) || members.iter().any(|(name, _)| !known(name)) {
        return false;
    }
    let effect = member(node, "Effect").and_then(Node::text);
    let allow = effect.as_deref() == Some("Allow");
    if !allow && effect.as_deref() != Some("Deny") {
        return false;
    }
    let count = |names: [&str; 2]| names.iter().filter(|n| member(node, n).is_some()).count();
    let resources = count(["Resource", "NotResource"]);
    let resources_fit = match policy_type {
        T::Identity | T::Boundary | T::Session | T::Scp | T::Rcp => resources == 1,
        T::Trust => resources == 0,
        T::Resource | T::Key | T::Endpoint => resources <= 1,
    };
    let names_somebody = !matches!(policy_type, T::Identity | T::Boundary | T::Session | T::Scp);
    let principals_fit = count(["Principal", "NotPrincipal"]) == usize::from(names_somebody)
        && !(allow && member(node, "NotPrincipal").is_some());
    if policy_type == T::Rcp && !rcp(node, members.len(), allow) {
        return false;
    }
    count(["Action", "NotAction"]) == 1
        && resources_fit
        && principals_fit
        && members.iter().all(|(name, value)| match name.as_str() {
            "Action" | "NotAction" => texts(value, action),
            "Resource" | "NotResource" => texts(value, |text| {
                // Short ARNs are for others than RCPs (IAM-064).
                let whole = text == "*" || text.matches(':').count() > 4;
                resource(text) && (whole || policy_type != T::Rcp)
            }),
            "Principal" | "NotPrincipal" => principal(value),
            "Condition" => condition(value, current || policy_type != T::Endpoint),
            _ => true,
        })
}

/// RCPs deny actions by name, but for the policy that is always attached (readings, 1.8).
fn rcp(node: &Node, members: usize, allow: bool) -> bool {
    let is = |name: &str| {
        let star = |node: &Node| node.text().as_deref() == Some("*");
        match member(node, name) {
            Some(Node::Array(list)) => list.len() == 1 && list.iter().all(star),
            value => value.is_some_and(star),
        }
    };
    let everyone = matches!(member(node, "Principal"), Some(Node::Scalar(_)));
    let named = |value: &Node| texts(value, |text| text != "*");
    let sid = usize::from(member(node, "Sid").is_some());
    everyone
        && match allow {
            true => is("Action") && is("Resource") && members == 4 + sid,
            false => member(node, "Action").is_some_and(named),
        }
}

fn action(text: &str) -> bool {
    let wild = |part: &str| part.contains(['*', '?']);
    match text.split_once(':') {
        None => text == "*",
        Some((prefix, name)) => !prefix.is_empty() && !wild(prefix) && !name.contains(':'),
    }
}

fn resource(text: &str) -> bool {
    let mut parts = text.splitn(6, ':');
    let arn = parts.next() == Some("arn");
    let partition = parts.next().unwrap_or_default();
    text == "*" || arn && (partition == "*" || PARTITIONS.contains(&partition))
}

fn principal(value: &Node) -> bool {
    match value {
        Node::Scalar(_) => value.text().as_deref() == Some("*"),
        Node::Array(_) => false,
        Node::Object(kinds) => {
            let known = ["AWS", "Service", "Federated", "CanonicalUser"];
            !kinds.is_empty()
                && distinct(kinds)
                && kinds.iter().all(|(kind, names)| {
                    let everyone = |name: &str| name == "*" && kind == "AWS";
                    let one = |name: &str| !name.is_empty() && !name.contains(['*', '?']);
                    known.contains(&&**kind) && texts(names, |name| everyone(name) || one(name))
                })
        }
    }
}

/// Without variables the wildcards of an endpoint policy would need company (IAM-030).
fn condition(value: &Node, wild: bool) -> bool {
    let Node::Object(operators) = value else {
        return false;
    };
    let known = |name: &str| {
        let base = name.split_once(':').map_or(name, |(_, base)| base);
        let base = base.strip_suffix("IfExists").unwrap_or(base);
        BASES.iter().any(|b| b.name == base)
    };
    !operators.is_empty()
        && distinct(operators)
        && operators.iter().all(|(operator, block)| {
            let Node::Object(keys) = block else {
                return false;
            };
            let date = operator.contains("Date");
            let tame = !wild && operator.contains("Like") && operator.contains("String");
            let fits = |value: &Node| match value {
                Node::Scalar(source) => {
                    let text = value.text();
                    let text = text.as_deref().unwrap_or(source);
                    !(date && !is_date(text) || tame && text.contains(['*', '?']))
                }
                _ => false,
            };
            known(operator)
                && !keys.is_empty()
                && distinct(keys)
                && keys.iter().all(|(_, values)| match values {
                    Node::Array(list) => !list.is_empty() && list.iter().all(fits),
                    value => fits(value),
                })
        })
}

/// Dates look like dates (IAM-074).
fn is_date(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() >= 10 && bytes.all(|b| b.is_ascii_digit() || b"TtZz:.+-".contains(&b))
}

/// A string that passes, or a list of such; not an empty list.
fn texts(value: &Node, passes: impl Fn(&str) -> bool) -> bool {
    let fits = |node: &Node| node.text().is_some_and(|text| passes(&text));
    match value {
        Node::Array(list) => !list.is_empty() && list.iter().all(fits),
        one => fits(one),
    }
}

fn member<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    let at = (0..node.len()).find(|at| node.name(*at) == Some(name))?;
    node.child(at)
}

fn distinct(members: &[(String, Node)]) -> bool {
    let mut names = members.iter().map(|(name, _)| name).enumerate();
    names.all(|(at, name)| members[..at].iter().all(|(n, _)| n != name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use veriam_model::Case;

    #[test]
    fn generated_checks_and_calls_look_valid() {
        for group in 0..1_500 {
            for case in crate::generated_group(31, group) {
                match case {
                    Case::Check(check) => assert!(is_plausible(&*check), "{}", check.to_json()),
                    Case::Call(case) => assert!(is_plausible(&*case), "{case:?}"),
                    Case::Document(_) | Case::Put(_) => {}
                }
            }
        }
    }

    #[test]
    fn what_lacks_a_needed_part_does_not() {
        let valid = r#"{"Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":["*"]}}"#;
        let looks = |text: &str| document(PolicyType::Identity, &Node::read(text).expect("JSON"));
        assert!(looks(valid));
        for (old, new) in [
            ("Statement", "Statements"),
            (r#""Effect":"Allow","#, ""),
            ("Allow", "allow"),
            (r#""Action":"s3:Get*","#, ""),
            ("s3:Get*", "s3"),
            ("s3:Get*", "s*:Get"),
            (r#","Resource":["*"]"#, ""),
            (r#"["*"]"#, "[]"),
            (r#"["*"]"#, r#"["bucket"]"#),
            (r#""Effect""#, r#""Principal":"*","Effect""#),
            (r#""Effect""#, r#""Condition":{},"Effect""#),
            (r#""Effect""#, r#""Condition":{"Bool":{}},"Effect""#),
            (
                r#""Effect""#,
                r#""Condition":{"StringIs":{"a:b":"c"}},"Effect""#,
            ),
            (
                r#""Effect""#,
                r#""Condition":{"DateEquals":{"a:b":"c"}},"Effect""#,
            ),
        ] {
            assert!(!looks(&valid.replace(old, new)), "{old} -> {new}");
        }
    }
}
