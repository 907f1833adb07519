//! AgentCore over HTTP: from an empty emulator to a runtime that two accounts share, and what clients do wrong.

use serde_json::{Value, json};
use veriam_emulator::{Config, Emulator};

use crate::support::client::{Client, json as request};
use crate::support::signer::encode;
use crate::support::who::Who;

pub const OWNER: &str = "111122223333";
pub const TENANT: &str = "444455556666";

pub fn start() -> Emulator {
    Emulator::start(Config::default()).unwrap()
}

fn policy(principal: &str, resource: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": {"Sid": "S", "Effect": "Allow", "Principal": {"AWS": principal},
        "Action": "bedrock-agentcore:InvokeAgentRuntime", "Resource": resource}})
    .to_string()
}

pub fn path(arn: &str) -> String {
    encode(arn.as_bytes(), false)
}

#[test]
fn a_runtime_is_shared_with_another_account_and_taken_away_again() {
    let emulator = start();
    let address = emulator.address();
    let mut owner = Who::bootstrap(address, OWNER);
    let made = owner.rest(
        "PUT",
        "/runtimes/",
        &json!({"agentRuntimeName": "support_agent"}),
    );
    assert_eq!(made.status, 202, "{}", made.text());
    let arn = made.json()["agentRuntimeArn"].as_str().unwrap().to_owned();
    assert!(
        arn.starts_with("arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/support_agent-"),
        "{arn}"
    );
    let endpoint = format!("{arn}/runtime-endpoint/DEFAULT");
    let invoke = format!("/runtimes/{}/invocations", path(&arn));
    // The tenant has a user who may everything, as far as the tenant is concerned.
    let mut tenant = Who::bootstrap(address, TENANT);
    tenant.done("iam", "CreateUser", &[("UserName", "alice")]);
    let allow =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    tenant.done(
        "iam",
        "PutUserPolicy",
        &[
            ("UserName", "alice"),
            ("PolicyName", "p"),
            ("PolicyDocument", allow),
        ],
    );
    let mut alice = Who::of(
        address,
        &tenant.done("iam", "CreateAccessKey", &[("UserName", "alice")]),
    );
    let denied = alice.rest("POST", &invoke, &json!({"prompt": "hello"}));
    assert_eq!(
        (denied.status, denied.code()),
        (403, "AccessDeniedException")
    );
    let expected = format!(
        "User: arn:aws:iam::444455556666:user/alice is not authorized to perform: bedrock-agentcore:InvokeAgentRuntime on \
         resource: {arn} because no resource-based policy allows the bedrock-agentcore:InvokeAgentRuntime action"
    );
    assert_eq!(denied.json()["message"], expected);
    let place = |arn: &str| format!("/resourcepolicy/{}", path(arn));
    // Nothing there yet: an answer without policy, and nothing to remove.
    let empty = owner.rest("GET", &place(&arn), &Value::Null);
    assert_eq!((empty.status, empty.json()), (200, json!({})));
    assert_eq!(
        owner.rest("DELETE", &place(&arn), &Value::Null).code(),
        "ResourceNotFoundException"
    );
    let alice_arn = "arn:aws:iam::444455556666:user/alice";
    for arn in [&arn, &endpoint] {
        let text = policy(alice_arn, arn);
        let put = owner.rest("PUT", &place(arn), &json!({"policy": text}));
        assert_eq!(
            (put.status, put.json()),
            (201, json!({"policy": text})),
            "{arn}"
        );
        assert_eq!(
            owner.rest("GET", &place(arn), &Value::Null).json(),
            json!({"policy": text})
        );
        let foreign = alice.rest("GET", &place(arn), &Value::Null);
        assert_eq!(
            foreign.code(),
            "AccessDeniedException",
            "{}",
            foreign.text()
        );
    }
    let allowed = alice.rest("POST", &invoke, &json!({"prompt": "hello"}));
    assert_eq!(
        (allowed.status, allowed.json()),
        (200, json!({"result": "allowed"}))
    );
    // The header asks for one action more.
    let mut raw = request("POST", &invoke, &json!({}));
    raw.headers.push((
        "x-amzn-bedrock-agentcore-runtime-user-id".into(),
        "bob".into(),
    ));
    let raw = alice.signed(raw, "bedrock-agentcore");
    let denied = alice.client.send(&raw);
    assert!(
        denied
            .text()
            .contains("bedrock-agentcore:InvokeAgentRuntimeForUser on resource"),
        "{}",
        denied.text()
    );
    assert_eq!(
        owner.rest("DELETE", &place(&endpoint), &Value::Null).status,
        204
    );
    assert_eq!(alice.rest("POST", &invoke, &json!({})).status, 403);
    let id = arn.rsplit('/').next().unwrap();
    assert_eq!(
        owner
            .rest("DELETE", &format!("/runtimes/{id}/"), &Value::Null)
            .status,
        202
    );
    assert_eq!(
        alice.rest("POST", &invoke, &json!({})).code(),
        "ResourceNotFoundException"
    );
}

