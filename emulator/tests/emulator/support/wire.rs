//! A call of the model as a request on the wire, as far as a request can say it.

mod control;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use veriam_model::{
    Call, Caller, HarnessOperation, IdentityOperation, MemoryOperation, Request, RuntimeOperation,
    ToolKind, World, facts::agentcore,
};

use super::client;
use super::signer::{Raw, encode};

const USER_ID: &str = "x-amzn-bedrock-agentcore-runtime-user-id";

fn arn(world: &World, account: &str, rest: &str) -> String {
    format!(
        "arn:{}:bedrock-agentcore:{}:{account}:{rest}",
        world.partition, world.region
    )
}

/// The path of an operation, its places filled in.
fn path(name: &str, vars: &[(&str, &str)]) -> Option<(String, String)> {
    let api = agentcore::action(name)?.api.as_ref()?;
    let mut path = api.path.clone();
    for (var, value) in vars {
        path = path.replace(&format!("{{{var}}}"), &encode(value.as_bytes(), false));
    }
    assert!(!path.contains('{'), "{path}");
    Some((api.method.clone(), path))
}

/// The request, not signed and below no prefix; none: the wire has no way to say the call.
pub fn request(world: &World, call: &Call) -> Option<Raw> {
    let mut raw = match &call.request {
        Request::Runtime(r) => {
            let owner = &world.runtime(&r.runtime)?.account;
            let arn = encode(
                arn(world, owner, &format!("runtime/{}", r.runtime)).as_bytes(),
                false,
            );
            use RuntimeOperation as Op;
            let (method, rest) = match r.operation {
                Op::InvokeAgentRuntime => ("POST", "invocations"),
                Op::InvokeAgentRuntimeWithWebSocketStream => ("GET", "ws"),
                Op::InvokeAgentRuntimeCommand => ("POST", "commands"),
                Op::InvokeAgentRuntimeCommandShell => ("GET", "ws/shells"),
                Op::StopRuntimeSession => ("POST", "stopruntimesession"),
                Op::GetAgentCard => ("GET", "invocations/.well-known/agent-card.json"),
                Op::GetRuntimeProtectedResourceMetadata => {
                    ("GET", "invocations/.well-known/oauth-protected-resource")
                }
            };
            let body = if method == "POST" {
                json!({"prompt": "hello"})
            } else {
                Value::Null
            };
            let mut raw = client::json(method, &format!("/runtimes/{arn}/{rest}"), &body);
            if let Some(qualifier) = &r.qualifier {
                raw.query = format!("qualifier={qualifier}");
            }
            if let Some(user) = &r.user_id {
                raw.headers.push((USER_ID.to_owned(), user.clone()));
            }
            raw
        }
        Request::Gateway(r) => {
            let method = if r.tool_call {
                "tools/call"
            } else {
                "tools/list"
            };
            let body = json!({"jsonrpc": "2.0", "id": 7, "method": method});
            client::json("POST", &format!("/gateway/{}/mcp", r.gateway), &body)
        }
        Request::Memory(r) => memory(world, r)?,
        Request::Harness(r) => harness(world, r)?,
        Request::Tool(r) => {
            let (var, of_aws) = match r.operation.kind() {
                ToolKind::Browser => ("browserIdentifier", "aws.browser.v1"),
                ToolKind::CodeInterpreter => {
                    ("codeInterpreterIdentifier", "aws.codeinterpreter.v1")
                }
            };
            let id = r.tool.as_deref().unwrap_or(of_aws);
            let (method, path) = path(r.operation.name(), &[(var, id)])?;
            client::json(
                &method,
                &path,
                &if method == "GET" {
                    Value::Null
                } else {
                    json!({})
                },
            )
        }
        Request::Identity(r) => {
            use IdentityOperation as Op;
            let token = format!("workload-token/{}", r.workload);
            let body = match r.operation {
                Op::GetWorkloadAccessToken | Op::GetWorkloadAccessTokenForJWT => {
                    json!({"workloadName": r.workload, "userToken": r.claims.as_ref().map(unsigned)})
                }
                Op::GetWorkloadAccessTokenForUserId => {
                    json!({"workloadName": r.workload, "userId": r.user_id})
                }
                Op::CompleteResourceTokenAuth => json!({
                    "sessionUri": format!("{token}/{}", r.provider.as_deref()?), "userIdentifier": {"userId": r.user_id, "userToken": r.claims.as_ref().map(unsigned)}}),
                _ => {
                    json!({"workloadIdentityToken": token, "resourceCredentialProviderName": r.provider})
                }
            };
            let (method, path) = path(r.operation.name(), &[])?;
            client::json(&method, &path, &body)
        }
        Request::Control(r) => control::request(world, r)?,
        Request::AssumeRole(r) => {
            let role = world.role(&r.role.account, &r.role.name)?;
            let arn = format!(
                "arn:{}:iam::{}:role{}{}",
                world.partition, role.account, role.path, role.name
            );
            let mut raw = client::json("POST", "/", &Value::Null);
            let mut body = String::from("Action=AssumeRole&Version=2011-06-15");
            let mut add = |name: &str, value: &str| {
                body += &format!("&{name}={}", encode(value.as_bytes(), false));
            };
            add("RoleArn", &arn);
            add("RoleSessionName", r.session.as_deref()?);
            for (name, value) in [
                ("ExternalId", &r.external_id),
                ("SourceIdentity", &r.source_identity),
            ] {
                if let Some(value) = value {
                    add(name, value);
                }
            }
            for (at, (key, value)) in (1..).zip(r.tags.iter()) {
                add(&format!("Tags.member.{at}.Key"), key);
                add(&format!("Tags.member.{at}.Value"), value);
            }
            for (at, key) in (1..).zip(&r.transitive) {
                add(&format!("TransitiveTagKeys.member.{at}"), key);
            }
            raw.body = body.into_bytes();
            raw
        }
        Request::Other(_) => return None,
    };
    if matches!(call.caller, Caller::Service(_)) || call.user_agent.trim() != call.user_agent {
        return None;
    }
    let printable = |t: &str| t.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    if !raw.headers.iter().all(|(_, v)| printable(v)) || !printable(&call.user_agent) {
        return None;
    }
    raw.headers
        .push(("user-agent".to_owned(), call.user_agent.clone()));
    Some(raw)
}

