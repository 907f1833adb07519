//! What a call is for: one family of requests for each kind of resource.

use serde::{Deserialize, Serialize};

use crate::{Context, Tags};

/// What a call asks for. Names and ids refer to the [`World`](crate::World).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Of a runtime and one of its endpoints.
    Runtime(RuntimeRequest),
    /// Of a gateway.
    Gateway(GatewayRequest),
    /// Of a memory.
    Memory(MemoryRequest),
    /// Of a harness and, where one is named, its endpoint.
    Harness(HarnessRequest),
    /// Of a browser or a code interpreter.
    Tool(ToolRequest),
    /// Of the identity service.
    Identity(IdentityRequest),
    /// Of the control plane.
    Control(ControlRequest),
    /// Of STS: a session of a role.
    AssumeRole(AssumeRoleRequest),
    /// Of another service: one action on one resource.
    Other(OtherRequest),
}

impl Request {
    /// The name of the operation: what AWS calls it, or the action of a request to another service.
    #[must_use]
    pub fn operation(&self) -> &str {
        match self {
            Request::Runtime(request) => request.operation.name(),
            Request::Gateway(_) => "InvokeGateway",
            Request::Memory(request) => request.operation.name(),
            Request::Harness(request) => request.operation.name(),
            Request::Tool(request) => request.operation.name(),
            Request::Identity(request) => request.operation.name(),
            Request::Control(request) => request.operation.name(),
            Request::AssumeRole(_) => "AssumeRole",
            Request::Other(request) => &request.action,
        }
    }
}

impl Request {
    /// What is asked of a runtime, if it is a runtime that is asked.
    #[must_use]
    pub const fn runtime(&self) -> Option<&RuntimeRequest> {
        match self {
            Request::Runtime(request) => Some(request),
            _ => None,
        }
    }

    /// As [`runtime`](Self::runtime), to change it.
    #[must_use]
    pub const fn runtime_mut(&mut self) -> Option<&mut RuntimeRequest> {
        match self {
            Request::Runtime(request) => Some(request),
            _ => None,
        }
    }
}

