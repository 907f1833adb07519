//! Calls in worlds, by the thousand: what the rules say about all of them, said in another way than the oracle does.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use veriam_model::{
    Call, CallCase, DenialKind, Dialect, InvalidCall, Malformed, Outcome, PolicyText, PolicyType,
    Request, RuleId,
};
use veriam_oracle::{CallError, Detail, call_verdict, judge_call, trace_call};

const RUNTIME: &str = "arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/r-1";
const ENDPOINT: &str =
    "arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/r-1/runtime-endpoint/DEFAULT";

/// A world of two accounts with one runtime, and a call of the role `app` to it.
fn case(caller_account: &str) -> Value {
    json!({
        "world": {
            "region": "us-west-2",
            "accounts": [{"id": "111122223333"}, {"id": "444455556666"}],
            "users": [{"account": caller_account, "name": "alice", "id": "AIDA1"}],
            "roles": [{"account": caller_account, "name": "app", "id": "AROA1"}],
            "runtimes": [{"account": "111122223333", "id": "r-1", "endpoints": [{"name": "DEFAULT"}]}],
            "networks": [{"endpoint": "vpce-1", "vpc": "vpc-1", "account": caller_account}],
        },
        "call": {
            "caller": {"session": {"account": caller_account, "role": "app", "session": "s", "token": {"issued": 1000}}},
            "request": {"runtime": {"operation": "InvokeAgentRuntime", "runtime": "r-1"}},
            "from": {"internet": {"address": "203.0.113.7"}},
            "at": 2000,
            "user_agent": "test",
        },
    })
}

fn read(case: Value) -> CallCase {
    serde_json::from_value(case).expect("a case")
}

fn policy(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn identity(resources: &[&str]) -> Value {
    match resources {
        [] => json!([]),
        _ => json!([policy(json!({
            "Effect": "Allow", "Action": "bedrock-agentcore:*", "Resource": resources,
        }))]),
    }
}

/// What the policy of a resource says to the role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    None,
    Silent,
    Allows,
    Denies,
}

const SAYS: [Says; 4] = [Says::None, Says::Silent, Says::Allows, Says::Denies];

impl Says {
    fn policy(self, account: &str, resource: &str) -> Value {
        let (effect, role) = match self {
            Says::None => return Value::Null,
            Says::Silent => ("Allow", "other"),
            Says::Allows => ("Allow", "app"),
            Says::Denies => ("Deny", "app"),
        };
        let role = format!("arn:aws:iam::{account}:role/{role}");
        policy(json!({
            "Effect": effect, "Principal": {"AWS": role}, "Action": "bedrock-agentcore:*", "Resource": resource,
        }))
    }
}

/// Every combination of identity policies on the two resources, and of policies of these.
fn combinations() -> impl Iterator<Item = ([bool; 2], [Says; 2])> {
    let identity = [[false, false], [false, true], [true, false], [true, true]];
    let policies = SAYS.iter().flat_map(|&r| SAYS.map(|e| [r, e]));
    policies.flat_map(move |own| identity.map(|covers| (covers, own)))
}

fn combined(account: &str, covers: [bool; 2], own: [Says; 2]) -> CallCase {
    let mut case = case(account);
    let resources = [RUNTIME, ENDPOINT];
    let named: Vec<&str> = resources
        .into_iter()
        .zip(covers)
        .filter(|(_, c)| *c)
        .map(|(r, _)| r)
        .collect();
    case["world"]["roles"][0]["policies"] = identity(&named);
    case["world"]["runtimes"][0]["policy"] = own[0].policy(account, RUNTIME);
    case["world"]["runtimes"][0]["endpoints"][0]["policy"] = own[1].policy(account, ENDPOINT);
    read(case)
}

