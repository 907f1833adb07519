//! The parts of a run.

use serde::{Deserialize, Serialize};

/// A part of a run: where its cases come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Cases whose outcome is beyond doubt; they run first.
    Controls,
    /// The policies that published documents print.
    Sources,
    /// The documented vectors.
    Vectors,
    /// The exhaustive space of the combiner.
    Combiner,
    /// The exhaustive space of condition operators.
    Operators,
    /// The exhaustive space of principals.
    Principals,
    /// The exhaustive space of calls about a runtime and its endpoint.
    TwoResource,
    /// Generated documents, checks and calls.
    Generated,
    /// Generated checks and calls, each before and after a change of which a law speaks.
    Laws,
}

impl Part {
    /// The parts in which a target is held against the oracle.
    pub fn against_the_oracle() -> impl Iterator<Item = Part> {
        Part::ALL.into_iter().filter(|part| *part != Part::Laws)
    }

    /// Every part, in the order in which a run takes them.
    pub const ALL: [Part; 9] = [
        Part::Controls,
        Part::Sources,
        Part::Vectors,
        Part::Combiner,
        Part::Operators,
        Part::Principals,
        Part::TwoResource,
        Part::Generated,
        Part::Laws,
    ];

    /// The name in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Part::Controls => "controls",
            Part::Sources => "sources",
            Part::Vectors => "vectors",
            Part::Combiner => "combiner",
            Part::Operators => "operators",
            Part::Principals => "principals",
            Part::TwoResource => "two-resource",
            Part::Generated => "generated",
            Part::Laws => "laws",
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
            Part::Operators => "exhaustive operators",
            Part::Principals => "exhaustive principals",
            Part::TwoResource => "exhaustive two resources",
            Part::Generated => "generated cases",
            Part::Laws => "laws on generated cases",
        }
    }
}
