//! Requests about browsers and code interpreters of customers.

use aws_sdk_bedrockagentcorecontrol::types::{
    BrowserNetworkConfiguration, BrowserNetworkMode, CodeInterpreterNetworkConfiguration,
    CodeInterpreterNetworkMode,
};
use veriam_model::{ControlOperation, ControlRequest, ControlTarget};

use super::super::Unsent;
use super::super::sending::{NAME, Sending, answered, known};
use super::setting::Settings;
use super::{role, tags};
use crate::raw::Raw;

/// Makes one.
pub(super) async fn create(
    sending: &Sending<'_>,
    request: &ControlRequest,
    mut settings: Settings<'_>,
) -> Result<Raw, Unsent> {
    let control = sending.control();
    let vpc = settings.network()?;
    settings.done()?;
    if request.operation == ControlOperation::CreateBrowser {
        let mode = vpc
            .as_ref()
            .map_or(BrowserNetworkMode::Public, |_| BrowserNetworkMode::Vpc);
        let network = BrowserNetworkConfiguration::builder()
            .network_mode(mode)
            .set_vpc_config(vpc);
        return answered(
            control
                .create_browser()
                .name(NAME)
                .set_execution_role_arn(role(sending, request)?)
                .network_configuration(network.build())
                .set_tags(tags(&request.tags))
                .client_token(&sending.token)
                .send()
                .await,
        );
    }
    let mode = vpc
        .as_ref()
        .map_or(CodeInterpreterNetworkMode::Public, |_| {
            CodeInterpreterNetworkMode::Vpc
        });
    let network = CodeInterpreterNetworkConfiguration::builder()
        .network_mode(mode)
        .set_vpc_config(vpc);
    answered(
        control
            .create_code_interpreter()
            .name(NAME)
            .set_execution_role_arn(role(sending, request)?)
            .network_configuration(network.build())
            .set_tags(tags(&request.tags))
            .client_token(&sending.token)
            .send()
            .await,
    )
}

/// Removes one.
pub(super) async fn delete(sending: &Sending<'_>, request: &ControlRequest) -> Result<Raw, Unsent> {
    let control = sending.control();
    let id = known(match &request.on {
        ControlTarget::Tool(id) => Some(id),
        _ => None,
    })?;
    if request.operation == ControlOperation::DeleteBrowser {
        return answered(
            control
                .delete_browser()
                .browser_id(id)
                .client_token(&sending.token)
                .send()
                .await,
        );
    }
    answered(
        control
            .delete_code_interpreter()
            .code_interpreter_id(id)
            .client_token(&sending.token)
            .send()
            .await,
    )
}
