//! Scenarios: a world, calls made in it and what should become of them, as people write them by hand.
//!
//! [`load`] reads one from a file with everything it refers to; [`check`] judges its calls with both judges;
//! [`matrix`] is the whole access table of its world, [`diff`] what changes between two of them. `docs/scenarios.md`
//! tells the format.

mod asset;
pub mod check;
pub mod diff;
pub mod embedded;
mod error;
mod expect;
mod facts;
mod fields;
mod files;
mod judge;
pub mod matrix;
mod only;
mod policy;
mod read;
pub mod sibling;
mod time;
mod why;
pub mod yaml;

use veriam_model::{Call, CallCase, Caller, Path, Request, RuleId, Token, World};

use crate::place::Place;

pub use asset::Asset;
pub use error::ScenarioError;
pub use expect::{Expectation, Expected, Level};
pub use files::{Disk, Files, Replaced, find};
pub use judge::{Bench, Disagreement, JudgeError, Judged};

/// The version this program reads.
pub const VERSION: &str = "veriam.scenario/1";

/// When a call is made that does not say when: 2026-01-15T12:00:00Z.
pub const DEFAULT_TIME: u64 = 1_768_478_400;
/// The public address of a call that names none.
pub const DEFAULT_PUBLIC_ADDRESS: &str = "203.0.113.10";
/// The private address of a call through a network that names none.
pub const DEFAULT_PRIVATE_ADDRESS: &str = "10.0.0.10";
/// What the client of a call calls itself that says nothing else.
pub const DEFAULT_USER_AGENT: &str = "veriam-scenario";
/// How long before a call temporary credentials were issued that do not say when, in seconds.
pub const DEFAULT_TOKEN_AGE: u64 = 900;
/// The name of the way that needs no network.
pub const INTERNET: &str = "internet";

/// One scenario, read and checked; every name in it leads somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// The file it was read from.
    pub file: String,
    /// What it is about.
    pub title: String,
    /// Where it comes from.
    pub source: Option<String>,
    /// The world its calls are made in.
    pub world: World,
    /// Who can call, in the order declared.
    pub principals: Vec<Principal>,
    /// What can be called, in the order declared.
    pub resources: Vec<Resource>,
    /// The networks a call can come through, in the order declared.
    pub networks: Vec<Network>,
    /// The calls.
    pub calls: Vec<DeclaredCall>,
    /// Who alone gets in.
    pub only: Vec<Only>,
}

/// A caller with its name in the scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub place: Place,
    /// The caller; the times of its credentials are filled in for each call.
    caller: Caller,
    /// When its credentials were issued; none: shortly before the call.
    issued: Option<u64>,
    /// When it authenticated with MFA.
    mfa: Mfa,
}

/// Whether and when a caller used MFA.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mfa {
    #[default]
    No,
    WhenIssued,
    At(u64),
}

impl Principal {
    /// The caller as it is at a time.
    #[must_use]
    pub fn caller(&self, at: u64) -> Caller {
        let issued = self
            .issued
            .unwrap_or_else(|| at.saturating_sub(DEFAULT_TOKEN_AGE));
        let mfa = match self.mfa {
            Mfa::No => None,
            Mfa::WhenIssued => Some(issued),
            Mfa::At(time) => Some(time),
        };
        let mut caller = self.caller.clone();
        match &mut caller {
            Caller::Session(session) => session.token = Token { issued, mfa },
            Caller::Federated(session) => session.token = Token { issued, mfa },
            Caller::User(user) => {
                if let Some(token) = &mut user.token {
                    *token = Token { issued, mfa };
                }
            }
            Caller::Root(_) | Caller::Jwt(_) | Caller::Service(_) | Caller::Anonymous => {}
        }
        caller
    }
}

/// A resource with its name in the scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its name.
    pub name: String,
    /// What it is in the world.
    pub asset: Asset,
}

/// A network with its name in the scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Its name.
    pub name: String,
    /// The interface endpoint.
    pub endpoint: String,
}

