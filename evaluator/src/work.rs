//! Counters of the work a decision took.

use std::cell::Cell;

/// How much work decisions took; counted only by [`Engine::decide_counted`](crate::Engine::decide_counted).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Statements whose action and resource matched, so that their principal and conditions were looked at.
    pub statements: u64,
    /// Conditions evaluated.
    pub conditions: u64,
    /// Steps of comparison of patterns and texts, roughly one a character.
    pub comparisons: u64,
}

/// Receives the work as it is done. The methods do nothing unless somebody counts.
pub(crate) trait Meter {
    fn statement(&self) {}
    fn condition(&self) {}
    fn compare(&self, steps: usize) {
        let _ = steps;
    }
}

/// Nobody counts.
impl Meter for () {}

/// Counts.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    statements: Cell<u64>,
    conditions: Cell<u64>,
    comparisons: Cell<u64>,
}

impl Counter {
    /// Adds what was counted.
    pub(crate) fn add_to(&self, work: &mut Work) {
        let add = |sum: &mut u64, more: &Cell<u64>| *sum = sum.saturating_add(more.get());
        add(&mut work.statements, &self.statements);
        add(&mut work.conditions, &self.conditions);
        add(&mut work.comparisons, &self.comparisons);
    }
}

impl Meter for &Counter {
    fn statement(&self) {
        bump(&self.statements, 1);
    }

    fn condition(&self) {
        bump(&self.conditions, 1);
    }

    fn compare(&self, steps: usize) {
        bump(&self.comparisons, steps);
    }
}

fn bump(count: &Cell<u64>, by: usize) {
    count.set(count.get().saturating_add(by as u64));
}
