//! Requests to a runtime (readings, 5.2, 5.4 and 6.4): is the endpoint there, do the credentials fit, what is asked?

use veriam_model::readings::{EndpointPolicyScope, JwtForUser};
use veriam_model::{
    Call, InvalidCall, Malformed, Outcome, Runtime, RuntimeEndpoint, RuntimeOperation,
    RuntimeRequest, World,
};

use super::arns::{self, DEFAULT};
use super::ask::{Admission, Ask, Asked, Authorization, Owner};
use super::circumstances;
use super::credentials::{Wanted, rejection};
use super::scene::{Scene, Who, known};
use crate::decide::Log;
use crate::notes::ac;

/// Looks for the endpoint, then at the credentials, then lists the pairs.
pub(crate) fn ask<'w>(
    world: &'w World,
    call: &'w Call,
    request: &'w RuntimeRequest,
    log: &mut Log<'_>,
) -> Result<Admission<'w>, Malformed> {
    let runtime = known(
        world.runtime(&request.runtime),
        "call.request.runtime.runtime",
        &request.runtime,
    )?;
    let name = request.qualifier.as_deref().unwrap_or(DEFAULT);
    let endpoint = runtime.endpoints.iter().find(|e| e.name == name);
    // AC-021: a call without qualifier goes to DEFAULT, which every runtime has.
    log.step(&[ac(21)], || match &request.qualifier {
        None => "the call names no endpoint, so it goes to DEFAULT".to_owned(),
        Some(name) => format!("the call names the endpoint {name}"),
    });
    if endpoint.is_none() && name != DEFAULT {
        log.step(&[ac(21)], || {
            format!("the runtime {} has no endpoint {name}", runtime.id)
        });
        let outcome = Outcome::Invalid(InvalidCall::NoSuchEndpoint);
        return Ok(Admission::TurnedAway(outcome));
    }
    let wanted = wanted(runtime, name, endpoint, log);
    if request.operation == RuntimeOperation::GetRuntimeProtectedResourceMetadata {
        return metadata(world, call, runtime, wanted, log);
    }
    if let Some(rejection) = rejection(wanted, &call.caller, log) {
        return Ok(rejection.into());
    }
    let scene = Scene::of(world, call)?;
    let owner = Owner::of(&scene, &runtime.account, "runtime.account")?;
    circumstances::tell_caller(&scene, "runtime", owner, log);
    circumstances::tell_way(&scene, log);
    let mut asks = pairs(&scene, request, (runtime, endpoint, name), owner, log);
    if scene
        .network
        .is_some_and(|network| network.policy.is_some())
        && !endpoint_policy_reaches_endpoint(log)
    {
        // Every other pair is on the endpoint.
        for ask in asks.iter_mut().skip(1).step_by(2) {
            ask.gated = false;
        }
    }
    Ok(Admission::Admitted(Asked {
        scene,
        asks,
        authorization: Authorization::TwoResources,
    }))
}

/// AC-127: a runtime takes signatures or tokens. AC-128: its endpoint may be bound to a version that differs.
fn wanted<'w>(
    runtime: &'w Runtime,
    name: &str,
    endpoint: Option<&RuntimeEndpoint>,
    log: &mut Log<'_>,
) -> Wanted<'w> {
    let rules = &runtime.token_rules;
    match endpoint.and_then(|e| e.authorizer) {
        Some(own) => {
            let wanted = Wanted::by(own, rules);
            log.step(&[ac(127), ac(128)], || {
                let wanted = wanted.text();
                format!("the version behind the endpoint {name} takes {wanted}")
            });
            wanted
        }
        None => {
            let wanted = Wanted::by(runtime.authorizer, rules);
            log.step(&[ac(127)], || {
                format!("the runtime {} takes {}", runtime.id, wanted.text())
            });
            wanted
        }
    }
}

/// AC-171: metadata about tokens is fetched without credentials; only the policy of a VPC endpoint can stop that.
fn metadata<'w>(
    world: &'w World,
    call: &'w Call,
    runtime: &'w Runtime,
    wanted: Wanted<'_>,
    log: &mut Log<'_>,
) -> Result<Admission<'w>, Malformed> {
    if matches!(wanted, Wanted::Signature) {
        log.step(&[ac(171)], || {
            "the endpoint takes signatures, so there is no metadata about tokens".to_owned()
        });
        let outcome = Outcome::Invalid(InvalidCall::NoMetadata);
        return Ok(Admission::TurnedAway(outcome));
    }
    let scene = Scene::of_nobody(world, call)?;
    let owner = Owner::of(&scene, &runtime.account, "runtime.account")?;
    log.step(&[ac(171)], || {
        "metadata is given without credentials; only the policy of a VPC endpoint is asked"
            .to_owned()
    });
    circumstances::tell_way(&scene, log);
    // AC-009: the resource is the runtime. AC-059: the action has a name in endpoint policies only.
    let arn = arns::runtime(world, &runtime.account, &runtime.id);
    log.step(&[ac(9), ac(59)], || {
        format!("GetRuntimeProtectedResourceMetadata is checked on {arn}")
    });
    // AC-172: so a policy can keep callers from the metadata of others.
    log.notes.cite_if(scene.network.is_some(), ac(172));
    let name = RuntimeOperation::GetRuntimeProtectedResourceMetadata.name();
    let ask = Ask::agentcore(name, arn, owner).tags(Some(&runtime.tags));
    Ok(Admission::Admitted(Asked {
        scene,
        asks: vec![ask],
        authorization: Authorization::Nothing {
            denies_count: false,
        },
    }))
}

