//! What shrinking of calls and of documents promises: it ends, keeps the failure, shows only what can be asked, and
//! leaves nothing removable.

#[path = "common/parts.rs"]
mod parts;

use serde_json::Value;
use veriam_generators::generated_group;
use veriam_generators::shrink::{shrink_call, shrink_document};
use veriam_model::{
    CallCase, Caller, Case, DocumentCase, GatewayAuthorizer, Path, PolicyText, PolicyType, Request,
    RuntimeEndpoint, RuntimeRequest,
};

use parts::parts_less;

/// What a call asks of a runtime, if it does.
fn asked(case: &CallCase) -> Option<&RuntimeRequest> {
    case.call.request.runtime()
}

type Predicate = fn(&CallCase) -> bool;

/// Predicates about what a failure may need.
const PLANTED: [(&str, Predicate); 22] = [
    ("two statements that work together", |case| {
        any_statement(case, |s| s["Effect"] == "Deny" && has_operator(s, "Not"))
            && any_statement(case, |s| {
                s["Effect"] == "Allow" && has_operator(s, "Equals")
            })
    }),
    (
        "a session with a tag",
        |case| matches!(&case.call.caller, Caller::Session(s) if !s.tags.is_empty()),
    ),
    (
        "a federated session with a policy",
        |case| matches!(&case.call.caller, Caller::Federated(s) if s.policy.is_some()),
    ),
    ("a token with MFA", |case| match &case.call.caller {
        Caller::User(user) => user.token.is_some_and(|t| t.mfa.is_some()),
        Caller::Session(session) => session.token.mfa.is_some(),
        _ => false,
    }),
    ("an SCP on the second level", |case| {
        let levels = case
            .world
            .accounts
            .iter()
            .filter_map(|a| a.organization.as_ref());
        levels
            .into_iter()
            .any(|o| o.scps.get(1).is_some_and(|level| !level.is_empty()))
    }),
    (
        "a policy of the endpoint that is called, and one of its runtime",
        |case| {
            let Some(asked) = asked(case) else {
                return false;
            };
            let runtime = case.world.runtime(&asked.runtime);
            let name = asked.qualifier.as_deref().unwrap_or("DEFAULT");
            let endpoint = |r: &veriam_model::Runtime| {
                r.endpoints
                    .iter()
                    .any(|e| e.name == name && e.policy.is_some())
            };
            runtime.is_some_and(|r| r.policy.is_some() && endpoint(r))
        },
    ),
    (
        "the policy of the network the call takes",
        |case| match &case.call.from {
            Path::Endpoint { endpoint, .. } => case
                .world
                .network(endpoint)
                .is_some_and(|n| n.policy.is_some()),
            Path::Internet { .. } => false,
        },
    ),
    ("a boundary and the user-id header", |case| {
        let world = &case.world;
        let mut identities = world.users.iter().chain(&world.roles);
        asked(case).is_some_and(|r| r.user_id.is_some()) && identities.any(|i| i.boundary.is_some())
    }),
    ("a caller of another account than the runtime's", |case| {
        let account = match &case.call.caller {
            Caller::User(user) => &user.account,
            Caller::Session(session) => &session.account,
            Caller::Federated(session) => &session.account,
            Caller::Root(root) => &root.account,
            Caller::Jwt(_) | Caller::Service(_) | Caller::Anonymous => return false,
        };
        asked(case)
            .and_then(|asked| case.world.runtime(&asked.runtime))
            .is_some_and(|r| r.account != *account)
    }),
    ("an endpoint whose tags differ from its runtime's", |case| {
        let runtimes = &case.world.runtimes;
        let differs = |e: &RuntimeEndpoint, tags| !e.tags.is_empty() && e.tags != tags;
        runtimes
            .iter()
            .any(|r| r.endpoints.iter().any(|e| differs(e, r.tags.clone())))
    }),
    ("a Deny at a gateway that authorizes nothing", |case| {
        let Request::Gateway(request) = &case.call.request else {
            return false;
        };
        let gateway = case.world.gateway(&request.gateway);
        let denies = |policy: &PolicyText| policy.as_str().contains("Deny");
        gateway.is_some_and(|g| {
            g.authorizer == GatewayAuthorizer::AuthenticateOnly
                && g.policy.as_ref().is_some_and(denies)
        })
    }),
    ("a token that lacks a claim", |case| {
        match (&case.call.caller, &case.call.request) {
            (Caller::Jwt(jwt), Request::Gateway(request)) => {
                let gateway = case.world.gateway(&request.gateway);
                let wants = |g: &veriam_model::Gateway| !g.token_rules.scopes.is_empty();
                let offered = |scope: &String| jwt.claims.scopes.contains(scope);
                gateway.is_some_and(|g| wants(g) && !g.token_rules.scopes.iter().any(offered))
            }
            _ => false,
        }
    }),
    (
        "a service that acts for a resource",
        |case| matches!(&case.call.caller, Caller::Service(s) if s.source_arn.is_some()),
    ),
    ("an actor and the policy of the memory", |case| {
        let Request::Memory(request) = &case.call.request else {
            return false;
        };
        let memory = case.world.memory(&request.memory);
        request.actor.is_some() && memory.is_some_and(|m| m.policy.is_some())
    }),
    (
        "a namespace of a memory that is named by its ARN",
        |case| matches!(&case.call.request, Request::Memory(r) if r.namespace.is_some() && r.by_arn),
    ),
    (
        "an endpoint of a harness that is invoked for a user",
        |case| match &case.call.request {
            Request::Harness(r) => r.endpoint.is_some() && r.user_id.is_some(),
            _ => false,
        },
    ),
    ("a tagged tool", |case| match &case.call.request {
        Request::Tool(request) => {
            let tool = request.tool.as_deref().and_then(|id| case.world.tool(id));
            tool.is_some_and(|tool| !tool.tags.is_empty())
        }
        _ => false,
    }),
    (
        "an audience inside a request to the identity service",
        |case| match &case.call.request {
            Request::Identity(r) => r.claims.as_ref().is_some_and(|c| !c.aud.is_empty()),
            _ => false,
        },
    ),
    (
        "a provider",
        |case| matches!(&case.call.request, Request::Identity(r) if r.provider.is_some()),
    ),
    (
        "a role that is handed over with a setting",
        |case| match &case.call.request {
            Request::Control(r) => r.role.is_some() && !r.settings.is_empty(),
            _ => false,
        },
    ),
    (
        "a Deny in the trust policy of the role that is assumed",
        |case| match &case.call.request {
            Request::AssumeRole(r) => {
                let role = case.world.role(&r.role.account, &r.role.name);
                let trust = role.and_then(|role| role.trust.as_ref());
                trust.is_some_and(|trust| trust.as_str().contains("Deny"))
            }
            _ => false,
        },
    ),
    (
        "a service that asks for the caller",
        |case| matches!(&case.call.request, Request::Other(r) if r.via.is_some() && r.resource != "*"),
    ),
];

