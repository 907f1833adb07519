//! Harnesses: the table of section 6.8 of the readings, line by line (AC-004, AC-014, AC-051, AC-186 to AC-193).

use serde_json::json;
use veriam_model::{
    Authorizer, Caller, Dialect, HarnessOperation as Op, HarnessRequest, Request,
    readings::{DefaultHarnessEndpoint, HarnessEndpointPairs, HarnessForUser, UnmanagedMemory},
};

use crate::scene::{
    E, OWNER, R, TENANT, federated, jwt, policy, root, say, session, through_vpc, to, user,
};
use crate::whole::{
    asking, check_pairs_in, decided, everyone, grant, granted, of_harness, refused, service, tags,
    whole,
};

const H: &str = "harness/helper-AbCdEf0123";
const BLUE: &str = "harness/helper-AbCdEf0123/harness-endpoint/blue";
const DEFAULT: &str = "harness/helper-AbCdEf0123/harness-endpoint/DEFAULT";
const INVOKE: &str = "InvokeAgentRuntime";
const COMMAND: &str = "InvokeAgentRuntimeCommand";
const SHELL: &str = "InvokeAgentRuntimeCommandShell";

type Pairs = &'static [(&'static str, &'static str)];

fn check(request: HarnessRequest, manages_memory: bool, dialect: &Dialect, pairs: Pairs) {
    let mut world = whole();
    world.harnesses[0].with_memory = manages_memory;
    check_pairs_in(world, &Request::Harness(request), dialect, pairs);
}

#[test]
fn each_line_needs_each_of_its_pairs() {
    let lines: [(Op, Option<&str>, Pairs); 19] = [
        (
            Op::CreateHarness,
            None,
            &[("CreateHarness", "*"), ("CreateAgentRuntime", "*")],
        ),
        (Op::GetHarness, None, &[("GetHarness", H)]),
        (
            Op::UpdateHarness,
            None,
            &[("UpdateHarness", H), ("UpdateAgentRuntime", H)],
        ),
        (
            Op::DeleteHarness,
            None,
            &[("DeleteHarness", H), ("DeleteAgentRuntime", H)],
        ),
        (Op::ListHarnesses, None, &[("ListHarnesses", "*")]),
        (
            Op::ListHarnessVersions,
            None,
            &[("ListHarnessVersions", "*")],
        ),
        (
            Op::ListHarnessEndpoints,
            None,
            &[("ListHarnessEndpoints", "*")],
        ),
        (
            Op::InvokeHarness,
            None,
            &[("InvokeHarness", H), (INVOKE, H)],
        ),
        (
            Op::InvokeHarness,
            Some("DEFAULT"),
            &[("InvokeHarness", H), (INVOKE, H)],
        ),
        (
            Op::InvokeHarness,
            Some("blue"),
            &[("InvokeHarness", H), ("InvokeHarness", BLUE), (INVOKE, H)],
        ),
        (
            Op::InvokeAgentRuntimeCommand,
            None,
            &[(COMMAND, H), (INVOKE, H)],
        ),
        (
            Op::InvokeAgentRuntimeCommand,
            Some("blue"),
            &[(COMMAND, H), (COMMAND, BLUE), (INVOKE, H)],
        ),
        (Op::InvokeAgentRuntimeCommandShell, None, &[(SHELL, H)]),
        (
            Op::InvokeAgentRuntimeCommandShell,
            Some("blue"),
            &[(SHELL, H)],
        ),
        (
            Op::CreateHarnessEndpoint,
            None,
            &[
                ("CreateHarnessEndpoint", H),
                ("CreateAgentRuntimeEndpoint", H),
            ],
        ),
        (
            Op::GetHarnessEndpoint,
            Some("blue"),
            &[("GetHarnessEndpoint", H), ("GetHarnessEndpoint", BLUE)],
        ),
        (
            Op::GetHarnessEndpoint,
            Some("DEFAULT"),
            &[("GetHarnessEndpoint", H), ("GetHarnessEndpoint", DEFAULT)],
        ),
        (
            Op::UpdateHarnessEndpoint,
            Some("blue"),
            &[
                ("UpdateHarnessEndpoint", H),
                ("UpdateHarnessEndpoint", BLUE),
                ("UpdateAgentRuntimeEndpoint", H),
            ],
        ),
        (
            Op::DeleteHarnessEndpoint,
            Some("blue"),
            &[
                ("DeleteHarnessEndpoint", H),
                ("DeleteHarnessEndpoint", BLUE),
                ("DeleteAgentRuntimeEndpoint", H),
            ],
        ),
    ];
    for (operation, endpoint, pairs) in lines {
        let request = of_harness(operation, endpoint);
        check(request, false, &Dialect::default(), pairs);
    }
    for operation in Op::ALL {
        let is_listed = lines.iter().any(|(listed, ..)| listed == operation);
        assert!(is_listed, "{operation}");
    }
}

