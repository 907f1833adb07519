//! Requests about targets of gateways.

mod config;

use aws_sdk_bedrockagentcorecontrol::types::{
    EndpointIpAddressType, ManagedVpcResource, MetadataConfiguration, PrivateEndpoint,
    SelfManagedLatticeResource,
};
use veriam_model::{ControlOperation, ControlRequest};

use super::super::Unsent;
use super::super::sending::{NAME, Sending, answered, made, unsupported};
use super::gateway_id;
use super::setting::Settings;
use crate::raw::Raw;

/// Makes or changes a target.
pub(super) async fn write(
    sending: &Sending<'_>,
    request: &ControlRequest,
    mut settings: Settings<'_>,
) -> Result<Raw, Unsent> {
    let control = sending.control();
    let gateway = gateway_id(request)?;
    let target = config::target(sending, &mut settings)?;
    let credentials = config::credentials(sending, &mut settings)?;
    let credentials = credentials.map(|credentials| vec![credentials]);
    let metadata = metadata(&mut settings)?;
    let endpoint = private_endpoint(&mut settings)?;
    settings.done()?;
    if request.operation == ControlOperation::UpdateGatewayTarget {
        return answered(
            control
                .update_gateway_target()
                .gateway_identifier(gateway)
                .target_id("TARGET0000")
                .name(NAME)
                .target_configuration(target)
                .set_credential_provider_configurations(credentials)
                .set_metadata_configuration(metadata)
                .set_private_endpoint(endpoint)
                .send()
                .await,
        );
    }
    answered(
        control
            .create_gateway_target()
            .gateway_identifier(gateway)
            .name(NAME)
            .target_configuration(target)
            .set_credential_provider_configurations(credentials)
            .set_metadata_configuration(metadata)
            .set_private_endpoint(endpoint)
            .client_token(&sending.token)
            .send()
            .await,
    )
}

fn metadata(settings: &mut Settings<'_>) -> Result<Option<MetadataConfiguration>, Unsent> {
    let headers = settings.all("AllowedRequestHeaders")?;
    let parameters = settings.all("AllowedQueryParameters")?;
    let answers = settings.all("AllowedResponseHeaders")?;
    if headers.is_none() && parameters.is_none() && answers.is_none() {
        return Ok(None);
    }
    Ok(Some(
        MetadataConfiguration::builder()
            .set_allowed_request_headers(headers)
            .set_allowed_query_parameters(parameters)
            .set_allowed_response_headers(answers)
            .build(),
    ))
}

fn private_endpoint(settings: &mut Settings<'_>) -> Result<Option<PrivateEndpoint>, Unsent> {
    match settings.one("PrivateEndpointType")?.as_deref() {
        None => Ok(None),
        Some("managed") => {
            let subnets = settings.all("subnets")?;
            let managed = ManagedVpcResource::builder()
                .vpc_identifier("vpc-00000000000000000")
                .set_subnet_ids(Some(subnets.unwrap_or_default()))
                .set_security_group_ids(settings.all("securityGroups")?)
                .endpoint_ip_address_type(EndpointIpAddressType::Ipv4);
            made(managed.build()).map(|managed| Some(PrivateEndpoint::ManagedVpcResource(managed)))
        }
        Some("selfManaged") => {
            let id = "rcfg-00000000000000000".to_owned();
            let own = SelfManagedLatticeResource::ResourceConfigurationIdentifier(id);
            Ok(Some(PrivateEndpoint::SelfManagedLatticeResource(own)))
        }
        Some(_) => unsupported("private endpoints of a type the API has no member for"),
    }
}
