//! Bearer tokens: JSON web tokens of the issuers that were configured (AC-112, AC-132).
//!
//! A token is genuine if one of the keys of the issuer it names signed it and it is in time. Whether its claims are those
//! that a resource wants is decided with the resource ([`veriam_model::TokenRules`]).

use std::fmt;

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};
use veriam_model::{JwtCaller, TokenClaims};

/// The algorithms that are accepted; never one with a shared secret.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

/// The most characters of a token that is looked at.
const LONGEST: usize = 16 * 1024;

/// An issuer of tokens, as it is configured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerConfig {
    /// What its tokens carry as `iss`.
    pub issuer: String,
    /// Its public keys, a JSON web key set.
    pub jwks: serde_json::Value,
}

/// An issuer without a key that could verify anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadIssuer(String);

impl fmt::Display for BadIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadIssuer {}

/// The issuers whose tokens are accepted.
#[derive(Clone, Default)]
pub struct Issuers(Vec<Issuer>);

#[derive(Clone)]
struct Issuer {
    config: IssuerConfig,
    keys: Vec<PublicKey>,
}

#[derive(Clone)]
struct PublicKey {
    id: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl fmt::Debug for Issuers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|issuer| &issuer.config.issuer);
        f.debug_list().entries(names).finish()
    }
}

impl Issuers {
    /// Adds an issuer, or replaces the one of the same name.
    ///
    /// # Errors
    /// [`BadIssuer`] when it has no name, or no key of RS256, ES256 or EdDSA. Keys of other kinds are passed over.
    pub fn add(&mut self, config: IssuerConfig) -> Result<(), BadIssuer> {
        if config.issuer.is_empty() {
            return Err(BadIssuer(
                "`issuer` is empty; write what tokens carry as iss".to_owned(),
            ));
        }
        let set: JwkSet = serde_json::from_value(config.jwks.clone())
            .map_err(|e| BadIssuer(format!("`jwks` is no JSON web key set: {e}")))?;
        let keys: Vec<PublicKey> = set.keys.iter().filter_map(public_key).collect();
        if keys.is_empty() {
            return Err(BadIssuer(
                "`jwks` holds no public key for RS256, ES256 or EdDSA; add one".to_owned(),
            ));
        }
        self.0
            .retain(|issuer| issuer.config.issuer != config.issuer);
        self.0.push(Issuer { config, keys });
        Ok(())
    }

    /// The issuers, as they were configured.
    pub fn configs(&self) -> impl Iterator<Item = &IssuerConfig> {
        self.0.iter().map(|issuer| &issuer.config)
    }

    /// The caller a token stands for, accepted or not. `now` in seconds since 1970.
    #[must_use]
    pub fn caller(&self, token: &str, now: u64) -> JwtCaller {
        self.verified(token, now).map_or_else(
            || JwtCaller {
                subject: "unknown".to_owned(),
                accepted: false,
                claims: TokenClaims::default(),
            },
            |claims| JwtCaller {
                subject: claims.sub.unwrap_or_default(),
                accepted: true,
                claims: TokenClaims {
                    audiences: claims.aud.many(),
                    client: claims.client_id,
                    scopes: claims.scope.words(),
                },
            },
        )
    }

    fn verified(&self, token: &str, now: u64) -> Option<Claims> {
        if token.len() > LONGEST {
            return None;
        }
        let header = jsonwebtoken::decode_header(token).ok()?;
        if !ALGORITHMS.contains(&header.alg) {
            return None;
        }
        let keys = self
            .0
            .iter()
            .flat_map(|issuer| issuer.keys.iter().map(move |key| (issuer, key)));
        let named = keys.filter(|(_, key)| {
            let named = header.kid.is_none() || key.id.is_none() || key.id == header.kid;
            named && key.algorithm == header.alg
        });
        // Times are compared below, with the clock of the emulator.
        let mut validation = Validation::new(header.alg);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        for (issuer, key) in named {
            let Ok(data) = jsonwebtoken::decode::<Claims>(token, &key.key, &validation) else {
                continue;
            };
            let claims = data.claims;
            let in_time = claims.exp > now && claims.nbf.is_none_or(|nbf| nbf <= now);
            if claims.iss == issuer.config.issuer && in_time {
                return Some(claims);
            }
        }
        None
    }
}

fn public_key(jwk: &Jwk) -> Option<PublicKey> {
    use jsonwebtoken::jwk::{AlgorithmParameters as Of, EllipticCurve as Curve};
    let algorithm = match &jwk.algorithm {
        Of::RSA(_) => Algorithm::RS256,
        Of::EllipticCurve(key) if key.curve == Curve::P256 => Algorithm::ES256,
        Of::OctetKeyPair(key) if key.curve == Curve::Ed25519 => Algorithm::EdDSA,
        _ => return None,
    };
    let named = jwk.common.key_algorithm.map(|named| named.to_string());
    if named.is_some_and(|named| named != format!("{algorithm:?}")) {
        return None;
    }
    let key = DecodingKey::from_jwk(jwk).ok()?;
    let id = jwk.common.key_id.clone();
    Some(PublicKey { id, algorithm, key })
}

/// The claims that matter. `exp` and `iss` are required.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    exp: u64,
    nbf: Option<u64>,
    sub: Option<String>,
    #[serde(default)]
    aud: Texts,
    client_id: Option<String>,
    #[serde(default)]
    scope: Texts,
}

/// One text or several.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Texts {
    #[default]
    None,
    One(String),
    Many(Vec<String>),
}

impl Texts {
    fn many(self) -> Vec<String> {
        match self {
            Texts::None => Vec::new(),
            Texts::One(text) => vec![text],
            Texts::Many(texts) => texts,
        }
    }

    /// As `scope` is written: words in one text.
    fn words(self) -> Vec<String> {
        match self {
            Texts::One(text) => text.split_ascii_whitespace().map(str::to_owned).collect(),
            other => other.many(),
        }
    }
}
