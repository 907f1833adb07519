//! Mistakes that policies for agents are known to hold, recognized where one decides a call.

use serde_json::Value;
use veriam_model::{Check, Verb};
use veriam_oracle::{
    CallerKind, Derivation, Element, ElementTrace, Family, KeyState, PolicyTrace, StatementTrace,
};

/// A mistake in a statement that decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trap {
    /// A runtime or harness is named without its endpoint, or the other way round.
    HalfNamed,
    /// `/endpoint/` for `/runtime-endpoint/` or `/harness-endpoint/` (AC-011).
    EndpointWord,
    /// The action for users is not allowed beside the other (AC-098).
    ForUser,
    /// A statement about plain invocations, and a WebSocket that is asked for (AC-050).
    WebSocket,
    /// The id that something had before it was made anew (AC-261).
    StaleId,
    /// The type of a credential provider as a page of the guide has it (AC-248).
    ProviderWord,
    /// The prefix `bedrock:` (AC-046).
    Prefix,
    /// An ARN without region: two colons in a row.
    DoubleColon,
    /// A negated test of a key that callers without IAM principal do not have (AC-115).
    NegatedPrincipal,
    /// `Bool` where the key is absent and `BoolIfExists` would have answered.
    BoolAbsent,
    /// A test of `namespace` where the request carries `namespacePath`, or the other way round (AC-239).
    OtherNamespace,
}

impl Trap {
    /// Every trap, in declaration order.
    pub const ALL: [Trap; 11] = [
        Trap::HalfNamed,
        Trap::EndpointWord,
        Trap::ForUser,
        Trap::WebSocket,
        Trap::StaleId,
        Trap::ProviderWord,
        Trap::Prefix,
        Trap::DoubleColon,
        Trap::NegatedPrincipal,
        Trap::BoolAbsent,
        Trap::OtherNamespace,
    ];

    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Trap::HalfNamed => "resource without its endpoint",
            Trap::EndpointWord => "/endpoint/ for /runtime-endpoint/",
            Trap::ForUser => "ForUser withheld",
            Trap::WebSocket => "WebSocket beside InvokeAgentRuntime",
            Trap::StaleId => "stale id",
            Trap::ProviderWord => "misspelt provider",
            Trap::Prefix => "prefix bedrock:",
            Trap::DoubleColon => "ARN without region",
            Trap::NegatedPrincipal => "negated principal key, caller without principal",
            Trap::BoolAbsent => "Bool of an absent key",
            Trap::OtherNamespace => "namespace for namespacePath",
        }
    }
}

/// The traps among the elements on which a decision turns.
pub(super) fn traps(
    check: &Check,
    derivation: &Derivation,
    policy: &PolicyTrace,
    statement: &StatementTrace,
    elements: &[&ElementTrace],
) -> Vec<Trap> {
    let mut found = Vec::new();
    for element in elements {
        match element.element {
            Element::Condition => found.extend(in_test(check, derivation, element)),
            Element::Action if !element.holds => {
                let named = texts(check, policy, statement, "Action");
                found.extend(in_action(check, statement, &named));
            }
            Element::Resource if !element.holds => {
                let named = texts(check, policy, statement, "Resource");
                found.extend(in_resource(&check.resource.arn, &named));
            }
            _ => {}
        }
    }
    found
}

fn in_test(check: &Check, derivation: &Derivation, element: &ElementTrace) -> Option<Trap> {
    let test = element.condition.as_ref()?;
    if test.state != KeyState::Absent {
        return None;
    }
    let key = test.key.to_ascii_lowercase();
    if let Some(other) = other_namespace(&key)
        && test.operator.family() == Family::String
        && check
            .context
            .entries()
            .iter()
            .any(|(name, _)| name == other)
    {
        return Some(Trap::OtherNamespace);
    }
    if test.if_exists {
        return None;
    }
    let bare = matches!(
        derivation.caller,
        CallerKind::Jwt | CallerKind::Anonymous | CallerKind::ServicePrincipal
    );
    let negated = test.operator.to_string().contains("Not");
    match test.operator.family() {
        Family::Bool => Some(Trap::BoolAbsent),
        _ if bare && negated && key.starts_with("aws:principal") => Some(Trap::NegatedPrincipal),
        _ => None,
    }
}

/// Of the two keys of namespaces, in small letters, the other one.
fn other_namespace(key: &str) -> Option<&'static str> {
    match key {
        "bedrock-agentcore:namespace" => Some("bedrock-agentcore:namespacePath"),
        "bedrock-agentcore:namespacepath" => Some("bedrock-agentcore:namespace"),
        _ => None,
    }
}

fn in_action(check: &Check, statement: &StatementTrace, named: &[String]) -> Option<Trap> {
    let action = &check.action;
    if named.iter().any(|name| name.starts_with("bedrock:")) {
        return Some(Trap::Prefix);
    }
    if action.ends_with("ForUser") && statement.effect == Verb::Allow {
        return Some(Trap::ForUser);
    }
    let plain = |name: &String| name.ends_with(":InvokeAgentRuntime");
    (action.contains("WebSocketStream") && named.iter().any(plain)).then_some(Trap::WebSocket)
}

fn in_resource(asked: &str, named: &[String]) -> Vec<Trap> {
    let any = |test: &dyn Fn(&str) -> bool| named.iter().any(|name| test(name));
    let base = ["/runtime-endpoint/", "/harness-endpoint/"]
        .iter()
        .find_map(|word| asked.split_once(word))
        .map(|(base, _)| base);
    let half = match base {
        Some(base) => any(&|name| name == base),
        None => any(&|name| {
            let rest = name.strip_prefix(asked);
            rest.is_some_and(|rest| rest.starts_with('/'))
        }),
    };
    let provider =
        |name: &str| name.contains("/api-key/") || name.contains("-credential-provider/");
    // What stands behind the last hyphen of an id is what AWS adds to a name.
    let kept = asked
        .split_once("-endpoint/")
        .map_or(asked, |(start, _)| start);
    let kept = kept.rsplit_once('-').map_or(kept, |(name, _)| name);
    let stale = |name: &str| {
        let rest = name.strip_prefix(kept);
        rest.is_some_and(|rest| rest.starts_with('-') && !asked.ends_with(rest))
    };
    let candidates = [
        (Trap::HalfNamed, half),
        (Trap::EndpointWord, any(&|name| name.contains("/endpoint/"))),
        (Trap::StaleId, any(&stale) && !half),
        (Trap::ProviderWord, any(&provider)),
        (
            Trap::DoubleColon,
            any(&|name| name.contains(":bedrock-agentcore::")),
        ),
    ];
    let there = candidates.into_iter().filter(|(_, there)| *there);
    there.map(|(trap, _)| trap).collect()
}

/// What the element of the statement lists.
fn texts(
    check: &Check,
    policy: &PolicyTrace,
    statement: &StatementTrace,
    element: &str,
) -> Vec<String> {
    let text = check.policies().find(|(slot, _)| *slot == policy.slot);
    let document = text.and_then(|(_, text)| serde_json::from_str::<Value>(text.as_str()).ok());
    let Some(mut document) = document else {
        return Vec::new();
    };
    let mut own = match document["Statement"].take() {
        Value::Array(mut list) if statement.index < list.len() => list.swap_remove(statement.index),
        Value::Array(_) => return Vec::new(),
        one => one,
    };
    match own[element].take() {
        Value::String(text) => vec![text],
        Value::Array(list) => {
            let texts = list.into_iter();
            texts
                .filter_map(|text| text.as_str().map(str::to_owned))
                .collect()
        }
        _ => Vec::new(),
    }
}
