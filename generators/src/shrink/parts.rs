//! The texts of a world and a call that may hold names.

use veriam_model::{CallCase, Caller, Path, Tags};

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
    for network in &mut world.networks {
        visit(&mut network.endpoint);
        visit(&mut network.vpc);
        visit(&mut network.account);
    }
    let call = &mut case.call;
    if let Some(request) = call.request.runtime_mut() {
        visit(&mut request.runtime);
        request.qualifier.iter_mut().for_each(&mut *visit);
        request.user_id.iter_mut().for_each(&mut *visit);
    }
    visit(&mut call.user_agent);
    if let Path::Endpoint { endpoint, .. } = &mut call.from {
        visit(endpoint);
    }
    caller(&mut call.caller, visit);
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
        Caller::Jwt(jwt) => visit(&mut jwt.subject),
        Caller::Service(service) => {
            service.source_account.iter_mut().for_each(visit);
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
