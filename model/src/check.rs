//! The check: one (principal, action, resource) question with every policy that counts and its context.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Decision, PolicySlot, PolicyText, RuleId};

/// The caller of a check.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Principal {
    /// ARN of an IAM user, account root, assumed-role session or federated-user session; a service
    /// principal's name; a federated provider's name or ARN; `anonymous`; or `jwt`.
    pub arn: String,
    /// Twelve-digit account id; `anonymous` for anonymous callers; null for services, providers and JWT callers.
    pub account: Option<String>,
}

/// The resource of a check.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// The resource's ARN, or `*` for an action without a resource type.
    pub arn: String,
    /// The account that owns it (S3 ARNs do not say); `aws` when AWS itself does.
    pub account: String,
}

/// Something about the parties of a check that no policy and no ARN says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// The caller belongs to the organization's management account.
    PrincipalInManagementAccount,
    /// The resource belongs to the organization's management account.
    ResourceInManagementAccount,
    /// The caller is a session of a service-linked role.
    ServiceLinkedRole,
}

/// Context keys and their values, in the order given.
///
/// A key that is missing is absent; a key with an empty list is present and empty. No two keys are equal
/// when ASCII case is ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Context {
    entries: Vec<(String, Vec<String>)>,
}

/// The context already holds the key, perhaps in other letter case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateKey(
    /// The key as it was given the second time.
    pub String,
);

impl fmt::Display for DuplicateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "context key `{}` is given twice (letter case does not count); keep one",
            self.0
        )
    }
}

impl std::error::Error for DuplicateKey {}

impl Context {
    /// A context without keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key.
    ///
    /// # Errors
    /// [`DuplicateKey`] if the key is there already, ASCII case ignored; the context is unchanged.
    pub fn insert(
        &mut self,
        name: impl Into<String>,
        values: Vec<String>,
    ) -> Result<(), DuplicateKey> {
        let name = name.into();
        if self
            .entries
            .iter()
            .any(|(n, _)| n.eq_ignore_ascii_case(&name))
        {
            return Err(DuplicateKey(name));
        }
        self.entries.push((name, values));
        Ok(())
    }

    /// The keys and their values, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.entries.iter().map(|(n, v)| (n.as_str(), v.as_slice()))
    }

    /// The entries as one slice.
    #[must_use]
    pub fn entries(&self) -> &[(String, Vec<String>)] {
        &self.entries
    }

    /// Removes the `index`-th entry, counted from 0. Panics if there is none.
    pub fn remove(&mut self, index: usize) -> (String, Vec<String>) {
        self.entries.remove(index)
    }

    /// How many keys are present.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no key is present.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.entries.len()))?;
        for (name, values) in &self.entries {
            map.serialize_entry(name, values)?;
        }
        map.end()
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Context {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Context".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "object",
            "description": "Keys and their values; no two keys equal when ASCII case is ignored",
            "additionalProperties": { "type": "array", "items": { "type": "string" } }
        })
    }
}

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Context;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object from context key to list of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Context, A::Error> {
                let mut context = Context::new();
                while let Some((name, values)) = map.next_entry::<String, Vec<String>>()? {
                    context
                        .insert(name, values)
                        .map_err(serde::de::Error::custom)?;
                }
                Ok(context)
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

/// One question to a judge, with everything that counts for the answer.
///
/// `scps` and `rcps` are lists of levels from the organization's root down to the account, each a list of
/// policies; an empty list of levels means that none apply. Nothing is added implicitly: a judge derives no
/// context key from the caller.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Check {
    /// A name for people and for matching answers to questions.
    pub id: Option<String>,
    /// Identity-based policies of the caller: one pool.
    pub identity_policies: Vec<PolicyText>,
    /// The resource's own policy (trust policy of a role, key policy of a KMS key).
    pub resource_policy: Option<PolicyText>,
    /// The caller's permissions boundary.
    pub boundary: Option<PolicyText>,
    /// The caller's session policy.
    pub session_policy: Option<PolicyText>,
    /// Service control policies of the caller's account.
    pub scps: Vec<Vec<PolicyText>>,
    /// Resource control policies of the resource's account.
    pub rcps: Vec<Vec<PolicyText>>,
    /// Policy of the VPC endpoint the request came through.
    pub endpoint_policy: Option<PolicyText>,
    /// The caller.
    pub principal: Principal,
    /// The resource.
    pub resource: Resource,
    /// `service:Name`.
    pub action: String,
    /// The request context.
    pub context: Context,
    /// What else is known about the parties.
    pub facts: Vec<Fact>,
}

impl Check {
    /// A check without any policy, context or fact.
    #[must_use]
    pub fn new(principal: Principal, action: impl Into<String>, resource: Resource) -> Self {
        Self {
            id: None,
            identity_policies: Vec::new(),
            resource_policy: None,
            boundary: None,
            session_policy: None,
            scps: Vec::new(),
            rcps: Vec::new(),
            endpoint_policy: None,
            principal,
            resource,
            action: action.into(),
            context: Context::new(),
            facts: Vec::new(),
        }
    }

