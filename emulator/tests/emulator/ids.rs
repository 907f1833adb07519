//! Ids that wait for what is made next.

use serde_json::{Value, json};

use crate::agentcore::{OWNER, TENANT, start};
use crate::iam::TRUST;
use crate::support::client::{Client, json as request};
use crate::support::who::{Who, leaf};

fn put(client: &mut Client, ids: &Value) -> (u16, String) {
    let reply = client.send(&request("PUT", "/_veriam/ids", ids));
    (reply.status, reply.code().to_owned())
}

/// Makes something named so and answers its id.
fn made(owner: &mut Who, kind: &str, name: &str) -> String {
    let (method, path, body, place) = match kind {
        "runtime" => (
            "PUT",
            "/runtimes/",
            json!({"agentRuntimeName": name}),
            "/agentRuntimeId",
        ),
        "gateway" => (
            "POST",
            "/gateways/",
            json!({"name": name, "authorizerType": "AWS_IAM"}),
            "/gatewayId",
        ),
        "memory" => (
            "POST",
            "/memories/create",
            json!({"name": name}),
            "/memory/id",
        ),
        "harness" => (
            "POST",
            "/harnesses",
            json!({"harnessName": name}),
            "/harness/harnessId",
        ),
        "browser" => ("PUT", "/browsers", json!({"name": name}), "/browserId"),
        _ => (
            "PUT",
            "/code-interpreters",
            json!({"name": name}),
            "/codeInterpreterId",
        ),
    };
    let reply = owner.rest(method, path, &body);
    assert!(reply.status < 300, "{kind}: {}", reply.text());
    let id = reply.json().pointer(place).cloned();
    id.and_then(|id| id.as_str().map(str::to_owned)).unwrap()
}

const KINDS: [&str; 6] = [
    "runtime",
    "gateway",
    "memory",
    "harness",
    "browser",
    "code interpreter",
];

#[test]
fn what_is_made_gets_the_id_that_waits_for_its_name() {
    let emulator = start();
    let mut admin = Client::new(emulator.address());
    let mut owner = Who::bootstrap(emulator.address(), OWNER);
    for kind in KINDS {
        // Browsers and code interpreters have ids of one kind.
        let reset = request("POST", "/_veriam/reset", &Value::Null);
        assert_eq!(admin.send(&reset).status, 204);
        let ids = json!({"resources": ["other-1", "a-first", "a-second-more"]});
        assert_eq!(put(&mut admin, &ids).0, 204);
        assert_eq!(made(&mut owner, kind, "a"), "a-first", "{kind}");
        assert_eq!(made(&mut owner, kind, "a"), "a-second-more", "{kind}");
        let random = made(&mut owner, kind, "a");
        assert_eq!(random.len(), "a-".len() + 10, "{kind}: {random}");
        // One that is in use goes on waiting, and is passed over.
        let ids = json!({"resources": ["a-first", "a-third"]});
        assert_eq!(put(&mut admin, &ids).0, 204);
        assert_eq!(made(&mut owner, kind, "a"), "a-third", "{kind}");
        // What is refused takes none.
        assert_eq!(put(&mut admin, &json!({"resources": ["b-1"]})).0, 204);
        let refused = owner.rest("POST", "/gateways/", &json!({"name": "b"}));
        assert_eq!(refused.status, 400, "a gateway without authorizer");
        assert_eq!(made(&mut owner, kind, "b"), "b-1", "{kind}");
    }
}

#[test]
fn users_and_roles_get_theirs_by_account_and_name() {
    let emulator = start();
    let address = emulator.address();
    let ids = json!({
        "users": {format!("{OWNER}/alice"): "AIDAEXAMPLE", format!("{TENANT}/alice"): "AIDAOTHER"},
        "roles": {format!("{OWNER}/alice"): "AROAEXAMPLE"},
    });
    assert_eq!(put(&mut Client::new(address), &ids).0, 204);
    let user = [("UserName", "alice")];
    let role = [("RoleName", "alice"), ("AssumeRolePolicyDocument", TRUST)];
    for (account, id) in [(TENANT, "AIDAOTHER"), (OWNER, "AIDAEXAMPLE")] {
        let mut root = Who::bootstrap(address, account);
        let answer = root.done("iam", "CreateUser", &user);
        assert_eq!(leaf(&answer, "UserId").unwrap(), id);
    }
    let mut root = Who::bootstrap(address, OWNER);
    let answer = root.done("iam", "CreateRole", &role);
    assert_eq!(leaf(&answer, "RoleId").unwrap(), "AROAEXAMPLE");
    // Each is for one, once.
    root.done("iam", "DeleteUser", &user);
    let again = leaf(&root.done("iam", "CreateUser", &user), "UserId").unwrap();
    assert_eq!((again.len(), again == "AIDAEXAMPLE"), (21, false));
}

#[test]
fn ids_wait_until_others_do_or_all_is_forgotten() {
    let emulator = start();
    let mut admin = Client::new(emulator.address());
    let world = json!({"region": "us-west-2", "accounts": [{"id": OWNER}]});
    let ids = json!({"resources": ["a-1"], "users": {format!("{OWNER}/alice"): "AIDAEXAMPLE"}});
    for (method, path, body) in [
        ("PUT", "ids", json!({"resources": ["b-1"]})),
        ("PUT", "ids", json!({})),
        ("PUT", "world", world),
        ("POST", "reset", Value::Null),
    ] {
        assert_eq!(put(&mut admin, &ids).0, 204);
        let path = format!("/_veriam/{path}");
        assert_eq!(admin.send(&request(method, &path, &body)).status, 204);
        let mut owner = Who::bootstrap(emulator.address(), OWNER);
        assert_ne!(made(&mut owner, "runtime", "a"), "a-1", "{path} {body}");
        let user = [("UserName", "alice")];
        let answer = owner.done("iam", "CreateUser", &user);
        assert_ne!(leaf(&answer, "UserId").unwrap(), "AIDAEXAMPLE", "{path}");
        owner.done("iam", "DeleteUser", &user);
    }
}

#[test]
fn what_cannot_be_an_id_is_refused_and_changes_nothing() {
    let emulator = start();
    let mut admin = Client::new(emulator.address());
    assert_eq!(put(&mut admin, &json!({"resources": ["a-1"]})).0, 204);
    for ids in [
        json!({"resources": ["a"]}),
        json!({"resources": ["-1"]}),
        json!({"resources": ["a-"]}),
        json!({"resources": ["a-1/b"]}),
        json!({"resources": ["a-1", "a-1"]}),
        json!({"resources": [1]}),
        json!({"users": {"alice": "AIDAEXAMPLE"}}),
        json!({"users": {"1/alice": "AIDAEXAMPLE"}}),
        json!({"users": {format!("{OWNER}/"): "AIDAEXAMPLE"}}),
        json!({"roles": {format!("{OWNER}/R"): ""}}),
        json!({"roles": {format!("{OWNER}/R"): "AROA EXAMPLE"}}),
        json!({"groups": {}}),
        json!(["a-1"]),
    ] {
        let refused = put(&mut admin, &ids);
        assert_eq!(refused, (400, "ValidationException".to_owned()), "{ids}");
    }
    let mut owner = Who::bootstrap(emulator.address(), OWNER);
    assert_eq!(made(&mut owner, "runtime", "a"), "a-1");
}
