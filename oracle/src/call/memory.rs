//! Requests to a memory (readings, 6.7).

use veriam_model::{
    Call, InvalidCall, Malformed, MemoryOperation, MemoryRequest, Outcome, RuleId, World,
};

use super::arns;
use super::ask::{Admission, Ask, Asked, Authorization, Owner, key};
use super::circumstances;
use super::scene::{Scene, known};
use crate::decide::Log;
use crate::notes::ac;

/// Asks for the action named like the operation, on the memory.
pub(crate) fn ask<'w>(
    world: &'w World,
    call: &'w Call,
    request: &'w MemoryRequest,
    log: &mut Log<'_>,
) -> Result<Admission<'w>, Malformed> {
    let memory = known(
        world.memory(&request.memory),
        "call.request.memory.memory",
        &request.memory,
    )?;
    let scene = Scene::of(world, call)?;
    let owner = Owner::of(&scene, &memory.account, "memory.account")?;
    let is_own = scene
        .own_account()
        .is_some_and(|own| own.id == memory.account);
    // AC-241: the bare id leads to the caller's own memories.
    if !is_own {
        log.step(&[ac(241)], || match request.by_arn {
            true => "the memory of another account is named by its ARN".to_owned(),
            false => "the bare id leads to no memory of the caller's account".to_owned(),
        });
        if !request.by_arn {
            let outcome = Outcome::Invalid(InvalidCall::NoSuchMemory);
            return Ok(Admission::TurnedAway(outcome));
        }
    }
    circumstances::tell_caller(&scene, "memory", owner, log);
    circumstances::tell_way(&scene, log);
    let arn = arns::memory(world, &memory.account, &memory.id);
    // AC-013: how the ARN is written. AC-041: resource-based policies may name each of the operations.
    log.step(&[ac(13), ac(41)], || {
        format!("{} is checked on {arn}", request.operation)
    });
    let keys = keys(request);
    cite_keys(request, &keys, log);
    let ask = Ask::agentcore(request.operation.name(), arn, owner)
        .policy(memory.policy.as_ref())
        .tags(Some(&memory.tags))
        .keys(keys);
    Ok(Admission::Admitted(Asked {
        scene,
        asks: vec![ask],
        authorization: Authorization::OneResource,
    }))
}

/// AC-235, AC-237: each member that the request carries is a key. AC-239: and none is the key of another.
fn keys(request: &MemoryRequest) -> Vec<(String, Vec<String>)> {
    let members = [
        ("bedrock-agentcore:actorId", &request.actor),
        ("bedrock-agentcore:sessionId", &request.session),
        ("bedrock-agentcore:strategyId", &request.strategy),
        ("bedrock-agentcore:namespace", &request.namespace),
        ("bedrock-agentcore:namespacePath", &request.namespace_path),
    ];
    let members = members.into_iter();
    let members = members.filter_map(|(name, value)| key(name, value.as_deref()));
    let variables = request.namespace_variables.iter();
    let variables = variables.filter_map(|(name, value)| {
        key(
            format!("bedrock-agentcore:namespaceVariable/{name}"),
            Some(value),
        )
    });
    members.chain(variables).collect()
}

fn cite_keys(request: &MemoryRequest, keys: &[(String, Vec<String>)], log: &mut Log<'_>) {
    use MemoryOperation as Op;
    // AC-235: which operation has which keys.
    let mut rules: Vec<RuleId> = vec![ac(235)];
    if matches!(
        request.operation,
        Op::GetMemoryRecord | Op::DeleteMemoryRecord
    ) {
        // AC-236: the parameter counts when it is sent. AC-240: without it a record's id tells of no namespace.
        rules.push(match request.namespace {
            Some(_) => ac(236),
            None => ac(240),
        });
    }
    // AC-240: nor does listing tell of an actor.
    if request.operation == Op::ListActors {
        rules.push(ac(240));
    }
    if matches!(
        request.operation,
        Op::ListMemoryRecords | Op::RetrieveMemoryRecords
    ) {
        rules.push(ac(239));
    }
    // AC-237: keys of the guide only. AC-238: an event with variables, or without.
    if request.namespace_path.is_some() {
        rules.push(ac(237));
    }
    if request.operation == Op::CreateEvent {
        rules.extend([ac(237), ac(238)]);
    }
    log.step(&rules, || {
        let names: Vec<&str> = keys.iter().map(|(name, _)| name.as_str()).collect();
        match names.is_empty() {
            true => "the request adds no context keys".to_owned(),
            false => format!("the request adds {}", names.join(", ")),
        }
    });
}
