//! The values of condition keys, from the facts of a call (section 5.6 of the readings).

use std::cell::OnceCell;

use veriam_model::{Tags, Token, readings as dialects};

use super::key::ContextKey;
use super::parts::{Account, Network};
use super::time;
use crate::settings::{Settings, mistaken};

/// What is known about a call. Values that have to be put together are, once, when a policy asks for them.
pub(super) struct Facts<'c> {
    pub(super) settings: &'c Settings,
    /// None for the bearer of a token.
    pub(super) signed: Option<Signed<'c>>,
    pub(super) way: Way<'c>,
    /// When, in seconds since 1970.
    pub(super) at: u64,
    pub(super) user_agent: &'c str,
    pub(super) region: &'c str,
    /// The account of the runtime.
    pub(super) owner: &'c Account,
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
}

/// The facts of a call and the tags of the resource that a pair is about.
pub(super) struct PairFacts<'r> {
    pub(super) call: &'r Facts<'r>,
    pub(super) tags: &'r Tags,
}

impl<'r> PairFacts<'r> {
    /// The value of a key; none when the request does not carry it. No key has more than one.
    pub(super) fn value(&self, key: &ContextKey) -> Option<&'r str> {
        use ContextKey as Key;
        let call = self.call;
        match key {
            Key::SourceIp | Key::SourceVpc | Key::SourceVpce | Key::VpcSourceIp => call.way(key),
            Key::VpceAccount | Key::VpceOrgId | Key::VpceOrgPaths | Key::SourceVpcArn => {
                call.network(key)
            }
            Key::ResourceTag(tag) => call.has_general_keys().then(|| tagged(self.tags, tag))?,
            Key::CurrentTime
            | Key::EpochTime
            | Key::SecureTransport
            | Key::UserAgent
            | Key::RequestedRegion
            | Key::ResourceAccount
            | Key::ResourceOrgId
            | Key::ResourceOrgPaths => call.has_general_keys().then(|| call.general(key))?,
            Key::Never => None,
            _ => call
                .signed
                .as_ref()?
                .value(key, call.at, &call.put_together),
        }
    }
}

impl Facts<'_> {
    /// Whether the keys are there that do not depend on the principal.
    fn has_general_keys(&self) -> bool {
        self.signed.is_some() || self.settings.reads(dialects::JwtGeneralKeys::Present)
    }

    fn general(&self, key: &ContextKey) -> Option<&str> {
        use ContextKey as Key;
        let organization = || self.owner.organization.as_ref();
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
            Key::ResourceAccount => Some(&self.owner.id),
            Key::ResourceOrgId => Some(&organization()?.id),
            Key::ResourceOrgPaths => Some(&organization()?.path),
            _ => None,
        }
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
    fn value<'r>(&self, key: &ContextKey, at: u64, put_together: &'r PutTogether) -> Option<&'r str>
    where
        'c: 'r,
    {
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
            Key::PrincipalIsAwsService | Key::ViaAwsService => Some("false"),
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
                let age = at.saturating_sub(self.token?.mfa?);
                Some(put_together.mfa_age.get_or_init(|| age.to_string()))
            }
            Key::SourceIdentity => self.source_identity,
            _ => None,
        }
    }
}

/// The value of the tag of that key; ASCII case does not count.
fn tagged<'t>(tags: &'t Tags, key: &str) -> Option<&'t str> {
    let mut tags = tags.iter();
    tags.find(|(k, _)| k.eq_ignore_ascii_case(key))
        .map(|(_, value)| value)
}
