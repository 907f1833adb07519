//! What a program said, fit to be shown: short, printable, and without secrets of the environment it inherited.

use std::sync::{Arc, Mutex, PoisonError};

use crate::protocol::excerpt;

/// Bytes of standard error that are kept.
const KEPT: usize = 2_048;
/// Characters of it that are shown.
const SHOWN: usize = 240;
/// Shorter values say nothing that has to be hidden, and would be found everywhere.
const SHORTEST_SECRET: usize = 6;

/// The end of what a process wrote to standard error.
#[derive(Clone, Debug, Default)]
pub(super) struct Tail(Arc<Mutex<Vec<u8>>>);

impl Tail {
    pub(super) fn push(&self, bytes: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&bytes[bytes.len().saturating_sub(KEPT)..]);
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
    }

    /// The end of it in a clause that can follow a message; empty when nothing was written.
    pub(super) fn told(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&kept);
        let text = redacted(text.trim(), std::env::vars_os());
        if text.is_empty() {
            return String::new();
        }
        let from = text
            .char_indices()
            .rev()
            .nth(SHOWN - 1)
            .map_or(0, |(at, _)| at);
        let cut = if from > 0 { "…" } else { "" };
        let end = excerpt(&text.as_bytes()[from..], SHOWN);
        format!("; its standard error ends: {cut}{end}")
    }
}

/// A text without the values of those environment variables that may be secrets.
pub(super) fn redacted(
    text: &str,
    variables: impl Iterator<Item = (std::ffi::OsString, std::ffi::OsString)>,
) -> String {
    let mut text = text.to_owned();
    for (name, value) in variables {
        let (Some(name), Some(value)) = (name.to_str(), value.to_str()) else {
            continue;
        };
        let upper = name.to_ascii_uppercase();
        let words = ["SECRET", "TOKEN", "PASS", "KEY", "CREDENTIAL", "AUTH"];
        if value.len() >= SHORTEST_SECRET && words.iter().any(|word| upper.contains(word)) {
            text = text.replace(value, &format!("[{name}]"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_is_kept_and_shown_on_one_line() {
        let tail = Tail::default();
        assert_eq!(tail.told(), "");
        for _ in 0..10_000 {
            tail.push(b"0123456789");
        }
        tail.push(b"\nthe\x1b[31m end\n");
        let told = tail.told();
        assert!(told.ends_with("789 the [31m end"), "{told}");
        assert!(told.chars().count() < 300, "{told}");
    }

    #[test]
    fn secrets_of_the_environment_are_not_shown() {
        let variables = [
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI"),
            ("MY_TOKEN", "short"),
            ("HOME", "/home/alice"),
        ];
        let variables = variables.map(|(name, value)| (name.into(), value.into()));
        let text = redacted("wJalrXUtnFEMI short /home/alice", variables.into_iter());
        assert_eq!(text, "[AWS_SECRET_ACCESS_KEY] short /home/alice");
    }
}
