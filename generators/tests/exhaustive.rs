//! The exhaustive spaces: as many cases as their pages count, none twice, and every value of every factor.

use std::collections::{BTreeMap, HashSet};

use veriam_generators::exhaustive::{
    COMBINER_SIZE, OPERATORS_SIZE, PRINCIPALS_SIZE, TWO_RESOURCE_SIZE, combiner, operators,
    principals, two_resource,
};
use veriam_model::{CallCase, Check};

/// Asserts that no check occurs twice and that ids count from 0; the number of checks by a text made from each.
fn counts(
    letter: char,
    checks: impl Iterator<Item = Check>,
    by: impl Fn(&Check) -> String,
) -> BTreeMap<String, usize> {
    let mut seen = HashSet::new();
    let mut policies = HashSet::new();
    let mut counts = BTreeMap::new();
    for (at, mut check) in checks.enumerate() {
        assert_eq!(check.id, Some(format!("{letter}-{at}")));
        *counts.entry(by(&check)).or_default() += 1;
        check.id = None;
        for (_, policy) in check.policies() {
            if !policies.contains(policy) {
                policies.insert(policy.clone());
            }
        }
        assert!(seen.insert(check), "number {at} occurs twice");
    }
    for policy in &policies {
        serde_json::from_str::<serde_json::Value>(policy.as_str()).expect("valid JSON");
    }
    counts
}

fn total(counts: &BTreeMap<String, usize>) -> usize {
    counts.values().sum()
}

#[test]
fn the_combiner_is_what_its_page_counts() {
    let callers = counts('x', combiner(), |check| check.principal.arn.clone());
    let session = 6 * (6 * 4 * 4 * 4 * 16 + 6 * 4 * 144);
    let user = 6 * (5 * 4 * 4 * 16 + 5 * 4 * 144);
    let expected = [
        ("accounts.google.com", 4 * 16),
        ("anonymous", 4 * 16),
        ("arn:aws:iam::111122223333:root", 6 * 5 * 160),
        ("arn:aws:iam::111122223333:user/u", user),
        ("arn:aws:sts::111122223333:assumed-role/r/s", session),
        ("arn:aws:sts::111122223333:federated-user/u", session),
        ("jwt", 4 * 16),
        ("sns.amazonaws.com", 3 * 4 * 16),
    ];
    let expected = expected.map(|(caller, count)| (caller.to_owned(), count));
    assert_eq!(callers, BTreeMap::from(expected));
    assert_eq!(total(&callers), COMBINER_SIZE);
    let first: Vec<Check> = combiner().take(2).collect();
    assert_eq!(first[0].policies().count(), 0);
    assert!(first[1].endpoint_policy.is_some());
}

/// The text of the first value behind `"<name>":`.
fn behind<'t>(text: &'t str, name: &str) -> &'t str {
    let start = format!("\"{name}\":");
    let (_, rest) = text.split_once(&start).expect("the member is there");
    rest
}

/// The text between the first two quotes.
fn quoted(text: &str) -> &str {
    text.split('"').nth(1).expect("a text in quotes")
}

/// The only member of an object.
fn only(value: &serde_json::Value) -> (&String, &serde_json::Value) {
    let members = value.as_object().unwrap();
    assert_eq!(members.len(), 1);
    members.iter().next().unwrap()
}

#[test]
fn the_operators_are_what_their_page_counts() {
    let mut keys: BTreeMap<String, usize> = BTreeMap::new();
    let mut effects: BTreeMap<String, usize> = BTreeMap::new();
    let mut requests: BTreeMap<Option<usize>, usize> = BTreeMap::new();
    for check in operators() {
        let policy = check.identity_policies[0].as_str();
        // Behind the operator's name and its block's brace stands the key.
        let block = behind(policy, "Condition").splitn(3, '{').nth(2).unwrap();
        let key = quoted(block);
        *keys.entry(key.to_owned()).or_default() += 1;
        let effect = quoted(behind(policy, "Effect"));
        *effects.entry(effect.to_owned()).or_default() += 1;
        let values = check.context.iter().next().map(|(name, values)| {
            assert_eq!(name, key);
            values.len()
        });
        *requests.entry(values).or_default() += 1;
    }
    let half = OPERATORS_SIZE / 2;
    assert_eq!(Vec::from_iter(keys.into_values()), [half, half]);
    assert_eq!(Vec::from_iter(effects.into_values()), [half, half]);
    let states: Vec<_> = requests.into_keys().collect();
    assert_eq!(states, [None, Some(0), Some(1), Some(2)]);

    let by_operator = counts('o', operators(), |check| {
        let policy = check.identity_policies[0].as_str();
        quoted(behind(policy, "Condition")).to_owned()
    });
    assert_eq!(total(&by_operator), OPERATORS_SIZE);
    // (a base, how many bases the family has, policies, values)
    let families = [
        ("StringLike", 6, 7, 7),
        ("ArnLike", 4, 7, 7),
        ("NumericLessThan", 6, 5, 6),
        ("DateEquals", 6, 5, 6),
        ("IpAddress", 2, 8, 8),
        ("Bool", 1, 5, 4),
        ("BinaryEquals", 1, 4, 5),
        ("Null", 1, 5, 3),
    ];
    let mut all = 0;
    let mut spellings = 0;
    for (base, bases, policies, values) in families {
        let suffixes: &[&str] = if base == "Null" {
            &[""]
        } else {
            &["", "IfExists"]
        };
        let each = policies * (2 + values + values * values) * 2 * 2;
        for prefix in ["", "ForAllValues:", "ForAnyValue:"] {
            for suffix in suffixes {
                let operator = format!("{prefix}{base}{suffix}");
                assert_eq!(by_operator.get(&operator), Some(&each), "{operator}");
            }
        }
        spellings += bases * 3 * suffixes.len();
        all += bases * 3 * suffixes.len() * each;
    }
    assert_eq!(by_operator.len(), spellings);
    assert_eq!(all, OPERATORS_SIZE);
}

