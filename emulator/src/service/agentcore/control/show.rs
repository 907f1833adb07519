//! Resources as the control plane shows them: the members that the API models require, most of them always the same.

use serde_json::{Value, json};
use veriam_model::{Gateway, Harness, Memory, Runtime, Tool, ToolKind, World};

use crate::auth::date;
use crate::state::resource_arn;

/// A time as runtimes, gateways and tools show it; memories show seconds.
pub(super) fn time(now: u64) -> String {
    date::iso(now)
}

/// The name in an id: what stands before its last hyphen.
fn name(id: &str) -> &str {
    id.rsplit_once('-').map_or(id, |(name, _)| name)
}

/// A version of a runtime.
pub(super) fn runtime(world: &World, runtime: &Runtime, version: usize, now: u64) -> Value {
    let Runtime { account, id, .. } = runtime;
    json!({
        "agentRuntimeArn": resource_arn(world, account, &format!("runtime/{id}")),
        "agentRuntimeId": id, "agentRuntimeName": name(id), "agentRuntimeVersion": version.to_string(), "description": "",
        "status": "READY", "createdAt": time(now), "lastUpdatedAt": time(now),
        "roleArn": format!("arn:{}:iam::{account}:role/service-role/unknown", world.partition),
        "networkConfiguration": {"networkMode": "PUBLIC"},
        "lifecycleConfiguration": {"idleRuntimeSessionTimeout": 900, "maxLifetime": 28_800},
    })
}

/// An endpoint of a runtime, with the version it is pinned to.
pub(super) fn endpoint(
    world: &World,
    runtime: &Runtime,
    endpoint: &str,
    version: usize,
    now: u64,
) -> Value {
    let Runtime { account, id, .. } = runtime;
    let arn = resource_arn(world, account, &format!("runtime/{id}"));
    json!({
        "agentRuntimeEndpointArn": format!("{arn}/runtime-endpoint/{endpoint}"),
        "agentRuntimeArn": arn, "agentRuntimeId": id, "endpointName": endpoint, "name": endpoint, "id": endpoint,
        "liveVersion": version.to_string(), "targetVersion": version.to_string(), "status": "READY",
        "createdAt": time(now), "lastUpdatedAt": time(now),
    })
}

pub(super) fn gateway(world: &World, gateway: &Gateway, now: u64) -> Value {
    let Gateway { account, id, .. } = gateway;
    json!({
        "gatewayArn": resource_arn(world, account, &format!("gateway/{id}")),
        "gatewayId": id, "name": name(id), "status": "READY", "protocolType": "MCP",
        "authorizerType": gateway.authorizer.name(), "createdAt": time(now), "updatedAt": time(now),
    })
}

pub(super) fn memory(world: &World, memory: &Memory, now: u64) -> Value {
    let Memory { account, id, .. } = memory;
    json!({
        "arn": resource_arn(world, account, &format!("memory/{id}")),
        "id": id, "name": name(id), "status": "ACTIVE", "eventExpiryDuration": 30, "createdAt": now, "updatedAt": now,
    })
}

pub(super) fn tool(world: &World, tool: &Tool, now: u64) -> Value {
    let Tool { account, id, .. } = tool;
    let (kind, word) = match tool.kind {
        ToolKind::Browser => ("browser", "browser-custom"),
        ToolKind::CodeInterpreter => ("codeInterpreter", "code-interpreter-custom"),
    };
    let arn = resource_arn(world, account, &format!("{word}/{id}"));
    json!({format!("{kind}Id"): id, format!("{kind}Arn"): arn, "status": "READY", "createdAt": time(now)})
}

pub(super) fn harness(world: &World, harness: &Harness, now: u64) -> Value {
    let Harness { account, id, .. } = harness;
    json!({
        "harnessId": id, "harnessName": name(id), "arn": resource_arn(world, account, &format!("harness/{id}")),
        "status": "READY", "createdAt": time(now), "updatedAt": time(now),
        "executionRoleArn": format!("arn:{}:iam::{account}:role/service-role/unknown", world.partition),
        "model": {"bedrockModelConfig": {"modelId": "none"}},
        "systemPrompt": [], "tools": [], "skills": [], "allowedTools": [],
        "truncation": {"strategy": "none"},
        "environment": {"agentCoreRuntimeEnvironment": {
            "agentRuntimeArn": resource_arn(world, account, &format!("runtime/{id}")),
            "agentRuntimeId": id, "agentRuntimeName": name(id),
            "lifecycleConfiguration": {}, "networkConfiguration": {"networkMode": "PUBLIC"},
        }},
    })
}

pub(super) fn harness_endpoint(
    world: &World,
    harness: &Harness,
    endpoint: &str,
    now: u64,
) -> Value {
    let Harness { account, id, .. } = harness;
    json!({
        "harnessId": id, "harnessName": name(id), "endpointName": endpoint, "status": "READY",
        "arn": resource_arn(world, account, &format!("harness/{id}/harness-endpoint/{endpoint}")),
        "createdAt": time(now), "updatedAt": time(now),
    })
}
