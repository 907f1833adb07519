//! A call: found in its world, authenticated, judged (sections 5.2 and 6 of the readings).

use std::cell::OnceCell;

use veriam_model::{Call, Caller, Outcome, Path, PolicySlot, PolicyText, PolicyType, Request};

use super::facts::{Facts, PutTogether, Way};
use super::judge::Judge;
use super::layer::Layer;
use super::operation::Operation;
use super::pairs::{Asked, Pairs};
use super::parts::{Account, Identity, Network};
use super::party::Party;
use super::runtime::{self, Runtime};
use super::well_formed::{is_well_formed, malformed};
use super::{
    CallError, World, control, gateway, harness, identity, memory, operation, other, tool,
};
use crate::settings::Settings;
use crate::{Limits, ParseError, grammar};

/// Decides a call, or an operation in place of what it asks for.
pub(super) fn decide(
    world: &World,
    call: &Call,
    operation: Option<&Operation<'_>>,
) -> Result<Outcome, CallError> {
    let session_arn = OnceCell::new();
    let mut pairs = Pairs::new();
    // What is large is borrowed from where it was made.
    let party = Party::find(world, &call.caller, &session_arn);
    let way = Way::find(world, &call.from);
    let (Some(party), Some(way)) = (&party, &way) else {
        return Err(malformed(world, call));
    };
    let asked = match operation {
        Some(operation) => operation::ask(world, operation, &mut pairs),
        None => ask(world, call, party, &mut pairs),
    };
    let asked = match asked {
        Some(asked) if is_well_formed(world, call) => asked,
        _ => return Err(malformed(world, call)),
    };
    let open = match asked {
        Asked::Invalid(why) => return Ok(Outcome::Invalid(why)),
        Asked::Rejected(why) => return Ok(Outcome::Rejected(why)),
        Asked::Open(open) => Some(open),
        Asked::Pairs => None,
    };
    let counts = open.is_none_or(|open| open.is_signed && open.honours_denies);
    let compiled;
    let session = match call.session_policy().filter(|_| counts) {
        Some(text) => {
            compiled = session_policy(text, &world.settings)?;
            Some(&compiled)
        }
        None => None,
    };
    let via = via(&call.request);
    // Whoever it is comes as nobody where nobody is asked.
    let nobody;
    let (party, way) = if open.is_some_and(|open| !open.is_signed) {
        nobody = Party::nobody();
        (&nobody, way)
    } else if via.is_some() || matches!(call.caller, Caller::Service(_)) {
        // A service asks from its own network, for itself or for somebody else.
        (party, &Way::Unseen)
    } else {
        (party, way)
    };
    let home = party.home();
    let judge = Judge {
        settings: &world.settings,
        caller: party.caller,
        home,
        identity: party.policies(),
        boundary: party.boundary(),
        session,
        scps: home.and_then(|account| account.scps.as_ref()),
        endpoint_policy: match way {
            Way::Internet { .. } | Way::Unseen => None,
            Way::Vpc { network, .. } => network.policy.as_ref(),
        },
        facts: Facts {
            settings: &world.settings,
            who: &party.who,
            via,
            way,
            at: call.at,
            user_agent: &call.user_agent,
            region: &world.region,
            put_together: PutTogether::default(),
        },
    };
    Ok(match open {
        Some(open) => judge.outcome_of_open(&pairs, open),
        None => judge.outcome(&pairs, matches!(call.request, Request::Runtime(_))),
    })
}

/// Lists what the request asks of the policies; none when it names what is not there.
fn ask<'c>(
    world: &'c World,
    call: &'c Call,
    party: &Party<'c>,
    pairs: &mut Pairs<'c>,
) -> Option<Asked> {
    match &call.request {
        Request::Runtime(request) => runtime::ask(world, call, request, party, pairs),
        Request::Gateway(request) => gateway::ask(world, call, request, pairs),
        Request::Memory(request) => memory::ask(world, request, party, pairs),
        Request::Harness(request) => harness::ask(world, call, request, party, pairs),
        Request::Tool(request) => tool::ask(world, request, pairs),
        Request::Identity(request) => identity::ask(world, request, party, pairs),
        Request::Control(request) => control::ask(world, request, party, pairs),
        Request::AssumeRole(request) => other::ask_for_role(world, request, pairs),
        Request::Other(request) => other::ask(world, request, party, pairs),
    }
}

/// The service that asks with the caller's credentials (AC-137).
fn via(request: &Request) -> Option<&str> {
    match request {
        Request::Other(request) => request.via.as_deref(),
        _ => None,
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

impl<'c> Way<'c> {
    fn find(world: &'c World, path: &'c Path) -> Option<Self> {
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
}

impl World {
    pub(super) fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.get(*self.accounts_by_id.get(id)?)
    }

    pub(super) fn role(&self, account: &str, name: &str) -> Option<&Identity> {
        self.roles.get(*self.account(account)?.roles.get(name)?)
    }

    pub(super) fn runtime(&self, id: &str) -> Option<&Runtime> {
        self.runtimes.get(*self.runtimes_by_id.get(id)?)
    }

    fn network(&self, endpoint: &str) -> Option<&Network> {
        self.networks.get(*self.networks_by_id.get(endpoint)?)
    }
}
