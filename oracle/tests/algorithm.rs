//! The algorithm of section 7.0, asked through the public functions: what counts for whom, what ends the
//! matter early, who has to allow, which choices matter.

use serde_json::{Value, json};
use veriam_model::{Check, Choice, Decision, Dialect, PolicySlot, RuleId, readings};
use veriam_oracle::{
    CallerKind, CheckOutcome, Detail, Element, Grade, KeyState, Layer, PrincipalForm, VariableForm,
    Verdict, VerdictError, judge, judge_all, trace, verdict,
};

const ONE: &str = "111122223333";

/// A check from members of its wire form; what is not given is what `defaults` says.
fn check(members: Value) -> Check {
    let mut all = json!({
        "principal": {"arn": "arn:aws:iam::111122223333:user/alice", "account": ONE},
        "resource": {"arn": "arn:aws:s3:::b/k", "account": ONE},
        "action": "s3:GetObject",
    });
    for (name, value) in members.as_object().expect("members") {
        all[name] = value.clone();
    }
    Check::from_json(&all.to_string()).expect("a check")
}

fn statement(effect: &str) -> Value {
    json!({"Effect": effect, "Action": "*", "Resource": "*"})
}

/// A policy of one statement, for types without principals.
fn plain(effect: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [statement(effect)]})
}

/// A policy of one statement that names principals; without Resource, which trust policies cannot have.
fn naming(effect: &str, principal: Value) -> Value {
    let statement = json!({"Effect": effect, "Principal": principal, "Action": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

/// A Deny RCP beside the full-access one.
fn rcps() -> Value {
    let deny = json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*:*", "Resource": "*"}],
    });
    json!([[full_access(), deny]])
}

fn full_access() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    })
}

fn decide_under(check: &Check, dialect: Dialect) -> &'static str {
    match judge(check, &dialect)
        .expect("the request is well-formed")
        .outcome
    {
        CheckOutcome::Decided(decision) => decision.name(),
        CheckOutcome::Invalid(_) => "invalid",
    }
}

fn decide(check: &Check) -> &'static str {
    decide_under(check, Dialect::default())
}

fn callers() -> [(CallerKind, Value); 8] {
    [
        (
            CallerKind::Root,
            json!({"arn": "arn:aws:iam::111122223333:root", "account": ONE}),
        ),
        (
            CallerKind::User,
            json!({"arn": "arn:aws:iam::111122223333:user/alice", "account": ONE}),
        ),
        (
            CallerKind::RoleSession,
            json!({"arn": "arn:aws:sts::111122223333:assumed-role/R/s", "account": ONE}),
        ),
        (
            CallerKind::FederatedUser,
            json!({"arn": "arn:aws:sts::111122223333:federated-user/alice", "account": ONE}),
        ),
        (
            CallerKind::ServicePrincipal,
            json!({"arn": "sns.amazonaws.com", "account": null}),
        ),
        (
            CallerKind::FederatedProvider,
            json!({"arn": "arn:aws:iam::111122223333:saml-provider/X", "account": null}),
        ),
        (
            CallerKind::Anonymous,
            json!({"arn": "anonymous", "account": "anonymous"}),
        ),
        (CallerKind::Jwt, json!({"arn": "jwt", "account": null})),
    ]
}

#[test]
fn a_policy_counts_only_for_callers_who_can_have_it() {
    use CallerKind::*;
    let with = |principal: &Value, member: &str, value: Value| {
        check(json!({
            "principal": principal,
            "resource_policy": naming("Allow", json!("*")),
            member: value,
        }))
    };
    for (kind, principal) in callers() {
        let denied = |member: &str, value: Value| {
            let decision = decide(&with(&principal, member, value));
            assert!(
                matches!(decision, "allow" | "explicit_deny"),
                "{kind} {member}: {decision}"
            );
            decision == "explicit_deny"
        };
        let has_identity_side = matches!(kind, User | RoleSession | FederatedUser);
        let is_session = matches!(kind, RoleSession | FederatedUser);
        let is_identity = has_identity_side || kind == Root;
        assert_eq!(
            denied("identity_policies", json!([plain("Deny")])),
            has_identity_side,
            "{kind}"
        );
        assert_eq!(
            denied("boundary", plain("Deny")),
            has_identity_side,
            "{kind}"
        );
        assert_eq!(
            denied("session_policy", plain("Deny")),
            is_session,
            "{kind}"
        );
        assert_eq!(
            denied("scps", json!([[plain("Allow"), plain("Deny")]])),
            is_identity,
            "{kind}"
        );
        assert!(denied("rcps", rcps()), "{kind}");
        assert!(
            denied("endpoint_policy", naming("Deny", json!("*"))),
            "{kind}"
        );
        assert!(
            denied("resource_policy", naming("Deny", json!("*"))),
            "{kind}"
        );
    }
}

