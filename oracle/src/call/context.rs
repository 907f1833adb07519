//! The context keys of a call (readings, 5.6). Facts of world and call become keys here and nowhere else.

use jiff::Timestamp;
use veriam_model::readings::{JwtGeneralKeys, SourceVpcArnKey, VpceOwnerKeys};
use veriam_model::{Account, Caller, Context, Dialect, DuplicateKey, Network, Path, Tags};

use super::arns;
use super::ask::Ask;
use super::scene::{Scene, Service, Signer, Who};

/// The keys that every pair of the call has.
pub(crate) fn keys(scene: &Scene<'_>, dialect: &Dialect) -> Result<Context, DuplicateKey> {
    let mut context = Context::new();
    match &scene.who {
        Who::Signer(signer) => {
            principal_keys(scene, signer, &mut context)?;
            credential_keys(scene, signer, &mut context)?;
            forwarding_keys(scene, &mut context)?;
        }
        Who::Service(service) => service_keys(service, &mut context)?,
        // AC-115, AC-117: nothing about a caller, not even whether a service forwards its request.
        Who::Bearer => {}
    }
    network_keys(scene, dialect, &mut context)?;
    if has_general_keys(scene, dialect) {
        general_keys(scene, &mut context)?;
    }
    Ok(context)
}

/// The keys about a pair's resource: its owner, and its own tags.
pub(crate) fn add_resource_keys(
    scene: &Scene<'_>,
    ask: &Ask<'_>,
    dialect: &Dialect,
    context: &mut Context,
) -> Result<(), DuplicateKey> {
    if !has_general_keys(scene, dialect) {
        return Ok(());
    }
    // Where AWS owns the resource there is no account to tell of.
    if let Some(owner) = ask.owner.account() {
        one(context, "aws:ResourceAccount", owner.id.clone())?;
        let names = ["aws:ResourceOrgID", "aws:ResourceOrgPaths"];
        organization_keys(owner, names, context)?;
    }
    for (key, value) in ask.tags.into_iter().flat_map(Tags::iter) {
        one(context, format!("aws:ResourceTag/{key}"), value)?;
    }
    Ok(())
}

/// AC-118: whether a JWT caller's request has the keys that do not depend on the caller.
fn has_general_keys(scene: &Scene<'_>, dialect: &Dialect) -> bool {
    !matches!(scene.who, Who::Bearer) || dialect.get::<JwtGeneralKeys>() == JwtGeneralKeys::Present
}

/// A service that acts by itself (AC-138, IAM-287), and what it acts for (IAM-288).
fn service_keys(service: &Service<'_>, context: &mut Context) -> Result<(), DuplicateKey> {
    let caller = service.caller;
    one(context, "aws:PrincipalIsAWSService", "true")?;
    one(context, "aws:PrincipalServiceName", caller.service.clone())?;
    let names = "aws:PrincipalServiceNamesList";
    one(context, names, caller.service.clone())?;
    one(context, "aws:ViaAWSService", "false")?;
    if let Some(account) = service.source {
        one(context, "aws:SourceAccount", account.id.clone())?;
    }
    if let Some(arn) = &caller.source_arn {
        one(context, "aws:SourceArn", arn.clone())?;
    }
    if let Some(account) = service.source {
        let names = ["aws:SourceOrgID", "aws:SourceOrgPaths"];
        organization_keys(account, names, context)?;
    }
    Ok(())
}

