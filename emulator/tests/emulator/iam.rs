//! IAM and STS over HTTP.

use veriam_emulator::{Config, Emulator};

use crate::support::who::{Who, leaf};

pub const ACCOUNT: &str = "111122223333";
pub const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
pub const LIST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:List*","Resource":"*"}}"#;
pub const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}"#;

pub fn start() -> Emulator {
    Emulator::start(Config::default()).unwrap()
}

pub fn code(reply: &crate::support::client::Reply) -> (u16, String) {
    (
        reply.status,
        leaf(&reply.text(), "Code").unwrap_or_default(),
    )
}

#[test]
fn users_roles_and_policies_are_made_read_and_removed() {
    let emulator = start();
    let mut root = Who::bootstrap(emulator.address(), ACCOUNT);
    for (kind, extra) in [
        ("User", vec![]),
        ("Role", vec![("AssumeRolePolicyDocument", TRUST)]),
    ] {
        let name = format!("{kind}Name");
        let named = [(name.as_str(), "x")];
        let with = |more: &[(&'static str, &'static str)]| -> Vec<(String, String)> {
            named
                .iter()
                .chain(more)
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect()
        };
        let mut done = |action: &str, more: &[(&'static str, &'static str)]| {
            let all = with(more);
            let all: Vec<(&str, &str)> =
                all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            root.done("iam", &action.replace('X', kind), &all)
        };
        let arn = "arn:aws:iam::111122223333:policy/p";
        let made = done("CreateX", &extra);
        let expected = format!("arn:aws:iam::111122223333:{}/x", kind.to_lowercase());
        assert_eq!(leaf(&made, "Arn"), Some(expected));
        done(
            "PutXPolicy",
            &[("PolicyName", "i"), ("PolicyDocument", ALLOW)],
        );
        let read = done("GetXPolicy", &[("PolicyName", "i")]);
        assert!(
            leaf(&read, "PolicyDocument")
                .unwrap()
                .starts_with("%7B%22Version"),
            "{read}"
        );
        assert!(done("ListXPolicies", &[]).contains("<member>i</member>"));
        done(
            "TagX",
            &[
                ("Tags.member.1.Key", "team"),
                ("Tags.member.1.Value", "a & b"),
            ],
        );
        assert_eq!(leaf(&done("ListXTags", &[]), "Value").unwrap(), "a & b");
        done(
            "TagX",
            &[("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "c")],
        );
        assert_eq!(done("GetX", &[]).matches("<Key>").count(), 1);
        done("UntagX", &[("TagKeys.member.1", "Team")]);
        assert!(!done("GetX", &[]).contains("<Key>"));
        let mut root = Who::bootstrap(emulator.address(), ACCOUNT);
        root.done(
            "iam",
            "CreatePolicy",
            &[("PolicyName", "p"), ("PolicyDocument", LIST)],
        );
        done("AttachXPolicy", &[("PolicyArn", arn)]);
        done("PutXPermissionsBoundary", &[("PermissionsBoundary", arn)]);
        assert_eq!(
            leaf(&done("ListAttachedXPolicies", &[]), "PolicyArn").as_deref(),
            Some(arn)
        );
        assert_eq!(
            leaf(&done("GetX", &[]), "PermissionsBoundaryArn").as_deref(),
            Some(arn)
        );
        let (held, own) = {
            let state = emulator.core();
            let state = state.read();
            let all = if kind == "User" {
                &state.world().users
            } else {
                &state.world().roles
            };
            (all[0].policies.len(), all[0].boundary.is_some())
        };
        assert_eq!((held, own), (2, true));
        let refused = root.query("iam", &format!("Delete{kind}"), &named);
        assert_eq!(code(&refused), (409, "DeleteConflict".to_owned()));
        let refused = root.query("iam", "DeletePolicy", &[("PolicyArn", arn)]);
        assert_eq!(code(&refused), (409, "DeleteConflict".to_owned()));
        done("DeleteXPermissionsBoundary", &[]);
        done("DetachXPolicy", &[("PolicyArn", arn)]);
        done("DeleteXPolicy", &[("PolicyName", "i")]);
        done("DeleteX", &[]);
        root.done("iam", "DeletePolicy", &[("PolicyArn", arn)]);
        let gone = root.query("iam", &format!("Get{kind}"), &named);
        assert_eq!(code(&gone), (404, "NoSuchEntity".to_owned()));
    }
}

/// Service, action, parameters, status and code.
type Row<'r> = (&'r str, &'r str, &'r [(&'r str, &'r str)], u16, &'r str);

#[test]
fn what_iam_and_sts_refuse_has_the_code_of_aws() {
    let emulator = start();
    let mut root = Who::bootstrap(emulator.address(), ACCOUNT);
    root.done("iam", "CreateUser", &[("UserName", "alice")]);
    let rows: &[Row<'_>] = &[
        (
            "iam",
            "CreateUser",
            &[("UserName", "alice")],
            409,
            "EntityAlreadyExists",
        ),
        ("iam", "CreateUser", &[], 400, "ValidationError"),
        (
            "iam",
            "CreateUser",
            &[("UserName", "a/b")],
            400,
            "ValidationError",
        ),
        (
            "iam",
            "CreateUser",
            &[("UserName", "b"), ("Path", "x")],
            400,
            "ValidationError",
        ),
        (
            "iam",
            "CreateUser",
            &[
                ("UserName", "b"),
                (
                    "PermissionsBoundary",
                    "arn:aws:iam::111122223333:policy/none",
                ),
            ],
            404,
            "NoSuchEntity",
        ),
        (
            "iam",
            "CreateRole",
            &[("RoleName", "r")],
            400,
            "ValidationError",
        ),
        (
            "iam",
            "CreateRole",
            &[("RoleName", "r"), ("AssumeRolePolicyDocument", ALLOW)],
            400,
            "MalformedPolicyDocument",
        ),
        (
            "iam",
            "PutUserPolicy",
            &[
                ("UserName", "alice"),
                ("PolicyName", "p"),
                ("PolicyDocument", "{}"),
            ],
            400,
            "MalformedPolicyDocument",
        ),
        (
            "iam",
            "PutUserPolicy",
            &[
                ("UserName", "bob"),
                ("PolicyName", "p"),
                ("PolicyDocument", ALLOW),
            ],
            404,
            "NoSuchEntity",
        ),
        (
            "iam",
            "AttachUserPolicy",
            &[
                ("UserName", "alice"),
                ("PolicyArn", "arn:aws:iam::111122223333:policy/none"),
            ],
            404,
            "NoSuchEntity",
        ),
        (
            "iam",
            "DeleteAccessKey",
            &[("UserName", "alice"), ("AccessKeyId", "AKIANONE")],
            404,
            "NoSuchEntity",
        ),
        ("iam", "LaunchRockets", &[], 400, "InvalidAction"),
        (
            "sts",
            "AssumeRole",
            &[
                ("RoleArn", "arn:aws:iam::111122223333:role/none"),
                ("RoleSessionName", "s1"),
            ],
            403,
            "AccessDenied",
        ),
        (
            "sts",
            "GetFederationToken",
            &[("Name", "alice")],
            403,
            "AccessDenied",
        ),
        ("sts", "GetUser", &[], 400, "InvalidAction"),
    ];
    for (service, action, parameters, status, expected) in rows {
        let reply = root.query(service, action, parameters);
        assert_eq!(
            code(&reply),
            (*status, (*expected).to_owned()),
            "{action} {parameters:?}: {}",
            reply.text()
        );
    }
    let mut nobody = Who::bootstrap(emulator.address(), ACCOUNT);
    nobody.secret = "guess".to_owned();
    let reply = nobody.query("iam", "ListUsers", &[]);
    assert_eq!(code(&reply), (403, "SignatureDoesNotMatch".to_owned()));
    nobody.key_id = "AKIAUNKNOWN".to_owned();
    let reply = nobody.query("sts", "GetCallerIdentity", &[]);
    assert_eq!(code(&reply), (403, "InvalidClientTokenId".to_owned()));
    // Signed for one service, sent to the other.
    let mut raw = crate::support::client::json("POST", "/", &serde_json::Value::Null);
    raw.body = b"Action=ListUsers&Version=2010-05-08".to_vec();
    let raw = root.signed(raw, "sts");
    assert_eq!(
        code(&root.client.send(&raw)),
        (403, "SignatureDoesNotMatch".to_owned())
    );
    let mut raw = crate::support::client::json("POST", "/", &serde_json::Value::Null);
    raw.body = b"Action=ListUsers&Version=2010-05-08".to_vec();
    assert_eq!(
        code(&root.client.send(&raw)),
        (403, "MissingAuthenticationToken".to_owned())
    );
}

#[test]
fn policies_are_simulated() {
    let emulator = start();
    let mut root = Who::bootstrap(emulator.address(), ACCOUNT);
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:Put*","Resource":"*"},
        {"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${aws:username}/*"}]}"#;
    let answer = root.done(
        "iam",
        "SimulateCustomPolicy",
        &[
            ("PolicyInputList.member.1", deny),
            ("ActionNames.member.1", "s3:GetObject"),
            ("ActionNames.member.2", "s3:PutObject"),
            ("ResourceArns.member.1", "arn:aws:s3:::alice/x"),
            ("ResourceArns.member.2", "arn:aws:s3:::bob/x"),
            ("ContextEntries.member.1.ContextKeyName", "aws:username"),
            ("ContextEntries.member.1.ContextKeyValues.member.1", "alice"),
            ("ContextEntries.member.1.ContextKeyType", "string"),
        ],
    );
    let decisions: Vec<&str> = answer
        .split("<EvalDecision>")
        .skip(1)
        .filter_map(|t| t.split('<').next())
        .collect();
    assert_eq!(
        decisions,
        ["allowed", "implicitDeny", "explicitDeny", "explicitDeny"]
    );
}

