//! Bytes to policy documents and checks; generation, small spaces in full, and shrinking.
//!
//! The generators know no judge: what a generated check is worth, only a judge can say.

mod actions;
mod arns;
mod breach;
mod checks;
mod conditions;
mod context;
mod documents;
mod draw;
mod json;
mod maker;
mod operators;
mod policy;
mod principals;
mod statements;
mod stream;
mod texts;
mod values;
mod vocabulary;

pub mod exhaustive;
pub mod shrink;

use arbitrary::Unstructured;
use veriam_model::{Check, PolicyType};

pub use stream::{CASE_BYTES, CASES_PER_UNIT, Stream, case_bytes, fill_case_bytes};

/// The version of the mapping from bytes to cases: it changes whenever the same bytes mean another case.
pub const GENERATOR_VERSION: u32 = 1;

/// Turns bytes into a check. Simplest first: all-zero bytes give the simplest check.
///
/// # Errors
/// None today; the signature is `arbitrary`'s.
pub fn check(u: &mut Unstructured<'_>) -> arbitrary::Result<Check> {
    Ok(checks::check(u))
}

/// Turns bytes into a policy document and the type it is meant for: mostly valid, sometimes with one fault.
///
/// # Errors
/// None today; the signature is `arbitrary`'s.
pub fn document(u: &mut Unstructured<'_>) -> arbitrary::Result<(PolicyType, String)> {
    let (policy_type, text, _) = documents::document(u);
    Ok((policy_type, text))
}

/// The `index`-th check of the campaign `seed`; its id is `g-<seed>-<index>`.
#[must_use]
pub fn generated_check(seed: u64, index: u64) -> Check {
    let bytes = case_bytes(seed, index);
    let mut check = match check(&mut Unstructured::new(&bytes)) {
        Ok(check) => check,
        Err(_) => exhaustive::plainest(),
    };
    check.id = Some(format!("g-{seed}-{index}"));
    check
}
