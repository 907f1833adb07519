//! Which requests are well-formed, and which member is at fault in others.

use veriam_evaluator::{EngineBuilder, Request};
use veriam_model::{Check, Principal, Resource};

const ME: &str = "111122223333";

fn check(arn: &str, account: Option<&str>, action: &str) -> Check {
    let principal = Principal {
        arn: arn.to_owned(),
        account: account.map(str::to_owned),
    };
    let resource = Resource {
        arn: "*".to_owned(),
        account: ME.to_owned(),
    };
    Check::new(principal, action, resource)
}

/// The member at fault.
fn fault(check: &Check) -> Option<&'static str> {
    let request = Request::of(check);
    let engine = EngineBuilder::new().build().unwrap();
    let validated = request.validate();
    assert_eq!(engine.decide(&request).err(), validated.clone().err());
    assert_eq!(engine.explain(&request).err(), validated.clone().err());
    validated.err().map(|error| error.member)
}

#[test]
fn callers_have_an_arn_or_a_name() {
    for (arn, account) in [
        ("arn:aws:iam::111122223333:root", Some(ME)),
        ("arn:aws:iam::111122223333:user/a", Some(ME)),
        ("arn:aws:iam::111122223333:user/p/é", Some(ME)),
        ("arn::iam::111122223333:user//", Some(ME)),
        ("arn:aws:sts::111122223333:assumed-role/R/s", Some(ME)),
        ("arn:aws:sts::111122223333:federated-user/a/b", Some(ME)),
        ("anonymous", Some("anonymous")),
        ("jwt", None),
        ("sns.amazonaws.com", None),
        ("x", None),
        ("arn", None),
        ("arn:aws:iam::111122223333:saml-provider/x", None),
        ("arn:aws:iam::111122223333:oidc-provider/", None),
    ] {
        assert_eq!(fault(&check(arn, account, "s3:x")), None, "{arn}");
    }
    // Whoever comes through a provider may have any name.
    for action in ["sts:AssumeRoleWithWebIdentity", "STS:assumerolewithsaml"] {
        assert_eq!(fault(&check("", None, action)), None);
    }
}

#[test]
fn a_principal_that_is_no_caller_is_at_fault() {
    for (member, arn, account) in [
        ("principal.account", "anonymous", None),
        ("principal.account", "anonymous", Some(ME)),
        ("principal.account", "jwt", Some(ME)),
        ("principal.account", "jwt", Some("anonymous")),
        (
            "principal.account",
            "arn:aws:iam::111122223333:user/a",
            None,
        ),
        (
            "principal.account",
            "arn:aws:iam::111122223333:user/a",
            Some("444455556666"),
        ),
        (
            "principal.account",
            "arn:aws:iam::11112222333:root",
            Some("11112222333"),
        ),
        (
            "principal.account",
            "arn:aws:iam::11112222333a:root",
            Some("11112222333a"),
        ),
        (
            "principal.account",
            "arn:aws:sts::111122223333:assumed-role/R/s",
            Some(""),
        ),
        ("principal.arn", "", None),
        ("principal.arn", "", Some(ME)),
        ("principal.arn", "x", Some(ME)),
        ("principal.arn", "arn:", None),
        ("principal.arn", "arn:aws:s3:::b", None),
        (
            "principal.arn",
            "arn:aws:iam::111122223333:role/R",
            Some(ME),
        ),
        ("principal.arn", "arn:aws:iam::111122223333:user/", Some(ME)),
        (
            "principal.arn",
            "arn:aws:iam::111122223333:users/a",
            Some(ME),
        ),
        ("principal.arn", "arn:aws:iam::111122223333:root/", Some(ME)),
        (
            "principal.arn",
            "arn:aws:iam:us-east-1:111122223333:user/a",
            Some(ME),
        ),
        (
            "principal.arn",
            "arn:aws:sts::111122223333:user/a",
            Some(ME),
        ),
        (
            "principal.arn",
            "arn:aws:iam::111122223333:assumed-role/R/s",
            Some(ME),
        ),
        (
            "principal.arn",
            "arn:aws:sts::111122223333:assumed-role/R",
            Some(ME),
        ),
        (
            "principal.arn",
            "arn:aws:sts::111122223333:assumed-role/R/",
            Some(ME),
        ),
        (
            "principal.arn",
            "arn:aws:sts::111122223333:assumed-role//s",
            Some(ME),
        ),
        (
            "principal.arn",
            "arn:aws:sts::111122223333:assumed-role/R/s/t",
            Some(ME),
        ),
        (
            "principal.arn",
            "arn:aws:sts::111122223333:federated-user/",
            Some(ME),
        ),
        (
            "principal.arn",
            "arn:aws:iam::111122223333:saml-provider/x",
            Some(ME),
        ),
        (
            "principal.arn",
            "ARN:aws:iam::111122223333:user/a",
            Some(ME),
        ),
    ] {
        assert_eq!(
            fault(&check(arn, account, "s3:x")),
            Some(member),
            "{arn} {account:?}"
        );
    }
    let through_provider = check("anonymous", None, "sts:AssumeRoleWithSAML");
    assert_eq!(fault(&through_provider), Some("principal.account"));
}

#[test]
fn an_action_has_one_colon_and_a_resource_an_arn_and_an_owner() {
    let user = "arn:aws:iam::111122223333:user/a";
    for action in ["", ":", "s3", "s3:", ":x", "s3:a:b", "::", "a::b"] {
        assert_eq!(
            fault(&check(user, Some(ME), action)),
            Some("action"),
            "{action}"
        );
    }
    for action in [
        "a:b",
        "é:*",
        "s3express:CreateSessionWithAVeryLongNameIndeed",
    ] {
        assert_eq!(fault(&check(user, Some(ME), action)), None, "{action}");
    }
    let with = |arn: &str, owner: &str| {
        let mut check = check(user, Some(ME), "s3:x");
        check.resource.arn = arn.to_owned();
        check.resource.account = owner.to_owned();
        fault(&check)
    };
    for arn in ["", "**", "arn:aws:s3::b", "ARN:aws:s3:::b", "b", "arn"] {
        assert_eq!(with(arn, ME), Some("resource.arn"), "{arn}");
    }
    for arn in ["*", "arn:::::", "arn:aws:s3:::b:c:d/é"] {
        assert_eq!(with(arn, ME), None, "{arn}");
    }
    assert_eq!(with("*", ""), Some("resource.account"));
}

#[test]
fn members_are_examined_in_order() {
    let mut check = check("", Some(""), "");
    check.resource.arn = String::new();
    check.resource.account = String::new();
    assert_eq!(fault(&check), Some("action"));
    check.action = "s3:x".to_owned();
    assert_eq!(fault(&check), Some("resource.arn"));
    check.resource.arn = "*".to_owned();
    assert_eq!(fault(&check), Some("resource.account"));
    check.resource.account = ME.to_owned();
    assert_eq!(fault(&check), Some("principal.arn"));
    let error = Request::of(&check).validate().unwrap_err();
    assert_eq!(
        error.to_string(),
        "malformed request: `principal.arn` is \"\"; write the ARN of a root user, a user, a role session or a federated-user session"
    );
}
