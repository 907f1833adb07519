//! From a response to what became of a call, as far as the response tells.

use veriam_model::{
    Call, ControlTarget, Decision, Denial, DenialKind, HarnessOperation, InvalidCall,
    MemoryOperation, Outcome, Pair, PolicyType, PolicyTypes, PutError, Rejection, Request,
    RuntimeOperation, World,
};

use crate::raw::Raw;

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// What became of a call.
    Call(Outcome),
    /// It is denied, and the response does not say how.
    Denied,
    /// A resource-based policy is stored.
    Stored,
    /// It is refused with this error.
    Refused(PutError),
    /// What is decided on a check.
    Decided(Decision),
    /// A policy of a check is invalid.
    InvalidPolicy,
    /// A document is valid.
    DocumentAccepted,
    /// A document is not.
    DocumentRefused,
    /// The target cannot be asked this, and why; the same words for all of one reason.
    Unsupported(String),
    /// Something else happened, and what.
    Failed(String),
    /// Nobody answered, and how that shows.
    Unanswered(String),
}

/// What a response to a call in a world says. Only status, code and message are read.
#[must_use]
pub fn of_call(world: &World, call: &Call, raw: &Raw) -> Observed {
    if raw.is_success() {
        return Observed::Call(Outcome::Allowed);
    }
    let code = raw.code.as_deref().unwrap_or_default();
    let message = raw.message.as_deref().unwrap_or_default();
    let rejected = |rejection| Observed::Call(Outcome::Rejected(rejection));
    if is_not_served(raw) {
        return Observed::Unsupported(format!("{}, which is not served", call.request.operation()));
    }
    // A server that knows no such WebSocket refuses to open one, and says no more.
    if raw.status == 403 && (&raw.code, &raw.message) == (&None, &None) && is_socket(call) {
        let operation = call.request.operation();
        return Observed::Unsupported(format!("{operation}, which is refused without a reason"));
    }
    match raw.status {
        401 if message.starts_with("Missing") => rejected(Rejection::Unauthenticated),
        401 => rejected(Rejection::BadToken),
        403 if code.starts_with("MissingAuthenticationToken") => {
            rejected(Rejection::Unauthenticated)
        }
        // AC-129
        403 if message.starts_with("Authorization method mismatch") => {
            rejected(Rejection::MethodMismatch)
        }
        // AC-134
        403 if message.starts_with("Insufficient scope") => rejected(Rejection::InsufficientScope),
        // Services that take JSON deny with 400.
        400 | 403 if is_denial(code, message) => denial(message),
        400 | 404 | 409 => of_service(world, call, raw),
        _ => failed(raw),
    }
}

/// What a response to PutResourcePolicy says.
#[must_use]
pub fn of_put(raw: &Raw) -> Observed {
    if raw.is_success() {
        return Observed::Stored;
    }
    let code = raw.code.as_deref().unwrap_or_default();
    let mut errors = PutError::ALL.into_iter();
    match errors.find(|error| error.name() == code) {
        Some(error) => Observed::Refused(error),
        None if is_not_served(raw) => {
            Observed::Unsupported("PutResourcePolicy, which is not served".to_owned())
        }
        None => failed(raw),
    }
}

/// Whether a response says that there is no such operation.
pub(crate) fn is_not_served(raw: &Raw) -> bool {
    let code = raw.code.as_deref().unwrap_or_default();
    matches!(raw.status, 405 | 501)
        || code.starts_with("UnknownOperation")
        || code == "InvalidAction"
        // Emulators of many services take a path that they do not know for one of S3.
        || code == "NoSuchBucket"
}

/// Whether a call asks for a WebSocket.
const fn is_socket(call: &Call) -> bool {
    match &call.request {
        Request::Runtime(request) => matches!(
            request.operation,
            RuntimeOperation::InvokeAgentRuntimeWithWebSocketStream
                | RuntimeOperation::InvokeAgentRuntimeCommandShell
        ),
        Request::Harness(request) => matches!(
            request.operation,
            HarnessOperation::InvokeAgentRuntimeCommandShell
        ),
        _ => false,
    }
}

/// Whether policies deny: what is not genuine is denied with other codes.
fn is_denial(code: &str, message: &str) -> bool {
    matches!(code, "AccessDeniedException" | "AccessDenied")
        || code.is_empty() && message.contains("is not authorized to perform: ")
}

/// Reads AWS's message of a denial (AC-140).
fn denial(message: &str) -> Observed {
    read_denial(message).map_or(Observed::Denied, |denial| {
        Observed::Call(Outcome::Denied(denial))
    })
}

fn read_denial(message: &str) -> Option<Denial> {
    let (_, rest) = message.split_once(" is not authorized to perform: ")?;
    let (action, rest) = rest.split_once(" on resource: ")?;
    let (resource, kind, title) = match rest.rsplit_once(" with an explicit deny in a") {
        Some((resource, title)) => {
            let title = title.strip_prefix('n').unwrap_or(title);
            (resource, DenialKind::Explicit, title.trim())
        }
        None => {
            let (resource, because) = rest.rsplit_once(" because no ")?;
            let (title, _) = because.split_once(" allows the ")?;
            (resource, DenialKind::Implicit, title)
        }
    };
    let mut types = PolicyType::ALL.into_iter();
    // A type that is called otherwise is not told.
    let by = types.find(|t| t.title() == title);
    let by = by.map_or(PolicyTypes::new(), |t| PolicyTypes::new().with(t));
    Some(Denial {
        kind,
        at: Pair {
            action: action.to_owned(),
            resource: resource.to_owned(),
        },
        by,
    })
}

