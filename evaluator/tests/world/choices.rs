//! Every choice that only a call can turn on, read both ways.

use serde_json::{Value, json};
use veriam_model::{
    ALL_CHOICES, Authorizer, Call, Choice, Dialect, Membership, Reading, World, readings,
};

use crate::scene::{
    INVOKE, OWNER, R, call, for_user, jwt, outcome_in, policy, root, say, scene, through_vpc, to,
    under, user,
};

fn everyone(statement: Value) -> Value {
    to(statement, json!("*"))
}

fn granted() -> World {
    let mut world = scene();
    for user in &mut world.users {
        user.policies = policy(&[say("Allow", INVOKE, "*")]).into_iter().collect();
    }
    world
}

fn for_tokens() -> World {
    let mut world = scene();
    world.runtimes[0].authorizer = Authorizer::Jwt;
    world
}

/// Checks the outcomes under the readings, the default first, and that no other choice matters.
#[track_caller]
fn check<R: Reading>(world: &World, call: &Call, expected: [&str; 2]) {
    for (&reading, expected) in R::ALL.iter().zip(expected) {
        let dialect = Dialect::default().with(reading);
        assert_eq!(outcome_in(world, call, &dialect), expected);
    }
    let calls = [
        Choice::IdentityCoverage,
        Choice::JwtGeneralKeys,
        Choice::JwtSilentPolicy,
        Choice::JwtForUser,
        Choice::EndpointPolicyScope,
        Choice::VpceOwnerKeys,
        Choice::SourceVpcArnKey,
    ];
    for &other in ALL_CHOICES.iter().filter(|c| calls.contains(c)) {
        if other != R::CHOICE {
            let dialect = Dialect::default().with_index(other, 1);
            assert_eq!(outcome_in(world, call, &dialect), expected[0], "{other}");
        }
    }
}

#[test]
fn identity_coverage() {
    let mut world = scene();
    let allow = policy(&[everyone(say("Allow", INVOKE, "*"))]);
    world.runtimes[0].policy.clone_from(&allow);
    world.runtimes[0].endpoints[0].policy = allow;
    let expected = ["allowed", "implicit R identity"];
    check::<readings::IdentityCoverage>(&world, &call(user(OWNER)), expected);
    world.users[0].policies = policy(&[say("Allow", INVOKE, R)]).into_iter().collect();
    let expected = ["allowed", "implicit E identity"];
    check::<readings::IdentityCoverage>(&world, &call(user(OWNER)), expected);
    // Root is never asked, nor is the bearer of a token.
    let expected = ["allowed", "allowed"];
    check::<readings::IdentityCoverage>(&world, &call(root(OWNER)), expected);
    world.runtimes[0].authorizer = Authorizer::Jwt;
    check::<readings::IdentityCoverage>(&world, &call(jwt()), expected);
}

#[test]
fn general_keys_of_bearers() {
    let mut world = for_tokens();
    for (key, value) in [
        ("aws:SecureTransport", "true"),
        ("aws:RequestedRegion", "us-west-2"),
        ("aws:ResourceAccount", OWNER),
        ("aws:UserAgent", "test/1.0"),
        ("aws:EpochTime", "1750000000"),
    ] {
        let condition = json!({"StringEquals": {key: value}});
        let allow = everyone(under(say("Allow", INVOKE, "*"), condition));
        world.runtimes[0].policy = policy(&[allow]);
        let expected = ["allowed", "implicit R resource"];
        check::<readings::JwtGeneralKeys>(&world, &call(jwt()), expected);
    }
    // Keys of the way are not among them.
    let condition = json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}});
    let allow = everyone(under(say("Allow", INVOKE, "*"), condition));
    world.runtimes[0].policy = policy(&[allow]);
    check::<readings::JwtGeneralKeys>(&world, &call(jwt()), ["allowed", "allowed"]);
    // A signed caller has them in any case.
    let mut world = granted();
    let condition = json!({"Null": {"aws:SecureTransport": "true"}});
    world.runtimes[0].policy = policy(&[everyone(under(say("Deny", "*", "*"), condition))]);
    check::<readings::JwtGeneralKeys>(&world, &call(user(OWNER)), ["allowed", "allowed"]);
}

#[test]
fn silent_policies_and_bearers() {
    let mut world = for_tokens();
    world.runtimes[0].policy = policy(&[everyone(say("Allow", "s3:*", "*"))]);
    let expected = ["implicit R resource", "allowed"];
    check::<readings::JwtSilentPolicy>(&world, &call(jwt()), expected);
}

#[test]
fn the_header_of_bearers() {
    let mut world = for_tokens();
    world.runtimes[0].policy = policy(&[everyone(say("Allow", INVOKE, "*"))]);
    let bearer = for_user(call(jwt()));
    let dialects = [readings::JwtForUser::Needed, readings::JwtForUser::Ignored];
    for (reading, expected) in dialects
        .into_iter()
        .zip(["implicit R/ForUser resource", "allowed"])
    {
        let dialect = Dialect::default().with(reading);
        assert_eq!(outcome_in(&world, &bearer, &dialect), expected);
    }
    // Who signs needs the action in any case.
    let expected = ["implicit R/ForUser identity"; 2];
    check::<readings::JwtForUser>(&granted(), &for_user(call(user(OWNER))), expected);
}

#[test]
fn endpoint_policies_that_name_runtimes_only() {
    let mut world = granted();
    world.networks[0].policy = policy(&[everyone(say("Allow", INVOKE, R))]);
    let call = through_vpc(call(user(OWNER)));
    let expected = ["implicit E endpoint", "allowed"];
    check::<readings::EndpointPolicyScope>(&world, &call, expected);
    // Nor does a Deny reach the runtime endpoint then.
    let deny = say("Deny", INVOKE, format!("{R}/runtime-endpoint/*"));
    let statements = [everyone(say("Allow", "*", "*")), everyone(deny)];
    world.networks[0].policy = policy(&statements);
    let expected = ["explicit E endpoint", "allowed"];
    check::<readings::EndpointPolicyScope>(&world, &call, expected);
}

#[test]
fn keys_of_the_network() {
    let mut world = granted();
    world.accounts[1].organization = Some(Membership {
        id: "o-a1b2c3d4e5".to_owned(),
        path: vec!["r-ab12".to_owned(), "ou-ab12-1".to_owned()],
        management: false,
        scps: Vec::new(),
        rcps: Vec::new(),
    });
    let call = through_vpc(call(user(OWNER)));
    let unless = |world: &mut World, key: &str, value: &str| {
        let condition = json!({"ForAllValues:StringNotEquals": {key: value}});
        let deny = everyone(under(say("Deny", "*", "*"), condition));
        world.runtimes[0].policy = policy(&[deny]);
    };
    let expected = ["explicit R resource", "allowed"];
    for (key, value) in [
        ("aws:VpceAccount", "444455556666"),
        ("aws:VpceOrgID", "o-a1b2c3d4e5"),
        ("aws:VpceOrgPaths", "o-a1b2c3d4e5/r-ab12/ou-ab12-1/"),
    ] {
        unless(&mut world, key, value);
        check::<readings::VpceOwnerKeys>(&world, &call, expected);
    }
    unless(
        &mut world,
        "aws:SourceVpcArn",
        "arn:aws:ec2:us-west-2:444455556666:vpc/vpc-1",
    );
    check::<readings::SourceVpcArnKey>(&world, &call, expected);
    // Over the internet there is no network.
    let mut internet = call.clone();
    internet.from = crate::scene::call(user(OWNER)).from;
    check::<readings::SourceVpcArnKey>(&world, &internet, ["explicit R resource"; 2]);
}
