//! Shards, journals and what is left of a run that is killed.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use support::{veriam, veriam_in};

/// A pseudo-random sequence (SplitMix64), the same in every run of the tests.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at as u64 + 1) as usize);
        }
    }
}

/// The summary without what depends on clock, threads and share.
fn counts(json: &str) -> Value {
    let mut summary: Value = serde_json::from_str(json).unwrap();
    let members = summary.as_object_mut().unwrap();
    for name in ["seconds", "cases_per_s", "jobs", "shard"] {
        members.remove(name).unwrap();
    }
    summary
}

/// Sources, vectors, and that many generated cases: a unit each, and one for every 4,096 generated cases.
fn plan(cases: &str) -> [&str; 8] {
    let parts = "sources,vectors,generated";
    let last = ["--format", "json", "--no-progress"];
    [
        "run", "--only", parts, "--cases", cases, last[0], last[1], last[2],
    ]
}

/// Three units of generated cases, the last one small.
const THREE: &str = "8292";
/// Two units of generated cases, the last one small.
const TWO: &str = "4196";

fn run_in(folder: &Path, cases: &str, more: &[&str]) -> (i32, String, String) {
    let finished = veriam_in(folder, &[&plan(cases)[..], more].concat(), b"");
    (finished.code, finished.out, finished.err)
}

fn merged(folder: &Path, files: &[&str]) -> (i32, String, String) {
    let args = [&["merge", "--format", "json"][..], files].concat();
    let finished = veriam_in(folder, &args, b"");
    (finished.code, finished.out, finished.err)
}

#[test]
fn shards_put_together_in_any_order_are_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (code, whole, err) = run_in(folder, THREE, &["--journal", "whole.jsonl"]);
    assert_eq!(code, 0, "{err}");
    let mut names = Vec::new();
    for k in 0..16 {
        let (shard, name) = (format!("{k}/16"), format!("{k}.jsonl"));
        let (code, out, err) = run_in(folder, THREE, &["--shard", &shard, "--journal", &name]);
        assert_eq!(code, 0, "{shard}: {err}{out}");
        let summary: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(summary["shard"], shard.as_str());
        names.push(name);
    }
    let mut random = Random(1);
    for _ in 0..3 {
        random.shuffle(&mut names);
        let files: Vec<&str> = names.iter().map(String::as_str).collect();
        let (code, out, err) = merged(folder, &files);
        assert_eq!(code, 0, "{err}");
        assert_eq!(counts(&out), counts(&whole));
    }
    let files: Vec<&str> = names.iter().map(String::as_str).collect();
    // Twice is once; a merge of merges is the merge; the whole run adds nothing to its shards.
    let twice = [&files[..], &files[..], &["whole.jsonl"]].concat();
    assert_eq!(counts(&merged(folder, &twice).1), counts(&whole));
    let (left, right) = files.split_at(5);
    merged(folder, &[left, &["--records", "left.jsonl"]].concat());
    merged(folder, &[right, &["--records", "right.jsonl"]].concat());
    let (code, out, _) = merged(folder, &["right.jsonl", "left.jsonl"]);
    assert_eq!(code, 0);
    assert_eq!(counts(&out), counts(&whole));
    // Without shard 3 what it has to run is named, and nothing else. Units: sources 0, vectors 0, generated 0 to 2.
    let rest: Vec<&str> = files.iter().copied().filter(|f| *f != "3.jsonl").collect();
    let (code, out, _) = merged(folder, &rest);
    let summary: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(summary["units_missing"], "generated 1");
    assert_eq!(code, 4);
    let told = summary["void_reasons"].to_string();
    assert!(told.contains("units are missing: generated 1;"), "{told}");
}

