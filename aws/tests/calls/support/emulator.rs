//! The emulator, with a world in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use veriam_aws::{Base, Connection, Credentials, Patience, Proof, Session};
use veriam_emulator::{Config, Emulator};
use veriam_model::{Call, CallCase, Caller, JwtCaller};

const ED: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIHoNIdpANmQ4YSxC/1ABiKC0qmU7vjH0EEmxV+Na4wV8\n-----END PRIVATE KEY-----";

pub(crate) struct Server {
    emulator: Emulator,
    clock: Arc<AtomicU64>,
    admin: Client<HttpConnector, Full<Bytes>>,
    connection: Connection,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let clock = Arc::new(AtomicU64::new(0));
        let told = Arc::clone(&clock);
        let config = Config {
            clock: Arc::new(move || told.load(Ordering::SeqCst)),
            ..Config::default()
        };
        let emulator = Emulator::start(config).unwrap();
        let base = format!("http://{}", emulator.address());
        let patience = Patience::of_emulators(Duration::from_secs(20));
        let server = Self {
            emulator,
            clock,
            admin: Client::builder(TokioExecutor::new()).build_http(),
            connection: Connection::new(&base, patience),
        };
        let key = EncodingKey::from_ed_pem(ED.as_bytes()).unwrap();
        let jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA).unwrap();
        let issuer = json!({"issuer": "https://idp.example.com", "jwks": {"keys": [jwk]}});
        server.admin("PUT", "issuers", &issuer).await;
        server
    }

    pub(crate) async fn admin(&self, method: &str, path: &str, body: &Value) -> Value {
        let request = hyper::Request::builder()
            .method(method)
            .uri(format!("http://{}/_veriam/{path}", self.emulator.address()))
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body.to_string())))
            .unwrap();
        let response = self.admin.request(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        assert!(
            status.is_success(),
            "{path}: {}",
            String::from_utf8_lossy(&bytes)
        );
        serde_json::from_slice(&bytes).unwrap_or(Value::Null)
    }

    /// Loads the world of a case, and sets the time.
    pub(crate) async fn load(&self, case: &CallCase) {
        self.clock.store(case.call.at, Ordering::SeqCst);
        let world = serde_json::to_value(&case.world).unwrap();
        self.admin("PUT", "world", &world).await;
        let way = serde_json::to_value(&case.call.from).unwrap();
        self.admin("PUT", "paths/way", &way).await;
    }

    /// The session of its caller, by its way.
    pub(crate) async fn session(&self, case: &CallCase) -> Session {
        let base = Base {
            url: format!("http://{}/via/way", self.emulator.address()),
            region: case.world.region.clone(),
            at: Some(case.call.at),
        };
        let proof = self.proof(&case.call).await;
        Session::new(&self.connection, base, proof, Some(&case.call.user_agent))
    }

    async fn proof(&self, call: &Call) -> Proof {
        let expires_in = match &call.caller {
            Caller::Anonymous | Caller::Service(_) => return Proof::Nothing,
            Caller::Jwt(caller) => return Proof::Bearer(token(caller, call.at)),
            Caller::User(user) => user.token.map(|_| 3_600),
            Caller::Session(_) | Caller::Root(_) | Caller::Federated(_) => Some(3_600),
        };
        let wanted = json!({"caller": call.caller, "expires_in": expires_in});
        let keys = self.admin("POST", "credentials", &wanted).await;
        let text = |name: &str| keys[name].as_str().map(str::to_owned);
        Proof::Key(Credentials {
            key_id: text("accessKeyId").unwrap(),
            secret: text("secretAccessKey").unwrap(),
            token: text("sessionToken"),
        })
    }
}

fn token(caller: &JwtCaller, at: u64) -> String {
    let claims = json!({
        "iss": if caller.accepted { "https://idp.example.com" } else { "https://other.example.com" },
        "exp": at + 60,
        "sub": caller.subject,
        "aud": caller.claims.audiences,
        "client_id": caller.claims.client,
        "scope": caller.claims.scopes,
    });
    let key = EncodingKey::from_ed_pem(ED.as_bytes()).unwrap();
    encode(&Header::new(Algorithm::EdDSA), &claims, &key).unwrap()
}
