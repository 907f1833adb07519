//! A server: what it says about itself, and how to reach it as the root user of an account.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use veriam_model::{Call, Caller, Membership, Path, World};

use crate::admin::Admin;
use crate::connection::Connection;
use crate::issuer::Issuer;
use crate::needed::{asks_for_tls, needed};
use crate::raw::Broken;
use crate::session::{Base, Credentials, Proof, Session};

/// The secret access key that users of local emulators know.
const BOOTSTRAP: &str = "test";

/// A server that speaks the APIs of AWS.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) connection: Connection,
    /// The admin route of our emulator, where the server has it.
    pub(crate) admin: Option<Admin>,
    pub(crate) issuer: Issuer,
    /// The root users of accounts, by account and region: their clients are costly to make.
    roots: Mutex<BTreeMap<(String, String), Arc<Session>>>,
    /// What the server turned out not to have, in the words in which it is told.
    lacks: Mutex<BTreeSet<String>>,
    /// What could not be taken away, as service, account and name: it stands in the way of what is called alike.
    stuck: Mutex<BTreeSet<(&'static str, String, String)>>,
}

/// Why calls by that way are not asked.
const ENDPOINTS: &str = "calls through a VPC endpoint";
/// Why calls with tokens are not asked.
pub(crate) const TOKENS: &str =
    "callers with bearer tokens, whose issuer the target cannot be told";
/// Why services do not call.
pub(crate) const SERVICES: &str = "AWS services as callers, which nobody can be";
/// Why sessions of identity providers do not call.
pub(crate) const PROVIDED: &str = "sessions of identity providers, which nobody can ask for here";
/// Why policies of a kind of resource are not put.
pub(crate) fn unknown_policies(kind: &str) -> String {
    format!("resource policies of a {kind}, which the target does not have")
}

/// Why worlds do not stand on a server without an operation.
pub(crate) fn not_served(operation: &str) -> String {
    format!("worlds that need {operation}, which is not served")
}

impl Server {
    /// Finds out what a server is.
    ///
    /// # Errors
    /// [`Broken`] when nobody answers.
    pub(crate) async fn find(connection: Connection) -> Result<Self, Broken> {
        let admin = Admin::find(&connection).await?;
        let issuer = Issuer::new();
        Ok(Self {
            connection,
            admin,
            issuer,
            roots: Mutex::default(),
            lacks: Mutex::default(),
            stuck: Mutex::default(),
        })
    }

    /// Requests of the root user of an account: the access key id is the account id, as users of local emulators know it.
    pub(crate) fn root(&self, account: &str, region: &str) -> Arc<Session> {
        let mut roots = self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        let root = roots.entry((account.to_owned(), region.to_owned()));
        let made = || Session::new(&self.connection, self.base(region), root_key(account), None);
        Arc::clone(root.or_insert_with(|| Arc::new(made())))
    }

    /// Keeps in mind what the server does not have, as it was told.
    pub(crate) fn lacks(&self, why: &str) {
        let mut lacks = self.lacks.lock().unwrap_or_else(PoisonError::into_inner);
        lacks.insert(why.to_owned());
    }

    /// Keeps in mind that something of a service could not be taken away.
    pub(crate) fn left_behind(&self, service: &'static str, account: &str, name: &str) {
        let mut stuck = self.stuck.lock().unwrap_or_else(PoisonError::into_inner);
        stuck.insert((service, account.to_owned(), name.to_owned()));
    }

    /// A name like that one which nothing that was left behind has.
    pub(crate) fn free_name(&self, service: &'static str, account: &str, name: &str) -> String {
        let stuck = self.stuck.lock().unwrap_or_else(PoisonError::into_inner);
        let free = |name: &String| !stuck.contains(&(service, account.to_owned(), name.clone()));
        let others = (2u64..).map(|n| format!("{name}-{n}"));
        let mut names = std::iter::once(name.to_owned()).chain(others);
        names.find(free).unwrap_or_else(|| name.to_owned())
    }

    /// Why a call cannot be asked of a server without an admin route, where that shows before anything is made.
    pub(crate) fn cannot(&self, world: &World, call: &Call) -> Option<String> {
        if let Some(why) = unstated(world) {
            return Some(why.to_owned());
        }
        let told = match (&call.from, &call.caller) {
            (Path::Endpoint { .. }, _) => Some(ENDPOINTS),
            (_, Caller::Jwt(_)) => Some(TOKENS),
            (_, Caller::Service(_)) => Some(SERVICES),
            (_, Caller::Session(session)) if session.provider.is_some() => Some(PROVIDED),
            _ => None,
        };
        if let Some(why) = told {
            return Some(why.to_owned());
        }
        let needed = needed(world, &[call]);
        if asks_for_tls(&needed, &[call]) {
            return Some("policies on aws:SecureTransport, over plain HTTP".to_owned());
        }
        let lacks = self.lacks.lock().unwrap_or_else(PoisonError::into_inner);
        let mut needs = needs(&needed).into_iter();
        needs.find(|need| lacks.contains(need))
    }
}

/// What no API of AWS that an emulator has says about a world.
pub(crate) fn unstated(world: &World) -> Option<&'static str> {
    let limited = |membership: &Membership| {
        let mut levels = membership.scps.iter().chain(&membership.rcps);
        levels.any(|level| !level.is_empty())
    };
    let accounts = world.accounts.iter();
    let mut memberships = accounts.filter_map(|a| a.organization.as_ref());
    if memberships.any(limited) {
        return Some("worlds with SCPs or RCPs");
    }
    (world.partition != "aws").then_some("worlds of another partition")
}

/// What a world needs that servers may not have, in the words in which it is told.
fn needs(world: &World) -> Vec<String> {
    let operations = [
        ("CreateGateway", world.gateways.is_empty()),
        ("CreateHarness", world.harnesses.is_empty()),
        ("CreateMemory", world.memories.is_empty()),
        ("CreateBrowser", world.tools.is_empty()),
        ("CreateCodeInterpreter", world.tools.is_empty()),
        (
            "CreateWorkloadIdentity",
            world.workload_identities.is_empty(),
        ),
    ];
    let operations = operations.iter().filter(|(_, none)| !none);
    let mut needs: Vec<String> = operations.map(|(name, _)| not_served(name)).collect();
    if world.memories.iter().any(|m| m.policy.is_some()) {
        needs.push(unknown_policies("memory"));
    }
    if world.gateways.iter().any(|g| g.policy.is_some()) {
        needs.push(unknown_policies("gateway"));
    }
    needs
}

impl Server {
    /// The public way, now.
    pub(crate) fn base(&self, region: &str) -> Base {
        Base {
            url: self.connection.base().to_owned(),
            region: region.to_owned(),
            at: None,
        }
    }
}

/// The key of the root user of an account.
pub(crate) fn root_key(account: &str) -> Proof {
    Proof::Key(Credentials {
        key_id: account.to_owned(),
        secret: BOOTSTRAP.to_owned(),
        token: None,
    })
}
