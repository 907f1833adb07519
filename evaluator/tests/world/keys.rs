//! The context keys of a call (section 5.6 of the readings; IAM-273 to IAM-293, AC-115 to AC-119, AC-177 to AC-180).

use serde_json::json;
use veriam_model::{Authorizer, Call, Caller, Membership, Path, Tags, Token, UserCaller, World};

use crate::scene::{
    NOW, OWNER, TENANT, call, federated, for_user, jwt, outcome, policy, root, say, scene, session,
    session_caller, through_vpc, to, under, user,
};

/// Two accounts of one organization. Every identity may do everything.
fn world(authorizer: Authorizer) -> World {
    let mut world = scene();
    for (account, unit) in world.accounts.iter_mut().zip(["ou-ab12-1", "ou-ab12-2"]) {
        account.organization = Some(Membership {
            id: "o-a1b2c3d4e5".to_owned(),
            path: vec!["r-ab12".to_owned(), unit.to_owned()],
            management: false,
            scps: Vec::new(),
            rcps: Vec::new(),
        });
    }
    for identity in world.users.iter_mut().chain(&mut world.roles) {
        identity.policies = policy(&[say("Allow", "*", "*")]).into_iter().collect();
        identity.path = "/team/".to_owned();
        identity.tags = tags(&[("Team", "blue"), ("cost", "7")]);
    }
    let runtime = &mut world.runtimes[0];
    runtime.authorizer = authorizer;
    runtime.tags = tags(&[("Tier", "gold")]);
    runtime.endpoints[0].tags = tags(&[("tier", "silver"), ("Stage", "prod")]);
    world
}

fn tags(tags: &[(&str, &str)]) -> Tags {
    let mut all = Tags::new();
    for (key, value) in tags {
        all.insert(*key, *value).unwrap();
    }
    all
}

/// Whether a Deny under this condition hits a call at the runtime and at its endpoint.
fn hits(call: &Call, condition: serde_json::Value) -> [bool; 2] {
    let is_jwt = matches!(call.caller, Caller::Jwt(_));
    let authorizer = if is_jwt {
        Authorizer::Jwt
    } else {
        Authorizer::Iam
    };
    [0, 1].map(|place| {
        let mut world = world(authorizer);
        let allow = || to(say("Allow", "*", "*"), json!("*"));
        let deny = under(to(say("Deny", "*", "*"), json!("*")), condition.clone());
        let (plain, denying) = (policy(&[allow()]), policy(&[allow(), deny]));
        let runtime = &mut world.runtimes[0];
        let (here, there) = if place == 0 {
            (&mut runtime.policy, &mut runtime.endpoints[0].policy)
        } else {
            (&mut runtime.endpoints[0].policy, &mut runtime.policy)
        };
        (*here, *there) = (denying, plain);
        match outcome(&world, call).as_str() {
            "allowed" => false,
            "explicit R resource" if place == 0 => true,
            "explicit E resource" if place == 1 => true,
            other => panic!("{other}"),
        }
    })
}

/// Checks the value of a key in both pairs; none: absent.
#[track_caller]
fn check(call: &Call, key: &str, value: Option<&str>) {
    check_each(call, key, [value, value]);
}

#[track_caller]
fn check_each(call: &Call, key: &str, values: [Option<&str>; 2]) {
    // Also in another spelling: keys ignore case.
    for key in [key.to_owned(), key.to_uppercase()] {
        let absent = hits(call, json!({"Null": {&key: "true"}}));
        assert_eq!(
            absent,
            values.map(|v| v.is_none()),
            "{key} of {:?}",
            call.caller
        );
        for value in values.into_iter().flatten() {
            let found = hits(call, json!({"ForAnyValue:StringEquals": {&key: value}}));
            assert_eq!(found, values.map(|v| v == Some(value)), "{key} is {value}");
        }
    }
}

#[test]
fn of_a_user() {
    let call = call(user(OWNER));
    check(
        &call,
        "aws:PrincipalArn",
        Some("arn:aws:iam::111122223333:user/team/alice"),
    );
    check(&call, "aws:PrincipalAccount", Some(OWNER));
    check(&call, "aws:PrincipalType", Some("User"));
    check(&call, "aws:userid", Some("AIDAALICE"));
    check(&call, "aws:username", Some("alice"));
    check(&call, "aws:PrincipalTag/team", Some("blue"));
    check(&call, "aws:PrincipalTag/other", None);
    for key in TEMPORARY {
        check(&call, key, None);
    }
    check(&call, "aws:FederatedProvider", None);
    check(&call, "aws:SourceIdentity", None);
}

