//! Calls over HTTP: generated worlds are loaded, their callers get credentials and call, and what is answered is what the
//! evaluator says of the call as it was drawn.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::support::client::{Client, Reply, json as request};
use crate::support::signer::{Raw, Signing, presign, sign};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use veriam_emulator::auth::date;
use veriam_emulator::{Config, Emulator};
use veriam_evaluator::World as Judge;
use veriam_generators::generated_case;
use veriam_model::{
    Call, CallCase, Caller, Case, DenialKind, Dialect, JwtCaller, Outcome, Rejection, Request,
};

pub const ED: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIHoNIdpANmQ4YSxC/1ABiKC0qmU7vjH0EEmxV+Na4wV8\n-----END PRIVATE KEY-----";

struct Run {
    emulator: Emulator,
    clock: Arc<AtomicU64>,
    client: Client,
}

impl Run {
    fn new() -> Self {
        let clock = Arc::new(AtomicU64::new(0));
        let told = Arc::clone(&clock);
        let config = Config {
            clock: Arc::new(move || told.load(Ordering::SeqCst)),
            ..Config::default()
        };
        let emulator = Emulator::start(config).unwrap();
        let client = Client::new(emulator.address());
        Self {
            emulator,
            clock,
            client,
        }
    }

    fn admin(&mut self, method: &str, path: &str, body: &Value) -> Reply {
        let reply = self.client.send(&request(method, path, body));
        assert!(reply.status < 300, "{path}: {}", reply.text());
        reply
    }

    /// Adds to a request what says who sends it; none: nothing can.
    fn authenticate(
        &mut self,
        raw: &mut Raw,
        call: &Call,
        region: &str,
        presigned: bool,
    ) -> Option<()> {
        let expires_in = match &call.caller {
            Caller::Anonymous => return Some(()),
            Caller::Jwt(caller) => {
                raw.headers.push((
                    "authorization".into(),
                    format!("Bearer {}", token(caller, call.at)),
                ));
                return Some(());
            }
            Caller::Service(_) => return None,
            Caller::User(user) => user.token.map(|_| 3_600),
            Caller::Session(_) | Caller::Root(_) | Caller::Federated(_) => Some(3_600),
        };
        let wanted = json!({"caller": call.caller, "expires_in": expires_in});
        let keys = self.admin("POST", "/_veriam/credentials", &wanted).json();
        let time = date::format(call.at);
        let signing = Signing {
            key_id: keys["accessKeyId"].as_str()?,
            secret: keys["secretAccessKey"].as_str()?,
            token: keys["sessionToken"].as_str(),
            region,
            service: if matches!(call.request, Request::AssumeRole(_)) {
                "sts"
            } else {
                "bedrock-agentcore"
            },
            time: &time,
        };
        if presigned {
            presign(raw, &signing, 60);
        } else {
            sign(raw, &signing);
        }
        Some(())
    }
}

fn token(caller: &JwtCaller, at: u64) -> String {
    let claims = json!({
        "iss": if caller.accepted { "https://idp.example.com" } else { "https://other.example.com" },
        "exp": at + 60, "sub": caller.subject, "aud": caller.claims.audiences, "client_id": caller.claims.client,
        "scope": caller.claims.scopes,
    });
    let key = EncodingKey::from_ed_pem(ED.as_bytes()).unwrap();
    encode(&Header::new(Algorithm::EdDSA), &claims, &key).unwrap()
}

/// What an answer has to be: status, code of the error, parts of the message.
fn expected(outcome: &Outcome) -> (Vec<u16>, &'static str, Vec<String>) {
    match outcome {
        Outcome::Allowed => (vec![101, 200, 201, 202, 204, 400, 404, 409], "none", vec![]),
        Outcome::Denied(denial) => {
            let because = match denial.kind {
                DenialKind::Explicit => "with an explicit deny in a".to_owned(),
                DenialKind::Implicit => format!("allows the {} action", denial.at.action),
            };
            let on = format!(
                "is not authorized to perform: {} on resource: {}",
                denial.at.action, denial.at.resource
            );
            let named = denial.by.iter().any(|t| !t.title().is_empty());
            assert!(named);
            (vec![403], "AccessDeniedException", vec![on, because])
        }
        Outcome::Rejected(Rejection::Unauthenticated) => {
            (vec![401, 403], "", vec!["Missing".to_owned()])
        }
        Outcome::Rejected(Rejection::MethodMismatch) => (
            vec![403],
            "AccessDeniedException",
            vec!["mismatch".to_owned()],
        ),
        Outcome::Rejected(Rejection::BadToken) => (vec![401], "UnauthorizedException", vec![]),
        Outcome::Rejected(Rejection::InsufficientScope) => {
            (vec![403], "AccessDeniedException", vec!["scope".to_owned()])
        }
        Outcome::Invalid(_) => (vec![400, 404], "", vec![]),
    }
}

