//! Where scenarios and their policies are read from: the disk, the program itself, or the disk with one file replaced.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use super::{Scenario, ScenarioError, read};

/// Largest file that is read, in bytes; policies have kilobytes.
const MAX_BYTES: u64 = 1 << 20;

/// Something that holds files.
pub trait Files {
    /// The bytes of a file, or why it cannot be read and what to do about it.
    ///
    /// # Errors
    /// The reason, with the remedy.
    fn bytes(&self, path: &str) -> Result<Vec<u8>, String>;

    /// Reads a scenario with everything it refers to.
    ///
    /// # Errors
    /// [`ScenarioError`] with the place of the first fault.
    fn scenario(&self, path: &str) -> Result<Scenario, ScenarioError>
    where
        Self: Sized,
    {
        read::scenario(path, self)
    }
}

/// The file system.
#[derive(Clone, Copy, Debug)]
pub struct Disk;

impl Files for Disk {
    fn bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path);
        match file.and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)) {
            Err(error) => Err(format!(
                "cannot be read: {error}; give a file that exists and can be read"
            )),
            Ok(_) if bytes.len() as u64 > MAX_BYTES => Err(format!(
                "has more than {MAX_BYTES} bytes; give a smaller file"
            )),
            Ok(_) => Ok(bytes),
        }
    }
}

/// The file system, with another file in the place of one.
#[derive(Clone, Debug)]
pub struct Replaced {
    /// The file that is replaced.
    pub path: PathBuf,
    /// The file in its place.
    pub by: PathBuf,
    /// Whether it was asked for.
    used: std::cell::Cell<bool>,
}

impl Replaced {
    /// Replaces a file by another one.
    #[must_use]
    pub fn new(path: &Path, by: &Path) -> Self {
        Replaced {
            path: canonical(path),
            by: by.to_owned(),
            used: std::cell::Cell::new(false),
        }
    }

    /// Whether the replaced file was asked for.
    #[must_use]
    pub fn used(&self) -> bool {
        self.used.get()
    }
}

impl Files for Replaced {
    fn bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        if canonical(Path::new(path)) != self.path {
            return Disk.bytes(path);
        }
        self.used.set(true);
        let by = self.by.display();
        let bytes = Disk.bytes(&self.by.to_string_lossy());
        bytes.map_err(|error| format!("is replaced by {by}, which {error}"))
    }
}

fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// A path as seen from the folder of a file, without `.` and `..` where they can be resolved.
pub(crate) fn beside(file: &str, path: &str) -> String {
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    let mut joined = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(joined.components().next_back(), Some(Component::Normal(_))) =>
            {
                joined.pop();
            }
            other => joined.push(other),
        }
    }
    joined.display().to_string()
}

/// The scenario files that paths mean: a file is itself, a folder every `.yaml` and `.yml` file in and below it but
/// hidden ones, by name.
///
/// # Errors
/// A path that cannot be read or a folder without such files, with the remedy.
pub fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths {
        let data = std::fs::metadata(path).map_err(|error| {
            format!(
                "cannot read {}: {error}; give a scenario file or a folder of them",
                path.display()
            )
        })?;
        let mut files = Vec::new();
        if data.is_dir() {
            walk(path, &mut files).map_err(|error| {
                format!(
                    "cannot read {}: {error}; give a folder that can be read",
                    path.display()
                )
            })?;
            if files.is_empty() {
                return Err(format!(
                    "{} holds no .yaml file; `veriam init {}` writes a first scenario",
                    path.display(),
                    path.display()
                ));
            }
            files.sort();
        } else {
            files.push(path.clone());
        }
        for file in files {
            if !found.contains(&file) {
                found.push(file);
            }
        }
    }
    Ok(found)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let hidden = name.to_string_lossy().starts_with('.');
        let kind = entry.file_type()?;
        let path = entry.path();
        let yaml = path.extension().is_some_and(|e| e == "yaml" || e == "yml");
        if hidden {
            continue;
        } else if kind.is_dir() {
            walk(&path, files)?;
        } else if yaml {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_folder_of_the_file() {
        for (file, path, expected) in [
            ("a/b/s.yaml", "p.json", "a/b/p.json"),
            ("a/b/s.yaml", "./p.json", "a/b/p.json"),
            ("a/b/s.yaml", "../p.json", "a/p.json"),
            ("s.yaml", "p.json", "p.json"),
            ("s.yaml", "../p.json", "../p.json"),
            ("/x/s.yaml", "/y/p.json", "/y/p.json"),
        ] {
            assert_eq!(beside(file, path), expected);
        }
    }
}
