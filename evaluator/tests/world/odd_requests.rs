//! Odd requests of every family, many of which are well-formed all the same.

use proptest::prelude::*;
use proptest::sample::select;
use veriam_model::{
    AssumeRoleRequest, Context, ControlOperation, ControlRequest, ControlTarget, GatewayRequest,
    HarnessOperation, HarnessRequest, IdentityOperation, IdentityRequest, InboundClaims,
    MemoryOperation, MemoryRequest, OtherRequest, Request, RoleName, RuntimeOperation,
    RuntimeRequest, ToolOperation, ToolRequest,
};

use crate::odd::{account, name, service, tags, text, word};
use crate::odd_resources::KEY;

/// Rarely something.
fn rarely<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T>,
) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(0.1, strategy)
}

/// Something, but rarely something else.
fn if_needed<T: Clone + std::fmt::Debug>(
    is_needed: bool,
    strategy: impl Strategy<Value = T>,
) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(if is_needed { 0.95 } else { 0.05 }, strategy)
}

fn runtime() -> impl Strategy<Value = Request> {
    let operation = select(RuntimeOperation::ALL);
    let parts = (operation, word(), prop::option::of(word()), rarely(name()));
    parts.prop_map(|(operation, runtime, qualifier, user_id)| {
        Request::Runtime(RuntimeRequest {
            operation,
            runtime,
            qualifier,
            user_id,
        })
    })
}

fn gateway() -> impl Strategy<Value = Request> {
    (word(), any::<bool>())
        .prop_map(|(gateway, tool_call)| Request::Gateway(GatewayRequest { gateway, tool_call }))
}

fn memory() -> impl Strategy<Value = Request> {
    let members = (
        rarely(word()),
        rarely(word()),
        rarely(word()),
        rarely(word()),
        rarely(word()),
        prop_oneof![9 => Just(veriam_model::Tags::new()), 1 => tags()],
    );
    let parts = (select(MemoryOperation::ALL), word(), any::<bool>(), members);
    parts.prop_map(|(operation, memory, by_arn, members)| {
        let (actor, session, strategy, namespace, namespace_path, namespace_variables) = members;
        Request::Memory(MemoryRequest {
            operation,
            memory,
            by_arn,
            actor,
            session,
            strategy,
            namespace,
            namespace_path,
            namespace_variables,
        })
    })
}

fn harness() -> impl Strategy<Value = Request> {
    select(HarnessOperation::ALL).prop_flat_map(|operation| {
        use HarnessOperation as Op;
        let is_about_one = !matches!(operation, Op::CreateHarness | Op::ListHarnesses);
        let names_endpoint = matches!(
            operation,
            Op::GetHarnessEndpoint | Op::UpdateHarnessEndpoint | Op::DeleteHarnessEndpoint
        );
        let endpoint = prop_oneof![
            if_needed(names_endpoint, word()),
            if_needed(names_endpoint, Just("DEFAULT".to_owned())),
        ];
        let invokes = operation.name().starts_with("Invoke");
        let parts = (
            if_needed(is_about_one, word()),
            prop_oneof![4 => endpoint, 1 => rarely(word())],
            prop::option::weighted(if invokes { 0.4 } else { 0.02 }, name()),
            prop::bool::weighted(if operation == Op::CreateHarness {
                0.5
            } else {
                0.02
            }),
        );
        parts.prop_map(move |(harness, endpoint, user_id, with_memory)| {
            Request::Harness(HarnessRequest {
                operation,
                harness,
                endpoint,
                user_id,
                with_memory,
            })
        })
    })
}

fn tool() -> impl Strategy<Value = Request> {
    let tool = prop::option::of(word());
    (select(ToolOperation::ALL), tool)
        .prop_map(|(operation, tool)| Request::Tool(ToolRequest { operation, tool }))
}

fn identity() -> impl Strategy<Value = Request> {
    select(IdentityOperation::ALL).prop_flat_map(|operation| {
        let wants_provider = !operation.name().starts_with("GetWorkload");
        let claims = (word(), word(), prop::option::of(word()), words(), words()).prop_map(
            |(iss, sub, client_id, aud, scope)| InboundClaims {
                iss,
                sub,
                client_id,
                aud,
                scope,
            },
        );
        let parts = (
            word(),
            if_needed(wants_provider, word()),
            rarely(name()),
            rarely(claims),
        );
        parts.prop_map(move |(workload, provider, user_id, claims)| {
            Request::Identity(IdentityRequest {
                operation,
                workload,
                provider,
                user_id,
                claims,
            })
        })
    })
}

