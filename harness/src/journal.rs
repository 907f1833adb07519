//! The journal: the records of a run on disk, as they come.
//!
//! Every record is one line, written at once and never changed. A process that is killed leaves at most one line without
//! its end, which the next reader drops; what stands before it is whole.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use veriam_reports::{Merge, Record, Shard, Source, StartRecord, to_lines};

use crate::case_file::Fnv;
use crate::exit::Exit;
use crate::records::{self, ReadError};

/// Where journals are written unless told otherwise.
pub const DEFAULT_FOLDER: &str = "target/veriam/journal";

/// The file of a journal nobody named: another one for each plan, target, version and shard.
#[must_use]
pub fn default_path(start: &StartRecord) -> PathBuf {
    let mut plan = start.clone();
    // The same units, whoever runs them with whatever threads.
    plan.jobs = 0;
    plan.shard = Shard::WHOLE;
    let mut hash = Fnv::new();
    hash.write(to_lines(&[Record::Start(plan)]).as_bytes());
    let target: String = start
        .target
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let shard = start.shard;
    let share = match shard == Shard::WHOLE {
        true => String::new(),
        false => format!("-{}of{}", shard.index(), shard.of()),
    };
    let name = format!("{target}-{}-{:016x}{share}.jsonl", start.seed, hash.0);
    Path::new(DEFAULT_FOLDER).join(name)
}

/// A journal that cannot be begun or taken up again.
#[derive(Debug)]
pub enum JournalError {
    /// The file system refused.
    Io(PathBuf, io::Error),
    /// The file system refused after a while; what stands in it is whole.
    Ended(PathBuf, io::Error),
    /// Another process writes it.
    InUse(PathBuf),
    /// Something in it is no record, or its records are not those of this run.
    Other(PathBuf, String),
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JournalError::Io(path, error) => write!(
                f,
                "cannot write the journal {}: {error}; choose another file with --journal",
                path.display()
            ),
            JournalError::Ended(path, error) => write!(
                f,
                "cannot write the journal {} any more: {error}; its lines are whole, make room and repeat the command \
                 line with --resume",
                path.display()
            ),
            JournalError::InUse(path) => write!(
                f,
                "another run writes the journal {}; wait for it or choose another file with --journal",
                path.display()
            ),
            JournalError::Other(path, message) => write!(f, "{}:{message}", path.display()),
        }
    }
}

impl std::error::Error for JournalError {}

impl JournalError {
    /// How a command ends that meets it.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            JournalError::Io(_, error) | JournalError::Ended(_, error) => Exit::of_io(error),
            JournalError::InUse(_) | JournalError::Other(..) => Exit::Usage,
        }
    }
}

/// A journal that is written.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    /// The bytes of its whole lines.
    whole: u64,
    failed: Option<io::Error>,
}

impl Journal {
    /// Opens the journal of a run; no other process can until it is dropped. To resume is to keep what stands in it, if
    /// it is there, and to get what its units come to.
    ///
    /// # Errors
    /// [`JournalError`] when the file cannot be written, is written by somebody else, or, to be resumed, is not the
    /// journal of the same plan, target, version and shard.
    pub fn open(
        path: &Path,
        start: &StartRecord,
        resume: bool,
    ) -> Result<(Self, Option<Merge>), JournalError> {
        let io = |error| JournalError::Io(path.to_owned(), error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(io)?;
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(io)?;
        match file.try_lock() {
            // Where files cannot be locked a run is better than none.
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalError::InUse(path.to_owned())),
        }
        let mut done = None;
        let mut whole = 0;
        // A device such as /dev/null has no length and holds nothing to take up.
        if file.metadata().map_err(io)?.is_file() {
            if resume {
                (whole, done) = taken_up(&mut file, start).map_err(|error| match error {
                    Refused::Io(error) => JournalError::Io(path.to_owned(), error),
                    Refused::Other(message) => JournalError::Other(path.to_owned(), message),
                })?;
            }
            file.set_len(whole).map_err(io)?;
            file.seek(SeekFrom::Start(whole)).map_err(io)?;
        }
        let journal = Self {
            path: path.to_owned(),
            state: Mutex::new(State {
                file,
                whole,
                failed: None,
            }),
        };
        if whole == 0 {
            journal.append(&Record::Start(start.clone()));
        }
        match journal.failure() {
            Some(error) => Err(JournalError::Io(path.to_owned(), error)),
            None => Ok((journal, done)),
        }
    }

    /// Appends a record. After the first failure nothing more is written, so that all that is there stays readable.
    pub fn append(&self, record: &Record) {
        let line = to_lines(std::slice::from_ref(record));
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.failed.is_some() {
            return;
        }
        match state.file.write_all(line.as_bytes()) {
            Ok(()) => state.whole += line.len() as u64,
            Err(error) => {
                // If this fails too, the next reader drops what was written of the line.
                let _ = state.file.set_len(state.whole);
                state.failed = Some(error);
            }
        }
    }

    /// The error that made it end early, if one did.
    #[must_use]
    pub fn failure(&self) -> Option<io::Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.failed.as_mut().map(told_again)
    }

    /// Whether something could not be written.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.failed.is_some()
    }

    /// Its file, to be read; it is no longer written.
    #[must_use]
    pub fn into_file(self) -> File {
        let state = self.state.into_inner();
        state.unwrap_or_else(PoisonError::into_inner).file
    }

    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// An error says what happened once only; this leaves its kind and number behind.
fn told_again(error: &mut io::Error) -> io::Error {
    let same = match error.raw_os_error() {
        Some(number) => io::Error::from_raw_os_error(number),
        None => error.kind().into(),
    };
    std::mem::replace(error, same)
}

enum Refused {
    Io(io::Error),
    Other(String),
}

/// The length of the whole lines of a journal, and what its units come to.
fn taken_up(file: &mut File, start: &StartRecord) -> Result<(u64, Option<Merge>), Refused> {
    let mut merge = None;
    let mut source = Source::default();
    let each = |record: &Record, _| source.push(&mut merge, record).map(|_| ());
    let whole = records::read(&mut BufReader::new(file), each).map_err(|error| match error {
        ReadError::Io(error) => Refused::Io(error),
        ReadError::Record(error) => Refused::Other(format!(
            "{error}; give a journal, or begin anew without --resume"
        )),
        ReadError::Merge(error) => Refused::Other(format!(" {error}")),
    })?;
    let Some(begun) = merge.as_ref().map(Merge::start) else {
        return Ok((0, None));
    };
    if let Some((member, theirs, mine)) = begun.difference(start) {
        return Err(Refused::Other(format!(
            " is the journal of another run: its `{member}` is {theirs}, not {mine}; repeat the command line it was \
             begun with, or choose another file with --journal"
        )));
    }
    if begun.shard != start.shard {
        return Err(Refused::Other(format!(
            " is the journal of shard {}, not {}; choose another file with --journal",
            begun.shard, start.shard
        )));
    }
    Ok((whole, merge))
}
