//! Where nothing is authorized: gateways of the types NONE and AUTHENTICATE_ONLY, and metadata (readings, 6.4 and 6.6).
//!
//! Only the policy of a VPC endpoint stands in the way. So the check holds that policy, and in the place of all that
//! would have to grant, policies that allow everything ([`Grants::Everything`](super::check::Grants)). If Deny
//! statements count nevertheless (AC-203), a second check holds the real policies but for that one; it is asked for
//! them only.

use veriam_model::readings::UnauthorizedGatewayDenies;
use veriam_model::{Decision, DenialKind, Outcome, Pair, PolicyText};

use super::ask::Authorization;
use super::by;
use super::check::membership;
use super::combine::{Judged, combine};
use super::scene::{Scene, Who};
use crate::decide::Log;
use crate::notes::ac;

/// AC-203: whether the Deny statements of the real policies are honoured at a gateway that authorizes nothing. Asked
/// only if there is any policy that could hold one.
pub(crate) fn honours_denies(
    scene: &Scene<'_>,
    own: Option<&PolicyText>,
    log: &mut Log<'_>,
) -> bool {
    if own.is_none() && !has_policies(scene) {
        return false;
    }
    let honoured =
        log.notes.choose::<UnauthorizedGatewayDenies>() == UnauthorizedGatewayDenies::Honoured;
    log.step(&[ac(203)], || match honoured {
        true => "Deny statements count also where nothing is authorized".to_owned(),
        false => "where nothing is authorized Deny statements do not count either".to_owned(),
    });
    honoured
}

/// Whether the caller's side holds any policy.
fn has_policies(scene: &Scene<'_>) -> bool {
    let Who::Signer(signer) = &scene.who else {
        return false;
    };
    let of_identity = signer
        .identity
        .is_some_and(|identity| !identity.policies.is_empty() || identity.boundary.is_some());
    let has_scps = membership(signer.account).is_some_and(|m| m.scps.iter().any(|l| !l.is_empty()));
    of_identity || signer.session_policy.is_some() || has_scps
}

/// What follows from the check without authorization, and from the one with the real policies, if that is asked.
pub(crate) fn decide(open: &[Judged<'_>], real: &[Judged<'_>], log: &mut Log<'_>) -> Outcome {
    let nothing = Authorization::Nothing {
        denies_count: !real.is_empty(),
    };
    let denied = real.iter().find(|j| j.decision == Decision::ExplicitDeny);
    let Some(pair) = denied else {
        return combine(open, nothing, log);
    };
    log.step(&[ac(203)], || {
        let Pair { action, resource } = pair.pair;
        format!("a Deny applies to {action} on {resource}, and is honoured: the call is denied")
    });
    // Together with the policy of the VPC endpoint, if that denies too.
    let denying = open.iter().chain(real);
    let types = denying.flat_map(|judged| by::explicit(judged.policies).iter().collect::<Vec<_>>());
    pair.denied(DenialKind::Explicit, types.collect())
}
