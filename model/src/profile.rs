//! Size profiles of generated cases.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How large the generated cases of a run are. Like seed and index it decides which case it is: the same three give the
/// same case everywhere.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// One or two statements, the smallest worlds: cases to read.
    Tiny,
    /// A handful of statements: the most cases a second.
    #[default]
    Default,
    /// Hundreds of statements that nearly match, dozens of principals: cases as long as real policies.
    Large,
}

impl Profile {
    /// Every profile, in declaration order.
    pub const ALL: [Profile; 3] = [Profile::Tiny, Profile::Default, Profile::Large];

    /// The name in files and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Profile::Tiny => "tiny",
            Profile::Default => "default",
            Profile::Large => "large",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
