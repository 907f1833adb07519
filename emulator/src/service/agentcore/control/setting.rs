//! The settings of a request that condition keys show (AC-208, AC-251): where in the body each stands.

use serde_json::Value;
use veriam_model::{Context, ControlOperation as Op};

use crate::wire::Fault;

/// How a value is written.
enum Form {
    /// A text.
    Text,
    /// A list of texts.
    List,
    /// An object with one member, whose name is the value.
    Member,
    /// The same, with names that the key has for them.
    Named(&'static [(&'static str, &'static str)]),
}

const PLACED: &[Op] = &[
    Op::CreateAgentRuntime,
    Op::UpdateAgentRuntime,
    Op::CreateBrowser,
    Op::CreateCodeInterpreter,
];
const GATEWAY: &[Op] = &[Op::CreateGateway, Op::UpdateGateway];
const TARGET: &[Op] = &[Op::CreateGatewayTarget, Op::UpdateGatewayTarget];
const MEMORY: &[Op] = &[Op::CreateMemory];

/// Key, place, form, and the operations that carry it. Members are those of the API models; which words the key
/// `PrivateEndpointType` has is not documented.
const SETTINGS: [(&str, &str, Form, &[Op]); 20] = [
    (
        "subnets",
        "/networkConfiguration/networkModeConfig/subnets",
        Form::List,
        PLACED,
    ),
    (
        "subnets",
        "/networkConfiguration/vpcConfig/subnets",
        Form::List,
        PLACED,
    ),
    (
        "subnets",
        "/privateEndpoint/managedVpcResource/subnetIds",
        Form::List,
        TARGET,
    ),
    (
        "securityGroups",
        "/networkConfiguration/networkModeConfig/securityGroups",
        Form::List,
        PLACED,
    ),
    (
        "securityGroups",
        "/networkConfiguration/vpcConfig/securityGroups",
        Form::List,
        PLACED,
    ),
    (
        "securityGroups",
        "/privateEndpoint/managedVpcResource/securityGroupIds",
        Form::List,
        TARGET,
    ),
    (
        "GatewayAuthorizerType",
        "/authorizerType",
        Form::Text,
        GATEWAY,
    ),
    (
        "DiscoveryUrl",
        "/authorizerConfiguration/customJWTAuthorizer/discoveryUrl",
        Form::Text,
        GATEWAY,
    ),
    ("KmsKeyArn", "/kmsKeyArn", Form::Text, GATEWAY),
    ("KmsKeyArn", "/encryptionKeyArn", Form::Text, MEMORY),
    ("ProtocolType", "/protocolType", Form::Text, GATEWAY),
    (
        "PolicyEngineArn",
        "/policyEngineConfiguration/arn",
        Form::Text,
        GATEWAY,
    ),
    (
        "PolicyEngineMode",
        "/policyEngineConfiguration/mode",
        Form::Text,
        GATEWAY,
    ),
    (
        "McpTargetConfigurationType",
        "/targetConfiguration/mcp",
        Form::Member,
        TARGET,
    ),
    (
        "HttpTargetConfigurationType",
        "/targetConfiguration/http",
        Form::Member,
        TARGET,
    ),
    (
        "AllowedRequestHeaders",
        "/metadataConfiguration/allowedRequestHeaders",
        Form::List,
        TARGET,
    ),
    (
        "AllowedQueryParameters",
        "/metadataConfiguration/allowedQueryParameters",
        Form::List,
        TARGET,
    ),
    (
        "AllowedResponseHeaders",
        "/metadataConfiguration/allowedResponseHeaders",
        Form::List,
        TARGET,
    ),
    (
        "CredentialProviderType",
        "/credentialProviderConfigurations/0/credentialProviderType",
        Form::Text,
        TARGET,
    ),
    (
        "CredentialProviderScope",
        "/credentialProviderConfigurations/0/credentialProvider/oauthCredentialProvider/scopes",
        Form::List,
        TARGET,
    ),
];

const PRIVATE_ENDPOINT: Form = Form::Named(&[
    ("managedVpcResource", "managed"),
    ("selfManagedLatticeResource", "selfManaged"),
]);

/// The settings a request carries.
pub(super) fn settings(body: &Value, operation: Op) -> Result<Context, Fault> {
    let mut settings = Context::new();
    let mut add = |name: &str, values: Vec<String>| -> Result<(), Fault> {
        if values.is_empty() {
            return Ok(());
        }
        let added = settings.insert(name, values);
        added.map_err(|error| Fault::new(400, "ValidationException", error.to_string()))
    };
    for (name, place, form, operations) in &SETTINGS {
        if operations.contains(&operation) {
            add(
                name,
                body.pointer(place)
                    .map_or_else(Vec::new, |value| read(value, form)),
            )?;
        }
    }
    if TARGET.contains(&operation) {
        let endpoint = body.get("privateEndpoint");
        add(
            "PrivateEndpointType",
            endpoint.map_or_else(Vec::new, |value| read(value, &PRIVATE_ENDPOINT)),
        )?;
    }
    if matches!(operation, Op::CreateAgentRuntime | Op::UpdateAgentRuntime) {
        let jwt = body
            .pointer("/authorizerConfiguration/customJWTAuthorizer")
            .is_some();
        let name = if jwt { "CUSTOM_JWT" } else { "AWS_IAM" };
        add("RuntimeAuthorizerType", vec![name.to_owned()])?;
    }
    Ok(settings)
}

fn read(value: &Value, form: &Form) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let member = || {
        value
            .as_object()
            .and_then(|object| object.keys().next())
            .map(String::as_str)
    };
    match form {
        Form::Text => text(value).into_iter().collect(),
        Form::List => value
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(text)
            .collect(),
        Form::Member => member().map(str::to_owned).into_iter().collect(),
        Form::Named(names) => {
            let found = names.iter().find(|(name, _)| Some(*name) == member());
            found
                .map(|(_, value)| (*value).to_owned())
                .into_iter()
                .collect()
        }
    }
}
