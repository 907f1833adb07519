//! Records: what a run writes down, one JSON object a line.

use std::fmt;

use serde::{Deserialize, Serialize};
use veriam_model::{Decision, RuleId};

use crate::{FamilyCounts, Part, Signature};

/// The version tag of a record.
pub const RECORD_SCHEMA: &str = "veriam.record/1";

/// One record. A run writes a start, a record for each part, one for each kind of divergence, and an end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// What is asked of whom.
    Start(StartRecord),
    /// What one part came to.
    Part(PartRecord),
    /// One kind of divergence.
    Cluster(ClusterRecord),
    /// The run is over.
    End(EndRecord),
}

/// What is asked of whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StartRecord {
    /// The target's name.
    pub target: String,
    /// The target's version.
    pub target_version: String,
    /// The version of Veriam.
    pub veriam: String,
    /// The version of the mapping from bytes to cases.
    pub generator_version: u32,
    /// The campaign seed.
    pub seed: u64,
    /// The readings the target declares that differ from the default, as `ID=reading`; null when it declares none,
    /// so that it may follow any reading as long as it follows the same one throughout.
    pub dialect: Option<Vec<String>>,
    /// Threads used.
    pub jobs: usize,
    /// The parts that were asked for, besides the controls.
    pub parts: Vec<Part>,
    /// How many controls open the run.
    pub controls: u64,
}

/// What one part came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PartRecord {
    /// The part.
    pub part: Part,
    /// Its counts.
    pub tally: Tally,
}

/// Counts over the cases of a part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Documents for which the target gave a reply that was held against the oracle's.
    pub documents: u64,
    /// Checks, likewise.
    pub checks: u64,
    /// Calls, likewise.
    pub calls: u64,
    /// What the oracle answered on them.
    pub outcomes: Outcomes,
    /// Cases whose outcome turns on an open choice, or might.
    pub undetermined: u64,
    /// Cases the target cannot be asked.
    pub unsupported: u64,
    /// Cases on which the target differs from the oracle, or the oracle from the documentation.
    pub divergences: u64,
    /// Labels, of generated cases only.
    pub labels: Vec<FamilyCounts>,
    /// For a target that declares no dialect: how its replies fit the readings of open choices.
    pub readings: Vec<ReadingCount>,
    /// Cases on which the oracle itself broke: faults of Veriam.
    pub faults: Vec<String>,
}

impl Tally {
    /// Cases that were compared.
    #[must_use]
    pub const fn compared(&self) -> u64 {
        self.documents + self.checks + self.calls
    }

    /// Whether each of `size` cases was compared, or is not supported, and all that were compared agree; at least one
    /// was.
    #[must_use]
    pub const fn is_clean(&self, size: u64) -> bool {
        self.compared() > 0 && self.compared() + self.unsupported == size && self.divergences == 0
    }
}

/// The oracle's answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Outcomes {
    /// Checks and calls that are allowed.
    pub allow: u64,
    /// Checks and calls denied by a statement.
    pub explicit_deny: u64,
    /// Checks and calls denied for want of an Allow.
    pub implicit_deny: u64,
    /// Calls turned away before any policy.
    pub rejected: u64,
    /// Calls that ask for something that is not there.
    pub not_found: u64,
    /// Checks with an invalid policy.
    pub invalid: u64,
    /// Checks and calls that are no question.
    pub malformed: u64,
    /// Valid documents.
    pub accepted: u64,
    /// Invalid documents.
    pub refused: u64,
}

impl Outcomes {
    /// The count of a decision.
    #[must_use]
    pub const fn of(&self, decision: Decision) -> u64 {
        match decision {
            Decision::Allow => self.allow,
            Decision::ExplicitDeny => self.explicit_deny,
            Decision::ImplicitDeny => self.implicit_deny,
        }
    }

    /// How many were decided one way or another.
    #[must_use]
    pub const fn decided(&self) -> u64 {
        self.allow + self.explicit_deny + self.implicit_deny
    }

    /// Adds the counts of other cases.
    pub const fn merge(&mut self, other: &Outcomes) {
        self.allow += other.allow;
        self.explicit_deny += other.explicit_deny;
        self.implicit_deny += other.implicit_deny;
        self.rejected += other.rejected;
        self.not_found += other.not_found;
        self.invalid += other.invalid;
        self.malformed += other.malformed;
        self.accepted += other.accepted;
        self.refused += other.refused;
    }
}

/// How the replies of a target fit one reading of an open choice, over the cases that turn on the choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReadingCount {
    /// The rule that leaves the point open.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub choice: RuleId,
    /// The reading.
    pub reading: String,
    /// Replies that the reading gives.
    pub fits: u64,
    /// Replies that it excludes.
    pub misses: u64,
    /// The first case it excludes, by its number within the part.
    pub first_miss: Option<u64>,
}

/// One kind of divergence and its stored case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClusterRecord {
    /// What kind it is.
    pub signature: Signature,
    /// How many examined divergences are of the kind.
    pub examined: u64,
    /// The stored case; null when it could not be stored.
    pub file: Option<String>,
    /// The command that judges it again.
    pub replay: Option<String>,
    /// Why it could not be stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_stored: Option<String>,
}

/// The run is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EndRecord {
    /// Wall time, in seconds.
    pub seconds: f64,
    /// Divergences that were only counted, not looked into.
    pub not_examined: u64,
}

/// A line that is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.message)
    }
}

impl std::error::Error for RecordError {}

#[derive(Serialize)]
struct WriteLine<'a> {
    schema: &'static str,
    record: &'a Record,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadLine {
    schema: String,
    record: Record,
}

/// Records as lines of JSON, each with its line feed.
#[must_use]
pub fn to_lines(records: &[Record]) -> String {
    let mut text = String::new();
    for record in records {
        let line = WriteLine {
            schema: RECORD_SCHEMA,
            record,
        };
        text.push_str(&serde_json::to_string(&line).unwrap_or_default());
        text.push('\n');
    }
    text
}

/// Reads lines of JSON.
///
/// # Errors
/// [`RecordError`] at the first line that is no record of this version.
pub fn from_lines(text: &str) -> Result<Vec<Record>, RecordError> {
    let mut records = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let at = |message: String| RecordError {
            line: number,
            message,
        };
        let line: ReadLine =
            serde_json::from_str(line).map_err(|e| at(format!("not a record: {e}")))?;
        if line.schema != RECORD_SCHEMA {
            return Err(at(format!(
                "schema {:?}; this program reads {RECORD_SCHEMA:?} only",
                line.schema
            )));
        }
        records.push(line.record);
    }
    Ok(records)
}
