//! Put, Get and DeleteResourcePolicy (AC-023…AC-035, section 7 of the readings).

use serde_json::json;
use veriam_evaluator::Policy;
use veriam_model::{
    Caller, Context, ControlOperation, ControlRequest, ControlTarget, Dialect, PolicyText,
    PolicyType, Put, PutOutcome, PutPlace, PutRefusal, Request, RuntimeEndpoint, Tags, World,
};

use super::data::own;
use super::{Route, body, passed, signed, text};
use crate::service::{Asked, Core, account};
use crate::settings::mistaken;
use crate::wire::{Answer, Fault};

/// Whether it is an operation of this module.
pub(super) fn serves(name: &str) -> bool {
    operation(name).is_some()
}

fn operation(name: &str) -> Option<ControlOperation> {
    use ControlOperation as Op;
    let all = [
        Op::PutResourcePolicy,
        Op::GetResourcePolicy,
        Op::DeleteResourcePolicy,
    ];
    all.into_iter().find(|operation| operation.name() == name)
}

/// Answers: first whether the caller may, for a resource that is there; then whether the policy is one.
pub(super) fn answer(core: &Core, asked: &Asked<'_>, route: &Route) -> Result<Answer, Fault> {
    let caller = signed(core, asked)?;
    let arn = route.var("resourceArn");
    let operation = operation(route.name).unwrap_or(ControlOperation::GetResourcePolicy);
    let target = target(core.read().world(), arn);
    if let Some(on) = &target {
        let request = Request::Control(ControlRequest {
            operation,
            on: on.clone(),
            role: None,
            settings: Context::new(),
            tags: Tags::new(),
        });
        let outcome = core.decide(asked, &caller, request.clone())?;
        passed(core, asked, &caller, &request, &outcome)?;
    }
    match operation {
        ControlOperation::PutResourcePolicy => {
            put(core, asked, route, arn, target.as_ref(), &caller)
        }
        _ => {
            let Some(on) = target else {
                return Err(not_found(arn));
            };
            if operation == ControlOperation::GetResourcePolicy {
                let policy = stored(core.read().world(), &on);
                // AC-028
                let found = policy.map_or(json!({}), |policy| json!({"policy": policy.as_str()}));
                return Ok(Answer::json(200, &found));
            }
            let mut state = core.write();
            if stored(state.world(), &on).is_none() {
                return Err(not_found(arn));
            }
            let removed = slot(state.change(), &on).and_then(Option::take);
            // AC-029
            removed
                .map(|_| Answer::empty(204))
                .ok_or_else(|| not_found(arn))
        }
    }
}

fn put(
    core: &Core,
    asked: &Asked<'_>,
    route: &Route,
    arn: &str,
    target: Option<&ControlTarget>,
    caller: &Caller,
) -> Result<Answer, Fault> {
    let body = body(asked, route.name)?;
    let Some(policy) = text(&body, "policy") else {
        let message = "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must not be null";
        return Err(invalid(message));
    };
    let mut state = core.write();
    let put = Put {
        resource: arn.to_owned(),
        policy: PolicyText::new(policy),
        account: account(caller).unwrap_or_default().to_owned(),
        region: state.world().region.clone(),
        exists: target.is_some(),
        principals: state.identity_arns(),
    };
    let outcome = veriam_evaluator::put(&put, &Dialect::default());
    let outcome = outcome.map_err(|malformed| invalid(malformed.to_string()))?;
    #[cfg(feature = "planted-mistakes")]
    let outcome = crate::planted::change::put(outcome, asked.planted.mistake);
    match outcome {
        PutOutcome::Refused(refusal) => {
            let mut fault = refused(&refusal, arn);
            if mistaken!(asked.planted, RefusalIsAccessDenied) {
                fault = Fault::new(403, "AccessDeniedException", fault.message);
            }
            if mistaken!(asked.planted, RefusedPolicyStored)
                && Policy::parse(PolicyType::Resource, policy).is_ok()
                && let Some(place) = target.and_then(|on| slot(state.change(), on))
            {
                *place = Some(put.policy);
            }
            Err(fault)
        }
        PutOutcome::Stored => {
            // What is stored has to be decided with.
            Policy::parse(PolicyType::Resource, policy)
                .map_err(|error| invalid(error.to_string()))?;
            let place = target.and_then(|on| slot(state.change(), on));
            let Some(place) = place else {
                return Err(invalid(
                    "The resource does not take a resource-based policy.",
                ));
            };
            *place = Some(put.policy);
            Ok(Answer::json(201, &json!({"policy": policy})))
        }
    }
}

