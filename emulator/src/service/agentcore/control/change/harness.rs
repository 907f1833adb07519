//! Harnesses and their endpoints.

use serde_json::{Value, json};
use veriam_model::{Harness, HarnessEndpoint, HarnessOperation, HarnessRequest};

use super::super::super::data::tags;
use super::super::show;
use super::{About, authorizer, gone, name, new_id};
use crate::state::State;
use crate::wire::{Answer, Fault};

/// Carries out an operation on harnesses that is allowed.
pub(in super::super) fn harness(
    state: &mut State,
    request: &HarnessRequest,
    about: &About<'_>,
) -> Result<Answer, Fault> {
    use HarnessOperation as Op;
    let now = about.now;
    match (
        request.operation,
        request.harness.as_deref(),
        request.endpoint.as_deref(),
    ) {
        (Op::CreateHarness, ..) => {
            let id = new_id(state, about.body, "harnessName", false)?;
            let (authorizer, token_rules) = authorizer(about.body);
            let harness = Harness {
                account: about.account.to_owned(),
                id,
                authorizer,
                token_rules,
                with_memory: request.with_memory,
                tags: tags(about.body, "tags")?,
                endpoints: Vec::new(),
            };
            let shown = show::harness(state.world(), &harness, now);
            state.change().harnesses.push(harness);
            Ok(Answer::json(201, &json!({"harness": shown})))
        }
        (Op::ListHarnesses, ..) => {
            let own = state
                .world()
                .harnesses
                .iter()
                .filter(|h| h.account == about.account);
            let shown: Vec<Value> = own.map(|h| show::harness(state.world(), h, now)).collect();
            Ok(Answer::json(200, &json!({"harnesses": shown})))
        }
        (Op::DeleteHarness, Some(id), _) => {
            let shown = state
                .world()
                .harness(id)
                .map(|h| show::harness(state.world(), h, now));
            state.change().harnesses.retain(|h| h.id != id);
            Ok(Answer::json(200, &json!({"harness": shown})))
        }
        (operation, Some(id), endpoint) => {
            let harnesses = &mut state.change().harnesses;
            let place = harnesses.iter_mut().find(|h| h.id == id).ok_or_else(gone)?;
            let shown = |name: &str| json!({"endpoint": {"endpointName": name, "harnessId": id, "status": "READY"}});
            match (operation, endpoint) {
                (Op::CreateHarnessEndpoint, _) => {
                    let name =
                        name(about.body, "endpointName").or_else(|_| name(about.body, "name"))?;
                    let tags = tags(about.body, "tags")?;
                    if name == "DEFAULT" || place.endpoints.iter().any(|e| e.name == name) {
                        let message = format!("Endpoint {name} already exists.");
                        return Err(Fault::new(409, "ConflictException", message));
                    }
                    place.endpoints.push(HarnessEndpoint {
                        name: name.clone(),
                        tags,
                    });
                    Ok(Answer::json(201, &shown(&name)))
                }
                (Op::DeleteHarnessEndpoint, Some(name)) => {
                    place.endpoints.retain(|e| e.name != name);
                    Ok(Answer::json(200, &shown(name)))
                }
                (_, Some(name)) => Ok(Answer::json(200, &shown(name))),
                (Op::ListHarnessEndpoints, _) => {
                    let all: Vec<Value> = place
                        .endpoints
                        .iter()
                        .map(|e| json!({"endpointName": e.name}))
                        .collect();
                    Ok(Answer::json(200, &json!({"endpoints": all})))
                }
                (Op::ListHarnessVersions, _) => Ok(Answer::json(200, &json!({"versions": []}))),
                _ => {
                    let found = state.world().harness(id).ok_or_else(gone)?;
                    let shown = show::harness(state.world(), found, now);
                    Ok(Answer::json(200, &json!({"harness": shown})))
                }
            }
        }
        (_, None, _) => Err(gone()),
    }
}
