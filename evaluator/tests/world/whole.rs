//! A world with one of everything, calls of every family in it, and outcomes that say at what.

use serde_json::{Value, json};
use veriam_evaluator::World as Compiled;
use veriam_model::{
    Call, Caller, DenialKind, Dialect, Gateway, GatewayAuthorizer, GatewayRequest, Harness,
    HarnessEndpoint, HarnessOperation, HarnessRequest, Memory, MemoryOperation, MemoryRequest,
    OtherPolicyType, OtherRequest, OtherResource, Outcome, Provider, ProviderKind, Request,
    RoleName, ServiceCaller, Tags, TokenRules, Tool, ToolKind, WorkloadIdentity, World,
};

use crate::scene::{OWNER, TENANT, call, identity, policy, say, scene, to, user};

pub(crate) const GATEWAY: &str = "tools-abcdef0123";
pub(crate) const MEMORY: &str = "notes-AbCdEf0123";
pub(crate) const HARNESS: &str = "helper-AbCdEf0123";
pub(crate) const BROWSER: &str = "browser_a-AbCdEf0123";
pub(crate) const INTERPRETER: &str = "code_a-AbCdEf0123";
pub(crate) const KEY: &str = "arn:aws:kms:us-west-2:111122223333:key/k1";
pub(crate) const BUCKET: &str = "arn:aws:s3:::bucket";

/// [`scene`] and one gateway, memory, harness, tool of each kind, execution role, key and bucket, all of the owner's; a
/// workload identity and a provider of each kind in either account. No policy but the trust of the role in the service.
pub(crate) fn whole() -> World {
    let mut world = scene();
    let owner = || OWNER.to_owned();
    world.gateways.push(Gateway {
        account: owner(),
        id: GATEWAY.to_owned(),
        authorizer: GatewayAuthorizer::AwsIam,
        token_rules: TokenRules::default(),
        engine: None,
        tags: Tags::new(),
        policy: None,
    });
    world.memories.push(Memory {
        account: owner(),
        id: MEMORY.to_owned(),
        tags: Tags::new(),
        policy: None,
    });
    world.harnesses.push(Harness {
        account: owner(),
        id: HARNESS.to_owned(),
        authorizer: veriam_model::Authorizer::Iam,
        token_rules: TokenRules::default(),
        with_memory: false,
        tags: Tags::new(),
        endpoints: vec![HarnessEndpoint {
            name: "blue".to_owned(),
            tags: Tags::new(),
        }],
    });
    for (kind, id) in [
        (ToolKind::Browser, BROWSER),
        (ToolKind::CodeInterpreter, INTERPRETER),
    ] {
        world.tools.push(Tool {
            account: owner(),
            kind,
            id: id.to_owned(),
            tags: Tags::new(),
        });
    }
    for account in [OWNER, TENANT] {
        for (name, managed) in [("worker", false), ("runtime-made", true)] {
            world.workload_identities.push(WorkloadIdentity {
                account: account.to_owned(),
                name: name.to_owned(),
                managed,
                tags: Tags::new(),
            });
        }
        for kind in [
            ProviderKind::ApiKey,
            ProviderKind::Oauth2,
            ProviderKind::Payment,
        ] {
            world.providers.push(Provider {
                account: account.to_owned(),
                kind,
                name: "mail".to_owned(),
                tags: Tags::new(),
            });
        }
    }
    let mut role = identity(OWNER, "exec", "AROAEXEC");
    role.path = "/service/".to_owned();
    let trust = json!({"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "bedrock-agentcore.amazonaws.com"}});
    role.trust = policy(&[trust]);
    world.roles.push(role);
    for (arn, policy_type) in [
        (KEY, OtherPolicyType::Key),
        (BUCKET, OtherPolicyType::Resource),
    ] {
        world.others.push(OtherResource {
            arn: arn.to_owned(),
            account: owner(),
            policy_type,
            policy: None,
            tags: Tags::new(),
        });
    }
    world
}

/// The same world where users and roles may do everything.
pub(crate) fn granted() -> World {
    let mut world = whole();
    grant(&mut world, &[say("Allow", "*", "*")]);
    world
}

/// Gives every user and role these statements and no others.
pub(crate) fn grant(world: &mut World, statements: &[Value]) {
    for identity in world.users.iter_mut().chain(&mut world.roles) {
        identity.policies = policy(statements).into_iter().collect();
    }
}

pub(crate) fn everyone(statement: Value) -> Value {
    to(statement, json!("*"))
}

/// Tags.
pub(crate) fn tags(tags: &[(&str, &str)]) -> Tags {
    let mut all = Tags::new();
    for (key, value) in tags {
        all.insert(*key, *value).unwrap();
    }
    all
}

/// The ARN of a resource of AgentCore in the owner's account; what is an ARN already, or `*`, stays.
pub(crate) fn arn(path: &str) -> String {
    if path == "*" || path.starts_with("arn:") {
        return path.to_owned();
    }
    format!("arn:aws:bedrock-agentcore:us-west-2:{OWNER}:{path}")
}

/// The action of AgentCore, if no service is named.
pub(crate) fn action(name: &str) -> String {
    if name.contains(':') {
        return name.to_owned();
    }
    format!("bedrock-agentcore:{name}")
}

/// A call that asks this over the internet.
pub(crate) fn asking(caller: Caller, request: Request) -> Call {
    Call {
        request,
        ..call(caller)
    }
}

pub(crate) fn to_gateway(caller: Caller) -> Call {
    let gateway = GATEWAY.to_owned();
    asking(
        caller,
        Request::Gateway(GatewayRequest {
            gateway,
            tool_call: false,
        }),
    )
}

/// A request to the memory by its ARN, without members.
pub(crate) fn of_memory(operation: MemoryOperation) -> MemoryRequest {
    MemoryRequest {
        operation,
        memory: MEMORY.to_owned(),
        by_arn: true,
        actor: None,
        session: None,
        strategy: None,
        namespace: None,
        namespace_path: None,
        namespace_variables: Tags::new(),
    }
}

/// A request to the harness, where the operation is about one.
pub(crate) fn of_harness(operation: HarnessOperation, endpoint: Option<&str>) -> HarnessRequest {
    let is_about_none = matches!(
        operation,
        HarnessOperation::CreateHarness | HarnessOperation::ListHarnesses
    );
    HarnessRequest {
        operation,
        harness: (!is_about_none).then(|| HARNESS.to_owned()),
        endpoint: endpoint.map(str::to_owned),
        user_id: None,
        with_memory: false,
    }
}

/// A request to another service, without keys.
pub(crate) fn of_other(action: &str, resource: &str) -> OtherRequest {
    OtherRequest {
        action: action.to_owned(),
        resource: resource.to_owned(),
        account: None,
        keys: veriam_model::Context::new(),
        via: None,
    }
}

pub(crate) fn role_name(name: &str) -> RoleName {
    RoleName {
        account: OWNER.to_owned(),
        name: name.to_owned(),
    }
}

pub(crate) fn service(name: &str, source: Option<(&str, &str)>) -> Caller {
    Caller::Service(ServiceCaller {
        service: name.to_owned(),
        source_account: source.map(|(account, _)| account.to_owned()),
        source_arn: source.map(|(_, arn)| arn.to_owned()),
    })
}

/// `allowed`, `implicit InvokeGateway gateway/tools-abcdef0123 identity+resource`, …: kind, action, the ARN's part behind
/// the account, policy types; or the name of a rejection.
pub(crate) fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Allowed => "allowed".to_owned(),
        Outcome::Denied(denial) => {
            let kind = match denial.kind {
                DenialKind::Explicit => "explicit",
                DenialKind::Implicit => "implicit",
            };
            let action = denial.at.action.as_str();
            let action = action.strip_prefix("bedrock-agentcore:").unwrap_or(action);
            let resource = denial.at.resource.splitn(6, ':').last().unwrap();
            let by: Vec<&str> = denial.by.iter().map(|t| t.name()).collect();
            format!("{kind} {action} {resource} {}", by.join("+"))
        }
        Outcome::Rejected(rejection) => rejection.name().to_owned(),
        Outcome::Invalid(why) => why.name().to_owned(),
    }
}

