//! Every type of policy, alone and together: whether a call passes, and by what types it is said to be denied
//! (sections 5.5, 5.8 and 5.9 of the readings).

use serde_json::{Value, json};
use veriam_model::{Authorizer, Call, Caller, Membership, PolicyText, World};

use crate::scene::{
    E, FOR_USER, INVOKE, OWNER, R, TENANT, call, federated, for_user, jwt, of_runtime, outcome,
    policy, root, say, scene, session, session_caller, through_vpc, to, under, user,
};

fn allow() -> Value {
    say("Allow", INVOKE, "*")
}

fn deny() -> Value {
    say("Deny", INVOKE, "*")
}

fn everyone(statement: Value) -> Value {
    to(statement, json!("*"))
}

/// A statement that allows something else.
fn other() -> Value {
    say("Allow", "s3:*", "*")
}

fn one(statement: Value) -> Option<PolicyText> {
    policy(&[statement])
}

/// Identities that may invoke.
fn granted() -> World {
    let mut world = scene();
    for identity in world.users.iter_mut().chain(&mut world.roles) {
        identity.policies = one(allow()).into_iter().collect();
    }
    world
}

fn joined(world: &mut World, management: bool, scps: &[&[Value]]) {
    for account in &mut world.accounts {
        let scps = scps.iter().map(|level| {
            let policies = level.iter().map(|statement| one(statement.clone()));
            policies.flatten().collect()
        });
        account.organization = Some(Membership {
            id: format!("o-{}", account.id),
            path: vec!["r-ab12".to_owned()],
            management,
            scps: scps.collect(),
            rcps: Vec::new(),
        });
    }
}

fn with_session_policy(statement: Value) -> Call {
    let mut caller = session_caller(OWNER, "app");
    caller.policy = one(statement);
    call(Caller::Session(caller))
}

#[test]
fn service_control_policies_bind_members() {
    let cases: [(&[&[Value]], &str); 6] = [
        (&[], "allowed"),
        (&[&[allow()]], "allowed"),
        (&[&[]], "implicit R scp"),
        (&[&[allow()], &[other()]], "implicit R scp"),
        (&[&[allow()], &[other(), allow()]], "allowed"),
        (&[&[allow()], &[allow(), deny()]], "explicit R scp"),
    ];
    for (scps, expected) in cases {
        let mut world = granted();
        joined(&mut world, false, scps);
        for caller in [user(OWNER), session(OWNER), root(OWNER)] {
            assert_eq!(outcome(&world, &call(caller)), expected, "{scps:?}");
        }
        // The management account and bearers of tokens are not bound (IAM-232, AC-120).
        joined(&mut world, true, scps);
        assert_eq!(outcome(&world, &call(user(OWNER))), "allowed");
        joined(&mut world, false, scps);
        world.runtimes[0].authorizer = Authorizer::Jwt;
        assert_eq!(outcome(&world, &call(jwt())), "allowed");
    }
}

#[test]
fn resource_control_policies_do_not_reach_agentcore() {
    let mut world = granted();
    joined(&mut world, false, &[]);
    let nothing = everyone(say("Deny", INVOKE, "*"));
    for account in &mut world.accounts {
        account.organization.as_mut().unwrap().rcps = vec![vec![one(nothing.clone()).unwrap()]];
    }
    assert_eq!(outcome(&world, &call(user(OWNER))), "allowed");
}

#[test]
fn boundaries_limit_grants_to_the_identity_but_not_to_the_user_directly() {
    let user_arn = json!({"AWS": "arn:aws:iam::111122223333:user/alice"});
    let role_arn = json!({"AWS": "arn:aws:iam::111122223333:role/app"});
    let session_arn = json!({"AWS": "arn:aws:sts::111122223333:assumed-role/app/s1"});
    // Caller, whom runtime and endpoint grant, and what becomes of it under a boundary that allows other things.
    for (caller, principal, expected) in [
        (user(OWNER), None, "implicit R boundary"),
        (user(OWNER), Some(&user_arn), "allowed"),
        (session(OWNER), None, "implicit R boundary"),
        (session(OWNER), Some(&role_arn), "implicit R boundary"),
        (session(OWNER), Some(&session_arn), "allowed"),
    ] {
        let mut world = granted();
        for identity in world.users.iter_mut().chain(&mut world.roles) {
            identity.boundary = one(other());
        }
        if let Some(principal) = principal {
            world.runtimes[0].policy = one(to(allow(), principal.clone()));
            world.runtimes[0].endpoints[0].policy = one(to(allow(), principal.clone()));
        }
        assert_eq!(outcome(&world, &call(caller)), expected, "{principal:?}");
    }
    let mut world = granted();
    world.users[0].boundary = policy(&[allow(), deny()]);
    assert_eq!(outcome(&world, &call(user(OWNER))), "explicit R boundary");
    // Root has none.
    assert_eq!(outcome(&world, &call(root(OWNER))), "allowed");
}

