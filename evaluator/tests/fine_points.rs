//! Fine points of single checks, each row a sentence of the rules.

use veriam_evaluator::{Engine, Request};
use veriam_model::{Check, Decision, Dialect, PolicyText, Principal, Resource};

const ME: &str = "111122223333";

fn check(action: &str, resource: &str) -> Check {
    let principal = Principal {
        arn: "arn:aws:iam::111122223333:user/alice".to_owned(),
        account: Some(ME.to_owned()),
    };
    let resource = Resource {
        arn: resource.to_owned(),
        account: ME.to_owned(),
    };
    Check::new(principal, action, resource)
}

fn policy(statement: &str) -> PolicyText {
    PolicyText::new(format!(
        r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#
    ))
}

fn decide(check: &Check, dialect: &str) -> Decision {
    let dialect = match dialect {
        "" => Dialect::default(),
        setting => Dialect::default().with_setting(setting).expect(setting),
    };
    let engine = Engine::for_check(check, &dialect).expect("the policies are valid");
    engine
        .decide(&Request::of(check))
        .expect("the request is well-formed")
}

#[test]
fn only_roles_have_trust_policies_and_only_keys_key_policies() {
    // A policy with Resource is no trust policy; a bucket named like the type word of roles has a bucket policy.
    for resource in ["arn:aws:s3:::role/key", "arn:aws:s3:::key/key"] {
        let mut check = check("s3:GetObject", resource);
        check.resource_policy = Some(policy(&format!(
            r#"{{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"{resource}"}}"#
        )));
        assert_eq!(decide(&check, ""), Decision::Allow, "{resource}");
    }
}

#[test]
fn get_caller_identity_always_succeeds_unless_a_reading_lets_guardrails_stop_it() {
    const DENY: &str = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    const DENY_ALL: &str = r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#;
    const OTHER: &str = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#;
    const OTHER_ALL: &str = r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#;
    type Set = fn(&mut Check, &str);
    let scp: Set = |check, statement| check.scps = vec![vec![policy(statement)]];
    let endpoint: Set = |check, statement| check.endpoint_policy = Some(policy(statement));
    let identity: Set = |check, statement| check.identity_policies = vec![policy(statement)];
    for (what, set, statement, guarded) in [
        ("an SCP that denies", scp, DENY, Decision::ExplicitDeny),
        ("an SCP that is silent", scp, OTHER, Decision::ImplicitDeny),
        (
            "an endpoint policy that denies",
            endpoint,
            DENY_ALL,
            Decision::ExplicitDeny,
        ),
        (
            "an endpoint policy that is silent",
            endpoint,
            OTHER_ALL,
            Decision::ImplicitDeny,
        ),
        (
            "an identity policy that denies",
            identity,
            DENY,
            Decision::Allow,
        ),
    ] {
        let mut check = check("sts:GetCallerIdentity", "*");
        set(&mut check, statement);
        assert_eq!(decide(&check, ""), Decision::Allow, "{what}");
        assert_eq!(
            decide(&check, "IAM-260=guarded"),
            guarded,
            "{what}, guarded"
        );
    }
}

#[test]
fn a_condition_that_stands_in_two_policies_is_answered_alike_in_both() {
    let statement = |tag: &str| {
        policy(&format!(
            r#"{{"Effect":"Allow","Action":"s3:*","Resource":"*",
                "Condition":{{"StringEquals":{{"aws:RequestTag/team":"{tag}"}}}}}}"#
        ))
    };
    let mut check = check("s3:GetObject", "arn:aws:s3:::bucket/key");
    let team = vec!["red".to_owned()];
    check.context.insert("aws:RequestTag/team", team).unwrap();
    for (tag, decision) in [("red", Decision::Allow), ("blue", Decision::ImplicitDeny)] {
        check.identity_policies = vec![statement(tag)];
        check.boundary = Some(statement(tag));
        assert_eq!(decide(&check, ""), decision, "{tag}");
    }
}

#[test]
fn a_service_is_matched_by_its_own_name_only() {
    for (named, decision) in [
        ("lambda.amazonaws.com", Decision::Allow),
        ("ec2.amazonaws.com", Decision::ImplicitDeny),
    ] {
        let mut check = check("s3:GetObject", "arn:aws:s3:::bucket/key");
        check.principal = Principal {
            arn: "lambda.amazonaws.com".to_owned(),
            account: None,
        };
        check.resource_policy = Some(policy(&format!(
            r#"{{"Effect":"Allow","Principal":{{"Service":"{named}"}},"Action":"s3:GetObject","Resource":"*"}}"#
        )));
        assert_eq!(decide(&check, ""), decision, "{named}");
    }
}

#[test]
fn an_action_without_resource_type_is_covered_by_the_star_or_by_all_of_its_service() {
    for (pattern, reading, decision) in [
        ("*", "star-only", Decision::Allow),
        ("arn:aws:s3:::*", "star-only", Decision::ImplicitDeny),
        ("arn:aws:s3:::*", "same-service", Decision::Allow),
        ("arn:aws:s3:::b*", "same-service", Decision::ImplicitDeny),
        ("arn:aws:sqs:::*", "same-service", Decision::ImplicitDeny),
    ] {
        let mut check = check("s3:ListAllMyBuckets", "*");
        check.identity_policies = vec![policy(&format!(
            r#"{{"Effect":"Allow","Action":"s3:*","Resource":"{pattern}"}}"#
        ))];
        let setting = format!("IAM-100={reading}");
        assert_eq!(decide(&check, &setting), decision, "{pattern}, {reading}");
    }
}
