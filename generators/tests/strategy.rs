//! What the strategies promise: a failing property shrinks in the structure of its case, and whatever it is asked on
//! the way can be asked.

use std::cell::RefCell;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use serde_json::Value;
use veriam_generators::strategy::{call_strategy, check_strategy, strategy};
use veriam_model::{CallCase, Case, CaseKind, Check, PolicyText, PolicyType};

/// The value to which the property "it does not hold" shrinks, and every value it was asked about.
fn shrunk<T: std::fmt::Debug + Clone>(
    strategy: impl Strategy<Value = T>,
    holds: impl Fn(&T) -> bool,
) -> (T, Vec<T>) {
    let config = Config {
        cases: 2_000,
        failure_persistence: None,
        ..Config::default()
    };
    let asked = RefCell::new(Vec::new());
    let mut runner = TestRunner::new_with_rng(config, rng());
    let result = runner.run(&strategy, |value| {
        let fails = holds(&value);
        asked.borrow_mut().push(value);
        match fails {
            true => Err(TestCaseError::fail("it holds")),
            false => Ok(()),
        }
    });
    match result {
        Err(TestError::Fail(_, value)) => (value, asked.into_inner()),
        other => panic!("some value holds: {other:?}"),
    }
}

fn rng() -> proptest::test_runner::TestRng {
    proptest::test_runner::TestRng::deterministic_rng(Config::default().rng_algorithm)
}

fn statements(policy: &PolicyText) -> Vec<Value> {
    let document: Value = serde_json::from_str(policy.as_str()).expect("valid JSON");
    match &document["Statement"] {
        Value::Array(list) => list.clone(),
        one => vec![one.clone()],
    }
}

fn has_statement(policy: &PolicyText, test: impl Fn(&Value) -> bool) -> bool {
    statements(policy).iter().any(test)
}

/// Whether a document has what every document has, whatever its type.
fn looks_valid(policy: &PolicyText) -> bool {
    let statements = statements(policy);
    let whole = |s: &Value| {
        (s["Effect"] == "Allow" || s["Effect"] == "Deny")
            && (s["Action"].is_null() != s["NotAction"].is_null())
    };
    !statements.is_empty() && statements.iter().all(whole)
}

fn tests_principal_arn(statement: &Value) -> bool {
    statement["Effect"] == "Deny"
        && statement["Condition"].as_object().is_some_and(|operators| {
            operators
                .values()
                .any(|block| !block["aws:PrincipalArn"].is_null())
        })
}

#[test]
fn a_call_shrinks_to_the_one_condition_it_is_about() {
    let holds = |case: &CallCase| {
        let runtimes = &case.world.runtimes;
        let policies = runtimes.iter().filter_map(|r| r.policy.as_ref());
        let mut policies = policies.filter(|p| has_statement(p, tests_principal_arn));
        policies.next().is_some()
    };
    let (case, asked) = shrunk(call_strategy(), holds);
    assert!(holds(&case));
    let policies = case.world.policies();
    assert_eq!(policies.len(), 1, "{case:?}");
    let document: Value = serde_json::from_str(policies[0].1.as_str()).expect("valid JSON");
    let statement = &document["Statement"];
    assert_eq!(statement["Principal"], "*");
    assert_eq!(statement["Action"], "*");
    let conditions = statement["Condition"].as_object().expect("a condition");
    assert_eq!(conditions.len(), 1);
    let world = &case.world;
    let parts = (
        world.accounts.len(),
        world.runtimes.len(),
        world.networks.len(),
    );
    assert_eq!(parts, (1, 1, 0));
    assert_eq!((world.users.len(), world.roles.len()), (0, 0));
    for case in asked {
        assert_eq!(case.world.validate(), Ok(()));
        assert_eq!(case.world.validate_call(&case.call), Ok(()));
        assert!(case.world.policies().iter().all(|(_, p)| looks_valid(p)));
    }
}

#[test]
fn a_check_shrinks_to_the_one_statement_it_is_about() {
    let negated = |s: &Value| s["Effect"] == "Deny" && !s["NotResource"].is_null();
    let holds = |check: &Check| check.policies().any(|(_, p)| has_statement(p, negated));
    let (check, asked) = shrunk(check_strategy(), holds);
    assert!(check.context.is_empty() && check.facts.is_empty());
    let policies: Vec<&PolicyText> = check.policies().map(|(_, policy)| policy).collect();
    assert_eq!(policies.len(), 1, "{}", check.to_json());
    assert!(policies[0].as_str().len() < 150, "{}", policies[0].as_str());
    assert!(check.id.is_some_and(|id| id.starts_with("g-")));
    for check in asked {
        assert!(
            check.policies().all(|(_, p)| looks_valid(p)),
            "{}",
            check.to_json()
        );
    }
}

#[test]
fn a_document_that_looks_valid_stays_so() {
    let holds = |case: &Case| match case {
        Case::Document(case) => {
            let identity = case.policy_type == PolicyType::Identity;
            let document = serde_json::from_str::<Value>(case.text.as_str()).ok();
            let deny = |d: &Value| d["Statement"].to_string().contains("\"Deny\"");
            identity && document.is_some_and(|d| deny(&d) && looks_valid(&case.text))
        }
        Case::Check(_) | Case::Call(_) | Case::Put(_) => false,
    };
    let (case, _) = shrunk(strategy(), holds);
    let Case::Document(case) = case else {
        panic!("a document: {case:?}");
    };
    let text = r#"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
    assert_eq!(
        case.text.as_str().len(),
        text.len(),
        "{}",
        case.text.as_str()
    );
}

#[test]
fn every_kind_of_case_is_drawn() {
    let mut runner = TestRunner::new_with_rng(Config::default(), rng());
    let mut kinds = Vec::new();
    for _ in 0..300 {
        let tree = strategy().new_tree(&mut runner).expect("never rejected");
        kinds.push(tree.current().kind());
    }
    for kind in CaseKind::ALL {
        assert!(kinds.contains(&kind), "{kind:?}");
    }
}

#[test]
fn what_passes_is_not_offered_again() {
    let mut runner = TestRunner::new_with_rng(Config::default(), rng());
    let mut tree = call_strategy()
        .new_tree(&mut runner)
        .expect("never rejected");
    let first = tree.current();
    let mut offered = vec![first.clone()];
    let mut more = tree.simplify();
    while more {
        assert!(!offered.contains(&tree.current()));
        offered.push(tree.current());
        more = tree.complicate();
    }
    assert!(offered.len() > 10);
    assert_eq!(tree.current(), first);
}
