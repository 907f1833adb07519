//! Requests to runtimes (sections 5.2 to 5.4 and 6.4 of the readings).

use veriam_model::{
    self as model, Authorizer, Call, InvalidCall, PolicyPlace, Rejection, RuntimeOperation,
    RuntimeRequest, Tags, TokenRules, readings as dialects,
};

use super::build::{Builder, DEFAULT};
use super::carried::Carried;
use super::pairs::{Asked, Open, Pairs};
use super::parts::Thing;
use super::party::Party;
use super::token::rejection;
use super::{World, WorldError};
use crate::caller::Kind;
use crate::settings::mistaken;

#[derive(Clone, Debug)]
pub(super) struct Runtime {
    authorizer: Authorizer,
    token_rules: TokenRules,
    pub(super) itself: Thing,
    /// Its endpoints, `DEFAULT` always among them.
    endpoints: Vec<Endpoint>,
}

#[derive(Clone, Debug)]
struct Endpoint {
    name: Box<str>,
    /// None: as the runtime's (AC-128).
    authorizer: Option<Authorizer>,
    itself: Thing,
}

impl Runtime {
    fn find(&self, name: &str) -> Option<&Endpoint> {
        self.endpoints.iter().find(|e| e.name.as_ref() == name)
    }

    /// The endpoint of that name.
    pub(super) fn endpoint(&self, name: &str) -> Option<&Thing> {
        self.find(name).map(|endpoint| &endpoint.itself)
    }
}

impl Builder<'_> {
    pub(super) fn runtimes(&mut self) -> Result<Vec<Runtime>, WorldError> {
        let mut built = Vec::with_capacity(self.world.runtimes.len());
        for (number, runtime) in self.world.runtimes.iter().enumerate() {
            let account = &runtime.account;
            let path = format!("runtime/{}", runtime.id);
            let policy = self.resource_policy(PolicyPlace::Runtime(number))?;
            let itself = Thing {
                policy,
                ..self.thing(account, &path, &runtime.tags)
            };
            let endpoint_path = |name: &str| format!("{path}/runtime-endpoint/{name}");
            let mut endpoints = Vec::with_capacity(runtime.endpoints.len());
            for (e, endpoint) in runtime.endpoints.iter().enumerate() {
                let model::RuntimeEndpoint { name, tags, .. } = endpoint;
                let policy = self.resource_policy(PolicyPlace::RuntimeEndpoint(number, e))?;
                endpoints.push(Endpoint {
                    name: name.as_str().into(),
                    authorizer: endpoint.authorizer,
                    itself: Thing {
                        policy,
                        is_runtime_endpoint: true,
                        ..self.thing(account, &endpoint_path(name), tags)
                    },
                });
            }
            if !endpoints.iter().any(|e| e.name.as_ref() == DEFAULT) {
                endpoints.push(Endpoint {
                    name: DEFAULT.into(),
                    authorizer: None,
                    itself: Thing {
                        is_runtime_endpoint: true,
                        ..self.thing(account, &endpoint_path(DEFAULT), &Tags::new())
                    },
                });
            }
            built.push(Runtime {
                authorizer: runtime.authorizer,
                token_rules: runtime.token_rules.clone(),
                itself,
                endpoints,
            });
        }
        Ok(built)
    }
}

/// Lists what a request asks of the policies; none when it names what is not there.
pub(super) fn ask<'c>(
    world: &'c World,
    call: &'c Call,
    request: &'c RuntimeRequest,
    party: &Party<'c>,
    pairs: &mut Pairs<'c>,
) -> Option<Asked> {
    let runtime = world.runtime(&request.runtime)?;
    let qualifier = request.qualifier.as_deref().unwrap_or(DEFAULT);
    let Some(endpoint) = runtime.find(qualifier) else {
        return Some(Asked::Invalid(InvalidCall::NoSuchEndpoint));
    };
    let authorizer = endpoint.authorizer.unwrap_or(runtime.authorizer);
    let (action, for_user) = actions(request.operation);
    if request.operation == RuntimeOperation::GetRuntimeProtectedResourceMetadata {
        return Some(match authorizer {
            Authorizer::Iam => Asked::Invalid(InvalidCall::NoMetadata),
            Authorizer::Jwt => {
                pairs.push(action, world.target(&runtime.itself), Carried::Nothing);
                Asked::Open(Open {
                    is_signed: false,
                    honours_denies: false,
                    is_filtered: true,
                })
            }
        });
    }
    let rules = &runtime.token_rules;
    if let Some(why) = rejection(authorizer, rules, &call.caller, Rejection::BadToken) {
        return Some(Asked::Rejected(why));
    }
    // The header asks for the action for another user as well (AC-098, AC-125).
    let is_ignored =
        || party.caller.kind == Kind::Jwt && world.settings.reads(dialects::JwtForUser::Ignored);
    let for_user = for_user.filter(|_| request.user_id.is_some() && !is_ignored());
    for action in std::iter::once(action).chain(for_user) {
        pairs.push(action, world.target(&runtime.itself), Carried::Nothing);
        if !mistaken!(world.settings, EndpointPairDropped) {
            pairs.push(action, world.target(&endpoint.itself), Carried::Nothing);
        }
    }
    Some(Asked::Pairs)
}

/// The actions of an operation: its own, and the one for another user where there is one (AC-050, AC-098, AC-101).
fn actions(operation: RuntimeOperation) -> (&'static str, Option<&'static str>) {
    use RuntimeOperation as Op;
    match operation {
        Op::InvokeAgentRuntime => (
            "bedrock-agentcore:InvokeAgentRuntime",
            Some("bedrock-agentcore:InvokeAgentRuntimeForUser"),
        ),
        Op::InvokeAgentRuntimeWithWebSocketStream => (
            "bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStream",
            Some("bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStreamForUser"),
        ),
        Op::InvokeAgentRuntimeCommand => ("bedrock-agentcore:InvokeAgentRuntimeCommand", None),
        Op::InvokeAgentRuntimeCommandShell => {
            ("bedrock-agentcore:InvokeAgentRuntimeCommandShell", None)
        }
        Op::StopRuntimeSession => ("bedrock-agentcore:StopRuntimeSession", None),
        Op::GetAgentCard => ("bedrock-agentcore:GetAgentCard", None),
        Op::GetRuntimeProtectedResourceMetadata => (
            "bedrock-agentcore:GetRuntimeProtectedResourceMetadata",
            None,
        ),
    }
}
