//! Counters of the work a decision took.

/// How much work a decision took; counted only by [`Engine::decide_counted`](crate::Engine::decide_counted).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Statements whose principal or conditions were looked at.
    pub statements: u64,
    /// Conditions evaluated.
    pub conditions: u64,
    /// Steps of pattern and text comparison.
    pub comparisons: u64,
}
