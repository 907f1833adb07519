//! Other services (sections 6.13 and 6.15 of the readings; AC-137, AC-263 to AC-268, IAM-102, IAM-255 to IAM-261).

use serde_json::{Value, json};
use veriam_model::{
    Call, Caller, Context, Dialect, Membership, OtherRequest, PolicyText, Request, World,
    readings::AlwaysAllowed,
};

use crate::scene::{OWNER, TENANT, jwt, policy, root, say, session, through_vpc, to, under, user};
use crate::whole::{
    BUCKET, KEY, asking, decided, decided_in, everyone, grant, granted, of_other, refused, service,
    tags, whole,
};

fn ask(caller: Caller, action: &str, resource: &str) -> Call {
    asking(caller, Request::Other(of_other(action, resource)))
}

fn via(caller: Caller, action: &str, resource: &str) -> Call {
    let request = OtherRequest {
        via: Some("bedrock-agentcore.amazonaws.com".to_owned()),
        ..of_other(action, resource)
    };
    asking(caller, Request::Other(request))
}

fn keyed(mut world: World, statements: &[Value]) -> World {
    world.others[0].policy = policy(statements);
    world
}

fn bucket(mut world: World, statements: &[Value]) -> World {
    world.others[1].policy = policy(statements);
    world
}

/// IAM-255, IAM-256.
#[test]
fn keys_need_their_policy() {
    let denied = |by: &str| format!("implicit kms:Decrypt key/k1 {by}");
    let decrypt = |principal| to(say("Allow", "kms:Decrypt", "*"), principal);
    let account = || decrypt(json!({"AWS": OWNER}));
    let alice = || decrypt(json!({"AWS": "arn:aws:iam::111122223333:user/alice"}));
    let rows: [(&[Value], &str, &str, &str); 4] = [
        (&[], "resource", "identity+resource", "resource"),
        (&[account()], "", "identity", ""),
        (&[alice()], "", "", "resource"),
        (
            &[decrypt(json!({"AWS": TENANT}))],
            "resource",
            "identity+resource",
            "resource",
        ),
    ];
    for (statements, rich, poor, of_root) in rows {
        let expect = |by: &str| match by {
            "" => "allowed".to_owned(),
            by => denied(by),
        };
        let call = ask(user(OWNER), "kms:Decrypt", KEY);
        let world = |world| keyed(world, statements);
        assert_eq!(decided(&world(granted()), &call), expect(rich));
        assert_eq!(decided(&world(whole()), &call), expect(poor));
        let call = ask(root(OWNER), "kms:Decrypt", KEY);
        assert_eq!(decided(&world(whole()), &call), expect(of_root));
    }
    // A key of which the world says nothing has none.
    let unknown = "arn:aws:kms:us-west-2:111122223333:key/k2";
    let call = ask(user(OWNER), "kms:Decrypt", unknown);
    let expected = "implicit kms:Decrypt key/k2 resource";
    assert_eq!(decided(&granted(), &call), expected);
    // An action without a key follows the identity policy.
    let call = ask(user(OWNER), "kms:ListKeys", "*");
    assert_eq!(decided(&granted(), &call), "allowed");
    assert_eq!(decided(&whole(), &call), "implicit kms:ListKeys * identity");
}

#[test]
fn owners_are_those_the_world_or_the_request_names() {
    let denied = |by: &str| format!("implicit s3:GetObject bucket/x {by}");
    let object = "arn:aws:s3:::bucket/x";
    let call = |account: Option<&str>| {
        let request = OtherRequest {
            account: account.map(str::to_owned),
            ..of_other("s3:GetObject", object)
        };
        asking(user(TENANT), Request::Other(request))
    };
    assert_eq!(decided(&granted(), &call(None)), "allowed");
    assert_eq!(decided(&granted(), &call(Some(TENANT))), "allowed");
    assert_eq!(decided(&granted(), &call(Some(OWNER))), denied("resource"));
    let tenant = ask(user(TENANT), "s3:ListBucket", BUCKET);
    let expected = "implicit s3:ListBucket bucket resource";
    assert_eq!(decided(&granted(), &tenant), expected);
    let allow = to(say("Allow", "s3:*", BUCKET), json!({"AWS": TENANT}));
    assert_eq!(decided(&bucket(granted(), &[allow]), &tenant), "allowed");
    // The world knows the owner better.
    let request = OtherRequest {
        account: Some(TENANT.to_owned()),
        ..of_other("s3:ListBucket", BUCKET)
    };
    let call = asking(user(TENANT), Request::Other(request));
    assert_eq!(refused(&granted(), &call), "call.request.other.account");
}

