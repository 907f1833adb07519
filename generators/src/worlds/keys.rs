//! The context keys that conditions of a world's policies test.

use crate::context::{Key, KeySet};
use crate::values::Kind;

use super::facts::Say;
use super::requests::{
    ACTORS, AUDIENCES, CLIENTS, EXTERNAL_IDS, ISSUERS, MEMORY_SESSIONS, NAMESPACES, SCOPES,
    SESSION_NAMES, SOURCE_IDENTITIES, STRATEGIES, USER_IDS,
};
use super::scene::{AGENT_ACCOUNTS, AGENTS, NETWORKS, PROVIDER_NAMES, STAGES, TEAMS};
use crate::vocabulary::{REGIONS, SERVICES, USERS};

/// The keys of calls.
pub(crate) static CALL_KEYS: KeySet = KeySet {
    single: &SINGLE,
    many: &MANY,
};

const ORGS: &[&str] = &["o-a1b2c3d4e5", "o-exampleorg1", "o-zz99yy88xx"];
const PATHS: &[&str] = &[
    "o-a1b2c3d4e5/r-ab12/",
    "o-a1b2c3d4e5/r-ab12/ou-ab12-33333333/",
    "o-exampleorg1/r-zz99/ou-zz99-44444444/",
];
const TYPES: &[&str] = &["User", "AssumedRole", "FederatedUser", "Account"];
const IDS: &[&str] = &["AIDAEXAMPLEID0000009", "AROAEXAMPLEID0000009:s1"];
const ARNS: &[&str] = &["arn:aws:iam::111122223333:role/app"];
const SOURCES: &[&str] =
    &["arn:aws:bedrock-agentcore:us-west-2:111122223333:gateway/tools-abcdef0123"];
const PASSED_TO: &[&str] = &["bedrock.amazonaws.com", "lambda.amazonaws.com"];
const VIAS: &[&str] = &[
    "bedrock-agentcore.amazonaws.com",
    "cloudformation.amazonaws.com",
    "athena.amazonaws.com",
];
const VIA_HOSTS: &[&str] = &[
    "bedrock-agentcore.us-west-2.amazonaws.com",
    "bedrock-agentcore-identity.us-west-2.amazonaws.com",
    "s3.us-west-2.amazonaws.com",
];
const KEY_ARNS: &[&str] =
    &["arn:aws:kms:us-west-2:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"];
const HEADERS: &[&str] = &["x-team", "x-stage", "authorization"];
const NETS: &[&str] = &["subnet-0a1b2c3d", "subnet-1111bbbb", "subnet-0finance99"];
const GROUPS: &[&str] = &["sg-0a1b2c3d", "sg-1111bbbb", "sg-0finance99"];
const CONTEXT_KEYS: &[&str] = &["tenant", "AppName", "purpose"];
const NONE: &[&str] = &["none"];

