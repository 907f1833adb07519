//! Every seed and every past failure of the fuzz targets, replayed without a fuzzer, and a bounded number of
//! inputs that nobody has seen before.

use std::fs;
use std::path::{Path, PathBuf};

use veriam::properties::{
    judges_agree, judges_agree_on_calls, judges_agree_on_puts, parser_is_total, parsers_agree,
};

fn inputs(kind: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    let mut found = Vec::new();
    for folder in ["seeds", "regressions"] {
        for entry in fs::read_dir(fuzz.join(folder).join(kind))
            .expect("the folder is part of the repository")
        {
            let path = entry.expect("a readable entry").path();
            if path.file_name().is_some_and(|name| name != ".gitkeep") {
                let bytes = fs::read(&path).expect("a readable file");
                found.push((path, bytes));
            }
        }
    }
    found.sort();
    found
}

/// Runs a property on an input and names the input when it fails.
fn holds(property: fn(&[u8]), path: &Path, bytes: &[u8]) {
    if std::panic::catch_unwind(|| property(bytes)).is_err() {
        panic!("{} fails; see the message above", path.display());
    }
}

#[test]
fn documents_kept_from_fuzzing_pass() {
    let inputs = inputs("document");
    assert!(inputs.len() >= 50, "seeds went missing");
    for (path, bytes) in inputs {
        holds(parser_is_total, &path, &bytes);
        holds(parsers_agree, &path, &bytes);
    }
}

#[test]
fn checks_kept_from_fuzzing_pass() {
    let inputs = inputs("check");
    assert!(inputs.len() >= 10, "seeds went missing");
    for (path, bytes) in inputs {
        holds(judges_agree, &path, &bytes);
    }
}

#[test]
fn calls_kept_from_fuzzing_pass() {
    let inputs = inputs("call");
    assert!(inputs.len() >= 10, "seeds went missing");
    for (path, bytes) in inputs {
        holds(judges_agree_on_calls, &path, &bytes);
    }
}

#[test]
fn puts_kept_from_fuzzing_pass() {
    let inputs = inputs("put");
    assert!(inputs.len() >= 10, "seeds went missing");
    for (path, bytes) in inputs {
        holds(judges_agree_on_puts, &path, &bytes);
    }
}

/// A small generator of numbers, so that the mutations are the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// One of the words that mean something in a policy, or a byte.
const WORDS: &[&str] = &[
    "\"Effect\"",
    "\"Allow\"",
    "\"Deny\"",
    "\"Principal\"",
    "\"NotPrincipal\"",
    "\"NotAction\"",
    "\"NotResource\"",
    "\"Condition\"",
    "\"Sid\"",
    "\"sid\"",
    "null",
    "[]",
    "{}",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "*",
    "?",
    "${",
    "}",
    "${*}",
    "${aws:username}",
    "${a, 'b'}",
    "IfExists",
    "ForAllValues:",
    "ForAnyValue:",
    "\"StringLike\"",
    "\"Null\"",
    "\"DateEquals\"",
    "\"2008-10-17\"",
    "arn:",
    "arn:aws:iam::1:u*",
    "12",
    "1e5",
    "true",
    "\\u00e9",
    "\\ud800",
    "\u{4e2d}",
    " ",
    "\t",
    "\u{feff}",
];

fn mutate(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(bytes.len() + 1);
        match numbers.below(4) {
            0 => {
                let to = (at + numbers.below(12)).min(bytes.len());
                bytes.drain(at..to);
            }
            1 => {
                let word = WORDS[numbers.below(WORDS.len())];
                bytes.splice(at..at, word.bytes());
            }
            2 => {
                let to = (at + numbers.below(20)).min(bytes.len());
                let copy: Vec<u8> = bytes[at..to].to_vec();
                let into = numbers.below(bytes.len() + 1);
                bytes.splice(into..into, copy);
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = numbers.next() as u8;
                }
            }
        }
    }
}

#[test]
fn documents_one_or_two_edits_away_from_a_seed_pass() {
    let inputs = inputs("document");
    let mut numbers = Numbers(2026);
    for round in 0..40_000 {
        let (path, seed) = &inputs[numbers.below(inputs.len())];
        let mut bytes = seed.clone();
        mutate(&mut bytes, &mut numbers);
        let name = format!("{} in round {round}", path.display());
        holds(parser_is_total, Path::new(&name), &bytes);
        holds(parsers_agree, Path::new(&name), &bytes);
    }
}

#[test]
fn checks_drawn_from_arbitrary_bytes_pass() {
    let mut numbers = Numbers(11);
    for round in 0..4_000 {
        let length = numbers.below(1_500);
        let bytes: Vec<u8> = (0..length).map(|_| numbers.next() as u8).collect();
        let name = format!("arbitrary bytes, round {round}");
        holds(judges_agree, Path::new(&name), &bytes);
    }
}

#[test]
fn calls_drawn_from_arbitrary_bytes_pass() {
    let mut numbers = Numbers(12);
    for round in 0..1_500 {
        let length = numbers.below(2_500);
        let bytes: Vec<u8> = (0..length).map(|_| numbers.next() as u8).collect();
        holds(
            judges_agree_on_calls,
            Path::new(&format!("round {round}")),
            &bytes,
        );
    }
}

#[test]
fn puts_drawn_from_arbitrary_bytes_pass() {
    let mut numbers = Numbers(13);
    for round in 0..1_200 {
        let length = numbers.below(800);
        let bytes: Vec<u8> = (0..length).map(|_| numbers.next() as u8).collect();
        let name = format!("arbitrary bytes, round {round}");
        holds(judges_agree_on_puts, Path::new(&name), &bytes);
    }
}
