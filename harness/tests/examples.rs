//! The examples of distributed runs do what they say: the steps of the workflow and the command of the manifest run here
//! as they stand, on a small plan.
#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use support::veriam_in;
use veriam::exit::Exit;

const WORKFLOW: &str = include_str!("../../docs/examples/distributed/github-workflow.yml");
const MANIFEST: &str = include_str!("../../docs/examples/distributed/kubernetes-job.yaml");

/// The scripts of the workflow, by the name of their step.
fn scripts() -> BTreeMap<&'static str, String> {
    let mut scripts = BTreeMap::new();
    let (mut name, mut deep, mut script) = ("", None, String::new());
    for line in WORKFLOW.lines().chain(["end:"]) {
        let depth = line.len() - line.trim_start().len();
        if let Some(at) = deep {
            if depth > at || line.is_empty() {
                script.push_str(line.trim_start());
                script.push('\n');
                continue;
            }
            scripts.insert(name, std::mem::take(&mut script));
            deep = None;
        }
        if let Some(named) = line.trim_start().strip_prefix("- name: ") {
            name = named;
        } else if line.trim() == "run: |" {
            deep = Some(depth);
        }
    }
    scripts
}

/// Runs a script as a runner does, and gives its exit code.
fn bash(folder: &Path, script: &str, variables: &[(&str, &str)]) -> i32 {
    let mut command = Command::new("bash");
    command.args(["-e", "-o", "pipefail", "-c", script]);
    let plan = "--only vectors,generated --cases 200";
    let status = command
        .current_dir(folder)
        .env("PLAN", plan)
        .env("SHARDS", "3")
        .env("GITHUB_OUTPUT", folder.join("output"))
        .env("GITHUB_STEP_SUMMARY", folder.join("step-summary.md"))
        .envs(variables.iter().copied())
        .status();
    status.unwrap().code().unwrap()
}

#[test]
fn the_steps_of_the_workflow_plan_run_and_merge() {
    let scripts = scripts();
    let names: Vec<&&str> = scripts.keys().collect();
    assert_eq!(names, [&"merge", &"plan", &"run"]);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir_all(folder.join("target/release")).unwrap();
    let program = folder.join("target/release/veriam");
    fs::copy(env!("CARGO_BIN_EXE_veriam"), program).unwrap();
    assert_eq!(bash(folder, &scripts["plan"], &[]), 0);
    let output = fs::read_to_string(folder.join("output")).unwrap();
    let matrix = output.trim().strip_prefix("matrix=").unwrap();
    let matrix: serde_json::Value = serde_json::from_str(matrix).unwrap();
    let jobs = matrix["include"].as_array().unwrap();
    assert_eq!(jobs.len(), 3);
    // Each artifact that is downloaded comes to lie in `shards`.
    fs::create_dir(folder.join("shards")).unwrap();
    for job in jobs {
        let index = job["index"].to_string();
        let shard = job["shard"].as_str().unwrap();
        let variables = [("SHARD", shard), ("INDEX", index.as_str())];
        assert_eq!(bash(folder, &scripts["run"], &variables), 0, "{shard}");
        let name = format!("shard-{index}.jsonl");
        fs::rename(folder.join(&name), folder.join("shards").join(&name)).unwrap();
    }
    assert_eq!(bash(folder, &scripts["merge"], &[]), 0);
    let told = fs::read_to_string(folder.join("step-summary.md")).unwrap();
    assert!(
        told.starts_with("```\nVeriam ") && told.ends_with("```\n"),
        "{told}"
    );
    assert!(told.contains("No divergence"), "{told}");
    // One shard never came to an end.
    fs::remove_file(folder.join("shards/shard-1.jsonl")).unwrap();
    fs::remove_file(folder.join("step-summary.md")).unwrap();
    assert_eq!(bash(folder, &scripts["merge"], &[]), 4);
    let told = fs::read_to_string(folder.join("step-summary.md")).unwrap();
    assert!(told.contains("units are missing: generated 0"), "{told}");
}

/// The value of the first line of the manifest that begins so.
fn value(key: &str) -> &'static str {
    let mut lines = MANIFEST.lines().map(str::trim);
    let found = lines.find_map(|line| line.strip_prefix(key));
    found.unwrap_or_else(|| panic!("{key}")).trim()
}

#[test]
fn the_command_of_the_manifest_runs_each_shard_and_only_code_5_is_tried_again() {
    assert_eq!(value("value: \""), format!("{}\"", value("completions:")));
    let retried = format!("[{}]", Exit::Unreachable.code());
    assert_eq!(value("values:"), retried);
    let given_up = format!("values: [0, {}]", Exit::Unreachable.code());
    assert!(MANIFEST.contains(&given_up));
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let shown = folder.display().to_string();
    for index in ["0", "1"] {
        let args = MANIFEST
            .lines()
            .filter_map(|line| line.trim().strip_prefix("- --"));
        let args: Vec<String> = args
            .map(|arg| {
                let arg = arg.replace("$(JOB_COMPLETION_INDEX)", index);
                let arg = arg.replace("/campaign", &shown);
                format!("--{}", arg.replace("10000000", "200"))
            })
            .chain(["--only=vectors,generated".to_owned()])
            .collect();
        assert_eq!(args.len(), 6, "{args:?}");
        let status = Command::new(env!("CARGO_BIN_EXE_veriam"))
            .arg("run")
            .args(args)
            .env("JOB_COMPLETION_INDEX", index)
            .env("VERIAM_SHARDS", "16")
            .current_dir(folder)
            .status();
        assert_eq!(status.unwrap().code(), Some(0), "{index}");
    }
    let merged = veriam_in(folder, &["merge", "0.jsonl", "1.jsonl"], b"");
    assert_eq!(merged.code, 0, "{}", merged.out);
}
