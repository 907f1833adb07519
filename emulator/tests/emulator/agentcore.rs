//! AgentCore over HTTP: from an empty emulator to a runtime that two accounts share, and what clients do wrong.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use veriam_emulator::{Config, Emulator, Limits};

use crate::support::client::{Client, json as request};
use crate::support::signer::encode;
use crate::support::who::Who;

const OWNER: &str = "111122223333";
const TENANT: &str = "444455556666";

fn start() -> Emulator {
    Emulator::start(Config::default()).unwrap()
}

fn policy(principal: &str, resource: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": {"Sid": "S", "Effect": "Allow", "Principal": {"AWS": principal},
        "Action": "bedrock-agentcore:InvokeAgentRuntime", "Resource": resource}})
    .to_string()
}

fn path(arn: &str) -> String {
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
    let mut form = request("PUT", "/_veriam/world", &world);
    form.headers.retain(|(name, _)| name != "content-type");
    assert_eq!(
        client.send(&form).status,
        400,
        "a page in a browser cannot send this"
    );
}

/// How long until the other side closes the connection.
fn closed_after(address: SocketAddr, bytes: &[u8]) -> (Duration, Vec<u8>) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    std::io::Write::write_all(&mut stream, bytes).unwrap();
    let (started, mut read) = (Instant::now(), Vec::new());
    // A connection that is reset is closed, too.
    let _ = stream.read_to_end(&mut read);
    (started.elapsed(), read)
}

#[test]
fn slow_and_endless_clients_are_cut_off() {
    let limits = Limits {
        body: 1_000,
        headers: Duration::from_millis(300),
        body_time: Duration::from_millis(300),
        connections: 3,
        ..Limits::default()
    };
    let emulator = Emulator::start(Config {
        limits,
        ..Config::default()
    })
    .unwrap();
    let address = emulator.address();
    let header = "GET /healthz HTTP/1.1\r\nhost: x\r\n";
    let rows: Vec<(&str, Vec<u8>, &str)> = vec![
        ("says nothing", vec![], ""),
        ("stops in the headers", header.as_bytes().to_vec(), ""),
        (
            "stops in the body",
            "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc"
                .to_string()
                .into_bytes(),
            " 408 ",
        ),
        (
            "a long body",
            format!(
                "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n{}",
                "a".repeat(2_000)
            )
            .into_bytes(),
            " 413 ",
        ),
        (
            "endless headers",
            [header.as_bytes(), "x: ".as_bytes(), &[b'a'; 200_000]].concat(),
            " 431 ",
        ),
        ("no HTTP", b"hello\r\n\r\n".to_vec(), " 400 "),
        (
            "idle after a request",
            format!("{header}\r\n").into_bytes(),
            " 200 ",
        ),
    ];
    for (name, bytes, status) in rows {
        let (took, read) = closed_after(address, &bytes);
        let read = String::from_utf8_lossy(&read).into_owned();
        assert!(took < Duration::from_secs(10), "{name}: {took:?}");
        assert!(read.contains(status), "{name}: {read}");
    }
    // Those who hold all connections and say nothing do not keep others out for good.
    let silent: Vec<TcpStream> = (0..3)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let reply = Client::new(address).send(&request("GET", "/healthz", &Value::Null));
    assert_eq!(reply.status, 200);
    drop(silent);
}

#[test]
fn it_stops_while_clients_are_connected() {
    let emulator = start();
    let address = emulator.address();
    let mut client = Client::new(address);
    assert_eq!(
        client
            .send(&request("GET", "/healthz", &Value::Null))
            .status,
        200
    );
    let started = Instant::now();
    emulator.stop();
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(TcpStream::connect(address).is_err());
}