/// A request that passed authentication and that the service refuses for another reason than policies. Where services are
/// asked after policies, that says that policies allow.
fn of_service(world: &World, call: &Call, raw: &Raw) -> Observed {
    let message = raw.message.as_deref().unwrap_or_default();
    let invalid = |invalid| Observed::Call(Outcome::Invalid(invalid));
    match &call.request {
        Request::Runtime(request) if raw.status == 404 => {
            let metadata = RuntimeOperation::GetRuntimeProtectedResourceMetadata;
            let names_endpoint = message.contains("endpoint");
            match request.operation == metadata && !names_endpoint {
                true => invalid(InvalidCall::NoMetadata),
                false => invalid(InvalidCall::NoSuchEndpoint),
            }
        }
        // AC-189: an endpoint that is not there is told before anything else.
        Request::Harness(request)
            if raw.status == 404
                && (is_of_data(request.operation) || is_about_endpoint(request.operation)) =>
        {
            invalid(InvalidCall::NoSuchEndpoint)
        }
        Request::Memory(request)
            if raw.status == 404 && names_memory(request.operation, message) =>
        {
            invalid(InvalidCall::NoSuchMemory)
        }
        Request::Identity(_) if raw.status == 400 && message.contains("linked to a service") => {
            invalid(InvalidCall::ManagedIdentity)
        }
        // AC-021: an endpoint that is not there is told before anything else. What an endpoint that is there lacks, a policy
        // for example, is told after policies.
        Request::Control(request) if raw.status == 404 && lacks_endpoint(world, &request.on) => {
            invalid(InvalidCall::NoSuchEndpoint)
        }
        Request::Control(_) | Request::Other(_) => Observed::Call(Outcome::Allowed),
        Request::Harness(request) if !is_of_data(request.operation) => {
            Observed::Call(Outcome::Allowed)
        }
        Request::Memory(_) if raw.status == 404 => Observed::Call(Outcome::Allowed),
        _ => failed(raw),
    }
}

/// Whether what a request is about is an endpoint that its runtime does not have.
fn lacks_endpoint(world: &World, on: &ControlTarget) -> bool {
    let ControlTarget::RuntimeEndpoint { runtime, endpoint } = on else {
        return false;
    };
    let runtime = world.runtime(runtime);
    let mut endpoints = runtime.into_iter().flat_map(|runtime| &runtime.endpoints);
    endpoint != "DEFAULT" && !endpoints.any(|e| e.name == *endpoint)
}

const fn is_of_data(operation: HarnessOperation) -> bool {
    matches!(
        operation,
        HarnessOperation::InvokeHarness
            | HarnessOperation::InvokeAgentRuntimeCommand
            | HarnessOperation::InvokeAgentRuntimeCommandShell
    )
}

const fn is_about_endpoint(operation: HarnessOperation) -> bool {
    matches!(
        operation,
        HarnessOperation::GetHarnessEndpoint
            | HarnessOperation::UpdateHarnessEndpoint
            | HarnessOperation::DeleteHarnessEndpoint
    )
}

/// Whether a memory is what is not found, and not something in it.
fn names_memory(operation: MemoryOperation, message: &str) -> bool {
    let only_memory = matches!(
        operation,
        MemoryOperation::GetMemory | MemoryOperation::UpdateMemory | MemoryOperation::DeleteMemory
    );
    only_memory || message.starts_with("Memory ") && !message.contains("record")
}

fn failed(raw: &Raw) -> Observed {
    let Raw {
        status,
        code,
        message,
    } = raw;
    let code = code.as_deref().unwrap_or("no code");
    let message = message.as_deref().unwrap_or("no message");
    Observed::Failed(format!("ended with {status} {code}: {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denials_are_read_as_aws_words_them() {
        let rows = [
            (
                "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: bedrock-agentcore:InvokeAgentRuntime on resource: arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/a-0123456789 because no identity-based policy allows the bedrock-agentcore:InvokeAgentRuntime action",
                Some((DenialKind::Implicit, Some(PolicyType::Identity))),
            ),
            (
                "User: x is not authorized to perform: s3:GetObject on resource: arn with an explicit deny in an identity-based policy",
                Some((DenialKind::Explicit, Some(PolicyType::Identity))),
            ),
            (
                "User: x is not authorized to perform: s3:GetObject on resource: arn with an explicit deny in a service control policy",
                Some((DenialKind::Explicit, Some(PolicyType::Scp))),
            ),
            (
                "User: x is not authorized to perform: s3:GetObject on resource: arn with an explicit deny in a policy of another kind",
                Some((DenialKind::Explicit, None)),
            ),
            (
                "User: x is not authorized to perform: s3:GetObject on resource: arn",
                None,
            ),
            ("Access Denied", None),
            ("", None),
        ];
        for (message, expected) in rows {
            let read = read_denial(message);
            let told = read.map(|denial| (denial.kind, denial.by.iter().next()));
            assert_eq!(told, expected, "{message}");
        }
    }

    #[test]
    fn a_resource_that_holds_the_words_of_a_message_is_read_whole() {
        let message = "User: x is not authorized to perform: a:B on resource: c because no d with an explicit deny in a resource-based policy";
        let denial = read_denial(message).unwrap();
        assert_eq!(denial.at.resource, "c because no d");
    }
}
