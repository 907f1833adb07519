//! The context of a call while its policies are written: every key follows from who calls, what for and by which way.

use std::rc::Rc;

use veriam_model::Token;

use crate::draw::{Text, join};
use crate::values::{self, Value};
use crate::vocabulary::{Caller, CallerKind};

use super::parts::PartFacts;
use super::scene::{Org, TagList, tag};

/// What a context key says about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Say {
    PrincipalArn,
    PrincipalAccount,
    PrincipalType,
    UserId,
    UserName,
    PrincipalTag(&'static str),
    PrincipalOrgId,
    PrincipalOrgPaths,
    IsService,
    FederatedProvider,
    TokenIssueTime,
    MfaPresent,
    MfaAge,
    SourceIdentity,
    ViaService,
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
    ResourceTag(&'static str),
    ServiceName,
    SourceAccount,
    SourceArn,
    SourceOrgId,
    SourceOrgPaths,
    /// What the request adds under that name.
    Carried(&'static str),
}

/// Whether a call has a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    Known,
    Absent,
    /// It depends, on a contested point or on the resource: nothing should turn on the key.
    Unsure,
}

/// Which resources of a part a statement is to reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cover {
    All,
    /// The one of that index.
    One(usize),
}

/// The way a call takes, as far as keys tell it.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    Internet(Value),
    Network {
        endpoint: &'static str,
        vpc: &'static str,
        account: &'static str,
        org: Option<Org>,
        address: Value,
    },
    /// By no network that keys tell of: a service asks.
    Nowhere,
}

/// What the keys of one call follow from.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) caller: Caller,
    /// The id of the user or role; empty for others.
    pub(crate) id: &'static str,
    pub(crate) org: Option<Org>,
    /// As the session has them.
    pub(crate) tags: TagList,
    pub(crate) token: Option<Token>,
    pub(crate) source_identity: Option<&'static str>,
    pub(crate) provider: Option<&'static str>,
    pub(crate) way: Way,
    pub(crate) at: u64,
    pub(crate) user_agent: &'static str,
    pub(crate) region: &'static str,
    /// For which resource a service acts.
    pub(crate) source_account: Option<&'static str>,
    pub(crate) source_arn: Option<Text>,
    pub(crate) source_org: Option<Org>,
    /// A service asks with the caller's credentials.
    pub(crate) via: bool,
    /// The part of the request that the statement in the making is about.
    pub(crate) part: Rc<PartFacts>,
    /// Which of its resources.
    pub(crate) cover: Cover,
}

impl Facts {
    /// Whether the call has the key.
    pub(crate) fn presence(&self, say: Say) -> Fact {
        let known = match say {
            _ if self.depends(say) => return Fact::Unsure,
            Say::PrincipalArn | Say::PrincipalAccount | Say::PrincipalType | Say::UserId => {
                self.signed()
            }
            Say::IsService | Say::ViaService => self.signed() || self.is_service(),
            Say::UserName => self.caller.kind == CallerKind::User,
            Say::PrincipalTag(key) => self.signed() && tag(self.tags, key).is_some(),
            Say::PrincipalOrgId | Say::PrincipalOrgPaths => self.signed() && self.org.is_some(),
            Say::FederatedProvider => self.provider.is_some(),
            Say::TokenIssueTime | Say::MfaPresent => self.token.is_some(),
            Say::MfaAge => self.token.is_some_and(|t| t.mfa.is_some()),
            Say::SourceIdentity => self.source_identity.is_some(),
            Say::SourceIp => matches!(self.way, Way::Internet(_)),
            Say::SourceVpc | Say::SourceVpce | Say::VpcSourceIp => {
                matches!(self.way, Way::Network { .. })
            }
            Say::VpceAccount | Say::SourceVpcArn | Say::VpceOrgId | Say::VpceOrgPaths => false,
            Say::CurrentTime
            | Say::EpochTime
            | Say::SecureTransport
            | Say::UserAgent
            | Say::RequestedRegion => true,
            Say::ResourceAccount => self.part.owner.is_some(),
            Say::ResourceOrgId | Say::ResourceOrgPaths => self.part.owner_org.is_some(),
            Say::ResourceTag(key) => self.resource_tag(key).is_some(),
            Say::ServiceName => self.is_service(),
            Say::SourceAccount => self.source_account.is_some(),
            Say::SourceArn => self.source_arn.is_some(),
            Say::SourceOrgId | Say::SourceOrgPaths => self.source_org.is_some(),
            Say::Carried(name) => self.carried(name).is_some(),
        };
        if known { Fact::Known } else { Fact::Absent }
    }

    /// Whether it is contested, or differs between the resources, what the key says.
    fn depends(&self, say: Say) -> bool {
        match say {
            // AC-182, AC-183
            Say::VpceAccount | Say::SourceVpcArn | Say::VpceOrgId | Say::VpceOrgPaths => {
                matches!(self.way, Way::Network { .. })
            }
            Say::ResourceTag(key) if self.cover == Cover::All && self.differs(key) => true,
            // AC-118
            Say::CurrentTime
            | Say::EpochTime
            | Say::SecureTransport
            | Say::UserAgent
            | Say::RequestedRegion
            | Say::ResourceAccount
            | Say::ResourceOrgId
            | Say::ResourceOrgPaths
            | Say::ResourceTag(_) => !self.signed() && !self.is_service(),
            _ => false,
        }
    }

    /// Whether the resources of the part have different tags of that key.
    fn differs(&self, key: &str) -> bool {
        let mut tags = self.part.tags.iter().map(|tags| tag(*tags, key));
        let first = tags.next();
        tags.any(|tag| Some(tag) != first)
    }

