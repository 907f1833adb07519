//! The search for a smaller case that still fails, whatever kind of case it is.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use veriam_model::{PolicyText, PolicyType};

use super::documents::{self, Effort};
use super::names;
use super::plausible::is_plausible;

/// A case that can be made smaller.
pub(crate) trait Subject: Clone {
    /// Where one of its policies stands.
    type Slot: Copy + PartialEq;

    /// Its wire form: shorter is smaller, then earlier in byte order.
    fn wire(&self) -> String;

    /// The type of the policy at that place.
    fn policy_type(&self, slot: Self::Slot) -> PolicyType;

    /// Whether anything can be asked about it at all.
    fn is_well_formed(&self) -> bool;

    /// The places of its policies.
    fn slots(&self) -> Vec<Self::Slot>;

    /// The policy at that place.
    fn policy(&self, slot: Self::Slot) -> Option<&PolicyText>;

    /// The policy at that place, to be replaced.
    fn policy_mut(&mut self, slot: Self::Slot) -> Option<&mut PolicyText>;

    /// Visits every text outside the policies that may hold names.
    fn each_text(&mut self, visit: &mut dyn FnMut(&mut String));

    /// Tries to do without whole parts.
    fn coarse(search: &mut Search<'_, Self>);

    /// Tries to do without smaller parts, and with simpler ones.
    fn fine(search: &mut Search<'_, Self>);
}

/// The state of one search.
pub(crate) struct Search<'f, S> {
    pub(super) best: S,
    /// The wire form of the best case.
    pub(super) size: (usize, String),
    budget: usize,
    pub(super) evaluations: usize,
    pub(super) exhausted: bool,
    pub(super) seen: Seen,
    /// Only cases whose policies look valid are tried.
    pub(super) valid: bool,
    still_fails: &'f mut dyn FnMut(&S) -> bool,
}

/// Hashes of the cases that were seen not to fail.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    hashes: HashSet<u64>,
    hasher: RandomState,
}

impl Seen {
    pub(super) fn insert(&mut self, wire: &str) {
        self.hashes.insert(self.hasher.hash_one(wire));
    }

    fn contains(&self, wire: &str) -> bool {
        self.hashes.contains(&self.hasher.hash_one(wire))
    }
}

impl<'f, S: Subject> Search<'f, S> {
    pub(crate) fn new(best: S, budget: usize, still_fails: &'f mut dyn FnMut(&S) -> bool) -> Self {
        Self {
            size: size(&best),
            best,
            budget,
            evaluations: 0,
            exhausted: false,
            seen: Seen::default(),
            valid: false,
            still_fails,
        }
    }

    /// Tries everything, until nothing helps any more.
    pub(crate) fn run(&mut self) {
        loop {
            let before = self.size.clone();
            S::coarse(self);
            documents::shrink(self, Effort::Likely);
            S::fine(self);
            names::shorten(self);
            if self.size == before {
                // Removals that hardly ever leave a valid policy come last, when little is left to try them on.
                documents::shrink(self, Effort::Everything);
            }
            if self.exhausted || self.size == before {
                return;
            }
        }
    }

    /// Takes the candidate if it is smaller, well-formed and still fails; says whether it did.
    fn accept(&mut self, candidate: S) -> bool {
        if self.exhausted {
            return false;
        }
        let size = size(&candidate);
        if size >= self.size || self.seen.contains(&size.1) {
            return false;
        }
        let asked = candidate.is_well_formed() && (!self.valid || is_plausible(&candidate));
        if !asked {
            return false;
        }
        if self.evaluations == self.budget {
            self.exhausted = true;
            return false;
        }
        self.evaluations += 1;
        if !(self.still_fails)(&candidate) {
            self.seen.insert(&size.1);
            return false;
        }
        self.best = candidate;
        self.size = size;
        true
    }

    /// Tries a change of the best case.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut S)) -> bool {
        if self.exhausted {
            return false;
        }
        let mut candidate = self.best.clone();
        change(&mut candidate);
        self.accept(candidate)
    }

    /// Shortens a list of the case: by halves, then one by one.
    pub(super) fn thin<T>(&mut self, list: impl Fn(&mut S) -> &mut Vec<T>) {
        let length = list(&mut self.best).len();
        self.thin_by(
            length,
            |s| list(s).len(),
            |s, from, to| {
                list(s).drain(from..to);
            },
        );
    }

    /// Removes ranges of something that has a length: by halves, then one by one.
    pub(super) fn thin_by(
        &mut self,
        first: usize,
        length: impl Fn(&mut S) -> usize,
        remove: impl Fn(&mut S, usize, usize),
    ) {
        let mut chunk = first.max(1);
        loop {
            let mut at = 0;
            loop {
                let end = length(&mut self.best);
                if at >= end || self.exhausted {
                    break;
                }
                if !self.change(|s| remove(s, at, end.min(at + chunk))) {
                    at += chunk;
                }
            }
            if chunk == 1 {
                return;
            }
            chunk /= 2;
        }
    }
}

fn size<S: Subject>(subject: &S) -> (usize, String) {
    let text = subject.wire();
    (text.len(), text)
}
