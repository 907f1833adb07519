//! The request of a check: who calls what on which resource. Refuses what is no question (readings, 2.1).

use veriam_model::{Check, Fact};

use crate::arn::Arn;
use crate::{CallerKind, MalformedRequest};

/// A well-formed request.
#[derive(Clone, Debug)]
pub(crate) struct Request<'c> {
    pub(crate) check: &'c Check,
    pub(crate) caller: Caller<'c>,
    /// The service prefix of the action, as written.
    pub(crate) service: &'c str,
    /// The name of the action, as written.
    pub(crate) operation: &'c str,
    /// The resource's ARN; `None` for `*`, an action without a resource type.
    pub(crate) resource: Option<Arn<'c>>,
    /// Set when the context keys were derived from a call; a check lists its keys itself.
    pub(crate) derived: Option<Derived>,
}

/// What decides which keys of a call's request hang on open choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Derived {
    /// The caller brings a JWT (AC-118).
    pub(crate) with_jwt: bool,
    /// The request comes through a VPC endpoint (AC-182, AC-183).
    pub(crate) through_endpoint: bool,
}

/// The caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller<'c> {
    Root(Arn<'c>),
    User(Arn<'c>),
    RoleSession {
        arn: Arn<'c>,
        /// The role's name, without its path (IAM-111).
        role: &'c str,
    },
    FederatedUser {
        arn: Arn<'c>,
        /// The name of the session, which is that of the user who made it.
        name: &'c str,
    },
    ServicePrincipal,
    FederatedProvider,
    Anonymous,
    Jwt,
}

impl<'c> Caller<'c> {
    pub(crate) fn kind(&self) -> CallerKind {
        match self {
            Caller::Root(_) => CallerKind::Root,
            Caller::User(_) => CallerKind::User,
            Caller::RoleSession { .. } => CallerKind::RoleSession,
            Caller::FederatedUser { .. } => CallerKind::FederatedUser,
            Caller::ServicePrincipal => CallerKind::ServicePrincipal,
            Caller::FederatedProvider => CallerKind::FederatedProvider,
            Caller::Anonymous => CallerKind::Anonymous,
            Caller::Jwt => CallerKind::Jwt,
        }
    }

    /// The ARN of an IAM identity: root user, IAM user or session. Everybody else is in no account.
    pub(crate) fn identity(&self) -> Option<Arn<'c>> {
        match *self {
            Caller::Root(arn)
            | Caller::User(arn)
            | Caller::RoleSession { arn, .. }
            | Caller::FederatedUser { arn, .. } => Some(arn),
            Caller::ServicePrincipal
            | Caller::FederatedProvider
            | Caller::Anonymous
            | Caller::Jwt => None,
        }
    }
}

impl<'c> Request<'c> {
    /// Reads the request of a check.
    pub(crate) fn read(check: &'c Check) -> Result<Self, MalformedRequest> {
        // Readings, section 4 on 2.1: the members are looked at in this order.
        let (service, operation) = action(&check.action)?;
        let resource = match check.resource.arn.as_str() {
            "*" => None,
            text => Some(Arn::split(text).ok_or_else(|| {
                MalformedRequest::new("resource.arn", Some(text), "`*` or an ARN of six parts")
            })?),
        };
        if check.resource.account.is_empty() {
            return Err(MalformedRequest::new(
                "resource.account",
                Some(""),
                "the account that owns the resource",
            ));
        }
        let caller = caller(check)?;
        Ok(Self {
            check,
            caller,
            service,
            operation,
            resource,
            derived: None,
        })
    }

    /// Whether the action is this one; letter case does not count (readings, 2.2).
    pub(crate) fn is_action(&self, action: &str) -> bool {
        self.check.action.eq_ignore_ascii_case(action)
    }

    /// The caller as the check writes it.
    pub(crate) fn caller_text(&self) -> &'c str {
        &self.check.principal.arn
    }

    /// A context key and its values; letter case of the whole key does not count (IAM-132, IAM-133).
    pub(crate) fn context(&self, key: &str) -> Option<(&'c str, &'c [String])> {
        let mut keys = self.check.context.iter();
        keys.find(|(name, _)| name.eq_ignore_ascii_case(key))
    }

    pub(crate) fn has_fact(&self, fact: Fact) -> bool {
        self.check.facts.contains(&fact)
    }

    /// Whether the resource is an IAM role, whose own policy is a trust policy.
    pub(crate) fn is_role(&self) -> bool {
        self.resource
            .is_some_and(|arn| arn.service == "iam" && arn.resource.starts_with("role/"))
    }

    /// Whether the resource is a KMS key, whose own policy is a key policy.
    pub(crate) fn is_kms_key(&self) -> bool {
        self.resource
            .is_some_and(|arn| arn.service == "kms" && arn.resource.starts_with("key/"))
    }
}

