//! Requests about gateways.

use aws_sdk_bedrockagentcorecontrol::types::{
    AuthorizerType, GatewayPolicyEngineConfiguration, GatewayPolicyEngineMode, GatewayProtocolType,
};
use veriam_model::{ControlOperation, ControlRequest};

use super::super::Unsent;
use super::super::sending::{NAME, Sending, answered, made, unsupported};
use super::setting::{Settings, of_tokens};
use super::{gateway_id, role, tags};
use crate::raw::Raw;

/// Makes or changes a gateway.
pub(super) async fn write(
    sending: &Sending<'_>,
    request: &ControlRequest,
    mut settings: Settings<'_>,
) -> Result<Raw, Unsent> {
    let control = sending.control();
    let Some(authorizer) = settings.one("GatewayAuthorizerType")? else {
        return unsupported("gateways without an authorizer type, which every request tells");
    };
    let authorizer = AuthorizerType::from(authorizer.as_str());
    // Without an issuer the configuration of the authorizer stays out: it cannot be there and name none.
    let issuer = settings.one("DiscoveryUrl")?;
    let issuer = issuer.map(|url| of_tokens(&url)).transpose()?;
    let protocol = settings.one("ProtocolType")?;
    let protocol = protocol.map(|name| GatewayProtocolType::from(name.as_str()));
    let key = settings.one("KmsKeyArn")?;
    let engine = engine(&mut settings)?;
    settings.done()?;
    if request.operation == ControlOperation::UpdateGateway {
        return answered(
            control
                .update_gateway()
                .gateway_identifier(gateway_id(request)?)
                .name(NAME)
                .set_role_arn(role(sending, request)?)
                .set_protocol_type(protocol)
                .authorizer_type(authorizer)
                .set_authorizer_configuration(issuer)
                .set_kms_key_arn(key)
                .set_policy_engine_configuration(engine)
                .send()
                .await,
        );
    }
    answered(
        control
            .create_gateway()
            .name(NAME)
            .set_role_arn(role(sending, request)?)
            .set_protocol_type(protocol)
            .authorizer_type(authorizer)
            .set_authorizer_configuration(issuer)
            .set_kms_key_arn(key)
            .set_policy_engine_configuration(engine)
            .set_tags(tags(&request.tags))
            .client_token(&sending.token)
            .send()
            .await,
    )
}

fn engine(settings: &mut Settings<'_>) -> Result<Option<GatewayPolicyEngineConfiguration>, Unsent> {
    match (
        settings.one("PolicyEngineArn")?,
        settings.one("PolicyEngineMode")?,
    ) {
        (None, None) => Ok(None),
        (Some(arn), Some(mode)) => {
            let config = GatewayPolicyEngineConfiguration::builder()
                .arn(arn)
                .mode(GatewayPolicyEngineMode::from(mode.as_str()));
            made(config.build()).map(Some)
        }
        _ => unsupported("policy engines without both ARN and mode, which every request tells"),
    }
}

/// Reads, removes and lists gateways.
pub(super) async fn other(sending: &Sending<'_>, request: &ControlRequest) -> Result<Raw, Unsent> {
    let control = sending.control();
    match request.operation {
        ControlOperation::GetGateway => answered(
            control
                .get_gateway()
                .gateway_identifier(gateway_id(request)?)
                .send()
                .await,
        ),
        ControlOperation::DeleteGateway => answered(
            control
                .delete_gateway()
                .gateway_identifier(gateway_id(request)?)
                .send()
                .await,
        ),
        _ => answered(control.list_gateways().send().await),
    }
}