fn refused(refusal: &PutRefusal, arn: &str) -> Fault {
    let place = match &refusal.at {
        PutPlace::Policy { pointer, offset } => {
            format!("at '{pointer}' of the policy (byte {offset})")
        }
        PutPlace::Resource => format!("in the resource ARN {arn}"),
    };
    let message = format!(
        "Invalid resource policy: rule {} is broken {place}.",
        refusal.rule
    );
    Fault::new(refusal.error.status(), refusal.error.name(), message)
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(400, "ValidationException", message)
}

fn not_found(arn: &str) -> Fault {
    Fault::new(
        404,
        "ResourceNotFoundException",
        format!("Resource or resource policy not found: {arn}"),
    )
}

/// The resource of that ARN that takes a policy, if it is there.
fn target(world: &World, arn: &str) -> Option<ControlTarget> {
    if let Some((account, rest)) = own(world, arn, "runtime/") {
        let (id, endpoint) = rest
            .split_once("/runtime-endpoint/")
            .map_or((rest, None), |(id, e)| (id, Some(e)));
        let runtime = world
            .runtime(id)
            .filter(|runtime| runtime.account == account)?;
        let Some(endpoint) = endpoint else {
            return Some(ControlTarget::Runtime(id.to_owned()));
        };
        let there = endpoint == "DEFAULT" || runtime.endpoints.iter().any(|e| e.name == endpoint);
        let (runtime, endpoint) = (id.to_owned(), endpoint.to_owned());
        return there.then_some(ControlTarget::RuntimeEndpoint { runtime, endpoint });
    }
    if let Some((account, id)) = own(world, arn, "gateway/") {
        let there = world
            .gateway(id)
            .is_some_and(|gateway| gateway.account == account);
        return there.then(|| ControlTarget::Gateway(id.to_owned()));
    }
    let (account, id) = own(world, arn, "memory/")?;
    let there = world
        .memory(id)
        .is_some_and(|memory| memory.account == account);
    there.then(|| ControlTarget::Memory(id.to_owned()))
}

/// The policy of a resource.
fn stored(world: &World, on: &ControlTarget) -> Option<PolicyText> {
    match on {
        ControlTarget::Runtime(id) => world.runtime(id)?.policy.clone(),
        ControlTarget::RuntimeEndpoint { runtime, endpoint } => {
            let mut endpoints = world.runtime(runtime)?.endpoints.iter();
            endpoints.find(|e| e.name == *endpoint)?.policy.clone()
        }
        ControlTarget::Gateway(id) => world.gateway(id)?.policy.clone(),
        ControlTarget::Memory(id) => world.memory(id)?.policy.clone(),
        ControlTarget::Nothing | ControlTarget::Tool(_) => None,
    }
}

/// Where the policy of a resource stands.
fn slot<'w>(world: &'w mut World, on: &ControlTarget) -> Option<&'w mut Option<PolicyText>> {
    match on {
        ControlTarget::Runtime(id) => world
            .runtimes
            .iter_mut()
            .find(|r| r.id == *id)
            .map(|r| &mut r.policy),
        ControlTarget::RuntimeEndpoint { runtime, endpoint } => {
            let runtime = world.runtimes.iter_mut().find(|r| r.id == *runtime)?;
            // `DEFAULT` is there without being listed; with a policy it has to be.
            if endpoint == "DEFAULT" && !runtime.endpoints.iter().any(|e| e.name == *endpoint) {
                runtime.endpoints.push(RuntimeEndpoint {
                    name: endpoint.clone(),
                    authorizer: None,
                    tags: Tags::new(),
                    policy: None,
                });
            }
            runtime
                .endpoints
                .iter_mut()
                .find(|e| e.name == *endpoint)
                .map(|e| &mut e.policy)
        }
        ControlTarget::Gateway(id) => world
            .gateways
            .iter_mut()
            .find(|g| g.id == *id)
            .map(|g| &mut g.policy),
        ControlTarget::Memory(id) => world
            .memories
            .iter_mut()
            .find(|m| m.id == *id)
            .map(|m| &mut m.policy),
        ControlTarget::Nothing | ControlTarget::Tool(_) => None,
    }
}
