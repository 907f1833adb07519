//! Who calls, over which way: the parts of the world that every call touches (readings, 5.3 and 6.2).

use veriam_model::{
    Account, Call, Caller, Identity, Malformed, Network, Path, PolicyText, Request, ServiceCaller,
    Token, World,
};

use super::arns;

/// The parts of the world that every call touches.
#[derive(Clone, Debug)]
pub(crate) struct Scene<'w> {
    pub(crate) world: &'w World,
    pub(crate) call: &'w Call,
    pub(crate) who: Who<'w>,
    /// `None` for a call over the internet.
    pub(crate) network: Option<&'w Network>,
    /// The service that asks with the caller's credentials, if one does (AC-137).
    pub(crate) via: Option<&'w str>,
}

/// The caller as policies see it.
#[derive(Clone, Debug)]
pub(crate) enum Who<'w> {
    /// An IAM identity that signs.
    Signer(Signer<'w>),
    /// A service that acts by itself (AC-138).
    Service(Service<'w>),
    /// The bearer of a token, or whoever calls where nobody looks at credentials: in no account, with no policies.
    Bearer,
}

/// A caller who signs.
#[derive(Clone, Debug)]
pub(crate) struct Signer<'w> {
    /// The ARN that policies know the caller by.
    pub(crate) arn: String,
    pub(crate) account: &'w Account,
    /// The user or role whose policies count; `None` for a root user.
    pub(crate) identity: Option<&'w Identity>,
    pub(crate) session_policy: Option<&'w PolicyText>,
    /// Temporary credentials.
    pub(crate) token: Option<Token>,
}

/// A service as caller.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service<'w> {
    pub(crate) caller: &'w ServiceCaller,
    /// The account of the resource it acts for.
    pub(crate) source: Option<&'w Account>,
}

impl<'w> Scene<'w> {
    /// A call of a caller whose credentials were looked at.
    pub(crate) fn of(world: &'w World, call: &'w Call) -> Result<Self, Malformed> {
        Self::with(world, call, Who::of(world, &call.caller)?)
    }

    /// A call where nobody looks at credentials: whoever calls is nobody (readings, 6.6).
    pub(crate) fn of_nobody(world: &'w World, call: &'w Call) -> Result<Self, Malformed> {
        Self::with(world, call, Who::Bearer)
    }

    fn with(world: &'w World, call: &'w Call, who: Who<'w>) -> Result<Self, Malformed> {
        let network = match &call.from {
            Path::Internet { .. } => None,
            Path::Endpoint { endpoint, .. } => Some(known(
                world.network(endpoint),
                "call.from.endpoint.endpoint",
                endpoint,
            )?),
        };
        let via = match &call.request {
            Request::Other(request) => request.via.as_deref(),
            _ => None,
        };
        Ok(Self {
            world,
            call,
            who,
            network,
            via,
        })
    }

    /// The account of a caller who signs as an IAM identity.
    pub(crate) fn own_account(&self) -> Option<&'w Account> {
        match &self.who {
            Who::Signer(signer) => Some(signer.account),
            Who::Service(_) | Who::Bearer => None,
        }
    }
}

impl<'w> Who<'w> {
    fn of(world: &'w World, caller: &'w Caller) -> Result<Self, Malformed> {
        let partition = &world.partition;
        let account = |id: &'w str| known(world.account(id), "call.caller", id);
        let user = |account, name| known(world.user(account, name), "call.caller", name);
        let signer = match caller {
            Caller::User(caller) => {
                let user = user(&caller.account, &caller.name)?;
                Signer {
                    arn: arns::identity(partition, "user", user),
                    account: account(&caller.account)?,
                    identity: Some(user),
                    session_policy: None,
                    token: caller.token,
                }
            }
            Caller::Session(caller) => {
                let role = world.role(&caller.account, &caller.role);
                let role = known(role, "call.caller", &caller.role)?;
                let (id, name, session) = (&caller.account, &role.name, &caller.session);
                Signer {
                    // The path of the role is no part of it.
                    arn: format!("arn:{partition}:sts::{id}:assumed-role/{name}/{session}"),
                    account: account(id)?,
                    identity: Some(role),
                    session_policy: caller.policy.as_ref(),
                    token: Some(caller.token),
                }
            }
            Caller::Root(caller) => Signer {
                arn: format!("arn:{partition}:iam::{}:root", caller.account),
                account: account(&caller.account)?,
                identity: None,
                session_policy: None,
                token: None,
            },
            Caller::Federated(caller) => {
                let user = user(&caller.account, &caller.user)?;
                let (id, name) = (&caller.account, &user.name);
                Signer {
                    arn: format!("arn:{partition}:sts::{id}:federated-user/{name}"),
                    account: account(id)?,
                    identity: Some(user),
                    session_policy: caller.policy.as_ref(),
                    token: Some(caller.token),
                }
            }
            Caller::Service(caller) => {
                let source = caller.source_account.as_deref().map(account).transpose()?;
                return Ok(Who::Service(Service { caller, source }));
            }
            Caller::Jwt(_) | Caller::Anonymous => return Ok(Who::Bearer),
        };
        Ok(Who::Signer(signer))
    }
}

/// What a reference leads to. World and call are validated before, so it leads somewhere; should it not, that is an
/// error and no panic.
pub(crate) fn known<'w, T>(
    found: Option<&'w T>,
    member: &str,
    name: &str,
) -> Result<&'w T, Malformed> {
    found.ok_or_else(|| Malformed {
        member: member.to_owned(),
        found: name.to_owned(),
        expected: "something that the world holds",
    })
}
