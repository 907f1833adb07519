//! Requests of the data plane, and those of harnesses: what arrived becomes the raw facts of a call.

mod identity;
mod memory;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use veriam_model::{
    Caller, GatewayAuthorizer, GatewayRequest, HarnessOperation, HarnessRequest, IdentityOperation,
    MemoryOperation, Request, RuntimeOperation, RuntimeRequest, Tags, ToolKind, ToolOperation,
    ToolRequest, World,
};

use super::{Route, anybody, signed, text};
use crate::service::{Asked, Core};
use crate::settings::mistaken;
use crate::wire::Fault;

pub(super) use identity::WORKLOAD_TOKEN;

const USER_ID: &str = "x-amzn-bedrock-agentcore-runtime-user-id";

/// Who sent a request: where the resource says how, anybody; else somebody who signs.
pub(super) fn caller(core: &Core, asked: &Asked<'_>, route: &Route) -> Result<Caller, Fault> {
    if route.name == "InvokeGateway" {
        let open = core
            .read()
            .world()
            .gateway(route.var("gateway"))
            .map(|g| g.authorizer);
        // AC-200: nobody is asked for anything, so nothing is looked at.
        return match open {
            Some(GatewayAuthorizer::None) => Ok(Caller::Anonymous),
            _ => anybody(core, asked),
        };
    }
    if route.name == RuntimeOperation::GetRuntimeProtectedResourceMetadata.name() {
        return Ok(Caller::Anonymous);
    }
    let of_runtime = RuntimeOperation::ALL
        .iter()
        .any(|operation| operation.name() == route.name);
    let of_harness = route.name == HarnessOperation::InvokeHarness.name();
    if of_runtime || of_harness {
        return anybody(core, asked);
    }
    signed(core, asked)
}

/// What a request asks for.
///
/// # Errors
/// `ResourceNotFoundException` where it names what is not there, `ValidationException` where it lacks something.
pub(super) fn request(
    core: &Core,
    asked: &Asked<'_>,
    route: &Route,
    body: &Value,
    caller: &Caller,
) -> Result<Request, Fault> {
    let state = core.read();
    let world = state.world();
    let name = route.name;
    if name == "InvokeGateway" {
        let gateway = route.var("gateway").to_owned();
        if world.gateway(&gateway).is_none() {
            return Err(missing("Gateway not found.", caller));
        }
        let tool_call = text(body, "method") == Some("tools/call");
        return Ok(Request::Gateway(GatewayRequest { gateway, tool_call }));
    }
    let runtime = RuntimeOperation::ALL
        .iter()
        .find(|operation| operation.name() == name);
    if let Some(&operation) = runtime {
        return of_runtime(world, asked, route, operation, caller);
    }
    if let Some(&operation) = HarnessOperation::ALL
        .iter()
        .find(|operation| operation.name() == name)
    {
        return of_harness(world, asked, route, body, operation, caller);
    }
    if let Some(&operation) = MemoryOperation::ALL
        .iter()
        .find(|operation| operation.name() == name)
    {
        return memory::request(world, asked, route, body, operation);
    }
    if let Some(&operation) = ToolOperation::ALL
        .iter()
        .find(|operation| operation.name() == name)
    {
        return of_tool(world, route, operation);
    }
    if let Some(&operation) = IdentityOperation::ALL
        .iter()
        .find(|operation| operation.name() == name)
    {
        return identity::request(world, body, operation, caller);
    }
    let message = format!("This emulator knows {name}, but does not serve it.");
    Err(Fault::new(501, "UnknownOperationException", message))
}

fn of_runtime(
    world: &World,
    asked: &Asked<'_>,
    route: &Route,
    operation: RuntimeOperation,
    caller: &Caller,
) -> Result<Request, Fault> {
    let sent = route.var("agentRuntimeArn");
    let query = asked.query();
    let qualifier = query
        .get("qualifier")
        .filter(|_| !mistaken!(asked.planted, QualifierIgnored))
        .cloned();
    if let Some((account, id)) = own(world, sent, "harness/") {
        let harness = world
            .harness(id)
            .filter(|harness| harness.account == account);
        let operation = HarnessOperation::ALL
            .iter()
            .find(|o| o.name() == operation.name());
        let (Some(_), Some(&operation)) = (harness, operation) else {
            return Err(missing("Harness not found.", caller));
        };
        return Ok(Request::Harness(HarnessRequest {
            operation,
            harness: Some(id.to_owned()),
            endpoint: qualifier,
            user_id: None,
            with_memory: false,
        }));
    }
    let owner = query.get("accountId").map(String::as_str);
    let (account, id) = match own(world, sent, "runtime/") {
        Some((account, id)) => (Some(account), id),
        None => (owner, sent),
    };
    let found = world
        .runtime(id)
        .filter(|runtime| account.is_none_or(|a| a == runtime.account));
    if found.is_none() {
        return Err(missing(
            "No endpoint or agent found with the specified ARN or id.",
            caller,
        ));
    }
    let takes_user_id = operation.takes_user_id() && !mistaken!(asked.planted, UserIdHeaderIgnored);
    let user_id = asked.header(USER_ID).filter(|_| takes_user_id);
    Ok(Request::Runtime(RuntimeRequest {
        operation,
        runtime: id.to_owned(),
        qualifier,
        user_id: user_id.map(str::to_owned),
    }))
}

