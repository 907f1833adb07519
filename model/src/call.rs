//! The call: raw facts of one request to AgentCore, in a [`World`](crate::World).

use serde::{Deserialize, Serialize};

use crate::{PolicyText, Tags};

/// One request, as it happened: who, which operation on which runtime, over which path, when.
///
/// Never context keys: whoever judges derives those. [`World::validate_call`](crate::World::validate_call) says what a
/// well-formed call is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Who calls, with what credentials.
    pub caller: Caller,
    /// What for.
    pub operation: Operation,
    /// The id of the runtime it is sent to.
    pub runtime: String,
    /// The endpoint it names; none means `DEFAULT` (AC-021).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualifier: Option<String>,
    /// The value of the header `X-Amzn-Bedrock-AgentCore-Runtime-User-Id`, if it is sent (AC-098).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The way it takes.
    pub from: Path,
    /// When, in seconds since 1970-01-01T00:00:00Z.
    pub at: u64,
    /// What the client calls itself.
    pub user_agent: String,
}

/// The data-plane operations of a runtime (section 2.3 of the API, AC-050).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Operation {
    /// `POST …/invocations`
    InvokeAgentRuntime,
    /// The WebSocket upgrade, `GET …/ws`
    InvokeAgentRuntimeWithWebSocketStream,
    /// `POST …/commands`
    InvokeAgentRuntimeCommand,
    /// The interactive shell, `GET …/ws/shells`
    InvokeAgentRuntimeCommandShell,
    /// `POST …/stopruntimesession`
    StopRuntimeSession,
    /// `GET …/invocations/.well-known/agent-card.json`
    GetAgentCard,
}

impl Operation {
    /// Every operation, in declaration order.
    pub const ALL: [Operation; 6] = [
        Operation::InvokeAgentRuntime,
        Operation::InvokeAgentRuntimeWithWebSocketStream,
        Operation::InvokeAgentRuntimeCommand,
        Operation::InvokeAgentRuntimeCommandShell,
        Operation::StopRuntimeSession,
        Operation::GetAgentCard,
    ];

    /// The name, as AWS writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Operation::InvokeAgentRuntime => "InvokeAgentRuntime",
            Operation::InvokeAgentRuntimeWithWebSocketStream => {
                "InvokeAgentRuntimeWithWebSocketStream"
            }
            Operation::InvokeAgentRuntimeCommand => "InvokeAgentRuntimeCommand",
            Operation::InvokeAgentRuntimeCommandShell => "InvokeAgentRuntimeCommandShell",
            Operation::StopRuntimeSession => "StopRuntimeSession",
            Operation::GetAgentCard => "GetAgentCard",
        }
    }

    /// Whether a request of this operation can carry the user-id header (AC-098, AC-101).
    #[must_use]
    pub const fn takes_user_id(self) -> bool {
        matches!(
            self,
            Operation::InvokeAgentRuntime | Operation::InvokeAgentRuntimeWithWebSocketStream
        )
    }
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    /// An IAM user.
    User(UserCaller),
    /// A session of a role.
    Session(SessionCaller),
    /// The root user of an account.
    Root(RootCaller),
    /// A session from `sts:GetFederationToken`.
    Federated(FederatedCaller),
    /// The bearer of a token.
    Jwt(JwtCaller),
    /// Nobody who proves to be anybody: no signature and no token.
    Anonymous,
}

/// Temporary credentials: when they were issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// When they were issued, in seconds since 1970; not after the call.
    pub issued: u64,
    /// When the principal authenticated with MFA, in seconds since 1970; not after `issued`. None: without MFA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mfa: Option<u64>,
}

/// An IAM user as caller.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UserCaller {
    /// The user's account.
    pub account: String,
    /// The user's name.
    pub name: String,
    /// Credentials from `sts:GetSessionToken`; none: the long-term access key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Token>,
}

/// A role session as caller.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SessionCaller {
    /// The role's account.
    pub account: String,
    /// The role's name.
    pub role: String,
    /// The session's name.
    pub session: String,
    /// Its credentials.
    pub token: Token,
    /// The session policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyText>,
    /// Session tags; each replaces the role's tag of the same key.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
    /// The source identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
    /// The identity provider, for sessions from web identity or SAML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
}

/// A root user as caller.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RootCaller {
    /// The account.
    pub account: String,
}

/// A federated-user session as caller. It is named like the user who asked for it: a check knows the user by that name
/// only (IAM-109).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FederatedCaller {
    /// The account of the user who asked for the session.
    pub account: String,
    /// The name of that user, and of the session.
    pub user: String,
    /// Its credentials; never with MFA.
    pub token: Token,
    /// The session policy; without one the session may do nothing that its user's policies would have to allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyText>,
    /// Session tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// The bearer of a token as caller.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct JwtCaller {
    /// The subject the token names, for people; no policy sees it (AC-119).
    pub subject: String,
    /// Whether the runtime's authorizer accepts the token (AC-112).
    pub accepted: bool,
}

/// The way a request takes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Path {
    /// The public endpoint of the service.
    Internet {
        /// The public address it comes from, IPv4 or IPv6.
        address: String,
    },
    /// A VPC interface endpoint.
    Endpoint {
        /// The endpoint: [`Network::endpoint`](crate::Network::endpoint).
        endpoint: String,
        /// The private address it comes from, IPv4 or IPv6.
        address: String,
    },
}
