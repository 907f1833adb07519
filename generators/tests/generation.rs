//! What generation promises: the same bytes give the same case, the simplest first, and every feature is reached.
//! Shares that need a judge are counted elsewhere; these hold by construction.

mod common;
#[path = "common/forms.rs"]
mod forms;
#[path = "common/hash.rs"]
mod hash;

use std::collections::BTreeMap;

use arbitrary::Unstructured;
use serde_json::Value;
use veriam_generators::{
    CASES_PER_UNIT, GENERATOR_VERSION, Stream, case_bytes, check, document, generated_check,
    generated_group,
};
use veriam_model::{Check, PolicySlot, PolicyType};

use common::{statements, strings};
use forms::principal_form;
use hash::{hash, written};

/// Whoever changes what bytes mean changes [`GENERATOR_VERSION`] and these numbers together.
#[test]
fn the_first_thousands_of_cases_of_this_version_are_the_ones_pinned() {
    assert_eq!(GENERATOR_VERSION, 7);
    let checks = hash((0..1_000).map(|index| generated_check(1, index).to_json()));
    let documents = hash((0..1_000).map(|index| {
        let bytes = case_bytes(1, index);
        let (policy_type, text) = document(&mut Unstructured::new(&bytes)).expect("total");
        format!("{policy_type} {text}")
    }));
    let cases = hash((0..1_000).flat_map(|group| generated_group(1, group).map(written)));
    assert_eq!(
        (checks, documents, cases),
        (CHECKS, DOCUMENTS, CASES),
        "{checks:#x} {documents:#x} {cases:#x}"
    );
}

const CHECKS: u64 = 0xc0404835488dae52;
const DOCUMENTS: u64 = 0x42cb03453dee1b55;
const CASES: u64 = 0x24e36202b3b3d26;

#[test]
fn a_case_depends_on_seed_and_index_only() {
    let forwards: Vec<Check> = (0..300).map(|i| generated_check(9, i)).collect();
    let backwards: Vec<Check> = (0..300).rev().map(|i| generated_check(9, i)).collect();
    assert!(forwards.iter().eq(backwards.iter().rev()));
    assert_ne!(generated_check(9, 0), generated_check(10, 0));
    assert_eq!(forwards[7].id.as_deref(), Some("g-9-7"));
}

#[test]
fn the_stream_of_a_case_is_that_of_its_unit_and_place() {
    let index = 3 * CASES_PER_UNIT + 5;
    let mut bytes = [0; 77];
    Stream::new(4, 3, 5).fill(&mut bytes);
    assert_eq!(case_bytes(4, index)[..72], bytes[..72]);
    // Written down once, so that no machine and no later version differs.
    assert_eq!(
        Stream::new(0, 0, 0).next(),
        FIRST_WORD,
        "{:#x}",
        Stream::new(0, 0, 0).next()
    );
}

const FIRST_WORD: u64 = 0x88075936a833e86d;

#[test]
fn zero_bytes_give_the_simplest_check() {
    for bytes in [&[][..], &[0; 1_024][..]] {
        let check = check(&mut Unstructured::new(bytes)).expect("total");
        assert_eq!(check.policies().count(), 1);
        assert_eq!(
            check.identity_policies[0].as_str(),
            concat!(
                r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","#,
                r#""Resource":"arn:aws:s3:::amzn-s3-demo-bucket/report.txt"}}"#
            )
        );
        assert!(check.context.is_empty() && check.facts.is_empty());
        assert_eq!(check.principal.arn, "arn:aws:iam::111122223333:user/alice");
        let (policy_type, text) = document(&mut Unstructured::new(bytes)).expect("total");
        assert_eq!(policy_type, PolicyType::Identity);
        assert_eq!(text, check.identity_policies[0].as_str());
    }
}

#[test]
fn a_check_is_read_back_as_it_was_written() {
    for index in 0..5_000 {
        let check = generated_check(2, index);
        assert_eq!(Check::from_json(&check.to_json()).as_ref(), Ok(&check));
    }
}

