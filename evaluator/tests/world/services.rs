//! Services as callers (section 6.2 of the readings; AC-138, IAM-114, IAM-263, IAM-287, IAM-288).

use serde_json::{Value, json};
use veriam_model::{Caller, Membership, World};

use crate::scene::{OWNER, TENANT, policy, say, through_vpc, to, under};
use crate::whole::{arn, decided, everyone, refused, service, to_gateway, whole};

const LAMBDA: &str = "lambda.amazonaws.com";
const FUNCTION: &str = "arn:aws:lambda:us-west-2:111122223333:function:f";
const DENIED: &str = "implicit InvokeGateway gateway/tools-abcdef0123 resource";

fn owned(statements: &[Value]) -> World {
    let mut world = whole();
    world.gateways[0].policy = policy(statements);
    world
}

fn allow(principal: Value) -> Value {
    let gateway = arn("gateway/tools-abcdef0123");
    to(
        say("Allow", "bedrock-agentcore:InvokeGateway", gateway),
        principal,
    )
}

fn lambda() -> Caller {
    service(LAMBDA, Some((OWNER, FUNCTION)))
}

#[test]
fn the_gateways_policy_names_them() {
    let call = to_gateway(lambda());
    for (principal, expected) in [
        (json!({"Service": LAMBDA}), "allowed"),
        (json!({"Service": ["s3.amazonaws.com", LAMBDA]}), "allowed"),
        (json!({"Service": "s3.amazonaws.com"}), DENIED),
        (json!("*"), "allowed"),
        (json!({"AWS": OWNER}), DENIED),
        // IAM-103, by default.
        (json!({"AWS": "*"}), DENIED),
    ] {
        let world = owned(&[allow(principal.clone())]);
        assert_eq!(decided(&world, &call), expected, "{principal}");
    }
    assert_eq!(decided(&whole(), &call), DENIED);
}

/// AC-138: the confused deputy.
#[test]
fn conditions_hold_them_to_what_they_act_for() {
    let condition = json!({
        "StringEquals": {"aws:SourceAccount": OWNER},
        "ArnLike": {"aws:SourceArn": "arn:aws:lambda:*:111122223333:function:*"},
    });
    let world = owned(&[under(allow(json!({"Service": LAMBDA})), condition)]);
    let other = "arn:aws:lambda:us-west-2:444455556666:function:f";
    for (source, expected) in [
        (Some((OWNER, FUNCTION)), "allowed"),
        (Some((TENANT, FUNCTION)), DENIED),
        (Some((OWNER, other)), DENIED),
        (None, DENIED),
    ] {
        let call = to_gateway(service(LAMBDA, source));
        assert_eq!(decided(&world, &call), expected, "{source:?}");
    }
}

/// A condition, and whether it holds for a function of an account in an organization.
#[test]
fn their_keys_are_their_own() {
    let rows = [
        (json!({"Bool": {"aws:PrincipalIsAWSService": "true"}}), true),
        (
            json!({"StringEquals": {"aws:PrincipalServiceName": LAMBDA}}),
            true,
        ),
        (
            json!({"ForAnyValue:StringEquals": {"aws:PrincipalServiceNamesList": LAMBDA}}),
            true,
        ),
        (json!({"Bool": {"aws:ViaAWSService": "false"}}), true),
        (json!({"StringEquals": {"aws:SourceAccount": OWNER}}), true),
        (json!({"ArnEquals": {"aws:SourceArn": FUNCTION}}), true),
        (
            json!({"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}),
            true,
        ),
        (
            json!({"ForAnyValue:StringEquals": {"aws:SourceOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-ab12-1/"}}),
            true,
        ),
        (
            json!({"StringEquals": {"aws:ResourceAccount": OWNER}}),
            true,
        ),
        (
            json!({"StringEquals": {"aws:RequestedRegion": "us-west-2"}}),
            true,
        ),
        (json!({"Bool": {"aws:SecureTransport": "true"}}), true),
        (json!({"Null": {"aws:SourceIp": "true"}}), true),
        (json!({"Null": {"aws:SourceVpc": "true"}}), true),
        (json!({"Null": {"aws:PrincipalArn": "true"}}), true),
        (json!({"Null": {"aws:PrincipalAccount": "true"}}), true),
        (json!({"Null": {"aws:PrincipalOrgID": "true"}}), true),
        (json!({"Null": {"aws:userid": "true"}}), true),
        (json!({"Null": {"aws:CalledVia": "true"}}), true),
        (json!({"Null": {"aws:TokenIssueTime": "true"}}), true),
    ];
    for (condition, holds) in rows {
        let statement = under(allow(json!({"Service": LAMBDA})), condition.clone());
        let mut world = owned(&[statement]);
        world.accounts[0].organization = Some(Membership {
            id: "o-a1b2c3d4e5".to_owned(),
            path: vec!["r-ab12".to_owned(), "ou-ab12-1".to_owned()],
            management: false,
            // Levels without an Allow: services are not bound (IAM-235).
            scps: vec![vec![]],
            rcps: Vec::new(),
        });
        let expected = if holds { "allowed" } else { DENIED };
        let call = to_gateway(lambda());
        assert_eq!(decided(&world, &call), expected, "{condition}");
    }
}

/// IAM-104: unless a condition exempts them, a Deny to everyone reaches services.
#[test]
fn a_deny_to_everyone_is_for_them_too() {
    let deny = everyone(say("Deny", "*", "*"));
    let exempt = json!({"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}});
    let denied = "explicit InvokeGateway gateway/tools-abcdef0123 resource";
    let call = to_gateway(lambda());
    let allow = || allow(json!({"Service": LAMBDA}));
    assert_eq!(decided(&owned(&[allow(), deny.clone()]), &call), denied);
    let world = owned(&[allow(), under(deny, exempt)]);
    assert_eq!(decided(&world, &call), "allowed");
}

#[test]
fn names_and_ways_of_services() {
    let world = owned(&[allow(json!("*"))]);
    let odd = to_gateway(service("lambda", None));
    let member = "call.caller.service.service";
    assert_eq!(refused(&world, &odd), member);
    let unknown = to_gateway(service(LAMBDA, Some(("999999999999", FUNCTION))));
    let member = "call.caller.service.source_account";
    assert_eq!(refused(&world, &unknown), member);
    assert_eq!(
        refused(&world, &through_vpc(to_gateway(lambda()))),
        "call.from"
    );
    let runtime = crate::scene::call(lambda());
    assert_eq!(refused(&world, &runtime), "call.caller");
}
