//! Programs as targets: the protocol from both sides, the example of the tutorial, and what becomes of their divergences.

mod support;

use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{Finished, veriam_in};

const VERIAM: &str = env!("CARGO_BIN_EXE_veriam");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn flawed(member: &str) -> String {
    let program = root().join("harness/tests/bad-adapters/flawed.py");
    format!(
        "exec=python3 -S '{}' '{VERIAM}' {member}",
        program.display()
    )
}

fn example() -> String {
    format!(
        "exec=python3 '{}'",
        root().join("docs/examples/adapter.py").display()
    )
}

fn in_folder(folder: &Path, args: &[&str]) -> Finished {
    veriam_in(folder, args, b"")
}

fn json(finished: &Finished) -> Value {
    serde_json::from_str(&finished.out)
        .unwrap_or_else(|e| panic!("{e}: {}{}", finished.out, finished.err))
}

#[test]
fn our_own_judges_answer_alike_over_the_protocol() {
    let folder = tempfile::tempdir().unwrap();
    for judge in ["oracle", "evaluator"] {
        let target = format!("exec='{VERIAM}' decide --protocol --with {judge}");
        let only = [
            "--only",
            "sources,generated",
            "--cases",
            "240",
            "--seed",
            "11",
        ];
        let args = ["run", "--target", &target, "--format", "json"];
        let finished = in_folder(folder.path(), &[&args[..], &only].concat());
        let summary = json(&finished);
        assert_eq!(finished.code, 0, "{judge}: {}", finished.err);
        assert_eq!(summary["target"], format!("exec:veriam-{judge}"));
        assert_eq!(summary["divergences"], 0);
        assert_eq!(summary["unsupported"], 0);
        let generated = summary["parts"].as_array().unwrap().last().unwrap();
        assert_eq!(generated["compared"], 240);
        for kind in ["documents", "checks", "calls"] {
            assert!(generated[kind].as_u64().unwrap() > 10, "{judge}: {kind}");
        }
    }
}

#[test]
fn the_example_of_the_tutorial_runs_and_says_what_it_does_not_support() {
    let folder = tempfile::tempdir().unwrap();
    let target = example();
    let others = "resource,trust,key,boundary,session,scp,rcp,endpoint";
    let args = [
        "run",
        "--target",
        &target,
        "--only",
        "generated",
        "--cases",
        "800",
        "--format",
        "json",
    ];
    let finished = in_folder(folder.path(), &[&args[..], &["--without", others]].concat());
    let summary = json(&finished);
    assert_eq!(finished.code, 0, "{}", finished.err);
    assert_eq!(summary["divergences"], 0);
    assert!(
        summary["compared"].as_u64().unwrap() > 30,
        "{}",
        summary["compared"]
    );
    let reasons = summary["unsupported_for"].as_object().unwrap();
    for reason in [
        // What its hello says.
        "documents",
        "callers of kind session",
        // What it says itself.
        "statements with other elements, such as Condition",
        "checks between two accounts",
        // What follows from its taking checks only.
        "calls that end before any policy is read, of which no check tells",
        "documents of type scp, which are left out",
    ] {
        assert!(reasons.contains_key(reason), "{reason}: {reasons:?}");
    }
    let sum: u64 = reasons.values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(summary["unsupported"], sum);
    let smoke = in_folder(folder.path(), &["smoke", &target]);
    assert_eq!(smoke.code, 0, "{}{}", smoke.out, smoke.err);
    assert!(
        smoke.out.contains("11 right, 0 wrong, 9 not supported"),
        "{}",
        smoke.out
    );
}

#[test]
fn smoke_tells_what_is_wrong_with_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let finished = in_folder(folder.path(), &["smoke", &flawed("boundary")]);
    assert_eq!(finished.code, 1, "{}{}", finished.out, finished.err);
    assert!(
        finished.out.contains("19 right, 1 wrong, 0 not supported"),
        "{}",
        finished.out
    );
    for line in [
        "expected  implicit_deny",
        "answered  allow",
        "request   {\"id\":\"1\",\"identity_policies\":",
    ] {
        assert!(finished.out.contains(line), "{line}: {}", finished.out);
    }
    let finished = in_folder(folder.path(), &["smoke", "exec=/no/such/program"]);
    assert_eq!(finished.code, 5, "{}", finished.err);
}

