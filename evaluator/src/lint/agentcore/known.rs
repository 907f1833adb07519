//! What lint knows of AgentCore: the tables of the facts, made ready, and where the documentation goes beyond them.

use std::sync::LazyLock;

use veriam_model::facts::agentcore::{
    self as facts, Action, Owner, PolicyHolder, ResourceType, ServiceKey,
};

use super::language::Language;
use super::statement::language;

/// Some of the resource types, one bit each, in the order of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Types(u64);

impl Types {
    pub(super) const NONE: Types = Types(0);
    pub(super) const ALL: Types = Types(u64::MAX);

    pub(super) fn named(names: &[&str]) -> Self {
        let places = resource_types().iter().enumerate();
        places
            .filter(|(_, t)| names.contains(&t.facts.name.as_str()))
            .fold(Types::NONE, |types, (place, _)| types.and(Types::at(place)))
    }

    fn at(place: usize) -> Self {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        Types(1u64.checked_shl(place).unwrap_or_default())
    }

    pub(super) fn and(self, other: Types) -> Types {
        Types(self.0 | other.0)
    }

    pub(super) fn without(self, other: Types) -> Types {
        Types(self.0 & !other.0)
    }

    pub(super) fn meets(self, other: Types) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn each(self) -> impl Iterator<Item = &'static Type> {
        let places = resource_types().iter().enumerate();
        places.filter_map(move |(place, t)| self.meets(Types::at(place)).then_some(t))
    }

    /// The names for people: `a`, `a or b`, `a, b or c`.
    pub(super) fn names(self, last: &str) -> String {
        joined(self.each().map(|t| t.facts.name.as_str()), last)
    }
}

/// Names for people, in backquotes, with a word before the last.
pub(super) fn joined<'n>(names: impl Iterator<Item = &'n str>, last: &str) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((one, [])) => one.clone(),
        Some((end, before)) => format!("{} {last} {end}", before.join(", ")),
        None => String::new(),
    }
}

/// A type of resource.
#[derive(Debug)]
pub(super) struct Type {
    pub(super) facts: &'static ResourceType,
    /// What stands before the first id.
    head: &'static str,
    /// What may stand behind the account, ids aside.
    path: Language,
    /// The same with what the API accepts as ids.
    id: Language,
}

impl Type {
    /// Whether it can with ids that the API gives.
    pub(super) fn is_id(&self, rest: &Language) -> bool {
        self.id.meets(rest)
    }

    /// Whether resources of the type belong to the account in their ARN.
    pub(super) fn is_customers(&self) -> bool {
        self.facts.account == Owner::Customer
    }
}

/// The types of which a part behind the account can name resources, whatever the ids.
pub(super) fn types_of(rest: &str, has_variables: bool) -> Types {
    // Most parts begin with a type in full: the patterns of others need not be looked at.
    let head = rest.split(['*', '?', '$']).next().unwrap_or_default();
    let language = language(rest, has_variables);
    let places = resource_types().iter().enumerate();
    let met = places.filter(|(_, t)| {
        (head.starts_with(t.head) || t.head.starts_with(head)) && t.path.meets(&language)
    });
    met.fold(Types::NONE, |types, (place, _)| types.and(Types::at(place)))
}

pub(super) fn resource_types() -> &'static [Type] {
    static TYPES: LazyLock<Vec<Type>> = LazyLock::new(|| {
        let types = facts::resource_types().iter();
        types
            .map(|facts| {
                let path = expression_of(&facts.path);
                let id = facts.id.as_deref().unwrap_or(&path);
                let compiled =
                    |text: &str| Language::of_expression(text).unwrap_or_else(Language::everything);
                Type {
                    facts,
                    head: facts.path.split('<').next().unwrap_or_default(),
                    path: compiled(&path),
                    id: compiled(id),
                }
            })
            .collect()
    });
    &TYPES
}

/// A path like `memory/<MemoryId>` as a regular expression.
fn expression_of(path: &str) -> String {
    let mut expression = String::new();
    let mut is_name = false;
    for c in path.chars() {
        match c {
            '<' => {
                is_name = true;
                expression.push_str("[^/]+");
            }
            '>' => is_name = false,
            _ if is_name => {}
            '.' => expression.push_str("\\."),
            _ => expression.push(c),
        }
    }
    expression
}

