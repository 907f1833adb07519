//! How callers prove who they are, where an authorizer asks (sections 5.2 and 6.3 of the readings).

use veriam_model::{Authorizer, Caller, JwtCaller, Rejection, TokenRules};

/// Why a caller is turned away, if it is (AC-112, AC-129, AC-130, AC-132).
pub(super) fn rejection(
    wanted: Authorizer,
    rules: &TokenRules,
    caller: &Caller,
    lacks_scope: Rejection,
) -> Option<Rejection> {
    match (wanted, caller) {
        (_, Caller::Anonymous) => Some(Rejection::Unauthenticated),
        (Authorizer::Jwt, Caller::Jwt(token)) => refused(rules, token, lacks_scope),
        (Authorizer::Iam, Caller::Jwt(_)) | (Authorizer::Jwt, _) => Some(Rejection::MethodMismatch),
        (Authorizer::Iam, _) => None,
    }
}

/// Why a token is not accepted, if it is not.
fn refused(rules: &TokenRules, token: &JwtCaller, lacks_scope: Rejection) -> Option<Rejection> {
    let claims = &token.claims;
    let shares = |wanted: &[String], claimed: &[String]| {
        wanted.is_empty() || wanted.iter().any(|text| claimed.contains(text))
    };
    let client = &claims.client;
    let fits = token.accepted
        && shares(&rules.audiences, &claims.audiences)
        && shares(
            &rules.clients,
            client.as_ref().map_or(&[], std::slice::from_ref),
        );
    if !fits {
        return Some(Rejection::BadToken);
    }
    (!shares(&rules.scopes, &claims.scopes)).then_some(lacks_scope)
}
