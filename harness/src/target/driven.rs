//! Servers that speak the APIs of AWS, driven through the AWS SDK: our emulator in this program, or any other by its URL.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use veriam_aws::{DriveError, Driver, Observed, Patience};
use veriam_emulator::{Config, Emulator};
use veriam_evaluator::Engine;
use veriam_model::{Call, CallCase, Case, Check, Dialect, PolicyType};

use super::capabilities::Capabilities;
use super::{Observation, Target};
use crate::compare::{PutReport, Reply};

/// The name of our emulator as a target.
pub const EMULATOR: &str = "emulator";

/// The operation that checks are asked with.
const SIMULATE: &str = "SimulateCustomPolicy";

/// Requests in a row that nobody answers before a server is given up.
const UNANSWERED: usize = 16;

/// Cases that a server outside of this program is asked to make one divergence small.
const BUDGET_OUTSIDE: usize = 400;

/// A server that is driven.
#[derive(Debug)]
pub struct Driven {
    name: String,
    version: String,
    dialect: Option<Dialect>,
    capabilities: Capabilities,
    place: Place,
    idle: Mutex<Vec<Lane>>,
    /// Requests in a row that nobody answered.
    unanswered: AtomicUsize,
    last: Mutex<String>,
    /// The operations that are asked; all when there are none.
    operations: Vec<String>,
}

/// Where servers stand.
#[derive(Debug)]
enum Place {
    /// In this program: as many as are asked at the same time.
    Here(Box<Settings>),
    /// Somewhere else: one, and one world at a time.
    There { url: String },
}

/// How servers in this program are started.
#[derive(Clone)]
struct Settings {
    config: Config,
    patience: Patience,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

/// A server with its driver.
struct Lane {
    driver: Driver,
    /// Stops when the lane goes.
    _emulator: Option<Emulator>,
}

impl std::fmt::Debug for Lane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lane").finish_non_exhaustive()
    }
}

impl Driven {
    /// Our emulator, in this program. Each request may take `deadline`.
    ///
    /// # Errors
    /// [`DriveError`] when it cannot be started.
    pub fn embedded(deadline: Duration) -> Result<Self, DriveError> {
        Self::with_config(EMULATOR, Config::default(), deadline)
    }

    /// Our emulator, in this program, as `config` says.
    ///
    /// # Errors
    /// [`DriveError`] when it cannot be started.
    pub fn with_config(name: &str, config: Config, deadline: Duration) -> Result<Self, DriveError> {
        let patience = Patience::of_emulators(deadline);
        // The emulator serves one client each time, which waits for it.
        let config = Config {
            threads: 1,
            ..config
        };
        let settings = Settings { config, patience };
        let first = settings.start()?;
        Ok(Self {
            name: name.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            dialect: Some(Dialect::default()),
            capabilities: Capabilities::everything(),
            place: Place::Here(Box::new(settings)),
            idle: Mutex::new(vec![first]),
            unanswered: AtomicUsize::new(0),
            last: Mutex::new(String::new()),
            operations: Vec::new(),
        })
    }

    /// The known bug that a target named `planted:…` has.
    #[cfg(feature = "planted-mistakes")]
    pub(super) fn mistake(name: &str) -> Option<veriam_emulator::planted::Mistake> {
        veriam_emulator::planted::Mistake::from_name(name.strip_prefix("planted:")?)
    }

    /// Our emulator with a known bug, named `planted:` and the mistake's name; nothing where there is no such mistake.
    #[cfg(feature = "planted-mistakes")]
    #[must_use]
    pub fn planted(name: &str, deadline: Duration) -> Option<Result<Self, DriveError>> {
        let config = Config {
            mistake: Some(Self::mistake(name)?),
            ..Config::default()
        };
        Some(Self::with_config(name, config, deadline))
    }

    /// The server at `url`, called `name` where it is not our emulator.
    ///
    /// # Errors
    /// [`DriveError`] when nobody answers there.
    pub fn at(url: &str, name: Option<&str>, deadline: Duration) -> Result<Self, DriveError> {
        let driver = Driver::new(url, Patience::of_emulators(deadline))?;
        let ours = driver.has_admin();
        let place = url.split_once("://").map_or(url, |(_, place)| place);
        let other = || format!("{EMULATOR}:{}", name.unwrap_or(place));
        Ok(Self {
            name: if ours { EMULATOR.to_owned() } else { other() },
            version: if ours {
                env!("CARGO_PKG_VERSION").to_owned()
            } else {
                "unknown".to_owned()
            },
            dialect: ours.then(Dialect::default),
            capabilities: Capabilities::everything(),
            place: Place::There {
                url: url.to_owned(),
            },
            idle: Mutex::new(vec![Lane {
                driver,
                _emulator: None,
            }]),
            unanswered: AtomicUsize::new(0),
            last: Mutex::new(String::new()),
            operations: Vec::new(),
        })
    }

