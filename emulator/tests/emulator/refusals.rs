//! What is wrong with a signature, and what its sender is told.

use veriam_emulator::auth::Refusal;
use veriam_emulator::wire::Protocol;

use crate::sigv4::{TIME, asked, invoke, now, sign_as_aws, signing, verdict};
use crate::support::signer::{Raw, presign, sha256, sign};

/// Changes a signed request; the name says how.
type Change = fn(&mut Raw);

fn set(raw: &mut Raw, name: &str, change: impl Fn(&str) -> String) {
    for (n, value) in &mut raw.headers {
        if n == name {
            *value = change(value);
        }
    }
}

#[test]
fn each_refusal_has_its_code() {
    let rows: &[(&str, Change, &str)] = &[
        (
            "no header",
            |r| r.headers.retain(|(n, _)| n != "authorization"),
            "MissingAuthenticationTokenException",
        ),
        (
            "other secret",
            |r| {
                set(r, "authorization", |v| {
                    v.replace("Signature=", "Signature=0")
                });
            },
            "InvalidSignatureException",
        ),
        (
            "unknown key",
            |r| set(r, "authorization", |v| v.replace("ASIA", "ASIB")),
            "UnrecognizedClientException",
        ),
        (
            "other token",
            |r| set(r, "x-amz-security-token", |v| v.replace('x', "y")),
            "UnrecognizedClientException",
        ),
        (
            "no token",
            |r| r.headers.retain(|(n, _)| n != "x-amz-security-token"),
            "UnrecognizedClientException",
        ),
        (
            "no date",
            |r| r.headers.retain(|(n, _)| n != "x-amz-date"),
            "IncompleteSignatureException",
        ),
        (
            "two dates",
            |r| r.headers.push(("x-amz-date".into(), TIME.into())),
            "IncompleteSignatureException",
        ),
        (
            "no such date",
            |r| set(r, "x-amz-date", |_| "yesterday".into()),
            "IncompleteSignatureException",
        ),
        (
            "other day",
            |r| set(r, "x-amz-date", |_| "20261127T235959Z".into()),
            "InvalidSignatureException",
        ),
        (
            "other region",
            |r| set(r, "authorization", |v| v.replace("us-west-2", "us-east-1")),
            "InvalidSignatureException",
        ),
        (
            "other service",
            |r| {
                set(r, "authorization", |v| {
                    v.replace("bedrock-agentcore/", "iam/")
                });
            },
            "InvalidSignatureException",
        ),
        (
            "other terminator",
            |r| {
                set(r, "authorization", |v| {
                    v.replace("aws4_request", "aws5_request")
                });
            },
            "InvalidSignatureException",
        ),
        (
            "short credential",
            |r| set(r, "authorization", |v| v.replace("/aws4_request", "")),
            "IncompleteSignatureException",
        ),
        (
            "long credential",
            |r| {
                set(r, "authorization", |v| {
                    v.replace("/aws4_request", "/aws4_request/")
                });
            },
            "IncompleteSignatureException",
        ),
        (
            "no signature",
            |r| {
                set(r, "authorization", |v| {
                    v.split(", Signature").next().unwrap().into()
                });
            },
            "IncompleteSignatureException",
        ),
        (
            "two signatures",
            |r| set(r, "authorization", |v| format!("{v}, Signature=0")),
            "IncompleteSignatureException",
        ),
        (
            "host not signed",
            |r| set(r, "authorization", |v| v.replace("host;", "")),
            "InvalidSignatureException",
        ),
        (
            "order of headers",
            |r| {
                set(r, "authorization", |v| {
                    v.replace("content-type;host", "host;content-type")
                });
            },
            "IncompleteSignatureException",
        ),
        (
            "one more x-amz",
            |r| r.headers.push(("x-amz-meta".into(), "1".into())),
            "InvalidSignatureException",
        ),
        (
            "signed header gone",
            |r| r.headers.retain(|(n, _)| n != "content-type"),
            "InvalidSignatureException",
        ),
        (
            "other body",
            |r| r.body.push(b' '),
            "InvalidSignatureException",
        ),
        (
            "other method",
            |r| r.method = "PUT".into(),
            "InvalidSignatureException",
        ),
        (
            "other user",
            |r| {
                set(r, "x-amzn-bedrock-agentcore-runtime-user-id", |_| {
                    "mallory".into()
                });
            },
            "InvalidSignatureException",
        ),
        (
            "other host",
            |r| set(r, "host", |_| "example.com".into()),
            "InvalidSignatureException",
        ),
        (
            "decoded path",
            |r| r.path = r.path.replace("%3A", ":"),
            "InvalidSignatureException",
        ),
        (
            "lower-case escapes",
            |r| r.path = r.path.replace("%3A", "%3a"),
            "InvalidSignatureException",
        ),
        (
            "broken escape",
            |r| r.query += "&a=%4",
            "IncompleteSignatureException",
        ),
        (
            "no text",
            |r| r.query += "&a=%FF",
            "IncompleteSignatureException",
        ),
        (
            "one more pair",
            |r| r.query += "&a=",
            "InvalidSignatureException",
        ),
    ];
    for (name, change, code) in rows {
        let mut raw = invoke();
        sign(&mut raw, &signing(true));
        change(&mut raw);
        let refusal = verdict(&raw).expect_err(name);
        let fault = refusal.fault(Protocol::Rest);
        assert_eq!(
            (fault.code.as_str(), fault.status),
            (*code, 403),
            "{name}: {}",
            fault.message
        );
    }
}

