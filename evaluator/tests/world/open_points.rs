//! The choices that only requests to everything but runtimes can turn on, read both ways; and those of runtimes, which
//! nothing else turns on (section 6.14 of the readings).

use serde_json::{Value, json};
use veriam_model::{
    Call, Choice, Context, ControlOperation, ControlRequest, ControlTarget, Dialect,
    GatewayAuthorizer, HarnessOperation as Op, HarnessRequest, MemoryOperation, Reading, Request,
    Tags, World, readings,
};

use crate::scene::{OWNER, policy, say, through_vpc, user};
use crate::whole::{
    arn, asking, decided_in, everyone, grant, granted, of_harness, of_memory, role_name,
    to_gateway, whole,
};

/// Every choice that a call can turn on, besides those of checks.
const OF_CALLS: [Choice; 13] = [
    Choice::IdentityCoverage,
    Choice::JwtGeneralKeys,
    Choice::JwtSilentPolicy,
    Choice::JwtForUser,
    Choice::EndpointPolicyScope,
    Choice::VpceOwnerKeys,
    Choice::SourceVpcArnKey,
    Choice::HarnessEndpointPairs,
    Choice::DefaultHarnessEndpoint,
    Choice::UnmanagedMemory,
    Choice::HarnessForUser,
    Choice::UnauthorizedGatewayDenies,
    Choice::PassRoleOnUpdate,
];

/// Checks the outcomes under the readings, the default first, and that no other choice matters.
#[track_caller]
fn check<R: Reading>(world: &World, call: &Call, expected: [&str; 2]) {
    for (&reading, expected) in R::ALL.iter().zip(expected) {
        let dialect = Dialect::default().with(reading);
        assert_eq!(decided_in(world, call, &dialect), expected);
    }
    for other in OF_CALLS.into_iter().filter(|other| *other != R::CHOICE) {
        let dialect = Dialect::default().with_index(other, 1);
        assert_eq!(decided_in(world, call, &dialect), expected[0], "{other}");
    }
}

fn may(statements: &[Value]) -> World {
    let mut world = whole();
    grant(&mut world, statements);
    world
}

fn to_harness(request: HarnessRequest) -> Call {
    asking(user(OWNER), Request::Harness(request))
}

const H: &str = "harness/helper-AbCdEf0123";

#[test]
fn actions_that_accompany_a_harness_operation() {
    let invoke = say("Allow", "bedrock-agentcore:InvokeHarness", "*");
    let on_harness = say("Allow", "bedrock-agentcore:InvokeAgentRuntime", arn(H));
    let denied = format!("implicit InvokeAgentRuntime {H}/harness-endpoint/blue identity");
    check::<readings::HarnessEndpointPairs>(
        &may(&[invoke, on_harness]),
        &to_harness(of_harness(Op::InvokeHarness, Some("blue"))),
        ["allowed", &denied],
    );
}

#[test]
fn the_default_endpoint_of_a_harness() {
    let world = may(&[say("Allow", "*", arn(H))]);
    let denied = format!("implicit InvokeHarness {H}/harness-endpoint/DEFAULT identity");
    for endpoint in [None, Some("DEFAULT")] {
        check::<readings::DefaultHarnessEndpoint>(
            &world,
            &to_harness(of_harness(Op::InvokeHarness, endpoint)),
            ["allowed", &denied],
        );
    }
}

#[test]
fn memory_that_a_harness_does_not_manage() {
    let actions = json!([
        "bedrock-agentcore:*Harness",
        "bedrock-agentcore:*AgentRuntime"
    ]);
    let mut world = may(&[say("Allow", actions, "*")]);
    let update = to_harness(of_harness(Op::UpdateHarness, None));
    let denied = format!("implicit UpdateMemory {H} identity");
    check::<readings::UnmanagedMemory>(&world, &update, ["allowed", &denied]);
    let create = to_harness(of_harness(Op::CreateHarness, None));
    let on_nothing = "implicit CreateMemory * identity";
    check::<readings::UnmanagedMemory>(&world, &create, ["allowed", on_nothing]);
    // Of one that is managed nothing is open.
    world.harnesses[0].with_memory = true;
    check::<readings::UnmanagedMemory>(&world, &update, [&denied, &denied]);
}