/// AC-191: the memory of a harness that manages one, and under one reading that of any.
#[test]
fn managed_memory_is_checked_and_unmanaged_by_a_reading() {
    let create: Pairs = &[
        ("CreateHarness", "*"),
        ("CreateAgentRuntime", "*"),
        ("CreateMemory", "*"),
    ];
    let update: Pairs = &[
        ("UpdateHarness", H),
        ("UpdateAgentRuntime", H),
        ("UpdateMemory", H),
    ];
    let delete: Pairs = &[
        ("DeleteHarness", H),
        ("DeleteAgentRuntime", H),
        ("DeleteMemory", H),
    ];
    let checked = Dialect::default().with(UnmanagedMemory::Checked);
    let lines = [
        (Op::CreateHarness, create),
        (Op::UpdateHarness, update),
        (Op::DeleteHarness, delete),
    ];
    for (operation, pairs) in lines {
        let request = HarnessRequest {
            with_memory: operation == Op::CreateHarness,
            ..of_harness(operation, None)
        };
        check(request, true, &Dialect::default(), pairs);
        check(of_harness(operation, None), false, &checked, pairs);
    }
    // No other line has an action on a memory.
    check(
        of_harness(Op::GetHarness, None),
        true,
        &checked,
        &[("GetHarness", H)],
    );
}

/// AC-189, AC-190.
#[test]
fn endpoints_are_checked_as_the_readings_say() {
    let both = Dialect::default().with(HarnessEndpointPairs::Both);
    let default_too = Dialect::default().with(DefaultHarnessEndpoint::EndpointToo);
    let all = both.with(DefaultHarnessEndpoint::EndpointToo);
    let own: Pairs = &[
        ("InvokeHarness", H),
        ("InvokeHarness", DEFAULT),
        (INVOKE, H),
    ];
    let every: Pairs = &[
        ("InvokeHarness", H),
        ("InvokeHarness", DEFAULT),
        (INVOKE, H),
        (INVOKE, DEFAULT),
    ];
    let lines: [(Op, Option<&str>, Dialect, Pairs); 13] = [
        (
            Op::InvokeHarness,
            Some("blue"),
            both,
            &[
                ("InvokeHarness", H),
                ("InvokeHarness", BLUE),
                (INVOKE, H),
                (INVOKE, BLUE),
            ],
        ),
        (
            Op::InvokeHarness,
            None,
            both,
            &[("InvokeHarness", H), (INVOKE, H)],
        ),
        (Op::InvokeHarness, None, default_too, own),
        (Op::InvokeHarness, Some("DEFAULT"), default_too, own),
        (Op::InvokeHarness, None, all, every),
        (
            Op::InvokeAgentRuntimeCommand,
            Some("blue"),
            all,
            &[(COMMAND, H), (COMMAND, BLUE), (INVOKE, H), (INVOKE, BLUE)],
        ),
        (
            Op::InvokeAgentRuntimeCommandShell,
            Some("blue"),
            both,
            &[(SHELL, H), (SHELL, BLUE)],
        ),
        (
            Op::InvokeAgentRuntimeCommandShell,
            None,
            default_too,
            &[(SHELL, H)],
        ),
        (
            Op::InvokeAgentRuntimeCommandShell,
            None,
            all,
            &[(SHELL, H), (SHELL, DEFAULT)],
        ),
        (
            Op::UpdateHarnessEndpoint,
            Some("blue"),
            both,
            &[
                ("UpdateHarnessEndpoint", H),
                ("UpdateHarnessEndpoint", BLUE),
                ("UpdateAgentRuntimeEndpoint", H),
                ("UpdateAgentRuntimeEndpoint", BLUE),
            ],
        ),
        (
            Op::DeleteHarnessEndpoint,
            Some("DEFAULT"),
            both,
            &[
                ("DeleteHarnessEndpoint", H),
                ("DeleteHarnessEndpoint", DEFAULT),
                ("DeleteAgentRuntimeEndpoint", H),
                ("DeleteAgentRuntimeEndpoint", DEFAULT),
            ],
        ),
        (
            Op::CreateHarnessEndpoint,
            None,
            all,
            &[
                ("CreateHarnessEndpoint", H),
                ("CreateAgentRuntimeEndpoint", H),
            ],
        ),
        (Op::GetHarness, None, all, &[("GetHarness", H)]),
    ];
    for (operation, endpoint, dialect, pairs) in lines {
        check(of_harness(operation, endpoint), false, &dialect, pairs);
    }
}