const TEMPORARY: [&str; 3] = [
    "aws:TokenIssueTime",
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
];

#[test]
fn of_temporary_credentials() {
    let user = |mfa| {
        call(Caller::User(UserCaller {
            account: OWNER.to_owned(),
            name: "alice".to_owned(),
            token: Some(Token {
                issued: NOW - 600,
                mfa,
            }),
        }))
    };
    check(
        &user(None),
        "aws:TokenIssueTime",
        Some("2025-06-15T14:56:40Z"),
    );
    check(&user(None), "aws:MultiFactorAuthPresent", Some("false"));
    check(&user(None), "aws:MultiFactorAuthAge", None);
    let with = user(Some(NOW - 1_000));
    check(&with, "aws:MultiFactorAuthPresent", Some("true"));
    check(&with, "aws:MultiFactorAuthAge", Some("1000"));
    check(&with, "aws:PrincipalType", Some("User"));
    check(&with, "aws:username", Some("alice"));
}

#[test]
fn of_a_role_session() {
    let mut caller = session_caller(OWNER, "app");
    caller.tags = tags(&[("TEAM", "red"), ("job", "42")]);
    caller.source_identity = Some("carol".to_owned());
    caller.provider = Some("accounts.google.com".to_owned());
    let call = call(Caller::Session(caller));
    check(
        &call,
        "aws:PrincipalArn",
        Some("arn:aws:iam::111122223333:role/team/app"),
    );
    check(&call, "aws:PrincipalType", Some("AssumedRole"));
    check(&call, "aws:userid", Some("AROAAPP:s1"));
    check(&call, "aws:username", None);
    check(&call, "aws:PrincipalTag/team", Some("red"));
    check(&call, "aws:PrincipalTag/Cost", Some("7"));
    check(&call, "aws:PrincipalTag/job", Some("42"));
    check(&call, "aws:SourceIdentity", Some("carol"));
    check(&call, "aws:FederatedProvider", Some("accounts.google.com"));
    check(&call, "aws:TokenIssueTime", Some("2025-06-15T14:56:40Z"));
    check(&call, "aws:MultiFactorAuthPresent", Some("false"));
}

#[test]
fn of_root_and_federated_users() {
    let root = call(root(OWNER));
    check(
        &root,
        "aws:PrincipalArn",
        Some("arn:aws:iam::111122223333:root"),
    );
    check(&root, "aws:PrincipalType", Some("Account"));
    check(&root, "aws:userid", Some(OWNER));
    check(&root, "aws:username", None);
    check(&root, "aws:PrincipalTag/Team", None);
    for key in TEMPORARY {
        check(&root, key, None);
    }
    let everything = policy(&[say("Allow", "*", "*")]);
    let mut caller = federated(OWNER, everything);
    if let Caller::Federated(session) = &mut caller {
        session.tags = tags(&[("job", "42")]);
    }
    let call = call(caller);
    let arn = "arn:aws:sts::111122223333:federated-user/alice";
    check(&call, "aws:PrincipalArn", Some(arn));
    check(&call, "aws:PrincipalType", Some("FederatedUser"));
    check(&call, "aws:userid", Some("111122223333:alice"));
    check(&call, "aws:username", None);
    check(&call, "aws:PrincipalTag/job", Some("42"));
    check(&call, "aws:PrincipalTag/Team", None);
    check(&call, "aws:TokenIssueTime", Some("2025-06-15T14:56:40Z"));
    check(&call, "aws:FederatedProvider", None);
}

#[test]
fn of_every_signed_caller() {
    let everything = policy(&[say("Allow", "*", "*")]);
    for caller in [
        user(TENANT),
        session(TENANT),
        root(TENANT),
        federated(TENANT, everything),
    ] {
        let call = call(caller);
        check(&call, "aws:PrincipalAccount", Some(TENANT));
        check(&call, "aws:PrincipalOrgID", Some("o-a1b2c3d4e5"));
        check(
            &call,
            "aws:PrincipalOrgPaths",
            Some("o-a1b2c3d4e5/r-ab12/ou-ab12-2/"),
        );
        check(&call, "aws:PrincipalIsAWSService", Some("false"));
        check(&call, "aws:ViaAWSService", Some("false"));
    }
}

