//! The parts of a compiled world: names put together, policies compiled.

use std::collections::HashMap;

use veriam_model::Tags;

use super::identity::Workloads;
use super::layer::Layer;

#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) id: Box<str>,
    /// The ARN of its root user.
    pub(super) root: Box<str>,
    pub(super) organization: Option<Organization>,
    /// None when there is no level.
    pub(super) scps: Option<Layer>,
    pub(super) rcps: Option<Layer>,
    /// Its users and roles by name.
    pub(super) users: HashMap<Box<str>, usize>,
    pub(super) roles: HashMap<Box<str>, usize>,
    pub(super) workloads: Workloads,
}

#[derive(Clone, Debug)]
pub(super) struct Organization {
    pub(super) id: Box<str>,
    /// `<id>/<root>/<unit>/…/`
    pub(super) path: Box<str>,
    /// The account is its management account.
    pub(super) is_managed_here: bool,
}

/// An IAM user or role.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    /// The number of its account.
    pub(super) account: usize,
    pub(super) name: Box<str>,
    pub(super) arn: Box<str>,
    /// A user: the ARN of its federated-user session. A role: that of a session, up to the session's name.
    pub(super) session_arn: Box<str>,
    pub(super) id: Box<str>,
    pub(super) tags: Tags,
    pub(super) policies: Option<Layer>,
    pub(super) boundary: Option<Layer>,
    /// Of a role: who may have sessions of it.
    pub(super) trust: Option<Layer>,
}

/// What a policy can be attached to and a check can be about.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    /// The number of its account; none: AWS owns it.
    pub(super) owner: Option<usize>,
    pub(super) arn: Box<str>,
    pub(super) tags: Tags,
    pub(super) policy: Option<Layer>,
    /// An endpoint that a runtime is called through (AC-173).
    pub(super) is_runtime_endpoint: bool,
}

/// A VPC with its interface endpoint.
#[derive(Clone, Debug)]
pub(super) struct Network {
    /// The number of its account.
    pub(super) account: usize,
    pub(super) endpoint: Box<str>,
    pub(super) vpc: Box<str>,
    pub(super) vpc_arn: Box<str>,
    pub(super) policy: Option<Layer>,
}