#[test]
fn organizations_policies_bind_by_fact_service_and_action() {
    let base = |members: Value| {
        let mut all = json!({"identity_policies": [plain("Allow")]});
        for (name, value) in members.as_object().expect("members") {
            all[name] = value.clone();
        }
        check(all)
    };
    let deny_scp = json!([[plain("Allow"), plain("Deny")]]);
    for (facts, scp, rcp) in [
        (json!([]), "explicit_deny", "explicit_deny"),
        (
            json!(["principal_in_management_account"]),
            "allow",
            "explicit_deny",
        ),
        (
            json!(["resource_in_management_account"]),
            "explicit_deny",
            "allow",
        ),
        (json!(["service_linked_role"]), "allow", "allow"),
    ] {
        assert_eq!(
            decide(&base(json!({"facts": facts, "scps": deny_scp}))),
            scp,
            "{facts}"
        );
        assert_eq!(
            decide(&base(json!({"facts": facts, "rcps": rcps()}))),
            rcp,
            "{facts}"
        );
    }
    for (action, expected) in [
        ("S3:GetObject", "explicit_deny"),
        ("kms:Decrypt", "explicit_deny"),
        ("kms:retiregrant", "allow"),
        ("lambda:InvokeFunction", "allow"),
        ("bedrock-agentcore:InvokeAgentRuntime", "allow"),
    ] {
        let check = base(json!({"action": action, "rcps": rcps()}));
        assert_eq!(decide(&check), expected, "{action}");
        let cites = judge(&check, &Dialect::default())
            .expect("well-formed")
            .rules;
        let on_agentcore = action.starts_with("bedrock");
        assert_eq!(
            cites.contains(RuleId::agentcore(136)),
            on_agentcore,
            "{action}"
        );
    }
}

#[test]
fn every_level_and_the_endpoint_policy_have_to_allow() {
    let allow = || plain("Allow");
    let other = json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ec2:*", "Resource": "*"}],
    });
    let other_scp = json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}],
    });
    for (member, value, expected) in [
        ("scps", json!([]), "allow"),
        ("scps", json!([[allow()], [allow(), other_scp]]), "allow"),
        ("scps", json!([[allow()], []]), "implicit_deny"),
        ("scps", json!([[other_scp], [allow()]]), "implicit_deny"),
        ("rcps", json!([[full_access()], [full_access()]]), "allow"),
        ("rcps", json!([[full_access()], []]), "implicit_deny"),
        ("endpoint_policy", full_access(), "allow"),
        ("endpoint_policy", other, "implicit_deny"),
        (
            "endpoint_policy",
            naming("Allow", json!({"AWS": "444455556666"})),
            "implicit_deny",
        ),
        (
            "endpoint_policy",
            naming("Allow", json!({"AWS": ONE})),
            "allow",
        ),
    ] {
        let found = decide(&check(
            json!({"identity_policies": [allow()], member: value}),
        ));
        assert_eq!(found, expected, "{member} {value}");
    }
}

