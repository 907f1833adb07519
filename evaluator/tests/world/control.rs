//! The control plane (section 6.11 of the readings; AC-033 to AC-035, AC-054, AC-188, AC-251, AC-258, AC-259).

use serde_json::{Value, json};
use veriam_model::{
    Caller, Context, ControlOperation as Op, ControlRequest, ControlTarget as On, Dialect, Request,
    RuntimeEndpoint, Tags, World, readings::PassRoleOnUpdate,
};

use crate::scene::{OWNER, TENANT, jwt, policy, root, say, session, through_vpc, under, user};
use crate::whole::{
    BROWSER, GATEWAY, INTERPRETER, MEMORY, asking, check_pairs, decided, everyone, grant, granted,
    refused, role_name, service, tags, whole,
};

const R: &str = "runtime/agent_a-AbCdEf0123";
const E: &str = "runtime/agent_a-AbCdEf0123/runtime-endpoint/DEFAULT";
const G: &str = "gateway/tools-abcdef0123";
const M: &str = "memory/notes-AbCdEf0123";
const EXEC: &str = "arn:aws:iam::111122223333:role/service/exec";

fn request(operation: Op, on: On) -> ControlRequest {
    ControlRequest {
        operation,
        on,
        role: None,
        settings: Context::new(),
        tags: Tags::new(),
    }
}

fn with_role(request: ControlRequest) -> ControlRequest {
    ControlRequest {
        role: Some(role_name("exec")),
        ..request
    }
}

fn runtime() -> On {
    On::Runtime("agent_a-AbCdEf0123".to_owned())
}

fn endpoint(name: &str) -> On {
    On::RuntimeEndpoint {
        runtime: "agent_a-AbCdEf0123".to_owned(),
        endpoint: name.to_owned(),
    }
}

fn gateway() -> On {
    On::Gateway(GATEWAY.to_owned())
}

fn memory() -> On {
    On::Memory(MEMORY.to_owned())
}

/// What each operation is about, and the resources its action is checked on.
fn lines() -> Vec<(Op, On, &'static [&'static str])> {
    let browser = || On::Tool(BROWSER.to_owned());
    let interpreter = || On::Tool(INTERPRETER.to_owned());
    vec![
        (Op::CreateAgentRuntime, On::Nothing, &["*"]),
        (Op::GetAgentRuntime, runtime(), &[R]),
        (Op::UpdateAgentRuntime, runtime(), &[R]),
        (Op::DeleteAgentRuntime, runtime(), &[R]),
        (Op::ListAgentRuntimes, On::Nothing, &["*"]),
        (Op::CreateAgentRuntimeEndpoint, runtime(), &[R]),
        (Op::GetAgentRuntimeEndpoint, endpoint("DEFAULT"), &[R, E]),
        (Op::UpdateAgentRuntimeEndpoint, endpoint("DEFAULT"), &[R, E]),
        (Op::DeleteAgentRuntimeEndpoint, endpoint("DEFAULT"), &[R, E]),
        (Op::ListAgentRuntimeEndpoints, On::Nothing, &["*"]),
        (Op::CreateGateway, On::Nothing, &["*"]),
        (Op::GetGateway, gateway(), &[G]),
        (Op::UpdateGateway, gateway(), &[G]),
        (Op::DeleteGateway, gateway(), &[G]),
        (Op::ListGateways, On::Nothing, &["*"]),
        (Op::CreateGatewayTarget, gateway(), &[G]),
        (Op::UpdateGatewayTarget, gateway(), &[G]),
        (Op::CreateMemory, On::Nothing, &["*"]),
        (Op::ListMemories, On::Nothing, &["*"]),
        (Op::CreateBrowser, On::Nothing, &["*"]),
        (
            Op::DeleteBrowser,
            browser(),
            &["browser-custom/browser_a-AbCdEf0123"],
        ),
        (Op::CreateCodeInterpreter, On::Nothing, &["*"]),
        (
            Op::DeleteCodeInterpreter,
            interpreter(),
            &["code-interpreter-custom/code_a-AbCdEf0123"],
        ),
        (Op::PutResourcePolicy, runtime(), &[R]),
        (Op::PutResourcePolicy, endpoint("DEFAULT"), &[E]),
        (Op::GetResourcePolicy, gateway(), &[G]),
        (Op::DeleteResourcePolicy, memory(), &[M]),
    ]
}

#[test]
fn each_operation_asks_for_its_own_action_on_what_it_is_about() {
    let lines = lines();
    for (operation, on, resources) in &lines {
        let pairs: Vec<_> = resources.iter().map(|r| (operation.name(), *r)).collect();
        let request = Request::Control(request(*operation, on.clone()));
        check_pairs(&request, &Dialect::default(), &pairs);
    }
    for operation in Op::ALL {
        assert!(lines.iter().any(|(o, ..)| o == operation), "{operation}");
    }
}

