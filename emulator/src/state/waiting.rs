//! Ids that wait: what is made next gets these instead of random ones.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::Deserialize;

use super::{Kind, State};

/// Ids for what is made next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// Of resources of AgentCore, each its name, a hyphen and more: `support_agent-AbCdEf0123`.
    #[serde(default)]
    resources: Vec<String>,
    /// Of users, by account and friendly name: `111122223333/alice`.
    #[serde(default)]
    users: BTreeMap<String, String>,
    /// Of roles, likewise.
    #[serde(default)]
    roles: BTreeMap<String, String>,
}

/// What cannot be an id, or not that of what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoId(String);

impl fmt::Display for NoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text) = self;
        write!(
            f,
            "{text:?} is no id to wait for; write name-rest in letters, digits, hyphens and underscores for resources, each \
             once, and \"account/name\": \"id\" for users and roles"
        )
    }
}

impl std::error::Error for NoId {}

/// The kinds of resources of AgentCore whose ids begin with their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// A runtime.
    Runtime,
    /// A gateway.
    Gateway,
    /// A memory.
    Memory,
    /// A harness.
    Harness,
    /// A browser or a code interpreter.
    Tool,
}

impl Waiting {
    /// Whether all of them can be ids.
    ///
    /// # Errors
    /// [`NoId`] with the first that cannot.
    fn check(&self) -> Result<(), NoId> {
        let mut seen = HashSet::new();
        for id in &self.resources {
            let named = id.rsplit_once('-');
            let named = named.is_some_and(|(name, rest)| !(name.is_empty() || rest.is_empty()));
            if !(named && is_word(id) && seen.insert(id)) {
                return Err(NoId(id.clone()));
            }
        }
        for (name, id) in self.users.iter().chain(&self.roles) {
            if !is_owned(name) {
                return Err(NoId(name.clone()));
            }
            if !is_word(id) {
                return Err(NoId(id.clone()));
            }
        }
        Ok(())
    }
}

/// What ids hold.
fn is_word(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
    !text.is_empty() && text.bytes().all(fits)
}

/// Whether it is an account and the friendly name of an identity.
fn is_owned(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b);
    text.split_once('/').is_some_and(|(account, name)| {
        let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        is_account && !name.is_empty() && name.bytes().all(fits)
    })
}

impl State {
    /// Says which ids wait, in place of those that did.
    ///
    /// # Errors
    /// [`NoId`]; then those that waited still do.
    pub fn set_waiting(&mut self, waiting: Waiting) -> Result<(), NoId> {
        waiting.check()?;
        self.waiting = waiting;
        Ok(())
    }

    /// The id of a resource that is being made: the first that waits for its name and is not in use, else one that ends in
    /// ten random characters.
    pub fn resource_id(&mut self, kind: ResourceKind, name: &str) -> String {
        let fits = |id: &str| {
            let rest = id.strip_prefix(name).and_then(|id| id.strip_prefix('-'));
            rest.is_some_and(|rest| !rest.is_empty()) && !self.is_in_use(kind, id)
        };
        let found = self.waiting.resources.iter().position(|id| fits(id));
        match found {
            Some(at) => self.waiting.resources.remove(at),
            None => {
                let suffix = self.ids.suffix(kind == ResourceKind::Gateway);
                format!("{name}-{suffix}")
            }
        }
    }

    fn is_in_use(&self, kind: ResourceKind, id: &str) -> bool {
        match kind {
            ResourceKind::Runtime => self.world.runtime(id).is_some(),
            ResourceKind::Gateway => self.world.gateway(id).is_some(),
            ResourceKind::Memory => self.world.memory(id).is_some(),
            ResourceKind::Harness => self.world.harness(id).is_some(),
            ResourceKind::Tool => self.world.tool(id).is_some(),
        }
    }

    /// The id of a user or role that is being made: the one that waits, else a random one.
    pub(super) fn identity_id(&mut self, kind: Kind, account: &str, name: &str) -> String {
        let (waiting, prefix) = match kind {
            Kind::User => (&mut self.waiting.users, "AIDA"),
            Kind::Role => (&mut self.waiting.roles, "AROA"),
        };
        let found = waiting.remove(&format!("{account}/{name}"));
        found.unwrap_or_else(|| self.ids.unique(prefix))
    }
}
