//! The rim: the one place that knows the process, its streams and its exit code.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use anstream::ColorChoice;
use clap::Parser;
use veriam_reports::Date;

use crate::cli::Cli;
use crate::commands;
use crate::exit::Exit;

/// The streams of a command.
pub struct Streams<'a> {
    /// Standard input.
    pub input: &'a mut (dyn Read + Send),
    /// Standard output.
    pub out: &'a mut dyn Write,
    /// Standard error.
    pub err: &'a mut dyn Write,
    /// Whether standard output shows styles.
    pub styled_out: bool,
    /// Whether standard error shows styles.
    pub styled_err: bool,
    /// Whether standard error is a terminal.
    pub terminal_err: bool,
    /// The day on which the command runs, in UTC.
    pub today: Date,
}

impl fmt::Debug for Streams<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streams").finish_non_exhaustive()
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub enum Failure {
    /// With this exit, after this message.
    Told(Exit, String),
    /// The reader of standard output is gone: nobody is left to tell.
    Gone,
}

impl Failure {
    /// A malformed command line or input.
    pub fn usage(message: impl fmt::Display) -> Self {
        Failure::Told(Exit::Usage, message.to_string())
    }

    /// A fault of Veriam or of the machine.
    pub fn internal(message: impl fmt::Display) -> Self {
        Failure::Told(Exit::Internal, message.to_string())
    }

    fn output(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Failure::Gone
        } else {
            Failure::internal(format_args!(
                "cannot write the output: {error}; make room for it or send it elsewhere"
            ))
        }
    }
}

/// How a command ends.
pub type Ended = Result<Exit, Failure>;

impl Streams<'_> {
    /// Prints text with ANSI styles to standard output, without them where they are not shown.
    ///
    /// # Errors
    /// [`Failure`] when standard output cannot be written.
    pub fn text(&mut self, text: &str) -> Result<(), Failure> {
        let plain;
        let shown = if self.styled_out {
            text
        } else {
            plain = anstream::adapter::strip_str(text).to_string();
            &plain
        };
        self.raw(shown.as_bytes())
    }

    /// Writes bytes to standard output.
    ///
    /// # Errors
    /// [`Failure`] when standard output cannot be written.
    pub fn raw(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        write(self.out, bytes)
    }

    /// Prints the last text and ends with an exit that was decided before; it stands even when nobody reads
    /// the text to its end.
    ///
    /// # Errors
    /// [`Failure`] when standard output cannot be written.
    pub fn end(&mut self, exit: Exit, text: &str) -> Ended {
        match self.text(text) {
            Ok(()) | Err(Failure::Gone) => Ok(exit),
            Err(told) => Err(told),
        }
    }

    /// Prints text with ANSI styles to standard error. Nothing can be done when that fails.
    pub fn tell(&mut self, text: &str) {
        let _ = if self.styled_err {
            self.err.write_all(text.as_bytes())
        } else {
            let plain = anstream::adapter::strip_str(text).to_string();
            self.err.write_all(plain.as_bytes())
        };
        let _ = self.err.flush();
    }
}

/// Writes bytes to standard output and flushes it.
///
/// # Errors
/// [`Failure`] when it cannot be written.
pub fn write(out: &mut dyn Write, bytes: &[u8]) -> Result<(), Failure> {
    out.write_all(bytes)
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))
}

/// The whole program.
#[must_use]
pub fn main() -> ExitCode {
    let (stdout, stderr) = (io::stdout(), io::stderr());
    let shows = |choice: ColorChoice| choice != ColorChoice::Never;
    let styled_out = shows(anstream::AutoStream::choice(&stdout));
    let styled_err = shows(anstream::AutoStream::choice(&stderr));
    let mut streams = Streams {
        input: &mut io::stdin(),
        out: &mut stdout.lock(),
        // Not locked: the progress bar writes to it from other threads.
        err: &mut io::stderr(),
        styled_out,
        styled_err,
        terminal_err: io::IsTerminal::is_terminal(&stderr),
        today: today(),
    };
    run(std::env::args_os(), &mut streams).into()
}

/// The day; a clock before 1970 is as good as one at it.
fn today() -> Date {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Date::of_seconds(since.map_or(0, |time| time.as_secs()))
}

/// Runs a command line. Whatever happens, the exit is one of [`Exit`], and a panic is [`Exit::Internal`].
pub fn run(args: impl IntoIterator<Item = OsString>, streams: &mut Streams<'_>) -> Exit {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, streams),
    };
    quiet_panics();
    let ended = catch_unwind(AssertUnwindSafe(|| {
        commands::dispatch(cli.command, streams)
    }));
    match ended {
        Ok(Ok(exit)) => exit,
        Ok(Err(Failure::Gone)) => Exit::Agreed,
        Ok(Err(Failure::Told(exit, message))) => {
            streams.tell(&format!("veriam: {message}\n"));
            exit
        }
        Err(_) => {
            let panic = LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner);
            let what = panic.as_deref().unwrap_or("a panic without message");
            streams.tell(&format!(
                "veriam: internal fault: {what}; report it with the command line and version {}\n",
                env!("CARGO_PKG_VERSION")
            ));
            Exit::Internal
        }
    }
}

/// Help and version are answers, everything else is a usage error.
fn refuse(error: &clap::Error, streams: &mut Streams<'_>) -> Exit {
    let text = error.render().ansi().to_string();
    if error.use_stderr() {
        streams.tell(&text);
        return Exit::Usage;
    }
    match streams.text(&text) {
        Ok(()) | Err(Failure::Gone) => Exit::Agreed,
        Err(Failure::Told(exit, _)) => exit,
    }
}

/// What the last panic said. The hook is told the place; whoever catches the panic is not.
static LAST_PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Panics are told once, by whoever catches them: a target that breaks is a result, not noise.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|info| {
        let mut last = LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner);
        let place = info
            .location()
            .map(|at| format!(" at {}:{}", at.file(), at.line()));
        let message = info.payload_as_str().unwrap_or("no message");
        *last = Some(format!("{message}{}", place.unwrap_or_default()));
    }));
}
