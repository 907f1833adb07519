//! The command line: help, usage errors, exit codes, streams.

mod support;

use std::io::Read;
use std::process::{Command, Stdio};

use support::{ALLOW, check, veriam, veriam_in};

#[test]
fn help_texts_are_the_ones_that_were_reviewed() {
    let mut all = String::new();
    for command in [
        "",
        "run",
        "plan",
        "merge",
        "ledger",
        "ledger add",
        "ledger check",
        "ledger prune",
        "replay",
        "decide",
        "explain",
        "rules",
        "lint",
        "test",
        "init",
        "matrix",
        "diff",
        "bench",
        "selftest",
        "completions",
    ] {
        let args: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let finished = veriam(&args);
        assert_eq!(finished.code, 0, "{command}");
        assert_eq!(finished.err, "", "{command}");
        all.push_str(&format!(
            "===== veriam {}\n{}\n",
            args.join(" "),
            finished.out
        ));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn the_version_is_the_crates() {
    let finished = veriam(&["--version"]);
    let expected = format!("veriam {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!((finished.code, finished.out), (0, expected));
}

#[test]
fn a_malformed_command_line_is_told_on_standard_error_with_code_2() {
    for args in [
        &["frobnicate"][..],
        &["run", "--cases", "many"],
        &["run", "--jobs", "0"],
        &["run", "--dialect", "IAM-093=never"],
        &["run", "--only", "nothing"],
        &["run", "--exhaustive", "combiner", "--cases", "5"],
        &["run", "--planted", "no-such-mistake"],
        &["run", "--config", "no-such-file.toml"],
        &["run", "--config", "veriam.toml", "--no-ledger"],
        &["ledger"],
        &["ledger", "add", "no-such-file.json", "--reason", "x"],
        &["ledger", "add", "case.json"],
        &["ledger", "add", "case.json", "--reason", " "],
        &[
            "ledger",
            "add",
            "case.json",
            "--reason",
            "x",
            "--link",
            "here",
        ],
        &[
            "ledger",
            "add",
            "case.json",
            "--reason",
            "x",
            "--expires",
            "soon",
        ],
        &["ledger", "check", "--config", "no-such-file.toml"],
        &["ledger", "prune"],
        &["ledger", "prune", "--stale-from", "no-such-file.json"],
        &["replay"],
        &["rules", "X-1"],
        &["rules", "IAM-319"],
        &["lint", "policy.json"],
        &["lint", "--type", "bucket", "policy.json"],
        &["bench", "--seconds", "-1"],
        &["test", "no-such-file.yaml"],
        &["matrix", "no-such-file.yaml"],
        &["diff", "no-such-file.yaml"],
        &["init"],
        &["explain", "--line", "1", "--id", "a"],
        &["explain", "no-such-file.json"],
    ] {
        let finished = veriam(args);
        assert_eq!(finished.code, 2, "{args:?}: {}", finished.err);
        assert_eq!(finished.out, "", "{args:?}");
        assert!(!finished.err.is_empty(), "{args:?}");
    }
}

#[test]
fn completions_name_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let finished = veriam(&["completions", shell]);
        assert_eq!(finished.code, 0);
        for command in [
            "replay", "decide", "explain", "lint", "test", "init", "matrix", "diff", "bench",
        ] {
            assert!(finished.out.contains(command), "{shell} {command}");
        }
    }
}

#[test]
fn the_exit_code_does_not_depend_on_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("good.json", ALLOW);
    write("bad.json", "{\"Version\":\"2012-10-17\",\"Statement\":[]}");
    write("check.json", &check(&[ALLOW]).to_json());
    let rows = [
        (0, &["lint", "--type", "identity", "good.json"][..]),
        (1, &["lint", "--type", "identity", "bad.json"]),
        (1, &["lint", "--type", "identity", "good.json", "bad.json"]),
        (2, &["lint", "--type", "identity", "missing.json"]),
        (
            2,
            &["lint", "--type", "identity", "bad.json", "missing.json"],
        ),
        (0, &["explain", "check.json"]),
        (2, &["explain", "good.json"]),
        (2, &["replay", "check.json"]),
        (0, &["rules", "IAM-136"]),
        (0, &["run", "--only", "vectors"]),
        // Documented outcomes hold under the default readings; this one refuses some of the rows' policies.
        (
            0,
            &["run", "--only", "vectors", "--dialect", "IAM-011=refused"],
        ),
        (4, &["run", "--only", "generated", "--cases", "0"]),
    ];
    for (code, args) in rows {
        for format in ["text", "json"] {
            let args = [args, &["--format", format]].concat();
            let finished = veriam_in(folder.path(), &args, b"");
            assert_eq!(
                finished.code, code,
                "{args:?}: {}{}",
                finished.out, finished.err
            );
        }
    }
}

#[test]
fn json_output_is_one_object_with_a_schema() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("policy.json"), ALLOW).unwrap();
    std::fs::write(folder.path().join("check.json"), check(&[ALLOW]).to_json()).unwrap();
    for (schema, args) in [
        ("veriam.summary/2", &["run", "--only", "vectors"][..]),
        (
            "veriam.lint/1",
            &["lint", "--type", "identity", "policy.json"],
        ),
        ("veriam.explanation/1", &["explain", "check.json"]),
        ("veriam.rules/1", &["rules", "--undetermined"]),
        ("veriam.bench/1", &["bench", "--seconds", "0.001"]),
    ] {
        let args = [args, &["--format", "json"]].concat();
        let finished = veriam_in(folder.path(), &args, b"");
        let object: serde_json::Value = serde_json::from_str(&finished.out)
            .unwrap_or_else(|e| panic!("{args:?}: {e}: {}", finished.out));
        assert_eq!(object["schema"], schema);
    }
}

#[test]
fn output_has_no_styles_unless_a_terminal_asks_for_them() {
    let finished = veriam(&["rules", "IAM-136"]);
    assert!(!finished.out.contains('\u{1b}'), "{}", finished.out);
    let finished = veriam(&["--help"]);
    assert!(!finished.out.contains('\u{1b}'));
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_veriam"))
        .args(["rules", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Read one byte and close: the rest does not fit into the pipe.
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut [0]).unwrap();
    drop(out);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn rules_are_listed_shown_and_filtered() {
    let all = veriam(&["rules"]).out;
    let open = veriam(&["rules", "--undetermined"]).out;
    assert!(all.contains("IAM-136"));
    assert!(!open.contains("IAM-136"));
    assert!(open.contains("IAM-093") && open.contains("span | stay"));
    assert!(open.lines().count() < all.lines().count());
    let one = veriam(&["rules", "iam-93"]).out;
    for part in [
        "IAM-093",
        "certainty",
        "source",
        "reading   span (default)",
        "reading   stay",
        "probe",
    ] {
        assert!(one.contains(part), "{part}: {one}");
    }
}
