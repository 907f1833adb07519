//! What can be asked about divergences.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Format, TargetArgs};
use crate::run::SHRINK_BUDGET;
use crate::store::DEFAULT_FOLDER;

/// Arguments of `veriam replay`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Exit code 1 when a case still diverges, 0 when all agree now, 2 when a file is no stored case.

Examples:
  veriam replay target/veriam/divergences/*.json
  veriam replay 3f2a9c                    the stored case whose name ends in -3f2a9c….json
  veriam replay CASE.json --target 'exec=python3 adapter.py'")]
pub struct ReplayArgs {
    /// Stored cases: files, or the first digits of their ids, the last part of their names
    #[arg(required = true, value_name = "FILE|ID")]
    pub files: Vec<PathBuf>,

    /// The folder in which ids are looked up
    #[arg(long, value_name = "DIR", default_value = DEFAULT_FOLDER)]
    pub from: PathBuf,

    #[command(flatten)]
    #[expect(
        missing_docs,
        reason = "clap would take the text for the help of the command"
    )]
    pub target: TargetArgs,

    /// How to print the answers
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// What the bytes of a fuzzer's artifact are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ArtifactKind {
    /// Of the fuzz target `parse`: a document
    Parse,
    /// Of the fuzz target `agree`: a document
    Agree,
    /// Of the fuzz target `check`
    Check,
    /// Of the fuzz target `call`: a world and calls in it
    Call,
    /// Of the fuzz target `put`
    Put,
}

/// Arguments of `veriam shrink`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
The input is a stored case (a file or an id, as for `veriam replay`), a check as a JSON line, a call with its world, a call \
of a scenario as scenario.yaml#N, or, with --artifact, the raw bytes of a fuzz target's artifact. What is left is stored, \
and the command that judges it again is printed.

Exit code 1 when a divergence is left, 0 when there was none to keep.

Examples:
  veriam shrink target/veriam/divergences/CASE.json --budget 100000
  veriam shrink check.json --target 'exec=python3 adapter.py'
  veriam shrink access/scenario.yaml#3 --target 'exec=python3 adapter.py'
  veriam shrink fuzz/artifacts/check/crash-0a1b --artifact check")]
pub struct ShrinkArgs {
    /// What to make smaller
    #[arg(value_name = "FILE|ID")]
    pub file: PathBuf,

    /// The file is an artifact of this fuzz target
    #[arg(long, value_name = "TARGET")]
    pub artifact: Option<ArtifactKind>,

    /// Take the check in this line, from 1
    #[arg(long, value_name = "N", conflicts_with_all = ["id", "artifact"])]
    pub line: Option<usize>,

    /// Take the check with this id
    #[arg(long, value_name = "ID", conflicts_with = "artifact")]
    pub id: Option<String>,

    /// Cases to judge at most
    #[arg(long, value_name = "N", default_value_t = SHRINK_BUDGET)]
    pub budget: usize,

    #[command(flatten)]
    #[expect(
        missing_docs,
        reason = "clap would take the text for the help of the command"
    )]
    pub target: TargetArgs,

    /// Folder for what is left; ids are looked up here as well
    #[arg(long, value_name = "DIR", default_value = DEFAULT_FOLDER)]
    pub out: PathBuf,
}
