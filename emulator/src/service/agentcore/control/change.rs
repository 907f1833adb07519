//! What operations of the control plane do to the state. Versions, configurations and states of progress are not kept: what
//! is made is ready at once.

mod harness;

use serde_json::{Value, json};
use veriam_model::{
    Authorizer, ControlOperation, ControlRequest, ControlTarget, Gateway, GatewayAuthorizer,
    Memory, Runtime, RuntimeEndpoint, TokenRules, Tool, ToolKind,
};

use super::super::data::tags;
use super::super::{Route, text};
use super::show;
use crate::state::State;
use crate::wire::{Answer, Fault};

pub(super) use harness::harness;

/// What an operation is told besides the request.
pub(super) struct About<'a> {
    /// The caller's account.
    pub(super) account: &'a str,
    pub(super) now: u64,
    pub(super) route: &'a Route,
    pub(super) body: &'a Value,
}

/// Carries out an operation that is allowed.
pub(super) fn control(
    state: &mut State,
    request: &ControlRequest,
    about: &About<'_>,
) -> Result<Answer, Fault> {
    use ControlOperation as Op;
    let body = about.body;
    let account = about.account.to_owned();
    match (request.operation, &request.on) {
        (Op::CreateAgentRuntime, _) => {
            let id = new_id(state, body, "agentRuntimeName", false)?;
            let (authorizer, token_rules) = authorizer(body);
            let tags = request.tags.clone();
            let runtime = Runtime {
                account,
                id,
                authorizer,
                token_rules,
                tags,
                policy: None,
                endpoints: Vec::new(),
            };
            let shown = show::runtime(state.world(), &runtime, about.now);
            state.change().runtimes.push(runtime);
            Ok(Answer::json(202, &shown))
        }
        (Op::CreateGateway, _) => {
            let id = new_id(state, body, "name", true)?;
            let named = |t: &GatewayAuthorizer| Some(t.name()) == text(body, "authorizerType");
            let Some(authorizer) = GatewayAuthorizer::ALL.into_iter().find(named) else {
                return Err(invalid(
                    "authorizerType must be one of CUSTOM_JWT, AWS_IAM, NONE, AUTHENTICATE_ONLY",
                ));
            };
            let (_, token_rules) = self::authorizer(body);
            let tags = request.tags.clone();
            let gateway = Gateway {
                account,
                id,
                authorizer,
                token_rules,
                engine: None,
                tags,
                policy: None,
            };
            let shown = show::gateway(state.world(), &gateway, about.now);
            state.change().gateways.push(gateway);
            Ok(Answer::json(202, &shown))
        }
        (Op::CreateMemory, _) => {
            let id = new_id(state, body, "name", false)?;
            let memory = Memory {
                account,
                id,
                tags: request.tags.clone(),
                policy: None,
            };
            let shown = show::memory(state.world(), &memory, about.now);
            state.change().memories.push(memory);
            Ok(Answer::json(202, &json!({"memory": shown})))
        }
        (Op::CreateBrowser | Op::CreateCodeInterpreter, _) => {
            let id = new_id(state, body, "name", false)?;
            let kind = match request.operation {
                Op::CreateBrowser => ToolKind::Browser,
                _ => ToolKind::CodeInterpreter,
            };
            let tool = Tool {
                account,
                kind,
                id,
                tags: request.tags.clone(),
            };
            let shown = show::tool(state.world(), &tool, about.now);
            state.change().tools.push(tool);
            Ok(Answer::json(202, &shown))
        }
        (Op::DeleteBrowser | Op::DeleteCodeInterpreter, ControlTarget::Tool(id)) => {
            state.change().tools.retain(|tool| tool.id != *id);
            let name = about
                .route
                .vars
                .first()
                .map_or("browserId", |(name, _)| name.as_str());
            Ok(Answer::json(
                202,
                &json!({name: id, "status": "DELETING", "lastUpdatedAt": show::time(about.now)}),
            ))
        }
        (_, ControlTarget::Runtime(id)) => runtime(state, request.operation, id, about),
        (_, ControlTarget::RuntimeEndpoint { runtime, endpoint }) => {
            if request.operation == Op::DeleteAgentRuntimeEndpoint {
                let mut runtimes = state.change().runtimes.iter_mut();
                if let Some(place) = runtimes.find(|r| r.id == *runtime) {
                    place.endpoints.retain(|e| e.name != *endpoint);
                }
                let gone = json!({"status": "DELETING", "agentRuntimeId": runtime, "endpointName": endpoint});
                return Ok(Answer::json(202, &gone));
            }
            let status = if request.operation == Op::GetAgentRuntimeEndpoint {
                200
            } else {
                202
            };
            let found = state.world().runtime(runtime).ok_or_else(gone)?;
            Ok(Answer::json(
                status,
                &show::endpoint(state.world(), found, endpoint, about.now),
            ))
        }
        (operation, ControlTarget::Gateway(id)) => gateway(state, operation, id, about),
        (operation, _) => list(state, operation, about),
    }
}