/// Whether a service asks with the caller's credentials, and which (AC-137, IAM-268, IAM-285, IAM-286).
fn forwarding_keys(scene: &Scene<'_>, context: &mut Context) -> Result<(), DuplicateKey> {
    let Some(via) = scene.via else {
        return one(context, "aws:ViaAWSService", "false");
    };
    one(context, "aws:ViaAWSService", "true")?;
    one(context, "aws:CalledVia", via)?;
    one(context, "aws:CalledViaFirst", via)?;
    one(context, "aws:CalledViaLast", via)
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
        (Caller::Session(_), Some(role)) => arns::identity(&scene.world.partition, "role", role),
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
    // AC-138: a service does not come from a network of the caller's. AC-137: nor does a request that it forwards.
    if matches!(scene.who, Who::Service(_)) || scene.via.is_some() {
        return Ok(());
    }
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
    one(context, "aws:RequestedRegion", scene.world.region.clone())
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use veriam_model::{CallCase, Dialect};

    use crate::{Detail, trace_call};

    /// Keys, each with its only value.
    type Keys<'k> = &'k [(&'k str, &'k str)];

    /// The keys of the first pair's check, in order of name.
    fn derived(caller: &Value, from: &Value, setting: &str) -> Vec<(String, String)> {
        let is_jwt = caller.get("jwt").is_some();
        let owner = json!({"id": "o-1", "path": ["r-1", "ou-1", "ou-2"]});
        let case = json!({
            "world": {
                "partition": "aws-cn",
                "region": "cn-north-1",
                "accounts": [{"id": "111122223333", "organization": owner}, {"id": "444455556666"}],
                "users": [
                    {"account": "444455556666", "name": "ann", "path": "/x/y/", "id": "AIDA1", "tags": {"A": "1"}},
                ],
                "roles": [{
                    "account": "111122223333", "name": "app", "path": "/p/", "id": "AROA1",
                    "tags": {"Keep": "1", "Team": "role", "Last": "2"},
                }],
                "runtimes": [{
                    "account": "111122223333", "id": "r-1", "tags": {"Kind": "runtime"},
                    "authorizer": if is_jwt { "jwt" } else { "iam" },
                    "endpoints": [{"name": "DEFAULT", "tags": {"Other": "endpoint"}}],
                }],
                "networks": [
                    {"endpoint": "vpce-1", "vpc": "vpc-1", "account": "111122223333"},
                    {"endpoint": "vpce-2", "vpc": "vpc-2", "account": "444455556666"},
                ],
            },
            "call": {
                "caller": caller, "request": {"runtime": {"operation": "GetAgentCard", "runtime": "r-1"}},
                "from": from, "at": 951_827_696, "user_agent": "agent/1",
            },
        });
        let case: CallCase = serde_json::from_value(case).expect("a case");
        let dialect = match setting {
            "" => Dialect::default(),
            _ => Dialect::default().with_setting(setting).expect(setting),
        };
        let traced = trace_call(&case.world, &case.call, &dialect, Detail::Structure);
        let traced = traced.expect("well-formed");
        let context = traced.pairs[0].check.context.iter();
        let mut keys: Vec<_> = context
            .map(|(key, values)| (key.to_owned(), values.join("|")))
            .collect();
        keys.sort();
        keys
    }

    fn assert_keys(caller: &Value, from: &Value, setting: &str, expected: &[Keys<'_>]) {
        let mut expected: Vec<(String, String)> = expected
            .iter()
            .flat_map(|keys| keys.iter())
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        expected.sort();
        let found = derived(caller, from, setting);
        assert_eq!(found, expected, "{caller} {from} {setting}");
    }

    const GENERAL: Keys<'_> = &[
        ("aws:CurrentTime", "2000-02-29T12:34:56Z"),
        ("aws:EpochTime", "951827696"),
        ("aws:SecureTransport", "true"),
        ("aws:UserAgent", "agent/1"),
        ("aws:RequestedRegion", "cn-north-1"),
        ("aws:ResourceAccount", "111122223333"),
        ("aws:ResourceOrgID", "o-1"),
        ("aws:ResourceOrgPaths", "o-1/r-1/ou-1/ou-2/"),
        ("aws:ResourceTag/Kind", "runtime"),
    ];
    const SIGNED: Keys<'_> = &[
        ("aws:PrincipalIsAWSService", "false"),
        ("aws:ViaAWSService", "false"),
    ];
    const ORGANIZATION: Keys<'_> = &[
        ("aws:PrincipalOrgID", "o-1"),
        ("aws:PrincipalOrgPaths", "o-1/r-1/ou-1/ou-2/"),
    ];
    const INTERNET: Keys<'_> = &[("aws:SourceIp", "2001:db8::7")];
    const VPC: Keys<'_> = &[
        ("aws:SourceVpc", "vpc-1"),
        ("aws:SourceVpce", "vpce-1"),
        ("aws:VpcSourceIp", "10.0.0.1"),
    ];

    fn internet() -> Value {
        json!({"internet": {"address": "2001:db8::7"}})
    }

    fn endpoint(name: &str) -> Value {
        json!({"endpoint": {"endpoint": name, "address": "10.0.0.1"}})
    }

    #[test]
    fn every_kind_of_caller_has_its_keys() {
        let user = [
            ("aws:PrincipalAccount", "444455556666"),
            (
                "aws:PrincipalArn",
                "arn:aws-cn:iam::444455556666:user/x/y/ann",
            ),
            ("aws:PrincipalType", "User"),
            ("aws:userid", "AIDA1"),
            ("aws:username", "ann"),
            ("aws:PrincipalTag/A", "1"),
        ];
        let session = [
            ("aws:PrincipalAccount", "111122223333"),
            (
                "aws:PrincipalArn",
                "arn:aws-cn:iam::111122223333:role/p/app",
            ),
            ("aws:PrincipalType", "AssumedRole"),
            ("aws:userid", "AROA1:s"),
            ("aws:TokenIssueTime", "2000-02-29T12:00:00Z"),
        ];
        let federated = [
            ("aws:PrincipalAccount", "444455556666"),
            (
                "aws:PrincipalArn",
                "arn:aws-cn:sts::444455556666:federated-user/ann",
            ),
            ("aws:PrincipalType", "FederatedUser"),
            ("aws:userid", "444455556666:ann"),
            ("aws:TokenIssueTime", "2000-02-29T12:00:00Z"),
            ("aws:MultiFactorAuthPresent", "false"),
        ];
        let root = [
            ("aws:PrincipalAccount", "444455556666"),
            ("aws:PrincipalArn", "arn:aws-cn:iam::444455556666:root"),
            ("aws:PrincipalType", "Account"),
            ("aws:userid", "444455556666"),
        ];
        let without_mfa = [("aws:MultiFactorAuthPresent", "false")];
        let with_mfa = [
            ("aws:MultiFactorAuthPresent", "true"),
            ("aws:MultiFactorAuthAge", "2196"),
        ];
        let issued = [("aws:TokenIssueTime", "2000-02-29T12:00:00Z")];
        let role_tags = [
            ("aws:PrincipalTag/Keep", "1"),
            ("aws:PrincipalTag/Team", "role"),
            ("aws:PrincipalTag/Last", "2"),
        ];
        let session_tags = [
            ("aws:PrincipalTag/Keep", "1"),
            ("aws:PrincipalTag/TEAM", "session"),
            ("aws:PrincipalTag/Last", "2"),
            ("aws:PrincipalTag/New", "3"),
        ];
        let provided = [
            ("aws:FederatedProvider", "example.com"),
            ("aws:SourceIdentity", "eve"),
        ];
        // 12:00:00 of that day; MFA is a hundred seconds older.
        let (token, mfa) = (951_825_600, 951_825_500);
        let of_role = |more: Value| {
            let mut caller = json!({"account": "111122223333", "role": "app", "session": "s", "token": {"issued": token}});
            for (name, value) in more.as_object().into_iter().flatten() {
                caller[name] = value.clone();
            }
            json!({"session": caller})
        };
        let of_user = |token: Value| json!({"user": {"account": "444455556666", "name": "ann", "token": token}});
        let cases: [(Value, &[Keys<'_>]); 9] = [
            (of_user(Value::Null), &[&user]),
            (
                of_user(json!({"issued": token})),
                &[&user, &issued, &without_mfa],
            ),
            (
                of_user(json!({"issued": token, "mfa": mfa})),
                &[&user, &issued, &with_mfa],
            ),
            (
                of_role(json!({})),
                &[&session, &without_mfa, &role_tags, ORGANIZATION],
            ),
            (
                of_role(json!({"token": {"issued": token, "mfa": mfa}})),
                &[&session, &with_mfa, &role_tags, ORGANIZATION],
            ),
            (
                of_role(json!({"tags": {"TEAM": "session", "New": "3"}})),
                &[&session, &without_mfa, &session_tags, ORGANIZATION],
            ),
            (
                of_role(json!({"provider": "example.com", "source_identity": "eve"})),
                &[&session, &without_mfa, &role_tags, &provided, ORGANIZATION],
            ),
            (
                json!({"federated": {
                    "account": "444455556666", "user": "ann", "token": {"issued": token}, "tags": {"B": "2"},
                }}),
                &[&federated, &[("aws:PrincipalTag/B", "2")]],
            ),
            (json!({"root": {"account": "444455556666"}}), &[&root]),
        ];
        for (caller, own) in cases {
            let mut expected = own.to_vec();
            expected.extend([SIGNED, GENERAL, INTERNET]);
            assert_keys(&caller, &internet(), "", &expected);
        }
    }

    #[test]
    fn the_way_of_a_request_decides_its_network_keys() {
        let jwt = json!({"jwt": {"subject": "u", "accepted": true}});
        let foreign = [
            ("aws:SourceVpc", "vpc-2"),
            ("aws:SourceVpce", "vpce-2"),
            ("aws:VpcSourceIp", "10.0.0.1"),
        ];
        let owner = [
            ("aws:VpceAccount", "111122223333"),
            ("aws:VpceOrgID", "o-1"),
            ("aws:VpceOrgPaths", "o-1/r-1/ou-1/ou-2/"),
        ];
        let arn = [(
            "aws:SourceVpcArn",
            "arn:aws-cn:ec2:cn-north-1:111122223333:vpc/vpc-1",
        )];
        let cases: [(Value, &str, &[Keys<'_>]); 8] = [
            (internet(), "", &[INTERNET]),
            (internet(), "AC-182=present", &[INTERNET]),
            (internet(), "AC-183=present", &[INTERNET]),
            (endpoint("vpce-1"), "", &[VPC]),
            (endpoint("vpce-2"), "", &[&foreign]),
            (endpoint("vpce-1"), "AC-182=present", &[VPC, &owner]),
            (
                endpoint("vpce-2"),
                "AC-182=present",
                &[&foreign, &[("aws:VpceAccount", "444455556666")]],
            ),
            (endpoint("vpce-1"), "AC-183=present", &[VPC, &arn]),
        ];
        for (from, setting, own) in cases {
            let mut expected = own.to_vec();
            expected.push(GENERAL);
            assert_keys(&jwt, &from, setting, &expected);
        }
        // AC-118: without the general keys those of the network remain.
        assert_keys(&jwt, &internet(), "AC-118=absent", &[INTERNET]);
        assert_keys(&jwt, &endpoint("vpce-1"), "AC-118=absent", &[VPC]);
    }
}
