//! Who calls: the caller of the checks, and what its credentials say.

use std::cell::OnceCell;

use veriam_model::Caller as Told;

use super::World;
use super::facts::{Service, Signed, Who};
use super::layer::Layer;
use super::parts::{Account, Identity};
use crate::caller::{Caller, Kind};
use crate::settings::mistaken;

pub(super) struct Party<'c> {
    pub(super) caller: Caller<'c>,
    pub(super) who: Who<'c>,
    /// The user or role whose policies count.
    identity: Option<&'c Identity>,
}

impl<'c> Party<'c> {
    /// Finds the caller; `session_arn` keeps the one ARN that has to be put together.
    pub(super) fn find(
        world: &'c World,
        caller: &'c Told,
        session_arn: &'c OnceCell<String>,
    ) -> Option<Self> {
        match caller {
            Told::User(told) => {
                let account = world.account(&told.account)?;
                let user = world.users.get(*account.users.get(told.name.as_str())?)?;
                let signed = Signed {
                    username: Some(&user.name),
                    tags: [None, Some(&user.tags)],
                    token: told.token,
                    ..signed("User", &user.arn, account, &user.id)
                };
                Some(Self::of_identity(
                    world,
                    Kind::User,
                    &user.arn,
                    signed,
                    user,
                ))
            }
            Told::Session(told) => {
                let account = world.account(&told.account)?;
                let role = world.roles.get(*account.roles.get(told.role.as_str())?)?;
                let arn =
                    session_arn.get_or_init(|| [&role.session_arn, told.session.as_str()].concat());
                let of_session = mistaken!(world.settings, PrincipalArnOfSession);
                let principal_arn = if of_session { arn } else { role.arn.as_ref() };
                let signed = Signed {
                    user_id: (&role.id, Some(&told.session)),
                    tags: [Some(&told.tags), Some(&role.tags)],
                    token: Some(told.token),
                    provider: told.provider.as_deref(),
                    source_identity: told.source_identity.as_deref(),
                    ..signed("AssumedRole", principal_arn, account, &role.id)
                };
                let kind = Kind::RoleSession { role: &role.name };
                Some(Self::of_identity(world, kind, arn, signed, role))
            }
            Told::Root(told) => {
                let account = world.account(&told.account)?;
                let signed = signed("Account", &account.root, account, &account.id);
                Some(Self {
                    caller: identity(world, Kind::Root, &account.root, account),
                    who: Who::Signed(signed),
                    identity: None,
                })
            }
            Told::Federated(told) => {
                let account = world.account(&told.account)?;
                let user = world.users.get(*account.users.get(told.user.as_str())?)?;
                let arn = &user.session_arn;
                let signed = Signed {
                    user_id: (&account.id, Some(&user.name)),
                    tags: [Some(&told.tags), None],
                    token: Some(told.token),
                    ..signed("FederatedUser", arn, account, &account.id)
                };
                let kind = Kind::FederatedUser { name: &user.name };
                Some(Self::of_identity(world, kind, arn, signed, user))
            }
            Told::Service(told) => {
                let source_account = match &told.source_account {
                    Some(id) => Some(world.account(id)?),
                    None => None,
                };
                Some(Self {
                    who: Who::Service(Service {
                        name: &told.service,
                        source_account,
                        source_arn: told.source_arn.as_deref(),
                    }),
                    ..Self::stranger(Kind::Service, &told.service)
                })
            }
            Told::Jwt(_) => Some(Self::nobody()),
            Told::Anonymous => Some(Self::stranger(Kind::Anonymous, "anonymous")),
        }
    }

    /// Nobody in particular: judged like the bearer of a token (section 6.6 of the readings).
    pub(super) fn nobody() -> Self {
        Self::stranger(Kind::Jwt, "jwt")
    }

    /// The account of a caller who signs.
    pub(super) fn home(&self) -> Option<&'c Account> {
        match &self.who {
            Who::Signed(signed) => Some(signed.account),
            Who::Service(_) | Who::Nobody => None,
        }
    }

    /// The identity-based policies.
    pub(super) fn policies(&self) -> Option<&'c Layer> {
        self.identity
            .and_then(|identity| identity.policies.as_ref())
    }

    pub(super) fn boundary(&self) -> Option<&'c Layer> {
        self.identity
            .and_then(|identity| identity.boundary.as_ref())
    }

    fn of_identity(
        world: &'c World,
        kind: Kind<'c>,
        arn: &'c str,
        signed: Signed<'c>,
        of: &'c Identity,
    ) -> Self {
        Self {
            caller: identity(world, kind, arn, signed.account),
            who: Who::Signed(signed),
            identity: Some(of),
        }
    }

    fn stranger(kind: Kind<'c>, arn: &'c str) -> Self {
        Self {
            caller: Caller {
                kind,
                arn,
                account: "",
                partition: None,
            },
            who: Who::Nobody,
            identity: None,
        }
    }
}

fn identity<'c>(
    world: &'c World,
    kind: Kind<'c>,
    arn: &'c str,
    account: &'c Account,
) -> Caller<'c> {
    Caller {
        kind,
        arn,
        account: &account.id,
        partition: Some(&world.names.partition),
    }
}

/// Long-term credentials without tags.
fn signed<'c>(
    principal_type: &'static str,
    arn: &'c str,
    account: &'c Account,
    user_id: &'c str,
) -> Signed<'c> {
    Signed {
        principal_type,
        arn,
        account,
        user_id: (user_id, None),
        username: None,
        tags: [None, None],
        token: None,
        provider: None,
        source_identity: None,
    }
}