#[test]
fn what_is_put_is_validated() {
    let emulator = start();
    let mut owner = Who::bootstrap(emulator.address(), OWNER);
    let made = owner.rest(
        "POST",
        "/gateways/",
        &json!({"name": "tools", "authorizerType": "AWS_IAM"}),
    );
    let arn = made.json()["gatewayArn"].as_str().unwrap().to_owned();
    let good = policy(OWNER, &arn).replace("InvokeAgentRuntime", "InvokeGateway");
    let missing = arn.replace("tools-", "other-");
    let foreign = arn.replace(OWNER, TENANT);
    let rows = [
        ("good", arn.clone(), json!({"policy": good}), 201, "none"),
        (
            "no policy",
            arn.clone(),
            json!({}),
            400,
            "ValidationException",
        ),
        (
            "no JSON",
            arn.clone(),
            json!({"policy": "{"}),
            400,
            "ValidationException",
        ),
        (
            "another action",
            arn.clone(),
            json!({"policy": policy(OWNER, &arn)}),
            400,
            "ValidationException",
        ),
        (
            "another resource",
            arn.clone(),
            json!({"policy": good.replace(&arn, "*")}),
            400,
            "ValidationException",
        ),
        (
            "nobody",
            arn.clone(),
            json!({"policy": good.replace(OWNER, "arn:aws:iam::111122223333:role/none")}),
            400,
            "ValidationException",
        ),
        (
            "no such gateway",
            missing.clone(),
            json!({"policy": good.replace(&arn, &missing)}),
            404,
            "ResourceNotFoundException",
        ),
        (
            "another account's",
            foreign.clone(),
            json!({"policy": good.replace(&arn, &foreign)}),
            403,
            "AccessDeniedException",
        ),
        (
            "no ARN",
            "tools".to_owned(),
            json!({"policy": good}),
            400,
            "ValidationException",
        ),
    ];
    for (name, arn, body, status, code) in rows {
        let reply = owner.rest("PUT", &format!("/resourcepolicy/{}", path(&arn)), &body);
        assert_eq!(
            (reply.status, reply.code()),
            (status, code),
            "{name}: {}",
            reply.text()
        );
    }
    let stored = owner.rest(
        "GET",
        &format!("/resourcepolicy/{}", path(&arn)),
        &Value::Null,
    );
    assert_eq!(
        stored.json(),
        json!({"policy": good}),
        "what is refused changes nothing"
    );
}

#[test]
fn requests_without_good_credentials_reach_nothing() {
    let emulator = start();
    let mut owner = Who::bootstrap(emulator.address(), OWNER);
    let made = owner.rest("PUT", "/runtimes/", &json!({"agentRuntimeName": "a"}));
    let invoke = format!(
        "/runtimes/{}/invocations",
        path(made.json()["agentRuntimeArn"].as_str().unwrap())
    );
    let before = emulator.core().read().world().clone();
    let mut client = Client::new(emulator.address());
    let rows = [
        (
            "POST",
            invoke.as_str(),
            "none",
            403,
            "MissingAuthenticationTokenException",
        ),
        ("POST", &invoke, "Bearer abc", 403, "AccessDeniedException"),
        (
            "POST",
            &invoke,
            "Basic abc",
            403,
            "IncompleteSignatureException",
        ),
        (
            "POST",
            &invoke,
            "AWS4-HMAC-SHA256 Credential=x",
            403,
            "IncompleteSignatureException",
        ),
        (
            "POST",
            "/runtimes/none/invocations",
            "none",
            403,
            "MissingAuthenticationTokenException",
        ),
        (
            "PUT",
            "/runtimes/",
            "none",
            403,
            "MissingAuthenticationTokenException",
        ),
        (
            "PUT",
            "/runtimes/",
            "Bearer abc",
            403,
            "MissingAuthenticationTokenException",
        ),
        (
            "DELETE",
            "/resourcepolicy/x",
            "none",
            403,
            "MissingAuthenticationTokenException",
        ),
        ("GET", "/nowhere", "none", 404, "UnknownOperationException"),
        (
            "GET",
            "/via/none/runtimes/",
            "none",
            404,
            "UnknownOperationException",
        ),
        ("GET", "/a//b", "none", 400, "ValidationException"),
        ("GET", "/a/../b", "none", 400, "ValidationException"),
    ];
    for (method, path, authorization, status, code) in rows {
        let mut raw = request(method, path, &json!({}));
        if authorization != "none" {
            raw.headers
                .push(("authorization".into(), authorization.into()));
        }
        let reply = client.send(&raw);
        assert_eq!(
            (reply.status, reply.code()),
            (status, code),
            "{method} {path} {authorization}: {}",
            reply.text()
        );
        assert!(reply.header("x-amzn-requestid").is_some());
    }
    assert_eq!(*emulator.core().read().world(), before);
}

