//! Documents and requests made to hurt: bounded work, clean errors, no panic.

use proptest::prelude::*;
use proptest::sample::select;
use veriam_evaluator::{Engine, EngineBuilder, Limits, Policy, Request, Work, faults, findings};
use veriam_model::{
    Check, Context, Decision, Dialect, PolicyText, PolicyType, Principal, Resource,
};

/// Limits that let large documents through.
const WIDE: Limits = Limits {
    max_bytes: 1 << 28,
    max_depth: 32,
    max_statements: 1 << 20,
};

fn parse(policy_type: PolicyType, text: &str) -> Policy {
    Policy::parse_with(policy_type, text, &Dialect::default(), &WIDE)
        .unwrap_or_else(|e| panic!("{e}"))
}

fn document(statements: &[String]) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    )
}

fn request() -> Check {
    let mut check = Check::new(
        Principal {
            arn: "arn:aws:sts::111122223333:assumed-role/R/s".to_owned(),
            account: Some("111122223333".to_owned()),
        },
        "s3:GetObject",
        Resource {
            arn: format!("arn:aws:s3:::bucket/{}", "a".repeat(200)),
            account: "111122223333".to_owned(),
        },
    );
    let mut context = Context::new();
    for (name, value) in [
        ("aws:PrincipalTag/t", "a".repeat(100)),
        (
            "aws:PrincipalArn",
            format!("arn:aws:iam::111122223333:role/{}", "a".repeat(50)),
        ),
        ("aws:SourceIp", "203.0.113.9".to_owned()),
        ("aws:CurrentTime", "2026-01-01T00:00:00Z".to_owned()),
        ("aws:MultiFactorAuthAge", "9".repeat(50)),
    ] {
        context.insert(name, vec![value]).unwrap();
    }
    context
        .insert("aws:TagKeys", vec!["a".repeat(20); 5])
        .unwrap();
    check.context = context;
    check
}

#[test]
fn a_document_of_100_megabytes_is_refused_without_being_read() {
    let text = " ".repeat(100_000_000);
    let info = allocation_counter::measure(|| {
        let error = Policy::parse(PolicyType::Identity, &text).unwrap_err();
        assert_eq!(error.code(), "document-too-large");
        assert_eq!(error.span(), 0..0);
    });
    assert!(info.bytes_max < 10_000, "{info:?}");
}

#[test]
fn nesting_costs_no_stack() {
    for open in ["[", "{\"a\":"] {
        let text = open.repeat(10_000);
        let error = Policy::parse(PolicyType::Identity, &text).unwrap_err();
        assert_eq!(error.code(), "nested-too-deep");
        assert_eq!(error.fault().offset, 32 * open.len());
    }
    let depth = 200_000;
    let text = format!(r#"{{"Id":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    let limits = Limits {
        max_depth: usize::MAX,
        ..Limits::default()
    };
    let found = faults(
        PolicyType::Identity,
        text.as_bytes(),
        &Dialect::default(),
        &limits,
    );
    let codes: Vec<_> = found.iter().map(|f| f.code).collect();
    assert_eq!(codes, ["missing-statement", "id-form"]);
}

#[test]
fn too_many_statements_are_refused_at_the_first_beyond() {
    let statement = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    let text = document(&vec![statement.to_owned(); 5]);
    let limits = Limits {
        max_statements: 4,
        ..Limits::default()
    };
    let error = Policy::parse_with(PolicyType::Scp, &text, &Dialect::default(), &limits);
    let error = error.unwrap_err();
    assert_eq!(error.code(), "too-many-statements");
    assert_eq!(&text[error.span()], statement);
    assert_eq!(error.fault().offset, text.rfind('{').unwrap());
}

/// How many statements are very many.
const VERY_MANY: usize = if cfg!(debug_assertions) {
    30_000
} else {
    100_000
};