    fn carried(&self, name: &str) -> Option<&[Text]> {
        let mut carried = self.part.carried.iter();
        carried
            .find(|(key, _)| key == name)
            .map(|(_, values)| values.as_slice())
    }

    /// The values of a key that the call has: several where the request carries a list.
    pub(crate) fn values(&self, say: Say) -> Vec<Value> {
        match say {
            Say::Carried(name) => {
                let values = self.carried(name).unwrap_or_default().iter();
                values.map(|text| Value::text(text.clone())).collect()
            }
            say => vec![self.value(say)],
        }
    }

    /// The value of a key that the call has, or might have where that is contested.
    pub(crate) fn value(&self, say: Say) -> Value {
        let text: Text = match say {
            Say::PrincipalArn => self.caller.principal_arn(),
            Say::PrincipalAccount => self.caller.account.into(),
            Say::PrincipalType => self.principal_type().into(),
            Say::UserId => self.user_id(),
            Say::UserName => self.caller.name.into(),
            Say::PrincipalTag(key) => tag(self.tags, key).unwrap_or_default().into(),
            Say::PrincipalOrgId => org_id(self.org),
            Say::PrincipalOrgPaths => org_path(self.org),
            Say::IsService => if self.is_service() { "true" } else { "false" }.into(),
            Say::ViaService => if self.via { "true" } else { "false" }.into(),
            Say::FederatedProvider => self.provider.unwrap_or_default().into(),
            Say::TokenIssueTime => return values::instant(self.token.map_or(0, |t| t.issued)),
            Say::MfaPresent => match self.token.and_then(|t| t.mfa) {
                Some(_) => "true".into(),
                None => "false".into(),
            },
            Say::MfaAge => {
                let mfa = self.token.and_then(|t| t.mfa).unwrap_or(self.at);
                return values::whole(self.at.saturating_sub(mfa));
            }
            Say::SourceIdentity => self.source_identity.unwrap_or_default().into(),
            Say::SourceIp | Say::VpcSourceIp => match &self.way {
                Way::Internet(address) | Way::Network { address, .. } => return address.clone(),
                Way::Nowhere => "".into(),
            },
            Say::CurrentTime => return values::instant(self.at),
            Say::EpochTime => return values::whole(self.at),
            Say::SecureTransport => "true".into(),
            Say::UserAgent => self.user_agent.into(),
            Say::RequestedRegion => self.region.into(),
            Say::ResourceAccount => self.part.owner.unwrap_or_default().into(),
            Say::ResourceOrgId => org_id(self.part.owner_org),
            Say::ResourceOrgPaths => org_path(self.part.owner_org),
            Say::ResourceTag(key) => self.resource_tag(key).unwrap_or_default().into(),
            Say::SourceVpc | Say::SourceVpce | Say::SourceVpcArn => self.network(say),
            Say::VpceAccount | Say::VpceOrgId | Say::VpceOrgPaths => self.network(say),
            Say::ServiceName => self.caller.name.into(),
            Say::SourceAccount => self.source_account.unwrap_or_default().into(),
            Say::SourceArn => self.source_arn.clone().unwrap_or_default(),
            Say::SourceOrgId => org_id(self.source_org),
            Say::SourceOrgPaths => org_path(self.source_org),
            Say::Carried(name) => match self.carried(name) {
                Some([value, ..]) => value.clone(),
                _ => "".into(),
            },
        };
        Value::text(text)
    }

    fn network(&self, say: Say) -> Text {
        let Way::Network {
            endpoint,
            vpc,
            account,
            org,
            ..
        } = &self.way
        else {
            return "".into();
        };
        match say {
            Say::SourceVpc => (*vpc).into(),
            Say::SourceVpce => (*endpoint).into(),
            Say::VpceAccount => (*account).into(),
            Say::VpceOrgId => org_id(*org),
            Say::VpceOrgPaths => org_path(*org),
            _ => {
                let partition = self.caller.partition;
                let arn = [
                    "arn:",
                    partition,
                    ":ec2:",
                    self.region,
                    ":",
                    account,
                    ":vpc/",
                    vpc,
                ];
                join(&arn)
            }
        }
    }

    pub(crate) fn signed(&self) -> bool {
        self.caller.kind.in_account()
    }

    fn is_service(&self) -> bool {
        self.caller.kind == CallerKind::Service
    }

    fn resource_tag(&self, key: &str) -> Option<&'static str> {
        let at = match self.cover {
            Cover::All => 0,
            Cover::One(at) => at,
        };
        self.part.tags.get(at).and_then(|tags| tag(*tags, key))
    }

    fn principal_type(&self) -> &'static str {
        match self.caller.kind {
            CallerKind::User => "User",
            CallerKind::RoleSession => "AssumedRole",
            CallerKind::FederatedSession => "FederatedUser",
            _ => "Account",
        }
    }

    fn user_id(&self) -> Text {
        let Caller {
            kind,
            account,
            name,
            session,
            ..
        } = &self.caller;
        match kind {
            CallerKind::User => self.id.into(),
            CallerKind::RoleSession => join(&[self.id, ":", session]),
            CallerKind::FederatedSession => join(&[account, ":", name]),
            _ => (*account).into(),
        }
    }
}

fn org_id(org: Option<Org>) -> Text {
    org.map_or("", |o| o.id).into()
}

fn org_path(org: Option<Org>) -> Text {
    let Some(org) = org else { return "".into() };
    let mut path = [org.id, "/"].concat();
    for unit in org.path {
        path.push_str(unit);
        path.push('/');
    }
    path.into()
}