#[test]
fn a_body_has_to_be_the_one_its_hash_says() {
    let mut raw = invoke();
    raw.headers
        .push(("x-amz-content-sha256".into(), sha256(b"another body")));
    sign(&mut raw, &signing(false));
    assert_eq!(verdict(&raw), Err(Refusal::Mismatch));
}

#[test]
fn a_hash_has_to_be_right_even_where_the_signature_is() {
    let mut raw = invoke();
    let wrong = sha256(b"another body");
    raw.headers.push(("x-amz-content-sha256".into(), wrong));
    // AWS's signer signs the body itself, and the header as any other.
    sign_as_aws(&mut raw, &signing(false), None);
    assert_eq!(verdict(&raw), Err(Refusal::Mismatch));
}

#[test]
fn time_runs_out() {
    let mut header = invoke();
    sign(&mut header, &signing(false));
    let mut query = invoke();
    query.headers.retain(|(name, _)| name == "host");
    presign(&mut query, &signing(false), 60);
    let mut session = invoke();
    session.headers.retain(|(name, _)| name == "host");
    presign(&mut session, &signing(true), 7_200);
    let rows: &[(&str, &Raw, i64, Option<&str>)] = &[
        ("header, 15 minutes later", &header, 900, None),
        (
            "header, a second more",
            &header,
            901,
            Some("Signature expired"),
        ),
        ("header, 15 minutes earlier", &header, -900, None),
        (
            "header, a second more",
            &header,
            -901,
            Some("Signature not yet current"),
        ),
        ("query, at its end", &query, 60, None),
        ("query, after it", &query, 61, Some("Signature expired")),
        ("query, 15 minutes earlier", &query, -900, None),
        (
            "query, a second more",
            &query,
            -901,
            Some("Signature not yet current"),
        ),
        ("session, before its end", &session, 3_599, None),
        (
            "session, at its end",
            &session,
            3_600,
            Some("The security token included in the request is expired"),
        ),
    ];
    for (name, raw, later, message) in rows {
        let at = now().checked_add_signed(*later).unwrap();
        let refused = asked(raw, at)
            .unwrap()
            .err()
            .map(|r| r.fault(Protocol::Query).message);
        assert_eq!(refused.is_some(), message.is_some(), "{name}: {refused:?}");
        if let (Some(refused), Some(message)) = (refused, message) {
            assert!(refused.starts_with(message), "{name}: {refused}");
        }
    }
}

#[test]
fn presigned_requests_say_how_long_they_last() {
    for lasts in [
        "0",
        "604801",
        "-1",
        "+60",
        "060",
        "",
        "99999999999999999999",
    ] {
        let mut raw = invoke();
        raw.headers.retain(|(name, _)| name == "host");
        presign(&mut raw, &signing(false), 60);
        raw.query = raw
            .query
            .replace("X-Amz-Expires=60", &format!("X-Amz-Expires={lasts}"));
        assert!(
            matches!(verdict(&raw), Err(Refusal::Incomplete(_))),
            "{lasts}"
        );
    }
}
