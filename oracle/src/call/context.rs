//! The context keys of a call (readings, 5.6). Facts of world and call become keys here and nowhere else.

use jiff::Timestamp;
use veriam_model::readings::{JwtGeneralKeys, SourceVpcArnKey, VpceOwnerKeys};
use veriam_model::{Account, Caller, Context, Dialect, DuplicateKey, Network, Path, Tags};

use super::scene::{Scene, Signer, identity_arn};

/// The keys that every pair of the call has.
pub(crate) fn keys(scene: &Scene<'_>, dialect: &Dialect) -> Result<Context, DuplicateKey> {
    let mut context = Context::new();
    if let Some(signer) = &scene.signer {
        principal_keys(scene, signer, &mut context)?;
        credential_keys(scene, signer, &mut context)?;
        // AC-117: JWT callers do not have it.
        one(&mut context, "aws:ViaAWSService", "false")?;
    }
    network_keys(scene, dialect, &mut context)?;
    if has_general_keys(scene, dialect) {
        general_keys(scene, &mut context)?;
    }
    Ok(context)
}

/// The keys of the tags of a pair's resource, which differ between runtime and endpoint.
pub(crate) fn resource_tags(
    scene: &Scene<'_>,
    tags: Option<&Tags>,
    dialect: &Dialect,
    context: &mut Context,
) -> Result<(), DuplicateKey> {
    if !has_general_keys(scene, dialect) {
        return Ok(());
    }
    for (key, value) in tags.iter().flat_map(|tags| tags.iter()) {
        one(context, format!("aws:ResourceTag/{key}"), value)?;
    }
    Ok(())
}

/// AC-118: whether a JWT caller's request has the keys that do not depend on the caller.
fn has_general_keys(scene: &Scene<'_>, dialect: &Dialect) -> bool {
    scene.signer.is_some() || dialect.get::<JwtGeneralKeys>() == JwtGeneralKeys::Present
}

/// Who the caller is.
fn principal_keys(
    scene: &Scene<'_>,
    signer: &Signer<'_>,
    context: &mut Context,
) -> Result<(), DuplicateKey> {
    let account = &signer.account.id;
    let (kind, id) = match (&scene.call.caller, signer.identity) {
        (Caller::User(_), Some(user)) => ("User", user.id.clone()),
        (Caller::Session(caller), Some(role)) => {
            ("AssumedRole", format!("{}:{}", role.id, caller.session))
        }
        (Caller::Federated(caller), _) => ("FederatedUser", format!("{account}:{}", caller.user)),
        _ => ("Account", account.clone()),
    };
    let arn = match (&scene.call.caller, signer.identity) {
        // IAM-273: of a session it is the role.
        (Caller::Session(_), Some(role)) => identity_arn(&scene.world.partition, "role", role),
        _ => signer.arn.clone(),
    };
    one(context, "aws:PrincipalArn", arn)?;
    one(context, "aws:PrincipalAccount", account.clone())?;
    one(context, "aws:PrincipalType", kind)?;
    one(context, "aws:userid", id)?;
    if let Caller::User(caller) = &scene.call.caller {
        one(context, "aws:username", caller.name.clone())?;
    }
    organization_keys(
        signer.account,
        ["aws:PrincipalOrgID", "aws:PrincipalOrgPaths"],
        context,
    )?;
    one(context, "aws:PrincipalIsAWSService", "false")?;
    for (key, value) in principal_tags(&scene.call.caller, signer) {
        one(context, format!("aws:PrincipalTag/{key}"), value)?;
    }
    Ok(())
}

/// The tags of the caller: a session's own replace those of its role, a federated session has its own only.
fn principal_tags<'w>(caller: &'w Caller, signer: &Signer<'w>) -> Vec<(&'w str, &'w str)> {
    let own = signer.identity.map(|identity| &identity.tags);
    let own = own.iter().flat_map(|tags| tags.iter());
    match caller {
        Caller::Session(session) => {
            let replaced = |key: &str| {
                session
                    .tags
                    .iter()
                    .any(|(k, _)| k.eq_ignore_ascii_case(key))
            };
            let kept = own.filter(|(key, _)| !replaced(key));
            kept.chain(session.tags.iter()).collect()
        }
        Caller::Federated(session) => session.tags.iter().collect(),
        _ => own.collect(),
    }
}

