//! Shrinking of what a world holds besides accounts, identities and networks.

use veriam_model::{
    Authorizer, CallCase, ControlTarget, GatewayAuthorizer, OtherPolicyType, Request, Tags,
    TokenRules,
};

use super::calls::thin_tags;
use super::search::Search;

/// Whole resources, then their policies and endpoints.
pub(super) fn coarse(search: &mut Search<'_, CallCase>) {
    search.thin(|c| &mut c.world.runtimes);
    search.thin(|c| &mut c.world.gateways);
    search.thin(|c| &mut c.world.memories);
    search.thin(|c| &mut c.world.harnesses);
    search.thin(|c| &mut c.world.tools);
    search.thin(|c| &mut c.world.workload_identities);
    search.thin(|c| &mut c.world.providers);
    search.thin(|c| &mut c.world.others);
}

/// Asks the same of another resource, where the case is about that one anyway.
pub(super) fn others_instead(search: &mut Search<'_, CallCase>) {
    for at in (0..search.best.world.runtimes.len()).rev() {
        search.change(|c| {
            let gone = c.world.runtimes.remove(at).id;
            if let Some(left) = c.world.runtimes.first() {
                redirect(&mut c.call.request, &gone, &left.id);
            }
        });
    }
    for at in (0..search.best.world.gateways.len()).rev() {
        search.change(|c| {
            let gone = c.world.gateways.remove(at).id;
            if let Some(left) = c.world.gateways.first() {
                redirect(&mut c.call.request, &gone, &left.id);
            }
        });
    }
    for at in (0..search.best.world.memories.len()).rev() {
        search.change(|c| {
            let gone = c.world.memories.remove(at).id;
            if let Some(left) = c.world.memories.first() {
                redirect(&mut c.call.request, &gone, &left.id);
            }
        });
    }
    for at in (0..search.best.world.harnesses.len()).rev() {
        search.change(|c| {
            let gone = c.world.harnesses.remove(at).id;
            if let Some(left) = c.world.harnesses.first() {
                redirect(&mut c.call.request, &gone, &left.id);
            }
        });
    }
    for at in (0..search.best.world.tools.len()).rev() {
        search.change(|c| {
            let gone = c.world.tools.remove(at).id;
            if let Some(left) = c.world.tools.first() {
                redirect(&mut c.call.request, &gone, &left.id);
            }
        });
    }
    for at in (0..search.best.world.workload_identities.len()).rev() {
        search.change(|c| {
            let gone = c.world.workload_identities.remove(at).name;
            if let Some(left) = c.world.workload_identities.first() {
                redirect(&mut c.call.request, &gone, &left.name);
            }
        });
    }
    for at in (0..search.best.world.others.len()).rev() {
        search.change(|c| {
            let gone = c.world.others.remove(at).arn;
            if let Some(left) = c.world.others.first() {
                redirect(&mut c.call.request, &gone, &left.arn);
            }
        });
    }
}

/// Lets the request name another resource than the one that is gone.
fn redirect(request: &mut Request, gone: &str, left: &str) {
    let name = match request {
        Request::Runtime(request) => &mut request.runtime,
        Request::Gateway(request) => &mut request.gateway,
        Request::Memory(request) => &mut request.memory,
        Request::Identity(request) => &mut request.workload,
        Request::Other(request) => &mut request.resource,
        Request::Harness(request) => match &mut request.harness {
            Some(name) => name,
            None => return,
        },
        Request::Tool(request) => match &mut request.tool {
            Some(name) => name,
            None => return,
        },
        Request::Control(request) => match &mut request.on {
            ControlTarget::Nothing => return,
            ControlTarget::RuntimeEndpoint { runtime: name, .. }
            | ControlTarget::Runtime(name)
            | ControlTarget::Gateway(name)
            | ControlTarget::Memory(name)
            | ControlTarget::Tool(name) => name,
        },
        Request::AssumeRole(_) => return,
    };
    if name == gone {
        left.clone_into(name);
    }
}

