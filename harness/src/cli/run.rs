//! What can be asked about runs.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use veriam_model::{PolicyType, Profile};
use veriam_reports::Shard;

use super::checks::policy_type;
use super::{DialectArgs, Format, TargetArgs, campaign};
use crate::run::Part;
use crate::store::DEFAULT_FOLDER;

/// The seed of a run that names none, so that two people see the same run.
pub const DEFAULT_SEED: u64 = 20_261_123;
/// Generated cases of a run that says nothing else.
pub const DEFAULT_CASES: u64 = 100_000;

/// The parts of a run, as the command line names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PartName {
    /// Policies that published documents print, with the outcomes they state
    Sources,
    /// Documented vectors, one statement of the documentation each
    Vectors,
    /// Every combination of policy verdicts
    Combiner,
    /// Every condition operator at the edges of its values
    Operators,
    /// Every form of principal against every kind of caller
    Principals,
    /// Calls: every combination of what is said about a runtime and its endpoint
    TwoResource,
    /// Generated documents, checks and calls
    Generated,
}

impl From<PartName> for Part {
    fn from(name: PartName) -> Self {
        match name {
            PartName::Sources => Part::Sources,
            PartName::Vectors => Part::Vectors,
            PartName::Combiner => Part::Combiner,
            PartName::Operators => Part::Operators,
            PartName::Principals => Part::Principals,
            PartName::TwoResource => Part::TwoResource,
            PartName::Generated => Part::Generated,
        }
    }
}

/// The exhaustive spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Space {
    /// Every combination of policy verdicts
    Combiner,
    /// Every condition operator at the edges of its values
    Operators,
    /// Every form of principal against every kind of caller
    Principals,
    /// Calls: every combination of what is said about a runtime and its endpoint
    TwoResource,
}

impl From<Space> for Part {
    fn from(space: Space) -> Self {
        match space {
            Space::Combiner => Part::Combiner,
            Space::Operators => Part::Operators,
            Space::Principals => Part::Principals,
            Space::TwoResource => Part::TwoResource,
        }
    }
}

/// Arguments of `veriam run`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
A run begins with controls, cases whose answer is beyond doubt. It is void, and fails, when a control comes \
out wrong, a part compares nothing, a decision or label is too rare among the generated cases, or too many of \
them are left open by the documentation. Divergences are shrunk and stored; `veriam replay FILE` judges them \
again. Divergences that the ledger accepts are known and do not fail the run (`veriam ledger --help`).

A signal to end (SIGINT, SIGTERM) lets the units at work finish and prints what there is; the units that are missing \
make the run void, and --resume goes on. A second signal ends at once.

Examples:
  veriam run                              everything, 100,000 generated cases
  veriam run --only generated --cases 20000 --seed 7
  veriam run --only generated --cases 20000 --profile large
  veriam run --exhaustive combiner        that space and nothing else
  veriam run --target 'exec=python3 adapter.py' --cases 20000
  veriam run --target emulator=http://127.0.0.1:4566 --only generated --cases 20000
  veriam run --laws --records laws.jsonl  laws instead of the oracle, and what they came to
  veriam run --without scp,rcp            for a target that knows no organizations
  veriam run --format json > summary.json")]
pub struct RunArgs {
    /// Generated documents, checks and calls
    #[arg(long, value_name = "N", default_value_t = DEFAULT_CASES)]
    pub cases: u64,

    /// Seed of the generated cases; the same seed gives the same cases everywhere
    #[arg(long, value_name = "S", default_value_t = DEFAULT_SEED)]
    pub seed: u64,

    /// How large the generated cases are
    #[arg(long, value_name = "PROFILE", default_value_t, value_parser = super::profile())]
    pub profile: Profile,

    /// A table of how often each label has to be decisive, in place of the one that `veriam plan --quotas` prints
    #[arg(long, value_name = "FILE", conflicts_with = "laws")]
    pub quotas: Option<PathBuf>,

    /// Threads [default: one for each processor]
    #[arg(long, value_name = "J", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// Compare a small space in full, and nothing else
    #[arg(long, value_name = "SPACE", conflicts_with_all = ["only", "cases"])]
    pub exhaustive: Option<Space>,

    /// Compare only these parts, after the controls
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    pub only: Vec<PartName>,

    /// Hold the target against itself, and nothing else: change each generated check and call as a law says, and compare
    /// its two replies (docs/laws.md)
    #[arg(long, conflicts_with_all = ["exhaustive", "only"])]
    pub laws: bool,

    #[command(flatten)]
    #[expect(
        missing_docs,
        reason = "clap would take the text for the help of the command"
    )]
    pub target: TargetArgs,

    /// Leave policies of these types out of every case but the controls
    #[arg(long, value_name = "TYPE", value_delimiter = ',', value_parser = policy_type(), conflicts_with = "laws")]
    pub without: Vec<PolicyType>,

    /// Start no further work after the first divergence; has no effect where the ledger accepts some of the target
    #[arg(long)]
    pub fail_fast: bool,

    #[command(flatten)]
    #[expect(
        missing_docs,
        reason = "clap would take the text for the help of the command"
    )]
    pub dialect: DialectArgs,

    /// Folder for divergences
    #[arg(long, value_name = "DIR", default_value = DEFAULT_FOLDER)]
    pub out: PathBuf,

    /// How to print the summary
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,

    /// Write the records the summary is folded from to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub records: Option<PathBuf>,

    /// The ledger of accepted divergences [default: veriam.toml, if there is one]
    #[arg(long, value_name = "FILE", conflicts_with = "no_ledger")]
    pub config: Option<PathBuf>,

    /// Accept no divergence, whatever the ledger says
    #[arg(long)]
    pub no_ledger: bool,

    /// Run only the units of this shard, numbered from 0; `auto` takes it from the variables of the engine that started
    /// this process. `veriam merge` puts the journals of all shards together
    #[arg(long, value_name = "K/N", default_value_t = Shard::WHOLE, value_parser = campaign::shard)]
    pub shard: Shard,

    /// File to which each unit is written as soon as it is done [default: below target/veriam/journal, by plan and
    /// shard]
    #[arg(long, value_name = "FILE")]
    pub journal: Option<PathBuf>,

    /// Go on where the journal ends, if there is one; a run that was killed loses the units it was at
    #[arg(long)]
    pub resume: bool,

    /// Start no further unit after this time, for example 90s, 10m or 2h
    #[arg(long, value_name = "TIME", value_parser = campaign::duration)]
    pub time: Option<Duration>,

    /// Show no progress bar; without a terminal there is none anyway
    #[arg(long)]
    pub no_progress: bool,

    /// Compare an evaluator with a known mistake (builds with `planted-mistakes` only)
    #[arg(long, value_name = "NAME", hide = true, conflicts_with = "target")]
    pub planted: Option<String>,
}

impl Default for RunArgs {
    fn default() -> Self {
        Self {
            cases: DEFAULT_CASES,
            seed: DEFAULT_SEED,
            profile: Profile::Default,
            quotas: None,
            jobs: None,
            exhaustive: None,
            only: Vec::new(),
            laws: false,
            target: TargetArgs::default(),
            without: Vec::new(),
            fail_fast: false,
            dialect: DialectArgs::default(),
            out: PathBuf::from(DEFAULT_FOLDER),
            format: Format::Text,
            records: None,
            config: None,
            no_ledger: false,
            shard: Shard::WHOLE,
            journal: None,
            resume: false,
            time: None,
            no_progress: false,
            planted: None,
        }
    }
}
