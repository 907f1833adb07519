//! What shrinking promises: it ends, keeps the failure, leaves nothing removable, and takes few evaluations.

#[path = "common/parts.rs"]
mod parts;

use serde_json::Value;
use veriam_generators::generated_check;
use veriam_generators::shrink::{Shrunk, shrink};
use veriam_model::{Check, Context, PolicyText};

use parts::parts_less;

type Predicate = fn(&Check) -> bool;

/// Predicates about what a failure may need, with the least number of parts that they can need.
const PLANTED: [(&str, Predicate); 7] = [
    ("two cooperating statements", |check| {
        any_statement(check, |s| {
            s["Effect"] == "Deny" && !s["NotResource"].is_null()
        }) && any_statement(check, |s| {
            s["Effect"] == "Allow" && has_operator(s, "IfExists")
        })
    }),
    ("a key of the context that a condition names", |check| {
        check.context.iter().any(|(name, values)| {
            !values.is_empty()
                && any_statement(check, |s| {
                    s["Condition"].to_string().contains(&format!("\"{name}\""))
                })
        })
    }),
    ("a set operator and an SCP", |check| {
        !check.scps.is_empty() && any_statement(check, |s| has_operator(s, "ForAnyValue:"))
    }),
    ("a variable in Resource", |check| {
        any_statement(check, |s| s["Resource"].to_string().contains("${"))
    }),
    ("two identity policies", |check| {
        check.identity_policies.len() > 1
    }),
    ("a fact", |check| !check.facts.is_empty()),
    ("a policy that denies the very resource", |check| {
        any_statement(check, |s| {
            s["Effect"] == "Deny" && s["Resource"].to_string().contains(&check.resource.arn)
        })
    }),
];

fn statements(check: &Check) -> Vec<Value> {
    let documents = check
        .policies()
        .filter_map(|(_, p)| serde_json::from_str::<Value>(p.as_str()).ok());
    let statements = documents.map(|d| match &d["Statement"] {
        Value::Array(list) => list.clone(),
        one => vec![one.clone()],
    });
    statements.flatten().collect()
}

fn any_statement(check: &Check, test: impl Fn(&Value) -> bool) -> bool {
    statements(check).iter().any(test)
}

fn has_operator(statement: &Value, part: &str) -> bool {
    let operators = statement["Condition"].as_object();
    operators.is_some_and(|o| o.keys().any(|name| name.contains(part)))
}

/// Checks that have what the predicate asks for.
fn failing(predicate: Predicate, count: usize) -> Vec<Check> {
    let checks = (0..).map(|index| generated_check(11, index));
    checks.take(60_000).filter(predicate).take(count).collect()
}

/// Every check with one thing less, found without the shrinker's help.
fn removals(check: &Check) -> Vec<Check> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Check)| {
        let mut copy = check.clone();
        change(&mut copy);
        all.push(copy);
    };
    for i in 0..check.facts.len() {
        with(&|c| {
            c.facts.remove(i);
        });
    }
    for i in 0..check.context.len() {
        with(&|c| drop(c.context.remove(i)));
        for v in 0..check.context.entries()[i].1.len() {
            with(&|c| {
                let mut context = Context::new();
                for (at, (name, values)) in c.context.entries().iter().enumerate() {
                    let mut values = values.clone();
                    if at == i {
                        values.remove(v);
                    }
                    context.insert(name.clone(), values).expect("distinct keys");
                }
                c.context = context;
            });
        }
    }
    for i in 0..check.identity_policies.len() {
        with(&|c| drop(c.identity_policies.remove(i)));
    }
    with(&|c| c.resource_policy = None);
    with(&|c| c.boundary = None);
    with(&|c| c.session_policy = None);
    with(&|c| c.endpoint_policy = None);
    for (level, policies) in check.scps.iter().enumerate() {
        with(&|c| drop(c.scps.remove(level)));
        for i in 0..policies.len() {
            with(&|c| drop(c.scps[level].remove(i)));
        }
    }
    for (level, policies) in check.rcps.iter().enumerate() {
        with(&|c| drop(c.rcps.remove(level)));
        for i in 0..policies.len() {
            with(&|c| drop(c.rcps[level].remove(i)));
        }
    }
    let texts: Vec<String> = check
        .policies()
        .map(|(_, p)| p.as_str().to_owned())
        .collect();
    for text in texts {
        let value: Value = serde_json::from_str(&text).expect("generated policies are JSON");
        for smaller in parts_less(&value) {
            let smaller = PolicyText::new(smaller.to_string());
            with(&|c| replace_text(c, &text, &smaller));
        }
    }
    all.retain(|c| c != check);
    all
}

