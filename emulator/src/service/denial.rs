//! What a caller is told who may not: AWS's messages.

use veriam_model::{Caller, Denial, DenialKind, InvalidCall, PolicyType, Rejection, World};

use crate::state::principal_arn;
use crate::wire::Fault;

/// The message of a denial by policies, in the form AWS writes it (AC-140). Of several types that deny, or that would
/// have had to allow, the first in AWS's order of evaluation is named.
pub(super) fn message(world: &World, caller: &Caller, denial: &Denial) -> String {
    let who = principal_arn(world, caller);
    let (action, resource) = (&denial.at.action, &denial.at.resource);
    let of = PRECEDENCE.into_iter().find(|t| denial.by.contains(*t));
    let title = of.unwrap_or(PolicyType::Identity).title();
    let because = match denial.kind {
        DenialKind::Explicit => {
            let article = if title.starts_with('i') { "an" } else { "a" };
            format!("with an explicit deny in {article} {title}")
        }
        DenialKind::Implicit => format!("because no {title} allows the {action} action"),
    };
    format!("User: {who} is not authorized to perform: {action} on resource: {resource} {because}")
}

const PRECEDENCE: [PolicyType; 9] = [
    PolicyType::Scp,
    PolicyType::Rcp,
    PolicyType::Endpoint,
    PolicyType::Identity,
    PolicyType::Boundary,
    PolicyType::Session,
    PolicyType::Resource,
    PolicyType::Trust,
    PolicyType::Key,
];

/// The answer to a caller who is turned away before any policy. `tokens` says whether tokens are wanted, `metadata`
/// where a client finds out which.
pub(super) fn rejection(rejection: Rejection, tokens: bool, metadata: &str) -> Fault {
    let bearer = |error: &str| {
        let error = if error.is_empty() {
            String::new()
        } else {
            format!(", error=\"{error}\"")
        };
        Some(format!("Bearer resource_metadata=\"{metadata}\"{error}"))
    };
    let (status, code, message, challenge) = match rejection {
        // AC-130
        Rejection::Unauthenticated if tokens => (
            401,
            "UnauthorizedException",
            "Missing bearer token.",
            bearer(""),
        ),
        Rejection::Unauthenticated => (
            403,
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
            None,
        ),
        // AC-129
        Rejection::MethodMismatch => (
            403,
            "AccessDeniedException",
            "Authorization method mismatch. The agent is configured for a different authorization method than what was \
             used in your request. Check the agent's authorization configuration and ensure your request uses the \
             matching method (OAuth or SigV4)",
            None,
        ),
        Rejection::BadToken => (
            401,
            "UnauthorizedException",
            "Invalid bearer token.",
            bearer("invalid_token"),
        ),
        // AC-134
        Rejection::InsufficientScope => (
            403,
            "AccessDeniedException",
            "Insufficient scope.",
            bearer("insufficient_scope"),
        ),
    };
    let mut fault = Fault::new(status, code, message);
    fault.challenge = challenge;
    fault
}

/// The answer to a caller who asks for what is not there.
pub(super) fn invalid(invalid: InvalidCall) -> Fault {
    let not_found = |message| Fault::new(404, "ResourceNotFoundException", message);
    match invalid {
        InvalidCall::NoSuchEndpoint => {
            not_found("No endpoint or agent found with the specified qualifier.")
        }
        InvalidCall::NoSuchMemory => not_found("Memory not found."),
        InvalidCall::NoMetadata => {
            not_found("The agent takes signatures and has no metadata about tokens.")
        }
        InvalidCall::ManagedIdentity => Fault::new(
            400,
            "ValidationException",
            "WorkloadIdentity is linked to a service and cannot retrieve an access token by the caller.",
        ),
    }
}
