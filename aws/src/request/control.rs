//! Requests to the control plane.

mod gateway;
mod policy;
mod runtime;
mod setting;
mod target;
mod tool;

use std::collections::HashMap;

use veriam_model::{ControlOperation, ControlRequest, ControlTarget, Tags};

use super::Unsent;
use super::sending::{NAME, Sending, answered, known, unsupported};
use crate::raw::Raw;
use setting::Settings;

pub(super) async fn send(sending: &Sending<'_>, request: &ControlRequest) -> Result<Raw, Unsent> {
    use ControlOperation as Op;
    if !request.tags.is_empty() && !takes_tags(request.operation) {
        return unsupported("tags, which the operation has no member for");
    }
    let settings = Settings::new(&request.settings);
    match request.operation {
        Op::CreateAgentRuntime | Op::UpdateAgentRuntime => {
            runtime::write(sending, request, settings).await
        }
        Op::CreateGateway | Op::UpdateGateway => gateway::write(sending, request, settings).await,
        Op::CreateGatewayTarget | Op::UpdateGatewayTarget => {
            target::write(sending, request, settings).await
        }
        Op::CreateMemory => memory(sending, request, settings).await,
        Op::CreateBrowser | Op::CreateCodeInterpreter => {
            tool::create(sending, request, settings).await
        }
        operation => {
            settings.done()?;
            match operation {
                Op::GetGateway | Op::DeleteGateway | Op::ListGateways => {
                    gateway::other(sending, request).await
                }
                Op::ListMemories => answered(sending.control().list_memories().send().await),
                Op::DeleteBrowser | Op::DeleteCodeInterpreter => {
                    tool::delete(sending, request).await
                }
                Op::PutResourcePolicy | Op::GetResourcePolicy | Op::DeleteResourcePolicy => {
                    policy::send(sending, request).await
                }
                _ => runtime::other(sending, request).await,
            }
        }
    }
}

async fn memory(
    sending: &Sending<'_>,
    request: &ControlRequest,
    mut settings: Settings<'_>,
) -> Result<Raw, Unsent> {
    let key = settings.one("KmsKeyArn")?;
    settings.done()?;
    answered(
        sending
            .control()
            .create_memory()
            .name(NAME)
            .event_expiry_duration(30)
            .set_encryption_key_arn(key)
            .set_memory_execution_role_arn(role(sending, request)?)
            .set_tags(tags(&request.tags))
            .client_token(&sending.token)
            .send()
            .await,
    )
}

fn takes_tags(operation: ControlOperation) -> bool {
    use ControlOperation as Op;
    matches!(
        operation,
        Op::CreateAgentRuntime
            | Op::CreateAgentRuntimeEndpoint
            | Op::CreateGateway
            | Op::CreateMemory
            | Op::CreateBrowser
            | Op::CreateCodeInterpreter
    )
}

fn tags(tags: &Tags) -> Option<HashMap<String, String>> {
    let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    (!tags.is_empty()).then(|| tags.iter().map(owned).collect())
}

/// The ARN of the role that is handed over. Without one none is: a role that the call does not name would be another
/// question.
fn role(sending: &Sending<'_>, request: &ControlRequest) -> Result<Option<String>, Unsent> {
    let role = request.role.as_ref();
    role.map(|role| sending.role_arn(role)).transpose()
}

/// The id of the runtime a request is about.
fn runtime_id(request: &ControlRequest) -> Result<&str, Unsent> {
    known(match &request.on {
        ControlTarget::Runtime(id) => Some(id.as_str()),
        ControlTarget::RuntimeEndpoint { runtime, .. } => Some(runtime.as_str()),
        _ => None,
    })
}

/// The id of the gateway a request is about.
fn gateway_id(request: &ControlRequest) -> Result<&str, Unsent> {
    known(match &request.on {
        ControlTarget::Gateway(id) => Some(id.as_str()),
        _ => None,
    })
}
