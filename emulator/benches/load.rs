//! Load on one emulator for a while: how many calls a second it answers, and whether its memory grows.
//!
//! `cargo bench -p veriam-emulator --bench load`; `VERIAM_LOAD_SECONDS=600` for ten minutes, or the number as an argument.
//! `-- --test` makes one round of each client.
//!
//! Emulator and clients are one process, so the memory that is shown is that of both. The clock that the emulator is told
//! runs sixty times as fast as time does, so that sessions end while the program runs.

use std::io::{BufRead, BufReader, Read, Write, stdout};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use veriam_emulator::service::Clock;
use veriam_emulator::{Config, Emulator, Limits};
use veriam_model::{Caller, UserCaller};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const OWNER: &str = "111122223333";
const WORLD: &str = r#"{
    "region": "us-west-2", "accounts": [{"id": "111122223333"}],
    "users": [{"account": "111122223333", "name": "loader", "id": "AIDAEXAMPLE",
        "policies": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]}],
    "roles": [{"account": "111122223333", "name": "app", "id": "AROAEXAMPLE",
        "policies": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}],
        "trust": {"Version": "2012-10-17", "Statement":
            {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}}}],
    "runtimes": [{"account": "111122223333", "id": "agent-AbCdEf0123"}]
}"#;
const ARN: &str =
    "arn%3Aaws%3Abedrock-agentcore%3Aus-west-2%3A111122223333%3Aruntime%2Fagent-AbCdEf0123";
const POLICY: &str = r#"{"policy":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"111122223333\"},\"Action\":\"bedrock-agentcore:InvokeAgentRuntime\",\"Resource\":\"arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/agent-AbCdEf0123\"}}"}"#;
const FASTER: u64 = 60;
/// How often it is said how things stand.
const TELL: Duration = Duration::from_secs(10);

/// What a client signs with.
struct Keys {
    id: String,
    secret: String,
    token: Option<String>,
}

impl Keys {
    /// The key that the account has by itself.
    fn own(secret: &str) -> Self {
        let (id, secret) = (OWNER.to_owned(), secret.to_owned());
        let token = None;
        Self { id, secret, token }
    }

    /// Those that an answer of IAM or STS holds.
    fn of(xml: &str) -> Result<Self, Failure> {
        let leaf = |name: &str| {
            let rest = xml.split_once(&format!("<{name}>"))?.1;
            Some(rest.split_once('<')?.0.to_owned())
        };
        Ok(Self {
            id: leaf("AccessKeyId").ok_or("no access key id")?,
            secret: leaf("SecretAccessKey").ok_or("no secret")?,
            token: leaf("SessionToken").filter(|token| !token.is_empty()),
        })
    }
}

/// One connection, which is replaced when `again` says so.
struct Client {
    address: SocketAddr,
    clock: Clock,
    /// Those of a user: root users can take on no role.
    user: Arc<Keys>,
    stream: Option<BufReader<TcpStream>>,
    calls: Arc<AtomicU64>,
}

impl Client {
    /// Sends a signed request, and reads the answer; it has to have that status.
    fn call(
        &mut self,
        keys: &Keys,
        (service, method, path): (&str, &str, &str),
        body: &str,
        status: u16,
    ) -> Result<String, Failure> {
        let headers = self.signature(keys, (service, method, path), body)?;
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\n{headers}content-length: {length}\r\n\r\n{body}",
            self.address
        );
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(self.address)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(Duration::from_secs(60)))?;
                BufReader::new(stream)
            }
        };
        stream.get_mut().write_all(request.as_bytes())?;
        let (found, body) = answer(&mut stream)?;
        self.stream = Some(stream);
        self.calls.fetch_add(1, Ordering::Relaxed);
        if found != status {
            return Err(format!("{method} {path}: {found}, not {status}: {body}").into());
        }
        Ok(body)
    }

    fn signature(
        &self,
        keys: &Keys,
        (service, method, path): (&str, &str, &str),
        body: &str,
    ) -> Result<String, Failure> {
        let token = keys.token.clone();
        let identity = Credentials::new(&keys.id, &keys.secret, token, None, "load").into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-west-2")
            .name(service)
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs((self.clock)()))
            .settings(SigningSettings::default())
            .build()?
            .into();
        let uri = format!("http://{}{path}", self.address);
        let body = SignableBody::Bytes(body.as_bytes());
        let request = SignableRequest::new(method, uri, std::iter::empty(), body)?;
        let (instructions, _) = sign(request, &params)?.into_parts();
        let headers = instructions.headers();
        Ok(headers
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect())
    }

    /// An action of IAM or STS.
    fn query(&mut self, keys: &Keys, service: &str, form: &str) -> Result<String, Failure> {
        let version = match service {
            "iam" => "2010-05-08",
            _ => "2011-06-15",
        };
        let form = format!("{form}&Version={version}");
        self.call(keys, (service, "POST", "/"), &form, 200)
    }

    fn invoke(&mut self, keys: &Keys, status: u16) -> Result<String, Failure> {
        let path = format!("/runtimes/{ARN}/invocations");
        let asked = ("bedrock-agentcore", "POST", path.as_str());
        self.call(keys, asked, r#"{"prompt":"hello"}"#, status)
    }
}