#[test]
fn the_user_id_header_of_a_harness() {
    let actions = json!([
        "bedrock-agentcore:InvokeHarness",
        "bedrock-agentcore:InvokeAgentRuntime"
    ]);
    let world = may(&[say("Allow", actions, "*")]);
    let plain = of_harness(Op::InvokeHarness, None);
    let header = HarnessRequest {
        user_id: Some("end-user-1".to_owned()),
        ..plain.clone()
    };
    let denied = format!("implicit InvokeAgentRuntimeForUser {H} identity");
    check::<readings::HarnessForUser>(&world, &to_harness(header), ["allowed", &denied]);
    check::<readings::HarnessForUser>(&world, &to_harness(plain), ["allowed", "allowed"]);
}

#[test]
fn denies_at_a_gateway_that_authorizes_nothing() {
    let call = to_gateway(user(OWNER));
    let denied = "explicit InvokeGateway gateway/tools-abcdef0123 resource";
    for (authorizer, expected) in [
        (GatewayAuthorizer::None, ["allowed", denied]),
        (GatewayAuthorizer::AuthenticateOnly, ["allowed", denied]),
        (GatewayAuthorizer::AwsIam, [denied, denied]),
    ] {
        let mut world = granted();
        world.gateways[0].authorizer = authorizer;
        world.gateways[0].policy = policy(&[everyone(say("Deny", "*", "*"))]);
        check::<readings::UnauthorizedGatewayDenies>(&world, &call, expected);
    }
}

#[test]
fn passing_a_role_on_update() {
    let world = may(&[say("Allow", "bedrock-agentcore:*", "*")]);
    let denied = "implicit iam:PassRole role/service/exec identity";
    for (operation, on, expected) in [
        (
            ControlOperation::UpdateAgentRuntime,
            ControlTarget::Runtime("agent_a-AbCdEf0123".to_owned()),
            [denied, "allowed"],
        ),
        (
            ControlOperation::UpdateGateway,
            ControlTarget::Gateway("tools-abcdef0123".to_owned()),
            [denied, "allowed"],
        ),
        (
            ControlOperation::CreateGateway,
            ControlTarget::Nothing,
            [denied, denied],
        ),
    ] {
        let request = ControlRequest {
            operation,
            on,
            role: Some(role_name("exec")),
            settings: Context::new(),
            tags: Tags::new(),
        };
        let call = asking(user(OWNER), Request::Control(request));
        check::<readings::PassRoleOnUpdate>(&world, &call, expected);
    }
}

/// Who is allowed by the resource policy alone is allowed: the literal reading of AC-093 is one of runtimes.
#[test]
fn the_literal_reading_is_for_runtimes() {
    let mut world = whole();
    world.gateways[0].policy = policy(&[everyone(say("Allow", "*", "*"))]);
    world.memories[0].policy = policy(&[everyone(say("Allow", "*", "*"))]);
    let request = Request::Memory(of_memory(MemoryOperation::ListActors));
    for call in [to_gateway(user(OWNER)), asking(user(OWNER), request)] {
        check::<readings::IdentityCoverage>(&world, &call, ["allowed", "allowed"]);
    }
}

/// Nor does the scope of endpoint policies spare the endpoint of a harness.
#[test]
fn the_scope_of_endpoint_policies_is_about_runtimes() {
    let mut world = granted();
    world.networks[0].policy = policy(&[everyone(say("Allow", "*", arn(H)))]);
    let call = through_vpc(to_harness(of_harness(Op::GetHarnessEndpoint, Some("blue"))));
    let denied = format!("implicit GetHarnessEndpoint {H}/harness-endpoint/blue endpoint");
    check::<readings::EndpointPolicyScope>(&world, &call, [&denied, &denied]);
}