/// `prefix:name`.
fn action(text: &str) -> Result<(&str, &str), MalformedRequest> {
    match text.split_once(':') {
        Some((service, name)) if !service.is_empty() && !name.is_empty() && !name.contains(':') => {
            Ok((service, name))
        }
        _ => Err(MalformedRequest::new(
            "action",
            Some(text),
            "a service prefix, one colon and a name",
        )),
    }
}

/// Tells the caller from the principal's ARN, and checks that the account fits it.
fn caller(check: &Check) -> Result<Caller<'_>, MalformedRequest> {
    let text = check.principal.arn.as_str();
    let account = check.principal.account.as_deref();
    let caller = match text {
        "anonymous" => Some(Caller::Anonymous),
        "jwt" => Some(Caller::Jwt),
        "" => None,
        _ if text.starts_with("arn:") => Arn::split(text).and_then(caller_with_arn),
        _ if check
            .action
            .eq_ignore_ascii_case("sts:AssumeRoleWithWebIdentity")
            || check.action.eq_ignore_ascii_case("sts:AssumeRoleWithSAML") =>
        {
            Some(Caller::FederatedProvider)
        }
        _ => Some(Caller::ServicePrincipal),
    };
    let caller = caller.ok_or_else(|| MalformedRequest::new("principal.arn", Some(text), "the ARN of a root user, an IAM user, a role session or a federated-user session, a service \
                   principal, a federated provider, `anonymous` or `jwt`"))?;
    let (fits, expected) = match caller.identity() {
        Some(arn) => {
            let digits = arn.account.len() == 12 && arn.account.bytes().all(|b| b.is_ascii_digit());
            (
                digits && account == Some(arn.account),
                "the twelve-digit account of the principal's ARN",
            )
        }
        None if caller == Caller::Anonymous => (account == Some("anonymous"), "`anonymous`"),
        None => (account.is_none(), "null for a caller who is in no account"),
    };
    if fits {
        return Ok(caller);
    }
    Err(MalformedRequest::new(
        "principal.account",
        account,
        expected,
    ))
}