/// AC-258: for seven operations, last.
#[test]
fn who_hands_over_a_role_may_pass_it() {
    let unchecked = Dialect::default().with(PassRoleOnUpdate::NotChecked);
    for (operation, on, resources) in lines() {
        let call = Request::Control(with_role(request(operation, on)));
        let takes_role = matches!(
            operation,
            Op::CreateAgentRuntime
                | Op::UpdateAgentRuntime
                | Op::CreateGateway
                | Op::UpdateGateway
                | Op::CreateMemory
                | Op::CreateBrowser
                | Op::CreateCodeInterpreter
        );
        if !takes_role {
            let call = asking(user(OWNER), call);
            assert_eq!(refused(&granted(), &call), "call.request.control.role");
            continue;
        }
        let mut pairs = vec![(operation.name(), resources[0]), ("iam:PassRole", EXEC)];
        check_pairs(&call, &Dialect::default(), &pairs);
        // AC-259
        if operation.name().starts_with("Update") {
            pairs.pop();
        }
        check_pairs(&call, &unchecked, &pairs);
    }
}

fn create(condition: &Value) -> String {
    let mut world = whole();
    world.roles[2].tags = tags(&[("Kind", "execution")]);
    let create = say("Allow", "bedrock-agentcore:*", "*");
    let pass = under(say("Allow", "iam:PassRole", "*"), condition.clone());
    grant(&mut world, &[create, pass]);
    let request = ControlRequest {
        tags: tags(&[("Team", "blue")]),
        ..with_role(request(Op::CreateAgentRuntime, On::Nothing))
    };
    decided(&world, &asking(user(OWNER), Request::Control(request)))
}

#[test]
fn passing_a_role_has_keys_of_its_own() {
    let denied = "implicit iam:PassRole role/service/exec identity";
    for (condition, expected) in [
        (
            json!({"StringEquals": {"iam:PassedToService": "bedrock-agentcore.amazonaws.com"}}),
            "allowed",
        ),
        (
            json!({"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}),
            denied,
        ),
        (
            json!({"StringEquals": {"aws:ResourceTag/kind": "execution"}}),
            "allowed",
        ),
        (
            json!({"StringEquals": {"aws:ResourceAccount": OWNER}}),
            "allowed",
        ),
        // What the request carries belongs to the other pair.
        (json!({"Null": {"aws:RequestTag/Team": "true"}}), "allowed"),
        (json!({"Null": {"aws:TagKeys": "true"}}), "allowed"),
        (
            json!({"StringEquals": {"aws:RequestTag/Team": "blue"}}),
            denied,
        ),
    ] {
        assert_eq!(create(&condition), expected, "{condition}");
    }
}

/// The trust policy of the role says who has sessions of it, not who may pass it.
#[test]
fn roles_are_passed_within_the_account_only() {
    let request = with_role(request(Op::CreateGateway, On::Nothing));
    let call = |caller| asking(caller, Request::Control(request.clone()));
    let mut world = granted();
    let trust = everyone(json!({"Effect": "Deny", "Action": "*"}));
    world.roles[2].trust = policy(&[trust]);
    assert_eq!(decided(&world, &call(user(OWNER))), "allowed");
    let member = "call.request.control.role";
    assert_eq!(refused(&world, &call(user(TENANT))), member);
    world.roles.pop();
    assert_eq!(refused(&world, &call(user(OWNER))), member);
}

#[test]
fn settings_and_tags_are_keys() {
    let mut settings = Context::new();
    let list = |values: &[&str]| values.iter().map(|v| (*v).to_owned()).collect();
    settings
        .insert("subnets", list(&["subnet-1", "subnet-2"]))
        .unwrap();
    settings
        .insert("RuntimeAuthorizerType", list(&["AWS_IAM"]))
        .unwrap();
    let full = || ControlRequest {
        settings: settings.clone(),
        tags: tags(&[("Team", "blue"), ("cost", "7")]),
        ..request(Op::CreateAgentRuntime, On::Nothing)
    };
    let bare = || request(Op::CreateAgentRuntime, On::Nothing);
    let allowed = |condition: &Value, request| {
        let mut world = whole();
        grant(
            &mut world,
            &[under(say("Allow", "*", "*"), condition.clone())],
        );
        decided(&world, &asking(user(OWNER), Request::Control(request))) == "allowed"
    };
    // A condition, and whether it holds with everything and with nothing.
    for (condition, with_all, with_nothing) in [
        (
            json!({"StringEquals": {"bedrock-agentcore:RuntimeAuthorizerType": "AWS_IAM"}}),
            true,
            false,
        ),
        (
            json!({"StringEquals": {"Bedrock-AgentCore:runtimeauthorizertype": "CUSTOM_JWT"}}),
            false,
            false,
        ),
        (
            json!({"ForAllValues:StringEquals": {"bedrock-agentcore:subnets": ["subnet-1", "subnet-2"]}}),
            true,
            true,
        ),
        (
            json!({"ForAllValues:StringEquals": {"bedrock-agentcore:subnets": "subnet-1"}}),
            false,
            true,
        ),
        (
            json!({"ForAnyValue:StringEquals": {"bedrock-agentcore:subnets": "subnet-2"}}),
            true,
            false,
        ),
        (
            json!({"Null": {"bedrock-agentcore:securityGroups": "true", "bedrock-agentcore:subnets": "false"}}),
            true,
            false,
        ),
        (
            json!({"StringEquals": {"aws:RequestTag/team": "blue"}}),
            true,
            false,
        ),
        (
            json!({"StringEquals": {"aws:RequestTag/team": "red"}}),
            false,
            false,
        ),
        (
            json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["Team", "cost"]}}),
            true,
            true,
        ),
        (
            json!({"ForAllValues:StringEquals": {"aws:TagKeys": "Team"}}),
            false,
            true,
        ),
        (
            json!({"ForAnyValue:StringEquals": {"aws:TagKeys": "cost"}}),
            true,
            false,
        ),
        // IAM-290: absent without any.
        (json!({"Null": {"aws:TagKeys": "true"}}), false, true),
        (
            json!({"Null": {"aws:RequestTag/Team": "true"}}),
            false,
            true,
        ),
    ] {
        assert_eq!(allowed(&condition, full()), with_all, "{condition}");
        assert_eq!(allowed(&condition, bare()), with_nothing, "{condition}");
    }
}

