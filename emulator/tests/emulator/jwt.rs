//! Tokens: genuine ones are, and nothing else is.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use veriam_emulator::auth::jwt::{IssuerConfig, Issuers};
use veriam_model::TokenClaims;

/// Made for these tests, used nowhere else.
const ED: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIHoNIdpANmQ4YSxC/1ABiKC0qmU7vjH0EEmxV+Na4wV8\n-----END PRIVATE KEY-----";
const OTHER_ED: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----";
const ISSUER: &str = "https://idp.example.com";
const NOW: u64 = 1_795_870_800;

fn key(pem: &str) -> EncodingKey {
    EncodingKey::from_ed_pem(pem.as_bytes()).unwrap()
}

fn config(pem: &str, id: &str) -> IssuerConfig {
    let mut jwk = Jwk::from_encoding_key(&key(pem), Algorithm::EdDSA).unwrap();
    jwk.common.key_id = Some(id.to_owned());
    let unknown = json!({"kty": "AKP", "alg": "ML-DSA-44", "kid": "q", "pub": "AA"});
    let jwks = json!({"keys": [unknown, serde_json::to_value(jwk).unwrap()]});
    IssuerConfig {
        issuer: ISSUER.to_owned(),
        jwks,
    }
}

fn issuers() -> Issuers {
    let mut issuers = Issuers::default();
    issuers.add(config(ED, "k1")).unwrap();
    issuers
}

fn token(pem: &str, kid: Option<&str>, claims: &Value) -> String {
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = kid.map(str::to_owned);
    encode(&header, claims, &key(pem)).unwrap()
}

fn claims() -> Value {
    json!({"iss": ISSUER, "sub": "alice", "exp": NOW + 60, "aud": "agents", "client_id": "app", "scope": "read write"})
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    claims
}

#[test]
fn a_genuine_token_says_what_it_claims() {
    let caller = issuers().caller(&token(ED, Some("k1"), &claims()), NOW);
    assert!(caller.accepted);
    assert_eq!(caller.subject, "alice");
    let text = |t: &str| t.to_owned();
    let expected = TokenClaims {
        audiences: vec![text("agents")],
        client: Some(text("app")),
        scopes: vec![text("read"), text("write")],
    };
    assert_eq!(caller.claims, expected);
    let several = with("aud", json!(["agents", "tools"]));
    let caller = issuers().caller(&token(ED, None, &several), NOW);
    assert_eq!(caller.claims.audiences, ["agents", "tools"]);
}

#[test]
fn only_genuine_tokens_are_accepted() {
    let good = token(ED, Some("k1"), &claims());
    let parts: Vec<&str> = good.split('.').collect();
    let other = token(ED, Some("k1"), &with("sub", json!("mallory")));
    let other: Vec<&str> = other.split('.').collect();
    // {"alg":"none"} and {"alg":"HS256"}
    let none = format!("eyJhbGciOiJub25lIn0.{}.", parts[1]);
    let hmac = format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", parts[1], parts[2]);
    let secret = EncodingKey::from_secret(b"public");
    let shared = encode(&Header::new(Algorithm::HS256), &claims(), &secret).unwrap();
    let rows = [
        ("good", good.clone(), true),
        ("without key id", token(ED, None, &claims()), true),
        (
            "without audience",
            token(ED, None, &with("aud", Value::Null)),
            true,
        ),
        (
            "not before now",
            token(ED, None, &with("nbf", json!(NOW))),
            true,
        ),
        ("other key", token(OTHER_ED, Some("k1"), &claims()), false),
        ("other key id", token(ED, Some("k2"), &claims()), false),
        (
            "other claims",
            format!("{}.{}.{}", parts[0], other[1], parts[2]),
            false,
        ),
        ("no signature", format!("{}.{}.", parts[0], parts[1]), false),
        ("no algorithm", none, false),
        ("algorithm of a secret", hmac, false),
        ("a secret", shared, false),
        (
            "no issuer",
            token(ED, None, &with("iss", Value::Null)),
            false,
        ),
        (
            "other issuer",
            token(ED, None, &with("iss", json!("https://other.example.com"))),
            false,
        ),
        ("no end", token(ED, None, &with("exp", Value::Null)), false),
        (
            "at its end",
            token(ED, None, &with("exp", json!(NOW))),
            false,
        ),
        (
            "not yet",
            token(ED, None, &with("nbf", json!(NOW + 1))),
            false,
        ),
        (
            "too long",
            token(ED, None, &with("pad", json!("x".repeat(20_000)))),
            false,
        ),
        ("empty", String::new(), false),
        ("no token", "hello".to_owned(), false),
    ];
    let issuers = issuers();
    for (name, token, accepted) in rows {
        let caller = issuers.caller(&token, NOW);
        assert_eq!(caller.accepted, accepted, "{name}");
        assert!(
            accepted || caller.claims.is_empty(),
            "{name}: claims of nobody"
        );
    }
}

