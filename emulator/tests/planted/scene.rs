//! What the requests are sent to: one world with a few changes, one emulator, a clock that is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use veriam_emulator::auth::date;
use veriam_emulator::planted::Mistake;
use veriam_emulator::{Config, Emulator};

use crate::support::client::{self, Client, Reply};
use crate::support::signer::{Raw, Signing, encode, sign};
use crate::support::who::{Who, leaf};

pub const OWNER: &str = "111122223333";
pub const PREFIX: &str = "arn:aws:bedrock-agentcore:us-west-2:111122223333:";
pub const RUNTIME: &str =
    "arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/agent-AbCdEf0123";
pub const MEMORY: &str = "notes-AbCdEf0123";
pub const HARNESS: &str = "helper-AbCdEf0123";
pub const GATEWAY: &str = "open-abcdef0123";
pub const APP: &str = "arn:aws:iam::111122223333:role/app";
/// Region and service that requests are signed for.
pub const BASE: (&str, &str) = ("us-west-2", "bedrock-agentcore");

pub struct Keys {
    pub id: String,
    pub secret: String,
    pub token: Option<String>,
}

pub struct Scene {
    emulator: Emulator,
    client: Client,
    clock: Arc<AtomicU64>,
}

impl Scene {
    pub fn new(mistake: Option<Mistake>) -> Self {
        let clock = Arc::new(AtomicU64::new(date::parse("20261128T130000Z").unwrap()));
        let told = Arc::clone(&clock);
        let emulator = Emulator::start(Config {
            clock: Arc::new(move || told.load(Ordering::SeqCst)),
            mistake,
            ..Config::default()
        })
        .unwrap();
        let client = Client::new(emulator.address());
        Self {
            emulator,
            client,
            clock,
        }
    }

    pub fn now(&self) -> u64 {
        self.clock.load(Ordering::SeqCst)
    }

