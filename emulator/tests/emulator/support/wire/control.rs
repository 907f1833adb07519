//! Requests to the control plane.

use serde_json::{Value, json};
use veriam_model::{ControlOperation, ControlTarget, World};

use super::super::client;
use super::super::signer::Raw;
use super::{arn, path};

/// The request; none: the API has no place for what it says.
pub fn request(world: &World, r: &veriam_model::ControlRequest) -> Option<Raw> {
    use ControlOperation as Op;
    let of = |account: Option<&String>, rest: String| Some(arn(world, account?, &rest));
    let (id, endpoint, resource) = match &r.on {
        ControlTarget::Nothing => (
            world
                .runtimes
                .first()
                .map(|r| r.id.clone())
                .unwrap_or("none".into()),
            None,
            None,
        ),
        ControlTarget::Runtime(id) => (
            id.clone(),
            None,
            of(
                world.runtime(id).map(|r| &r.account),
                format!("runtime/{id}"),
            ),
        ),
        ControlTarget::RuntimeEndpoint { runtime, endpoint } => {
            let rest = format!("runtime/{runtime}/runtime-endpoint/{endpoint}");
            (
                runtime.clone(),
                Some(endpoint.clone()),
                of(world.runtime(runtime).map(|r| &r.account), rest),
            )
        }
        ControlTarget::Gateway(id) => (
            id.clone(),
            None,
            of(
                world.gateway(id).map(|g| &g.account),
                format!("gateway/{id}"),
            ),
        ),
        ControlTarget::Memory(id) => (
            id.clone(),
            None,
            of(world.memory(id).map(|m| &m.account), format!("memory/{id}")),
        ),
        ControlTarget::Tool(id) => (id.clone(), None, None),
    };
    let (endpoint, resource) = (
        endpoint.unwrap_or("none".into()),
        resource.unwrap_or_default(),
    );
    let vars = [
        ("agentRuntimeId", id.as_str()),
        ("gatewayIdentifier", &id),
        ("browserId", &id),
        ("codeInterpreterId", &id),
        ("endpointName", &endpoint),
        ("targetId", "t1"),
        ("resourceArn", &resource),
    ];
    let (method, path) = path(r.operation.name(), &vars)?;
    let tags: serde_json::Map<String, Value> = r
        .tags
        .iter()
        .map(|(k, v)| (k.to_owned(), json!(v)))
        .collect();
    let mut body = json!({"name": "new", "agentRuntimeName": "new", "tags": tags});
    settings(&mut body, r)?;
    if let Some(role) = &r.role {
        let role = world.role(&role.account, &role.name)?;
        let arn = format!(
            "arn:{}:iam::{}:role{}{}",
            world.partition, role.account, role.path, role.name
        );
        let member = match r.operation {
            Op::CreateMemory => "memoryExecutionRoleArn",
            Op::CreateBrowser | Op::CreateCodeInterpreter => "executionRoleArn",
            _ => "roleArn",
        };
        body[member] = json!(arn);
    }
    // What carries no body carries no tags either.
    let has_body = matches!(method.as_str(), "POST" | "PUT");
    if !has_body && !r.tags.is_empty() || r.operation == Op::PutResourcePolicy && !r.tags.is_empty()
    {
        return None;
    }
    Some(client::json(
        &method,
        &path,
        &if has_body { body } else { Value::Null },
    ))
}

/// Writes the settings of a request into its body; none: the API has no place for one, or always says one that is missing.
fn settings(body: &mut Value, r: &veriam_model::ControlRequest) -> Option<()> {
    use ControlOperation as Op;
    let mut authorizer = None;
    let mut network = json!({"networkMode": "VPC"});
    let place = match r.operation {
        Op::CreateBrowser | Op::CreateCodeInterpreter => "vpcConfig",
        _ => "networkModeConfig",
    };
    for (name, values) in r.settings.iter() {
        let one = || json!(values.first());
        match name {
            "subnets" | "securityGroups" => {
                let target = matches!(
                    r.operation,
                    Op::CreateGatewayTarget | Op::UpdateGatewayTarget
                );
                if target {
                    return None;
                }
                network[place][name] = json!(values);
            }
            "RuntimeAuthorizerType" | "GatewayAuthorizerType" => authorizer = values.first(),
            "ProtocolType" => body["protocolType"] = one(),
            "PolicyEngineMode" => body["policyEngineConfiguration"]["mode"] = one(),
            "KmsKeyArn" if r.operation == Op::CreateMemory => body["encryptionKeyArn"] = one(),
            "KmsKeyArn" => body["kmsKeyArn"] = one(),
            "McpTargetConfigurationType" => {
                body["targetConfiguration"]["mcp"][values.first()?] = json!({});
            }
            "CredentialProviderType" => body["credentials"]["credentialProviderType"] = one(),
            "CredentialProviderScope" => {
                body["credentials"]["credentialProvider"]["oauthCredentialProvider"]["scopes"] =
                    json!(values);
            }
            "AllowedRequestHeaders" => {
                body["metadataConfiguration"]["allowedRequestHeaders"] = json!(values);
            }
            "AllowedQueryParameters" => {
                body["metadataConfiguration"]["allowedQueryParameters"] = json!(values);
            }
            "PrivateEndpointType" => {
                let member = if values == ["managed"] {
                    "managedVpcResource"
                } else {
                    "selfManagedLatticeResource"
                };
                body["privateEndpoint"][member] = json!({});
            }
            _ => return None,
        }
    }
    if !body["credentials"].is_null() {
        body["credentialProviderConfigurations"] = json!([body["credentials"]]);
    }
    body["networkConfiguration"] = network;
    let needs = matches!(
        r.operation,
        Op::CreateAgentRuntime | Op::UpdateAgentRuntime | Op::CreateGateway | Op::UpdateGateway
    );
    match authorizer.map(String::as_str) {
        None if needs => return None,
        Some("CUSTOM_JWT") => {
            body["authorizerType"] = json!("CUSTOM_JWT");
            body["authorizerConfiguration"] =
                json!({"customJWTAuthorizer": {"allowedAudience": ["a"]}});
        }
        Some(name) => body["authorizerType"] = json!(name),
        None => {}
    }
    Some(())
}
