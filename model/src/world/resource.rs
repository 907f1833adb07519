//! Resources besides runtimes.

use serde::{Deserialize, Serialize};

use super::Authorizer;
use crate::{PolicyText, Tags};

/// What an authorizer wants a token to claim; every list that is not empty has to be met (AC-132).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenRules {
    /// One of these in the claim `aud`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audiences: Vec<String>,
    /// One of these as the claim `client_id`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<String>,
    /// At least one of these in the claim `scope`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
}

impl TokenRules {
    /// Whether any genuine token will do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.audiences.is_empty() && self.clients.is_empty() && self.scopes.is_empty()
    }
}

/// An AgentCore gateway.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// The account that owns it.
    pub account: String,
    /// Its id, the part of its ARN behind `gateway/`, unique in the world: `tools-abcdef0123`.
    pub id: String,
    /// How callers prove who they are.
    #[serde(default)]
    pub authorizer: GatewayAuthorizer,
    /// What tokens have to claim, where they are wanted.
    #[serde(default, skip_serializing_if = "TokenRules::is_empty")]
    pub token_rules: TokenRules,
    /// The mode of its policy engine; none: it has no engine (AC-221).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<EngineMode>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
    /// Its resource-based policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyText>,
}

/// Inbound authorization of a gateway (AC-200).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum GatewayAuthorizer {
    /// `AWS_IAM`: signatures, and policies that allow.
    #[default]
    AwsIam,
    /// `CUSTOM_JWT`: bearer tokens.
    CustomJwt,
    /// `NONE`: nobody proves anything.
    None,
    /// `AUTHENTICATE_ONLY`: signatures, and nothing else is asked (AC-202).
    AuthenticateOnly,
}

impl GatewayAuthorizer {
    /// Every type, in declaration order.
    pub const ALL: [GatewayAuthorizer; 4] = [
        GatewayAuthorizer::AwsIam,
        GatewayAuthorizer::CustomJwt,
        GatewayAuthorizer::None,
        GatewayAuthorizer::AuthenticateOnly,
    ];

    /// The name AWS gives it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            GatewayAuthorizer::AwsIam => "AWS_IAM",
            GatewayAuthorizer::CustomJwt => "CUSTOM_JWT",
            GatewayAuthorizer::None => "NONE",
            GatewayAuthorizer::AuthenticateOnly => "AUTHENTICATE_ONLY",
        }
    }
}

/// The mode of a gateway's policy engine (AC-221).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EngineMode {
    /// It refuses tool calls.
    Enforce,
    /// It only writes down what it would refuse.
    LogOnly,
}

/// An AgentCore memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// The account that owns it.
    pub account: String,
    /// Its id, the part of its ARN behind `memory/`, unique in the world: `notes-AbCdEf0123`.
    pub id: String,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
    /// Its resource-based policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyText>,
}

/// An AgentCore harness. It takes no resource-based policy (AC-004).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Harness {
    /// The account that owns it.
    pub account: String,
    /// Its id, the part of its ARN behind `harness/`, unique in the world: `helper-AbCdEf0123`.
    pub id: String,
    /// How its callers prove who they are.
    #[serde(default)]
    pub authorizer: Authorizer,
    /// What tokens have to claim, where they are wanted.
    #[serde(default, skip_serializing_if = "TokenRules::is_empty")]
    pub token_rules: TokenRules,
    /// Whether it manages a memory (AC-191).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub with_memory: bool,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
    /// Its endpoints. `DEFAULT` exists also where it is not listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<HarnessEndpoint>,
}

/// A named access point to a harness.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HarnessEndpoint {
    /// Its name.
    pub name: String,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// A browser or code interpreter that a customer made.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// The account that owns it.
    pub account: String,
    /// What it is.
    pub kind: crate::ToolKind,
    /// Its id, the last part of its ARN, unique in the world.
    pub id: String,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// A workload identity, in the directory `default` of its account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WorkloadIdentity {
    /// The account that owns it.
    pub account: String,
    /// Its name, unique in its account.
    pub name: String,
    /// Whether Runtime or Gateway manages it; then it answers no direct request (AC-249).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub managed: bool,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// The kinds of credential providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// Of API keys.
    ApiKey,
    /// Of OAuth 2 tokens.
    Oauth2,
    /// Of payment tokens.
    Payment,
}

/// A credential provider, in the token vault `default` of its account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The account that owns it.
    pub account: String,
    /// What it hands out.
    pub kind: ProviderKind,
    /// Its name, unique among the providers of its kind and account.
    pub name: String,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// A resource of another service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OtherResource {
    /// Its ARN, unique in the world.
    pub arn: String,
    /// The account that owns it.
    pub account: String,
    /// How its policy is read.
    #[serde(default)]
    pub policy_type: OtherPolicyType,
    /// Its policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyText>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// How the policy of a resource of another service is read.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OtherPolicyType {
    /// An ordinary resource-based policy.
    #[default]
    Resource,
    /// The policy of a KMS key, without which nothing is allowed.
    Key,
}
