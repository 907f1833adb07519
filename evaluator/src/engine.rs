//! The compiled form of a set of policies, and its decisions.

use std::borrow::Cow;
use std::fmt;
use std::thread;

use veriam_model::{Check, Decision, Dialect, InvalidPolicy, PolicySlot, PolicyType, Verb};

use crate::arn::Arn;
use crate::compile::{Sources, compile};
use crate::decide::{Trace, decide};
use crate::grammar;
use crate::program::{Program, Rule};
use crate::settings::Settings;
use crate::work::Counter;
use crate::{Limits, MalformedRequest, ParseError, Policy, Request, Work};

/// Every policy that counts for a request, parsed.
#[derive(Clone, Debug, Default)]
pub struct PolicySet {
    /// Identity-based policies of the caller: one pool.
    pub identity_policies: Vec<Policy>,
    /// The resource's own policy.
    pub resource_policy: Option<Policy>,
    /// The caller's permissions boundary.
    pub boundary: Option<Policy>,
    /// The caller's session policy.
    pub session_policy: Option<Policy>,
    /// Service control policies by level, from the organization's root down to the account.
    pub scps: Vec<Vec<Policy>>,
    /// Resource control policies by level.
    pub rcps: Vec<Vec<Policy>>,
    /// Policy of the VPC endpoint the request came through.
    pub endpoint_policy: Option<Policy>,
}

impl PolicySet {
    /// Every policy with its place, in the order of [`Check::policies`].
    fn slots(&self) -> impl Iterator<Item = (PolicySlot, &Policy)> {
        let levels = |slot: fn(usize, usize) -> PolicySlot, levels| {
            let levels: &[Vec<Policy>] = levels;
            levels
                .iter()
                .enumerate()
                .flat_map(move |(level, policies)| {
                    let policies = policies.iter().enumerate();
                    policies.map(move |(number, policy)| (slot(level, number), policy))
                })
        };
        let one = |slot, policy| {
            let policy: &Option<Policy> = policy;
            policy.iter().map(move |policy| (slot, policy))
        };
        let identity = self.identity_policies.iter().enumerate();
        identity
            .map(|(number, policy)| (PolicySlot::Identity(number), policy))
            .chain(one(PolicySlot::Resource, &self.resource_policy))
            .chain(one(PolicySlot::Boundary, &self.boundary))
            .chain(one(PolicySlot::Session, &self.session_policy))
            .chain(levels(PolicySlot::Scp, &self.scps))
            .chain(levels(PolicySlot::Rcp, &self.rcps))
            .chain(one(PolicySlot::Endpoint, &self.endpoint_policy))
    }
}

/// A policy stands where its type does not belong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    /// The place.
    pub slot: PolicySlot,
    /// The type the policy was parsed as.
    pub found: PolicyType,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} was parsed as a {}; parse it as the type that belongs there",
            self.slot,
            self.found.title()
        )
    }
}

impl std::error::Error for BuildError {}

/// Collects policies for an [`Engine`].
#[derive(Clone, Debug, Default)]
pub struct EngineBuilder {
    policies: PolicySet,
    dialect: Dialect,
}

impl EngineBuilder {
    /// No policies, the default dialect.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the dialect.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Adds an identity-based policy.
    #[must_use]
    pub fn identity(mut self, policy: Policy) -> Self {
        self.policies.identity_policies.push(policy);
        self
    }

    /// Sets the resource's policy: of type resource, trust or key.
    #[must_use]
    pub fn resource(mut self, policy: Policy) -> Self {
        self.policies.resource_policy = Some(policy);
        self
    }

    /// Sets the permissions boundary.
    #[must_use]
    pub fn boundary(mut self, policy: Policy) -> Self {
        self.policies.boundary = Some(policy);
        self
    }

    /// Sets the session policy.
    #[must_use]
    pub fn session(mut self, policy: Policy) -> Self {
        self.policies.session_policy = Some(policy);
        self
    }

    /// Adds a level of service control policies, from the root down.
    #[must_use]
    pub fn scp_level(mut self, policies: impl IntoIterator<Item = Policy>) -> Self {
        self.policies.scps.push(policies.into_iter().collect());
        self
    }

    /// Adds a level of resource control policies, from the root down.
    #[must_use]
    pub fn rcp_level(mut self, policies: impl IntoIterator<Item = Policy>) -> Self {
        self.policies.rcps.push(policies.into_iter().collect());
        self
    }

