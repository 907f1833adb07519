//! Workload identities and credential providers as they are shown: the members that the API model requires. Of what was
//! configured nothing is kept.

use serde_json::{Value, json};
use veriam_model::{ProviderKind, World};

use super::{Kind, arns, text};

/// The thing of that name. `body` is the request that says more of it, where there is one.
pub(super) fn one(world: &World, owner: &str, kind: Kind, name: &str, body: &Value) -> Value {
    let (_, arn) = arns(world, owner, kind, name);
    let secret = |word: &str| {
        let (partition, region) = (&world.partition, &world.region);
        let place = format!("bedrock-agentcore-identity!default/{word}/{name}");
        json!({"secretArn": format!("arn:{partition}:secretsmanager:{region}:{owner}:secret:{place}")})
    };
    let vendor = |default: &str| {
        let told = text(body, "credentialProviderVendor");
        told.unwrap_or(default).to_owned()
    };
    match kind {
        Kind::Workload => json!({
            "name": name, "workloadIdentityArn": arn, "allowedResourceOauth2ReturnUrls": [],
        }),
        Kind::Provider(ProviderKind::ApiKey) => json!({
            "name": name, "credentialProviderArn": arn, "apiKeySecretArn": secret("apikey"),
        }),
        Kind::Provider(ProviderKind::Oauth2) => json!({
            "name": name, "credentialProviderArn": arn, "clientSecretArn": secret("oauth2"), "status": "READY",
            "credentialProviderVendor": vendor("CustomOauth2"),
            "oauth2ProviderConfigOutput": {"customOauth2ProviderConfig": {"oauthDiscovery":
                {"discoveryUrl": "https://idp.example.com/.well-known/openid-configuration"}}},
        }),
        Kind::Provider(ProviderKind::Payment) => json!({
            "name": name, "credentialProviderArn": arn, "credentialProviderVendor": vendor("CoinbaseCDP"),
            "providerConfigurationOutput": {"coinbaseCdpConfiguration": {"apiKeyId": "none",
                "apiKeySecretArn": secret("apikey"), "walletSecretArn": secret("wallet")}},
        }),
    }
}

/// The same with the times that lists and reads show, in seconds since 1970.
pub(super) fn with_times(mut shown: Value, now: u64) -> Value {
    if let Some(members) = shown.as_object_mut() {
        members.insert("createdTime".to_owned(), json!(now));
        members.insert("lastUpdatedTime".to_owned(), json!(now));
    }
    shown
}
