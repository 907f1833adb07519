//! `veriam init`

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::cli::InitArgs;
use crate::exit::Exit;
use crate::rim::{Ended, Failure, Streams};
use crate::scenario::embedded;
use crate::style::{STRONG, paint};

/// The embedded scenario that is written.
const FIRST: &str = "scenarios/first/";

pub(super) fn run(args: &InitArgs, streams: &mut Streams<'_>) -> Ended {
    let folder = &args.folder;
    let files: Vec<(PathBuf, &str)> = embedded::FILES
        .iter()
        .filter_map(|file| Some((folder.join(file.path.strip_prefix(FIRST)?), file.text)))
        .collect();
    let there = |path: &Path| fs::symlink_metadata(path).is_ok();
    if let Some((path, _)) = files.iter().find(|(path, _)| there(path)) {
        return Err(Failure::usage(format_args!(
            "{} is there already, so nothing was written; choose another folder or move it away",
            path.display()
        )));
    }
    write(folder, &files).map_err(|error| {
        Failure::internal(format_args!(
            "cannot write into {}: {error}, and nothing was left there; choose a folder that can be written",
            folder.display()
        ))
    })?;
    let scenario = folder.join("scenario.yaml").display().to_string();
    let mut text = String::new();
    for (path, _) in &files {
        text.push_str(&format!("wrote {}\n", path.display()));
    }
    text.push_str(&format!(
        "\nNow try\n  {}\n  {}\n  {}\n",
        paint(STRONG, format_args!("veriam test {}", folder.display())),
        paint(STRONG, format_args!("veriam matrix {scenario}")),
        paint(STRONG, format_args!("veriam explain '{scenario}#2'")),
    ));
    streams.end(Exit::Agreed, &text)
}

/// Writes all files or none: each whole beside its place first, then moved there unless something is there by now.
fn write(folder: &Path, files: &[(PathBuf, &str)]) -> io::Result<()> {
    let made = !folder.exists();
    fs::create_dir_all(folder)?;
    let beside = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
    };
    let mut placed: Vec<&PathBuf> = Vec::new();
    let written = (|| {
        for (path, text) in files {
            let mut file = fs::File::create_new(beside(path))?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
        }
        for (path, _) in files {
            // Taken first: a rename by itself would replace a file that appeared in the meantime.
            fs::File::create_new(path)?;
            placed.push(path);
            fs::rename(beside(path), path)?;
        }
        Ok(())
    })();
    for (path, _) in files {
        let _ = fs::remove_file(beside(path));
    }
    if written.is_err() {
        for path in placed {
            let _ = fs::remove_file(path);
        }
        if made {
            let _ = fs::remove_dir(folder);
        }
    }
    written
}
