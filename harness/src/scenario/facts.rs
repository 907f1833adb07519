//! What a request asks for, fact by fact: what two requests differ in, and how one is told.

use veriam_model::{ControlTarget, Request};

use super::asset::DEFAULT;

/// The facts of a request, in order: a name and a text. What is left out has no fact; an endpoint is `DEFAULT` then.
#[must_use]
pub(crate) fn facts(request: &Request) -> Vec<(String, String)> {
    let mut facts = Facts(Vec::new());
    facts.is("operation", request.operation());
    match request {
        Request::Runtime(request) => {
            facts.is("on", &request.runtime);
            facts.is("endpoint", request.qualifier.as_deref().unwrap_or(DEFAULT));
            facts.may_be("user id", request.user_id.as_ref());
        }
        Request::Gateway(request) => {
            facts.is("on", &request.gateway);
            facts.flag("a tool call", request.tool_call);
        }
        Request::Memory(request) => {
            facts.is("on", &request.memory);
            facts.flag("the full ARN", request.by_arn);
            facts.may_be("actor", request.actor.as_ref());
            facts.may_be("session", request.session.as_ref());
            facts.may_be("strategy", request.strategy.as_ref());
            facts.may_be("namespace", request.namespace.as_ref());
            facts.may_be("namespace path", request.namespace_path.as_ref());
            for (name, value) in request.namespace_variables.iter() {
                facts.is(&format!("namespace variable {name}"), value);
            }
        }
        Request::Harness(request) => {
            facts.may_be("on", request.harness.as_ref());
            facts.is("endpoint", request.endpoint.as_deref().unwrap_or(DEFAULT));
            facts.may_be("user id", request.user_id.as_ref());
            facts.flag("a managed memory", request.with_memory);
        }
        Request::Tool(request) => {
            facts.is("on", request.tool.as_deref().unwrap_or("of AWS"));
        }
        Request::Identity(request) => {
            facts.is("on", &request.workload);
            facts.may_be("provider", request.provider.as_ref());
            facts.may_be("user id", request.user_id.as_ref());
            if let Some(claims) = &request.claims {
                facts.is("issuer", &claims.iss);
                facts.is("subject", &claims.sub);
                facts.may_be("client", claims.client_id.as_ref());
                facts.list("audience", &claims.aud);
                facts.list("scope", &claims.scope);
            }
        }
        Request::Control(request) => {
            match &request.on {
                ControlTarget::Nothing => {}
                ControlTarget::RuntimeEndpoint { runtime, endpoint } => {
                    facts.is("on", runtime);
                    facts.is("endpoint", endpoint);
                }
                ControlTarget::Runtime(id)
                | ControlTarget::Gateway(id)
                | ControlTarget::Memory(id)
                | ControlTarget::Tool(id) => facts.is("on", id),
            }
            if let Some(role) = &request.role {
                facts.is("role", &format!("{} of {}", role.name, role.account));
            }
            for (name, values) in request.settings.iter() {
                facts.is(name, &values.join(" "));
            }
            for (key, value) in request.tags.iter() {
                facts.is(&format!("tag {key}"), value);
            }
        }
        Request::AssumeRole(request) => {
            let role = &request.role;
            facts.is("on", &format!("{} of {}", role.name, role.account));
            facts.may_be("session", request.session.as_ref());
            facts.may_be("external id", request.external_id.as_ref());
            facts.may_be("source identity", request.source_identity.as_ref());
            for (key, value) in request.tags.iter() {
                facts.is(&format!("tag {key}"), value);
            }
            for key in &request.transitive {
                facts.is("transitive", key);
            }
        }
        Request::Other(request) => {
            facts.is("on", &request.resource);
            facts.may_be("account", request.account.as_ref());
            facts.may_be("through", request.via.as_ref());
            for (name, values) in request.keys.iter() {
                facts.is(name, &values.join(" "));
            }
        }
    }
    facts.0
}

/// What a request carries besides operation, resource, endpoint and user id, in words.
#[must_use]
pub(crate) fn carried(request: &Request) -> String {
    let told = |(name, value): (String, String)| match value.as_str() {
        "" => name,
        value => format!("{name} {value}"),
    };
    let known = ["operation", "on", "endpoint", "user id"];
    let facts = facts(request).into_iter();
    let told: Vec<String> = facts
        .filter(|(name, _)| !known.contains(&name.as_str()))
        .map(told)
        .collect();
    told.join(", ")
}

/// In how many facts two requests differ.
#[must_use]
pub(crate) fn apart(a: &Request, b: &Request) -> usize {
    let (a, b) = (facts(a), facts(b));
    let changed = a.iter().filter(|(name, value)| {
        let other = b.iter().find(|(other, _)| other == name);
        other.is_none_or(|(_, other)| other != value)
    });
    let added = b
        .iter()
        .filter(|(name, _)| a.iter().all(|(other, _)| other != name));
    changed.count() + added.count()
}

struct Facts(Vec<(String, String)>);

impl Facts {
    fn is(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    fn may_be(&mut self, name: &str, value: Option<&String>) {
        if let Some(value) = value {
            self.is(name, value);
        }
    }

    fn flag(&mut self, name: &str, is: bool) {
        if is {
            self.is(name, "");
        }
    }

    fn list(&mut self, name: &str, values: &[String]) {
        if !values.is_empty() {
            self.is(name, &values.join(" "));
        }
    }
}
