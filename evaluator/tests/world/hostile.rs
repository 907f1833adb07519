//! Odd worlds and odd calls: refused as the model says, never a panic; large worlds.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;
use veriam_evaluator::{CallError, World, WorldError};
use veriam_model::{
    self as model, Call, Caller, Dialect, Membership, Path, PolicyText, PolicyType,
};

use crate::odd::{a_call, is_valid, mended, valid, world};
use crate::scene::{
    INVOKE, OWNER, call, of_runtime, outcome, policy, say, scene, session, session_caller, short,
    user,
};

fn refused(world: &model::World) -> String {
    match World::new(world, &Dialect::default()) {
        Err(WorldError::Malformed(malformed)) => malformed.member,
        other => panic!("{other:?}"),
    }
}

#[test]
fn worlds_with_odd_names_are_refused() {
    type Change = fn(&mut model::World);
    let changes: [(&str, Change); 9] = [
        ("partition", |w| w.partition = "aws:x".to_owned()),
        ("region", |w| w.region = "us-west-2:1".to_owned()),
        ("accounts[0].id", |w| {
            w.accounts[0].id = "11112222333".to_owned();
        }),
        ("users[0].name", |w| w.users[0].name = "a/b".to_owned()),
        ("roles[0].path", |w| w.roles[0].path = "/x".to_owned()),
        ("roles[1].account", |w| {
            w.roles[1].account = "999999999999".to_owned();
        }),
        ("runtimes[0].id", |w| {
            w.runtimes[0].id = "a/runtime-endpoint/b".to_owned();
        }),
        ("runtimes[0].endpoints[0].name", |w| {
            w.runtimes[0].endpoints[0].name = "*".to_owned();
        }),
        ("networks[0].vpc", |w| {
            w.networks[0].vpc = "vpc/1".to_owned();
        }),
    ];
    for (member, change) in changes {
        let mut world = scene();
        change(&mut world);
        assert_eq!(refused(&world), member);
    }
}

#[test]
fn calls_with_odd_names_are_refused() {
    type Change = fn(&mut Call);
    let changes: [(&str, Change); 9] = [
        ("call.user_agent", |c| c.user_agent.clear()),
        ("call.request.runtime.runtime", |c| {
            of_runtime(c).runtime = "other-AbCdEf0123".to_owned();
        }),
        ("call.request.runtime.qualifier", |c| {
            of_runtime(c).qualifier = Some("a/b".to_owned());
        }),
        ("call.request.runtime.user_id", |c| {
            of_runtime(c).user_id = Some(String::new());
        }),
        ("call.at", |c| c.at = u64::MAX),
        ("call.caller.session.role", |c| {
            c.caller = crate::scene::session_of(OWNER, "none");
        }),
        ("call.caller.session.session", |c| {
            let mut caller = session_caller(OWNER, "app");
            caller.session = "s/1".to_owned();
            c.caller = Caller::Session(caller);
        }),
        ("call.from.internet.address", |c| {
            c.from = Path::Internet {
                address: "203.0.113.009".to_owned(),
            };
        }),
        ("call.from.endpoint.endpoint", |c| {
            c.from = Path::Endpoint {
                endpoint: "vpce-2".to_owned(),
                address: "10.0.0.7".to_owned(),
            };
        }),
    ];
    let world = World::new(&scene(), &Dialect::default()).unwrap();
    for (member, change) in changes {
        let mut call = call(session(OWNER));
        change(&mut call);
        match world.decide(&call) {
            Err(CallError::Malformed(malformed)) => assert_eq!(malformed.member, member),
            other => panic!("{member}: {other:?}"),
        }
    }
}

