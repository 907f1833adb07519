//! The types of resources that cases are about, told by their ARNs.

/// A type of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceType {
    /// An object in S3.
    Object,
    /// A bucket of S3.
    Bucket,
    /// A table of DynamoDB, or an index of one.
    Table,
    /// A KMS key.
    Key,
    /// A role.
    Role,
    /// An IAM user.
    User,
    /// An AgentCore runtime.
    Runtime,
    /// An endpoint of a runtime.
    RuntimeEndpoint,
    /// An AgentCore gateway.
    Gateway,
    /// An AgentCore memory.
    Memory,
    /// An AgentCore harness.
    Harness,
    /// An endpoint of a harness.
    HarnessEndpoint,
    /// A browser or code interpreter that AgentCore has by itself.
    Tool,
    /// A browser or code interpreter of a customer.
    CustomTool,
    /// A workload identity.
    WorkloadIdentity,
    /// The directory of workload identities of an account.
    Directory,
    /// A credential provider.
    Provider,
    /// The token vault of an account.
    Vault,
    /// None: the action has no resource type, and is asked about `*`.
    None,
    /// Any other.
    Other,
}

impl ResourceType {
    /// Every type, in the order of the report.
    pub const ALL: [ResourceType; 20] = [
        ResourceType::Object,
        ResourceType::Bucket,
        ResourceType::Table,
        ResourceType::Key,
        ResourceType::Role,
        ResourceType::User,
        ResourceType::Runtime,
        ResourceType::RuntimeEndpoint,
        ResourceType::Gateway,
        ResourceType::Memory,
        ResourceType::Harness,
        ResourceType::HarnessEndpoint,
        ResourceType::Tool,
        ResourceType::CustomTool,
        ResourceType::WorkloadIdentity,
        ResourceType::Directory,
        ResourceType::Provider,
        ResourceType::Vault,
        ResourceType::None,
        ResourceType::Other,
    ];

    /// The type of the resource with that ARN.
    #[must_use]
    pub fn of(arn: &str) -> Self {
        if arn == "*" {
            return ResourceType::None;
        }
        let mut parts = arn.splitn(6, ':').skip(2);
        let (service, rest) = (parts.next(), parts.nth(2).unwrap_or_default());
        let word = rest.split('/').next().unwrap_or_default();
        match (service.unwrap_or_default(), word) {
            ("s3", _) if rest.contains('/') => ResourceType::Object,
            ("s3", _) => ResourceType::Bucket,
            ("dynamodb", "table") => ResourceType::Table,
            ("kms", "key") => ResourceType::Key,
            ("iam", "role") => ResourceType::Role,
            ("iam", "user") => ResourceType::User,
            ("bedrock-agentcore", "runtime") if rest.contains("/runtime-endpoint/") => {
                ResourceType::RuntimeEndpoint
            }
            ("bedrock-agentcore", "runtime") => ResourceType::Runtime,
            ("bedrock-agentcore", "gateway") => ResourceType::Gateway,
            ("bedrock-agentcore", "memory") => ResourceType::Memory,
            ("bedrock-agentcore", "harness") if rest.contains("/harness-endpoint/") => {
                ResourceType::HarnessEndpoint
            }
            ("bedrock-agentcore", "harness") => ResourceType::Harness,
            ("bedrock-agentcore", "browser" | "code-interpreter") => ResourceType::Tool,
            ("bedrock-agentcore", "browser-custom" | "code-interpreter-custom") => {
                ResourceType::CustomTool
            }
            ("bedrock-agentcore", "workload-identity-directory")
                if rest.contains("/workload-identity/") =>
            {
                ResourceType::WorkloadIdentity
            }
            ("bedrock-agentcore", "workload-identity-directory") => ResourceType::Directory,
            ("bedrock-agentcore", "token-vault") if rest.contains("credentialprovider/") => {
                ResourceType::Provider
            }
            ("bedrock-agentcore", "token-vault") => ResourceType::Vault,
            _ => ResourceType::Other,
        }
    }

    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ResourceType::Object => "S3 object",
            ResourceType::Bucket => "S3 bucket",
            ResourceType::Table => "DynamoDB table",
            ResourceType::Key => "KMS key",
            ResourceType::Role => "role",
            ResourceType::User => "IAM user",
            ResourceType::Runtime => "runtime",
            ResourceType::RuntimeEndpoint => "runtime endpoint",
            ResourceType::Gateway => "gateway",
            ResourceType::Memory => "memory",
            ResourceType::Harness => "harness",
            ResourceType::HarnessEndpoint => "harness endpoint",
            ResourceType::Tool => "AWS's own tool",
            ResourceType::CustomTool => "customer's tool",
            ResourceType::WorkloadIdentity => "workload identity",
            ResourceType::Directory => "identity directory",
            ResourceType::Provider => "credential provider",
            ResourceType::Vault => "token vault",
            ResourceType::None => "no resource type",
            ResourceType::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_by_service_and_word() {
        for (arn, expected) in [
            ("*", ResourceType::None),
            ("arn:aws:s3:::bucket", ResourceType::Bucket),
            ("arn:aws:s3:::bucket/a:b/c", ResourceType::Object),
            (
                "arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/a-0123456789",
                ResourceType::Runtime,
            ),
            (
                "arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/a-0123456789/runtime-endpoint/DEFAULT",
                ResourceType::RuntimeEndpoint,
            ),
            (
                "arn:aws:bedrock-agentcore:us-west-2:aws:browser/aws.browser.v1",
                ResourceType::Tool,
            ),
            (
                "arn:aws:bedrock-agentcore:us-west-2:111122223333:code-interpreter-custom/c-0123456789",
                ResourceType::CustomTool,
            ),
            (
                "arn:aws:bedrock-agentcore:us-west-2:111122223333:harness/h-0123456789",
                ResourceType::Harness,
            ),
            (
                "arn:aws:bedrock-agentcore:us-west-2:111122223333:harness/h-0123456789/harness-endpoint/live",
                ResourceType::HarnessEndpoint,
            ),
            (
                "arn:aws:bedrock-agentcore:us-west-2:111122223333:workload-identity-directory/default",
                ResourceType::Directory,
            ),
            (
                "arn:aws:bedrock-agentcore:us-west-2:111122223333:workload-identity-directory/default/workload-identity/agent",
                ResourceType::WorkloadIdentity,
            ),
            (
                "arn:aws:bedrock-agentcore:us-west-2:111122223333:token-vault/default",
                ResourceType::Vault,
            ),
            (
                "arn:aws:bedrock-agentcore:us-west-2:111122223333:token-vault/default/apikeycredentialprovider/key",
                ResourceType::Provider,
            ),
            (
                "arn:aws:iam::111122223333:role/team/app",
                ResourceType::Role,
            ),
            (
                "arn:aws:sqs:us-east-1:111122223333:queue",
                ResourceType::Other,
            ),
            ("nonsense", ResourceType::Other),
        ] {
            assert_eq!(ResourceType::of(arn), expected, "{arn}");
        }
    }
}
