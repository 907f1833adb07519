//! Sessions of roles (section 6.12 of the readings; AC-253 to AC-255, IAM-249 to IAM-252).

use serde_json::{Value, json};
use veriam_model::{AssumeRoleRequest, Call, Caller, Request, World};

use crate::scene::{OWNER, TENANT, jwt, policy, root, say, session, through_vpc, to, under, user};
use crate::whole::{
    asking, decided, everyone, grant, granted, refused, role_name, service, tags, whole,
};

const AGENTCORE: &str = "bedrock-agentcore.amazonaws.com";
const RUNTIME: &str = "arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/agent_a-AbCdEf0123";

fn assume(caller: Caller) -> Call {
    let role = role_name("exec");
    asking(caller, Request::AssumeRole(AssumeRoleRequest { role }))
}

fn trusting(mut world: World, statements: &[Value]) -> World {
    world.roles[2].trust = policy(statements);
    world
}

fn trust(principal: Value) -> Value {
    to(
        json!({"Effect": "Allow", "Action": "sts:AssumeRole"}),
        principal,
    )
}

fn denied(by: &str) -> String {
    format!("implicit sts:AssumeRole role/service/exec {by}")
}

#[test]
fn the_trust_policy_has_to_allow_even_at_home() {
    let alice = json!({"AWS": "arn:aws:iam::111122223333:user/alice"});
    let app = json!({"AWS": "arn:aws:iam::111122223333:role/app"});
    let account = json!({"AWS": OWNER});
    let lambda = json!({"Service": "lambda.amazonaws.com"});
    // Whom it trusts; what becomes of the user alice who may do everything, and of one who may do nothing.
    let rows = [
        (
            &alice,
            user(OWNER),
            "allowed".to_owned(),
            "allowed".to_owned(),
        ),
        (
            &app,
            session(OWNER),
            "allowed".to_owned(),
            "allowed".to_owned(),
        ),
        (
            &account,
            user(OWNER),
            "allowed".to_owned(),
            denied("identity"),
        ),
        (
            &app,
            user(OWNER),
            denied("resource"),
            denied("identity+resource"),
        ),
        (
            &lambda,
            user(OWNER),
            denied("resource"),
            denied("identity+resource"),
        ),
    ];
    for (principal, caller, rich, poor) in rows {
        let call = assume(caller);
        let world = |world| trusting(world, &[trust(principal.clone())]);
        assert_eq!(decided(&world(granted()), &call), rich, "{principal}");
        assert_eq!(decided(&world(whole()), &call), poor, "{principal}");
    }
}

#[test]
fn abroad_both_sides_allow() {
    let world = |world| trusting(world, &[trust(json!({"AWS": TENANT}))]);
    let call = assume(user(TENANT));
    assert_eq!(decided(&world(granted()), &call), "allowed");
    assert_eq!(decided(&world(whole()), &call), denied("identity"));
    assert_eq!(decided(&granted(), &call), denied("resource"));
}

/// IAM-252, whatever the policies say; by 6.15 of the readings for want of both sides.
#[test]
fn root_users_have_no_sessions_of_roles() {
    let all = trust(json!("*"));
    for account in [OWNER, TENANT] {
        let call = assume(root(account));
        let open = trusting(granted(), std::slice::from_ref(&all));
        assert_eq!(decided(&open, &call), denied("identity+resource"));
        let deny = everyone(json!({"Effect": "Deny", "Action": "*"}));
        let closed = trusting(granted(), &[deny]);
        assert_eq!(decided(&closed, &call), denied("identity+resource"));
    }
}

/// AC-253: the service itself, for a resource of the account.
#[test]
fn services_assume_the_roles_that_trust_them() {
    let condition = json!({
        "StringEquals": {"aws:SourceAccount": OWNER},
        "ArnLike": {"aws:SourceArn": "arn:aws:bedrock-agentcore:us-west-2:111122223333:*"},
    });
    let statement = under(trust(json!({"Service": AGENTCORE})), condition);
    let world = trusting(whole(), &[statement]);
    for (caller, expected) in [
        (
            service(AGENTCORE, Some((OWNER, RUNTIME))),
            "allowed".to_owned(),
        ),
        (
            service(AGENTCORE, Some((TENANT, RUNTIME))),
            denied("resource"),
        ),
        (
            service(
                AGENTCORE,
                Some((OWNER, "arn:aws:lambda:us-west-2:111122223333:function:f")),
            ),
            denied("resource"),
        ),
        (service(AGENTCORE, None), denied("resource")),
        (
            service("lambda.amazonaws.com", Some((OWNER, RUNTIME))),
            denied("resource"),
        ),
    ] {
        assert_eq!(
            decided(&world, &assume(caller.clone())),
            expected,
            "{caller:?}"
        );
    }
    let deny = under(
        everyone(json!({"Effect": "Deny", "Action": "sts:AssumeRole"})),
        json!({"Bool": {"aws:PrincipalIsAWSService": "true"}}),
    );
    let world = trusting(whole(), &[trust(json!({"Service": AGENTCORE})), deny]);
    let expected = "explicit sts:AssumeRole role/service/exec resource";
    assert_eq!(decided(&world, &assume(service(AGENTCORE, None))), expected);
}

#[test]
fn the_pair_is_about_the_role() {
    let mut world = trusting(whole(), &[trust(json!({"AWS": OWNER}))]);
    world.roles[2].tags = tags(&[("Kind", "execution")]);
    let arn = "arn:aws:iam::111122223333:role/service/exec";
    let kind = json!({"StringEquals": {"aws:ResourceTag/kind": "execution"}});
    grant(
        &mut world,
        &[under(say("Allow", "sts:AssumeRole", arn), kind)],
    );
    assert_eq!(decided(&world, &assume(user(OWNER))), "allowed");
    world.roles[2].tags = tags(&[]);
    assert_eq!(decided(&world, &assume(user(OWNER))), denied("identity"));
}

#[test]
fn roles_without_trust_policy_and_odd_callers_are_no_question() {
    let world = trusting(granted(), &[]);
    let member = "call.request.assume_role.role.name";
    assert_eq!(refused(&world, &assume(user(OWNER))), member);
    for caller in [jwt(), Caller::Anonymous] {
        assert_eq!(refused(&granted(), &assume(caller)), "call.caller");
    }
    let call = through_vpc(assume(user(OWNER)));
    assert_eq!(refused(&granted(), &call), "call.from");
}