/// Which resource a denial is at, and how it comes about; `None` for an allowed call.
fn denial(outcome: &Outcome) -> Option<(DenialKind, usize)> {
    match outcome {
        Outcome::Allowed => None,
        Outcome::Denied(denial) => {
            let at = [RUNTIME, ENDPOINT]
                .iter()
                .position(|r| *r == denial.at.resource);
            Some((denial.kind, at.expect("one of the two resources")))
        }
        Outcome::Rejected(_) | Outcome::Invalid(_) => panic!("policies decide: {outcome}"),
    }
}

/// AC-072, AC-092, AC-093, AC-087: the first resource that denies, else the first that is not allowed.
#[test]
fn all_sixty_four_combinations_come_out_as_the_matrices_say() {
    let literal = Dialect::default()
        .with_setting("AC-093=literal")
        .expect("a reading");
    for (account, dialect) in [
        ("111122223333", Dialect::default()),
        ("111122223333", literal),
        ("444455556666", Dialect::default()),
        ("444455556666", literal),
    ] {
        for (covers, own) in combinations() {
            let denies = own.map(|says| says == Says::Denies);
            let misses = [0, 1].map(|i| {
                let by_resource = own[i] == Says::Allows;
                match (account, dialect == literal) {
                    ("111122223333", false) => !(covers[i] || by_resource),
                    _ => !(covers[i] && (by_resource || account == "111122223333")),
                }
            });
            // What the literal reading adds comes last: a pair that nothing allows is reported before.
            let misses_both = [0, 1].map(|i| !covers[i] && own[i] != Says::Allows);
            let misses = match account == "111122223333" && misses_both.contains(&true) {
                true => misses_both,
                false => misses,
            };
            let first = |failing: [bool; 2]| failing.iter().position(|fails| *fails);
            let expected = match (first(denies), first(misses)) {
                (Some(at), _) => Some((DenialKind::Explicit, at)),
                (None, Some(at)) => Some((DenialKind::Implicit, at)),
                (None, None) => None,
            };
            let case = combined(account, covers, own);
            let judged = judge_call(&case.world, &case.call, &dialect).expect("well-formed");
            assert_eq!(
                denial(&judged.outcome),
                expected,
                "{account} {covers:?} {own:?} {dialect:?}"
            );
        }
    }
}

/// AC-093: the verdict turns on it for exactly the same-account calls that are allowed without identity policies for
/// both resources.
#[test]
fn verdicts_turn_on_coverage_where_a_resource_policy_is_what_allows() {
    for account in ["111122223333", "444455556666"] {
        for (covers, own) in combinations() {
            let allowed =
                (0..2).all(|i| own[i] != Says::Denies && (covers[i] || own[i] == Says::Allows));
            let turns = account == "111122223333" && allowed && covers != [true, true];
            let case = combined(account, covers, own);
            let verdict = call_verdict(&case.world, &case.call).expect("well-formed");
            let choices = match verdict {
                veriam_oracle::CallVerdict::Determined(_) => Vec::new(),
                veriam_oracle::CallVerdict::Undetermined { choices, .. } => {
                    choices.iter().map(|c| c.rule()).collect()
                }
            };
            let expected = if turns {
                vec![RuleId::agentcore(93)]
            } else {
                Vec::new()
            };
            assert_eq!(choices, expected, "{account} {covers:?} {own:?}");
        }
    }
}

