//! What can be asked about Veriam itself.

use clap::Args;

use super::Format;
use crate::schemas::SchemaName;

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
