//! The scenarios that ship inside the program.

use super::{Files, Scenario, ScenarioError};

/// One embedded file.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Its path in the repository.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$( File {
            path: concat!("scenarios/", $path),
            text: include_str!(concat!("../../../scenarios/", $path)),
        } ),*]
    };
}

/// Every file of the folder `scenarios` that a scenario needs, by path.
pub const FILES: &[File] = files![
    "first/endpoint-policy.json",
    "first/runtime-policy.json",
    "first/scenario.yaml",
    "first/tenant-policy.json",
];

/// The embedded files as a source of files.
#[derive(Clone, Copy, Debug)]
pub struct Embedded;

impl Files for Embedded {
    fn bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        let file = FILES.iter().find(|file| file.path == path);
        let text = file.map(|file| file.text.as_bytes().to_vec());
        text.ok_or_else(|| "is no file of this program; give one that is".to_owned())
    }
}

/// Every embedded scenario, by path.
///
/// # Errors
/// [`ScenarioError`]: a fault of the program.
pub fn scenarios() -> Result<Vec<Scenario>, ScenarioError> {
    let files = FILES.iter().filter(|file| file.path.ends_with(".yaml"));
    files.map(|file| Embedded.scenario(file.path)).collect()
}
