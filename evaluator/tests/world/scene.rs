//! A world to set scenes in, and outcomes in short.

use serde_json::{Value, json};
use veriam_evaluator::World;
use veriam_model::{
    Account, Call, Caller, DenialKind, Dialect, FederatedCaller, Identity, JwtCaller, Network,
    Outcome, Path, PolicyText, Request, RootCaller, Runtime, RuntimeEndpoint, RuntimeOperation,
    RuntimeRequest, SessionCaller, Tags, Token, TokenClaims, TokenRules, UserCaller,
};

/// The account of the runtime.
pub(crate) const OWNER: &str = "111122223333";
/// Another account.
pub(crate) const TENANT: &str = "444455556666";
/// The runtime and its endpoint `DEFAULT`.
pub(crate) const R: &str =
    "arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/agent_a-AbCdEf0123";
pub(crate) const E: &str = "arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/agent_a-AbCdEf0123/runtime-endpoint/DEFAULT";
pub(crate) const INVOKE: &str = "bedrock-agentcore:InvokeAgentRuntime";
pub(crate) const FOR_USER: &str = "bedrock-agentcore:InvokeAgentRuntimeForUser";
/// 2025-06-15T15:06:40Z
pub(crate) const NOW: u64 = 1_750_000_000;

/// Two accounts with a user `alice` and a role `app` each; a runtime in one of them; a VPC `vpc-1` in the other. No
/// policy anywhere.
pub(crate) fn scene() -> veriam_model::World {
    let mut world = veriam_model::World::new("us-west-2");
    for account in [OWNER, TENANT] {
        world.accounts.push(Account {
            id: account.to_owned(),
            organization: None,
        });
        world.users.push(identity(account, "alice", "AIDAALICE"));
        world.roles.push(identity(account, "app", "AROAAPP"));
    }
    world.runtimes.push(Runtime {
        account: OWNER.to_owned(),
        id: "agent_a-AbCdEf0123".to_owned(),
        authorizer: veriam_model::Authorizer::Iam,
        token_rules: TokenRules::default(),
        tags: Tags::new(),
        policy: None,
        endpoints: vec![RuntimeEndpoint {
            name: "DEFAULT".to_owned(),
            authorizer: None,
            tags: Tags::new(),
            policy: None,
        }],
    });
    world.networks.push(Network {
        endpoint: "vpce-1".to_owned(),
        vpc: "vpc-1".to_owned(),
        account: TENANT.to_owned(),
        policy: None,
    });
    world
}

pub(crate) fn identity(account: &str, name: &str, id: &str) -> Identity {
    Identity {
        account: account.to_owned(),
        name: name.to_owned(),
        path: "/".to_owned(),
        id: id.to_owned(),
        tags: Tags::new(),
        policies: Vec::new(),
        boundary: None,
        trust: None,
    }
}

/// A policy of these statements; none when there are none.
pub(crate) fn policy(statements: &[Value]) -> Option<PolicyText> {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    (!statements.is_empty()).then(|| PolicyText::new(text))
}

/// A statement of a policy without principals.
pub(crate) fn say(effect: &str, action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    json!({"Effect": effect, "Action": action.into(), "Resource": resource.into()})
}

/// The statement with one more member.
pub(crate) fn with(mut statement: Value, member: &str, value: Value) -> Value {
    statement[member] = value;
    statement
}

/// The statement for a principal.
pub(crate) fn to(statement: Value, principal: Value) -> Value {
    with(statement, "Principal", principal)
}

/// The statement under a condition.
pub(crate) fn under(statement: Value, condition: Value) -> Value {
    with(statement, "Condition", condition)
}

/// A call of InvokeAgentRuntime over the internet.
pub(crate) fn call(caller: Caller) -> Call {
    Call {
        caller,
        request: Request::Runtime(RuntimeRequest {
            operation: RuntimeOperation::InvokeAgentRuntime,
            runtime: "agent_a-AbCdEf0123".to_owned(),
            qualifier: None,
            user_id: None,
        }),
        from: Path::Internet {
            address: "203.0.113.9".to_owned(),
        },
        at: NOW,
        user_agent: "test/1.0".to_owned(),
    }
}

/// The same call through the VPC endpoint.
pub(crate) fn through_vpc(mut call: Call) -> Call {
    call.from = Path::Endpoint {
        endpoint: "vpce-1".to_owned(),
        address: "10.0.0.7".to_owned(),
    };
    call
}

/// What a call asks of a runtime.
pub(crate) fn of_runtime(call: &mut Call) -> &mut RuntimeRequest {
    match &mut call.request {
        Request::Runtime(request) => request,
        other => panic!("{other:?}"),
    }
}

/// The same call with the user-id header.
pub(crate) fn for_user(mut call: Call) -> Call {
    of_runtime(&mut call).user_id = Some("end-user-1".to_owned());
    call
}

pub(crate) fn user(account: &str) -> Caller {
    Caller::User(UserCaller {
        account: account.to_owned(),
        name: "alice".to_owned(),
        token: None,
    })
}

pub(crate) fn session_of(account: &str, role: &str) -> Caller {
    Caller::Session(session_caller(account, role))
}

pub(crate) fn session(account: &str) -> Caller {
    session_of(account, "app")
}

pub(crate) fn session_caller(account: &str, role: &str) -> SessionCaller {
    SessionCaller {
        account: account.to_owned(),
        role: role.to_owned(),
        session: "s1".to_owned(),
        token: TOKEN,
        policy: None,
        tags: Tags::new(),
        source_identity: None,
        provider: None,
    }
}

pub(crate) const TOKEN: Token = Token {
    issued: NOW - 600,
    mfa: None,
};

pub(crate) fn root(account: &str) -> Caller {
    Caller::Root(RootCaller {
        account: account.to_owned(),
    })
}

pub(crate) fn federated(account: &str, policy: Option<PolicyText>) -> Caller {
    Caller::Federated(FederatedCaller {
        account: account.to_owned(),
        user: "alice".to_owned(),
        token: TOKEN,
        policy,
        tags: Tags::new(),
    })
}

pub(crate) fn jwt() -> Caller {
    Caller::Jwt(JwtCaller {
        subject: "sub-1".to_owned(),
        accepted: true,
        claims: TokenClaims::default(),
    })
}

/// The outcome of a call under the default dialect, in short.
pub(crate) fn outcome(world: &veriam_model::World, call: &Call) -> String {
    outcome_in(world, call, &Dialect::default())
}

pub(crate) fn outcome_in(world: &veriam_model::World, call: &Call, dialect: &Dialect) -> String {
    let world = World::new(world, dialect).unwrap();
    short(&world.decide(call).unwrap())
}

/// `allowed`, `explicit R resource`, `implicit E/ForUser identity+resource`, …: kind, resource and, for the second
/// action, its ending, then the policy types.
pub(crate) fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Allowed => "allowed".to_owned(),
        Outcome::Denied(denial) => {
            let kind = match denial.kind {
                DenialKind::Explicit => "explicit",
                DenialKind::Implicit => "implicit",
            };
            let endpoint = denial.at.resource.contains("/runtime-endpoint/");
            let resource = if endpoint { "E" } else { "R" };
            let action = if denial.at.action.ends_with("ForUser") {
                "/ForUser"
            } else {
                ""
            };
            let by: Vec<&str> = denial.by.iter().map(|t| t.name()).collect();
            format!("{kind} {resource}{action} {}", by.join("+"))
        }
        Outcome::Rejected(rejection) => rejection.name().to_owned(),
        Outcome::Invalid(why) => why.name().to_owned(),
    }
}
