//! Gateways.

use serde_json::{Value, json};
use veriam_model::{ControlOperation, EngineMode, Gateway, GatewayAuthorizer, TokenRules};

use super::super::super::data::tags;
use super::super::super::text;
use super::super::show;
use super::{About, authorizer, gone, invalid, new_id};
use crate::state::{ResourceKind, State};
use crate::wire::{Answer, Fault};

/// Makes a gateway.
pub(super) fn create(state: &mut State, about: &About<'_>) -> Result<Answer, Fault> {
    let body = about.body;
    let (authorizer, token_rules) = inbound(body)?;
    let engine = engine(body)?;
    let tags = tags(body, "tags")?;
    let id = new_id(state, ResourceKind::Gateway, body, "name")?;
    let gateway = Gateway {
        account: about.account.to_owned(),
        id,
        authorizer,
        token_rules,
        engine,
        tags,
        policy: None,
    };
    let shown = show::gateway(state.world(), &gateway, about.now);
    state.change().gateways.push(gateway);
    Ok(Answer::json(202, &shown))
}

/// Carries out an operation on a gateway. An update says all of it anew.
pub(super) fn on_gateway(
    state: &mut State,
    operation: ControlOperation,
    id: &str,
    about: &About<'_>,
) -> Result<Answer, Fault> {
    use ControlOperation as Op;
    match operation {
        Op::DeleteGateway => {
            state.change().gateways.retain(|g| g.id != id);
            let gone = json!({"gatewayId": id, "status": "DELETING"});
            return Ok(Answer::json(202, &gone));
        }
        Op::UpdateGateway => {
            let (authorizer, token_rules) = inbound(about.body)?;
            let engine = engine(about.body)?;
            let mut gateways = state.change().gateways.iter_mut();
            let place = gateways.find(|g| g.id == id).ok_or_else(gone)?;
            (place.authorizer, place.token_rules) = (authorizer, token_rules);
            place.engine = engine;
        }
        _ => {}
    }
    let found = state.world().gateway(id).ok_or_else(gone)?;
    let shown = show::gateway(state.world(), found, about.now);
    if matches!(operation, Op::CreateGatewayTarget | Op::UpdateGatewayTarget) {
        let time = show::time(about.now);
        let target = json!({"gatewayArn": shown.get("gatewayArn"), "targetId": "TARGET0000", "createdAt": time,
            "updatedAt": time, "status": "READY", "name": text(about.body, "name").unwrap_or("target"),
            "targetConfiguration": about.body.get("targetConfiguration").unwrap_or(&json!({})),
            "credentialProviderConfigurations": []});
        return Ok(Answer::json(202, &target));
    }
    let status = if operation == Op::GetGateway {
        200
    } else {
        202
    };
    Ok(Answer::json(status, &shown))
}

fn inbound(body: &Value) -> Result<(GatewayAuthorizer, TokenRules), Fault> {
    let named = |t: &GatewayAuthorizer| Some(t.name()) == text(body, "authorizerType");
    let Some(found) = GatewayAuthorizer::ALL.into_iter().find(named) else {
        return Err(invalid(
            "authorizerType must be one of CUSTOM_JWT, AWS_IAM, NONE, AUTHENTICATE_ONLY",
        ));
    };
    let (_, token_rules) = authorizer(body.get("authorizerConfiguration"));
    Ok((found, token_rules))
}

/// The mode of the policy engine of a request (AC-221).
fn engine(body: &Value) -> Result<Option<EngineMode>, Fault> {
    let Some(configuration) = body.get("policyEngineConfiguration") else {
        return Ok(None);
    };
    match text(configuration, "mode") {
        Some("ENFORCE") => Ok(Some(EngineMode::Enforce)),
        Some("LOG_ONLY") => Ok(Some(EngineMode::LogOnly)),
        _ => Err(invalid(
            "Value at 'policyEngineConfiguration.mode' must be ENFORCE or LOG_ONLY.",
        )),
    }
}
