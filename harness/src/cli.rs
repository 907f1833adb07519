//! The command line: what can be asked.

mod campaign;
mod checks;
mod divergences;
mod emulate;
mod ledger;
mod run;
mod scenarios;
mod selftest;
mod target;
mod tools;

use clap::{Args, Parser, Subcommand, ValueEnum};
use veriam_model::{Dialect, Profile};

pub use campaign::{MergeArgs, PlanArgs, PlanFormat};
pub use checks::{DecideArgs, ExplainArgs, JudgeName, LintArgs, RulesArgs};
pub use divergences::{ArtifactKind, ReplayArgs, ShrinkArgs};
pub use emulate::EmulateArgs;
pub use ledger::{LedgerAddArgs, LedgerArgs, LedgerCheckArgs, LedgerCommand, LedgerPruneArgs};
pub use run::{DEFAULT_CASES, DEFAULT_SEED, PartName, RunArgs, Space};
pub use scenarios::{DiffArgs, InitArgs, MatrixArgs, MatrixFormat, TestArgs};
pub use selftest::{SelftestArgs, SelftestFormat};
pub use target::{SmokeArgs, TargetArgs};
pub use tools::{BenchArgs, CompletionsArgs, SchemaArgs};

/// Conformance harness for AWS access policies, made for Amazon Bedrock AgentCore.
///
/// Two judges that never met decide the same cases: the oracle, an executable reading of AWS's documentation,
/// and a target, by default the evaluator library. Veriam reports every case on which they differ.
#[derive(Debug, Parser)]
#[command(
    name = "veriam",
    version,
    after_help = "\
Without a command, veriam does what `veriam run` does.

Exit codes: 0 agreed · 1 new divergence, or findings of lint · 2 malformed command line or input ·
            3 stale or expired ledger entry · 4 void run · 5 target unreachable · 70 fault of veriam

Examples:
  veriam                                  compare everything, with a summary
  veriam run --cases 1000000 --seed 7     more generated cases, other ones
  veriam explain checks.jsonl --id c1     why a check is decided as it is
  veriam lint --type resource policy.json find what is wrong with a policy
  veriam rules IAM-136                    what a rule says and where it is documented"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Hold a target against the oracle
    Run(Box<RunArgs>),
    /// Accept divergences: list, add and remove entries of the ledger
    Ledger(LedgerArgs),
    /// Tell which units a run has and which shard runs which
    Plan(PlanArgs),
    /// Put the journals of shards together
    Merge(MergeArgs),
    /// Judge stored divergences again
    Replay(ReplayArgs),
    /// Make a case smaller as long as the target differs from the oracle on it
    Shrink(ShrinkArgs),
    /// Try out whether a program speaks the line protocol and answers what is beyond doubt
    Smoke(SmokeArgs),
    /// Answer checks from standard input, one a line
    Decide(DecideArgs),
    /// Tell how a check, call or put is decided and what to change
    Explain(ExplainArgs),
    /// List the rules the oracle applies, or show one
    Rules(RulesArgs),
    /// Find faults in policy documents
    Lint(LintArgs),
    /// Judge the calls of scenarios against what their authors expect
    Test(TestArgs),
    /// Write a first scenario with its policies
    Init(InitArgs),
    /// Show who gets in: the access table of a scenario
    Matrix(MatrixArgs),
    /// Show whose access changes between two versions of a scenario or policy
    Diff(DiffArgs),
    /// Serve AgentCore with the IAM and STS it needs on this machine
    Emulate(EmulateArgs),
    /// Measure both judges on this machine
    Bench(BenchArgs),
    /// Hold oracles with one known bug each against the oracle
    Selftest(SelftestArgs),
    /// Print the JSON Schema of a file or stream
    Schema(SchemaArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON object on standard output, everything else on standard error
    Json,
}

/// Lets help and completions list the profiles.
fn profile() -> impl clap::builder::TypedValueParser<Value = Profile> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

    let help = |profile| match profile {
        Profile::Tiny => "One or two statements, the smallest worlds",
        Profile::Default => "A handful of statements",
        Profile::Large => "Hundreds of statements that nearly apply, dozens of principals",
    };
    let values = Profile::ALL.map(|p| PossibleValue::new(p.name()).help(help(p)));
    PossibleValuesParser::new(values).try_map(|name| {
        let mut all = Profile::ALL.into_iter();
        all.find(|p| p.name() == name).ok_or("no profile")
    })
}

/// Readings for open choices.
#[derive(Clone, Debug, Default, Args)]
pub struct DialectArgs {
    /// Read an open choice otherwise, for example IAM-093=stay (`veriam rules --undetermined` lists them)
    #[arg(long = "dialect", value_name = "ID=READING", value_parser = setting)]
    pub settings: Vec<String>,
}

fn setting(text: &str) -> Result<String, String> {
    let applied = Dialect::default().with_setting(text);
    applied
        .map(|_| text.to_owned())
        .map_err(|error| error.to_string())
}

impl DialectArgs {
    /// The dialect; later settings win.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        let apply = |dialect: Dialect, setting: &String| dialect.with_setting(setting);
        // Each setting was checked when it was parsed.
        self.settings.iter().fold(Dialect::default(), |dialect, s| {
            apply(dialect, s).unwrap_or(dialect)
        })
    }

    /// The dialect, or nothing when no setting is given.
    #[must_use]
    pub fn given(&self) -> Option<Dialect> {
        (!self.settings.is_empty()).then(|| self.dialect())
    }
}
