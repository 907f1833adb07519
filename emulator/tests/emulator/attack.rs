//! Changed requests against everything that is served: nothing happens and nothing is decided unless a verifier written by
//! hand accepts the request as one that somebody signed.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use serde_json::{Value, json};
use veriam_emulator::Secret;
use veriam_emulator::auth::{Incoming, date};
use veriam_emulator::service::Core;
use veriam_emulator::state::{Issued, State};
use veriam_emulator::wire::Answer;
use veriam_model::{Caller, UserCaller, World};

use crate::support::client;
use crate::support::mutate::{apply, changes};
use crate::support::signer::{Raw, Signing, accepts, encode, presign, sign};

const TIME: &str = "20261128T130000Z";
const OWNER: &str = "111122223333";

fn world() -> World {
    let allow =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let world = json!({
        "region": "us-west-2", "accounts": [{"id": OWNER}],
        "users": [{"account": OWNER, "name": "alice", "id": "AIDAEXAMPLE", "policies": [allow]}],
        "runtimes": [{"account": OWNER, "id": "agent-AbCdEf0123"}],
        "memories": [{"account": OWNER, "id": "notes-AbCdEf0123"}],
    });
    serde_json::from_value(world).unwrap()
}

/// A world of its own, and the access key of a user who may everything. (The key that every account has would not do: its
/// secret is the same for all, and a signature does not cover the id of its key.)
fn core() -> (Core, Issued) {
    let mut state = State::new("us-west-2", Secret::new("test"));
    state.load(world()).unwrap();
    let now = date::parse(TIME).unwrap();
    let alice = UserCaller {
        account: OWNER.to_owned(),
        name: "alice".to_owned(),
        token: None,
    };
    let issued = state.issue(Caller::User(alice), now, None).unwrap();
    (Core::new(state, Arc::new(move || now)), issued)
}

/// One request of each kind, and the service it is signed for.
fn requests() -> Vec<(Raw, &'static str)> {
    let arn = encode(
        b"arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/agent-AbCdEf0123",
        false,
    );
    let policy = json!({"policy": json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": {"AWS": OWNER},
        "Action": "bedrock-agentcore:InvokeAgentRuntime",
        "Resource": "arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/agent-AbCdEf0123"}}).to_string()});
    let none = Value::Null;
    let rest = |method: &str, path: &str, body: &Value| {
        (client::json(method, path, body), "bedrock-agentcore")
    };
    let query = |service, body: &str| {
        let mut raw = client::json("POST", "/", &Value::Null);
        raw.body = body.as_bytes().to_vec();
        (raw, service)
    };
    let mut invoke = rest(
        "POST",
        &format!("/runtimes/{arn}/invocations"),
        &json!({"prompt": "hello"}),
    );
    invoke.0.query = "qualifier=DEFAULT".to_owned();
    vec![
        invoke,
        rest("PUT", &format!("/resourcepolicy/{arn}"), &policy),
        rest("DELETE", "/runtimes/agent-AbCdEf0123/", &none),
        rest("PUT", "/runtimes/", &json!({"agentRuntimeName": "more"})),
        rest("GET", &format!("/runtimes/{arn}/ws"), &none),
        rest(
            "POST",
            "/memories/notes-AbCdEf0123/events",
            &json!({"actorId": "a", "sessionId": "s"}),
        ),
        query("iam", "Action=CreateUser&Version=2010-05-08&UserName=bob"),
        query(
            "iam",
            "Action=DeleteUserPolicy&Version=2010-05-08&UserName=alice&PolicyName=policy-1",
        ),
        query("sts", "Action=GetCallerIdentity&Version=2011-06-15"),
    ]
}

fn answer(core: &Core, raw: &Raw) -> Option<Answer> {
    let mut headers = HeaderMap::new();
    for (name, value) in &raw.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).ok()?);
    }
    let (method, path, query) = (raw.method.as_str(), raw.path.as_str(), raw.query.as_str());
    let request = Incoming {
        method,
        path,
        query,
        headers: &headers,
        body: &raw.body,
    };
    Some(core.answer(request, IpAddr::V4(Ipv4Addr::LOCALHOST), "id"))
}

/// What is served without credentials.
fn is_open(raw: &Raw) -> bool {
    raw.path == "/healthz" || raw.path.starts_with("/_veriam/")
}

#[test]
fn each_request_works_before_it_is_changed() {
    for (raw, service) in requests() {
        for presigned in [false, true] {
            let (core, key) = core();
            let raw = signed(raw.clone(), &signing(&key, service), presigned);
            let answer = answer(&core, &raw).unwrap();
            assert!(
                answer.status < 300,
                "{raw:?}: {}",
                String::from_utf8_lossy(&answer.body)
            );
        }
    }
}

fn signing<'k>(key: &'k Issued, service: &'static str) -> Signing<'k> {
    Signing {
        key_id: &key.id,
        secret: key.secret.reveal(),
        token: None,
        region: "us-west-2",
        service,
        time: TIME,
    }
}

fn signed(mut raw: Raw, signing: &Signing<'_>, presigned: bool) -> Raw {
    if presigned {
        presign(&mut raw, signing, 300);
    } else {
        sign(&mut raw, signing);
    }
    raw
}

fn config() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: asked.and_then(|n| n.parse().ok()).unwrap_or(3_000),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_changed_request_does_nothing_unless_it_is_signed(
        which in 0_usize..9,
        presigned: bool,
        changes in changes(),
    ) {
        let (raw, service) = requests().swap_remove(which);
        let (core, key) = core();
        let mut raw = signed(raw, &signing(&key, service), presigned);
        for change in &changes {
            apply(&mut raw, *change);
        }
        let before = core.read().world().clone();
        let Some(answer) = answer(&core, &raw) else { return Ok(()) };
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        let decided = body.contains("is not authorized to perform");
        let changed = *core.read().world() != before;
        let services = ["bedrock-agentcore", "iam", "sts"];
        if (answer.status < 300 || decided || changed) && !is_open(&raw) {
            let genuine = services.into_iter().any(|service| accepts(&raw, &signing(&key, service)));
            prop_assert!(genuine, "{} {body}\n{raw:?}", answer.status);
        }
        prop_assert!(answer.status < 500 || answer.status == 501, "{} {body}\n{raw:?}", answer.status);
    }
}