fn judge(case: &CallCase) -> Option<Outcome> {
    Judge::new(&case.world, &Dialect::default())
        .ok()?
        .decide(&case.call)
        .ok()
}

#[test]
fn calls_over_http_are_decided_as_they_were_drawn() {
    let mut run = Run::new();
    let key = EncodingKey::from_ed_pem(ED.as_bytes()).unwrap();
    let jwk =
        serde_json::to_value(Jwk::from_encoding_key(&key, Algorithm::EdDSA).unwrap()).unwrap();
    let issuer = json!({"issuer": "https://idp.example.com", "jwks": {"keys": [jwk]}});
    run.admin("PUT", "/_veriam/issuers", &issuer);
    let count: u64 = std::env::var("VERIAM_CALLS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(6_000);
    let mut seen: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for index in 0..count {
        let Case::Call(case) = generated_case(11, index) else {
            continue;
        };
        let Some(outcome) = judge(&case) else {
            continue;
        };
        let Some(mut raw) = crate::support::wire::request(&case.world, &case.call) else {
            continue;
        };
        run.clock.store(case.call.at, Ordering::SeqCst);
        run.admin(
            "PUT",
            "/_veriam/world",
            &serde_json::to_value(&case.world).unwrap(),
        );
        run.admin(
            "PUT",
            "/_veriam/paths/way",
            &serde_json::to_value(&case.call.from).unwrap(),
        );
        raw.path = format!("/via/way{}", raw.path);
        let upgrade = raw.path.ends_with("/ws") || raw.path.ends_with("/ws/shells");
        let presigned = upgrade && index % 2 == 0;
        if upgrade {
            raw.headers.push((
                "sec-websocket-key".into(),
                "dGhlIHNhbXBsZSBub25jZQ==".into(),
            ));
            raw.headers
                .push(("sec-websocket-version".into(), "13".into()));
        }
        let region = case.world.region.clone();
        if run
            .authenticate(&mut raw, &case.call, &region, presigned)
            .is_none()
        {
            continue;
        }
        if upgrade {
            raw.headers.push(("connection".into(), "upgrade".into()));
            raw.headers.push(("upgrade".into(), "websocket".into()));
        }
        let reply = run.client.send(&raw);
        let (statuses, mut code, parts) = expected(&outcome);
        if let (Request::AssumeRole(_), Outcome::Denied(_)) = (&case.call.request, &outcome) {
            assert!(
                reply.text().contains("<Code>AccessDenied</Code>"),
                "{}",
                reply.text()
            );
            code = "AccessDenied";
        }
        let said = format!(
            "case {index}: {:?}\n{outcome:?}\n{} {} {}",
            case.call,
            reply.status,
            reply.code(),
            reply.text()
        );
        assert!(statuses.contains(&reply.status), "{said}");
        assert!(
            code.is_empty()
                || code == reply.code()
                || reply.status >= 400 && outcome == Outcome::Allowed,
            "{said}"
        );
        assert!(
            parts.iter().all(|part| reply.text().contains(part)),
            "{said}"
        );
        if outcome == Outcome::Allowed {
            // What the control plane makes of it afterwards is another matter: there may be no policy to remove.
            let control = matches!(case.call.request, Request::Control(_));
            assert!(
                reply.status < 300 || control && reply.status < 500,
                "{said}"
            );
        } else if let Outcome::Denied(denial) = &outcome {
            let named = denial.by.iter().any(|t| reply.text().contains(t.title()));
            assert!(named, "a type that denies: {said}");
        }
        let kind = match outcome {
            Outcome::Allowed => "allowed",
            Outcome::Denied(_) => "denied",
            Outcome::Rejected(_) => "rejected",
            Outcome::Invalid(_) => "invalid",
        };
        *seen
            .entry(family(&case.call))
            .or_default()
            .entry(kind)
            .or_default() += 1;
        if reply.status == 101 {
            run.client = Client::new(run.emulator.address());
        }
    }
    let total: usize = seen.values().flat_map(BTreeMap::values).sum();
    let allowed: usize = seen.values().filter_map(|kinds| kinds.get("allowed")).sum();
    assert!(total > 400 && allowed > 40, "{seen:?}");
    assert!(seen.len() >= 6, "{seen:?}");
    // Shown by `--nocapture`.
    std::io::Write::write_all(
        &mut std::io::stderr(),
        format!("{total} calls: {seen:?}\n").as_bytes(),
    )
    .unwrap();
}

fn family(call: &Call) -> &'static str {
    use veriam_model::Request as R;
    match &call.request {
        R::Runtime(_) => "runtime",
        R::Gateway(_) => "gateway",
        R::Memory(_) => "memory",
        R::Harness(_) => "harness",
        R::Tool(_) => "tool",
        R::Identity(_) => "identity",
        R::Control(_) => "control",
        R::AssumeRole(_) | R::Other(_) => "other",
    }
}