#[test]
fn session_policies_limit_sessions() {
    let world = granted();
    assert_eq!(outcome(&world, &with_session_policy(allow())), "allowed");
    let silent = with_session_policy(other());
    assert_eq!(outcome(&world, &silent), "implicit R session");
    let denying = with_session_policy(deny());
    assert_eq!(outcome(&world, &denying), "explicit R session");
    let on_runtime = with_session_policy(say("Allow", INVOKE, R));
    assert_eq!(outcome(&world, &on_runtime), "implicit E session");
}

#[test]
fn federated_users_need_a_session_policy() {
    let mut world = granted();
    let call = |policy| call(federated(OWNER, policy));
    assert_eq!(outcome(&world, &call(None)), "implicit R session");
    assert_eq!(outcome(&world, &call(one(other()))), "implicit R session");
    assert_eq!(outcome(&world, &call(one(allow()))), "allowed");
    assert_eq!(outcome(&world, &call(one(deny()))), "explicit R session");
    world.users[0].policies.clear();
    assert_eq!(outcome(&world, &call(None)), "implicit R identity+session");
    assert_eq!(outcome(&world, &call(one(allow()))), "implicit R identity");
    // Named itself it needs neither.
    let arn = json!({"AWS": "arn:aws:sts::111122223333:federated-user/alice"});
    world.runtimes[0].policy = one(to(allow(), arn.clone()));
    world.runtimes[0].endpoints[0].policy = one(to(allow(), arn));
    assert_eq!(outcome(&world, &call(None)), "allowed");
}

#[test]
fn root_needs_nothing_at_home_and_the_resource_policies_abroad() {
    let mut world = scene();
    assert_eq!(outcome(&world, &call(root(OWNER))), "allowed");
    assert_eq!(outcome(&world, &call(root(TENANT))), "implicit R resource");
    let account = json!({"AWS": TENANT});
    world.runtimes[0].policy = one(to(allow(), account.clone()));
    assert_eq!(outcome(&world, &call(root(TENANT))), "implicit E resource");
    world.runtimes[0].endpoints[0].policy = one(to(allow(), account));
    assert_eq!(outcome(&world, &call(root(TENANT))), "allowed");
}

#[test]
fn endpoint_policies_filter() {
    let alice = json!({"AWS": "arn:aws:iam::111122223333:user/alice"});
    let signed = |policy: Value| {
        let mut world = granted();
        world.networks[0].policy = one(policy);
        outcome(&world, &through_vpc(call(user(OWNER))))
    };
    assert_eq!(signed(everyone(allow())), "allowed");
    assert_eq!(signed(to(allow(), alice.clone())), "allowed");
    assert_eq!(signed(to(allow(), json!({"AWS": OWNER}))), "allowed");
    assert_eq!(
        signed(to(allow(), json!({"AWS": TENANT}))),
        "implicit R endpoint"
    );
    assert_eq!(signed(everyone(deny())), "explicit R endpoint");
    let runtime_only = signed(everyone(say("Allow", INVOKE, R)));
    assert_eq!(runtime_only, "implicit E endpoint");

    // Bearers of tokens pass through "*" only (AC-166).
    let bearer = |policy: Value| {
        let mut world = granted();
        world.runtimes[0].authorizer = Authorizer::Jwt;
        world.networks[0].policy = one(policy);
        outcome(&world, &through_vpc(call(jwt())))
    };
    assert_eq!(bearer(everyone(allow())), "allowed");
    assert_eq!(bearer(to(allow(), alice)), "implicit R endpoint");
    assert_eq!(
        bearer(to(allow(), json!({"AWS": OWNER}))),
        "implicit R endpoint"
    );

    // It is asked only about what comes through it.
    let mut world = granted();
    world.networks[0].policy = one(everyone(deny()));
    assert_eq!(outcome(&world, &call(user(OWNER))), "allowed");
}

