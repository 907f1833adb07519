//! What makes two divergences the same.

use std::fmt;

use serde::{Deserialize, Serialize};
use veriam_model::RuleId;

use crate::Kind;

/// What makes two divergences the same: no seeds, no versions, no names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The target that diverged.
    pub target: String,
    /// What it should have replied.
    pub expected: Kind,
    /// What it replied.
    pub observed: Kind,
    /// The rules that decided in the oracle's derivation, in id order.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub rules: Vec<RuleId>,
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Signature {
            target,
            expected,
            observed,
            rules,
        } = self;
        write!(f, "{target}: expected {expected}, observed {observed}")?;
        for (i, rule) in rules.iter().enumerate() {
            let before = if i == 0 { " by " } else { ", " };
            write!(f, "{before}{rule}")?;
        }
        Ok(())
    }
}
