//! Requests to other services (readings, 6.13): what AgentCore needs around it.

use veriam_model::{Call, Malformed, OtherRequest, World};

use super::ask::{Admission, Ask, Asked, Authorization, Owner};
use super::circumstances;
use super::scene::{Scene, Who};
use crate::decide::Log;
use crate::notes::{ac, iam};

/// Asks for the action on the resource, as the request says.
pub(crate) fn ask<'w>(
    world: &'w World,
    call: &'w Call,
    request: &'w OtherRequest,
    log: &mut Log<'_>,
) -> Result<Admission<'w>, Malformed> {
    const ACCOUNT: &str = "call.request.other.account";
    let scene = Scene::of(world, call)?;
    let known = world.other(&request.resource);
    // The account that the world or the request names, else the caller's.
    let named = known.map(|resource| &resource.account);
    let owner = match named.or(request.account.as_ref()) {
        Some(account) => Owner::of(&scene, account, ACCOUNT)?,
        None => Owner::caller(&scene)?,
    };
    circumstances::tell_kind(&scene, log);
    circumstances::tell_way(&scene, log);
    // IAM-272: one action on one resource.
    log.step(&[iam(272)], || {
        format!("{} is checked on {}", request.action, request.resource)
    });
    if let Who::Service(_) = scene.who {
        // AC-268: a key of the customer has to name the service that comes by itself.
        log.step(&[ac(268)], || {
            "the resource has to name the service, which has no policies of its own".to_owned()
        });
    }
    cite_keys(request, log);
    let ask = Ask::new(&request.action, &request.resource, owner)
        .policy(known.and_then(|resource| resource.policy.as_ref()))
        .tags(known.map(|resource| &resource.tags))
        .keys(keys(request));
    Ok(Admission::Admitted(Asked {
        scene,
        asks: vec![ask],
        authorization: Authorization::EveryPair,
    }))
}

/// The keys of the service, as the request carries them.
fn keys(request: &OtherRequest) -> Vec<(String, Vec<String>)> {
    let keys = request.keys.iter();
    keys.map(|(name, values)| (name.to_owned(), values.to_vec()))
        .collect()
}

/// AC-263, AC-264: by which host AgentCore comes to a KMS key with the caller's credentials.
fn cite_keys(request: &OtherRequest, log: &mut Log<'_>) {
    let mut keys = request.keys.iter();
    let via = keys.find(|(name, _)| name.eq_ignore_ascii_case("kms:ViaService"));
    let comes_by = |host: &str| {
        let mut values = via.into_iter().flat_map(|(_, values)| values);
        values.any(|value| value.starts_with(host))
    };
    // Of policy engines by the service's own, of token vaults by that of its identity service.
    log.notes.cite_if(comes_by("bedrock-agentcore."), ac(263));
    log.notes
        .cite_if(comes_by("bedrock-agentcore-identity."), ac(264));
}