fn replace_text(check: &mut Check, old: &str, new: &PolicyText) {
    let single = [
        &mut check.resource_policy,
        &mut check.boundary,
        &mut check.session_policy,
        &mut check.endpoint_policy,
    ];
    let lists = check.scps.iter_mut().chain(&mut check.rcps).flatten();
    let all = check.identity_policies.iter_mut().chain(lists);
    let all = all.chain(single.into_iter().flatten());
    for policy in all.filter(|p| p.as_str() == old) {
        *policy = new.clone();
    }
}

fn shrunk(check: &Check, predicate: Predicate) -> Shrunk {
    shrink(check, 5_000, &mut |c| predicate(c))
}

#[test]
fn a_shrunk_check_still_fails_and_has_nothing_left_to_remove() {
    for (what, predicate) in PLANTED {
        let checks = failing(predicate, 25);
        assert!(checks.len() >= 10, "{what}: only {} checks", checks.len());
        for check in checks {
            let result = shrunk(&check, predicate);
            assert!(!result.exhausted, "{what}");
            assert!(predicate(&result.check), "{what}");
            for smaller in removals(&result.check) {
                assert!(
                    !predicate(&smaller),
                    "{what}: {}\nstill has a removable part: {}",
                    result.check.to_json(),
                    smaller.to_json()
                );
            }
            assert_eq!(result.check.id, check.id);
        }
    }
}

#[test]
fn two_cooperating_statements_shrink_to_their_essence() {
    let (_, predicate) = PLANTED[0];
    let mut evaluations = Vec::new();
    for check in failing(predicate, 100) {
        let result = shrunk(&check, predicate);
        let statements = statements(&result.check);
        assert!(statements.len() <= 2, "{}", result.check.to_json());
        let characters: usize = result.check.policies().map(|(_, p)| p.as_str().len()).sum();
        assert!(
            characters <= 200,
            "{characters}: {}",
            result.check.to_json()
        );
        assert!(result.check.context.is_empty() && result.check.facts.is_empty());
        evaluations.push(result.evaluations);
    }
    evaluations.sort_unstable();
    let median = evaluations[evaluations.len() / 2];
    assert!(median <= 120, "{median}");
}

#[test]
fn names_become_short_and_accounts_the_first_ones() {
    let check = Check::from_json(
        r#"{"principal":{"arn":"arn:aws:iam::999988887777:user/division/erin.smith","account":"999988887777"},
            "resource":{"arn":"arn:aws:s3:::examplecorp-data/erin.smith/notes.txt","account":"999988887777"},
            "action":"s3:GetObject",
            "context":{"aws:username":["erin.smith"],"aws:PrincipalTag/team":["platform-eng"]},
            "identity_policies":[{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":"s3:*",
              "Resource":["arn:aws:s3:::examplecorp-data/${aws:username}/*"],
              "Condition":{"StringEquals":{"aws:username":"erin.smith"}}}]}]}"#,
    )
    .expect("a check");
    // The failure needs the user's name in the condition and in the context, whatever it is.
    let result = shrink(&check, 1_000, &mut |c| {
        let name = c
            .principal
            .arn
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        c.context.iter().any(|(_, values)| values.contains(&name))
            && any_statement(c, |s| {
                s["Condition"]["StringEquals"]["aws:username"] == name.as_str()
            })
    });
    assert_eq!(
        result.check.identity_policies[0].as_str(),
        r#"{"Statement":{"Condition":{"StringEquals":{"aws:username":"b"}}}}"#
    );
    let principal = &result.check.principal;
    assert_eq!(principal.arn, "arn:aws:iam::111122223333:user/a/b");
    assert_eq!(principal.account.as_deref(), Some("111122223333"));
    assert_eq!(result.check.resource.account, "111122223333");
    assert_eq!(result.check.context.len(), 1);
}

