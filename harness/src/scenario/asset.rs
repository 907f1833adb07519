//! What a resource of a scenario is in its world, and the requests that can be made of it.

use veriam_model::{
    AssumeRoleRequest, Context, ControlOperation, ControlRequest, ControlTarget, GatewayRequest,
    HarnessOperation, HarnessRequest, IdentityOperation, IdentityRequest, InboundClaims,
    MemoryRequest, OtherRequest, ProviderKind, Request, RoleName, RuntimeOperation, RuntimeRequest,
    Tags, ToolKind, ToolRequest,
};

use crate::operation::{Operation, RequestFamily};

/// The endpoint that every runtime and every harness has.
pub(crate) const DEFAULT: &str = "DEFAULT";

/// What a resource is in the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asset {
    /// The runtime with that id.
    Runtime(String),
    /// The gateway with that id.
    Gateway(String),
    /// The memory with that id.
    Memory(String),
    /// The harness with that id.
    Harness(String),
    /// A browser or code interpreter with that id; none: the one that AWS owns.
    Tool(ToolKind, Option<String>),
    /// A workload identity, by account and name.
    Workload(String, String),
    /// A credential provider, by account, kind and name.
    Provider(String, ProviderKind, String),
    /// The resource of another service with that ARN.
    Other(String),
}

/// What a request is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum On<'a> {
    /// Nothing that is there: it makes something, or lists; or it is about `*`.
    Nothing,
    /// A resource.
    Asset(&'a Asset),
    /// A role.
    Role(&'a RoleName),
}

/// What a request carries besides; each operation takes some of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members {
    pub(crate) endpoint: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) tool_call: bool,
    pub(crate) by_arn: bool,
    pub(crate) actor: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) strategy: Option<String>,
    pub(crate) namespace: Option<String>,
    pub(crate) namespace_path: Option<String>,
    pub(crate) namespace_variables: Tags,
    pub(crate) with_memory: bool,
    pub(crate) provider: Option<String>,
    pub(crate) claims: Option<InboundClaims>,
    pub(crate) role: Option<RoleName>,
    pub(crate) settings: Context,
    pub(crate) tags: Tags,
    pub(crate) account: Option<String>,
    pub(crate) keys: Context,
    pub(crate) via: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) source_identity: Option<String>,
    pub(crate) transitive: Vec<String>,
}

/// The fields of a call that say what its request carries, for each family.
pub(crate) const fn carried(family: RequestFamily) -> &'static [&'static str] {
    match family {
        RequestFamily::Runtime => &["qualifier", "user-id"],
        RequestFamily::Gateway => &["tool-call"],
        RequestFamily::Memory => &[
            "by-arn",
            "actor",
            "session",
            "strategy",
            "namespace",
            "namespace-path",
            "namespace-variables",
        ],
        RequestFamily::Harness => &["qualifier", "user-id", "with-memory"],
        RequestFamily::Identity => &["provider", "user-id", "claims"],
        RequestFamily::Control => &["qualifier", "role", "settings", "tags"],
        RequestFamily::Other => &["account", "keys", "via"],
        RequestFamily::AssumeRole => &[
            "session",
            "external-id",
            "source-identity",
            "tags",
            "transitive",
        ],
        RequestFamily::Tool => &[],
    }
}

impl Asset {
    /// What it is, in words.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Asset::Runtime(_) => "runtime",
            Asset::Gateway(_) => "gateway",
            Asset::Memory(_) => "memory",
            Asset::Harness(_) => "harness",
            Asset::Tool(ToolKind::Browser, _) => "browser",
            Asset::Tool(ToolKind::CodeInterpreter, _) => "code interpreter",
            Asset::Workload(..) => "workload identity",
            Asset::Provider(..) => "credential provider",
            Asset::Other(_) => "resource of another service",
        }
    }

    /// Every operation that can be called on it, in declaration order.
    pub(crate) fn operations(&self) -> impl Iterator<Item = Operation> + '_ {
        let takes = |operation: &Operation| {
            request(*operation, "", On::Asset(self), Members::default()).is_some()
        };
        Operation::ALL.into_iter().filter(takes)
    }
}

/// The request, if the operation is about such a thing. `action` counts for requests to other services only.
pub(crate) fn request(
    operation: Operation,
    action: &str,
    on: On<'_>,
    members: Members,
) -> Option<Request> {
    Some(match (operation, on) {
        (Operation::Runtime(operation), On::Asset(Asset::Runtime(id))) => {
            Request::Runtime(RuntimeRequest {
                operation,
                runtime: id.clone(),
                qualifier: members.endpoint,
                user_id: members.user_id,
            })
        }
        (Operation::Gateway, On::Asset(Asset::Gateway(id))) => Request::Gateway(GatewayRequest {
            gateway: id.clone(),
            tool_call: members.tool_call,
        }),
        (Operation::Memory(operation), On::Asset(Asset::Memory(id))) => {
            Request::Memory(MemoryRequest {
                operation,
                memory: id.clone(),
                by_arn: members.by_arn,
                actor: members.actor,
                session: members.session,
                strategy: members.strategy,
                namespace: members.namespace,
                namespace_path: members.namespace_path,
                namespace_variables: members.namespace_variables,
            })
        }
        (Operation::Harness(operation), on) => Request::Harness(HarnessRequest {
            operation,
            harness: match (on, is_about_no_harness(operation)) {
                (On::Nothing, true) => None,
                (On::Asset(Asset::Harness(id)), false) => Some(id.clone()),
                _ => return None,
            },
            endpoint: members.endpoint.or_else(|| of_endpoint(operation)),
            user_id: members.user_id,
            with_memory: members.with_memory,
        }),
        (Operation::Tool(operation), On::Asset(Asset::Tool(kind, id))) => {
            if operation.kind() != *kind {
                return None;
            }
            Request::Tool(ToolRequest {
                operation,
                tool: id.clone(),
            })
        }
        (Operation::Identity(operation), On::Asset(Asset::Workload(_, name))) => {
            Request::Identity(IdentityRequest {
                operation,
                workload: name.clone(),
                provider: members.provider,
                user_id: members.user_id,
                claims: members.claims,
            })
        }
        (Operation::Control(operation), on) => Request::Control(ControlRequest {
            operation,
            on: control_target(operation, on, members.endpoint)?,
            role: members.role,
            settings: members.settings,
            tags: members.tags,
        }),
        (Operation::AssumeRole, On::Role(role)) => Request::AssumeRole(AssumeRoleRequest {
            role: role.clone(),
            session: members.session,
            external_id: members.external_id,
            source_identity: members.source_identity,
            tags: members.tags,
            transitive: members.transitive,
        }),
        (Operation::Other, on) => Request::Other(OtherRequest {
            action: action.to_owned(),
            resource: match on {
                On::Nothing => "*".to_owned(),
                On::Asset(Asset::Other(arn)) => arn.clone(),
                _ => return None,
            },
            account: members.account,
            keys: members.keys,
            via: members.via,
        }),
        _ => return None,
    })
}