/// Runs a flawed program and returns the stored cases.
fn stored(folder: &Path, member: &str) -> Vec<String> {
    let target = flawed(member);
    let args = [
        "run",
        "--target",
        &target,
        "--only",
        "generated",
        "--cases",
        "160",
        "--format",
        "json",
    ];
    let finished = in_folder(folder, &args);
    assert_eq!(finished.code, 1, "{}{}", finished.out, finished.err);
    let summary = json(&finished);
    let clusters = summary["clusters"].as_array().unwrap();
    assert!(!clusters.is_empty());
    for cluster in clusters {
        let replay = cluster["replay"].as_str().unwrap();
        assert!(
            replay.starts_with("veriam replay target/veriam/divergences/exec-flawed-"),
            "{replay}"
        );
        assert!(replay.contains(" --target 'exec=python3 -S "), "{replay}");
    }
    clusters
        .iter()
        .map(|c| c["file"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn divergences_of_a_program_are_shrunk_stored_and_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let target = flawed("boundary");
    let files = stored(folder, "boundary");
    for file in &files {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let case: Value = serde_json::from_str(&text).unwrap();
        // Nothing is left but what shows the flaw: no context, no facts, one policy of each of the two types at most.
        if let Value::Object(check) = &case["check"] {
            assert!(
                check["boundary"].is_object() || check["boundary"].is_string(),
                "{text}"
            );
            assert_eq!(check["scps"], Value::Array(Vec::new()), "{text}");
            assert!(
                check["identity_policies"].as_array().unwrap().len() <= 1,
                "{text}"
            );
        }
    }
    let file = &files[0];
    let again = in_folder(folder, &["replay", file, "--target", &target]);
    assert_eq!(again.code, 1, "{}{}", again.out, again.err);
    assert!(
        again.out.contains("still diverges") && again.out.contains("exec:flawed"),
        "{}",
        again.out
    );
    // The evaluator, which has no such flaw, agrees.
    let evaluator = in_folder(folder, &["replay", file, "--target", "evaluator"]);
    assert_eq!(evaluator.code, 0, "{}{}", evaluator.out, evaluator.err);
    let unnamed = in_folder(folder, &["replay", file]);
    assert_eq!(unnamed.code, 2, "{}", unnamed.err);
    assert!(
        unnamed
            .err
            .contains("found on the program flawed; say how to run it"),
        "{}",
        unnamed.err
    );
}

#[test]
fn a_stored_case_is_found_by_the_first_digits_of_its_id() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let store = folder.join("target/veriam/divergences");
    let file = stored(folder, "boundary").remove(0);
    let name = Path::new(&file).file_name().unwrap().to_str().unwrap();
    let id = name.trim_end_matches(".json").rsplit('-').next().unwrap();
    let replay = |id: &str| in_folder(folder, &["replay", id, "--target", "evaluator"]);
    for id in [id, &id[..6]] {
        let finished = replay(id);
        assert_eq!(finished.code, 0, "{}{}", finished.out, finished.err);
        assert!(finished.out.contains(name), "{}", finished.out);
    }
    // Another one with the same first digits, and one that nobody has.
    let other = format!("copy-{}{}.json", &id[..6], "0000000000");
    std::fs::copy(folder.join(&file), store.join(&other)).unwrap();
    let several = replay(&id[..6]);
    assert_eq!(several.code, 2);
    assert!(
        several.err.contains("several cases") && several.err.contains(name),
        "{}",
        several.err
    );
    assert!(several.err.contains(&other), "{}", several.err);
    let none = replay("0123456789abcdef");
    assert_eq!(none.code, 2);
    assert!(
        none.err.contains("no case in") && none.err.contains(name),
        "{}",
        none.err
    );
}

const ROW: &str = r#"{"id":"wordy","identity_policies":["{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"A\",\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:PutObject\"],\"Resource\":\"arn:aws:s3:::amzn-s3-demo-bucket/*\"}]}"],"boundary":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sqs:*\",\"Resource\":\"*\"}]}","principal":{"arn":"arn:aws:iam::111122223333:user/team/alice","account":"111122223333"},"resource":{"arn":"arn:aws:s3:::amzn-s3-demo-bucket/a/long/key.txt","account":"111122223333"},"action":"s3:GetObject","context":{"aws:SourceIp":["203.0.113.7"]}}"#;

#[test]
fn shrink_takes_rows_stored_cases_scenario_calls_and_artifacts() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let target = flawed("boundary");
    let shrink = |args: &[&str]| in_folder(folder, &[&["shrink"], args].concat());
    let row = folder.join("row.json");
    std::fs::write(&row, ROW).unwrap();

    let agreed = shrink(&["row.json"]);
    assert_eq!(agreed.code, 0, "{}{}", agreed.out, agreed.err);
    assert_eq!(
        agreed.out,
        "row.json: no divergence to keep: oracle and evaluator both say: implicit_deny\n"
    );

    // A budget of one case leaves nearly all of it, and says so.
    let poor = shrink(&[
        "row.json", "--target", &target, "--budget", "1", "--out", "poor",
    ]);
    assert_eq!(poor.code, 1, "{}{}", poor.out, poor.err);
    assert!(
        poor.out.contains("the budget of 1 cases ended the search"),
        "{}",
        poor.out
    );
    let left = only_file(&folder.join("poor"));
    let text = std::fs::read_to_string(&left).unwrap();
    assert!(
        text.contains("\"part\": \"check\"") && text.contains("\"id\": \"wordy\""),
        "{text}"
    );

    // What is left can be shrunk on, by its file, to the end.
    let left = left.to_str().unwrap();
    let rich = shrink(&[left, "--target", &target, "--out", "rich"]);
    assert_eq!(rich.code, 1, "{}{}", rich.out, rich.err);
    assert!(
        rich.out
            .contains("replay    veriam replay rich/exec-flawed-"),
        "{}",
        rich.out
    );
    let smallest = only_file(&folder.join("rich"));
    let text = std::fs::read_to_string(&smallest).unwrap();
    assert!(
        !text.contains("aws:SourceIp") && !text.contains("\"Sid\""),
        "{text}"
    );
    assert!(text.len() < std::fs::metadata(left).unwrap().len() as usize);

    // Nothing can be removed from it: to shrink it again changes nothing.
    let again = shrink(&[
        smallest.to_str().unwrap(),
        "--target",
        &target,
        "--out",
        "again",
    ]);
    assert_eq!(again.code, 1, "{}{}", again.out, again.err);
    let same = std::fs::read_to_string(only_file(&folder.join("again"))).unwrap();
    assert_eq!(same, text);

    let nothing = shrink(&["row.json", "--artifact", "call"]);
    assert_eq!(nothing.code, 0, "{}{}", nothing.out, nothing.err);
    assert_eq!(
        nothing.out.matches("no divergence to keep").count(),
        4,
        "{}",
        nothing.out
    );
    let short = folder.join("short");
    std::fs::write(&short, b"x").unwrap();
    let short = shrink(&["short", "--artifact", "check"]);
    assert_eq!(short.code, 2, "{}", short.err);
    assert!(
        short.err.contains("makes no case of these bytes"),
        "{}",
        short.err
    );
}

