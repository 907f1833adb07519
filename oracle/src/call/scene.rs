//! Who and what a call is about: the parts of the world it touches, and their ARNs (readings, 5.3).

use veriam_model::{
    Account, Call, Caller, Identity, Malformed, Network, Path, PolicyText, Runtime,
    RuntimeEndpoint, Token, World,
};

/// The parts of the world that a call touches.
#[derive(Clone, Debug)]
pub(crate) struct Scene<'w> {
    pub(crate) world: &'w World,
    pub(crate) call: &'w Call,
    pub(crate) runtime: &'w Runtime,
    /// The account of the runtime and its endpoints.
    pub(crate) owner: &'w Account,
    pub(crate) runtime_arn: String,
    pub(crate) endpoint_arn: String,
    /// `None` for a `DEFAULT` that is not listed: it has neither policy nor tags.
    pub(crate) endpoint: Option<&'w RuntimeEndpoint>,
    /// `None` for a JWT caller.
    pub(crate) signer: Option<Signer<'w>>,
    /// `None` for a call over the internet.
    pub(crate) network: Option<&'w Network>,
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

impl<'w> Scene<'w> {
    pub(crate) fn of(
        world: &'w World,
        call: &'w Call,
        runtime: &'w Runtime,
        endpoint_name: &'w str,
        endpoint: Option<&'w RuntimeEndpoint>,
    ) -> Result<Self, Malformed> {
        let owner = known(
            world.account(&runtime.account),
            "runtime.account",
            &runtime.account,
        )?;
        let network = match &call.from {
            Path::Internet { .. } => None,
            Path::Endpoint { endpoint, .. } => Some(known(
                world.network(endpoint),
                "call.from.endpoint.endpoint",
                endpoint,
            )?),
        };
        let runtime_arn = runtime_arn(world, runtime);
        Ok(Self {
            world,
            call,
            runtime,
            owner,
            endpoint_arn: endpoint_arn(&runtime_arn, endpoint_name),
            runtime_arn,
            endpoint,
            signer: Signer::of(world, &call.caller)?,
            network,
        })
    }
}

/// AC-009.
fn runtime_arn(world: &World, runtime: &Runtime) -> String {
    let World {
        partition, region, ..
    } = world;
    let Runtime { account, id, .. } = runtime;
    format!("arn:{partition}:bedrock-agentcore:{region}:{account}:runtime/{id}")
}

/// AC-010. The endpoint is of its runtime's account.
fn endpoint_arn(runtime: &str, name: &str) -> String {
    format!("{runtime}/runtime-endpoint/{name}")
}

impl<'w> Signer<'w> {
    /// `None` for callers who do not sign.
    fn of(world: &'w World, caller: &'w Caller) -> Result<Option<Self>, Malformed> {
        let partition = &world.partition;
        let account = |id: &'w str| known(world.account(id), "call.caller", id);
        let user = |account, name| known(world.user(account, name), "call.caller", name);
        let signer = match caller {
            Caller::User(caller) => {
                let user = user(&caller.account, &caller.name)?;
                Self {
                    arn: identity_arn(partition, "user", user),
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
                Self {
                    // The path of the role is no part of it.
                    arn: format!("arn:{partition}:sts::{id}:assumed-role/{name}/{session}"),
                    account: account(id)?,
                    identity: Some(role),
                    session_policy: caller.policy.as_ref(),
                    token: Some(caller.token),
                }
            }
            Caller::Root(caller) => Self {
                arn: format!("arn:{partition}:iam::{}:root", caller.account),
                account: account(&caller.account)?,
                identity: None,
                session_policy: None,
                token: None,
            },
            Caller::Federated(caller) => {
                let user = user(&caller.account, &caller.user)?;
                let (id, name) = (&caller.account, &user.name);
                Self {
                    arn: format!("arn:{partition}:sts::{id}:federated-user/{name}"),
                    account: account(id)?,
                    identity: Some(user),
                    session_policy: caller.policy.as_ref(),
                    token: Some(caller.token),
                }
            }
            Caller::Jwt(_) | Caller::Anonymous => return Ok(None),
        };
        Ok(Some(signer))
    }
}

/// The ARN of a user or a role, path included.
pub(crate) fn identity_arn(partition: &str, kind: &str, identity: &Identity) -> String {
    let Identity {
        account,
        path,
        name,
        ..
    } = identity;
    format!("arn:{partition}:iam::{account}:{kind}{path}{name}")
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
