//! Clients that others wrote: boto3, the AWS CLI, curl. Where they are not installed the tests say so and pass, unless the
//! variable `VERIAM_CLIENTS` is `required`.

use std::io::Write;
use std::process::Command;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;
use veriam_emulator::auth::jwt::IssuerConfig;
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
        .env("AWS_EC2_METADATA_DISABLED", "true");
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
fn the_cli_and_curl_walk_through_policies_and_tokens() {
    if !(has("aws", &["--version"]) && has("curl", &["--version"])) {
        return;
    }
    let emulator = Emulator::start(Config::default()).unwrap();
    let key = EncodingKey::from_ed_pem(ED.as_bytes()).unwrap();
    let jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA).unwrap();
    let issuer = "https://idp.example.com".to_owned();
    let config = IssuerConfig {
        issuer: issuer.clone(),
        jwks: json!({"keys": [jwk]}),
    };
    let claims = json!({"iss": issuer, "exp": 4_102_444_800_u64, "sub": "alice", "aud": "agents"});
    let token = encode(&Header::new(Algorithm::EdDSA), &claims, &key).unwrap();
    let world = json!({"region": "us-west-2", "accounts": [{"id": "111122223333"}], "runtimes": [{
        "account": "111122223333", "id": "tokens-AbCdEf0123", "authorizer": "jwt",
        "token_rules": {"audiences": ["agents"]}}]});
    {
        let mut state = emulator.core().write();
        state.load(serde_json::from_value(world).unwrap()).unwrap();
        state.issuers.add(config).unwrap();
    }
    run("sh", "walk.sh", &[&emulator.url(), &token]);
}
