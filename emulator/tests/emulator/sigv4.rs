//! Signatures: what AWS's signer and one written by hand sign is accepted, what anybody changed is not.

use std::time::{Duration, SystemTime};

use crate::support::mutate::{apply, changes};
use crate::support::signer::{Raw, Signing, accepts, presign, sign};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use veriam_emulator::Secret;
use veriam_emulator::auth::sigv4::{Scope, verify};
use veriam_emulator::auth::{Credentials, Incoming, Key, Refusal, date};
use veriam_emulator::wire::Answer;
use veriam_emulator::wire::form::Form;
use veriam_model::{Caller, RootCaller};

pub const TIME: &str = "20261128T130000Z";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "IQoJb3JpZ2luX2VjE+xam/ple==";
const ARN: &str =
    "arn%3Aaws%3Abedrock-agentcore%3Aus-west-2%3A111122223333%3Aruntime%2Fmy_agent-AbCdEf0123";

pub fn now() -> u64 {
    date::parse(TIME).unwrap()
}

pub fn signing(temporary: bool) -> Signing<'static> {
    Signing {
        key_id: if temporary {
            "ASIAIOSFODNN7EXAMPLE"
        } else {
            "AKIAIOSFODNN7EXAMPLE"
        },
        secret: SECRET,
        token: temporary.then_some(TOKEN),
        region: "us-west-2",
        service: "bedrock-agentcore",
        time: TIME,
    }
}

fn key(id: &str) -> Option<Key> {
    let token = match id {
        "AKIAIOSFODNN7EXAMPLE" => None,
        "ASIAIOSFODNN7EXAMPLE" => Some(Secret::new(TOKEN)),
        _ => return None,
    };
    let account = "111122223333".to_owned();
    Some(Key {
        secret: Secret::new(SECRET),
        expires: token.is_some().then(|| now() + 3_600),
        token,
        caller: Caller::Root(RootCaller { account }),
        transitive: Vec::new(),
    })
}

/// The verdict of the library, or none where a request cannot even be put into headers.
pub fn asked(raw: &Raw, at: u64) -> Option<Result<(), Refusal>> {
    let mut headers = HeaderMap::new();
    for (name, value) in &raw.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).ok()?);
    }
    let request = Incoming {
        method: &raw.method,
        path: &raw.path,
        query: &raw.query,
        headers: &headers,
        body: &raw.body,
    };
    let scope = Scope {
        service: "bedrock-agentcore",
        regions: &["us-west-2"],
    };
    Some(verify(&request, scope, at, key).map(|_| ()))
}

pub fn verdict(raw: &Raw) -> Result<(), Refusal> {
    asked(raw, now()).unwrap()
}

pub fn invoke() -> Raw {
    Raw {
        method: "POST".into(),
        path: format!("/runtimes/{ARN}/invocations"),
        query: "qualifier=DEFAULT&accountId=111122223333".into(),
        headers: vec![
            ("host".into(), "127.0.0.1:4600".into()),
            ("content-type".into(), "application/json".into()),
            ("x-amz-user-agent".into(), "test  with   spaces ".into()),
            (
                "x-amzn-bedrock-agentcore-runtime-user-id".into(),
                "alice".into(),
            ),
            ("user-agent".into(), "not signed".into()),
        ],
        body: br#"{"prompt":"hello"}"#.to_vec(),
    }
}

fn requests() -> Vec<Raw> {
    let mut policy = invoke();
    policy.method = "PUT".into();
    policy.path = format!("/resourcepolicy/{ARN}");
    policy.query = String::new();
    let mut repeated = invoke();
    repeated.headers.push(("x-custom".into(), "b".into()));
    repeated.headers.push(("x-custom".into(), "a".into()));
    let mut odd = invoke();
    odd.query = "b=2&a=%20x%2By&a=%C3%A9&empty=&flag&harnessArn=".to_owned() + ARN;
    let mut empty = invoke();
    empty.method = "GET".into();
    empty.body.clear();
    let mut unsigned = invoke();
    unsigned
        .headers
        .push(("x-amz-content-sha256".into(), "UNSIGNED-PAYLOAD".into()));
    let mut hashed = invoke();
    let hash = crate::support::signer::sha256(&hashed.body);
    hashed.headers.push(("x-amz-content-sha256".into(), hash));
    let mut root = invoke();
    root.path = "/".into();
    vec![
        invoke(),
        policy,
        repeated,
        odd,
        empty,
        unsigned,
        hashed,
        root,
    ]
}