#[test]
fn some_operations_are_settled_before_any_policy() {
    let deny_all = |principal: &Value, action: &str, resource: &str| {
        let resource = json!({"arn": resource, "account": ONE});
        check(json!({
            "principal": principal, "action": action, "resource": resource,
            "identity_policies": [plain("Deny")], "boundary": plain("Deny"), "session_policy": plain("Deny"),
            "resource_policy": naming("Deny", json!("*")), "rcps": rcps(),
        }))
    };
    for (kind, principal) in callers() {
        use CallerKind::*;
        let signed = !matches!(kind, FederatedProvider | Anonymous | Jwt);
        let identity = deny_all(&principal, "STS:getcalleridentity", "*");
        assert_eq!(decide(&identity) == "allow", signed, "{kind}");
        let token = deny_all(&principal, "sts:GetSessionToken", "*");
        assert_eq!(
            decide(&token) == "allow",
            matches!(kind, Root | User),
            "{kind}"
        );
    }
    let root = &callers()[0].1;
    let role = "arn:aws:iam::111122223333:role/R";
    let everyone = naming("Allow", json!("*"));
    let assume = |action: &str| {
        check(json!({
            "principal": root, "action": action, "resource": {"arn": role, "account": ONE},
            "resource_policy": everyone,
        }))
    };
    assert_eq!(decide(&assume("sts:AssumeRole")), "implicit_deny");
    assert_eq!(decide(&assume("sts:TagSession")), "allow");
}

#[test]
fn access_never_crosses_partitions() {
    for (resource, expected) in [
        ("arn:aws:s3:::b/k", "allow"),
        ("arn:aws-cn:s3:::b/k", "implicit_deny"),
        ("*", "allow"),
    ] {
        for deny in [false, true] {
            let policies = if deny {
                json!([plain("Deny")])
            } else {
                json!([plain("Allow")])
            };
            let resource = json!({"arn": resource, "account": ONE});
            let check = check(json!({"identity_policies": policies, "resource": resource}));
            // Not even a Deny is looked at then.
            let expected = if deny && expected == "allow" {
                "explicit_deny"
            } else {
                expected
            };
            assert_eq!(decide(&check), expected, "{resource}");
        }
    }
    // A provider's ARN has a partition, a service's name has none.
    for (principal, expected) in [
        (
            json!({"arn": "arn:aws-cn:iam::111122223333:saml-provider/X", "account": null}),
            "implicit_deny",
        ),
        (
            json!({"arn": "sns.amazonaws.com", "account": null}),
            "allow",
        ),
    ] {
        let policy = naming("Allow", json!("*"));
        let check = check(json!({"principal": principal, "resource_policy": policy}));
        assert_eq!(decide(&check), expected, "{principal}");
    }
}

#[test]
fn a_dialect_lets_guardrails_stop_what_is_always_allowed() {
    let guarded = Dialect::default().with(readings::AlwaysAllowed::Guarded);
    let allow_ec2 = json!({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}],
    });
    for (members, expected) in [
        (json!({}), "allow"),
        (
            json!({"identity_policies": [plain("Deny")], "rcps": rcps()}),
            "allow",
        ),
        (json!({"scps": [[plain("Allow")]]}), "allow"),
        (
            json!({"scps": [[plain("Allow"), plain("Deny")]]}),
            "explicit_deny",
        ),
        (json!({"scps": [[allow_ec2]]}), "implicit_deny"),
        (
            json!({"scps": [[plain("Deny")]], "facts": ["service_linked_role"]}),
            "allow",
        ),
        (
            json!({"endpoint_policy": naming("Deny", json!("*"))}),
            "explicit_deny",
        ),
        (
            json!({"endpoint_policy": naming("Allow", json!({"AWS": "444455556666"}))}),
            "implicit_deny",
        ),
    ] {
        let mut all = members.clone();
        all["action"] = json!("sts:GetCallerIdentity");
        all["resource"] = json!({"arn": "*", "account": ONE});
        let check = check(all);
        assert_eq!(decide_under(&check, guarded), expected, "{members}");
        assert_eq!(decide(&check), "allow", "{members}");
        // The point is open only where a guardrail counts.
        let open = matches!(verdict(&check), Ok(Verdict::Undetermined { .. }));
        assert_eq!(open, expected != "allow", "{members}");
    }
}

#[test]
fn a_bucket_policy_cannot_lock_out_its_owners_root_user() {
    let root = json!({"arn": "arn:aws:iam::111122223333:root", "account": ONE});
    for (action, owner, expected) in [
        ("s3:GetBucketPolicy", ONE, "allow"),
        ("s3:putbucketpolicy", ONE, "allow"),
        ("s3:DeleteBucketPolicy", ONE, "allow"),
        ("s3:GetObject", ONE, "explicit_deny"),
        ("s3:GetBucketPolicy", "444455556666", "explicit_deny"),
        ("s3:GetBucketPolicy", "aws", "explicit_deny"),
    ] {
        let members = |more: Value| {
            let mut all = json!({
                "principal": root, "action": action, "resource": {"arn": "arn:aws:s3:::b", "account": owner},
                "resource_policy": naming("Deny", json!("*")),
            });
            for (name, value) in more.as_object().expect("members") {
                all[name] = value.clone();
            }
            check(all)
        };
        assert_eq!(decide(&members(json!({}))), expected, "{action} {owner}");
        let scp = json!({"scps": [[plain("Allow"), plain("Deny")]]});
        assert_eq!(decide(&members(scp)), "explicit_deny", "{action} {owner}");
    }
}

