//! Why a context key is there or not (IAM-273…IAM-295).
//!
//! A check lists the keys it has, and those of a call are derived (`call::context`). These are the rules that say
//! which keys a request of this caller can have, cited where a condition or a variable asks for one. There, too,
//! the choices are consulted on which a derived key hangs.

use veriam_model::facts::{ContextKey, Presence, context_key};
use veriam_model::readings::{JwtGeneralKeys, SourceVpcArnKey, VpceOwnerKeys};

use crate::CallerKind;
use crate::notes::{Notes, ac, iam};
use crate::request::{Derived, Request};

/// Cites the rules about a key that a condition or a variable asks for.
pub(crate) fn cite(key: &str, present: bool, request: &Request<'_>, notes: &mut Notes<'_>) {
    let caller = request.caller.kind();
    // IAM-294: some service-prefixed keys travel across services.
    notes.cite_if(travels_across_services(key), iam(294));
    match context_key(key) {
        None => {
            // IAM-189: what a service does not supply is absent. IAM-048: also names that do not exist.
            notes.cite_if(!present, iam(189));
            let global = key
                .get(..4)
                .is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
            notes.cite_if(!present && global, iam(48));
        }
        Some(known) if known.rule == iam(189) => notes.cite_if(!present, iam(189)),
        // IAM-275: anonymous requests have no principal ARN.
        Some(known) if known.name == "aws:PrincipalArn" && caller == CallerKind::Anonymous => {
            notes.cite(iam(275));
        }
        Some(known) => {
            notes.cite(known.rule);
            notes.cite_if(known.presence == Presence::Always, iam(295));
        }
    }
    if caller == CallerKind::Jwt {
        // AC-115: no principal keys; AC-116: network keys; AC-119: claims are no keys.
        notes.cite_if(!present && is_principal_key(key), ac(115));
        notes.cite_if(is_network_key(key), ac(116));
        notes.cite_if(is_claim(key), ac(119));
    }
    if let Some(derived) = request.derived {
        cite_derived(key, derived, notes);
    }
}

/// Cites the rules about a key of a call, and consults the choice that says whether it is there (readings, 5.6).
fn cite_derived(key: &str, derived: Derived, notes: &mut Notes<'_>) {
    let is = |name: &str| key.eq_ignore_ascii_case(name);
    // AC-117: also whether a service forwards the request is not said of JWT callers.
    notes.cite_if(derived.with_jwt && is("aws:ViaAWSService"), ac(117));
    // AC-109: the session of a runtime is no key of these operations.
    notes.cite_if(is("bedrock-agentcore:runtimeSessionId"), ac(109));
    if derived.with_jwt && is_general_key(key) {
        notes.choose::<JwtGeneralKeys>();
    }
    if derived.through_endpoint && VPCE_OWNER_KEYS.iter().any(|name| is(name)) {
        notes.choose::<VpceOwnerKeys>();
    }
    if derived.through_endpoint && is("aws:SourceVpcArn") {
        notes.choose::<SourceVpcArnKey>();
    }
}

/// The keys of AC-182.
const VPCE_OWNER_KEYS: [&str; 3] = ["aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];

/// The keys of AC-118, which have nothing to do with who calls.
fn is_general_key(key: &str) -> bool {
    const NAMES: [&str; 8] = [
        "aws:CurrentTime",
        "aws:EpochTime",
        "aws:SecureTransport",
        "aws:UserAgent",
        "aws:RequestedRegion",
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:ResourceOrgPaths",
    ];
    let tag = "aws:ResourceTag/";
    let is_tag = key
        .get(..tag.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(tag));
    is_tag || NAMES.iter().any(|name| name.eq_ignore_ascii_case(key))
}

/// Keys that describe the caller as an IAM principal.
pub(crate) fn is_principal_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.starts_with("aws:principal") || key == "aws:userid" || key == "aws:username"
}

fn is_network_key(key: &str) -> bool {
    let keys = ["aws:SourceVpc", "aws:SourceVpce", "aws:SourceIp"];
    keys.iter().any(|k| k.eq_ignore_ascii_case(key))
}

/// Names under which somebody may hope to find a claim of the token.
fn is_claim(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.starts_with("jwt:") || key.contains("inboundjwtclaim")
}

fn travels_across_services(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.starts_with("saml:")
        || key.ends_with(":aud")
        || key.ends_with(":sub")
        || key == "identitystore:userid"
        || key == "ec2:sourceinstancearn"
}

/// Why the request does not have a key, in a sentence.
pub(crate) fn why_absent(key: &str, caller: CallerKind) -> String {
    if caller == CallerKind::Jwt && is_principal_key(key) {
        return format!("{key} is absent: a JWT caller is no IAM principal and has no such keys");
    }
    if caller == CallerKind::Jwt && is_claim(key) {
        return format!("{key} is absent: claims of a token are no condition keys");
    }
    match context_key(key) {
        None => format!("{key} is absent: the request does not have this key"),
        Some(known) => format!("{key} is absent: {}", presence(known, caller)),
    }
}

