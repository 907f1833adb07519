//! Requests to the control plane (readings, 6.11).

use veriam_model::readings::PassRoleOnUpdate;
use veriam_model::{
    Call, ControlOperation, ControlRequest, ControlTarget, InvalidCall, Malformed, Outcome,
    RoleName, World,
};

use super::arns::{self, DEFAULT};
use super::ask::{Admission, Ask, Asked, Authorization, Owner, tag_keys};
use super::circumstances;
use super::scene::{Scene, known};
use crate::decide::Log;
use crate::notes::{ac, iam};

/// Asks for the action named like the operation on what it is about, then for the role that is handed over.
pub(crate) fn ask<'w>(
    world: &'w World,
    call: &'w Call,
    request: &'w ControlRequest,
    log: &mut Log<'_>,
) -> Result<Admission<'w>, Malformed> {
    let scene = Scene::of(world, call)?;
    let Some(on) = target(&scene, request, log)? else {
        let outcome = Outcome::Invalid(InvalidCall::NoSuchEndpoint);
        return Ok(Admission::TurnedAway(outcome));
    };
    circumstances::tell_kind(&scene, log);
    circumstances::tell_way(&scene, log);
    cite_policy(&scene, request, &on, log);
    let keys = keys(request, log);
    let mut asks: Vec<Ask<'w>> = on.into_iter().map(|ask| ask.keys(keys.clone())).collect();
    if let Some(role) = &request.role
        && passes_role(request.operation, log)
    {
        asks.push(pass_role(&scene, role, log)?);
    }
    Ok(Admission::Admitted(Asked {
        scene,
        asks,
        authorization: Authorization::EveryPair,
    }))
}

/// The pairs on what the operation is about; `None` if that is an endpoint that is not there.
fn target<'w>(
    scene: &Scene<'w>,
    request: &'w ControlRequest,
    log: &mut Log<'_>,
) -> Result<Option<Vec<Ask<'w>>>, Malformed> {
    const ON: &str = "call.request.control.on";
    let world = scene.world;
    let name = request.operation.name();
    let asks = match &request.on {
        // AC-049: creations and lists have no resource type.
        ControlTarget::Nothing => {
            log.step(&[ac(49)], || format!("{name} is checked on *"));
            vec![Ask::agentcore(name, "*", Owner::caller(scene)?)]
        }
        ControlTarget::Runtime(id) => {
            let runtime = known(world.runtime(id), ON, id)?;
            let owner = Owner::of(scene, &runtime.account, ON)?;
            let arn = arns::runtime(world, &runtime.account, id);
            log.step(&[ac(9)], || format!("{name} is checked on {arn}"));
            vec![Ask::agentcore(name, arn, owner).tags(Some(&runtime.tags))]
        }
        ControlTarget::RuntimeEndpoint {
            runtime: id,
            endpoint: endpoint_name,
        } => {
            let runtime = known(world.runtime(id), ON, id)?;
            let mut endpoints = runtime.endpoints.iter();
            let endpoint = endpoints.find(|e| e.name == *endpoint_name);
            if endpoint.is_none() && endpoint_name != DEFAULT {
                log.step(&[ac(21)], || {
                    format!("the runtime {id} has no endpoint {endpoint_name}")
                });
                return Ok(None);
            }
            let owner = Owner::of(scene, &runtime.account, ON)?;
            let arn = arns::runtime(world, &runtime.account, id);
            let endpoint_arn = arns::runtime_endpoint(&arn, endpoint_name);
            let on_runtime = Ask::agentcore(name, &arn, owner).tags(Some(&runtime.tags));
            let on_endpoint =
                Ask::agentcore(name, &endpoint_arn, owner).tags(endpoint.map(|e| &e.tags));
            if is_about_policy(request.operation) {
                log.step(&[ac(10)], || format!("{name} is checked on {endpoint_arn}"));
                vec![on_endpoint]
            } else {
                // AC-054: the three operations on an endpoint have two resource types.
                log.step(&[ac(9), ac(10), ac(54)], || {
                    format!("{name} is checked on {arn} and {endpoint_arn}")
                });
                vec![on_runtime, on_endpoint]
            }
        }
        ControlTarget::Gateway(id) => {
            let gateway = known(world.gateway(id), ON, id)?;
            let owner = Owner::of(scene, &gateway.account, ON)?;
            let arn = arns::gateway(world, &gateway.account, id);
            log.step(&[ac(12)], || format!("{name} is checked on {arn}"));
            vec![Ask::agentcore(name, arn, owner).tags(Some(&gateway.tags))]
        }
        ControlTarget::Memory(id) => {
            let memory = known(world.memory(id), ON, id)?;
            let owner = Owner::of(scene, &memory.account, ON)?;
            let arn = arns::memory(world, &memory.account, id);
            log.step(&[ac(13)], || format!("{name} is checked on {arn}"));
            vec![Ask::agentcore(name, arn, owner).tags(Some(&memory.tags))]
        }
        ControlTarget::Tool(id) => {
            let tool = known(world.tool(id), ON, id)?;
            let owner = Owner::of(scene, &tool.account, ON)?;
            let arn = arns::tool(world, &tool.account, tool.kind, id);
            log.step(&[ac(15)], || format!("{name} is checked on {arn}"));
            vec![Ask::agentcore(name, arn, owner).tags(Some(&tool.tags))]
        }
    };
    Ok(Some(asks))
}

