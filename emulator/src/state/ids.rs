//! Names that nobody can guess: unique ids, access key ids, secrets, tokens.

use std::hash::{BuildHasher, RandomState};

use sha2::{Digest, Sha256};

/// A source of random texts, seeded by the operating system.
pub(super) struct Ids {
    seed: [u64; 4],
    next: u64,
}

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz012345";
const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const WORD: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz012345678901";

impl Ids {
    pub(super) fn new() -> Self {
        // Each is keyed anew, with randomness of the operating system behind the first.
        let seed = std::array::from_fn(|n| RandomState::new().hash_one(n));
        Self { seed, next: 0 }
    }

    fn text(&mut self, length: usize, alphabet: &[u8]) -> String {
        let mut text = String::with_capacity(length);
        while text.len() < length {
            self.next = self.next.wrapping_add(1);
            let mut hash = Sha256::new();
            for word in self.seed.into_iter().chain([self.next]) {
                hash.update(word.to_le_bytes());
            }
            let letters = hash.finalize();
            let letters = letters
                .iter()
                .filter_map(|&b| alphabet.get(usize::from(b) % alphabet.len().max(1)));
            text.extend(letters.take(length - text.len()).map(|&b| char::from(b)));
        }
        text
    }

    /// A unique id: four letters that say of what, then 17 more.
    pub(super) fn unique(&mut self, prefix: &str) -> String {
        format!("{prefix}{}", self.text(17, UPPER))
    }

    /// An access key id: `AKIA` or `ASIA`, then 16 more.
    pub(super) fn key(&mut self, prefix: &str) -> String {
        format!("{prefix}{}", self.text(16, UPPER))
    }

    pub(super) fn secret(&mut self) -> String {
        self.text(40, MIXED)
    }

    pub(super) fn token(&mut self) -> String {
        self.text(220, MIXED)
    }

    pub(super) fn suffix(&mut self, lower: bool) -> String {
        self.text(10, if lower { LOWER } else { WORD })
    }
}