#[test]
fn a_jwt_caller_depends_on_the_resource_side_alone() {
    let allowed = Dialect::default().with(readings::JwtSilentPolicy::Allowed);
    let star = Dialect::default().with(readings::AwsStar::Everyone);
    let everyone = || naming("Allow", json!("*"));
    for (members, by_default, silent_allows, aws_star) in [
        (json!({}), "allow", "allow", "allow"),
        (
            json!({"identity_policies": [plain("Deny")], "scps": [[plain("Deny")]]}),
            "allow",
            "allow",
            "allow",
        ),
        (
            json!({"resource_policy": everyone()}),
            "allow",
            "allow",
            "allow",
        ),
        (
            json!({"resource_policy": naming("Allow", json!({"AWS": ONE}))}),
            "implicit_deny",
            "allow",
            "implicit_deny",
        ),
        (
            json!({"resource_policy": naming("Allow", json!({"AWS": "*"}))}),
            "implicit_deny",
            "allow",
            "allow",
        ),
        (
            json!({"resource_policy": naming("Deny", json!("*"))}),
            "explicit_deny",
            "explicit_deny",
            "explicit_deny",
        ),
        (
            json!({"resource_policy": naming("Deny", json!({"AWS": "*"}))}),
            "implicit_deny",
            "allow",
            "explicit_deny",
        ),
        (
            json!({"endpoint_policy": everyone()}),
            "allow",
            "allow",
            "allow",
        ),
        (
            json!({"endpoint_policy": naming("Allow", json!({"AWS": ONE}))}),
            "implicit_deny",
            "implicit_deny",
            "implicit_deny",
        ),
        (
            json!({"rcps": rcps()}),
            "explicit_deny",
            "explicit_deny",
            "explicit_deny",
        ),
    ] {
        let mut all = members.clone();
        all["principal"] = json!({"arn": "jwt", "account": null});
        let check = check(all);
        assert_eq!(decide(&check), by_default, "{members}");
        assert_eq!(decide_under(&check, allowed), silent_allows, "{members}");
        assert_eq!(decide_under(&check, star), aws_star, "{members}");
        let derivation =
            trace(&check, &Dialect::default(), Detail::Structure).expect("well-formed");
        assert_eq!(
            (derivation.caller, derivation.same_account),
            (CallerKind::Jwt, None)
        );
    }
}

#[test]
fn a_choice_is_consulted_only_where_its_reading_matters() {
    let deny = |elements: Value| {
        let mut statement = statement("Deny");
        for (name, value) in elements.as_object().expect("elements") {
            statement[name] = value.clone();
        }
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
        check(json!({"identity_policies": [plain("Allow"), policy], "context": {"a:b": ["x"]}}))
    };
    let malformed = json!({"NumericNotEquals": {"a:b": "1"}});
    for (elements, choice) in [
        (
            json!({"Condition": malformed}),
            Some(Choice::MalformedNumber),
        ),
        // Another element fails, before or after.
        (
            json!({"Condition": malformed, "Action": "s3:PutObject"}),
            None,
        ),
        (
            json!({"Condition": {"StringEquals": {"a:b": "y"}, "NumericNotEquals": {"a:b": "1"}}}),
            None,
        ),
        // The test fails under either reading.
        (json!({"Condition": {"NumericEquals": {"a:b": "1"}}}), None),
        (
            json!({"Condition": {"NumericNotEquals": {"a:none": "x"}}}),
            None,
        ),
        (
            json!({"Condition": {"ForAnyValue:StringEqualsIfExists": {"a:none": "x"}}}),
            Some(Choice::ForAnyIfExists),
        ),
        (
            json!({"Condition": {"ForAnyValue:StringEqualsIfExists": {"a:b": "x"}}}),
            None,
        ),
    ] {
        let check = deny(elements.clone());
        let consulted = judge(&check, &Dialect::default())
            .expect("well-formed")
            .consulted;
        assert_eq!(
            consulted.iter().collect::<Vec<_>>(),
            Vec::from_iter(choice),
            "{elements}"
        );
    }
}

