//! Exit codes: one enum, one meaning each, decided before anything is printed.

use std::io::{self, ErrorKind};
use std::process::ExitCode;

use veriam_reports::Summary;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// Everything agreed; nothing was found.
    Agreed,
    /// A divergence that the ledger does not accept, a failed expectation, or findings of lint.
    Divergence,
    /// The command line or an input is malformed.
    Usage,
    /// An entry of the ledger is stale or expired.
    StaleLedger,
    /// The run proves nothing: nothing compared, a control failed, a quota missed.
    Void,
    /// The target cannot be reached or throttles; the only code worth a retry.
    Unreachable,
    /// A fault of Veriam itself.
    Internal,
}

impl Exit {
    /// Every exit, the one that wins over all others first.
    pub const BY_PRECEDENCE: [Exit; 7] = [
        Exit::Internal,
        Exit::Usage,
        Exit::Unreachable,
        Exit::Void,
        Exit::Divergence,
        Exit::StaleLedger,
        Exit::Agreed,
    ];

    /// The code of the process.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Exit::Agreed => 0,
            Exit::Divergence => 1,
            Exit::Usage => 2,
            Exit::StaleLedger => 3,
            Exit::Void => 4,
            Exit::Unreachable => 5,
            Exit::Internal => 70,
        }
    }

    /// How a run with that summary ends, whatever is printed about it.
    #[must_use]
    pub fn of_run(summary: &Summary) -> Exit {
        let mut exit = Exit::Agreed;
        if summary.has_new() {
            exit = exit.or(Exit::Divergence);
        }
        let ledger = summary.ledger.as_ref();
        if ledger.is_some_and(|l| !l.stale.is_empty() || !l.expired.is_empty()) {
            exit = exit.or(Exit::StaleLedger);
        }
        if summary.void {
            exit = exit.or(Exit::Void);
        }
        let not_stored = summary.clusters.iter().any(|c| c.not_stored.is_some());
        if not_stored || !summary.faults.is_empty() {
            exit = exit.or(Exit::Internal);
        }
        exit
    }

    /// How a command ends that cannot write a file: with a usage error when another path would do, else the machine is to
    /// blame, for example because the disk is full.
    #[must_use]
    pub fn of_io(error: &io::Error) -> Exit {
        match error.kind() {
            ErrorKind::NotFound
            | ErrorKind::PermissionDenied
            | ErrorKind::IsADirectory
            | ErrorKind::NotADirectory
            | ErrorKind::InvalidInput
            | ErrorKind::InvalidFilename
            | ErrorKind::ReadOnlyFilesystem => Exit::Usage,
            _ => Exit::Internal,
        }
    }

    /// The one of two exits that a command with both reports.
    #[must_use]
    pub fn or(self, other: Exit) -> Exit {
        let rank = |exit| Exit::BY_PRECEDENCE.iter().position(|&e| e == exit);
        if rank(self) <= rank(other) {
            self
        } else {
            other
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_precedence_is_total() {
        let mut codes: Vec<u8> = Exit::BY_PRECEDENCE.iter().map(|e| e.code()).collect();
        assert_eq!(codes, [70, 2, 5, 4, 1, 3, 0]);
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), 7);
        for (i, high) in Exit::BY_PRECEDENCE.into_iter().enumerate() {
            for low in &Exit::BY_PRECEDENCE[i..] {
                assert_eq!(high.or(*low), high);
                assert_eq!(low.or(high), high);
            }
        }
    }
}
