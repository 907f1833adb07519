//! One process: its pipes, each served by a thread, so that nothing it does or omits blocks anybody else.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, channel, sync_channel,
};
use std::thread;
use std::time::{Duration, Instant};

use veriam_model::Case;

use super::evidence::{Tail, redacted};
use super::{Broken, StartError, lines};
use crate::compare::Reply;
use crate::protocol::{Hello, MAX_ANSWER_BYTES, NoAnswer, excerpt, id_of, reply};

/// How long a process gets to end by itself, and its last words to arrive.
const GRACE: Duration = Duration::from_millis(500);
/// Between two looks whether a process has ended.
const LOOK: Duration = Duration::from_millis(5);
/// Messages of the reading thread that wait at most; then the process waits.
const WAITING: usize = 64;
/// Characters of a line that are shown.
const SHOWN: usize = 120;

/// What the reading thread hears.
enum Heard {
    /// Lines that were there together.
    Lines(Vec<Vec<u8>>),
    /// The beginning of a line that has no end in sight.
    TooLong(Vec<u8>),
}

#[derive(Debug)]
pub(super) struct Child {
    process: std::process::Child,
    requests: Option<Sender<Vec<u8>>>,
    heard: Receiver<Heard>,
    errors: Tail,
    /// Is closed when standard error is.
    errors_end: Receiver<()>,
    ended: bool,
}

