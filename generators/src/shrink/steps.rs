//! The search one step at a time, for those who ask the predicate themselves.

use std::collections::VecDeque;

use super::plausible::is_plausible;
use super::search::{Search, Seen, Subject};

/// A search that is led from outside: it offers a smaller case, and is told whether that fails too.
#[derive(Clone, Debug)]
pub(crate) struct Steps<S> {
    /// The smallest case that is known to fail.
    best: S,
    /// What is offered and not answered yet.
    offered: Option<S>,
    /// What comes next, as long as nothing fails.
    next: VecDeque<S>,
    /// How many to find at once: few where something fails soon, many where nothing does.
    batch: usize,
    seen: Seen,
    /// Documents look valid and stay so.
    valid: bool,
}

impl<S: Subject> Steps<S> {
    /// A search from a case on. Documents that look valid stay so.
    pub(crate) fn new(best: S) -> Self {
        Self {
            valid: is_plausible(&best),
            best,
            offered: None,
            next: VecDeque::new(),
            batch: 1,
            seen: Seen::default(),
        }
    }

    /// The case to look at now.
    pub(crate) fn current(&self) -> &S {
        self.offered.as_ref().unwrap_or(&self.best)
    }

    /// The current case fails: offers a smaller one, if there is any.
    pub(crate) fn fails(&mut self) -> bool {
        if let Some(offered) = self.offered.take() {
            self.best = offered;
            self.next.clear();
            self.batch = 1;
        }
        self.offer()
    }

    /// What was offered does not fail: offers something else, if there is any.
    pub(crate) fn passes(&mut self) -> bool {
        let Some(offered) = self.offered.take() else {
            return false;
        };
        self.seen.insert(&offered.wire());
        self.offer()
    }

    fn offer(&mut self) -> bool {
        if self.next.is_empty() {
            self.find();
        }
        self.offered = self.next.pop_front();
        self.offered.is_some()
    }

    /// What a search would ask about next, were the answer always that it does not fail.
    fn find(&mut self) {
        let mut found = VecDeque::new();
        let mut ask = |candidate: &S| {
            found.push_back(candidate.clone());
            false
        };
        let mut search = Search::new(self.best.clone(), self.batch, &mut ask);
        search.seen = self.seen.clone();
        search.valid = self.valid;
        search.run();
        self.next = found;
        self.batch *= 2;
    }
}