/// An enum of operations that are named as AWS names them.
macro_rules! operations {
    (
        $(#[$about:meta])*
        $enum:ident { $( $(#[$doc:meta])* $name:ident, )+ }
    ) => {
        $(#[$about])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $enum {
            $( $(#[$doc])* $name, )+
        }

        impl $enum {
            /// Every operation, in declaration order.
            pub const ALL: &[$enum] = &[$( $enum::$name, )+];

            /// The name, as AWS writes it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $( $enum::$name => stringify!($name), )+
                }
            }
        }

        impl std::fmt::Display for $enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

operations! {
    /// The data-plane operations of a runtime (AC-050, AC-171).
    RuntimeOperation {
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
        /// `GET …/invocations/.well-known/oauth-protected-resource`, fetched without credentials (AC-171)
        GetRuntimeProtectedResourceMetadata,
    }
}

impl RuntimeOperation {
    /// Whether a request of this operation can carry the user-id header (AC-098, AC-101).
    #[must_use]
    pub const fn takes_user_id(self) -> bool {
        matches!(
            self,
            RuntimeOperation::InvokeAgentRuntime
                | RuntimeOperation::InvokeAgentRuntimeWithWebSocketStream
        )
    }
}

/// A request to a runtime.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RuntimeRequest {
    /// What for.
    pub operation: RuntimeOperation,
    /// The id of the runtime.
    pub runtime: String,
    /// The endpoint it names; none means `DEFAULT` (AC-021).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualifier: Option<String>,
    /// The value of the header `X-Amzn-Bedrock-AgentCore-Runtime-User-Id`, if it is sent (AC-098).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
}

/// A request to a gateway: `InvokeGateway`, whatever it carries (AC-201).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GatewayRequest {
    /// The id of the gateway.
    pub gateway: String,
    /// Whether it calls a tool, which a policy engine in front of the tools may refuse afterwards (AC-223).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tool_call: bool,
}

operations! {
    /// The operations of a memory that resource-based policies can share (AC-041).
    MemoryOperation {
        /// `GET /memories/{memoryId}/details`
        GetMemory,
        /// `PUT /memories/{memoryId}/update`
        UpdateMemory,
        /// `DELETE /memories/{memoryId}/delete`
        DeleteMemory,
        /// `POST /memories/{memoryId}/events`
        CreateEvent,
        /// `GET …/events/{eventId}`
        GetEvent,
        /// `DELETE …/events/{eventId}`
        DeleteEvent,
        /// `POST …/sessions/{sessionId}`
        ListEvents,
        /// `POST …/actors`
        ListActors,
        /// `POST …/sessions`
        ListSessions,
        /// `GET …/memoryRecord/{memoryRecordId}`
        GetMemoryRecord,
        /// `POST …/memoryRecords`
        ListMemoryRecords,
        /// `POST …/retrieve`
        RetrieveMemoryRecords,
        /// `DELETE …/memoryRecords/{memoryRecordId}`
        DeleteMemoryRecord,
        /// `POST …/memoryRecords/batchCreate`
        BatchCreateMemoryRecords,
        /// `POST …/memoryRecords/batchUpdate`
        BatchUpdateMemoryRecords,
        /// `POST …/memoryRecords/batchDelete`
        BatchDeleteMemoryRecords,
        /// `POST …/extractionJobs/start`
        StartMemoryExtractionJob,
        /// `POST …/extractionJobs`
        ListMemoryExtractionJobs,
    }
}

/// A request to a memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MemoryRequest {
    /// What for.
    pub operation: MemoryOperation,
    /// The id of the memory.
    pub memory: String,
    /// Whether the request names the full ARN instead of the id, as callers of other accounts must (AC-241).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_arn: bool,
    /// The actor, where the operation has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The session, where the operation has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The strategy, where the operation has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<String>,
    /// The parameter `namespace`, where the operation has one (AC-236, AC-239).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The parameter `namespacePath`, where the operation has one (AC-237).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace_path: Option<String>,
    /// Namespace variables of an event (AC-237).
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub namespace_variables: Tags,
}

operations! {
    /// The operations of a harness (AC-186).
    HarnessOperation {
        /// Makes a harness, with the runtime and the memory behind it.
        CreateHarness,
        /// Reads one.
        GetHarness,
        /// Changes one.
        UpdateHarness,
        /// Removes one.
        DeleteHarness,
        /// Lists all.
        ListHarnesses,
        /// Lists the versions of one.
        ListHarnessVersions,
        /// `POST /harnesses/invoke`
        InvokeHarness,
        /// A command in a session, with the harness where a runtime would stand.
        InvokeAgentRuntimeCommand,
        /// The interactive shell, likewise.
        InvokeAgentRuntimeCommandShell,
        /// Makes an endpoint.
        CreateHarnessEndpoint,
        /// Reads one.
        GetHarnessEndpoint,
        /// Changes one.
        UpdateHarnessEndpoint,
        /// Removes one.
        DeleteHarnessEndpoint,
        /// Lists the endpoints of a harness.
        ListHarnessEndpoints,
    }
}

/// A request to a harness.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HarnessRequest {
    /// What for.
    pub operation: HarnessOperation,
    /// The id of the harness; none where there is none yet, or all are meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub harness: Option<String>,
    /// The endpoint it names: the qualifier of an invocation, or the endpoint an operation on endpoints is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The user-id header of `InvokeHarness`, if it is sent (AC-193).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// For `CreateHarness`: whether it shall manage a memory (AC-191).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub with_memory: bool,
}

/// The kinds of built-in tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ToolKind {
    /// A browser.
    Browser,
    /// A code interpreter.
    CodeInterpreter,
}

operations! {
    /// The session operations of browsers and code interpreters (AC-243).
    ToolOperation {
        /// Starts a browser session.
        StartBrowserSession,
        /// Reads one.
        GetBrowserSession,
        /// Lists them.
        ListBrowserSessions,
        /// Ends one.
        StopBrowserSession,
        /// Lets a person take over, or give back.
        UpdateBrowserStream,
        /// The stream of automation (AC-057).
        ConnectBrowserAutomationStream,
        /// The live view (AC-057).
        ConnectBrowserLiveViewStream,
        /// Starts a code interpreter session.
        StartCodeInterpreterSession,
        /// Reads one.
        GetCodeInterpreterSession,
        /// Lists them.
        ListCodeInterpreterSessions,
        /// Ends one.
        StopCodeInterpreterSession,
        /// Runs code in one.
        InvokeCodeInterpreter,
    }
}

impl ToolOperation {
    /// The kind of tool it is for.
    #[must_use]
    pub const fn kind(self) -> ToolKind {
        match self {
            ToolOperation::StartBrowserSession
            | ToolOperation::GetBrowserSession
            | ToolOperation::ListBrowserSessions
            | ToolOperation::StopBrowserSession
            | ToolOperation::UpdateBrowserStream
            | ToolOperation::ConnectBrowserAutomationStream
            | ToolOperation::ConnectBrowserLiveViewStream => ToolKind::Browser,
            ToolOperation::StartCodeInterpreterSession
            | ToolOperation::GetCodeInterpreterSession
            | ToolOperation::ListCodeInterpreterSessions
            | ToolOperation::StopCodeInterpreterSession
            | ToolOperation::InvokeCodeInterpreter => ToolKind::CodeInterpreter,
        }
    }
}

/// A request to a built-in tool.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ToolRequest {
    /// What for.
    pub operation: ToolOperation,
    /// The id of a tool of the world; none: the one that AWS owns (AC-015).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
}

