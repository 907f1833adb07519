//! Requests about runtimes and their endpoints.

use aws_sdk_bedrockagentcorecontrol::types::{
    AgentRuntimeArtifact, ContainerConfiguration, NetworkConfiguration, NetworkMode,
};
use veriam_model::{ControlOperation, ControlRequest, ControlTarget};

use super::super::Unsent;
use super::super::sending::{DESCRIPTION, NAME, Sending, answered, known, made, unsupported};
use super::setting::{DISCOVERY_URL, Settings, of_tokens};
use super::{role, runtime_id, tags};
use crate::raw::Raw;

/// Makes or changes a runtime.
pub(super) async fn write(
    sending: &Sending<'_>,
    request: &ControlRequest,
    mut settings: Settings<'_>,
) -> Result<Raw, Unsent> {
    let control = sending.control();
    let authorizer = match settings.one("RuntimeAuthorizerType")?.as_deref() {
        Some("AWS_IAM") => None,
        Some("CUSTOM_JWT") => Some(of_tokens(DISCOVERY_URL)?),
        Some(_) => return unsupported("authorizer types the API has no name for"),
        // Leaving the member out says `AWS_IAM`.
        None => {
            return unsupported("runtimes without an authorizer type, which every request tells");
        }
    };
    let vpc = settings.network()?;
    settings.done()?;
    let mode = vpc
        .as_ref()
        .map_or(NetworkMode::Public, |_| NetworkMode::Vpc);
    let network = NetworkConfiguration::builder()
        .network_mode(mode)
        .set_network_mode_config(vpc);
    let network = made(network.build())?;
    let region = &sending.world.region;
    let image = format!("000000000000.dkr.ecr.{region}.amazonaws.com/veriam:latest");
    let container = ContainerConfiguration::builder().container_uri(image);
    let artifact = AgentRuntimeArtifact::ContainerConfiguration(made(container.build())?);
    if request.operation == ControlOperation::UpdateAgentRuntime {
        return answered(
            control
                .update_agent_runtime()
                .agent_runtime_id(runtime_id(request)?)
                .agent_runtime_artifact(artifact)
                .set_role_arn(role(sending, request)?)
                .network_configuration(network)
                .set_authorizer_configuration(authorizer)
                .client_token(&sending.token)
                .send()
                .await,
        );
    }
    answered(
        control
            .create_agent_runtime()
            .agent_runtime_name(NAME)
            .agent_runtime_artifact(artifact)
            .set_role_arn(role(sending, request)?)
            .network_configuration(network)
            .set_authorizer_configuration(authorizer)
            .set_tags(tags(&request.tags))
            .client_token(&sending.token)
            .send()
            .await,
    )
}

/// Reads, removes and lists runtimes, and what is done to endpoints.
pub(super) async fn other(sending: &Sending<'_>, request: &ControlRequest) -> Result<Raw, Unsent> {
    use ControlOperation as Op;
    let control = sending.control();
    match request.operation {
        Op::GetAgentRuntime => answered(
            control
                .get_agent_runtime()
                .agent_runtime_id(runtime_id(request)?)
                .send()
                .await,
        ),
        Op::DeleteAgentRuntime => answered(
            control
                .delete_agent_runtime()
                .agent_runtime_id(runtime_id(request)?)
                .client_token(&sending.token)
                .send()
                .await,
        ),
        Op::CreateAgentRuntimeEndpoint => answered(
            control
                .create_agent_runtime_endpoint()
                .agent_runtime_id(runtime_id(request)?)
                .name(NAME)
                .set_tags(tags(&request.tags))
                .client_token(&sending.token)
                .send()
                .await,
        ),
        Op::ListAgentRuntimeEndpoints => {
            // The path names a runtime, the question does not: any will do.
            let any = sending.world.runtimes.first();
            let id = any.map_or("veriam-0000000000", |runtime| runtime.id.as_str());
            answered(
                control
                    .list_agent_runtime_endpoints()
                    .agent_runtime_id(id)
                    .send()
                    .await,
            )
        }
        Op::GetAgentRuntimeEndpoint
        | Op::UpdateAgentRuntimeEndpoint
        | Op::DeleteAgentRuntimeEndpoint => endpoint(sending, request).await,
        _ => answered(control.list_agent_runtimes().send().await),
    }
}

async fn endpoint(sending: &Sending<'_>, request: &ControlRequest) -> Result<Raw, Unsent> {
    use ControlOperation as Op;
    let control = sending.control();
    let (id, name) = known(match &request.on {
        ControlTarget::RuntimeEndpoint { runtime, endpoint } => Some((runtime, endpoint)),
        _ => None,
    })?;
    match request.operation {
        Op::UpdateAgentRuntimeEndpoint => answered(
            control
                .update_agent_runtime_endpoint()
                .agent_runtime_id(id)
                .endpoint_name(name)
                .description(DESCRIPTION)
                .client_token(&sending.token)
                .send()
                .await,
        ),
        Op::DeleteAgentRuntimeEndpoint => answered(
            control
                .delete_agent_runtime_endpoint()
                .agent_runtime_id(id)
                .endpoint_name(name)
                .client_token(&sending.token)
                .send()
                .await,
        ),
        _ => answered(
            control
                .get_agent_runtime_endpoint()
                .agent_runtime_id(id)
                .endpoint_name(name)
                .send()
                .await,
        ),
    }
}