fn of_harness(
    world: &World,
    asked: &Asked<'_>,
    route: &Route,
    body: &Value,
    operation: HarnessOperation,
    caller: &Caller,
) -> Result<Request, Fault> {
    use HarnessOperation as Op;
    let query = asked.query();
    let (harness, endpoint) = match operation {
        Op::CreateHarness | Op::ListHarnesses => (None, None),
        Op::InvokeHarness => {
            let arn = query
                .get("harnessArn")
                .map(String::as_str)
                .unwrap_or_default();
            let Some((account, id)) = own(world, arn, "harness/") else {
                return Err(missing("Harness not found.", caller));
            };
            if world
                .harness(id)
                .is_none_or(|harness| harness.account != account)
            {
                return Err(missing("Harness not found.", caller));
            }
            (Some(id.to_owned()), query.get("qualifier").cloned())
        }
        _ => {
            let id = route.var("harnessId").to_owned();
            if world.harness(&id).is_none() {
                return Err(missing("Harness not found.", caller));
            }
            let endpoint = route.var("endpointName");
            (
                Some(id),
                Some(endpoint.to_owned()).filter(|name| !name.is_empty()),
            )
        }
    };
    let user_id = asked
        .header(USER_ID)
        .filter(|_| operation == Op::InvokeHarness);
    Ok(Request::Harness(HarnessRequest {
        operation,
        harness,
        endpoint,
        user_id: user_id.map(str::to_owned),
        with_memory: operation == Op::CreateHarness && manages_memory(body.get("memory")),
    }))
}

/// Whether a memory configuration has the harness manage a memory (AC-191): not where it opts out, and not where it names a
/// memory that is there.
pub(super) fn manages_memory(configuration: Option<&Value>) -> bool {
    let has = |told: &Value, member: &str| told.get(member).is_some();
    configuration.is_some_and(|told| {
        has(told, "managedMemoryConfiguration")
            || !(told.is_null()
                || has(told, "disabled")
                || has(told, "agentCoreMemoryConfiguration"))
    })
}

fn of_tool(world: &World, route: &Route, operation: ToolOperation) -> Result<Request, Fault> {
    let (var, of_aws) = match operation.kind() {
        ToolKind::Browser => ("browserIdentifier", "aws.browser.v1"),
        ToolKind::CodeInterpreter => ("codeInterpreterIdentifier", "aws.codeinterpreter.v1"),
    };
    let sent = route.var(var);
    let id = sent.rsplit('/').next().unwrap_or_default();
    if id == of_aws {
        return Ok(Request::Tool(ToolRequest {
            operation,
            tool: None,
        }));
    }
    if world
        .tool(id)
        .is_none_or(|tool| tool.kind != operation.kind())
    {
        return Err(Fault::new(
            404,
            "ResourceNotFoundException",
            format!("{sent} not found."),
        ));
    }
    let tool = Some(id.to_owned());
    Ok(Request::Tool(ToolRequest { operation, tool }))
}

/// Tags of a JSON body: an object of texts.
pub(super) fn tags(body: &Value, member: &str) -> Result<Tags, Fault> {
    let mut tags = Tags::new();
    for (key, value) in body
        .get(member)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let value = value.as_str().unwrap_or_default();
        let added = tags.insert(key.clone(), value);
        added.map_err(|error| Fault::new(400, "ValidationException", error.to_string()))?;
    }
    Ok(tags)
}

/// Account and id of a resource of AgentCore, of an ARN in partition and region of the world: `kind` is what stands
/// before the id, for example `runtime/`. What stands behind a further slash belongs to the id.
pub(super) fn own<'a>(world: &World, arn: &'a str, kind: &str) -> Option<(&'a str, &'a str)> {
    let World {
        partition, region, ..
    } = world;
    let prefix = format!("arn:{partition}:bedrock-agentcore:{region}:");
    let (account, rest) = arn.strip_prefix(&prefix)?.split_once(':')?;
    Some((account, rest.strip_prefix(kind)?))
}

/// What is not there. Who proves nothing is told nothing about that either.
fn missing(message: &str, caller: &Caller) -> Fault {
    match caller {
        Caller::Anonymous => crate::auth::Refusal::Missing.fault(crate::wire::Protocol::Rest),
        _ => Fault::new(404, "ResourceNotFoundException", message),
    }
}

/// The token that a WebSocket client sends as a sub-protocol (AC-103).
pub(super) fn token_of_websocket(asked: &Asked<'_>) -> Option<String> {
    let protocols = asked.header("sec-websocket-protocol")?;
    let mut protocols = protocols.split(',').map(str::trim);
    let encoded =
        protocols.find_map(|protocol| protocol.strip_prefix("base64UrlBearerAuthorization."))?;
    String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}
