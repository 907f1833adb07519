//! The call: raw facts of one request to AgentCore, in a [`World`](crate::World).

mod request;

use serde::{Deserialize, Serialize};

use crate::{PolicyText, Tags};

pub use request::{
    AssumeRoleRequest, ControlOperation, ControlRequest, ControlTarget, GatewayRequest,
    HarnessOperation, HarnessRequest, IdentityOperation, IdentityRequest, InboundClaims,
    MemoryOperation, MemoryRequest, OtherRequest, Request, RoleName, RuntimeOperation,
    RuntimeRequest, ToolKind, ToolOperation, ToolRequest,
};

/// One request, as it happened: who, for what, over which path, when.
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
    pub request: Request,
    /// The way it takes.
    pub from: Path,
    /// When, in seconds since 1970-01-01T00:00:00Z.
    pub at: u64,
    /// What the client calls itself.
    pub user_agent: String,
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
    /// An AWS service that acts by itself, on behalf of a resource or not (AC-138).
    Service(ServiceCaller),
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
    /// Whether the token is genuine: issuer, signature and time (AC-112). What it claims is compared besides.
    pub accepted: bool,
    /// What the token claims, for authorizers that ask.
    #[serde(default, skip_serializing_if = "TokenClaims::is_empty")]
    pub claims: TokenClaims,
}

/// What a token claims about its bearer, as far as an authorizer can ask (AC-132).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenClaims {
    /// The claim `aud`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audiences: Vec<String>,
    /// The claim `client_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The claim `scope`, word by word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
}

impl TokenClaims {
    /// Whether nothing is claimed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.audiences.is_empty() && self.client.is_none() && self.scopes.is_empty()
    }
}

/// An AWS service as caller.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceCaller {
    /// The service principal, for example `lambda.amazonaws.com`.
    pub service: String,
    /// The account of the resource it acts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_account: Option<String>,
    /// The ARN of that resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<String>,
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