fn memory(world: &World, r: &veriam_model::MemoryRequest) -> Option<Raw> {
    use MemoryOperation as Op;
    let owner = &world.memory(&r.memory)?.account;
    let id = if r.by_arn {
        arn(world, owner, &format!("memory/{}", r.memory))
    } else {
        r.memory.clone()
    };
    let or = |value: &Option<String>| value.clone().unwrap_or_default();
    let by_path = matches!(
        r.operation,
        Op::GetEvent | Op::DeleteEvent | Op::ListEvents | Op::ListSessions
    );
    let needs_session = by_path && r.operation != Op::ListSessions;
    // A path cannot leave out what is a part of it.
    if by_path && r.actor.is_none() || needs_session && r.session.is_none() {
        return None;
    }
    let (actor, session) = (or(&r.actor), or(&r.session));
    let vars = [
        ("memoryId", id.as_str()),
        ("actorId", &actor),
        ("sessionId", &session),
        ("eventId", "e1"),
        ("memoryRecordId", "m1"),
    ];
    let (method, path) = path(r.operation.name(), &vars)?;
    let mut body = serde_json::Map::new();
    let mut add = |name: &str, value: &Option<String>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), json!(value));
        }
    };
    let mut query = String::new();
    match r.operation {
        Op::StartMemoryExtractionJob => {
            let job = json!({"actorId": r.actor, "sessionId": r.session, "strategyId": r.strategy});
            body.insert("extractionJob".to_owned(), job);
        }
        Op::BatchCreateMemoryRecords | Op::BatchUpdateMemoryRecords => {
            let namespaces: Vec<&String> = r.namespace.iter().collect();
            body.insert("records".to_owned(), json!([{"namespaces": namespaces}]));
        }
        Op::GetMemoryRecord | Op::DeleteMemoryRecord => {
            if let Some(namespace) = &r.namespace {
                query = format!("namespace={}", encode(namespace.as_bytes(), false));
            }
        }
        Op::RetrieveMemoryRecords => {
            add("namespace", &r.namespace);
            add("namespacePath", &r.namespace_path);
            body.insert(
                "searchCriteria".to_owned(),
                json!({"searchQuery": "x", "memoryStrategyId": r.strategy}),
            );
        }
        _ => {
            add("namespace", &r.namespace);
            add("namespacePath", &r.namespace_path);
            add("memoryStrategyId", &r.strategy);
            if r.operation == Op::CreateEvent {
                add("actorId", &r.actor);
                add("sessionId", &r.session);
                let variables: serde_json::Map<String, Value> = r
                    .namespace_variables
                    .iter()
                    .map(|(k, v)| (k.to_owned(), json!(v)))
                    .collect();
                let config = json!({"namespaceVariables": variables});
                body.insert("extractionConfig".to_owned(), config);
            }
        }
    }
    let has_body = matches!(method.as_str(), "POST" | "PUT");
    let mut raw = client::json(
        &method,
        &path,
        &if has_body {
            Value::Object(body)
        } else {
            Value::Null
        },
    );
    raw.query = query;
    Some(raw)
}