/// Every pair, in order: each action on the runtime, then on the endpoint.
fn pairs<'w>(
    scene: &Scene<'w>,
    request: &RuntimeRequest,
    (runtime, endpoint, name): (&'w Runtime, Option<&'w RuntimeEndpoint>, &str),
    owner: Owner<'w>,
    log: &mut Log<'_>,
) -> Vec<Ask<'w>> {
    let arn = arns::runtime(scene.world, &runtime.account, &runtime.id);
    let endpoint_arn = arns::runtime_endpoint(&arn, name);
    // AC-009, AC-010: how the two ARNs are written.
    log.step(&[ac(9)], || format!("the runtime is {arn}"));
    log.step(&[ac(10)], || format!("its endpoint is {endpoint_arn}"));
    cite_operation(request.operation, log);
    let mut names = vec![request.operation.name().to_owned()];
    if request.user_id.is_some() && asks_for_user(scene, request.operation, log) {
        names.push(format!("{}ForUser", request.operation));
    }
    let mut asks = Vec::with_capacity(names.len() * 2);
    for name in names {
        let on_runtime = Ask::agentcore(&name, &arn, owner);
        let on_endpoint = Ask::agentcore(&name, &endpoint_arn, owner);
        asks.push(
            on_runtime
                .policy(runtime.policy.as_ref())
                .tags(Some(&runtime.tags)),
        );
        // A DEFAULT that is not listed has neither policy nor tags.
        asks.push(
            on_endpoint
                .policy(endpoint.and_then(|e| e.policy.as_ref()))
                .tags(endpoint.map(|e| &e.tags)),
        );
    }
    asks
}

/// Which action an operation needs, and that runtime and endpoint both are its resources.
fn cite_operation(operation: RuntimeOperation, log: &mut Log<'_>) {
    // AC-050: every action of a runtime has two resource types. AC-072: so two resources are checked.
    let mut rules = vec![ac(50), ac(72)];
    match operation {
        // The two that the guide names.
        RuntimeOperation::InvokeAgentRuntime => {}
        // AC-105: a command needs its own action only.
        RuntimeOperation::InvokeAgentRuntimeCommand => rules.push(ac(105)),
        // AC-085: it is the same for the others. AC-101, AC-102: the WebSocket needs its own action only.
        RuntimeOperation::InvokeAgentRuntimeWithWebSocketStream => {
            rules.extend([ac(85), ac(101), ac(102)]);
        }
        // AC-074: the shell is named elsewhere. AC-106: it needs its own action only.
        RuntimeOperation::InvokeAgentRuntimeCommandShell => {
            rules.extend([ac(74), ac(85), ac(106)]);
        }
        // AC-108, AC-107: and so do these.
        RuntimeOperation::StopRuntimeSession => rules.extend([ac(85), ac(108)]),
        RuntimeOperation::GetAgentCard => rules.extend([ac(85), ac(107)]),
        // It is another case: `metadata`.
        RuntimeOperation::GetRuntimeProtectedResourceMetadata => {}
    }
    log.step(&rules, || {
        format!("{operation} is checked on the runtime and on the endpoint")
    });
}

/// Whether the user-id header makes the call need the ForUser action.
fn asks_for_user(scene: &Scene<'_>, operation: RuntimeOperation, log: &mut Log<'_>) -> bool {
    // AC-125: whether the header asks for anything of a JWT caller is open.
    if matches!(scene.who, Who::Bearer) {
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
        RuntimeOperation::InvokeAgentRuntimeWithWebSocketStream => ac(101),
        _ => ac(98),
    };
    log.step(&[rule, ac(100)], || {
        format!("the user-id header is sent, so {operation}ForUser is checked on both too")
    });
    true
}

/// AC-173: whether the policy of the VPC endpoint is asked about the runtime's endpoint, too.
fn endpoint_policy_reaches_endpoint(log: &mut Log<'_>) -> bool {
    let scope = log.notes.choose::<EndpointPolicyScope>();
    log.step(&[ac(173)], || match scope {
        EndpointPolicyScope::Both => {
            "the policy of the VPC endpoint is asked about runtime and endpoint".to_owned()
        }
        EndpointPolicyScope::RuntimeOnly => {
            "the policy of the VPC endpoint is asked about the runtime only".to_owned()
        }
    });
    scope == EndpointPolicyScope::Both
}