#[test]
fn the_first_invalid_policy_is_named() {
    let broken = || PolicyText::new(r#"{"Version":"2012-10-17","Statement":[{"Effect":"allow"}]}"#);
    let mut world = scene();
    world.networks[0].policy = Some(broken());
    world.roles[1].policies = vec![policy(&[say("Allow", "*", "*")]).unwrap(), broken()];
    world.runtimes[0].endpoints[0].policy = Some(broken());
    let named = |world: &model::World| match World::new(world, &Dialect::default()) {
        Err(WorldError::InvalidPolicy { place, .. }) => place.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(named(&world), "roles[1].policies[1]");
    world.roles[1].policies.pop();
    assert_eq!(named(&world), "runtimes[0].endpoints[0].policy");
    world.runtimes[0].endpoints[0].policy = None;
    assert_eq!(named(&world), "networks[0].policy");
}

#[test]
fn thousands_of_policies_and_hundreds_of_levels() {
    let mut world = scene();
    let other = |n| policy(&[say("Allow", format!("s3:Call{n}"), "*")]).unwrap();
    world.users[0].policies = (0..3_000).map(other).collect();
    assert_eq!(outcome(&world, &call(user(OWNER))), "implicit R identity");
    world.users[0]
        .policies
        .push(policy(&[say("Allow", INVOKE, "*")]).unwrap());
    assert_eq!(outcome(&world, &call(user(OWNER))), "allowed");
    // More levels than fit together: the last one counts like the first.
    let full = policy(&[say("Allow", "*", "*")]).unwrap();
    let mut levels = vec![vec![full]; 300];
    world.accounts[0].organization = Some(Membership {
        id: "o-1".to_owned(),
        path: vec!["r-1".to_owned()],
        management: false,
        scps: levels.clone(),
        rcps: Vec::new(),
    });
    assert_eq!(outcome(&world, &call(user(OWNER))), "allowed");
    levels.push(vec![other(0)]);
    world.accounts[0].organization.as_mut().unwrap().scps = levels;
    assert_eq!(outcome(&world, &call(user(OWNER))), "implicit R scp");
}

#[test]
fn a_world_is_shared_between_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<World>();
}

/// A call allocates for the ARN of a session, and for a denial.
#[test]
fn calls_allocate_next_to_nothing() {
    let mut world = scene();
    let allow = policy(&[say("Allow", INVOKE, "*")]).unwrap();
    let own = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
        "Action": "*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/Team": "red", "aws:SourceVpc": "vpc-9"}}}});
    world.runtimes[0].policy = Some(PolicyText::new(own.to_string()));
    for identity in world.users.iter_mut().chain(&mut world.roles) {
        identity.policies = vec![allow.clone()];
    }
    let world = World::new(&world, &Dialect::default()).unwrap();
    for (caller, allocations) in [(user(OWNER), 0), (session(OWNER), 1)] {
        let call = call(caller);
        let info = allocation_counter::measure(|| {
            assert_eq!(world.decide(&call), Ok(model::Outcome::Allowed));
        });
        assert_eq!(info.count_total, allocations);
    }
}

