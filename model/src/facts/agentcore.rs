//! Amazon Bedrock AgentCore: its actions, resource types and condition keys, as AWS publishes them.
//!
//! The words stand in `model/facts/*.toml`, with source and date; this file holds them as types. What a call needs,
//! which resource it reaches and what follows is the judges' business.

use std::sync::LazyLock;

use serde::Deserialize;

/// The prefix of every action (AC-025).
pub const SERVICE: &str = "bedrock-agentcore";

/// An action a policy can name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// The name without the prefix, for example `InvokeAgentRuntime`.
    pub name: String,
    /// Its access level.
    pub level: AccessLevel,
    /// The resource types it is checked on; none: only a statement on `*` names it (AC-057 has exceptions).
    pub on: Vec<OnResource>,
    /// The condition keys the reference attaches to it; one that ends in `/` stands for all that begin so.
    #[serde(default)]
    pub keys: Vec<String>,
    /// The operation of the same name; none: a permission without one (AC-058).
    #[serde(deserialize_with = "binding")]
    pub api: Option<Binding>,
    /// The kind of resource whose resource-based policies may name it (AC-041).
    #[serde(default)]
    pub policy: Option<PolicyHolder>,
    /// Whether the service authorization reference knows it.
    #[serde(default = "yes")]
    pub listed: bool,
}

/// The access level of an action, as the reference classifies it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessLevel {
    /// Read.
    Read,
    /// List.
    List,
    /// Write.
    Write,
    /// Permissions management.
    Permissions,
    /// Tagging.
    Tagging,
    /// The reference does not list the action.
    Unknown,
}

/// A resource type of an action.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(from = "String")]
pub struct OnResource {
    /// The type's name: [`ResourceType::name`].
    pub name: String,
    /// Whether the reference marks it as required.
    pub required: bool,
}

impl From<String> for OnResource {
    fn from(text: String) -> Self {
        match text.strip_suffix('*') {
            Some(name) => Self {
                name: name.to_owned(),
                required: true,
            },
            None => Self {
                name: text,
                required: false,
            },
        }
    }
}

/// How the operation of an action is called over HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Binding {
    /// The plane whose host serves it.
    pub plane: Plane,
    /// The HTTP method.
    pub method: String,
    /// The path, with its members in braces: `/memories/{memoryId}/events`.
    pub path: String,
}

/// The two planes of the service (AC-025).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Plane {
    /// `bedrock-agentcore.<region>`
    Data,
    /// `bedrock-agentcore-control.<region>`
    Control,
}

/// What takes a resource-based policy (AC-001).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyHolder {
    /// A runtime, and each of its endpoints (AC-042).
    Runtime,
    /// A gateway.
    Gateway,
    /// A memory.
    Memory,
}

/// A type of resource.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceType {
    /// Its name in the reference, for example `runtime-endpoint`.
    pub name: String,
    /// Whose account its ARN carries.
    pub account: Owner,
    /// The part of its ARN behind the account; what stands in `<>` is an id or a name.
    pub path: String,
    /// Whether `aws:ResourceTag/…` can be tested on it (AC-061).
    pub tags: bool,
    /// What the API accepts behind the account, as a regular expression over the whole part.
    #[serde(default)]
    pub id: Option<String>,
}

/// Whose account an ARN carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The account that made the resource.
    Customer,
    /// The word `aws`, for tools that AWS owns (AC-015).
    Aws,
}

/// A condition key of the service, or a tag key that it takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceKey {
    /// The name; one that ends in `/` stands for every key that begins so.
    pub name: String,
    /// Whether it holds a list.
    #[serde(default)]
    pub many: bool,
    /// What it holds.
    pub means: String,
    /// How many actions of the reference list it.
    pub attached: usize,
    /// Operations the guide names it for, where the reference does not attach it (AC-211).
    #[serde(default)]
    pub on: Vec<String>,
    /// Where it is documented.
    #[serde(default)]
    pub source: KeySource,
}

/// Where a condition key is documented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeySource {
    /// In the service authorization reference.
    #[default]
    Reference,
    /// In the developer guide only (AC-237).
    Guide,
}

/// Most statements one resource-based policy may hold (AC-038).
pub const RESOURCE_POLICY_STATEMENTS: usize = 100;

/// Every action, in the order of their names.
#[must_use]
pub fn actions() -> &'static [Action] {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        action: Vec<Action>,
    }
    static ACTIONS: LazyLock<Vec<Action>> = LazyLock::new(|| {
        let file: File = read(include_str!("../../facts/actions.toml"));
        file.action
    });
    &ACTIONS
}

/// The action with that name, without prefix and with its letter case.
#[must_use]
pub fn action(name: &str) -> Option<&'static Action> {
    let actions = actions();
    let found = actions.binary_search_by(|action| action.name.as_str().cmp(name));
    found.ok().and_then(|at| actions.get(at))
}

