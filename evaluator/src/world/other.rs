//! Requests to STS for sessions of roles, and to other services (sections 6.12 and 6.13 of the readings).

use std::collections::HashMap;

use veriam_model::{AssumeRoleRequest, OtherPolicyType, OtherRequest, PolicyPlace};

use super::build::Builder;
use super::carried::{Carried, SessionAction};
use super::pairs::{Asked, Pairs, Target};
use super::parts::{Identity, Thing};
use super::party::Party;
use super::{World, WorldError};

impl Builder<'_> {
    pub(super) fn others(&mut self) -> Result<HashMap<Box<str>, Thing>, WorldError> {
        let mut built = HashMap::new();
        for (number, other) in self.world.others.iter().enumerate() {
            let place = match other.policy_type {
                OtherPolicyType::Resource => PolicyPlace::Other(number),
                OtherPolicyType::Key => PolicyPlace::Key(number),
            };
            let thing = Thing {
                owner: Some(self.account(&other.account)),
                arn: other.arn.as_str().into(),
                tags: other.tags.clone(),
                policy: self.resource_policy(place)?,
                is_runtime_endpoint: false,
            };
            built.insert(other.arn.as_str().into(), thing);
        }
        Ok(built)
    }
}

/// Lists what a request for a session of a role asks of the policies; none when it names what is not there.
pub(super) fn ask_for_role<'c>(
    world: &'c World,
    request: &'c AssumeRoleRequest,
    pairs: &mut Pairs<'c>,
) -> Option<Asked> {
    let role = world.role(&request.role.account, &request.role.name)?;
    role.trust.as_ref()?;
    let on = world.role_target(role);
    let carried = |action| Carried::NewSession(request, action);
    pairs.push("sts:AssumeRole", on, carried(SessionAction::Assume));
    if !request.tags.is_empty() {
        pairs.push("sts:TagSession", on, carried(SessionAction::Tag));
    }
    if request.source_identity.is_some() {
        let carried = carried(SessionAction::SetSourceIdentity);
        pairs.push("sts:SetSourceIdentity", on, carried);
    }
    Some(Asked::Pairs)
}

/// What a request to another service asks of the policies; none when it names what is not there.
pub(super) fn ask<'c>(
    world: &'c World,
    request: &'c OtherRequest,
    party: &Party<'c>,
    pairs: &mut Pairs<'c>,
) -> Option<Asked> {
    let on = match (
        world.others.get(request.resource.as_str()),
        &request.account,
    ) {
        (Some(known), _) => world.target(known),
        (None, Some(owner)) => Target::unknown(&request.resource, Some(world.account(owner)?)),
        (None, None) => Target::unknown(&request.resource, Some(party.home()?)),
    };
    let on = Target {
        is_elsewhere: true,
        ..on
    };
    pairs.push(&request.action, on, Carried::Other(request));
    Some(Asked::Pairs)
}

impl World {
    /// A role as the target of a check, with its trust policy.
    pub(super) fn role_target<'c>(&'c self, role: &'c Identity) -> Target<'c> {
        Target {
            arn: &role.arn,
            owner: self.accounts.get(role.account),
            tags: &role.tags,
            policy: role.trust.as_ref(),
            is_runtime_endpoint: false,
            is_elsewhere: true,
        }
    }
}
