//! A call: found in its world, authenticated, judged (sections 5.2 and 6 of the readings).

use std::cell::OnceCell;

use veriam_model::{Call, Caller, Outcome, Path, PolicySlot, PolicyText, PolicyType, Request};

use super::facts::{Facts, PutTogether, Way};
use super::judge::Judge;
use super::layer::Layer;
use super::pairs::{Asked, Pairs};
use super::parts::{Account, Identity, Network};
use super::party::Party;
use super::runtime::{self, Runtime};
use super::well_formed::{is_well_formed, malformed};
use super::{CallError, World, control, gateway, harness, identity, memory, other, tool};
use crate::settings::Settings;
use crate::{Limits, ParseError, grammar};

/// Decides a call.
pub(super) fn decide(world: &World, call: &Call) -> Result<Outcome, CallError> {
    let session_arn = OnceCell::new();
    let mut pairs = Pairs::new();
    let found = Found::find(world, call, &session_arn, &mut pairs);
    let Found { way, party, asked } = match found {
        Some(found) if is_well_formed(world, call) => found,
        _ => return Err(malformed(world, call)),
    };
    let session = |counts| {
        let text = call.session_policy().filter(|_| counts);
        let policy = text.map(|text| session_policy(text, &world.settings));
        policy.transpose()
    };
    match asked {
        Asked::Answered(outcome) => Ok(outcome),
        Asked::Pairs => {
            let session = session(true)?;
            let is_of_runtime = matches!(call.request, Request::Runtime(_));
            let judge = judge(world, call, &party, way, session.as_ref());
            Ok(judge.outcome(&pairs, is_of_runtime))
        }
        Asked::Open(open) => {
            let session = session(open.is_signed && open.honours_denies)?;
            let (party, way) = if open.is_signed {
                (party, way)
            } else {
                // Whoever it is comes as nobody, and by the way that is there for everybody.
                let way = Way::find(world, &call.from).unwrap_or(way);
                (Party::nobody(), way)
            };
            let judge = judge(world, call, &party, way, session.as_ref());
            Ok(judge.outcome_of_open(&open))
        }
    }
}

/// Everything that is the same for all pairs of a call.
fn judge<'c>(
    world: &'c World,
    call: &'c Call,
    party: &Party<'c>,
    way: Way<'c>,
    session: Option<&'c Layer>,
) -> Judge<'c> {
    let identity = party.identity;
    Judge {
        settings: &world.settings,
        caller: party.caller,
        home: party.home(),
        identity: identity.and_then(|i| i.policies.as_ref()),
        boundary: identity.and_then(|i| i.boundary.as_ref()),
        session,
        endpoint_policy: match way {
            Way::Internet { .. } | Way::Unseen => None,
            Way::Vpc { network, .. } => network.policy.as_ref(),
        },
        facts: Facts {
            settings: &world.settings,
            who: party.who,
            via: via(&call.request),
            way,
            at: call.at,
            user_agent: &call.user_agent,
            region: &world.region,
            put_together: PutTogether::default(),
        },
    }
}

/// What a call names.
struct Found<'c> {
    way: Way<'c>,
    party: Party<'c>,
    asked: Asked<'c>,
}

impl<'c> Found<'c> {
    fn find(
        world: &'c World,
        call: &'c Call,
        session_arn: &'c OnceCell<String>,
        pairs: &mut Pairs<'c>,
    ) -> Option<Self> {
        let party = Party::find(world, &call.caller, session_arn)?;
        let way = Way::find(world, &call.from)?;
        // A service asks from its own network, for itself or for somebody else.
        let is_service = matches!(call.caller, Caller::Service(_)) || via(&call.request).is_some();
        Some(Self {
            way: if is_service { Way::Unseen } else { way },
            asked: ask(world, call, &party, pairs)?,
            party,
        })
    }
}

/// Lists what the request asks of the policies; none when it names what is not there.
fn ask<'c>(
    world: &'c World,
    call: &'c Call,
    party: &Party<'c>,
    pairs: &mut Pairs<'c>,
) -> Option<Asked<'c>> {
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
