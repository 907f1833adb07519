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
    asking(caller, Request::AssumeRole(AssumeRoleRequest::of(role)))
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

/// What is passed asks for an action of its own (IAM-254), which knows only some of the keys (6.12 of the readings).
#[test]
fn what_is_passed_has_to_be_allowed_as_well() {
    let request = |change: fn(&mut AssumeRoleRequest)| {
        let mut request = AssumeRoleRequest::of(role_name("exec"));
        change(&mut request);
        asking(user(OWNER), Request::AssumeRole(request))
    };
    let plain = request(|_| {});
    let named = request(|r| {
        r.session = Some("build-42".to_owned());
        r.external_id = Some("Unique-ID-42".to_owned());
    });
    let tagged = request(|r| r.tags = tags(&[("Team", "red")]));
    let handed_on = request(|r| {
        r.tags = tags(&[("Team", "red")]);
        r.transitive = vec!["Team".to_owned()];
    });
    let both = request(|r| {
        r.external_id = Some("Unique-ID-42".to_owned());
        r.tags = tags(&[("Team", "red")]);
        r.source_identity = Some("alice".to_owned());
    });
    let assume = json!(["sts:AssumeRole"]);
    let tag = json!(["sts:AssumeRole", "sts:TagSession"]);
    let all = json!("sts:*");
    let is = |key: &str, value: &str| json!({"StringEquals": {key: value}});
    let external = is("sts:ExternalId", "Unique-ID-42");
    let red = is("aws:RequestTag/team", "red");
    let keys = json!({"ForAnyValue:StringEquals": {"aws:TagKeys": "Team"}});
    let handed = json!({"ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "Team"}});
    let alice = is("sts:SourceIdentity", "alice");
    let own = is("aws:SourceIdentity", "alice");
    let none = json!({});
    for (actions, condition, call, expected) in [
        (&assume, &none, &plain, "allowed"),
        (&assume, &none, &named, "allowed"),
        (&assume, &none, &tagged, "sts:TagSession"),
        (&tag, &none, &tagged, "allowed"),
        (&tag, &none, &both, "sts:SetSourceIdentity"),
        (&all, &none, &both, "allowed"),
        (
            &assume,
            &is("sts:RoleSessionName", "build-42"),
            &named,
            "allowed",
        ),
        (
            &assume,
            &is("sts:RoleSessionName", "build"),
            &named,
            "sts:AssumeRole",
        ),
        (&assume, &external, &named, "allowed"),
        (&assume, &external, &plain, "sts:AssumeRole"),
        // Neither of the others knows the external id.
        (&all, &external, &both, "sts:TagSession"),
        (&tag, &red, &tagged, "allowed"),
        (&tag, &keys, &tagged, "allowed"),
        (&tag, &handed, &handed_on, "allowed"),
        (&tag, &handed, &tagged, "sts:AssumeRole"),
        // Tags are no matter of the source identity, and the other way round.
        (&all, &red, &both, "sts:SetSourceIdentity"),
        (&all, &alice, &both, "sts:TagSession"),
        (&all, &own, &both, "sts:AssumeRole"),
    ] {
        let statement = to(
            json!({"Effect": "Allow", "Action": actions, "Condition": condition}),
            json!({"AWS": "arn:aws:iam::111122223333:user/alice"}),
        );
        let world = trusting(granted(), &[statement]);
        let expected = match expected {
            "allowed" => expected.to_owned(),
            action => format!("implicit {action} role/service/exec resource"),
        };
        assert_eq!(
            decided(&world, call),
            expected,
            "{actions} {condition} {call:?}"
        );
    }
}

#[test]
fn what_no_request_for_a_session_says_is_no_question() {
    let refused = |change: fn(&mut AssumeRoleRequest)| {
        let mut request = AssumeRoleRequest::of(role_name("exec"));
        change(&mut request);
        let call = asking(user(OWNER), Request::AssumeRole(request));
        refused(&granted(), &call)
    };
    for (member, place) in [
        (refused(|r| r.session = Some(String::new())), "session"),
        (
            refused(|r| r.source_identity = Some("a b".to_owned())),
            "source_identity",
        ),
        (
            refused(|r| r.transitive = vec!["Team".to_owned()]),
            "transitive",
        ),
    ] {
        assert_eq!(member, format!("call.request.assume_role.{place}"));
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
