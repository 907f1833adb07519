//! Bytes to policy documents, checks, puts, and worlds with calls; small spaces in full; and shrinking.
//!
//! One generator with several drivers: a campaign feeds it the bytes of a counter-based [`Stream`]
//! ([`Campaign`]), a fuzzer feeds it whatever it likes ([`check`], [`document`], [`put`], [`world`]), and property tests
//! take it as a strategy (`strategy`, feature `proptest`). Same bytes, same [`GENERATOR_VERSION`], same [`Profile`], same
//! case, on every machine, in any order; and the simplest first: zero bytes give one Allow of one action on one resource.
//!
//! A check is made *world first*. A small vocabulary is drawn (who asks, for what, in which account), then an outcome
//! to aim for, then policies that bring it about: every layer that must allow does, and a Deny applies, or misses by
//! one element, or one required Allow misses by one element (a principal, a letter, one part of an ARN, one
//! condition). Context keys are settled when the first test asks for them, so each test holds or fails by
//! construction. One check in ten then breaks the vocabulary itself.
//!
//! *Swarm*: before anything else each case turns features off at random, each one time in four: whole condition
//! operators, set operators, variables, wildcards, `Not…` elements, old versions, unusual spellings, boundaries, session
//! policies, SCPs, RCPs, endpoint policies. What is off does not occur in the case at all, so that the others meet more
//! often, and pairs that would be rare in a case that has everything are not. Documents, checks and worlds do so alike.
//!
//! *Profiles*: a [`Profile`] says how large cases are. `tiny` has one or two statements, `large` hundreds that nearly
//! apply, in worlds with dozens of principals; what decides a case is drawn in the same way for all.
//!
//! Calls are made in the same way, four in one world: accounts, identities, resources and networks stand first, and
//! policies are added to them for one call after another. A world is about one family of requests, or a few; what a call
//! asks for is a list of parts, actions on resources, and each of them has to be allowed. Nothing is settled there; every key follows from the facts
//! of the call. Some calls have no policies of their own but differ from an earlier one in one thing.
//!
//! Generated checks keep to inputs whose meaning is settled; what the rules mark as never to be generated does not
//! occur. Two contested points stay in on purpose, because documents in the wild have them, in about one check
//! of two hundred: an identity policy without the current version (IAM-011), and an SCP that uses more than the
//! language of 2023 (IAM-033). In about one call of fifty something turns on a point that is open for calls (AC-093,
//! AC-118, AC-122, AC-125, AC-173, AC-182, AC-183, AC-189, AC-190, AC-191, AC-193, AC-203, AC-259). [`document`] knows no such limits.
//!
//! Puts are resource-based policies for runtimes, their endpoints, gateways and memories. About a third is in order, a
//! quarter turns on one open point, and the others have one fault.
//!
//! The generators know no judge: what a generated case is worth, only a judge can say.

mod actions;
mod arns;
mod breach;
mod campaign;
mod checks;
mod conditions;
mod context;
mod documents;
mod draw;
mod json;
mod maker;
mod names;
mod operators;
mod policy;
mod principals;
mod puts;
mod sizes;
mod statements;
mod stream;
mod texts;
mod values;
mod vocabulary;
mod worlds;

pub mod exhaustive;
pub mod laws;
pub mod shrink;
#[cfg(feature = "proptest")]
pub mod strategy;

use arbitrary::Unstructured;
use veriam_model::{Call, Case, Check, PolicyType, Profile, Put, World};

use sizes::Sizes;

pub use campaign::Campaign;
pub use stream::{CASE_BYTES, CASES_PER_UNIT, Stream, case_bytes, fill_case_bytes};

/// The version of the mapping from bytes to cases: it changes whenever the same bytes mean another case.
pub const GENERATOR_VERSION: u32 = 7;

/// How many calls [`world`] makes in each world; as many cases are one group of a campaign ([`generated_group`]).
pub const CALLS_PER_WORLD: u64 = 4;

/// Turns bytes into a check. Simplest first: all-zero bytes give the simplest check.
///
/// # Errors
/// None today; the signature is `arbitrary`'s.
pub fn check(u: &mut Unstructured<'_>) -> arbitrary::Result<Check> {
    sized_check(Profile::Default, u)
}

/// [`check`] in the sizes of a profile.
///
/// # Errors
/// None today; the signature is `arbitrary`'s.
pub fn sized_check(profile: Profile, u: &mut Unstructured<'_>) -> arbitrary::Result<Check> {
    Ok(checks::check(Sizes::of(profile), u))
}

/// Turns bytes into a policy document and the type it is meant for: mostly valid, sometimes with one fault.
///
/// # Errors
/// None today; the signature is `arbitrary`'s.
pub fn document(u: &mut Unstructured<'_>) -> arbitrary::Result<(PolicyType, String)> {
    sized_document(Profile::Default, u)
}

/// [`document`] in the sizes of a profile.
///
/// # Errors
/// None today; the signature is `arbitrary`'s.
pub fn sized_document(
    profile: Profile,
    u: &mut Unstructured<'_>,
) -> arbitrary::Result<(PolicyType, String)> {
    let (policy_type, text, _) = documents::document(Sizes::of(profile), u);
    Ok((policy_type, text))
}

/// Turns bytes into a put: mostly in order, sometimes with one fault or one open point. Every put is well-formed.
///
/// # Errors
/// None today; the signature is `arbitrary`'s.
pub fn put(u: &mut Unstructured<'_>) -> arbitrary::Result<Put> {
    sized_put(Profile::Default, u)
}

/// [`put`] in the sizes of a profile.
///
/// # Errors
/// None today; the signature is `arbitrary`'s.
pub fn sized_put(profile: Profile, u: &mut Unstructured<'_>) -> arbitrary::Result<Put> {
    let (put, _) = puts::put(Sizes::of(profile), u);
    Ok(put)
}

/// Turns bytes into a world and [`CALLS_PER_WORLD`] calls in it. Every world and every call is well-formed.
///
/// # Errors
/// None today; the signature is `arbitrary`'s.
pub fn world(u: &mut Unstructured<'_>) -> arbitrary::Result<(World, Vec<Call>)> {
    sized_world(Profile::Default, u)
}

/// [`world`] in the sizes of a profile.
///
/// # Errors
/// None today; the signature is `arbitrary`'s.
pub fn sized_world(
    profile: Profile,
    u: &mut Unstructured<'_>,
) -> arbitrary::Result<(World, Vec<Call>)> {
    Ok(worlds::world(Sizes::of(profile), u))
}

/// [`Campaign::group`] of the default profile.
#[must_use]
pub fn generated_group(seed: u64, group: u64) -> [Case; CALLS_PER_WORLD as usize] {
    Campaign::new(seed).group(group)
}

/// [`Campaign::case`] of the default profile.
#[must_use]
pub fn generated_case(seed: u64, index: u64) -> Case {
    Campaign::new(seed).case(index)
}

/// [`Campaign::check`] of the default profile.
#[must_use]
pub fn generated_check(seed: u64, index: u64) -> Check {
    Campaign::new(seed).check(index)
}