#[test]
fn a_verdict_tries_readings_that_other_readings_uncover() {
    // Under IAM-148 `false` the first statement fails, and only then does the second one's IAM-151 matter.
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*",
         "Condition": {"ForAnyValue:StringEqualsIfExists": {"a:none": "x"}, "StringEquals": {"aws:TagKeys": "t"}}},
    ]});
    let check =
        check(json!({"identity_policies": [policy], "context": {"aws:TagKeys": ["t", "u"]}}));
    let Ok(Verdict::Undetermined {
        default,
        choices,
        readings,
    }) = verdict(&check)
    else {
        panic!("both choices matter");
    };
    assert_eq!(default.outcome, CheckOutcome::Decided(Decision::Allow));
    let choices: Vec<Choice> = choices.iter().collect();
    assert_eq!(choices, [Choice::ForAnyIfExists, Choice::PlainMultivalued]);
    let allowing = readings
        .iter()
        .filter(|(_, outcome)| *outcome == default.outcome)
        .count();
    assert_eq!((readings.len(), allowing), (4, 1));
}

#[test]
fn a_verdict_gives_up_over_too_many_readings() {
    let mut condition = json!({});
    let mut context = json!({});
    for (key, operator, wanted, value) in [
        ("a:1", "NumericNotEquals", "1", "x"),
        ("a:2", "DateNotEquals", "1", "x"),
        ("a:3", "NotIpAddress", "192.0.2.1", "x"),
        ("a:4", "Bool", "TRUE", "true"),
        ("a:5", "BinaryEquals", "*", "*"),
        ("a:6", "Null", "true", ""),
        ("a:7", "ArnLike", "*", "x"),
        ("a:8", "ForAnyValue:StringEquals", "", ""),
        ("a:9", "DateEquals", "2024", "2024"),
    ] {
        condition[operator] = json!({key: wanted});
        context[key] = json!([value]);
    }
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "*", "Condition": condition}]});
    let check = check(json!({"resource_policy": policy, "context": context}));
    assert!(matches!(
        verdict(&check),
        Err(VerdictError::TooManyReadings { limit: 256, .. })
    ));
    assert!(judge(&check, &Dialect::default()).is_ok());
}

#[test]
fn which_fault_comes_first_makes_no_difference_to_a_verdict() {
    // Refused anyway; a reading of IAM-039 only adds an earlier fault.
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "NotAction": [], "Resource": "x"}]});
    let found = verdict(&check(json!({"identity_policies": [policy]})));
    assert!(matches!(found, Ok(Verdict::Determined(_))), "{found:?}");
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "NotAction": [], "Resource": "*"}]});
    let found = verdict(&check(json!({"identity_policies": [policy]})));
    assert!(
        matches!(found, Ok(Verdict::Undetermined { .. })),
        "{found:?}"
    );
}

#[test]
fn of_several_checks_an_error_wins_then_an_explicit_deny_then_the_first_implicit_one() {
    let with = |policy: Value| check(json!({"identity_policies": [policy]}));
    let allow = || with(plain("Allow"));
    let explicit = || with(plain("Deny"));
    let implicit = || check(json!({}));
    let invalid = || with(json!({}));
    for (checks, deciding) in [
        (vec![allow(), allow()], None),
        (vec![allow(), implicit(), implicit()], Some(1)),
        (vec![implicit(), allow(), explicit()], Some(2)),
        (vec![explicit(), implicit(), invalid()], Some(2)),
    ] {
        let combined = judge_all(&checks, &Dialect::default()).expect("well-formed");
        assert_eq!(combined.deciding, deciding);
        let outcome = combined.parts[deciding.unwrap_or(0)].outcome;
        assert_eq!(combined.judgement.outcome, outcome);
        assert!(combined.judgement.rules.contains(RuleId::iam(101)));
    }
}

