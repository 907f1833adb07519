//! Finding statements by index answers like trying every one of them.
//!
//! An explanation tries all statements in order; a decision goes through the indexes. Policies and requests are
//! drawn from a small vocabulary so that they meet often.

use proptest::prelude::*;
use proptest::sample::select;
use veriam_evaluator::{Engine, Request};
use veriam_model::{Check, Context, Decision, Dialect, PolicyText, Principal, Resource, Verb};

const ACTIONS: &[&str] = &[
    "*",
    "s3:*",
    "s3:Get*",
    "S3:getobject",
    "s3:GetObject",
    "s3:?etObject",
    "s3:*Object",
    "s3:Put*",
    "sqs:*",
    "sqs:SendMessage",
    "*:*",
    "s3:GetObjectAcl",
    "s3:g*T",
    "sts:AssumeRole",
];
const RESOURCES: &[&str] = &[
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/x",
    "arn:aws:s3:::b/x*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::?/x",
    "arn:aws:*",
    "arn:aws:s*:::b/x",
    "arn:*:s3:*:*:b/${aws:username}",
    "arn:aws:s3:::c*",
    "arn:aws:s3:::${aws:PrincipalTag/t, 'b'}/x",
];
const PRINCIPALS: &[&str] = &[
    r#""*""#,
    r#"{"AWS":"*"}"#,
    r#"{"AWS":"111122223333"}"#,
    r#"{"AWS":"444455556666"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:root"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:user/alice"}"#,
    r#"{"AWS":["arn:aws:iam::444455556666:user/bob","arn:aws:iam::111122223333:role/p/R"]}"#,
    r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/R/s"}"#,
    r#"{"Service":"sns.amazonaws.com"}"#,
    r#"{"AWS":"arn:aws:sts::111122223333:federated-user/alice"}"#,
    r#"{"AWS":[]}"#,
];
const CONDITIONS: &[&str] = &[
    "{}",
    r#"{"StringEquals":{"aws:PrincipalTag/t":"a"}}"#,
    r#"{"StringEquals":{"aws:PrincipalTag/t":["b","c"]}}"#,
    r#"{"StringLike":{"aws:principaltag/T":["a*","?b"]}}"#,
    r#"{"StringNotEquals":{"aws:PrincipalTag/t":"a"}}"#,
    r#"{"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}}"#,
    r#"{"ForAllValues:StringEquals":{"aws:TagKeys":"a"}}"#,
    r#"{"StringEqualsIfExists":{"aws:PrincipalTag/t":"a"}}"#,
    r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/a*"}}"#,
    r#"{"ArnLike":{"aws:PrincipalArn":"*"}}"#,
    r#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:${aws:PrincipalTag/t}"}}"#,
    r#"{"StringEquals":{"aws:PrincipalTag/t":"${aws:username}"}}"#,
    r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"},"StringEquals":{"aws:TagKeys":"a"}}"#,
    r#"{"StringLike":{"aws:PrincipalTag/t":"*"}}"#,
    r#"{"Null":{"aws:PrincipalTag/t":"true"}}"#,
];

fn list(from: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::collection::vec(select(from), 1..4).prop_map(|list| format!("{list:?}"))
}

