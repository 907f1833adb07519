//! Resources: what can be called, and what calls name besides.

use veriam_model::{
    Authorizer, EngineMode, Gateway, GatewayAuthorizer, Harness, HarnessEndpoint, Memory,
    OtherPolicyType, OtherResource, PolicyType, Provider, ProviderKind, Runtime, RuntimeEndpoint,
    TokenRules, Tool, ToolKind, WorkloadIdentity,
};

use super::Reader;
use crate::scenario::Resource;
use crate::scenario::asset::Asset;
use crate::scenario::error::ScenarioError;
use crate::scenario::fields::{Fields, boolean, choose, entries, named, text};
use crate::scenario::yaml::{Key, Node};

const AUTHORIZERS: [(&str, Authorizer); 2] = [("iam", Authorizer::Iam), ("jwt", Authorizer::Jwt)];
const GATEWAY_AUTHORIZERS: [(&str, GatewayAuthorizer); 4] = [
    ("iam", GatewayAuthorizer::AwsIam),
    ("jwt", GatewayAuthorizer::CustomJwt),
    ("none", GatewayAuthorizer::None),
    ("authenticate-only", GatewayAuthorizer::AuthenticateOnly),
];
const ENGINES: [(&str, EngineMode); 2] = [
    ("enforce", EngineMode::Enforce),
    ("log-only", EngineMode::LogOnly),
];

#[derive(Clone, Copy)]
enum Kind {
    Runtime,
    Gateway,
    Memory,
    Harness,
    Tool(ToolKind),
    ToolOfAws(ToolKind),
    Workload,
    Provider(ProviderKind),
    Other(OtherPolicyType),
}

const KINDS: [(&str, Kind); 13] = [
    ("runtime", Kind::Runtime),
    ("gateway", Kind::Gateway),
    ("memory", Kind::Memory),
    ("harness", Kind::Harness),
    ("browser", Kind::Tool(ToolKind::Browser)),
    ("code-interpreter", Kind::Tool(ToolKind::CodeInterpreter)),
    ("aws-browser", Kind::ToolOfAws(ToolKind::Browser)),
    (
        "aws-code-interpreter",
        Kind::ToolOfAws(ToolKind::CodeInterpreter),
    ),
    ("workload-identity", Kind::Workload),
    ("api-key-provider", Kind::Provider(ProviderKind::ApiKey)),
    ("oauth2-provider", Kind::Provider(ProviderKind::Oauth2)),
    ("payment-provider", Kind::Provider(ProviderKind::Payment)),
    ("other", Kind::Other(OtherPolicyType::Resource)),
];
/// A KMS key is a resource of another service whose policy is read in another way.
const KEY: (&str, Kind) = ("kms-key", Kind::Other(OtherPolicyType::Key));