fn words() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(word(), 0..3)
}

fn context(names: &'static [&'static str]) -> impl Strategy<Value = Context> {
    prop::collection::vec((text(names), words()), 0..3).prop_map(|keys| {
        let mut context = Context::new();
        for (name, values) in keys {
            context.insert(name, values).ok();
        }
        context
    })
}

fn role() -> impl Strategy<Value = RoleName> {
    (account(), name()).prop_map(|(account, name)| RoleName { account, name })
}

/// Something that an operation is about, as its name says.
fn target(operation: ControlOperation) -> BoxedStrategy<ControlTarget> {
    let runtime = || word().prop_map(ControlTarget::Runtime);
    let gateway = || word().prop_map(ControlTarget::Gateway);
    let endpoint = || {
        (word(), word())
            .prop_map(|(runtime, endpoint)| ControlTarget::RuntimeEndpoint { runtime, endpoint })
    };
    let any = prop_oneof![
        Just(ControlTarget::Nothing),
        runtime(),
        endpoint(),
        gateway(),
        word().prop_map(ControlTarget::Memory),
        word().prop_map(ControlTarget::Tool),
    ];
    let name = operation.name();
    let is_of_one = |word| name.ends_with(word) && !name.starts_with("Create");
    if name.ends_with("Policy") {
        return any.boxed();
    }
    let fitting = if name == "CreateAgentRuntimeEndpoint" || is_of_one("AgentRuntime") {
        runtime().boxed()
    } else if is_of_one("AgentRuntimeEndpoint") {
        endpoint().boxed()
    } else if is_of_one("Gateway") || name.ends_with("Target") {
        gateway().boxed()
    } else if is_of_one("Browser") || is_of_one("CodeInterpreter") {
        word().prop_map(ControlTarget::Tool).boxed()
    } else {
        Just(ControlTarget::Nothing).boxed()
    };
    prop_oneof![12 => fitting, 1 => any].boxed()
}

fn control() -> impl Strategy<Value = Request> {
    select(ControlOperation::ALL).prop_flat_map(|operation| {
        let settings = context(&["subnets", "KmsKeyArn", "Subnets", "", "InboundJwtClaim/aud"]);
        let parts = (
            target(operation),
            prop::option::weighted(0.3, role()),
            settings,
            tags(),
        );
        parts.prop_map(move |(on, role, settings, tags)| {
            Request::Control(ControlRequest {
                operation,
                on,
                role,
                settings,
                tags,
            })
        })
    })
}

fn other() -> impl Strategy<Value = Request> {
    let actions = &[
        "kms:Decrypt",
        "s3:GetObject",
        "sts:GetCallerIdentity",
        "sts:AssumeRole",
        "S3:DeleteBucketPolicy",
        "bedrock-agentcore:InvokeGateway",
        "x",
        ":",
    ];
    let resources = &[
        KEY,
        "*",
        "arn:aws:s3:::one",
        "arn:aws-cn:s3:::one",
        "arn:aws:iam::111122223333:role/app",
        "arn:aws",
    ];
    let parts = (
        select(&actions[..]).prop_map(str::to_owned),
        select(&resources[..]).prop_map(str::to_owned),
        prop::option::of(account()),
        context(&[
            "kms:ViaService",
            "aws:SourceIp",
            "x",
            "bedrock-agentcore:actorId",
        ]),
        rarely(service()),
    );
    parts.prop_map(|(action, resource, account, keys, via)| {
        Request::Other(OtherRequest {
            action,
            resource,
            account,
            keys,
            via,
        })
    })
}

fn assume_role() -> impl Strategy<Value = Request> {
    let external_id = rarely(text(&["id", "", "Unique-ID-42"]));
    let transitive = prop::collection::vec(text(&["team", "Team", "k"]), 0..2);
    let passes = (
        rarely(name()),
        external_id,
        rarely(name()),
        tags(),
        transitive,
    );
    (role(), passes).prop_map(|(role, passes)| {
        let (session, external_id, source_identity, tags, transitive) = passes;
        Request::AssumeRole(AssumeRoleRequest {
            role,
            session,
            external_id,
            source_identity,
            tags,
            transitive,
        })
    })
}

pub(crate) fn request() -> impl Strategy<Value = Request> {
    prop_oneof![
        4 => runtime().boxed(),
        3 => gateway().boxed(),
        1 => memory().boxed(),
        2 => harness().boxed(),
        1 => tool().boxed(),
        1 => identity().boxed(),
        2 => control().boxed(),
        1 => assume_role().boxed(),
        2 => other().boxed(),
    ]
}