/// Grants everybody everything on everything, in every resource-based policy.
fn shared(mut world: World) -> World {
    let all = policy(&[everyone(say("Allow", "*", "*"))]);
    world.runtimes[0].policy.clone_from(&all);
    world.runtimes[0].endpoints[0].policy.clone_from(&all);
    world.gateways[0].policy.clone_from(&all);
    world.memories[0].policy = all;
    world
}

/// AC-034, AC-035: no resource-based policy grants management, at home or abroad.
#[test]
fn resource_based_policies_manage_nothing() {
    for (operation, on, resources) in lines() {
        let call = |caller| asking(caller, Request::Control(request(operation, on.clone())));
        let path = resources[0];
        let expected = format!("implicit {operation} {path} identity");
        assert_eq!(decided(&shared(whole()), &call(user(OWNER))), expected);
        assert_eq!(decided(&shared(whole()), &call(root(OWNER))), "allowed");
        for caller in [user(TENANT), session(TENANT), root(TENANT)] {
            let expected = if path == "*" {
                "allowed".to_owned()
            } else {
                format!("implicit {operation} {path} resource")
            };
            assert_eq!(decided(&shared(granted()), &call(caller)), expected);
        }
    }
}

/// Nor does their Deny lock anybody out (AC-037).
#[test]
fn a_deny_of_the_resources_own_policy_does_not_lock_out() {
    let mut world = granted();
    world.gateways[0].policy = policy(&[everyone(say("Deny", "*", "*"))]);
    let call = asking(
        user(OWNER),
        Request::Control(request(Op::PutResourcePolicy, gateway())),
    );
    assert_eq!(decided(&world, &call), "allowed");
}

#[test]
fn endpoints_that_are_not_there() {
    let mut world = granted();
    world.runtimes[0].endpoints.push(RuntimeEndpoint {
        name: "blue".to_owned(),
        authorizer: None,
        tags: Tags::new(),
        policy: None,
    });
    for operation in [
        Op::GetAgentRuntimeEndpoint,
        Op::UpdateAgentRuntimeEndpoint,
        Op::DeleteAgentRuntimeEndpoint,
        Op::PutResourcePolicy,
        Op::GetResourcePolicy,
        Op::DeleteResourcePolicy,
    ] {
        for (name, expected) in [
            ("blue", "allowed"),
            ("DEFAULT", "allowed"),
            ("green", "no_such_endpoint"),
        ] {
            let request = Request::Control(request(operation, endpoint(name)));
            let call = asking(user(OWNER), request);
            assert_eq!(decided(&world, &call), expected, "{operation} {name}");
        }
    }
}

#[test]
fn requests_fit_their_operation_and_are_signed() {
    let wrong = Request::Control(request(Op::GetGateway, runtime()));
    let call = asking(user(OWNER), wrong);
    assert_eq!(refused(&granted(), &call), "call.request.control.on");
    let list = || Request::Control(request(Op::ListGateways, On::Nothing));
    for caller in [
        jwt(),
        Caller::Anonymous,
        service("lambda.amazonaws.com", None),
    ] {
        assert_eq!(refused(&granted(), &asking(caller, list())), "call.caller");
    }
}

/// AC-173 speaks of calls of runtimes, not of their management (section 6.14 of the readings).
#[test]
fn endpoint_policies_are_asked_about_both_resources() {
    use veriam_model::readings::EndpointPolicyScope;
    let mut world = granted();
    world.networks[0].policy = policy(&[everyone(say("Allow", "*", crate::scene::R))]);
    let get = Request::Control(request(Op::GetAgentRuntimeEndpoint, endpoint("DEFAULT")));
    let call = through_vpc(asking(user(OWNER), get));
    let denied = format!("implicit GetAgentRuntimeEndpoint {E} endpoint");
    for scope in [EndpointPolicyScope::Both, EndpointPolicyScope::RuntimeOnly] {
        let dialect = Dialect::default().with(scope);
        assert_eq!(crate::whole::decided_in(&world, &call, &dialect), denied);
    }
}
