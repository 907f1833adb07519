//! The context keys that conditions of a world's policies test.

use crate::context::{Key, KeySet};
use crate::values::Kind;

use super::facts::Say;
use super::scene::{AGENT_ACCOUNTS, AGENTS, NETWORKS, PROVIDER_NAMES, STAGES, TEAMS};
use crate::vocabulary::{REGIONS, USERS};

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
const NONE: &[&str] = &["none"];

#[rustfmt::skip]
static SINGLE: [Key; 34] = [
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
    Key::said("aws:SourceIdentity", Kind::Text, Say::SourceIdentity, &["alice", "DiegoRamirez", "build-42"]),
    Key::said("aws:FederatedProvider", Kind::Text, Say::FederatedProvider, &PROVIDER_NAMES),
    Key::said("aws:RequestedRegion", Kind::Text, Say::RequestedRegion, &REGIONS),
    Key::said("aws:UserAgent", Kind::Text, Say::UserAgent, &AGENTS),
    Key::said("aws:VpceAccount", Kind::Text, Say::VpceAccount, &AGENT_ACCOUNTS),
    Key::said("aws:ResourceAccount", Kind::Text, Say::ResourceAccount, &AGENT_ACCOUNTS),
    Key::said("aws:VpceOrgID", Kind::Text, Say::VpceOrgId, ORGS),
    Key::said("aws:ResourceOrgID", Kind::Text, Say::ResourceOrgId, ORGS),
    // Keys that no call has.
    Key::said("aws:RequestTag/team", Kind::Text, Say::Nothing, &TEAMS),
    Key::said("aws:SourceAccount", Kind::Text, Say::Nothing, &AGENT_ACCOUNTS),
    Key::said("aws:PrincipalServiceName", Kind::Text, Say::Nothing, NONE),
    Key::said("aws:PrincipalArn", Kind::Arn, Say::PrincipalArn, ARNS),
    Key::said("aws:SourceVpcArn", Kind::Arn, Say::SourceVpcArn, ARNS),
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
static MANY: [Key; 3] = [
    Key::said_many("aws:PrincipalOrgPaths", Say::PrincipalOrgPaths, PATHS),
    Key::said_many("aws:ResourceOrgPaths", Say::ResourceOrgPaths, PATHS),
    Key::said_many("aws:VpceOrgPaths", Say::VpceOrgPaths, PATHS),
];
