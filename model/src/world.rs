//! The world: accounts, principals, resources and networks, with every policy attached to them.

mod check;
mod place;
mod resource;

use serde::{Deserialize, Serialize};

use crate::{PolicyText, Tags};

pub use check::{Malformed, Names};
pub use place::PolicyPlace;
pub use resource::{
    EngineMode, Gateway, GatewayAuthorizer, Harness, HarnessEndpoint, Memory, OtherPolicyType,
    OtherResource, Provider, ProviderKind, TokenRules, Tool, WorkloadIdentity,
};

/// Everything that stands before anybody calls.
///
/// Raw facts only: no ARN, no context key. Whoever judges builds those from here. [`World::validate`] says what a
/// well-formed world is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct World {
    /// The partition of every ARN, for example `aws`.
    #[serde(default = "aws")]
    pub partition: String,
    /// The region of the runtimes, for example `us-west-2`.
    pub region: String,
    /// Every account that owns something here.
    pub accounts: Vec<Account>,
    /// IAM users.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<Identity>,
    /// IAM roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Identity>,
    /// AgentCore runtimes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runtimes: Vec<Runtime>,
    /// AgentCore gateways.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gateways: Vec<Gateway>,
    /// AgentCore memories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memories: Vec<Memory>,
    /// AgentCore harnesses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub harnesses: Vec<Harness>,
    /// Browsers and code interpreters of customers; those that AWS owns are always there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
    /// Workload identities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub workload_identities: Vec<WorkloadIdentity>,
    /// Credential providers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub providers: Vec<Provider>,
    /// Resources of other services that carry a policy or tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<OtherResource>,
    /// VPC interface endpoints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<Network>,
}

fn aws() -> String {
    "aws".to_owned()
}

/// An AWS account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// Its place in an organization; without it the account stands alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<Membership>,
}

/// The place of an account in an organization.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// The organization, for example `o-a1b2c3d4e5`.
    pub id: String,
    /// Root and organizational units from the top down to the account, for example `["r-ab12", "ou-ab12-11111111"]`.
    pub path: Vec<String>,
    /// Whether this is the organization's management account.
    #[serde(default, skip_serializing_if = "is_false")]
    pub management: bool,
    /// Service control policies by level, from the root down to the account; no level: none apply.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scps: Vec<Vec<PolicyText>>,
    /// Resource control policies by level, likewise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rcps: Vec<Vec<PolicyText>>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

/// An IAM user or role.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The account it belongs to.
    pub account: String,
    /// Its friendly name, unique among the users (or roles) of its account.
    pub name: String,
    /// Its path, `/` or `/…/`.
    #[serde(default = "slash", skip_serializing_if = "is_slash")]
    pub path: String,
    /// Its unique id, for example `AIDAEXAMPLE` or `AROAEXAMPLE`.
    pub id: String,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
    /// Its identity-based policies: inline, attached and through groups, one pool.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<PolicyText>,
    /// Its permissions boundary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<PolicyText>,
    /// Of a role: its trust policy. Without one nobody can be asked about sessions of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<PolicyText>,
}

fn slash() -> String {
    "/".to_owned()
}

fn is_slash(path: &str) -> bool {
    path == "/"
}

/// An AgentCore runtime.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Runtime {
    /// The account that owns it.
    pub account: String,
    /// Its id, the part of its ARN behind `runtime/`, unique in the world: `support_agent-AbCdEf0123`.
    pub id: String,
    /// How callers of its endpoints prove who they are.
    #[serde(default, skip_serializing_if = "Authorizer::is_iam")]
    pub authorizer: Authorizer,
    /// What tokens have to claim, where they are wanted.
    #[serde(default, skip_serializing_if = "TokenRules::is_empty")]
    pub token_rules: TokenRules,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
    /// Its resource-based policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyText>,
    /// Its endpoints. `DEFAULT` exists also where it is not listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<RuntimeEndpoint>,
}

/// A named access point to a runtime.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RuntimeEndpoint {
    /// Its name, the `qualifier` of a call.
    pub name: String,
    /// How its callers prove who they are, where its version differs from the runtime (AC-128).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer: Option<Authorizer>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
    /// Its resource-based policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyText>,
}

