//! What a well-formed request is: it names what the world holds, and carries what its operation takes.

use super::call::Checking;
use super::{Malformed, Names, fault, iam_name, is_arn, word};
use crate::facts::agentcore;
use crate::{
    AssumeRoleRequest, Call, Caller, ControlOperation, ControlRequest, ControlTarget, EngineMode,
    GatewayRequest, HarnessOperation, HarnessRequest, IdentityOperation, IdentityRequest,
    MemoryRequest, OtherRequest, ProviderKind, Request, RoleName, RuntimeRequest, ToolKind,
    ToolRequest,
};

const ENDPOINT: &str = "the name of an endpoint, for example DEFAULT";

impl<N: Names> Checking<'_, N> {
    /// Checks what a call asks for.
    pub(super) fn validate_request(&self, call: &Call) -> Result<(), Malformed> {
        match &call.request {
            Request::Runtime(request) => self.runtime_request(request),
            Request::Gateway(request) => self.gateway_request(request),
            Request::Harness(request) => {
                if !is_invocation(request.operation) {
                    signed(&call.caller)?;
                }
                self.harness_request(request)
            }
            Request::Memory(request) => {
                signed(&call.caller)?;
                self.memory_request(request)
            }
            Request::Tool(request) => {
                signed(&call.caller)?;
                self.tool_request(request)
            }
            Request::Identity(request) => self.identity_request(request, signed(&call.caller)?),
            Request::Control(request) => self.control_request(request, signed(&call.caller)?),
            Request::AssumeRole(request) => {
                signed(&call.caller)?;
                self.assume_role_request(request)
            }
            Request::Other(request) => {
                signed(&call.caller)?;
                self.other_request(request, &call.caller)
            }
        }
    }

    fn assume_role_request(&self, request: &AssumeRoleRequest) -> Result<(), Malformed> {
        let role = &request.role;
        self.known_role("call.request.assume_role.role.name", role)?;
        if !self.names.has_trust(&role.account, &role.name) {
            return fault(
                "call.request.assume_role.role.name",
                &role.name,
                "a role whose trust policy the world tells",
            );
        }
        for (member, name) in [
            ("call.request.assume_role.session", &request.session),
            (
                "call.request.assume_role.source_identity",
                &request.source_identity,
            ),
        ] {
            if let Some(name) = name {
                iam_name(member, name, "a name of letters, digits and +=,.@_-")?;
            }
        }
        for key in &request.transitive {
            if request
                .tags
                .iter()
                .all(|(tag, _)| !tag.eq_ignore_ascii_case(key))
            {
                return fault(
                    "call.request.assume_role.transitive",
                    key,
                    "the key of one of the tags of the request",
                );
            }
        }
        Ok(())
    }

    fn runtime_request(&self, request: &RuntimeRequest) -> Result<(), Malformed> {
        if !self.names.has_runtime(&request.runtime) {
            return fault(
                "call.request.runtime.runtime",
                &request.runtime,
                "the id of a runtime of the world",
            );
        }
        if let Some(qualifier) = &request.qualifier {
            word("call.request.runtime.qualifier", qualifier, ENDPOINT)?;
        }
        user_id(
            "call.request.runtime.user_id",
            request.user_id.as_deref(),
            request.operation.takes_user_id(),
        )
    }

    fn gateway_request(&self, request: &GatewayRequest) -> Result<(), Malformed> {
        let Some(engine) = self.names.gateway_engine(&request.gateway) else {
            return fault(
                "call.request.gateway.gateway",
                &request.gateway,
                "the id of a gateway of the world",
            );
        };
        if request.tool_call && engine == Some(EngineMode::Enforce) {
            return fault(
                "call.request.gateway.tool_call",
                true,
                "no tool call: the gateway's policy engine decides about tools in Cedar, which is out of scope",
            );
        }
        Ok(())
    }

    fn memory_request(&self, request: &MemoryRequest) -> Result<(), Malformed> {
        if !self.names.has_memory(&request.memory) {
            return fault(
                "call.request.memory.memory",
                &request.memory,
                "the id of a memory of the world",
            );
        }
        use crate::MemoryOperation as Op;
        let operation = request.operation;
        let action = agentcore::action(operation.name());
        let takes = |key: &str| action.is_some_and(|action| action.keys.iter().any(|k| k == key));
        // AC-236: by id of a record the parameter exists although the reference lists no key for it.
        let by_record = matches!(operation, Op::GetMemoryRecord | Op::DeleteMemoryRecord);
        let queries = matches!(operation, Op::ListMemoryRecords | Op::RetrieveMemoryRecords);
        let members = [
            ("actor", &request.actor, takes("bedrock-agentcore:actorId")),
            (
                "session",
                &request.session,
                takes("bedrock-agentcore:sessionId"),
            ),
            (
                "strategy",
                &request.strategy,
                takes("bedrock-agentcore:strategyId"),
            ),
            (
                "namespace",
                &request.namespace,
                takes("bedrock-agentcore:namespace") || by_record,
            ),
            ("namespace_path", &request.namespace_path, queries),
        ];
        for (member, value, taken) in members {
            carried(
                || format!("call.request.memory.{member}"),
                value.as_deref(),
                taken,
            )?;
        }
        if !request.namespace_variables.is_empty() && operation != Op::CreateEvent {
            return fault(
                "call.request.memory.namespace_variables",
                "some",
                "none: events only are made with namespace variables",
            );
        }
        Ok(())
    }

    fn harness_request(&self, request: &HarnessRequest) -> Result<(), Malformed> {
        use HarnessOperation as Op;
        let operation = request.operation;
        let about_none = matches!(operation, Op::CreateHarness | Op::ListHarnesses);
        match &request.harness {
            None if about_none => {}
            Some(id) if !about_none && self.names.has_harness(id) => {}
            found => {
                return fault(
                    "call.request.harness.harness",
                    found.as_deref().unwrap_or_default(),
                    "the id of a harness of the world; nothing for CreateHarness and ListHarnesses",
                );
            }
        }
        let must_name = matches!(
            operation,
            Op::GetHarnessEndpoint | Op::UpdateHarnessEndpoint | Op::DeleteHarnessEndpoint
        );
        let may_name = must_name || is_invocation(operation);
        match &request.endpoint {
            Some(name) if may_name => word("call.request.harness.endpoint", name, ENDPOINT)?,
            None if !must_name => {}
            found => {
                return fault(
                    "call.request.harness.endpoint",
                    found.as_deref().unwrap_or_default(),
                    "the name of an endpoint where the operation is about one, else nothing",
                );
            }
        }
        if request.with_memory && operation != Op::CreateHarness {
            return fault(
                "call.request.harness.with_memory",
                true,
                "nothing: of a harness that exists the world tells",
            );
        }
        user_id(
            "call.request.harness.user_id",
            request.user_id.as_deref(),
            operation == Op::InvokeHarness,
        )
    }

    fn tool_request(&self, request: &ToolRequest) -> Result<(), Malformed> {
        match request.tool.as_deref() {
            Some(id) if self.names.tool_kind(id) != Some(request.operation.kind()) => fault(
                "call.request.tool.tool",
                id,
                "the id of a tool of the world, of the kind the operation is for",
            ),
            _ => Ok(()),
        }
    }

    fn identity_request(
        &self,
        request: &IdentityRequest,
        account: Option<&str>,
    ) -> Result<(), Malformed> {
        use IdentityOperation as Op;
        let account = account.unwrap_or_default();
        if !self.names.has_workload_identity(account, &request.workload) {
            return fault(
                "call.request.identity.workload",
                &request.workload,
                "the name of a workload identity of the caller's account",
            );
        }
        let kind = match request.operation {
            Op::GetResourceApiKey => Some(ProviderKind::ApiKey),
            Op::GetResourceOauth2Token | Op::CompleteResourceTokenAuth => {
                Some(ProviderKind::Oauth2)
            }
            Op::GetResourcePaymentToken => Some(ProviderKind::Payment),
            Op::GetWorkloadAccessToken
            | Op::GetWorkloadAccessTokenForJWT
            | Op::GetWorkloadAccessTokenForUserId => None,
        };
        match (kind, &request.provider) {
            (None, None) => {}
            (Some(kind), Some(name)) if self.names.has_provider(account, kind, name) => {}
            (_, found) => {
                return fault(
                    "call.request.identity.provider",
                    found.as_deref().unwrap_or_default(),
                    "a provider of the caller's account and of the kind the operation asks, else nothing",
                );
            }
        }
        let ends_flow = request.operation == Op::CompleteResourceTokenAuth;
        user_id(
            "call.request.identity.user_id",
            request.user_id.as_deref(),
            ends_flow || request.operation == Op::GetWorkloadAccessTokenForUserId,
        )?;
        let takes_claims = ends_flow || request.operation == Op::GetWorkloadAccessTokenForJWT;
        if request.claims.is_some() && !takes_claims {
            return fault(
                "call.request.identity.claims",
                "some",
                "nothing: a request of this operation carries no JWT",
            );
        }
        Ok(())
    }

    fn control_request(
        &self,
        request: &ControlRequest,
        account: Option<&str>,
    ) -> Result<(), Malformed> {
        let fits = match (&request.on, about(request.operation)) {
            (ControlTarget::Nothing, About::Nothing) => true,
            (ControlTarget::Runtime(id), About::Runtime | About::PolicyHolder) => {
                self.names.has_runtime(id)
            }
            (
                ControlTarget::RuntimeEndpoint { runtime, endpoint },
                About::RuntimeEndpoint | About::PolicyHolder,
            ) => {
                word("call.request.control.on", endpoint, ENDPOINT)?;
                self.names.has_runtime(runtime)
            }
            (ControlTarget::Gateway(id), About::Gateway | About::PolicyHolder) => {
                self.names.gateway_engine(id).is_some()
            }
            (ControlTarget::Memory(id), About::PolicyHolder) => self.names.has_memory(id),
            (ControlTarget::Tool(id), About::Tool(kind)) => self.names.tool_kind(id) == Some(kind),
            _ => false,
        };
        if !fits {
            return fault(
                "call.request.control.on",
                format!("{:?}", request.on),
                "something of the world that the operation is about",
            );
        }
        if let Some(role) = &request.role {
            const ROLE: &str = "call.request.control.role";
            self.known_role(ROLE, role)?;
            if account != Some(role.account.as_str()) {
                return fault(ROLE, &role.name, "a role of the caller's account");
            }
            if !request.operation.takes_role() {
                return fault(ROLE, &role.name, "nothing: the operation takes no role");
            }
        }
        for (name, _) in request.settings.iter() {
            let behind_prefix = |key: &'static str| key.strip_prefix("bedrock-agentcore:");
            let mut keys = agentcore::service_keys().iter();
            if !keys.any(|key| behind_prefix(&key.name) == Some(name)) {
                return fault(
                    "call.request.control.settings",
                    name,
                    "the name of a condition key of the service without its prefix, for example subnets",
                );
            }
        }
        Ok(())
    }

    fn other_request(&self, request: &OtherRequest, caller: &Caller) -> Result<(), Malformed> {
        const ACTION: &str = "call.request.other.action";
        let Some((service, name)) = request.action.split_once(':') else {
            return fault(ACTION, &request.action, "service:Name");
        };
        word(ACTION, service, "service:Name")?;
        word(ACTION, name, "service:Name")?;
        if service.eq_ignore_ascii_case(agentcore::SERVICE) {
            return fault(
                ACTION,
                &request.action,
                "an action of another service; AgentCore has requests of its own",
            );
        }
        const RESOURCE: &str = "call.request.other.resource";
        if request.resource != "*" && !is_arn(&request.resource) {
            return fault(RESOURCE, &request.resource, "an ARN of six parts or *");
        }
        match (
            &request.account,
            self.names.owner_of_other(&request.resource),
        ) {
            (Some(account), Some(owner)) if account != owner => {
                return fault(
                    "call.request.other.account",
                    account,
                    "the account that owns the resource in the world, or nothing",
                );
            }
            (Some(account), _) => {
                self.known_account("call.request.other.account", account)?;
            }
            (None, None) if matches!(caller, Caller::Service(_)) => {
                return fault(
                    "call.request.other.account",
                    "",
                    "the owner's account: a service has none of its own",
                );
            }
            (None, _) => {}
        }
        for (name, _) in request.keys.iter() {
            let start = name.get(..4).unwrap_or_default();
            if start.eq_ignore_ascii_case("aws:") || !name.contains(':') {
                return fault(
                    "call.request.other.keys",
                    name,
                    "a key of a service, for example kms:ViaService; keys that begin with aws: are derived",
                );
            }
        }
        match &request.via {
            Some(via) if !via.ends_with(".amazonaws.com") => fault(
                "call.request.other.via",
                via,
                "a service principal, for example bedrock-agentcore.amazonaws.com",
            ),
            Some(via) if matches!(caller, Caller::Service(_)) => fault(
                "call.request.other.via",
                via,
                "nothing: a service does not ask with a caller's credentials when it is the caller",
            ),
            _ => Ok(()),
        }
    }

    fn known_role(&self, member: &str, role: &RoleName) -> Result<(), Malformed> {
        if self.names.has_role(&role.account, &role.name) {
            return Ok(());
        }
        fault(member, &role.name, "the name of a role of that account")
    }
}

