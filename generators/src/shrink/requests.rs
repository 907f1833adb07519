//! Shrinking of what a call asks for: members are left out, and operations become the simplest of their kind.

use veriam_model::{
    AssumeRoleRequest, CallCase, Context, ControlOperation, ControlRequest, ControlTarget,
    HarnessOperation, HarnessRequest, IdentityOperation, IdentityRequest, InboundClaims,
    MemoryOperation, MemoryRequest, OtherRequest, Request, RuntimeOperation, RuntimeRequest, Tags,
    ToolOperation, ToolRequest,
};

use super::calls::thin_tags;
use super::search::Search;

type Searching<'s, 'f> = &'s mut Search<'f, CallCase>;

/// Asks for something else altogether: what no world needs anything for.
pub(super) fn coarse(search: Searching<'_, '_>) {
    search.change(|c| {
        c.call.request = Request::Other(OtherRequest {
            action: "a:A".to_owned(),
            resource: "*".to_owned(),
            account: None,
            keys: Context::new(),
            via: None,
        });
    });
}

/// Tries to ask for less.
pub(super) fn fine(search: Searching<'_, '_>) {
    match search.best.call.request {
        Request::Runtime(_) => runtime(search),
        Request::Gateway(_) => gateway(search),
        Request::Memory(_) => memory(search),
        Request::Harness(_) => harness(search),
        Request::Tool(_) => tool(search),
        Request::Identity(_) => identity(search),
        Request::Control(_) => control(search),
        Request::AssumeRole(_) => assume_role(search),
        Request::Other(_) => other(search),
    }
}

/// A member that becomes nothing, or else as short as can be.
fn drop_or_shorten<R>(
    search: Searching<'_, '_>,
    request: fn(&mut Request) -> Option<&mut R>,
    member: fn(&mut R) -> &mut Option<String>,
) {
    search.change(|c| {
        if let Some(request) = request(&mut c.call.request) {
            *member(request) = None;
        }
    });
    search.change(|c| {
        if let Some(request) = request(&mut c.call.request)
            && let Some(text) = member(request)
        {
            "a".clone_into(text);
        }
    });
}

fn change<R>(
    search: Searching<'_, '_>,
    request: fn(&mut Request) -> Option<&mut R>,
    change: impl FnOnce(&mut R),
) {
    search.change(|c| {
        if let Some(request) = request(&mut c.call.request) {
            change(request);
        }
    });
}

fn runtime(search: Searching<'_, '_>) {
    fn own(request: &mut Request) -> Option<&mut RuntimeRequest> {
        request.runtime_mut()
    }
    drop_or_shorten(search, own, |r| &mut r.user_id);
    change(search, own, |r| r.qualifier = None);
    for operation in [
        RuntimeOperation::GetAgentCard,
        RuntimeOperation::InvokeAgentRuntime,
    ] {
        change(search, own, |r| r.operation = operation);
    }
}

fn gateway(search: Searching<'_, '_>) {
    search.change(|c| {
        if let Request::Gateway(request) = &mut c.call.request {
            request.tool_call = false;
        }
    });
}

fn memory(search: Searching<'_, '_>) {
    fn own(request: &mut Request) -> Option<&mut MemoryRequest> {
        match request {
            Request::Memory(request) => Some(request),
            _ => None,
        }
    }
    let members: [fn(&mut MemoryRequest) -> &mut Option<String>; 5] = [
        |r| &mut r.actor,
        |r| &mut r.session,
        |r| &mut r.strategy,
        |r| &mut r.namespace,
        |r| &mut r.namespace_path,
    ];
    for member in members {
        drop_or_shorten(search, own, member);
    }
    change(search, own, |r| r.by_arn = false);
    thin_tags(search, |c| {
        own(&mut c.call.request).map(|r| &mut r.namespace_variables)
    });
    for operation in [
        MemoryOperation::GetEvent,
        MemoryOperation::GetMemory,
        MemoryOperation::CreateEvent,
        MemoryOperation::ListActors,
    ] {
        change(search, own, |r| r.operation = operation);
        // Without what the operation cannot carry.
        change(search, own, |r| {
            *r = MemoryRequest {
                operation,
                memory: r.memory.clone(),
                by_arn: r.by_arn,
                actor: None,
                session: None,
                strategy: None,
                namespace: None,
                namespace_path: None,
                namespace_variables: Tags::new(),
            };
        });
    }
}

fn harness(search: Searching<'_, '_>) {
    fn own(request: &mut Request) -> Option<&mut HarnessRequest> {
        match request {
            Request::Harness(request) => Some(request),
            _ => None,
        }
    }
    drop_or_shorten(search, own, |r| &mut r.user_id);
    change(search, own, |r| r.endpoint = None);
    change(search, own, |r| r.with_memory = false);
    for operation in [
        HarnessOperation::GetHarness,
        HarnessOperation::DeleteHarness,
        HarnessOperation::InvokeHarness,
        HarnessOperation::ListHarnesses,
    ] {
        change(search, own, |r| r.operation = operation);
        change(search, own, |r| {
            r.operation = operation;
            r.endpoint = None;
            r.user_id = None;
            r.with_memory = false;
        });
    }
    change(search, own, |r| {
        r.operation = HarnessOperation::ListHarnesses;
        (r.harness, r.endpoint, r.user_id) = (None, None, None);
        r.with_memory = false;
    });
}

