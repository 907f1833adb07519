//! What is to be said about caller and network before any check: steps for people, and the rules they rest on.

use veriam_model::{Caller, Path, Request};

use super::ask::Owner;
use super::scene::{Scene, Service, Signer, Who};
use crate::decide::Log;
use crate::notes::{ac, iam};

/// Says who calls, where the resource is one that takes resource-based policies: `resource` is what it is called.
pub(crate) fn tell_caller(scene: &Scene<'_>, resource: &str, owner: Owner<'_>, log: &mut Log<'_>) {
    match &scene.who {
        Who::Signer(signer) => {
            let (own, owner) = (&signer.account.id, owner.id());
            // AC-069, AC-087: the table of the guide is for callers of the owner's account; of others more is asked.
            if own == owner {
                log.step(&[ac(68)], || {
                    format!("{} calls, in the {resource}'s own account", signer.arn)
                });
            } else {
                log.step(&[ac(69), ac(87)], || {
                    format!(
                        "{} of account {own} calls, the {resource} is of account {owner}",
                        signer.arn
                    )
                });
            }
        }
        Who::Service(_) | Who::Bearer => {}
    }
    tell_kind(scene, log);
}

/// Says who calls, as far as it does not depend on the resource.
pub(crate) fn tell_kind(scene: &Scene<'_>, log: &mut Log<'_>) {
    match &scene.who {
        Who::Signer(signer) => tell_signer(scene, signer, log),
        Who::Service(service) => tell_service(service, log),
        Who::Bearer => log.step(&[ac(120), ac(126)], || {
            "the caller is the bearer of a token: nobody's account, nobody's policies".to_owned()
        }),
    }
}

fn tell_signer(scene: &Scene<'_>, signer: &Signer<'_>, log: &mut Log<'_>) {
    // IAM-273: conditions see the role behind a session.
    if let (Caller::Session(_), Some(role)) = (&scene.call.caller, signer.identity) {
        log.step(&[iam(273)], || {
            format!("aws:PrincipalArn is that of the role {}", role.name)
        });
    }
    // AC-135: SCPs bind callers of member accounts. IAM-232: so they do when other services are called.
    let organization = signer.account.organization.as_ref();
    if organization.is_some_and(|o| !o.management && !o.scps.is_empty()) {
        let rule = match scene.call.request {
            Request::AssumeRole(_) | Request::Other(_) => iam(232),
            _ => ac(135),
        };
        log.step(&[rule], || {
            let own = &signer.account.id;
            format!("the SCPs of account {own} have to allow as well")
        });
    }
}

/// AC-138, IAM-287: a service that acts by itself is no IAM identity. IAM-288: it may say for which resource it acts.
fn tell_service(service: &Service<'_>, log: &mut Log<'_>) {
    let caller = service.caller;
    log.step(&[ac(138), iam(287)], || {
        format!(
            "the service {} calls by itself: no account, no policies of its own",
            caller.service
        )
    });
    if caller.source_arn.is_some() || caller.source_account.is_some() {
        log.step(&[iam(288)], || {
            let arn = caller.source_arn.as_deref().unwrap_or("a resource");
            let account = caller.source_account.as_deref().unwrap_or("some account");
            format!("it acts for {arn} of {account}")
        });
    }
}

/// Says over which way the request comes.
pub(crate) fn tell_way(scene: &Scene<'_>, log: &mut Log<'_>) {
    // AC-138: a service does not come from a network of the caller's.
    if let Who::Service(_) = scene.who {
        return;
    }
    // AC-137, IAM-268: a service that uses the caller's credentials asks from its own network, as the caller.
    if let Some(via) = scene.via {
        log.step(&[ac(137), iam(268)], || {
            format!("{via} asks with the caller's credentials, from its own network")
        });
        return;
    }
    let (address, network) = match (&scene.call.from, scene.network) {
        (Path::Endpoint { address, .. }, Some(network)) => (address, network),
        (Path::Internet { address } | Path::Endpoint { address, .. }, _) => {
            log.step(&[ac(177)], || {
                format!("the request comes over the internet from aws:SourceIp {address}")
            });
            return;
        }
    };
    // AC-177: keys of the endpoint and no aws:SourceIp. AC-180: the VPC is the caller's, whoever owns it.
    log.step(&[ac(177), ac(180)], || {
        format!(
            "the request comes from {address} through {} in {} of account {}",
            network.endpoint, network.vpc, network.account
        )
    });
    match &network.policy {
        None => log.step(&[ac(163)], || {
            "the VPC endpoint has the default policy, which lets everything through".to_owned()
        }),
        Some(_) => log.step(&[ac(165)], || {
            "the policy of the VPC endpoint has to allow as well; it never grants".to_owned()
        }),
    }
}
