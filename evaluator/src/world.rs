//! Worlds: accounts, identities, resources and networks with their policies, compiled once; calls in them, decided.

mod build;
mod call;
mod carried;
mod control;
mod error;
mod facts;
mod gateway;
mod harness;
mod identity;
mod judge;
mod key;
mod layer;
mod memory;
mod open;
mod operation;
mod other;
mod pairs;
mod parts;
mod party;
mod runtime;
mod time;
mod token;
mod tool;
mod values;
mod well_formed;

use std::collections::HashMap;

use veriam_model::{Call, Dialect, Outcome};

use crate::settings::Settings;
use gateway::Gateway;
use harness::Harness;
use parts::{Account, Identity, Network, Thing};
use runtime::Runtime;
use tool::{OfAws, Tool};

pub use error::{CallError, WorldError};
pub use operation::{On, Operation, Passes};

/// A compiled world that decides calls.
///
/// A world never changes; any number of threads may ask it at the same time. Every policy of it was parsed and
/// compiled once, by [`World::new`].
///
/// How a call becomes checks, what context keys it carries and how the decisions combine is sections 5 and 6 of
/// `docs/readings.md`, from the rules `AC-…`.
#[derive(Clone, Debug)]
pub struct World {
    settings: Settings,
    region: Box<str>,
    accounts: Vec<Account>,
    users: Vec<Identity>,
    roles: Vec<Identity>,
    runtimes: Vec<Runtime>,
    /// Resources by their ids, those of other services by their ARNs.
    gateways: HashMap<Box<str>, Gateway>,
    memories: HashMap<Box<str>, Thing>,
    harnesses: HashMap<Box<str>, Harness>,
    tools: HashMap<Box<str>, Tool>,
    tools_of_aws: OfAws,
    others: HashMap<Box<str>, Thing>,
    networks: Vec<Network>,
    /// The accounts, runtimes and networks by their ids.
    accounts_by_id: HashMap<Box<str>, usize>,
    runtimes_by_id: HashMap<Box<str>, usize>,
    networks_by_id: HashMap<Box<str>, usize>,
    /// The world without its policies, which says what is wrong with a call.
    names: veriam_model::World,
}

impl World {
    /// Parses and compiles every policy of a world.
    ///
    /// # Errors
    /// [`WorldError::Malformed`] when the world is not well-formed, else [`WorldError::InvalidPolicy`] with the first
    /// fault of the first invalid policy, in the order of [`veriam_model::World::policies`].
    pub fn new(world: &veriam_model::World, dialect: &Dialect) -> Result<World, WorldError> {
        build::build(world, Settings::new(dialect))
    }

    /// As [`World::new`], with one known bug.
    ///
    /// # Errors
    /// As [`World::new`].
    #[cfg(feature = "planted-mistakes")]
    pub fn with_mistake(
        world: &veriam_model::World,
        dialect: &Dialect,
        mistake: crate::planted::Mistake,
    ) -> Result<World, WorldError> {
        let settings = Settings {
            mistake: Some(mistake),
            ..Settings::new(dialect)
        };
        build::build(world, settings)
    }

    /// The dialect the world was compiled with.
    #[must_use]
    pub fn dialect(&self) -> &Dialect {
        &self.settings.dialect
    }

    /// Decides a call. Never panics; allocates for a session policy, for values the policies ask for that have to be
    /// put together (a user id, a time), for the ARN of a session, and for a denial.
    ///
    /// # Errors
    /// [`CallError::Malformed`] when the call is not well-formed in this world, [`CallError::InvalidPolicy`] when its
    /// session policy is invalid and the call gets as far as policies.
    pub fn decide(&self, call: &Call) -> Result<Outcome, CallError> {
        call::decide(self, call, None)
    }

    /// Decides an operation of the control plane that the model has no request for. The call says who asks, over which path
    /// and when. Its request, any well-formed one to the control plane, is not judged.
    ///
    /// # Errors
    /// As [`World::decide`]; [`CallError::Malformed`] also when an account of the operation is not of the world.
    pub fn decide_operation(
        &self,
        call: &Call,
        operation: &Operation<'_>,
    ) -> Result<Outcome, CallError> {
        call::decide(self, call, Some(operation))
    }
}