    /// Sets the policy of the VPC endpoint.
    #[must_use]
    pub fn endpoint(mut self, policy: Policy) -> Self {
        self.policies.endpoint_policy = Some(policy);
        self
    }

    /// Compiles what was collected.
    ///
    /// # Errors
    /// [`BuildError`] when a policy's type does not fit its place.
    pub fn build(self) -> Result<Engine, BuildError> {
        Engine::new(&self.policies, &self.dialect)
    }
}

/// A statement that applied to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The policy it stands in.
    pub slot: PolicySlot,
    /// Its place in that policy, from 0.
    pub statement: usize,
    /// Its Sid, if it has one.
    pub sid: Option<String>,
    /// Its effect.
    pub effect: Verb,
}

/// A decision with the statements that applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The decision.
    pub decision: Decision,
    /// The statements that applied, in the order of the policies.
    pub applied: Vec<Applied>,
}

/// Compiled policies that answer requests.
///
/// An engine never changes; any number of threads may ask it at the same time.
#[derive(Clone, Debug)]
pub struct Engine {
    program: Program,
    settings: Settings,
}

impl Engine {
    /// Compiles a set of policies.
    ///
    /// # Errors
    /// [`BuildError`] when a policy's type does not fit its place.
    pub fn new(policies: &PolicySet, dialect: &Dialect) -> Result<Engine, BuildError> {
        let mut documents = Vec::new();
        for (slot, policy) in policies.slots() {
            let found = policy.policy_type();
            if !fits(slot, found) {
                return Err(BuildError { slot, found });
            }
            documents.push((slot, Cow::Borrowed(policy.document())));
        }
        let sources = Sources {
            documents,
            scp_levels: policies.scps.len(),
            rcp_levels: policies.rcps.len(),
        };
        let settings = Settings::new(dialect);
        Ok(Engine {
            program: compile(&sources, &settings),
            settings,
        })
    }

    /// Parses and compiles the policies of a check, with the default limits. What type the resource policy is of
    /// follows from the resource.
    ///
    /// # Errors
    /// [`InvalidPolicy`] with the first fault of the first invalid policy, in the order of [`Check::policies`].
    pub fn for_check(check: &Check, dialect: &Dialect) -> Result<Engine, InvalidPolicy> {
        Self::compile_check(check, Settings::new(dialect), &Limits::default())
    }

    /// As [`Engine::for_check`], with limits.
    ///
    /// # Errors
    /// As [`Engine::for_check`].
    pub fn for_check_with_limits(
        check: &Check,
        dialect: &Dialect,
        limits: &Limits,
    ) -> Result<Engine, InvalidPolicy> {
        Self::compile_check(check, Settings::new(dialect), limits)
    }

    /// As [`Engine::for_check`], with one known bug.
    ///
    /// # Errors
    /// As [`Engine::for_check`].
    #[cfg(feature = "planted-mistakes")]
    pub fn for_check_with_mistake(
        check: &Check,
        dialect: &Dialect,
        mistake: crate::planted::Mistake,
    ) -> Result<Engine, InvalidPolicy> {
        let settings = Settings {
            mistake: Some(mistake),
            ..Settings::new(dialect)
        };
        Self::compile_check(check, settings, &Limits::default())
    }

    fn compile_check(
        check: &Check,
        settings: Settings,
        limits: &Limits,
    ) -> Result<Engine, InvalidPolicy> {
        let mut documents = Vec::new();
        for (slot, text) in check.policies() {
            let policy_type = type_of(slot, &check.resource.arn);
            let bytes = text.as_str().as_bytes();
            match grammar::read(policy_type, bytes, &settings.dialect, limits) {
                Ok(document) => documents.push((slot, Cow::Owned(document))),
                Err(faults) => {
                    let fault = ParseError::first(text.as_str(), faults).fault();
                    return Err(InvalidPolicy::new(slot, fault));
                }
            }
        }
        let sources = Sources {
            documents,
            scp_levels: check.scps.len(),
            rcp_levels: check.rcps.len(),
        };
        Ok(Engine {
            program: compile(&sources, &settings),
            settings,
        })
    }

    /// The dialect the engine was compiled with.
    #[must_use]
    pub fn dialect(&self) -> &Dialect {
        &self.settings.dialect
    }

