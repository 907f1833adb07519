//! Requests to a harness (readings, 6.8): the table of required actions, line by line.

use veriam_model::readings::{
    DefaultHarnessEndpoint, HarnessEndpointPairs, HarnessForUser, UnmanagedMemory,
};
use veriam_model::{
    Call, Harness, HarnessEndpoint, HarnessOperation, HarnessRequest, InvalidCall, Malformed,
    Outcome, World,
};

use super::arns::{self, DEFAULT};
use super::ask::{Admission, Ask, Asked, Authorization, Owner};
use super::circumstances;
use super::credentials::{Wanted, rejection};
use super::scene::{Scene, known};
use crate::decide::Log;
use crate::notes::ac;

/// Looks for the endpoint, then at the credentials, then lists the pairs.
pub(crate) fn ask<'w>(
    world: &'w World,
    call: &'w Call,
    request: &'w HarnessRequest,
    log: &mut Log<'_>,
) -> Result<Admission<'w>, Malformed> {
    let harness = match &request.harness {
        None => None,
        Some(id) => Some(known(
            world.harness(id),
            "call.request.harness.harness",
            id,
        )?),
    };
    // What is no invocation is signed; the call would not be well-formed otherwise.
    let is_invocation = matches!(
        request.operation,
        HarnessOperation::InvokeHarness
            | HarnessOperation::InvokeAgentRuntimeCommand
            | HarnessOperation::InvokeAgentRuntimeCommandShell
    );
    let name = request.endpoint.as_deref().unwrap_or(DEFAULT);
    let endpoint = harness.and_then(|h| h.endpoints.iter().find(|e| e.name == name));
    if endpoint.is_none() && name != DEFAULT {
        log.step(&[ac(189)], || format!("the harness has no endpoint {name}"));
        let outcome = Outcome::Invalid(InvalidCall::NoSuchEndpoint);
        return Ok(Admission::TurnedAway(outcome));
    }
    if let Some(harness) = harness
        && is_invocation
    {
        // AC-192: the harness's own ARN is called, and its authorizer says how.
        let wanted = Wanted::by(harness.authorizer, &harness.token_rules);
        log.step(&[ac(192)], || {
            format!("the harness {} takes {}", harness.id, wanted.text())
        });
        if let Some(rejection) = rejection(wanted, &call.caller, log) {
            return Ok(rejection.into());
        }
    }
    let scene = Scene::of(world, call)?;
    circumstances::tell_kind(&scene, log);
    circumstances::tell_way(&scene, log);
    // AC-186: the table of required actions.
    log.step(&[ac(186)], || {
        format!("which actions {} needs is listed", request.operation)
    });
    let asks = match harness {
        None => of_none(&scene, request, log)?,
        Some(harness) => {
            let on = On::of(&scene, harness, name, endpoint, log)?;
            of_one(&scene, request, &on, log)?
        }
    };
    Ok(Admission::Admitted(Asked {
        scene,
        asks,
        authorization: Authorization::EveryPair,
    }))
}

/// The two resources of a harness.
struct On<'w> {
    harness: &'w Harness,
    owner: Owner<'w>,
    arn: String,
    /// The name of the endpoint that is called, or that the operation is about.
    endpoint_name: &'w str,
    endpoint: Option<&'w HarnessEndpoint>,
    endpoint_arn: String,
}

impl<'w> On<'w> {
    fn of(
        scene: &Scene<'w>,
        harness: &'w Harness,
        endpoint_name: &'w str,
        endpoint: Option<&'w HarnessEndpoint>,
        log: &mut Log<'_>,
    ) -> Result<Self, Malformed> {
        let arn = arns::harness(scene.world, &harness.account, &harness.id);
        let endpoint_arn = arns::harness_endpoint(&arn, endpoint_name);
        // AC-014: how the ARNs are written. AC-188: also what is named after runtimes and memories is checked there.
        // AC-004: no resource-based policy stands there.
        log.step(&[ac(4), ac(14), ac(188)], || {
            format!("the harness is {arn}; it has no policy of its own")
        });
        Ok(Self {
            owner: Owner::of(scene, &harness.account, "harness.account")?,
            harness,
            arn,
            endpoint_name,
            endpoint,
            endpoint_arn,
        })
    }

    fn harness(&self, action: &str) -> Ask<'w> {
        Ask::agentcore(action, &self.arn, self.owner).tags(Some(&self.harness.tags))
    }

    fn endpoint(&self, action: &str) -> Ask<'w> {
        let tags = self.endpoint.map(|endpoint| &endpoint.tags);
        Ask::agentcore(action, &self.endpoint_arn, self.owner).tags(tags)
    }
}

/// The pairs of an operation before there is a harness, or about all.
fn of_none<'w>(
    scene: &Scene<'w>,
    request: &HarnessRequest,
    log: &mut Log<'_>,
) -> Result<Vec<Ask<'w>>, Malformed> {
    let mut asks = vec![on_nothing(scene, request.operation.name(), log)?];
    if request.operation == HarnessOperation::CreateHarness {
        asks.push(on_nothing(scene, "CreateAgentRuntime", log)?);
        if checks_memory(request.with_memory, log) {
            asks.push(on_nothing(scene, "CreateMemory", log)?);
        }
    }
    Ok(asks)
}

/// AC-188: some of the actions have no resource type.
fn on_nothing<'w>(
    scene: &Scene<'w>,
    action: &str,
    log: &mut Log<'_>,
) -> Result<Ask<'w>, Malformed> {
    log.step(&[ac(188)], || format!("{action} is checked on *"));
    Ok(Ask::agentcore(action, "*", Owner::caller(scene)?))
}

