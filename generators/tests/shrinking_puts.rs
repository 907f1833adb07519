//! What shrinking promises, for puts: what the failure does not need goes, what it needs stays.

use arbitrary::Unstructured;
use serde_json::Value;
use veriam_generators::shrink::shrink_put;
use veriam_generators::{case_bytes, put};
use veriam_model::Put;

fn puts(fails: impl Fn(&Put) -> bool, count: usize) -> Vec<Put> {
    let all = (0..20_000).map(|index| {
        let bytes = case_bytes(3, index);
        put(&mut Unstructured::new(&bytes)).expect("total")
    });
    let failing: Vec<Put> = all.filter(|put| fails(put)).take(count).collect();
    assert_eq!(failing.len(), count);
    failing
}

fn shrunk(put: &Put, fails: &dyn Fn(&Put) -> bool) -> Put {
    let shrunk = shrink_put(put, 20_000, &mut |put| fails(put));
    assert!(fails(&shrunk.put) && !shrunk.exhausted);
    assert_eq!(shrunk.put.validate(), Ok(()));
    shrunk.put
}

/// The only statement of a policy that is an object with one.
fn statement(put: &Put) -> Option<Value> {
    let root: Value = serde_json::from_str(put.policy.as_str()).ok()?;
    match &root["Statement"] {
        Value::Array(list) if list.len() == 1 => list.first().cloned(),
        one @ Value::Object(_) => Some(one.clone()),
        _ => None,
    }
}

#[test]
fn only_what_the_failure_is_about_is_left() {
    let fails = |put: &Put| put.policy.as_str().contains("\"NotPrincipal\"");
    for put in puts(fails, 5) {
        let small = shrunk(&put, &fails);
        assert_eq!(small.policy.as_str(), "\"NotPrincipal\"");
        assert!(small.principals.is_empty());
    }
}

#[test]
fn a_policy_that_names_its_resource_still_does_with_shorter_names() {
    let fails = |put: &Put| {
        let names = |s: Value| s["Resource"] == put.resource.as_str();
        put.resource.contains(":memory/") && put.exists && statement(put).is_some_and(names)
    };
    for put in puts(fails, 5) {
        let small = shrunk(&put, &fails);
        let statement = statement(&small).expect("one statement");
        assert_eq!(statement["Resource"], small.resource.as_str());
        assert_eq!(statement.as_object().map(serde_json::Map::len), Some(1));
        assert!(small.resource.ends_with(":memory/a"), "{}", small.resource);
        assert_eq!(small.account.len(), 12);
    }
}

#[test]
fn what_is_not_there_and_who_asks_are_kept_only_where_they_matter() {
    let missing = |put: &Put| !put.exists;
    let present = |put: &Put| put.policy.as_str().contains('{');
    for put in puts(missing, 3) {
        assert!(!shrunk(&put, &missing).exists);
        let small = shrunk(&put, &present);
        assert!(small.exists && small.principals.is_empty());
        assert_eq!((small.policy.as_str(), small.resource.len()), ("{", 1));
    }
    let owned = |put: &Put| put.principals.len() > 1 && !put.resource.contains(&put.account);
    for put in puts(owned, 3) {
        assert_eq!(shrunk(&put, &owned).principals.len(), 2);
    }
}
