//! Requests for a session of a role (readings, 6.12).

use veriam_model::{AssumeRoleRequest, Call, Malformed, World};

use super::arns;
use super::ask::{Admission, Ask, Asked, Authorization, Owner};
use super::circumstances;
use super::scene::{Scene, Who, known};
use crate::decide::Log;
use crate::notes::{ac, iam};

/// Asks for `sts:AssumeRole` on the role, whose trust policy is its resource policy.
pub(crate) fn ask<'w>(
    world: &'w World,
    call: &'w Call,
    request: &'w AssumeRoleRequest,
    log: &mut Log<'_>,
) -> Result<Admission<'w>, Malformed> {
    const ROLE: &str = "call.request.assume_role.role";
    let name = &request.role;
    let role = known(world.role(&name.account, &name.name), ROLE, &name.name)?;
    let scene = Scene::of(world, call)?;
    let owner = Owner::of(&scene, &role.account, ROLE)?;
    circumstances::tell_kind(&scene, log);
    circumstances::tell_way(&scene, log);
    let arn = arns::identity(&world.partition, "role", role);
    // IAM-249: the trust policy has to allow. IAM-250: of another account's callers their own side, too.
    let own = scene.own_account().map(|account| &account.id);
    let rule = match own {
        Some(own) if *own != role.account => iam(250),
        _ => iam(249),
    };
    log.step(&[rule], || {
        format!("sts:AssumeRole is checked on {arn}, whose trust policy has to allow")
    });
    if let Who::Service(service) = &scene.who
        && service.caller.service == "bedrock-agentcore.amazonaws.com"
    {
        // AC-253: how the role of a runtime trusts the service. AC-254, AC-255: what its conditions can ask of the
        // resource it acts for.
        log.step(&[ac(253)], || {
            "AgentCore assumes the role it acts with".to_owned()
        });
        if service.caller.source_arn.is_some() {
            log.step(&[ac(254), ac(255)], || {
                "aws:SourceArn is the resource it acts for, not an endpoint of it".to_owned()
            });
        }
    }
    let ask = Ask::new("sts:AssumeRole", arn, owner)
        .policy(role.trust.as_ref())
        .tags(Some(&role.tags));
    Ok(Admission::Admitted(Asked {
        scene,
        asks: vec![ask],
        authorization: Authorization::EveryPair,
    }))
}
