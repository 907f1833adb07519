//! A decision allocates nothing.

use std::path::Path;

use veriam_evaluator::{Engine, Request, Work};
use veriam_model::{Check, Dialect};

fn checks(file: &str) -> Vec<Check> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../oracle/tests/vectors")
        .join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines().map(|l| Check::from_json(l).unwrap()).collect()
}

#[test]
fn the_counter_sees_allocations() {
    let info = allocation_counter::measure(|| {
        std::hint::black_box(String::from("x"));
    });
    assert_eq!(info.count_total, 1);
}

#[test]
fn no_decision_allocates() {
    let checks = [checks("iam.jsonl"), checks("workloads.jsonl")].concat();
    assert_eq!(checks.len(), 417);
    for check in &checks {
        let engine = Engine::for_check(check, &Dialect::default()).unwrap();
        let request = Request::of(check);
        let mut work = Work::default();
        let info = allocation_counter::measure(|| {
            engine.decide(&request).unwrap();
            engine.decide_counted(&request, &mut work).unwrap();
        });
        assert_eq!(info.count_total, 0, "{:?}", check.id);
    }
}

#[test]
fn only_the_error_of_a_malformed_request_allocates() {
    let mut check = checks("workloads.jsonl").remove(0);
    let engine = Engine::for_check(&check, &Dialect::default()).unwrap();
    check.action = "no colon".to_owned();
    let info = allocation_counter::measure(|| {
        assert!(engine.decide(&Request::of(&check)).is_err());
    });
    assert!(info.count_total > 0);
}