fn harness(world: &World, r: &veriam_model::HarnessRequest) -> Option<Raw> {
    use HarnessOperation as Op;
    let id = r.harness.clone().unwrap_or_default();
    let arn = world
        .harness(&id)
        .map(|h| arn(world, &h.account, &format!("harness/{id}")));
    let (method, path) = match r.operation {
        Op::InvokeAgentRuntimeCommand => (
            "POST".to_owned(),
            format!(
                "/runtimes/{}/commands",
                encode(arn.as_deref()?.as_bytes(), false)
            ),
        ),
        Op::InvokeAgentRuntimeCommandShell => (
            "GET".to_owned(),
            format!(
                "/runtimes/{}/ws/shells",
                encode(arn.as_deref()?.as_bytes(), false)
            ),
        ),
        operation => {
            let endpoint = r.endpoint.clone().unwrap_or_default();
            path(
                operation.name(),
                &[("harnessId", &id), ("endpointName", &endpoint)],
            )?
        }
    };
    let body = match r.operation {
        Op::CreateHarness => {
            let member = if r.with_memory {
                "managedMemoryConfiguration"
            } else {
                "disabled"
            };
            json!({"harnessName": "new", "memory": {member: {}}})
        }
        Op::CreateHarnessEndpoint => json!({"endpointName": "new"}),
        _ if method == "GET" => Value::Null,
        _ => json!({}),
    };
    let mut raw = client::json(&method, &path, &body);
    let invoked = [
        Op::InvokeHarness,
        Op::InvokeAgentRuntimeCommand,
        Op::InvokeAgentRuntimeCommandShell,
    ];
    if invoked.contains(&r.operation) {
        let mut pairs = Vec::new();
        if r.operation == Op::InvokeHarness {
            pairs.push(format!("harnessArn={}", encode(arn?.as_bytes(), false)));
        }
        pairs.extend(
            r.endpoint
                .as_ref()
                .map(|endpoint| format!("qualifier={endpoint}")),
        );
        raw.query = pairs.join("&");
    }
    if let Some(user) = &r.user_id {
        raw.headers.push((USER_ID.to_owned(), user.clone()));
    }
    Some(raw)
}

/// A token that nobody signed: inside a request it is data.
fn unsigned(claims: &veriam_model::InboundClaims) -> String {
    let mut text = json!({"iss": claims.iss, "sub": claims.sub, "aud": claims.aud, "scope": claims.scope.join(" ")});
    if let Some(client) = &claims.client_id {
        text["client_id"] = json!(client);
    }
    format!("e30.{}.x", URL_SAFE_NO_PAD.encode(text.to_string()))
}
