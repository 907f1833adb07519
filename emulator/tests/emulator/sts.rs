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
    let trust = TRUST.replace("sts:AssumeRole", "sts:*");
    other.done(
        "iam",
        "CreateRole",
        &[("RoleName", "Guest"), ("AssumeRolePolicyDocument", &trust)],
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

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

/// A user, and roles `A` and `B` that trust the account under a condition; each role may everything under one of its own.
fn chain(emulator: &veriam_emulator::Emulator, trusts: &str, grants: &str) -> (Who, Who) {
    let mut root = Who::bootstrap(emulator.address(), ACCOUNT);
    let when = |text: &str, condition: &str| {
        let end = text.rfind('}').unwrap() - 1;
        let (start, end) = text.split_at(end);
        format!("{start},\"Condition\":{condition}{end}")
    };
    root.done("iam", "CreateUser", &[("UserName", "alice")]);
    root.done(
        "iam",
        "PutUserPolicy",
        &[
            ("UserName", "alice"),
            ("PolicyName", "p"),
            ("PolicyDocument", ALLOW),
        ],
    );
    for role in ["A", "B"] {
        let both = r#"["sts:AssumeRole","sts:TagSession"]"#;
        let trust = when(&TRUST.replace(r#""sts:AssumeRole""#, both), trusts);
        let allow = when(ALLOW, grants);
        root.done(
            "iam",
            "CreateRole",
            &[("RoleName", role), ("AssumeRolePolicyDocument", &trust)],
        );
        // Whoever is of the role may take the other one.
        let next = ALLOW.replace(r#""Action":"*""#, &format!("\"Action\":{both}"));
        for (name, text) in [("p", &allow), ("next", &next)] {
            root.done(
                "iam",
                "PutRolePolicy",
                &[
                    ("RoleName", role),
                    ("PolicyName", name),
                    ("PolicyDocument", text),
                ],
            );
        }
    }
    let key = root.done("iam", "CreateAccessKey", &[("UserName", "alice")]);
    (Who::of(emulator.address(), &key), root)
}

fn assume<'p>(role: &'static str, more: &[(&'p str, &'p str)]) -> Vec<(&'p str, &'p str)> {
    let mut all = vec![("RoleArn", role), ("RoleSessionName", "s1")];
    all.extend(more);
    all
}

const A: &str = "arn:aws:iam::111122223333:role/A";
const B: &str = "arn:aws:iam::111122223333:role/B";
const MFA: &str = r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#;
const DEVICE: (&str, &str) = ("SerialNumber", "arn:aws:iam::111122223333:mfa/alice");
const CODE: (&str, &str) = ("TokenCode", "123456");

#[test]
fn a_token_code_makes_a_session_with_mfa() {
    let emulator = start();
    let address = emulator.address();
    let (mut alice, mut root) = chain(&emulator, MFA, MFA);
    for more in [
        &[][..],
        &[CODE],
        &[DEVICE],
        &[DEVICE, ("TokenCode", "12345")],
        &[DEVICE, ("TokenCode", "abcdef")],
    ] {
        let refused = alice.query("sts", "AssumeRole", &assume(A, more));
        assert_eq!(code(&refused), (403, "AccessDenied".to_owned()), "{more:?}");
        let is_of_mfa = refused.text().contains("MultiFactorAuthentication failed");
        assert_eq!(is_of_mfa, !more.is_empty(), "{more:?}");
    }
    let answer = alice.done("sts", "AssumeRole", &assume(A, &[DEVICE, CODE]));
    let mut session = Who::of(address, &answer);
    session.done("iam", "ListUsers", &[]);
    // A session has no device, and its MFA is not that of the next one.
    let refused = session.query("sts", "AssumeRole", &assume(B, &[DEVICE, CODE]));
    assert_eq!(code(&refused), (403, "AccessDenied".to_owned()));
    let answer = session.done("sts", "AssumeRole", &assume(B, &[]));
    let mut next = Who::of(address, &answer);
    assert_eq!(code(&next.query("iam", "ListUsers", &[])).0, 403);
    // Of a user with temporary credentials the trust policy sees the MFA, and the session has none.
    let plain = alice.done("sts", "GetSessionToken", &[]);
    let refused = Who::of(address, &plain).query("sts", "AssumeRole", &assume(A, &[]));
    assert_eq!(code(&refused), (403, "AccessDenied".to_owned()));
    let mut temporary = Who::of(
        address,
        &alice.done("sts", "GetSessionToken", &[DEVICE, CODE]),
    );
    let answer = temporary.done("sts", "AssumeRole", &assume(A, &[]));
    let mut session = Who::of(address, &answer);
    assert_eq!(code(&session.query("iam", "ListUsers", &[])).0, 403);
    // The age counts from the call.
    let young = ALLOW.replace(
        r#""Resource":"*""#,
        r#""Resource":"*","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}"#,
    );
    let policy = [
        ("RoleName", "A"),
        ("PolicyName", "p"),
        ("PolicyDocument", young.as_str()),
    ];
    root.done("iam", "PutRolePolicy", &policy);
    let answer = temporary.done("sts", "AssumeRole", &assume(A, &[DEVICE, CODE]));
    Who::of(address, &answer).done("iam", "ListUsers", &[]);
}

/// IAM-254, and which keys each of the three actions has.
#[test]
fn what_is_passed_on_has_to_be_allowed_too() {
    let emulator = start();
    let (mut alice, mut root) = chain(&emulator, "{}", "{}");
    let tag = [
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "red"),
    ];
    let on = [("TransitiveTagKeys.member.1", "Team")];
    let id = [("ExternalId", "Unique-ID-42")];
    let name = [("SourceIdentity", "alice")];
    let pass = |parts: &[&[(&'static str, &'static str)]]| assume(A, &parts.concat());
    let external = r#"{"StringEquals":{"sts:ExternalId":"Unique-ID-42"}}"#;
    let team = r#"{"StringEquals":{"aws:RequestTag/team":"red"}}"#;
    let handed = r#"{"ForAnyValue:StringEquals":{"sts:TransitiveTagKeys":"Team"}}"#;
    let named = r#"{"StringLike":{"sts:RoleSessionName":"s?"}}"#;
    let source = r#"{"StringEquals":{"sts:SourceIdentity":"alice"}}"#;
    let rows = [
        ("AssumeRole", "{}", pass(&[]), ""),
        ("AssumeRole", "{}", pass(&[&id]), ""),
        ("AssumeRole", "{}", pass(&[&tag]), "sts:TagSession"),
        ("AssumeRole", "{}", pass(&[&name]), "sts:SetSourceIdentity"),
        ("*", "{}", pass(&[&tag, &on, &id, &name]), ""),
        ("AssumeRole", external, pass(&[&id]), ""),
        ("AssumeRole", external, pass(&[]), "sts:AssumeRole"),
        ("*", external, pass(&[&id, &tag]), "sts:TagSession"),
        ("*", team, pass(&[&tag]), ""),
        ("*", team, pass(&[&tag, &name]), "sts:SetSourceIdentity"),
        ("*", handed, pass(&[&tag, &on]), ""),
        ("*", handed, pass(&[&tag]), "sts:AssumeRole"),
        ("AssumeRole", named, pass(&[]), ""),
        ("*", source, pass(&[&name]), ""),
        ("*", source, pass(&[&name, &tag]), "sts:TagSession"),
    ];
    for (action, condition, parameters, refused) in rows {
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{ALICE}"}},"Action":"sts:{action}","Condition":{condition}}}}}"#
        );
        let update = [("RoleName", "A"), ("PolicyDocument", trust.as_str())];
        root.done("iam", "UpdateAssumeRolePolicy", &update);
        let answer = alice.query("sts", "AssumeRole", &parameters);
        let what = format!("{action} {condition} {parameters:?}: {}", answer.text());
        if refused.is_empty() {
            assert_eq!(answer.status, 200, "{what}");
        } else {
            assert_eq!(code(&answer), (403, "AccessDenied".to_owned()), "{what}");
            let told = format!("not authorized to perform: {refused} on resource: {A}");
            assert!(answer.text().contains(&told), "{what}");
        }
    }
    for id in ["", "1", "a b"] {
        let refused = alice.query("sts", "AssumeRole", &assume(A, &[("ExternalId", id)]));
        assert_eq!(code(&refused), (400, "ValidationError".to_owned()));
    }
}

#[test]
fn transitive_tags_pass_on_and_others_do_not() {
    let emulator = start();
    let address = emulator.address();
    let anybody = r#"{"StringLike":{"aws:PrincipalArn":"*"}}"#;
    let red = r#"{"StringEquals":{"aws:PrincipalTag/team":"red"},"Null":{"aws:PrincipalTag/note":"true"}}"#;
    let (mut alice, _) = chain(&emulator, anybody, red);
    let tag = [
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "red"),
        ("Tags.member.2.Key", "note"),
        ("Tags.member.2.Value", "x"),
    ];
    let passes = |key: &'static str| {
        let mut all = tag.to_vec();
        all.push(("TransitiveTagKeys.member.1", key));
        all
    };
    let lists = |who: &mut Who| who.query("iam", "ListUsers", &[]).status;
    let of = |answer: &str| Who::of(address, answer);
    let mut first = of(&alice.done("sts", "AssumeRole", &assume(A, &passes("Team"))));
    assert_eq!(lists(&mut first), 403, "it has the note");
    let mut second = of(&first.done("sts", "AssumeRole", &assume(B, &[])));
    assert_eq!(lists(&mut second), 200);
    // And on, with a tag of its own beside it.
    let other = [
        ("Tags.member.1.Key", "stage"),
        ("Tags.member.1.Value", "test"),
    ];
    let mut third = of(&second.done("sts", "AssumeRole", &assume(A, &other)));
    assert_eq!(lists(&mut third), 200);
    for key in ["team", "TEAM"] {
        let over = [("Tags.member.1.Key", key), ("Tags.member.1.Value", "blue")];
        let refused = second.query("sts", "AssumeRole", &assume(A, &over));
        assert_eq!(code(&refused), (400, "InvalidParameterValue".to_owned()));
    }
    // Without the word they end with the session.
    let mut first = of(&alice.done("sts", "AssumeRole", &assume(A, &tag)));
    let mut second = of(&first.done("sts", "AssumeRole", &assume(B, &[])));
    assert_eq!(lists(&mut second), 403);
    let refused = alice.query("sts", "AssumeRole", &assume(A, &passes("stage")));
    assert_eq!(code(&refused), (400, "InvalidParameterValue".to_owned()));
    assert!(refused.text().contains("stage"));
    assert!(alice.done("sts", "GetCallerIdentity", &[]).contains(ALICE));
}