fn runtime(
    state: &mut State,
    operation: ControlOperation,
    id: &str,
    about: &About<'_>,
) -> Result<Answer, Fault> {
    use ControlOperation as Op;
    if operation == Op::GetAgentRuntime {
        let found = state.world().runtime(id).ok_or_else(gone)?;
        let shown = show::runtime(state.world(), found, about.now);
        return Ok(Answer::json(200, &shown));
    }
    let runtimes = &mut state.change().runtimes;
    let place = runtimes.iter_mut().find(|r| r.id == id).ok_or_else(gone)?;
    match operation {
        Op::DeleteAgentRuntime => {
            runtimes.retain(|r| r.id != id);
            return Ok(Answer::json(
                202,
                &json!({"status": "DELETING", "agentRuntimeId": id}),
            ));
        }
        Op::UpdateAgentRuntime => (place.authorizer, place.token_rules) = authorizer(about.body),
        Op::CreateAgentRuntimeEndpoint => {
            let name = name(about.body, "name")?;
            if name == "DEFAULT" || place.endpoints.iter().any(|e| e.name == name) {
                return Err(Fault::new(
                    409,
                    "ConflictException",
                    format!("Endpoint {name} already exists."),
                ));
            }
            let tags = tags(about.body, "tags")?;
            place.endpoints.push(RuntimeEndpoint {
                name: name.clone(),
                authorizer: None,
                tags,
                policy: None,
            });
            let found = state.world().runtime(id).ok_or_else(gone)?;
            return Ok(Answer::json(
                202,
                &show::endpoint(state.world(), found, &name, about.now),
            ));
        }
        _ => {}
    }
    let found = state.world().runtime(id).ok_or_else(gone)?;
    Ok(Answer::json(
        202,
        &show::runtime(state.world(), found, about.now),
    ))
}

fn gateway(
    state: &mut State,
    operation: ControlOperation,
    id: &str,
    about: &About<'_>,
) -> Result<Answer, Fault> {
    use ControlOperation as Op;
    match operation {
        Op::DeleteGateway => {
            state.change().gateways.retain(|g| g.id != id);
            return Ok(Answer::json(
                202,
                &json!({"gatewayId": id, "status": "DELETING"}),
            ));
        }
        Op::UpdateGateway => {
            let (_, rules) = authorizer(about.body);
            let place = state
                .change()
                .gateways
                .iter_mut()
                .find(|g| g.id == id)
                .ok_or_else(gone)?;
            place.token_rules = rules;
        }
        _ => {}
    }
    let found = state.world().gateway(id).ok_or_else(gone)?;
    let shown = show::gateway(state.world(), found, about.now);
    if matches!(operation, Op::CreateGatewayTarget | Op::UpdateGatewayTarget) {
        let time = show::time(about.now);
        let target = json!({"gatewayArn": shown.get("gatewayArn"), "targetId": "TARGET0000", "createdAt": time,
            "updatedAt": time, "status": "READY", "name": text(about.body, "name").unwrap_or("target"),
            "targetConfiguration": about.body.get("targetConfiguration").unwrap_or(&json!({})),
            "credentialProviderConfigurations": []});
        return Ok(Answer::json(202, &target));
    }
    let status = if operation == Op::GetGateway {
        200
    } else {
        202
    };
    Ok(Answer::json(status, &shown))
}

