//! The condition keys a request can carry (sections 5.6 and 6 of the readings).

use super::carried::PREFIX;

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
    PrincipalServiceName,
    FederatedProvider,
    TokenIssueTime,
    MultiFactorAuthPresent,
    MultiFactorAuthAge,
    SourceIdentity,
    ViaAwsService,
    CalledVia,
    SourceAccount,
    SourceArn,
    SourceOrgId,
    SourceOrgPaths,
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
    /// With the key of the tag.
    RequestTag(Box<str>),
    TagKeys,
    /// A key of a service, which requests to it carry.
    Carried(CarriedKey),
    /// No request carries it (AC-109, AC-115).
    Never,
}

/// A key that only the request itself can bring along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CarriedKey {
    /// The name, as the policy spells it.
    pub(super) name: Box<str>,
    pub(super) own: Own,
}

/// Keys that are members of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Own {
    ActorId,
    SessionId,
    StrategyId,
    Namespace,
    NamespacePath,
    /// With the name of the variable.
    NamespaceVariable(Box<str>),
    UserId,
    ClaimIss,
    ClaimSub,
    ClaimClientId,
    ClaimAud,
    ClaimScope,
    PassedToService,
    ExternalId,
    RoleSessionName,
    NewSourceIdentity,
    TransitiveTagKeys,
    /// Any other: found by its name where a request lists keys.
    Listed,
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
    ("aws:PrincipalServiceName", ContextKey::PrincipalServiceName),
    (
        "aws:PrincipalServiceNamesList",
        ContextKey::PrincipalServiceName,
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
    ("aws:CalledVia", ContextKey::CalledVia),
    ("aws:CalledViaFirst", ContextKey::CalledVia),
    ("aws:CalledViaLast", ContextKey::CalledVia),
    ("aws:SourceAccount", ContextKey::SourceAccount),
    ("aws:SourceArn", ContextKey::SourceArn),
    ("aws:SourceOrgID", ContextKey::SourceOrgId),
    ("aws:SourceOrgPaths", ContextKey::SourceOrgPaths),
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
    ("aws:TagKeys", ContextKey::TagKeys),
];

/// The keys that are members of a request, without a name.
const OWN: &[(&str, Own)] = &[
    ("bedrock-agentcore:actorId", Own::ActorId),
    ("bedrock-agentcore:sessionId", Own::SessionId),
    ("bedrock-agentcore:strategyId", Own::StrategyId),
    ("bedrock-agentcore:namespace", Own::Namespace),
    ("bedrock-agentcore:namespacePath", Own::NamespacePath),
    ("bedrock-agentcore:userid", Own::UserId),
    ("bedrock-agentcore:InboundJwtClaim/iss", Own::ClaimIss),
    ("bedrock-agentcore:InboundJwtClaim/sub", Own::ClaimSub),
    (
        "bedrock-agentcore:InboundJwtClaim/client_id",
        Own::ClaimClientId,
    ),
    ("bedrock-agentcore:InboundJwtClaim/aud", Own::ClaimAud),
    ("bedrock-agentcore:InboundJwtClaim/scope", Own::ClaimScope),
    ("iam:PassedToService", Own::PassedToService),
    ("sts:ExternalId", Own::ExternalId),
    ("sts:RoleSessionName", Own::RoleSessionName),
    ("sts:SourceIdentity", Own::NewSourceIdentity),
    ("sts:TransitiveTagKeys", Own::TransitiveTagKeys),
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
        if let Some(tag) = behind("aws:RequestTag/", name) {
            return ContextKey::RequestTag(tag.into());
        }
        if behind("aws:", name).is_some() {
            let known = NAMES.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
            return known.map_or(ContextKey::Never, |(_, key)| key.clone());
        }
        ContextKey::Carried(CarriedKey {
            name: name.into(),
            own: Own::of(name),
        })
    }
}

impl Own {
    fn of(name: &str) -> Self {
        let variable = behind(PREFIX, name).and_then(|name| behind("namespaceVariable/", name));
        if let Some(variable) = variable {
            return Own::NamespaceVariable(variable.into());
        }
        let known = OWN.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        known.map_or(Own::Listed, |(_, own)| own.clone())
    }
}

/// What follows a prefix; ASCII case does not count.
pub(super) fn behind<'n>(prefix: &str, name: &'n str) -> Option<&'n str> {
    let (head, tail) = name.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}
