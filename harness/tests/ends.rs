//! Runs that are told to end, and disks that are full.
#![cfg(unix)]

mod support;

use std::fs;
use std::io::Read;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use support::veriam_in;

/// Sources, vectors and three units of generated cases, one at a time.
const RUN: &[&str] = &[
    "run",
    "--only",
    "sources,vectors,generated",
    "--cases",
    "8292",
    "--jobs",
    "1",
    "--format",
    "json",
];

fn json(text: &[u8]) -> Value {
    serde_json::from_slice(text).unwrap()
}

fn units(journal: &Path) -> usize {
    let text = fs::read_to_string(journal).unwrap();
    text.matches("\"record\":{\"unit\":").count()
}

#[test]
fn a_run_that_is_told_to_end_finishes_its_unit_and_is_taken_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let journal = folder.join("j.jsonl");
    for (signal, more) in [("-INT", &[][..]), ("-TERM", &["--resume"])] {
        let before = if journal.exists() { units(&journal) } else { 0 };
        let child = Command::new(env!("CARGO_BIN_EXE_veriam"))
            .args([RUN, &["--journal", "j.jsonl"], more].concat())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Controls are a unit of every process, and come after the signals are watched.
        while !journal.exists() || units(&journal) == before {
            std::thread::yield_now();
        }
        let id = child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        let Output {
            status,
            stdout,
            stderr,
        } = child.wait_with_output().unwrap();
        let err = String::from_utf8(stderr).unwrap();
        assert_eq!(status.code(), Some(4), "{err}");
        let summary = json(&stdout);
        let told = summary["void_reasons"].to_string();
        assert!(told.contains("the run was interrupted"), "{told}");
        assert!(told.contains("generated"), "{told}");
        assert!(told.contains("--resume"), "{told}");
        let text = fs::read_to_string(&journal).unwrap();
        assert!(text.ends_with("\"stopped\":\"interrupted\"}}}\n"), "{text}");
        // A shard that was interrupted is no whole shard.
        let merged = veriam_in(folder, &["merge", "j.jsonl"], b"");
        assert_eq!(merged.code, 4, "{}", merged.err);
        assert!(merged.out.contains("interrupted"), "{}", merged.out);
    }
    let finished = veriam_in(
        folder,
        &[RUN, &["--journal", "j.jsonl", "--resume"]].concat(),
        b"",
    );
    assert_eq!(finished.code, 0, "{}", finished.err);
    assert_eq!(veriam_in(folder, &["merge", "j.jsonl"], b"").code, 0);
    let whole = veriam_in(folder, &[RUN, &["--journal", "whole.jsonl"]].concat(), b"");
    let compared = |text: &str| json(text.as_bytes())["compared"].as_u64();
    assert_eq!(compared(&finished.out), compared(&whole.out));
}

/// Runs the program where no file may have more than that many blocks of 512 bytes, as on a disk that is full.
fn where_files_end_at(blocks: u64, folder: &Path, args: &[&str]) -> (i32, String, String) {
    let script = format!("ulimit -f {blocks}; trap '' XFSZ; exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_veriam")])
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

#[test]
fn a_journal_on_a_full_disk_stays_whole_and_is_taken_up_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let args = [RUN, &["--journal", "whole.jsonl"]].concat();
    assert_eq!(veriam_in(folder, &args, b"").code, 0);
    // Room for all but its last unit.
    let text = fs::read_to_string(folder.join("whole.jsonl")).unwrap();
    let last = text
        .rfind("{\"schema\":\"veriam.record/1\",\"record\":{\"unit\":")
        .unwrap();
    let blocks = last as u64 / 512;
    let args = [RUN, &["--journal", "j.jsonl"]].concat();
    let (code, out, err) = where_files_end_at(blocks, folder, &args);
    assert_eq!(code, 70, "{err}{out}");
    assert!(
        err.contains("cannot write the journal j.jsonl any more"),
        "{err}"
    );
    assert!(err.contains("make room and repeat"), "{err}");
    assert!(
        json(out.as_bytes())["compared"].as_u64() > Some(400),
        "{out}"
    );
    let cut = fs::read_to_string(folder.join("j.jsonl")).unwrap();
    assert!(cut.ends_with('\n') && cut.len() as u64 <= blocks * 512);
    for line in cut.lines() {
        json(line.as_bytes());
    }
    assert!(units(&folder.join("j.jsonl")) >= 3);
    let args = [RUN, &["--journal", "j.jsonl", "--resume"]].concat();
    let finished = veriam_in(folder, &args, b"");
    assert_eq!(finished.code, 0, "{}", finished.err);
}

#[test]
fn what_does_not_fit_on_a_disk_is_told_and_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let small = ["run", "--only", "generated", "--cases", "4"];
    // No room for a journal at all.
    let args = [&small[..], &["--journal", "/dev/full"]].concat();
    let told = veriam_in(folder, &args, b"");
    assert_eq!(told.code, 70);
    assert!(
        told.err.contains("cannot write the journal /dev/full"),
        "{}",
        told.err
    );
    // No room for the records: a device stays what it is.
    let args = [
        &small[..],
        &["--journal", "j.jsonl", "--records", "/dev/full"],
    ]
    .concat();
    let told = veriam_in(folder, &args, b"");
    assert_eq!(told.code, 70);
    assert!(told.err.contains("cannot write /dev/full"), "{}", told.err);
    let full = fs::metadata("/dev/full").unwrap();
    assert!(full.file_type().is_char_device());
    // A merge has more to write than any of its journals.
    for shard in ["0/2", "1/2"] {
        let journal = format!("{}.jsonl", &shard[..1]);
        let args = [RUN, &["--shard", shard, "--journal", &journal]].concat();
        assert_eq!(veriam_in(folder, &args, b"").code, 0);
    }
    let length = |name: &str| fs::metadata(folder.join(name)).unwrap().len();
    let blocks = length("0.jsonl").max(length("1.jsonl")) / 512;
    let args = ["merge", "0.jsonl", "1.jsonl", "--records", "all.jsonl"];
    let (code, out, err) = where_files_end_at(blocks, folder, &args);
    assert_eq!(code, 70, "{err}");
    assert!(err.contains("cannot write all.jsonl"), "{err}");
    assert!(out.contains("No divergence"), "{out}");
    let names = fs::read_dir(folder).unwrap();
    let names: Vec<String> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("all"))
        .collect();
    assert_eq!(names, [""; 0]);
    // With room it is written, and says the same.
    assert_eq!(veriam_in(folder, &args, b"").code, 0);
    let again = veriam_in(folder, &["merge", "all.jsonl"], b"");
    assert_eq!(again.code, 0, "{}", again.err);
    // A device can be written to.
    let mut out = String::new();
    let args = ["merge", "0.jsonl", "1.jsonl", "--records", "/dev/null"];
    assert_eq!(veriam_in(folder, &args, b"").code, 0);
    fs::File::open("/dev/null")
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    assert_eq!(out, "");
}

#[cfg(feature = "planted-mistakes")]
#[test]
fn divergences_that_cannot_be_stored_are_told_and_the_journal_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let small = [
        "run",
        "--only",
        "vectors",
        "--planted",
        "if-exists-ignored",
        "--no-ledger",
    ];
    let args = [&small[..], &["--journal", "/dev/null", "--out", "out"]].concat();
    let (code, out, err) = where_files_end_at(0, folder, &args);
    assert_eq!(code, 70, "{err}{out}");
    assert!(out.contains("cannot write out/"), "{out}");
    assert!(out.contains("free some space"), "{out}");
    assert_eq!(fs::read_dir(folder.join("out")).unwrap().count(), 0);
}
