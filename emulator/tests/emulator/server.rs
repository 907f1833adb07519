//! The server: clients that are slow, endless, many or upgraded, and the end.

use std::io::{ErrorKind, Read};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use veriam_emulator::{Config, Emulator, Limits};

use crate::agentcore::{OWNER, TENANT, path, start};
use crate::support::client::{Client, json as request};
use crate::support::who::Who;

/// What the other side says until it closes the connection.
fn said_until_closed(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    // Shorter than every limit of an emulator that was told none: those it was told have to cut off.
    let patience = Limits::default().headers - Duration::from_secs(1);
    stream.set_read_timeout(Some(patience)).unwrap();
    // It may be cut off while it still writes.
    let _ = std::io::Write::write_all(&mut stream, bytes);
    let mut read = Vec::new();
    if let Err(error) = stream.read_to_end(&mut read) {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "it stays open");
    }
    read
}

/// An emulator that is in no hurry to cut off who is silent.
fn patient() -> Emulator {
    let hour = Duration::from_secs(3_600);
    let limits = Limits {
        headers: hour,
        body_time: hour,
        websocket: hour,
        ..Limits::default()
    };
    Emulator::start(Config {
        limits,
        ..Config::default()
    })
    .unwrap()
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
        let read = said_until_closed(address, &bytes);
        let read = String::from_utf8_lossy(&read).into_owned();
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
    let emulator = patient();
    let address = emulator.address();
    let mut client = Client::new(address);
    assert_eq!(
        client
            .send(&request("GET", "/healthz", &Value::Null))
            .status,
        200
    );
    emulator.stop();
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
    let emulator = patient();
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
    // A browser sends its token as a sub-protocol (AC-103). This runtime takes none.
    let mut browser = unsigned.clone();
    let token = URL_SAFE_NO_PAD.encode("a.b.c");
    let protocols = format!("base64UrlBearerAuthorization.{token}, base64UrlBearerAuthorization");
    browser
        .headers
        .push(("sec-websocket-protocol".into(), protocols));
    let (_, head) = open(address, &browser);
    assert!(
        head.contains("x-amzn-errortype: AccessDeniedException"),
        "{head}"
    );
    // The same request without the upgrade is none.
    let plain = Client::new(address).send(&good);
    assert_eq!((plain.status, plain.code()), (400, "ValidationException"));
    // A server that stops does not wait for sockets: this one would for an hour.
    emulator.stop();
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
