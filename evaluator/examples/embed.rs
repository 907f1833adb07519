//! Parse once, compile once, decide as often as you like: `cargo run -p veriam-evaluator --example embed`.
//!
//! A platform in account 555555555555 shares one AgentCore runtime with a tenant in account 444455556666, who
//! may call it from one VPC only.

use std::error::Error;

use veriam_evaluator::{EngineBuilder, Policy, Request};
use veriam_model::{Context, PolicyType, Principal, Resource};

const RUNTIME: &str =
    "arn:aws:bedrock-agentcore:us-west-2:555555555555:runtime/support-agent-runtime";

fn main() -> Result<(), Box<dyn Error>> {
    // The policies are text; a refusal says where and how to mend it.
    let tenant = Policy::parse(
        PolicyType::Identity,
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Action": "bedrock-agentcore:InvokeAgentRuntime",
            "Resource": "arn:aws:bedrock-agentcore:us-west-2:555555555555:runtime/*"}]}"#,
    )?;
    let runtime = Policy::parse(
        PolicyType::Resource,
        r#"{"Version": "2012-10-17", "Statement": [
            {"Sid": "AllowTenant", "Effect": "Allow",
             "Principal": {"AWS": "arn:aws:iam::444455556666:role/ApplicationRole"},
             "Action": "bedrock-agentcore:InvokeAgentRuntime", "Resource": "*"},
            {"Sid": "DenyOutsideVpc", "Effect": "Deny",
             "Principal": {"AWS": "arn:aws:iam::444455556666:role/ApplicationRole"},
             "Action": "bedrock-agentcore:InvokeAgentRuntime", "Resource": "*",
             "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-0health1234"}}}]}"#,
    )?;
    let engine = EngineBuilder::new()
        .identity(tenant)
        .resource(runtime)
        .build()?;

    // The caller is a session of the role; nothing is added to the context, so say what the service would.
    let principal = Principal {
        arn: "arn:aws:sts::444455556666:assumed-role/ApplicationRole/app".to_owned(),
        account: Some("444455556666".to_owned()),
    };
    let resource = Resource {
        arn: RUNTIME.to_owned(),
        account: "555555555555".to_owned(),
    };
    for vpc in [Some("vpc-0health1234"), None] {
        let mut context = Context::new();
        if let Some(vpc) = vpc {
            context.insert("aws:SourceVpc", vec![vpc.to_owned()])?;
        }
        let request = Request {
            principal: &principal,
            action: "bedrock-agentcore:InvokeAgentRuntime",
            resource: &resource,
            context: &context,
            facts: &[],
        };
        // `decide` allocates nothing; `explain` also names the statements that applied.
        let decision = engine.decide(&request)?;
        let statements = engine.explain(&request)?.applied;
        let sids: Vec<&str> = statements.iter().filter_map(|s| s.sid.as_deref()).collect();
        say(&format!(
            "from {}: {decision} ({})",
            vpc.unwrap_or("the internet"),
            sids.join(", ")
        ));
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "an example shows its result")]
fn say(line: &str) {
    println!("{line}");
}