#[test]
fn documents_of_checks_are_small_and_all_are_json() {
    let mut sizes = Vec::new();
    for index in 0..10_000 {
        for (_, policy) in generated_check(3, index).policies() {
            serde_json::from_str::<Value>(policy.as_str()).expect("valid JSON");
            sizes.push(policy.as_str().len());
        }
    }
    sizes.sort_unstable();
    assert!(
        sizes[sizes.len() / 2] < 400,
        "median {}",
        sizes[sizes.len() / 2]
    );
    assert!(
        sizes[sizes.len() * 99 / 100] < 1_024,
        "p99 {}",
        sizes[sizes.len() * 99 / 100]
    );
    assert!(*sizes.last().expect("some") < 4_096);
}

/// Counts of what 20,000 checks hold.
type Counts = BTreeMap<String, usize>;

fn counts() -> Counts {
    let mut counts = Counts::new();
    for index in 0..20_000 {
        let check = generated_check(4, index);
        let mut seen = Vec::new();
        seen.push(caller(&check));
        seen.push(format!(
            "service {}",
            check.action.split(':').next().unwrap_or("").to_lowercase()
        ));
        seen.extend(check.facts.iter().map(|f| format!("fact {f:?}")));
        for (slot, policy) in check.policies() {
            let policy_type = type_name(slot);
            let document: Value = serde_json::from_str(policy.as_str()).expect("valid JSON");
            let version = document["Version"].as_str().unwrap_or("none");
            seen.push(format!("version {version} {policy_type}"));
            for statement in statements(&document) {
                describe(&statement, policy_type, version, &mut seen);
            }
        }
        seen.sort_unstable();
        seen.dedup();
        for what in seen {
            *counts.entry(what).or_default() += 1;
        }
    }
    counts
}

fn caller(check: &Check) -> String {
    let arn = &check.principal.arn;
    let kinds = [
        (":user/", "user"),
        (":assumed-role/", "role session"),
        (":federated-user/", "federated-user session"),
        (":root", "root"),
        ("-provider/", "provider"),
        ("anonymous", "anonymous"),
        ("jwt", "jwt"),
        (".", "service or provider"),
    ];
    let kind = kinds.iter().find(|(part, _)| arn.contains(part));
    format!("caller {}", kind.map_or("other", |(_, name)| name))
}

fn type_name(slot: PolicySlot) -> &'static str {
    match slot {
        PolicySlot::Identity(_) => "identity",
        PolicySlot::Resource => "resource",
        PolicySlot::Boundary => "boundary",
        PolicySlot::Session => "session",
        PolicySlot::Scp(..) => "scp",
        PolicySlot::Rcp(..) => "rcp",
        PolicySlot::Endpoint => "endpoint",
    }
}

fn describe(statement: &Value, policy_type: &str, version: &str, seen: &mut Vec<String>) {
    let effect = statement["Effect"].as_str().unwrap_or_default();
    seen.push(format!("{policy_type} {effect}"));
    for element in ["NotAction", "NotResource", "NotPrincipal"] {
        if !statement[element].is_null() {
            seen.push(format!("{element} {effect}"));
        }
    }
    for element in ["Principal", "NotPrincipal"] {
        match &statement[element] {
            Value::String(_) => seen.push("principal everyone".to_owned()),
            Value::Object(kinds) => {
                if kinds.len() > 1 {
                    seen.push("principal several kinds".to_owned());
                }
                for (kind, names) in kinds {
                    let forms = strings(names)
                        .into_iter()
                        .map(|name| principal_form(kind, name));
                    seen.extend(forms.map(|form| format!("principal {form}")));
                }
            }
            _ => {}
        }
    }
    let current = version == "2012-10-17";
    let resources = strings(&statement["Resource"])
        .into_iter()
        .chain(strings(&statement["NotResource"]));
    for text in resources {
        seen.extend(
            variable_form(text, current).map(|form| format!("variable in Resource {form}")),
        );
    }
    let operators = statement["Condition"].as_object();
    for (operator, block) in operators.into_iter().flatten() {
        let (set, base) = operator.split_once(':').unwrap_or(("no set", operator));
        let (base, exists) = match base.strip_suffix("IfExists") {
            Some(base) => (base, " IfExists"),
            None => (base, ""),
        };
        seen.push(format!("operator {base}{exists}"));
        seen.push(format!("{set} {base}"));
        for text in strings(block) {
            let family = if base.starts_with("Arn") {
                "Arn"
            } else {
                "String"
            };
            seen.extend(
                variable_form(text, current).map(|form| format!("variable in {family} {form}")),
            );
        }
        for key in block.as_object().into_iter().flat_map(|o| o.keys()) {
            seen.push(format!("key {}", key.to_ascii_lowercase()));
        }
    }
}

