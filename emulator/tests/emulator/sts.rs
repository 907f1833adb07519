//! Sessions: who may have one, and what it may.

use crate::iam::{ACCOUNT, ALLOW, LIST, TRUST, code, start};
use crate::support::who::{Who, leaf};

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