#[test]
fn every_layer_of_a_simulation_counts() {
    let emulator = start();
    let mut root = Who::bootstrap(emulator.address(), ACCOUNT);
    const READ: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}"#;
    const LIST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}}"#;
    const DENY: &str =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}"#;
    const BUCKET: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow",
        "Principal":{"AWS":"arn:aws:iam::111122223333:user/alice"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}"#;
    let boundary = "PermissionsBoundaryPolicyInputList.member.1";
    let level = |n: usize, of: usize| {
        format!(
            "OrderedOrganizationPolicyInputList.member.{n}.ServiceControlPolicyInputList.member.{of}"
        )
    };
    let (first, second, beside) = (level(1, 1), level(2, 1), level(2, 2));
    let alice = ("CallerArn", "arn:aws:iam::111122223333:user/alice");
    let other = ("ResourceOwner", "arn:aws:iam::444455556666:root");
    let own = ("ResourceOwner", "arn:aws:iam::111122223333:root");
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
    let rows: &[Row<'_>] = &[
        (READ, &[], "allowed"),
        (READ, &[(boundary, LIST)], "implicitDeny"),
        (READ, &[(boundary, DENY)], "explicitDeny"),
        (READ, &[(&first, READ), (&second, READ)], "allowed"),
        (READ, &[(&first, READ), (&second, LIST)], "implicitDeny"),
        (
            READ,
            &[(&first, READ), (&second, LIST), (&beside, READ)],
            "allowed",
        ),
        (READ, &[(&first, DENY), (&second, READ)], "explicitDeny"),
        // Across accounts both have to allow, in one of them either will do.
        (READ, &[alice, other], "implicitDeny"),
        (READ, &[alice, other, ("ResourcePolicy", BUCKET)], "allowed"),
        (
            LIST,
            &[alice, other, ("ResourcePolicy", BUCKET)],
            "implicitDeny",
        ),
        (LIST, &[alice, own, ("ResourcePolicy", BUCKET)], "allowed"),
        // Without another owner the resource is the caller's.
        (LIST, &[alice, ("ResourcePolicy", BUCKET)], "allowed"),
    ];
    for (identity, more, expected) in rows {
        let mut all = vec![
            ("PolicyInputList.member.1", *identity),
            ("ActionNames.member.1", "s3:GetObject"),
            ("ResourceArns.member.1", "arn:aws:s3:::b/x"),
        ];
        all.extend(*more);
        let answer = root.done("iam", "SimulateCustomPolicy", &all);
        assert_eq!(
            leaf(&answer, "EvalDecision").as_deref(),
            Some(*expected),
            "{more:?}"
        );
    }
}

