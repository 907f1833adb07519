//! What can be asked about checks, rules and policies.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use veriam_model::{PolicyType, RuleId};

use super::{DialectArgs, Format};

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
  veriam decide < checks.jsonl > answers.jsonl
  veriam run --target 'exec=veriam decide --protocol --with oracle'")]
pub struct DecideArgs {
    /// Which judge answers
    #[arg(long, value_enum, value_name = "JUDGE", default_value_t)]
    pub with: JudgeName,

    /// Speak the line protocol of targets (docs/adapters.md): a hello first, then documents, calls and puts as well
    #[arg(long)]
    pub protocol: bool,

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
The input is one check, lines of checks (pick one with --line or --id), a call with its world, a put, a stored divergence, or a \
call of a scenario, as scenario.yaml#N for its N-th call.

Examples:
  veriam explain check.json
  veriam explain checks.jsonl --id tenant-b-from-internet
  veriam explain access/scenario.yaml#3
  veriam explain put.json
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
#[command(override_usage = "\
veriam lint [OPTIONS] --type <TYPE> <FILE>...
       veriam lint --list")]
#[command(after_help = "\
Errors are faults for which AWS refuses the document; warnings are about documents that are accepted and \
probably do not do what was meant, or exceed a size quota. Either makes the exit code 1. Notes are right or wrong by what \
the document does not say, for example whether a runtime takes bearer tokens; they are counted, shown with --notes, and \
never change the exit code. docs/lint.md of Veriam lists every finding.

Examples:
  veriam lint --type resource policies/*.json
  veriam lint --type endpoint --notes vpce-policy.json
  veriam lint --type resource --on \"$RUNTIME_ARN\" runtime-policy.json")]
pub struct LintArgs {
    /// What the documents are attached to
    #[arg(long = "type", value_name = "TYPE", value_parser = policy_type(), required_unless_present = "list")]
    pub policy_type: Option<PolicyType>,

    /// The ARN of the resource that the resource-based policies are attached to
    #[arg(long, value_name = "ARN", value_parser = attached_to)]
    pub on: Option<String>,

    /// Show notes, too
    #[arg(long)]
    pub notes: bool,

    /// Print the page that lists every finding, in Markdown
    #[arg(long, exclusive = true)]
    pub list: bool,

    /// Policy documents; - is standard input
    #[arg(required_unless_present = "list", value_name = "FILE")]
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

/// An ARN that a resource-based policy of AgentCore can be attached to.
fn attached_to(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let word = parts.get(5).and_then(|rest| rest.split_once('/'));
    let takes_policy =
        matches!(word, Some(("runtime" | "gateway" | "memory", id)) if !id.is_empty());
    if parts[0] == "arn"
        && parts.get(2) == Some(&"bedrock-agentcore")
        && takes_policy
        && !text.contains(['*', '?'])
    {
        return Ok(text.to_owned());
    }
    Err("give the ARN of a runtime, an endpoint, a gateway or a memory of AgentCore".to_owned())
}

/// Lets help and completions list the types.
pub(super) fn policy_type() -> impl clap::builder::TypedValueParser<Value = PolicyType> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

    let values = PolicyType::ALL.map(|t| PossibleValue::new(t.name()).help(t.title()));
    PossibleValuesParser::new(values).try_map(|name| name.parse::<PolicyType>())
}