    /// Decides a request. Allocates nothing, never panics.
    ///
    /// # Errors
    /// [`MalformedRequest`] when the request is not well-formed; only the error allocates.
    pub fn decide(&self, request: &Request<'_>) -> Result<Decision, MalformedRequest> {
        decide(&self.program, &self.settings, request, (), &mut ())
    }

    /// Decides requests one after the other.
    #[must_use]
    pub fn decide_batch(
        &self,
        requests: &[Request<'_>],
    ) -> Vec<Result<Decision, MalformedRequest>> {
        requests
            .iter()
            .map(|request| self.decide(request))
            .collect()
    }

    /// Decides requests on up to `threads` threads (at least one); answers stand in the order of the requests.
    #[must_use]
    pub fn decide_parallel(
        &self,
        requests: &[Request<'_>],
        threads: usize,
    ) -> Vec<Result<Decision, MalformedRequest>> {
        let share = requests.len().div_ceil(threads.max(1)).max(1);
        if share >= requests.len() {
            return self.decide_batch(requests);
        }
        thread::scope(|scope| {
            let workers: Vec<_> = requests
                .chunks(share)
                .map(|chunk| (chunk, scope.spawn(move || self.decide_batch(chunk))))
                .collect();
            let answers = workers.into_iter().flat_map(|(chunk, worker)| {
                // Deciding does not panic; should it, the answers are worked out here and the panic is seen.
                worker.join().unwrap_or_else(|_| self.decide_batch(chunk))
            });
            answers.collect()
        })
    }

    /// Decides a request and says which statements applied, among all whose policies count for the caller.
    ///
    /// # Errors
    /// As [`Engine::decide`].
    pub fn explain(&self, request: &Request<'_>) -> Result<Explanation, MalformedRequest> {
        let mut origins = Origins(Vec::new());
        let decision = decide(&self.program, &self.settings, request, (), &mut origins)?;
        let Origins(mut rules) = origins;
        // Origins are numbered in the order of the policies.
        rules.sort_unstable_by_key(|rule| rule.origin);
        let applied = rules.into_iter().filter_map(|rule| {
            let origin = self.program.origins.get(rule.origin as usize)?;
            Some(Applied {
                slot: origin.slot,
                statement: origin.statement,
                sid: origin.sid.as_deref().map(str::to_owned),
                effect: if rule.is_deny {
                    Verb::Deny
                } else {
                    Verb::Allow
                },
            })
        });
        Ok(Explanation {
            decision,
            applied: applied.collect(),
        })
    }

    /// Decides a request and adds what work it took to `work`.
    ///
    /// # Errors
    /// As [`Engine::decide`].
    pub fn decide_counted(
        &self,
        request: &Request<'_>,
        work: &mut Work,
    ) -> Result<Decision, MalformedRequest> {
        let counter = Counter::default();
        let decision = decide(&self.program, &self.settings, request, &counter, &mut ());
        counter.add_to(work);
        decision
    }
}

/// The rules that applied.
struct Origins(Vec<Rule>);

impl Trace for Origins {
    const IS_COMPLETE: bool = true;

    fn applied(&mut self, rule: &Rule) {
        self.0.push(*rule);
    }
}

/// The type of the policy in a slot of a check (section 2.2 of the readings).
fn type_of(slot: PolicySlot, resource: &str) -> PolicyType {
    match slot {
        PolicySlot::Identity(_) => PolicyType::Identity,
        PolicySlot::Resource => {
            let arn = Arn::parse(resource);
            let is = |service: &str, word: &str| {
                arn.is_some_and(|arn| arn.service() == service && arn.rest().starts_with(word))
            };
            if is("iam", "role/") {
                PolicyType::Trust
            } else if is("kms", "key/") {
                PolicyType::Key
            } else {
                PolicyType::Resource
            }
        }
        PolicySlot::Boundary => PolicyType::Boundary,
        PolicySlot::Session => PolicyType::Session,
        PolicySlot::Scp(..) => PolicyType::Scp,
        PolicySlot::Rcp(..) => PolicyType::Rcp,
        PolicySlot::Endpoint => PolicyType::Endpoint,
    }
}

/// Whether a policy of a type may stand in a slot.
fn fits(slot: PolicySlot, policy_type: PolicyType) -> bool {
    use PolicyType::{Key, Resource, Trust};
    match slot {
        PolicySlot::Resource => matches!(policy_type, Resource | Trust | Key),
        _ => policy_type == type_of(slot, "*"),
    }
}
