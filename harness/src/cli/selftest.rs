//! Arguments of `veriam selftest`.

use clap::{Args, ValueEnum};

use super::DEFAULT_SEED;

/// Generated cases each canary is asked at most.
const DEFAULT_CASES: u64 = 20_000;

/// How the fate of the canaries is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SelftestFormat {
    /// For people
    #[default]
    Text,
    /// The page docs/canaries.md, or the table in docs/laws.md
    Markdown,
    /// One JSON object on standard output
    Json,
}

/// Arguments of `veriam selftest`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
A canary is the oracle behind one known bug. Each is held against the untouched oracle on generated cases until \
they differ, and the case is made small. Exit code 1 when a canary is not caught: then a run would miss the same \
bug in a target. With --laws each law is tried on one canary until it is broken, without the oracle.

Examples:
  veriam selftest
  veriam selftest --only null-inverted,boundary-ignored --seed 7
  veriam selftest --format markdown > docs/canaries.md")]
pub struct SelftestArgs {
    /// Generated cases each canary is asked at most
    #[arg(long, value_name = "N", default_value_t = DEFAULT_CASES)]
    pub cases: u64,

    /// Seed of the generated cases
    #[arg(long, value_name = "S", default_value_t = DEFAULT_SEED)]
    pub seed: u64,

    /// Only these canaries
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub only: Vec<String>,

    /// For each law, hold a canary that breaks it against itself
    #[arg(long, conflicts_with = "only")]
    pub laws: bool,

    /// How to print what became of them
    #[arg(long, value_enum, default_value_t)]
    pub format: SelftestFormat,
}