/// An action as lint sees it.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) name: &'static str,
    /// What a statement can name so that it applies; empty: only `*`.
    pub(super) accepts: Types,
    /// The types it is asked about together, each for itself.
    pub(super) needs: Types,
    /// Whose resource-based policies may name it.
    pub(super) policy: Option<PolicyHolder>,
    /// Whether nothing certain is known about it but its name.
    pub(super) is_vague: bool,
    /// The facts, if it is in their table.
    facts: Option<&'static Action>,
}

/// Actions that the guide or CloudFormation name and no table (AC-059, AC-045).
const BEYOND: &[&str] = &[
    "GetRuntimeProtectedResourceMetadata",
    "UpdateMemoryRecordExpirySpecification",
];

/// The six actions that invoke a runtime, the one that all know first (AC-110).
pub(super) const INVOKE: [&str; 6] = [
    "InvokeAgentRuntime",
    "InvokeAgentRuntimeCommand",
    "InvokeAgentRuntimeCommandShell",
    "InvokeAgentRuntimeForUser",
    "InvokeAgentRuntimeWithWebSocketStream",
    "InvokeAgentRuntimeWithWebSocketStreamForUser",
];

/// The other actions on a running runtime (AC-048).
pub(super) const AROUND: [&str; 2] = ["GetAgentCard", "StopRuntimeSession"];

/// Tools of which one is addressed where the reference stars both types (AC-056).
pub(super) const TOOLS: [&str; 4] = [
    "browser",
    "browser-custom",
    "code-interpreter",
    "code-interpreter-custom",
];

/// Every action, in the order of the facts.
pub(super) fn actions() -> &'static [Known] {
    static ACTIONS: LazyLock<Vec<Known>> = LazyLock::new(|| {
        let beyond = BEYOND.iter().map(|name| Known {
            name,
            accepts: Types::NONE,
            needs: Types::NONE,
            policy: None,
            is_vague: true,
            facts: None,
        });
        facts::actions().iter().map(known).chain(beyond).collect()
    });
    &ACTIONS
}

fn known(action: &'static Action) -> Known {
    let named = |required: bool| {
        let on = action.on.iter().filter(|on| on.required || !required);
        let names: Vec<&str> = on.map(|on| on.name.as_str()).collect();
        Types::named(&names)
    };
    // One of a pair of tools is addressed, and a default endpoint of a harness needs none (AC-190).
    let alone = Types::named(&TOOLS).and(Types::named(&["harness", "harness-endpoint"]));
    Known {
        name: &action.name,
        accepts: named(false).and(beyond_reference(&action.name)),
        needs: named(true).without(alone),
        policy: action.policy,
        is_vague: !action.listed,
        facts: Some(action),
    }
}

/// Types that a statement may name though the reference does not say so.
fn beyond_reference(action: &str) -> Types {
    match action {
        // AC-057, C19: AWS's own examples name the browser.
        "ConnectBrowserAutomationStream" | "ConnectBrowserLiveViewStream" => {
            Types::named(&["browser", "browser-custom"])
        }
        // AC-053: the guide's sample names the gateway.
        "ManageAdminPolicy" => Types::named(&["gateway"]),
        // AC-033: the list is older than policies of memories.
        "PutResourcePolicy" | "GetResourcePolicy" | "DeleteResourcePolicy" => {
            Types::named(&["memory"])
        }
        // The list of what takes tags is older than some types that do (AC-061).
        "TagResource" | "UntagResource" | "ListTagsForResource" => {
            let all = Types::ALL.each().filter(|t| t.facts.tags);
            let names: Vec<&str> = all.map(|t| t.facts.name.as_str()).collect();
            Types::named(&names)
        }
        // AC-186, AC-188: what a harness needs of its runtime and memory is asked about the harness.
        "InvokeAgentRuntime"
        | "InvokeAgentRuntimeCommand"
        | "InvokeAgentRuntimeCommandShell"
        | "CreateAgentRuntime"
        | "UpdateAgentRuntime"
        | "DeleteAgentRuntime"
        | "CreateMemory"
        | "UpdateMemory"
        | "DeleteMemory"
        | "CreateAgentRuntimeEndpoint"
        | "UpdateAgentRuntimeEndpoint"
        | "DeleteAgentRuntimeEndpoint" => Types::named(&["harness", "harness-endpoint"]),
        _ => Types::NONE,
    }
}

/// Whether a condition key is a known one, letter case ignored; a known one that ends in `/` stands for all that begin so.
pub(crate) fn is_key(known: &str, key: &str) -> bool {
    if !known.ends_with('/') {
        return known.eq_ignore_ascii_case(key);
    }
    let start = key.get(..known.len());
    key.len() > known.len() && start.is_some_and(|start| start.eq_ignore_ascii_case(known))
}

