//! How many calls a second one emulator answers over HTTP, signed and not, clients on the same machine included.
//!
//! `cargo bench -p veriam-emulator --bench calls`

use std::io::{BufRead, BufReader, Read, Write, stdout};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use veriam_emulator::{Config, Emulator};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const WORLD: &str = r#"{
    "region": "us-west-2", "accounts": [{"id": "111122223333"}],
    "runtimes": [{"account": "111122223333", "id": "agent-AbCdEf0123"}],
    "gateways": [{"account": "111122223333", "id": "open-abcdef0123", "authorizer": "none"}]
}"#;
const RUNTIME: &str = "/runtimes/arn%3Aaws%3Abedrock-agentcore%3Aus-west-2%3A111122223333%3Aruntime%2Fagent-AbCdEf0123/invocations";
const GATEWAY: &str = "/gateway/open-abcdef0123/mcp";
const BODY: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
const CLIENTS: usize = 4;
const LASTS: Duration = Duration::from_secs(5);

/// The headers of a signature, made anew for each call.
fn signature(address: SocketAddr) -> Result<String, Failure> {
    let identity = Credentials::new("111122223333", "test", None, None, "bench").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-west-2")
        .name("bedrock-agentcore")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()?
        .into();
    let uri = format!("http://{address}{RUNTIME}");
    let headers = [("content-type", "application/json")].into_iter();
    let request = SignableRequest::new("POST", uri, headers, SignableBody::Bytes(BODY.as_bytes()))?;
    let (instructions, _) = sign(request, &params)?.into_parts();
    let headers = instructions
        .headers()
        .map(|(name, value)| format!("{name}: {value}\r\n"));
    Ok(headers.collect())
}

/// Calls for a while over one connection; the answer is how often.
fn client(address: SocketAddr, signed: bool) -> Result<u64, Failure> {
    let mut stream = BufReader::new(TcpStream::connect(address)?);
    stream.get_mut().set_nodelay(true)?;
    let (started, mut calls, mut line) = (Instant::now(), 0, String::new());
    while started.elapsed() < LASTS {
        let (path, more) = if signed {
            (RUNTIME, signature(address)?)
        } else {
            (GATEWAY, String::new())
        };
        let length = BODY.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n{more}content-length: {length}\r\n\r\n{BODY}"
        );
        stream.get_mut().write_all(request.as_bytes())?;
        let mut length = 0;
        for number in 0.. {
            line.clear();
            stream.read_line(&mut line)?;
            if number == 0 && !line.contains(" 200 ") {
                return Err(line.into());
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim_end().parse()?;
            }
            if line == "\r\n" {
                break;
            }
        }
        std::io::copy(&mut stream.by_ref().take(length), &mut std::io::sink())?;
        calls += 1;
    }
    Ok(calls)
}

fn main() -> Result<(), Failure> {
    let emulator = Emulator::start(Config::default())?;
    emulator.core().write().load(serde_json::from_str(WORLD)?)?;
    let address = emulator.address();
    for (name, signed) in [("signed", true), ("not signed", false)] {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| std::thread::spawn(move || client(address, signed)))
            .collect();
        let mut calls = 0;
        for client in clients {
            calls += client.join().map_err(|_| "a client panicked")??;
        }
        let each = calls / LASTS.as_secs();
        writeln!(
            stdout(),
            "{name}: {each} calls/s, {CLIENTS} clients included"
        )?;
    }
    Ok(())
}