fn variable_form(text: &str, current: bool) -> Option<&'static str> {
    let (_, name) = text.split_once("${")?;
    Some(match name {
        _ if !current => "old version",
        _ if name.starts_with(['*', '?', '$']) => "escape",
        _ if name.contains(", '") => "default",
        _ if name.to_lowercase().contains("tag/") => "tag",
        _ => "plain",
    })
}

#[test]
fn every_feature_is_reached_often_enough() {
    let counts = counts();
    let mut expected: Vec<(String, usize)> = Vec::new();
    let mut expect = |what: &str, least| expected.push((what.to_owned(), least));
    for policy_type in [
        "identity", "resource", "boundary", "session", "scp", "endpoint",
    ] {
        expect(&format!("{policy_type} Allow"), 1_000);
        expect(&format!("{policy_type} Deny"), 500);
        if policy_type != "identity" {
            expect(&format!("version none {policy_type}"), 100);
            expect(&format!("version 2008-10-17 {policy_type}"), 100);
        }
    }
    expect("rcp Allow", 2_000);
    expect("rcp Deny", 400);
    for base in BASES {
        expect(&format!("operator {base}"), 400);
        if base != "Null" {
            expect(&format!("operator {base} IfExists"), 200);
        }
        for set in ["no set", "ForAllValues", "ForAnyValue"] {
            expect(&format!("{set} {base}"), 150);
        }
    }
    for form in [
        "everyone",
        "AWS *",
        "account id",
        "root ARN",
        "user ARN",
        "role ARN",
        "role ARN with path",
        "session ARN",
        "federated-user ARN",
        "Service",
        "Federated",
        "several kinds",
    ] {
        expect(&format!("principal {form}"), 300);
    }
    for form in ["unique id", "other ARN", "CanonicalUser"] {
        expect(&format!("principal {form}"), 30);
    }
    for place in ["Resource", "String"] {
        for form in ["plain", "tag", "default", "escape", "old version"] {
            let least = if form == "plain" || form == "tag" {
                400
            } else {
                40
            };
            expect(&format!("variable in {place} {form}"), least);
        }
    }
    for form in ["plain", "tag", "default"] {
        expect(&format!("variable in Arn {form}"), 100);
    }
    for caller in [
        "user",
        "role session",
        "federated-user session",
        "root",
        "provider",
        "anonymous",
        "jwt",
        "service or provider",
    ] {
        expect(&format!("caller {caller}"), 400);
    }
    for service in ["s3", "kms", "sts", "iam", "dynamodb", "bedrock-agentcore"] {
        expect(&format!("service {service}"), 800);
    }
    for fact in [
        "PrincipalInManagementAccount",
        "ResourceInManagementAccount",
        "ServiceLinkedRole",
    ] {
        expect(&format!("fact {fact}"), 100);
    }
    for element in ["NotAction", "NotResource"] {
        expect(&format!("{element} Allow"), 500);
        expect(&format!("{element} Deny"), 500);
    }
    expect("NotPrincipal Deny", 500);
    for (what, least) in expected {
        let count = counts.get(&what).copied().unwrap_or(0);
        assert!(
            count >= least,
            "{what}: {count} of 20,000 checks, {least} are wanted"
        );
    }
    assert_eq!(counts.get("NotPrincipal Allow"), None);
    let keys = counts.keys().filter(|k| k.starts_with("key ")).count();
    assert!(keys >= 45, "{keys} keys");
}

const BASES: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

#[test]
fn documents_of_every_type_come_mostly_valid_and_often_faulty() {
    let mut types: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut readable, mut large) = (0, 0);
    for index in 0..10_000 {
        let bytes = case_bytes(6, index);
        let (policy_type, text) = document(&mut Unstructured::new(&bytes)).expect("total");
        *types.entry(policy_type.name()).or_default() += 1;
        readable += usize::from(serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok());
        large += usize::from(text.len() > 2_048);
    }
    assert_eq!(types.len(), PolicyType::ALL.len());
    assert!(types.values().all(|n| *n > 500), "{types:?}");
    // One in fifteen is spoiled as a text.
    assert!((9_000..9_700).contains(&readable), "{readable}");
    assert!(large > 50, "{large}");
}
