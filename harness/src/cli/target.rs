//! Which target is asked.

use std::time::Duration;

use clap::Args;
use veriam_model::Dialect;

use crate::exit::Exit;
use crate::rim::Failure;
use crate::target::{OpenError, Spec, Target, TargetOptions, exec::StartError};

/// Which target is asked, and how a target that is a program is treated.
#[derive(Clone, Debug, Default, Args)]
pub struct TargetArgs {
    /// Whom to ask: evaluator, emulator, emulator=URL for a server that speaks the APIs of AWS (both in builds with the
    /// feature aws), exec=COMMAND for a program that speaks the line protocol, or, with --laws, oracle
    /// [default: evaluator]
    #[arg(long, value_name = "TARGET")]
    pub target: Option<Spec>,

    /// How long a program may take to start and say hello [default: 30s]
    #[arg(long, value_name = "TIME", value_parser = deadline)]
    pub startup: Option<Duration>,

    /// How long the target may take for each answer, for example 200ms, 10s or 1m [default: 10s]
    #[arg(long, value_name = "TIME", value_parser = deadline)]
    pub deadline: Option<Duration>,

    /// How often a program is started again after it hangs, ends or babbles, before it is given up [default: 64]
    #[arg(long, value_name = "N")]
    pub restarts: Option<u64>,

    /// Ask a server with these operations only, and tell what needs others as not supported: InvokeAgentRuntime,
    /// kms:Decrypt, PutResourcePolicy, SimulateCustomPolicy
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub operations: Vec<String>,
}

/// Arguments of `veriam smoke`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Starts the program, reads its hello and asks it the controls and a few documented checks, one after the other. Tells of \
each what was asked, what came and what is wrong with it (docs/adapters.md is a tutorial).

Exit code 0 when every answer is right or `unsupported`, 1 when one is wrong, 4 when nothing was answered, 5 when the program \
does not start.

Example:
  veriam smoke 'exec=python3 adapter.py'")]
pub struct SmokeArgs {
    /// The program, as --target of `veriam run` names it
    #[arg(value_name = "TARGET")]
    pub target: Spec,

    /// Show every request and answer
    #[arg(short, long)]
    pub verbose: bool,

    /// How long the program may take to start and say hello
    #[arg(long, value_name = "TIME", value_parser = deadline, default_value = "30s")]
    pub startup: Duration,

    /// How long the program may take for each answer
    #[arg(long, value_name = "TIME", value_parser = deadline, default_value = "10s")]
    pub deadline: Duration,
}

impl TargetArgs {
    /// How programs are treated.
    #[must_use]
    pub fn options(&self) -> TargetOptions {
        let default = TargetOptions::default();
        TargetOptions {
            startup: self.startup.unwrap_or(default.startup),
            deadline: self.deadline.unwrap_or(default.deadline),
            restarts: self.restarts.unwrap_or(default.restarts),
            operations: self.operations.clone(),
        }
    }

    /// Opens the target that is named, or else `default`.
    ///
    /// # Errors
    /// [`Failure`] with [`Exit::Unreachable`] when a program does not start, with [`Exit::Usage`] when it does not speak
    /// the protocol or there is no such target.
    pub fn open(
        &self,
        default: Spec,
        dialect: Option<Dialect>,
    ) -> Result<Box<dyn Target>, Failure> {
        let spec = self.target.clone().unwrap_or(default);
        spec.open(dialect, &self.options()).map_err(|error| {
            let exit = match error {
                OpenError::Start(StartError::Unreachable(_)) | OpenError::Drive(_) => {
                    Exit::Unreachable
                }
                _ => Exit::Usage,
            };
            Failure::Told(exit, error.to_string())
        })
    }
}

impl TargetArgs {
    /// Opens the target that is named, or else the one on which a stored case was found; in-process targets under the
    /// dialect of the case.
    ///
    /// # Errors
    /// What is wrong, for a message that names the case.
    pub fn open_for(&self, name: &str, dialect: Dialect) -> Result<Box<dyn Target>, Failure> {
        if let Some(spec @ (Spec::Exec(_) | Spec::Emulator(_))) = &self.target {
            return self.open(spec.clone(), None);
        }
        if self.target.is_none()
            && let Some(program) = name.strip_prefix("exec:")
        {
            return Err(Failure::usage(format_args!(
                "it was found on the program {program}; say how to run it: --target 'exec=COMMAND'"
            )));
        }
        if self.target.is_none()
            && let Some(server) = name.strip_prefix("emulator:")
        {
            return Err(Failure::usage(format_args!(
                "it was found on the server {server}; say where it is: --target 'emulator:{server}=http://…'"
            )));
        }
        let spec = match name {
            "emulator" => Spec::Emulator(None),
            name => Spec::Named(name.to_owned()),
        };
        self.open(spec, Some(dialect)).map_err(|failure| match self.target {
            None => Failure::usage(format_args!(
                "this build has no target `{name}`; name another one with --target, or use the build that stored it"
            )),
            Some(_) => failure,
        })
    }
}

/// A time such as `200ms`, `10s` or `1m`, above 0.
fn deadline(text: &str) -> Result<Duration, String> {
    let wrong = "give a whole number above 0 with ms, s or m, for example 200ms, 10s or 1m";
    let units = [("ms", 1), ("s", 1_000), ("m", 60_000)];
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = units
        .into_iter()
        .find(|(name, _)| *name == &text[digits.len()..]);
    let number = match digits.bytes().all(|b| b.is_ascii_digit()) {
        true => digits.parse::<u32>().ok(),
        false => None,
    };
    match (number, unit) {
        (Some(number @ 1..), Some((_, unit))) => {
            Ok(Duration::from_millis(u64::from(number) * unit))
        }
        _ => Err(wrong.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_have_a_unit() {
        assert_eq!(deadline("200ms"), Ok(Duration::from_millis(200)));
        assert_eq!(deadline("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(deadline("1m"), Ok(Duration::from_secs(60)));
        for wrong in ["", "s", "10", "0s", "-1s", "+1s", "1.5s", "1h", "é"] {
            assert!(deadline(wrong).is_err(), "{wrong}");
        }
    }
}
