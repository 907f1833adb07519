//! How an engine was asked to read what the documentation leaves open.

use veriam_model::{Dialect, Reading};

/// The dialect of an engine and, in builds for testing a harness, its known bug.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) dialect: Dialect,
    #[cfg(feature = "planted-mistakes")]
    pub(crate) mistake: Option<crate::planted::Mistake>,
}

impl Settings {
    /// The dialect, without a bug.
    pub(crate) fn new(dialect: &Dialect) -> Self {
        Self {
            dialect: *dialect,
            #[cfg(feature = "planted-mistakes")]
            mistake: None,
        }
    }

    /// Whether the dialect has this reading.
    #[inline]
    pub(crate) fn reads<R: Reading>(&self, reading: R) -> bool {
        self.dialect.get::<R>() == reading
    }
}

/// Whether a planted mistake is switched on; `false` in ordinary builds.
macro_rules! mistaken {
    ($settings:expr, $mistake:ident) => {{
        #[cfg(feature = "planted-mistakes")]
        let on = $settings.mistake == Some(crate::planted::Mistake::$mistake);
        #[cfg(not(feature = "planted-mistakes"))]
        let on = {
            let _ = &$settings;
            false
        };
        on
    }};
}

pub(crate) use mistaken;
