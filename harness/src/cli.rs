//! The command line: what can be asked.

mod campaign;
mod ledger;
mod selftest;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use veriam_model::{Dialect, Operation, PolicyType, RuleId};

pub use campaign::{MergeArgs, PlanArgs, PlanFormat};
use veriam_reports::Shard;

use crate::run::Part;
use crate::schemas::SchemaName;
use crate::store::DEFAULT_FOLDER;

pub use ledger::{LedgerAddArgs, LedgerArgs, LedgerCheckArgs, LedgerCommand, LedgerPruneArgs};
pub use selftest::{SelftestArgs, SelftestFormat};

/// The seed of a run that names none, so that two people see the same run.
pub const DEFAULT_SEED: u64 = 20_261_123;
/// Generated cases of a run that says nothing else.
pub const DEFAULT_CASES: u64 = 100_000;

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
    Run(RunArgs),
    /// Accept divergences: list, add and remove entries of the ledger
    Ledger(LedgerArgs),
    /// Tell which units a run has and which shard runs which
    Plan(PlanArgs),
    /// Put the journals of shards together
    Merge(MergeArgs),
    /// Judge stored divergences again
    Replay(ReplayArgs),
    /// Answer checks from standard input, one a line
    Decide(DecideArgs),
    /// Tell how a check or call is decided and what to change
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

Examples:
  veriam run                              everything, 100,000 generated cases
  veriam run --only generated --cases 20000 --seed 7
  veriam run --exhaustive combiner        that space and nothing else
  veriam run --format json > summary.json")]
pub struct RunArgs {
    /// Generated documents, checks and calls
    #[arg(long, value_name = "N", default_value_t = DEFAULT_CASES)]
    pub cases: u64,

    /// Seed of the generated cases; the same seed gives the same cases everywhere
    #[arg(long, value_name = "S", default_value_t = DEFAULT_SEED)]
    pub seed: u64,

    /// Threads [default: one for each processor]
    #[arg(long, value_name = "J", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// Compare a small space in full, and nothing else
    #[arg(long, value_name = "SPACE", conflicts_with_all = ["only", "cases"])]
    pub exhaustive: Option<Space>,

    /// Compare only these parts, after the controls
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    pub only: Vec<PartName>,

    /// Hold the target against itself: change each generated check and call as a law says, and compare its two replies
    #[arg(long, conflicts_with_all = ["exhaustive", "only", "records", "fail_fast"])]
    pub laws: bool,

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
    /// Run only the units of this shard, numbered from 0; `veriam merge` puts the journals of all shards together
    #[arg(long, value_name = "K/N", default_value_t = Shard::WHOLE)]
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
    #[arg(long, value_name = "NAME", hide = true)]
    pub planted: Option<String>,
}

impl Default for RunArgs {
    fn default() -> Self {
        Self {
            cases: DEFAULT_CASES,
            seed: DEFAULT_SEED,
            jobs: None,
            exhaustive: None,
            only: Vec::new(),
            laws: false,
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

/// Which judge answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum JudgeName {
    /// The reference: slow and literal
    Oracle,
    /// The library: fast
    #[default]
    Evaluator,
}

/// Arguments of `veriam decide`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Reads one check a line and answers one line each, in order: {\"id\",\"decision\"}, or {\"id\",\"invalid\"} when \
a policy is invalid. A malformed line is answered by {\"line\",\"error\"}, told on standard error, and makes the \
exit code 2; the stream goes on. Blank lines have no answer. A line may have 8 MiB.

Example:
  veriam decide < checks.jsonl > answers.jsonl")]
pub struct DecideArgs {
    /// Which judge answers
    #[arg(long, value_enum, value_name = "JUDGE", default_value_t)]
    pub with: JudgeName,

    #[command(flatten)]
    #[expect(
        missing_docs,
        reason = "clap would take the text for the help of the command"
    )]
    pub dialect: DialectArgs,
}

/// Arguments of `veriam explain`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
The input is one check, lines of checks (pick one with --line or --id), a call with its world, a stored divergence, or a call of a \
scenario, as scenario.yaml#N for its N-th call.

Examples:
  veriam explain check.json
  veriam explain checks.jsonl --id tenant-b-from-internet
  veriam explain access/scenario.yaml#3
  veriam explain target/veriam/divergences/CASE.json --dialect IAM-093=stay
  veriam explain 'scenario.yaml#2'
  echo '{\"principal\":…}' | veriam explain")]
pub struct ExplainArgs {
    /// The input; - is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub file: PathBuf,

