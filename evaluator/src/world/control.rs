//! Requests to the control plane (section 6.11 of the readings).

use veriam_model::{
    ControlOperation, ControlRequest, ControlTarget, InvalidCall, readings as dialects,
};

use super::World;
use super::carried::Carried;
use super::pairs::{Asked, Pairs, Target, action_of};
use super::party::Party;
use crate::settings::mistaken;

/// Lists what a request asks of the policies; none when it names what is not there.
pub(super) fn ask<'c>(
    world: &'c World,
    request: &'c ControlRequest,
    party: &Party<'c>,
    pairs: &mut Pairs<'c>,
) -> Option<Asked> {
    use ControlOperation as Op;
    let operation = request.operation;
    let action = action(operation);
    let mut push = |on: Target<'c>| pairs.push(action, on.managed(), Carried::Control(request));
    match &request.on {
        ControlTarget::Nothing => push(Target::star(party.home())),
        ControlTarget::Runtime(id) => push(world.target(&world.runtime(id)?.itself)),
        ControlTarget::RuntimeEndpoint { runtime, endpoint } => {
            let runtime = world.runtime(runtime)?;
            let Some(endpoint) = runtime.endpoint(endpoint) else {
                return Some(Asked::Invalid(InvalidCall::NoSuchEndpoint));
            };
            let is_about_policy = matches!(
                operation,
                Op::PutResourcePolicy | Op::GetResourcePolicy | Op::DeleteResourcePolicy
            );
            if !is_about_policy {
                push(world.target(&runtime.itself));
            }
            push(world.target(endpoint));
        }
        ControlTarget::Gateway(id) => {
            push(world.target(&world.gateways.get(id.as_str())?.itself));
        }
        ControlTarget::Memory(id) => push(world.target(world.memories.get(id.as_str())?)),
        ControlTarget::Tool(id) => push(world.target(&world.tools.get(id.as_str())?.itself)),
    }
    if let Some(role) = &request.role {
        let role = world.role(&role.account, &role.name)?;
        let is_update = matches!(operation, Op::UpdateAgentRuntime | Op::UpdateGateway);
        let is_unchecked =
            is_update && (world.settings).reads(dialects::PassRoleOnUpdate::NotChecked);
        if !is_unchecked && !mistaken!(world.settings, PassRoleDropped) {
            pairs.push(
                "iam:PassRole",
                world.role_target(role).managed(),
                Carried::Role,
            );
        }
    }
    Some(Asked::Pairs)
}

fn action(operation: ControlOperation) -> &'static str {
    action_of!(operation, ControlOperation:
        CreateAgentRuntime GetAgentRuntime UpdateAgentRuntime DeleteAgentRuntime ListAgentRuntimes
        CreateAgentRuntimeEndpoint GetAgentRuntimeEndpoint UpdateAgentRuntimeEndpoint DeleteAgentRuntimeEndpoint
        ListAgentRuntimeEndpoints CreateGateway GetGateway UpdateGateway DeleteGateway ListGateways
        CreateGatewayTarget UpdateGatewayTarget CreateMemory ListMemories CreateBrowser DeleteBrowser
        CreateCodeInterpreter DeleteCodeInterpreter PutResourcePolicy GetResourcePolicy DeleteResourcePolicy)
}
