//! Requests to the identity service.

use aws_sdk_bedrockagentcore::types::{
    CoinbaseCdpTokenRequestInput, Oauth2FlowType, PaymentHttpMethodType, PaymentTokenRequestInput,
    UserIdentifier,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use veriam_model::{IdentityOperation, IdentityRequest, InboundClaims};

use super::Unsent;
use super::sending::{Sending, answered, made, unsupported};
use crate::raw::Raw;

pub(super) async fn send(sending: &Sending<'_>, request: &IdentityRequest) -> Result<Raw, Unsent> {
    use IdentityOperation as Op;
    let core = sending.core();
    let workload = request.workload.as_str();
    // A token names the workload. One that the service made is opaque and cannot be had before the call, so this is the
    // one that says itself whose it is.
    let token = format!("workload-token/{workload}");
    let provider = request.provider.clone();
    match request.operation {
        Op::GetWorkloadAccessToken => answered(
            core.get_workload_access_token()
                .workload_name(workload)
                .send()
                .await,
        ),
        Op::GetWorkloadAccessTokenForJWT => answered(
            core.get_workload_access_token_for_jwt()
                .workload_name(workload)
                .set_user_token(request.claims.as_ref().map(unsigned))
                .send()
                .await,
        ),
        Op::GetWorkloadAccessTokenForUserId => answered(
            core.get_workload_access_token_for_user_id()
                .workload_name(workload)
                .set_user_id(request.user_id.clone())
                .send()
                .await,
        ),
        Op::GetResourceApiKey => answered(
            core.get_resource_api_key()
                .workload_identity_token(token)
                .set_resource_credential_provider_name(provider)
                .send()
                .await,
        ),
        Op::GetResourceOauth2Token => answered(
            core.get_resource_oauth2_token()
                .workload_identity_token(token)
                .set_resource_credential_provider_name(provider)
                .scopes("read")
                .oauth2_flow(Oauth2FlowType::M2M)
                .send()
                .await,
        ),
        Op::GetResourcePaymentToken => {
            let payment = CoinbaseCdpTokenRequestInput::builder()
                .request_method(PaymentHttpMethodType::Get)
                .request_path("/");
            let payment = PaymentTokenRequestInput::CoinbaseCdpTokenRequest(made(payment.build())?);
            answered(
                core.get_resource_payment_token()
                    .workload_identity_token(token)
                    .set_resource_credential_provider_name(provider)
                    .payment_token_request(payment)
                    .send()
                    .await,
            )
        }
        Op::CompleteResourceTokenAuth => {
            let user = match (&request.user_id, &request.claims) {
                (Some(_), Some(_)) => {
                    return unsupported(
                        "user ids beside user tokens: requests name a user in one way",
                    );
                }
                (Some(user), None) => Some(UserIdentifier::UserId(user.clone())),
                (None, Some(claims)) => Some(UserIdentifier::UserToken(unsigned(claims))),
                (None, None) => None,
            };
            let session = provider.map(|provider| format!("{token}/{provider}"));
            answered(
                core.complete_resource_token_auth()
                    .set_session_uri(session)
                    .set_user_identifier(user)
                    .send()
                    .await,
            )
        }
    }
}

/// A token that nobody signed: inside a request it is data.
fn unsigned(claims: &InboundClaims) -> String {
    let mut text = json!({
        "iss": claims.iss,
        "sub": claims.sub,
        "aud": claims.aud,
        "scope": claims.scope.join(" "),
    });
    if let (Some(client), Some(members)) = (&claims.client_id, text.as_object_mut()) {
        members.insert("client_id".to_owned(), json!(client));
    }
    let encoded = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let header = encoded(r#"{"alg":"RS256","typ":"JWT"}"#);
    format!(
        "{header}.{}.{}",
        encoded(&text.to_string()),
        encoded("none")
    )
}
