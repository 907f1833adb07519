//! Requests for a session of a role (readings, 6.12).
//!
//! Which keys go with which of the three actions: service authorization reference, AWS Security Token Service.

use veriam_model::{AssumeRoleRequest, Call, Malformed, World};

use super::arns;
use super::ask::{Admission, Ask, Asked, Authorization, Owner, key, tag_keys};
use super::circumstances;
use super::scene::{Scene, Who, known};
use crate::decide::Log;
use crate::notes::{ac, iam};

/// Asks for `sts:AssumeRole` on the role, whose trust policy is its resource policy, and for what the request passes.
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
    let on_role = |action: &str, keys: Vec<(String, Vec<String>)>| {
        Ask::new(action, arn.clone(), owner)
            .policy(role.trust.as_ref())
            .tags(Some(&role.tags))
            .keys(keys)
    };
    let mut of_tags = tag_keys(&request.tags);
    if !of_tags.is_empty() {
        log.step(&[iam(290)], || {
            "the request passes tags, which adds aws:RequestTag and aws:TagKeys".to_owned()
        });
    }
    if !request.transitive.is_empty() {
        let keys = request.transitive.clone();
        of_tags.push(("sts:TransitiveTagKeys".to_owned(), keys));
    }
    let source_identity = key("sts:SourceIdentity", request.source_identity.as_deref());
    let mut of_session = of_tags.clone();
    of_session.extend(key("sts:ExternalId", request.external_id.as_deref()));
    of_session.extend(key("sts:RoleSessionName", request.session.as_deref()));
    of_session.extend(source_identity.clone());
    let mut asks = vec![on_role("sts:AssumeRole", of_session)];
    // IAM-254: the same policies have to allow what is passed on. IAM-189: these actions know fewer keys.
    if !request.tags.is_empty() {
        log.step(&[iam(254), iam(189)], || {
            format!(
                "it passes tags: sts:TagSession is checked on {arn}, without external id and names"
            )
        });
        asks.push(on_role("sts:TagSession", of_tags));
    }
    if let Some(key) = source_identity {
        log.step(&[iam(254), iam(189)], || {
            format!(
                "it passes a source identity: sts:SetSourceIdentity is checked on {arn}, with no other key of the request"
            )
        });
        asks.push(on_role("sts:SetSourceIdentity", vec![key]));
    }
    Ok(Admission::Admitted(Asked {
        scene,
        asks,
        authorization: Authorization::EveryPair,
    }))
}
