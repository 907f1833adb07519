//! Times of base URLs: what is asked below one happens when it says.

use serde_json::{Value, json};

use crate::agentcore::start;
use crate::iam::{ACCOUNT, ALLOW, LIST, TRUST, code};
use crate::support::client::{Client, json as request};
use crate::support::who::{Who, leaf};

/// 2023-11-14T22:13:20Z
const THEN: u64 = 1_700_000_000;

fn way(client: &mut Client, name: &str, body: &Value) -> (u16, String) {
    let reply = client.send(&request("PUT", &format!("/_veriam/paths/{name}"), body));
    (reply.status, reply.code().to_owned())
}

fn internet(at: u64) -> Value {
    json!({"internet": {"address": "203.0.113.9"}, "at": at})
}

#[test]
fn requests_below_a_base_url_happen_at_its_time() {
    let emulator = start();
    let address = emulator.address();
    let mut admin = Client::new(address);
    for (name, at) in [("then", THEN), ("later", THEN + 2_000)] {
        assert_eq!(way(&mut admin, name, &internet(at)).0, 200);
    }
    let mut root = Who::bootstrap(address, ACCOUNT);
    root.done("iam", "CreateUser", &[("UserName", "alice")]);
    // Until an instant that lies between the two, and not a second longer.
    let until = ALLOW.replace(
        r#""Resource":"*""#,
        r#""Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2023-11-14T22:30:00Z"}}"#,
    );
    let policy = [
        ("UserName", "alice"),
        ("PolicyName", "p"),
        ("PolicyDocument", until.as_str()),
    ];
    root.done("iam", "PutUserPolicy", &policy);
    let key = root.done("iam", "CreateAccessKey", &[("UserName", "alice")]);
    let mut alice = Who::of(address, &key);
    assert_eq!(
        code(&alice.query("iam", "ListUsers", &[])).1,
        "AccessDenied"
    );
    // A signature of another time is none, whichever of the two clocks is the emulator's.
    alice.base = "/via/then".to_owned();
    let skewed = alice.query("iam", "ListUsers", &[]);
    assert_eq!(code(&skewed).1, "SignatureDoesNotMatch");
    alice.at = Some(THEN + 60);
    alice.done("iam", "ListUsers", &[]);
    let mut later = Who::of(address, &key);
    (later.base, later.at) = ("/via/later".to_owned(), Some(THEN + 2_000));
    assert_eq!(
        code(&later.query("iam", "ListUsers", &[])).1,
        "AccessDenied"
    );
    // Both at once, again: no time is left behind.
    alice.done("iam", "ListUsers", &[]);
    // A session is issued and ends by the same clock.
    let session = alice.done("sts", "GetSessionToken", &[("DurationSeconds", "900")]);
    assert_eq!(
        leaf(&session, "Expiration").unwrap(),
        "2023-11-14T22:28:20Z"
    );
    let mut session = Who::of(address, &session);
    (session.base, session.at) = ("/via/then".to_owned(), Some(THEN));
    session.done("iam", "ListUsers", &[]);
    (session.base, session.at) = ("/via/later".to_owned(), Some(THEN + 2_000));
    let over = session.query("iam", "ListUsers", &[]);
    assert_eq!(code(&over).1, "ExpiredToken");
    let made = { alice.rest("PUT", "/runtimes/", &json!({"agentRuntimeName": "a"})) };
    assert_eq!(made.json()["createdAt"], "2023-11-14T22:13:20Z");
}

#[test]
fn the_time_a_session_was_issued_is_that_of_its_base_url() {
    let emulator = start();
    let address = emulator.address();
    let mut admin = Client::new(address);
    way(&mut admin, "then", &internet(THEN));
    let mut root = Who::bootstrap(address, ACCOUNT);
    let trust = TRUST.replace("111122223333", "arn:aws:iam::111122223333:user/alice");
    let role = [
        ("RoleName", "R"),
        ("AssumeRolePolicyDocument", trust.as_str()),
    ];
    root.done("iam", "CreateUser", &[("UserName", "alice")]);
    root.done("iam", "CreateRole", &role);
    let issued = LIST.replace(
        r#""Resource":"*""#,
        r#""Resource":"*","Condition":{"DateEquals":{"aws:TokenIssueTime":"2023-11-14T22:13:20Z"}}"#,
    );
    let policy = [
        ("RoleName", "R"),
        ("PolicyName", "p"),
        ("PolicyDocument", issued.as_str()),
    ];
    root.done("iam", "PutRolePolicy", &policy);
    let key = root.done("iam", "CreateAccessKey", &[("UserName", "alice")]);
    let assume = [
        ("RoleArn", "arn:aws:iam::111122223333:role/R"),
        ("RoleSessionName", "s1"),
    ];
    let mut alice = Who::of(address, &key);
    let now = alice.done("sts", "AssumeRole", &assume);
    (alice.base, alice.at) = ("/via/then".to_owned(), Some(THEN));
    let then = alice.done("sts", "AssumeRole", &assume);
    let mut of_now = Who::of(address, &now);
    assert_eq!(
        code(&of_now.query("iam", "ListUsers", &[])).1,
        "AccessDenied"
    );
    let mut of_then = Who::of(address, &then);
    (of_then.base, of_then.at) = ("/via/then".to_owned(), Some(THEN));
    of_then.done("iam", "ListUsers", &[]);
}

#[test]
fn a_way_is_a_path_with_or_without_a_time_and_nothing_else() {
    let emulator = start();
    let mut admin = Client::new(emulator.address());
    for (body, status) in [
        (json!({"internet": {"address": "203.0.113.9"}}), 200),
        (internet(0), 200),
        (internet(253_402_300_799), 200),
        (internet(253_402_300_800), 400),
        (
            json!({"internet": {"address": "203.0.113.9"}, "at": "now"}),
            400,
        ),
        (
            json!({"internet": {"address": "203.0.113.9"}, "at": -1}),
            400,
        ),
        (
            json!({"internet": {"address": "203.0.113.9"}, "at": null}),
            400,
        ),
        (
            json!({"internet": {"address": "203.0.113.9"}, "when": 1}),
            400,
        ),
        (
            json!({"internet": {"address": "203.0.113.9", "at": 1}}),
            400,
        ),
        (json!({"at": 1}), 400),
        (json!([1]), 400),
    ] {
        assert_eq!(way(&mut admin, "a", &body).0, status, "{body}");
    }
}