#[test]
fn the_admin_route_says_what_apis_cannot() {
    let emulator = start();
    let mut client = Client::new(emulator.address());
    let mut ask =
        |method: &str, path: &str, body: Value| client.send(&request(method, path, &body));
    let world = json!({"region": "us-west-2", "accounts": [{"id": OWNER}]});
    assert_eq!(ask("PUT", "/_veriam/world", world.clone()).status, 204);
    let network = json!({"endpoint": "vpce-1", "vpc": "vpc-1", "account": OWNER});
    assert_eq!(ask("PUT", "/_veriam/networks", network).status, 204);
    let from = json!({"endpoint": {"endpoint": "vpce-1", "address": "10.0.0.9"}});
    assert_eq!(
        ask("PUT", "/_veriam/paths/a", from).json(),
        json!({"base": "/via/a"})
    );
    let none = json!({"endpoint": {"endpoint": "vpce-2", "address": "10.0.0.9"}});
    assert_eq!(ask("PUT", "/_veriam/paths/b", none).status, 404);
    let organization = json!({"id": "o-a1b2c3d4e5", "path": ["r-ab12"]});
    assert_eq!(
        ask(
            "PUT",
            &format!("/_veriam/organizations/{OWNER}"),
            organization
        )
        .status,
        204
    );
    let dumped = ask("GET", "/_veriam/world", Value::Null).json();
    assert_eq!(dumped["accounts"][0]["organization"]["id"], "o-a1b2c3d4e5");
    assert_eq!(dumped["networks"][0]["vpc"], "vpc-1");
    for (path, body) in [
        ("world", json!({"region": "us-west-2"})),
        (
            "world",
            json!({"region": "us-west-2", "accounts": [{"id": "1"}]}),
        ),
        (
            "world",
            json!({"region": "us-west-2", "accounts": [], "more": 1}),
        ),
        (
            "networks",
            json!({"endpoint": "vpce-1", "vpc": "vpc-1", "account": OWNER, "policy": "{}"}),
        ),
        (
            "issuers",
            json!({"issuer": "https://idp.example.com", "jwks": {"keys": []}}),
        ),
    ] {
        let reply = ask("PUT", &format!("/_veriam/{path}"), body);
        assert_eq!(
            (reply.status, reply.code()),
            (400, "ValidationException"),
            "{path}: {}",
            reply.text()
        );
    }
    assert_eq!(
        ask("GET", "/_veriam/world", Value::Null).json(),
        dumped,
        "what is refused changes nothing"
    );
    let caller = json!({"caller": {"root": {"account": OWNER}}});
    assert_eq!(
        ask("POST", "/_veriam/credentials", caller).status,
        400,
        "temporary ones end"
    );
    assert_eq!(ask("POST", "/_veriam/reset", Value::Null).status, 204);
    assert_eq!(
        ask("GET", "/_veriam/world", Value::Null).json()["accounts"],
        json!([])
    );
    for (host, status) in [
        ("localhost:4600", 200),
        ("127.0.0.1:4600", 200),
        ("[::1]:4600", 200),
        ("example.com", 403),
        ("10.0.0.1:4600", 403),
        ("localhost.example.com", 403),
    ] {
        let mut raw = request("GET", "/_veriam/world", &Value::Null);
        raw.headers = vec![("host".into(), host.into())];
        assert_eq!(client.send(&raw).status, status, "{host}");
    }
    let mut form = request("PUT", "/_veriam/world", &world);
    form.headers.retain(|(name, _)| name != "content-type");
    assert_eq!(
        client.send(&form).status,
        400,
        "a page in a browser cannot send this"
    );
}