#[test]
fn what_is_not_of_one_plan_is_not_put_together() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let small = ["run", "--only", "generated", "--cases", "8", "--seed"];
    for (seed, journal) in [("1", "a.jsonl"), ("2", "b.jsonl")] {
        let args = [&small[..], &[seed, "--journal", journal]].concat();
        assert_eq!(veriam_in(folder, &args, b"").code, 0);
    }
    let (code, _, err) = merged(folder, &["a.jsonl", "b.jsonl"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("`seed` is 1 in one and 2 in the other"),
        "{err}"
    );
    // The same unit with other counts.
    let text = fs::read_to_string(folder.join("a.jsonl")).unwrap();
    let at = text.find("\"part\":\"generated\",\"unit\"").unwrap();
    let other = text[at..].replacen("\"undetermined\":0", "\"undetermined\":1", 1);
    let other = format!("{}{other}", &text[..at]);
    assert_ne!(text, other);
    fs::write(folder.join("c.jsonl"), other).unwrap();
    let (code, _, err) = merged(folder, &["a.jsonl", "c.jsonl"]);
    assert_eq!(code, 2);
    assert!(err.contains("`generated 0` has different counts"), "{err}");
    // A torn end is dropped, a torn middle is told with its line.
    let torn = &text[..text.len() - 7];
    fs::write(folder.join("torn.jsonl"), torn).unwrap();
    assert_eq!(merged(folder, &["torn.jsonl"]).0, 0);
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1] = &lines[1][..lines[1].len() / 2];
    fs::write(folder.join("middle.jsonl"), lines.join("\n") + "\n").unwrap();
    let (code, _, err) = merged(folder, &["middle.jsonl"]);
    assert_eq!(code, 2);
    assert!(err.contains("middle.jsonl:2: not a record"), "{err}");
    for (name, bytes) in [("empty.jsonl", &b""[..]), ("bytes.jsonl", b"\xff\n")] {
        fs::write(folder.join(name), bytes).unwrap();
        assert_eq!(merged(folder, &[name]).0, 2, "{name}");
    }
    assert_eq!(merged(folder, &["nowhere.jsonl"]).0, 2);
}

#[test]
fn a_journal_is_taken_up_only_by_the_run_that_began_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let run = |more: &[&str]| {
        let small = ["run", "--only", "generated", "--journal", "j.jsonl"];
        veriam_in(folder, &[&small[..], more].concat(), b"")
    };
    // Nothing to take up is no fault: the first try of a job may say --resume too.
    let first = run(&["--resume", "--cases", "8"]);
    assert_eq!(first.code, 0, "{}", first.err);
    for (more, member) in [
        (&["--seed", "5"][..], "`seed`"),
        (&["--cases", "12"], "`parts`"),
        (&["--dialect", "IAM-093=stay"], "`dialect`"),
        (&["--shard", "0/2"], "shard 0/1, not 0/2"),
    ] {
        let cases = ["--resume", "--cases", "8"];
        let args = match more[0] {
            "--cases" => [&["--resume"][..], more].concat(),
            _ => [&cases[..], more].concat(),
        };
        let before = fs::read(folder.join("j.jsonl")).unwrap();
        let refused = run(&args);
        assert_eq!(refused.code, 2, "{more:?}");
        assert!(refused.err.contains(member), "{}", refused.err);
        assert_eq!(fs::read(folder.join("j.jsonl")).unwrap(), before);
    }
    fs::write(folder.join("j.jsonl"), "{}\n").unwrap();
    let refused = run(&["--resume", "--cases", "8"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.err.contains("j.jsonl:1: not a record"),
        "{}",
        refused.err
    );
    // Without --resume it is a new journal.
    assert_eq!(run(&["--cases", "8"]).code, 0);
    fs::create_dir(folder.join("taken")).unwrap();
    let refused = run(&["--cases", "8", "--journal", "taken"]);
    assert_eq!(refused.code, 2);
}

