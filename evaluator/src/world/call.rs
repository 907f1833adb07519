//! A call: found in its world, authenticated, judged (section 5.2 of the readings).

use std::cell::OnceCell;

use veriam_model::{
    Authorizer, Call, Caller, Fact, InvalidCall, Outcome, Path, PolicySlot, PolicyText, PolicyType,
    Rejection,
};

use super::facts::{Facts, PutTogether, Way};
use super::judge::Judge;
use super::layer::Layer;
use super::parts::{Account, Network, Runtime};
use super::party::Party;
use super::well_formed::{is_well_formed, malformed};
use super::{CallError, World, build};
use crate::settings::Settings;
use crate::{Limits, ParseError, grammar};

/// Decides a call.
pub(super) fn decide(world: &World, call: &Call) -> Result<Outcome, CallError> {
    let session_arn = OnceCell::new();
    let Found {
        runtime,
        owner,
        way,
        party,
    } = match Found::find(world, call, &session_arn) {
        Some(found) if is_well_formed(call) => found,
        _ => return Err(malformed(world, call)),
    };
    let qualifier = call.qualifier.as_deref().unwrap_or(build::DEFAULT);
    let mut endpoints = runtime.endpoints.iter();
    let Some(endpoint) = endpoints.find(|e| e.name.as_ref() == qualifier) else {
        return Ok(Outcome::Invalid(InvalidCall::NoSuchEndpoint));
    };
    let authorizer = endpoint.authorizer.unwrap_or(runtime.authorizer);
    if let Some(rejection) = rejection(authorizer, &call.caller) {
        return Ok(Outcome::Rejected(rejection));
    }
    let session = call.session_policy();
    let session = session.map(|text| session_policy(text, &world.settings));
    let session = session.transpose()?;
    let account = party.signed.map(|signed| signed.account);
    let identity = party.identity;
    let judge = Judge {
        settings: &world.settings,
        caller: party.caller,
        owner: &owner.id,
        conditions: conditions(account, owner),
        identity: identity.and_then(|i| i.policies.as_ref()),
        boundary: identity.and_then(|i| i.boundary.as_ref()),
        session: session.as_ref(),
        scps: account.and_then(|a| a.scps.as_ref()),
        rcps: owner.rcps.as_ref(),
        endpoint_policy: match way {
            Way::Internet { .. } => None,
            Way::Vpc { network, .. } => network.policy.as_ref(),
        },
        facts: Facts {
            settings: &world.settings,
            signed: party.signed,
            way,
            at: call.at,
            user_agent: &call.user_agent,
            region: &world.region,
            owner,
            put_together: PutTogether::default(),
        },
    };
    Ok(judge.outcome(call, [&runtime.itself, &endpoint.itself]))
}

/// What a call names.
struct Found<'c> {
    runtime: &'c Runtime,
    owner: &'c Account,
    way: Way<'c>,
    party: Party<'c>,
}

impl<'c> Found<'c> {
    fn find(world: &'c World, call: &'c Call, session_arn: &'c OnceCell<String>) -> Option<Self> {
        let runtime = world.runtime(&call.runtime)?;
        Some(Self {
            runtime,
            owner: world.accounts.get(runtime.account)?,
            way: way(world, &call.from)?,
            party: Party::find(world, &call.caller, session_arn)?,
        })
    }
}

/// Why a call is turned away, if it is (AC-112, AC-129, AC-130).
fn rejection(authorizer: Authorizer, caller: &Caller) -> Option<Rejection> {
    match (authorizer, caller) {
        (_, Caller::Anonymous) => Some(Rejection::Unauthenticated),
        (Authorizer::Jwt, Caller::Jwt(token)) => (!token.accepted).then_some(Rejection::BadToken),
        (Authorizer::Iam, Caller::Jwt(_)) | (Authorizer::Jwt, _) => Some(Rejection::MethodMismatch),
        (Authorizer::Iam, _) => None,
    }
}

fn session_policy(text: &PolicyText, settings: &Settings) -> Result<Layer, CallError> {
    let bytes = text.as_str().as_bytes();
    let limits = Limits::default();
    match grammar::read(PolicyType::Session, bytes, &settings.dialect, &limits) {
        Ok(document) => Ok(Layer::compile(
            vec![(PolicySlot::Session, std::borrow::Cow::Owned(document))],
            (0, 0),
            settings,
        )),
        Err(faults) => {
            let error = ParseError::first(text.as_str(), faults);
            Err(CallError::invalid(&error))
        }
    }
}

/// What a check must be told of the accounts.
fn conditions(caller: Option<&Account>, owner: &Account) -> &'static [Fact] {
    let is_managed_here =
        |account: &Account| (account.organization.as_ref()).is_some_and(|o| o.is_managed_here);
    match (caller.is_some_and(is_managed_here), is_managed_here(owner)) {
        (false, false) => &[],
        (true, false) => &[Fact::PrincipalInManagementAccount],
        (false, true) => &[Fact::ResourceInManagementAccount],
        (true, true) => &[
            Fact::PrincipalInManagementAccount,
            Fact::ResourceInManagementAccount,
        ],
    }
}

fn way<'c>(world: &'c World, path: &'c Path) -> Option<Way<'c>> {
    Some(match path {
        Path::Internet { address } => Way::Internet { address },
        Path::Endpoint { endpoint, address } => {
            let network = world.network(endpoint)?;
            Way::Vpc {
                network,
                account: world.accounts.get(network.account)?,
                address,
            }
        }
    })
}

impl World {
    pub(super) fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.get(*self.accounts_by_id.get(id)?)
    }

    fn runtime(&self, id: &str) -> Option<&Runtime> {
        self.runtimes.get(*self.runtimes_by_id.get(id)?)
    }

    fn network(&self, endpoint: &str) -> Option<&Network> {
        self.networks.get(*self.networks_by_id.get(endpoint)?)
    }
}
