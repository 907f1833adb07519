//! What the emulator keeps of what is made: all that a world tells of it.

use serde_json::{Value, json};

use crate::agentcore::{OWNER, start};
use crate::support::client::{Client, json as request};
use crate::support::who::Who;

fn jwt() -> Value {
    json!({"customJWTAuthorizer": {"discoveryUrl": "https://idp.example.com/.well-known/openid-configuration",
        "allowedAudience": ["agents"], "allowedClients": ["app"], "allowedScopes": ["read", "write"]}})
}

fn engine(mode: &str) -> Value {
    json!({"arn": "arn:aws:bedrock-agentcore:us-west-2:111122223333:policy-engine/e-AbCdEf0123", "mode": mode})
}

fn rules() -> Value {
    json!({"audiences": ["agents"], "clients": ["app"], "scopes": ["read", "write"]})
}

/// Makes things, and answers the world.
fn world(requests: &[(&str, &str, Value)]) -> Value {
    let emulator = start();
    let mut admin = Client::new(emulator.address());
    let ids: Vec<String> = ["r", "g", "m", "h", "b", "c"]
        .map(|name| format!("{name}-0"))
        .to_vec();
    let ids = request("PUT", "/_veriam/ids", &json!({"resources": ids}));
    assert_eq!(admin.send(&ids).status, 204);
    let mut owner = Who::bootstrap(emulator.address(), OWNER);
    for (method, path, body) in requests {
        let reply = owner.rest(method, path, body);
        assert!(reply.status < 300, "{method} {path}: {}", reply.text());
    }
    let read = request("GET", "/_veriam/world", &Value::Null);
    admin.send(&read).json()
}

#[test]
fn tags_and_authorizers_of_everything_are_kept() {
    let tags = json!({"team": "red"});
    let with = |mut body: Value| {
        body["tags"] = tags.clone();
        body
    };
    let told = world(&[
        (
            "PUT",
            "/runtimes/",
            with(json!({"agentRuntimeName": "r", "authorizerConfiguration": jwt()})),
        ),
        (
            "PUT",
            "/runtimes/r-0/runtime-endpoints/",
            with(json!({"name": "e"})),
        ),
        (
            "POST",
            "/gateways/",
            with(json!({"name": "g", "authorizerType": "CUSTOM_JWT",
            "authorizerConfiguration": jwt(), "policyEngineConfiguration": engine("ENFORCE")})),
        ),
        ("POST", "/memories/create", with(json!({"name": "m"}))),
        (
            "POST",
            "/harnesses",
            with(json!({"harnessName": "h", "authorizerConfiguration": jwt(),
            "memory": {"managedMemoryConfiguration": {}}})),
        ),
        (
            "POST",
            "/harnesses/h-0/endpoints",
            with(json!({"endpointName": "e"})),
        ),
        ("PUT", "/browsers", with(json!({"name": "b"}))),
        ("PUT", "/code-interpreters", with(json!({"name": "c"}))),
    ]);
    assert_eq!(
        told,
        json!({
            "partition": "aws", "region": "us-west-2", "accounts": [{"id": OWNER}],
            "runtimes": [{"account": OWNER, "id": "r-0", "authorizer": "jwt", "token_rules": rules(), "tags": tags,
                "endpoints": [{"name": "e", "tags": tags}]}],
            "gateways": [{"account": OWNER, "id": "g-0", "authorizer": "custom_jwt", "token_rules": rules(),
                "engine": "enforce", "tags": tags}],
            "memories": [{"account": OWNER, "id": "m-0", "tags": tags}],
            "harnesses": [{"account": OWNER, "id": "h-0", "authorizer": "jwt", "token_rules": rules(),
                "with_memory": true, "tags": tags, "endpoints": [{"name": "e", "tags": tags}]}],
            "tools": [{"account": OWNER, "kind": "browser", "id": "b-0", "tags": tags},
                {"account": OWNER, "kind": "code_interpreter", "id": "c-0", "tags": tags}],
        })
    );
}

#[test]
fn an_update_of_a_gateway_says_all_of_it_anew() {
    let make = (
        "POST",
        "/gateways/",
        json!({"name": "g", "authorizerType": "CUSTOM_JWT",
        "authorizerConfiguration": jwt(), "policyEngineConfiguration": engine("LOG_ONLY")}),
    );
    for (body, expected) in [
        (None, json!(["custom_jwt", rules(), "log_only"])),
        (
            Some(
                json!({"authorizerType": "CUSTOM_JWT", "policyEngineConfiguration": engine("ENFORCE")}),
            ),
            json!(["custom_jwt", null, "enforce"]),
        ),
        (
            Some(json!({"authorizerType": "AWS_IAM"})),
            json!(["aws_iam", null, null]),
        ),
    ] {
        let mut requests = vec![make.clone()];
        requests.extend(body.map(|body| ("PUT", "/gateways/g-0/", body)));
        let told = &world(&requests)["gateways"][0];
        let told = json!([told["authorizer"], told["token_rules"], told["engine"]]);
        assert_eq!(told, expected, "{requests:?}");
    }
    let emulator = start();
    let mut owner = Who::bootstrap(emulator.address(), OWNER);
    let body = json!({"name": "g", "authorizerType": "AWS_IAM", "policyEngineConfiguration": engine("SOMETIMES")});
    assert_eq!(owner.rest("POST", "/gateways/", &body).status, 400);
}

#[test]
fn an_update_of_a_harness_changes_what_it_names() {
    let managed = json!({"managedMemoryConfiguration": {}});
    let make = |memory: &Value| {
        let body = json!({"harnessName": "h", "authorizerConfiguration": jwt(), "memory": memory});
        ("POST", "/harnesses", body)
    };
    let another = json!({"agentCoreMemoryConfiguration":
        {"arn": "arn:aws:bedrock-agentcore:us-west-2:111122223333:memory/notes-AbCdEf0123"}});
    for (memory, update, authorizer, with_memory) in [
        (&managed, json!({}), "jwt", true),
        (&another, json!({}), "jwt", false),
        (&json!({"disabled": {}}), json!({}), "jwt", false),
        (
            &managed,
            json!({"memory": {"optionalValue": {"disabled": {}}}}),
            "jwt",
            false,
        ),
        (&managed, json!({"memory": {}}), "jwt", false),
        (
            &another,
            json!({"memory": {"optionalValue": managed}}),
            "jwt",
            true,
        ),
        (
            &managed,
            json!({"authorizerConfiguration": {}}),
            "iam",
            true,
        ),
        (
            &managed,
            json!({"authorizerConfiguration": {"optionalValue": jwt()}}),
            "jwt",
            true,
        ),
    ] {
        let told = world(&[make(memory), ("PATCH", "/harnesses/h-0", update.clone())]);
        let told = &told["harnesses"][0];
        assert_eq!(told["authorizer"], authorizer, "{memory} {update}");
        let rules = if authorizer == "jwt" {
            rules()
        } else {
            Value::Null
        };
        assert_eq!(told["token_rules"], rules, "{memory} {update}");
        let has = told["with_memory"].as_bool().unwrap_or(false);
        assert_eq!(has, with_memory, "{memory} {update}");
    }
}
