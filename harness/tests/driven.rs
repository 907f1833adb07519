//! Servers that are driven through the AWS SDK: our emulator in the program and by its URL, and what is no emulator.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use support::{Finished, veriam_in};
use veriam::case_file::StoredCase;
use veriam::compare::Reply;
use veriam::labels::quotas::Quotas;
use veriam::run::{Counted, Part, Plan, Rows, run};
use veriam::store::Rejudged;
use veriam::target::Driven;
use veriam_emulator::{Config, Emulator};
use veriam_model::{PolicyTypes, Profile};

fn at(url: &str, args: &[&str]) -> Finished {
    let folder = tempfile::tempdir().expect("a folder");
    let target = format!("emulator={url}");
    let mut all = vec![args[0], "--target", &target];
    all.extend(&args[1..]);
    veriam_in(folder.path(), &all, b"")
}

/// What becomes of some parts of a run against our emulator.
fn held(parts: &[Part], cases: u64) -> Counted {
    let plan = Plan {
        parts: parts.to_vec(),
        cases,
        seed: 31,
        profile: Profile::Default,
        quotas: Quotas::none(),
        jobs: 2,
        without: PolicyTypes::new(),
        stop_at_first: false,
    };
    let rows = Rows::embedded().expect("embedded rows read");
    let target = Driven::embedded(Duration::from_secs(60)).expect("it starts");
    run(&plan, &rows, &target, &|_| {}).expect("threads start")
}

#[test]
fn the_emulator_decides_generated_cases_as_the_oracle_does() {
    let counted = held(&[Part::Generated], 6_000);
    let controls = counted.part(Part::Controls).expect("controls run");
    assert_eq!((controls.compared(), controls.divergences), (6, 0));
    let generated = counted.part(Part::Generated).expect("generated cases run");
    assert_eq!(generated.divergences, 0, "{:?}", generated.found);
    assert!(generated.compared() > 1_700, "{}", generated.compared());
    // More would make a run void.
    assert!(
        generated.undetermined * 20 < generated.compared(),
        "{}",
        generated.undetermined
    );
    // The policies of checks and documents are of all kinds, and few of those have an API; of the others most are asked.
    let left_out = generated.unsupported_for.iter();
    let left_out = left_out
        .filter(|(reason, _)| !reason.starts_with("checks ") && !reason.starts_with("documents "));
    let left_out: u64 = left_out.map(|(_, count)| count).sum();
    assert!(
        left_out < generated.compared(),
        "{:?}",
        generated.unsupported_for
    );
}

#[test]
fn the_emulator_simulates_what_the_vectors_document() {
    let counted = held(&[Part::Vectors, Part::Sources], 0);
    for (part, least) in [(Part::Vectors, 318), (Part::Sources, 4)] {
        let tally = counted.part(part).expect("it runs");
        assert_eq!(tally.divergences, 0, "{:?}", tally.found);
        assert!(tally.compared() >= least, "{}", tally.compared());
    }
}

/// What the driver once did wrong, found by runs against our emulator.
#[test]
fn what_the_driver_did_wrong_it_does_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/found/driver");
    let target = Driven::embedded(Duration::from_secs(60)).expect("it starts");
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("it reads");
        let case = StoredCase::from_json(&bytes).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        let again = Rejudged::new(&case, &target);
        assert!(!again.diverges(), "{path:?}: {}", again.target);
        assert!(
            !matches!(again.target, Reply::Unsupported(_)),
            "{path:?}: {}",
            again.target
        );
        seen += 1;
    }
    assert!(seen > 0, "there are cases in {folder:?}");
}

#[test]
fn an_emulator_that_runs_elsewhere_is_driven_by_its_url() {
    let emulator = Emulator::start(Config::default()).expect("it starts");
    let finished = at(
        &emulator.url(),
        &[
            "run",
            "--only",
            "generated",
            "--cases",
            "60",
            "--format",
            "json",
        ],
    );
    assert_eq!(finished.code, 0, "{}{}", finished.out, finished.err);
    let told: Value = serde_json::from_str(&finished.out).expect("one object");
    assert_eq!(told["target"], "emulator", "{told}");
}

/// What the emulator cannot be told of the calls in scenarios.
const NOT_STATED: [&str; 8] = [
    "AWS services as callers, which nobody can be",
    "ecr:BatchGetImage, which is not served",
    "ecr:GetDownloadUrlForLayer, which is not served",
    "kms:Decrypt, which is not served",
    "policy engines without both ARN and mode, which every request tells",
    "requests: other services",
    "requests: other services, whose resources are not staged",
    "worlds that PutResourcePolicy refuses: ValidationException",
];

#[test]
fn scenarios_run_against_it_and_what_it_cannot_be_told_has_a_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let args = ["test", "--target", "emulator", "--format", "json"];
    let finished = veriam_in(folder.path(), &args, b"");
    assert_eq!(finished.code, 0, "{}{}", finished.out, finished.err);
    let told: Value = serde_json::from_str(&finished.out).expect("one object");
    let target = &told["target"];
    assert_eq!(target["name"], "emulator", "{told}");
    assert!(target["compared"].as_u64() >= Some(522), "{target}");
    assert_eq!(target["divergences"], serde_json::json!([]), "{target}");
    let reasons = target["unsupported_for"].as_object().expect("counts");
    let reasons: Vec<&str> = reasons.keys().map(String::as_str).collect();
    assert_eq!(reasons, NOT_STATED);
}

#[test]
fn nobody_at_the_address_is_the_exit_code_for_unreachable_targets() {
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
    let url = format!("http://{}", port.expect("a port"));
    let finished = at(&url, &["run", "--cases", "100"]);
    assert_eq!(finished.code, 5, "{}{}", finished.out, finished.err);
    assert!(
        finished.err.contains("start the emulator"),
        "{}",
        finished.err
    );
}

#[test]
fn a_server_that_is_no_emulator_makes_the_run_void() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || {
                let Ok(stream) = stream else { return };
                let Ok(mut answers) = stream.try_clone() else {
                    return;
                };
                let mut requests = BufReader::new(stream);
                loop {
                    let mut length = 0;
                    let mut line = String::new();
                    while requests.read_line(&mut line).is_ok_and(|n| n > 2) {
                        let lower = line.to_ascii_lowercase();
                        if let Some(value) = lower.strip_prefix("content-length:") {
                            length = value.trim().parse().unwrap_or(0);
                        }
                        line.clear();
                    }
                    let mut body = vec![0; length];
                    if requests.read_exact(&mut body).is_err() || line.is_empty() {
                        return;
                    }
                    let answer = b"HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\nnot found";
                    if answers.write_all(answer).is_err() {
                        return;
                    }
                }
            });
        }
    });
    let finished = at(&url, &["run", "--cases", "100", "--only", "generated"]);
    assert_eq!(finished.code, 4, "{}{}", finished.out, finished.err);
    assert!(finished.out.contains("void: a control"), "{}", finished.out);
}
