//! A program that hangs, ends or babbles costs its own cases, never the run.

mod support;

use std::time::Duration;

use support::{check, veriam_in};
use veriam::compare::Reply;
use veriam::target::{Spec, Target, TargetOptions};
use veriam_model::{Case, Check, Decision, Dialect};

const BAD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bad-adapters/bad.py");

fn spec(way: &str) -> Spec {
    Spec::Exec(["python3", "-S", BAD, way].map(str::to_owned).to_vec())
}

/// Long enough for a machine under load to answer; ways that say nothing take it in full.
const PATIENT: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(200);

fn open(way: &str, deadline: Duration, restarts: u64) -> Box<dyn Target> {
    let options = TargetOptions {
        startup: PATIENT,
        deadline,
        restarts,
        ..TargetOptions::default()
    };
    let opened = spec(way).open(None, &options);
    opened.unwrap_or_else(|error| panic!("{way}: {error}"))
}

fn asking(action: &str) -> Case {
    let named = Check {
        action: action.to_owned(),
        ..check(&[])
    };
    Case::Check(Box::new(named))
}

/// The replies to three checks asked together, of which the one in the middle provokes the program.
fn replies(target: &dyn Target) -> Vec<Reply> {
    let cases = [
        asking("s3:GetObject"),
        asking("sts:GetCallerIdentity"),
        asking("s3:PutObject"),
    ];
    let observations = target.ask_all(&cases.iter().collect::<Vec<_>>());
    observations.into_iter().map(|o| o.reply).collect()
}

#[test]
fn each_way_of_babbling_costs_one_case_and_says_what_is_wrong() {
    let ways = [
        ("garbage", "a line that is no answer"),
        ("wrong-id", "which nobody asked"),
        ("no-id", "an answer without an `id`"),
        ("twice", "twice; answer each request once"),
        ("nonsense", "perhaps"),
        ("two-members", "one other member"),
        ("huge", "a line of more than 1048576 bytes"),
        ("not-utf8", "invalid UTF-8"),
        ("half", "ended (exit status: 0) before it answered"),
        (
            "ends",
            "ended (exit status: 3) before it answered; its standard error ends: fatal: out of luck",
        ),
        ("failed", "division by zero"),
    ];
    let denied = Reply::Decided(Decision::ImplicitDeny);
    for (way, told) in ways {
        let target = open(way, PATIENT, 64);
        let replies = replies(target.as_ref());
        assert_eq!([&replies[0], &replies[2]], [&denied, &denied], "{way}");
        match &replies[1] {
            Reply::Failed(message) => {
                assert!(message.contains(told), "{way}: {message}");
                assert!(message.len() < 1_000, "{way}: {} bytes", message.len());
            }
            other => panic!("{way}: {other}"),
        }
        assert_eq!(target.lost(), None, "{way}");
    }
}

#[test]
fn a_program_that_hangs_costs_the_case_it_hangs_on() {
    for way in ["hangs", "child-hangs"] {
        let target = open(way, SHORT, 64);
        let replies = replies(target.as_ref());
        let failed = |reply: &Reply| matches!(reply, Reply::Failed(how) if how.contains("no answer within 200 ms"));
        assert!(failed(&replies[1]), "{way}: {}", replies[1]);
    }
}

#[test]
fn a_flood_on_standard_error_is_no_fault() {
    let target = open("floods", PATIENT, 0);
    let denied = Reply::Decided(Decision::ImplicitDeny);
    assert_eq!(
        replies(target.as_ref()),
        [denied.clone(), denied.clone(), denied]
    );
}

#[test]
fn a_program_that_ends_now_and_then_is_started_again() {
    let target = open("ends-after-three", PATIENT, 64);
    let denied = Reply::Decided(Decision::ImplicitDeny);
    for _ in 0..4 {
        let observed: Vec<Reply> = (0..2)
            .map(|_| target.ask(&asking("s3:GetObject")).reply)
            .collect();
        assert!(observed.contains(&denied), "{observed:?}");
    }
    assert_eq!(target.lost(), None);
}

#[test]
fn a_program_that_always_breaks_is_given_up() {
    for (restarts, told) in [(64, "8 times in a row"), (2, "broke 3 times")] {
        let target = open("always-ends", PATIENT, restarts);
        for _ in 0..10 {
            assert!(matches!(
                target.ask(&asking("s3:GetObject")).reply,
                Reply::Failed(_)
            ));
        }
        let lost = target.lost().expect("it is given up");
        assert!(lost.contains(told), "{lost}");
    }
    // Its input is closed: every request runs into the deadline.
    let target = open("closes-input", SHORT, 0);
    assert!(matches!(
        target.ask(&asking("s3:GetObject")).reply,
        Reply::Failed(_)
    ));
    assert!(target.lost().is_some());
}

#[test]
fn who_says_no_proper_hello_is_refused_with_the_reason() {
    let cases = [
        ("no-hello", SHORT, 5, "said no hello within 200 ms"),
        (
            "ends-at-once",
            PATIENT,
            5,
            "ended (exit status: 1) before it said hello; its standard error ends: no such model",
        ),
        (
            "garbage-first",
            PATIENT,
            2,
            "began with `Welcome to bad 1.0`",
        ),
        ("other-version", PATIENT, 2, "veriam.protocol/9"),
        ("unknown-member", PATIENT, 2, "unknown field `case`"),
        (
            "two-hellos",
            PATIENT,
            2,
            "a further line before it was asked",
        ),
    ];
    for (way, startup, code, told) in cases {
        let options = TargetOptions {
            startup,
            ..TargetOptions::default()
        };
        let error = spec(way).open(None, &options).err().expect(way).to_string();
        assert!(error.contains(told), "{way}: {error}");
        let finished = run(way, &["--startup", &format!("{}ms", startup.as_millis())]);
        assert_eq!(finished.code, code, "{way}: {}", finished.err);
        assert!(finished.err.contains(told), "{way}: {}", finished.err);
    }
    let nobody = Spec::Exec(vec!["/no/such/program".to_owned()]);
    let error = nobody.open(None, &TargetOptions::default()).err().unwrap();
    assert!(
        error
            .to_string()
            .contains("cannot start `/no/such/program`"),
        "{error}"
    );
    let ours = Some(Dialect::default());
    assert!(nobody.open(ours, &TargetOptions::default()).is_err());
}

fn run(way: &str, more: &[&str]) -> support::Finished {
    let folder = tempfile::tempdir().unwrap();
    let target = format!("exec=python3 -S '{BAD}' {way}");
    let args = [
        "run", "--target", &target, "--only", "vectors", "--jobs", "1",
    ];
    veriam_in(folder.path(), &[&args[..], more].concat(), b"")
}

#[test]
fn a_run_on_a_program_that_is_given_up_ends_with_a_code_of_its_own() {
    let finished = run("always-ends", &[]);
    assert_eq!(finished.code, 5, "{}{}", finished.out, finished.err);
    assert!(
        finished
            .err
            .contains("exec:bad was given up after it broke"),
        "{}",
        finished.err
    );
}

#[test]
fn a_run_on_a_program_that_denies_everything_is_void_by_its_controls() {
    let finished = run("garbage", &[]);
    assert_eq!(finished.code, 4, "{}{}", finished.out, finished.err);
    assert!(
        finished.out.contains("a control came out wrong"),
        "{}",
        finished.out
    );
}
