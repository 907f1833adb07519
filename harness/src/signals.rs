//! Signals that ask a run to end.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// Whether somebody asked the process to end.
#[derive(Clone, Debug, Default)]
pub struct Interrupted(Arc<AtomicBool>);

impl Interrupted {
    /// From now on the first SIGINT or SIGTERM is noted, and the second one ends the process at once, with 128 and its
    /// number as the exit code.
    ///
    /// # Errors
    /// The error of the operating system.
    pub fn watch() -> io::Result<Self> {
        let noted = Self::default();
        for signal in [SIGINT, SIGTERM] {
            // In this order: the first signal is noted after it was asked whether one was noted.
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&noted.0))?;
            flag::register(signal, Arc::clone(&noted.0))?;
        }
        Ok(noted)
    }

    /// Whether there was one.
    #[must_use]
    pub fn is_noted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