#[test]
fn simulations_that_nobody_can_answer_are_refused() {
    let emulator = start();
    let mut root = Who::bootstrap(emulator.address(), ACCOUNT);
    let malformed =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Alow","Action":"*","Resource":"*"}}"#;
    let alice = ("CallerArn", "arn:aws:iam::111122223333:user/alice");
    let role = (
        "ResourceArns.member.1",
        "arn:aws:iam::111122223333:role/app",
    );
    let identity = ("PolicyInputList.member.1", ALLOW);
    let rows: [(&[(&str, &str)], &str); 7] = [
        (&[("PolicyInputList.member.1", malformed)], "InvalidInput"),
        (
            &[
                identity,
                ("PermissionsBoundaryPolicyInputList.member.1", malformed),
            ],
            "InvalidInput",
        ),
        (&[identity, ("ResourcePolicy", TRUST)], "InvalidInput"),
        (
            &[identity, alice, role, ("ResourcePolicy", TRUST)],
            "InvalidInput",
        ),
        (
            &[
                identity,
                ("CallerArn", "arn:aws:sts::111122223333:assumed-role/a/b"),
            ],
            "InvalidInput",
        ),
        (
            &[
                identity,
                ("CallerArn", "arn:aws:iam::111122223333:role/app"),
            ],
            "InvalidInput",
        ),
        (&[], "ValidationError"),
    ];
    for (more, expected) in rows {
        let mut all = vec![("ActionNames.member.1", "sts:AssumeRole")];
        all.extend(more);
        let reply = root.query("iam", "SimulateCustomPolicy", &all);
        assert_eq!(code(&reply), (400, expected.to_owned()), "{more:?}");
    }
}