/// What an operation of the control plane is about.
enum About {
    Nothing,
    Runtime,
    RuntimeEndpoint,
    Gateway,
    Tool(ToolKind),
    /// Whatever takes a resource-based policy.
    PolicyHolder,
}

fn about(operation: ControlOperation) -> About {
    use ControlOperation as Op;
    match operation {
        Op::CreateAgentRuntime
        | Op::ListAgentRuntimes
        | Op::ListAgentRuntimeEndpoints
        | Op::CreateGateway
        | Op::ListGateways
        | Op::CreateMemory
        | Op::ListMemories
        | Op::CreateBrowser
        | Op::CreateCodeInterpreter => About::Nothing,
        Op::GetAgentRuntime
        | Op::UpdateAgentRuntime
        | Op::DeleteAgentRuntime
        | Op::CreateAgentRuntimeEndpoint => About::Runtime,
        Op::GetAgentRuntimeEndpoint
        | Op::UpdateAgentRuntimeEndpoint
        | Op::DeleteAgentRuntimeEndpoint => About::RuntimeEndpoint,
        Op::GetGateway
        | Op::UpdateGateway
        | Op::DeleteGateway
        | Op::CreateGatewayTarget
        | Op::UpdateGatewayTarget => About::Gateway,
        Op::DeleteBrowser => About::Tool(ToolKind::Browser),
        Op::DeleteCodeInterpreter => About::Tool(ToolKind::CodeInterpreter),
        Op::PutResourcePolicy | Op::GetResourcePolicy | Op::DeleteResourcePolicy => {
            About::PolicyHolder
        }
    }
}

