//! Requests to the identity service (readings, 6.10).

use veriam_model::{
    Call, IdentityOperation, IdentityRequest, InvalidCall, Malformed, Outcome, ProviderKind, World,
};

use super::arns;
use super::ask::{Admission, Ask, Asked, Authorization, Owner, key};
use super::circumstances;
use super::scene::{Scene, known};
use crate::decide::Log;
use crate::notes::ac;

/// Asks for the action named like the operation on every resource that takes part.
pub(crate) fn ask<'w>(
    world: &'w World,
    call: &'w Call,
    request: &'w IdentityRequest,
    log: &mut Log<'_>,
) -> Result<Admission<'w>, Malformed> {
    let scene = Scene::of(world, call)?;
    let owner = Owner::caller(&scene)?;
    let account = owner.id();
    let workload = known(
        world.workload_identity(account, &request.workload),
        "call.request.identity.workload",
        &request.workload,
    )?;
    // AC-249: what a service manages answers to that service only.
    if workload.managed {
        log.step(&[ac(249)], || {
            format!(
                "the workload identity {} is managed by a service",
                workload.name
            )
        });
        let outcome = Outcome::Invalid(InvalidCall::ManagedIdentity);
        return Ok(Admission::TurnedAway(outcome));
    }
    circumstances::tell_kind(&scene, log);
    circumstances::tell_way(&scene, log);
    let name = request.operation.name();
    let directory = arns::directory(world, account);
    let vault = arns::token_vault(world, account);
    let mut asks = Vec::new();
    if let Some(kind) = kind(request.operation) {
        let provider = request.provider.as_deref().unwrap_or_default();
        let member = "call.request.identity.provider";
        let provider = known(world.provider(account, kind, provider), member, provider)?;
        let arn = arns::provider(&vault, kind, &provider.name);
        // AC-248: how the ARN is written. AC-250: that an identity may use a provider is said by policies only.
        log.step(&[ac(248), ac(250)], || format!("the provider is {arn}"));
        asks.push(Ask::agentcore(name, arn, owner).tags(Some(&provider.tags)));
        asks.push(Ask::agentcore(name, vault, owner));
    }
    let arn = arns::workload_identity(&directory, &workload.name);
    asks.push(Ask::agentcore(name, arn, owner).tags(Some(&workload.tags)));
    asks.push(Ask::agentcore(name, directory, owner));
    // AC-055: all of them are required. AC-005: none of them has a policy.
    log.step(&[ac(5), ac(55)], || {
        format!(
            "{name} is checked on {} resources, none with a policy",
            asks.len()
        )
    });
    let keys = keys(request);
    // AC-246: what the request says of a user. AC-247: the claims are of the token it carries, whoever signs.
    log.step(&[ac(246), ac(247)], || {
        let names: Vec<&str> = keys.iter().map(|(name, _)| name.as_str()).collect();
        match names.is_empty() {
            true => "the request says nothing of a user".to_owned(),
            false => format!("the request adds {}", names.join(", ")),
        }
    });
    let asks = asks.into_iter().map(|ask| ask.keys(keys.clone())).collect();
    Ok(Admission::Admitted(Asked {
        scene,
        asks,
        authorization: Authorization::EveryPair,
    }))
}

/// The kind of provider that an operation asks, if it asks one.
fn kind(operation: IdentityOperation) -> Option<ProviderKind> {
    use IdentityOperation as Op;
    match operation {
        Op::GetWorkloadAccessToken
        | Op::GetWorkloadAccessTokenForJWT
        | Op::GetWorkloadAccessTokenForUserId => None,
        Op::GetResourceApiKey => Some(ProviderKind::ApiKey),
        Op::GetResourceOauth2Token | Op::CompleteResourceTokenAuth => Some(ProviderKind::Oauth2),
        Op::GetResourcePaymentToken => Some(ProviderKind::Payment),
    }
}

/// AC-246: the user id, and the claims of the JWT in the request.
fn keys(request: &IdentityRequest) -> Vec<(String, Vec<String>)> {
    let mut keys = Vec::new();
    keys.extend(key("bedrock-agentcore:userid", request.user_id.as_deref()));
    let Some(claims) = &request.claims else {
        return keys;
    };
    let claim = |name: &str| format!("bedrock-agentcore:InboundJwtClaim/{name}");
    keys.extend(key(claim("iss"), Some(&claims.iss)));
    keys.extend(key(claim("sub"), Some(&claims.sub)));
    keys.extend(key(claim("client_id"), claims.client_id.as_deref()));
    // AC-247: these hold every value, and are absent without any.
    for (name, values) in [("aud", &claims.aud), ("scope", &claims.scope)] {
        if !values.is_empty() {
            keys.push((claim(name), values.clone()));
        }
    }
    keys
}
