//! Whether a call gets as far as policies (readings, 5.2): is the endpoint there, do the credentials fit?

use veriam_model::{Authorizer, Call, Caller, InvalidCall, Malformed, Outcome, Rejection, World};

use super::scene::{Scene, known};
use crate::decide::Log;
use crate::notes::ac;

/// What becomes of a call before any policy is read.
pub(crate) enum Admission<'w> {
    /// Policies decide.
    Admitted(Scene<'w>),
    /// It is over.
    TurnedAway(Outcome),
}

/// Looks for the endpoint, then at the credentials.
pub(crate) fn admit<'w>(
    world: &'w World,
    call: &'w Call,
    log: &mut Log<'_>,
) -> Result<Admission<'w>, Malformed> {
    let runtime = known(world.runtime(&call.runtime), "call.runtime", &call.runtime)?;
    let name = call.qualifier.as_deref().unwrap_or(DEFAULT);
    let endpoint = runtime.endpoints.iter().find(|e| e.name == name);
    // AC-021: a call without qualifier goes to DEFAULT, which every runtime has.
    log.step(&[ac(21)], || match &call.qualifier {
        None => "the call names no endpoint, so it goes to DEFAULT".to_owned(),
        Some(name) => format!("the call names the endpoint {name}"),
    });
    if endpoint.is_none() && name != DEFAULT {
        log.step(&[ac(21)], || {
            format!("the runtime {} has no endpoint {name}", runtime.id)
        });
        let outcome = Outcome::Invalid(InvalidCall::NoSuchEndpoint);
        return Ok(Admission::TurnedAway(outcome));
    }
    // AC-127: a runtime takes signatures or tokens. AC-128: its endpoint may be bound to a version that differs.
    let authorizer = match endpoint.and_then(|e| e.authorizer) {
        Some(own) => {
            log.step(&[ac(127), ac(128)], || {
                format!(
                    "the version behind the endpoint {name} takes {}",
                    wanted(own)
                )
            });
            own
        }
        None => {
            log.step(&[ac(127)], || {
                format!(
                    "the runtime {} takes {}",
                    runtime.id,
                    wanted(runtime.authorizer)
                )
            });
            runtime.authorizer
        }
    };
    if let Some(rejection) = rejection(authorizer, &call.caller, log) {
        return Ok(Admission::TurnedAway(Outcome::Rejected(rejection)));
    }
    Scene::of(world, call, runtime, name, endpoint).map(Admission::Admitted)
}

/// The endpoint that is there without being made.
const DEFAULT: &str = "DEFAULT";

fn wanted(authorizer: Authorizer) -> &'static str {
    match authorizer {
        Authorizer::Iam => "SigV4 signatures",
        Authorizer::Jwt => "bearer tokens",
    }
}

/// Why the credentials do not do, if they do not.
fn rejection(authorizer: Authorizer, caller: &Caller, log: &mut Log<'_>) -> Option<Rejection> {
    match (authorizer, caller) {
        // AC-112, AC-130: without credentials there is no caller whom a policy could allow.
        (_, Caller::Anonymous) => {
            log.step(&[ac(112), ac(130)], || {
                "the call brings neither signature nor token".to_owned()
            });
            Some(Rejection::Unauthenticated)
        }
        // AC-129: the kind of credentials is looked at before the credentials.
        (Authorizer::Iam, Caller::Jwt(_)) => {
            log.step(&[ac(129)], || {
                "the call brings a token where a signature is wanted".to_owned()
            });
            Some(Rejection::MethodMismatch)
        }
        (
            Authorizer::Jwt,
            Caller::User(_) | Caller::Session(_) | Caller::Root(_) | Caller::Federated(_),
        ) => {
            log.step(&[ac(129)], || {
                "the call is signed where a token is wanted".to_owned()
            });
            Some(Rejection::MethodMismatch)
        }
        // AC-112: the token is checked before any policy.
        (Authorizer::Jwt, Caller::Jwt(jwt)) => {
            let subject = &jwt.subject;
            log.step(&[ac(112)], || match jwt.accepted {
                true => format!("the authorizer accepts the token of {subject}"),
                false => format!("the authorizer does not accept the token of {subject}"),
            });
            (!jwt.accepted).then_some(Rejection::BadToken)
        }
        (Authorizer::Iam, _) => None,
    }
}