/// Policies and endpoints of resources.
pub(super) fn policies(search: &mut Search<'_, CallCase>) {
    for at in 0..search.best.world.roles.len() {
        search.change(|c| c.world.roles[at].trust = None);
    }
    for at in 0..search.best.world.runtimes.len() {
        search.change(|c| c.world.runtimes[at].policy = None);
        search.thin(|c| &mut c.world.runtimes[at].endpoints);
        for door in 0..search.best.world.runtimes[at].endpoints.len() {
            search.change(|c| c.world.runtimes[at].endpoints[door].policy = None);
        }
    }
    for at in 0..search.best.world.gateways.len() {
        search.change(|c| c.world.gateways[at].policy = None);
    }
    for at in 0..search.best.world.memories.len() {
        search.change(|c| c.world.memories[at].policy = None);
    }
    for at in 0..search.best.world.harnesses.len() {
        search.thin(|c| &mut c.world.harnesses[at].endpoints);
    }
    for at in 0..search.best.world.others.len() {
        search.change(|c| c.world.others[at].policy = None);
    }
}

/// Tags, authorizers and whatever else a resource says.
pub(super) fn fine(search: &mut Search<'_, CallCase>) {
    for at in 0..search.best.world.runtimes.len() {
        runtime(search, at);
    }
    for at in 0..search.best.world.gateways.len() {
        thin_tags(search, |c| Some(&mut c.world.gateways[at].tags));
        search.change(|c| c.world.gateways[at].engine = None);
        for authorizer in GatewayAuthorizer::ALL {
            search.change(|c| c.world.gateways[at].authorizer = authorizer);
        }
        rules(search, |c| &mut c.world.gateways[at].token_rules);
    }
    for at in 0..search.best.world.memories.len() {
        thin_tags(search, |c| Some(&mut c.world.memories[at].tags));
    }
    for at in 0..search.best.world.harnesses.len() {
        thin_tags(search, |c| Some(&mut c.world.harnesses[at].tags));
        search.change(|c| c.world.harnesses[at].authorizer = Authorizer::Iam);
        search.change(|c| c.world.harnesses[at].with_memory = false);
        rules(search, |c| &mut c.world.harnesses[at].token_rules);
        for door in 0..search.best.world.harnesses[at].endpoints.len() {
            thin_tags(search, |c| {
                Some(&mut c.world.harnesses[at].endpoints[door].tags)
            });
        }
    }
    for at in 0..search.best.world.tools.len() {
        thin_tags(search, |c| Some(&mut c.world.tools[at].tags));
    }
    for at in 0..search.best.world.workload_identities.len() {
        thin_tags(search, |c| Some(&mut c.world.workload_identities[at].tags));
        search.change(|c| c.world.workload_identities[at].managed = false);
    }
    for at in 0..search.best.world.providers.len() {
        thin_tags(search, |c| Some(&mut c.world.providers[at].tags));
    }
    for at in 0..search.best.world.others.len() {
        thin_tags(search, |c| Some(&mut c.world.others[at].tags));
        search.change(|c| c.world.others[at].policy_type = OtherPolicyType::Key);
    }
}

fn runtime(search: &mut Search<'_, CallCase>, at: usize) {
    thin_tags(search, |c| Some(&mut c.world.runtimes[at].tags));
    search.change(|c| c.world.runtimes[at].authorizer = Authorizer::Iam);
    rules(search, |c| &mut c.world.runtimes[at].token_rules);
    for door in 0..search.best.world.runtimes[at].endpoints.len() {
        thin_tags(search, |c| -> Option<&mut Tags> {
            Some(&mut c.world.runtimes[at].endpoints[door].tags)
        });
        search.change(|c| {
            let runtime = &mut c.world.runtimes[at];
            if let Some(own) = runtime.endpoints[door].authorizer.take() {
                runtime.authorizer = own;
            }
        });
        search.change(|c| c.world.runtimes[at].endpoints[door].authorizer = None);
    }
}

fn rules(search: &mut Search<'_, CallCase>, rules: impl Fn(&mut CallCase) -> &mut TokenRules) {
    search.change(|c| *rules(c) = TokenRules::default());
    search.thin(|c| &mut rules(c).audiences);
    search.thin(|c| &mut rules(c).clients);
    search.thin(|c| &mut rules(c).scopes);
}
