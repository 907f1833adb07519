//! Global and some service-specific condition context keys: type, valence, when present.
//!
//! Source: AWS global condition context keys; IAM and AWS STS condition context keys (IAM-273…IAM-295);
//! service authorization reference for the service-specific ones.

use crate::RuleId;

/// The type a key's values have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// Text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A date.
    Date,
    /// A number.
    Numeric,
    /// An IP address.
    IpAddress,
}

/// When a correct request builder supplies a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    /// In every request.
    Always,
    /// In every signed request, not for anonymous callers.
    SignedRequest,
    /// For IAM users only.
    IamUser,
    /// When the tag exists.
    Tagged,
    /// When the principal's account is in an organization; never for anonymous callers and service principals.
    PrincipalInOrganization,
    /// When a service principal calls.
    ServicePrincipal,
    /// For role sessions issued through web identity or SAML.
    FederatedRoleSession,
    /// With temporary credentials only.
    TemporaryCredentials,
    /// When the caller authenticated with MFA.
    MultiFactor,
    /// For sessions with a source identity.
    SourceIdentity,
    /// For credentials of an EC2 instance role.
    InstanceCredentials,
    /// For sessions from sts:AssumeRoot.
    AssumedRoot,
    /// Except through a VPC endpoint.
    PublicNetwork,
    /// Through a VPC endpoint only.
    VpcEndpoint,
    /// When a service calls with the caller's credentials.
    ForwardedByService,
    /// When a service calls on behalf of a resource.
    ServiceOnBehalf,
    /// For most actions: describes the owner of the resource.
    ResourceOwner,
    /// When the operation passes tags.
    TagsPassed,
    /// When the client sent a referer.
    Referer,
    /// When the service supplies it.
    ServiceSpecific,
}

/// What is known about a context key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextKey {
    /// The name; one that ends in `/` stands for every key that begins so.
    pub name: &'static str,
    /// The type of its values.
    pub value_type: ValueType,
    /// Whether it can hold several values.
    pub multivalued: bool,
    /// When it is present.
    pub presence: Presence,
    /// The rule that says so.
    pub rule: RuleId,
}

const fn key(
    name: &'static str,
    value_type: ValueType,
    multivalued: bool,
    presence: Presence,
    rule: u16,
) -> ContextKey {
    ContextKey {
        name,
        value_type,
        multivalued,
        presence,
        rule: RuleId::iam(rule),
    }
}

const ONE: bool = false;
const MANY: bool = true;

