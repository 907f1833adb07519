//! The ARNs of what the world holds (readings 5.3, 6.5 to 6.9).

use veriam_model::{Caller, Identity, World};

use super::Kind;

/// The ARN of a user or a role.
#[must_use]
pub fn identity_arn(world: &World, kind: Kind, identity: &Identity) -> String {
    let Identity {
        account,
        path,
        name,
        ..
    } = identity;
    format!(
        "arn:{}:iam::{account}:{}{path}{name}",
        world.partition,
        kind.word()
    )
}

/// The ARN of a resource of AgentCore: `rest` is what stands behind the account.
#[must_use]
pub fn resource_arn(world: &World, account: &str, rest: &str) -> String {
    let World {
        partition, region, ..
    } = world;
    format!("arn:{partition}:bedrock-agentcore:{region}:{account}:{rest}")
}

/// What AWS calls a caller in messages and in `GetCallerIdentity`: the session, not its role.
#[must_use]
pub fn principal_arn(world: &World, caller: &Caller) -> String {
    let partition = &world.partition;
    match caller {
        Caller::User(user) => world.user(&user.account, &user.name).map_or_else(
            || format!("arn:{partition}:iam::{}:user/{}", user.account, user.name),
            |identity| identity_arn(world, Kind::User, identity),
        ),
        Caller::Session(s) => {
            format!(
                "arn:{partition}:sts::{}:assumed-role/{}/{}",
                s.account, s.role, s.session
            )
        }
        Caller::Root(root) => format!("arn:{partition}:iam::{}:root", root.account),
        Caller::Federated(s) => format!(
            "arn:{partition}:sts::{}:federated-user/{}",
            s.account, s.user
        ),
        Caller::Service(service) => service.service.clone(),
        Caller::Jwt(_) | Caller::Anonymous => "anonymous".to_owned(),
    }
}
