//! Generated checks keep to settled ground: inputs that the rules mark as never to be generated do not occur.
//!
//! These tests look at texts only; that no verdict turns on an open choice is measured with the judges.

use serde_json::Value;
use veriam_generators::generated_check;
use veriam_model::facts::context_key;
use veriam_model::{Check, PolicySlot};

/// A statement with what surrounds it.
struct Found<'c> {
    check: &'c Check,
    slot: PolicySlot,
    current: bool,
    statement: Value,
}

impl Found<'_> {
    fn strings(&self, element: &str) -> Vec<String> {
        strings(&self.statement[element])
    }

    /// Operator, key and values of every test.
    fn tests(&self) -> Vec<(String, String, Vec<String>)> {
        let operators = self.statement["Condition"].as_object();
        let blocks = operators.into_iter().flatten();
        let tests = blocks.flat_map(|(operator, block)| {
            let keys = block.as_object().into_iter().flatten();
            keys.map(move |(key, values)| (operator.clone(), key.clone(), strings(values)))
        });
        tests.collect()
    }

    fn context(&self, key: &str) -> Option<&[String]> {
        let mut entries = self.check.context.iter();
        entries
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, values)| values)
    }

    fn caller_has_no_iam_identity(&self) -> bool {
        self.check.principal.account.is_none()
    }
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(list) => list.iter().flat_map(strings).collect(),
        Value::Number(number) => vec![number.to_string()],
        Value::Bool(value) => vec![value.to_string()],
        _ => Vec::new(),
    }
}