impl Reader<'_> {
    pub(super) fn read_resources(&mut self, node: &Node) -> Result<Vec<Resource>, ScenarioError> {
        let mut resources = Vec::new();
        for (key, value) in self.told(entries(node, "`resources`"))? {
            let name = self.name(key)?;
            let asset = self.asset(key, value)?;
            resources.push(Resource { name, asset });
        }
        if resources.is_empty() {
            return self.fail(node.place, "there is no resource; add at least one");
        }
        Ok(resources)
    }

    fn asset(&mut self, key: &Key, node: &Node) -> Result<Asset, ScenarioError> {
        let all = self.told(entries(node, &key.text))?;
        let kinds = KINDS.into_iter().chain([KEY]);
        let Some((_, kind)) = all.iter().find(|(key, _)| key.text == "type") else {
            let names: Vec<&str> = kinds.map(|(name, _)| name).collect();
            return self.fail(
                node.place,
                format_args!("a resource lacks `type`; {}", choose("", &names)),
            );
        };
        Ok(match self.told(named(kind, "type", kinds))? {
            Kind::Runtime => Asset::Runtime(self.runtime(node)?),
            Kind::Gateway => Asset::Gateway(self.gateway(node)?),
            Kind::Memory => Asset::Memory(self.memory(node)?),
            Kind::Harness => Asset::Harness(self.harness(node)?),
            Kind::Tool(kind) => Asset::Tool(kind, Some(self.tool(node, kind)?)),
            Kind::ToolOfAws(kind) => {
                self.told(Fields::new(node, "a tool of AWS", &["type"]))?;
                Asset::Tool(kind, None)
            }
            Kind::Workload => {
                let (account, name) = self.workload(node)?;
                Asset::Workload(account, name)
            }
            Kind::Provider(kind) => {
                let (account, name) = self.provider(node, kind)?;
                Asset::Provider(account, kind, name)
            }
            Kind::Other(policy_type) => Asset::Other(self.other(node, policy_type)?),
        })
    }

    /// The owner, as a field names it.
    fn owner(&self, fields: &Fields<'_>) -> Result<String, ScenarioError> {
        let account = self.told(fields.need("account", "the name of the account that owns it"))?;
        self.account(account)
    }

    /// A text that must be there, and its place noted.
    fn noted(
        &mut self,
        fields: &Fields<'_>,
        at: &str,
        field: &'static str,
        example: &str,
    ) -> Result<String, ScenarioError> {
        let node = self.told(fields.need(field, example))?;
        self.places.add(format!("{at}.{field}"), node.place);
        Ok(self.told(text(node, field))?.to_owned())
    }

    fn runtime(&mut self, node: &Node) -> Result<String, ScenarioError> {
        let known = &[
            "type",
            "account",
            "id",
            "authorizer",
            "token-rules",
            "tags",
            "policy",
            "endpoints",
        ];
        let fields = self.told(Fields::new(node, "a runtime", known))?;
        let at = format!("runtimes[{}]", self.world.runtimes.len());
        self.places.add(&at, node.place);
        let runtime = Runtime {
            account: self.owner(&fields)?,
            id: self.noted(
                &fields,
                &at,
                "id",
                "its id, the part of its ARN behind `runtime/`",
            )?,
            authorizer: self
                .authorizer(fields.get("authorizer"))?
                .unwrap_or_default(),
            token_rules: self.token_rules(fields.get("token-rules"))?,
            tags: self.tags(fields.get("tags"))?,
            policy: self.maybe_policy(fields.get("policy"), PolicyType::Resource)?,
            endpoints: match fields.get("endpoints") {
                Some(node) => self.endpoints(node, &at)?,
                None => Vec::new(),
            },
        };
        let id = runtime.id.clone();
        self.world.runtimes.push(runtime);
        Ok(id)
    }

    fn endpoints(&mut self, node: &Node, at: &str) -> Result<Vec<RuntimeEndpoint>, ScenarioError> {
        let mut endpoints = Vec::new();
        for (key, value) in self.told(entries(node, "`endpoints`"))? {
            self.places.add(
                format!("{at}.endpoints[{}].name", endpoints.len()),
                key.place,
            );
            let fields = self.told(Fields::new(
                value,
                "an endpoint",
                &["policy", "authorizer", "tags"],
            ))?;
            endpoints.push(RuntimeEndpoint {
                name: self.name(key)?,
                authorizer: self.authorizer(fields.get("authorizer"))?,
                tags: self.tags(fields.get("tags"))?,
                policy: self.maybe_policy(fields.get("policy"), PolicyType::Resource)?,
            });
        }
        Ok(endpoints)
    }

    fn authorizer(&self, node: Option<&Node>) -> Result<Option<Authorizer>, ScenarioError> {
        node.map(|node| self.told(named(node, "authorizer", AUTHORIZERS)))
            .transpose()
    }

    fn token_rules(&self, node: Option<&Node>) -> Result<TokenRules, ScenarioError> {
        let Some(node) = node else {
            return Ok(TokenRules::default());
        };
        let known = &["audiences", "clients", "scopes"];
        let fields = self.told(Fields::new(node, "`token-rules`", known))?;
        Ok(TokenRules {
            audiences: self.texts(fields.get("audiences"), "audiences")?,
            clients: self.texts(fields.get("clients"), "clients")?,
            scopes: self.texts(fields.get("scopes"), "scopes")?,
        })
    }

    fn gateway(&mut self, node: &Node) -> Result<String, ScenarioError> {
        let known = &[
            "type",
            "account",
            "id",
            "authorizer",
            "token-rules",
            "engine",
            "tags",
            "policy",
        ];
        let fields = self.told(Fields::new(node, "a gateway", known))?;
        let at = format!("gateways[{}]", self.world.gateways.len());
        self.places.add(&at, node.place);
        let gateway = Gateway {
            account: self.owner(&fields)?,
            id: self.noted(
                &fields,
                &at,
                "id",
                "its id, the part of its ARN behind `gateway/`",
            )?,
            authorizer: match fields.get("authorizer") {
                Some(node) => self.told(named(node, "authorizer", GATEWAY_AUTHORIZERS))?,
                None => GatewayAuthorizer::default(),
            },
            token_rules: self.token_rules(fields.get("token-rules"))?,
            engine: match fields.get("engine") {
                Some(node) => Some(self.told(named(node, "engine", ENGINES))?),
                None => None,
            },
            tags: self.tags(fields.get("tags"))?,
            policy: self.maybe_policy(fields.get("policy"), PolicyType::Resource)?,
        };
        let id = gateway.id.clone();
        self.world.gateways.push(gateway);
        Ok(id)
    }

    fn memory(&mut self, node: &Node) -> Result<String, ScenarioError> {
        let known = &["type", "account", "id", "tags", "policy"];
        let fields = self.told(Fields::new(node, "a memory", known))?;
        let at = format!("memories[{}]", self.world.memories.len());
        self.places.add(&at, node.place);
        let memory = Memory {
            account: self.owner(&fields)?,
            id: self.noted(
                &fields,
                &at,
                "id",
                "its id, the part of its ARN behind `memory/`",
            )?,
            tags: self.tags(fields.get("tags"))?,
            policy: self.maybe_policy(fields.get("policy"), PolicyType::Resource)?,
        };
        let id = memory.id.clone();
        self.world.memories.push(memory);
        Ok(id)
    }

    fn harness(&mut self, node: &Node) -> Result<String, ScenarioError> {
        let known = &[
            "type",
            "account",
            "id",
            "authorizer",
            "token-rules",
            "with-memory",
            "tags",
            "endpoints",
        ];
        let fields = self.told(Fields::new(node, "a harness", known))?;
        let at = format!("harnesses[{}]", self.world.harnesses.len());
        self.places.add(&at, node.place);
        let mut endpoints = Vec::new();
        if let Some(node) = fields.get("endpoints") {
            for (key, value) in self.told(entries(node, "`endpoints`"))? {
                self.places.add(
                    format!("{at}.endpoints[{}].name", endpoints.len()),
                    key.place,
                );
                let fields =
                    self.told(Fields::new(value, "an endpoint of a harness", &["tags"]))?;
                endpoints.push(HarnessEndpoint {
                    name: self.name(key)?,
                    tags: self.tags(fields.get("tags"))?,
                });
            }
        }
        let harness = Harness {
            account: self.owner(&fields)?,
            id: self.noted(
                &fields,
                &at,
                "id",
                "its id, the part of its ARN behind `harness/`",
            )?,
            authorizer: self
                .authorizer(fields.get("authorizer"))?
                .unwrap_or_default(),
            token_rules: self.token_rules(fields.get("token-rules"))?,
            with_memory: self.flag(&fields, "with-memory")?,
            tags: self.tags(fields.get("tags"))?,
            endpoints,
        };
        let id = harness.id.clone();
        self.world.harnesses.push(harness);
        Ok(id)
    }

    fn flag(&self, fields: &Fields<'_>, name: &str) -> Result<bool, ScenarioError> {
        match fields.get(name) {
            Some(node) => self.told(boolean(node, name)),
            None => Ok(false),
        }
    }

    fn tool(&mut self, node: &Node, kind: ToolKind) -> Result<String, ScenarioError> {
        let known = &["type", "account", "id", "tags"];
        let fields = self.told(Fields::new(node, "a tool", known))?;
        let at = format!("tools[{}]", self.world.tools.len());
        self.places.add(&at, node.place);
        let tool = Tool {
            account: self.owner(&fields)?,
            kind,
            id: self.noted(&fields, &at, "id", "its id, the last part of its ARN")?,
            tags: self.tags(fields.get("tags"))?,
        };
        let id = tool.id.clone();
        self.world.tools.push(tool);
        Ok(id)
    }

    fn workload(&mut self, node: &Node) -> Result<(String, String), ScenarioError> {
        let known = &["type", "account", "name", "managed", "tags"];
        let fields = self.told(Fields::new(node, "a workload identity", known))?;
        let at = format!(
            "workload_identities[{}]",
            self.world.workload_identities.len()
        );
        self.places.add(&at, node.place);
        let workload = WorkloadIdentity {
            account: self.owner(&fields)?,
            name: self.noted(&fields, &at, "name", "its name")?,
            managed: self.flag(&fields, "managed")?,
            tags: self.tags(fields.get("tags"))?,
        };
        let named = (workload.account.clone(), workload.name.clone());
        self.world.workload_identities.push(workload);
        Ok(named)
    }

    fn provider(
        &mut self,
        node: &Node,
        kind: ProviderKind,
    ) -> Result<(String, String), ScenarioError> {
        let known = &["type", "account", "name", "tags"];
        let fields = self.told(Fields::new(node, "a credential provider", known))?;
        let at = format!("providers[{}]", self.world.providers.len());
        self.places.add(&at, node.place);
        let provider = Provider {
            account: self.owner(&fields)?,
            kind,
            name: self.noted(&fields, &at, "name", "its name")?,
            tags: self.tags(fields.get("tags"))?,
        };
        let named = (provider.account.clone(), provider.name.clone());
        self.world.providers.push(provider);
        Ok(named)
    }

    fn other(
        &mut self,
        node: &Node,
        policy_type: OtherPolicyType,
    ) -> Result<String, ScenarioError> {
        let known = &["type", "account", "arn", "tags", "policy"];
        let fields = self.told(Fields::new(node, "a resource of another service", known))?;
        let at = format!("others[{}]", self.world.others.len());
        self.places.add(&at, node.place);
        let read_as = match policy_type {
            OtherPolicyType::Resource => PolicyType::Resource,
            OtherPolicyType::Key => PolicyType::Key,
        };
        let other = OtherResource {
            arn: self.noted(&fields, &at, "arn", "its ARN")?,
            account: self.owner(&fields)?,
            policy_type,
            policy: self.maybe_policy(fields.get("policy"), read_as)?,
            tags: self.tags(fields.get("tags"))?,
        };
        let arn = other.arn.clone();
        self.world.others.push(other);
        Ok(arn)
    }
}
