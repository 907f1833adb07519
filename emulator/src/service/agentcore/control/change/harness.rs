//! Harnesses and their endpoints.

use serde_json::{Value, json};
use veriam_model::{Harness, HarnessEndpoint, HarnessOperation, HarnessRequest};

use super::super::super::data::{manages_memory, tags};
use super::super::show;
use super::{About, authorizer, gone, name, new_id};
use crate::state::{DEFAULT, ResourceKind, State};
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
            let (authorizer, token_rules) = authorizer(about.body.get(AUTHORIZER));
            let tags = tags(about.body, "tags")?;
            let id = new_id(state, ResourceKind::Harness, about.body, "harnessName")?;
            let harness = Harness {
                account: about.account.to_owned(),
                id,
                authorizer,
                token_rules,
                with_memory: request.with_memory,
                tags,
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
        (Op::UpdateHarness, Some(id), _) => {
            let mut harnesses = state.change().harnesses.iter_mut();
            let place = harnesses.find(|h| h.id == id).ok_or_else(gone)?;
            update(place, about.body);
            let found = state.world().harness(id).ok_or_else(gone)?;
            let shown = show::harness(state.world(), found, now);
            Ok(Answer::json(200, &json!({"harness": shown})))
        }
        (Op::CreateHarnessEndpoint, Some(id), _) => {
            let name = name(about.body, "endpointName").or_else(|_| name(about.body, "name"))?;
            let tags = tags(about.body, "tags")?;
            let mut harnesses = state.change().harnesses.iter_mut();
            let place = harnesses.find(|h| h.id == id).ok_or_else(gone)?;
            if name == DEFAULT || place.endpoints.iter().any(|e| e.name == name) {
                let message = format!("Endpoint {name} already exists.");
                return Err(Fault::new(409, "ConflictException", message));
            }
            let endpoint = name.clone();
            place.endpoints.push(HarnessEndpoint { name, tags });
            shown_endpoint(state, (id, &endpoint), 201, about)
        }
        (Op::DeleteHarnessEndpoint, Some(id), Some(name)) => {
            let shown = shown_endpoint(state, (id, name), 200, about);
            let mut harnesses = state.change().harnesses.iter_mut();
            if let Some(place) = harnesses.find(|h| h.id == id) {
                place.endpoints.retain(|e| e.name != name);
            }
            shown
        }
        (_, Some(id), Some(name)) => shown_endpoint(state, (id, name), 200, about),
        (Op::ListHarnessEndpoints, Some(id), _) => {
            let found = state.world().harness(id).ok_or_else(gone)?;
            let shown =
                |e: &HarnessEndpoint| show::harness_endpoint(state.world(), found, &e.name, now);
            let all: Vec<Value> = found.endpoints.iter().map(shown).collect();
            Ok(Answer::json(200, &json!({"endpoints": all})))
        }
        (Op::ListHarnessVersions, Some(_), _) => Ok(Answer::json(200, &json!({"versions": []}))),
        (_, Some(id), _) => {
            let found = state.world().harness(id).ok_or_else(gone)?;
            let shown = show::harness(state.world(), found, now);
            Ok(Answer::json(200, &json!({"harness": shown})))
        }
        (_, None, _) => Err(gone()),
    }
}

const AUTHORIZER: &str = "authorizerConfiguration";

/// What an update does: a member that is there replaces, with its `optionalValue`; without that, it clears.
fn update(harness: &mut Harness, body: &Value) {
    if let Some(wrapped) = body.get(AUTHORIZER) {
        (harness.authorizer, harness.token_rules) = authorizer(wrapped.get("optionalValue"));
    }
    if let Some(wrapped) = body.get("memory") {
        harness.with_memory = manages_memory(wrapped.get("optionalValue"));
    }
}

fn shown_endpoint(
    state: &State,
    (id, endpoint): (&str, &str),
    status: u16,
    about: &About<'_>,
) -> Result<Answer, Fault> {
    let found = state.world().harness(id).ok_or_else(gone)?;
    let shown = show::harness_endpoint(state.world(), found, endpoint, about.now);
    Ok(Answer::json(status, &json!({"endpoint": shown})))
}