const fn is_about_no_harness(operation: HarnessOperation) -> bool {
    matches!(
        operation,
        HarnessOperation::CreateHarness | HarnessOperation::ListHarnesses
    )
}

/// Operations on an endpoint of a harness name one always.
fn of_endpoint(operation: HarnessOperation) -> Option<String> {
    is_on_harness_endpoint(operation).then(|| DEFAULT.to_owned())
}

/// Whether an operation is about an endpoint of a harness that is there.
pub(crate) const fn is_on_harness_endpoint(operation: HarnessOperation) -> bool {
    matches!(
        operation,
        HarnessOperation::GetHarnessEndpoint
            | HarnessOperation::UpdateHarnessEndpoint
            | HarnessOperation::DeleteHarnessEndpoint
    )
}

fn control_target(
    operation: ControlOperation,
    on: On<'_>,
    endpoint: Option<String>,
) -> Option<ControlTarget> {
    use ControlOperation as Op;
    let of_runtime = |runtime: &String, endpoint| ControlTarget::RuntimeEndpoint {
        runtime: runtime.clone(),
        endpoint,
    };
    Some(match (operation, on) {
        (
            Op::CreateAgentRuntime
            | Op::ListAgentRuntimes
            | Op::ListAgentRuntimeEndpoints
            | Op::CreateGateway
            | Op::ListGateways
            | Op::CreateMemory
            | Op::ListMemories
            | Op::CreateBrowser
            | Op::CreateCodeInterpreter,
            On::Nothing,
        ) => ControlTarget::Nothing,
        (
            Op::GetAgentRuntime
            | Op::UpdateAgentRuntime
            | Op::DeleteAgentRuntime
            | Op::CreateAgentRuntimeEndpoint,
            On::Asset(Asset::Runtime(id)),
        ) => ControlTarget::Runtime(id.clone()),
        (
            Op::GetAgentRuntimeEndpoint
            | Op::UpdateAgentRuntimeEndpoint
            | Op::DeleteAgentRuntimeEndpoint,
            On::Asset(Asset::Runtime(id)),
        ) => of_runtime(id, endpoint.unwrap_or_else(|| DEFAULT.to_owned())),
        (
            Op::GetGateway
            | Op::UpdateGateway
            | Op::DeleteGateway
            | Op::CreateGatewayTarget
            | Op::UpdateGatewayTarget,
            On::Asset(Asset::Gateway(id)),
        ) => ControlTarget::Gateway(id.clone()),
        (Op::DeleteBrowser, On::Asset(Asset::Tool(ToolKind::Browser, Some(id))))
        | (
            Op::DeleteCodeInterpreter,
            On::Asset(Asset::Tool(ToolKind::CodeInterpreter, Some(id))),
        ) => ControlTarget::Tool(id.clone()),
        (
            Op::PutResourcePolicy | Op::GetResourcePolicy | Op::DeleteResourcePolicy,
            On::Asset(asset),
        ) => match (asset, endpoint) {
            (Asset::Runtime(id), Some(endpoint)) => of_runtime(id, endpoint),
            (Asset::Runtime(id), None) => ControlTarget::Runtime(id.clone()),
            (Asset::Gateway(id), _) => ControlTarget::Gateway(id.clone()),
            (Asset::Memory(id), _) => ControlTarget::Memory(id.clone()),
            _ => return None,
        },
        _ => return None,
    })
}

/// The kind of the provider that an operation of the identity service asks, if it asks one.
pub(crate) const fn provider_of(operation: IdentityOperation) -> Option<ProviderKind> {
    match operation {
        IdentityOperation::GetResourceApiKey => Some(ProviderKind::ApiKey),
        IdentityOperation::GetResourceOauth2Token
        | IdentityOperation::CompleteResourceTokenAuth => Some(ProviderKind::Oauth2),
        IdentityOperation::GetResourcePaymentToken => Some(ProviderKind::Payment),
        IdentityOperation::GetWorkloadAccessToken
        | IdentityOperation::GetWorkloadAccessTokenForJWT
        | IdentityOperation::GetWorkloadAccessTokenForUserId => None,
    }
}

/// Whether somebody has to prove who they are for it: the metadata of a runtime are for everybody (AC-171).
pub(crate) fn asks_for_credentials(operation: Operation) -> bool {
    operation != Operation::Runtime(RuntimeOperation::GetRuntimeProtectedResourceMetadata)
}