operations! {
    /// The data-plane operations of the identity service (AC-055).
    IdentityOperation {
        /// A token for the workload alone.
        GetWorkloadAccessToken,
        /// A token for the workload and the user a JWT names.
        GetWorkloadAccessTokenForJWT,
        /// A token for the workload and a user id.
        GetWorkloadAccessTokenForUserId,
        /// An API key from a provider.
        GetResourceApiKey,
        /// An OAuth 2 token from a provider.
        GetResourceOauth2Token,
        /// A payment token from a provider.
        GetResourcePaymentToken,
        /// Ends an OAuth 2 flow of a user.
        CompleteResourceTokenAuth,
    }
}

/// The claims of a JWT inside a request to the identity service (AC-246). How the caller authenticates is another matter
/// (AC-247).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct InboundClaims {
    /// `iss`
    pub iss: String,
    /// `sub`
    pub sub: String,
    /// `client_id`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// `aud`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aud: Vec<String>,
    /// `scope`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
}

/// A request to the identity service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IdentityRequest {
    /// What for.
    pub operation: IdentityOperation,
    /// The workload identity, in the caller's account.
    pub workload: String,
    /// The credential provider, where the operation has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The user id the request carries, where the operation has one (AC-246).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The claims of the JWT the request carries, where the operation has one (AC-246).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<InboundClaims>,
}

