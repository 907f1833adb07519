//! The parts of a run.

use serde::{Deserialize, Serialize};

/// A part of a run: where its cases come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Cases whose outcome is beyond doubt; they run first.
    Controls,
    /// The policies that published documents print.
    Sources,
    /// The documented vectors.
    Vectors,
    /// The exhaustive space of the combiner.
    Combiner,
    /// Generated documents, checks and calls.
    Generated,
}

impl Part {
    /// Every part, in the order in which a run takes them.
    pub const ALL: [Part; 5] = [
        Part::Controls,
        Part::Sources,
        Part::Vectors,
        Part::Combiner,
        Part::Generated,
    ];

    /// The name in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Part::Controls => "controls",
            Part::Sources => "sources",
            Part::Vectors => "vectors",
            Part::Combiner => "combiner",
            Part::Generated => "generated",
        }
    }

    /// What it is, for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Part::Controls => "controls (answers beyond doubt)",
            Part::Sources => "policies of published documents",
            Part::Vectors => "documented vectors",
            Part::Combiner => "exhaustive combiner",
            Part::Generated => "generated cases",
        }
    }
}