/// AC-193.
#[test]
fn the_header_asks_for_an_action_under_one_reading() {
    let request = || HarnessRequest {
        user_id: Some("end-user-1".to_owned()),
        ..of_harness(Op::InvokeHarness, Some("blue"))
    };
    let plain: Pairs = &[("InvokeHarness", H), ("InvokeHarness", BLUE), (INVOKE, H)];
    check(request(), false, &Dialect::default(), plain);
    let needed = Dialect::default().with(HarnessForUser::Needed);
    let with: Pairs = &[
        ("InvokeHarness", H),
        ("InvokeHarness", BLUE),
        (INVOKE, H),
        ("InvokeAgentRuntimeForUser", H),
    ];
    check(request(), false, &needed, with);
    check(
        of_harness(Op::InvokeHarness, Some("blue")),
        false,
        &needed,
        plain,
    );
}

/// AC-188: neither what is said of runtimes, nor of the runtime behind the harness, permits anything here.
#[test]
fn runtimes_are_something_else() {
    let call = asking(
        user(OWNER),
        Request::Harness(of_harness(Op::InvokeHarness, None)),
    );
    let mut world = whole();
    let on_harness = say("Allow", "bedrock-agentcore:InvokeHarness", "*");
    let on_runtimes = say("Allow", "bedrock-agentcore:*", json!([R, E]));
    grant(&mut world, &[on_harness, on_runtimes]);
    let denied = format!("implicit InvokeAgentRuntime {H} identity");
    assert_eq!(decided(&world, &call), denied);
}

#[test]
fn nobody_of_another_account_gets_in() {
    for operation in Op::ALL {
        let endpoint = operation.name().ends_with("HarnessEndpoint")
            && *operation != Op::CreateHarnessEndpoint;
        let request = of_harness(*operation, endpoint.then_some("blue"));
        let is_about_nothing =
            operation.name().starts_with("List") || *operation == Op::CreateHarness;
        for caller in [user(TENANT), session(TENANT), root(TENANT)] {
            let call = asking(caller, Request::Harness(request.clone()));
            let expected = if is_about_nothing {
                "allowed".to_owned()
            } else {
                format!("implicit {operation} {H} resource")
            };
            assert_eq!(decided(&granted(), &call), expected);
        }
    }
}