/// Sends one text in one frame of a WebSocket, masked with zeros, and reads one frame.
fn frame(stream: &mut TcpStream, text: Option<&str>) -> (u8, Vec<u8>) {
    if let Some(text) = text {
        let length = u8::try_from(text.len()).unwrap();
        let bytes = [&[0x81, 0x80 | length, 0, 0, 0, 0], text.as_bytes()].concat();
        std::io::Write::write_all(stream, &bytes).unwrap();
    }
    let mut head = [0; 2];
    stream.read_exact(&mut head).unwrap();
    let mut payload = vec![0; usize::from(head[1])];
    stream.read_exact(&mut payload).unwrap();
    (head[0], payload)
}

/// Opens a WebSocket with a raw request; what comes back before the frames.
fn open(address: SocketAddr, raw: &crate::support::signer::Raw) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let query = if raw.query.is_empty() {
        String::new()
    } else {
        format!("?{}", raw.query)
    };
    let mut text = format!(
        "GET {}{query} HTTP/1.1\r\nconnection: Upgrade\r\nupgrade: websocket\r\n",
        raw.path
    );
    text += "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (name, value) in &raw.headers {
        text += &format!("{name}: {value}\r\n");
    }
    std::io::Write::write_all(&mut stream, format!("{text}\r\n").as_bytes()).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    (stream, String::from_utf8(head).unwrap())
}

#[test]
fn websockets_open_after_an_allow() {
    use crate::support::signer::{Signing, presign};
    let emulator = start();
    let address = emulator.address();
    let mut owner = Who::bootstrap(address, OWNER);
    let made = owner.rest("PUT", "/runtimes/", &json!({"agentRuntimeName": "a"}));
    let arn = made.json()["agentRuntimeArn"].as_str().unwrap().to_owned();
    let path = format!("/runtimes/{}/ws", path(&arn));
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let time = veriam_emulator::auth::date::format(now);
    let signing = |secret| Signing {
        key_id: OWNER,
        secret,
        token: None,
        region: "us-west-2",
        service: "bedrock-agentcore",
        time: &time,
    };
    let unsigned = request("GET", &path, &Value::Null);
    let (_, head) = open(address, &unsigned);
    assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
    let mut wrong = unsigned.clone();
    presign(&mut wrong, &signing("guess"), 60);
    assert!(open(address, &wrong).1.starts_with("HTTP/1.1 403 "));
    let mut good = unsigned.clone();
    presign(&mut good, &signing("test"), 60);
    let (mut stream, head) = open(address, &good);
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(
        head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        "the answer to the key: {head}"
    );
    assert_eq!(frame(&mut stream, None), (0x81, b"allowed".to_vec()));
    assert_eq!(frame(&mut stream, Some("hello")), (0x81, b"hello".to_vec()));
    // The same request without the upgrade is none.
    let plain = Client::new(address).send(&good);
    assert_eq!((plain.status, plain.code()), (400, "ValidationException"));
    // A server that stops does not wait for sockets.
    let started = Instant::now();
    emulator.stop();
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn many_clients_at_once_get_the_right_answers() {
    let emulator = start();
    let address = emulator.address();
    let mut owner = Who::bootstrap(address, OWNER);
    let made = owner.rest("PUT", "/runtimes/", &json!({"agentRuntimeName": "a"}));
    let invoke = format!(
        "/runtimes/{}/invocations",
        path(made.json()["agentRuntimeArn"].as_str().unwrap())
    );
    std::thread::scope(|scope| {
        for number in 0..48 {
            let invoke = &invoke;
            scope.spawn(move || {
                let (account, status) = if number % 2 == 0 {
                    (OWNER, 200)
                } else {
                    (TENANT, 403)
                };
                let mut who = Who::bootstrap(address, account);
                for _ in 0..25 {
                    assert_eq!(who.rest("POST", invoke, &json!({})).status, status);
                }
                who.secret = "guess".to_owned();
                assert_eq!(
                    who.rest("POST", invoke, &json!({})).code(),
                    "InvalidSignatureException"
                );
            });
        }
        // Meanwhile the state changes.
        for number in 0..25 {
            let name = format!("user{number}");
            owner.done("iam", "CreateUser", &[("UserName", &name)]);
        }
    });
}
