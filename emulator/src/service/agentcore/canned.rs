//! What is answered after an allow: always the same, in the shape clients of the operation expect. Nothing runs, nothing
//! is remembered.

use serde_json::{Value, json};

use super::data::WORKLOAD_TOKEN;
use super::{Route, text};
use crate::service::{Asked, Core};
use crate::wire::Answer;

const SESSION: &str = "x-amzn-bedrock-agentcore-runtime-session-id";

/// The answer to an operation that policies allow.
pub(super) fn answer(core: &Core, asked: &Asked<'_>, route: &Route, body: &Value) -> Answer {
    let session = asked
        .header(SESSION)
        .unwrap_or("session-of-the-emulator-0000000000000000")
        .to_owned();
    let mut answer = match route.name {
        "InvokeAgentRuntime" => Answer::json(200, &json!({"result": "allowed"})),
        // An empty stream of events is a stream of events.
        "InvokeAgentRuntimeCommand" | "InvokeHarness" | "InvokeCodeInterpreter" => Answer {
            status: 200,
            headers: vec![(
                "content-type",
                "application/vnd.amazon.eventstream".to_owned(),
            )],
            body: Vec::new(),
        },
        "InvokeAgentRuntimeWithWebSocketStream"
        | "InvokeAgentRuntimeCommandShell"
        | "ConnectBrowserAutomationStream"
        | "ConnectBrowserLiveViewStream" => Answer::empty(101),
        "InvokeGateway" => {
            let id = body.get("id").cloned().unwrap_or(Value::Null);
            let result = match text(body, "method") {
                Some("tools/list") => json!({"tools": []}),
                Some("tools/call") => {
                    json!({"content": [{"type": "text", "text": "allowed"}], "isError": false})
                }
                _ => json!({}),
            };
            Answer::json(200, &json!({"jsonrpc": "2.0", "id": id, "result": result}))
        }
        name => {
            let (status, members) = members(core, asked, name, route, body);
            if status == 204 {
                Answer::empty(204)
            } else {
                Answer::json(status, &members)
            }
        }
    };
    if route.vars.iter().any(|(name, _)| name == "agentRuntimeArn") {
        answer.headers.push((SESSION, session));
    }
    answer
}

fn members(
    core: &Core,
    asked: &Asked<'_>,
    name: &str,
    route: &Route,
    body: &Value,
) -> (u16, Value) {
    let now = asked.now;
    let memory = || {
        let id = route
            .var("memoryId")
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        let state = core.read();
        let world = state.world();
        let account = world
            .memory(&id)
            .map(|m| m.account.clone())
            .unwrap_or_default();
        let arn = crate::state::resource_arn(world, &account, &format!("memory/{id}"));
        json!({"id": id, "arn": arn, "name": id, "status": "ACTIVE", "eventExpiryDuration": 30,
            "createdAt": now, "updatedAt": now})
    };
    let of = |member: &str| -> Value {
        let var = route.var(member);
        if var.is_empty() {
            body.get(member).cloned().unwrap_or(json!("none"))
        } else {
            json!(var)
        }
    };
    let event = || {
        json!({"memoryId": of("memoryId"), "actorId": of("actorId"), "sessionId": of("sessionId"),
            "eventId": "0000000000000#00000000", "eventTimestamp": now, "payload": []})
    };
    let session = "01ABCDEFGHJKMNPQRSTVWXYZ01";
    let tool = |identifier: &str| json!({identifier: of(identifier), "sessionId": session, "createdAt": now, "status": "READY"});
    let workload = || {
        format!(
            "{WORKLOAD_TOKEN}{}",
            text(body, "workloadName").unwrap_or_default()
        )
    };
    match name {
        "GetAgentCard" => (
            200,
            json!({"name": "agent", "description": "allowed", "version": "1", "skills": []}),
        ),
        "GetRuntimeProtectedResourceMetadata" => (
            200,
            json!({"resource": of("agentRuntimeArn"), "authorization_servers": []}),
        ),
        "GetMemory" => (200, json!({"memory": memory()})),
        "UpdateMemory" => (202, json!({"memory": memory()})),
        "CreateEvent" => (201, json!({"event": event()})),
        "GetEvent" => (200, json!({"event": event()})),
        "DeleteEvent" => (200, json!({"eventId": of("eventId")})),
        "ListEvents" => (200, json!({"events": []})),
        "ListActors" => (200, json!({"actorSummaries": []})),
        "ListSessions" => (200, json!({"sessionSummaries": []})),
        "GetMemoryRecord" => (
            200,
            json!({"memoryRecord": {"memoryRecordId": of("memoryRecordId"),
            "content": {"text": "allowed"}, "memoryStrategyId": "none", "namespaces": [], "createdAt": now}}),
        ),
        "ListMemoryRecords" | "RetrieveMemoryRecords" => {
            (200, json!({"memoryRecordSummaries": []}))
        }
        "DeleteMemoryRecord" => (200, json!({"memoryRecordId": of("memoryRecordId")})),
        "BatchCreateMemoryRecords" => (201, json!({"successfulRecords": [], "failedRecords": []})),
        "BatchUpdateMemoryRecords" | "BatchDeleteMemoryRecords" => {
            (200, json!({"successfulRecords": [], "failedRecords": []}))
        }
        "StartMemoryExtractionJob" => (200, json!({"jobId": "job-0"})),
        "ListMemoryExtractionJobs" => (200, json!({"jobs": []})),
        "StartBrowserSession"
        | "GetBrowserSession"
        | "StopBrowserSession"
        | "UpdateBrowserStream" => (200, tool("browserIdentifier")),
        "StartCodeInterpreterSession"
        | "GetCodeInterpreterSession"
        | "StopCodeInterpreterSession" => (200, tool("codeInterpreterIdentifier")),
        "ListBrowserSessions" | "ListCodeInterpreterSessions" => (200, json!({"items": []})),
        "GetWorkloadAccessToken"
        | "GetWorkloadAccessTokenForJWT"
        | "GetWorkloadAccessTokenForUserId" => (200, json!({"workloadAccessToken": workload()})),
        "GetResourceApiKey" => (200, json!({"apiKey": "api-key-of-the-emulator"})),
        "GetResourceOauth2Token" => (200, json!({"accessToken": "token-of-the-emulator"})),
        "GetResourcePaymentToken" => (200, json!({"paymentTokenResponse": {}})),
        // StopRuntimeSession, CompleteResourceTokenAuth
        _ => (200, json!({})),
    }
}