operations! {
    /// Operations of the control plane: of what takes or names a policy.
    ControlOperation {
        /// Makes a runtime.
        CreateAgentRuntime,
        /// Reads one.
        GetAgentRuntime,
        /// Changes one.
        UpdateAgentRuntime,
        /// Removes one.
        DeleteAgentRuntime,
        /// Lists them.
        ListAgentRuntimes,
        /// Makes an endpoint.
        CreateAgentRuntimeEndpoint,
        /// Reads one.
        GetAgentRuntimeEndpoint,
        /// Changes one.
        UpdateAgentRuntimeEndpoint,
        /// Removes one.
        DeleteAgentRuntimeEndpoint,
        /// Lists the endpoints of a runtime.
        ListAgentRuntimeEndpoints,
        /// Makes a gateway.
        CreateGateway,
        /// Reads one.
        GetGateway,
        /// Changes one.
        UpdateGateway,
        /// Removes one.
        DeleteGateway,
        /// Lists them.
        ListGateways,
        /// Makes a target of a gateway.
        CreateGatewayTarget,
        /// Changes one.
        UpdateGatewayTarget,
        /// Makes a memory.
        CreateMemory,
        /// Lists them.
        ListMemories,
        /// Makes a browser.
        CreateBrowser,
        /// Removes one.
        DeleteBrowser,
        /// Makes a code interpreter.
        CreateCodeInterpreter,
        /// Removes one.
        DeleteCodeInterpreter,
        /// Attaches a resource-based policy.
        PutResourcePolicy,
        /// Reads it.
        GetResourcePolicy,
        /// Takes it away.
        DeleteResourcePolicy,
    }
}

impl ControlOperation {
    /// Whether a request of this operation can hand over a role (AC-258).
    #[must_use]
    pub const fn takes_role(self) -> bool {
        matches!(
            self,
            ControlOperation::CreateAgentRuntime
                | ControlOperation::UpdateAgentRuntime
                | ControlOperation::CreateGateway
                | ControlOperation::UpdateGateway
                | ControlOperation::CreateMemory
                | ControlOperation::CreateBrowser
                | ControlOperation::CreateCodeInterpreter
        )
    }
}

/// What a request to the control plane is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ControlTarget {
    /// Nothing that is there: it makes something, or lists.
    Nothing,
    /// A runtime, by its id.
    Runtime(String),
    /// An endpoint of a runtime.
    RuntimeEndpoint {
        /// The id of the runtime.
        runtime: String,
        /// The name of the endpoint.
        endpoint: String,
    },
    /// A gateway, by its id.
    Gateway(String),
    /// A memory, by its id.
    Memory(String),
    /// A browser or code interpreter, by its id.
    Tool(String),
}

/// A role, by account and name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleName {
    /// The role's account.
    pub account: String,
    /// The role's name.
    pub name: String,
}

/// A request to the control plane.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ControlRequest {
    /// What for.
    pub operation: ControlOperation,
    /// What it is about.
    pub on: ControlTarget,
    /// The role it hands over to the service, if it carries one (AC-258).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleName>,
    /// Settings it carries that condition keys show, by the key's name without prefix: `subnets`, `KmsKeyArn`, …
    #[serde(default, skip_serializing_if = "Context::is_empty")]
    pub settings: Context,
    /// Tags it carries.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// A request for a session of a role: `sts:AssumeRole`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AssumeRoleRequest {
    /// The role.
    pub role: RoleName,
    /// What the session is to be called. AWS wants a name always; where a call tells none, no condition key shows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The external id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The source identity the session is to have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
    /// Tags the session is to have.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
    /// The keys of those tags that sessions made with this one are to have, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transitive: Vec<String>,
}

impl AssumeRoleRequest {
    /// A request that passes nothing.
    #[must_use]
    pub const fn of(role: RoleName) -> Self {
        Self {
            role,
            session: None,
            external_id: None,
            source_identity: None,
            tags: Tags::new(),
            transitive: Vec::new(),
        }
    }
}

/// A request to another service: one action on one resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OtherRequest {
    /// The action, for example `kms:Decrypt`; never one of `bedrock-agentcore`.
    pub action: String,
    /// The ARN of the resource, or `*` for an action without one. What the world says of it counts.
    pub resource: String,
    /// The account that owns it; none: the caller's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Keys of that service the request carries.
    #[serde(default, skip_serializing_if = "Context::is_empty")]
    pub keys: Context,
    /// The service that asks with the caller's credentials, if one does (AC-137).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
}
