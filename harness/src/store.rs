//! Divergences on disk: written whole or not at all, read back and judged again before they count.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::case_file::{CaseError, StoredCase};
use crate::compare::{Reply, agree, oracle_reply};
use veriam_reports::Kind;

use crate::run::ORACLE;
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
}

impl Rejudged {
    /// Asks both judges about a case.
    #[must_use]
    pub fn new(case: &StoredCase, target: &dyn Target) -> Self {
        let observed = target.ask(&case.case);
        Rejudged {
            documented: case.documented,
            oracle: oracle_reply(observed.case(&case.case), &case.dialect),
            target: observed.reply,
        }
    }

    /// Whether anybody is wrong.
    #[must_use]
    pub fn diverges(&self) -> bool {
        let documented = self.documented;
        documented.is_some_and(|kind| kind != self.oracle.kind())
            || !agree(&self.oracle, &self.target)
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
            _ => {
                let differ = !agree(&self.oracle, &self.target);
                (self.oracle.kind(), self.target.kind(), differ)
            }
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
