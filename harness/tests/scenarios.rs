//! The scenarios of the repository: embedded, complete, each outcome with its counterpart.

use std::path::{Path, PathBuf};

use veriam::scenario::{embedded, sibling};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn every_file_of_the_folder_is_embedded_and_nothing_else() {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, found);
            } else if !path.ends_with("coverage.toml") {
                let path = path.strip_prefix(root).unwrap();
                found.push(path.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join("scenarios"), &root(), &mut found);
    found.sort();
    let embedded: Vec<&str> = embedded::FILES.iter().map(|file| file.path).collect();
    assert_eq!(found, embedded, "keep the list in embedded.rs, in order");
}

#[test]
fn every_allowed_call_has_a_denied_sibling_and_the_other_way_round() {
    let mut lone = Vec::new();
    for scenario in embedded::scenarios().unwrap() {
        for call in sibling::lone(&scenario) {
            let it = &scenario.call(call.number).unwrap().it;
            lone.push(format!("{}: {it} {:?}", scenario.file, call.named));
        }
    }
    assert!(lone.is_empty(), "{lone:#?}");
}