/// Keys that do not depend on the principal, of the default reading of AC-118 for bearers of tokens too.
#[test]
fn of_every_caller() {
    for caller in [user(OWNER), session(TENANT), root(TENANT), jwt()] {
        let call = for_user(call(caller));
        check(&call, "aws:CurrentTime", Some("2025-06-15T15:06:40Z"));
        check(&call, "aws:EpochTime", Some("1750000000"));
        check(&call, "aws:SecureTransport", Some("true"));
        check(&call, "aws:UserAgent", Some("test/1.0"));
        check(&call, "aws:RequestedRegion", Some("us-west-2"));
        check(&call, "aws:ResourceAccount", Some(OWNER));
        check(&call, "aws:ResourceOrgID", Some("o-a1b2c3d4e5"));
        check(
            &call,
            "aws:ResourceOrgPaths",
            Some("o-a1b2c3d4e5/r-ab12/ou-ab12-1/"),
        );
        check_each(
            &call,
            "aws:ResourceTag/Tier",
            [Some("gold"), Some("silver")],
        );
        check_each(&call, "aws:ResourceTag/stage", [None, Some("prod")]);
        for key in [
            "aws:SourceArn",
            "aws:CalledVia",
            "bedrock-agentcore:subnets",
            "x",
        ] {
            check(&call, key, None);
        }
    }
}

#[test]
fn of_the_way() {
    for caller in [user(OWNER), jwt()] {
        let internet = call(caller);
        check(&internet, "aws:SourceIp", Some("203.0.113.9"));
        for key in ["aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"] {
            check(&internet, key, None);
        }
        let vpc = through_vpc(internet);
        check(&vpc, "aws:SourceIp", None);
        check(&vpc, "aws:SourceVpc", Some("vpc-1"));
        check(&vpc, "aws:SourceVpce", Some("vpce-1"));
        check(&vpc, "aws:VpcSourceIp", Some("10.0.0.7"));
        // By default AgentCore does not supply these (AC-182, AC-183).
        for key in [
            "aws:VpceAccount",
            "aws:VpceOrgID",
            "aws:VpceOrgPaths",
            "aws:SourceVpcArn",
        ] {
            check(&vpc, key, None);
        }
    }
}

#[test]
fn bearers_of_tokens_have_no_principal() {
    for key in [
        "aws:PrincipalArn",
        "aws:PrincipalAccount",
        "aws:PrincipalType",
        "aws:userid",
        "aws:username",
        "aws:PrincipalTag/Team",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalIsAWSService",
        "aws:ViaAWSService",
        "aws:TokenIssueTime",
        "aws:MultiFactorAuthPresent",
        "aws:SourceIdentity",
        "bedrock-agentcore:InboundJwtClaim/sub",
    ] {
        check(&call(jwt()), key, None);
    }
}

#[test]
fn accounts_outside_any_organization_have_no_organization() {
    let mut told = world(Authorizer::Iam);
    told.accounts.iter_mut().for_each(|a| a.organization = None);
    let deny = to(say("Deny", "*", "*"), json!("*"));
    for key in [
        "PrincipalOrgID",
        "PrincipalOrgPaths",
        "ResourceOrgID",
        "ResourceOrgPaths",
    ] {
        let absent = json!({"Null": {format!("aws:{key}"): "true"}});
        told.runtimes[0].policy = policy(&[under(deny.clone(), absent)]);
        assert_eq!(
            outcome(&told, &call(user(OWNER))),
            "explicit R resource",
            "{key}"
        );
    }
}

#[test]
fn addresses_are_taken_as_they_are_written() {
    let mut call = call(user(OWNER));
    call.from = Path::Internet {
        address: "2001:db8::1".to_owned(),
    };
    let within = json!({"IpAddress": {"aws:SourceIp": "2001:db8::/32"}});
    assert_eq!(hits(&call, within), [true, true]);
    check(&call, "aws:SourceIp", Some("2001:db8::1"));
}

#[test]
fn variables_see_the_same_values() {
    let mut world = world(Authorizer::Iam);
    let arn = "arn:aws:bedrock-agentcore:*:*:runtime/agent_${aws:PrincipalTag/agent}-*";
    for (user, agent) in world.users.iter_mut().zip(["a", "b"]) {
        user.tags = tags(&[("Agent", agent)]);
        user.policies = policy(&[say("Allow", "*", arn)]).into_iter().collect();
    }
    let everyone = policy(&[to(say("Allow", "*", "*"), json!("*"))]);
    world.runtimes[0].policy.clone_from(&everyone);
    world.runtimes[0].endpoints[0].policy = everyone;
    assert_eq!(outcome(&world, &call(user(OWNER))), "allowed");
    assert_eq!(outcome(&world, &call(user(TENANT))), "implicit R identity");
}