    /// Asks calls of these operations only; all when there are none.
    #[must_use]
    pub fn only(mut self, operations: &[String]) -> Self {
        self.operations = operations.to_vec();
        self
    }

    /// Whether an operation is asked.
    fn asks(&self, operation: &str) -> bool {
        self.operations.is_empty() || self.operations.iter().any(|asked| asked == operation)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Lane>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks with a server that nobody else asks meanwhile.
    fn with_lane<T>(&self, ask: impl FnOnce(&Driver) -> T) -> Result<T, String> {
        match &self.place {
            Place::Here(settings) => {
                let waiting = self.idle().pop();
                let lane = match waiting {
                    Some(lane) => lane,
                    None => settings.start().map_err(|error| error.to_string())?,
                };
                let told = ask(&lane.driver);
                self.idle().push(lane);
                Ok(told)
            }
            Place::There { .. } => {
                let lanes = self.idle();
                let lane = lanes.first().ok_or("there is no client")?;
                Ok(ask(&lane.driver))
            }
        }
    }

    fn calls(&self, cases: &[&CallCase]) -> Vec<Observation> {
        let (asked, left): (Vec<&CallCase>, Vec<&CallCase>) = cases
            .iter()
            .partition(|case| self.asks(case.call.request.operation()));
        if left.is_empty() {
            return self.asked(cases);
        }
        let mut told = self.asked(&asked).into_iter();
        let each = cases.iter().map(|case| {
            let told = match self.asks(case.call.request.operation()) {
                true => told.next(),
                false => None,
            };
            told.unwrap_or_else(left_out)
        });
        each.collect()
    }

    fn asked(&self, cases: &[&CallCase]) -> Vec<Observation> {
        let Some(first) = cases.first() else {
            return Vec::new();
        };
        let calls: Vec<&Call> = cases.iter().map(|case| &case.call).collect();
        let seen = self.with_lane(|driver| driver.calls(&first.world, &calls));
        match seen {
            Ok(seen) => seen
                .into_iter()
                .map(|seen| Observation {
                    effective: seen.effective.map(|case| Case::Call(Box::new(case))),
                    reply: self.reply(seen.observed),
                })
                .collect(),
            Err(how) => cases
                .iter()
                .map(|_| Observation::as_drawn(Reply::Failed(how.clone())))
                .collect(),
        }
    }

    fn one(&self, case: &Case) -> Observation {
        match case {
            Case::Put(_) if !self.asks("PutResourcePolicy") => left_out(),
            Case::Put(put) => match self.with_lane(|driver| driver.put(put)) {
                Ok(seen) => Observation {
                    effective: seen.effective.map(|put| Case::Put(Box::new(put))),
                    reply: self.reply(seen.observed),
                },
                Err(how) => Observation::as_drawn(Reply::Failed(how)),
            },
            Case::Call(call) => {
                let asked = self.calls(&[call]).pop();
                asked.unwrap_or_else(|| Observation::as_drawn(Reply::Failed("no reply".to_owned())))
            }
            Case::Document(document) if !self.asks(operation_of(document.policy_type)) => {
                left_out()
            }
            Case::Document(document) => {
                let seen = self.with_lane(|driver| driver.document(document));
                Observation::as_drawn(seen.map_or_else(Reply::Failed, |seen| self.reply(seen)))
            }
            Case::Check(_) if !self.asks(SIMULATE) => left_out(),
            // The simulator of AWS was seen to take policies that nothing stores (IAM-308).
            Case::Check(check) if self.dialect.is_none() && !is_valid(check) => {
                let why = "checks with invalid policies, which are for documents".to_owned();
                Observation::as_drawn(Reply::Unsupported(why))
            }
            Case::Check(check) => match self.with_lane(|driver| driver.check(check)) {
                Ok(seen) => Observation {
                    effective: seen.effective.map(|check| Case::Check(Box::new(check))),
                    reply: self.reply(seen.observed),
                },
                Err(how) => Observation::as_drawn(Reply::Failed(how)),
            },
        }
    }

    fn reply(&self, observed: Observed) -> Reply {
        if let Observed::Unanswered(how) = observed {
            self.unanswered.fetch_add(1, Ordering::SeqCst);
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            last.clone_from(&how);
            return Reply::Failed(how);
        }
        self.unanswered.store(0, Ordering::SeqCst);
        match observed {
            Observed::Call(outcome) => Reply::Reported(outcome),
            Observed::Denied => Reply::DeniedSomehow,
            Observed::Stored => Reply::PutReported(PutReport::Stored),
            Observed::Refused(error) => Reply::PutReported(PutReport::Refused(error)),
            Observed::Decided(decision) => Reply::Decided(decision),
            Observed::InvalidPolicy => Reply::InvalidSomehow,
            Observed::DocumentAccepted => Reply::Accepted,
            Observed::DocumentRefused => Reply::RefusedSomehow,
            Observed::Unsupported(why) => Reply::Unsupported(why),
            Observed::Failed(how) | Observed::Unanswered(how) => Reply::Failed(how),
        }
    }
}

impl Settings {
    fn start(&self) -> Result<Lane, DriveError> {
        let emulator = Emulator::start(self.config.clone()).map_err(DriveError::System)?;
        let driver = Driver::new(&emulator.url(), self.patience)?;
        Ok(Lane {
            driver,
            _emulator: Some(emulator),
        })
    }
}

impl Target for Driven {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn dialect(&self) -> Option<&Dialect> {
        self.dialect.as_ref()
    }