#[test]
fn the_principals_are_what_their_page_counts() {
    let by_caller = counts('p', principals(), |check| check.principal.arn.clone());
    let inside = |settings: usize| (62 * 3 + 49) * 2 * settings * 2;
    let expected = [
        ("accounts.google.com", 49 * 2),
        ("anonymous", 62 * 2),
        (
            "arn:aws:iam::111122223333:oidc-provider/example.com",
            49 * 2,
        ),
        ("arn:aws:iam::111122223333:root", inside(1)),
        ("arn:aws:iam::111122223333:saml-provider/p", 49 * 2),
        ("arn:aws:iam::111122223333:user/u", inside(2 * 3)),
        (
            "arn:aws:sts::111122223333:assumed-role/r/s",
            inside(2 * 3 * 3),
        ),
        (
            "arn:aws:sts::111122223333:federated-user/u",
            inside(2 * 3 * 3),
        ),
        ("jwt", 62 * 2),
        ("sns.amazonaws.com", (62 + 62 + 49) * 2),
    ];
    let expected = expected.map(|(caller, count)| (caller.to_owned(), count));
    assert_eq!(by_caller, BTreeMap::from(expected));
    assert_eq!(total(&by_caller), PRINCIPALS_SIZE);
}

#[test]
fn every_way_of_naming_a_principal_meets_every_caller_equally_often() {
    let by_name = counts('p', principals(), |check| {
        let policy = check.resource_policy.as_ref().unwrap().as_str();
        // From the effect to the action: the effect and who is named.
        let (named, _) = behind(policy, "Effect").split_once(",\"Action\"").unwrap();
        named.to_owned()
    });
    assert_eq!(by_name.len(), (49 + 13) * 2);
    // `NotPrincipal` does not stand in trust policies: 86 settings less of four targets, a service less, no provider.
    let named = 86 * 4 + 3 + 3 + 1 + 1;
    let spared = 86 * 3 + 2 + 1 + 1;
    for (name, count) in by_name {
        let expected = if name.contains("\"NotPrincipal\"") {
            spared
        } else {
            named
        };
        assert_eq!(count, expected, "{name}");
    }
}

#[test]
fn the_two_resource_matrices_are_what_their_page_counts() {
    let mut seen = HashSet::new();
    let mut by_caller: BTreeMap<String, usize> = BTreeMap::new();
    for CallCase { world, call } in two_resource() {
        world.validate().unwrap();
        world.validate_call(&call).unwrap();
        let policies = world.policies().into_iter().map(|(_, policy)| policy);
        for policy in policies.chain(call.session_policy()) {
            serde_json::from_str::<serde_json::Value>(policy.as_str()).expect("valid JSON");
        }
        let caller = serde_json::to_value(&call.caller).unwrap();
        let caller = only(&caller).0.clone();
        let request = call.request.runtime().expect("runtimes are asked");
        let header = if request.user_id.is_some() {
            " for a user"
        } else {
            ""
        };
        *by_caller.entry(caller + header).or_default() += 1;
        assert!(seen.insert(CallCase { world, call }));
    }
    let expected = [
        ("federated", 2 * 9 * 36),
        ("federated for a user", 2 * 16 * 49),
        ("jwt", 25 * 7),
        ("jwt for a user", 36 * 7),
        ("root", 2 * 25),
        ("root for a user", 2 * 36),
        ("session", 2 * 9 * 36),
        ("session for a user", 2 * 16 * 49),
        ("user", 2 * 9 * 25),
        ("user for a user", 2 * 16 * 36),
    ];
    let expected = expected.map(|(caller, count)| (caller.to_owned(), count));
    assert_eq!(by_caller, BTreeMap::from(expected));
    assert_eq!(seen.len(), TWO_RESOURCE_SIZE);
}

#[test]
fn runtime_and_endpoint_are_spoken_of_alike() {
    let mut of_runtime: BTreeMap<String, usize> = BTreeMap::new();
    let mut of_endpoint: BTreeMap<String, usize> = BTreeMap::new();
    let mut owners: BTreeMap<String, usize> = BTreeMap::new();
    let mut networks: BTreeMap<String, usize> = BTreeMap::new();
    for CallCase { world, .. } in two_resource() {
        let runtime = &world.runtimes[0];
        let endpoint = &runtime.endpoints[0];
        let text =
            |policy: &Option<_>| format!("{policy:?}").replace("/runtime-endpoint/DEFAULT", "");
        *of_runtime.entry(text(&runtime.policy)).or_default() += 1;
        *of_endpoint.entry(text(&endpoint.policy)).or_default() += 1;
        *owners.entry(runtime.account.clone()).or_default() += 1;
        let network = world.networks.first().map(|network| &network.policy);
        *networks.entry(format!("{network:?}")).or_default() += 1;
    }
    assert_eq!(of_runtime, of_endpoint);
    assert_eq!(owners.len(), 2);
    assert_eq!(networks.len(), 7);
}
