//! Requests to runtimes.

use aws_sdk_bedrockagentcore::types::InvokeAgentRuntimeCommandRequestBody;
use aws_smithy_types::Blob;
use veriam_model::{RuntimeOperation, RuntimeRequest};

use super::Unsent;
use super::sending::{SESSION, Sending, answered, known, made, path_of_runtime, user_id};
use crate::raw::Raw;

const USER_ID: &str = "x-amzn-bedrock-agentcore-runtime-user-id";

/// What every agent is told.
const PROMPT: &[u8] = br#"{"prompt":"hello"}"#;

pub(super) async fn send(sending: &Sending<'_>, request: &RuntimeRequest) -> Result<Raw, Unsent> {
    use RuntimeOperation as Op;
    let runtime = known(sending.world.runtime(&request.runtime))?;
    let arn = sending.arn(&runtime.account, &format!("runtime/{}", runtime.id));
    let qualifier = request.qualifier.clone();
    let user = request.user_id.as_deref();
    user_id(user)?;
    let core = sending.core();
    match request.operation {
        Op::InvokeAgentRuntime => answered(
            core.invoke_agent_runtime()
                .agent_runtime_arn(arn)
                .set_qualifier(qualifier)
                .set_runtime_user_id(request.user_id.clone())
                .runtime_session_id(SESSION)
                .content_type("application/json")
                .payload(Blob::new(PROMPT))
                .send()
                .await,
        ),
        Op::InvokeAgentRuntimeCommand => command(sending, arn, qualifier).await,
        Op::StopRuntimeSession => answered(
            core.stop_runtime_session()
                .agent_runtime_arn(arn)
                .set_qualifier(qualifier)
                .runtime_session_id(SESSION)
                .client_token(&sending.token)
                .send()
                .await,
        ),
        Op::GetAgentCard => answered(
            core.get_agent_card()
                .agent_runtime_arn(arn)
                .set_qualifier(qualifier)
                .runtime_session_id(SESSION)
                .send()
                .await,
        ),
        Op::InvokeAgentRuntimeWithWebSocketStream => {
            let path = path_of_runtime(&arn, "ws", qualifier.as_deref());
            let headers: Vec<_> = user.map(|user| (USER_ID, user)).into_iter().collect();
            sending.upgrade(&path, &headers).await
        }
        Op::InvokeAgentRuntimeCommandShell => shell(sending, &arn, qualifier.as_deref()).await,
        Op::GetRuntimeProtectedResourceMetadata => {
            let rest = "invocations/.well-known/oauth-protected-resource";
            let path = path_of_runtime(&arn, rest, qualifier.as_deref());
            sending.plain("GET", &path, &[], Vec::new()).await
        }
    }
}

/// Runs a command in a session of a runtime or harness.
pub(super) async fn command(
    sending: &Sending<'_>,
    arn: String,
    qualifier: Option<String>,
) -> Result<Raw, Unsent> {
    let body = InvokeAgentRuntimeCommandRequestBody::builder().command("true");
    answered(
        sending
            .core()
            .invoke_agent_runtime_command()
            .agent_runtime_arn(arn)
            .set_qualifier(qualifier)
            .runtime_session_id(SESSION)
            .content_type("application/json")
            .body(made(body.build())?)
            .send()
            .await,
    )
}

/// Opens a shell in a session of a runtime or harness. No operation of the SDK does.
pub(super) async fn shell(
    sending: &Sending<'_>,
    arn: &str,
    qualifier: Option<&str>,
) -> Result<Raw, Unsent> {
    let path = path_of_runtime(arn, "ws/shells", qualifier);
    sending.upgrade(&path, &[]).await
}