/// As AWS's own signer signs: it is told the headers but those it adds.
pub fn sign_as_aws(raw: &mut Raw, s: &Signing<'_>, lasts: Option<u64>) {
    let mut settings = SigningSettings::default();
    if let Some(lasts) = lasts {
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(lasts));
        raw.headers.retain(|(name, _)| name == "host");
    }
    let token = s.token.map(str::to_owned);
    let identity =
        aws_credential_types::Credentials::new(s.key_id, s.secret, token, None, "test").into();
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(date::parse(s.time).unwrap());
    let params = aws_sigv4::sign::v4::SigningParams::builder()
        .identity(&identity)
        .region(s.region)
        .name(s.service)
        .time(at)
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let headers: Vec<(&str, &str)> = raw
        .headers
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let query = if raw.query.is_empty() {
        String::new()
    } else {
        format!("?{}", raw.query)
    };
    let uri = format!("http://127.0.0.1:4600{}{query}", raw.path);
    let body = SignableBody::Bytes(&raw.body);
    let request = SignableRequest::new(&raw.method, uri, headers.into_iter(), body).unwrap();
    let (instructions, _) = aws_sigv4::http_request::sign(request, &params)
        .unwrap()
        .into_parts();
    let (headers, query) = instructions.into_parts();
    for header in headers {
        raw.headers
            .push((header.name().to_owned(), header.value().to_owned()));
    }
    for (name, value) in query {
        if !raw.query.is_empty() {
            raw.query.push('&');
        }
        raw.query += &format!(
            "{name}={}",
            crate::support::signer::encode(value.as_bytes(), false)
        );
    }
}

#[test]
fn what_the_signer_of_aws_signs_is_accepted_and_the_verifier_by_hand_agrees() {
    for temporary in [false, true] {
        for lasts in [None, Some(300)] {
            for mut raw in requests() {
                raw.headers
                    .retain(|(name, _)| name != "x-amz-content-sha256");
                sign_as_aws(&mut raw, &signing(temporary), lasts);
                assert_eq!(verdict(&raw), Ok(()), "{raw:?}");
                assert!(accepts(&raw, &signing(temporary)), "{raw:?}");
            }
        }
    }
}

#[test]
fn what_is_signed_by_hand_is_accepted() {
    for temporary in [false, true] {
        for raw in requests() {
            let mut header = raw.clone();
            sign(&mut header, &signing(temporary));
            assert_eq!(verdict(&header), Ok(()), "{header:?}");
            let mut query = raw.clone();
            let kept = ["host", "user-agent"];
            query
                .headers
                .retain(|(name, _)| kept.contains(&name.as_str()));
            presign(&mut query, &signing(temporary), 604_800);
            assert_eq!(verdict(&query), Ok(()), "{query:?}");
        }
    }
}

#[test]
fn secrets_do_not_show() {
    let mut raw = invoke();
    sign(&mut raw, &signing(true));
    let mut headers = HeaderMap::new();
    for (name, value) in &raw.headers {
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    let (method, path, query) = (raw.method.as_str(), raw.path.as_str(), raw.query.as_str());
    let incoming = Incoming {
        method,
        path,
        query,
        headers: &headers,
        body: &raw.body,
    };
    let body = format!("SecretAccessKey={SECRET}");
    let form = Form::read(body.as_bytes()).unwrap();
    let answer = Answer {
        status: 200,
        headers: Vec::new(),
        body: body.into_bytes(),
    };
    let bearer = Credentials::Bearer(TOKEN);
    let shown = format!(
        "{:?} {incoming:?} {form:?} {answer:?} {bearer:?}",
        key("ASIAIOSFODNN7EXAMPLE")
    );
    assert!(!shown.contains(SECRET) && !shown.contains(TOKEN), "{shown}");
    assert!(!shown.contains("Signature="), "{shown}");
}

/// 4,000 requests, or as many as the variable `PROPTEST_CASES` says.
fn config() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: asked.and_then(|n| n.parse().ok()).unwrap_or(4_000),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_changed_request_is_accepted_only_if_the_verifier_by_hand_accepts_it(
        which in 0_usize..8,
        temporary: bool,
        presigned: bool,
        changes in changes(),
    ) {
        let mut raw = requests().swap_remove(which);
        let signing = signing(temporary);
        if presigned {
            raw.headers.retain(|(name, _)| name == "host");
            presign(&mut raw, &signing, 300);
        } else {
            sign(&mut raw, &signing);
        }
        prop_assert!(accepts(&raw, &signing));
        for change in &changes {
            apply(&mut raw, *change);
        }
        if let Some(Ok(())) = asked(&raw, now()) {
            prop_assert!(accepts(&raw, &signing), "accepted: {raw:?}");
        }
    }
}
