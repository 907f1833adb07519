//! The texts of a world and a call that may hold names.

use veriam_model::{
    CallCase, Caller, Context, ControlTarget, Path, Request, Tags, TokenRules, World,
};

/// Visits them all.
pub(super) fn each_text(case: &mut CallCase, visit: &mut dyn FnMut(&mut String)) {
    let world = &mut case.world;
    visit(&mut world.region);
    for account in &mut world.accounts {
        visit(&mut account.id);
        if let Some(organization) = &mut account.organization {
            visit(&mut organization.id);
            organization.path.iter_mut().for_each(&mut *visit);
        }
    }
    for identity in world.users.iter_mut().chain(&mut world.roles) {
        visit(&mut identity.account);
        visit(&mut identity.name);
        visit(&mut identity.path);
        visit(&mut identity.id);
        tags(&mut identity.tags, visit);
    }
    for runtime in &mut world.runtimes {
        visit(&mut runtime.account);
        visit(&mut runtime.id);
        tags(&mut runtime.tags, visit);
        for endpoint in &mut runtime.endpoints {
            visit(&mut endpoint.name);
            tags(&mut endpoint.tags, visit);
        }
    }
    resources(world, visit);
    for network in &mut world.networks {
        visit(&mut network.endpoint);
        visit(&mut network.vpc);
        visit(&mut network.account);
    }
    let call = &mut case.call;
    request(&mut call.request, visit);
    visit(&mut call.user_agent);
    if let Path::Endpoint { endpoint, .. } = &mut call.from {
        visit(endpoint);
    }
    caller(&mut call.caller, visit);
}

/// Those of resources besides runtimes.
fn resources(world: &mut World, visit: &mut dyn FnMut(&mut String)) {
    for runtime in &mut world.runtimes {
        rules(&mut runtime.token_rules, visit);
    }
    for gateway in &mut world.gateways {
        visit(&mut gateway.account);
        visit(&mut gateway.id);
        rules(&mut gateway.token_rules, visit);
        tags(&mut gateway.tags, visit);
    }
    for memory in &mut world.memories {
        visit(&mut memory.account);
        visit(&mut memory.id);
        tags(&mut memory.tags, visit);
    }
    for harness in &mut world.harnesses {
        visit(&mut harness.account);
        visit(&mut harness.id);
        rules(&mut harness.token_rules, visit);
        tags(&mut harness.tags, visit);
        for endpoint in &mut harness.endpoints {
            visit(&mut endpoint.name);
            tags(&mut endpoint.tags, visit);
        }
    }
    for tool in &mut world.tools {
        visit(&mut tool.account);
        visit(&mut tool.id);
        tags(&mut tool.tags, visit);
    }
    for identity in &mut world.workload_identities {
        visit(&mut identity.account);
        visit(&mut identity.name);
        tags(&mut identity.tags, visit);
    }
    for provider in &mut world.providers {
        visit(&mut provider.account);
        visit(&mut provider.name);
        tags(&mut provider.tags, visit);
    }
    for other in &mut world.others {
        visit(&mut other.account);
        visit(&mut other.arn);
        tags(&mut other.tags, visit);
    }
}

fn rules(rules: &mut TokenRules, visit: &mut dyn FnMut(&mut String)) {
    rules.audiences.iter_mut().for_each(&mut *visit);
    rules.clients.iter_mut().for_each(&mut *visit);
    rules.scopes.iter_mut().for_each(visit);
}

