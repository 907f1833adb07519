//! Names of the policy grammar.

/// The elements a statement may have, as the grammar spells them (IAM-004).
///
/// Source: IAM User Guide: Grammar of the IAM JSON policy language.
pub const STATEMENT_ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];
