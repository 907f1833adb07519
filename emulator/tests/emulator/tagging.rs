//! Tags of resources of AgentCore.

use serde_json::{Value, json};

use crate::agentcore::{OWNER, TENANT, path, start};
use crate::support::client::{Client, json as request};
use crate::support::who::Who;

#[test]
fn tags_of_every_resource_are_read_added_replaced_and_removed() {
    let emulator = start();
    let mut admin = Client::new(emulator.address());
    let world = json!({"partition": "aws", "region": "us-west-2", "accounts": [{"id": OWNER}],
        "runtimes": [{"account": OWNER, "id": "r-1", "endpoints": [{"name": "e"}, {"name": "DEFAULT"}]}],
        "gateways": [{"account": OWNER, "id": "g-1", "authorizer": "aws_iam"}],
        "memories": [{"account": OWNER, "id": "m-1"}],
        "harnesses": [{"account": OWNER, "id": "h-1", "authorizer": "iam", "endpoints": [{"name": "e"}]}],
        "tools": [{"account": OWNER, "kind": "browser", "id": "b-1"},
            {"account": OWNER, "kind": "code_interpreter", "id": "c-1"}],
        "workload_identities": [{"account": OWNER, "name": "w"}],
        "providers": [{"account": OWNER, "kind": "api_key", "name": "p"},
            {"account": OWNER, "kind": "oauth2", "name": "p"}, {"account": OWNER, "kind": "payment", "name": "p"}]});
    let put = request("PUT", "/_veriam/world", &world);
    assert_eq!(admin.send(&put).status, 204);
    let mut owner = Who::bootstrap(emulator.address(), OWNER);
    let mut other = Who::bootstrap(emulator.address(), TENANT);
    for (rest, place) in [
        ("runtime/r-1", "/runtimes/0"),
        ("runtime/r-1/runtime-endpoint/e", "/runtimes/0/endpoints/0"),
        (
            "runtime/r-1/runtime-endpoint/DEFAULT",
            "/runtimes/0/endpoints/1",
        ),
        ("gateway/g-1", "/gateways/0"),
        ("memory/m-1", "/memories/0"),
        ("harness/h-1", "/harnesses/0"),
        ("harness/h-1/harness-endpoint/e", "/harnesses/0/endpoints/0"),
        ("browser-custom/b-1", "/tools/0"),
        ("code-interpreter-custom/c-1", "/tools/1"),
        (
            "workload-identity-directory/default/workload-identity/w",
            "/workload_identities/0",
        ),
        (
            "token-vault/default/apikeycredentialprovider/p",
            "/providers/0",
        ),
        (
            "token-vault/default/oauth2credentialprovider/p",
            "/providers/1",
        ),
        (
            "token-vault/default/paymentcredentialprovider/p",
            "/providers/2",
        ),
    ] {
        let arn = format!("arn:aws:bedrock-agentcore:us-west-2:{OWNER}:{rest}");
        let at = format!("/tags/{}", path(&arn));
        let mut tag = |tags: Value| {
            let reply = owner.rest("POST", &at, &json!({"tags": tags}));
            assert_eq!(reply.status, 204, "{rest}: {}", reply.text());
        };
        tag(json!({"team": "red", "stage": "test"}));
        tag(json!({"Team": "blue"}));
        let listed = owner.rest("GET", &at, &Value::Null);
        let expected = json!({"tags": {"stage": "test", "Team": "blue"}});
        assert_eq!((listed.status, listed.json()), (200, expected), "{rest}");
        let mut raw = request("DELETE", &at, &Value::Null);
        raw.query = "tagKeys=stage&tagKeys=none".to_owned();
        let raw = owner.signed(raw, "bedrock-agentcore");
        assert_eq!(owner.client.send(&raw).status, 204, "{rest}");
        let foreign = other.rest("POST", &at, &json!({"tags": {"team": "x"}}));
        assert_eq!(foreign.code(), "AccessDeniedException", "{rest}");
        let mut expected = world.clone();
        expected["accounts"] = json!([{"id": OWNER}, {"id": TENANT}]);
        expected.pointer_mut(place).unwrap()["tags"] = json!({"Team": "blue"});
        let read = request("GET", "/_veriam/world", &Value::Null);
        assert_eq!(admin.send(&read).json(), expected, "{rest}");
        let mut raw = request("DELETE", &at, &Value::Null);
        raw.query = "tagKeys=Team".to_owned();
        let raw = owner.signed(raw, "bedrock-agentcore");
        assert_eq!(owner.client.send(&raw).status, 204, "{rest}");
    }
}

#[test]
fn tags_of_what_is_not_there_are_not_found() {
    let emulator = start();
    let mut owner = Who::bootstrap(emulator.address(), OWNER);
    let made = owner.rest("PUT", "/runtimes/", &json!({"agentRuntimeName": "a"}));
    let arn = made.json()["agentRuntimeArn"].as_str().unwrap().to_owned();
    let read = |owner: &mut Who, arn: &str| {
        owner.rest("GET", &format!("/tags/{}", path(arn)), &Value::Null)
    };
    assert_eq!(read(&mut owner, &arn).status, 200);
    for arn in [
        arn.replace("us-west-2", "us-east-1").as_str(),
        &arn.replace("arn:aws:", "arn:aws-cn:"),
        &arn.replace(OWNER, TENANT),
        &format!("{arn}/runtime-endpoint/none"),
        "arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/none-1",
        "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/none-1",
        "arn:aws:bedrock-agentcore:us-west-2:111122223333:token-vault/default",
        "none",
    ] {
        let reply = read(&mut owner, arn);
        assert_eq!(
            (reply.status, reply.code()),
            (404, "ResourceNotFoundException"),
            "{arn}"
        );
    }
}
