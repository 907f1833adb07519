//! Requests that are too large, or that no client should send: a clean error or the right answer, bounded memory, and the
//! next client is served.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;
use veriam_emulator::{Config, Emulator, Limits};

use crate::support::client::{Client, json as request};

/// What is sent: a text, and another one so many times behind it.
struct Sent {
    head: Vec<u8>,
    again: Vec<u8>,
    times: usize,
}

fn once(head: impl Into<Vec<u8>>) -> Sent {
    repeated(head, "", 0)
}

fn repeated(head: impl Into<Vec<u8>>, again: impl Into<Vec<u8>>, times: usize) -> Sent {
    Sent {
        head: head.into(),
        again: again.into(),
        times,
    }
}

/// Everything that is answered until the other side closes. What it does not want to read any more is not an error.
fn exchange(address: SocketAddr, sent: &Sent) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let limit = Some(Duration::from_secs(20));
    stream.set_read_timeout(limit).unwrap();
    stream.set_write_timeout(limit).unwrap();
    let mut read = Vec::new();
    if stream.write_all(&sent.head).is_ok() {
        for _ in 0..sent.times {
            if stream.write_all(&sent.again).is_err() {
                break;
            }
        }
    }
    // Who waits for an answer before sending more would wait for ever.
    let _ = stream.shutdown(Shutdown::Write);
    let ended = stream.read_to_end(&mut read);
    if let Err(error) = ended {
        assert!(
            error.kind() != std::io::ErrorKind::WouldBlock,
            "the connection stays open"
        );
    }
    String::from_utf8_lossy(&read).into_owned()
}

/// The statuses of the answers in a stream of them.
fn statuses(read: &str) -> Vec<u16> {
    let lines = read.split("HTTP/1.").skip(1);
    let status = |line: &str| line.split(' ').nth(1)?.parse().ok();
    lines.filter_map(status).collect()
}

/// A line of `/proc/self/status`, in KiB; 0 where there is none.
fn kib(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}

const HEAD: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\n";
const POST: &str = "POST / HTTP/1.1\r\nhost: x\r\n";

type Row = (&'static str, Sent, &'static [u16]);

/// Too much of something.
fn oversized() -> Vec<Row> {
    let part = vec![b'a'; 64 * 1024];
    let chunk = [b"10000\r\n", part.as_slice(), b"\r\n"].concat();
    let chunked = format!("{POST}transfer-encoding: chunked\r\n\r\n");
    let forms: String = (0..3_000).map(|n| format!("p{n}=v&")).collect();
    let forms = format!("{POST}content-length: {}\r\n\r\n{forms}", forms.len());
    let json = "POST /gateway/x/mcp HTTP/1.1\r\nhost: x\r\n";
    let world =
        "PUT /_veriam/world HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    vec![
        (
            "a body of 100 MB",
            repeated(
                format!("{POST}content-length: 104857600\r\n\r\n"),
                part.clone(),
                1_600,
            ),
            &[413],
        ),
        (
            "a body of 100 MB in chunks",
            repeated(chunked.clone(), chunk, 1_600),
            &[413],
        ),
        (
            "30,000 chunks of one byte",
            once(format!("{chunked}{}0\r\n\r\n", "1\r\na\r\n".repeat(30_000))),
            &[400],
        ),
        (
            "chunks that never end",
            repeated(chunked.clone(), "5\r\nhello\r\n", 100),
            &[400],
        ),
        (
            "a chunk with a long extension",
            repeated(format!("{chunked}5;"), part.clone(), 100),
            &[400],
        ),
        (
            "endless trailers",
            repeated(
                format!("{chunked}0\r\n"),
                "x-trailer: a\r\n".repeat(1_000),
                1_000,
            ),
            &[400],
        ),
        (
            "a header of 1 MB",
            repeated(format!("{HEAD}x: "), part.clone(), 16),
            &[431],
        ),
        (
            "100,000 headers",
            repeated(HEAD, "x: a\r\n".repeat(1_000), 100),
            &[431],
        ),
        (
            "two hundred short headers",
            once(format!("{HEAD}{}\r\n", "x: a\r\n".repeat(200))),
            &[431],
        ),
        (
            "a request line of 1 MB",
            repeated("GET /", part.clone(), 16),
            &[431],
        ),
        ("a method of 1 MB", repeated("", part.clone(), 16), &[431]),
        (
            "a path of 60,000 bytes",
            once(format!(
                "GET /{} HTTP/1.1\r\nhost: x\r\n\r\n",
                "a".repeat(60_000)
            )),
            &[404],
        ),
        ("too many parameters", once(forms), &[400]),
        (
            "JSON of 200,000 brackets",
            once(format!(
                "{json}content-length: 200000\r\n\r\n{}",
                "[".repeat(200_000)
            )),
            &[403],
        ),
        (
            "a world of 200,000 brackets",
            once(format!(
                "{world}content-length: 200000\r\n\r\n{}",
                "[".repeat(200_000)
            )),
            &[400],
        ),
    ]
}

