//! Everything that the access table asks: each operation on each resource, and what the scenario's calls ask besides.

use veriam_model::{Caller, Request, RoleName};

use super::Ask;
use crate::operation::Operation;
use crate::scenario::asset::{
    Asset, DEFAULT, Members, On, is_on_harness_endpoint, provider_of, request,
};
use crate::scenario::facts::carried;
use crate::scenario::{Resource, Scenario};

/// Whom the calls with a user id name; no policy sees it.
const USER_ID: &str = "somebody";
/// The name of what is about no resource.
const NO_RESOURCE: &str = "the account";

/// A request of the table.
pub(super) struct Asked {
    pub(super) resource: String,
    pub(super) endpoint: Option<String>,
    pub(super) ask: Ask,
    pub(super) request: Request,
}

/// Every request of the table: by resource and endpoint in the order declared.
pub(super) fn asks(scenario: &Scenario) -> Vec<Asked> {
    let mut all: Vec<Asked> = Vec::new();
    for resource in &scenario.resources {
        of_resource(scenario, resource, &mut all);
    }
    for role in roles(scenario) {
        let request = request(
            Operation::AssumeRole,
            "",
            On::Role(&role.1),
            Members::default(),
        );
        all.extend(request.map(|request| asked(&role.0, None, request)));
    }
    for declared in &scenario.calls {
        let request = &declared.call.request;
        let is_grid = match request {
            Request::Runtime(_) | Request::AssumeRole(_) => true,
            Request::Harness(request) => request.harness.is_some(),
            _ => all.iter().any(|asked| asked.request == *request),
        };
        if !is_grid {
            all.push(asked(of(scenario, request), None, request.clone()));
        }
    }
    // What the calls add stands with the other requests of its resource.
    let mut order: Vec<(String, Option<String>)> = Vec::new();
    for asked in &all {
        let place = (asked.resource.clone(), asked.endpoint.clone());
        if !order.contains(&place) {
            order.push(place);
        }
    }
    let place = |asked: &Asked| {
        let resource = order.iter().position(|(r, _)| *r == asked.resource);
        let place = (&asked.resource, &asked.endpoint);
        let endpoint = order.iter().position(|(r, e)| place == (r, e));
        (resource, endpoint)
    };
    all.sort_by_key(place);
    all
}

fn asked(resource: &str, endpoint: Option<&str>, request: Request) -> Asked {
    let for_user = match &request {
        Request::Runtime(request) => request.user_id.is_some(),
        Request::Harness(request) => request.user_id.is_some(),
        Request::Identity(request) => request.user_id.is_some(),
        _ => false,
    };
    Asked {
        resource: resource.to_owned(),
        endpoint: endpoint.map(str::to_owned),
        ask: Ask {
            operation: request.operation().to_owned(),
            for_user,
            with: carried(&request),
        },
        request,
    }
}

/// Roles whose sessions can be asked for, with the names they go by.
fn roles(scenario: &Scenario) -> Vec<(String, RoleName)> {
    let mut roles: Vec<(String, RoleName)> = Vec::new();
    for principal in &scenario.principals {
        let Caller::Session(session) = &principal.caller else {
            continue;
        };
        let role = RoleName {
            account: session.account.clone(),
            name: session.role.clone(),
        };
        let known = scenario.world.role(&role.account, &role.name);
        let has_trust = known.is_some_and(|role| role.trust.is_some());
        if has_trust && roles.iter().all(|(_, other)| *other != role) {
            roles.push((principal.name.clone(), role));
        }
    }
    roles
}

