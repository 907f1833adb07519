//! The (action, resource) pairs that a call asks for (readings, 5.4).

use veriam_model::readings::JwtForUser;
use veriam_model::{Operation, Pair};

use super::scene::Scene;
use crate::decide::Log;
use crate::notes::ac;

/// The resource of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    Runtime,
    Endpoint,
}

/// Every pair, in order, with its resource.
pub(crate) fn pairs(scene: &Scene<'_>, log: &mut Log<'_>) -> Vec<(On, Pair)> {
    let (runtime, endpoint) = (&scene.runtime_arn, &scene.endpoint_arn);
    // AC-009, AC-010: how the two ARNs are written.
    log.step(&[ac(9)], || format!("the runtime is {runtime}"));
    log.step(&[ac(10)], || format!("its endpoint is {endpoint}"));
    let operation = scene.call.operation;
    cite_operation(operation, log);
    let mut names = vec![operation.name().to_owned()];
    if scene.call.user_id.is_some() && asks_for_user(scene, log) {
        names.push(format!("{operation}ForUser"));
    }
    let mut pairs = Vec::with_capacity(names.len() * 2);
    for name in names {
        for (on, arn) in [(On::Runtime, runtime), (On::Endpoint, endpoint)] {
            let pair = Pair {
                action: format!("bedrock-agentcore:{name}"),
                resource: arn.clone(),
            };
            pairs.push((on, pair));
        }
    }
    pairs
}

/// Which action an operation needs, and that runtime and endpoint both are its resources.
fn cite_operation(operation: Operation, log: &mut Log<'_>) {
    // AC-050: every action of a runtime has two resource types. AC-072: so two resources are checked.
    let mut rules = vec![ac(50), ac(72)];
    match operation {
        // The two that the guide names.
        Operation::InvokeAgentRuntime => {}
        // AC-105: a command needs its own action only.
        Operation::InvokeAgentRuntimeCommand => rules.push(ac(105)),
        // AC-085: it is the same for the others. AC-101, AC-102: the WebSocket needs its own action only.
        Operation::InvokeAgentRuntimeWithWebSocketStream => {
            rules.extend([ac(85), ac(101), ac(102)]);
        }
        // AC-074: the shell is named elsewhere. AC-106: it needs its own action only.
        Operation::InvokeAgentRuntimeCommandShell => rules.extend([ac(74), ac(85), ac(106)]),
        // AC-108, AC-107: and so do these.
        Operation::StopRuntimeSession => rules.extend([ac(85), ac(108)]),
        Operation::GetAgentCard => rules.extend([ac(85), ac(107)]),
    }
    log.step(&rules, || {
        format!("{operation} is checked on the runtime and on the endpoint")
    });
}

/// Whether the user-id header makes the call need the ForUser action.
fn asks_for_user(scene: &Scene<'_>, log: &mut Log<'_>) -> bool {
    let operation = scene.call.operation;
    // AC-125: whether the header asks for anything of a JWT caller is open.
    if scene.signer.is_none() {
        let needed = log.notes.choose::<JwtForUser>() == JwtForUser::Needed;
        log.step(&[ac(125)], || match needed {
            true => {
                format!("the token's bearer sends a user id, so {operation}ForUser is needed too")
            }
            false => "the user comes from the token, so the header asks for nothing".to_owned(),
        });
        if !needed {
            return false;
        }
    }
    // AC-098: with the header both actions are needed; AC-101: so it is with a WebSocket. AC-100: on both
    // resources.
    let rule = match operation {
        Operation::InvokeAgentRuntimeWithWebSocketStream => ac(101),
        _ => ac(98),
    };
    log.step(&[rule, ac(100)], || {
        format!("the user-id header is sent, so {operation}ForUser is checked on both too")
    });
    true
}
