//! What a call asks for, and what its request carries.

use std::collections::BTreeMap;

use veriam_model::{Caller, Context, InboundClaims, Request, RoleName, Tags};

use super::{Reader, lookup};
use crate::operation::{Operation, RequestFamily};
use crate::place::Place;
use crate::scenario::asset::{Asset, Members, On, carried, request};
use crate::scenario::error::ScenarioError;
use crate::scenario::fields::{Fields, boolean, choose, entries, one_or_more, text};
use crate::scenario::yaml::Node;
use crate::scenario::{Principal, Scenario};

/// The fields that say what a request carries, of whatever family.
pub(super) const CARRIED: [&str; 22] = [
    "qualifier",
    "user-id",
    "tool-call",
    "by-arn",
    "actor",
    "session",
    "strategy",
    "namespace",
    "namespace-path",
    "namespace-variables",
    "with-memory",
    "provider",
    "claims",
    "role",
    "settings",
    "tags",
    "account",
    "keys",
    "via",
    "external-id",
    "source-identity",
    "transitive",
];

impl Reader<'_> {
    /// The request of a call whose operation and resource the fields name.
    pub(super) fn request(
        &self,
        fields: &Fields<'_>,
        operation: &Node,
        scenario: &Scenario,
    ) -> Result<Request, ScenarioError> {
        let name = self.told(text(operation, "call"))?;
        if let Some(bare) = name.strip_prefix("bedrock-agentcore:") {
            return self.fail(
                operation.place,
                format_args!("operations of AgentCore stand without prefix; write `{bare}`"),
            );
        }
        let is_of_other = name.contains(':');
        let on = fields.get("on");
        let role;
        let asset = if name == Operation::AssumeRole.name() {
            let node = self.told(fields.need("on", "the name of a principal that is a role"))?;
            role = self.role_named(node, &scenario.principals)?;
            On::Role(&role)
        } else {
            match on {
                None => On::Nothing,
                Some(node) => {
                    let resources = &scenario.resources;
                    On::Asset(
                        &self
                            .told(lookup(node, "resource", resources, |r| &r.name))?
                            .asset,
                    )
                }
            }
        };
        let fits = |candidate: &Operation| {
            let named = match candidate {
                Operation::Other => is_of_other,
                candidate => candidate.name() == name,
            };
            named && request(*candidate, name, asset, Members::default()).is_some()
        };
        let Some(found) = Operation::ALL.into_iter().find(fits) else {
            return self.no_operation(operation, name, asset);
        };
        let members = self.members(fields, name, found.family(), scenario)?;
        match request(found, name, asset, members) {
            Some(request) => Ok(request),
            None => self.no_operation(operation, name, asset),
        }
    }

    fn no_operation(
        &self,
        operation: &Node,
        name: &str,
        on: On<'_>,
    ) -> Result<Request, ScenarioError> {
        let known = Operation::ALL.iter().any(|o| o.name() == name);
        let asset = match on {
            On::Asset(asset) => asset,
            On::Nothing | On::Role(_) if known => {
                return self.fail(
                    operation.place,
                    format_args!("{name} is about something; add `on` with the name of a resource"),
                );
            }
            On::Nothing | On::Role(_) => {
                let bare = |o: &Operation| {
                    *o != Operation::Other
                        && request(*o, "", On::Nothing, Members::default()).is_some()
                };
                let names = Operation::ALL.into_iter().filter(bare).map(Operation::name);
                let names: Vec<&str> = names.collect();
                return self.fail(
                    operation.place,
                    format_args!(
                        "`{name}` is no operation without a resource; name one with `on`, or {}",
                        choose(name, &names)
                    ),
                );
            }
        };
        let is_about_nothing = |o: &Operation| {
            o.name() == name && request(*o, "", On::Nothing, Members::default()).is_some()
        };
        if Operation::ALL.iter().any(is_about_nothing) {
            return self.fail(
                operation.place,
                format_args!("{name} is about nothing that is there; remove `on`"),
            );
        }
        if let Asset::Other(_) = asset {
            return self.fail(
                operation.place,
                format_args!(
                    "`{name}` is no action of another service; write it with its service, for example `kms:Decrypt`"
                ),
            );
        }
        let names: Vec<&str> = asset.operations().map(Operation::name).collect();
        self.fail(
            operation.place,
            match names.is_empty() {
                true => format!(
                    "nothing is called on a {}; name it in the field of a call that asks it",
                    asset.kind()
                ),
                false => format!(
                    "`{name}` is no operation on a {}; {}",
                    asset.kind(),
                    choose(name, &names)
                ),
            },
        )
    }

    /// What the request carries; fields of other families are refused.
    pub(super) fn members(
        &self,
        fields: &Fields<'_>,
        name: &str,
        family: RequestFamily,
        scenario: &Scenario,
    ) -> Result<Members, ScenarioError> {
        let taken = carried(family);
        for field in CARRIED {
            if fields.get(field).is_some() && !taken.contains(&field) {
                return self.fail(
                    fields.place(field),
                    format_args!("a request of {name} carries no `{field}`; remove it"),
                );
            }
        }
        let flag = |field: &'static str| match fields.get(field) {
            Some(node) => self.told(boolean(node, field)),
            None => Ok(false),
        };
        Ok(Members {
            endpoint: self.told(fields.text("qualifier"))?,
            user_id: self.told(fields.text("user-id"))?,
            tool_call: flag("tool-call")?,
            by_arn: flag("by-arn")?,
            actor: self.told(fields.text("actor"))?,
            session: self.told(fields.text("session"))?,
            strategy: self.told(fields.text("strategy"))?,
            namespace: self.told(fields.text("namespace"))?,
            namespace_path: self.told(fields.text("namespace-path"))?,
            namespace_variables: self.tags(fields.get("namespace-variables"))?,
            with_memory: flag("with-memory")?,
            provider: match fields.get("provider") {
                Some(node) => Some(self.provider_named(node, scenario)?),
                None => None,
            },
            claims: match fields.get("claims") {
                Some(node) => Some(self.claims(node)?),
                None => None,
            },
            role: match fields.get("role") {
                Some(node) => Some(self.role_named(node, &scenario.principals)?),
                None => None,
            },
            settings: self.keys(fields.get("settings"), "`settings`")?,
            tags: match family {
                RequestFamily::Control | RequestFamily::AssumeRole => {
                    self.tags(fields.get("tags"))?
                }
                _ => Tags::new(),
            },
            account: match fields.get("account") {
                Some(node) => Some(self.account(node)?),
                None => None,
            },
            keys: self.keys(fields.get("keys"), "`keys`")?,
            via: self.told(fields.text("via"))?,
            external_id: self.told(fields.text("external-id"))?,
            source_identity: self.told(fields.text("source-identity"))?,
            transitive: self.texts(fields.get("transitive"), "transitive")?,
        })
    }

    fn role_named(&self, node: &Node, principals: &[Principal]) -> Result<RoleName, ScenarioError> {
        let is_role = |caller: &Caller| matches!(caller, Caller::Session(_));
        let principal = self.declared(node, "role", principals, is_role)?;
        match &principal.caller {
            Caller::Session(session) => Ok(RoleName {
                account: session.account.clone(),
                name: session.role.clone(),
            }),
            _ => self.fail(node.place, "not a role; name one"),
        }
    }

    fn provider_named(&self, node: &Node, scenario: &Scenario) -> Result<String, ScenarioError> {
        let found = self.told(lookup(node, "resource", &scenario.resources, |r| &r.name))?;
        match &found.asset {
            Asset::Provider(_, _, name) => Ok(name.clone()),
            other => self.fail(
                node.place,
                format_args!("this is a {}; name a credential provider", other.kind()),
            ),
        }
    }

    fn claims(&self, node: &Node) -> Result<InboundClaims, ScenarioError> {
        let known = &["iss", "sub", "client-id", "aud", "scope"];
        let fields = self.told(Fields::new(node, "the claims of a token", known))?;
        let need = |name: &'static str, example: &str| {
            let node = self.told(fields.need(name, example))?;
            Ok(self.told(text(node, name))?.to_owned())
        };
        Ok(InboundClaims {
            iss: need("iss", "its issuer")?,
            sub: need("sub", "whom it is for")?,
            client_id: self.told(fields.text("client-id"))?,
            aud: self.texts(fields.get("aud"), "aud")?,
            scope: self.texts(fields.get("scope"), "scope")?,
        })
    }

    /// A text or a list of texts.
    pub(super) fn texts(
        &self,
        node: Option<&Node>,
        name: &str,
    ) -> Result<Vec<String>, ScenarioError> {
        let nodes = node.map(one_or_more).unwrap_or_default();
        let text = |node| self.told(text(node, name)).map(str::to_owned);
        nodes.iter().map(text).collect()
    }

    /// Keys with a value or a list of values each.
    fn keys(&self, node: Option<&Node>, what: &str) -> Result<Context, ScenarioError> {
        let mut context = Context::new();
        let Some(node) = node else {
            return Ok(context);
        };
        for (key, value) in self.told(entries(node, what))? {
            let values = self.texts(Some(value), &key.text)?;
            if let Err(duplicate) = context.insert(&key.text, values) {
                return self.fail(key.place, duplicate);
            }
        }
        Ok(context)
    }
}

/// Where the members of a request stand in a call, for what the model refuses.
pub(super) fn places(fields: &Fields<'_>, request: &Request) -> BTreeMap<String, Place> {
    let (family, itself) = match request {
        Request::Runtime(_) => ("runtime", "runtime"),
        Request::Gateway(_) => ("gateway", "gateway"),
        Request::Memory(_) => ("memory", "memory"),
        Request::Harness(_) => ("harness", "harness"),
        Request::Tool(_) => ("tool", "tool"),
        Request::Identity(_) => ("identity", "workload"),
        Request::Control(_) => ("control", "on"),
        Request::AssumeRole(_) => ("assume_role", "role"),
        Request::Other(_) => ("other", "resource"),
    };
    let member = |member: &str| format!("call.request.{family}.{member}");
    let mut places = BTreeMap::from([
        ("call.request".to_owned(), fields.place("call")),
        (member(itself), fields.place("on")),
        (member("action"), fields.place("call")),
        (member("endpoint"), fields.place("qualifier")),
    ]);
    for field in CARRIED {
        if fields.get(field).is_some() {
            places.insert(member(&field.replace('-', "_")), fields.place(field));
        }
    }
    places
}
