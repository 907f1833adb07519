//! The values of condition keys, from the facts of a call (section 5.6 of the readings).

use std::cell::OnceCell;

use veriam_model::{Tags, Token, readings as dialects};

use super::key::ContextKey;
use super::pairs::Pair;
use super::parts::{Account, Network};
use super::time;
use super::values::Values;
use crate::settings::{Settings, mistaken};

/// What is known about a call. Values that have to be put together are, once, when a policy asks for them.
pub(super) struct Facts<'c> {
    pub(super) settings: &'c Settings,
    pub(super) who: &'c Who<'c>,
    /// The service that asks with the caller's credentials, if one does (AC-137).
    pub(super) via: Option<&'c str>,
    pub(super) way: &'c Way<'c>,
    /// When, in seconds since 1970.
    pub(super) at: u64,
    pub(super) user_agent: &'c str,
    pub(super) region: &'c str,
    pub(super) put_together: PutTogether,
}

/// Values that are put together; each has its key's name.
#[derive(Default)]
pub(super) struct PutTogether {
    user_id: OnceCell<String>,
    issue_time: OnceCell<String>,
    mfa_age: OnceCell<String>,
    current_time: OnceCell<String>,
    epoch_time: OnceCell<String>,
}

/// Who calls, as far as context keys tell.
#[derive(Clone, Copy)]
pub(super) enum Who<'c> {
    Signed(Signed<'c>),
    Service(Service<'c>),
    /// The bearer of a token, or nobody.
    Nobody,
}

/// A service that acts by itself (section 6.2 of the readings).
#[derive(Clone, Copy)]
pub(super) struct Service<'c> {
    pub(super) name: &'c str,
    /// The resource it acts for, and that resource's account.
    pub(super) source_account: Option<&'c Account>,
    pub(super) source_arn: Option<&'c str>,
}

/// A caller who signs.
#[derive(Clone, Copy)]
pub(super) struct Signed<'c> {
    pub(super) principal_type: &'static str,
    /// The value of `aws:PrincipalArn`.
    pub(super) arn: &'c str,
    pub(super) account: &'c Account,
    /// The value of `aws:userid`; two parts are joined by a colon.
    pub(super) user_id: (&'c str, Option<&'c str>),
    pub(super) username: Option<&'c str>,
    /// Session tags, then those of the identity, which count where the session has no tag of that key.
    pub(super) tags: [Option<&'c Tags>; 2],
    pub(super) token: Option<Token>,
    pub(super) provider: Option<&'c str>,
    pub(super) source_identity: Option<&'c str>,
}

/// The way a call takes.
#[derive(Clone, Copy)]
pub(super) enum Way<'c> {
    Internet {
        address: &'c str,
    },
    Vpc {
        network: &'c Network,
        /// The account of the network.
        account: &'c Account,
        address: &'c str,
    },
    /// A service's own network.
    Unseen,
}

/// The facts of a call and of one of its pairs.
pub(super) struct PairFacts<'r> {
    pub(super) call: &'r Facts<'r>,
    pub(super) pair: &'r Pair<'r>,
}

impl<'r> PairFacts<'r> {
    /// The values of a key; none when the request does not carry it.
    pub(super) fn values(&self, key: &ContextKey) -> Option<Values<'r>> {
        match key {
            ContextKey::Carried(key) => self.pair.carried.value(key),
            ContextKey::TagKeys => self.pair.carried.tag_keys().map(Values::KeysOf),
            _ => self.value(key).map(Values::One),
        }
    }

    /// The value of a key that has no more than one.
    fn value(&self, key: &ContextKey) -> Option<&'r str> {
        use ContextKey as Key;
        let call = self.call;
        match key {
            Key::SourceIp | Key::SourceVpc | Key::SourceVpce | Key::VpcSourceIp => call.way(key),
            Key::VpceAccount | Key::VpceOrgId | Key::VpceOrgPaths | Key::SourceVpcArn => {
                call.network(key)
            }
            Key::RequestTag(tag) => tagged(self.pair.carried.tags()?, tag),
            Key::ResourceTag(tag) => call
                .has_general_keys()
                .then(|| tagged(self.pair.on.tags, tag))?,
            Key::ResourceAccount | Key::ResourceOrgId | Key::ResourceOrgPaths => {
                call.has_general_keys().then(|| self.of_owner(key))?
            }
            Key::CurrentTime
            | Key::EpochTime
            | Key::SecureTransport
            | Key::UserAgent
            | Key::RequestedRegion => call.has_general_keys().then(|| call.general(key))?,
            Key::CalledVia => call.via,
            Key::Never | Key::Carried(_) | Key::TagKeys => None,
            _ => match call.who {
                Who::Signed(signed) => signed.value(key, call),
                Who::Service(service) => service.value(key, call),
                Who::Nobody => None,
            },
        }
    }

    /// Keys of the account that owns the resource; none where AWS does.
    fn of_owner(&self, key: &ContextKey) -> Option<&'r str> {
        let owner = self.pair.on.owner?;
        let organization = || owner.organization.as_ref();
        match key {
            ContextKey::ResourceAccount => Some(&owner.id),
            ContextKey::ResourceOrgId => Some(&organization()?.id),
            ContextKey::ResourceOrgPaths => Some(&organization()?.path),
            _ => None,
        }
    }
}