#[test]
fn negations_prefixes_and_suffixes_go_when_they_are_not_needed() {
    let check = Check::from_json(
        r#"{"principal":{"arn":"anonymous","account":"anonymous"},"resource":{"arn":"*","account":"111122223333"},
            "action":"s3:GetObject",
            "resource_policy":{"Statement":{"Effect":"Deny","NotPrincipal":{"AWS":["111122223333","444455556666"]},
              "NotAction":["s3:Put*","s3:List*"],"NotResource":"arn:aws:s3:::b",
              "Condition":{"ForAllValues:StringLikeIfExists":{"aws:TagKeys":["a","b"]}}}}}"#,
    )
    .expect("a check");
    let result = shrink(&check, 1_000, &mut |c| {
        any_statement(c, |s| {
            let keys = s.as_object().map_or(0, |o| o.len());
            let named = [&s["Principal"], &s["NotPrincipal"]]
                .iter()
                .any(|p| p.to_string().len() == 3);
            let listed = s["NotPrincipal"]["AWS"].is_array();
            keys == 5 && (named || listed) && has_operator(s, "StringLike")
        })
    });
    assert_eq!(
        result.check.resource_policy.expect("kept").as_str(),
        r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"StringLike":{}}}}"#
    );
}

#[test]
fn the_budget_is_kept_and_its_end_is_told() {
    let (_, predicate) = PLANTED[0];
    let check = &failing(predicate, 1)[0];
    for budget in [0, 1, 7, 30] {
        let mut asked = 0;
        let result = shrink(check, budget, &mut |c| {
            asked += 1;
            predicate(c)
        });
        assert_eq!(result.evaluations, asked);
        assert!(asked <= budget && result.exhausted, "{budget}");
        assert!(predicate(&result.check));
    }
}

#[test]
fn a_predicate_that_always_or_never_fails_ends() {
    for index in 0..200 {
        let check = generated_check(5, index);
        let all = shrink(&check, 100_000, &mut |_| true);
        assert!(!all.exhausted);
        assert_eq!(all.check.policies().count(), 0);
        assert!(all.check.context.is_empty());
        let none = shrink(&check, 100_000, &mut |_| false);
        assert!(!none.exhausted);
        assert_eq!(none.check, check);
    }
}

#[test]
fn a_text_that_is_no_json_is_dropped_whole_or_kept() {
    let mut check = generated_check(5, 3);
    check.boundary = Some(PolicyText::new("{\"Version\":"));
    let kept = shrink(&check, 1_000, &mut |c| c.boundary.is_some());
    assert_eq!(kept.check.boundary, check.boundary);
    assert_eq!(kept.check.policies().count(), 1);
    let dropped = shrink(&check, 1_000, &mut |_| true);
    assert_eq!(dropped.check.boundary, None);
}

#[test]
fn repeated_members_survive_when_the_failure_needs_them() {
    let mut check = generated_check(5, 3);
    let text = r#" { "Statement" : { "Effect":"Deny", "Effect" : "Allow", "Sid":"x" } } "#;
    check.boundary = Some(PolicyText::new(text));
    let result = shrink(&check, 1_000, &mut |c| {
        let text = c.boundary.as_ref().map_or("", PolicyText::as_str);
        text.matches("\"Effect\"").count() == 2
    });
    assert_eq!(
        result.check.boundary.expect("kept").as_str(),
        r#"{"Statement":{"Effect":"Deny","Effect":"Allow"}}"#
    );
}
