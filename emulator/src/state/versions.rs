//! Versions of runtimes, as far as authorizers go (AC-128): the world tells of the newest, and of an endpoint the authorizer
//! of its version where that is another.

use std::collections::BTreeMap;

use veriam_model::{Authorizer, Runtime, RuntimeEndpoint, TokenRules};

use super::State;

/// The endpoint that every runtime has and that follows its newest version.
pub const DEFAULT: &str = "DEFAULT";

/// How callers of a version prove who they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// Its authorizer.
    pub authorizer: Authorizer,
    /// What tokens have to claim.
    pub token_rules: TokenRules,
}

/// The versions of one runtime.
pub(super) struct Versions {
    newest: Version,
    /// Those before, from number 1 on.
    older: Vec<Version>,
    /// The numbers of the versions that endpoints are pinned to; the others follow the newest.
    pins: BTreeMap<String, usize>,
}

impl Versions {
    /// The versions of a runtime of which a world tells: number 1, unless an endpoint has an authorizer of its own; then that
    /// is number 1 and the runtime's is number 2.
    pub(super) fn of(runtime: &Runtime) -> Self {
        let differs = |endpoint: &RuntimeEndpoint| {
            let own = endpoint.authorizer;
            own.filter(|own| *own != runtime.authorizer)
        };
        let older = runtime.endpoints.iter().find_map(differs);
        let older = older.map(|authorizer| Version {
            authorizer,
            token_rules: runtime.token_rules.clone(),
        });
        let mut versions = Self {
            newest: Version {
                authorizer: runtime.authorizer,
                token_rules: runtime.token_rules.clone(),
            },
            older: older.into_iter().collect(),
            pins: BTreeMap::new(),
        };
        for endpoint in &runtime.endpoints {
            let number = match differs(endpoint) {
                Some(_) => 1,
                None if endpoint.name == DEFAULT => continue,
                None => versions.count(),
            };
            versions.pins.insert(endpoint.name.clone(), number);
        }
        versions
    }

    /// How many there are, which is the number of the newest.
    fn count(&self) -> usize {
        self.older.len().saturating_add(1)
    }

    /// The number of the version behind an endpoint.
    fn behind(&self, endpoint: &str) -> usize {
        self.pins.get(endpoint).copied().unwrap_or(self.count())
    }

    /// The version of that number; the newest where it is none of those before.
    fn version(&self, number: usize) -> &Version {
        let older = number.checked_sub(1).and_then(|at| self.older.get(at));
        older.unwrap_or(&self.newest)
    }

    /// What tokens have to claim. A world has one set of rules for a runtime: that of the newest version that takes tokens
    /// and is in use.
    fn token_rules(&self) -> &TokenRules {
        let mut in_use: Vec<usize> = self.pins.values().copied().collect();
        in_use.push(self.count());
        in_use.sort_unstable();
        let mut in_use = in_use.iter().rev().map(|number| self.version(*number));
        let takes_tokens = in_use.find(|version| version.authorizer == Authorizer::Jwt);
        &takes_tokens.unwrap_or(&self.newest).token_rules
    }

    /// Writes into a runtime what its versions say.
    fn write(&self, runtime: &mut Runtime) {
        runtime.authorizer = self.newest.authorizer;
        runtime.token_rules = self.token_rules().clone();
        for endpoint in &mut runtime.endpoints {
            let own = self.version(self.behind(&endpoint.name)).authorizer;
            endpoint.authorizer = Some(own).filter(|own| *own != runtime.authorizer);
        }
    }
}

impl State {
    /// Adds a runtime, with its first version.
    pub fn add_runtime(&mut self, runtime: Runtime) {
        let versions = Versions::of(&runtime);
        self.versions.insert(runtime.id.clone(), versions);
        self.change().runtimes.push(runtime);
    }

    /// Removes a runtime with all its versions.
    pub fn remove_runtime(&mut self, id: &str) {
        self.versions.remove(id);
        self.change().runtimes.retain(|runtime| runtime.id != id);
    }

    /// Makes the next version of a runtime. Endpoints stay with theirs, but `DEFAULT` follows.
    pub fn add_version(&mut self, runtime: &str, version: Version) {
        self.change_versions(runtime, |versions| {
            let before = std::mem::replace(&mut versions.newest, version);
            versions.older.push(before);
            versions.pins.remove(DEFAULT);
        });
    }

    /// Adds an endpoint to a runtime, pinned to a version; none: the newest of now.
    pub fn add_endpoint(
        &mut self,
        runtime: &str,
        endpoint: RuntimeEndpoint,
        number: Option<usize>,
    ) {
        let name = endpoint.name.clone();
        let mut runtimes = self.change().runtimes.iter_mut();
        if let Some(found) = runtimes.find(|r| r.id == runtime) {
            found.endpoints.push(endpoint);
        }
        let number = number.unwrap_or_else(|| self.newest_version(runtime));
        self.pin(runtime, &name, number);
    }

    /// Removes an endpoint of a runtime.
    pub fn remove_endpoint(&mut self, runtime: &str, endpoint: &str) {
        let mut runtimes = self.change().runtimes.iter_mut();
        if let Some(found) = runtimes.find(|r| r.id == runtime) {
            found.endpoints.retain(|e| e.name != endpoint);
        }
        self.change_versions(runtime, |versions| {
            versions.pins.remove(endpoint);
        });
    }

    /// Pins an endpoint to a version that there is.
    pub fn pin(&mut self, runtime: &str, endpoint: &str, number: usize) {
        self.change_versions(runtime, |versions| {
            versions.pins.insert(endpoint.to_owned(), number);
        });
    }

    /// The number of the newest version of a runtime, which is how many there are.
    #[must_use]
    pub fn newest_version(&self, runtime: &str) -> usize {
        self.versions.get(runtime).map_or(1, Versions::count)
    }

    /// The number of the version behind an endpoint of a runtime.
    #[must_use]
    pub fn version_behind(&self, runtime: &str, endpoint: &str) -> usize {
        let versions = self.versions.get(runtime);
        versions.map_or(1, |versions| versions.behind(endpoint))
    }

    fn change_versions(&mut self, runtime: &str, change: impl FnOnce(&mut Versions)) {
        self.compiled = std::sync::OnceLock::new();
        let found = self.world.runtimes.iter_mut().find(|r| r.id == runtime);
        if let (Some(versions), Some(runtime)) = (self.versions.get_mut(runtime), found) {
            change(versions);
            versions.write(runtime);
        }
    }
}
