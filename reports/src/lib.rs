//! What a run found out, as records, and everything that is told from them.
//!
//! A run writes [`Record`]s (`veriam.record/1`): what was asked, one tally for each part, one cluster for each kind of
//! divergence, the end. Everything else is a pure fold over them: [`Summary::fold`], and from the summary the text for
//! people and the JSON object for programs. Nothing here reads a clock, a file or a terminal, and nothing judges.

mod kind;
mod labels;
mod ledger;
mod part;
mod record;
mod signature;
pub mod style;
mod summary;

pub use kind::{Kind, OutcomeKind, ParseKindError};
pub use labels::{FamilyCounts, LabelCount, MINIMUM_PER_100_000, Shortage, minimum};
pub use ledger::{
    Accepts, ClusterSummary, Date, KindPattern, Ledger, LedgerEntry, LedgerSummary, ParseDateError,
    ParsePatternError, Reach, Standing,
};
pub use part::Part;
pub use record::{
    ClusterRecord, EndRecord, Outcomes, PartRecord, RECORD_SCHEMA, ReadingCount, Record,
    RecordError, StartRecord, Tally, from_lines, to_lines,
};
pub use signature::Signature;
pub use summary::{
    DecisionCounts, FoldError, Followed, LEAST_OUTCOME_PERCENT, MOST_UNDETERMINED_PERCENT,
    PartSummary, QUOTAS_FROM, SUMMARY_SCHEMA, Summary, UNDETERMINED_FROM, Void,
};
