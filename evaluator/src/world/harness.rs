//! Requests to harnesses (section 6.8 of the readings).

use std::collections::HashMap;

use veriam_model::{
    Authorizer, Call, HarnessOperation, HarnessRequest, InvalidCall, Rejection, Tags, TokenRules,
    readings as dialects,
};

use super::World;
use super::build::{Builder, DEFAULT};
use super::carried::Carried;
use super::pairs::{Asked, Pairs, Target, action_of};
use super::parts::Thing;
use super::party::Party;
use super::token::rejection;
use crate::settings::mistaken;

#[derive(Clone, Debug)]
pub(super) struct Harness {
    authorizer: Authorizer,
    token_rules: TokenRules,
    has_memory: bool,
    itself: Thing,
    /// Its endpoints by name, `DEFAULT` always among them.
    endpoints: HashMap<Box<str>, Thing>,
}

impl Builder<'_> {
    pub(super) fn harnesses(&self) -> HashMap<Box<str>, Harness> {
        let harnesses = self.world.harnesses.iter().map(|harness| {
            let account = &harness.account;
            let path = format!("harness/{}", harness.id);
            let endpoint = |name: &str, tags: &Tags| {
                let path = format!("{path}/harness-endpoint/{name}");
                (Box::from(name), self.thing(account, &path, tags))
            };
            let listed = harness.endpoints.iter().map(|e| endpoint(&e.name, &e.tags));
            // What is listed takes the place of what is always there.
            let endpoints = std::iter::once(endpoint(DEFAULT, &Tags::new())).chain(listed);
            let built = Harness {
                authorizer: harness.authorizer,
                token_rules: harness.token_rules.clone(),
                has_memory: harness.with_memory,
                itself: self.thing(account, &path, &harness.tags),
                endpoints: endpoints.collect(),
            };
            (harness.id.as_str().into(), built)
        });
        harnesses.collect()
    }
}

/// Lists what a request asks of the policies; none when it names what is not there.
pub(super) fn ask<'c>(
    world: &'c World,
    call: &'c Call,
    request: &'c HarnessRequest,
    party: &Party<'c>,
    pairs: &mut Pairs<'c>,
) -> Option<Asked> {
    use HarnessOperation as Op;
    let operation = request.operation;
    let harness = match &request.harness {
        Some(id) => Some(world.harnesses.get(id.as_str())?),
        None => None,
    };
    let named = request.endpoint.as_deref().unwrap_or(DEFAULT);
    let mut endpoint = None;
    if let Some(harness) = harness {
        let Some(found) = harness.endpoints.get(named) else {
            return Some(Asked::Invalid(InvalidCall::NoSuchEndpoint));
        };
        endpoint = Some(world.target(found));
        let is_invocation = matches!(
            operation,
            Op::InvokeHarness | Op::InvokeAgentRuntimeCommand | Op::InvokeAgentRuntimeCommandShell
        );
        let Harness {
            authorizer,
            token_rules,
            ..
        } = harness;
        let lacks_scope = Rejection::BadToken;
        let why = || rejection(*authorizer, token_rules, &call.caller, lacks_scope);
        if is_invocation && let Some(why) = why() {
            return Some(Asked::Rejected(why));
        }
    }
    let settings = &world.settings;
    let on = match harness {
        Some(harness) if !is_without_resource(operation) => world.target(&harness.itself),
        _ => Target::star(party.home()),
    };
    let needs = Needs::of(operation);
    let is_both = || settings.reads(dialects::HarnessEndpointPairs::Both);
    let counts = |when| match when {
        When::Never => false,
        When::Always => true,
        When::Both => is_both(),
        When::Called | When::CalledAndBoth => {
            let is_checked =
                named != DEFAULT || settings.reads(dialects::DefaultHarnessEndpoint::EndpointToo);
            is_checked && (when == When::Called || is_both())
        }
    };
    let mut push = |action, on| pairs.push(action, on, Carried::Nothing);
    let companion = needs.companion;
    let companion = companion.filter(|_| !mistaken!(settings, HarnessCompanionDropped));
    let own = (action(operation), needs.on_endpoint);
    for (action, on_endpoint) in std::iter::once(own).chain(companion) {
        push(action, on);
        if let Some(endpoint) = endpoint.filter(|_| counts(on_endpoint)) {
            push(action, endpoint);
        }
    }
    let has_memory = harness.map_or(request.with_memory, |harness| harness.has_memory);
    let is_memory_checked = || settings.reads(dialects::UnmanagedMemory::Checked);
    if let Some(action) = needs.memory
        && (has_memory || is_memory_checked())
    {
        push(action, on);
    }
    if request.user_id.is_some() && settings.reads(dialects::HarnessForUser::Needed) {
        push("bedrock-agentcore:InvokeAgentRuntimeForUser", on);
    }
    Some(Asked::Pairs)
}

