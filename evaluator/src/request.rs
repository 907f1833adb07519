//! The question put to an engine.

use veriam_model::{Check, Context, Fact, MalformedRequest, Principal, Resource};

use crate::caller::{Action, Caller, Object};

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

    /// Whether the request is well-formed: a malformed one has no decision, whatever the policies say.
    ///
    /// [`Engine::decide`](crate::Engine::decide) looks for itself; call this where a malformed request must be told
    /// before an invalid policy.
    ///
    /// # Errors
    /// [`MalformedRequest`] with the first member at fault, in the order action, resource, principal.
    pub fn validate(&self) -> Result<(), MalformedRequest> {
        let action = Action::parse(self.action)?;
        Object::parse(self.resource)?;
        Caller::parse(self.principal, &action)?;
        Ok(())
    }
}