    /// Lets time pass, in seconds.
    pub fn pass(&self, seconds: u64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    fn admin(&mut self, method: &str, path: &str, body: &Value) -> Reply {
        let reply = self.client.send(&client::json(method, path, body));
        assert!(reply.status < 300, "{path}: {}", reply.text());
        reply
    }

    pub fn load(&mut self, world: Value) {
        self.admin("PUT", "/_veriam/world", &world);
    }

    /// The request as it comes that way.
    pub fn from(&mut self, mut raw: Raw, way: &Value) -> Raw {
        self.admin("PUT", "/_veriam/paths/way", way);
        raw.path = format!("/via/way{}", raw.path);
        raw
    }

    /// The request as it comes through a VPC endpoint.
    pub fn through(&mut self, raw: Raw, endpoint: &str) -> Raw {
        let way = json!({"endpoint": {"endpoint": endpoint, "address": "10.0.0.9"}});
        self.from(raw, &way)
    }

    /// Credentials of a caller, for so many seconds; 0: for good.
    pub fn keys(&mut self, caller: &Value, lasts: u64) -> Keys {
        let mut caller = caller.clone();
        if let Some(session) = caller.get_mut("session") {
            session["token"] = json!({"issued": self.now()});
        }
        let lasts = Some(lasts).filter(|lasts| *lasts > 0);
        let wanted = json!({"caller": caller, "expires_in": lasts});
        let keys = self.admin("POST", "/_veriam/credentials", &wanted).json();
        let text = |name: &str| keys[name].as_str().map(str::to_owned);
        Keys {
            id: text("accessKeyId").unwrap(),
            secret: text("secretAccessKey").unwrap(),
            token: text("sessionToken"),
        }
    }

    pub fn sign(&self, mut raw: Raw, keys: &Keys, (region, service): &(&str, &str)) -> Raw {
        let signing = Signing {
            key_id: &keys.id,
            secret: &keys.secret,
            token: keys.token.as_deref(),
            region,
            service,
            time: &date::format(self.now()),
        };
        sign(&mut raw, &signing);
        raw
    }

    /// The request signed by a caller.
    pub fn signed(&mut self, raw: Raw, caller: &Value) -> Raw {
        let long_term = caller
            .get("user")
            .is_some_and(|user| user.get("token").is_none());
        let keys = self.keys(caller, if long_term { 0 } else { 3_600 });
        self.sign(raw, &keys, &BASE)
    }

    /// Status and code of the answer.
    pub fn send(&mut self, raw: &Raw) -> String {
        let reply = self.client.send(raw);
        match reply.header("x-amzn-errortype") {
            Some(code) => format!("{} {code}", reply.status),
            None => reply.status.to_string(),
        }
    }

    pub fn ask(&mut self, raw: Raw, keys: &Keys, scope: &(&str, &str)) -> String {
        let raw = self.sign(raw, keys, scope);
        self.send(&raw)
    }

    pub fn asks(&mut self, raw: Raw, caller: &Value) -> String {
        let raw = self.signed(raw, caller);
        self.send(&raw)
    }

    pub fn replied(&mut self, raw: Raw, caller: &Value) -> Reply {
        let raw = self.signed(raw, caller);
        self.client.send(&raw)
    }

    /// What IAM answers the root user of an account: the decision of a simulation, else the status.
    pub fn iam(&mut self, action: &str, parameters: &[(&str, &str)]) -> String {
        let mut root = Who::bootstrap(self.emulator.address(), OWNER);
        root.at = Some(self.now());
        let reply = root.query("iam", action, parameters);
        leaf(&reply.text(), "EvalDecision").unwrap_or_else(|| reply.status.to_string())
    }

    /// What STS answers the user `alice`, who asks for a session of the role `app` and passes more.
    pub fn assumes(&mut self, more: &[(&str, &str)]) -> String {
        let keys = self.keys(&user("alice"), 0);
        let mut alice = Who::bootstrap(self.emulator.address(), OWNER);
        (alice.key_id, alice.secret, alice.at) = (keys.id, keys.secret, Some(self.now()));
        let mut all = vec![("RoleArn", APP), ("RoleSessionName", "s1")];
        all.extend(more);
        let reply = alice.query("sts", "AssumeRole", &all);
        match leaf(&reply.text(), "Code") {
            Some(code) => format!("{} {code}", reply.status),
            None => reply.status.to_string(),
        }
    }

    /// What a simulation decides on reading an object of a bucket.
    pub fn simulates(&mut self, more: &[(&str, &str)]) -> String {
        let mut all = vec![
            ("ActionNames.member.1", "s3:GetObject"),
            ("ResourceArns.member.1", "arn:aws:s3:::b/x"),
        ];
        all.extend(more);
        self.iam("SimulateCustomPolicy", &all)
    }

    /// What is answered when a policy is put on the runtime.
    pub fn puts(&mut self, policy: &str) -> String {
        self.load(world(&[]));
        self.asks(resource_policy_of(RUNTIME, policy), &user("alice"))
    }
}

/// The world, with some places set to something else.
pub fn world(changes: &[(&str, Value)]) -> Value {
    let everything = allow("*", "*");
    let mut world = json!({
        "region": "us-west-2", "accounts": [{"id": OWNER}],
        "users": [{"account": OWNER, "name": "alice", "id": "AIDAALICE", "policies": [everything]}],
        "roles": [{"account": OWNER, "name": "app", "id": "AROAAPP", "policies": [everything], "trust": null}],
        "runtimes": [{"account": OWNER, "id": "agent-AbCdEf0123", "endpoints": [{"name": "prod"}], "policy": null}],
        "memories": [{"account": OWNER, "id": MEMORY}],
        "harnesses": [{"account": OWNER, "id": HARNESS}],
        "gateways": [{"account": OWNER, "id": GATEWAY, "authorizer": "none"}],
        "workload_identities": [{"account": OWNER, "name": "worker"}],
        "providers": [{"account": OWNER, "kind": "api_key", "name": "mail"}],
        "networks": [
            {"endpoint": "vpce-1", "vpc": "vpc-1", "account": OWNER, "policy": null},
            {"endpoint": "vpce-2", "vpc": "vpc-1", "account": OWNER, "policy": null},
        ],
    });
    for (place, value) in changes {
        *world.pointer_mut(place).unwrap() = value.clone();
    }
    world
}

pub fn user(name: &str) -> Value {
    json!({"user": {"account": OWNER, "name": name}})
}

/// The session `s1` of the role `app`, with more said of it.
pub fn session(more: Value) -> Value {
    let mut session = json!({"account": OWNER, "role": "app", "session": "s1"});
    for (name, value) in more.as_object().unwrap() {
        session[name] = value.clone();
    }
    json!({"session": session})
}

fn say(effect: &str, action: &str, resource: &str) -> Value {
    let statement = json!({"Effect": effect, "Action": action, "Resource": resource});
    json!({"Version": "2012-10-17", "Statement": statement})
}

/// A policy that allows an action on a resource.
pub fn allow(action: &str, resource: &str) -> Value {
    say("Allow", action, resource)
}

/// A policy that denies an action on a resource.
pub fn deny(action: &str, resource: &str) -> Value {
    say("Deny", action, resource)
}

/// The same under a condition.
pub fn when(mut policy: Value, operator: &str, key: &str, value: &str) -> Value {
    policy["Statement"]["Condition"] = json!({operator: {key: value}});
    policy
}

/// The same for a principal.
pub fn resource_policy(mut policy: Value, principal: &Value) -> Value {
    policy["Statement"]["Principal"] = principal.clone();
    policy
}

pub fn post(path: &str, body: &Value) -> Raw {
    client::json("POST", path, body)
}

/// An invocation of the runtime, without a qualifier.
pub fn invoke() -> Raw {
    let path = format!(
        "/runtimes/{}/invocations",
        encode(RUNTIME.as_bytes(), false)
    );
    post(&path, &json!({"prompt": "hello"}))
}

/// The request that puts a policy.
pub fn resource_policy_of(arn: &str, policy: &str) -> Raw {
    let path = format!("/resourcepolicy/{}", encode(arn.as_bytes(), false));
    client::json("PUT", &path, &json!({"policy": policy}))
}