    /// Reads one wire line.
    ///
    /// # Errors
    /// [`WireError`] when the line is not a check: malformed JSON, a missing, repeated, unknown or mistyped member.
    /// Faults inside a policy are no wire errors; they are the judge's business.
    pub fn from_json(line: &str) -> Result<Self, WireError> {
        Row::from_json(line).map(|row| row.check)
    }

    /// The check as one wire line, without the line feed; policies are written as strings.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Every policy with its place, in the order in which an invalid one is reported: identity policies,
    /// resource policy, boundary, session policy, SCPs, RCPs, endpoint policy.
    pub fn policies(&self) -> impl Iterator<Item = (PolicySlot, &PolicyText)> {
        let identity = self.identity_policies.iter().enumerate();
        identity
            .map(|(i, policy)| (PolicySlot::Identity(i), policy))
            .chain(one(PolicySlot::Resource, &self.resource_policy))
            .chain(one(PolicySlot::Boundary, &self.boundary))
            .chain(one(PolicySlot::Session, &self.session_policy))
            .chain(levels(PolicySlot::Scp, &self.scps))
            .chain(levels(PolicySlot::Rcp, &self.rcps))
            .chain(one(PolicySlot::Endpoint, &self.endpoint_policy))
    }
}

fn one(
    slot: PolicySlot,
    policy: &Option<PolicyText>,
) -> impl Iterator<Item = (PolicySlot, &PolicyText)> {
    policy.iter().map(move |p| (slot, p))
}

fn levels(
    slot: fn(usize, usize) -> PolicySlot,
    levels: &[Vec<PolicyText>],
) -> impl Iterator<Item = (PolicySlot, &PolicyText)> {
    levels.iter().enumerate().flat_map(move |(l, level)| {
        let policies = level.iter().enumerate();
        policies.map(move |(i, policy)| (slot(l, i), policy))
    })
}

/// A check together with what is documented about it: one line of a vector file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The question.
    pub check: Check,
    /// The documented outcome.
    pub expected: Option<Decision>,
    /// The rule the row shows.
    pub rule: Option<RuleId>,
    /// The page it comes from.
    pub source: Option<String>,
    /// What it shows.
    pub note: Option<String>,
}

impl Row {
    /// Reads one line of a vector file.
    ///
    /// # Errors
    /// As [`Check::from_json`].
    pub fn from_json(line: &str) -> Result<Self, WireError> {
        let wire: WireRow =
            serde_json::from_str(line).map_err(|error| WireError::new("a check", &error))?;
        Ok(Row {
            check: Check {
                id: wire.id,
                identity_policies: wire.identity_policies,
                resource_policy: wire.resource_policy,
                boundary: wire.boundary,
                session_policy: wire.session_policy,
                scps: wire.scps,
                rcps: wire.rcps,
                endpoint_policy: wire.endpoint_policy,
                principal: wire.principal,
                resource: wire.resource,
                action: wire.action,
                context: wire.context,
                facts: wire.facts,
            },
            expected: wire.expected,
            rule: wire.rule,
            source: wire.source,
            note: wire.note,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireRow {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    identity_policies: Vec<PolicyText>,
    #[serde(default)]
    resource_policy: Option<PolicyText>,
    #[serde(default)]
    boundary: Option<PolicyText>,
    #[serde(default)]
    session_policy: Option<PolicyText>,
    #[serde(default)]
    endpoint_policy: Option<PolicyText>,
    #[serde(default)]
    scps: Vec<Vec<PolicyText>>,
    #[serde(default)]
    rcps: Vec<Vec<PolicyText>>,
    principal: Principal,
    resource: Resource,
    action: String,
    #[serde(default)]
    context: Context,
    #[serde(default)]
    facts: Vec<Fact>,
    #[serde(default)]
    expected: Option<Decision>,
    #[serde(default)]
    rule: Option<RuleId>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    note: Option<String>,
}

/// A line that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireError {
    /// What it should be: `a check` or `a put`.
    pub wanted: &'static str,
    /// Where the line stops making sense, in bytes from 1; 0 when the whole line is at fault.
    pub column: usize,
    /// What was found and what was expected.
    pub message: String,
}

impl WireError {
    pub(crate) fn new(wanted: &'static str, error: &serde_json::Error) -> Self {
        let column = error.column();
        let text = error.to_string();
        // serde_json appends the position; we carry it apart.
        let message = match text.rfind(" at line ") {
            Some(end) => text[..end].to_owned(),
            None => text,
        };
        Self {
            wanted,
            column,
            message,
        }
    }
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            wanted,
            column,
            message,
        } = self;
        write!(f, "not {wanted}: {message} (column {column})")
    }
}

impl std::error::Error for WireError {}
