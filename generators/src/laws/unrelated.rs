//! Another policy of a resource that has no part in the call: a runtime that is not called, an endpoint of the called
//! runtime that is not called, the interface endpoint of a network the call does not come through.

use veriam_model::{Authorizer, CallCase, Path, PolicyText, Runtime, Tags, TokenRules};

use crate::draw::Draw;

/// The id of a runtime that stands beside the generated ones.
const BESIDE: &str = "unrelated-Zz00000000";

/// The endpoint of a call that names none (AC-021).
const DEFAULT: &str = "DEFAULT";

pub(super) fn change(draw: &mut Draw<'_, '_>, case: &CallCase) -> CallCase {
    let mut changed = case.clone();
    let (world, call) = (&mut changed.world, &case.call);
    let request = call.request.runtime();
    let id = request.map_or("", |request| request.runtime.as_str());
    let owner = world.runtime(id).map(|r| r.account.clone());
    let called = request.and_then(|request| request.qualifier.as_deref());
    let called = called.unwrap_or(DEFAULT);
    let beside = world.runtime(BESIDE).is_none();
    let mut places: Vec<&mut Option<PolicyText>> = Vec::new();
    for runtime in &mut world.runtimes {
        let other = runtime.id != id;
        if other {
            places.push(&mut runtime.policy);
        }
        for endpoint in &mut runtime.endpoints {
            if other || endpoint.name != called {
                places.push(&mut endpoint.policy);
            }
        }
    }
    for network in &mut world.networks {
        let used =
            matches!(&call.from, Path::Endpoint { endpoint, .. } if *endpoint == network.endpoint);
        if !used {
            places.push(&mut network.policy);
        }
    }
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

/// One that denies everything to everyone, one that allows it, or none.
fn policy(draw: &mut Draw<'_, '_>) -> Option<PolicyText> {
    let effect = draw.one(&[Some("Deny"), Some("Allow"), None])?;
    Some(PolicyText::new(format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Principal":"*","Action":"*","Resource":"*"}}]}}"#
    )))
}
