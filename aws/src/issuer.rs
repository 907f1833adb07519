//! The issuer of the bearer tokens that callers show.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use veriam_model::JwtCaller;

/// Its name: what `iss` says.
const NAME: &str = "https://idp.example.com";
/// Somebody else whom no resource trusts.
const STRANGER: &str = "https://other.example.com";

/// A key pair of the curve Ed25519 for tests, in PKCS #8: the private part, then the public one. It protects nothing:
/// whoever configures it as an issuer trusts everybody.
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIHoNIdpANmQ4YSxC/1ABiKC0qmU7vjH0EEmxV+Na4wV8\n-----END PRIVATE KEY-----";

/// Signs tokens.
#[derive(Debug)]
pub(crate) struct Issuer;

impl Issuer {
    pub(crate) const fn new() -> Self {
        Self
    }

    /// What a server has to know: the issuer with its public key.
    pub(crate) fn config(&self) -> Option<Value> {
        let key = EncodingKey::from_ed_pem(PRIVATE.as_bytes()).ok()?;
        let jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&key, Algorithm::EdDSA).ok()?;
        Some(json!({"issuer": NAME, "jwks": {"keys": [jwk]}}))
    }

    /// Where an authorizer finds the issuer.
    pub(crate) fn discovery_url(&self) -> String {
        format!("{NAME}/.well-known/openid-configuration")
    }

    /// The token of a caller at a time, in seconds since 1970.
    pub(crate) fn token(&self, caller: &JwtCaller, at: u64) -> Option<String> {
        let mut claims = json!({
            "iss": if caller.accepted { NAME } else { STRANGER },
            "sub": caller.subject,
            "iat": at.saturating_sub(60),
            "exp": at.saturating_add(300),
        });
        let claimed = claims.as_object_mut()?;
        if !caller.claims.audiences.is_empty() {
            claimed.insert("aud".to_owned(), json!(caller.claims.audiences));
        }
        if let Some(client) = &caller.claims.client {
            claimed.insert("client_id".to_owned(), json!(client));
        }
        if !caller.claims.scopes.is_empty() {
            let scope = caller.claims.scopes.join(" ");
            claimed.insert("scope".to_owned(), json!(scope));
        }
        let key = EncodingKey::from_ed_pem(PRIVATE.as_bytes()).ok()?;
        encode(&Header::new(Algorithm::EdDSA), &claims, &key).ok()
    }
}
