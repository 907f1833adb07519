//! Small spaces in full, each counted on paper and held to that count by a test: `docs/exhaustive.md`.
//!
//! | space | what varies |
//! |---|---|
//! | [`combiner`] | what each policy of a check says, apart from how it comes to say so |
//! | [`operators`] | one condition: operator, set prefix, `IfExists`, policy values, request values |
//! | [`principals`] | who a resource-based policy names, and who calls |
//! | [`two_resource`] | calls: what is said about a runtime and, apart from it, about its endpoint |
//!
//! Each yields its cases in a fixed order, so a case is known by its position.

mod combiner;
mod operators;
mod principals;
mod two_resource;

pub use combiner::{COMBINER_SIZE, combiner};
pub use operators::{OPERATORS_SIZE, operators};
pub use principals::{PRINCIPALS_SIZE, principals};
pub use two_resource::{TWO_RESOURCE_SIZE, two_resource};

/// The account of every caller that is in one.
const HOME: &str = "111122223333";
/// Another account.
const AWAY: &str = "444455556666";
/// An action that no case asks for.
const ELSEWHERE: &str = "ec2:RunInstances";
