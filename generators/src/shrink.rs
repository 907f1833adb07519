//! Makes a failing case smaller while it keeps failing.
//!
//! Shrinking works on the structure: policies, levels, statements, members, list elements, context keys, values, facts
//! and names are dropped or simplified one after another, and of calls also accounts, identities, resources, endpoints,
//! networks and whatever the call itself can do without, of puts also principals and characters of the ARN. A change stays when the case still fails. A policy that is no
//! JSON is only ever dropped whole, unless the document is the case or is put. What comes out is a local minimum: no single
//! removal and no single simplification that is tried keeps it failing.
//!
//! It ends for two reasons. Every change that stays makes the case's wire form shorter, or of equal length and earlier
//! in byte order, so there are only finitely many; and the predicate is asked at most `budget` times.
//!
//! The predicate is taken to answer the same question the same way; no case is shown to it twice. It alone says what
//! must be kept: validity of the policies, for example, is its business. Worlds and calls that are not well-formed are
//! never shown to it.

mod calls;
mod checks;
mod documents;
mod names;
mod parts;
mod plausible;
mod puts;
mod requests;
mod resources;
mod search;
#[cfg(feature = "proptest")]
mod steps;
mod texts;
mod tree;

use veriam_model::{CallCase, Check, DocumentCase, Put};

pub(crate) use checks::change_context;
use search::Search;
#[cfg(feature = "proptest")]
pub(crate) use search::Subject as Shrinkable;
pub(crate) use search::Subject;
#[cfg(feature = "proptest")]
pub(crate) use steps::Steps;
pub(crate) use tree::Node;

/// What [`shrink`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunk {
    /// The smallest check found that still fails.
    pub check: Check,
    /// How often the predicate was asked.
    pub evaluations: usize,
    /// Whether the budget ended the search: something removable may be left.
    pub exhausted: bool,
}

/// What [`shrink_call`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShrunkCall {
    /// The smallest call and world found that still fail.
    pub case: CallCase,
    /// How often the predicate was asked.
    pub evaluations: usize,
    /// Whether the budget ended the search: something removable may be left.
    pub exhausted: bool,
}

/// What [`shrink_document`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShrunkDocument {
    /// The smallest document found that still fails.
    pub case: DocumentCase,
    /// How often the predicate was asked.
    pub evaluations: usize,
    /// Whether the budget ended the search: something removable may be left.
    pub exhausted: bool,
}

/// What [`shrink_put`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShrunkPut {
    /// The smallest put found that still fails.
    pub put: Put,
    /// How often the predicate was asked.
    pub evaluations: usize,
    /// Whether the budget ended the search: something removable may be left.
    pub exhausted: bool,
}

/// Shrinks `check`, of which the caller knows that it fails, asking `still_fails` at most `budget` times. The id is
/// left alone.
pub fn shrink(check: &Check, budget: usize, still_fails: &mut dyn FnMut(&Check) -> bool) -> Shrunk {
    let (check, evaluations, exhausted) = run(check, budget, still_fails);
    Shrunk {
        check,
        evaluations,
        exhausted,
    }
}

/// Shrinks world, policies and call of `case` together, of which the caller knows that it fails, asking `still_fails`
/// at most `budget` times.
pub fn shrink_call(
    case: &CallCase,
    budget: usize,
    still_fails: &mut dyn FnMut(&CallCase) -> bool,
) -> ShrunkCall {
    let (case, evaluations, exhausted) = run(case, budget, still_fails);
    ShrunkCall {
        case,
        evaluations,
        exhausted,
    }
}

/// Shrinks the document of `case`, of which the caller knows that it fails, asking `still_fails` at most `budget`
/// times. The policy type stays.
pub fn shrink_document(
    case: &DocumentCase,
    budget: usize,
    still_fails: &mut dyn FnMut(&DocumentCase) -> bool,
) -> ShrunkDocument {
    let (case, evaluations, exhausted) = run(case, budget, still_fails);
    ShrunkDocument {
        case,
        evaluations,
        exhausted,
    }
}

/// Shrinks policy, ARN and principals of `put` together, of which the caller knows that it fails, asking `still_fails`
/// at most `budget` times.
pub fn shrink_put(
    put: &Put,
    budget: usize,
    still_fails: &mut dyn FnMut(&Put) -> bool,
) -> ShrunkPut {
    let (put, evaluations, exhausted) = run(put, budget, still_fails);
    ShrunkPut {
        put,
        evaluations,
        exhausted,
    }
}

fn run<S: Subject>(
    case: &S,
    budget: usize,
    still_fails: &mut dyn FnMut(&S) -> bool,
) -> (S, usize, bool) {
    let mut search = Search::new(case.clone(), budget, still_fails);
    search.run();
    (search.best, search.evaluations, search.exhausted)
}
