//! Requests to browsers and code interpreters.

use aws_sdk_bedrockagentcore::types::{
    AutomationStreamStatus, AutomationStreamUpdate, StreamUpdate, ToolArguments, ToolName,
};
use veriam_model::{ToolKind, ToolOperation, ToolRequest};

use super::Unsent;
use super::sending::{NAME, Sending, answered, escaped};
use crate::raw::Raw;

/// A session of a tool in the form of the service.
const SESSION: &str = "01ABCDEFGHJKMNPQRSTVWXYZ01";

pub(super) async fn send(sending: &Sending<'_>, request: &ToolRequest) -> Result<Raw, Unsent> {
    let of_aws = match request.operation.kind() {
        ToolKind::Browser => "aws.browser.v1",
        ToolKind::CodeInterpreter => "aws.codeinterpreter.v1",
    };
    let id = request.tool.as_deref().unwrap_or(of_aws);
    match request.operation.kind() {
        ToolKind::Browser => browser(sending, request.operation, id).await,
        ToolKind::CodeInterpreter => interpreter(sending, request.operation, id).await,
    }
}

async fn browser(sending: &Sending<'_>, operation: ToolOperation, id: &str) -> Result<Raw, Unsent> {
    use ToolOperation as Op;
    let core = sending.core();
    match operation {
        Op::StartBrowserSession => answered(
            core.start_browser_session()
                .browser_identifier(id)
                .name(NAME)
                .client_token(&sending.token)
                .send()
                .await,
        ),
        Op::GetBrowserSession => answered(
            core.get_browser_session()
                .browser_identifier(id)
                .session_id(SESSION)
                .send()
                .await,
        ),
        Op::StopBrowserSession => answered(
            core.stop_browser_session()
                .browser_identifier(id)
                .session_id(SESSION)
                .client_token(&sending.token)
                .send()
                .await,
        ),
        Op::UpdateBrowserStream => {
            let update = AutomationStreamUpdate::builder()
                .stream_status(AutomationStreamStatus::Enabled)
                .build();
            answered(
                core.update_browser_stream()
                    .browser_identifier(id)
                    .session_id(SESSION)
                    .stream_update(StreamUpdate::AutomationStreamUpdate(update))
                    .client_token(&sending.token)
                    .send()
                    .await,
            )
        }
        Op::ConnectBrowserAutomationStream => stream(sending, id, "automation").await,
        Op::ConnectBrowserLiveViewStream => stream(sending, id, "live-view").await,
        _ => answered(
            core.list_browser_sessions()
                .browser_identifier(id)
                .send()
                .await,
        ),
    }
}

/// Opens a stream of a browser session. No operation of the SDK does.
async fn stream(sending: &Sending<'_>, id: &str, what: &str) -> Result<Raw, Unsent> {
    let id = escaped(id);
    let path = format!("/browser-streams/{id}/sessions/{SESSION}/{what}");
    sending.upgrade(&path, &[]).await
}

async fn interpreter(
    sending: &Sending<'_>,
    operation: ToolOperation,
    id: &str,
) -> Result<Raw, Unsent> {
    use ToolOperation as Op;
    let core = sending.core();
    match operation {
        Op::StartCodeInterpreterSession => answered(
            core.start_code_interpreter_session()
                .code_interpreter_identifier(id)
                .name(NAME)
                .client_token(&sending.token)
                .send()
                .await,
        ),
        Op::GetCodeInterpreterSession => answered(
            core.get_code_interpreter_session()
                .code_interpreter_identifier(id)
                .session_id(SESSION)
                .send()
                .await,
        ),
        Op::StopCodeInterpreterSession => answered(
            core.stop_code_interpreter_session()
                .code_interpreter_identifier(id)
                .session_id(SESSION)
                .client_token(&sending.token)
                .send()
                .await,
        ),
        Op::InvokeCodeInterpreter => answered(
            core.invoke_code_interpreter()
                .code_interpreter_identifier(id)
                .session_id(SESSION)
                .name(ToolName::ListFiles)
                .arguments(ToolArguments::builder().directory_path(".").build())
                .send()
                .await,
        ),
        _ => answered(
            core.list_code_interpreter_sessions()
                .code_interpreter_identifier(id)
                .send()
                .await,
        ),
    }
}
