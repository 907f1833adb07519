//! Records: what a run writes down, one JSON object a line.

use serde::{Deserialize, Serialize};
use veriam_model::{PolicyType, Profile};

use crate::{FamilyNames, Part, PlannedLaw, PlannedPart, Shard, Signature, Tally};

/// The version tag of a record.
pub const RECORD_SCHEMA: &str = "veriam.record/1";

/// One record. A run writes a start, a record for each unit as it is done, one for each kind of divergence, and an end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "a record is written or folded and gone; only units come by the thousand"
)]
pub enum Record {
    /// What is asked of whom.
    Start(StartRecord),
    /// What one unit came to.
    Unit(UnitRecord),
    /// One kind of divergence.
    Cluster(ClusterRecord),
    /// The run is over.
    End(EndRecord),
}

/// What is asked of whom: all that decides what each unit is, and which shard of it this is.
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
    /// How large the generated cases are.
    pub profile: Profile,
    /// The readings the target declares that differ from the default, as `ID=reading`; null when it declares none,
    /// so that it may follow any reading as long as it follows the same one throughout.
    pub dialect: Option<Vec<String>>,
    /// Cases in a unit; the last one of a part may have fewer.
    pub unit_cases: u64,
    /// The parts, in the order of the run, the controls first.
    pub parts: Vec<PlannedPart>,
    /// The labels that units count, by position, and how often each has to be decisive.
    pub labels: Vec<FamilyNames>,
    /// The laws that are tried, in their order; empty when none is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub laws: Vec<PlannedLaw>,
    /// Policy types that are left out of every case but the controls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<PolicyType>,
    /// Which units are meant to run here.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub shard: Shard,
    /// Threads used.
    pub jobs: usize,
}

/// What one unit came to. It depends on the unit and the target only.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UnitRecord {
    /// The part.
    pub part: Part,
    /// The number of the unit within the part, from 0.
    pub unit: u64,
    /// The number of its first case within the part.
    pub first: u64,
    /// Cases that were asked: all of the unit, or fewer when the run broke off at a divergence.
    pub cases: u64,
    /// Its counts.
    pub tally: Tally,
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
    /// Whether the target replied otherwise when it was asked again, so that the replay may show nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsteady: bool,
    /// How the target broke on the first of them, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// Why a run ended before its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// Its time was over.
    Time,
    /// The target answered nobody any more.
    Lost,
    /// There was a divergence, and it was to stop at the first one.
    Divergence,
    /// It was told to end, by a signal.
    Interrupted,
    /// Its journal could not be written any more.
    Journal,
}

impl Stopped {
    /// Whether somebody asked for it beforehand, so that what was left out is no fault.
    #[must_use]
    pub const fn is_on_purpose(self) -> bool {
        matches!(self, Stopped::Time | Stopped::Divergence)
    }
}

/// The run is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EndRecord {
    /// The units that were meant to run.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub shard: Shard,
    /// Wall time of this process, in seconds.
    pub seconds: f64,
    /// Cases this process compared.
    pub compared: u64,
    /// Why it ended early; null when it did not.
    pub stopped: Option<Stopped>,
}