#[test]
fn every_action_has_to_be_allowed() {
    let emulator = start();
    let address = emulator.address();
    let mut root = Who::bootstrap(address, ACCOUNT);
    root.done("iam", "CreateUser", &[("UserName", "x")]);
    root.done(
        "iam",
        "CreateRole",
        &[("RoleName", "x"), ("AssumeRolePolicyDocument", TRUST)],
    );
    root.done(
        "iam",
        "CreatePolicy",
        &[("PolicyName", "x"), ("PolicyDocument", ALLOW)],
    );
    root.done("iam", "CreateUser", &[("UserName", "alice")]);
    let mut alice = Who::of(
        address,
        &root.done("iam", "CreateAccessKey", &[("UserName", "alice")]),
    );
    let arn = "arn:aws:iam::111122223333:policy/x";
    let parameters = [
        ("UserName", "x"),
        ("RoleName", "x"),
        ("PolicyName", "x"),
        ("PolicyArn", arn),
        ("PolicyDocument", ALLOW),
        ("AssumeRolePolicyDocument", TRUST),
        ("PermissionsBoundary", arn),
        ("VersionId", "v1"),
        ("AccessKeyId", "AKIANONE"),
        ("Status", "Inactive"),
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", "b"),
        ("TagKeys.member.1", "a"),
        ("PolicyInputList.member.1", ALLOW),
        ("ActionNames.member.1", "s3:GetObject"),
    ];
    let of_identities = "CreateX GetX ListXs TagX UntagX ListXTags PutXPolicy GetXPolicy ListXPolicies DeleteXPolicy \
        AttachXPolicy ListAttachedXPolicies DetachXPolicy PutXPermissionsBoundary DeleteXPermissionsBoundary DeleteX";
    let others = "CreatePolicy GetPolicy GetPolicyVersion ListPolicyVersions ListPolicies DeletePolicy CreateAccessKey \
        UpdateAccessKey ListAccessKeys DeleteAccessKey SimulateCustomPolicy UpdateAssumeRolePolicy";
    let users = of_identities
        .split_whitespace()
        .map(|action| action.replace('X', "User"));
    let roles = of_identities
        .split_whitespace()
        .map(|action| action.replace('X', "Role"));
    let actions: Vec<String> = users
        .chain(roles)
        .chain(others.split_whitespace().map(str::to_owned))
        .collect();
    let before = emulator.core().read().world().clone();
    for action in &actions {
        let denied = alice.query("iam", action, &parameters);
        assert_eq!(
            code(&denied),
            (403, "AccessDenied".to_owned()),
            "{action}: {}",
            denied.text()
        );
        let message = leaf(&denied.text(), "Message").unwrap();
        assert!(
            message.contains(&format!("to perform: iam:{action} on")),
            "{message}"
        );
    }
    assert_eq!(*emulator.core().read().world(), before);
    root.done(
        "iam",
        "PutUserPolicy",
        &[
            ("UserName", "alice"),
            ("PolicyName", "p"),
            ("PolicyDocument", ALLOW),
        ],
    );
    for action in &actions {
        let reply = alice.query("iam", action, &parameters);
        assert!(
            reply.status != 403 && code(&reply).1 != "InvalidAction",
            "{action}: {}",
            reply.text()
        );
    }
}
