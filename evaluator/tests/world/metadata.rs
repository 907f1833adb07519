//! The metadata of a runtime about tokens (section 6.4 of the readings; AC-059, AC-171, AC-172).

use serde_json::{Value, json};
use veriam_model::{
    Authorizer, Call, Caller, Dialect, PolicyText, RuntimeOperation, World,
    readings::{EndpointPolicyScope, UnauthorizedGatewayDenies},
};

use crate::scene::{
    OWNER, TENANT, call, jwt, of_runtime, policy, root, say, session, session_caller, through_vpc,
    to, user,
};
use crate::whole::{decided, decided_in, everyone, whole};

const METADATA: &str = "bedrock-agentcore:GetRuntimeProtectedResourceMetadata";

fn fetch(caller: Caller) -> Call {
    let mut call = call(caller);
    of_runtime(&mut call).operation = RuntimeOperation::GetRuntimeProtectedResourceMetadata;
    call
}

fn for_tokens() -> World {
    let mut world = whole();
    world.runtimes[0].authorizer = Authorizer::Jwt;
    world
}

fn filtered(statements: &[Value]) -> World {
    let mut world = for_tokens();
    world.networks[0].policy = policy(statements);
    world
}

#[test]
fn it_is_there_where_tokens_are_wanted() {
    for caller in [Caller::Anonymous, jwt(), user(OWNER), root(TENANT)] {
        let mut call = fetch(caller);
        assert_eq!(decided(&for_tokens(), &call), "allowed");
        assert_eq!(decided(&whole(), &call), "no_metadata");
        // The endpoint's own kind decides.
        let mut mixed = whole();
        mixed.runtimes[0].endpoints[0].authorizer = Some(Authorizer::Jwt);
        assert_eq!(decided(&mixed, &call), "allowed");
        of_runtime(&mut call).qualifier = Some("green".to_owned());
        assert_eq!(decided(&whole(), &call), "no_such_endpoint");
        assert_eq!(decided(&for_tokens(), &call), "no_such_endpoint");
    }
}

/// No policy but the endpoint's is read, and nobody is anybody.
#[test]
fn only_an_endpoint_policy_stops_it() {
    let path = "runtime/agent_a-AbCdEf0123";
    let denied = |kind: &str| format!("{kind} GetRuntimeProtectedResourceMetadata {path} endpoint");
    let runtime = crate::scene::R;
    let foreign = json!({"Effect": "Deny", "Principal": "*", "Action": METADATA,
        "NotResource": format!("arn:aws:bedrock-agentcore:*:{TENANT}:runtime/*")});
    let rows = [
        (vec![everyone(say("Allow", METADATA, runtime))], "allowed"),
        (vec![everyone(say("Allow", "*", "*"))], "allowed"),
        (
            vec![everyone(say("Allow", "bedrock-agentcore:Invoke*", "*"))],
            "implicit",
        ),
        (
            vec![to(say("Allow", METADATA, "*"), json!({"AWS": OWNER}))],
            "implicit",
        ),
        (
            vec![everyone(say("Allow", METADATA, crate::scene::E))],
            "implicit",
        ),
        // AC-172
        (vec![everyone(say("Allow", "*", "*")), foreign], "explicit"),
    ];
    for (statements, expected) in rows {
        let mut world = filtered(&statements);
        world.runtimes[0].policy = policy(&[everyone(say("Deny", "*", "*"))]);
        let expected = match expected {
            "allowed" => expected.to_owned(),
            kind => denied(kind),
        };
        for caller in [Caller::Anonymous, jwt(), user(OWNER), session(OWNER)] {
            let call = through_vpc(fetch(caller));
            assert_eq!(decided(&world, &call), expected, "{statements:?}");
            // The pair is the runtime's, whatever the scope of endpoint policies, and no gateway's.
            for dialect in [
                Dialect::default().with(EndpointPolicyScope::RuntimeOnly),
                Dialect::default().with(UnauthorizedGatewayDenies::Honoured),
            ] {
                assert_eq!(decided_in(&world, &call, &dialect), expected);
            }
        }
        assert_eq!(decided(&world, &fetch(Caller::Anonymous)), "allowed");
    }
}

#[test]
fn credentials_are_not_looked_at() {
    let mut caller = session_caller(OWNER, "app");
    caller.policy = Some(PolicyText::new("{}"));
    let call = fetch(Caller::Session(caller));
    assert_eq!(decided(&for_tokens(), &call), "allowed");
}
