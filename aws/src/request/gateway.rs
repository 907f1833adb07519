//! Requests to gateways: what a client of the Model Context Protocol sends.

use serde_json::json;
use veriam_model::GatewayRequest;

use super::Unsent;
use super::sending::{Sending, escaped};
use crate::raw::Raw;

pub(super) async fn send(sending: &Sending<'_>, request: &GatewayRequest) -> Result<Raw, Unsent> {
    let (method, params) = if request.tool_call {
        ("tools/call", json!({"name": "veriam", "arguments": {}}))
    } else {
        ("tools/list", json!({}))
    };
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let headers = [
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
    ];
    let path = format!("/gateway/{}/mcp", escaped(&request.gateway));
    sending
        .plain("POST", &path, &headers, body.to_string().into_bytes())
        .await
}
