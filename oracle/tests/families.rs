//! Requests of every family by every kind of caller over every way, under every reading: what has to hold of all.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use veriam_model::{CallCase, Dialect, InvalidCall, Outcome, RuleId, World};
use veriam_oracle::{CallError, CallVerdict, Detail, call_verdict, judge_call, trace_call};

const OWN: &str = "111122223333";

fn policy(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow() -> Value {
    policy(json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]))
}

/// A world with one thing of every kind, whose policies are `own`.
fn world(own: &Value, trust: &Value) -> Value {
    json!({
        "region": "us-west-2",
        "accounts": [
            {"id": OWN, "organization": {"id": "o-1", "path": ["r-1"]}},
            {"id": "444455556666", "organization": {"id": "o-1", "path": ["r-1"], "management": true}},
        ],
        "users": [{"account": OWN, "name": "ann", "id": "AIDA1"}],
        "roles": [
            {"account": OWN, "name": "app", "id": "AROA1", "trust": trust},
            {"account": "444455556666", "name": "app", "id": "AROA2"},
        ],
        "runtimes": [{"account": OWN, "id": "r-1", "policy": own}, {"account": OWN, "id": "r-2", "authorizer": "jwt"}],
        "gateways": [
            {"account": OWN, "id": "g-1", "policy": own},
            {"account": OWN, "id": "g-2", "policy": own, "authorizer": "custom_jwt"},
            {"account": OWN, "id": "g-3", "policy": own, "authorizer": "none"},
            {"account": OWN, "id": "g-4", "policy": own, "authorizer": "authenticate_only"},
        ],
        "memories": [{"account": OWN, "id": "m-1", "policy": own}],
        "harnesses": [{"account": OWN, "id": "h-1"}, {"account": OWN, "id": "h-2", "authorizer": "jwt"}],
        "tools": [{"account": OWN, "kind": "browser", "id": "b-1"}],
        "workload_identities": [{"account": OWN, "name": "w"}, {"account": "444455556666", "name": "w"}],
        "others": [
            {"arn": "arn:aws:s3:::b/k", "account": OWN, "policy": own},
            {"arn": format!("arn:aws:kms:us-west-2:{OWN}:key/k"), "account": OWN, "policy_type": "key"},
        ],
        "networks": [{"endpoint": "vpce-1", "vpc": "vpc-1", "account": OWN, "policy": own}],
    })
}

fn requests() -> Vec<Value> {
    let mut requests: Vec<Value> = ["g-1", "g-2", "g-3", "g-4"]
        .iter()
        .map(|id| json!({"gateway": {"gateway": id}}))
        .collect();
    let key = format!("arn:aws:kms:us-west-2:{OWN}:key/k");
    let role = json!({"account": OWN, "name": "app"});
    requests.extend([
        json!({"runtime": {"operation": "InvokeAgentRuntime", "runtime": "r-1"}}),
        json!({"runtime": {"operation": "GetRuntimeProtectedResourceMetadata", "runtime": "r-2"}}),
        json!({"memory": {"operation": "CreateEvent", "memory": "m-1", "by_arn": true, "actor": "a"}}),
        json!({"memory": {"operation": "GetMemory", "memory": "m-1"}}),
        json!({"harness": {"operation": "InvokeHarness", "harness": "h-1", "user_id": "u"}}),
        json!({"harness": {"operation": "InvokeHarness", "harness": "h-2", "user_id": "u"}}),
        json!({"harness": {"operation": "UpdateHarness", "harness": "h-1"}}),
        json!({"tool": {"operation": "StartBrowserSession"}}),
        json!({"tool": {"operation": "StartBrowserSession", "tool": "b-1"}}),
        json!({"identity": {"operation": "GetWorkloadAccessToken", "workload": "w"}}),
        json!({"control": {"operation": "UpdateGateway", "on": {"gateway": "g-1"}, "role": role}}),
        json!({"control": {"operation": "PutResourcePolicy", "on": {"memory": "m-1"}}}),
        json!({"assume_role": {"role": role}}),
        json!({"other": {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}}),
        json!({"other": {"action": "kms:Decrypt", "resource": key, "via": "bedrock-agentcore.amazonaws.com"}}),
        json!({"other": {"action": "kms:Decrypt", "resource": key}}),
        json!({"other": {"action": "s3:GetObject", "resource": "arn:aws-cn:s3:::b/k", "account": OWN}}),
        json!({"other": {"action": "sts:GetCallerIdentity", "resource": "*", "account": OWN}}),
    ]);
    requests
}

