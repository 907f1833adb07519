//! Every check vector comes out as documented.

use std::path::Path;

use veriam_evaluator::{Engine, Request};
use veriam_model::{Dialect, Row};

fn rows(file: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../oracle/tests/vectors")
        .join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines().map(|l| Row::from_json(l).unwrap()).collect()
}

#[test]
fn every_vector_comes_out_as_documented() {
    let rows = rows("iam.jsonl");
    assert_eq!(rows.len(), 414);
    let mut wrong = Vec::new();
    for row in rows {
        let check = &row.check;
        let answer = match Engine::for_check(check, &Dialect::default()) {
            Ok(engine) => format!("{}", engine.decide(&Request::of(check)).unwrap()),
            Err(invalid) => format!("{invalid:?}"),
        };
        let expected = row.expected.unwrap().to_string();
        if answer != expected {
            let id = check.id.as_deref().unwrap_or_default();
            wrong.push(format!("{id}: {answer}, not {expected}: {:?}", row.note));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
