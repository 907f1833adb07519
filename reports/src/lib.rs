//! What a run found out, as records, and everything that is told from them.
//!
//! A run writes [`Record`]s (`veriam.record/1`): what was asked, the counts of each unit, one cluster for each kind of
//! divergence, the end. [`Merge`] puts those of several processes together. Everything else is a pure fold over them:
//! [`Summary::fold`], and from the summary the text for
//! people and the JSON object for programs. Nothing here reads a clock, a file or a terminal, and nothing judges.

mod kind;
mod labels;
mod laws;
mod ledger;
mod lines;
mod merge;
mod part;
mod plan;
mod record;
mod signature;
pub mod style;
mod summary;
mod tally;

pub use kind::{Kind, OutcomeKind, ParseKindError};
pub use labels::{FamilyCounts, FamilyNames, LabelCount, LabelCounts, MINIMUMS_PER, Shortage};
pub use laws::{LawCount, LawRow, LawShortage, LawTally, LawsSummary, PlannedLaw, law_minimum};
pub use ledger::{
    Accepts, ClusterSummary, Date, KindPattern, Ledger, LedgerEntry, LedgerSummary, ParseDateError,
    ParsePatternError, Reach, Standing,
};
pub use lines::{Lines, RecordError, from_line, from_lines, to_lines};
pub use merge::{Absent, Kept, Merge, MergeError, Source};
pub use part::Part;
pub use plan::{MOST_UNITS, PlannedPart, PlannedUnit, Shard, planned_units, unit_names};
pub use record::{
    ClusterRecord, EndRecord, RECORD_SCHEMA, Record, StartRecord, Stopped, UnitRecord,
};
pub use signature::Signature;
pub use summary::{
    DecisionCounts, Followed, LEAST_OUTCOME_PERCENT, MOST_UNDETERMINED_PERCENT, PartSummary,
    QUOTAS_FROM, SUMMARY_SCHEMA, Summary, UNDETERMINED_FROM, Void,
};
pub use tally::{
    FAULTS_KEPT, Found, KEPT_PER_PAIR, OTHER_REASONS, Outcomes, ReadingCount, Tally, Who,
};