/// The known context keys.
#[rustfmt::skip]
pub const CONTEXT_KEYS: &[ContextKey] = &[
    key("aws:PrincipalArn", ValueType::Arn, ONE, Presence::SignedRequest, 273),
    key("aws:PrincipalAccount", ValueType::String, ONE, Presence::Always, 276),
    key("aws:PrincipalType", ValueType::String, ONE, Presence::Always, 295),
    key("aws:userid", ValueType::String, ONE, Presence::Always, 280),
    key("aws:username", ValueType::String, ONE, Presence::IamUser, 279),
    key("aws:PrincipalTag/", ValueType::String, ONE, Presence::Tagged, 196),
    key("aws:PrincipalOrgID", ValueType::String, ONE, Presence::PrincipalInOrganization, 277),
    key("aws:PrincipalOrgPaths", ValueType::String, MANY, Presence::PrincipalInOrganization, 278),
    key("aws:PrincipalIsAWSService", ValueType::Bool, ONE, Presence::SignedRequest, 287),
    key("aws:PrincipalServiceName", ValueType::String, ONE, Presence::ServicePrincipal, 287),
    key("aws:PrincipalServiceNamesList", ValueType::String, MANY, Presence::ServicePrincipal, 287),
    key("aws:FederatedProvider", ValueType::String, ONE, Presence::FederatedRoleSession, 293),
    key("aws:TokenIssueTime", ValueType::Date, ONE, Presence::TemporaryCredentials, 292),
    key("aws:MultiFactorAuthPresent", ValueType::Bool, ONE, Presence::TemporaryCredentials, 281),
    key("aws:MultiFactorAuthAge", ValueType::Numeric, ONE, Presence::MultiFactor, 282),
    key("aws:SourceIdentity", ValueType::String, ONE, Presence::SourceIdentity, 254),
    key("aws:Ec2InstanceSourceVpc", ValueType::String, ONE, Presence::InstanceCredentials, 294),
    key("aws:Ec2InstanceSourcePrivateIPv4", ValueType::IpAddress, ONE, Presence::InstanceCredentials, 193),
    key("ec2:SourceInstanceARN", ValueType::Arn, ONE, Presence::InstanceCredentials, 294),
    key("aws:AssumedRoot", ValueType::String, ONE, Presence::AssumedRoot, 252),
    key("aws:SourceIp", ValueType::IpAddress, ONE, Presence::PublicNetwork, 283),
    key("aws:SourceVpc", ValueType::String, ONE, Presence::VpcEndpoint, 284),
    key("aws:SourceVpce", ValueType::String, ONE, Presence::VpcEndpoint, 284),
    key("aws:VpcSourceIp", ValueType::IpAddress, ONE, Presence::VpcEndpoint, 284),
    key("aws:SourceVpcArn", ValueType::Arn, ONE, Presence::VpcEndpoint, 284),
    key("aws:VpceAccount", ValueType::String, ONE, Presence::VpcEndpoint, 284),
    key("aws:VpceOrgID", ValueType::String, ONE, Presence::VpcEndpoint, 284),
    key("aws:VpceOrgPaths", ValueType::String, MANY, Presence::VpcEndpoint, 284),
    key("aws:ViaAWSService", ValueType::Bool, ONE, Presence::Always, 285),
    key("aws:CalledVia", ValueType::String, MANY, Presence::ForwardedByService, 286),
    key("aws:CalledViaFirst", ValueType::String, ONE, Presence::ForwardedByService, 286),
    key("aws:CalledViaLast", ValueType::String, ONE, Presence::ForwardedByService, 286),
    key("aws:SourceAccount", ValueType::String, ONE, Presence::ServiceOnBehalf, 288),
    key("aws:SourceArn", ValueType::Arn, ONE, Presence::ServiceOnBehalf, 288),
    key("aws:SourceOrgID", ValueType::String, ONE, Presence::ServiceOnBehalf, 288),
    key("aws:SourceOrgPaths", ValueType::String, MANY, Presence::ServiceOnBehalf, 288),
    key("aws:ResourceAccount", ValueType::String, ONE, Presence::ResourceOwner, 289),
    key("aws:ResourceOrgID", ValueType::String, ONE, Presence::ResourceOwner, 289),
    key("aws:ResourceOrgPaths", ValueType::String, MANY, Presence::ResourceOwner, 289),
    key("aws:ResourceTag/", ValueType::String, ONE, Presence::Tagged, 133),
    key("aws:RequestTag/", ValueType::String, ONE, Presence::TagsPassed, 290),
    key("aws:TagKeys", ValueType::String, MANY, Presence::TagsPassed, 290),
    key("aws:RequestedRegion", ValueType::String, ONE, Presence::Always, 291),
    key("aws:CurrentTime", ValueType::Date, ONE, Presence::Always, 295),
    key("aws:EpochTime", ValueType::Numeric, ONE, Presence::Always, 295),
    key("aws:SecureTransport", ValueType::Bool, ONE, Presence::Always, 295),
    key("aws:UserAgent", ValueType::String, ONE, Presence::Always, 295),
    key("aws:Referer", ValueType::String, ONE, Presence::Referer, 189),
    key("dynamodb:Attributes", ValueType::String, MANY, Presence::ServiceSpecific, 189),
    key("dynamodb:LeadingKeys", ValueType::String, MANY, Presence::ServiceSpecific, 189),
    key("s3:prefix", ValueType::String, ONE, Presence::ServiceSpecific, 189),
    key("s3:max-keys", ValueType::Numeric, ONE, Presence::ServiceSpecific, 189),
    key("s3:ExistingObjectTag/", ValueType::String, ONE, Presence::Tagged, 189),
    key("kms:EncryptionContextKeys", ValueType::String, MANY, Presence::ServiceSpecific, 189),
    key("kms:ViaService", ValueType::String, ONE, Presence::ServiceSpecific, 189),
    key("sts:ExternalId", ValueType::String, ONE, Presence::ServiceSpecific, 189),
    key("sts:RoleSessionName", ValueType::String, ONE, Presence::ServiceSpecific, 189),
    key("sts:SourceIdentity", ValueType::String, ONE, Presence::ServiceSpecific, 189),
    key("sts:TransitiveTagKeys", ValueType::String, MANY, Presence::ServiceSpecific, 189),
    key("iam:PassedToService", ValueType::String, ONE, Presence::ServiceSpecific, 189),
    key("ec2:InstanceType", ValueType::String, ONE, Presence::ServiceSpecific, 189),
];

/// The entry of the table for a key's name, ASCII case ignored; tag keys by their prefix.
#[must_use]
pub fn context_key(name: &str) -> Option<&'static ContextKey> {
    CONTEXT_KEYS.iter().find(|k| {
        if k.name.ends_with('/') {
            name.len() > k.name.len()
                && name
                    .get(..k.name.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(k.name))
        } else {
            name.eq_ignore_ascii_case(k.name)
        }
    })
}

/// Global keys that carry identifiers AWS assigns: in VPC endpoint policies no wildcards and no numeric
/// operators work on them (IAM-030). Source: AWS PrivateLink guide, considerations of endpoint policies, which
/// names examples; the list here is those and their siblings.
pub const SYSTEM_IDENTIFIER_KEYS: &[&str] = &[
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found_in_any_case() {
        for (i, k) in CONTEXT_KEYS.iter().enumerate() {
            let name = format!("{}x", k.name);
            let name = if k.name.ends_with('/') { &name } else { k.name };
            assert_eq!(context_key(&name.to_ascii_uppercase()), Some(k));
            assert!(
                CONTEXT_KEYS[..i]
                    .iter()
                    .all(|o| !o.name.eq_ignore_ascii_case(k.name))
            );
        }
    }

    #[test]
    fn a_tag_key_needs_a_tag_name() {
        assert_eq!(context_key("aws:ResourceTag/"), None);
        assert_eq!(context_key("aws:ResourceTag"), None);
        assert!(context_key("aws:resourcetag/team").is_some());
    }
}
