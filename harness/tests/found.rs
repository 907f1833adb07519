//! Cases in which a run against somebody else's emulator found a divergence, shrunk: they read back, and oracle and
//! evaluator agree on what is expected, so that each stays a question with one answer.

use std::path::Path;

use veriam::case_file::StoredCase;
use veriam::compare::{agree, oracle_reply};
use veriam::target::{Evaluator, Target};

#[test]
fn what_was_found_elsewhere_reads_back_and_has_one_answer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/found/ministack");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read(&path).unwrap();
        let stored = StoredCase::from_json(&text).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        let expected = oracle_reply(&stored.case, &stored.dialect);
        assert_eq!(expected.kind(), stored.signature.expected, "{path:?}");
        let observed = Evaluator::default().ask(&stored.case);
        assert!(agree(&expected, &observed.reply), "{path:?}: {observed:?}");
        names.push(path);
    }
    assert!(!names.is_empty(), "there are cases in {folder:?}");
}
