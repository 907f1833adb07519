//! What makes two divergences the same.

use std::fmt;

use serde::{Deserialize, Serialize};
use veriam_model::RuleId;

use crate::Kind;

/// What makes two divergences the same: no seeds, no versions, no names.
///
/// Where a law is broken the two replies are those of the target, before and after the change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The target that diverged.
    pub target: String,
    /// The law it broke; none where it differs from the oracle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    /// What it should have replied; of a law, what it replied before the change.
    pub expected: Kind,
    /// What it replied; of a law, after the change.
    pub observed: Kind,
    /// The rules that decided in the oracle's derivation, in id order.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub rules: Vec<RuleId>,
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Signature {
            target,
            law,
            expected,
            observed,
            rules,
        } = self;
        written(f, target, law.as_deref(), expected, observed, rules)
    }
}

/// A kind of divergence as people read it.
pub(crate) fn written(
    f: &mut fmt::Formatter<'_>,
    target: &str,
    law: Option<&str>,
    expected: &dyn fmt::Display,
    observed: &dyn fmt::Display,
    rules: &[RuleId],
) -> fmt::Result {
    match law {
        None => write!(f, "{target}: expected {expected}, observed {observed}")?,
        Some(law) => write!(
            f,
            "{target}: law {law}: {expected} before, {observed} after"
        )?,
    }
    for (i, rule) in rules.iter().enumerate() {
        let before = if i == 0 { " by " } else { ", " };
        write!(f, "{before}{rule}")?;
    }
    Ok(())
}
