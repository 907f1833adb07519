//! What can be asked about stored divergences.

use std::path::PathBuf;

use clap::Args;

use super::Format;

/// Arguments of `veriam replay`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Exit code 1 when a case still diverges, 0 when all agree now, 2 when a file is no stored case.

Example:
  veriam replay target/veriam/divergences/*.json")]
pub struct ReplayArgs {
    /// Stored cases
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// How to print the answers
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}
