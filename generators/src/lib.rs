//! Bytes to policy documents and checks; generation, small spaces in full, and shrinking.
//!
//! The generators know no judge: what a generated check is worth, only a judge can say.

mod stream;

pub mod exhaustive;
pub mod shrink;

use arbitrary::Unstructured;
use veriam_model::{Check, PolicyText, PolicyType, Principal, Resource};

pub use stream::{CASE_BYTES, CASES_PER_UNIT, Stream, case_bytes, fill_case_bytes};

/// The version of the mapping from bytes to cases: it changes whenever the same bytes mean another case.
pub const GENERATOR_VERSION: u32 = 1;

/// Turns bytes into a check. Simplest first: all-zero bytes give the simplest check.
///
/// # Errors
/// None today; the signature is `arbitrary`'s.
pub fn check(u: &mut Unstructured<'_>) -> arbitrary::Result<Check> {
    let user = u.int_in_range(0..=1)?;
    let principal = Principal {
        arn: format!("arn:aws:iam::111122223333:user/{}", ["alice", "bob"][user]),
        account: Some("111122223333".to_owned()),
    };
    let resource = Resource {
        arn: "arn:aws:s3:::amzn-bucket/report.txt".to_owned(),
        account: "111122223333".to_owned(),
    };
    let mut check = Check::new(principal, "s3:GetObject", resource);
    let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}"#;
    check.identity_policies.push(PolicyText::new(text));
    Ok(check)
}

/// Turns bytes into a policy document and the type it is meant for: mostly valid, sometimes with one fault.
///
/// # Errors
/// None today; the signature is `arbitrary`'s.
pub fn document(u: &mut Unstructured<'_>) -> arbitrary::Result<(PolicyType, String)> {
    let policy_type = *u.choose(&PolicyType::ALL)?;
    Ok((policy_type, r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}"#.to_owned()))
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