    fn capabilities(&self) -> Option<&Capabilities> {
        Some(&self.capabilities)
    }

    fn observe(&self, case: &Case) -> Reply {
        self.one(case).reply
    }

    fn observe_all(&self, cases: &[&Case]) -> Vec<Observation> {
        let same = |a: &&Case, b: &&Case| match (a, b) {
            (Case::Call(a), Case::Call(b)) => a.world == b.world,
            _ => false,
        };
        let mut observed = Vec::with_capacity(cases.len());
        for neighbours in cases.chunk_by(same) {
            let calls = neighbours.iter().map(|case| match case {
                Case::Call(call) => Some(&**call),
                _ => None,
            });
            match calls.collect::<Option<Vec<&CallCase>>>() {
                Some(calls) => observed.extend(self.calls(&calls)),
                None => observed.extend(neighbours.iter().map(|case| self.one(case))),
            }
        }
        observed
    }

    fn lost(&self) -> Option<String> {
        let unanswered = self.unanswered.load(Ordering::SeqCst);
        (unanswered >= UNANSWERED).then(|| {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            format!("given up after {unanswered} requests in a row without an answer ({last})")
        })
    }

    fn asked_as(&self) -> Option<String> {
        match &self.place {
            Place::Here(_) => Some(self.name.clone()),
            Place::There { url } => {
                let named = self.name.strip_prefix("emulator:");
                let place = url
                    .split_once("://")
                    .map_or(url.as_str(), |(_, place)| place);
                let named = named.filter(|name| *name != place);
                let named = named.map_or(String::new(), |name| format!(":{name}"));
                Some(format!("{EMULATOR}{named}={url}"))
            }
        }
    }

    fn is_process(&self) -> bool {
        matches!(self.place, Place::There { .. })
    }

    fn changes_cases(&self) -> bool {
        // Times and names are as drawn where the admin route of our emulator is there.
        self.dialect.is_none()
    }

    fn foreseen(&self, case: &Case) -> Option<Case> {
        match case {
            Case::Call(call) if self.changes_cases() => {
                let foreseen = veriam_aws::foreseen(call);
                Some(Case::Call(Box::new(foreseen)))
            }
            _ => None,
        }
    }

    fn shrink_budget(&self) -> usize {
        match self.place {
            Place::Here(_) => crate::run::SHRINK_BUDGET,
            Place::There { .. } => BUDGET_OUTSIDE,
        }
    }
}

/// What becomes of a case that is not asked.
fn left_out() -> Observation {
    let why = "operations that are left out".to_owned();
    Observation::as_drawn(Reply::Unsupported(why))
}

fn is_valid(check: &Check) -> bool {
    Engine::for_check(check, &Dialect::default()).is_ok()
}

/// The operation that tells whether a document is one of that type.
const fn operation_of(policy_type: PolicyType) -> &'static str {
    match policy_type {
        PolicyType::Identity | PolicyType::Boundary => "CreatePolicy",
        PolicyType::Session => "GetFederationToken",
        _ => SIMULATE,
    }
}
