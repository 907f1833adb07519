//! Secrets: texts that no log and no debug output may show.

use std::fmt;

use subtle::ConstantTimeEq;

/// A secret access key or a session token.
///
/// Its `Debug` output hides it, and it is compared in a time that does not depend on where two texts differ.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for signing, and for the one answer that hands it out.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether that text is the secret.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        same(self.0.as_bytes(), text.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Whether two texts are equal, in a time that depends on their lengths only.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}