/// The pairs of an operation about a harness.
fn of_one<'w>(
    scene: &Scene<'w>,
    request: &HarnessRequest,
    on: &On<'w>,
    log: &mut Log<'_>,
) -> Result<Vec<Ask<'w>>, Malformed> {
    use HarnessOperation as Op;
    let name = request.operation.name();
    let mut asks = Vec::new();
    match request.operation {
        // Those two are about none.
        Op::CreateHarness | Op::ListHarnesses => {}
        Op::ListHarnessVersions | Op::ListHarnessEndpoints => {
            asks.push(on_nothing(scene, name, log)?);
        }
        Op::GetHarness => asks.push(on.harness(name)),
        Op::UpdateHarness => {
            asks.push(on.harness(name));
            asks.push(on.harness("UpdateAgentRuntime"));
            if checks_memory(on.harness.with_memory, log) {
                asks.push(on.harness("UpdateMemory"));
            }
        }
        Op::DeleteHarness => {
            asks.push(on.harness(name));
            asks.push(on.harness("DeleteAgentRuntime"));
            if checks_memory(on.harness.with_memory, log) {
                asks.push(on.harness("DeleteMemory"));
            }
        }
        Op::InvokeHarness => {
            // AC-051: the action has two resource types.
            log.notes.cite(ac(51));
            let too = calls_resource(on.endpoint_name, log);
            asks.push(on.harness(name));
            if too {
                asks.push(on.endpoint(name));
            }
            asks.push(on.harness("InvokeAgentRuntime"));
            if too && accompanies_on_endpoint(log) {
                asks.push(on.endpoint("InvokeAgentRuntime"));
            }
            if request.user_id.is_some() && asks_for_user(log) {
                asks.push(on.harness("InvokeAgentRuntimeForUser"));
            }
        }
        Op::InvokeAgentRuntimeCommand => {
            let too = calls_resource(on.endpoint_name, log);
            asks.push(on.harness(name));
            if too {
                asks.push(on.endpoint(name));
            }
            asks.push(on.harness("InvokeAgentRuntime"));
            if too && accompanies_on_endpoint(log) {
                asks.push(on.endpoint("InvokeAgentRuntime"));
            }
        }
        Op::InvokeAgentRuntimeCommandShell => {
            asks.push(on.harness(name));
            if calls_resource(on.endpoint_name, log) && accompanies_on_endpoint(log) {
                asks.push(on.endpoint(name));
            }
        }
        Op::CreateHarnessEndpoint => {
            asks.push(on.harness(name));
            asks.push(on.harness("CreateAgentRuntimeEndpoint"));
        }
        Op::GetHarnessEndpoint => {
            asks.push(on.harness(name));
            asks.push(on.endpoint(name));
        }
        Op::UpdateHarnessEndpoint => {
            asks.push(on.harness(name));
            asks.push(on.endpoint(name));
            asks.push(on.harness("UpdateAgentRuntimeEndpoint"));
            if accompanies_on_endpoint(log) {
                asks.push(on.endpoint("UpdateAgentRuntimeEndpoint"));
            }
        }
        Op::DeleteHarnessEndpoint => {
            asks.push(on.harness(name));
            asks.push(on.endpoint(name));
            asks.push(on.harness("DeleteAgentRuntimeEndpoint"));
            if accompanies_on_endpoint(log) {
                asks.push(on.endpoint("DeleteAgentRuntimeEndpoint"));
            }
        }
    }
    Ok(asks)
}

/// AC-191: memory actions are checked where a memory is managed; for other harnesses that is open.
fn checks_memory(managed: bool, log: &mut Log<'_>) -> bool {
    if managed {
        log.step(&[ac(191)], || {
            "the harness manages a memory, so the memory action is needed".to_owned()
        });
        return true;
    }
    let checked = log.notes.choose::<UnmanagedMemory>() == UnmanagedMemory::Checked;
    log.step(&[ac(191)], || match checked {
        true => "the memory action is needed, although no memory is managed".to_owned(),
        false => "no memory is managed, so no memory action is needed".to_owned(),
    });
    checked
}

/// AC-190: a custom endpoint that is called is a resource; of the default one that is open.
fn calls_resource(endpoint: &str, log: &mut Log<'_>) -> bool {
    if endpoint != DEFAULT {
        log.step(&[ac(189)], || {
            format!("the endpoint {endpoint} is called, which is a resource of its own")
        });
        return true;
    }
    let too = log.notes.choose::<DefaultHarnessEndpoint>() == DefaultHarnessEndpoint::EndpointToo;
    log.step(&[ac(190)], || match too {
        true => "the default endpoint is called, which is a resource of its own, too".to_owned(),
        false => "the default endpoint is called, which is the harness itself".to_owned(),
    });
    too
}

/// AC-189: whether the actions beside the operation's own are checked on the endpoint too.
fn accompanies_on_endpoint(log: &mut Log<'_>) -> bool {
    let both = log.notes.choose::<HarnessEndpointPairs>() == HarnessEndpointPairs::Both;
    log.step(&[ac(189)], || match both {
        true => "what accompanies the operation is checked on harness and endpoint".to_owned(),
        false => "what accompanies the operation is checked on the harness only".to_owned(),
    });
    both
}

/// AC-193: whether the user-id header asks for anything.
fn asks_for_user(log: &mut Log<'_>) -> bool {
    let needed = log.notes.choose::<HarnessForUser>() == HarnessForUser::Needed;
    log.step(&[ac(193)], || match needed {
        true => "the user-id header is sent, so InvokeAgentRuntimeForUser is needed".to_owned(),
        false => "the user-id header asks for nothing at a harness".to_owned(),
    });
    needed
}
