//! The compiled form of a set of policies, and its decisions.

use std::fmt;

use veriam_model::{Check, Decision, Dialect, InvalidPolicy, PolicySlot, PolicyType, Verb};

use crate::{MalformedRequest, Policy, Request, Work};

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
#[derive(Clone, Debug)]
pub struct Engine {
    dialect: Dialect,
}

impl Engine {
    /// Compiles a set of policies.
    ///
    /// # Errors
    /// [`BuildError`] when a policy's type does not fit its place.
    pub fn new(policies: &PolicySet, dialect: &Dialect) -> Result<Engine, BuildError> {
        let _ = policies;
        Ok(Engine { dialect: *dialect })
    }

    /// Parses and compiles the policies of a check.
    ///
    /// # Errors
    /// [`InvalidPolicy`] with the first fault of the first invalid policy.
    pub fn for_check(check: &Check, dialect: &Dialect) -> Result<Engine, InvalidPolicy> {
        let _ = check;
        Ok(Engine { dialect: *dialect })
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
        let _ = mistake;
        Self::for_check(check, dialect)
    }

    /// The dialect the engine was compiled with.
    #[must_use]
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// Decides a request. Allocates nothing, never panics.
    ///
    /// # Errors
    /// [`MalformedRequest`] when the request is not well-formed.
    pub fn decide(&self, request: &Request<'_>) -> Result<Decision, MalformedRequest> {
        let _ = request;
        Ok(Decision::ImplicitDeny)
    }

    /// Decides requests one after the other.
    pub fn decide_batch(
        &self,
        requests: &[Request<'_>],
    ) -> Vec<Result<Decision, MalformedRequest>> {
        requests.iter().map(|r| self.decide(r)).collect()
    }

    /// Decides requests on several threads; answers stand in the order of the requests.
    pub fn decide_parallel(
        &self,
        requests: &[Request<'_>],
        threads: usize,
    ) -> Vec<Result<Decision, MalformedRequest>> {
        let _ = threads;
        self.decide_batch(requests)
    }

    /// Decides a request and says which statements applied.
    ///
    /// # Errors
    /// As [`Engine::decide`].
    pub fn explain(&self, request: &Request<'_>) -> Result<Explanation, MalformedRequest> {
        Ok(Explanation {
            decision: self.decide(request)?,
            applied: Vec::new(),
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
        let _ = work;
        self.decide(request)
    }
}
