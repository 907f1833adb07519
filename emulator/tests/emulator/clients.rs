//! Clients that others wrote: boto3, the AWS CLI, curl, websockets. Where they are not installed the tests say so and pass, unless the
//! variable `VERIAM_CLIENTS` is `required`.

use std::io::Write;
use std::process::Command;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;
use veriam_emulator::{Config, Emulator};

use crate::calls::ED;

/// Whether a program is there; `probe` is a way to start it that does nothing.
fn has(program: &str, probe: &[&str]) -> bool {
    let found = Command::new(program)
        .args(probe)
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        let required = std::env::var("VERIAM_CLIENTS").is_ok_and(|value| value == "required");
        assert!(!required, "{program} is not installed");
        let note = format!("{program} is not installed: nothing is tested with it\n");
        std::io::stderr().write_all(note.as_bytes()).unwrap();
    }
    found
}

fn run(program: &str, script: &str, arguments: &[&str]) {
    let script = format!("{}/tests/clients/{script}", env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(program);
    // Nothing of the machine's own configuration counts.
    for name in [
        "AWS_PROFILE",
        "AWS_SESSION_TOKEN",
        "AWS_CA_BUNDLE",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
    ] {
        command.env_remove(name);
    }
    command
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    command
        .env("NO_PROXY", "127.0.0.1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let output = command.arg(script).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success(),
        "{}{said}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[test]
fn boto3_walks_through_a_runtime_that_two_tenants_share() {
    if has("python3", &["-c", "import boto3"]) {
        let emulator = Emulator::start(Config::default()).unwrap();
        run("python3", "walk.py", &[&emulator.url()]);
    }
}

#[test]
fn the_cli_walks_through_a_runtime_that_two_tenants_share() {
    if has("aws", &["--version"]) && has("curl", &["--version"]) {
        let emulator = Emulator::start(Config::default()).unwrap();
        run("sh", "walk.sh", &[&emulator.url()]);
    }
}

#[test]
fn curl_calls_runtimes_that_take_tokens() {
    if has("curl", &["--version"]) {
        let emulator = Emulator::start(Config::default()).unwrap();
        let tokens = [
            token("agents", FAR),
            token("others", FAR),
            token("agents", 1_700_000_000),
        ];
        let [good, other, late] = &tokens;
        run(
            "sh",
            "tokens.sh",
            &[&emulator.url(), &issuer(), good, other, late],
        );
    }
}

#[test]
fn websockets_talk_with_a_runtime_that_two_tenants_share_and_with_one_that_takes_tokens() {
    if has("python3", &["-c", "import boto3, websockets.sync.client"]) {
        let emulator = Emulator::start(Config::default()).unwrap();
        let (good, other) = (token("agents", FAR), token("others", FAR));
        run(
            "python3",
            "sockets.py",
            &[&emulator.url(), &issuer(), &good, &other],
        );
    }
}

/// What the documentation shows is what is run: every line of the commands to type, without its note, is one of the script.
#[test]
fn the_commands_of_the_documentation_are_those_that_are_run() {
    let root = env!("CARGO_MANIFEST_DIR");
    let read = |path: &str| std::fs::read_to_string(format!("{root}/{path}")).unwrap();
    let (script, page) = (read("tests/clients/walk.sh"), read("../docs/emulator.md"));
    let section = page.split_once("\n## Walk through it\n").unwrap().1;
    let section = section.split("\n## ").next().unwrap();
    let mut blocks = section.split("\n```").skip(1).step_by(2);
    let is_run = blocks.by_ref().filter(|block| block.starts_with("sh\n"));
    let lines: Vec<&str> = is_run
        .flat_map(|block| block.lines().skip(1))
        .map(|line| line.split("  # ").next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
        .collect();
    assert!(lines.len() > 20, "{lines:?}");
    for line in lines {
        assert!(script.contains(line), "{line}");
    }
}

/// The end of tokens that last.
const FAR: u64 = 4_102_444_800;
const ISSUER: &str = "https://idp.example.com";

fn key() -> EncodingKey {
    EncodingKey::from_ed_pem(ED.as_bytes()).unwrap()
}

/// The issuer as the admin route takes it.
fn issuer() -> String {
    let jwk = Jwk::from_encoding_key(&key(), Algorithm::EdDSA).unwrap();
    json!({"issuer": ISSUER, "jwks": {"keys": [jwk]}}).to_string()
}

fn token(audience: &str, end: u64) -> String {
    let claims = json!({"iss": ISSUER, "exp": end, "sub": "patient-17", "aud": audience});
    encode(&Header::new(Algorithm::EdDSA), &claims, &key()).unwrap()
}
