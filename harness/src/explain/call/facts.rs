//! The facts of a call for people.

use veriam_model::{
    AssumeRoleRequest, Authorizer, Call, CallCase, Caller, ControlRequest, ControlTarget,
    GatewayAuthorizer, GatewayRequest, HarnessRequest, IdentityRequest, MemoryRequest,
    OtherRequest, Path, Request, RoleName, RuntimeRequest, ServiceCaller, SessionCaller,
    TokenClaims, ToolKind, ToolRequest, World,
};

/// A fact: its name and its text.
type Fact = (&'static str, String);

/// The facts of a call for people: name and text of each.
#[must_use]
pub fn call_facts(case: &CallCase) -> Vec<Fact> {
    let Call {
        caller,
        request,
        from,
        at,
        user_agent,
    } = &case.call;
    let mut facts = vec![("call", request.operation().to_owned())];
    request_facts(&mut facts, &case.world, request);
    facts.push(("caller", caller_in_words(caller)));
    facts.push((
        "path",
        match from {
            Path::Internet { address } => format!("over the internet, from {address}"),
            Path::Endpoint { endpoint, address } => {
                let vpc = case.world.network(endpoint).map_or("", |n| &n.vpc);
                format!("through {endpoint} in {vpc}, from {address}")
            }
        },
    ));
    facts.push(("time", format!("{at} s since 1970, with {user_agent}")));
    facts
}

fn request_facts(facts: &mut Vec<Fact>, world: &World, request: &Request) {
    match request {
        Request::Runtime(request) => runtime(facts, world, request),
        Request::Gateway(request) => gateway(facts, world, request),
        Request::Memory(request) => memory(facts, world, request),
        Request::Harness(request) => harness(facts, world, request),
        Request::Tool(request) => tool(facts, world, request),
        Request::Identity(request) => identity(facts, request),
        Request::Control(request) => control(facts, request),
        Request::AssumeRole(request) => assume_role(facts, request),
        Request::Other(request) => other(facts, world, request),
    }
}

fn owned(id: &str, owner: Option<&String>) -> String {
    format!("{id} of account {}", owner.map_or("", String::as_str))
}

/// Adds what the request carries, if it does.
fn carried(facts: &mut Vec<Fact>, name: &'static str, value: Option<&String>) {
    facts.extend(value.map(|value| (name, value.clone())));
}

fn endpoint(name: Option<&String>) -> Fact {
    let text = name.map_or_else(|| "DEFAULT (none is named)".to_owned(), Clone::clone);
    ("endpoint", text)
}

fn authorizer(authorizer: Authorizer) -> Fact {
    let text = match authorizer {
        Authorizer::Iam => "signatures",
        Authorizer::Jwt => "tokens",
    };
    ("takes", text.to_owned())
}

fn runtime(facts: &mut Vec<Fact>, world: &World, request: &RuntimeRequest) {
    let id = &request.runtime;
    let runtime = world.runtime(id);
    let owner = runtime.map(|runtime| &runtime.account);
    facts.push(("runtime", owned(id, owner)));
    facts.push(endpoint(request.qualifier.as_ref()));
    let named = request.qualifier.as_deref().unwrap_or("DEFAULT");
    let of_endpoint = runtime.and_then(|runtime| {
        let mut endpoints = runtime.endpoints.iter();
        endpoints.find(|e| e.name == named)?.authorizer
    });
    let of_runtime = runtime.map(|runtime| runtime.authorizer);
    facts.extend(of_endpoint.or(of_runtime).map(authorizer));
    carried(facts, "user id", request.user_id.as_ref());
}

fn gateway(facts: &mut Vec<Fact>, world: &World, request: &GatewayRequest) {
    let gateway = world.gateway(&request.gateway);
    let owner = gateway.map(|gateway| &gateway.account);
    facts.push(("gateway", owned(&request.gateway, owner)));
    facts.extend(gateway.map(|gateway| {
        let text = match gateway.authorizer {
            GatewayAuthorizer::AwsIam => "signatures",
            GatewayAuthorizer::CustomJwt => "tokens",
            GatewayAuthorizer::None => "anybody, and asks endpoint policies alone",
            GatewayAuthorizer::AuthenticateOnly => "signatures, and asks endpoint policies alone",
        };
        let name = gateway.authorizer.name();
        ("takes", format!("{text} ({name})"))
    }));
    if request.tool_call {
        facts.push(("carries", "a tool call".to_owned()));
    }
}

fn memory(facts: &mut Vec<Fact>, world: &World, request: &MemoryRequest) {
    let owner = world.memory(&request.memory).map(|memory| &memory.account);
    let named = if request.by_arn {
        ", named by its ARN"
    } else {
        ", named by its id"
    };
    facts.push(("memory", owned(&request.memory, owner) + named));
    carried(facts, "actor", request.actor.as_ref());
    carried(facts, "session", request.session.as_ref());
    carried(facts, "strategy", request.strategy.as_ref());
    carried(facts, "namespace", request.namespace.as_ref());
    carried(facts, "path", request.namespace_path.as_ref());
    for (key, value) in request.namespace_variables.iter() {
        facts.push(("variable", format!("{key}={value}")));
    }
}

fn harness(facts: &mut Vec<Fact>, world: &World, request: &HarnessRequest) {
    if let Some(id) = &request.harness {
        let harness = world.harness(id);
        let memory = match harness.is_some_and(|harness| harness.with_memory) {
            true => ", which manages a memory",
            false => "",
        };
        let text = owned(id, harness.map(|harness| &harness.account));
        facts.push(("harness", text + memory));
        facts.push(endpoint(request.endpoint.as_ref()));
        facts.extend(harness.map(|harness| authorizer(harness.authorizer)));
    }
    if request.with_memory {
        facts.push(("asks for", "a managed memory".to_owned()));
    }
    carried(facts, "user id", request.user_id.as_ref());
}

fn tool(facts: &mut Vec<Fact>, world: &World, request: &ToolRequest) {
    let name = match request.operation.kind() {
        ToolKind::Browser => "browser",
        ToolKind::CodeInterpreter => "interpreter",
    };
    let text = match &request.tool {
        Some(id) => owned(id, world.tool(id).map(|tool| &tool.account)),
        None => "the one that AWS owns".to_owned(),
    };
    facts.push((name, text));
}

fn identity(facts: &mut Vec<Fact>, request: &IdentityRequest) {
    facts.push(("workload", request.workload.clone()));
    carried(facts, "provider", request.provider.as_ref());
    carried(facts, "user id", request.user_id.as_ref());
    if let Some(claims) = &request.claims {
        let mut text = format!("for {} of {}", claims.sub, claims.iss);
        if let Some(client) = &claims.client_id {
            text.push_str(&format!(", client {client}"));
        }
        if !claims.aud.is_empty() {
            text.push_str(&format!(", audience {}", claims.aud.join(" ")));
        }
        if !claims.scope.is_empty() {
            text.push_str(&format!(", scope {}", claims.scope.join(" ")));
        }
        facts.push(("token", text));
    }
}

fn assume_role(facts: &mut Vec<Fact>, request: &AssumeRoleRequest) {
    facts.push(("role", role(&request.role)));
    carried(facts, "session", request.session.as_ref());
    carried(facts, "external", request.external_id.as_ref());
    carried(facts, "identity", request.source_identity.as_ref());
    for (key, value) in request.tags.iter() {
        let passes_on = request
            .transitive
            .iter()
            .any(|k| k.eq_ignore_ascii_case(key));
        let how = if passes_on { ", which passes on" } else { "" };
        facts.push(("tag", format!("{key}={value}{how}")));
    }
}

fn control(facts: &mut Vec<Fact>, request: &ControlRequest) {
    let on = match &request.on {
        ControlTarget::Nothing => "nothing that is there yet, or all".to_owned(),
        ControlTarget::Runtime(id) => format!("runtime {id}"),
        ControlTarget::RuntimeEndpoint { runtime, endpoint } => {
            format!("endpoint {endpoint} of runtime {runtime}")
        }
        ControlTarget::Gateway(id) => format!("gateway {id}"),
        ControlTarget::Memory(id) => format!("memory {id}"),
        ControlTarget::Tool(id) => format!("tool {id}"),
    };
    facts.push(("about", on));
    if let Some(passed) = &request.role {
        facts.push(("passes", role(passed)));
    }
    for (name, values) in request.settings.iter() {
        facts.push(("setting", format!("{name}: {}", values.join(", "))));
    }
    for (key, value) in request.tags.iter() {
        facts.push(("tag", format!("{key}={value}")));
    }
}

fn role(role: &RoleName) -> String {
    format!("role {} of account {}", role.name, role.account)
}

fn other(facts: &mut Vec<Fact>, world: &World, request: &OtherRequest) {
    let of_world = world.other(&request.resource).map(|other| &other.account);
    let owner = match request.account.as_ref().or(of_world) {
        Some(account) => format!(" of account {account}"),
        None => ", in the caller's account".to_owned(),
    };
    facts.push(("resource", format!("{}{owner}", request.resource)));
    for (name, values) in request.keys.iter() {
        facts.push(("carries", format!("{name}: {}", values.join(", "))));
    }
    if let Some(via) = &request.via {
        facts.push(("through", format!("{via}, with the caller's credentials")));
    }
}

fn caller_in_words(caller: &Caller) -> String {
    match caller {
        Caller::User(user) => {
            let with = if user.token.is_some() {
                ", with temporary credentials"
            } else {
                ""
            };
            format!("user {} of account {}{with}", user.name, user.account)
        }
        Caller::Session(session) => session_in_words(session),
        Caller::Root(root) => format!("root user of account {}", root.account),
        Caller::Federated(session) => format!(
            "federated-user session of {} of account {}",
            session.user, session.account
        ),
        Caller::Jwt(jwt) => {
            let genuine = if jwt.accepted {
                ""
            } else {
                " that is not accepted"
            };
            let claims = claims_in_words(&jwt.claims);
            format!("bearer of a token for {}{genuine}{claims}", jwt.subject)
        }
        Caller::Service(service) => service_in_words(service),
        Caller::Anonymous => "nobody: no signature and no token".to_owned(),
    }
}

fn claims_in_words(claims: &TokenClaims) -> String {
    let mut text = String::new();
    if let Some(client) = &claims.client {
        text.push_str(&format!(", client {client}"));
    }
    if !claims.audiences.is_empty() {
        text.push_str(&format!(", audience {}", claims.audiences.join(" ")));
    }
    if !claims.scopes.is_empty() {
        text.push_str(&format!(", scope {}", claims.scopes.join(" ")));
    }
    text
}

fn service_in_words(caller: &ServiceCaller) -> String {
    let mut text = format!("service {}", caller.service);
    if let Some(arn) = &caller.source_arn {
        text.push_str(&format!(", for {arn}"));
    }
    if let Some(account) = &caller.source_account {
        text.push_str(&format!(", of account {account}"));
    }
    text
}

fn session_in_words(session: &SessionCaller) -> String {
    let mut text = format!(
        "session {} of role {} of account {}",
        session.session, session.role, session.account
    );
    for (key, value) in session.tags.iter() {
        text.push_str(&format!(", session tag {key}={value}"));
    }
    if session.policy.is_some() {
        text.push_str(", with a session policy");
    }
    text
}
