//! `veriam ledger`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use veriam_reports::Date;

use super::Format;
use crate::ledger::DEFAULT_FILE;

/// Arguments of `veriam ledger`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
The ledger holds accepted divergences, each with a reason. `veriam run` reads it: a divergence it accepts is known, \
every other one is new (exit code 1). An entry is stale when a whole run no longer shows its divergence, and expired \
after its date; both are exit code 3.

Examples:
  veriam ledger add target/veriam/divergences/CASE.json --reason 'fixed in 2.1' --expires 2027-01-31
  veriam ledger check
  veriam run --format json > summary.json; veriam ledger prune --stale-from summary.json")]
pub struct LedgerArgs {
    /// What to do with the ledger
    #[command(subcommand)]
    pub command: LedgerCommand,
}

/// What can be done with the ledger.
#[derive(Clone, Debug, Subcommand)]
pub enum LedgerCommand {
    /// Accept the divergence of a stored case
    Add(LedgerAddArgs),
    /// Read the ledger and list its entries
    Check(LedgerCheckArgs),
    /// Remove the entries that a run found stale
    Prune(LedgerPruneArgs),
}

/// Arguments of `veriam ledger add`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Example:
  veriam ledger add target/veriam/divergences/CASE.json --reason 'fixed in 2.1' \\
      --link https://example.com/issues/7 --expires 2027-01-31")]
pub struct LedgerAddArgs {
    /// The stored case, as `veriam run` wrote it
    #[arg(value_name = "CASE")]
    pub case: PathBuf,

    /// Why the divergence is accepted
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    pub reason: String,

    /// Where that is discussed
    #[arg(long, value_name = "URL", value_parser = link)]
    pub link: Option<String>,

    /// The last day on which it is accepted, for example 2027-01-31
    #[arg(long, value_name = "DATE")]
    pub expires: Option<Date>,

    /// The ledger; made if it is not there
    #[arg(long, value_name = "FILE", default_value = DEFAULT_FILE)]
    pub config: PathBuf,
}

fn reason(text: &str) -> Result<String, &'static str> {
    crate::ledger::reason_fault(text).map_or_else(|| Ok(text.to_owned()), Err)
}

fn link(text: &str) -> Result<String, &'static str> {
    crate::ledger::link_fault(text).map_or_else(|| Ok(text.to_owned()), Err)
}

/// Arguments of `veriam ledger check`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Exit code 3 when an entry has expired, 2 when the file is malformed. Whether an entry is stale only a run can tell.")]
pub struct LedgerCheckArgs {
    /// The ledger
    #[arg(long, value_name = "FILE", default_value = DEFAULT_FILE)]
    pub config: PathBuf,

    /// How to print the entries
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Arguments of `veriam ledger prune`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Comments right above and below a removed entry go with it; everything else stays as it is, byte for byte.

Example:
  veriam run --format json > summary.json; veriam ledger prune --stale-from summary.json")]
pub struct LedgerPruneArgs {
    /// The summary of a run, as `veriam run --format json` prints it; - is standard input
    #[arg(long, value_name = "SUMMARY")]
    pub stale_from: PathBuf,

    /// The ledger
    #[arg(long, value_name = "FILE", default_value = DEFAULT_FILE)]
    pub config: PathBuf,
}