/// Whether the actions of an operation have no resource type, or nothing to be about yet (AC-188).
fn is_without_resource(operation: HarnessOperation) -> bool {
    use HarnessOperation as Op;
    matches!(
        operation,
        Op::CreateHarness | Op::ListHarnesses | Op::ListHarnessVersions | Op::ListHarnessEndpoints
    )
}

/// What an operation needs beside its own action on the harness (AC-186 to AC-191).
struct Needs {
    /// Whether its own action is checked on the endpoint too.
    on_endpoint: When,
    /// The action that accompanies it, and whether that is checked on the endpoint too.
    companion: Option<(&'static str, When)>,
    /// The action on the memory behind the harness.
    memory: Option<&'static str>,
}

/// When an action is checked on the endpoint.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Never,
    Always,
    /// Where the accompanying actions are (AC-189).
    Both,
    /// Where the endpoint that is called is checked (AC-190).
    Called,
    CalledAndBoth,
}

impl Needs {
    fn of(operation: HarnessOperation) -> Self {
        use HarnessOperation as Op;
        let needs = |on_endpoint, companion, memory| Self {
            on_endpoint,
            companion,
            memory,
        };
        let invoke = ("bedrock-agentcore:InvokeAgentRuntime", When::CalledAndBoth);
        match operation {
            Op::CreateHarness => needs(
                When::Never,
                Some(("bedrock-agentcore:CreateAgentRuntime", When::Never)),
                Some("bedrock-agentcore:CreateMemory"),
            ),
            Op::UpdateHarness => needs(
                When::Never,
                Some(("bedrock-agentcore:UpdateAgentRuntime", When::Never)),
                Some("bedrock-agentcore:UpdateMemory"),
            ),
            Op::DeleteHarness => needs(
                When::Never,
                Some(("bedrock-agentcore:DeleteAgentRuntime", When::Never)),
                Some("bedrock-agentcore:DeleteMemory"),
            ),
            Op::GetHarness
            | Op::ListHarnesses
            | Op::ListHarnessVersions
            | Op::ListHarnessEndpoints => needs(When::Never, None, None),
            Op::InvokeHarness | Op::InvokeAgentRuntimeCommand => {
                needs(When::Called, Some(invoke), None)
            }
            Op::InvokeAgentRuntimeCommandShell => needs(When::CalledAndBoth, None, None),
            Op::CreateHarnessEndpoint => {
                let action = "bedrock-agentcore:CreateAgentRuntimeEndpoint";
                needs(When::Never, Some((action, When::Never)), None)
            }
            Op::GetHarnessEndpoint => needs(When::Always, None, None),
            Op::UpdateHarnessEndpoint => {
                let action = "bedrock-agentcore:UpdateAgentRuntimeEndpoint";
                needs(When::Always, Some((action, When::Both)), None)
            }
            Op::DeleteHarnessEndpoint => {
                let action = "bedrock-agentcore:DeleteAgentRuntimeEndpoint";
                needs(When::Always, Some((action, When::Both)), None)
            }
        }
    }
}

fn action(operation: HarnessOperation) -> &'static str {
    action_of!(operation, HarnessOperation:
        CreateHarness GetHarness UpdateHarness DeleteHarness ListHarnesses ListHarnessVersions InvokeHarness
        InvokeAgentRuntimeCommand InvokeAgentRuntimeCommandShell CreateHarnessEndpoint GetHarnessEndpoint
        UpdateHarnessEndpoint DeleteHarnessEndpoint ListHarnessEndpoints)
}
