//! Each mistake of calls changes an outcome; each mistake of checks is one in calls too.

use serde_json::{Value, json};
use veriam_evaluator::planted::Mistake;
use veriam_model::{
    Authorizer, Call, Context, ControlOperation, ControlRequest, ControlTarget, Dialect,
    GatewayAuthorizer, HarnessOperation, IdentityOperation, IdentityRequest, Membership,
    MemoryOperation, MemoryRequest, Request, RuntimeOperation, Tags, ToolOperation, ToolRequest,
    World,
};

use crate::scene::{
    E, INVOKE, OWNER, R, TENANT, call, jwt, of_runtime, outcome, policy, say, scene, session,
    short, through_vpc, to, under, user,
};
use crate::whole::{self, asking, whole};

fn mistaken(world: &World, call: &Call, mistake: Mistake) -> String {
    let dialect = Dialect::default();
    let world = veriam_evaluator::World::with_mistake(world, &dialect, mistake).unwrap();
    short(&world.decide(call).unwrap())
}

fn granted(resource: &str) -> World {
    let mut world = scene();
    for identity in world.users.iter_mut().chain(&mut world.roles) {
        identity.policies = policy(&[say("Allow", "*", resource)]).into_iter().collect();
    }
    world
}

fn on_runtime(world: World, statement: Value) -> World {
    on(world, 0, statement)
}

/// Gives the runtime (0) or its endpoint (1) a policy.
fn on(mut world: World, place: usize, statement: Value) -> World {
    let runtime = &mut world.runtimes[0];
    let slots = [&mut runtime.policy, &mut runtime.endpoints[0].policy];
    for (number, slot) in slots.into_iter().enumerate() {
        if number == place {
            *slot = policy(std::slice::from_ref(&statement));
        }
    }
    world
}

fn tokens(mut world: World) -> World {
    world.runtimes[0].authorizer = Authorizer::Jwt;
    world
}

