//! What is built, and what must not be: read from `cargo tree`.

use std::collections::BTreeSet;
use std::process::Command;

/// The crates of a dependency tree, as `name version`.
fn tree(args: &[&str]) -> BTreeSet<String> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["tree", "--manifest-path", manifest, "--locked"])
        .args(["--prefix", "none", "--target", "all"])
        .args(args)
        .output()
        .expect("cargo runs in a checkout");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let text = String::from_utf8_lossy(&output.stdout);
    let name_and_version = |line: &str| {
        let mut words = line.split(' ');
        Some(format!(
            "{} {}",
            words.next()?,
            words.next()?.trim_start_matches('v')
        ))
    };
    text.lines().filter_map(name_and_version).collect()
}

#[test]
fn who_asks_for_no_driver_builds_no_crate_of_the_aws_sdk() {
    // What `cargo run --release` builds.
    let plain = tree(&["--edges", "normal,build"]);
    let mut of_sdk = plain.iter().filter(|name| name.starts_with("aws-sdk-"));
    assert_eq!(of_sdk.next(), None);
    assert!(plain.iter().any(|name| name.starts_with("veriam 0")));
    let with_driver = tree(&["--package", "veriam", "--features", "aws"]);
    let of_sdk = with_driver
        .iter()
        .filter(|name| name.starts_with("aws-sdk-"));
    assert_eq!(of_sdk.count(), 4, "{with_driver:?}");
}

#[test]
fn the_older_stacks_of_http_and_tls_are_built_nowhere() {
    let all = tree(&["--workspace", "--all-features"]);
    for older in ["hyper 0.", "h2 0.3.", "rustls 0.21.", "rustls 0.20."] {
        let found: Vec<&String> = all.iter().filter(|name| name.starts_with(older)).collect();
        assert!(
            found.is_empty(),
            "{found:?}: give the crates of the AWS SDK `default-features = false`"
        );
    }
    assert!(all.iter().any(|name| name.starts_with("hyper 1.")));
}