fn any_statement(case: &CallCase, test: impl Fn(&Value) -> bool) -> bool {
    let world = case.world.policies().into_iter().map(|(_, policy)| policy);
    let mut policies = world.chain(case.call.session_policy());
    policies.any(|policy| {
        let document: Value = serde_json::from_str(policy.as_str()).unwrap_or_default();
        match &document["Statement"] {
            Value::Array(list) => list.iter().any(&test),
            one => test(one),
        }
    })
}

fn has_operator(statement: &Value, part: &str) -> bool {
    let operators = statement["Condition"].as_object();
    operators.is_some_and(|o| o.keys().any(|name| name.contains(part)))
}

fn calls(seed: u64) -> impl Iterator<Item = CallCase> {
    let cases = (0..20_000).flat_map(move |group| generated_group(seed, group));
    cases.filter_map(|case| match case {
        Case::Call(case) => Some(*case),
        Case::Document(_) | Case::Check(_) | Case::Put(_) => None,
    })
}

/// Every well-formed case with one thing less: a member or an element of the case as it is written, or a part of a policy.
fn removals(case: &CallCase) -> Vec<CallCase> {
    let written = serde_json::to_value(case).expect("can be written");
    let mut all: Vec<CallCase> = parts_less(&written)
        .into_iter()
        // What cannot be left out is no case any more.
        .filter_map(|less| serde_json::from_value(less).ok())
        .collect();
    all.extend(less_policies(&written));
    let length = |case: &CallCase| serde_json::to_string(case).expect("can be written").len();
    all.retain(|c| {
        let call = c.world.validate_call(&c.call);
        length(c) < length(case) && c.world.validate().is_ok() && call.is_ok()
    });
    all
}