pub(crate) fn decided(world: &World, call: &Call) -> String {
    decided_in(world, call, &Dialect::default())
}

pub(crate) fn decided_in(world: &World, call: &Call, dialect: &Dialect) -> String {
    told(&Compiled::new(world, dialect).unwrap().decide(call).unwrap())
}

/// The member of a call that is refused.
pub(crate) fn refused(world: &World, call: &Call) -> String {
    let world = Compiled::new(world, &Dialect::default()).unwrap();
    match world.decide(call) {
        Err(veriam_evaluator::CallError::Malformed(malformed)) => malformed.member,
        other => panic!("{other:?}"),
    }
}

/// Checks that a request of the owner's user needs exactly these pairs, in this order: each is asked of the identity
/// policies, and what is not among them is not.
#[track_caller]
pub(crate) fn check_pairs(request: &Request, dialect: &Dialect, pairs: &[(&str, &str)]) {
    check_pairs_in(whole(), request, dialect, pairs);
}

#[track_caller]
pub(crate) fn check_pairs_in(
    mut world: World,
    request: &Request,
    dialect: &Dialect,
    pairs: &[(&str, &str)],
) {
    let call = asking(user(OWNER), request.clone());
    let denial = |kind: &str, (action, path): (&str, &str)| {
        let path = arn(path);
        let path = path.splitn(6, ':').last().unwrap();
        format!("{kind} {action} {path} identity")
    };
    let allow = |&(name, path): &(&str, &str)| say("Allow", action(name), arn(path));
    let about = |pair| format!("{request:?} {dialect:?} {pair:?}");
    let all: Vec<Value> = pairs.iter().map(allow).collect();
    grant(&mut world, &all);
    assert_eq!(
        decided_in(&world, &call, dialect),
        "allowed",
        "{}",
        about(None)
    );
    grant(&mut world, &[]);
    let expected = denial("implicit", pairs[0]);
    assert_eq!(
        decided_in(&world, &call, dialect),
        expected,
        "{}",
        about(None)
    );
    for (missing, &pair) in pairs.iter().enumerate() {
        let mut rest = all.clone();
        rest.remove(missing);
        grant(&mut world, &rest);
        let expected = denial("implicit", pair);
        assert_eq!(
            decided_in(&world, &call, dialect),
            expected,
            "{}",
            about(Some(pair))
        );
        let deny = say("Deny", action(pair.0), arn(pair.1));
        grant(&mut world, &[say("Allow", "*", "*"), deny]);
        let denied = decided_in(&world, &call, dialect);
        // A Deny on `*` reaches the resources that stand before it too.
        if pair.1 != "*" {
            assert_eq!(denied, denial("explicit", pair), "{}", about(Some(pair)));
        }
    }
}
