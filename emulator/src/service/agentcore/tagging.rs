//! Tags of resources that are there: reading, adding and removing them. The model has no requests for these; each asks for
//! its action on the resource.

use serde_json::{Map, Value, json};
use veriam_evaluator::{On, Operation, Passes};
use veriam_model::{HarnessEndpoint, ProviderKind, RuntimeEndpoint, Tags, ToolKind, World};

use super::data::{own, tags};
use super::identities::word;
use super::{Route, body, may, signed};
use crate::service::{Asked, Core};
use crate::state::DEFAULT;
use crate::wire::{Answer, Fault};

/// Whether it is an operation of this module.
pub(super) fn serves(name: &str) -> bool {
    matches!(
        name,
        "TagResource" | "UntagResource" | "ListTagsForResource"
    )
}

/// Answers: whether the caller may, for a resource that is there, then what becomes of it.
pub(super) fn answer(core: &Core, asked: &Asked<'_>, route: &Route) -> Result<Answer, Fault> {
    let caller = signed(core, asked)?;
    let body = body(asked, route.name)?;
    let arn = route.var("resourceArn");
    let passed = tags(&body, "tags")?;
    let keys = asked.query_values("tagKeys");
    let mut named = Tags::new();
    for key in &keys {
        add(&mut named, key, "")?;
    }
    // The world is asked as one to be changed, so that reading and changing find the same place.
    let mut copy = core.read().world().clone();
    let held = place(&mut copy, arn).cloned().ok_or_else(|| gone(arn))?;
    let asks = Operation {
        action: &format!("bedrock-agentcore:{}", route.name),
        on: &[On {
            arn,
            account: arn.split(':').nth(4).unwrap_or_default(),
            tags: &held,
        }],
        passes: match route.name {
            "UntagResource" => Passes::Keys(&named),
            _ => Passes::Tags(&passed),
        },
    };
    may(core, asked, &caller, &asks)?;
    if route.name == "ListTagsForResource" {
        let pairs = held
            .iter()
            .map(|(key, value)| (key.to_owned(), json!(value)));
        let shown: Map<String, Value> = pairs.collect();
        return Ok(Answer::json(200, &json!({"tags": shown})));
    }
    let mut state = core.write();
    let held = place(state.change(), arn).ok_or_else(|| gone(arn))?;
    // What is passed takes the place of what has its key.
    let goes = |key: &str| {
        let passed = passed.iter().map(|(key, _)| key);
        let mut all = passed.chain(keys.iter().map(String::as_str));
        all.any(|other| other.eq_ignore_ascii_case(key))
    };
    let mut kept = Tags::new();
    let stays = held.iter().filter(|(key, _)| !goes(key));
    for (key, value) in stays.chain(passed.iter()) {
        add(&mut kept, key, value)?;
    }
    *held = kept;
    Ok(Answer::empty(204))
}

/// Where the tags of a resource of AgentCore stand, if it is there and can have some.
fn place<'w>(world: &'w mut World, arn: &str) -> Option<&'w mut Tags> {
    let account = arn.split(':').nth(4)?.to_owned();
    let rest = |kind: &str| own(world, arn, kind).map(|(_, rest)| rest.to_owned());
    if let Some(rest) = rest("runtime/") {
        let (id, endpoint) = split(&rest, "/runtime-endpoint/");
        let mut runtimes = world.runtimes.iter_mut();
        let runtime = runtimes.find(|r| r.account == account && r.id == id)?;
        let Some(name) = endpoint else {
            return Some(&mut runtime.tags);
        };
        // `DEFAULT` is there without being listed; with tags it has to be.
        if name == DEFAULT && !runtime.endpoints.iter().any(|e| e.name == name) {
            runtime.endpoints.push(RuntimeEndpoint {
                name: name.to_owned(),
                authorizer: None,
                tags: Tags::new(),
                policy: None,
            });
        }
        let mut endpoints = runtime.endpoints.iter_mut();
        return endpoints.find(|e| e.name == name).map(|e| &mut e.tags);
    }
    if let Some(rest) = rest("harness/") {
        let (id, endpoint) = split(&rest, "/harness-endpoint/");
        let mut harnesses = world.harnesses.iter_mut();
        let harness = harnesses.find(|h| h.account == account && h.id == id)?;
        let Some(name) = endpoint else {
            return Some(&mut harness.tags);
        };
        if name == DEFAULT && !harness.endpoints.iter().any(|e| e.name == name) {
            harness.endpoints.push(HarnessEndpoint {
                name: name.to_owned(),
                tags: Tags::new(),
            });
        }
        let mut endpoints = harness.endpoints.iter_mut();
        return endpoints.find(|e| e.name == name).map(|e| &mut e.tags);
    }
    if let Some(id) = rest("gateway/") {
        let mut gateways = world.gateways.iter_mut();
        let found = gateways.find(|g| g.account == account && g.id == id);
        return found.map(|gateway| &mut gateway.tags);
    }
    if let Some(id) = rest("memory/") {
        let mut memories = world.memories.iter_mut();
        let found = memories.find(|m| m.account == account && m.id == id);
        return found.map(|memory| &mut memory.tags);
    }
    for (word, kind) in [
        ("browser-custom/", ToolKind::Browser),
        ("code-interpreter-custom/", ToolKind::CodeInterpreter),
    ] {
        if let Some(id) = rest(word) {
            let mut tools = world.tools.iter_mut();
            let found = tools.find(|t| t.account == account && t.kind == kind && t.id == id);
            return found.map(|tool| &mut tool.tags);
        }
    }
    if let Some(name) = rest("workload-identity-directory/default/workload-identity/") {
        let mut workloads = world.workload_identities.iter_mut();
        let found = workloads.find(|w| w.account == account && w.name == name);
        return found.map(|workload| &mut workload.tags);
    }
    for kind in [
        ProviderKind::ApiKey,
        ProviderKind::Oauth2,
        ProviderKind::Payment,
    ] {
        if let Some(name) = rest(&format!("token-vault/default/{}/", word(kind))) {
            let mut providers = world.providers.iter_mut();
            let found =
                providers.find(|p| p.account == account && p.kind == kind && p.name == name);
            return found.map(|provider| &mut provider.tags);
        }
    }
    None
}

/// An id, and the endpoint that stands behind it.
fn split<'r>(rest: &'r str, between: &str) -> (&'r str, Option<&'r str>) {
    let both = rest.split_once(between);
    both.map_or((rest, None), |(id, endpoint)| (id, Some(endpoint)))
}

fn add(tags: &mut Tags, key: &str, value: &str) -> Result<(), Fault> {
    let added = tags.insert(key, value);
    added.map_err(|error| Fault::new(400, "ValidationException", error.to_string()))
}

fn gone(arn: &str) -> Fault {
    let message = format!("Resource not found, or without tags here: {arn}");
    Fault::new(404, "ResourceNotFoundException", message)
}