/// Reads one answer: status and body.
fn answer(stream: &mut BufReader<TcpStream>) -> Result<(u16, String), Failure> {
    let (mut line, mut length) = (String::new(), 0);
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).ok_or("no answer")?.parse()?;
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.trim_end().parse()?;
        }
        if line.trim_end().is_empty() {
            break;
        }
    }
    let mut body = String::new();
    stream.take(length).read_to_string(&mut body)?;
    Ok((status, body))
}

/// What the clients do, again and again; the number is different each time.
type Round = fn(&mut Client, u64) -> Result<(), Failure>;

const ROUNDS: [(&str, Round); 6] = [
    ("signed invocations", |client, _| {
        client.invoke(&Keys::own("test"), 200).map(drop)
    }),
    ("failed signatures", |client, _| {
        client.invoke(&Keys::own("guess"), 403).map(drop)
    }),
    ("puts", |client, _| {
        let (keys, path) = (Keys::own("test"), format!("/resourcepolicy/{ARN}"));
        let asked = |method| ("bedrock-agentcore", method, path.as_str());
        client.call(&keys, asked("PUT"), POLICY, 201)?;
        client.call(&keys, asked("PUT"), r#"{"policy":"{"}"#, 400)?;
        client.call(&keys, asked("GET"), "", 200)?;
        client.call(&keys, asked("DELETE"), "", 204).map(drop)
    }),
    ("sessions", |client, number| {
        let role = "RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fapp";
        let form =
            format!("Action=AssumeRole&{role}&RoleSessionName=s{number}&DurationSeconds=900");
        let user = Arc::clone(&client.user);
        let session = client.query(&user, "sts", &form)?;
        client.invoke(&Keys::of(&session)?, 200).map(drop)
    }),
    ("users", |client, number| {
        let (keys, user) = (Keys::own("test"), format!("UserName=user{number}"));
        let mut iam = |form: &str| client.query(&keys, "iam", &format!("{form}&{user}"));
        iam("Action=CreateUser")?;
        let made = Keys::of(&iam("Action=CreateAccessKey")?)?;
        client.invoke(&made, 403)?;
        let mut iam = |form: &str| client.query(&keys, "iam", &format!("{form}&{user}"));
        iam(&format!("Action=DeleteAccessKey&AccessKeyId={}", made.id))?;
        iam("Action=DeleteUser").map(drop)
    }),
    ("connections", |client, number| {
        // Some leave in the middle of a request.
        client.stream = None;
        if number % 4 == 0 {
            let mut stream = TcpStream::connect(client.address)?;
            stream.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc")?;
        }
        client.invoke(&Keys::own("test"), 200).map(drop)
    }),
];

/// Resident memory in KiB; none where there is no `/proc`.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// How long, in seconds; none: one round.
fn lasts() -> Result<Option<u64>, Failure> {
    let mut number = std::env::var("VERIAM_LOAD_SECONDS").ok();
    for argument in std::env::args().skip(1) {
        if argument == "--test" {
            return Ok(None);
        }
        // `cargo bench` adds `--bench`.
        number = Some(argument).filter(|a| !a.starts_with('-')).or(number);
    }
    Ok(Some(number.map_or(Ok(20), |number| number.parse())?))
}

fn main() -> Result<(), Failure> {
    let lasts = lasts()?;
    let (started, system) = (Instant::now(), SystemTime::now());
    let begins = system.duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let clock: Clock = Arc::new(move || {
        let faster = started.elapsed().as_millis() * u128::from(FASTER) / 1_000;
        begins.saturating_add(u64::try_from(faster).unwrap_or(u64::MAX))
    });
    let emulator = Emulator::start(Config {
        clock: Arc::clone(&clock),
        limits: Limits {
            // Those who left in the middle are not waited for until the end.
            body_time: Duration::from_secs(5),
            ..Limits::default()
        },
        ..Config::default()
    })?;
    emulator.core().write().load(serde_json::from_str(WORLD)?)?;
    let loader = Caller::User(UserCaller {
        account: OWNER.to_owned(),
        name: "loader".to_owned(),
        token: None,
    });
    let issued = emulator.core().write().issue(loader, begins, None);
    let issued = issued.map_err(|_| "too many keys")?;
    let user = Arc::new(Keys {
        id: issued.id,
        secret: issued.secret.reveal().to_owned(),
        token: None,
    });
    let stop = Arc::new(AtomicBool::new(lasts.is_none()));
    let mut clients = Vec::new();
    for (name, round) in ROUNDS {
        let calls = Arc::new(AtomicU64::new(0));
        let mut client = Client {
            address: emulator.address(),
            clock: Arc::clone(&clock),
            user: Arc::clone(&user),
            stream: None,
            calls: Arc::clone(&calls),
        };
        let stop = Arc::clone(&stop);
        let thread = std::thread::spawn(move || -> Result<(), Failure> {
            for number in 0.. {
                let done = round(&mut client, number);
                done.map_err(|error| format!("{name}, round {number}: {error}"))?;
                if stop.load(Ordering::Relaxed) {
                    break;
                }
            }
            Ok(())
        });
        clients.push((name, calls, thread));
    }
    let told = tell(&clients, started, lasts.unwrap_or(0));
    stop.store(true, Ordering::Relaxed);
    let mut totals = Vec::new();
    for (name, calls, thread) in clients {
        thread.join().map_err(|_| "a client panicked")??;
        totals.push(format!("{name} {}", calls.load(Ordering::Relaxed)));
    }
    writeln!(stdout(), "calls: {}", totals.join(", "))?;
    let memory: Vec<u64> = told?;
    if let (Some(first), Some(last)) = (memory.first(), memory.last()) {
        let most = memory.iter().max().unwrap_or(last);
        writeln!(
            stdout(),
            "resident memory, clients included: first {first} KiB, last {last} KiB, most {most} KiB"
        )?;
    }
    Ok(())
}

type Running = (
    &'static str,
    Arc<AtomicU64>,
    std::thread::JoinHandle<Result<(), Failure>>,
);

/// Says every ten seconds how things stand, until the time is over or a client is; the memory each time.
fn tell(clients: &[Running], started: Instant, lasts: u64) -> Result<Vec<u64>, Failure> {
    let (mut seen, mut memories, mut last) = (0, Vec::new(), Instant::now());
    let ends = started + Duration::from_secs(lasts);
    while Instant::now() < ends && clients.iter().all(|(_, _, thread)| !thread.is_finished()) {
        std::thread::sleep(TELL.min(ends.saturating_duration_since(Instant::now())));
        let calls: u64 = clients
            .iter()
            .map(|(_, calls, _)| calls.load(Ordering::Relaxed))
            .sum();
        let each = u128::from(calls - seen) * 1_000 / last.elapsed().as_millis().max(1);
        (seen, last) = (calls, Instant::now());
        let resident = memory();
        let kib = resident.map_or("unknown".to_owned(), |kib| format!("{kib} KiB"));
        let seconds = started.elapsed().as_secs();
        writeln!(stdout(), "{seconds} s: {each} calls/s, resident {kib}")?;
        memories.extend(resident);
    }
    Ok(memories)
}