fn request(request: &mut Request, visit: &mut dyn FnMut(&mut String)) {
    match request {
        Request::Runtime(request) => {
            visit(&mut request.runtime);
            request.qualifier.iter_mut().for_each(&mut *visit);
            request.user_id.iter_mut().for_each(visit);
        }
        Request::Gateway(request) => visit(&mut request.gateway),
        Request::Memory(request) => {
            visit(&mut request.memory);
            for member in [
                &mut request.actor,
                &mut request.session,
                &mut request.strategy,
                &mut request.namespace,
                &mut request.namespace_path,
            ] {
                member.iter_mut().for_each(&mut *visit);
            }
            tags(&mut request.namespace_variables, visit);
        }
        Request::Harness(request) => {
            request.harness.iter_mut().for_each(&mut *visit);
            request.endpoint.iter_mut().for_each(&mut *visit);
            request.user_id.iter_mut().for_each(visit);
        }
        Request::Tool(request) => request.tool.iter_mut().for_each(visit),
        Request::Identity(request) => {
            visit(&mut request.workload);
            request.provider.iter_mut().for_each(&mut *visit);
            request.user_id.iter_mut().for_each(&mut *visit);
            if let Some(claims) = &mut request.claims {
                visit(&mut claims.iss);
                visit(&mut claims.sub);
                claims.client_id.iter_mut().for_each(&mut *visit);
                claims.aud.iter_mut().for_each(&mut *visit);
                claims.scope.iter_mut().for_each(visit);
            }
        }
        Request::Control(request) => {
            match &mut request.on {
                ControlTarget::Nothing => {}
                ControlTarget::RuntimeEndpoint { runtime, endpoint } => {
                    visit(runtime);
                    visit(endpoint);
                }
                ControlTarget::Runtime(id)
                | ControlTarget::Gateway(id)
                | ControlTarget::Memory(id)
                | ControlTarget::Tool(id) => visit(id),
            }
            if let Some(role) = &mut request.role {
                visit(&mut role.account);
                visit(&mut role.name);
            }
            values(&mut request.settings, visit);
            tags(&mut request.tags, visit);
        }
        Request::AssumeRole(request) => {
            visit(&mut request.role.account);
            visit(&mut request.role.name);
            let texts = [
                &mut request.session,
                &mut request.external_id,
                &mut request.source_identity,
            ];
            texts.into_iter().flatten().for_each(&mut *visit);
            tags(&mut request.tags, visit);
            request.transitive.iter_mut().for_each(&mut *visit);
        }
        Request::Other(request) => {
            visit(&mut request.resource);
            request.account.iter_mut().for_each(&mut *visit);
            values(&mut request.keys, visit);
        }
    }
}

/// The values of keys; their names stay.
fn values(context: &mut Context, visit: &mut dyn FnMut(&mut String)) {
    let mut visited = Context::new();
    for (name, values) in context.iter() {
        let mut values = values.to_vec();
        values.iter_mut().for_each(&mut *visit);
        // The names were distinct.
        let _ = visited.insert(name, values);
    }
    *context = visited;
}

fn caller(caller: &mut Caller, visit: &mut dyn FnMut(&mut String)) {
    match caller {
        Caller::User(user) => {
            visit(&mut user.account);
            visit(&mut user.name);
        }
        Caller::Session(session) => {
            visit(&mut session.account);
            visit(&mut session.role);
            visit(&mut session.session);
            tags(&mut session.tags, visit);
            session.source_identity.iter_mut().for_each(&mut *visit);
            session.provider.iter_mut().for_each(&mut *visit);
        }
        Caller::Root(root) => visit(&mut root.account),
        Caller::Federated(session) => {
            visit(&mut session.account);
            visit(&mut session.user);
            tags(&mut session.tags, visit);
        }
        Caller::Jwt(jwt) => {
            visit(&mut jwt.subject);
            jwt.claims.audiences.iter_mut().for_each(&mut *visit);
            jwt.claims.client.iter_mut().for_each(&mut *visit);
            jwt.claims.scopes.iter_mut().for_each(&mut *visit);
        }
        Caller::Service(service) => {
            service.source_account.iter_mut().for_each(&mut *visit);
            service.source_arn.iter_mut().for_each(&mut *visit);
        }
        Caller::Anonymous => {}
    }
}

fn tags(tags: &mut Tags, visit: &mut dyn FnMut(&mut String)) {
    let mut visited = Tags::new();
    for (key, value) in tags.iter() {
        let (mut key, mut value) = (key.to_owned(), value.to_owned());
        visit(&mut key);
        visit(&mut value);
        // The keys were distinct and at most became others; one that is taken is dropped.
        let _ = visited.insert(key, value);
    }
    *tags = visited;
}
