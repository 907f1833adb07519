//! What the emulator holds: a world, who may sign, who issues tokens, and which base URLs stand for which paths and times.

mod iam;
mod ids;
mod keys;
mod managed;
mod names;
mod versions;
mod waiting;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use veriam_evaluator::WorldError;
use veriam_model::{Account, Caller, Dialect, Path, World};

use crate::Secret;
use crate::auth::jwt::Issuers;
use iam::Iam;
use ids::Ids;
use keys::Keys;
use versions::Versions;

pub use iam::{IamError, Kind};
pub use keys::{Issued, KeyInfo, TooManyKeys};
pub use managed::Managed;
pub use names::{identity_arn, principal_arn, resource_arn};
pub use versions::{DEFAULT, Version};
pub use waiting::{NoId, ResourceKind, Waiting};

/// How requests below one base URL come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Over which path.
    pub path: Path,
    /// When, in seconds since 1970; none: when they come.
    pub at: Option<u64>,
}

/// The whole state. Whoever shares it between threads puts a lock around it; what decides calls is compiled once and
/// handed out, so that no decision is made under the lock.
pub struct State {
    world: World,
    iam: Iam,
    keys: Keys,
    /// The issuers of bearer tokens.
    pub issuers: Issuers,
    ways: BTreeMap<String, Way>,
    ids: Ids,
    waiting: Waiting,
    /// By the ids of runtimes.
    versions: BTreeMap<String, Versions>,
    compiled: OnceLock<Result<Arc<veriam_evaluator::World>, WorldError>>,
}

impl State {
    /// Nothing, in a region. `bootstrap` is the secret of the access keys whose ids are account ids.
    #[must_use]
    pub fn new(region: &str, bootstrap: Secret) -> Self {
        Self {
            world: World::new(region),
            iam: Iam::default(),
            keys: Keys::new(bootstrap),
            issuers: Issuers::default(),
            ways: BTreeMap::new(),
            ids: Ids::new(),
            waiting: Waiting::default(),
            versions: BTreeMap::new(),
            compiled: OnceLock::new(),
        }
    }

    /// Forgets everything, issuers included, and keeps region and partition.
    pub fn reset(&mut self) {
        let mut world = World::new(self.world.region.clone());
        world.partition.clone_from(&self.world.partition);
        self.put(world);
        self.issuers = Issuers::default();
    }

    /// Replaces the world, and forgets access keys, sessions, ways and waiting ids of the one
    /// before. Policies of identities become
    /// inline policies `policy-1`, `policy-2`, …; boundaries become managed policies.
    ///
    /// # Errors
    /// [`WorldError`] when the world is not well-formed or one of its policies is invalid; then nothing changes.
    pub fn load(&mut self, world: World) -> Result<(), WorldError> {
        let compiled = veriam_evaluator::World::new(&world, &Dialect::default())?;
        self.put(world);
        self.compiled = OnceLock::from(Ok(Arc::new(compiled)));
        Ok(())
    }

    fn put(&mut self, world: World) {
        self.iam = Iam::of(&world);
        self.keys.clear();
        self.ways.clear();
        self.waiting = Waiting::default();
        let runtimes = world.runtimes.iter();
        self.versions = runtimes.map(|r| (r.id.clone(), Versions::of(r))).collect();
        self.world = world;
        self.compiled = OnceLock::new();
    }

    /// The world as it stands.
    #[must_use]
    pub const fn world(&self) -> &World {
        &self.world
    }

    /// The world, to be changed; what was compiled of it is thrown away.
    pub fn change(&mut self) -> &mut World {
        self.compiled = OnceLock::new();
        &mut self.world
    }

    /// The world compiled, to decide calls with.
    ///
    /// # Errors
    /// [`WorldError`] when it cannot be, which no request can bring about: each policy is checked when it comes in.
    pub fn judge(&self) -> Result<Arc<veriam_evaluator::World>, WorldError> {
        let compile =
            || veriam_evaluator::World::new(&self.world, &Dialect::default()).map(Arc::new);
        self.compiled.get_or_init(compile).clone()
    }

    /// Adds an account that is not there yet, on its own, outside of any organization.
    pub fn ensure_account(&mut self, id: &str) {
        if self.world.account(id).is_none() {
            let id = id.to_owned();
            self.change().accounts.push(Account {
                id,
                organization: None,
            });
        }
    }

    /// Whether the caller is one of the world.
    #[must_use]
    pub fn knows(&self, caller: &Caller) -> bool {
        match caller {
            Caller::User(user) => self.world.user(&user.account, &user.name).is_some(),
            Caller::Federated(session) => {
                self.world.user(&session.account, &session.user).is_some()
            }
            Caller::Session(session) => self.world.role(&session.account, &session.role).is_some(),
            Caller::Root(root) => self.world.account(&root.account).is_some(),
            Caller::Jwt(_) | Caller::Service(_) | Caller::Anonymous => true,
        }
    }

    /// Gives a base URL its way: requests below `/via/<name>` come so.
    pub fn add_way(&mut self, name: &str, way: Way) {
        self.ways.insert(name.to_owned(), way);
    }

    /// The way of a base URL.
    #[must_use]
    pub fn way(&self, name: &str) -> Option<&Way> {
        self.ways.get(name)
    }
}
