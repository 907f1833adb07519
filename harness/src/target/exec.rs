//! A target that is a program of its own, spoken to in the line protocol.
//!
//! Several threads ask at once, so there are as many processes as threads; they have to answer alike. A process that
//! hangs, ends or babbles is killed and costs the cases it did not answer: neighbours that were sent along are asked again
//! one by one. After too many such faults, or several in a row, the target is given up.

mod child;
mod evidence;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use veriam_model::{Case, Dialect};

use self::child::Child;
use super::{Capabilities, Observation, Target};
use crate::compare::Reply;
use crate::protocol::{self, Hello};

/// Faults in a row, without any answer between them, after which a target is given up.
const MOST_IN_A_ROW: u64 = 8;

/// How a target outside of this program is treated: a program or a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetOptions {
    /// How long a program may take to start and say hello.
    pub startup: Duration,
    /// How long each answer may take.
    pub deadline: Duration,
    /// How often a program is started again after a fault before it is given up.
    pub restarts: u64,
    /// The operations a server is asked; all when there are none.
    pub operations: Vec<String>,
}

impl Default for TargetOptions {
    fn default() -> Self {
        Self {
            startup: Duration::from_secs(30),
            deadline: Duration::from_secs(10),
            restarts: 64,
            operations: Vec::new(),
        }
    }
}

/// Why a program cannot be asked anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartError {
    /// It does not start, ends at once, or says nothing: trying again may help.
    Unreachable(String),
    /// What it says first is no hello.
    Hello(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Unreachable(message) | StartError::Hello(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for StartError {}

/// A fault of a process: it is of no use any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// What it did, with evidence.
    pub(crate) message: String,
    /// The place of the case it is about among those asked together, where that is known.
    pub(crate) about: Option<usize>,
}

/// A program as target.
#[derive(Debug)]
pub struct Exec {
    command: Vec<String>,
    options: TargetOptions,
    hello: Hello,
    name: String,
    dialect: Option<Dialect>,
    idle: Mutex<Vec<Child>>,
    ids: AtomicU64,
    faults: Mutex<Faults>,
}

#[derive(Debug, Default)]
struct Faults {
    all: u64,
    in_a_row: u64,
    lost: Option<String>,
}

impl Exec {
    /// Starts the program and waits for its hello.
    ///
    /// # Errors
    /// [`StartError`] when it does not start or does not say who it is.
    pub fn start(command: &[String], options: TargetOptions) -> Result<Self, StartError> {
        let (child, hello) = Child::start(command, options.startup)?;
        let dialect = hello.dialect().map_err(StartError::Hello)?;
        Ok(Self {
            command: command.to_vec(),
            name: format!("exec:{}", hello.name),
            options,
            hello,
            dialect,
            idle: Mutex::new(vec![child]),
            ids: AtomicU64::new(1),
            faults: Mutex::new(Faults::default()),
        })
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Child>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A process that waits for requests.
    fn child(&self) -> Result<Child, Broken> {
        let idle = self.idle().pop();
        if let Some(mut child) = idle {
            match child.is_quiet() {
                Ok(()) => return Ok(child),
                Err(broken) => self.broke(&broken),
            }
        }
        let broken = |message| Broken {
            message,
            about: None,
        };
        let (child, hello) = Child::start(&self.command, self.options.startup)
            .map_err(|error| broken(error.to_string()))?;
        if hello != self.hello {
            return Err(broken(
                "started again, it says another hello than before; say the same one each time"
                    .to_owned(),
            ));
        }
        Ok(child)
    }

    fn broke(&self, broken: &Broken) {
        let mut faults = self.faults();
        faults.all += 1;
        faults.in_a_row += 1;
        let Faults { all, in_a_row, .. } = *faults;
        if faults.lost.is_none() && (all > self.options.restarts || in_a_row >= MOST_IN_A_ROW) {
            let times = match in_a_row >= MOST_IN_A_ROW {
                true => format!("{in_a_row} times in a row"),
                false => format!("{all} times"),
            };
            faults.lost = Some(format!(
                "given up after it broke {times}, at last: {}",
                broken.message
            ));
        }
    }

    fn id(&self) -> String {
        self.ids.fetch_add(1, Ordering::Relaxed).to_string()
    }

    /// Asks some cases together; whatever is not answered stays empty.
    fn attempt(&self, cases: &[&Case], replies: &mut [Option<Reply>]) -> Result<(), Broken> {
        let mut child = self.child()?;
        let requests: Vec<(String, &Case)> = cases.iter().map(|case| (self.id(), *case)).collect();
        let asked = child.ask(&requests, self.options.deadline, replies);
        if replies.iter().any(Option::is_some) {
            self.faults().in_a_row = 0;
        }
        asked?;
        self.idle().push(child);
        Ok(())
    }
}

impl Target for Exec {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> &str {
        &self.hello.version
    }

    fn dialect(&self) -> Option<&Dialect> {
        self.dialect.as_ref()
    }

    fn capabilities(&self) -> Option<&Capabilities> {
        Some(&self.hello.capabilities)
    }

    fn observe(&self, case: &Case) -> Reply {
        let observation = self.observe_all(&[case]).pop();
        observation.map_or_else(|| Reply::Failed("no reply".to_owned()), |o| o.reply)
    }

    fn observe_all(&self, cases: &[&Case]) -> Vec<Observation> {
        let mut replies: Vec<Option<Reply>> = vec![None; cases.len()];
        // All at once first. After a fault one by one, so that each pays for itself only.
        let mut together = true;
        loop {
            let open: Vec<usize> = (0..cases.len()).filter(|&i| replies[i].is_none()).collect();
            let batch = match together {
                true => &open[..],
                false => &open[..open.len().min(1)],
            };
            if batch.is_empty() {
                break;
            }
            if let Some(reason) = self.lost() {
                for &i in batch {
                    replies[i] = Some(Reply::Failed(reason.clone()));
                }
                continue;
            }
            let asked: Vec<&Case> = batch.iter().map(|&i| cases[i]).collect();
            let mut got = vec![None; batch.len()];
            let attempt = self.attempt(&asked, &mut got);
            for (&i, reply) in batch.iter().zip(&mut got) {
                replies[i] = reply.take();
            }
            if let Err(broken) = attempt {
                self.broke(&broken);
                together = false;
                let about = broken.about.or((batch.len() == 1).then_some(0));
                if let Some(&i) = about.and_then(|at| batch.get(at)) {
                    replies[i] = Some(Reply::Failed(broken.message));
                }
            }
        }
        let replies = replies.into_iter();
        replies
            .map(|reply| reply.unwrap_or_else(|| Reply::Failed("no reply".to_owned())))
            .map(Observation::as_drawn)
            .collect()
    }

    fn lost(&self) -> Option<String> {
        self.faults().lost.clone()
    }

    fn asked_as(&self) -> Option<String> {
        let words = self.command.iter().map(|word| quoted(word));
        Some(format!("exec={}", words.collect::<Vec<_>>().join(" ")))
    }

    fn is_process(&self) -> bool {
        true
    }
}

/// A word of a command as [`Spec`](super::Spec) reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !"'\"\\".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// The request and the case of each question.
fn lines(requests: &[(String, &Case)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (id, case) in requests {
        bytes.extend_from_slice(protocol::request(id, case).as_bytes());
        bytes.push(b'\n');
    }
    bytes
}
