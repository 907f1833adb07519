//! Two thousand connections at once, some of clients that never finish what they began.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::json;
use veriam_emulator::{Config, Emulator, Limits};

use crate::agentcore::{OWNER, TENANT, path};
use crate::support::client::{Client, Reply, json as request};
use crate::support::signer::Raw;
use crate::support::who::Who;

const SESSION: &str = "x-amzn-bedrock-agentcore-runtime-session-id";
/// Clients that hold a connection and never finish.
const STUCK: usize = 40;

/// How many connections there can be: both ends of each are files of this process.
fn connections() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let files = line.and_then(|line| line.split_whitespace().nth(3)?.parse().ok());
    let files: usize = files.unwrap_or(256);
    (files.saturating_sub(100) / 2)
        .saturating_sub(STUCK)
        .min(2_000)
}

/// How many the system lets wait to be accepted.
fn queue() -> usize {
    let most = std::fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap_or_default();
    most.trim()
        .parse()
        .map_or(128, |most: usize| most.min(1_024))
}

/// One of many: what it sends, and what it has to be answered.
struct One {
    client: Client,
    raw: Raw,
    status: u16,
    code: &'static str,
    name: String,
}

impl One {
    /// The requests differ, and so do those who send them: owner, another account, a forger, nobody.
    fn new(number: usize, address: SocketAddr, invoke: &str) -> Self {
        let name = format!("session-{number:040}");
        let mut raw = request("POST", invoke, &json!({"number": number}));
        raw.headers.push((SESSION.into(), name.clone()));
        let account = if number % 4 == 1 { TENANT } else { OWNER };
        let mut who = Who::bootstrap(address, account);
        if number % 4 == 2 {
            who.secret = "guess".to_owned();
        }
        if number % 4 != 3 {
            raw = who.signed(raw, "bedrock-agentcore");
        }
        let (status, code) = [
            (200, "none"),
            (403, "AccessDeniedException"),
            (403, "InvalidSignatureException"),
            (403, "MissingAuthenticationTokenException"),
        ][number % 4];
        let client = who.client;
        Self {
            client,
            raw,
            status,
            code,
            name,
        }
    }

    fn check(&self, reply: &Reply) {
        let found = (reply.status, reply.code());
        assert_eq!(found, (self.status, self.code), "{}", self.name);
        if self.status == 200 {
            assert_eq!(reply.header(SESSION), Some(self.name.as_str()));
        }
    }

    fn answered(&mut self) {
        let reply = self.client.reply().unwrap();
        self.check(&reply);
    }

    /// Whether nothing has come yet.
    fn waits(&self) -> bool {
        let stream = self.client.stream();
        stream.set_nonblocking(true).unwrap();
        let peeked = stream.peek(&mut [0]);
        stream.set_nonblocking(false).unwrap();
        matches!(peeked, Err(error) if error.kind() == ErrorKind::WouldBlock)
    }
}

/// Clients that say nothing, stop in the headers, stop in the body, or open a line and never end it.
fn stuck(address: SocketAddr) -> Vec<TcpStream> {
    let rows = [
        "",
        "POST /runtimes/x/invocations HTTP/1.1\r\nhost: x\r\nx-slow: ",
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nAction=",
        "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ];
    let open = |text: &&str| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    };
    rows.iter().cycle().take(STUCK).map(open).collect()
}

#[test]
fn two_thousand_connections_at_once_are_answered_and_those_beyond_the_limit_wait() {
    let all = connections();
    let room = all - (all / 4).min(queue() / 2);
    let emulator = Emulator::start(Config {
        limits: Limits {
            connections: room + STUCK,
            // Nobody is cut off before the end: who is served, is served beside those who hang.
            headers: Duration::from_secs(600),
            body_time: Duration::from_secs(600),
            ..Limits::default()
        },
        ..Config::default()
    })
    .unwrap();
    let address = emulator.address();
    let mut owner = Who::bootstrap(address, OWNER);
    let made = owner.rest("PUT", "/runtimes/", &json!({"agentRuntimeName": "a"}));
    let invoke = format!(
        "/runtimes/{}/invocations",
        path(made.json()["agentRuntimeArn"].as_str().unwrap())
    );
    drop(owner);
    let stuck = stuck(address);
    let mut many: Vec<One> = (0..all).map(|n| One::new(n, address, &invoke)).collect();
    for one in &mut many {
        one.client.ask(&one.raw);
    }
    let mut waiting = many.split_off(room);
    for one in &mut many {
        one.answered();
    }
    // Every place is taken, so nobody else has been let in.
    assert!(waiting.iter().all(One::waits), "the limit holds");
    // Each connection serves a second request, and a client that will say no more still hears the answer.
    for one in &mut many {
        one.client.ask(&one.raw);
        one.client.stream().shutdown(Shutdown::Write).unwrap();
    }
    for one in &mut many {
        one.answered();
    }
    drop(many);
    for one in &mut waiting {
        one.answered();
    }
    // Those who hung were neither answered nor cut off.
    for mut stream in stuck {
        stream.set_nonblocking(true).unwrap();
        let read = stream.read(&mut [0]);
        assert!(matches!(read, Err(error) if error.kind() == ErrorKind::WouldBlock));
    }
}