#[test]
fn a_run_whose_time_is_over_says_how_much_of_it_ran_and_goes_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (code, whole, _) = run_in(folder, "100", &["--journal", "whole.jsonl"]);
    assert_eq!(code, 0);
    let (code, out, _) = run_in(folder, "100", &["--time", "0s", "--journal", "cut.jsonl"]);
    let summary: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(summary["units_not_run"], 3);
    assert_eq!(summary["units_missing"], "");
    assert_eq!(code, 4, "nothing was compared");
    // What ran of a run that is not over is no void, once something was compared.
    let some: Vec<String> = fs::read_to_string(folder.join("whole.jsonl"))
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    let cut = fs::read_to_string(folder.join("cut.jsonl")).unwrap();
    let end = cut.lines().last().unwrap();
    let part = format!("{}\n{}\n{}\n{}\n", some[0], some[1], some[2], end);
    fs::write(folder.join("part.jsonl"), part).unwrap();
    let (code, out, _) = merged(folder, &["part.jsonl"]);
    assert_eq!(code, 0, "{out}");
    let summary: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(summary["units_not_run"], 2);
    let (code, out, err) = run_in(folder, "100", &["--resume", "--journal", "cut.jsonl"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(counts(&out), counts(&whole));
    assert_eq!(counts(&merged(folder, &["cut.jsonl"]).1), counts(&whole));
}

fn started(folder: &Path, more: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_veriam"))
        .args(plan(TWO))
        .args(more)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills a process some looks after its journal got longer than `there`; whether it was still running.
fn killed(mut child: Child, journal: &Path, there: u64, looks: u64) -> bool {
    let length = || fs::metadata(journal).map_or(0, |m| m.len());
    let mut left = looks;
    while left > 0 {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        left -= u64::from(length() > there);
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    true
}

/// Twenty times: killed at a moment nobody chose, the journal cut at a byte nobody chose, as a machine that loses power
/// might leave it, and taken up again.
#[test]
fn a_run_that_is_killed_twenty_times_ends_as_one_that_was_not() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (code, whole, _) = run_in(folder, TWO, &["--journal", "whole.jsonl"]);
    assert_eq!(code, 0);
    let journal: PathBuf = folder.join("j.jsonl");
    let mut random = Random(7);
    let mut kills = 0;
    for _ in 0..200 {
        let there = fs::metadata(&journal).map_or(0, |m| m.len());
        let most = 1 << random.below(14);
        let looks = 1 + random.below(most);
        let child = started(folder, &["--journal", "j.jsonl", "--resume"]);
        kills += u32::from(killed(child, &journal, there, looks));
        let there = fs::metadata(&journal).map_or(0, |m| m.len());
        let torn = there - random.below(600).min(there);
        let file = fs::OpenOptions::new().write(true).open(&journal);
        file.unwrap().set_len(torn).unwrap();
        if kills == 20 {
            break;
        }
    }
    assert_eq!(kills, 20);
    let (code, out, err) = run_in(folder, TWO, &["--journal", "j.jsonl", "--resume"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(counts(&out), counts(&whole));
    assert_eq!(counts(&merged(folder, &["j.jsonl"]).1), counts(&whole));
}

#[test]
fn two_processes_do_not_write_one_journal() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut first = started(folder, &["--journal", "j.jsonl"]);
    while fs::metadata(folder.join("j.jsonl")).map_or(0, |m| m.len()) == 0 {
        assert!(first.try_wait().unwrap().is_none(), "it began");
        std::thread::yield_now();
    }
    let (code, _, err) = run_in(folder, TWO, &["--journal", "j.jsonl"]);
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(code, 2);
    assert!(err.contains("another run writes the journal"), "{err}");
}

#[test]
fn a_plan_names_every_unit_once() {
    let finished = veriam(&[
        "plan", "--cases", "50000", "--shards", "4", "--format", "json",
    ]);
    assert_eq!(finished.code, 0, "{}", finished.err);
    let plan: Value = serde_json::from_str(&finished.out).unwrap();
    let shards = plan["shards"].as_array().unwrap();
    let sum = |name: &str| -> u64 { shards.iter().map(|s| s[name].as_u64().unwrap()).sum() };
    assert_eq!(plan["units"].as_u64().unwrap(), sum("units"));
    let parts = plan["parts"].as_array().unwrap();
    let cases: u64 = parts.iter().map(|p| p["cases"].as_u64().unwrap()).sum();
    let controls = parts[0]["cases"].as_u64().unwrap();
    assert_eq!(sum("cases"), cases + 3 * controls);
    let matrix = veriam(&["plan", "--shards", "3", "--format", "github-matrix"]);
    assert_eq!(
        matrix.out,
        "{\"include\":[{\"shard\":\"0/3\",\"index\":0},{\"shard\":\"1/3\",\"index\":1},{\"shard\":\"2/3\",\"index\":2}]}\n"
    );
    // Combiner 145,344 / 4,096 rounded up, generated 2; the controls are no unit of one shard.
    let args = [
        "plan",
        "--shards",
        "2",
        "--only",
        "combiner,generated",
        "--cases",
        "8192",
    ];
    let text = veriam(&args);
    assert!(text.out.contains("each of the 38 units"), "{}", text.out);
    for wrong in [
        &["plan", "--shards", "0"][..],
        &["plan", "--cases", "18446744073709551615"],
        &["run", "--cases", "18446744073709551615"],
        &["run", "--shard", "4/4"],
        &["run", "--shard", "1"],
        &["run", "--time", "10"],
        &["merge"],
    ] {
        assert_eq!(veriam(wrong).code, 2, "{wrong:?}");
    }
}