impl Child {
    pub(super) fn start(
        command: &[String],
        deadline: Duration,
    ) -> Result<(Self, Hello), StartError> {
        let told = command.join(" ");
        let (program, arguments) = command
            .split_first()
            .ok_or_else(|| StartError::Hello("no command".to_owned()))?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        // A group of its own, so that what it starts can be ended with it.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let failed = |error: io::Error| {
            StartError::Unreachable(format!(
                "cannot start `{told}`: {error}; give a program that is there and can be run"
            ))
        };
        let mut process = command.spawn().map_err(failed)?;
        let (requests, writing) = channel::<Vec<u8>>();
        let (hearing, heard) = sync_channel(WAITING);
        let (errors_ending, errors_end) = channel::<()>();
        let errors = Tail::default();
        if let Some(mut input) = process.stdin.take() {
            spawn("requests", move || {
                while let Ok(bytes) = writing.recv() {
                    // Who closes its input is found out by what it does not answer.
                    if input
                        .write_all(&bytes)
                        .and_then(|()| input.flush())
                        .is_err()
                    {
                        break;
                    }
                }
            })?;
        }
        if let Some(output) = process.stdout.take() {
            spawn("answers", move || hear(output, &hearing))?;
        }
        if let Some(mut output) = process.stderr.take() {
            let errors = errors.clone();
            spawn("errors", move || {
                let _ending = errors_ending;
                let mut buffer = vec![0; 16 << 10];
                while let Ok(count @ 1..) = output.read(&mut buffer) {
                    errors.push(&buffer[..count]);
                }
            })?;
        }
        let mut child = Self {
            process,
            requests: Some(requests),
            heard,
            errors,
            errors_end,
            ended: false,
        };
        let hello = child.hello(&told, deadline)?;
        Ok((child, hello))
    }

    fn hello(&mut self, told: &str, deadline: Duration) -> Result<Hello, StartError> {
        let message = match self.heard.recv_timeout(deadline) {
            Ok(Heard::Lines(lines)) => {
                let first = lines.first().map(Vec::as_slice).unwrap_or_default();
                let hello = match lines.len() {
                    1 => Hello::from_line(first),
                    _ => Hello::from_line(first).and_then(|_| {
                        Err("it wrote a further line before it was asked; write one hello, then answers".to_owned())
                    }),
                };
                match hello {
                    Ok(hello) => return Ok(hello),
                    Err(error) => format!("`{told}` began with {}: {error}", shown(first)),
                }
            }
            Ok(Heard::TooLong(start)) => {
                format!(
                    "`{told}` began with a line of more than {MAX_ANSWER_BYTES} bytes, {}",
                    shown(&start)
                )
            }
            Err(RecvTimeoutError::Timeout) => {
                let message = format!(
                    "`{told}` said no hello within {}; write it at once and flush it",
                    time(deadline)
                );
                return Err(StartError::Unreachable(self.with_evidence(&message)));
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = self.status();
                let message = format!("`{told}` {status} before it said hello");
                return Err(StartError::Unreachable(self.with_evidence(&message)));
            }
        };
        Err(StartError::Hello(self.with_evidence(&message)))
    }

    /// Whether the process is there and has said nothing since its last answer.
    pub(super) fn is_quiet(&mut self) -> Result<(), Broken> {
        let message = match self.heard.try_recv() {
            Err(TryRecvError::Empty) => return Ok(()),
            Err(TryRecvError::Disconnected) => {
                format!("it {} between two requests", self.status())
            }
            Ok(Heard::Lines(lines)) => {
                let line = lines.first().map(Vec::as_slice).unwrap_or_default();
                format!(
                    "it wrote {} without being asked; answer each request once",
                    shown(line)
                )
            }
            Ok(Heard::TooLong(start)) => too_long(&start),
        };
        Err(self.broken(&message, None))
    }

    /// Asks some cases and fills in what it replies.
    pub(super) fn ask(
        &mut self,
        requests: &[(String, &Case)],
        deadline: Duration,
        replies: &mut [Option<Reply>],
    ) -> Result<(), Broken> {
        if let Some(sender) = &self.requests {
            // A writer that is gone shows in the answers that do not come.
            let _ = sender.send(lines(requests));
        }
        while replies.iter().any(Option::is_none) {
            let lines = match self.heard.recv_timeout(deadline) {
                Ok(Heard::Lines(lines)) => lines,
                Ok(Heard::TooLong(start)) => return Err(self.broken(&too_long(&start), None)),
                Err(RecvTimeoutError::Timeout) => {
                    let message = format!("gave no answer within {}", time(deadline));
                    return Err(self.broken(&message, None));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let message = format!("{} before it answered", self.status());
                    return Err(self.broken(&message, None));
                }
            };
            for line in lines {
                if let Err((message, about)) = take(&line, requests, replies) {
                    return Err(self.broken(&message, about));
                }
            }
        }
        Ok(())
    }

    fn broken(&mut self, message: &str, about: Option<usize>) -> Broken {
        Broken {
            message: self.with_evidence(message),
            about,
        }
    }

    /// Ends the process and adds its last words.
    fn with_evidence(&mut self, message: &str) -> String {
        self.kill();
        // It is closed, or whoever holds it lives on.
        let _ = self.errors_end.recv_timeout(GRACE);
        let message = redacted(message, std::env::vars_os());
        format!("{message}{}", self.errors.told())
    }

    /// How it ended, after it closed its output.
    fn status(&mut self) -> String {
        match self.ended_within(GRACE) {
            Some(status) => format!("ended ({status})"),
            None => "closed its standard output".to_owned(),
        }
    }

    fn ended_within(&mut self, time: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + time;
        loop {
            if let Ok(Some(status)) = self.process.try_wait() {
                self.ended = true;
                return Some(status);
            }
            if Instant::now() >= until {
                return None;
            }
            thread::sleep(LOOK);
        }
    }

    fn kill(&mut self) {
        if self.ended {
            return;
        }
        #[cfg(unix)]
        if let Some(pid) = i32::try_from(self.process.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        {
            // If the group is gone, so is the process.
            let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
        self.ended = true;
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Its input ends, so a process that reads to the end ends by itself.
        self.requests = None;
        if !self.ended {
            let closed = matches!(
                self.heard.recv_timeout(GRACE),
                Err(RecvTimeoutError::Disconnected)
            );
            if closed {
                self.ended_within(GRACE);
            }
        }
        self.kill();
    }
}

/// Takes one line as an answer; what is wrong with it otherwise, and with which of the requests.
fn take(
    line: &[u8],
    requests: &[(String, &Case)],
    replies: &mut [Option<Reply>],
) -> Result<(), (String, Option<usize>)> {
    let (id, text) = id_of(line)
        .map_err(|NoAnswer(what)| (format!("{what}; the line was {}", shown(line)), None))?;
    let at = requests.iter().position(|(asked, _)| *asked == id);
    let told = excerpt(id.as_bytes(), SHOWN);
    match at {
        None => Err((
            format!(
                "it answered the id `{told}`, which nobody asked; echo the `id` of the request"
            ),
            None,
        )),
        Some(at) if replies[at].is_some() => Err((
            format!("it answered the id `{told}` twice; answer each request once"),
            Some(at),
        )),
        Some(at) => {
            replies[at] = Some(reply(text, requests[at].1));
            Ok(())
        }
    }
}

/// Reads lines until the end, without keeping more than one message can hold.
fn hear(output: ChildStdout, hearing: &SyncSender<Heard>) {
    let mut output = BufReader::with_capacity(64 << 10, output);
    let mut begun: Vec<u8> = Vec::new();
    loop {
        let available = match output.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => &[],
        };
        if available.is_empty() {
            // A last line without its end was cut short: it is no answer.
            return;
        }
        let count = available.len();
        let mut complete = Vec::new();
        let mut rest = available;
        while let Some(end) = rest.iter().position(|&b| b == b'\n') {
            let mut line = std::mem::take(&mut begun);
            line.extend_from_slice(&rest[..end]);
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            complete.push(line);
            rest = &rest[end + 1..];
        }
        begun.extend_from_slice(rest);
        output.consume(count);
        complete.retain(|line| !line.iter().all(u8::is_ascii_whitespace));
        if !complete.is_empty() && hearing.send(Heard::Lines(complete)).is_err() {
            return;
        }
        if begun.len() > MAX_ANSWER_BYTES {
            begun.truncate(4 * SHOWN);
            // Nobody needs to hear the rest.
            let _ = hearing.send(Heard::TooLong(begun));
            return;
        }
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), StartError> {
    let started = thread::Builder::new().name(name.to_owned()).spawn(body);
    started.map(drop).map_err(|error| {
        StartError::Unreachable(format!("cannot start a thread: {error}; use fewer --jobs"))
    })
}

fn too_long(start: &[u8]) -> String {
    format!(
        "it wrote a line of more than {MAX_ANSWER_BYTES} bytes; an answer is short; the line began {}",
        shown(start)
    )
}

fn shown(line: &[u8]) -> String {
    format!("`{}`", excerpt(line, SHOWN))
}

fn time(deadline: Duration) -> String {
    match deadline.subsec_millis() {
        0 => format!("{} s", deadline.as_secs()),
        _ => format!("{} ms", deadline.as_millis()),
    }
}