/// What the caller's credentials tell.
fn credential_keys(
    scene: &Scene<'_>,
    signer: &Signer<'_>,
    context: &mut Context,
) -> Result<(), DuplicateKey> {
    if let Caller::Session(session) = &scene.call.caller {
        if let Some(provider) = &session.provider {
            one(context, "aws:FederatedProvider", provider.clone())?;
        }
        if let Some(identity) = &session.source_identity {
            one(context, "aws:SourceIdentity", identity.clone())?;
        }
    }
    let Some(token) = signer.token else {
        return Ok(());
    };
    one(context, "aws:TokenIssueTime", date(token.issued))?;
    let with_mfa = token.mfa.is_some().to_string();
    one(context, "aws:MultiFactorAuthPresent", with_mfa)?;
    if let Some(mfa) = token.mfa {
        let age = scene.call.at.saturating_sub(mfa);
        one(context, "aws:MultiFactorAuthAge", age.to_string())?;
    }
    Ok(())
}

/// The way the request takes (AC-177, AC-180): the keys of the internet or those of an endpoint, never both.
fn network_keys(
    scene: &Scene<'_>,
    dialect: &Dialect,
    context: &mut Context,
) -> Result<(), DuplicateKey> {
    let (address, network) = match (&scene.call.from, scene.network) {
        (Path::Endpoint { address, .. }, Some(network)) => (address, network),
        (Path::Internet { address } | Path::Endpoint { address, .. }, _) => {
            return one(context, "aws:SourceIp", address.clone());
        }
    };
    one(context, "aws:SourceVpc", network.vpc.clone())?;
    one(context, "aws:SourceVpce", network.endpoint.clone())?;
    one(context, "aws:VpcSourceIp", address.clone())?;
    // AC-182.
    if dialect.get::<VpceOwnerKeys>() == VpceOwnerKeys::Present {
        one(context, "aws:VpceAccount", network.account.clone())?;
        if let Some(owner) = scene.world.account(&network.account) {
            let names = ["aws:VpceOrgID", "aws:VpceOrgPaths"];
            organization_keys(owner, names, context)?;
        }
    }
    // AC-183.
    if dialect.get::<SourceVpcArnKey>() == SourceVpcArnKey::Present {
        one(context, "aws:SourceVpcArn", vpc_arn(scene, network))?;
    }
    Ok(())
}

fn vpc_arn(scene: &Scene<'_>, network: &Network) -> String {
    format!(
        "arn:{}:ec2:{}:{}:vpc/{}",
        scene.world.partition, scene.world.region, network.account, network.vpc
    )
}

/// What a request tells whoever sends it.
fn general_keys(scene: &Scene<'_>, context: &mut Context) -> Result<(), DuplicateKey> {
    let call = scene.call;
    one(context, "aws:CurrentTime", date(call.at))?;
    one(context, "aws:EpochTime", call.at.to_string())?;
    one(context, "aws:SecureTransport", "true")?;
    one(context, "aws:UserAgent", call.user_agent.clone())?;
    one(context, "aws:RequestedRegion", scene.world.region.clone())?;
    one(context, "aws:ResourceAccount", scene.owner.id.clone())?;
    organization_keys(
        scene.owner,
        ["aws:ResourceOrgID", "aws:ResourceOrgPaths"],
        context,
    )
}

/// Organization and path of an account, if it is in one.
fn organization_keys(
    account: &Account,
    [id, paths]: [&str; 2],
    context: &mut Context,
) -> Result<(), DuplicateKey> {
    let Some(organization) = &account.organization else {
        return Ok(());
    };
    one(context, id, organization.id.clone())?;
    let path = format!("{}/{}/", organization.id, organization.path.join("/"));
    one(context, paths, path)
}

/// Adds a key with one value.
fn one(
    context: &mut Context,
    name: impl Into<String>,
    value: impl Into<String>,
) -> Result<(), DuplicateKey> {
    context.insert(name, vec![value.into()])
}

/// `YYYY-MM-DDTHH:MM:SSZ`. A well-formed world holds no time without a date; seconds stand in for one.
fn date(seconds: u64) -> String {
    let timestamp = i64::try_from(seconds).map(Timestamp::from_second);
    match timestamp {
        Ok(Ok(timestamp)) => timestamp.to_string(),
        _ => seconds.to_string(),
    }
}
