//! Requests to a gateway (readings, 6.5 and 6.6): what does its authorizer want, and does anybody authorize?

use veriam_model::{Call, Gateway, GatewayAuthorizer, GatewayRequest, Malformed, World};

use super::arns;
use super::ask::{Admission, Ask, Asked, Authorization, Owner};
use super::circumstances;
use super::credentials::{At, Wanted, rejection};
use super::scene::{Scene, known};
use super::unauthorized::honours_denies;
use crate::decide::Log;
use crate::notes::ac;

/// Looks at the credentials as the authorizer wants, then asks for the one pair.
pub(crate) fn ask<'w>(
    world: &'w World,
    call: &'w Call,
    request: &'w GatewayRequest,
    log: &mut Log<'_>,
) -> Result<Admission<'w>, Malformed> {
    let gateway = known(
        world.gateway(&request.gateway),
        "call.request.gateway.gateway",
        &request.gateway,
    )?;
    // AC-200: one of four types.
    log.step(&[ac(200)], || {
        format!(
            "the gateway {} is of type {}",
            gateway.id,
            gateway.authorizer.name()
        )
    });
    let wanted = match gateway.authorizer {
        GatewayAuthorizer::AwsIam | GatewayAuthorizer::AuthenticateOnly => Some(Wanted::Signature),
        GatewayAuthorizer::CustomJwt => Some(Wanted::Token(&gateway.token_rules, At::Gateway)),
        GatewayAuthorizer::None => None,
    };
    if let Some(wanted) = wanted
        && let Some(rejection) = rejection(wanted, &call.caller, log)
    {
        return Ok(rejection.into());
    }
    match gateway.authorizer {
        GatewayAuthorizer::AwsIam | GatewayAuthorizer::CustomJwt => {
            authorized(Scene::of(world, call)?, gateway, log)
        }
        GatewayAuthorizer::AuthenticateOnly => {
            log.step(&[ac(202)], || {
                "the signature is verified, and nothing else is asked of the caller".to_owned()
            });
            let scene = Scene::of(world, call)?;
            circumstances::tell_kind(&scene, log);
            unauthorized(scene, gateway, log)
        }
        GatewayAuthorizer::None => {
            log.step(&[ac(202)], || {
                "nobody looks at credentials: whoever calls is nobody".to_owned()
            });
            unauthorized(Scene::of_nobody(world, call)?, gateway, log)
        }
    }
}

/// `AWS_IAM` and `CUSTOM_JWT`: policies decide.
fn authorized<'w>(
    scene: Scene<'w>,
    gateway: &'w Gateway,
    log: &mut Log<'_>,
) -> Result<Admission<'w>, Malformed> {
    let owner = Owner::of(&scene, &gateway.account, "gateway.account")?;
    circumstances::tell_caller(&scene, "gateway", owner, log);
    circumstances::tell_way(&scene, log);
    let ask = pair(&scene, gateway, owner, log).policy(gateway.policy.as_ref());
    // AC-204: after the authorizer the resource policy, if there is one. AC-207: of a signed caller by the same table
    // as for runtimes.
    let rule = match gateway.authorizer {
        GatewayAuthorizer::CustomJwt => ac(204),
        _ => ac(207),
    };
    log.step(&[rule], || match gateway.policy {
        Some(_) => "the gateway has a policy of its own".to_owned(),
        None => "the gateway has no policy of its own".to_owned(),
    });
    cite_gate(&scene, gateway, log);
    Ok(Admission::Admitted(Asked {
        scene,
        asks: vec![ask],
        authorization: Authorization::OneResource,
    }))
}

/// `AUTHENTICATE_ONLY` and `NONE`: only the policy of a VPC endpoint is asked, and perhaps Deny statements.
fn unauthorized<'w>(
    scene: Scene<'w>,
    gateway: &'w Gateway,
    log: &mut Log<'_>,
) -> Result<Admission<'w>, Malformed> {
    let owner = Owner::of(&scene, &gateway.account, "gateway.account")?;
    circumstances::tell_way(&scene, log);
    let ask = pair(&scene, gateway, owner, log).policy(gateway.policy.as_ref());
    cite_gate(&scene, gateway, log);
    let denies_count = honours_denies(&scene, ask.policy, log);
    Ok(Admission::Admitted(Asked {
        scene,
        asks: vec![ask],
        authorization: Authorization::Nothing { denies_count },
    }))
}

/// AC-201: one action, whatever the request carries. AC-052: its resource is the gateway, whose ARN AC-012 writes.
fn pair<'w>(
    scene: &Scene<'w>,
    gateway: &'w Gateway,
    owner: Owner<'w>,
    log: &mut Log<'_>,
) -> Ask<'w> {
    let arn = arns::gateway(scene.world, &gateway.account, &gateway.id);
    log.step(&[ac(12), ac(52), ac(201)], || {
        format!("InvokeGateway is checked on {arn}")
    });
    Ask::agentcore("InvokeGateway", arn, owner).tags(Some(&gateway.tags))
}

/// AC-168: who does not sign needs an Allow for everyone in the policy of a VPC endpoint.
fn cite_gate(scene: &Scene<'_>, gateway: &Gateway, log: &mut Log<'_>) {
    let gated = scene
        .network
        .is_some_and(|network| network.policy.is_some());
    let unsigned = matches!(
        gateway.authorizer,
        GatewayAuthorizer::CustomJwt | GatewayAuthorizer::None
    );
    if gated && unsigned {
        log.step(&[ac(168)], || {
            "the policy of the VPC endpoint has to allow everyone, since the caller does not sign"
                .to_owned()
        });
    }
}
