//! The parser's own bounds.

/// Bounds on what the parser takes on. They are far beyond what AWS stores and keep the work on a hostile
/// document small; AWS's own quotas are reported by [`findings`](crate::findings) and refuse nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes a document may have; default 1 MiB.
    pub max_bytes: usize,
    /// Deepest nesting of objects and arrays, the root being 1; default 32.
    pub max_depth: usize,
    /// Most statements a document may have; default 20,000.
    pub max_statements: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 1 << 20,
            max_depth: 32,
            max_statements: 20_000,
        }
    }
}