/// The keys that a request carries, and what is derived.
#[test]
fn keys_of_the_service_and_of_the_way() {
    let mut keys = Context::new();
    let host = "bedrock-agentcore.us-west-2.amazonaws.com".to_owned();
    keys.insert("kms:ViaService", vec![host]).unwrap();
    let values = ["a", "b"].map(str::to_owned).to_vec();
    keys.insert("kms:EncryptionContextKeys", values).unwrap();
    let request = |via: bool| {
        let request = OtherRequest {
            keys: keys.clone(),
            via: via.then(|| "bedrock-agentcore.amazonaws.com".to_owned()),
            ..of_other("kms:CreateGrant", KEY)
        };
        asking(user(OWNER), Request::Other(request))
    };
    let allowed = |condition: &Value, call: &Call| {
        let account = to(say("Allow", "kms:*", "*"), json!({"AWS": OWNER}));
        let mut world = keyed(whole(), &[account]);
        world.others[0].tags = tags(&[("Team", "blue")]);
        grant(
            &mut world,
            &[under(say("Allow", "*", "*"), condition.clone())],
        );
        decided(&world, call) == "allowed"
    };
    // A condition, and whether it holds for the caller alone and through the service (IAM-268, IAM-285, IAM-286).
    let service = "bedrock-agentcore.amazonaws.com";
    for (condition, alone, forwarded) in [
        (
            json!({"StringLike": {"kms:viaservice": "bedrock-agentcore.*.amazonaws.com"}}),
            true,
            true,
        ),
        (
            json!({"ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": "b"}}),
            true,
            true,
        ),
        (
            json!({"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": "b"}}),
            false,
            false,
        ),
        (
            json!({"StringEquals": {"aws:ResourceTag/Team": "blue"}}),
            true,
            true,
        ),
        (json!({"Bool": {"aws:ViaAWSService": "true"}}), false, true),
        (json!({"Bool": {"aws:ViaAWSService": "false"}}), true, false),
        (
            json!({"ForAnyValue:StringEquals": {"aws:CalledVia": service}}),
            false,
            true,
        ),
        (
            json!({"StringEquals": {"aws:CalledViaFirst": service}}),
            false,
            true,
        ),
        (
            json!({"StringEquals": {"aws:CalledViaLast": service}}),
            false,
            true,
        ),
        // The service asks from its own network, with the caller's credentials.
        (
            json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
            true,
            false,
        ),
        (json!({"Null": {"aws:SourceIp": "true"}}), false, true),
        (
            json!({"StringEquals": {"aws:username": "alice"}}),
            true,
            true,
        ),
        (
            json!({"Bool": {"aws:PrincipalIsAWSService": "false"}}),
            true,
            true,
        ),
        (json!({"Null": {"aws:SourceAccount": "true"}}), true, true),
        (
            json!({"Null": {"kms:GrantIsForAWSResource": "true"}}),
            true,
            true,
        ),
    ] {
        assert_eq!(allowed(&condition, &request(false)), alone, "{condition}");
        assert_eq!(
            allowed(&condition, &request(true)),
            forwarded,
            "{condition}"
        );
    }
}

/// AC-137, AC-263: a service that uses the caller's rights needs them.
#[test]
fn forwarded_requests_need_the_callers_permissions() {
    let account = to(say("Allow", "kms:*", "*"), json!({"AWS": OWNER}));
    let world = |world| keyed(world, std::slice::from_ref(&account));
    let call = via(user(OWNER), "kms:CreateGrant", KEY);
    assert_eq!(decided(&world(granted()), &call), "allowed");
    let denied = "implicit kms:CreateGrant key/k1 identity";
    assert_eq!(decided(&world(whole()), &call), denied);
    let never_via = under(
        say("Deny", "*", "*"),
        json!({"Bool": {"aws:ViaAWSService": "true"}}),
    );
    let mut world = world(granted());
    grant(&mut world, &[say("Allow", "*", "*"), never_via]);
    let denied = "explicit kms:CreateGrant key/k1 identity";
    assert_eq!(decided(&world, &call), denied);
    assert_eq!(
        decided(&world, &ask(user(OWNER), "kms:CreateGrant", KEY)),
        "allowed"
    );
}

fn joined(mut world: World, scps: Vec<PolicyText>, rcps: Vec<PolicyText>) -> World {
    for account in &mut world.accounts {
        account.organization = Some(Membership {
            id: format!("o-{}", account.id),
            path: vec!["r-ab12".to_owned()],
            management: false,
            scps: vec![scps.clone()],
            rcps: vec![rcps.clone()],
        });
    }
    world
}

fn full() -> Vec<PolicyText> {
    policy(&[say("Allow", "*", "*")]).into_iter().collect()
}

/// Resource control policies reach services besides AgentCore (AC-136).
#[test]
fn control_policies_of_the_owner_reach_other_services() {
    let deny = policy(&[everyone(say("Deny", "s3:*", "*"))]);
    let world = |rcps: Option<PolicyText>| {
        let all = policy(&[everyone(say("Allow", "*", "*"))]);
        let rcps = all.into_iter().chain(rcps).collect();
        let allow = everyone(say("Allow", "s3:*", BUCKET));
        bucket(joined(granted(), full(), rcps), &[allow])
    };
    for caller in [
        user(OWNER),
        user(TENANT),
        service("logs.amazonaws.com", None),
    ] {
        let call = ask(caller, "s3:ListBucket", BUCKET);
        assert_eq!(decided(&world(None), &call), "allowed");
        let denied = "explicit s3:ListBucket bucket rcp";
        assert_eq!(decided(&world(deny.clone()), &call), denied);
    }
    // Roles are not among them, though STS is.
    let call = ask(
        user(OWNER),
        "iam:GetRole",
        "arn:aws:iam::111122223333:role/app",
    );
    assert_eq!(decided(&world(deny), &call), "allowed");
}

