//! The commands: each reads its input, asks pure functions, decides the exit, then prints.

mod bench;
mod decide;
mod diff;
mod emulate;
mod explain;
mod init;
mod laws;
mod ledger;
mod lint;
mod matrix;
mod merge;
mod plan;
mod replay;
mod rules;
mod run;
mod selftest;
mod shrink;
mod smoke;
mod test;

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::CommandFactory;

use crate::cli::{Cli, Command, CompletionsArgs};
use crate::exit::Exit;
use crate::rim::{Ended, Failure, Streams};
use crate::store;

/// Runs a command; none is `veriam run`.
///
/// # Errors
/// [`Failure`] when it ends early.
pub fn dispatch(command: Option<Command>, streams: &mut Streams<'_>) -> Ended {
    match command {
        None => run::run(&crate::cli::RunArgs::default(), streams),
        Some(Command::Run(args)) => run::run(&args, streams),
        Some(Command::Ledger(args)) => ledger::run(&args, streams),
        Some(Command::Plan(args)) => plan::run(&args, streams),
        Some(Command::Merge(args)) => merge::run(&args, streams),
        Some(Command::Replay(args)) => replay::run(&args, streams),
        Some(Command::Shrink(args)) => shrink::run(&args, streams),
        Some(Command::Smoke(args)) => smoke::run(&args, streams),
        Some(Command::Decide(args)) => decide::run(&args, streams),
        Some(Command::Emulate(args)) => emulate::run(&args, streams),
        Some(Command::Explain(args)) => explain::run(&args, streams),
        Some(Command::Rules(args)) => rules::run(&args, streams),
        Some(Command::Lint(args)) => lint::run(&args, streams),
        Some(Command::Test(args)) => test::run(&args, streams),
        Some(Command::Init(args)) => init::run(&args, streams),
        Some(Command::Matrix(args)) => matrix::run(&args, streams),
        Some(Command::Diff(args)) => diff::run(&args, streams),
        Some(Command::Bench(args)) => bench::run(&args, streams),
        Some(Command::Selftest(args)) => selftest::run(&args, streams),
        Some(Command::Schema(args)) => streams.end(Exit::Agreed, &args.name.text()),
        Some(Command::Completions(args)) => completions(&args, streams),
    }
}

fn completions(args: &CompletionsArgs, streams: &mut Streams<'_>) -> Ended {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "veriam", &mut script);
    // A script holds no styles to strip.
    streams.end(Exit::Agreed, &String::from_utf8_lossy(&script))
}

/// Largest file that is read whole, in bytes.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// Reads a file, or standard input for `-`.
fn read(path: &Path, streams: &mut Streams<'_>) -> Result<Vec<u8>, String> {
    let told = |error: &dyn std::fmt::Display| {
        format!(
            "cannot read {}: {error}; give a file that exists and can be read",
            path.display()
        )
    };
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        (&mut *streams.input)
            .take(MAX_FILE_BYTES + 1)
            .read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path)
            .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes))
    };
    match read {
        Err(error) => Err(told(&error)),
        Ok(_) if bytes.len() as u64 > MAX_FILE_BYTES => Err(format!(
            "{} has more than {MAX_FILE_BYTES} bytes; give a smaller file",
            path.display()
        )),
        Ok(_) => Ok(bytes),
    }
}

/// The file that is named: itself, or that of the stored case with the id that was given instead.
fn stored_file(name: &Path, folder: &Path) -> Result<PathBuf, String> {
    match name.to_str() {
        Some(id) if store::is_id(id) && !name.exists() => {
            store::find(folder, id).map_err(|error| error.to_string())
        }
        _ => Ok(name.to_owned()),
    }
}

/// [`read`], with the error as a usage failure.
fn read_or_fail(path: &Path, streams: &mut Streams<'_>) -> Result<Vec<u8>, Failure> {
    read(path, streams).map_err(Failure::usage)
}

/// The name of an input in messages.
fn shown(path: &Path) -> String {
    if path == Path::new("-") {
        "<stdin>".to_owned()
    } else {
        path.display().to_string()
    }
}