/// A statement, with a principal where the policy takes one.
fn statement(principal: bool) -> impl Strategy<Value = String> {
    let elements = (
        prop::bool::weighted(0.03).prop_map(|deny| if deny { "Deny" } else { "Allow" }),
        prop::bool::weighted(0.1).prop_map(|not| if not { "NotAction" } else { "Action" }),
        list(ACTIONS),
        prop::bool::weighted(0.1).prop_map(|not| if not { "NotResource" } else { "Resource" }),
        list(RESOURCES),
        select(PRINCIPALS),
        select(CONDITIONS),
    );
    elements.prop_map(move |(effect, action, actions, resource, resources, who, condition)| {
        let who = if principal {
            format!(r#""Principal":{who},"#)
        } else {
            String::new()
        };
        format!(
            r#"{{"Effect":"{effect}",{who}"{action}":{actions},"{resource}":{resources},"Condition":{condition}}}"#
        )
    })
}

/// A policy of many statements; half of the time all of them have the same action and resource.
fn policy(principal: bool) -> impl Strategy<Value = PolicyText> {
    let statements = prop::collection::vec(statement(principal), 1..30);
    (statements, any::<bool>()).prop_map(|(mut statements, alike)| {
        if alike {
            for statement in &mut statements {
                let (head, rest) = statement.split_once(r#"ction":"#).unwrap();
                let head = head.replace("NotA", "A");
                let (_, condition) = rest.split_once(r#","Condition""#).unwrap();
                *statement =
                    format!(r#"{head}ction":"s3:*","Resource":"*","Condition"{condition}"#);
            }
        }
        let statements = statements.join(",");
        PolicyText::new(format!(
            r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#
        ))
    })
}

fn context() -> impl Strategy<Value = Context> {
    let values = |from: &'static [&'static str]| {
        prop::option::weighted(0.7, prop::collection::vec(select(from), 0..3))
    };
    let arns: &[&str] = &[
        "arn:aws:iam::111122223333:user/alice",
        "arn:aws:iam::111122223333:a",
        "x",
    ];
    let keys = (
        values(&["a", "b", "c", ""]),
        values(&["a", "b", "c"]),
        values(arns),
        values(&["a", "x"]),
        values(&["10.1.2.3", "::1", "x"]),
    );
    keys.prop_map(|(tag, keys, arn, user, ip)| {
        let mut context = Context::new();
        let names = [
            "aws:PrincipalTag/t",
            "aws:tagkeys",
            "aws:PrincipalArn",
            "aws:username",
            "aws:SourceIp",
        ];
        for (name, values) in names.into_iter().zip([tag, keys, arn, user, ip]) {
            if let Some(values) = values {
                let values = values.into_iter().map(str::to_owned).collect();
                context.insert(name, values).unwrap();
            }
        }
        context
    })
}

fn check() -> impl Strategy<Value = Check> {
    let callers: &[(&str, Option<&str>)] = &[
        ("arn:aws:iam::111122223333:user/alice", Some("111122223333")),
        (
            "arn:aws:sts::111122223333:assumed-role/R/s",
            Some("111122223333"),
        ),
        (
            "arn:aws:sts::111122223333:federated-user/alice",
            Some("111122223333"),
        ),
        ("arn:aws:iam::111122223333:root", Some("111122223333")),
        ("arn:aws:iam::444455556666:user/bob", Some("444455556666")),
        ("sns.amazonaws.com", None),
        ("anonymous", Some("anonymous")),
        ("jwt", None),
    ];
    let actions: &[&str] = &[
        "s3:GetObject",
        "s3:getobject",
        "s3:GetObjectAcl",
        "s3:PutObject",
        "sqs:SendMessage",
    ];
    let resources: &[&str] = &[
        "arn:aws:s3:::b/x",
        "arn:aws:s3:::b/xy",
        "arn:aws:s3:::b",
        "*",
        "arn:aws:s3:::c:d/x",
    ];
    let parts = (
        select(callers),
        select(actions),
        select(resources),
        prop::collection::vec(policy(false), 0..3),
        prop::option::of(policy(true)),
        prop::option::of(policy(false)),
        prop::option::of(policy(false)),
        prop::option::of(policy(true)),
        prop::collection::vec(prop::collection::vec(policy(false), 0..2), 0..2),
        context(),
    );
    parts.prop_map(
        |(caller, action, resource, identity, own, boundary, session, endpoint, scps, context)| {
            let principal = Principal {
                arn: caller.0.to_owned(),
                account: caller.1.map(str::to_owned),
            };
            let resource = Resource {
                arn: resource.to_owned(),
                account: "111122223333".to_owned(),
            };
            let mut check = Check::new(principal, action, resource);
            check.identity_policies = identity;
            check.resource_policy = own;
            check.boundary = boundary;
            check.session_policy = session;
            // Endpoint policies take no wildcard without six characters beside it.
            check.endpoint_policy = endpoint.map(|policy| {
                PolicyText::new(policy.as_str().replace("StringLike", "StringEquals"))
            });
            check.scps = scps;
            check.context = context;
            check
        },
    )
}

/// Some dialects that change which statements match.
fn dialect() -> impl Strategy<Value = Dialect> {
    let settings: &[&str] = &[
        "IAM-093=stay",
        "IAM-100=same-service",
        "IAM-064=trailing-parts",
        "IAM-198=not-applies",
        "IAM-103=everyone",
        "IAM-151=false",
        "IAM-186=nothing",
    ];
    prop::collection::vec(select(settings), 0..3).prop_map(|settings| {
        let with = |dialect: Dialect, setting: &str| dialect.with_setting(setting).unwrap();
        settings.into_iter().fold(Dialect::default(), with)
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        // Cheap enough to be many where the code is fast.
        cases: if cfg!(debug_assertions) { 200 } else { 4_000 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_decision_is_what_its_explanation_says(check in check(), dialect in dialect()) {
        let engine = Engine::for_check(&check, &dialect).unwrap();
        let request = Request::of(&check);
        let explained = engine.explain(&request).unwrap();
        prop_assert_eq!(engine.decide(&request), Ok(explained.decision), "{}", check.to_json());
        let denies = explained.applied.iter().any(|applied| applied.effect == Verb::Deny);
        prop_assert_eq!(denies, explained.decision == Decision::ExplicitDeny);
        let order: Vec<_> = explained.applied.iter().map(|a| (a.slot, a.statement)).collect();
        let mut sorted = order.clone();
        sorted.dedup();
        prop_assert_eq!(&order, &sorted, "each statement once");
    }
}