/// A mistake, a call that shows it, and its outcomes: right and wrong.
type Shown = (Mistake, World, Call, [&'static str; 2]);

/// Those of calls of runtimes.
fn shown_by_runtimes() -> Vec<Shown> {
    let everyone = |statement| to(statement, json!("*"));
    let tenant = || to(say("Allow", INVOKE, "*"), json!({"AWS": TENANT}));
    let within = |operator: &str, key: &str, value: &str| {
        under(
            everyone(say("Deny", "*", "*")),
            json!({ operator: {key: value} }),
        )
    };
    let role = "arn:aws:iam::111122223333:role/app";
    let stop = |mut call: Call| {
        of_runtime(&mut call).operation = RuntimeOperation::StopRuntimeSession;
        call
    };
    let open = on(
        on_runtime(scene(), everyone(say("Allow", "*", "*"))),
        1,
        everyone(say("Allow", "*", "*")),
    );
    let mut unbound = granted("*");
    for account in &mut unbound.accounts {
        account.organization = Some(Membership {
            id: format!("o-{}", account.id),
            path: vec!["r-ab12".to_owned()],
            management: true,
            scps: vec![vec![]],
            rcps: Vec::new(),
        });
    }
    vec![
        (
            Mistake::EndpointPairDropped,
            granted(R),
            call(user(OWNER)),
            ["implicit E identity", "allowed"],
        ),
        (
            Mistake::OneResourcePolicyEnough,
            on_runtime(granted("*"), tenant()),
            call(user(TENANT)),
            ["implicit E resource", "allowed"],
        ),
        (
            Mistake::OneResourcePolicyEnough,
            on(granted("*"), 1, tenant()),
            call(user(TENANT)),
            ["implicit R resource", "allowed"],
        ),
        (
            Mistake::PrincipalArnOfSession,
            on_runtime(
                granted("*"),
                within("ArnNotEquals", "aws:PrincipalArn", role),
            ),
            call(session(OWNER)),
            ["allowed", "explicit R resource"],
        ),
        (
            Mistake::SourceIpThroughEndpoint,
            on_runtime(
                granted("*"),
                within("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
            ),
            through_vpc(call(user(OWNER))),
            ["allowed", "explicit R resource"],
        ),
        (
            Mistake::ArnNamesJwtCaller,
            on_runtime(
                tokens(scene()),
                to(say("Allow", INVOKE, R), json!({"AWS": role})),
            ),
            call(jwt()),
            ["implicit R resource", "allowed"],
        ),
        (
            Mistake::MixedReadings,
            open.clone(),
            stop(call(user(OWNER))),
            ["allowed", "implicit R identity"],
        ),
        (
            Mistake::CrossAccountFromOneSide,
            granted("*"),
            call(user(TENANT)),
            ["implicit R resource", "allowed"],
        ),
        (
            Mistake::ManagementAccountBoundByScps,
            unbound,
            call(user(OWNER)),
            ["allowed", "implicit R scp"],
        ),
    ]
}

/// Those of everything else; the `R` of an outcome is whatever resource it is about.
fn shown_by_others() -> Vec<Shown> {
    let by_user = |request| asking(user(OWNER), request);
    let may = |statement: Value| {
        let mut world = whole();
        whole::grant(&mut world, &[statement]);
        world
    };
    let identity = |operation| {
        let wants_provider = operation == IdentityOperation::GetResourceApiKey;
        Request::Identity(IdentityRequest {
            operation,
            workload: "worker".to_owned(),
            provider: wants_provider.then(|| "mail".to_owned()),
            user_id: None,
            claims: None,
        })
    };
    let all_but = |resource: &str| json!({"Effect": "Allow", "Action": "*", "NotResource": whole::arn(resource)});
    let in_namespace = under(
        say("Allow", "*", "*"),
        json!({"StringEquals": {"bedrock-agentcore:namespace": "/team"}}),
    );
    let by_path = MemoryRequest {
        namespace_path: Some("/team".to_owned()),
        ..whole::of_memory(MemoryOperation::ListMemoryRecords)
    };
    let bare_id = MemoryRequest {
        by_arn: false,
        ..whole::of_memory(MemoryOperation::GetMemory)
    };
    let open = |authorizer| {
        let mut world = whole();
        world.gateways[0].authorizer = authorizer;
        world
    };
    let mut filtered = open(GatewayAuthorizer::None);
    let silent = to(say("Allow", "s3:*", "*"), json!("*"));
    filtered.networks[0].policy = policy(&[silent]);
    let mut shared = whole();
    let everyone = to(say("Allow", "*", "*"), json!("*"));
    shared.memories[0].policy = policy(&[everyone]);
    whole::grant(&mut shared, &[say("Allow", "*", "*")]);
    let mut deputy = whole();
    let lambda = json!({"Service": "lambda.amazonaws.com"});
    let from_here = under(
        to(say("Allow", "*", "*"), lambda),
        json!({"StringEquals": {"aws:SourceAccount": OWNER}}),
    );
    deputy.gateways[0].policy = policy(&[from_here]);
    let function = "arn:aws:lambda:us-west-2:111122223333:function:f";
    let lambda = whole::service("lambda.amazonaws.com", Some((OWNER, function)));
    vec![
        (
            Mistake::HarnessCompanionDropped,
            may(say("Allow", "bedrock-agentcore:InvokeHarness", "*")),
            by_user(Request::Harness(whole::of_harness(
                HarnessOperation::InvokeHarness,
                None,
            ))),
            ["implicit R identity", "allowed"],
        ),
        (
            Mistake::PassRoleDropped,
            may(say("Allow", "bedrock-agentcore:*", "*")),
            by_user(Request::Control(ControlRequest {
                operation: ControlOperation::CreateAgentRuntime,
                on: ControlTarget::Nothing,
                role: Some(whole::role_name("exec")),
                settings: Context::new(),
                tags: Tags::new(),
            })),
            ["implicit R identity", "allowed"],
        ),
        (
            Mistake::TokenVaultPairDropped,
            may(all_but("token-vault/default")),
            by_user(identity(IdentityOperation::GetResourceApiKey)),
            ["implicit R identity", "allowed"],
        ),
        (
            Mistake::DirectoryPairDropped,
            may(all_but("workload-identity-directory/default")),
            by_user(identity(IdentityOperation::GetWorkloadAccessToken)),
            ["implicit R identity", "allowed"],
        ),
        (
            Mistake::NamespacePathAsNamespace,
            may(in_namespace),
            by_user(Request::Memory(by_path)),
            ["implicit R identity", "allowed"],
        ),
        (
            Mistake::AuthenticateOnlyAuthorizes,
            open(GatewayAuthorizer::AuthenticateOnly),
            whole::to_gateway(user(OWNER)),
            ["allowed", "implicit R identity"],
        ),
        (
            Mistake::NoneGatewaySkipsEndpointPolicy,
            filtered,
            through_vpc(whole::to_gateway(user(OWNER))),
            ["implicit R endpoint", "allowed"],
        ),
        (
            Mistake::AwsToolOfAnotherAccount,
            may(say("Allow", "*", "*")),
            by_user(Request::Tool(ToolRequest {
                operation: ToolOperation::StartBrowserSession,
                tool: None,
            })),
            ["allowed", "implicit R resource"],
        ),
        (
            Mistake::BareMemoryIdAcrossAccounts,
            shared,
            asking(user(TENANT), Request::Memory(bare_id)),
            ["no_such_memory", "allowed"],
        ),
        (
            Mistake::ServiceWithoutSourceKeys,
            deputy,
            whole::to_gateway(lambda),
            ["allowed", "implicit R resource"],
        ),
    ]
}

fn shown() -> Vec<Shown> {
    let mut shown = shown_by_runtimes();
    shown.extend(shown_by_others());
    shown
}

#[test]
fn each_mistake_changes_an_outcome() {
    let shown = shown();
    for (mistake, world, call, [right, wrong]) in &shown {
        let name = mistake.name();
        assert_eq!(outcome(world, call), *right, "{name}");
        assert_eq!(mistaken(world, call, *mistake), *wrong, "{name}");
    }
    for mistake in Mistake::CALLS {
        assert!(
            shown.iter().any(|(m, ..)| m == mistake),
            "{}",
            mistake.name()
        );
    }
}

#[test]
fn a_mistake_changes_nothing_it_is_not_about() {
    let mut shown = shown();
    // An ordinary call, right under every mistake.
    shown.push((
        Mistake::MixedReadings,
        granted("*"),
        call(user(OWNER)),
        ["allowed", "allowed"],
    ));
    for (about, world, call, [right, _]) in &shown {
        for mistake in Mistake::CALLS.iter().filter(|m| *m != about) {
            let name = mistake.name();
            // Dropping the endpoint hides what is wrong there.
            if *mistake == Mistake::EndpointPairDropped && right.contains(" E ") {
                continue;
            }
            assert_eq!(mistaken(world, call, *mistake), *right, "{name}");
        }
    }
}

#[test]
fn mixed_readings_agree_with_a_reading_on_each_operation() {
    let everyone = |resource| policy(&[to(say("Allow", "*", resource), json!("*"))]);
    let mut world = scene();
    world.runtimes[0].policy = everyone(R);
    world.runtimes[0].endpoints[0].policy = everyone(E);
    for &operation in RuntimeOperation::ALL {
        if operation == RuntimeOperation::GetRuntimeProtectedResourceMetadata {
            continue;
        }
        let mut call = call(user(OWNER));
        of_runtime(&mut call).operation = operation;
        let is_union = operation == RuntimeOperation::InvokeAgentRuntime;
        let expected = if is_union {
            "allowed"
        } else {
            "implicit R identity"
        };
        assert_eq!(
            mistaken(&world, &call, Mistake::MixedReadings),
            expected,
            "{operation}"
        );
    }
}
