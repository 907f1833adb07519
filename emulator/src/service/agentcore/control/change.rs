//! What operations of the control plane do to the state. Most of configurations and states of progress are not kept: what is
//! made is ready at once.

mod gateway;
mod harness;
mod runtime;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use veriam_model::{
    Authorizer, ControlOperation, ControlRequest, ControlTarget, Memory, TokenRules, Tool, ToolKind,
};

use super::super::{Route, text};
use super::show;
use crate::state::{ResourceKind, State};
use crate::wire::{Answer, Fault};

pub(super) use harness::harness;

/// What an operation is told besides the request.
pub(super) struct About<'a> {
    /// The caller's account.
    pub(super) account: &'a str,
    pub(super) now: u64,
    pub(super) route: &'a Route,
    pub(super) body: &'a Value,
    /// The pairs of the query.
    pub(super) query: BTreeMap<String, String>,
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
        (Op::CreateAgentRuntime, _) => runtime::create(state, about),
        (Op::CreateGateway, _) => gateway::create(state, about),
        (Op::CreateMemory, _) => {
            let id = new_id(state, ResourceKind::Memory, body, "name")?;
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
            let id = new_id(state, ResourceKind::Tool, body, "name")?;
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
        (operation, ControlTarget::Runtime(id)) => runtime::on_runtime(state, operation, id, about),
        (operation, ControlTarget::RuntimeEndpoint { runtime, endpoint }) => {
            runtime::on_endpoint(state, operation, (runtime, endpoint), about)
        }
        (operation, ControlTarget::Gateway(id)) => gateway::on_gateway(state, operation, id, about),
        (operation, _) => list(state, operation, about),
    }
}

fn list(state: &State, operation: ControlOperation, about: &About<'_>) -> Result<Answer, Fault> {
    use ControlOperation as Op;
    let world = state.world();
    let (own, now) = (about.account, about.now);
    let shown = match operation {
        Op::ListAgentRuntimes => {
            let runtimes = world.runtimes.iter().filter(|r| r.account == own);
            json!({"agentRuntimes": runtimes.map(|r| show::runtime(world, r, state.newest_version(&r.id), now)).collect::<Vec<_>>()})
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
            let shown = |name| {
                let number = state.version_behind(id, name);
                show::endpoint(world, runtime, name, number, now)
            };
            json!({"runtimeEndpoints": names.map(shown).collect::<Vec<_>>()})
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

/// What an authorizer configuration says; without one signatures are asked.
fn authorizer(configuration: Option<&Value>) -> (Authorizer, TokenRules) {
    let Some(jwt) = configuration.and_then(|told| told.get("customJWTAuthorizer")) else {
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

/// The id of something new: the one that waits for its name, else its name and ten characters that no other has.
fn new_id(
    state: &mut State,
    kind: ResourceKind,
    body: &Value,
    member: &str,
) -> Result<String, Fault> {
    let name = name(body, member)?;
    Ok(state.resource_id(kind, &name))
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
