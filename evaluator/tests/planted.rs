//! Every planted mistake is seen by some vector, and by few.

use std::collections::HashSet;
use std::path::Path;

use veriam_evaluator::planted::Mistake;
use veriam_evaluator::{Engine, Request};
use veriam_model::{Dialect, Row};

#[test]
fn every_mistake_changes_some_answers_and_leaves_most() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../oracle/tests/vectors/iam.jsonl");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let rows: Vec<Row> = text.lines().map(|l| Row::from_json(l).unwrap()).collect();
    for &mistake in Mistake::ALL {
        let wrong = rows.iter().filter(|row| {
            let dialect = Dialect::default();
            let engine = Engine::for_check_with_mistake(&row.check, &dialect, mistake).unwrap();
            engine.decide(&Request::of(&row.check)).ok() != row.expected
        });
        let wrong = wrong.count();
        assert!((1..40).contains(&wrong), "{}: {wrong}", mistake.name());
    }
}

#[test]
fn names_are_unique_and_in_kebab_case() {
    let names: HashSet<&str> = Mistake::ALL.iter().map(|m| m.name()).collect();
    assert_eq!(names.len(), Mistake::ALL.len());
    for name in names {
        assert!(
            name.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
            "{name}"
        );
    }
}
