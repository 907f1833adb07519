//! Whether the credentials of a call are those that are wanted (readings, 5.2 and 6.3).

use veriam_model::{Authorizer, Caller, Rejection, TokenClaims, TokenRules};

use crate::decide::Log;
use crate::notes::ac;

/// What credentials are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted<'w> {
    /// A signature.
    Signature,
    /// A token that claims what the rules ask.
    Token(&'w TokenRules, At),
}

/// Where a token is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// At a runtime or a harness.
    Agent,
    /// At a gateway, which has an answer of its own to missing scopes (AC-134).
    Gateway,
}

impl<'w> Wanted<'w> {
    /// What the authorizer of a runtime or harness wants.
    pub(crate) fn by(authorizer: Authorizer, rules: &'w TokenRules) -> Self {
        match authorizer {
            Authorizer::Iam => Wanted::Signature,
            Authorizer::Jwt => Wanted::Token(rules, At::Agent),
        }
    }

    /// In words.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Wanted::Signature => "SigV4 signatures",
            Wanted::Token(..) => "bearer tokens",
        }
    }
}

/// Why the credentials do not do, if they do not.
pub(crate) fn rejection(
    wanted: Wanted<'_>,
    caller: &Caller,
    log: &mut Log<'_>,
) -> Option<Rejection> {
    match (wanted, caller) {
        // AC-112, AC-130: without credentials there is no caller whom a policy could allow.
        (_, Caller::Anonymous) => {
            log.step(&[ac(112), ac(130)], || {
                "the call brings neither signature nor token".to_owned()
            });
            Some(Rejection::Unauthenticated)
        }
        // AC-129: the kind of credentials is looked at before the credentials.
        (Wanted::Signature, Caller::Jwt(_)) => {
            log.step(&[ac(129)], || {
                "the call brings a token where a signature is wanted".to_owned()
            });
            Some(Rejection::MethodMismatch)
        }
        (
            Wanted::Token(..),
            Caller::User(_)
            | Caller::Session(_)
            | Caller::Root(_)
            | Caller::Federated(_)
            | Caller::Service(_),
        ) => {
            log.step(&[ac(129)], || {
                "the call is signed where a token is wanted".to_owned()
            });
            Some(Rejection::MethodMismatch)
        }
        // AC-112: the token is checked before any policy.
        (Wanted::Token(rules, at), Caller::Jwt(jwt)) => {
            let subject = &jwt.subject;
            log.step(&[ac(112)], || match jwt.accepted {
                true => format!("the authorizer accepts the token of {subject}"),
                false => format!("the authorizer does not accept the token of {subject}"),
            });
            match jwt.accepted {
                true => unmet(rules, &jwt.claims, at, log),
                false => Some(Rejection::BadToken),
            }
        }
        (Wanted::Signature, _) => None,
    }
}

/// AC-132: every list of the authorizer that is not empty has to be met by the claims; audiences and clients first.
fn unmet(rules: &TokenRules, claims: &TokenClaims, at: At, log: &mut Log<'_>) -> Option<Rejection> {
    if rules.is_empty() {
        return None;
    }
    let shares = |wanted: &[String], found: &[String]| wanted.iter().any(|w| found.contains(w));
    let audience = rules.audiences.is_empty() || shares(&rules.audiences, &claims.audiences);
    let client = rules.clients.is_empty()
        || claims
            .client
            .as_ref()
            .is_some_and(|client| rules.clients.contains(client));
    if !(audience && client) {
        log.step(&[ac(132)], || {
            "the token is for another audience or client than the authorizer allows".to_owned()
        });
        return Some(Rejection::BadToken);
    }
    if !(rules.scopes.is_empty() || shares(&rules.scopes, &claims.scopes)) {
        // AC-134: a gateway tells a token without the scope from a bad one.
        return Some(match at {
            At::Gateway => {
                log.step(&[ac(132), ac(134)], || {
                    "the token has none of the scopes that the gateway asks for".to_owned()
                });
                Rejection::InsufficientScope
            }
            At::Agent => {
                log.step(&[ac(132)], || {
                    "the token has none of the scopes that the authorizer asks for".to_owned()
                });
                Rejection::BadToken
            }
        });
    }
    log.step(&[ac(132)], || {
        "the token claims what the authorizer asks for".to_owned()
    });
    None
}
