//! Requests about resource-based policies.

use serde_json::json;
use veriam_model::{ControlOperation, ControlRequest, ControlTarget};

use super::super::Unsent;
use super::super::sending::{Sending, answered, known};
use crate::raw::Raw;

pub(super) async fn send(sending: &Sending<'_>, request: &ControlRequest) -> Result<Raw, Unsent> {
    let control = sending.control();
    let world = sending.world;
    let (account, rest, action) = known(match &request.on {
        ControlTarget::Runtime(id) => world.runtime(id).map(|runtime| {
            let rest = format!("runtime/{id}");
            (&runtime.account, rest, "InvokeAgentRuntime")
        }),
        ControlTarget::RuntimeEndpoint {
            runtime: id,
            endpoint,
        } => world.runtime(id).map(|runtime| {
            let rest = format!("runtime/{id}/runtime-endpoint/{endpoint}");
            (&runtime.account, rest, "InvokeAgentRuntime")
        }),
        ControlTarget::Gateway(id) => world.gateway(id).map(|gateway| {
            let rest = format!("gateway/{id}");
            (&gateway.account, rest, "InvokeGateway")
        }),
        ControlTarget::Memory(id) => world.memory(id).map(|memory| {
            let rest = format!("memory/{id}");
            (&memory.account, rest, "GetMemory")
        }),
        ControlTarget::Tool(_) | ControlTarget::Nothing => None,
    })?;
    let arn = sending.arn(account, &rest);
    match request.operation {
        ControlOperation::PutResourcePolicy => {
            let policy = harmless(&arn, action);
            answered(
                control
                    .put_resource_policy()
                    .resource_arn(arn)
                    .policy(policy)
                    .send()
                    .await,
            )
        }
        ControlOperation::GetResourcePolicy => {
            answered(control.get_resource_policy().resource_arn(arn).send().await)
        }
        _ => answered(
            control
                .delete_resource_policy()
                .resource_arn(arn)
                .send()
                .await,
        ),
    }
}

/// A policy that refuses something to an account that does not exist.
fn harmless(arn: &str, action: &str) -> String {
    let statement = json!({
        "Effect": "Deny",
        "Principal": "*",
        "Action": format!("bedrock-agentcore:{action}"),
        "Resource": arn,
        "Condition": {"StringEquals": {"aws:PrincipalAccount": "000000000000"}},
    });
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}