#[test]
fn invocations_take_what_the_authorizer_says_and_all_else_is_signed() {
    let signers = || {
        [
            user(OWNER),
            session(OWNER),
            root(OWNER),
            federated(OWNER, policy(&[say("Allow", "*", "*")])),
        ]
    };
    let mut tokens = granted();
    tokens.harnesses[0].authorizer = Authorizer::Jwt;
    for operation in Op::ALL {
        let is_about_endpoint = matches!(
            operation,
            Op::GetHarnessEndpoint | Op::UpdateHarnessEndpoint | Op::DeleteHarnessEndpoint
        );
        let request = of_harness(*operation, is_about_endpoint.then_some("blue"));
        let call = |caller| asking(caller, Request::Harness(request.clone()));
        let is_invocation = operation.name().starts_with("Invoke");
        for caller in signers() {
            let call = call(caller);
            assert_eq!(decided(&granted(), &call), "allowed", "{operation}");
            let expected = if is_invocation {
                "method_mismatch"
            } else {
                "allowed"
            };
            assert_eq!(decided(&tokens, &call), expected, "{operation}");
        }
        assert_eq!(
            refused(&granted(), &call(service("lambda.amazonaws.com", None))),
            "call.caller"
        );
        for (caller, outcomes) in [
            (jwt(), ["method_mismatch", "allowed"]),
            (Caller::Anonymous, ["unauthenticated"; 2]),
        ] {
            let call = call(caller);
            if !is_invocation {
                assert_eq!(refused(&granted(), &call), "call.caller", "{operation}");
                continue;
            }
            assert_eq!(decided(&granted(), &call), outcomes[0], "{operation}");
            assert_eq!(decided(&tokens, &call), outcomes[1], "{operation}");
        }
    }
}

#[test]
fn an_endpoint_policy_stops_bearers_too() {
    let mut world = whole();
    world.harnesses[0].authorizer = Authorizer::Jwt;
    let request = || Request::Harness(of_harness(Op::InvokeHarness, None));
    let call = through_vpc(asking(jwt(), request()));
    assert_eq!(decided(&world, &call), "allowed");
    let own = say("Allow", "bedrock-agentcore:InvokeHarness", "*");
    world.networks[0].policy = policy(&[everyone(own)]);
    let denied = format!("implicit InvokeAgentRuntime {H} endpoint");
    assert_eq!(decided(&world, &call), denied);
    let named = to(say("Allow", "*", "*"), json!({"AWS": OWNER}));
    world.networks[0].policy = policy(&[named]);
    let denied = format!("implicit InvokeHarness {H} endpoint");
    assert_eq!(decided(&world, &call), denied);
}

#[test]
fn an_endpoint_that_is_not_there_comes_before_credentials() {
    for operation in [Op::InvokeHarness, Op::InvokeAgentRuntimeCommand] {
        for caller in [user(OWNER), user(TENANT), jwt(), Caller::Anonymous] {
            let request = of_harness(operation, Some("green"));
            let call = asking(caller, Request::Harness(request));
            assert_eq!(decided(&whole(), &call), "no_such_endpoint");
        }
    }
    let request = of_harness(Op::DeleteHarnessEndpoint, Some("green"));
    let call = asking(user(OWNER), Request::Harness(request));
    assert_eq!(decided(&whole(), &call), "no_such_endpoint");
    // A listed DEFAULT is the one that is there.
    let mut world = whole();
    let mut listed = world.harnesses[0].endpoints[0].clone();
    listed.name = "DEFAULT".to_owned();
    listed.tags = tags(&[("Stage", "prod")]);
    world.harnesses[0].endpoints.push(listed);
    let prod = json!({"StringEqualsIfExists": {"aws:ResourceTag/Stage": "dev"}});
    grant(
        &mut world,
        &[crate::scene::under(say("Allow", "*", "*"), prod)],
    );
    let request = of_harness(Op::GetHarnessEndpoint, Some("DEFAULT"));
    let call = asking(user(OWNER), Request::Harness(request));
    let denied = format!("implicit GetHarnessEndpoint {DEFAULT} identity");
    assert_eq!(decided(&world, &call), denied);
}
