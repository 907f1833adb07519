//! Another policy of a resource that has no part in the call: one that is not called, an endpoint of the called runtime
//! that is not called, the interface endpoint of a network the call does not come through.

use veriam_model::{
    Authorizer, Call, CallCase, Path, PolicyText, Request, Runtime, Tags, TokenRules, World,
};

use crate::draw::Draw;

/// The id of a runtime that stands beside the generated ones.
const BESIDE: &str = "unrelated-Zz00000000";

/// The endpoint of a call that names none (AC-021).
const DEFAULT: &str = "DEFAULT";

pub(super) fn change(draw: &mut Draw<'_, '_>, case: &CallCase) -> CallCase {
    let mut changed = case.clone();
    let world = &mut changed.world;
    let owner = world.accounts.first().map(|account| account.id.clone());
    let beside = world.runtime(BESIDE).is_none();
    let places = places(world, &case.call);
    let at = draw.below(places.len() + 1);
    let policy = policy(draw);
    match (places.into_iter().nth(at), owner) {
        (Some(place), _) => *place = policy,
        (None, Some(account)) if beside => {
            let runtime = Runtime {
                account,
                id: BESIDE.to_owned(),
                authorizer: Authorizer::Iam,
                token_rules: TokenRules::default(),
                tags: Tags::new(),
                policy,
                endpoints: Vec::new(),
            };
            let front = if draw.chance(1, 2) {
                0
            } else {
                world.runtimes.len()
            };
            world.runtimes.insert(front, runtime);
        }
        (None, _) => {}
    }
    changed
}

/// Where policies stand that have no part in the call, or may stand.
fn places<'w>(world: &'w mut World, call: &Call) -> Vec<&'w mut Option<PolicyText>> {
    let (runtime, door) = match &call.request {
        Request::Runtime(request) => {
            let door = request.qualifier.as_deref().unwrap_or(DEFAULT);
            (request.runtime.as_str(), door)
        }
        _ => ("", ""),
    };
    let called = |name: &str| match &call.request {
        Request::Gateway(request) => request.gateway == name,
        Request::Memory(request) => request.memory == name,
        Request::Other(request) => request.resource == name,
        _ => false,
    };
    let mut places: Vec<&mut Option<PolicyText>> = Vec::new();
    for own in &mut world.runtimes {
        let other = own.id != runtime;
        if other {
            places.push(&mut own.policy);
        }
        for endpoint in &mut own.endpoints {
            if other || endpoint.name != door {
                places.push(&mut endpoint.policy);
            }
        }
    }
    let gateways = world.gateways.iter_mut().filter(|g| !called(&g.id));
    places.extend(gateways.map(|gateway| &mut gateway.policy));
    let memories = world.memories.iter_mut().filter(|m| !called(&m.id));
    places.extend(memories.map(|memory| &mut memory.policy));
    let others = world.others.iter_mut().filter(|o| !called(&o.arn));
    places.extend(others.map(|other| &mut other.policy));
    for network in &mut world.networks {
        let used =
            matches!(&call.from, Path::Endpoint { endpoint, .. } if *endpoint == network.endpoint);
        if !used {
            places.push(&mut network.policy);
        }
    }
    places
}

/// One that denies everything to everyone, one that allows it, or none.
fn policy(draw: &mut Draw<'_, '_>) -> Option<PolicyText> {
    let effect = draw.one(&[Some("Deny"), Some("Allow"), None])?;
    Some(PolicyText::new(format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Principal":"*","Action":"*","Resource":"*"}}]}}"#
    )))
}