/// Whether the operation is called on the data plane, where the authorizer says who may (AC-192).
fn is_invocation(operation: HarnessOperation) -> bool {
    use HarnessOperation as Op;
    matches!(
        operation,
        Op::InvokeHarness | Op::InvokeAgentRuntimeCommand | Op::InvokeAgentRuntimeCommandShell
    )
}

/// The account of a caller who signs (none of a service), or the fault that the caller does not.
fn signed(caller: &Caller) -> Result<Option<&str>, Malformed> {
    Ok(match caller {
        Caller::User(caller) => Some(&caller.account),
        Caller::Session(caller) => Some(&caller.account),
        Caller::Root(caller) => Some(&caller.account),
        Caller::Federated(caller) => Some(&caller.account),
        Caller::Service(_) => None,
        Caller::Jwt(_) | Caller::Anonymous => {
            return fault(
                "call.caller",
                "nobody who signs",
                "a caller who signs: runtimes, gateways and harnesses only take tokens",
            );
        }
    })
}

fn user_id(member: &str, found: Option<&str>, taken: bool) -> Result<(), Malformed> {
    match found {
        Some(user) if !taken => fault(
            member,
            user,
            "no user id: a request of this operation cannot carry one",
        ),
        Some("") => fault(member, "", "at least one character"),
        _ => Ok(()),
    }
}

fn carried(member: impl Fn() -> String, found: Option<&str>, taken: bool) -> Result<(), Malformed> {
    match found {
        Some(value) if !taken => fault(
            member(),
            value,
            "nothing: a request of this operation does not carry it",
        ),
        Some("") => fault(member(), "", "at least one character"),
        _ => Ok(()),
    }
}