fn is_about_policy(operation: ControlOperation) -> bool {
    use ControlOperation as Op;
    matches!(
        operation,
        Op::PutResourcePolicy | Op::GetResourcePolicy | Op::DeleteResourcePolicy
    )
}

/// That no resource policy counts: AC-043 for what manages a resource, AC-033 and AC-034 for what manages its policy.
fn cite_policy(scene: &Scene<'_>, request: &ControlRequest, on: &[Ask<'_>], log: &mut Log<'_>) {
    if request.on == ControlTarget::Nothing {
        return;
    }
    if is_about_policy(request.operation) {
        log.step(&[ac(33), ac(34)], || {
            "the operation is about the resource whose policy it is; the policy itself cannot allow it"
                .to_owned()
        });
        let own = scene.own_account().map(|account| &account.id);
        // AC-035: so nobody of another account gets there.
        let foreign = on
            .iter()
            .any(|ask| Some(ask.owner.id()) != own.map(String::as_str));
        log.notes.cite_if(foreign, ac(35));
    } else {
        log.step(&[ac(43)], || {
            "the policy of a resource grants no management of it".to_owned()
        });
    }
}

/// The keys of what the request sets (AC-184, AC-210, AC-244, AC-251) and of the tags it carries (AC-062, IAM-290).
fn keys(request: &ControlRequest, log: &mut Log<'_>) -> Vec<(String, Vec<String>)> {
    let settings = request.settings.iter();
    let settings =
        settings.map(|(name, values)| (format!("bedrock-agentcore:{name}"), values.to_vec()));
    let mut keys: Vec<_> = settings.collect();
    if !keys.is_empty() {
        log.step(&[setting_rule(request.operation)], || {
            let names: Vec<&str> = keys.iter().map(|(name, _)| name.as_str()).collect();
            format!("what the request sets adds {}", names.join(", "))
        });
    }
    if !request.tags.is_empty() {
        log.step(&[ac(62), iam(290)], || {
            "the request passes tags, which adds aws:RequestTag and aws:TagKeys".to_owned()
        });
    }
    keys.extend(tag_keys(&request.tags));
    keys
}

/// Where it is said which settings are keys.
fn setting_rule(operation: ControlOperation) -> veriam_model::RuleId {
    use ControlOperation as Op;
    match operation {
        // AC-210: of gateways the guide says it.
        Op::CreateGateway
        | Op::UpdateGateway
        | Op::CreateGatewayTarget
        | Op::UpdateGatewayTarget => ac(210),
        // AC-244: of tools the network they run in.
        Op::CreateBrowser | Op::CreateCodeInterpreter => ac(244),
        // AC-251: of runtimes network and authorizer, of memories the key.
        _ => ac(251),
    }
}

/// AC-258: who hands over a role has to be allowed to pass it. AC-259: on an update, too, or perhaps not.
fn passes_role(operation: ControlOperation, log: &mut Log<'_>) -> bool {
    use ControlOperation as Op;
    if !matches!(operation, Op::UpdateAgentRuntime | Op::UpdateGateway) {
        return true;
    }
    let checked = log.notes.choose::<PassRoleOnUpdate>() == PassRoleOnUpdate::Checked;
    log.step(&[ac(259)], || match checked {
        true => "the update carries a role, which has to be passed as on creation".to_owned(),
        false => "the update carries a role, which is not asked about again".to_owned(),
    });
    checked
}

/// The pair on the role that is handed over: nothing of the request's own keys, but the service it is for.
fn pass_role<'w>(
    scene: &Scene<'w>,
    role: &'w RoleName,
    log: &mut Log<'_>,
) -> Result<Ask<'w>, Malformed> {
    const ROLE: &str = "call.request.control.role";
    let world = scene.world;
    let role = known(world.role(&role.account, &role.name), ROLE, &role.name)?;
    let owner = Owner::of(scene, &role.account, ROLE)?;
    let arn = arns::identity(&world.partition, "role", role);
    log.step(&[ac(258)], || {
        format!("{arn} is passed to bedrock-agentcore.amazonaws.com")
    });
    let service = "bedrock-agentcore.amazonaws.com".to_owned();
    let keys = vec![("iam:PassedToService".to_owned(), vec![service])];
    Ok(Ask::new("iam:PassRole", arn, owner)
        .tags(Some(&role.tags))
        .keys(keys))
}