impl Facts<'_> {
    /// Whether the keys are there that do not depend on the principal.
    fn has_general_keys(&self) -> bool {
        !matches!(self.who, Who::Nobody) || self.settings.reads(dialects::JwtGeneralKeys::Present)
    }

    fn general(&self, key: &ContextKey) -> Option<&str> {
        use ContextKey as Key;
        match key {
            Key::CurrentTime => {
                let text = self
                    .put_together
                    .current_time
                    .get_or_init(|| time::text(self.at));
                Some(text)
            }
            Key::EpochTime => {
                let text = self
                    .put_together
                    .epoch_time
                    .get_or_init(|| self.at.to_string());
                Some(text)
            }
            Key::SecureTransport => Some("true"),
            Key::UserAgent => Some(self.user_agent),
            Key::RequestedRegion => Some(self.region),
            _ => None,
        }
    }

    /// The value of `aws:ViaAWSService`.
    fn via_service(&self) -> &'static str {
        if self.via.is_some() { "true" } else { "false" }
    }

    /// Keys of the way (AC-177, AC-180).
    fn way(&self, key: &ContextKey) -> Option<&str> {
        use ContextKey as Key;
        match (self.way, key) {
            (Way::Internet { address }, Key::SourceIp) => Some(address),
            (Way::Vpc { address, .. }, Key::SourceIp) => {
                mistaken!(self.settings, SourceIpThroughEndpoint).then_some(address)
            }
            (Way::Vpc { address, .. }, Key::VpcSourceIp) => Some(address),
            (Way::Vpc { network, .. }, Key::SourceVpc) => Some(&network.vpc),
            (Way::Vpc { network, .. }, Key::SourceVpce) => Some(&network.endpoint),
            _ => None,
        }
    }

    /// Keys of the network that AgentCore may not supply (AC-182, AC-183).
    fn network(&self, key: &ContextKey) -> Option<&str> {
        let Way::Vpc {
            network, account, ..
        } = self.way
        else {
            return None;
        };
        if *key == ContextKey::SourceVpcArn {
            let present = self.settings.reads(dialects::SourceVpcArnKey::Present);
            return present.then_some(&network.vpc_arn);
        }
        if self.settings.reads(dialects::VpceOwnerKeys::Absent) {
            return None;
        }
        let organization = || account.organization.as_ref();
        match key {
            ContextKey::VpceAccount => Some(&account.id),
            ContextKey::VpceOrgId => Some(&organization()?.id),
            ContextKey::VpceOrgPaths => Some(&organization()?.path),
            _ => None,
        }
    }
}

impl<'c> Signed<'c> {
    fn value<'r>(&self, key: &ContextKey, call: &'r Facts<'_>) -> Option<&'r str>
    where
        'c: 'r,
    {
        let put_together = &call.put_together;
        use ContextKey as Key;
        match key {
            Key::PrincipalArn => Some(self.arn),
            Key::PrincipalAccount => Some(&self.account.id),
            Key::PrincipalType => Some(self.principal_type),
            Key::UserId => match self.user_id {
                (id, None) => Some(id),
                (id, Some(name)) => {
                    let text = put_together.user_id.get_or_init(|| format!("{id}:{name}"));
                    Some(text)
                }
            },
            Key::Username => self.username,
            Key::PrincipalTag(tag) => {
                let mut tags = self.tags.into_iter().flatten();
                tags.find_map(|tags| tagged(tags, tag))
            }
            Key::PrincipalOrgId => Some(&self.account.organization.as_ref()?.id),
            Key::PrincipalOrgPaths => Some(&self.account.organization.as_ref()?.path),
            Key::PrincipalIsAwsService => Some("false"),
            Key::ViaAwsService => Some(call.via_service()),
            Key::FederatedProvider => self.provider,
            Key::TokenIssueTime => {
                let issued = self.token?.issued;
                let text = put_together.issue_time.get_or_init(|| time::text(issued));
                Some(text)
            }
            Key::MultiFactorAuthPresent => Some(match self.token?.mfa {
                Some(_) => "true",
                None => "false",
            }),
            Key::MultiFactorAuthAge => {
                let age = call.at.saturating_sub(self.token?.mfa?);
                Some(put_together.mfa_age.get_or_init(|| age.to_string()))
            }
            Key::SourceIdentity => self.source_identity,
            _ => None,
        }
    }
}

impl<'c> Service<'c> {
    fn value<'r>(&self, key: &ContextKey, call: &'r Facts<'_>) -> Option<&'r str>
    where
        'c: 'r,
    {
        use ContextKey as Key;
        let source = || {
            let is_forgotten = mistaken!(call.settings, ServiceWithoutSourceKeys);
            self.source_account.filter(|_| !is_forgotten)
        };
        let organization = || source()?.organization.as_ref();
        match key {
            Key::PrincipalIsAwsService => Some("true"),
            Key::PrincipalServiceName => Some(self.name),
            Key::ViaAwsService => Some(call.via_service()),
            Key::SourceAccount => Some(&source()?.id),
            Key::SourceOrgId => Some(&organization()?.id),
            Key::SourceOrgPaths => Some(&organization()?.path),
            Key::SourceArn => {
                let is_forgotten = mistaken!(call.settings, ServiceWithoutSourceKeys);
                self.source_arn.filter(|_| !is_forgotten)
            }
            _ => None,
        }
    }
}

/// The value of the tag of that key; ASCII case does not count.
pub(super) fn tagged<'t>(tags: &'t Tags, key: &str) -> Option<&'t str> {
    let mut tags = tags.iter();
    tags.find(|(k, _)| k.eq_ignore_ascii_case(key))
        .map(|(_, value)| value)
}
