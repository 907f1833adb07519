//! The control plane: what makes, reads, lists and removes what carries or names a policy.

mod change;
mod setting;
mod show;

use serde_json::Value;
use veriam_model::{
    Caller, ControlOperation, ControlRequest, ControlTarget, HarnessOperation, Request, RoleName,
    ToolKind, World,
};

use super::data::{own, tags};
use super::{Route, body, passed, signed, text};
use crate::service::{Asked, Core, account};
use crate::state::{Kind, identity_arn};
use crate::wire::{Answer, Fault};

/// Whether it is an operation of this module: those that make and remove harnesses change the state too.
pub(super) fn serves(name: &str) -> bool {
    operation(name).is_some() || harness(name).is_some() || name == "DeleteMemory"
}

fn operation(name: &str) -> Option<ControlOperation> {
    ControlOperation::ALL
        .iter()
        .copied()
        .find(|operation| operation.name() == name)
}

fn harness(name: &str) -> Option<HarnessOperation> {
    use HarnessOperation as Op;
    let invocations = [
        Op::InvokeHarness,
        Op::InvokeAgentRuntimeCommand,
        Op::InvokeAgentRuntimeCommandShell,
    ];
    let all = HarnessOperation::ALL.iter().copied();
    all.filter(|operation| !invocations.contains(operation))
        .find(|operation| operation.name() == name)
}

/// Answers: whether the caller may, then what becomes of it.
pub(super) fn answer(core: &Core, asked: &Asked<'_>, route: &Route) -> Result<Answer, Fault> {
    let caller = signed(core, asked)?;
    let body = body(asked, route.name)?;
    let request = match operation(route.name) {
        Some(operation) => Request::Control(request(
            core.read().world(),
            route,
            &body,
            operation,
            &caller,
        )?),
        None => super::data::request(core, asked, route, &body, &caller)?,
    };
    let outcome = core.decide(asked, &caller, request.clone())?;
    passed(core, asked, &caller, &request, &outcome)?;
    let owner = account(&caller).unwrap_or_default();
    let mut state = core.write();
    let about = change::About {
        account: owner,
        now: asked.now,
        route,
        body: &body,
        query: asked.query(),
    };
    match &request {
        Request::Control(request) => change::control(&mut state, request, &about),
        Request::Harness(request) => change::harness(&mut state, request, &about),
        Request::Memory(request) => change::delete_memory(&mut state, &request.memory),
        _ => Err(Fault::new(
            500,
            "InternalServerException",
            "The request is none of the control plane.",
        )),
    }
}

fn request(
    world: &World,
    route: &Route,
    body: &Value,
    operation: ControlOperation,
    caller: &Caller,
) -> Result<ControlRequest, Fault> {
    Ok(ControlRequest {
        operation,
        on: target(world, route, operation)?,
        role: role(world, body, operation, caller)?,
        settings: setting::settings(body, operation)?,
        tags: tags(body, "tags")?,
    })
}

fn target(
    world: &World,
    route: &Route,
    operation: ControlOperation,
) -> Result<ControlTarget, Fault> {
    use ControlOperation as Op;
    let missing = |what: &str| {
        Fault::new(
            404,
            "ResourceNotFoundException",
            format!("{what} not found."),
        )
    };
    let runtime = || {
        let id = route.var("agentRuntimeId");
        let found = world.runtime(id).map(|runtime| runtime.id.clone());
        found.ok_or_else(|| missing("Agent runtime"))
    };
    match operation {
        Op::GetAgentRuntime
        | Op::UpdateAgentRuntime
        | Op::DeleteAgentRuntime
        | Op::CreateAgentRuntimeEndpoint => Ok(ControlTarget::Runtime(runtime()?)),
        Op::GetAgentRuntimeEndpoint
        | Op::UpdateAgentRuntimeEndpoint
        | Op::DeleteAgentRuntimeEndpoint => {
            let endpoint = route.var("endpointName").to_owned();
            Ok(ControlTarget::RuntimeEndpoint {
                runtime: runtime()?,
                endpoint,
            })
        }
        Op::GetGateway
        | Op::UpdateGateway
        | Op::DeleteGateway
        | Op::CreateGatewayTarget
        | Op::UpdateGatewayTarget => {
            let sent = route.var("gatewayIdentifier");
            let id = own(world, sent, "gateway/").map_or(sent, |(_, id)| id);
            let found = world.gateway(id).ok_or_else(|| missing("Gateway"))?;
            Ok(ControlTarget::Gateway(found.id.clone()))
        }
        Op::DeleteBrowser | Op::DeleteCodeInterpreter => {
            let (var, kind) = match operation {
                Op::DeleteBrowser => ("browserId", ToolKind::Browser),
                _ => ("codeInterpreterId", ToolKind::CodeInterpreter),
            };
            let found = world.tool(route.var(var)).filter(|tool| tool.kind == kind);
            Ok(ControlTarget::Tool(
                found.ok_or_else(|| missing("Tool"))?.id.clone(),
            ))
        }
        _ => Ok(ControlTarget::Nothing),
    }
}

/// The role a request hands over (AC-258).
fn role(
    world: &World,
    body: &Value,
    operation: ControlOperation,
    caller: &Caller,
) -> Result<Option<RoleName>, Fault> {
    if !operation.takes_role() {
        return Ok(None);
    }
    let members = ["roleArn", "executionRoleArn", "memoryExecutionRoleArn"];
    let Some(arn) = members.into_iter().find_map(|member| text(body, member)) else {
        return Ok(None);
    };
    let own = account(caller);
    let mut roles = world
        .roles
        .iter()
        .filter(|role| Some(role.account.as_str()) == own);
    let found = roles.find(|role| identity_arn(world, Kind::Role, role) == arn);
    let Some(role) = found else {
        let message =
            format!("Role validation failed for '{arn}'. Please verify that the role exists.");
        return Err(Fault::new(400, "ValidationException", message));
    };
    Ok(Some(RoleName {
        account: role.account.clone(),
        name: role.name.clone(),
    }))
}
