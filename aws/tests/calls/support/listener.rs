//! A server that writes down what it is sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use veriam_aws::{Base, Connection, Credentials, Patience, Proof, Session};
use veriam_model::CallCase;

/// A request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Method, path and query.
    pub(crate) line: String,
    /// In the order of their names.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

pub(crate) struct Listener {
    address: SocketAddr,
    heard: Receiver<Heard>,
}

impl Listener {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, heard) = channel();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let Some(request) = read(&mut stream) else {
                    continue;
                };
                // Before the answer: who has it finds the request among what was heard.
                if sender.send(request).is_err() {
                    return;
                }
                // A client that is gone misses its answer, nobody else does.
                let _ = stream.write_all(CARRIED_OUT.as_bytes());
            }
        });
        Self { address, heard }
    }

    pub(crate) fn session(&self, case: &CallCase, proof: Proof) -> Session {
        let patience = Patience::of_emulators(Duration::from_secs(20));
        let connection = Connection::new(&format!("http://{}", self.address), patience);
        let base = Base {
            url: connection.base().to_owned(),
            region: case.world.region.clone(),
            at: Some(case.call.at),
        };
        Session::new(&connection, base, proof, Some(&case.call.user_agent))
    }

    /// What was sent since the last time.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        let first = self.heard.recv_timeout(Duration::from_secs(20)).unwrap();
        std::iter::once(first)
            .chain(self.heard.try_iter())
            .collect()
    }
}

pub(crate) fn key() -> Proof {
    Proof::Key(Credentials {
        key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret: "secret".to_owned(),
        token: None,
    })
}

const CARRIED_OUT: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\
                           connection: close\r\n\r\n{}";

/// Reads one request.
fn read(stream: &mut TcpStream) -> Option<Heard> {
    let mut reader = BufReader::new(stream);
    let mut text = String::new();
    reader.read_line(&mut text).ok()?;
    let line = text.trim_end().to_owned();
    let mut headers = Vec::new();
    loop {
        text.clear();
        reader.read_line(&mut text).ok()?;
        let Some((name, value)) = text.trim_end_matches(['\r', '\n']).split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    headers.sort();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(Some(0), |(_, value)| value.parse().ok())?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Heard {
        line,
        headers,
        body: String::from_utf8(body).ok()?,
    })
}