fn each(seed: u64, visit: impl Fn(&Found<'_>)) {
    for index in 0..20_000 {
        let check = generated_check(seed, index);
        for (slot, policy) in check.policies() {
            let document: Value = serde_json::from_str(policy.as_str()).expect("valid JSON");
            let statements = match &document["Statement"] {
                Value::Array(list) => list.clone(),
                one => vec![one.clone()],
            };
            for statement in statements {
                visit(&Found {
                    check: &check,
                    slot,
                    current: document["Version"] == "2012-10-17",
                    statement,
                });
            }
        }
    }
}

fn is_trust(found: &Found<'_>) -> bool {
    found.slot == PolicySlot::Resource && found.check.resource.arn.contains(":role/")
}

#[test]
fn principals_have_a_settled_meaning_for_the_caller() {
    each(20, |found| {
        let who = &found.statement["Principal"];
        let object = strings(&who["AWS"]).iter().any(|name| name == "*");
        // IAM-103
        assert!(
            !(object && found.caller_has_no_iam_identity()),
            "{}",
            found.check.to_json()
        );
        // IAM-053
        assert!(!(who == "*" && is_trust(found)));
        // IAM-032, IAM-123
        let except = !found.statement["NotPrincipal"].is_null();
        assert!(!(except && found.statement["Effect"] == "Allow"));
        // IAM-030: at a gateway endpoint an account means its root user.
        let service = found
            .check
            .action
            .split(':')
            .next()
            .unwrap_or_default()
            .to_lowercase();
        if found.slot == PolicySlot::Endpoint && matches!(&service[..], "s3" | "dynamodb") {
            for name in strings(&who["AWS"]) {
                assert!(
                    name == "*" || name.starts_with('A') || name.contains('/'),
                    "{name}"
                );
            }
            assert!(!except);
        }
    });
}

#[test]
fn patterns_have_a_settled_meaning() {
    each(21, |found| {
        let resource = &found.check.resource.arn;
        // IAM-093: no resource has more colons than ARNs need.
        assert!(
            resource == "*" || resource.matches(':').count() == 5,
            "{resource}"
        );
        for element in ["Resource", "NotResource"] {
            for pattern in found.strings(element) {
                // IAM-100
                assert!(resource != "*" || pattern == "*", "{pattern}");
                if pattern == "*" {
                    continue;
                }
                let parts: Vec<&str> = pattern.splitn(6, ':').collect();
                assert_eq!(parts[0], "arn", "{pattern}");
                // IAM-067
                assert!(!parts[2].contains(['*', '?']), "{pattern}");
                if parts.len() < 6 {
                    // IAM-064, IAM-093
                    assert!(pattern.ends_with('*') && parts[2] != "s3", "{pattern}");
                    assert!(!matches!(found.slot, PolicySlot::Rcp(..)), "{pattern}");
                }
            }
        }
        for element in ["Action", "NotAction"] {
            for action in found.strings(element) {
                let prefix = action.split(':').next().unwrap_or_default();
                // IAM-060
                assert!(action == "*" || !prefix.contains(['*', '?']), "{action}");
            }
        }
        // IAM-198: a variable in NotResource has a value.
        for pattern in found
            .strings("NotResource")
            .iter()
            .filter(|_| found.current)
        {
            let variables = pattern.split("${").skip(1);
            for variable in variables.filter(|v| !v.starts_with(['*', '?', '$'])) {
                let name = variable.split(['}', ',']).next().unwrap_or_default();
                let single = found.context(name).is_some_and(|values| values.len() == 1);
                assert!(single || variable.contains(", '"), "{pattern}");
            }
        }
    });
}

#[test]
fn condition_tests_have_a_settled_answer() {
    each(22, |found| {
        for (operator, key, values) in found.tests() {
            let what = format!("{operator} {key} {values:?} {:?}", found.context(&key));
            let (set, base) = match operator.split_once(':') {
                Some((set, base)) => (Some(set), base),
                None => (None, operator.as_str()),
            };
            let plain_base = base.trim_end_matches("IfExists");
            let many = context_key(&key).is_some_and(|k| k.multivalued);
            let request = found.context(&key);
            // IAM-152
            assert!(!values.is_empty(), "{what}");
            // IAM-151
            if set.is_none() && base != "Null" {
                assert!(!many && request.is_none_or(|r| r.len() == 1), "{what}");
            }
            // IAM-148
            if set == Some("ForAnyValue") && base.ends_with("IfExists") {
                assert!(request.is_some(), "{what}");
            }
            // IAM-142
            let present = request.is_some_and(|r| !r.is_empty());
            if base == "Null" && present {
                assert!(set != Some("ForAllValues") || values == ["false"], "{what}");
                assert!(set != Some("ForAnyValue") || values == ["true"], "{what}");
            }
            // IAM-141, IAM-147
            let empty_text = request.is_some_and(|r| r.iter().any(String::is_empty));
            assert!(!(empty_text && (base == "Null" || set.is_some())), "{what}");
            let sides = || values.iter().chain(request.into_iter().flatten());
            match plain_base {
                _ if plain_base.starts_with("Numeric") => {
                    assert!(sides().all(|v| v.parse::<f64>().is_ok()), "{what}");
                }
                _ if plain_base.starts_with("Date") => {
                    // IAM-166: four digits would be a year.
                    assert!(sides().all(|v| v.len() >= 10), "{what}");
                }
                "Bool" => assert!(sides().all(|v| v == "true" || v == "false"), "{what}"),
                "IpAddress" | "NotIpAddress" => {
                    // IAM-176, IAM-180
                    let bare = values.iter().any(|v| v.contains(':') && !v.contains('/'));
                    assert!(!bare && sides().all(|v| !v.contains("ffff:")), "{what}");
                }
                _ if plain_base.starts_with("Arn") => {
                    assert!(values.iter().all(|v| v.starts_with("arn:")), "{what}");
                }
                _ => {}
            }
            // IAM-134
            let tag = key.to_lowercase();
            if tag.starts_with("aws:requesttag/") || tag.starts_with("aws:resourcetag/") {
                let case_only = values.iter().any(|v| {
                    request
                        .into_iter()
                        .flatten()
                        .any(|r| v != r && v.eq_ignore_ascii_case(r))
                });
                assert!(!case_only || plain_base.ends_with("IgnoreCase"), "{what}");
            }
        }
        // IAM-040
        assert_ne!(found.statement["Condition"], serde_json::json!({}));
    });
}

#[test]
fn requests_and_documents_are_ones_that_can_be() {
    for index in 0..20_000 {
        let check = generated_check(23, index);
        for (name, values) in check.context.iter() {
            if context_key(name).is_none_or(|k| !k.multivalued) {
                assert_eq!(values.len(), 1, "{name}");
            }
        }
        for (slot, policy) in check.policies() {
            let document: Value = serde_json::from_str(policy.as_str()).expect("valid JSON");
            let attached = matches!(
                slot,
                PolicySlot::Identity(_) | PolicySlot::Boundary | PolicySlot::Session
            );
            // IAM-013
            assert!(!attached || document["Id"].is_null());
        }
        // IAM-260
        if check.action.to_lowercase().starts_with("sts:get") {
            assert!(check.scps.is_empty() && check.endpoint_policy.is_none());
        }
        // AC-122: a JWT caller is allowed by the resource's policy, or denied.
        if check.principal.arn == "jwt" {
            assert!(check.resource.arn.contains(":bedrock-agentcore:"));
        }
    }
}