/// Inbound authorization of a runtime (AC-127).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Authorizer {
    /// SigV4 signatures of IAM principals.
    #[default]
    Iam,
    /// Bearer tokens of an OAuth issuer.
    Jwt,
}

impl Authorizer {
    /// Both, in declaration order.
    pub const ALL: [Authorizer; 2] = [Authorizer::Iam, Authorizer::Jwt];

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over a reference"
    )]
    fn is_iam(&self) -> bool {
        *self == Authorizer::Iam
    }
}

/// A VPC with an interface endpoint to AgentCore.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The interface endpoint, unique in the world: `vpce-0a1b2c3d`.
    pub endpoint: String,
    /// The VPC it stands in: `vpc-0health1234`.
    pub vpc: String,
    /// The account that owns both.
    pub account: String,
    /// The endpoint policy; without one the default policy applies, which lets everything through (AC-163).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyText>,
}

impl World {
    /// A world without anything in it.
    #[must_use]
    pub fn new(region: impl Into<String>) -> Self {
        Self {
            partition: aws(),
            region: region.into(),
            accounts: Vec::new(),
            users: Vec::new(),
            roles: Vec::new(),
            runtimes: Vec::new(),
            gateways: Vec::new(),
            memories: Vec::new(),
            harnesses: Vec::new(),
            tools: Vec::new(),
            workload_identities: Vec::new(),
            providers: Vec::new(),
            others: Vec::new(),
            networks: Vec::new(),
        }
    }

    /// The account with that id.
    #[must_use]
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|a| a.id == id)
    }

    /// The user of that account and name.
    #[must_use]
    pub fn user(&self, account: &str, name: &str) -> Option<&Identity> {
        named(&self.users, account, name)
    }

    /// The role of that account and name.
    #[must_use]
    pub fn role(&self, account: &str, name: &str) -> Option<&Identity> {
        named(&self.roles, account, name)
    }

    /// The runtime with that id.
    #[must_use]
    pub fn runtime(&self, id: &str) -> Option<&Runtime> {
        self.runtimes.iter().find(|r| r.id == id)
    }

    /// The gateway with that id.
    #[must_use]
    pub fn gateway(&self, id: &str) -> Option<&Gateway> {
        self.gateways.iter().find(|g| g.id == id)
    }

    /// The memory with that id.
    #[must_use]
    pub fn memory(&self, id: &str) -> Option<&Memory> {
        self.memories.iter().find(|m| m.id == id)
    }

    /// The harness with that id.
    #[must_use]
    pub fn harness(&self, id: &str) -> Option<&Harness> {
        self.harnesses.iter().find(|h| h.id == id)
    }

    /// The browser or code interpreter with that id.
    #[must_use]
    pub fn tool(&self, id: &str) -> Option<&Tool> {
        self.tools.iter().find(|t| t.id == id)
    }

    /// The workload identity of that account and name.
    #[must_use]
    pub fn workload_identity(&self, account: &str, name: &str) -> Option<&WorkloadIdentity> {
        let mut identities = self.workload_identities.iter();
        identities.find(|w| w.account == account && w.name == name)
    }

    /// The credential provider of that account, kind and name.
    #[must_use]
    pub fn provider(&self, account: &str, kind: ProviderKind, name: &str) -> Option<&Provider> {
        let mut providers = self.providers.iter();
        providers.find(|p| p.account == account && p.kind == kind && p.name == name)
    }

    /// The resource of another service with that ARN.
    #[must_use]
    pub fn other(&self, arn: &str) -> Option<&OtherResource> {
        self.others.iter().find(|o| o.arn == arn)
    }

    /// The network with that interface endpoint.
    #[must_use]
    pub fn network(&self, endpoint: &str) -> Option<&Network> {
        self.networks.iter().find(|n| n.endpoint == endpoint)
    }
}

fn named<'w>(identities: &'w [Identity], account: &str, name: &str) -> Option<&'w Identity> {
    let mut identities = identities.iter();
    identities.find(|i| i.account == account && i.name == name)
}
