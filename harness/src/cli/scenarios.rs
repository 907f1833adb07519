//! What can be asked about scenarios.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Format, TargetArgs};
use crate::store::DEFAULT_FOLDER;

/// Arguments of `veriam test`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
A scenario is a world, calls made in it and what should become of each, in YAML, with its policies beside it; \
`veriam init DIR` writes a first one. Every call is judged by both judges; where they differ the test fails too. With \
--target that target is asked as well: where it differs from the oracle the call is shrunk and stored as in a run.

Exit code 1 when a call ends otherwise than expected or somebody gets in whom `only` does not name, 2 when a \
file is no scenario.

Examples:
  veriam test                     the scenarios that ship with veriam
  veriam test scenario.yaml       one scenario, call by call
  veriam test policies/           every .yaml file in and below a folder
  veriam test --target 'exec=python3 adapter.py'")]
pub struct TestArgs {
    /// Scenario files, or folders of them [default: the scenarios that ship with veriam]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    #[command(flatten)]
    #[expect(
        missing_docs,
        reason = "clap would take the text for the help of the command"
    )]
    pub target: TargetArgs,

    /// Folder for divergences of the target
    #[arg(long, value_name = "DIR", default_value = DEFAULT_FOLDER)]
    pub out: PathBuf,

    /// List every call, also those that end as expected
    #[arg(short, long)]
    pub verbose: bool,

    /// How to print the results
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Arguments of `veriam init`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Writes scenario.yaml, with comments, and the policies it names. A file that is there already is never replaced; \
then nothing is written.

Example:
  veriam init access && veriam test access")]
pub struct InitArgs {
    /// The folder to write to; made if it is not there
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// How an access table is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum MatrixFormat {
    /// For people, rows that are alike in one
    #[default]
    Text,
    /// The same as Markdown, for a pull request or a wiki
    Markdown,
    /// One JSON object with every call by itself
    Json,
}

/// Arguments of `veriam matrix`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Asks every principal, operation, endpoint and way of the scenario, with and without user id, whatever calls it \
declares; at the default time and from the default addresses.

Examples:
  veriam matrix scenario.yaml
  veriam matrix scenario.yaml --call InvokeAgentRuntime --format markdown")]
pub struct MatrixArgs {
    /// The scenario
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,

    /// Only this operation, or this action of another service; may be given several times
    #[arg(long = "call", value_name = "OPERATION")]
    pub calls: Vec<String>,

    /// How to print the table
    #[arg(long, value_enum, default_value_t)]
    pub format: MatrixFormat,
}

/// Arguments of `veriam diff`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Compares every call of both access tables and the calls both declare under the same words. Exit code 1 when \
something changes, 0 when nothing does.

Examples:
  veriam diff old/scenario.yaml new/scenario.yaml
  veriam diff old/ new/                            scenarios of the same name in two folders
  veriam diff policy.json policy-v2.json --in scenario.yaml")]
pub struct DiffArgs {
    /// The version before: a scenario, a folder of scenarios, or a policy file with --in
    #[arg(value_name = "A")]
    pub before: PathBuf,

    /// The version after
    #[arg(value_name = "B")]
    pub after: PathBuf,

    /// The scenario in which the policy file A is replaced by B
    #[arg(long = "in", value_name = "SCENARIO")]
    pub scenario: Option<PathBuf>,

    /// How to print the changes
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}
