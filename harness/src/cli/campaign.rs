//! What can be asked about runs that are cut into units.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use veriam_model::Profile;

use veriam_reports::Shard;

use super::{DEFAULT_CASES, Format, PartName, Space};
use crate::engines;
use crate::store::DEFAULT_FOLDER;

/// How the units of a plan are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object with the units of every shard
    Json,
    /// One line for `fromJSON` in the matrix of a GitHub workflow
    GithubMatrix,
}

/// Arguments of `veriam plan`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Nothing is run. A unit is up to 4,096 neighbouring cases of one part; the units are numbered over all parts, and \
shard K of N runs every N-th, beginning with unit K, from 0. The controls run in every shard.

Examples:
  veriam plan --cases 1000000 --shards 16
  veriam plan --shards 16 --format github-matrix")]
pub struct PlanArgs {
    /// Generated documents, checks and calls
    #[arg(long, value_name = "N", default_value_t = DEFAULT_CASES)]
    pub cases: u64,

    /// How large the generated cases are
    #[arg(long, value_name = "PROFILE", default_value_t, value_parser = super::profile())]
    pub profile: Profile,

    /// A small space in full, and nothing else
    #[arg(long, value_name = "SPACE", conflicts_with_all = ["only", "cases"])]
    pub exhaustive: Option<Space>,

    /// Only these parts, after the controls
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    pub only: Vec<PartName>,

    /// The units of `veriam run --laws`
    #[arg(long, conflicts_with_all = ["exhaustive", "only"])]
    pub laws: bool,

    /// Print how often each label has to be decisive, as a table that `veriam run --quotas` takes, and nothing else
    #[arg(long)]
    pub quotas: bool,

    /// How many shards
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub shards: u32,

    /// How to print the units
    #[arg(long, value_enum, default_value_t)]
    pub format: PlanFormat,
}

/// Arguments of `veriam merge`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
The order of the files makes no difference, and a file given twice counts once. Quotas are asked of all units \
together. Units of which no file tells are named, and make the result void, except those a run left out \
because its --time was over. Divergences are shrunk and stored as `veriam run` does it.

Exit codes are those of `veriam run`, and 2 when the files are not of one plan.

Example:
  veriam merge shard-*.jsonl")]
pub struct MergeArgs {
    /// Journals of `veriam run`, or records of an earlier merge
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Folder for divergences
    #[arg(long, value_name = "DIR", default_value = DEFAULT_FOLDER)]
    pub out: PathBuf,

    /// The ledger of accepted divergences [default: veriam.toml, if there is one]
    #[arg(long, value_name = "FILE", conflicts_with = "no_ledger")]
    pub config: Option<PathBuf>,

    /// Accept no divergence, whatever the ledger says
    #[arg(long)]
    pub no_ledger: bool,

    /// How to print the summary
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,

    /// Write the records of all files together to this file
    #[arg(long, value_name = "FILE")]
    pub records: Option<PathBuf>,
}

/// `K/N`, or `auto` for what the engine's variables say.
pub(super) fn shard(text: &str) -> Result<Shard, String> {
    match text {
        "auto" => engines::shard(&|name| std::env::var(name).ok()),
        _ => text.parse(),
    }
}

/// A time such as `90s`, `10m` or `2h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "give a whole number with s, m or h, for example 90s, 10m or 2h".to_owned();
    let unit = match text.bytes().last() {
        Some(b's') => 1,
        Some(b'm') => 60,
        Some(b'h') => 3_600,
        _ => return Err(wrong()),
    };
    let number = &text[..text.len() - 1];
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let number: u32 = number.parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(u64::from(number) * unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7_200)));
        for wrong in [
            "",
            "s",
            "10",
            "-1m",
            "+1m",
            "1.5h",
            "1m30s",
            "9999999999h",
            "é",
        ] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
