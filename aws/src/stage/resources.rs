//! What AgentCore has, without its policies.

use std::collections::HashMap;

use aws_sdk_bedrockagentcorecontrol as control;
use control::types::{
    AgentRuntimeArtifact, AuthorizerConfiguration, AuthorizerType, BrowserNetworkConfiguration,
    BrowserNetworkMode, CodeInterpreterNetworkConfiguration, CodeInterpreterNetworkMode,
    ContainerConfiguration, CredentialProviderVendorType, CustomJwtAuthorizerConfiguration,
    GatewayPolicyEngineConfiguration, GatewayPolicyEngineMode, GatewayProtocolType,
    NetworkConfiguration, NetworkMode,
};
use veriam_model::{
    Authorizer, EngineMode, Gateway, Harness, Memory, Provider, ProviderKind, Runtime,
    RuntimeEndpoint, Tags, TokenRules, Tool, ToolKind,
};

use super::identities::EXECUTION;
use super::teardown::Made;
use super::{Stage, Unstaged, answered};

/// An image that nobody runs.
const IMAGE: &str = "111122223333.dkr.ecr.us-west-2.amazonaws.com/agent:latest";
const DEFAULT: &str = "DEFAULT";

impl Stage<'_> {
    pub(super) async fn make_resources(&mut self) -> Result<(), Unstaged> {
        for index in 0..self.world.runtimes.len() {
            if let Some(runtime) = self.world.runtimes.get(index).cloned() {
                self.make_runtime(index, &runtime).await?;
            }
        }
        for index in 0..self.world.gateways.len() {
            if let Some(gateway) = self.world.gateways.get(index).cloned() {
                self.make_gateway(index, &gateway).await?;
            }
        }
        for index in 0..self.world.memories.len() {
            if let Some(memory) = self.world.memories.get(index).cloned() {
                self.make_memory(index, &memory).await?;
            }
        }
        for index in 0..self.world.harnesses.len() {
            if let Some(harness) = self.world.harnesses.get(index).cloned() {
                self.make_harness(index, &harness).await?;
            }
        }
        for index in 0..self.world.tools.len() {
            if let Some(tool) = self.world.tools.get(index).cloned() {
                self.make_tool(index, &tool).await?;
            }
        }
        for identity in self.world.workload_identities.clone() {
            match (identity.managed, self.server.admin.is_some()) {
                (true, true) => continue,
                (true, false) => {
                    return Err(Unstaged::unsupported(
                        "worlds with workload identities that a service manages",
                    ));
                }
                (false, _) => {}
            }
            let made = self.root(&identity.account).control().clone();
            let made = made.create_workload_identity().name(&identity.name);
            let made = made.set_tags(map(&identity.tags)).send().await;
            answered("CreateWorkloadIdentity", made)?;
            let Named { account, name } = Named::of(&identity.account, &identity.name);
            self.made.push(Made::Workload(account, name));
        }
        for provider in self.world.providers.clone() {
            self.make_provider(&provider).await?;
        }
        Ok(())
    }

    fn execution_role(&self, account: &str) -> String {
        format!(
            "arn:{}:iam::{account}:role/{EXECUTION}",
            self.world.partition
        )
    }

    async fn make_runtime(&mut self, index: usize, runtime: &Runtime) -> Result<(), Unstaged> {
        let client = self.root(&runtime.account).control().clone();
        let container = ContainerConfiguration::builder()
            .container_uri(IMAGE)
            .build();
        let container = container.map_err(unmade)?;
        let network = NetworkConfiguration::builder().network_mode(NetworkMode::Public);
        let network = network.build().map_err(unmade)?;
        let artifact = AgentRuntimeArtifact::ContainerConfiguration(container);
        // The endpoint DEFAULT stands on the newest version of the runtime; one with another authorizer on an older one
        // (AC-128).
        let of = |endpoint: &RuntimeEndpoint| endpoint.authorizer.unwrap_or(runtime.authorizer);
        let default = runtime.endpoints.iter().find(|e| e.name == DEFAULT);
        let newest = default.map_or(runtime.authorizer, of);
        let older = runtime.endpoints.iter().any(|e| of(e) != newest);
        let own = self.authorizer(newest, &runtime.token_rules)?;
        let other = self.authorizer(otherwise(newest), &runtime.token_rules)?;
        let made = client
            .create_agent_runtime()
            .agent_runtime_name(name_of(&runtime.id)?)
            .agent_runtime_artifact(artifact.clone())
            .role_arn(self.execution_role(&runtime.account))
            .network_configuration(network.clone())
            .set_authorizer_configuration(if older { other } else { own.clone() })
            .set_tags(map(&runtime.tags))
            .client_token(TOKEN)
            .send()
            .await;
        let made = answered("CreateAgentRuntime", made)?;
        let id = made.agent_runtime_id().to_owned();
        self.made
            .push(Made::Runtime(runtime.account.clone(), id.clone()));
        if older {
            let updated = client
                .update_agent_runtime()
                .agent_runtime_id(&id)
                .agent_runtime_artifact(artifact)
                .role_arn(self.execution_role(&runtime.account))
                .network_configuration(network)
                .set_authorizer_configuration(own)
                .client_token(TOKEN)
                .send()
                .await;
            answered("UpdateAgentRuntime", updated)?;
        }
        let versions = (if older { "2" } else { "1" }, "1");
        for endpoint in runtime.endpoints.iter().filter(|e| e.name != DEFAULT) {
            let differs = of(endpoint) != newest;
            let made = client
                .create_agent_runtime_endpoint()
                .agent_runtime_id(&id)
                .name(&endpoint.name)
                .agent_runtime_version(if differs { versions.1 } else { versions.0 })
                .set_tags(map(&endpoint.tags))
                .client_token(TOKEN)
                .send()
                .await;
            answered("CreateAgentRuntimeEndpoint", made)?;
        }
        // Nobody makes the endpoint DEFAULT, so its tags come afterwards.
        if let Some(default) = default {
            let arn = format!("{}/runtime-endpoint/{DEFAULT}", made.agent_runtime_arn());
            match tag(&client, arn, &default.tags).await {
                // It stands without them.
                Err(Unstaged::Unsupported(_)) if self.server.admin.is_none() => {
                    let runtime = self.world.runtimes.get_mut(index);
                    let mut endpoints = runtime.into_iter().flat_map(|r| &mut r.endpoints);
                    if let Some(default) = endpoints.find(|e| e.name == DEFAULT) {
                        default.tags = Tags::new();
                    }
                }
                tagged => tagged?,
            }
        }
        self.identified(&runtime.id, Some(id), |world, id| {
            if let Some(runtime) = world.runtimes.get_mut(index) {
                runtime.id = id;
            }
        });
        Ok(())
    }

    async fn make_gateway(&mut self, index: usize, gateway: &Gateway) -> Result<(), Unstaged> {
        let client = self.root(&gateway.account).control().clone();
        let engine = gateway.engine.map(|mode| {
            let arn = format!(
                "arn:{}:bedrock-agentcore:{}:{}:policy-engine/engine-0123456789",
                self.world.partition, self.world.region, gateway.account
            );
            let mode = match mode {
                EngineMode::Enforce => GatewayPolicyEngineMode::Enforce,
                EngineMode::LogOnly => GatewayPolicyEngineMode::LogOnly,
            };
            let engine = GatewayPolicyEngineConfiguration::builder();
            engine.arn(arn).mode(mode).build().map_err(unmade)
        });
        let tokens = matches!(
            gateway.authorizer,
            veriam_model::GatewayAuthorizer::CustomJwt
        );
        let authorizer = match tokens {
            true => self.authorizer(Authorizer::Jwt, &gateway.token_rules)?,
            false => None,
        };
        let made = client
            .create_gateway()
            .name(name_of(&gateway.id)?)
            .role_arn(self.execution_role(&gateway.account))
            .protocol_type(GatewayProtocolType::Mcp)
            .authorizer_type(AuthorizerType::from(gateway.authorizer.name()))
            .set_authorizer_configuration(authorizer)
            .set_policy_engine_configuration(engine.transpose()?)
            .set_tags(map(&gateway.tags))
            .client_token(TOKEN)
            .send()
            .await;
        let made = answered("CreateGateway", made)?;
        let id = made.gateway_id().to_owned();
        self.made
            .push(Made::Gateway(gateway.account.clone(), id.clone()));
        self.identified(&gateway.id, Some(id), |world, id| {
            if let Some(gateway) = world.gateways.get_mut(index) {
                gateway.id = id;
            }
        });
        Ok(())
    }

    async fn make_memory(&mut self, index: usize, memory: &Memory) -> Result<(), Unstaged> {
        let client = self.root(&memory.account).control().clone();
        let made = client
            .create_memory()
            .name(name_of(&memory.id)?)
            .event_expiry_duration(30)
            .set_tags(map(&memory.tags))
            .client_token(TOKEN)
            .send()
            .await;
        let made = answered("CreateMemory", made)?;
        let id = made.memory().map(|memory| memory.id().to_owned());
        if let Some(id) = &id {
            self.made
                .push(Made::Memory(memory.account.clone(), id.clone()));
        }
        self.identified(&memory.id, id, |world, id| {
            if let Some(memory) = world.memories.get_mut(index) {
                memory.id = id;
            }
        });
        Ok(())
    }

    async fn make_harness(&mut self, index: usize, harness: &Harness) -> Result<(), Unstaged> {
        let client = self.root(&harness.account).control().clone();
        let memory = harness.with_memory.then(|| {
            control::types::HarnessMemoryConfiguration::ManagedMemoryConfiguration(
                control::types::HarnessManagedMemoryConfiguration::builder().build(),
            )
        });
        let made = client
            .create_harness()
            .harness_name(name_of(&harness.id)?)
            .execution_role_arn(self.execution_role(&harness.account))
            .set_authorizer_configuration(
                self.authorizer(harness.authorizer, &harness.token_rules)?,
            )
            .set_memory(memory)
            .set_tags(map(&harness.tags))
            .client_token(TOKEN)
            .send()
            .await;
        let made = answered("CreateHarness", made)?;
        let id = made
            .harness()
            .map(|harness| harness.harness_id().to_owned());
        let named = id.clone().unwrap_or_else(|| harness.id.clone());
        self.made
            .push(Made::Harness(harness.account.clone(), named.clone()));
        for endpoint in harness.endpoints.iter().filter(|e| e.name != DEFAULT) {
            let made = client
                .create_harness_endpoint()
                .harness_id(&named)
                .endpoint_name(&endpoint.name)
                .set_tags(map(&endpoint.tags))
                .client_token(TOKEN)
                .send()
                .await;
            answered("CreateHarnessEndpoint", made)?;
        }
        if let Some(default) = harness.endpoints.iter().find(|e| e.name == DEFAULT) {
            let arn = made
                .harness()
                .map(|harness| harness.arn())
                .unwrap_or_default();
            let arn = format!("{arn}/harness-endpoint/{DEFAULT}");
            tag(&client, arn, &default.tags).await?;
        }
        self.identified(&harness.id, id, |world, id| {
            if let Some(harness) = world.harnesses.get_mut(index) {
                harness.id = id;
            }
        });
        Ok(())
    }

    async fn make_tool(&mut self, index: usize, tool: &Tool) -> Result<(), Unstaged> {
        let client = self.root(&tool.account).control().clone();
        let id = match tool.kind {
            ToolKind::Browser => {
                let network = BrowserNetworkConfiguration::builder();
                let network = network.network_mode(BrowserNetworkMode::Public).build();
                let made = client
                    .create_browser()
                    .name(name_of(&tool.id)?)
                    .network_configuration(network)
                    .set_tags(map(&tool.tags))
                    .client_token(TOKEN)
                    .send()
                    .await;
                answered("CreateBrowser", made)?.browser_id().to_owned()
            }
            ToolKind::CodeInterpreter => {
                let network = CodeInterpreterNetworkConfiguration::builder();
                let network = network
                    .network_mode(CodeInterpreterNetworkMode::Public)
                    .build();
                let made = client
                    .create_code_interpreter()
                    .name(name_of(&tool.id)?)
                    .network_configuration(network)
                    .set_tags(map(&tool.tags))
                    .client_token(TOKEN)
                    .send()
                    .await;
                let made = answered("CreateCodeInterpreter", made)?;
                made.code_interpreter_id().to_owned()
            }
        };
        self.made
            .push(Made::Tool(tool.account.clone(), tool.kind, id.clone()));
        self.identified(&tool.id, Some(id), |world, id| {
            if let Some(tool) = world.tools.get_mut(index) {
                tool.id = id;
            }
        });
        Ok(())
    }

    async fn make_provider(&mut self, provider: &Provider) -> Result<(), Unstaged> {
        let client = self.root(&provider.account).control().clone();
        let (name, tags) = (&provider.name, map(&provider.tags));
        match provider.kind {
            ProviderKind::ApiKey => {
                let made = client.create_api_key_credential_provider().name(name);
                let made = made.api_key("example").set_tags(tags).send().await;
                answered("CreateApiKeyCredentialProvider", made)?;
            }
            ProviderKind::Oauth2 => {
                let vendor = CredentialProviderVendorType::GoogleOauth2;
                let settings = control::types::GoogleOauth2ProviderConfigInput::builder()
                    .client_id("example")
                    .client_secret("example")
                    .build()
                    .map_err(unmade)?;
                let settings =
                    control::types::Oauth2ProviderConfigInput::GoogleOauth2ProviderConfig(settings);
                let made = client
                    .create_oauth2_credential_provider()
                    .name(name)
                    .credential_provider_vendor(vendor)
                    .oauth2_provider_config_input(settings)
                    .set_tags(tags)
                    .send()
                    .await;
                answered("CreateOauth2CredentialProvider", made)?;
            }
            ProviderKind::Payment => {
                let made = client
                    .create_payment_credential_provider()
                    .name(name)
                    .credential_provider_vendor("CoinbaseCDP".into())
                    .set_tags(tags)
                    .send()
                    .await;
                answered("CreatePaymentCredentialProvider", made)?;
            }
        }
        let Named { account, name } = Named::of(&provider.account, name);
        self.made.push(Made::Provider(account, provider.kind, name));
        Ok(())
    }

    /// What an authorizer is told; nothing for signatures.
    fn authorizer(
        &self,
        authorizer: Authorizer,
        rules: &TokenRules,
    ) -> Result<Option<AuthorizerConfiguration>, Unstaged> {
        if authorizer == Authorizer::Iam {
            return Ok(None);
        }
        let list = |values: &[String]| (!values.is_empty()).then(|| values.to_vec());
        let settings = CustomJwtAuthorizerConfiguration::builder()
            .discovery_url(self.server.issuer.discovery_url())
            .set_allowed_audience(list(&rules.audiences))
            .set_allowed_clients(list(&rules.clients))
            .set_allowed_scopes(list(&rules.scopes))
            .build()
            .map_err(unmade)?;
        Ok(Some(AuthorizerConfiguration::CustomJwtAuthorizer(settings)))
    }
}

