//! Versions of runtimes: each endpoint takes the credentials of its own.

use serde_json::{Value, json};

use crate::agentcore::{OWNER, start};
use crate::support::client::{Client, json as request};
use crate::support::who::Who;

fn jwt(audience: &str) -> Value {
    json!({"customJWTAuthorizer": {"discoveryUrl": "https://idp.example.com/.well-known/openid-configuration",
        "allowedAudience": [audience]}})
}

fn named(mut body: Value, name: &str) -> Value {
    body["name"] = json!(name);
    body
}

/// What the world tells of the authorizers: of the runtime, and of each endpoint.
fn told(emulator: &veriam_emulator::Emulator, id: &str) -> Value {
    let state = emulator.core().read();
    let runtime = state.world().runtime(id).unwrap();
    let endpoints = runtime.endpoints.iter();
    let endpoints: Vec<Value> = endpoints.map(|e| json!([e.name, e.authorizer])).collect();
    json!([runtime.authorizer, runtime.token_rules.audiences, endpoints])
}

struct Runtime {
    owner: Who,
    id: String,
}

impl Runtime {
    fn made(emulator: &veriam_emulator::Emulator, body: Value) -> Self {
        let mut owner = Who::bootstrap(emulator.address(), OWNER);
        let mut body = body;
        body["agentRuntimeName"] = json!("a");
        let made = owner.rest("PUT", "/runtimes/", &body).json();
        assert_eq!(made["agentRuntimeVersion"], "1");
        let id = made["agentRuntimeId"].as_str().unwrap().to_owned();
        Self { owner, id }
    }

    fn rest(&mut self, method: &str, rest: &str, body: &Value) -> (u16, Value) {
        let path = format!("/runtimes/{}/{rest}", self.id);
        let reply = self.owner.rest(method, &path, body);
        (reply.status, reply.json())
    }

    fn endpoint(&mut self, name: &str, body: Value) -> (u16, Value) {
        self.rest("PUT", "runtime-endpoints/", &named(body, name))
    }

    /// The version behind an endpoint.
    fn live(&mut self, name: &str) -> String {
        let path = format!("runtime-endpoints/{name}/");
        let (status, shown) = self.rest("GET", &path, &Value::Null);
        assert_eq!(
            (status, &shown["liveVersion"]),
            (200, &shown["targetVersion"])
        );
        shown["liveVersion"].as_str().unwrap().to_owned()
    }

    /// The code of a signed invocation.
    fn invoked(&mut self, endpoint: &str) -> (u16, String) {
        let path = format!("/runtimes/{}/invocations", self.id);
        let mut raw = request("POST", &path, &json!({}));
        raw.query = format!("accountId={OWNER}&qualifier={endpoint}");
        let raw = self.owner.signed(raw, "bedrock-agentcore");
        let reply = self.owner.client.send(&raw);
        (reply.status, reply.text())
    }
}

#[test]
fn an_endpoint_takes_the_credentials_of_the_version_it_is_pinned_to() {
    let emulator = start();
    let mut runtime = Runtime::made(&emulator, json!({}));
    let (status, made) = runtime.endpoint("first", json!({}));
    assert_eq!((status, &made["targetVersion"]), (202, &json!("1")));
    // The second version takes tokens; what is pinned to the first does not follow, DEFAULT does.
    let update = json!({"authorizerConfiguration": jwt("agents")});
    let (status, updated) = runtime.rest("PUT", "", &update);
    assert_eq!(
        (status, &updated["agentRuntimeVersion"]),
        (202, &json!("2"))
    );
    let (_, made) = runtime.endpoint("second", json!({}));
    assert_eq!(made["targetVersion"], "2");
    let (_, made) = runtime.endpoint("old", json!({"agentRuntimeVersion": "1"}));
    assert_eq!(made["targetVersion"], "1");
    let id = runtime.id.clone();
    assert_eq!(
        told(&emulator, &id),
        json!([
            "jwt",
            ["agents"],
            [["first", "iam"], ["second", null], ["old", "iam"]]
        ])
    );
    for (endpoint, version, status) in [
        ("first", "1", 200),
        ("old", "1", 200),
        ("second", "2", 403),
        ("DEFAULT", "2", 403),
    ] {
        assert_eq!(runtime.live(endpoint), version, "{endpoint}");
        let (answered, text) = runtime.invoked(endpoint);
        assert_eq!(answered, status, "{endpoint}: {text}");
        assert_eq!(text.contains("method mismatch"), status == 403, "{text}");
    }
    // A pin moves, and moves back.
    let to = |version: &str| json!({"agentRuntimeVersion": version});
    let path = "runtime-endpoints/first/";
    let (status, moved) = runtime.rest("PUT", path, &to("2"));
    assert_eq!((status, &moved["liveVersion"]), (202, &json!("2")));
    assert_eq!(runtime.invoked("first").0, 403);
    assert_eq!(runtime.rest("PUT", path, &json!({})).1["liveVersion"], "2");
    runtime.rest("PUT", path, &to("1"));
    assert_eq!(runtime.invoked("first").0, 200);
    // A third version takes signatures: of those pinned to the second the rules about tokens are kept.
    runtime.rest("PUT", "", &json!({}));
    assert_eq!(
        told(&emulator, &id),
        json!([
            "iam",
            ["agents"],
            [["first", null], ["second", "jwt"], ["old", null]]
        ])
    );
    assert_eq!(runtime.invoked("DEFAULT").0, 200);
    let (_, shown) = runtime.rest("GET", "", &Value::Null);
    assert_eq!(shown["agentRuntimeVersion"], "3");
    let listed = runtime
        .owner
        .rest("POST", "/runtimes/", &Value::Null)
        .json();
    assert_eq!(listed["agentRuntimes"][0]["agentRuntimeVersion"], "3");
    // An endpoint that is made again is pinned anew.
    assert_eq!(
        runtime
            .rest("DELETE", "runtime-endpoints/second/", &Value::Null)
            .0,
        202
    );
    assert_eq!(
        told(&emulator, &id),
        json!(["iam", [], [["first", null], ["old", null]]]),
        "nothing in use takes tokens"
    );
    let (_, made) = runtime.endpoint("second", json!({}));
    assert_eq!(made["targetVersion"], "3");
    assert_eq!(
        told(&emulator, &id),
        json!([
            "iam",
            [],
            [["first", null], ["old", null], ["second", null]]
        ])
    );
}