fn of_resource(scenario: &Scenario, resource: &Resource, all: &mut Vec<Asked>) {
    let asset = &resource.asset;
    let endpoints: Vec<&str> = match asset {
        Asset::Runtime(id) => {
            let runtime = scenario.world.runtime(id);
            let listed = runtime.map(|r| r.endpoints.as_slice()).unwrap_or_default();
            listed.iter().map(|e| e.name.as_str()).collect()
        }
        Asset::Harness(id) => {
            let harness = scenario.world.harness(id);
            let listed = harness.map(|h| h.endpoints.as_slice()).unwrap_or_default();
            listed.iter().map(|e| e.name.as_str()).collect()
        }
        _ => Vec::new(),
    };
    let others = endpoints.into_iter().filter(|name| *name != DEFAULT);
    let endpoints: Vec<&str> = std::iter::once(DEFAULT).chain(others).collect();
    let mut add = |operation, endpoint: Option<&str>, members: Members| {
        let request = request(operation, "", On::Asset(asset), members);
        all.extend(request.map(|request| asked(&resource.name, endpoint, request)));
    };
    let plain = Members::default;
    let operations: Vec<Operation> = asset.operations().collect();
    for endpoint in endpoints {
        let named = (endpoint != DEFAULT).then(|| endpoint.to_owned());
        for &operation in &operations {
            let takes_user_id = match operation {
                Operation::Runtime(operation) => operation.takes_user_id(),
                Operation::Harness(operation) => {
                    operation == veriam_model::HarnessOperation::InvokeHarness
                }
                _ => false,
            };
            if !is_about_an_endpoint(operation) {
                continue;
            }
            let users = match takes_user_id {
                true => vec![None, Some(USER_ID.to_owned())],
                false => vec![None],
            };
            for user_id in users {
                let members = Members {
                    endpoint: named.clone(),
                    user_id,
                    ..plain()
                };
                add(operation, Some(endpoint), members);
            }
        }
    }
    for &operation in &operations {
        match operation {
            Operation::Identity(identity) => {
                let providers = scenario
                    .resources
                    .iter()
                    .filter_map(|r| match (&r.asset, asset) {
                        (Asset::Provider(owner, kind, name), Asset::Workload(account, _))
                            if owner == account && provider_of(identity) == Some(*kind) =>
                        {
                            Some(name.clone())
                        }
                        _ => None,
                    });
                if provider_of(identity).is_none() {
                    add(operation, None, plain());
                }
                for provider in providers {
                    let members = Members {
                        provider: Some(provider),
                        ..plain()
                    };
                    add(operation, None, members);
                }
            }
            Operation::Control(_) | Operation::Other => {}
            operation if !is_about_an_endpoint(operation) => add(operation, None, plain()),
            _ => {}
        }
    }
}

/// Whether a request of the operation names an endpoint of its runtime or harness.
fn is_about_an_endpoint(operation: Operation) -> bool {
    use veriam_model::HarnessOperation as Op;
    match operation {
        Operation::Runtime(_) => true,
        Operation::Harness(operation) => {
            let invokes = matches!(
                operation,
                Op::InvokeHarness
                    | Op::InvokeAgentRuntimeCommand
                    | Op::InvokeAgentRuntimeCommandShell
            );
            invokes || is_on_harness_endpoint(operation)
        }
        _ => false,
    }
}

/// The name of the resource a declared request is about.
fn of<'s>(scenario: &'s Scenario, request: &Request) -> &'s str {
    use veriam_model::ControlTarget as Target;
    let is_meant = |asset: &Asset| match (asset, request) {
        (Asset::Gateway(id), Request::Gateway(request)) => *id == request.gateway,
        (Asset::Memory(id), Request::Memory(request)) => *id == request.memory,
        (Asset::Workload(_, name), Request::Identity(request)) => *name == request.workload,
        (Asset::Other(arn), Request::Other(request)) => *arn == request.resource,
        (asset, Request::Control(request)) => match (asset, &request.on) {
            (
                Asset::Runtime(id),
                Target::Runtime(found) | Target::RuntimeEndpoint { runtime: found, .. },
            )
            | (Asset::Gateway(id), Target::Gateway(found))
            | (Asset::Memory(id), Target::Memory(found))
            | (Asset::Tool(_, Some(id)), Target::Tool(found)) => id == found,
            _ => false,
        },
        _ => false,
    };
    let found = scenario.resources.iter().find(|r| is_meant(&r.asset));
    found.map_or(NO_RESOURCE, |resource| &resource.name)
}
