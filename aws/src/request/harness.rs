//! Requests to harnesses.

use aws_sdk_bedrockagentcore::types::{
    HarnessContentBlock, HarnessConversationRole, HarnessMessage,
};
use aws_sdk_bedrockagentcorecontrol::types::{
    HarnessDisabledMemoryConfiguration, HarnessManagedMemoryConfiguration,
    HarnessMemoryConfiguration,
};
use veriam_model::{HarnessOperation, HarnessRequest};

use super::sending::{DESCRIPTION, NAME, SESSION, Sending, answered, known, made, user_id};
use super::{Unsent, runtime};
use crate::raw::Raw;

pub(super) async fn send(sending: &Sending<'_>, request: &HarnessRequest) -> Result<Raw, Unsent> {
    use HarnessOperation as Op;
    let endpoint = request.endpoint.clone();
    let harness = || {
        let id = request.harness.as_deref();
        known(id.and_then(|id| sending.world.harness(id)))
    };
    let arn = || {
        let harness = harness()?;
        Ok(sending.arn(&harness.account, &format!("harness/{}", harness.id)))
    };
    let id = || Ok(harness()?.id.clone());
    match request.operation {
        Op::InvokeHarness => {
            user_id(request.user_id.as_deref())?;
            let message = HarnessMessage::builder()
                .role(HarnessConversationRole::User)
                .content(HarnessContentBlock::Text("hello".to_owned()));
            answered(
                sending
                    .core()
                    .invoke_harness()
                    .harness_arn(arn()?)
                    .set_qualifier(endpoint)
                    .set_runtime_user_id(request.user_id.clone())
                    .runtime_session_id(SESSION)
                    .messages(made(message.build())?)
                    .send()
                    .await,
            )
        }
        Op::InvokeAgentRuntimeCommand => runtime::command(sending, arn()?, endpoint).await,
        Op::InvokeAgentRuntimeCommandShell => {
            runtime::shell(sending, &arn()?, endpoint.as_deref()).await
        }
        Op::CreateHarness => create(sending, request).await,
        Op::ListHarnesses => answered(sending.control().list_harnesses().send().await),
        operation => about(sending, operation, id()?, endpoint).await,
    }
}

async fn create(sending: &Sending<'_>, request: &HarnessRequest) -> Result<Raw, Unsent> {
    let memory = if request.with_memory {
        let managed = HarnessManagedMemoryConfiguration::builder().build();
        HarnessMemoryConfiguration::ManagedMemoryConfiguration(managed)
    } else {
        // Said aloud: what happens when it is left out is the service's choice.
        HarnessMemoryConfiguration::Disabled(HarnessDisabledMemoryConfiguration::builder().build())
    };
    answered(
        sending
            .control()
            .create_harness()
            .harness_name(NAME)
            .memory(memory)
            .client_token(&sending.token)
            .send()
            .await,
    )
}

/// What is done to a harness that exists, and to its endpoints.
async fn about(
    sending: &Sending<'_>,
    operation: HarnessOperation,
    id: String,
    endpoint: Option<String>,
) -> Result<Raw, Unsent> {
    use HarnessOperation as Op;
    let control = sending.control();
    let token = &sending.token;
    match operation {
        Op::UpdateHarness => answered(
            control
                .update_harness()
                .harness_id(id)
                .max_iterations(1)
                .client_token(token)
                .send()
                .await,
        ),
        Op::DeleteHarness => answered(
            control
                .delete_harness()
                .harness_id(id)
                .client_token(token)
                .send()
                .await,
        ),
        Op::ListHarnessVersions => {
            answered(control.list_harness_versions().harness_id(id).send().await)
        }
        Op::CreateHarnessEndpoint => answered(
            control
                .create_harness_endpoint()
                .harness_id(id)
                .endpoint_name(NAME)
                .client_token(token)
                .send()
                .await,
        ),
        Op::GetHarnessEndpoint => answered(
            control
                .get_harness_endpoint()
                .harness_id(id)
                .set_endpoint_name(endpoint)
                .send()
                .await,
        ),
        Op::UpdateHarnessEndpoint => answered(
            control
                .update_harness_endpoint()
                .harness_id(id)
                .set_endpoint_name(endpoint)
                .description(DESCRIPTION)
                .client_token(token)
                .send()
                .await,
        ),
        Op::DeleteHarnessEndpoint => answered(
            control
                .delete_harness_endpoint()
                .harness_id(id)
                .set_endpoint_name(endpoint)
                .client_token(token)
                .send()
                .await,
        ),
        Op::ListHarnessEndpoints => {
            answered(control.list_harness_endpoints().harness_id(id).send().await)
        }
        _ => answered(control.get_harness().harness_id(id).send().await),
    }
}
