//! Runtimes, their versions and their endpoints.

use serde_json::{Value, json};
use veriam_model::{ControlOperation, Runtime, RuntimeEndpoint};

use super::super::super::data::tags;
use super::super::super::text;
use super::super::show;
use super::{About, authorizer, gone, invalid, name, new_id};
use crate::state::{DEFAULT, ResourceKind, State, Version};
use crate::wire::{Answer, Fault};

/// Makes a runtime, which is its first version.
pub(super) fn create(state: &mut State, about: &About<'_>) -> Result<Answer, Fault> {
    let tags = tags(about.body, "tags")?;
    let id = new_id(state, ResourceKind::Runtime, about.body, "agentRuntimeName")?;
    let Version {
        authorizer,
        token_rules,
    } = version(about.body);
    state.add_runtime(Runtime {
        account: about.account.to_owned(),
        id: id.clone(),
        authorizer,
        token_rules,
        tags,
        policy: None,
        endpoints: Vec::new(),
    });
    shown(state, &id, 1, 202, about)
}

/// Carries out an operation on a runtime.
pub(super) fn on_runtime(
    state: &mut State,
    operation: ControlOperation,
    id: &str,
    about: &About<'_>,
) -> Result<Answer, Fault> {
    use ControlOperation as Op;
    match operation {
        Op::GetAgentRuntime => {
            let wanted = about.query.get("agentRuntimeVersion").map(String::as_str);
            let number = number(state, id, wanted)?;
            let number = number.unwrap_or_else(|| state.newest_version(id));
            shown(state, id, number, 200, about)
        }
        Op::DeleteAgentRuntime => {
            state.remove_runtime(id);
            let gone = json!({"status": "DELETING", "agentRuntimeId": id});
            Ok(Answer::json(202, &gone))
        }
        Op::UpdateAgentRuntime => {
            state.add_version(id, version(about.body));
            shown(state, id, state.newest_version(id), 202, about)
        }
        Op::CreateAgentRuntimeEndpoint => {
            let name = name(about.body, "name")?;
            let found = state.world().runtime(id).ok_or_else(gone)?;
            if name == DEFAULT || found.endpoints.iter().any(|e| e.name == name) {
                let message = format!("Endpoint {name} already exists.");
                return Err(Fault::new(409, "ConflictException", message));
            }
            let number = number(state, id, text(about.body, VERSION))?;
            let endpoint = RuntimeEndpoint {
                name: name.clone(),
                authorizer: None,
                tags: tags(about.body, "tags")?,
                policy: None,
            };
            state.add_endpoint(id, endpoint, number);
            shown_endpoint(state, (id, &name), 202, about)
        }
        _ => Err(gone()),
    }
}

/// Carries out an operation on an endpoint of a runtime.
pub(super) fn on_endpoint(
    state: &mut State,
    operation: ControlOperation,
    (runtime, endpoint): (&str, &str),
    about: &About<'_>,
) -> Result<Answer, Fault> {
    use ControlOperation as Op;
    match operation {
        Op::DeleteAgentRuntimeEndpoint => {
            state.remove_endpoint(runtime, endpoint);
            let gone =
                json!({"status": "DELETING", "agentRuntimeId": runtime, "endpointName": endpoint});
            Ok(Answer::json(202, &gone))
        }
        Op::UpdateAgentRuntimeEndpoint => {
            if let Some(number) = number(state, runtime, text(about.body, VERSION))? {
                if endpoint == DEFAULT {
                    return Err(invalid("The DEFAULT endpoint follows the newest version."));
                }
                state.pin(runtime, endpoint, number);
            }
            shown_endpoint(state, (runtime, endpoint), 202, about)
        }
        _ => shown_endpoint(state, (runtime, endpoint), 200, about),
    }
}

const VERSION: &str = "agentRuntimeVersion";

/// The number that a request names, of a version that there is.
fn number(state: &State, runtime: &str, wanted: Option<&str>) -> Result<Option<usize>, Fault> {
    let Some(wanted) = wanted else {
        return Ok(None);
    };
    let is_number = wanted.len() <= 5 && wanted.bytes().all(|b| b.is_ascii_digit());
    let number: Option<usize> = wanted.parse().ok();
    let Some(number) = number.filter(|n| is_number && *n > 0 && !wanted.starts_with('0')) else {
        return Err(invalid(
            "Value at 'agentRuntimeVersion' must be a number from 1 to 99999.",
        ));
    };
    if number > state.newest_version(runtime) {
        let message = format!("Version {number} of the agent runtime was not found.");
        return Err(Fault::new(404, "ResourceNotFoundException", message));
    }
    Ok(Some(number))
}

fn version(body: &Value) -> Version {
    let (authorizer, token_rules) = authorizer(body.get("authorizerConfiguration"));
    Version {
        authorizer,
        token_rules,
    }
}

fn shown(
    state: &State,
    id: &str,
    number: usize,
    status: u16,
    about: &About<'_>,
) -> Result<Answer, Fault> {
    let found = state.world().runtime(id).ok_or_else(gone)?;
    let shown = show::runtime(state.world(), found, number, about.now);
    Ok(Answer::json(status, &shown))
}

fn shown_endpoint(
    state: &State,
    (runtime, endpoint): (&str, &str),
    status: u16,
    about: &About<'_>,
) -> Result<Answer, Fault> {
    let found = state.world().runtime(runtime).ok_or_else(gone)?;
    let number = state.version_behind(runtime, endpoint);
    let shown = show::endpoint(state.world(), found, endpoint, number, about.now);
    Ok(Answer::json(status, &shown))
}
