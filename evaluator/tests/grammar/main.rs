//! Faults of documents, rule and place.
//!
//! A case is a document with marks: `«24»` stands where a fault of IAM-024 is expected, `«24,25»` where two are.
//! The document without the marks must have exactly these faults.

use veriam_evaluator::{Limits, Policy, Severity, faults};
use veriam_model::{Dialect, PolicyType};

mod conditions;
mod documents;
mod principals;
mod statements;

/// Removes the marks; returns the document and the expected faults.
fn unmark(marked: &str) -> (String, Vec<(usize, u16)>) {
    let mut text = String::new();
    let mut expected = Vec::new();
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once('«') {
        text += before;
        let (rules, after) = after.split_once('»').unwrap();
        for rule in rules.split(',') {
            expected.push((text.len(), rule.parse().unwrap()));
        }
        rest = after;
    }
    text += rest;
    (text, expected)
}

fn dialect(settings: &str) -> Dialect {
    settings
        .split_whitespace()
        .fold(Dialect::default(), |dialect, setting| {
            dialect.with_setting(setting).unwrap()
        })
}

/// Checks one document under several types of policy.
fn check(types: &str, settings: &str, marked: &str) {
    let (text, expected) = unmark(marked);
    let (dialect, limits) = (dialect(settings), Limits::default());
    for name in types.split_whitespace() {
        let policy_type: PolicyType = name.parse().unwrap();
        let found = faults(policy_type, text.as_bytes(), &dialect, &limits);
        let places: Vec<(usize, u16)> = found
            .iter()
            .map(|f| (f.span.start, f.rule.number()))
            .collect();
        assert_eq!(places, expected, "{name} [{settings}]: {marked}");
        for finding in &found {
            assert!(text.get(finding.span.clone()).is_some(), "{finding:?}");
            assert_eq!(finding.severity, Severity::Error);
        }
        let parsed = Policy::parse_with(policy_type, &text, &dialect, &limits);
        match (parsed, found.first()) {
            (Ok(policy), None) => assert_eq!(policy.policy_type(), policy_type),
            (Err(error), Some(first)) => {
                assert_eq!(error.finding(), first);
                assert_eq!(error.fault().offset, expected[0].0);
                assert_eq!(error.fault().rule.number(), expected[0].1);
                let shown = error.to_string();
                assert!(shown.contains(first.remedy.as_ref()), "{shown}");
            }
            (parsed, first) => panic!("{name}: {parsed:?} {first:?}"),
        }
    }
}

/// Checks a statement in a document of version 2012-10-17.
fn statement(types: &str, settings: &str, marked: &str) {
    let document = format!(r#"{{"Version":"2012-10-17","Statement":[{marked}]}}"#);
    check(types, settings, &document);
}

/// Checks a statement in a document of version 2008-10-17.
fn old_statement(types: &str, settings: &str, marked: &str) {
    let document = format!(r#"{{"Version":"2008-10-17","Statement":{marked}}}"#);
    check(types, settings, &document);
}

/// Checks an `Action` value.
fn action(settings: &str, marked: &str) {
    let text = format!(r#"{{"Effect":"Deny","Action":{marked},"Resource":"*"}}"#);
    statement("identity boundary session scp", settings, &text);
}

/// Checks a `Resource` value.
fn resource(types: &str, settings: &str, marked: &str) {
    let who = if types.starts_with("rcp") || types.starts_with("resource") || types == "endpoint" {
        r#""Principal":"*","#
    } else {
        ""
    };
    let text = format!(r#"{{"Effect":"Deny",{who}"Action":"s3:x","Resource":{marked}}}"#);
    statement(types, settings, &text);
}

/// Checks a `Principal` value.
fn principal(types: &str, settings: &str, marked: &str) {
    let text = format!(r#"{{"Effect":"Allow","Principal":{marked},"Action":"s3:x"}}"#);
    statement(types, settings, &text);
}

/// Checks a `Condition` value.
fn condition(types: &str, settings: &str, marked: &str) {
    let who = if types == "endpoint" || types == "resource" {
        r#""Principal":"*","#
    } else {
        ""
    };
    let text =
        format!(r#"{{"Effect":"Deny",{who}"Action":"*","Resource":"*","Condition":{marked}}}"#);
    statement(types, settings, &text);
}

const ALL: &str = "identity resource trust key boundary session scp rcp endpoint";
const OPEN: &str = r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#;
const OK: &str = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
