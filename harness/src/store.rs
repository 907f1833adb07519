//! Divergences on disk: written whole or not at all, read back and judged again before they count.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::case_file::{CaseError, StoredCase};
use crate::compare::{Reply, oracle_reply};
use veriam_reports::Kind;

use crate::run::{ORACLE, differs};
use crate::target::Target;

/// Where cases are stored unless told otherwise.
pub const DEFAULT_FOLDER: &str = "target/veriam/divergences";

/// What both judges say about a stored case now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejudged {
    /// The documented reply, if the case has one.
    pub documented: Option<Kind>,
    /// The oracle's reply.
    pub oracle: Reply,
    /// The target's reply.
    pub target: Reply,
    /// Whether the target's reply is none that the oracle gives.
    differ: bool,
}

impl Rejudged {
    /// Asks both judges about a case.
    #[must_use]
    pub fn new(case: &StoredCase, target: &dyn Target) -> Self {
        // Another target than that of the case may read open points otherwise.
        let dialect = target.dialect().unwrap_or(&case.dialect);
        let observed = target.ask(&case.case);
        let effective = observed.case(&case.case);
        let oracle = oracle_reply(effective, dialect);
        Rejudged {
            documented: case.documented,
            differ: differs(effective, &oracle, &observed.reply, target),
            oracle,
            target: observed.reply,
        }
    }

    /// Whether anybody is wrong.
    #[must_use]
    pub fn diverges(&self) -> bool {
        let documented = self.documented;
        let supported = !matches!(self.target, Reply::Unsupported(_));
        documented.is_some_and(|kind| kind != self.oracle.kind()) || self.differ && supported
    }

    /// Whether the case diverges as its signature says.
    #[must_use]
    pub fn diverges_as(&self, case: &StoredCase) -> bool {
        let signature = &case.signature;
        let (expected, observed, differ) = match self.documented {
            Some(documented) if signature.target == ORACLE => {
                let oracle = self.oracle.kind();
                (documented, oracle, documented != oracle)
            }
            _ => (self.oracle.kind(), self.target.kind(), self.differ),
        };
        differ && expected == signature.expected && observed == signature.observed
    }
}

/// Why a case was not stored.
#[derive(Debug)]
pub enum StoreError {
    /// The file system refused.
    Io(PathBuf, io::Error),
    /// What was written does not read back.
    Unreadable(PathBuf, CaseError),
    /// What was read back is another case, or does not diverge as it did.
    Changed(PathBuf),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Io(path, error) => write!(
                f,
                "cannot write {}: {error}; free some space or choose another folder with --out",
                path.display()
            ),
            StoreError::Unreadable(path, error) => write!(
                f,
                "{} does not read back ({error}), which is a fault of Veriam; report it with that file",
                path.display()
            ),
            StoreError::Changed(path) => write!(
                f,
                "{} does not diverge when read back, which is a fault of Veriam; report it with that file",
                path.display()
            ),
        }
    }
}

impl std::error::Error for StoreError {}

/// A case that was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its file.
    pub path: PathBuf,
    /// Whether the target replied as before when it was asked about what was read back. A program need not: then the
    /// case is kept all the same, as evidence.
    pub steady: bool,
}

/// Stores a case in a folder. A case that is there already stays as it is.
///
/// # Errors
/// [`StoreError`] when the file cannot be written or, where that is no fault of a program, is not the same divergence
/// when read back.
pub fn store(folder: &Path, case: &StoredCase, target: &dyn Target) -> Result<Stored, StoreError> {
    let path = folder.join(case.file_name());
    let io = |error| StoreError::Io(path.clone(), error);
    fs::create_dir_all(folder).map_err(io)?;
    write_whole(&path, case.to_json().as_bytes()).map_err(io)?;
    let bytes = fs::read(&path).map_err(io)?;
    let read =
        StoredCase::from_json(&bytes).map_err(|e| StoreError::Unreadable(path.clone(), e))?;
    if read != *case {
        return Err(StoreError::Changed(path));
    }
    let again = Rejudged::new(&read, target);
    let steady = again.diverges_as(&read);
    // The oracle is ours and has to say the same; so has a target in this program.
    let excused = target.is_process() && again.oracle.kind() == read.signature.expected;
    match steady || excused {
        true => Ok(Stored { path, steady }),
        false => Err(StoreError::Changed(path)),
    }
}

/// Digits of an id that are asked for at least.
const LEAST_DIGITS: usize = 4;
/// Ids that a message lists.
const LISTED: usize = 10;

/// No stored case, or more than one, has an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchCase {
    /// The id.
    pub id: String,
    /// The folder.
    pub folder: PathBuf,
    /// The cases it could mean; if there are none, those that are there.
    pub candidates: Vec<String>,
    /// Whether there is more than one it could mean.
    pub several: bool,
}

impl fmt::Display for NoSuchCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, folder) = (&self.id, self.folder.display());
        match (self.several, self.candidates.is_empty()) {
            (true, _) => write!(
                f,
                "several cases in {folder} have an id that begins with {id}; give more digits"
            )?,
            (false, true) => write!(
                f,
                "there is no file {id}, and no case is stored in {folder}; name a file"
            )?,
            (false, false) => write!(
                f,
                "there is no file {id}, and no case in {folder} has that id; name a file, or the last digits of one of these names"
            )?,
        }
        for candidate in self.candidates.iter().take(LISTED) {
            write!(f, "\n  {candidate}")?;
        }
        match self.candidates.len().checked_sub(LISTED) {
            Some(more @ 1..) => write!(f, "\n  and {more} more"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for NoSuchCase {}

/// Whether a text may be the id of a stored case: the beginning of the digits at the end of its file's name.
#[must_use]
pub fn is_id(text: &str) -> bool {
    let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    (LEAST_DIGITS..=16).contains(&text.len()) && text.bytes().all(digit)
}

/// The file of the stored case with an id.
///
/// # Errors
/// [`NoSuchCase`] when no case of the folder has it, or several have.
pub fn find(folder: &Path, id: &str) -> Result<PathBuf, NoSuchCase> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(".json"))
        .collect();
    names.sort();
    let has_it = |name: &&String| {
        let digits = name.trim_end_matches(".json").rsplit('-').next();
        digits.is_some_and(|digits| digits.starts_with(id))
    };
    let fitting: Vec<String> = names.iter().filter(has_it).cloned().collect();
    match &fitting[..] {
        [name] => Ok(folder.join(name)),
        _ => Err(NoSuchCase {
            id: id.to_owned(),
            folder: folder.to_owned(),
            several: !fitting.is_empty(),
            candidates: match fitting.is_empty() {
                true => names,
                false => fitting,
            },
        }),
    }
}

/// Writes a file so that it is there with all its bytes or not there at all.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_whole_with(path, |file| file.write_all(bytes))
}

/// [`write_whole`] for more bytes than should be held at once. What is there and no file, such as a device or a pipe, is
/// written to as it is.
pub(crate) fn write_whole_with(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        let mut file = io::BufWriter::new(fs::OpenOptions::new().write(true).open(path)?);
        write(&mut file)?;
        return file.flush();
    }
    let beside = path.with_extension(format!("{}.tmp", std::process::id()));
    let written = (|| {
        let mut file = io::BufWriter::new(fs::File::create(&beside)?);
        write(&mut file)?;
        file.into_inner().map_err(|e| e.into_error())?.sync_all()?;
        fs::rename(&beside, path)
    })();
    if written.is_err() {
        // What is left of it is of no use; the first error is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    written
}
