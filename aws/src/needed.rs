//! What of a world some calls need. A server that has no admin route is told that, and nothing else: every thing that is
//! left out saves requests, and cannot keep the world from standing. Verdicts are those of what stands.

use veriam_model::{
    Call, Caller, ControlTarget, Identity, PolicyText, Request, RoleName, Runtime, World,
};

/// The world without what has no part in any of the calls.
pub(crate) fn needed(world: &World, calls: &[&Call]) -> World {
    let touched = |id: &str| calls.iter().any(|call| touches(&call.request, id));
    let mut kept = world.clone();
    kept.networks.clear();
    kept.runtimes.retain(|r| touched(&r.id));
    kept.gateways.retain(|g| touched(&g.id));
    kept.memories.retain(|m| touched(&m.id));
    kept.harnesses.retain(|h| touched(&h.id));
    kept.tools.retain(|t| touched(&t.id));
    kept.workload_identities.retain(|w| touched(&w.name));
    kept.providers.retain(|p| touched(&p.name));
    kept.others.retain(|o| touched(&o.arn));
    let acts = |user: &Identity| calls.iter().any(|call| is_user(&call.caller, user));
    let plays = |role: &Identity| calls.iter().any(|call| is_role(call, role));
    let (users, other_users): (Vec<Identity>, _) = kept.users.into_iter().partition(acts);
    let (roles, other_roles): (Vec<Identity>, _) = kept.roles.into_iter().partition(plays);
    (kept.users, kept.roles) = (users, roles);
    // Whom a policy names has to be there, since services refuse policies that name nobody. What they may is their affair.
    let texts: Vec<String> = texts(&kept, calls).map(|t| t.as_str().to_owned()).collect();
    let named = |i: &Identity| {
        let mut texts = texts.iter();
        texts.any(|text| text.contains(&i.name) || text.contains(&i.id))
    };
    let bare = |identity: Identity| Identity {
        policies: Vec::new(),
        boundary: None,
        trust: None,
        ..identity
    };
    let users = other_users.into_iter().filter(named).map(bare);
    kept.users.extend(users);
    let roles = other_roles.into_iter().filter(named).map(bare);
    kept.roles.extend(roles);
    kept
}

/// Whether a request is about what has that id, name or ARN.
fn touches(request: &Request, id: &str) -> bool {
    match request {
        Request::Runtime(request) => request.runtime == id,
        Request::Gateway(request) => request.gateway == id,
        Request::Memory(request) => request.memory == id,
        Request::Harness(request) => request.harness.as_deref() == Some(id),
        Request::Tool(request) => request.tool.as_deref() == Some(id),
        Request::Identity(request) => {
            request.workload == id || request.provider.as_deref() == Some(id)
        }
        Request::Control(request) => match &request.on {
            ControlTarget::Runtime(on)
            | ControlTarget::Gateway(on)
            | ControlTarget::Memory(on)
            | ControlTarget::Tool(on)
            | ControlTarget::RuntimeEndpoint { runtime: on, .. } => on == id,
            ControlTarget::Nothing => false,
        },
        Request::Other(request) => request.resource == id,
        Request::AssumeRole(_) => false,
    }
}

fn is_user(caller: &Caller, user: &Identity) -> bool {
    match caller {
        Caller::User(caller) => (&caller.account, &caller.name) == (&user.account, &user.name),
        Caller::Federated(caller) => (&caller.account, &caller.user) == (&user.account, &user.name),
        _ => false,
    }
}

/// Whether a role acts in a call, or is handed over in it.
fn is_role(call: &Call, role: &Identity) -> bool {
    let is = |named: &RoleName| (&named.account, &named.name) == (&role.account, &role.name);
    let acts = match &call.caller {
        Caller::Session(caller) => (&caller.account, &caller.role) == (&role.account, &role.name),
        _ => false,
    };
    let handed = match &call.request {
        Request::AssumeRole(request) => is(&request.role),
        Request::Control(request) => request.role.as_ref().is_some_and(is),
        _ => false,
    };
    acts || handed
}

/// Whether a policy of what is left asks whether a request was encrypted. AWS takes TLS only, so it is there; servers here
/// take plain HTTP.
pub(crate) fn asks_for_tls(needed: &World, calls: &[&Call]) -> bool {
    texts(needed, calls).any(|text| {
        let text = text.as_str().to_ascii_lowercase();
        text.contains("aws:securetransport")
    })
}

/// Every text of a world and its calls that may name somebody.
fn texts<'a>(world: &'a World, calls: &'a [&Call]) -> impl Iterator<Item = &'a PolicyText> {
    let identities = world.users.iter().chain(&world.roles);
    let own = identities.flat_map(|i| i.policies.iter().chain(&i.boundary).chain(&i.trust));
    let of_runtime = |r: &'a Runtime| {
        let endpoints = r.endpoints.iter().filter_map(|e| e.policy.as_ref());
        r.policy.iter().chain(endpoints)
    };
    let runtimes = world.runtimes.iter().flat_map(of_runtime);
    let gateways = world.gateways.iter().filter_map(|g| g.policy.as_ref());
    let memories = world.memories.iter().filter_map(|m| m.policy.as_ref());
    let others = world.others.iter().filter_map(|o| o.policy.as_ref());
    let sessions = calls.iter().filter_map(|call| match &call.caller {
        Caller::Session(session) => session.policy.as_ref(),
        Caller::Federated(session) => session.policy.as_ref(),
        _ => None,
    });
    let resources = runtimes.chain(gateways).chain(memories).chain(others);
    own.chain(resources).chain(sessions)
}