/// A call of a scenario and what should become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredCall {
    /// What it shows, in the author's words; unique in the scenario.
    pub it: String,
    /// Where it is declared.
    pub place: Place,
    /// The name of the caller.
    pub caller: String,
    /// The call.
    pub call: Call,
    /// Rules that the oracle must have applied.
    pub rules: Vec<RuleId>,
    /// What should become of it.
    pub expectation: Expectation,
    /// The `it` of the call to compare it with, where the author names one.
    pub sibling: Option<String>,
}

/// Who alone gets in, for some requests to one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Only {
    /// Where it is declared.
    pub place: Place,
    /// The requests.
    pub requests: Vec<Request>,
    /// The name of the resource.
    pub on: String,
    /// Who gets in, with the ways that lead in; no ways: every one.
    pub callers: Vec<(String, Option<Vec<String>>)>,
    /// Callers for whom the documentation leaves it open on some way.
    pub open: Vec<String>,
}

/// Reads a scenario from a file, with the policies it names.
///
/// # Errors
/// [`ScenarioError`] with the place of the first fault.
pub fn load(path: &std::path::Path) -> Result<Scenario, ScenarioError> {
    Disk.scenario(&path.display().to_string())
}

/// There is no call of that number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchCall {
    /// The number asked for.
    pub number: usize,
    /// How many calls there are.
    pub calls: usize,
}

impl std::fmt::Display for NoSuchCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { number, calls } = self;
        write!(
            f,
            "there is no call {number}; give a number from 1 to {calls}"
        )
    }
}

impl std::error::Error for NoSuchCall {}

impl Scenario {
    /// The `number`-th call, from 1.
    ///
    /// # Errors
    /// [`NoSuchCall`].
    pub fn call(&self, number: usize) -> Result<&DeclaredCall, NoSuchCall> {
        let calls = self.calls.len();
        let index = number.checked_sub(1);
        let call = index.and_then(|index| self.calls.get(index));
        call.ok_or(NoSuchCall { number, calls })
    }

    /// The `number`-th call, from 1, with the world it is made in.
    ///
    /// # Errors
    /// [`NoSuchCall`].
    pub fn case(&self, number: usize) -> Result<CallCase, NoSuchCall> {
        Ok(CallCase {
            world: self.world.clone(),
            call: self.call(number)?.call.clone(),
        })
    }

    /// The principal with that name.
    #[must_use]
    pub fn principal(&self, name: &str) -> Option<&Principal> {
        self.principals.iter().find(|p| p.name == name)
    }

    /// The names of all ways: the internet, then every network.
    pub fn ways(&self) -> impl Iterator<Item = &str> {
        let networks = self.networks.iter().map(|n| n.name.as_str());
        std::iter::once(INTERNET).chain(networks)
    }

    /// A way by its name; what is no network is the internet.
    #[must_use]
    pub fn path(&self, way: &str) -> Path {
        match self.networks.iter().find(|n| n.name == way) {
            Some(network) => Path::Endpoint {
                endpoint: network.endpoint.clone(),
                address: DEFAULT_PRIVATE_ADDRESS.to_owned(),
            },
            None => Path::Internet {
                address: DEFAULT_PUBLIC_ADDRESS.to_owned(),
            },
        }
    }

    /// The name of a way.
    #[must_use]
    pub fn way(&self, path: &Path) -> &str {
        match path {
            Path::Internet { .. } => INTERNET,
            Path::Endpoint { endpoint, .. } => {
                let mut networks = self.networks.iter();
                networks
                    .find(|n| n.endpoint == *endpoint)
                    .map_or(INTERNET, |n| &n.name)
            }
        }
    }

    /// A call with everything at its default that is not given.
    #[must_use]
    pub fn plain_call(&self, principal: &Principal, request: Request, way: &str) -> Call {
        Call {
            caller: principal.caller(DEFAULT_TIME),
            request,
            from: self.path(way),
            at: DEFAULT_TIME,
            user_agent: DEFAULT_USER_AGENT.to_owned(),
        }
    }
}
