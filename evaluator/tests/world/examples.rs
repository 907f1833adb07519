//! The worked examples of the rules: cross-account tenants (X), callers singled out (A), bearers of tokens (O).

use serde_json::{Value, json};
use veriam_model::{Authorizer, Call, Caller, PolicyText, World};

use crate::scene::{
    E, FOR_USER, INVOKE, OWNER, R, TENANT, call, for_user, identity, jwt, outcome, policy, say,
    scene, session, session_of, through_vpc, to, under,
};

const TENANT_ROLE: &str = "arn:aws:iam::444455556666:role/app";
const ROLE_B: &str = "arn:aws:iam::111122223333:role/app";

/// A world where every role may do `actions` on `resources`, and runtime and endpoint have these policies.
fn world(actions: Value, resources: Value, own: [&[Value]; 2]) -> World {
    let mut world = scene();
    world.roles.push(identity(OWNER, "admin", "AROAADMIN"));
    for role in &mut world.roles {
        role.policies = statements(&[say("Allow", actions.clone(), resources.clone())]);
    }
    world.runtimes[0].policy = policy(own[0]);
    world.runtimes[0].endpoints[0].policy = policy(own[1]);
    world
}

fn statements(statements: &[Value]) -> Vec<PolicyText> {
    policy(statements).into_iter().collect()
}

fn grant(action: impl Into<Value>, resource: &str) -> Value {
    to(say("Allow", action, resource), json!({"AWS": TENANT_ROLE}))
}

#[test]
fn tenants_of_other_accounts() {
    let tenant = || call(session(TENANT));
    let both = json!([R, E]);
    let x1 = [grant(INVOKE, R)];
    let e1 = [grant(INVOKE, E)];
    let outside = json!({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}});
    let deny = to(say("Deny", INVOKE, R), json!({"AWS": TENANT_ROLE}));
    let x3 = [grant(INVOKE, R), under(deny, outside)];
    let actions = json!([INVOKE, FOR_USER]);
    let x7 = [grant(actions.clone(), R)];
    let e7 = [grant(actions.clone(), E)];
    let plain = |own| world(json!(INVOKE), both.clone(), own);
    let examples: [(&str, World, Call, &str); 7] = [
        ("X1", plain([&x1, &e1]), tenant(), "allowed"),
        ("X2", plain([&x1, &[]]), tenant(), "implicit E resource"),
        ("X3", plain([&x3, &e1]), through_vpc(tenant()), "allowed"),
        ("X4", plain([&x3, &e1]), tenant(), "explicit R resource"),
        (
            "X5",
            world(json!(INVOKE), json!(R), [&x1, &e1]),
            tenant(),
            "implicit E identity",
        ),
        (
            "X6",
            plain([&x1, &e1]),
            for_user(tenant()),
            "implicit R/ForUser identity+resource",
        ),
        (
            "X7",
            world(actions, both.clone(), [&x7, &e7]),
            for_user(tenant()),
            "allowed",
        ),
    ];
    for (name, world, call, expected) in examples {
        assert_eq!(outcome(&world, &call), expected, "{name}");
    }
}

#[test]
fn callers_singled_out_within_the_account() {
    let any = json!([R, E]);
    let except = |operator: &str, resource| {
        let condition = json!({ operator: {"aws:PrincipalArn": ROLE_B} });
        under(say("Deny", INVOKE, resource), condition)
    };
    let a1 = [to(except("StringNotEquals", E), json!("*"))];
    let a2 = [
        to(say("Allow", INVOKE, R), json!({"AWS": ROLE_B})),
        to(except("ArnNotEquals", R), json!({"AWS": "*"})),
    ];
    let app = || call(session(OWNER));
    let admin = || call(session_of(OWNER, "admin"));
    let a1 = world(json!(INVOKE), any.clone(), [&[], &a1]);
    let a2 = world(json!(INVOKE), any, [&a2, &[]]);
    assert_eq!(outcome(&a1, &app()), "allowed", "A1a");
    assert_eq!(outcome(&a1, &admin()), "explicit E resource", "A1b");
    assert_eq!(outcome(&a2, &app()), "allowed", "A2");
    assert_eq!(outcome(&a2, &admin()), "explicit R resource", "A3");
}

#[test]
fn bearers_of_tokens() {
    let within = json!({"StringEquals": {"aws:SourceVpc": "vpc-1"}});
    let o1 = [under(to(say("Allow", INVOKE, R), json!("*")), within)];
    let o3 = [to(say("Allow", INVOKE, R), json!({"AWS": ROLE_B}))];
    let with = |own| {
        let mut world = world(json!(INVOKE), json!([R, E]), [own, &[]]);
        world.runtimes[0].authorizer = Authorizer::Jwt;
        world
    };
    let bearer = || call(jwt());
    assert_eq!(outcome(&with(&o1), &through_vpc(bearer())), "allowed", "O1");
    assert_eq!(outcome(&with(&o1), &bearer()), "implicit R resource", "O2");
    assert_eq!(outcome(&with(&o3), &bearer()), "implicit R resource", "O3");
    assert_eq!(outcome(&with(&[]), &bearer()), "allowed", "O4");
    for own in [&o1[..], &o3, &[]] {
        let nobody = through_vpc(call(Caller::Anonymous));
        assert_eq!(outcome(&with(own), &nobody), "unauthenticated", "O5");
    }
}