fn only_file(folder: &Path) -> PathBuf {
    let mut files = std::fs::read_dir(folder).unwrap();
    let file = files.next().expect("a file").unwrap().path();
    assert!(files.next().is_none(), "one file in {}", folder.display());
    file
}

#[test]
fn calls_of_scenarios_on_which_a_target_differs_are_divergences() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(in_folder(folder, &["init", "access"]).code, 0);
    let sound = format!("exec='{VERIAM}' decide --protocol");
    let args = ["test", "access", "--target"];
    let finished = in_folder(folder, &[&args[..], &[&sound]].concat());
    assert_eq!(finished.code, 0, "{}{}", finished.out, finished.err);
    assert!(
        finished.out.contains("exec:veriam-evaluator on "),
        "{}",
        finished.out
    );
    assert!(
        finished.out.contains("it agrees with the oracle"),
        "{}",
        finished.out
    );

    let target = flawed("resource_policy");
    let finished = in_folder(
        folder,
        &[&args[..], &[&target, "--format", "json"]].concat(),
    );
    assert_eq!(finished.code, 1, "{}{}", finished.out, finished.err);
    let told = json(&finished);
    let divergences = told["target"]["divergences"].as_array().unwrap();
    assert!(!divergences.is_empty());
    let (call, file) = (
        divergences[0]["call"].as_str().unwrap(),
        divergences[0]["file"].as_str().unwrap(),
    );
    let again = in_folder(folder, &["replay", file, "--target", &target]);
    assert_eq!(again.code, 1, "{}{}", again.out, again.err);
    // The same call by its number.
    let shrunk = in_folder(
        folder,
        &["shrink", call, "--target", &target, "--out", "one"],
    );
    assert_eq!(shrunk.code, 1, "{}{}", shrunk.out, shrunk.err);
    let (one, other) = (only_file(&folder.join("one")), folder.join(file));
    let text = std::fs::read_to_string(one).unwrap();
    assert!(text.contains(&format!("\"id\": \"{call}\"")), "{text}");
    let without_origin = |text: &str| {
        let mut value: Value = serde_json::from_str(text).unwrap();
        value["origin"] = Value::Null;
        value
    };
    let other = std::fs::read_to_string(other).unwrap();
    assert_eq!(without_origin(&text), without_origin(&other));
}