/// The case, as it is written, with one part of one policy less.
fn less_policies(written: &Value) -> Vec<CallCase> {
    fn walk(value: &Value, pointer: &str, found: &mut Vec<String>) {
        match value {
            Value::String(text) if text.starts_with('{') => found.push(pointer.to_owned()),
            Value::Array(list) => {
                for (i, element) in list.iter().enumerate() {
                    walk(element, &format!("{pointer}/{i}"), found);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    walk(member, &format!("{pointer}/{name}"), found);
                }
            }
            _ => {}
        }
    }
    let mut places = Vec::new();
    walk(written, "", &mut places);
    let mut all = Vec::new();
    for place in places {
        let text = written.pointer(&place).and_then(Value::as_str);
        let policy: Value = serde_json::from_str(text.unwrap_or_default()).expect("valid JSON");
        for less in parts_less(&policy) {
            let mut written = written.clone();
            if let Some(text) = written.pointer_mut(&place) {
                *text = Value::String(less.to_string());
            }
            all.push(serde_json::from_value(written).expect("still a case"));
        }
    }
    all
}

#[test]
fn a_shrunk_call_still_fails_and_has_nothing_left_to_remove() {
    for (what, predicate) in PLANTED {
        let cases: Vec<CallCase> = calls(11).filter(predicate).take(12).collect();
        assert_eq!(cases.len(), 12, "{what}");
        for case in cases {
            let result = shrink_call(&case, 5_000, &mut |c| {
                assert_eq!(c.world.validate(), Ok(()), "{what}");
                assert_eq!(c.world.validate_call(&c.call), Ok(()), "{what}");
                predicate(c)
            });
            assert!(!result.exhausted && predicate(&result.case), "{what}");
            for smaller in removals(&result.case) {
                assert!(
                    !predicate(&smaller),
                    "{what}: {}\nstill has a removable part: {}",
                    serde_json::to_string(&result.case).unwrap_or_default(),
                    serde_json::to_string(&smaller).unwrap_or_default()
                );
            }
        }
    }
}

#[test]
fn what_a_failure_does_not_need_is_gone_and_the_rest_has_short_names() {
    let (what, predicate) = PLANTED[5];
    for case in calls(12).filter(predicate).take(20) {
        let result = shrink_call(&case, 5_000, &mut |c| predicate(c));
        let text = serde_json::to_string(&result.case).expect("can be written");
        assert!(text.len() < 460, "{what}: {} {text}", text.len());
        assert!(result.evaluations < 200, "{what}: {}", result.evaluations);
        let asks_for_user = asked(&result.case).is_some_and(|r| r.user_id.is_some());
        let CallCase { world, call } = &result.case;
        assert_eq!(world.accounts.len(), 1);
        assert_eq!(world.accounts[0].id, "111122223333");
        assert_eq!(call.caller, Caller::Anonymous);
        assert_eq!((call.at, asks_for_user), (0, false));
        assert!(matches!(call.from, Path::Internet { .. }));
        assert!(world.users.is_empty() && world.roles.is_empty() && world.networks.is_empty());
    }
}

/// Three accounts where one would do say that it matters.
#[test]
fn what_need_not_belong_to_another_account_belongs_to_the_same() {
    let user = |case: &CallCase| matches!(case.call.caller, Caller::User(_));
    let apart = PLANTED[8];
    let cases = calls(14).filter(|case| user(case) && apart.1(case));
    for case in cases.take(20) {
        let result = shrink_call(&case, 5_000, &mut |c| user(c));
        assert_eq!(result.case.world.accounts.len(), 1);
        let result = shrink_call(&case, 5_000, &mut |c| user(c) && apart.1(c));
        assert_eq!(result.case.world.accounts.len(), 2);
    }
}

