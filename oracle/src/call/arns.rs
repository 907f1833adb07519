//! How the ARNs of resources are written (readings, 5.3 and section 6). One template, one function.

use veriam_model::{Identity, ProviderKind, ToolKind, World};

/// The endpoint that is there without being made (AC-021).
pub(crate) const DEFAULT: &str = "DEFAULT";

/// An ARN of the service, in the world's partition and region.
fn agentcore(world: &World, account: &str, resource: &str) -> String {
    let World {
        partition, region, ..
    } = world;
    format!("arn:{partition}:bedrock-agentcore:{region}:{account}:{resource}")
}

/// AC-009.
pub(crate) fn runtime(world: &World, account: &str, id: &str) -> String {
    agentcore(world, account, &format!("runtime/{id}"))
}

/// AC-010. The endpoint is of its runtime's account.
pub(crate) fn runtime_endpoint(runtime: &str, name: &str) -> String {
    format!("{runtime}/runtime-endpoint/{name}")
}

/// AC-012.
pub(crate) fn gateway(world: &World, account: &str, id: &str) -> String {
    agentcore(world, account, &format!("gateway/{id}"))
}

/// AC-013.
pub(crate) fn memory(world: &World, account: &str, id: &str) -> String {
    agentcore(world, account, &format!("memory/{id}"))
}

/// AC-014.
pub(crate) fn harness(world: &World, account: &str, id: &str) -> String {
    agentcore(world, account, &format!("harness/{id}"))
}

/// AC-014.
pub(crate) fn harness_endpoint(harness: &str, name: &str) -> String {
    format!("{harness}/harness-endpoint/{name}")
}

/// AC-015: a tool that a customer made.
pub(crate) fn tool(world: &World, account: &str, kind: ToolKind, id: &str) -> String {
    let kind = match kind {
        ToolKind::Browser => "browser-custom",
        ToolKind::CodeInterpreter => "code-interpreter-custom",
    };
    agentcore(world, account, &format!("{kind}/{id}"))
}

/// AC-015: the tool that AWS owns, with `aws` where an account would stand.
pub(crate) fn aws_tool(world: &World, kind: ToolKind) -> String {
    let resource = match kind {
        ToolKind::Browser => "browser/aws.browser.v1",
        ToolKind::CodeInterpreter => "code-interpreter/aws.codeinterpreter.v1",
    };
    agentcore(world, "aws", resource)
}

/// AC-055: the directory of workload identities of an account.
pub(crate) fn directory(world: &World, account: &str) -> String {
    agentcore(world, account, "workload-identity-directory/default")
}

/// AC-055.
pub(crate) fn workload_identity(directory: &str, name: &str) -> String {
    format!("{directory}/workload-identity/{name}")
}

/// AC-055: the token vault of an account.
pub(crate) fn token_vault(world: &World, account: &str) -> String {
    agentcore(world, account, "token-vault/default")
}

/// AC-248: the words of the reference, not those of the guide's scope-down page.
pub(crate) fn provider(vault: &str, kind: ProviderKind, name: &str) -> String {
    let kind = match kind {
        ProviderKind::ApiKey => "apikeycredentialprovider",
        ProviderKind::Oauth2 => "oauth2credentialprovider",
        ProviderKind::Payment => "paymentcredentialprovider",
    };
    format!("{vault}/{kind}/{name}")
}

/// The ARN of a user or a role, path included.
pub(crate) fn identity(partition: &str, kind: &str, identity: &Identity) -> String {
    let Identity {
        account,
        path,
        name,
        ..
    } = identity;
    format!("arn:{partition}:iam::{account}:{kind}{path}{name}")
}