#[test]
fn a_flipped_bit_anywhere_ends_a_token() {
    let good = token(ED, Some("k1"), &claims());
    let issuers = issuers();
    for at in 0..good.len() {
        {
            let bit = at % 7;
            let mut bytes = good.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(changed) = String::from_utf8(bytes) else {
                continue;
            };
            assert!(
                !issuers.caller(&changed, NOW).accepted,
                "byte {at}, bit {bit}: {changed}"
            );
        }
    }
}

#[test]
fn an_issuer_is_replaced_and_needs_a_key() {
    let mut issuers = issuers();
    issuers.add(config(OTHER_ED, "k1")).unwrap();
    assert!(!issuers.caller(&token(ED, None, &claims()), NOW).accepted);
    assert!(
        issuers
            .caller(&token(OTHER_ED, None, &claims()), NOW)
            .accepted
    );
    assert_eq!(issuers.configs().count(), 1);
    for jwks in [
        json!({"keys": []}),
        json!({}),
        json!({"keys": [{"kty": "oct", "k": "AAAA"}]}),
    ] {
        let config = IssuerConfig {
            issuer: ISSUER.to_owned(),
            jwks,
        };
        assert!(issuers.add(config).is_err());
    }
}

#[test]
fn each_algorithm_verifies_its_own_keys() {
    let rsa = EncodingKey::from_rsa_pem(include_bytes!("keys/rs256.pem")).unwrap();
    let ec = EncodingKey::from_ec_pem(include_bytes!("keys/es256.pem")).unwrap();
    let all = [
        (Algorithm::RS256, rsa),
        (Algorithm::ES256, ec),
        (Algorithm::EdDSA, key(ED)),
    ];
    for (algorithm, key) in &all {
        let jwk = Jwk::from_encoding_key(key, *algorithm).unwrap();
        let mut issuers = Issuers::default();
        let jwks = json!({"keys": [jwk]});
        let issuer = ISSUER.to_owned();
        issuers.add(IssuerConfig { issuer, jwks }).unwrap();
        for (other, signer) in &all {
            let token = encode(&Header::new(*other), &claims(), signer).unwrap();
            let accepted = issuers.caller(&token, NOW).accepted;
            assert_eq!(
                accepted,
                other == algorithm,
                "{other:?} with a key for {algorithm:?}"
            );
        }
    }
    // The same RSA key, signing by another algorithm than the one that is accepted.
    let (_, rsa) = &all[0];
    let mut issuers = Issuers::default();
    let jwk = Jwk::from_encoding_key(rsa, Algorithm::RS256).unwrap();
    let (issuer, jwks) = (ISSUER.to_owned(), json!({"keys": [jwk]}));
    issuers.add(IssuerConfig { issuer, jwks }).unwrap();
    let token = encode(&Header::new(Algorithm::PS256), &claims(), rsa).unwrap();
    assert!(!issuers.caller(&token, NOW).accepted);
}
