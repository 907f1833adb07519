//! Somebody who signs and calls.

use std::net::SocketAddr;

use serde_json::Value;
use veriam_emulator::auth::date;

use super::client::{Client, Reply, json};
use super::signer::{Raw, Signing, encode, sign};

pub struct Who {
    pub client: Client,
    pub key_id: String,
    pub secret: String,
    pub token: Option<String>,
    /// Seconds since 1970; none: the clock of the system.
    pub at: Option<u64>,
    /// What stands before the path of every request, for example `/via/vpc`.
    pub base: String,
}

impl Who {
    /// The root user of an account, by the key that every account has.
    pub fn bootstrap(address: SocketAddr, account: &str) -> Self {
        let (key_id, secret) = (account.to_owned(), "test".to_owned());
        Self {
            client: Client::new(address),
            key_id,
            secret,
            token: None,
            at: None,
            base: String::new(),
        }
    }

    /// Whose credentials an answer of IAM or STS holds.
    pub fn of(address: SocketAddr, answer: &str) -> Self {
        Self {
            client: Client::new(address),
            key_id: leaf(answer, "AccessKeyId").unwrap(),
            secret: leaf(answer, "SecretAccessKey").unwrap(),
            token: leaf(answer, "SessionToken"),
            at: None,
            base: String::new(),
        }
    }

    pub fn signed(&self, mut raw: Raw, service: &str) -> Raw {
        let now = || {
            std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .unwrap()
                .as_secs()
        };
        let time = date::format(self.at.unwrap_or_else(now));
        let signing = Signing {
            key_id: &self.key_id,
            secret: &self.secret,
            token: self.token.as_deref(),
            region: "us-west-2",
            service,
            time: &time,
        };
        sign(&mut raw, &signing);
        raw
    }

    /// A request to AgentCore.
    pub fn rest(&mut self, method: &str, path: &str, body: &Value) -> Reply {
        let path = format!("{}{path}", self.base);
        let raw = self.signed(json(method, &path, body), "bedrock-agentcore");
        self.client.send(&raw)
    }

    /// A request to IAM (`iam`) or STS (`sts`).
    pub fn query(&mut self, service: &str, action: &str, parameters: &[(&str, &str)]) -> Reply {
        let version = if service == "iam" {
            "2010-05-08"
        } else {
            "2011-06-15"
        };
        let mut body = format!("Action={action}&Version={version}");
        for (name, value) in parameters {
            body += &format!("&{name}={}", encode(value.as_bytes(), false));
        }
        let mut raw = json("POST", &format!("{}/", self.base), &Value::Null);
        raw.headers = vec![
            ("host".into(), "127.0.0.1".into()),
            (
                "content-type".into(),
                "application/x-www-form-urlencoded".into(),
            ),
        ];
        raw.body = body.into_bytes();
        let raw = self.signed(raw, service);
        self.client.send(&raw)
    }

    /// As [`query`](Self::query); it has to succeed.
    pub fn done(&mut self, service: &str, action: &str, parameters: &[(&str, &str)]) -> String {
        let reply = self.query(service, action, parameters);
        assert_eq!(reply.status, 200, "{action}: {}", reply.text());
        reply.text()
    }
}

/// The text of the first element of that name.
pub fn leaf(xml: &str, name: &str) -> Option<String> {
    let rest = xml.split_once(&format!("<{name}>"))?.1;
    Some(
        rest.split_once(&format!("</{name}>"))?
            .0
            .replace("&quot;", "\"")
            .replace("&amp;", "&"),
    )
}
