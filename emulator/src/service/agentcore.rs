//! Amazon Bedrock AgentCore, both planes on one address.

mod canned;
mod control;
mod data;
mod identities;
mod policy;
mod route;
mod tagging;

use serde_json::Value;
use veriam_evaluator::Operation;
use veriam_model::{
    Authorizer, Caller, GatewayAuthorizer, Outcome, Request, RuntimeOperation, World,
};

use super::{Asked, Core, denial};
use crate::auth::{Credentials, credentials};
use crate::wire::{Answer, Fault, Protocol};

pub use route::{Route, find};

/// Answers a request to AgentCore.
///
/// # Errors
/// The fault to answer instead.
pub(super) fn answer(core: &Core, asked: &Asked<'_>) -> Result<Answer, Fault> {
    let Some(route) = gateway(asked).or_else(|| find(asked.incoming.method, asked.path)) else {
        let message = "The requested operation is not recognized by the service.";
        return Err(Fault::new(404, "UnknownOperationException", message));
    };
    if policy::serves(route.name) {
        return policy::answer(core, asked, &route);
    }
    if control::serves(route.name) {
        return control::answer(core, asked, &route);
    }
    if identities::serves(route.name) {
        return identities::answer(core, asked, &route);
    }
    if tagging::serves(route.name) {
        return tagging::answer(core, asked, &route);
    }
    let caller = data::caller(core, asked, &route)?;
    let body = body(asked, route.name)?;
    let request = data::request(core, asked, &route, &body, &caller)?;
    let is_gateway = matches!(request, Request::Gateway(_));
    let outcome = core.decide(asked, &caller, request.clone())?;
    match (passed(core, asked, &caller, &request, &outcome), is_gateway) {
        (Ok(()), _) => Ok(canned::answer(core, asked, &route, &body)),
        // AC-141
        (Err(fault), true) if matches!(outcome, Outcome::Denied(_)) => {
            Ok(json_rpc(asked, &fault, &body))
        }
        (Err(fault), _) => Err(fault),
    }
}

/// Nothing where a call is allowed, else the fault to answer.
fn passed(
    core: &Core,
    asked: &Asked<'_>,
    caller: &Caller,
    request: &Request,
    outcome: &Outcome,
) -> Result<(), Fault> {
    let state = core.read();
    let world = state.world();
    match outcome {
        Outcome::Allowed => Ok(()),
        Outcome::Denied(denied) => {
            let message = denial::message(world, caller, denied);
            Err(Fault::new(403, "AccessDeniedException", message))
        }
        Outcome::Rejected(rejection) => {
            let host = asked.header("host").unwrap_or("localhost");
            let path = asked.path.rsplit_once('/').map_or("", |(path, _)| path);
            let metadata =
                format!("http://{host}{path}/invocations/.well-known/oauth-protected-resource");
            Err(denial::rejection(
                *rejection,
                takes_tokens(world, request),
                &metadata,
            ))
        }
        Outcome::Invalid(invalid) => Err(denial::invalid(*invalid)),
    }
}

/// Nothing where an operation that no request of the model stands for is allowed, else the fault to answer.
fn may(
    core: &Core,
    asked: &Asked<'_>,
    caller: &Caller,
    operation: &Operation<'_>,
) -> Result<(), Fault> {
    match core.decide_operation(asked, caller, operation)? {
        Outcome::Allowed => Ok(()),
        Outcome::Denied(denied) => {
            let message = denial::message(core.read().world(), caller, &denied);
            Err(Fault::new(403, "AccessDeniedException", message))
        }
        Outcome::Rejected(_) | Outcome::Invalid(_) => Err(Fault::new(
            403,
            "AccessDeniedException",
            "The request is not allowed.",
        )),
    }
}

/// Whether what is asked wants tokens.
fn takes_tokens(world: &World, request: &Request) -> bool {
    match request {
        Request::Runtime(request) => world.runtime(&request.runtime).is_some_and(|runtime| {
            let name = request.qualifier.as_deref().unwrap_or("DEFAULT");
            let endpoint = runtime.endpoints.iter().find(|e| e.name == name);
            let own = endpoint.and_then(|endpoint| endpoint.authorizer);
            own.unwrap_or(runtime.authorizer) == Authorizer::Jwt
        }),
        Request::Gateway(request) => {
            let gateway = world.gateway(&request.gateway);
            gateway.is_some_and(|gateway| gateway.authorizer == GatewayAuthorizer::CustomJwt)
        }
        Request::Harness(request) => {
            let harness = request.harness.as_deref().and_then(|id| world.harness(id));
            harness.is_some_and(|harness| harness.authorizer == Authorizer::Jwt)
        }
        _ => false,
    }
}

/// The error of a gateway, as a client of the Model Context Protocol reads it.
fn json_rpc(asked: &Asked<'_>, fault: &Fault, body: &Value) -> Answer {
    let mut answer = Answer::fault(fault, Protocol::Rest, asked.request_id);
    let id = body.get("id").cloned().unwrap_or(Value::Null);
    let error = serde_json::json!({"code": -32002, "message": fault.message});
    answer.body = serde_json::json!({"jsonrpc": "2.0", "id": id, "error": error})
        .to_string()
        .into_bytes();
    answer
}

/// The request to a gateway: by the host name that AWS gives gateways, `<id>.gateway.…`, or below `/gateway/<id>/`.
fn gateway(asked: &Asked<'_>) -> Option<Route> {
    let by_host = asked
        .header("host")
        .and_then(|host| host.split_once(".gateway."))
        .map(|(id, _)| id);
    let by_path = asked
        .path
        .strip_prefix("/gateway/")
        .and_then(|rest| rest.split_once('/'))
        .map(|(id, _)| id);
    let id = by_host.or(by_path)?.to_owned();
    let vars = vec![("gateway".to_owned(), id)];
    Some(Route {
        name: "InvokeGateway",
        vars,
    })
}

/// The body as JSON. What agents and streams are sent may be anything; then it is `null`.
fn body(asked: &Asked<'_>, operation: &str) -> Result<Value, Fault> {
    let bytes = asked.incoming.body;
    let anything =
        operation == RuntimeOperation::InvokeAgentRuntime.name() || operation == "InvokeGateway";
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    match serde_json::from_slice(bytes) {
        Ok(value) => Ok(value),
        Err(_) if anything => Ok(Value::Null),
        Err(error) => Err(Fault::new(
            400,
            "ValidationException",
            format!("The body is no JSON: {error}"),
        )),
    }
}

/// Who sent a request that takes what the resource's authorizer says.
fn anybody(core: &Core, asked: &Asked<'_>) -> Result<Caller, Fault> {
    let bearer = |token: &str| Caller::Jwt(core.read().issuers.caller(token, asked.now));
    match credentials(&asked.incoming) {
        Credentials::Bearer(token) => Ok(bearer(token)),
        Credentials::Nothing => {
            Ok(data::token_of_websocket(asked).map_or(Caller::Anonymous, |t| bearer(&t)))
        }
        Credentials::Signature | Credentials::Unknown => signed(core, asked),
    }
}

/// Who signed a request.
fn signed(core: &Core, asked: &Asked<'_>) -> Result<Caller, Fault> {
    let signer = core.signer(asked, "bedrock-agentcore");
    let key = signer.map_err(|refusal| refusal.fault(Protocol::Rest))?;
    Ok(key.caller)
}

/// The value of a member of a JSON body that is a text.
fn text<'v>(body: &'v Value, name: &str) -> Option<&'v str> {
    body.get(name).and_then(Value::as_str)
}
