//! Index variables: what `--shard auto` makes of them, what the documented expression makes of them in a shell, and the
//! table in the documentation.
#![cfg(unix)]

mod support;

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::veriam;
use veriam::engines::{ENGINES, From, Variables};

/// The beginning of an engine's name, the variables it sets in some job, and the shard that is.
type Job = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);

/// Jobs of each engine whose expression a shell understands.
const JOBS: &[Job] = &[
    (
        "GitLab",
        &[
            ("GITLAB_CI", "true"),
            ("CI_NODE_INDEX", "1"),
            ("CI_NODE_TOTAL", "4"),
        ],
        "0/4",
    ),
    (
        "GitLab",
        &[
            ("GITLAB_CI", "true"),
            ("CI_NODE_INDEX", "4"),
            ("CI_NODE_TOTAL", "4"),
        ],
        "3/4",
    ),
    (
        "Buildkite",
        &[
            ("BUILDKITE_PARALLEL_JOB", "0"),
            ("BUILDKITE_PARALLEL_JOB_COUNT", "5"),
        ],
        "0/5",
    ),
    (
        "Buildkite",
        &[
            ("BUILDKITE_PARALLEL_JOB", "4"),
            ("BUILDKITE_PARALLEL_JOB_COUNT", "5"),
        ],
        "4/5",
    ),
    (
        "CircleCI",
        &[("CIRCLE_NODE_INDEX", "2"), ("CIRCLE_NODE_TOTAL", "3")],
        "2/3",
    ),
    (
        "AWS Batch",
        &[
            ("AWS_BATCH_JOB_ARRAY_INDEX", "9"),
            ("AWS_BATCH_JOB_ARRAY_SIZE", "10"),
        ],
        "9/10",
    ),
    (
        "Kubernetes",
        &[("JOB_COMPLETION_INDEX", "0"), ("VERIAM_SHARDS", "16")],
        "0/16",
    ),
    // sbatch --array=0-3
    (
        "Slurm",
        &[
            ("SLURM_ARRAY_TASK_ID", "3"),
            ("SLURM_ARRAY_TASK_MIN", "0"),
            ("SLURM_ARRAY_TASK_MAX", "3"),
            ("SLURM_ARRAY_TASK_STEP", "1"),
            ("SLURM_ARRAY_TASK_COUNT", "4"),
        ],
        "3/4",
    ),
    // sbatch --array=1-16
    (
        "Slurm",
        &[
            ("SLURM_ARRAY_TASK_ID", "16"),
            ("SLURM_ARRAY_TASK_MIN", "1"),
            ("SLURM_ARRAY_TASK_MAX", "16"),
            ("SLURM_ARRAY_TASK_STEP", "1"),
            ("SLURM_ARRAY_TASK_COUNT", "16"),
        ],
        "15/16",
    ),
    // sbatch --array=1-8:2, which ends at 7
    (
        "Slurm",
        &[
            ("SLURM_ARRAY_TASK_ID", "5"),
            ("SLURM_ARRAY_TASK_MIN", "1"),
            ("SLURM_ARRAY_TASK_MAX", "7"),
            ("SLURM_ARRAY_TASK_STEP", "2"),
            ("SLURM_ARRAY_TASK_COUNT", "4"),
        ],
        "2/4",
    ),
    ("nextest", &[("M", "1"), ("N", "3")], "0/3"),
];

/// A command where no engine but this one set anything.
fn clean(program: &str, set: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program);
    let all = ENGINES.iter().filter_map(|engine| engine.variables);
    for variables in all {
        command.env_remove(variables.index);
        command.env_remove(variables.total);
    }
    command.env_remove("GITLAB_CI");
    command.envs(set.iter().copied());
    command
}

#[test]
fn every_engine_is_understood_and_its_documented_expression_says_the_same() {
    for engine in ENGINES {
        let of_it = JOBS.iter().filter(|job| engine.name.starts_with(job.0));
        let tried = of_it
            .map(|(_, set, shard)| {
                let script = format!("printf %s \"{}\"", engine.shard);
                let output = clean("sh", set).args(["-c", &script]).output().unwrap();
                assert_eq!(String::from_utf8(output.stdout).unwrap(), *shard);
            })
            .count();
        let in_a_shell = engine.shard.contains('$') && !engine.shard.contains("${{");
        assert_eq!(tried > 0, in_a_shell, "{}", engine.name);
    }
    let folder = tempfile::tempdir().unwrap();
    let run = |set: &[(&str, &str)]| {
        let args = [
            "run",
            "--only",
            "generated",
            "--cases",
            "4",
            "--shard",
            "auto",
        ];
        let args = [&args[..], &["--format", "json", "--time", "0s"]].concat();
        let mut command = clean(env!("CARGO_BIN_EXE_veriam"), set);
        command
            .args(args)
            .current_dir(folder.path())
            .output()
            .unwrap()
    };
    for (engine, set, shard) in JOBS.iter().filter(|job| job.0 != "nextest") {
        let summary: Value = serde_json::from_slice(&run(set).stdout).unwrap();
        assert_eq!(summary["shard"], *shard, "{engine}");
    }
    let refused = run(&[]);
    assert_eq!(refused.status.code(), Some(2));
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("no engine that is known"), "{told}");
    let both = run(&[("CIRCLE_NODE_INDEX", "0"), ("JOB_COMPLETION_INDEX", "0")]);
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn the_documented_table_is_the_one_of_the_program() {
    let mut table = String::from(
        "| engine | index | counts from | how many | `--shard` | `auto` |\n|---|---|---|---|---|---|\n",
    );
    for engine in ENGINES {
        let name = match engine.page {
            "" => engine.name.to_owned(),
            page => format!("[{}]({page})", engine.name),
        };
        let cells = match engine.variables {
            Some(Variables {
                index, from, total, ..
            }) => {
                let from = match from {
                    From::Zero => "0".to_owned(),
                    From::One => "**1**".to_owned(),
                    From::Range { first, .. } => format!("`{first}`"),
                };
                format!("`{index}` | {from} | `{total}`")
            }
            None if engine.name.starts_with("GitHub") => {
                "`strategy.job-index` | 0 | `strategy.job-total`".to_owned()
            }
            None if engine.name.starts_with("nextest") => "`M` | **1** | `N`".to_owned(),
            None => "`K` | 0 | `N`".to_owned(),
        };
        let auto = if engine.variables.is_some() {
            "yes"
        } else {
            "no"
        };
        table.push_str(&format!(
            "| {name} | {cells} | `{}` | {auto} |\n",
            engine.shard
        ));
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/distributed.md");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains(&table), "the table should be:\n{table}");
}

#[test]
fn a_shard_is_a_number_of_a_number_or_auto() {
    let told = veriam(&["run", "--shard", "automatic"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("write K/N"), "{}", told.err);
}