fn presence(known: &ContextKey, caller: CallerKind) -> String {
    let text = match known.presence {
        Presence::Always => "this request was built without it, although every request has it",
        Presence::SignedRequest => "it exists only for signed requests",
        Presence::IamUser => "it exists only for IAM users",
        Presence::Tagged => "it exists only when there is such a tag",
        Presence::PrincipalInOrganization => {
            "it exists only when the caller's account is in an organization, and never for anonymous callers \
             and service principals"
        }
        Presence::ServicePrincipal => "it exists only when an AWS service calls as itself",
        Presence::FederatedRoleSession => {
            "it exists only for role sessions issued through a web identity or SAML provider"
        }
        Presence::TemporaryCredentials => {
            "it exists only with temporary credentials, not with long-term access keys"
        }
        Presence::MultiFactor => "it exists only when the caller authenticated with MFA",
        Presence::SourceIdentity => "it exists only for sessions with a source identity",
        Presence::InstanceCredentials => "it exists only for credentials of an EC2 instance role",
        Presence::AssumedRoot => "it exists only for sessions from sts:AssumeRoot",
        Presence::PublicNetwork => "it does not exist for requests through a VPC endpoint",
        Presence::VpcEndpoint => "it exists only for requests through a VPC endpoint",
        Presence::ForwardedByService => {
            "it exists only when an AWS service calls with the caller's credentials"
        }
        Presence::ServiceOnBehalf => {
            "it exists only when an AWS service calls on behalf of a resource"
        }
        Presence::ResourceOwner => "this request says nothing about the owner of the resource",
        Presence::TagsPassed => "it exists only when the request passes tags",
        Presence::Referer => "it exists only when the client sends a referer",
        Presence::ServiceSpecific => "it exists only where the service supplies it",
    };
    match known.presence {
        Presence::SignedRequest | Presence::IamUser | Presence::TemporaryCredentials => {
            format!("{text} (the caller: {caller})")
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Case, policy};

    /// A case whose resource policy tests one key.
    fn asking(case: Case, condition: &str) -> Case {
        let statement = format!(
            r#"{{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{condition}}}"#
        );
        case.with(|check| check.resource_policy = Some(policy(&statement)))
    }

    #[test]
    fn rules_about_keys_are_cited_where_a_key_is_asked_for() {
        let user = || Case::user();
        let anonymous = || Case::caller("anonymous", Some("anonymous"));
        let jwt = || Case::caller("jwt", None);
        let equals = |key: &str| format!(r#"{{"StringEquals":{{"{key}":"x"}}}}"#);
        for (case, key, rule) in [
            (user(), "aws:PrincipalArn", iam(273)),
            (anonymous(), "aws:PrincipalArn", iam(275)),
            (anonymous(), "aws:PrincipalArn", iam(265)),
            (user(), "aws:username", iam(279)),
            (user(), "AWS:SOURCEVPC", iam(284)),
            (user(), "aws:UserAgent", iam(295)),
            (user(), "aws:RequestedRegion", iam(295)),
            (user(), "saml:aud", iam(294)),
            (user(), "ec2:SourceInstanceARN", iam(294)),
            (user(), "s3:prefix", iam(189)),
            (user(), "a:b", iam(189)),
            (user(), "aws:NoSuchKey", iam(48)),
            (jwt(), "aws:PrincipalOrgID", ac(115)),
            (jwt(), "aws:userid", ac(115)),
            (jwt(), "aws:SourceVpce", ac(116)),
            (jwt(), "jwt:sub", ac(119)),
        ] {
            assert!(asking(case, &equals(key)).cites(rule), "{key} {rule}");
        }
        for (case, key, rule) in [
            (user().context("a:b", &["x"]), "a:b", iam(189)),
            (user().context("s3:prefix", &["x"]), "s3:prefix", iam(189)),
            (user(), "aws:PrincipalOrgID", ac(115)),
            (jwt(), "aws:SourceVpcArn", ac(116)),
            (user(), "jwt:sub", ac(119)),
            (user(), "aws:PrincipalArn", iam(275)),
        ] {
            assert!(!asking(case, &equals(key)).cites(rule), "{key} {rule}");
        }
        let root = r#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:root"}}"#;
        assert!(asking(user(), root).cites(iam(274)));
    }

    #[test]
    fn absent_keys_are_explained() {
        for (key, caller, expected) in [
            (
                "aws:SourceVpc",
                CallerKind::User,
                "aws:SourceVpc is absent: it exists only for requests through a VPC endpoint",
            ),
            (
                "aws:username",
                CallerKind::RoleSession,
                "aws:username is absent: it exists only for IAM users (the caller: role session)",
            ),
            (
                "aws:PrincipalArn",
                CallerKind::Jwt,
                "aws:PrincipalArn is absent: a JWT caller is no IAM principal and has no such keys",
            ),
            (
                "jwt:sub",
                CallerKind::Jwt,
                "jwt:sub is absent: claims of a token are no condition keys",
            ),
            (
                "a:b",
                CallerKind::User,
                "a:b is absent: the request does not have this key",
            ),
        ] {
            assert_eq!(why_absent(key, caller), expected);
        }
    }
}
