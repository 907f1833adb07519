//! The question put to an engine.

use std::fmt;

use veriam_model::{Check, Context, Fact, Principal, Resource};

/// One question: may this principal do this action on this resource, in this context?
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The caller.
    pub principal: &'a Principal,
    /// `service:Name`.
    pub action: &'a str,
    /// The resource.
    pub resource: &'a Resource,
    /// The request context; nothing is added to it.
    pub context: &'a Context,
    /// What else is known about the parties.
    pub facts: &'a [Fact],
}

impl<'a> Request<'a> {
    /// The request part of a check.
    #[must_use]
    pub fn of(check: &'a Check) -> Self {
        Self {
            principal: &check.principal,
            action: &check.action,
            resource: &check.resource,
            context: &check.context,
            facts: &check.facts,
        }
    }
}

/// The request is not well-formed, so there is nothing to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedRequest {
    /// The member at fault, for example `principal.arn`.
    pub member: &'static str,
    /// What stands there.
    pub found: String,
    /// What is expected.
    pub expected: &'static str,
}

impl fmt::Display for MalformedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            member,
            found,
            expected,
        } = self;
        write!(f, "{member} is {found:?}; give {expected}")
    }
}

impl std::error::Error for MalformedRequest {}