/// Whatever a user asks for, nothing is put together for an answer that allows.
#[test]
fn allowed_calls_of_every_family_allocate_nothing() {
    let mut told = crate::whole::granted();
    let account = json!({"Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "*"});
    told.roles[2].trust = policy(std::slice::from_ref(&account));
    let mut own = account;
    own["Resource"] = json!("*");
    told.others[0].policy = policy(&[own]);
    let world = World::new(&told, &Dialect::default()).unwrap();
    let requests = json!([
        {"gateway": {"gateway": "tools-abcdef0123"}},
        {"memory": {"operation": "CreateEvent", "memory": "notes-AbCdEf0123", "actor": "a"}},
        {"harness": {"operation": "InvokeHarness", "harness": "helper-AbCdEf0123", "endpoint": "blue"}},
        {"tool": {"operation": "StartBrowserSession"}},
        {"identity": {"operation": "GetResourceApiKey", "workload": "worker", "provider": "mail"}},
        {"control": {"operation": "CreateAgentRuntime", "on": "nothing", "settings": {"subnets": ["s"]},
            "role": {"account": OWNER, "name": "exec"}, "tags": {"Team": "blue"}}},
        {"assume_role": {"role": {"account": OWNER, "name": "exec"}}},
        {"other": {"action": "kms:Decrypt", "resource": "arn:aws:kms:us-west-2:111122223333:key/k1"}}
    ]);
    for request in requests.as_array().unwrap() {
        let request = serde_json::from_value(request.clone()).unwrap();
        let call = crate::whole::asking(user(OWNER), request);
        // The tables of the model are read once.
        assert_eq!(world.decide(&call), Ok(model::Outcome::Allowed), "{call:?}");
        let info = allocation_counter::measure(|| {
            world.decide(&call).unwrap();
        });
        assert_eq!(info.count_total, 0, "{:?}", call.request);
    }
}

/// The properties below say little if odd calls all end alike.
#[test]
fn odd_calls_end_in_every_way() {
    let mut runner = TestRunner::deterministic();
    let (worlds, calls) = (world().prop_map(mended).prop_map(valid), a_call());
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..80 {
        let told = worlds.new_tree(&mut runner).unwrap().current();
        let world = World::new(&told, &Dialect::default()).unwrap();
        for _ in 0..60 {
            let call = calls.new_tree(&mut runner).unwrap().current();
            let end = match world.decide(&call) {
                Ok(outcome) => short(&outcome),
                Err(CallError::Malformed(_)) => "malformed".to_owned(),
                Err(CallError::InvalidPolicy { .. }) => "invalid policy".to_owned(),
            };
            let kind = end.split(' ').next().unwrap_or_default().to_owned();
            *ends.entry(kind).or_default() += 1;
        }
    }
    for kind in [
        "allowed",
        "bad_token",
        "explicit",
        "implicit",
        "insufficient_scope",
        "invalid",
        "malformed",
        "managed_identity",
        "method_mismatch",
        "no_metadata",
        "no_such_endpoint",
        "no_such_memory",
        "unauthenticated",
    ] {
        assert!(ends.get(kind).is_some_and(|&n| n >= 2), "{kind}: {ends:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        // Cheap enough to be many where the code is fast.
        cases: if cfg!(debug_assertions) { 96 } else { 2_048 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_world_compiles_exactly_when_it_is_well_formed_and_its_policies_valid(
        told in prop_oneof![world(), world().prop_map(mended), world().prop_map(mended).prop_map(valid)],
    ) {
        let compiled = World::new(&told, &Dialect::default());
        if let Err(malformed) = told.validate() {
            prop_assert_eq!(compiled.unwrap_err(), WorldError::Malformed(malformed));
            return Ok(());
        }
        let mut policies = told.policies().into_iter();
        let invalid = policies.find(|(place, text)| !is_valid(place.policy_type(), text));
        match (compiled, invalid) {
            (Ok(_), None) => {}
            (Err(WorldError::InvalidPolicy { place, .. }), Some((first, _))) => {
                prop_assert_eq!(place, first);
            }
            (compiled, invalid) => prop_assert!(false, "{:?} {:?}", compiled, invalid),
        }
    }

    #[test]
    fn a_call_is_refused_exactly_when_the_model_refuses_it(
        told in world().prop_map(mended).prop_map(valid),
        calls in prop::collection::vec(a_call(), 16),
        readings in prop::collection::vec((select(veriam_model::ALL_CHOICES), 0..2usize), 0..4),
    ) {
        let dialect = readings.into_iter().fold(Dialect::default(), |dialect, (choice, index)| {
            let is_of_call = choice.rule() >= veriam_model::RuleId::agentcore(93);
            if is_of_call { dialect.with_index(choice, index) } else { dialect }
        });
        prop_assert_eq!(told.validate(), Ok(()));
        let world = World::new(&told, &dialect).unwrap();
        for call in calls {
            let decided = world.decide(&call);
            match told.validate_call(&call) {
                Err(malformed) => prop_assert_eq!(decided, Err(CallError::Malformed(malformed))),
                Ok(()) => match decided {
                    Ok(model::Outcome::Denied(denial)) => prop_assert!(!denial.by.is_empty()),
                    Ok(_) => {}
                    Err(CallError::InvalidPolicy { .. }) => {
                        let policy = call.session_policy().unwrap();
                        prop_assert!(!is_valid(PolicyType::Session, policy));
                    }
                    Err(error) => prop_assert!(false, "{}", error),
                },
            }
        }
    }
}