fn tool(search: Searching<'_, '_>) {
    fn own(request: &mut Request) -> Option<&mut ToolRequest> {
        match request {
            Request::Tool(request) => Some(request),
            _ => None,
        }
    }
    change(search, own, |r| r.tool = None);
    for operation in [
        ToolOperation::GetBrowserSession,
        ToolOperation::InvokeCodeInterpreter,
        ToolOperation::GetCodeInterpreterSession,
    ] {
        change(search, own, |r| r.operation = operation);
        change(search, own, |r| (r.operation, r.tool) = (operation, None));
    }
}

fn identity(search: Searching<'_, '_>) {
    fn own(request: &mut Request) -> Option<&mut IdentityRequest> {
        match request {
            Request::Identity(request) => Some(request),
            _ => None,
        }
    }
    drop_or_shorten(search, own, |r| &mut r.user_id);
    change(search, own, |r| r.claims = None);
    let simpler: [fn(&mut InboundClaims); 3] = [
        |claims| claims.client_id = None,
        |claims| claims.iss.truncate(1),
        |claims| claims.sub.truncate(1),
    ];
    for simpler in simpler {
        change(search, own, |r| {
            if let Some(claims) = &mut r.claims {
                simpler(claims);
            }
        });
    }
    let lists: [fn(&mut InboundClaims) -> &mut Vec<String>; 2] =
        [|claims| &mut claims.aud, |claims| &mut claims.scope];
    for list in lists {
        let length = |c: &mut CallCase| {
            let claims = own(&mut c.call.request).and_then(|r| r.claims.as_mut());
            claims.map_or(0, |claims| list(claims).len())
        };
        let first = length(&mut search.best);
        search.thin_by(first, length, |c, from, to| {
            if let Some(claims) = own(&mut c.call.request).and_then(|r| r.claims.as_mut()) {
                list(claims).drain(from..to);
            }
        });
    }
    change(search, own, |r| {
        *r = IdentityRequest {
            operation: IdentityOperation::GetWorkloadAccessToken,
            workload: r.workload.clone(),
            provider: None,
            user_id: None,
            claims: None,
        };
    });
}

fn control(search: Searching<'_, '_>) {
    fn own(request: &mut Request) -> Option<&mut ControlRequest> {
        match request {
            Request::Control(request) => Some(request),
            _ => None,
        }
    }
    change(search, own, |r| r.role = None);
    thin_tags(search, |c| own(&mut c.call.request).map(|r| &mut r.tags));
    thin_context(search, |c| {
        own(&mut c.call.request).map(|r| &mut r.settings)
    });
    for operation in [
        ControlOperation::GetGateway,
        ControlOperation::GetAgentRuntime,
        ControlOperation::DeleteBrowser,
        ControlOperation::CreateGateway,
        ControlOperation::UpdateGateway,
        ControlOperation::UpdateAgentRuntime,
        ControlOperation::GetResourcePolicy,
    ] {
        change(search, own, |r| r.operation = operation);
    }
    change(search, own, |r| {
        r.operation = ControlOperation::CreateGateway;
        r.on = ControlTarget::Nothing;
    });
    change(search, own, |r| {
        r.operation = ControlOperation::ListGateways;
        (r.on, r.role) = (ControlTarget::Nothing, None);
    });
}

fn assume_role(search: Searching<'_, '_>) {
    fn own(request: &mut Request) -> Option<&mut AssumeRoleRequest> {
        match request {
            Request::AssumeRole(request) => Some(request),
            _ => None,
        }
    }
    drop_or_shorten(search, own, |r| &mut r.session);
    drop_or_shorten(search, own, |r| &mut r.external_id);
    drop_or_shorten(search, own, |r| &mut r.source_identity);
    // Before the tags, which they name.
    change(search, own, |r| r.transitive.clear());
    thin_tags(search, |c| own(&mut c.call.request).map(|r| &mut r.tags));
}

fn other(search: Searching<'_, '_>) {
    fn own(request: &mut Request) -> Option<&mut OtherRequest> {
        match request {
            Request::Other(request) => Some(request),
            _ => None,
        }
    }
    change(search, own, |r| r.via = None);
    change(search, own, |r| r.account = None);
    change(search, own, |r| "*".clone_into(&mut r.resource));
    thin_context(search, |c| own(&mut c.call.request).map(|r| &mut r.keys));
    change(search, own, |r| {
        if let Some((service, _)) = r.action.split_once(':') {
            r.action = format!("{service}:A");
        }
    });
}

/// Drops keys, then values of those that are left.
fn thin_context(
    search: Searching<'_, '_>,
    context: impl Fn(&mut CallCase) -> Option<&mut Context>,
) {
    let length = |c: &mut CallCase| context(c).map_or(0, |context| context.len());
    let first = length(&mut search.best);
    search.thin_by(first, length, |c, from, to| {
        if let Some(context) = context(c) {
            for index in (from..to).rev() {
                context.remove(index);
            }
        }
    });
    for at in 0..length(&mut search.best) {
        let values = |c: &mut CallCase| {
            let context = context(c)?;
            Some(context.entries().get(at)?.1.len())
        };
        let first = values(&mut search.best).unwrap_or(0);
        search.thin_by(
            first,
            |c| values(c).unwrap_or(0),
            |c, from, to| {
                if let Some(context) = context(c) {
                    drop_values(context, at, from, to);
                }
            },
        );
    }
}

fn drop_values(context: &mut Context, at: usize, from: usize, to: usize) {
    let mut left = Context::new();
    for (index, (name, values)) in context.iter().enumerate() {
        let mut values = values.to_vec();
        if index == at {
            values.drain(from..to);
        }
        // The names were distinct.
        let _ = left.insert(name, values);
    }
    *context = left;
}