#[test]
fn the_times_of_a_call_become_the_earliest_that_do() {
    let predicate = |case: &CallCase| match &case.call.caller {
        Caller::Session(session) => {
            session.token.issued > 1_000
                && session.token.mfa.is_some_and(|m| m < session.token.issued)
        }
        _ => false,
    };
    let case = calls(13).find(predicate).expect("some session with MFA");
    let result = shrink_call(&case, 5_000, &mut |c| predicate(c));
    let Caller::Session(session) = &result.case.call.caller else {
        panic!("a session");
    };
    assert_eq!(session.token.mfa, Some(0));
    assert_eq!(session.token.issued, case_issued(&case));
}

fn case_issued(case: &CallCase) -> u64 {
    match &case.call.caller {
        Caller::Session(session) => session.token.issued,
        _ => 0,
    }
}

#[test]
fn the_budget_of_a_call_is_kept_and_its_end_is_told() {
    let (_, predicate) = PLANTED[0];
    let case = calls(11).find(predicate).expect("there are many");
    for budget in [0, 1, 7, 20] {
        let mut asked = 0;
        let result = shrink_call(&case, budget, &mut |c| {
            asked += 1;
            predicate(c)
        });
        assert_eq!(result.evaluations, asked);
        assert!(asked <= budget && result.exhausted, "{budget}");
        assert!(predicate(&result.case));
    }
}

#[test]
fn a_predicate_about_calls_that_always_or_never_fails_ends() {
    for case in calls(5).take(12) {
        let all = shrink_call(&case, 100_000, &mut |_| true);
        assert!(!all.exhausted);
        assert!(all.case.world.policies().is_empty());
        let text = serde_json::to_string(&all.case).expect("can be written");
        assert!(text.len() < 300, "{text}");
        let none = shrink_call(&case, 100_000, &mut |_| false);
        assert!(!none.exhausted);
        assert_eq!(none.case, case);
    }
}

fn documents(seed: u64) -> impl Iterator<Item = DocumentCase> {
    let cases = (0..20_000).flat_map(move |group| generated_group(seed, group));
    cases.filter_map(|case| match case {
        Case::Document(case) => Some(case),
        Case::Check(_) | Case::Call(_) | Case::Put(_) => None,
    })
}

#[test]
fn documents_shrink_by_statements_members_and_elements() {
    let holds = |case: &DocumentCase| {
        let document: Value = serde_json::from_str(case.text.as_str()).unwrap_or_default();
        let test = |s: &Value| s["Effect"] == "Deny" && s["Condition"].is_object();
        match &document["Statement"] {
            Value::Array(list) => list.iter().any(test),
            one => test(one),
        }
    };
    for case in documents(6).filter(holds).take(40) {
        let result = shrink_document(&case, 5_000, &mut |c| holds(c));
        assert!(!result.exhausted);
        assert_eq!(result.case.policy_type, case.policy_type);
        let text = result.case.text.as_str();
        assert_eq!(
            text.len(),
            r#"{"Statement":{"Effect":"Deny","Condition":{}}}"#.len()
        );
    }
}

#[test]
fn a_document_that_is_no_json_shrinks_by_characters() {
    let case = DocumentCase {
        policy_type: PolicyType::Identity,
        text: PolicyText::new("{\"Version\": \"2012-10-17\",, \u{e9}\u{1f600} \"Statement\": []}"),
    };
    let result = shrink_document(&case, 1_000, &mut |c| c.text.as_str().contains(",,"));
    assert_eq!(result.case.text.as_str(), ",,");
    let result = shrink_document(&case, 1_000, &mut |c| c.text.as_str().contains('\u{1f600}'));
    assert_eq!(result.case.text.as_str(), "\u{1f600}");
}