    /// Explain the check in this line, from 1
    #[arg(long, value_name = "N", conflicts_with = "id")]
    pub line: Option<usize>,

    /// Explain the check with this id
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,

    #[command(flatten)]
    #[expect(
        missing_docs,
        reason = "clap would take the text for the help of the command"
    )]
    pub dialect: DialectArgs,

    /// How to print the explanation
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Arguments of `veriam rules`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  veriam rules                    every rule, one a line
  veriam rules IAM-136            one rule in full
  veriam rules --undetermined     what AWS's documentation leaves open")]
pub struct RulesArgs {
    /// Show this rule in full
    #[arg(value_name = "ID", conflicts_with = "undetermined")]
    pub id: Option<RuleId>,

    /// Only rules that leave something open
    #[arg(long)]
    pub undetermined: bool,

    /// How to print the rules
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Arguments of `veriam lint`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Errors are faults for which AWS refuses the document; warnings are about documents that are accepted and \
probably do not do what was meant, or exceed a size quota. Either makes the exit code 1.

Example:
  veriam lint --type resource policies/*.json")]
pub struct LintArgs {
    /// What the documents are attached to
    #[arg(long = "type", value_name = "TYPE", value_parser = policy_type())]
    pub policy_type: PolicyType,

    /// Policy documents; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    #[command(flatten)]
    #[expect(
        missing_docs,
        reason = "clap would take the text for the help of the command"
    )]
    pub dialect: DialectArgs,

    /// How to print the findings
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Lets help and completions list the types.
fn policy_type() -> impl clap::builder::TypedValueParser<Value = PolicyType> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

    let values = PolicyType::ALL.map(|t| PossibleValue::new(t.name()).help(t.title()));
    PossibleValuesParser::new(values).try_map(|name| name.parse::<PolicyType>())
}

/// Arguments of `veriam test`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
A scenario is a world, calls made in it and what should become of each, in YAML, with its policies beside it; \
`veriam init DIR` writes a first one. Every call is judged by both judges; where they differ the test fails too.

Exit code 1 when a call ends otherwise than expected or somebody gets in whom `only` does not name, 2 when a \
file is no scenario.

Examples:
  veriam test                     the scenarios that ship with veriam
  veriam test scenario.yaml       one scenario, call by call
  veriam test policies/           every .yaml file in and below a folder")]
pub struct TestArgs {
    /// Scenario files, or folders of them [default: the scenarios that ship with veriam]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

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

    /// Only this operation; may be given several times
    #[arg(long = "call", value_name = "OPERATION", value_parser = operation())]
    pub calls: Vec<Operation>,

    /// How to print the table
    #[arg(long, value_enum, default_value_t)]
    pub format: MatrixFormat,
}

/// Lets help and completions list the operations.
fn operation() -> impl clap::builder::TypedValueParser<Value = Operation> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};

    let find = |name: String| {
        let mut all = Operation::ALL.into_iter();
        all.find(|o| o.name() == name).ok_or("no operation")
    };
    PossibleValuesParser::new(Operation::ALL.map(Operation::name)).try_map(find)
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

/// Arguments of `veriam bench`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
The workloads are one Allow (a), two tenants of one runtime (b), and a hundred statements with four conditions \
each, of which the last applies (c). Compare the ratios between machines, not the times.")]
pub struct BenchArgs {
    /// Seconds for each measurement
    #[arg(long, value_name = "S", default_value_t = 1.0, value_parser = seconds)]
    pub seconds: f64,

    /// How to print the measurements
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= 600.0 => Ok(seconds),
        _ => Err("give a number of seconds above 0 and up to 600, for example 0.5".to_owned()),
    }
}

/// Arguments of `veriam schema`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Example:
  veriam schema call > call.schema.json")]
pub struct SchemaArgs {
    /// What the schema describes
    #[arg(value_name = "NAME", value_parser = schema_name())]
    pub name: SchemaName,
}

/// Lets help and completions list the schemas.
fn schema_name() -> impl clap::builder::TypedValueParser<Value = SchemaName> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

    let values = SchemaName::ALL.map(|n| PossibleValue::new(n.name()).help(n.title()));
    PossibleValuesParser::new(values).try_map(|name| SchemaName::by_name(&name).ok_or("no schema"))
}

/// Arguments of `veriam completions`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  veriam completions bash > ~/.local/share/bash-completion/completions/veriam
  veriam completions zsh > ~/.zfunc/_veriam")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
