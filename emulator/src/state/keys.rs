//! Access keys and sessions: what can sign, and as whom.

use std::collections::HashMap;

use veriam_model::{Caller, RootCaller, UserCaller};

use super::State;
use crate::Secret;
use crate::auth::Key;

/// The most keys and sessions there can be at one time; those that are over do not count.
const MOST: usize = 100_000;
/// So many are not worth looking through for those that are over.
const FEW: usize = 1_024;

pub(super) struct Keys {
    bootstrap: Secret,
    entries: HashMap<String, Entry>,
    /// How many entries there may be before those that are over are looked for again.
    sweep_at: usize,
    /// When they were looked for last, in seconds since 1970: within one second nothing more can end.
    swept: Option<u64>,
}

struct Entry {
    key: Key,
    active: bool,
    created: u64,
}

impl Keys {
    pub(super) fn new(bootstrap: Secret) -> Self {
        Self {
            bootstrap,
            entries: HashMap::new(),
            sweep_at: FEW,
            swept: None,
        }
    }

    pub(super) fn clear(&mut self) {
        self.entries = HashMap::new();
        self.sweep_at = FEW;
        self.swept = None;
    }

    /// Forgets what is over, once the entries are twice as many as were left the last time: each is looked at a few
    /// times in its life, however many there are.
    fn sweep(&mut self, now: u64) {
        if self.entries.len() < self.sweep_at || self.swept == Some(now) {
            return;
        }
        let lives = |entry: &Entry| entry.key.expires.is_none_or(|end| end > now);
        self.entries.retain(|_, entry| lives(entry));
        self.sweep_at = self.entries.len().saturating_mul(2).clamp(FEW, MOST);
        self.swept = Some(now);
        if self.entries.capacity() > self.sweep_at.saturating_mul(4) {
            self.entries.shrink_to(self.sweep_at);
        }
    }
}

/// Credentials as they are handed out, once.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The access key id.
    pub id: String,
    /// The secret access key.
    pub secret: Secret,
    /// The session token, of temporary credentials.
    pub token: Option<Secret>,
}

/// What can be read of an access key afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// The access key id.
    pub id: String,
    /// Whether it can be used.
    pub active: bool,
    /// When it was made, in seconds since 1970.
    pub created: u64,
}

/// There are as many keys and sessions as there can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyKeys;

impl State {
    /// What an access key id stands for. A twelve-digit id is the root user of that account (the account itself is made
    /// by [`State::ensure_account`], once the signature is known to be good).
    #[must_use]
    pub fn key(&self, id: &str) -> Option<Key> {
        if id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()) {
            let account = id.to_owned();
            return Some(Key {
                secret: self.keys.bootstrap.clone(),
                token: None,
                expires: None,
                caller: Caller::Root(RootCaller { account }),
                transitive: Vec::new(),
            });
        }
        let entry = self.keys.entries.get(id).filter(|entry| entry.active)?;
        self.knows(&entry.key.caller).then(|| entry.key.clone())
    }

    /// Makes credentials for a caller. `expires`: until when, in seconds since 1970; none makes a long-term key, without
    /// session token.
    ///
    /// # Errors
    /// [`TooManyKeys`].
    pub fn issue(
        &mut self,
        caller: Caller,
        now: u64,
        expires: Option<u64>,
    ) -> Result<Issued, TooManyKeys> {
        self.issue_passing(caller, Vec::new(), now, expires)
    }

    /// As [`State::issue`], with session tags, by their keys, that pass on to sessions made with the credentials.
    ///
    /// # Errors
    /// [`TooManyKeys`].
    pub fn issue_passing(
        &mut self,
        caller: Caller,
        transitive: Vec<String>,
        now: u64,
        expires: Option<u64>,
    ) -> Result<Issued, TooManyKeys> {
        self.keys.sweep(now);
        if self.keys.entries.len() >= MOST {
            return Err(TooManyKeys);
        }
        let id = self
            .ids
            .key(if expires.is_some() { "ASIA" } else { "AKIA" });
        let secret = Secret::new(self.ids.secret());
        let token = expires.map(|_| Secret::new(self.ids.token()));
        let key = Key {
            secret: secret.clone(),
            token: token.clone(),
            expires,
            caller,
            transitive,
        };
        let entry = Entry {
            key,
            active: true,
            created: now,
        };
        self.keys.entries.insert(id.clone(), entry);
        Ok(Issued { id, secret, token })
    }

    /// The long-term keys of a user, in the order of their ids.
    #[must_use]
    pub fn keys_of(&self, account: &str, user: &str) -> Vec<KeyInfo> {
        let keys = self
            .keys
            .entries
            .iter()
            .filter(|(_, entry)| is_of(entry, account, user));
        let mut keys: Vec<KeyInfo> = keys
            .map(|(id, entry)| KeyInfo {
                id: id.clone(),
                active: entry.active,
                created: entry.created,
            })
            .collect();
        keys.sort_by(|a, b| a.id.cmp(&b.id));
        keys
    }

    /// Turns a key of a user on or off; false: the user has no such key.
    pub fn set_key(&mut self, account: &str, user: &str, id: &str, active: bool) -> bool {
        let entry = self
            .keys
            .entries
            .get_mut(id)
            .filter(|entry| is_of(entry, account, user));
        entry.map(|entry| entry.active = active).is_some()
    }

    /// Removes a key of a user; false: the user has no such key.
    pub fn remove_key(&mut self, account: &str, user: &str, id: &str) -> bool {
        let found = self
            .keys
            .entries
            .get(id)
            .is_some_and(|entry| is_of(entry, account, user));
        found && self.keys.entries.remove(id).is_some()
    }
}

/// Whether it is a long-term key of that user.
fn is_of(entry: &Entry, account: &str, user: &str) -> bool {
    let key = &entry.key;
    matches!(&key.caller, Caller::User(UserCaller { account: a, name, .. }) if a == account && name == user)
        && key.expires.is_none()
}

#[cfg(test)]
mod tests {
    use veriam_model::{Caller, RootCaller};

    use super::{FEW, State};
    use crate::Secret;

    #[test]
    fn sessions_that_are_over_are_forgotten_while_others_are_made() {
        let mut state = State::new("us-west-2", Secret::new("test"));
        let caller = || {
            let account = "111122223333".to_owned();
            Caller::Root(RootCaller { account })
        };
        let lasting = state.issue(caller(), 0, None).unwrap();
        let mut most = 0;
        // One a second, each for ten seconds.
        for now in 0..2_500 {
            state.issue(caller(), now, Some(now + 10)).unwrap();
            most = most.max(state.keys.entries.len());
        }
        assert!(most <= FEW, "{most}");
        assert!(state.keys.entries.contains_key(&lasting.id));
        state.reset();
        assert_eq!(state.keys.entries.capacity(), 0, "a reset gives it back");
    }
}