#[test]
fn a_derivation_names_statement_operator_key_and_what_is_missing() {
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "OnlyFromHealth", "Effect": "Deny", "Principal": {"AWS": [ONE, "*"]}, "Action": "s3:Get*",
        "Resource": ["arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/k${*}"],
        "Condition": {"StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-0health1234"}},
    }]});
    let check = check(json!({"resource_policy": policy}));
    let derivation = trace(&check, &Dialect::default(), Detail::Full).expect("well-formed");
    assert_eq!(derivation.same_account, Some(true));
    let policy = &derivation.policies[0];
    assert_eq!(
        (policy.slot, policy.counts, policy.verdict),
        (PolicySlot::Resource, true, Layer::Silent)
    );
    let statement = &policy.statements[0];
    assert_eq!(statement.sid.as_deref(), Some("OnlyFromHealth"));
    assert_eq!(
        (statement.applies, statement.grade),
        (false, Some(Grade::Direct))
    );
    let [principal, action, resource, condition] = statement.elements.as_slice() else {
        panic!("four elements: {statement:?}");
    };
    assert_eq!(
        principal.principal_forms,
        [PrincipalForm::AccountId, PrincipalForm::AwsStar]
    );
    assert_eq!((action.element, action.holds), (Element::Action, true));
    assert_eq!(action.why, "`s3:Get*` in Action covers s3:GetObject");
    assert!(!resource.holds);
    let forms: Vec<_> = resource
        .variables
        .iter()
        .map(|v| (v.form, v.resolved))
        .collect();
    assert_eq!(
        forms,
        [
            (VariableForm::Plain, false),
            (VariableForm::LiteralStar, true)
        ]
    );
    let test = condition.condition.as_ref().expect("a test");
    assert_eq!(
        (test.operator.name(), test.if_exists, test.state),
        ("StringNotEquals", true, KeyState::Absent)
    );
    assert_eq!(condition.wanted, ["vpc-0health1234"]);
    assert_eq!(condition.found, None);
    assert_eq!(
        condition.why,
        "aws:SourceVpc is absent: it exists only for requests through a VPC endpoint; \
         StringNotEqualsIfExists holds for an absent key"
    );
    // Flipped on, the statement decides.
    let flipped = derivation.decision_if(PolicySlot::Resource, 0, true);
    assert_eq!(flipped, Some(Decision::ExplicitDeny));
    assert_eq!(derivation.decision_if(PolicySlot::Boundary, 0, true), None);
}

#[test]
fn flipping_a_statement_recombines_with_its_grade() {
    // Another account is named; made to apply, such an Allow counts as naming the caller directly.
    let stranger = naming("Allow", json!({"AWS": "444455556666"}));
    let account = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": ONE}, "Action": "s3:PutObject"}]});
    for (policy, expected) in [
        (stranger, Decision::Allow),
        (account, Decision::ImplicitDeny),
    ] {
        let check = check(json!({"resource_policy": policy}));
        let derivation =
            trace(&check, &Dialect::default(), Detail::Structure).expect("well-formed");
        assert_eq!(
            derivation.judgement.outcome,
            CheckOutcome::Decided(Decision::ImplicitDeny)
        );
        let flipped = derivation.decision_if(PolicySlot::Resource, 0, true);
        assert_eq!(flipped, Some(expected), "{policy}");
    }
}

#[test]
fn an_invalid_policy_makes_the_answer_an_error_even_where_it_does_not_count() {
    let (_, service) = &callers()[4];
    let check = check(json!({
        "principal": service, "identity_policies": [plain("Allow"), {"Statement": []}],
        "resource_policy": naming("Allow", json!("*")),
    }));
    let judgement = judge(&check, &Dialect::default()).expect("well-formed");
    let CheckOutcome::Invalid(invalid) = judgement.outcome else {
        panic!("invalid: {judgement:?}");
    };
    assert_eq!(
        (invalid.policy, invalid.rule),
        (PolicySlot::Identity(1), RuleId::iam(8))
    );
    let derivation = trace(&check, &Dialect::default(), Detail::Full).expect("well-formed");
    assert_eq!(derivation.judgement, judgement);
    assert_eq!(derivation.decision_if(PolicySlot::Resource, 0, false), None);
    assert!(
        derivation
            .steps
            .last()
            .is_some_and(|step| step.text.contains("identity_policies[1]"))
    );
}
