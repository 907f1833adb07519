//! What is to be said about caller and network before any check: steps for people, and the rules they rest on.

use veriam_model::{Caller, Path};

use super::scene::{Scene, Signer};
use crate::decide::Log;
use crate::notes::{ac, iam};

/// Says who calls, and over which way.
pub(crate) fn tell(scene: &Scene<'_>, log: &mut Log<'_>) {
    match &scene.signer {
        Some(signer) => tell_signer(scene, signer, log),
        None => log.step(&[ac(120), ac(126)], || {
            "the caller is the bearer of a token: nobody's account, nobody's policies".to_owned()
        }),
    }
    tell_way(scene, log);
}

fn tell_signer(scene: &Scene<'_>, signer: &Signer<'_>, log: &mut Log<'_>) {
    let (own, owner) = (&signer.account.id, &scene.owner.id);
    // AC-069, AC-087: the table of the guide is for callers of the runtime's account; of others more is asked.
    if own == owner {
        log.step(&[ac(68)], || {
            format!("{} calls, in the runtime's own account", signer.arn)
        });
    } else {
        log.step(&[ac(69), ac(87)], || {
            format!(
                "{} of account {own} calls, the runtime is of account {owner}",
                signer.arn
            )
        });
    }
    // IAM-273: conditions see the role behind a session.
    if let (Caller::Session(_), Some(role)) = (&scene.call.caller, signer.identity) {
        log.step(&[iam(273)], || {
            format!("aws:PrincipalArn is that of the role {}", role.name)
        });
    }
    // AC-135: SCPs bind callers of member accounts.
    let organization = signer.account.organization.as_ref();
    if organization.is_some_and(|o| !o.management && !o.scps.is_empty()) {
        log.step(&[ac(135)], || {
            format!("the SCPs of account {own} have to allow as well")
        });
    }
}

fn tell_way(scene: &Scene<'_>, log: &mut Log<'_>) {
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