/// In no form, or in an odd one.
fn malformed() -> Vec<Row> {
    let chunked = format!("{POST}transfer-encoding: chunked\r\n\r\n");
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let world =
        "PUT /_veriam/world HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let invoke = "POST /runtimes/x/invocations HTTP/1.1\r\nhost: x\r\n";
    vec![
        ("nothing", once(""), &[]),
        ("empty lines", once("\r\n\r\n\r\n"), &[]),
        ("no HTTP", once("\x16\x03\x01\x02\x00\x01\x00"), &[400]),
        (
            "a header without a colon",
            once(format!("{HEAD}nonsense\r\n\r\n")),
            &[400],
        ),
        (
            "a header with a space in its name",
            once(format!("{HEAD}x y: z\r\n\r\n")),
            &[400],
        ),
        (
            "a folded header",
            once(format!("{HEAD}x: a\r\n b\r\n\r\n")),
            &[400],
        ),
        (
            "line feeds only",
            once("GET /healthz HTTP/1.1\nhost: x\n\n"),
            &[200],
        ),
        (
            "a path that is no UTF-8",
            once(b"GET /\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n".as_slice()),
            &[400],
        ),
        (
            "an escape that is no UTF-8",
            once("GET /runtimes/%ff%fe/ HTTP/1.1\r\nhost: x\r\n\r\n"),
            &[404],
        ),
        (
            "a header that is no UTF-8",
            once(
                [
                    invoke.as_bytes(),
                    b"authorization: AWS4-HMAC-SHA256 \xff\xfe\r\n\r\n",
                ]
                .concat(),
            ),
            &[403],
        ),
        (
            "a form that is no UTF-8",
            once(
                [
                    format!("{POST}{form}content-length: 9\r\n\r\nAction=").as_bytes(),
                    b"\xff\xfe",
                ]
                .concat(),
            ),
            &[400],
        ),
        (
            "a world that is no UTF-8",
            once(
                [
                    format!("{world}content-length: 4\r\n\r\n").as_bytes(),
                    b"\"\xff\xfe\"",
                ]
                .concat(),
            ),
            &[400],
        ),
        (
            "a NUL in the path",
            once("GET /healthz\0 HTTP/1.1\r\nhost: x\r\n\r\n"),
            &[400],
        ),
        (
            "an escaped NUL in the path",
            once("GET /healthz%00 HTTP/1.1\r\nhost: x\r\n\r\n"),
            &[404],
        ),
        (
            "a NUL in a header",
            once(format!("{HEAD}x: a\0b\r\n\r\n")),
            &[400],
        ),
        (
            "a NUL in the body",
            once(format!("{POST}{form}content-length: 8\r\n\r\nAction=\0")),
            &[400],
        ),
        ("HTTP/1.0", once("GET /healthz HTTP/1.0\r\n\r\n"), &[200]),
        ("HTTP/0.9", once("GET /healthz\r\n\r\n"), &[400]),
        ("HTTP/2", once("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), &[]),
        (
            "HTTP/9.9",
            once("GET /healthz HTTP/9.9\r\nhost: x\r\n\r\n"),
            &[400],
        ),
        (
            "a whole URL",
            once("GET http://x/healthz HTTP/1.1\r\nhost: x\r\n\r\n"),
            &[200],
        ),
        (
            "an asterisk",
            once("OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n"),
            &[400],
        ),
        (
            "CONNECT",
            once("CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n"),
            &[400],
        ),
        (
            "three requests at once",
            once(format!(
                "{HEAD}\r\n{HEAD}\r\nGET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n"
            )),
            &[200, 200, 404],
        ),
        (
            "a body and a request at once",
            once(format!("{POST}content-length: 3\r\n\r\na=1{HEAD}\r\n")),
            &[400, 200],
        ),
        (
            "a body longer than it says",
            once(format!("{POST}content-length: 3\r\n\r\na=1&b=2")),
            &[400, 400],
        ),
        (
            "a body shorter than it says",
            once(format!("{POST}content-length: 30\r\n\r\na=1")),
            &[400],
        ),
        (
            "two lengths",
            once(format!(
                "{POST}content-length: 3\r\ncontent-length: 4\r\n\r\na=1&"
            )),
            &[400],
        ),
        (
            "a negative length",
            once(format!("{POST}content-length: -1\r\n\r\n")),
            &[400],
        ),
        (
            "a length beyond all numbers",
            once(format!(
                "{POST}content-length: 99999999999999999999\r\n\r\n"
            )),
            &[400],
        ),
        (
            "a length of 18 exabytes",
            once(format!(
                "{POST}content-length: 18446744073709551613\r\n\r\n"
            )),
            &[413],
        ),
        (
            "a length in hexadecimal",
            once(format!("{POST}content-length: 0x3\r\n\r\na=1")),
            &[400],
        ),
        (
            "a chunk of no size",
            once(format!("{chunked}zz\r\n")),
            &[400],
        ),
        (
            "a chunk beyond all numbers",
            once(format!("{chunked}fffffffffffffffff\r\n")),
            &[400],
        ),
        (
            "an unknown coding",
            once(format!("{POST}transfer-encoding: gzip\r\n\r\n")),
            &[400],
        ),
    ]
}

#[test]
fn oversized_and_malformed_requests_are_answered_and_the_next_client_is_served() {
    let emulator = Emulator::start(Config {
        limits: Limits {
            body: 256 * 1024,
            headers: Duration::from_secs(5),
            body_time: Duration::from_secs(5),
            ..Limits::default()
        },
        ..Config::default()
    })
    .unwrap();
    let address = emulator.address();
    let world = emulator.core().read().world().clone();
    let before = kib("VmRSS");
    let mut wrong = Vec::new();
    for (name, sent, expected) in oversized().into_iter().chain(malformed()) {
        let read = exchange(address, &sent);
        let found = statuses(&read);
        if found != expected {
            wrong.push(format!("{name}: {found:?}, not {expected:?}: {read:.300}"));
        }
        let next = Client::new(address).send(&request("GET", "/healthz", &Value::Null));
        assert_eq!(next.status, 200, "after {name}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(*emulator.core().read().world(), world);
    let grown = kib("VmHWM").saturating_sub(before);
    assert!(grown < 64 * 1024, "{grown} KiB more at the highest");
}

#[test]
fn all_bodies_together_have_their_limit_too() {
    let emulator = Emulator::start(Config {
        limits: Limits {
            body: 1_000,
            bodies: 1_500,
            ..Limits::default()
        },
        ..Config::default()
    })
    .unwrap();
    let address = emulator.address();
    // One client sends all but the end of its body: what it sent takes up room for as long as it is there.
    let (mut first, _) = before_the_body(address, 1_000);
    first.write_all(&[b'a'; 999]).unwrap();
    let second = format!("{POST}content-length: 900\r\n\r\n{}", "a".repeat(900));
    let second = once(second);
    // What is sent and what is hung up takes a moment to arrive.
    let becomes = |expected: u16| {
        let found = |_| statuses(&exchange(address, &second));
        (0..2_000).map(found).any(|found| found == [expected])
    };
    assert!(becomes(503));
    let small = once(format!("{POST}content-length: 3\r\n\r\na=1"));
    assert_eq!(statuses(&exchange(address, &small)), [400]);
    drop(first);
    assert!(becomes(400), "the room is given back");
}

/// What is answered to the headers of a request with a body, before the body.
fn before_the_body(address: SocketAddr, length: usize) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let limit = Some(Duration::from_secs(20));
    stream.set_read_timeout(limit).unwrap();
    let head = format!("{POST}content-length: {length}\r\nexpect: 100-continue\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        read.push(byte[0]);
    }
    (stream, String::from_utf8(read).unwrap())
}

#[test]
fn who_asks_first_is_told_to_go_on_or_not_to() {
    let emulator = crate::agentcore::start();
    let (mut stream, go_on) = before_the_body(emulator.address(), 3);
    assert!(go_on.starts_with("HTTP/1.1 100 "), "{go_on}");
    stream.write_all(b"a=1").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut read = String::new();
    stream.read_to_string(&mut read).unwrap();
    assert_eq!(statuses(&read), [400], "{read}");
    let (_, refused) = before_the_body(emulator.address(), 100_000_000);
    assert!(refused.starts_with("HTTP/1.1 413 "), "{refused}");
    assert!(refused.contains("x-amzn-errortype: RequestEntityTooLargeException"));
    assert!(refused.contains("connection: close"));
}
