//! Makes a failing check smaller while it keeps failing.
//!
//! Shrinking works on the structure: policies, levels, statements, members, list elements, context keys, values,
//! facts and names are dropped or simplified one after another, and a change stays when the check still fails. A
//! text that is no JSON is only ever dropped whole. What comes out is a local minimum: no single removal and no
//! single simplification that is tried keeps it failing.
//!
//! It ends for two reasons. Every change that stays makes the check's wire form shorter, or of equal length and
//! earlier in byte order, so there are only finitely many; and the predicate is asked at most `budget` times.

mod documents;
mod names;
mod tree;

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use veriam_model::{Check, PolicyText};

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

/// Shrinks `check`, of which the caller knows that it fails, asking `still_fails` at most `budget` times.
///
/// The predicate is taken to answer the same question the same way; no check is shown to it twice. It alone says
/// what must be kept: validity of the policies, for example, is its business. The id is left alone.
pub fn shrink(check: &Check, budget: usize, still_fails: &mut dyn FnMut(&Check) -> bool) -> Shrunk {
    let mut search = Search::new(check.clone(), budget, still_fails);
    loop {
        let before = search.size.clone();
        search.coarse();
        documents::shrink(&mut search, documents::Effort::Likely);
        search.context();
        names::shorten(&mut search);
        if search.size == before {
            // Removals that hardly ever leave a valid policy come last, when little is left to try them on.
            documents::shrink(&mut search, documents::Effort::Everything);
        }
        if search.exhausted || search.size == before {
            break;
        }
    }
    Shrunk {
        check: search.best,
        evaluations: search.evaluations,
        exhausted: search.exhausted,
    }
}

/// The state of one search.
struct Search<'f> {
    best: Check,
    /// The wire form of the best check: shorter is smaller, then earlier in byte order.
    size: (usize, String),
    budget: usize,
    evaluations: usize,
    exhausted: bool,
    /// Hashes of the checks that were seen not to fail.
    refused: HashSet<u64>,
    hasher: RandomState,
    still_fails: &'f mut dyn FnMut(&Check) -> bool,
}

impl<'f> Search<'f> {
    fn new(best: Check, budget: usize, still_fails: &'f mut dyn FnMut(&Check) -> bool) -> Self {
        Self {
            size: size(&best),
            best,
            budget,
            evaluations: 0,
            exhausted: false,
            refused: HashSet::new(),
            hasher: RandomState::new(),
            still_fails,
        }
    }

    /// Takes the candidate if it is smaller and still fails; says whether it did.
    fn accept(&mut self, candidate: Check) -> bool {
        let size = size(&candidate);
        if self.exhausted || size >= self.size {
            return false;
        }
        let hash = self.hasher.hash_one(&size.1);
        if self.refused.contains(&hash) {
            return false;
        }
        if self.evaluations == self.budget {
            self.exhausted = true;
            return false;
        }
        self.evaluations += 1;
        if !(self.still_fails)(&candidate) {
            self.refused.insert(hash);
            return false;
        }
        self.best = candidate;
        self.size = size;
        true
    }

    /// Tries a change of the best check.
    fn change(&mut self, change: impl FnOnce(&mut Check)) -> bool {
        let mut candidate = self.best.clone();
        change(&mut candidate);
        self.accept(candidate)
    }

    /// Shortens a list of the check: by halves, then one by one.
    fn thin<T>(&mut self, list: fn(&mut Check) -> &mut Vec<T>, length: fn(&Check) -> usize) {
        let mut chunk = length(&self.best).max(1);
        loop {
            let mut at = 0;
            while at < length(&self.best) {
                let removed = self.change(|check| {
                    let list = list(check);
                    let end = list.len().min(at + chunk);
                    list.drain(at..end);
                });
                if !removed {
                    at += chunk;
                }
            }
            if chunk == 1 {
                return;
            }
            chunk /= 2;
        }
    }

    /// Whole policies, levels and facts.
    fn coarse(&mut self) {
        self.thin(|c| &mut c.facts, |c| c.facts.len());
        self.thin(|c| &mut c.scps, |c| c.scps.len());
        self.thin(|c| &mut c.rcps, |c| c.rcps.len());
        self.thin(|c| &mut c.identity_policies, |c| c.identity_policies.len());
        let single: [fn(&mut Check) -> &mut Option<PolicyText>; 4] = [
            |c| &mut c.endpoint_policy,
            |c| &mut c.session_policy,
            |c| &mut c.boundary,
            |c| &mut c.resource_policy,
        ];
        for policy in single {
            self.change(|check| *policy(check) = None);
        }
        let levels: [Levels; 2] = [|c| &mut c.scps, |c| &mut c.rcps];
        for levels in levels {
            let mut level = 0;
            while level < levels(&mut self.best).len() {
                let mut at = 0;
                while at < levels(&mut self.best)[level].len() {
                    if !self.change(|check| drop(levels(check)[level].remove(at))) {
                        at += 1;
                    }
                }
                level += 1;
            }
        }
    }

    /// Context keys by halves, then values.
    fn context(&mut self) {
        let mut chunk = self.best.context.len().max(1);
        loop {
            let mut at = 0;
            while at < self.best.context.len() {
                let removed = self.change(|check| {
                    let end = check.context.len().min(at + chunk);
                    for index in (at..end).rev() {
                        check.context.remove(index);
                    }
                });
                if !removed {
                    at += chunk;
                }
            }
            if chunk == 1 {
                break;
            }
            chunk /= 2;
        }
        for key in 0..self.best.context.len() {
            let mut at = 0;
            while at < self.best.context.entries()[key].1.len() {
                let removed = self.change(|check| {
                    change_context(check, |entries| drop(entries[key].1.remove(at)));
                });
                if !removed {
                    at += 1;
                }
            }
        }
    }
}

/// The SCPs or the RCPs of a check.
type Levels = fn(&mut Check) -> &mut Vec<Vec<PolicyText>>;

/// Rebuilds the context after a change of its entries.
fn change_context(check: &mut Check, change: impl FnOnce(&mut Vec<(String, Vec<String>)>)) {
    let mut entries = check.context.entries().to_vec();
    change(&mut entries);
    let mut context = veriam_model::Context::new();
    for (name, values) in entries {
        // The names were distinct and at most became others; one that is taken is dropped.
        let _ = context.insert(name, values);
    }
    check.context = context;
}

fn size(check: &Check) -> (usize, String) {
    let text = check.to_json();
    (text.len(), text)
}
