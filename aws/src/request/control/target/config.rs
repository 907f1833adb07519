//! What a target of a gateway is, and with what credentials it is asked.

use aws_sdk_bedrockagentcorecontrol::types::{
    ApiGatewayTargetConfiguration, ApiGatewayToolConfiguration, ApiGatewayToolFilter,
    ApiSchemaConfiguration, CredentialProvider, CredentialProviderConfiguration,
    CredentialProviderType, GatewayApiKeyCredentialProvider, HttpTargetConfiguration,
    InferenceConnectorSource, InferenceConnectorTargetConfiguration, InferenceTargetConfiguration,
    McpLambdaTargetConfiguration, McpServerTargetConfiguration, McpTargetConfiguration,
    OAuthCredentialProvider, PassthroughProtocolType, PassthroughTargetConfiguration,
    RestApiMethod, RuntimeTargetConfiguration, S3Configuration, TargetConfiguration, ToolSchema,
};

use super::super::super::Unsent;
use super::super::super::sending::{Sending, made, unsupported};
use super::super::setting::Settings;

const ACCOUNT: &str = "000000000000";
const NO_TYPE: &str = "targets of a type the SDK has no member for";

/// What the target is. A request has to tell one; where the call tells none it is of a type that no key shows.
pub(super) fn target(
    sending: &Sending<'_>,
    settings: &mut Settings<'_>,
) -> Result<TargetConfiguration, Unsent> {
    let mcp = settings.one("McpTargetConfigurationType")?;
    let http = settings.one("HttpTargetConfigurationType")?;
    match (mcp, http) {
        (Some(name), None) => mcp_target(sending, &name).map(TargetConfiguration::Mcp),
        (None, Some(name)) => http_target(sending, &name).map(TargetConfiguration::Http),
        (Some(_), Some(_)) => unsupported("targets of two types: requests tell one"),
        (None, None) => {
            let source = InferenceConnectorSource::builder().connector_id("bedrock-mantle");
            let connector = InferenceConnectorTargetConfiguration::builder()
                .source(made(source.build())?)
                .build();
            let inference = InferenceTargetConfiguration::Connector(connector);
            Ok(TargetConfiguration::Inference(inference))
        }
    }
}

fn mcp_target(sending: &Sending<'_>, name: &str) -> Result<McpTargetConfiguration, Unsent> {
    let file = || S3Configuration::builder().uri("s3://veriam/schema").build();
    match name {
        "lambda" => {
            let region = &sending.world.region;
            let partition = &sending.world.partition;
            let arn = format!("arn:{partition}:lambda:{region}:{ACCOUNT}:function:veriam");
            let lambda = McpLambdaTargetConfiguration::builder()
                .lambda_arn(arn)
                .tool_schema(ToolSchema::S3(file()));
            made(lambda.build()).map(McpTargetConfiguration::Lambda)
        }
        "mcpServer" => {
            let server =
                McpServerTargetConfiguration::builder().endpoint("https://tools.example.com/mcp");
            made(server.build()).map(McpTargetConfiguration::McpServer)
        }
        "openApiSchema" => {
            let schema = ApiSchemaConfiguration::S3(file());
            Ok(McpTargetConfiguration::OpenApiSchema(schema))
        }
        "smithyModel" => {
            let schema = ApiSchemaConfiguration::S3(file());
            Ok(McpTargetConfiguration::SmithyModel(schema))
        }
        "apiGateway" => {
            let filter = ApiGatewayToolFilter::builder()
                .filter_path("/")
                .methods(RestApiMethod::Get);
            let tools = ApiGatewayToolConfiguration::builder().tool_filters(made(filter.build())?);
            let gateway = ApiGatewayTargetConfiguration::builder()
                .rest_api_id("veriam0000")
                .stage("prod")
                .api_gateway_tool_configuration(made(tools.build())?);
            made(gateway.build()).map(McpTargetConfiguration::ApiGateway)
        }
        _ => unsupported(NO_TYPE),
    }
}

fn http_target(sending: &Sending<'_>, name: &str) -> Result<HttpTargetConfiguration, Unsent> {
    match name {
        "agentcoreRuntime" => {
            let arn = sending.arn(ACCOUNT, "runtime/veriam-0000000000");
            let runtime = RuntimeTargetConfiguration::builder().arn(arn);
            made(runtime.build()).map(HttpTargetConfiguration::AgentcoreRuntime)
        }
        "passthrough" => {
            let passthrough = PassthroughTargetConfiguration::builder()
                .endpoint("https://tools.example.com")
                .protocol_type(PassthroughProtocolType::Custom);
            made(passthrough.build()).map(HttpTargetConfiguration::Passthrough)
        }
        _ => unsupported(NO_TYPE),
    }
}

/// With what credentials the target is asked; none: the call tells none.
pub(super) fn credentials(
    sending: &Sending<'_>,
    settings: &mut Settings<'_>,
) -> Result<Option<CredentialProviderConfiguration>, Unsent> {
    let scopes = settings.all("CredentialProviderScope")?;
    let Some(name) = settings.one("CredentialProviderType")? else {
        return match scopes {
            None => Ok(None),
            Some(_) => {
                unsupported("scopes without a type of credentials, which every request tells")
            }
        };
    };
    let arn = |kind: &str| {
        let rest = format!("token-vault/default/{kind}/veriam");
        sending.arn(ACCOUNT, &rest)
    };
    let provider = match (name.as_str(), scopes) {
        ("API_KEY", None) => {
            let key = GatewayApiKeyCredentialProvider::builder()
                .provider_arn(arn("apikeycredentialprovider"));
            Some(CredentialProvider::ApiKeyCredentialProvider(made(
                key.build(),
            )?))
        }
        // Scopes have their place here whatever the type is.
        ("OAUTH", scopes) => Some(oauth(
            arn("oauth2credentialprovider"),
            scopes.unwrap_or_default(),
        )?),
        (_, Some(scopes)) => Some(oauth(arn("oauth2credentialprovider"), scopes)?),
        (_, None) => None,
    };
    let config = CredentialProviderConfiguration::builder()
        .credential_provider_type(CredentialProviderType::from(name.as_str()))
        .set_credential_provider(provider);
    made(config.build()).map(Some)
}

fn oauth(arn: String, scopes: Vec<String>) -> Result<CredentialProvider, Unsent> {
    let provider = OAuthCredentialProvider::builder()
        .provider_arn(arn)
        .set_scopes(Some(scopes));
    made(provider.build()).map(CredentialProvider::OauthCredentialProvider)
}
