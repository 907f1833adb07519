//! The parties of a request: who calls, what for, on what (section 2.1 of the readings).

use veriam_model::{Principal, Resource};

use crate::MalformedRequest;
use crate::arn::{Arn, count_colons, cut, is_arn};
use crate::grammar::is_account_id;

/// What a caller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    Root,
    User,
    RoleSession {
        /// The role's name.
        role: &'a str,
    },
    FederatedUser {
        /// The name behind `federated-user/`.
        name: &'a str,
    },
    Service,
    /// A web identity or SAML provider.
    Provider,
    Anonymous,
    Jwt,
}

/// Who calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'a> {
    pub(crate) kind: Kind<'a>,
    pub(crate) arn: &'a str,
    /// Empty unless it is an IAM identity.
    pub(crate) account: &'a str,
    /// None when it has no ARN.
    pub(crate) partition: Option<&'a str>,
}

impl<'a> Caller<'a> {
    /// Finds out who calls; what a provider is depends on the action.
    #[inline]
    pub(crate) fn parse(
        principal: &'a Principal,
        action: &Action<'_>,
    ) -> Result<Self, MalformedRequest> {
        let text = principal.arn.as_str();
        match principal.account.as_deref() {
            Some("anonymous") if text == "anonymous" => {
                Ok(Self::without_account(Kind::Anonymous, text))
            }
            Some(account) => Self::identity(text, account).ok_or_else(|| malformed(principal)),
            None => Self::stranger(text, action).ok_or_else(|| malformed(principal)),
        }
    }

    fn without_account(kind: Kind<'a>, arn: &'a str) -> Self {
        Self {
            kind,
            arn,
            account: "",
            partition: None,
        }
    }

    /// An IAM identity: `arn:PARTITION:iam|sts::ACCOUNT:…`, the account as given.
    #[inline]
    fn identity(text: &'a str, account: &'a str) -> Option<Self> {
        let (partition, rest) = cut(text.strip_prefix("arn:")?, b':')?;
        let service = rest.get(..5)?;
        let rest = rest.get(5..)?.strip_prefix(account)?.strip_prefix(':')?;
        let kind = match service {
            "iam::" => Kind::of_iam(rest)?,
            "sts::" => Kind::of_sts(rest)?,
            _ => return None,
        };
        is_account_id(account).then_some(Self {
            kind,
            arn: text,
            account,
            partition: Some(partition),
        })
    }

    /// A service, a provider or the bearer of a token.
    fn stranger(text: &'a str, action: &Action<'_>) -> Option<Self> {
        match text {
            "jwt" => return Some(Self::without_account(Kind::Jwt, text)),
            "anonymous" => return None,
            _ => {}
        }
        if text.starts_with("arn:") {
            let arn = Arn::parse(text)?;
            let words = ["saml-provider/", "oidc-provider/"];
            let is_provider =
                arn.service() == "iam" && words.iter().any(|w| arn.rest().starts_with(w));
            return is_provider.then_some(Self {
                kind: Kind::Provider,
                arn: text,
                account: "",
                partition: Some(arn.partition()),
            });
        }
        let through_provider =
            action.is("sts:AssumeRoleWithWebIdentity") || action.is("sts:AssumeRoleWithSAML");
        if through_provider {
            return Some(Self::without_account(Kind::Provider, text));
        }
        (!text.is_empty()).then(|| Self::without_account(Kind::Service, text))
    }

    /// Whether it is a user, a session or the root user.
    #[inline]
    pub(crate) fn is_iam_identity(&self) -> bool {
        self.has_identity_policies() || self.kind == Kind::Root
    }

    /// Whether identity-based policies and a boundary count for it.
    #[inline]
    pub(crate) fn has_identity_policies(&self) -> bool {
        matches!(self.kind, Kind::User) || self.is_session()
    }

    /// Whether a session policy counts for it.
    #[inline]
    pub(crate) fn is_session(&self) -> bool {
        matches!(
            self.kind,
            Kind::RoleSession { .. } | Kind::FederatedUser { .. }
        )
    }
}

impl<'a> Kind<'a> {
    #[inline]
    fn of_iam(rest: &'a str) -> Option<Self> {
        if rest == "root" {
            return Some(Kind::Root);
        }
        let name = rest.strip_prefix("user/")?;
        (!name.is_empty()).then_some(Kind::User)
    }

    #[inline]
    fn of_sts(rest: &'a str) -> Option<Self> {
        if let Some(names) = rest.strip_prefix("assumed-role/") {
            let (role, session) = cut(names, b'/')?;
            let is_session =
                !role.is_empty() && !session.is_empty() && cut(session, b'/').is_none();
            return is_session.then_some(Kind::RoleSession { role });
        }
        let name = rest.strip_prefix("federated-user/")?;
        (!name.is_empty()).then_some(Kind::FederatedUser { name })
    }
}