#[test]
fn versions_that_do_not_exist_are_not_found() {
    let emulator = start();
    let mut runtime = Runtime::made(&emulator, json!({}));
    runtime.rest("PUT", "", &json!({}));
    runtime.endpoint("e", json!({}));
    for (version, status) in [
        ("2", 202),
        ("3", 404),
        ("0", 400),
        ("01", 400),
        ("x", 400),
        ("", 400),
        ("100000", 400),
    ] {
        let to = json!({"agentRuntimeVersion": version});
        let (answered, _) = runtime.rest("PUT", "runtime-endpoints/e/", &to);
        assert_eq!(answered, status, "{version}");
        if status != 202 {
            assert_eq!(runtime.endpoint("new", to).0, status, "{version}");
        }
    }
    let default = runtime.rest(
        "PUT",
        "runtime-endpoints/DEFAULT/",
        &json!({"agentRuntimeVersion": "1"}),
    );
    assert_eq!(default.0, 400, "it follows the newest");
    assert_eq!(told(&emulator, &runtime.id)[2], json!([["e", null]]));
    for (version, status) in [("1", 200), ("2", 200), ("3", 404)] {
        let mut raw = request("GET", &format!("/runtimes/{}/", runtime.id), &Value::Null);
        raw.query = format!("agentRuntimeVersion={version}");
        let raw = runtime.owner.signed(raw, "bedrock-agentcore");
        let reply = runtime.owner.client.send(&raw);
        assert_eq!(reply.status, status);
        if status == 200 {
            assert_eq!(reply.json()["agentRuntimeVersion"], version);
        }
    }
}

#[test]
fn runtimes_of_a_world_have_the_versions_that_tell_their_endpoints_apart() {
    let emulator = start();
    let mut admin = Client::new(emulator.address());
    let world = json!({"partition": "aws", "region": "us-west-2", "accounts": [{"id": OWNER}], "runtimes": [
        {"account": OWNER, "id": "plain-1", "endpoints": [{"name": "e"}, {"name": "same", "authorizer": "iam"}]},
        {"account": OWNER, "id": "mixed-1", "authorizer": "jwt", "token_rules": {"audiences": ["agents"]},
         "endpoints": [{"name": "DEFAULT", "authorizer": "iam"}, {"name": "old", "authorizer": "iam"}, {"name": "new"}]},
    ]});
    let put = admin.send(&request("PUT", "/_veriam/world", &world));
    assert_eq!(put.status, 204, "{}", put.text());
    assert_eq!(
        admin
            .send(&request("GET", "/_veriam/world", &Value::Null))
            .json(),
        world,
        "nothing is changed by it"
    );
    let runtime = |id: &str| Runtime {
        owner: Who::bootstrap(emulator.address(), OWNER),
        id: id.to_owned(),
    };
    let mut plain = runtime("plain-1");
    assert_eq!(
        plain.rest("GET", "", &Value::Null).1["agentRuntimeVersion"],
        "1"
    );
    assert_eq!(
        (plain.live("e"), plain.live("same")),
        ("1".into(), "1".into())
    );
    let mut mixed = runtime("mixed-1");
    assert_eq!(
        mixed.rest("GET", "", &Value::Null).1["agentRuntimeVersion"],
        "2"
    );
    let live = ["DEFAULT", "old", "new"].map(|name| mixed.live(name));
    assert_eq!(live, ["1", "1", "2"]);
    mixed.rest(
        "PUT",
        "",
        &json!({"authorizerConfiguration": jwt("others")}),
    );
    assert_eq!(
        told(&emulator, "mixed-1"),
        json!([
            "jwt",
            ["others"],
            [["DEFAULT", null], ["old", "iam"], ["new", null]]
        ])
    );
    assert_eq!(
        (mixed.live("DEFAULT"), mixed.live("new")),
        ("3".into(), "2".into())
    );
}
