//! A fast evaluator for AWS access policies, made to be embedded: parse, compile once, decide as often as you like.
//!
//! It answers one question at a time: may this principal do this action on this resource, given every policy that
//! counts (identity-based, resource-based, boundary, session, SCPs, RCPs, VPC endpoint) and the request's context?
//! The answer is AWS's documentation, rule by rule, with Amazon Bedrock AgentCore in mind; it is not AWS. The rules
//! have ids (`IAM-136`), which every fault and finding names; `veriam rules ID` prints one with its page.
//!
//! # How to ask
//!
//! ```
//! use veriam_evaluator::{EngineBuilder, Policy, Request};
//! use veriam_model::{Context, Decision, PolicyType, Principal, Resource};
//!
//! // 1. Parse. A policy is text with a type; a refusal says what is wrong, where, and how to mend it.
//! let policy = Policy::parse(
//!     PolicyType::Identity,
//!     r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*",
//!         "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/${aws:username}/*"}}"#,
//! )?;
//! // 2. Compile. The engine never changes and may be shared between threads.
//! let engine = EngineBuilder::new().identity(policy).build()?;
//! // 3. Decide. The request borrows; nothing is allocated.
//! let principal = Principal {
//!     arn: "arn:aws:iam::111122223333:user/alice".to_owned(),
//!     account: Some("111122223333".to_owned()),
//! };
//! let resource = Resource {
//!     arn: "arn:aws:s3:::amzn-s3-demo-bucket/alice/report.txt".to_owned(),
//!     account: "111122223333".to_owned(),
//! };
//! let mut context = Context::new();
//! context.insert("aws:username", vec!["alice".to_owned()])?;
//! let request = Request {
//!     principal: &principal,
//!     action: "s3:GetObject",
//!     resource: &resource,
//!     context: &context,
//!     facts: &[],
//! };
//! assert_eq!(engine.decide(&request)?, Decision::Allow);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! * **You bring the context.** Nothing is derived from the caller: `aws:PrincipalArn` is absent unless
//!   [`Request::context`] holds it, and an absent key has a meaning (a negated operator holds). For a role session it
//!   is the *role's* ARN, never the session's.
//! * **Who the caller is** follows from [`Principal::arn`](veriam_model::Principal::arn): an IAM user, a root user, a
//!   role session (`arn:aws:sts::…:assumed-role/Role/Session`), a federated-user session, a service's name, a federated
//!   provider, `anonymous`, or `jwt` for a caller with an OAuth token.
//! * **Who owns the resource** says [`Resource::account`](veriam_model::Resource::account), never the ARN.
//! * **A policy that is left out** is absent, which is not the same as one that says nothing: an absent SCP level or
//!   endpoint policy does not limit, a silent one denies.
//!
//! # Worlds and calls
//!
//! A call to AgentCore is more than one question: it needs its action on the runtime *and* on the runtime endpoint
//! (AC-072), each with the policies of that resource, in a context that follows from who calls over which path. A
//! [`World`] holds accounts, identities, runtimes and networks with all their policies, compiled once; a call is raw
//! facts, and its outcome says which pair failed and which types of policy are to blame. Here one runtime is shared
//! with two accounts, of which tenant B may call from its own VPC only:
//!
//! ```
//! # use serde_json::json;
//! use veriam_evaluator::World;
//! use veriam_model::{Call, Dialect};
//!
//! # let runtime = "arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/agent_a-AbCdEf0123";
//! # let endpoint = format!("{runtime}/runtime-endpoint/DEFAULT");
//! # let (tenant_a, tenant_b) = ("444455556666", "777788889999");
//! // What runtime and endpoint say, each of itself.
//! let own = |resource: &str| json!({"Version": "2012-10-17", "Statement": [
//!     {"Effect": "Allow", "Action": "bedrock-agentcore:InvokeAgentRuntime", "Resource": resource,
//!      "Principal": {"AWS": [format!("arn:aws:iam::{tenant_a}:role/app"), format!("arn:aws:iam::{tenant_b}:role/app")]}},
//!     {"Effect": "Deny", "Action": "bedrock-agentcore:*", "Resource": resource,
//!      "Principal": {"AWS": format!("arn:aws:iam::{tenant_b}:role/app")},
//!      "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-b"}}},
//! ]});
//! // What the tenants say of their own roles.
//! let app = |account: &str| json!({"account": account, "name": "app", "id": "AROAEXAMPLE", "policies": [
//!     {"Version": "2012-10-17", "Statement": {"Effect": "Allow",
//!      "Action": "bedrock-agentcore:InvokeAgentRuntime", "Resource": [runtime, endpoint]}}]});
//! let world: veriam_model::World = serde_json::from_str(&json!({
//!     "region": "us-west-2",
//!     "accounts": [{"id": "111122223333"}, {"id": tenant_a}, {"id": tenant_b}],
//!     "roles": [app(tenant_a), app(tenant_b)],
//!     "runtimes": [{"account": "111122223333", "id": "agent_a-AbCdEf0123", "policy": own(runtime),
//!                   "endpoints": [{"name": "DEFAULT", "policy": own(&endpoint)}]}],
//!     "networks": [{"endpoint": "vpce-b", "vpc": "vpc-b", "account": tenant_b}],
//! }).to_string())?;
//! let world = World::new(&world, &Dialect::default())?;
//!
//! let call = |account: &str, from: serde_json::Value| -> Call {
//!     serde_json::from_value(json!({
//!         "caller": {"session": {"account": account, "role": "app", "session": "s1",
//!                                "token": {"issued": 1_750_000_000}}},
//!         "request": {"runtime": {"operation": "InvokeAgentRuntime", "runtime": "agent_a-AbCdEf0123"}}, "from": from,
//!         "at": 1_750_000_600, "user_agent": "example/1.0",
//!     })).unwrap()
//! };
//! let internet = json!({"internet": {"address": "203.0.113.9"}});
//! let vpc = json!({"endpoint": {"endpoint": "vpce-b", "address": "10.0.0.7"}});
//! let outcome = |call: &Call| world.decide(call).unwrap().to_string();
//! assert_eq!(outcome(&call(tenant_a, internet.clone())), "allowed");
//! assert_eq!(outcome(&call(tenant_b, vpc)), "allowed");
//! assert_eq!(outcome(&call(tenant_b, internet)), "denied explicitly by resource-based policy");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Unlike a [`Request`], a call brings no context: what keys it carries is derived, and an invalid policy anywhere in
//! a world refuses the world. The rules are those of sections 5 and 6 of `docs/readings.md`.
//!
//! # Puts
//!
//! [`put`] says whether AgentCore stores a resource-based policy on a resource, or which fault it refuses it for, with
//! AWS's error and the place. The rules are those of section 7.
//!
//! # What to expect
//!
//! | | |
//! |---|---|
//! | [`Policy::parse`] | every fault of the grammar refuses, with rule, byte span and a stable code; [`faults`] lists all of them, [`findings`] what is legal but hardly meant, most of all about AgentCore. [`Limits`] bound size, depth and statements |
//! | [`Engine::decide`] | no allocation and no panic; statements are found by action, caller and context key, so that the cost follows those that could match |
//! | [`Engine::explain`] | the decision and the statements that applied, by Sid |
//! | [`Engine::decide_batch`], [`Engine::decide_parallel`] | many requests, on one thread or several |
//! | [`Engine::decide_counted`] | the decision and how much [`Work`] it took |
//! | [`World::new`], [`World::decide`] | a world compiled once; calls in it, decided in time that hardly grows with it |
//! | [`World::decide_operation`] | an operation of the control plane that requests of the model do not know |
//! | [`put`] | whether a resource-based policy is stored |
//! | [`Engine::for_check`] | an engine from a [`Check`](veriam_model::Check), the line format of `veriam decide` |
//!
//! An invalid policy is an error and never a decision; so is a [`MalformedRequest`]. Where the documentation leaves a
//! point open, a [`Dialect`](veriam_model::Dialect) chooses between the registered readings; the default suits most.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::arithmetic_side_effects
    )
)]

mod arn;
mod caller;
mod compile;
mod condition;
mod decide;
mod document;
mod engine;
mod fault;
mod finder;
mod finding;
mod glob;
mod grammar;
mod index;
mod json;
mod limits;
mod lint;
mod operator;
mod pattern;
#[cfg(feature = "planted-mistakes")]
pub mod planted;
mod policy;
mod principal;
mod program;
mod put;
mod question;
mod request;
mod run;
mod settings;
mod source;
mod trie;
mod value;
mod variable;
mod work;
mod world;

pub use engine::{Applied, BuildError, Engine, EngineBuilder, Explanation, PolicySet};
pub use finding::{Finding, FindingKind, ParseError, Severity};
pub use limits::Limits;
pub use policy::{Policy, faults, finding_kinds, findings, findings_on};
pub use put::put;
pub use request::Request;
pub use veriam_model::MalformedRequest;
pub use work::Work;
pub use world::{CallError, On, Operation, Passes, World, WorldError};
