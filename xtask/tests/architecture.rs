//! Who may know whom: the crate arrows of ARCHITECTURE.md, read from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Every workspace crate with the workspace crates it may use in its normal and build dependencies.
const ARROWS: &[(&str, &[&str])] = &[
    ("veriam-model", &[]),
    ("veriam-oracle", &["veriam-model"]),
    ("veriam-evaluator", &["veriam-model"]),
    ("veriam-generators", &["veriam-model"]),
    ("veriam-reports", &["veriam-model"]),
    ("veriam-emulator", &["veriam-evaluator", "veriam-model"]),
    ("veriam-aws", &["veriam-model"]),
    (
        "veriam",
        &[
            "veriam-aws",
            "veriam-emulator",
            "veriam-evaluator",
            "veriam-generators",
            "veriam-model",
            "veriam-oracle",
            "veriam-reports",
        ],
    ),
    ("xtask", &[]),
];

fn workspace_dependencies() -> BTreeMap<String, Vec<(String, DependencyKind)>> {
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata runs in a checkout");
    metadata
        .packages
        .iter()
        .map(|package| {
            let deps = package.dependencies.iter();
            let named = deps.map(|d| (d.name.clone(), d.kind)).collect();
            (package.name.to_string(), named)
        })
        .collect()
}

#[test]
fn crates_know_only_whom_they_may() {
    let found = workspace_dependencies();
    let crates: BTreeSet<&str> = found.keys().map(String::as_str).collect();
    let listed: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    assert_eq!(crates, listed, "list every workspace crate with its arrows");
    for (name, allowed) in ARROWS {
        for (dependency, kind) in &found[*name] {
            if *kind != DependencyKind::Development && crates.contains(dependency.as_str()) {
                assert!(
                    allowed.contains(&dependency.as_str()),
                    "{name} must not depend on {dependency}"
                );
            }
        }
    }
}

#[test]
fn the_judges_do_not_meet_in_tests_either() {
    let found = workspace_dependencies();
    for (judge, other) in [
        ("veriam-oracle", "veriam-evaluator"),
        ("veriam-evaluator", "veriam-oracle"),
        ("veriam-generators", "veriam-oracle"),
        ("veriam-generators", "veriam-evaluator"),
    ] {
        assert!(
            found[judge].iter().all(|(name, _)| name != other),
            "{judge} must not name {other} in any dependency table"
        );
    }
}

#[test]
fn the_evaluator_needs_nothing_but_the_model() {
    let found = workspace_dependencies();
    let normal: Vec<&str> = found["veriam-evaluator"]
        .iter()
        .filter(|(_, kind)| *kind == DependencyKind::Normal)
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        normal,
        ["veriam-model"],
        "people embed it: keep its tree small"
    );
}