/// Adds tags to something that is there.
async fn tag(client: &control::Client, arn: String, tags: &Tags) -> Result<(), Unstaged> {
    let Some(tags) = map(tags) else {
        return Ok(());
    };
    let tagged = client.tag_resource().resource_arn(arn).set_tags(Some(tags));
    answered("TagResource", tagged.send().await).map(drop)
}

struct Named {
    account: String,
    name: String,
}

impl Named {
    fn of(account: &str, name: &str) -> Self {
        Self {
            account: account.to_owned(),
            name: name.to_owned(),
        }
    }
}

/// The token that makes a request the same request when it is sent again.
const TOKEN: &str = "00000000-0000-0000-0000-000000000000";

/// The name of something whose id is its name, a hyphen and ten characters.
fn name_of(id: &str) -> Result<&str, Unstaged> {
    let name = id.rsplit_once('-').map(|(name, _)| name);
    name.ok_or_else(|| Unstaged::unsupported("worlds with ids of another form than AWS gives"))
}

const fn otherwise(authorizer: Authorizer) -> Authorizer {
    match authorizer {
        Authorizer::Iam => Authorizer::Jwt,
        Authorizer::Jwt => Authorizer::Iam,
    }
}

fn map(tags: &Tags) -> Option<HashMap<String, String>> {
    let tags: HashMap<String, String> = tags
        .iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    (!tags.is_empty()).then_some(tags)
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn unmade(error: aws_smithy_types::error::operation::BuildError) -> Unstaged {
    Unstaged::Broken(error.to_string())
}
