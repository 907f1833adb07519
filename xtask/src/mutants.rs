//! A random sample of mutants of one judge, drawn by a seed so that anybody can draw it again.
//!
//! cargo-mutants makes and tests the mutants; this module only draws which. Its own `--shard` takes every n-th
//! mutant, neighbours of one function together or apart by position; a sample that stands for all must be random.

use std::process::Command;

use crate::{Done, cargo, complain, install, root};

/// What `cargo xtask mutants` takes.
const USAGE: &str = "cargo xtask mutants oracle|evaluator [SEED [COUNT]]";

/// Mutants in a sample unless told otherwise. Some will not compile and count for nothing, hence more than 100.
const COUNT: usize = 120;

/// Tests a sample of the mutants of `oracle` or `evaluator` with the tests of that crate.
pub(crate) fn mutants(args: &[String]) -> Done {
    let (judge, seed, count) = read(args)?;
    install("mutants", "cargo-mutants")?;
    let package = format!("veriam-{judge}");
    let names = drawn(listed(&package)?, seed, count);
    complain(&format!(
        "{} mutants of {package}, drawn with seed {seed}",
        names.len()
    ));
    let mut command = cargo(&["mutants", "--package", &package, "--no-shuffle"]);
    command.args(["--output", &format!("target/mutants/{judge}-{seed}")]);
    for name in &names {
        command.args(["--re", &format!("^{}$", escaped(name))]);
    }
    std::fs::create_dir_all(root().join(format!("target/mutants/{judge}-{seed}")))
        .map_err(|e| format!("cannot create target/mutants: {e}; make the folder writable"))?;
    // Not `run`: it would print every name twice.
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!(
            "some mutants are not caught; target/mutants/{judge}-{seed}/mutants.out/missed.txt lists them"
        )),
        Err(error) => Err(format!("cannot start `cargo mutants`: {error}")),
    }
}

fn read(args: &[String]) -> Result<(&str, u64, usize), String> {
    let judge = match args.first().map(String::as_str) {
        Some(judge @ ("oracle" | "evaluator")) => judge,
        _ => return Err(format!("name a judge: {USAGE}")),
    };
    let number = |at: usize, default: u64| match args.get(at) {
        Some(text) => text
            .parse()
            .map_err(|_| format!("`{text}` is no whole number: {USAGE}")),
        None => Ok(default),
    };
    let count = usize::try_from(number(2, COUNT as u64)?).unwrap_or(usize::MAX);
    Ok((judge, number(1, 1)?, count))
}

/// The names of every mutant of a package, one a line, as cargo-mutants lists them.
fn listed(package: &str) -> Result<Vec<String>, String> {
    let output = Command::new("cargo")
        .args(["mutants", "--list", "--package", package])
        .current_dir(root())
        .output()
        .map_err(|e| format!("cannot start `cargo mutants`: {e}"))?;
    if !output.status.success() {
        return Err(format!(
            "`cargo mutants --list` failed: {}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().map(str::to_owned).collect())
}

/// `count` of the names, drawn without putting back.
fn drawn(mut names: Vec<String>, seed: u64, count: usize) -> Vec<String> {
    let mut state = seed;
    let count = count.min(names.len());
    for at in 0..count {
        let left = (names.len() - at) as u64;
        let step = usize::try_from(split_mix(&mut state) % left).unwrap_or(0);
        names.swap(at, at + step);
    }
    names.truncate(count);
    names
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The text as a regular expression that matches it and nothing else.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_holds_no_mutant_twice_and_is_the_same_for_the_same_seed() {
        let names: Vec<String> = (0..50).map(|n| n.to_string()).collect();
        let sample = drawn(names.clone(), 7, 20);
        let mut sorted = sample.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), 20);
        assert_eq!(sample, drawn(names.clone(), 7, 20));
        assert_ne!(sample, drawn(names.clone(), 8, 20));
        assert_eq!(drawn(names, 7, 100).len(), 50);
    }

    #[test]
    fn what_means_something_in_a_regular_expression_is_escaped() {
        assert_eq!(
            escaped("src/a.rs:1:2: replace f -> Option<u8> with Some(0)"),
            r"src/a\.rs:1:2: replace f -> Option<u8> with Some\(0\)"
        );
    }

    #[test]
    fn a_wrong_command_line_is_told_what_is_wrong() {
        let args = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        assert!(read(&args(&[])).unwrap_err().contains("name a judge"));
        assert!(read(&args(&["model"])).is_err());
        assert!(read(&args(&["oracle", "x"])).unwrap_err().contains("`x`"));
        assert_eq!(read(&args(&["oracle", "3", "9"])), Ok(("oracle", 3, 9)));
    }
}