/// Every resource type, in the order of their names.
#[must_use]
pub fn resource_types() -> &'static [ResourceType] {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        resource: Vec<ResourceType>,
    }
    static TYPES: LazyLock<Vec<ResourceType>> = LazyLock::new(|| {
        let file: File = read(include_str!("../../facts/resources.toml"));
        file.resource
    });
    &TYPES
}

/// Every condition key, in the order of their names.
#[must_use]
pub fn service_keys() -> &'static [ServiceKey] {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        key: Vec<ServiceKey>,
    }
    static KEYS: LazyLock<Vec<ServiceKey>> = LazyLock::new(|| {
        let file: File = read(include_str!("../../facts/keys.toml"));
        file.key
    });
    &KEYS
}

fn read<T: for<'de> Deserialize<'de>>(text: &str) -> T {
    toml::from_str(text).expect("the tables are part of the crate and read by its tests")
}

fn yes() -> bool {
    true
}

/// `none`, or plane, method and path with a space between them.
fn binding<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Binding>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text == "none" {
        return Ok(None);
    }
    let wrong = || serde::de::Error::custom(format!("{text:?} is no plane, method and path"));
    let mut words = text.split(' ');
    let (Some(plane), Some(method), Some(path), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(wrong());
    };
    let plane = match plane {
        "data" => Plane::Data,
        "control" => Plane::Control,
        _ => return Err(wrong()),
    };
    Ok(Some(Binding {
        plane,
        method: method.to_owned(),
        path: path.to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn is_sorted<'t>(names: impl Iterator<Item = &'t str>) -> bool {
        let names: Vec<_> = names.collect();
        names.windows(2).all(|pair| pair[0] < pair[1])
    }

    #[test]
    fn the_tables_are_in_order_and_hold_nothing_twice() {
        assert!(is_sorted(actions().iter().map(|a| a.name.as_str())));
        assert!(is_sorted(resource_types().iter().map(|r| r.name.as_str())));
        assert!(is_sorted(service_keys().iter().map(|k| k.name.as_str())));
    }

    #[test]
    fn there_are_as_many_as_the_reference_counts() {
        let listed = actions().iter().filter(|a| a.listed).count();
        assert_eq!(listed, 255, "actions of the reference (AC-049)");
        assert_eq!(actions().len() - listed, 14, "operations it lacks (AC-058)");
        let bare = actions().iter().filter(|a| a.api.is_none()).count();
        assert_eq!(bare, 19, "actions without operation (AC-058)");
        assert_eq!(resource_types().len(), 33);
        let keys = service_keys().iter();
        let reference = keys.filter(|k| k.source == KeySource::Reference).count();
        assert_eq!(reference, 33);
    }

    #[test]
    fn every_type_and_key_an_action_names_is_in_its_table() {
        for action in actions() {
            for on in &action.on {
                let known = resource_types().iter().any(|r| r.name == on.name);
                assert!(known, "{}: {}", action.name, on.name);
            }
            for key in &action.keys {
                let known = service_keys().iter().any(|k| k.name == *key);
                assert!(known, "{}: {key}", action.name);
            }
        }
        for key in service_keys() {
            for operation in &key.on {
                assert!(action(operation).is_some(), "{}: {operation}", key.name);
            }
        }
    }

    #[test]
    fn keys_are_attached_to_as_many_actions_as_the_table_of_keys_says() {
        for key in service_keys() {
            let attached = actions().iter().filter(|a| a.keys.contains(&key.name));
            assert_eq!(attached.count(), key.attached, "{}", key.name);
        }
    }

    #[test]
    fn resource_based_policies_may_name_eight_and_one_and_eighteen_actions() {
        let count = |holder| {
            let actions = actions().iter();
            actions.filter(|a| a.policy == Some(holder)).count()
        };
        assert_eq!(count(PolicyHolder::Runtime), 8);
        assert_eq!(count(PolicyHolder::Gateway), 1);
        assert_eq!(count(PolicyHolder::Memory), 18);
        for action in actions() {
            let Some(holder) = action.policy else {
                continue;
            };
            let needs: Vec<_> = action.on.iter().map(|on| on.name.as_str()).collect();
            let expected: &[&str] = match holder {
                // AC-050: both are required.
                PolicyHolder::Runtime => &["runtime", "runtime-endpoint"],
                PolicyHolder::Gateway => &["gateway"],
                PolicyHolder::Memory => &["memory"],
            };
            assert_eq!(needs, expected, "{}", action.name);
        }
    }

    #[test]
    fn no_two_operations_share_method_and_path_on_a_plane() {
        let mut seen = HashSet::new();
        for action in actions() {
            if let Some(api) = &action.api {
                assert!(api.path.starts_with('/'), "{}", action.name);
                assert!(seen.insert(api), "{}: {api:?}", action.name);
            }
        }
    }

    #[test]
    fn what_is_looked_up_is_found_with_its_letter_case() {
        assert_eq!(action("GetAgentCard").unwrap().level, AccessLevel::Read);
        assert!(action("getagentcard").is_none());
        assert!(action("InvokeAgent").is_none());
    }
}
