//! Requests to the identity service.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use veriam_model::{Caller, IdentityOperation, IdentityRequest, InboundClaims, Request, World};

use super::super::text;
use crate::service::account;
use crate::wire::Fault;

/// What the tokens of this emulator begin with: `workload-token/<workload identity>`.
pub(in crate::service::agentcore) const WORKLOAD_TOKEN: &str = "workload-token/";

/// What a request to the identity service asks for.
pub(super) fn request(
    world: &World,
    body: &Value,
    operation: IdentityOperation,
    caller: &Caller,
) -> Result<Request, Fault> {
    use IdentityOperation as Op;
    let by_name = matches!(
        operation,
        Op::GetWorkloadAccessToken
            | Op::GetWorkloadAccessTokenForJWT
            | Op::GetWorkloadAccessTokenForUserId
    );
    let workload = if by_name {
        text(body, "workloadName")
    } else {
        let member = if operation == Op::CompleteResourceTokenAuth {
            "sessionUri"
        } else {
            "workloadIdentityToken"
        };
        text(body, member)
            .and_then(|token| token.strip_prefix(WORKLOAD_TOKEN))
            .and_then(|t| t.split('/').next())
    };
    let Some(workload) = workload else {
        let message = "The request names no workload identity, or its token was not made here.";
        return Err(Fault::new(400, "ValidationException", message));
    };
    let account = account(caller).unwrap_or_default();
    if world.workload_identity(account, workload).is_none() {
        let message = format!("WorkloadIdentity {workload} not found.");
        return Err(Fault::new(404, "ResourceNotFoundException", message));
    }
    let user = body.get("userIdentifier").unwrap_or(&Value::Null);
    let provider = match operation {
        // A session is `workload-token/<workload identity>/<provider>`.
        Op::CompleteResourceTokenAuth => {
            text(body, "sessionUri").and_then(|uri| uri.rsplit('/').next())
        }
        _ if by_name => None,
        _ => text(body, "resourceCredentialProviderName"),
    };
    let token = text(body, "userToken").or_else(|| text(user, "userToken"));
    let user_id = text(body, "userId").or_else(|| text(user, "userId"));
    let takes_user = matches!(
        operation,
        Op::GetWorkloadAccessTokenForUserId | Op::CompleteResourceTokenAuth
    );
    Ok(Request::Identity(IdentityRequest {
        operation,
        workload: workload.to_owned(),
        provider: provider.map(str::to_owned),
        user_id: user_id.filter(|_| takes_user).map(str::to_owned),
        claims: token.and_then(claims),
    }))
}

/// The claims of a token inside a request. It is data here, nobody authenticates with it (AC-247).
fn claims(token: &str) -> Option<InboundClaims> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    let many = |name: &str, split: bool| -> Vec<String> {
        match claims.get(name) {
            Some(Value::String(one)) if split => {
                one.split_ascii_whitespace().map(str::to_owned).collect()
            }
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(all)) => all
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        }
    };
    Some(InboundClaims {
        iss: text(&claims, "iss").unwrap_or_default().to_owned(),
        sub: text(&claims, "sub").unwrap_or_default().to_owned(),
        client_id: text(&claims, "client_id").map(str::to_owned),
        aud: many("aud", false),
        scope: many("scope", true),
    })
}