/// IAM-260 and section 2.6 of the readings.
#[test]
fn some_calls_of_sts_need_no_permission() {
    let deny = || say("Deny", "*", "*");
    let guarded = Dialect::default().with(AlwaysAllowed::Guarded);
    let mut closed = whole();
    grant(&mut closed, &[deny()]);
    let silent = joined(closed.clone(), Vec::new(), Vec::new());
    let refusing = joined(
        closed.clone(),
        policy(&[deny()]).into_iter().collect(),
        Vec::new(),
    );
    for (action, callers) in [
        (
            "sts:GetCallerIdentity",
            vec![user(OWNER), session(OWNER), root(OWNER)],
        ),
        ("sts:GetSessionToken", vec![user(OWNER), root(OWNER)]),
    ] {
        for caller in callers {
            let call = ask(caller, action, "*");
            for world in [&closed, &silent, &refusing] {
                assert_eq!(decided(world, &call), "allowed", "{action}");
            }
            assert_eq!(decided_in(&closed, &call, &guarded), "allowed");
            let by_silence = format!("implicit {action} * scp");
            assert_eq!(decided_in(&silent, &call, &guarded), by_silence);
            let denied = format!("explicit {action} * scp");
            assert_eq!(decided_in(&refusing, &call, &guarded), denied);
        }
    }
    let call = ask(session(OWNER), "sts:GetSessionToken", "*");
    let denied = "explicit sts:GetSessionToken * identity";
    assert_eq!(decided(&closed, &call), denied);
    let call = ask(
        service("lambda.amazonaws.com", None),
        "sts:GetCallerIdentity",
        "*",
    );
    assert_eq!(refused(&closed, &call), "call.request.other.account");
}

/// IAM-102, and what 6.15 of the readings says of it.
#[test]
fn nothing_crosses_partitions() {
    let call = ask(
        user(OWNER),
        "sqs:SendMessage",
        "arn:aws-cn:sqs:cn-north-1:111122223333:q",
    );
    let denied = "implicit sqs:SendMessage q identity+resource";
    assert_eq!(decided(&granted(), &call), denied);
    let mut world = granted();
    grant(&mut world, &[say("Deny", "*", "*")]);
    assert_eq!(decided(&world, &call), denied);
}

/// IAM-261.
#[test]
fn the_owners_root_reaches_the_policy_of_its_bucket() {
    let world = bucket(whole(), &[everyone(say("Deny", "s3:*", BUCKET))]);
    for (action, expected) in [
        ("s3:PutBucketPolicy", "allowed"),
        ("s3:DeleteBucketPolicy", "allowed"),
        ("s3:ListBucket", "explicit s3:ListBucket bucket resource"),
    ] {
        assert_eq!(decided(&world, &ask(root(OWNER), action, BUCKET)), expected);
    }
    let call = ask(root(TENANT), "s3:GetBucketPolicy", BUCKET);
    let denied = "explicit s3:GetBucketPolicy bucket resource";
    assert_eq!(decided(&world, &call), denied);
}

#[test]
fn requests_name_an_action_of_another_service_and_its_own_keys() {
    let mut keys = Context::new();
    keys.insert("aws:SourceIp", vec![]).unwrap();
    let with_key = OtherRequest {
        keys,
        ..of_other("s3:ListBucket", BUCKET)
    };
    let odd_via = OtherRequest {
        via: Some("agentcore".to_owned()),
        ..of_other("s3:ListBucket", BUCKET)
    };
    let rows = [
        (of_other("bedrock-agentcore:InvokeGateway", "*"), "action"),
        (of_other("BEDROCK-AGENTCORE:x", "*"), "action"),
        (of_other("s3", "*"), "action"),
        (of_other("s3:ListBucket", "bucket"), "resource"),
        (of_other("s3:ListBucket", "arn:aws:s3:::"), ""),
        (of_other("s3:ListBucket", "arn:aws:s3"), "resource"),
        (with_key, "keys"),
        (odd_via, "via"),
    ];
    for (request, member) in rows {
        let call = asking(user(OWNER), Request::Other(request));
        if member.is_empty() {
            assert_eq!(decided(&granted(), &call), "allowed");
            continue;
        }
        let expected = format!("call.request.other.{member}");
        assert_eq!(refused(&granted(), &call), expected, "{call:?}");
    }
    for caller in [jwt(), Caller::Anonymous] {
        let call = ask(caller, "s3:ListBucket", BUCKET);
        assert_eq!(refused(&granted(), &call), "call.caller");
    }
    let call = through_vpc(ask(user(OWNER), "s3:ListBucket", BUCKET));
    assert_eq!(refused(&granted(), &call), "call.from");
}
