//! The condition keys a request to AgentCore can carry (section 5.6 of the readings).

/// What a condition key asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ContextKey {
    PrincipalArn,
    PrincipalAccount,
    PrincipalType,
    UserId,
    Username,
    /// With the key of the tag.
    PrincipalTag(Box<str>),
    PrincipalOrgId,
    PrincipalOrgPaths,
    PrincipalIsAwsService,
    FederatedProvider,
    TokenIssueTime,
    MultiFactorAuthPresent,
    MultiFactorAuthAge,
    SourceIdentity,
    ViaAwsService,
    SourceIp,
    SourceVpc,
    SourceVpce,
    VpcSourceIp,
    VpceAccount,
    VpceOrgId,
    VpceOrgPaths,
    SourceVpcArn,
    CurrentTime,
    EpochTime,
    SecureTransport,
    UserAgent,
    RequestedRegion,
    ResourceAccount,
    ResourceOrgId,
    ResourceOrgPaths,
    /// With the key of the tag.
    ResourceTag(Box<str>),
    /// No request to AgentCore carries it (AC-109, AC-115, AC-119).
    Never,
}

/// The keys without a tag.
const NAMES: &[(&str, ContextKey)] = &[
    ("aws:PrincipalArn", ContextKey::PrincipalArn),
    ("aws:PrincipalAccount", ContextKey::PrincipalAccount),
    ("aws:PrincipalType", ContextKey::PrincipalType),
    ("aws:userid", ContextKey::UserId),
    ("aws:username", ContextKey::Username),
    ("aws:PrincipalOrgID", ContextKey::PrincipalOrgId),
    ("aws:PrincipalOrgPaths", ContextKey::PrincipalOrgPaths),
    (
        "aws:PrincipalIsAWSService",
        ContextKey::PrincipalIsAwsService,
    ),
    ("aws:FederatedProvider", ContextKey::FederatedProvider),
    ("aws:TokenIssueTime", ContextKey::TokenIssueTime),
    (
        "aws:MultiFactorAuthPresent",
        ContextKey::MultiFactorAuthPresent,
    ),
    ("aws:MultiFactorAuthAge", ContextKey::MultiFactorAuthAge),
    ("aws:SourceIdentity", ContextKey::SourceIdentity),
    ("aws:ViaAWSService", ContextKey::ViaAwsService),
    ("aws:SourceIp", ContextKey::SourceIp),
    ("aws:SourceVpc", ContextKey::SourceVpc),
    ("aws:SourceVpce", ContextKey::SourceVpce),
    ("aws:VpcSourceIp", ContextKey::VpcSourceIp),
    ("aws:VpceAccount", ContextKey::VpceAccount),
    ("aws:VpceOrgID", ContextKey::VpceOrgId),
    ("aws:VpceOrgPaths", ContextKey::VpceOrgPaths),
    ("aws:SourceVpcArn", ContextKey::SourceVpcArn),
    ("aws:CurrentTime", ContextKey::CurrentTime),
    ("aws:EpochTime", ContextKey::EpochTime),
    ("aws:SecureTransport", ContextKey::SecureTransport),
    ("aws:UserAgent", ContextKey::UserAgent),
    ("aws:RequestedRegion", ContextKey::RequestedRegion),
    ("aws:ResourceAccount", ContextKey::ResourceAccount),
    ("aws:ResourceOrgID", ContextKey::ResourceOrgId),
    ("aws:ResourceOrgPaths", ContextKey::ResourceOrgPaths),
];

impl ContextKey {
    /// The key of that name; ASCII case does not count.
    pub(super) fn of(name: &str) -> Self {
        if let Some(tag) = behind("aws:PrincipalTag/", name) {
            return ContextKey::PrincipalTag(tag.into());
        }
        if let Some(tag) = behind("aws:ResourceTag/", name) {
            return ContextKey::ResourceTag(tag.into());
        }
        let known = NAMES.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        known.map_or(ContextKey::Never, |(_, key)| key.clone())
    }
}

fn behind<'n>(prefix: &str, name: &'n str) -> Option<&'n str> {
    let (head, tail) = name.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}