const fn carried(name: &'static str, others: &'static [&'static str]) -> Key {
    Key::said(name, Kind::Text, Say::Carried(name), others)
}

const fn carried_many(name: &'static str, others: &'static [&'static str]) -> Key {
    Key::said_many(name, Say::Carried(name), others)
}

#[rustfmt::skip]
static SINGLE: [Key; 65] = [
    Key::said("aws:PrincipalTag/team", Kind::Text, Say::PrincipalTag("team"), &TEAMS),
    Key::said("aws:username", Kind::Text, Say::UserName, &USERS),
    Key::said("aws:PrincipalTag/stage", Kind::Text, Say::PrincipalTag("stage"), &STAGES),
    Key::said("aws:PrincipalAccount", Kind::Text, Say::PrincipalAccount, &AGENT_ACCOUNTS),
    Key::said("aws:ResourceTag/team", Kind::Text, Say::ResourceTag("team"), &TEAMS),
    Key::said("aws:ResourceTag/stage", Kind::Text, Say::ResourceTag("stage"), &STAGES),
    Key::said("aws:PrincipalOrgID", Kind::Text, Say::PrincipalOrgId, ORGS),
    Key::said("aws:PrincipalType", Kind::Text, Say::PrincipalType, TYPES),
    Key::said("aws:userid", Kind::Text, Say::UserId, IDS),
    Key::said("aws:SourceVpc", Kind::Text, Say::SourceVpc, &["vpc-0health1234", "vpc-0a1b2c3d4e", "vpc-0finance99"]),
    Key::said("aws:SourceVpce", Kind::Text, Say::SourceVpce, &NETWORKS),
    Key::said("aws:SourceIdentity", Kind::Text, Say::SourceIdentity, &SOURCE_IDENTITIES),
    Key::said("aws:FederatedProvider", Kind::Text, Say::FederatedProvider, &PROVIDER_NAMES),
    // What requests carry.
    carried("bedrock-agentcore:actorId", &ACTORS),
    carried("bedrock-agentcore:sessionId", &MEMORY_SESSIONS),
    carried("bedrock-agentcore:strategyId", &STRATEGIES),
    carried("bedrock-agentcore:namespace", &NAMESPACES),
    carried("bedrock-agentcore:namespacePath", &NAMESPACES),
    carried("bedrock-agentcore:namespaceVariable/team", &TEAMS),
    carried("bedrock-agentcore:userid", &USER_IDS),
    carried("bedrock-agentcore:InboundJwtClaim/iss", &ISSUERS),
    carried("bedrock-agentcore:InboundJwtClaim/sub", &USER_IDS),
    carried("bedrock-agentcore:InboundJwtClaim/client_id", &CLIENTS),
    carried("bedrock-agentcore:RuntimeAuthorizerType", &["AWS_IAM", "CUSTOM_JWT"]),
    carried("bedrock-agentcore:GatewayAuthorizerType", &["AWS_IAM", "CUSTOM_JWT", "NONE"]),
    carried("bedrock-agentcore:ProtocolType", &["MCP", "HTTP"]),
    carried("bedrock-agentcore:PolicyEngineMode", &["ENFORCE", "LOG_ONLY"]),
    carried("bedrock-agentcore:KmsKeyArn", KEY_ARNS),
    carried("bedrock-agentcore:McpTargetConfigurationType", &["lambda", "openApiSchema", "smithyModel"]),
    carried("bedrock-agentcore:CredentialProviderType", &["OAUTH", "API_KEY"]),
    carried("bedrock-agentcore:PrivateEndpointType", &["managed", "selfManaged"]),
    carried("aws:RequestTag/team", &TEAMS),
    carried("aws:RequestTag/stage", &STAGES),
    carried("iam:PassedToService", PASSED_TO),
    carried("sts:ExternalId", &EXTERNAL_IDS),
    carried("sts:RoleSessionName", &SESSION_NAMES),
    carried("sts:SourceIdentity", &SOURCE_IDENTITIES),
    carried("kms:ViaService", VIA_HOSTS),
    carried("s3:ExistingObjectTag/team", &TEAMS),
    carried("aws:CalledViaFirst", VIAS),
    carried("aws:CalledViaLast", VIAS),
    Key::said("aws:PrincipalServiceName", Kind::Text, Say::ServiceName, &SERVICES),
    Key::said("aws:SourceAccount", Kind::Text, Say::SourceAccount, &AGENT_ACCOUNTS),
    Key::said("aws:SourceOrgID", Kind::Text, Say::SourceOrgId, ORGS),
    Key::said("aws:RequestedRegion", Kind::Text, Say::RequestedRegion, &REGIONS),
    Key::said("aws:UserAgent", Kind::Text, Say::UserAgent, &AGENTS),
    Key::said("aws:ResourceAccount", Kind::Text, Say::ResourceAccount, &AGENT_ACCOUNTS),
    Key::said("aws:VpceAccount", Kind::Text, Say::VpceAccount, &AGENT_ACCOUNTS),
    Key::said("aws:VpceOrgID", Kind::Text, Say::VpceOrgId, ORGS),
    Key::said("aws:ResourceOrgID", Kind::Text, Say::ResourceOrgId, ORGS),
    // Keys that no call has.
    carried("bedrock-agentcore:runtimeSessionId", NONE),
    carried("aws:Referer", NONE),
    Key::said("aws:PrincipalArn", Kind::Arn, Say::PrincipalArn, ARNS),
    Key::said("aws:SourceVpcArn", Kind::Arn, Say::SourceVpcArn, ARNS),
    Key::said("aws:SourceArn", Kind::Arn, Say::SourceArn, SOURCES),
    Key::said("aws:SecureTransport", Kind::Bool, Say::SecureTransport, NONE),
    Key::said("aws:MultiFactorAuthPresent", Kind::Bool, Say::MfaPresent, NONE),
    Key::said("aws:ViaAWSService", Kind::Bool, Say::ViaService, NONE),
    Key::said("aws:PrincipalIsAWSService", Kind::Bool, Say::IsService, NONE),
    Key::said("aws:CurrentTime", Kind::Date, Say::CurrentTime, NONE),
    Key::said("aws:TokenIssueTime", Kind::Date, Say::TokenIssueTime, NONE),
    Key::said("aws:MultiFactorAuthAge", Kind::Number, Say::MfaAge, NONE),
    Key::said("aws:EpochTime", Kind::Number, Say::EpochTime, NONE),
    Key::said("aws:SourceIp", Kind::Ip, Say::SourceIp, NONE),
    Key::said("aws:VpcSourceIp", Kind::Ip, Say::VpcSourceIp, NONE),
];

#[rustfmt::skip]
static MANY: [Key; 14] = [
    Key::said_many("aws:PrincipalOrgPaths", Say::PrincipalOrgPaths, PATHS),
    Key::said_many("aws:ResourceOrgPaths", Say::ResourceOrgPaths, PATHS),
    Key::said_many("aws:VpceOrgPaths", Say::VpceOrgPaths, PATHS),
    carried_many("bedrock-agentcore:InboundJwtClaim/aud", &AUDIENCES),
    carried_many("bedrock-agentcore:InboundJwtClaim/scope", &SCOPES),
    carried_many("bedrock-agentcore:subnets", NETS),
    carried_many("bedrock-agentcore:securityGroups", GROUPS),
    carried_many("bedrock-agentcore:AllowedRequestHeaders", HEADERS),
    carried_many("bedrock-agentcore:CredentialProviderScope", &SCOPES),
    carried_many("aws:TagKeys", &["team", "stage", "CostCenter"]),
    carried_many("sts:TransitiveTagKeys", &["team", "stage", "CostCenter"]),
    carried_many("aws:CalledVia", VIAS),
    carried_many("kms:EncryptionContextKeys", CONTEXT_KEYS),
    Key::said_many("aws:SourceOrgPaths", Say::SourceOrgPaths, PATHS),
];
