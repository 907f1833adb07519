//! `veriam emulate`: it listens, serves the world it was given, tells each request if asked, and ends when told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

const SCENARIO: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../scenarios/000-multi-tenant/two-tenants.yaml"
);

struct Running {
    child: Child,
    address: String,
}

impl Running {
    fn start(args: &[&str]) -> Self {
        let mut child = veriam(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program is there");
        let mut line = String::new();
        let out = child.stdout.as_mut().expect("a pipe");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.unwrap_or_else(|| panic!("{line}")).to_owned();
        Self { child, address }
    }

    /// The answer to a GET, headers and all.
    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let address = &self.address;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
        )
        .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    fn end(self) -> Output {
        let told = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(told.expect("kill is there").success());
        self.child.wait_with_output().expect("it ends")
    }
}

fn veriam(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_veriam"));
    command.arg("emulate").args(args);
    command
}

#[test]
fn it_serves_the_world_of_a_scenario_tells_requests_and_ends_when_told_to() {
    let running = Running::start(&["--listen", "127.0.0.1:0", "--log", "--world", SCENARIO]);
    assert!(running.get("/healthz").starts_with("HTTP/1.1 200 "));
    let world = running.get("/_veriam/world");
    assert!(world.contains("support-agent-runtime"), "{world}");
    assert!(running.get("/nothing").starts_with("HTTP/1.1 4"));
    let output = running.end();
    assert_eq!(output.status.code(), Some(0));
    let log = String::from_utf8(output.stderr).expect("text");
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 3, "{log}");
    assert!(lines[0].starts_with("GET /healthz 200 - "), "{log}");
    assert!(lines[2].starts_with("GET /nothing 4"), "{log}");
}

#[test]
fn without_log_it_is_silent_and_the_world_is_empty() {
    let running = Running::start(&["--listen", "127.0.0.1:0"]);
    let world = running.get("/_veriam/world");
    assert!(
        world.contains("us-west-2") && !world.contains("\"runtimes\":[{"),
        "{world}"
    );
    let output = running.end();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

#[test]
fn what_cannot_be_served_is_told_with_the_remedy() {
    let running = Running::start(&["--listen", "127.0.0.1:0"]);
    for (args, words) in [
        (vec!["--listen", &running.address], "choose another address"),
        (vec!["--world", "no-such-file.json"], "no-such-file.json"),
        (
            vec![
                "--world",
                concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/../docs/examples/partner-memory.json"
                ),
            ],
            "there is no world in it",
        ),
    ] {
        let output = veriam(&args).output().expect("it ends");
        let told = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(words), "{told}");
    }
    assert_eq!(running.end().status.code(), Some(0));
}