/// Cases of every kind of caller, operation, way and policy, under readings of each choice.
fn variety() -> Vec<(CallCase, Dialect)> {
    let token = json!({"issued": 1000, "mfa": 900});
    let any = policy(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
    let everyone = policy(json!([
        {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
         "Condition": {"StringNotEquals": {"aws:SourceVpcArn": "x"}, "Bool": {"aws:SecureTransport": "true"}}},
        {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "bedrock-agentcore:Stop*", "Resource": "*"},
    ]));
    let few = policy(json!({
        "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "*", "Resource": RUNTIME,
        "Condition": {"StringEqualsIfExists": {"aws:VpceAccount": "${aws:PrincipalAccount}"}},
    }));
    let session = |policy: &Value| json!({"session": {"account": "111122223333", "role": "app", "session": "s", "token": token, "policy": policy}});
    let callers = [
        json!({"user": {"account": "111122223333", "name": "alice"}}),
        session(&Value::Null),
        session(&any),
        json!({"root": {"account": "111122223333"}}),
        json!({"root": {"account": "444455556666"}}),
        json!({"federated": {"account": "111122223333", "user": "alice", "token": {"issued": 1000}}}),
        json!({"jwt": {"subject": "u", "accepted": true}}),
        json!({"jwt": {"subject": "u", "accepted": false}}),
        json!("anonymous"),
    ];
    let own = [Value::Null, everyone, few];
    let dialects = [
        "",
        "AC-093=literal",
        "AC-118=absent",
        "AC-122=allowed",
        "AC-125=ignored",
        "AC-173=runtime-only",
        "AC-182=present",
        "AC-183=present",
    ];
    let dialects = dialects.map(|setting| match setting {
        "" => Dialect::default(),
        _ => Dialect::default().with_setting(setting).expect(setting),
    });
    let mut all = Vec::new();
    for (n, caller) in callers.iter().enumerate() {
        for operation in ["InvokeAgentRuntime", "StopRuntimeSession"] {
            for authorizer in ["iam", "jwt"] {
                for (r, e, gate) in (0..27).map(|i| (i % 3, i / 3 % 3, i / 9)) {
                    let mut case = case("111122223333");
                    case["world"]["users"][0]["policies"] = json!([any]);
                    case["world"]["runtimes"][0]["authorizer"] = json!(authorizer);
                    case["world"]["runtimes"][0]["policy"] = own[r].clone();
                    case["world"]["runtimes"][0]["endpoints"][0]["policy"] = own[e].clone();
                    case["world"]["networks"][0]["policy"] = own[gate].clone();
                    case["call"]["caller"] = caller.clone();
                    case["call"]["request"]["runtime"]["operation"] = json!(operation);
                    if (r + e) % 2 == 0 {
                        case["call"]["from"] =
                            json!({"endpoint": {"endpoint": "vpce-1", "address": "10.0.0.1"}});
                    }
                    if operation == "InvokeAgentRuntime" && e != gate {
                        case["call"]["request"]["runtime"]["user_id"] = json!("u");
                    }
                    all.push((read(case), dialects[(r * 3 + e + n) % dialects.len()]));
                }
            }
        }
    }
    all
}

#[test]
fn tracing_changes_nothing_and_a_denial_is_by_some_policy_type() {
    let mut seen = BTreeSet::new();
    for (case, dialect) in variety() {
        let CallCase { world, call } = &case;
        let judged = judge_call(world, call, &dialect).expect("well-formed");
        for detail in [Detail::Structure, Detail::Full] {
            let traced = trace_call(world, call, &dialect, detail).expect("well-formed");
            assert_eq!(traced.judgement, judged, "{case:?}");
            assert!(matches!(traced.pairs.len(), 0 | 2 | 4), "{case:?}");
        }
        if let Outcome::Denied(denial) = &judged.outcome {
            assert!(!denial.by.is_empty(), "{case:?}");
        }
        seen.insert(judged.outcome.to_string());
    }
    assert!(seen.len() >= 10, "the cases differ: {seen:?}");
}

/// The verdict is the default judgement, and its readings are what judging under them gives.
#[test]
fn a_verdict_holds_what_judging_under_its_readings_gives() {
    for (case, _) in variety() {
        let CallCase { world, call } = &case;
        let judged = judge_call(world, call, &Dialect::default()).expect("well-formed");
        match call_verdict(world, call).expect("few readings") {
            veriam_oracle::CallVerdict::Determined(default) => assert_eq!(default, judged),
            veriam_oracle::CallVerdict::Undetermined {
                default,
                choices,
                readings,
            } => {
                assert_eq!(default, judged);
                assert_eq!(readings.len(), 1 << choices.iter().count());
                for (dialect, outcome) in readings {
                    let judged = judge_call(world, call, &dialect).expect("well-formed");
                    assert_eq!(judged.outcome, outcome, "{dialect:?} {case:?}");
                }
            }
        }
    }
}

/// Readings, 5.1: an invalid policy is an error that names the first pair it stands in, and nothing else matters.
#[test]
fn an_invalid_policy_is_an_error() {
    let faulty = json!({"Version": "2012-10-17", "Statement": []});
    for (path, at, slot) in [
        ("/world/roles/0/policies/0", RUNTIME, "identity_policies[0]"),
        ("/world/roles/0/boundary", RUNTIME, "boundary"),
        ("/world/runtimes/0/policy", RUNTIME, "resource_policy"),
        (
            "/world/runtimes/0/endpoints/0/policy",
            ENDPOINT,
            "resource_policy",
        ),
        ("/world/networks/0/policy", RUNTIME, "endpoint_policy"),
        ("/call/caller/session/policy", RUNTIME, "session_policy"),
        (
            "/world/accounts/0/organization/scps/0/0",
            RUNTIME,
            "scps[0][0]",
        ),
        (
            "/world/accounts/0/organization/rcps/0/0",
            RUNTIME,
            "rcps[0][0]",
        ),
    ] {
        let mut case = case("111122223333");
        case["world"]["accounts"][0]["organization"] =
            json!({"id": "o-1", "path": ["r-1"], "scps": [[null]], "rcps": [[null]]});
        case["world"]["roles"][0]["policies"] = json!([null]);
        case["world"]["roles"][0]["boundary"] = Value::Null;
        case["world"]["runtimes"][0]["policy"] = Value::Null;
        case["world"]["runtimes"][0]["endpoints"][0]["policy"] = Value::Null;
        case["world"]["networks"][0]["policy"] = Value::Null;
        case["call"]["caller"]["session"]["policy"] = Value::Null;
        case["call"]["from"] = json!({"endpoint": {"endpoint": "vpce-1", "address": "10.0.0.1"}});
        *case.pointer_mut(path).expect(path) = faulty.clone();
        // The other placeholders are lists without the policy.
        for list in [
            "/world/roles/0/policies",
            "/world/accounts/0/organization/scps/0",
            "/world/accounts/0/organization/rcps/0",
        ] {
            let list = case
                .pointer_mut(list)
                .and_then(Value::as_array_mut)
                .expect(list);
            list.retain(|policy| !policy.is_null());
        }
        let case = read(case);
        let error = judge_call(&case.world, &case.call, &Dialect::default()).expect_err(path);
        let CallError::InvalidPolicy { pair, invalid } = &error else {
            panic!("{path}: {error}");
        };
        assert_eq!(pair.resource, at, "{path}");
        assert_eq!(invalid.policy.to_string(), slot, "{path}");
        assert_eq!(invalid.rule, RuleId::iam(8), "{path}");
        for detail in [Detail::Structure, Detail::Full] {
            let traced = trace_call(&case.world, &case.call, &Dialect::default(), detail);
            assert_eq!(traced.as_ref(), Err(&error), "{path}");
        }
        assert_eq!(call_verdict(&case.world, &case.call), Err(error), "{path}");
    }
}

/// A call that is turned away reads no policy, so an invalid one does not matter to it.
#[test]
fn who_is_turned_away_meets_no_policy() {
    let mut case = case("111122223333");
    case["world"]["runtimes"][0]["policy"] = json!("no policy");
    case["call"]["request"]["runtime"]["qualifier"] = json!("beta");
    let case = read(case);
    let judged =
        judge_call(&case.world, &case.call, &Dialect::default()).expect("no policy is read");
    assert_eq!(
        judged.outcome,
        Outcome::Invalid(InvalidCall::NoSuchEndpoint)
    );
}

/// A reading that would refuse a policy of the world is none of that world, which holds valid policies.
#[test]
fn readings_that_refuse_a_policy_have_no_say() {
    let mut case = case("111122223333");
    // IAM-011 leaves open whether such an identity policy can be saved today.
    let old = json!({"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
    case["world"]["roles"][0]["policies"] = json!([old]);
    let case = read(case);
    let verdict = call_verdict(&case.world, &case.call).expect("valid by default");
    let veriam_oracle::CallVerdict::Determined(judgement) = verdict else {
        panic!("{verdict:?}");
    };
    assert_eq!(judgement.outcome, Outcome::Allowed);
}

#[test]
fn a_malformed_world_or_call_is_an_error_that_names_the_member() {
    type Spoil = fn(&mut CallCase);
    let spoil: [(&str, Spoil); 3] = [
        ("region", |case| case.world.region.clear()),
        ("call.request.runtime.runtime", |case| {
            if let Request::Runtime(request) = &mut case.call.request {
                request.runtime = "r-2".to_owned();
            }
        }),
        ("call.user_agent", |case| case.call.user_agent.clear()),
    ];
    for (member, spoil) in spoil {
        let mut case = read(case("111122223333"));
        spoil(&mut case);
        let CallCase { world, call } = &case;
        let found = [
            judge_call(world, call, &Dialect::default()).err(),
            trace_call(world, call, &Dialect::default(), Detail::Full).err(),
            call_verdict(world, call).err(),
        ];
        for error in found {
            let Some(CallError::Malformed(Malformed { member: found, .. })) = error else {
                panic!("{member}: {error:?}");
            };
            assert_eq!(found, member);
        }
    }
}

/// Many choices at once: an error and no endless search.
#[test]
fn too_many_open_readings_are_an_error() {
    let mut case = case("111122223333");
    let mut condition = json!({});
    let mut tags = json!({});
    for (tag, operator, wanted, value) in [
        ("1", "NumericNotEquals", "1", "x"),
        ("2", "DateNotEquals", "1", "x"),
        ("3", "NotIpAddress", "192.0.2.1", "x"),
        ("4", "Bool", "TRUE", "true"),
        ("5", "BinaryEquals", "*", "*"),
        ("6", "Null", "true", ""),
        ("7", "ArnLike", "*", "x"),
        ("8", "ForAnyValue:StringEquals", "", ""),
        ("9", "DateEquals", "2024", "2024"),
    ] {
        let key = format!("aws:PrincipalTag/{tag}");
        condition[operator] = json!({key: wanted});
        tags[tag] = json!(value);
    }
    case["world"]["roles"][0]["tags"] = tags;
    case["world"]["roles"][0]["policies"] = json!([policy(json!([
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition},
    ]))]);
    let case = read(case);
    let error = call_verdict(&case.world, &case.call).expect_err("too many");
    assert!(
        matches!(error, CallError::TooManyReadings { limit: 256, .. }),
        "{error}"
    );
    let shown = error.to_string();
    assert!(shown.contains("256 are tried"), "{shown}");
}

#[test]
fn a_session_policy_counts_for_its_call_only() {
    let mut case = read(case("111122223333"));
    case.world.roles[0].policies = vec![PolicyText::new(
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
    )];
    let free: Call = case.call.clone();
    if let veriam_model::Caller::Session(session) = &mut case.call.caller {
        session.policy = Some(PolicyText::new(
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#,
        ));
    }
    let bound = judge_call(&case.world, &case.call, &Dialect::default()).expect("well-formed");
    let Outcome::Denied(denial) = bound.outcome else {
        panic!("{bound:?}");
    };
    assert_eq!(denial.by.iter().collect::<Vec<_>>(), [PolicyType::Session]);
    let free = judge_call(&case.world, &free, &Dialect::default()).expect("well-formed");
    assert_eq!(free.outcome, Outcome::Allowed);
}