/// The caller that an ARN names, if it is one of an IAM identity or of a federated provider.
fn caller_with_arn(arn: Arn<'_>) -> Option<Caller<'_>> {
    let is_provider =
        arn.resource.starts_with("saml-provider/") || arn.resource.starts_with("oidc-provider/");
    match (arn.service, arn.region, arn.resource) {
        ("iam", _, _) if is_provider => Some(Caller::FederatedProvider),
        ("iam", "", "root") => Some(Caller::Root(arn)),
        ("iam", "", resource) => {
            let path_and_name = resource.strip_prefix("user/")?;
            (!path_and_name.is_empty()).then_some(Caller::User(arn))
        }
        ("sts", "", resource) => {
            if let Some(name) = resource.strip_prefix("federated-user/") {
                return (!name.is_empty()).then_some(Caller::FederatedUser { arn, name });
            }
            let (role, session) = resource.strip_prefix("assumed-role/")?.split_once('/')?;
            let names = !role.is_empty() && !session.is_empty() && !session.contains('/');
            names.then_some(Caller::RoleSession { arn, role })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use veriam_model::{Principal, Resource};

    fn check(arn: &str, account: Option<&str>, action: &str) -> Check {
        let principal = Principal {
            arn: arn.to_owned(),
            account: account.map(str::to_owned),
        };
        let resource = Resource {
            arn: "*".to_owned(),
            account: "111122223333".to_owned(),
        };
        Check::new(principal, action, resource)
    }

    fn kind(arn: &str, account: Option<&str>, action: &str) -> Option<CallerKind> {
        let check = check(arn, account, action);
        let request = Request::read(&check).ok()?;
        Some(request.caller.kind())
    }

    #[test]
    fn callers_are_told_apart_by_arn_and_account() {
        use CallerKind::*;
        let one = Some("111122223333");
        for (arn, account, expected) in [
            ("arn:aws:iam::111122223333:root", one, Some(Root)),
            ("arn:aws:iam::111122223333:user/a/Bob", one, Some(User)),
            (
                "arn:aws:sts::111122223333:assumed-role/R/s",
                one,
                Some(RoleSession),
            ),
            (
                "arn:aws:sts::111122223333:federated-user/Bob",
                one,
                Some(FederatedUser),
            ),
            ("sns.amazonaws.com", None, Some(ServicePrincipal)),
            (
                "arn:aws:iam::111122223333:saml-provider/X",
                None,
                Some(FederatedProvider),
            ),
            (
                "arn:aws:iam::111122223333:oidc-provider/x",
                None,
                Some(FederatedProvider),
            ),
            ("anonymous", Some("anonymous"), Some(Anonymous)),
            ("jwt", None, Some(Jwt)),
            // Not callers.
            ("", None, None),
            ("jwt", one, None),
            ("anonymous", one, None),
            ("arn:aws:iam::111122223333:role/R", one, None),
            ("arn:aws:iam::111122223333:role/R", None, None),
            ("arn:aws:iam::111122223333:user/", one, None),
            (
                "arn:aws:iam::111122223333:user/Bob",
                Some("444455556666"),
                None,
            ),
            ("arn:aws:iam:us-east-1:111122223333:user/Bob", one, None),
            (
                "arn:aws:iam::11112222333:user/Bob",
                Some("11112222333"),
                None,
            ),
            ("arn:aws:sts::111122223333:assumed-role/R", one, None),
            ("arn:aws:sts::111122223333:assumed-role/R/", one, None),
            ("arn:aws:sts::111122223333:assumed-role/p/R/s", one, None),
            ("arn:aws:s3:::bucket", one, None),
        ] {
            assert_eq!(
                kind(arn, account, "s3:GetObject"),
                expected,
                "{arn} {account:?}"
            );
        }
    }

    #[test]
    fn a_plain_name_is_a_provider_when_it_assumes_a_role_with_a_token() {
        use CallerKind::*;
        for action in ["sts:AssumeRoleWithWebIdentity", "STS:assumerolewithsaml"] {
            assert_eq!(
                kind("accounts.google.com", None, action),
                Some(FederatedProvider)
            );
        }
        assert_eq!(
            kind("accounts.google.com", None, "sts:AssumeRole"),
            Some(ServicePrincipal)
        );
    }

    #[test]
    fn the_member_at_fault_is_named() {
        let one = Some("111122223333");
        let user = "arn:aws:iam::111122223333:user/Bob";
        for (arn, account, member) in [
            ("", None, "principal.arn"),
            ("arn:aws:iam", None, "principal.arn"),
            ("arn:aws:iam::111122223333:role/R", one, "principal.arn"),
            (user, None, "principal.account"),
            (user, Some("444455556666"), "principal.account"),
            ("jwt", one, "principal.account"),
            ("anonymous", None, "principal.account"),
            ("sns.amazonaws.com", one, "principal.account"),
            (
                "arn:aws:iam::111122223333:saml-provider/X",
                one,
                "principal.account",
            ),
        ] {
            for action in ["s3:GetObject", "sts:AssumeRoleWithWebIdentity"] {
                let check = check(arn, account, action);
                let malformed = Request::read(&check).unwrap_err();
                assert_eq!(malformed.member, member, "{arn} {account:?} {action}");
            }
        }
    }

    #[test]
    fn a_request_without_action_resource_or_owner_is_malformed() {
        let user = "arn:aws:iam::111122223333:user/Bob";
        for action in ["", "s3", "s3:", ":Get", "s3:Get:Object", ":"] {
            let check = check(user, Some("111122223333"), action);
            assert_eq!(
                Request::read(&check).unwrap_err().member,
                "action",
                "{action}"
            );
        }
        for (arn, account, member) in [
            ("", "111122223333", "resource.arn"),
            ("bucket", "111122223333", "resource.arn"),
            ("arn:aws:s3::bucket", "111122223333", "resource.arn"),
            ("*", "", "resource.account"),
        ] {
            let mut check = check(user, Some("111122223333"), "s3:GetObject");
            check.resource.arn = arn.to_owned();
            check.resource.account = account.to_owned();
            let malformed = Request::read(&check).unwrap_err();
            assert_eq!(malformed.member, member, "{arn} {account}");
        }
    }
}