/// The service's key of that name.
pub(in crate::lint) fn service_key(name: &str) -> Option<&'static ServiceKey> {
    facts::service_keys().iter().find(|k| is_key(&k.name, name))
}

impl Known {
    /// Whether requests for it can carry a condition key; the key's own letter case does not count.
    pub(super) fn carries(&self, key: &str) -> bool {
        let is = |known: &str| is_key(known, key);
        let attached = || {
            let facts = self.facts.iter();
            facts.flat_map(|action| &action.keys).any(|k| is(k))
        };
        // AC-211: the guide names operations the reference does not attach the key to.
        let named = || {
            let keys = facts::service_keys().iter().filter(|k| is(&k.name));
            keys.flat_map(|k| &k.on).any(|on| on == self.name)
        };
        // AC-236: the API documents the parameter as made for this condition.
        let of_record = || {
            matches!(self.name, "GetMemoryRecord" | "DeleteMemoryRecord")
                && is("bedrock-agentcore:namespace")
        };
        self.is_vague || attached() || named() || of_record()
    }
}

/// Some of the actions, by their place in [`actions`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Actions([u64; 5]);

impl Actions {
    pub(super) const NONE: Actions = Actions([0; 5]);
    pub(super) const ALL: Actions = Actions([u64::MAX; 5]);

    pub(super) fn where_(holds: impl Fn(&Known) -> bool) -> Self {
        let mut set = Actions::NONE;
        for (place, action) in actions().iter().enumerate() {
            if holds(action) {
                let (word, bit) = (place >> 6, place & 63);
                if let Some(word) = set.0.get_mut(word) {
                    *word |= 1u64.checked_shl(bit as u32).unwrap_or_default();
                }
            }
        }
        set
    }

    pub(super) fn named(names: &[&str]) -> Self {
        Self::where_(|action| names.contains(&action.name))
    }

    fn zip(self, other: Self, each: impl Fn(u64, u64) -> u64) -> Self {
        let mut set = self;
        for (word, other) in set.0.iter_mut().zip(other.0) {
            *word = each(*word, other);
        }
        set
    }

    pub(super) fn and(self, other: Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    pub(super) fn without(self, other: Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    pub(super) fn both(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.both(other) != Actions::NONE
    }

    pub(super) fn each(self) -> impl Iterator<Item = &'static Known> {
        actions()
            .iter()
            .enumerate()
            .filter_map(move |(place, action)| {
                let word = self.0.get(place >> 6)?;
                let bit = word.checked_shr((place & 63) as u32)? & 1;
                (bit == 1).then_some(action)
            })
    }

    pub(super) fn names(self, last: &str) -> String {
        joined(self.each().map(|action| action.name), last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_and_action_has_a_bit_and_every_expression_is_read() {
        assert!(resource_types().len() <= 64);
        assert!(actions().len() <= 320);
        assert_eq!(Types::ALL.each().count(), resource_types().len());
        assert_eq!(Actions::ALL.each().count(), actions().len());
        for t in resource_types() {
            let id = t.facts.id.as_deref().unwrap_or_default();
            assert!(Language::of_expression(id).is_some(), "{id}");
            let path = Language::of_expression(&expression_of(&t.facts.path)).unwrap();
            assert!(path.meets(&t.id), "{}", t.facts.name);
        }
        assert_eq!(Types::named(&["runtime", "memory"]).each().count(), 2);
        assert_eq!(
            Actions::named(&INVOKE)
                .names("and")
                .matches("Invoke")
                .count(),
            6
        );
    }

    #[test]
    fn keys_are_carried_as_reference_and_guide_say() {
        let carries = |action: &str, key: &str| {
            let known = actions().iter().find(|a| a.name == action).unwrap();
            known.carries(key)
        };
        assert!(carries("CreateEvent", "BEDROCK-agentcore:ACTORID"));
        assert!(!carries("ListActors", "bedrock-agentcore:actorId"));
        assert!(carries(
            "CreateEvent",
            "bedrock-agentcore:namespaceVariable/x"
        ));
        assert!(carries(
            "UpdateGateway",
            "bedrock-agentcore:PolicyEngineMode"
        ));
        assert!(carries("GetMemoryRecord", "bedrock-agentcore:namespace"));
        assert!(carries("CreateMemory", "aws:RequestTag/team"));
        assert!(!carries("InvokeAgentRuntime", "aws:RequestTag/team"));
        assert!(carries("IngestData", "bedrock-agentcore:namespace"));
    }
}