#[test]
fn the_user_id_header_asks_for_a_second_action() {
    let cases: [(Value, &str); 6] = [
        (json!([INVOKE, FOR_USER]), "allowed"),
        (json!("bedrock-agentcore:Invoke*"), "allowed"),
        (json!(INVOKE), "implicit R/ForUser identity"),
        (json!(FOR_USER), "implicit R identity"),
        (
            json!("bedrock-agentcore:StopRuntimeSession"),
            "implicit R identity",
        ),
        (json!([]), "implicit R identity"),
    ];
    for (actions, expected) in cases {
        let mut world = scene();
        world.users[0].policies = one(say("Allow", actions, "*")).into_iter().collect();
        assert_eq!(outcome(&world, &for_user(call(user(OWNER)))), expected);
    }
    // An explicit denial of the last pair goes before an implicit one of the first.
    let mut world = scene();
    world.users[0].policies = one(say("Deny", FOR_USER, E)).into_iter().collect();
    let header = for_user(call(user(OWNER)));
    assert_eq!(outcome(&world, &header), "explicit E/ForUser identity");
    assert_eq!(outcome(&world, &call(user(OWNER))), "implicit R identity");
}

#[test]
fn each_operation_asks_for_its_own_action() {
    use veriam_model::RuntimeOperation as Op;
    // Metadata is fetched without credentials.
    let is_signed = |op: &&Op| **op != Op::GetRuntimeProtectedResourceMetadata;
    for granted in Op::ALL.iter().filter(is_signed) {
        let mut world = scene();
        let action = format!("bedrock-agentcore:{}", granted.name());
        world.users[0].policies = one(say("Allow", action, "*")).into_iter().collect();
        for asked in Op::ALL.iter().filter(is_signed) {
            let mut call = call(user(OWNER));
            of_runtime(&mut call).operation = *asked;
            let allowed = outcome(&world, &call) == "allowed";
            assert_eq!(allowed, asked == granted, "{granted} {asked}");
        }
    }
}

#[test]
fn an_explicit_denial_is_by_every_type_that_denies() {
    let mut world = granted();
    joined(&mut world, false, &[&[allow()], &[deny()]]);
    let role = &mut world.roles[0];
    role.policies.push(one(deny()).unwrap());
    role.boundary = one(deny());
    let call = through_vpc(with_session_policy(deny()));
    world.runtimes[0].policy = one(everyone(deny()));
    world.networks[0].policy = one(everyone(deny()));
    let all = "explicit R identity+resource+boundary+session+scp+endpoint";
    assert_eq!(outcome(&world, &call), all);
    // A Deny elsewhere, or one that does not apply, is none of them.
    world.runtimes[0].policy = None;
    world.runtimes[0].endpoints[0].policy = one(everyone(deny()));
    let never = json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}});
    world.roles[0].boundary = one(under(deny(), never));
    let expected = "explicit R identity+session+scp+endpoint";
    assert_eq!(outcome(&world, &call), expected);
}

#[test]
fn an_implicit_denial_is_by_everything_that_does_not_allow() {
    let silent = || {
        let mut world = scene();
        joined(&mut world, false, &[&[other()]]);
        for role in &mut world.roles {
            role.policies = one(other()).into_iter().collect();
            role.boundary = one(other());
        }
        world.networks[0].policy = one(everyone(other()));
        world
    };
    let call = through_vpc(with_session_policy(other()));
    let mut world = silent();
    let expected = "implicit R identity+boundary+session+scp+endpoint";
    assert_eq!(outcome(&world, &call), expected);
    world.runtimes[0].policy = one(everyone(other()));
    let expected = "implicit R identity+resource+boundary+session+scp+endpoint";
    assert_eq!(outcome(&world, &call), expected);
    // Guards alone where the grant part allows: the resource policy names the session.
    let session = json!({"AWS": "arn:aws:sts::111122223333:assumed-role/app/s1"});
    world.runtimes[0].policy = one(to(allow(), session));
    assert_eq!(outcome(&world, &call), "implicit R scp+endpoint");
    // A grant to the role leaves what limits it, not the resource policy that names it.
    let role = json!({"AWS": "arn:aws:iam::111122223333:role/app"});
    world.runtimes[0].policy = one(to(allow(), role));
    let expected = "implicit R identity+boundary+session+scp+endpoint";
    assert_eq!(outcome(&world, &call), expected);
}