/// What is wrong with a principal that is no caller.
#[cold]
fn malformed(principal: &Principal) -> MalformedRequest {
    let identity = Arn::parse(&principal.arn).filter(|arn| arn.region().is_empty());
    let is_identity = identity.is_some_and(|arn| match arn.service() {
        "iam" => Kind::of_iam(arn.rest()).is_some(),
        "sts" => Kind::of_sts(arn.rest()).is_some(),
        _ => false,
    });
    let (expected, is_known) = match principal.arn.as_str() {
        "anonymous" => ("`anonymous` for the caller `anonymous`", true),
        "jwt" => ("no account for the caller `jwt`", true),
        _ if is_identity => ("the twelve-digit account of the ARN", true),
        _ if principal.account.is_some() => (
            "the ARN of a root user, a user, a role session or a federated-user session",
            false,
        ),
        _ => (
            "the name of a service, or the name or ARN of a provider",
            false,
        ),
    };
    if !is_known {
        return MalformedRequest::new("principal.arn", Some(&principal.arn), expected);
    }
    let account = principal.account.as_ref();
    MalformedRequest::new("principal.account", account.map(String::as_str), expected)
}

/// What for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Action<'a> {
    pub(crate) text: &'a str,
}

impl<'a> Action<'a> {
    /// Checks that the action is `service:Name`.
    #[inline]
    pub(crate) fn parse(text: &'a str) -> Result<Self, MalformedRequest> {
        if count_colons(text) != 1 || text.starts_with(':') || text.ends_with(':') {
            return Err(MalformedRequest::new(
                "action",
                Some(text),
                "a service prefix and a name, joined by one colon",
            ));
        }
        Ok(Self { text })
    }

    /// Whether it is this action; ASCII case does not count.
    #[inline]
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text.eq_ignore_ascii_case(text)
    }

    /// Whether it begins so; ASCII case does not count.
    #[inline]
    pub(crate) fn begins(&self, text: &str) -> bool {
        let head = self.text.as_bytes().get(..text.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(text.as_bytes()))
    }

    /// Whether it is an action of STS.
    #[inline]
    pub(crate) fn is_of_sts(&self) -> bool {
        matches!(
            self.text.as_bytes(),
            [b's' | b'S', b't' | b'T', b's' | b'S', b':', ..]
        )
    }

    /// The service prefix.
    pub(crate) fn service(&self) -> &'a str {
        self.text.split(':').next().unwrap_or_default()
    }
}

/// On what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object<'a> {
    /// An ARN, or `*` for a request without a resource.
    pub(crate) text: &'a str,
}

impl<'a> Object<'a> {
    /// Checks that the resource is `*` or an ARN, with an owner.
    #[inline]
    pub(crate) fn parse(resource: &'a Resource) -> Result<Self, MalformedRequest> {
        let text = resource.arn.as_str();
        if !is_arn(text) && text != "*" {
            return Err(MalformedRequest::new(
                "resource.arn",
                Some(text),
                "`*` or an ARN of six parts",
            ));
        }
        if resource.account.is_empty() {
            return Err(MalformedRequest::new(
                "resource.account",
                Some(""),
                "the id of the account that owns the resource, or `aws`",
            ));
        }
        Ok(Self { text })
    }

    /// Whether the request has no resource.
    #[inline]
    pub(crate) fn is_star(&self) -> bool {
        self.text == "*"
    }

    /// What follows the partition, if it is this one; none for a request without a resource.
    #[inline]
    fn behind(&self, partition: &str) -> Option<&'a str> {
        let rest = self.text.strip_prefix("arn:")?.strip_prefix(partition)?;
        rest.strip_prefix(':')
    }

    /// Whether it lies in another partition than this.
    #[inline]
    pub(crate) fn is_outside(&self, partition: &str) -> bool {
        self.behind(partition).is_none() && !self.is_star()
    }

    /// Whether it is a KMS key of this partition.
    #[inline]
    pub(crate) fn is_key(&self, partition: &str) -> bool {
        self.is_of(partition, "kms:", "key/")
    }

    /// Whether it is an IAM role of this partition.
    #[inline]
    pub(crate) fn is_role(&self, partition: &str) -> bool {
        self.is_of(partition, "iam:", "role/")
    }

    /// Whether it is a resource of a service, given with its colon, whose type begins so.
    #[inline]
    fn is_of(&self, partition: &str, service: &str, word: &str) -> bool {
        let rest = self.behind(partition);
        rest.is_some_and(|rest| rest.starts_with(service))
            && Arn::parse(self.text).is_some_and(|arn| arn.rest().starts_with(word))
    }
}