fn callers() -> Vec<Value> {
    let token = json!({"issued": 1000});
    vec![
        json!({"user": {"account": OWN, "name": "ann"}}),
        json!({"session": {"account": OWN, "role": "app", "session": "s", "token": token}}),
        json!({"session": {"account": "444455556666", "role": "app", "session": "s", "token": token}}),
        json!({"root": {"account": OWN}}),
        json!({"root": {"account": "444455556666"}}),
        json!({"federated": {"account": OWN, "user": "ann", "token": token}}),
        json!({"jwt": {"subject": "u", "accepted": true}}),
        json!({"service": {"service": "sns.amazonaws.com", "source_account": OWN}}),
        json!("anonymous"),
    ]
}

/// Every request by every caller over either way, with policies that are absent, allow and deny, as far as that makes a
/// well-formed call.
fn all() -> Vec<CallCase> {
    let own = [
        Value::Null,
        policy(json!([{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}])),
        policy(
            json!([{"Effect": "Deny", "Principal": {"AWS": OWN}, "Action": "*", "Resource": "*"}]),
        ),
    ];
    let trust =
        policy(json!([{"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "sts:AssumeRole"}]));
    let ways = [
        json!({"internet": {"address": "203.0.113.7"}}),
        json!({"endpoint": {"endpoint": "vpce-1", "address": "10.0.0.1"}}),
    ];
    let mut all = Vec::new();
    for (own, granted) in own.iter().flat_map(|own| [(own, false), (own, true)]) {
        let mut world = world(own, &trust);
        if granted {
            world["roles"][0]["policies"] = json!([allow()]);
            world["users"][0]["boundary"] = allow();
        }
        let world: World = serde_json::from_value(world).expect("a world");
        for request in requests() {
            for (caller, from) in callers()
                .iter()
                .flat_map(|c| ways.iter().map(move |w| (c, w)))
            {
                let call = json!({"caller": caller, "request": request, "from": from, "at": 2000, "user_agent": "t"});
                let call = serde_json::from_value(call).expect("a call");
                if world.validate_call(&call).is_ok() {
                    let world = world.clone();
                    all.push(CallCase { world, call });
                }
            }
        }
    }
    assert!(all.len() > 1000, "{}", all.len());
    all
}

/// A denial is by some policy type, and at a pair of the call; tracing changes nothing.
#[test]
fn a_denial_of_any_family_is_by_some_policy_type() {
    let dialects = [
        "",
        "AC-203=honoured",
        "AC-190=endpoint-too",
        "AC-191=checked",
        "AC-193=needed",
        "AC-259=not-checked",
        "IAM-260=guarded",
    ];
    let mut seen = BTreeSet::new();
    for (n, CallCase { world, call }) in all().iter().enumerate() {
        let dialect = match dialects[n % dialects.len()] {
            "" => Dialect::default(),
            setting => Dialect::default().with_setting(setting).expect(setting),
        };
        let judged = judge_call(world, call, &dialect).expect("well-formed");
        let traced = trace_call(world, call, &dialect, Detail::Full).expect("well-formed");
        assert_eq!(traced.judgement, judged, "{call:?}");
        match &judged.outcome {
            Outcome::Denied(denial) => {
                assert!(!denial.by.is_empty(), "{call:?}");
                let is_its = traced.pairs.iter().any(|pair| pair.pair == denial.at);
                assert!(is_its, "{call:?}");
            }
            Outcome::Allowed => assert!(!traced.pairs.is_empty(), "{call:?}"),
            Outcome::Rejected(_) | Outcome::Invalid(_) => {
                assert!(traced.pairs.is_empty(), "{call:?}");
            }
        }
        seen.insert(judged.outcome.to_string());
    }
    assert!(seen.len() >= 12, "the cases differ: {seen:?}");
}

/// The verdict is the default judgement, and its readings are what judging under them gives.
#[test]
fn a_verdict_of_any_family_holds_what_judging_under_its_readings_gives() {
    let mut open = BTreeSet::new();
    for CallCase { world, call } in all().iter().step_by(2) {
        let judged = judge_call(world, call, &Dialect::default()).expect("well-formed");
        match call_verdict(world, call).expect("few readings") {
            CallVerdict::Determined(default) => assert_eq!(default, judged),
            CallVerdict::Undetermined {
                default,
                choices,
                readings,
            } => {
                assert_eq!(default, judged);
                open.extend(choices.iter().map(|choice| choice.rule()));
                for (dialect, outcome) in readings {
                    let judged = judge_call(world, call, &dialect).expect("well-formed");
                    assert_eq!(judged.outcome, outcome, "{dialect:?} {call:?}");
                }
            }
        }
    }
    assert!(open.contains(&RuleId::agentcore(203)), "{open:?}");
}

/// AC-093 and AC-173 speak of runtimes, so no other request consults them under any reading.
#[test]
fn only_runtimes_consult_what_speaks_of_runtimes() {
    let of_runtimes = [RuleId::agentcore(93), RuleId::agentcore(173)];
    let mut consulted_at_all = 0;
    for CallCase { world, call } in all() {
        let judged = judge_call(&world, &call, &Dialect::default()).expect("well-formed");
        let consulted = judged.consulted.iter().map(|choice| choice.rule());
        let consulted = consulted.filter(|rule| of_runtimes.contains(rule)).count();
        match call.request.operation() {
            "InvokeAgentRuntime" => consulted_at_all += consulted,
            _ => assert_eq!(consulted, 0, "{call:?}"),
        }
    }
    assert!(consulted_at_all > 0);
}

fn gateway_case(authorizer: &str, own: &Value) -> CallCase {
    let world = json!({
        "region": "us-west-2",
        "accounts": [{"id": OWN}],
        "roles": [{"account": OWN, "name": "app", "id": "AROA1"}],
        "gateways": [{"account": OWN, "id": "g-1", "authorizer": authorizer, "policy": own}],
    });
    let session = json!({"account": OWN, "role": "app", "session": "s", "token": {"issued": 1000}});
    let call = json!({
        "caller": {"session": session}, "request": {"gateway": {"gateway": "g-1"}},
        "from": {"internet": {"address": "203.0.113.7"}}, "at": 2000, "user_agent": "t",
    });
    serde_json::from_value(json!({"world": world, "call": call})).expect("a case")
}

/// Readings, 5.1: an invalid policy is an error where it counts. Where nothing is authorized it counts only if Deny
/// statements are honoured; a reading under which it would is none of a world that holds it.
#[test]
fn an_invalid_policy_of_a_gateway_is_an_error_where_it_counts() {
    let faulty = policy(json!([]));
    let honoured = Dialect::default()
        .with_setting("AC-203=honoured")
        .expect("a reading");
    for (authorizer, dialect, is_error) in [
        ("aws_iam", Dialect::default(), true),
        ("none", Dialect::default(), false),
        ("none", honoured, true),
        ("authenticate_only", Dialect::default(), false),
        ("authenticate_only", honoured, true),
    ] {
        let CallCase { world, call } = gateway_case(authorizer, &faulty);
        let judged = judge_call(&world, &call, &dialect);
        match is_error {
            true => assert!(
                matches!(&judged, Err(CallError::InvalidPolicy { invalid, .. })
                    if invalid.policy.to_string() == "resource_policy"),
                "{authorizer}: {judged:?}"
            ),
            false => assert_eq!(judged.map(|j| j.outcome), Ok(Outcome::Allowed)),
        }
    }
    let CallCase { world, call } = gateway_case("none", &faulty);
    let verdict = call_verdict(&world, &call).expect("it does not count by default");
    assert!(matches!(verdict, CallVerdict::Determined(_)), "{verdict:?}");
}

/// Where Deny statements are honoured the pair has two checks: one that lets through, one with the real policies.
#[test]
fn an_honoured_deny_shows_in_a_check_of_its_own() {
    let deny =
        policy(json!([{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]));
    let CallCase { world, call } = gateway_case("authenticate_only", &deny);
    let honoured = Dialect::default()
        .with_setting("AC-203=honoured")
        .expect("a reading");
    for (dialect, policies) in [(Dialect::default(), vec![2]), (honoured, vec![2, 1])] {
        let traced = trace_call(&world, &call, &dialect, Detail::Structure).expect("well-formed");
        let found: Vec<usize> = traced
            .pairs
            .iter()
            .map(|pair| pair.check.policies().count())
            .collect();
        assert_eq!(found, policies, "{dialect:?}");
    }
}

/// Who is turned away meets no policy, of whatever family.
#[test]
fn what_is_not_there_is_no_question_of_policies() {
    let mut case = gateway_case("none", &Value::Null);
    let other = serde_json::from_value(
        json!({"account": "444455556666", "id": "m-1", "policy": "no policy"}),
    );
    case.world.memories.push(other.expect("a memory"));
    let account = serde_json::from_value(json!({"id": "444455556666"}));
    case.world.accounts.push(account.expect("an account"));
    let request =
        serde_json::from_value(json!({"memory": {"operation": "GetMemory", "memory": "m-1"}}));
    case.call.request = request.expect("a request");
    let judged =
        judge_call(&case.world, &case.call, &Dialect::default()).expect("no policy is read");
    assert_eq!(judged.outcome, Outcome::Invalid(InvalidCall::NoSuchMemory));
}
