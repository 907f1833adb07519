//! The ledger in real runs of the program, against a target with a known mistake.
#![cfg(feature = "planted-mistakes")]

mod support;

use std::path::Path;

use support::{Finished, veriam_in};

/// A mistake that a few generated cases show in one way.
const MISTAKE: &str = "scp-levels-pooled";

fn run(folder: &Path, further: &[&str]) -> Finished {
    let args = [
        "run",
        "--planted",
        MISTAKE,
        "--format",
        "json",
        "--jobs",
        "1",
    ];
    veriam_in(folder, &[&args, further].concat(), b"")
}

fn json(finished: &Finished) -> serde_json::Value {
    serde_json::from_str(&finished.out).unwrap_or_else(|e| panic!("{e}: {}", finished.err))
}

/// The stored cases of a run.
fn files(summary: &serde_json::Value) -> Vec<String> {
    let clusters = summary["clusters"].as_array().unwrap();
    let file = |cluster: &serde_json::Value| cluster["file"].as_str().unwrap().to_owned();
    clusters.iter().map(file).collect()
}

#[test]
fn a_divergence_is_new_until_it_is_added_and_new_again_without_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let some = ["--only", "generated", "--cases", "400"];
    let first = run(folder, &some);
    let summary = json(&first);
    assert_eq!(first.code, 1, "{}", first.err);
    let files = files(&summary);
    assert!(!files.is_empty());
    assert_eq!(summary["ledger"]["new"], files.len());
    for file in &files {
        let added = veriam_in(
            folder,
            &["ledger", "add", file, "--reason", "accepted"],
            b"",
        );
        assert_eq!(added.code, 0, "{}", added.err);
    }
    let known = run(folder, &some);
    let summary = json(&known);
    assert_eq!(known.code, 0, "{}", known.err);
    assert_eq!(summary["ledger"]["known"], files.len());
    assert_eq!(summary["ledger"]["new"], 0);
    assert_eq!(summary["clusters"][0]["ledger"], "known");
    assert_eq!(summary["clusters"][0]["reason"], "accepted");
    assert!(
        summary["divergences"].as_u64().unwrap() > 0,
        "they are told as before"
    );

    let fast = run(folder, &[&some[..], &["--fail-fast"]].concat());
    assert_eq!(fast.code, 0, "{}", fast.err);
    assert_eq!(
        json(&fast)["compared"],
        summary["compared"],
        "what is known ends no run"
    );

    let without = run(folder, &[&some[..], &["--no-ledger"]].concat());
    assert_eq!(without.code, 1);
    assert_eq!(json(&without)["ledger"], serde_json::Value::Null);

    let file = folder.join("veriam.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let old = text.replace("reason = ", "expires = 2020-01-31\nreason = ");
    std::fs::write(folder.join("old.toml"), &old).unwrap();
    let expired = run(folder, &[&some[..], &["--config", "old.toml"]].concat());
    assert_eq!(expired.code, 3, "{}", expired.err);
    let summary = json(&expired);
    assert_eq!(
        summary["ledger"]["expired"].as_array().unwrap().len(),
        files.len()
    );

    std::fs::write(&file, text.replace("accepted", "")).unwrap();
    let refused = run(folder, &some);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(
        refused
            .err
            .contains("veriam.toml:6:10: the reason is empty"),
        "{}",
        refused.err
    );
}

#[test]
fn an_entry_that_a_whole_run_does_not_show_is_stale_and_pruned() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let toml = "# kept\n\n[[ledger]]\ntarget = \"evaluator\"\nexpected = \"*\"\nobserved = \"failed\"\nreason = \"gone\"\n";
    std::fs::write(folder.join("veriam.toml"), toml).unwrap();
    let part = veriam_in(folder, &["run", "--only", "vectors"], b"");
    assert_eq!(part.code, 0, "a part of a run proves nothing: {}", part.out);
    let whole = veriam_in(folder, &["run", "--cases", "200", "--format", "json"], b"");
    assert_eq!(whole.code, 3, "{}", whole.err);
    assert_eq!(json(&whole)["ledger"]["stale"][0]["reason"], "gone");
    std::fs::write(folder.join("summary.json"), &whole.out).unwrap();
    let prune = ["ledger", "prune", "--stale-from", "summary.json"];
    assert_eq!(veriam_in(folder, &prune, b"").code, 0);
    let left = std::fs::read_to_string(folder.join("veriam.toml")).unwrap();
    assert_eq!(left, "# kept\n");
}
