//! IAM and STS over HTTP.

use veriam_emulator::{Config, Emulator};

use crate::support::who::{Who, leaf};

const ACCOUNT: &str = "111122223333";
const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const LIST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:List*","Resource":"*"}}"#;
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}"#;

fn start() -> Emulator {
    Emulator::start(Config::default()).unwrap()
}

fn code(reply: &crate::support::client::Reply) -> (u16, String) {
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
fn users_may_what_their_policies_say_and_sessions_are_themselves() {
    let emulator = start();
    let address = emulator.address();
    let mut root = Who::bootstrap(address, ACCOUNT);
    root.done(
        "iam",
        "CreateUser",
        &[("UserName", "alice"), ("Path", "/team/")],
    );
    let mut alice = Who::of(
        address,
        &root.done("iam", "CreateAccessKey", &[("UserName", "alice")]),
    );
    let identity = alice.done("sts", "GetCallerIdentity", &[]);
    assert_eq!(
        leaf(&identity, "Arn").unwrap(),
        "arn:aws:iam::111122223333:user/team/alice"
    );
    let denied = alice.query("iam", "ListUsers", &[]);
    assert_eq!(code(&denied), (403, "AccessDenied".to_owned()));
    let message = leaf(&denied.text(), "Message").unwrap();
    assert_eq!(
        message,
        "User: arn:aws:iam::111122223333:user/team/alice is not authorized to perform: iam:ListUsers on resource: * \
         because no identity-based policy allows the iam:ListUsers action"
    );
    root.done(
        "iam",
        "PutUserPolicy",
        &[
            ("UserName", "alice"),
            ("PolicyName", "p"),
            ("PolicyDocument", ALLOW),
        ],
    );
    assert!(
        alice
            .done("iam", "ListUsers", &[])
            .contains("<UserName>alice</UserName>")
    );
    // A role of another account that trusts this one.
    let mut other = Who::bootstrap(address, "444455556666");
    other.done(
        "iam",
        "CreateRole",
        &[("RoleName", "Guest"), ("AssumeRolePolicyDocument", TRUST)],
    );
    let role = "arn:aws:iam::444455556666:role/Guest";
    let answer = alice.done(
        "sts",
        "AssumeRole",
        &[
            ("RoleArn", role),
            ("RoleSessionName", "s1"),
            ("SourceIdentity", "alice"),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "red"),
            ("Policy", LIST),
            ("DurationSeconds", "900"),
        ],
    );
    let mut session = Who::of(address, &answer);
    assert!(session.token.is_some() && session.key_id.starts_with("ASIA"));
    let identity = session.done("sts", "GetCallerIdentity", &[]);
    assert_eq!(
        leaf(&identity, "Arn").unwrap(),
        "arn:aws:sts::444455556666:assumed-role/Guest/s1"
    );
    assert_eq!(
        code(&session.query("iam", "ListRoles", &[])).0,
        403,
        "its role may nothing yet"
    );
    other.done(
        "iam",
        "PutRolePolicy",
        &[
            ("RoleName", "Guest"),
            ("PolicyName", "p"),
            ("PolicyDocument", ALLOW),
        ],
    );
    session.done("iam", "ListRoles", &[]);
    let limited = session.query("iam", "CreateUser", &[("UserName", "bob")]);
    assert!(
        limited
            .text()
            .contains("because no session policy allows the iam:CreateUser action"),
        "{}",
        limited.text()
    );
    // Who is not trusted gets no session, and a changed trust policy counts at once.
    let closed = TRUST.replace("111122223333", "777788889999");
    other.done(
        "iam",
        "UpdateAssumeRolePolicy",
        &[("RoleName", "Guest"), ("PolicyDocument", &closed)],
    );
    let refused = alice.query(
        "sts",
        "AssumeRole",
        &[("RoleArn", role), ("RoleSessionName", "s2")],
    );
    assert_eq!(code(&refused), (403, "AccessDenied".to_owned()));
    // Temporary credentials of a user.
    let mut temporary = Who::of(address, &alice.done("sts", "GetSessionToken", &[]));
    assert!(
        temporary
            .done("sts", "GetCallerIdentity", &[])
            .contains("user/team/alice")
    );
    let mut federated = Who::of(
        address,
        &alice.done(
            "sts",
            "GetFederationToken",
            &[("Name", "alice"), ("Policy", LIST)],
        ),
    );
    assert!(
        federated
            .done("sts", "GetCallerIdentity", &[])
            .contains("federated-user/alice")
    );
    federated.done("iam", "ListUsers", &[]);
    assert_eq!(
        code(&federated.query("iam", "CreateUser", &[("UserName", "bob")])).0,
        403
    );
    // A key that is turned off is nobody's.
    let id = alice.key_id.clone();
    root.done(
        "iam",
        "UpdateAccessKey",
        &[
            ("UserName", "alice"),
            ("AccessKeyId", &id),
            ("Status", "Inactive"),
        ],
    );
    let off = alice.query("sts", "GetCallerIdentity", &[]);
    assert_eq!(code(&off), (403, "InvalidClientTokenId".to_owned()));
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
