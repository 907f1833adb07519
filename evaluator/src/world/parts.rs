//! The parts of a compiled world: names put together, policies compiled.

use std::collections::HashMap;

use veriam_model::{Authorizer, Tags};

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
}

#[derive(Clone, Debug)]
pub(super) struct Runtime {
    /// The number of its account.
    pub(super) account: usize,
    pub(super) authorizer: Authorizer,
    pub(super) itself: Thing,
    /// Its endpoints, `DEFAULT` always among them.
    pub(super) endpoints: Vec<Endpoint>,
}

#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    pub(super) name: Box<str>,
    /// None: as the runtime's (AC-128).
    pub(super) authorizer: Option<Authorizer>,
    pub(super) itself: Thing,
}

/// What a policy can be attached to and a check can be about: a runtime or a runtime endpoint.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    pub(super) arn: Box<str>,
    pub(super) tags: Tags,
    pub(super) policy: Option<Layer>,
    pub(super) is_endpoint: bool,
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
