//! Staging: a world is made with the public APIs of AWS, and with an admin route where no API says it.

mod callers;
mod identities;
mod others;
mod policies;
mod resources;
mod teardown;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use veriam_model::{Call, Caller, World};

use crate::names::Names;
use crate::observe::is_not_served;
use crate::raw::{Broken, Raw};
use crate::server::{Server, not_served, unstated};
use crate::session::{Credentials, Proof, Session};

pub(crate) use callers::{Acting, FEDERATE};
pub(crate) use others::prefix;
pub(crate) use policies::kind_of;
use teardown::Made;

/// Why a world does not stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unstaged {
    /// The target cannot be told this; the same words for all worlds of one reason.
    Unsupported(String),
    /// Something went wrong that has nothing to do with what is asked.
    Broken(String),
    /// Nobody answers.
    Unanswered(String),
}

impl fmt::Display for Unstaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unstaged::Unsupported(why) | Unstaged::Broken(why) | Unstaged::Unanswered(why) => {
                f.write_str(why)
            }
        }
    }
}

impl From<Broken> for Unstaged {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Unmade(_) => {
                Unstaged::Unsupported("worlds with texts that no request can carry".to_owned())
            }
            Broken::Unanswered(_) => Unstaged::Unanswered(broken.to_string()),
        }
    }
}

/// Codes with which services say that they do not want what they were given, whoever asks.
const REFUSALS: [&str; 9] = [
    "ValidationException",
    "ValidationError",
    "InvalidInput",
    "MalformedPolicyDocument",
    "PackedPolicyTooLarge",
    "LimitExceeded",
    "ServiceQuotaExceededException",
    "InvalidParameterValue",
    "InvalidParameterException",
];

/// Whether a service says that it does not want what it was given.
pub(crate) fn is_refusal(raw: &Raw) -> bool {
    REFUSALS.contains(&raw.code.as_deref().unwrap_or_default())
}

impl Unstaged {
    pub(crate) fn unsupported(why: &str) -> Self {
        Unstaged::Unsupported(why.to_owned())
    }

    /// What a response that is no success means for the world.
    pub(crate) fn refused(operation: &str, raw: &Raw) -> Self {
        let code = raw.code.as_deref().unwrap_or_default();
        if is_not_served(raw) {
            return Unstaged::Unsupported(not_served(operation));
        }
        if is_refusal(raw) {
            return Unstaged::Unsupported(format!("worlds that {operation} refuses: {code}"));
        }
        let message = raw.message.as_deref().unwrap_or("no message");
        Unstaged::Broken(format!(
            "{operation} ended with {} {code}: {message}",
            raw.status
        ))
    }
}

/// What an operation answers; or why the world does not stand.
pub(crate) fn answered<O, E>(
    operation: &str,
    result: Result<O, SdkError<E, HttpResponse>>,
) -> Result<O, Unstaged>
where
    E: std::error::Error + 'static,
{
    match result {
        Ok(output) => Ok(output),
        Err(error) => {
            let raw = Raw::from_sdk(Err::<O, _>(error))?;
            Err(match raw.is_success() {
                true => Unstaged::Broken(format!("{operation} answers what cannot be read")),
                false => Unstaged::refused(operation, &raw),
            })
        }
    }
}

/// A world that stands on a server.
pub(crate) struct Stage<'s> {
    server: &'s Server,
    /// As it stands.
    pub(crate) world: World,
    names: Names,
    made: Vec<Made>,
    /// The access keys of users, by account and name.
    keys: BTreeMap<(String, String), Credentials>,
    /// Who acts in each call, in the order of the calls.
    pub(crate) acting: Vec<Result<Acting, Unstaged>>,
}

/// The way a base URL leads before anybody cares which.
pub(crate) const SOMEWHERE: &str = "203.0.113.1";

impl<'s> Stage<'s> {
    /// Makes a world and the credentials of those who call in it. Where the world cannot be made, what there is of it is
    /// taken away again.
    pub(crate) async fn make(
        server: &'s Server,
        drawn: &World,
        calls: &[&Call],
    ) -> Result<Self, Unstaged> {
        let mut stage = Self {
            server,
            world: drawn.clone(),
            names: Names::default(),
            made: Vec::new(),
            keys: BTreeMap::new(),
            acting: Vec::new(),
        };
        match stage.build(drawn, calls).await {
            Ok(()) => Ok(stage),
            Err(why) => {
                stage.take_down().await;
                Err(why)
            }
        }
    }

    async fn build(&mut self, drawn: &World, calls: &[&Call]) -> Result<(), Unstaged> {
        self.ground(drawn).await?;
        self.driver(calls);
        self.make_identities(&assumed(calls)).await?;
        self.make_resources().await?;
        // Policies, and organizations after them, come when nobody has to ask for credentials any more: they could deny it.
        self.make_acting(drawn, calls).await?;
        self.put_policies().await?;
        self.join(drawn).await
    }

    /// What is there before anybody makes anything: accounts on their own, VPC endpoints, an issuer of tokens.
    async fn ground(&mut self, drawn: &World) -> Result<(), Unstaged> {
        let mut ground = World::new(&drawn.region);
        ground.partition.clone_from(&drawn.partition);
        ground.accounts.clone_from(&drawn.accounts);
        for account in &mut ground.accounts {
            account.organization = None;
        }
        ground.networks.clone_from(&drawn.networks);
        let Some(admin) = &self.server.admin else {
            if let Some(why) = unstated(drawn) {
                return Err(Unstaged::unsupported(why));
            }
            self.world.accounts = ground.accounts;
            self.world.networks.clear();
            return Ok(());
        };
        // Those come with what they belong to; nobody makes them.
        let managed = drawn.workload_identities.iter().filter(|w| w.managed);
        ground.workload_identities = managed.cloned().collect();
        admin.load(&ground).await?;
        if let Some(config) = self.server.issuer.config() {
            admin.issuer(&config).await?;
        }
        admin.ids(drawn).await
    }

    /// Puts accounts where they stand in their organizations.
    async fn join(&mut self, drawn: &World) -> Result<(), Unstaged> {
        // Our emulator has no other services. Elsewhere they come with their policies, in which the names stand by now.
        let Some(admin) = &self.server.admin else {
            return self.make_others().await;
        };
        for account in &drawn.accounts {
            if let Some(membership) = &account.organization {
                admin.organization(&account.id, membership).await?;
            }
        }
        Ok(())
    }

    /// What something drawn is called here.
    pub(crate) fn name_of<'n>(&'n self, drawn: &'n str) -> &'n str {
        self.names.of(drawn)
    }

    /// A text with the names that things have here; none where a wildcard stands for a part of one.
    pub(crate) fn text_of(&self, drawn: &str) -> Option<String> {
        self.names.put_into(drawn)
    }

    /// The root user of an account.
    fn root(&self, account: &str) -> Arc<Session> {
        self.server.root(account, &self.world.region)
    }

    /// A session of somebody by the public way.
    pub(crate) fn session(&self, proof: Proof) -> Session {
        let base = self.server.base(&self.world.region);
        Session::new(&self.server.connection, base, proof, None)
    }
}

/// The roles that somebody has to be a session of, as account and name.
fn assumed(calls: &[&Call]) -> BTreeSet<(String, String)> {
    let roles = calls.iter().filter_map(|call| match &call.caller {
        Caller::Session(session) => Some((session.account.clone(), session.role.clone())),
        _ => None,
    });
    roles.collect()
}