#[test]
fn very_many_statements_are_read_compiled_and_decided() {
    let statements: Vec<String> = (0..VERY_MANY)
        .map(|n| {
            format!(
                r#"{{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::bucket-{n}/*"}}"#
            )
        })
        .collect();
    let policy = parse(PolicyType::Identity, &document(&statements));
    let engine = EngineBuilder::new().identity(policy).build().unwrap();
    let mut check = request();
    check.resource.arn = format!("arn:aws:s3:::bucket-{}/x", VERY_MANY / 9 * 7);
    let mut work = Work::default();
    let decision = engine.decide_counted(&Request::of(&check), &mut work);
    assert_eq!(decision, Ok(Decision::Allow));
    assert_eq!(work.statements, 1);
    assert!(work.comparisons < 1_000, "{work:?}");
}

#[test]
fn many_members_names_and_faults_do_not_multiply() {
    let members: Vec<String> = (0..50_000).map(|n| format!(r#""m{n}":0"#)).collect();
    let text = document(&[format!("{{{},{}}}", members.join(","), members.join(","))]);
    let found = faults(
        PolicyType::Identity,
        text.as_bytes(),
        &Dialect::default(),
        &WIDE,
    );
    assert_eq!(found.len(), 100_003);
    let keys: Vec<String> = (0..50_000)
        .map(|n| format!(r#""k{n}":0,"K{n}":0"#))
        .collect();
    let text = document(&[format!(
        r#"{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"Bool":{{{}}}}}}}"#,
        keys.join(",")
    )]);
    let found = faults(PolicyType::Scp, text.as_bytes(), &Dialect::default(), &WIDE);
    assert_eq!(found.len(), 50_000);
    assert!(found.iter().all(|f| f.code == "repeated-key"));
}

/// The work of one decision over a policy made of `n` parts.
fn work(policy_type: PolicyType, text: &str) -> Work {
    let policy = parse(policy_type, text);
    let builder = EngineBuilder::new();
    let engine = match policy_type {
        PolicyType::Resource => builder.resource(policy),
        _ => builder.identity(policy),
    };
    let engine = engine.build().unwrap();
    let check = request();
    let mut work = Work::default();
    let decision = engine
        .decide_counted(&Request::of(&check), &mut work)
        .unwrap();
    assert_ne!(decision, Decision::Allow, "the work would end early");
    work
}

fn total(work: Work) -> u64 {
    work.statements + work.conditions + work.comparisons
}

/// A policy made of `n` parts.
type Family = (&'static str, PolicyType, fn(usize) -> String);

/// A statement that matches up to its conditions.
fn with_condition(condition: &str) -> String {
    format!(
        r#"{{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::*","Condition":{condition}}}"#
    )
}

fn list(n: usize, item: impl Fn(usize) -> String) -> String {
    let items: Vec<String> = (0..n).map(item).collect();
    format!("[{}]", items.join(","))
}

const FAMILIES: &[Family] = &[
    (
        "statements that match but for a condition",
        PolicyType::Identity,
        |n| {
            let value = |i| {
                with_condition(&format!(
                    r#"{{"StringNotLike":{{"aws:PrincipalTag/t":["{i}","a*"]}}}}"#
                ))
            };
            document(&(0..n).map(value).collect::<Vec<_>>())
        },
    ),
    ("star-heavy resources", PolicyType::Identity, |n| {
        let stars = "*a".repeat(20);
        document(&[format!(
            r#"{{"Effect":"Allow","Action":"*","Resource":{}}}"#,
            list(n, |i| format!(r#""arn:aws:s3:::{stars}*{i}!""#))
        )])
    }),
    ("one long star-heavy resource", PolicyType::Identity, |n| {
        document(&[format!(
            r#"{{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::{}!"}}"#,
            "*a".repeat(n)
        )])
    }),
    (
        "actions and resources that all match in part",
        PolicyType::Identity,
        |n| {
            let star = |i: usize| "*?".repeat(i % 5 + 1);
            document(&[format!(
                r#"{{"Effect":"Allow","Action":{},"Resource":{},"Condition":{{"Bool":{{"no":true}}}}}}"#,
                list(n, |i| format!(r#""s3:G{}{i}*""#, star(i))),
                list(n, |i| format!(r#""arn:aws:s3:::bucket/a{}{i}""#, star(i)))
            )])
        },
    ),
    (
        "resources that begin each other",
        PolicyType::Identity,
        |n| {
            let statement = |i: usize| {
                format!(
                    r#"{{"Effect":"Allow","Action":["s3:*","s3:G*","s3:Get*"],"Resource":["arn:aws:s3:::bucket/{0}*","arn:aws:s3:::b*{0}"],"Condition":{{"Bool":{{"no":true}}}}}}"#,
                    "a".repeat(i % 150)
                )
            };
            document(&(0..n).map(statement).collect::<Vec<_>>())
        },
    ),
    ("values that begin each other", PolicyType::Identity, |n| {
        let value = |i: usize| {
            with_condition(&format!(
                r#"{{"StringLike":{{"aws:PrincipalTag/t":{}}},"Bool":{{"no":"true"}}}}"#,
                list(10, |j| format!(
                    r#""{}*{i}""#,
                    "a".repeat((i * 7 + j) % 100)
                ))
            ))
        };
        document(&(0..n).map(value).collect::<Vec<_>>())
    }),
    ("values of one condition", PolicyType::Identity, |n| {
        with_values(n, "StringLike", "aws:PrincipalTag/t", |i| {
            format!("*a*a*a*{i}")
        })
    }),
    ("set operator over many values", PolicyType::Identity, |n| {
        with_values(n, "ForAnyValue:StringLike", "aws:TagKeys", |i| {
            format!("*a?*{i}")
        })
    }),
    ("variables", PolicyType::Identity, |n| {
        with_values(n, "StringLike", "aws:PrincipalTag/t", |i| {
            format!("*${{aws:PrincipalTag/t}}*${{x{i}, 'b'}}")
        })
    }),
    ("arns with variables", PolicyType::Identity, |n| {
        with_values(n, "ArnLike", "aws:PrincipalArn", |i| {
            format!("arn:aws:*a::${{x{}, '1'}}*:role/*a*{i}", i % 3)
        })
    }),
    ("numbers", PolicyType::Identity, |n| {
        with_values(n, "NumericEquals", "aws:MultiFactorAuthAge", |i| {
            format!("{}{i}", "9".repeat(60))
        })
    }),
    ("ranges", PolicyType::Identity, |n| {
        with_values(n, "IpAddress", "aws:SourceIp", |i| {
            format!("10.{}.{}.0/24", i / 250 % 250, i % 250)
        })
    }),
    ("keys", PolicyType::Identity, |n| {
        let keys: Vec<String> = (0..n).map(|i| format!(r#""k{i}":"x""#)).collect();
        document(&[with_condition(&format!(
            r#"{{"StringEqualsIfExists":{{{}}},"Null":{{"no":"false"}}}}"#,
            keys.join(",")
        ))])
    }),
    ("principals of one statement", PolicyType::Resource, |n| {
        document(&[format!(
            r#"{{"Effect":"Allow","Action":"*","Resource":"*","Principal":{{"AWS":{}}}}}"#,
            list(n, |i| format!(r#""arn:aws:iam::111122223333:role/R{i}""#))
        )])
    }),
    ("principals left out", PolicyType::Resource, |n| {
        let statement = |i| {
            format!(
                r#"{{"Effect":"Deny","Action":"*","Resource":"*","NotPrincipal":{{"AWS":["111122223333","arn:aws:iam::111122223333:user/u{i}"]}},"Condition":{{"Bool":{{"no":true}}}}}}"#
            )
        };
        document(&(0..n).map(statement).collect::<Vec<_>>())
    }),
    (
        "statements that name the same role",
        PolicyType::Resource,
        |n| {
            let statement = |i| {
                format!(
                    r#"{{"Effect":"Allow","Action":"*","Resource":"*","Principal":{{"AWS":["arn:aws:iam::111122223333:role/R","arn:aws:iam::111122223333:role/{i}/R","111122223333"]}},"Condition":{{"Bool":{{"no":true}}}}}}"#
                )
            };
            document(&(0..n).map(statement).collect::<Vec<_>>())
        },
    ),
];

/// A statement with one condition of `n` values, none of which matches.
fn with_values(n: usize, operator: &str, key: &str, value: impl Fn(usize) -> String) -> String {
    let values = list(n, |i| format!("{:?}", value(i)));
    document(&[with_condition(&format!(
        r#"{{"{operator}":{{"{key}":{values}}}}}"#
    ))])
}

/// Sizes whose doubles are compared with them.
const SIZES: &[usize] = if cfg!(debug_assertions) {
    &[250, 500]
} else {
    &[250, 500, 1_000]
};

#[test]
fn work_grows_no_faster_than_the_document() {
    for (name, policy_type, family) in FAMILIES {
        // What grows faster than the document shows at any of these; the slack is for what does not grow.
        for &n in SIZES {
            let (small, large) = (family(n), family(2 * n));
            let growth = large.len() as f64 / small.len() as f64;
            let before = total(work(*policy_type, &small));
            let after = total(work(*policy_type, &large));
            let limit = (before as f64 * growth * 1.1) as u64 + 2_000;
            assert!(
                after <= limit,
                "{name}: {before} at {n}, {after} at {}, at most {limit}",
                2 * n
            );
        }
    }
}

#[test]
fn work_grows_no_faster_than_the_levels() {
    let allow = document(&[r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#.to_owned()]);
    let levels = |n: usize| {
        let mut check = request();
        check.identity_policies = vec![PolicyText::new(allow.clone())];
        check.scps = vec![vec![PolicyText::new(allow.clone())]; n];
        check.rcps = vec![
            vec![PolicyText::new(
                allow.replace("\"Effect\"", "\"Principal\":\"*\",\"Effect\"")
            )];
            n
        ];
        let engine = Engine::for_check(&check, &Dialect::default()).unwrap();
        let mut work = Work::default();
        let decision = engine.decide_counted(&Request::of(&check), &mut work);
        assert_eq!(decision, Ok(Decision::Allow));
        work
    };
    let (before, after) = (levels(500), levels(1_000));
    assert_eq!(before.statements, 1_001);
    assert_eq!(after.statements, 2_001);
    assert!(
        total(after) <= 2 * total(before) + 100,
        "{before:?} {after:?}"
    );
}

#[test]
fn a_level_in_any_shard_can_forbid() {
    let allow = document(&[r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#.to_owned()]);
    let silent = document(&[r#"{"Effect":"Allow","Action":"sqs:*","Resource":"*"}"#.to_owned()]);
    let deny = document(&[r#"{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#.to_owned()]);
    for odd in [0, 1, 57, 58, 59, 60, 63, 64, 122, 123, 124, 199] {
        for (text, expected) in [
            (Some(&silent), Decision::ImplicitDeny),
            (Some(&deny), Decision::ExplicitDeny),
            (None, Decision::ImplicitDeny),
            (Some(&allow), Decision::Allow),
        ] {
            let mut check = request();
            check.identity_policies = vec![PolicyText::new(allow.clone())];
            check.scps = vec![vec![PolicyText::new(allow.clone())]; 200];
            check.scps[odd] = text
                .into_iter()
                .map(|t| PolicyText::new(t.clone()))
                .collect();
            let engine = Engine::for_check(&check, &Dialect::default()).unwrap();
            assert_eq!(
                engine.decide(&Request::of(&check)),
                Ok(expected),
                "{odd} {text:?}"
            );
        }
    }
}

/// A valid document with many kinds of elements, to be broken.
const SEED: &str = r#"{"Version":"2012-10-17","Id":"é😀","Statement":[{"Sid":"Añ","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:root","*"]},"Action":["s3:Gét*","*"],"Resource":["arn:aws:s3:::b/${aws:username, 'ü'}/*","*"],"Condition":{"StringLike":{"aws:PrincipalTag/é":["ab*cdefgh","\u00e9"]},"DateLessThan":{"aws:CurrentTime":"2024-01-01T00:00:00Z"},"Bool":{"k":true},"NumericEquals":{"n":[1,2.5e3]}}}]}"#;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn places_lie_inside_the_text_on_character_boundaries(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..4, select(vec!["", "é", "\"", "}", "{", "😀", "null", "${", "*", ",", "\\", ":", "Deny"])), 1..4),
        policy_type in select(PolicyType::ALL.to_vec()),
    ) {
        let mut text = SEED.to_owned();
        for (place, length, with) in edits {
            let places: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
            let from = place.index(places.len());
            let to = (from + length).min(places.len() - 1);
            text.replace_range(places[from]..places[to], with);
        }
        let (dialect, limits) = (Dialect::default(), Limits::default());
        let found = faults(policy_type, text.as_bytes(), &dialect, &limits);
        for finding in &found {
            prop_assert!(text.get(finding.span.clone()).is_some(), "{finding:?} in {text}");
        }
        let parsed = Policy::parse_with(policy_type, &text, &dialect, &limits);
        prop_assert_eq!(parsed.is_ok(), found.is_empty());
        for finding in findings(policy_type, &text, &dialect, &limits) {
            prop_assert!(text.get(finding.span.clone()).is_some(), "{finding:?} in {text}");
        }
    }

    #[test]
    fn any_bytes_get_an_answer(bytes: Vec<u8>, policy_type in select(PolicyType::ALL.to_vec())) {
        let found = faults(policy_type, &bytes, &Dialect::default(), &Limits::default());
        prop_assert!(!found.is_empty());
        prop_assert!(found.iter().all(|f| f.span.end <= bytes.len()));
    }

    #[test]
    fn any_request_gets_an_answer(
        arn in "(arn:(aws)?:(iam|sts)::111122223333:(user/|root|assumed-role/|federated-user/)?)?[a:/*é]{0,4}",
        account in prop::option::of("(111122223333|anonymous|[0-9a]{0,3})"),
        action in "[a:*é]{0,4}|s3:GetObject|sts:[A-Z][a-z]{2}",
        resource in "(arn:(aws)?:s3:::)?[a:/*é]{0,4}",
        owner in "(111122223333|aws|)",
        values in prop::collection::vec("[a*é]{0,3}", 0..3),
    ) {
        let mut check = Check::new(Principal { arn, account }, action, Resource { arn: resource, account: owner });
        check.context.insert("aws:PrincipalTag/é", values).unwrap();
        check.identity_policies = vec![PolicyText::new(SEED.replace(r#""Principal":{"AWS":["arn:aws:iam::111122223333:root","*"]},"#, "").replace("😀", "").replace("Añ", "A"))];
        check.resource_policy = Some(PolicyText::new(SEED.replace("\"Allow\"", "\"Deny\"")));
        let engine = Engine::for_check(&check, &Dialect::default());
        if let Ok(engine) = engine {
            let request = Request::of(&check);
            match engine.decide(&request) {
                Ok(decision) => prop_assert_eq!(engine.explain(&request).unwrap().decision, decision),
                Err(error) => prop_assert!(error.to_string().contains("; write ")),
            }
        } else {
            // Only a resource that makes the policy a trust or key policy can make it invalid.
            prop_assert!(check.resource.arn.contains(":iam:") || check.resource.arn.contains(":kms:"), "{engine:?}");
        }
    }
}