#[test]
fn units_without_some_policies_are_not_mixed_with_others() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let run = |more: &[&str]| {
        let args = [
            "run",
            "--only",
            "generated",
            "--cases",
            "40",
            "--journal",
            "journal.jsonl",
            "--format",
            "json",
        ];
        in_folder(folder, &[&args[..], more].concat())
    };
    let finished = run(&["--without", "scp,rcp"]);
    assert_eq!(finished.code, 0, "{}", finished.err);
    assert_eq!(
        json(&finished)["without"],
        serde_json::json!(["scp", "rcp"])
    );
    let mixed = run(&["--resume"]);
    assert_eq!(mixed.code, 2, "{}", mixed.err);
    assert!(
        mixed.err.contains("`without` is [\"scp\",\"rcp\"], not []"),
        "{}",
        mixed.err
    );
    let other = folder.join("other.jsonl");
    std::fs::copy(folder.join("journal.jsonl"), &other).unwrap();
    assert_eq!(run(&[]).code, 0);
    let merged = in_folder(folder, &["merge", "journal.jsonl", "other.jsonl"]);
    assert_eq!(merged.code, 2, "{}", merged.err);
    assert!(merged.err.contains("`without`"), "{}", merged.err);
}

#[test]
fn a_run_whose_target_is_given_up_is_taken_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let target = format!("{} marker", flawed("facts"));
    let run = |more: &[&str]| {
        let args = [
            "run",
            "--target",
            &target,
            "--only",
            "generated",
            "--cases",
            "320",
            "--jobs",
            "1",
        ];
        in_folder(folder, &[&args[..], &["--format", "json"], more].concat())
    };
    let lost = run(&["--restarts", "0"]);
    assert_eq!(lost.code, 5, "{}{}", lost.out, lost.err);
    assert!(
        lost.err.contains("given up after it broke 1 times"),
        "{}",
        lost.err
    );
    assert!(
        lost.err.contains("its standard error ends: out of memory"),
        "{}",
        lost.err
    );
    assert!(lost.err.contains("--resume"), "{}", lost.err);
    let summary = json(&lost);
    assert!(
        summary["compared"].as_u64().unwrap() < 320,
        "{}",
        summary["compared"]
    );
    let resumed = run(&["--resume"]);
    let summary = json(&resumed);
    assert_ne!(resumed.code, 5, "{}", resumed.err);
    let compared = summary["parts"][1]["compared"].as_u64().unwrap();
    let unsupported = summary["unsupported"].as_u64().unwrap();
    assert_eq!(compared + unsupported, 320);
}