fn list(state: &State, operation: ControlOperation, about: &About<'_>) -> Result<Answer, Fault> {
    use ControlOperation as Op;
    let world = state.world();
    let (own, now) = (about.account, about.now);
    let shown = match operation {
        Op::ListAgentRuntimes => {
            let runtimes = world.runtimes.iter().filter(|r| r.account == own);
            json!({"agentRuntimes": runtimes.map(|r| show::runtime(world, r, now)).collect::<Vec<_>>()})
        }
        Op::ListAgentRuntimeEndpoints => {
            let id = about.route.var("agentRuntimeId");
            let runtime = world
                .runtime(id)
                .filter(|r| r.account == own)
                .ok_or_else(gone)?;
            let names = runtime
                .endpoints
                .iter()
                .map(|e| e.name.as_str())
                .filter(|n| *n != "DEFAULT");
            let names = std::iter::once("DEFAULT").chain(names);
            json!({"runtimeEndpoints": names.map(|n| show::endpoint(world, runtime, n, now)).collect::<Vec<_>>()})
        }
        Op::ListGateways => {
            let gateways = world.gateways.iter().filter(|g| g.account == own);
            json!({"items": gateways.map(|g| show::gateway(world, g, now)).collect::<Vec<_>>()})
        }
        Op::ListMemories => {
            let memories = world.memories.iter().filter(|m| m.account == own);
            json!({"memories": memories.map(|m| show::memory(world, m, now)).collect::<Vec<_>>()})
        }
        _ => {
            return Err(Fault::new(
                501,
                "UnknownOperationException",
                format!("{operation} is not served."),
            ));
        }
    };
    Ok(Answer::json(200, &shown))
}

/// Removes a memory.
pub(super) fn delete_memory(state: &mut State, id: &str) -> Result<Answer, Fault> {
    state.change().memories.retain(|memory| memory.id != id);
    Ok(Answer::json(
        202,
        &json!({"memoryId": id, "status": "DELETING"}),
    ))
}

fn authorizer(body: &Value) -> (Authorizer, TokenRules) {
    let Some(jwt) = body.pointer("/authorizerConfiguration/customJWTAuthorizer") else {
        return (Authorizer::Iam, TokenRules::default());
    };
    let list = |name: &str| {
        let values = jwt
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        values
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let rules = TokenRules {
        audiences: list("allowedAudience"),
        clients: list("allowedClients"),
        scopes: list("allowedScopes"),
    };
    (Authorizer::Jwt, rules)
}

/// The id of something new: its name and ten characters that no other has.
fn new_id(state: &mut State, body: &Value, member: &str, lower: bool) -> Result<String, Fault> {
    let name = name(body, member)?;
    Ok(format!("{name}-{}", state.suffix(lower)))
}

/// A name that can stand in an ARN.
fn name(body: &Value, member: &str) -> Result<String, Fault> {
    let name = text(body, member).unwrap_or_default();
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
    if name.is_empty() || name.len() > 100 || !name.bytes().all(fits) {
        let message = format!(
            "Value at '{member}' must be 1 to 100 letters, digits, hyphens and underscores."
        );
        return Err(invalid(message));
    }
    Ok(name.to_owned())
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(400, "ValidationException", message)
}

/// What was there when it was decided and is not any more.
fn gone() -> Fault {
    Fault::new(
        404,
        "ResourceNotFoundException",
        "The resource was not found.",
    )
}
