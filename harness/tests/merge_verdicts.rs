//! What a merge comes to: known, new, stale and expired are told apart on all units together, and so is what makes a run
//! void.

mod support;

use std::fs;
use std::path::Path;

use serde_json::Value;
use support::veriam_in;
use veriam::labels::quotas::Quotas;
use veriam::run::{CONTROLS, Part, Plan, Rows, UNIT_CASES, start};
use veriam::target::Evaluator;
use veriam_model::Profile;
use veriam_reports::{
    Merge, Outcomes, PlannedUnit, Record, Shard, Tally, UnitRecord, planned_units, to_lines,
};

/// What a unit of clean checks comes to, a third of them each decision.
fn clean(unit: &PlannedUnit) -> Tally {
    let third = unit.cases / 3;
    Tally {
        checks: unit.cases,
        outcomes: Outcomes {
            allow: third,
            explicit_deny: third,
            implicit_deny: unit.cases - 2 * third,
            ..Outcomes::default()
        },
        ..Tally::default()
    }
}

/// The journals of both shards of a run of every part, as if each unit came to what `tally` says.
fn shards(cases: u64, tally: &dyn Fn(&PlannedUnit) -> Tally) -> [Vec<Record>; 2] {
    let plan = Plan {
        parts: Part::ALL[1..].to_vec(),
        cases,
        seed: 1,
        profile: Profile::Default,
        quotas: Quotas::embedded().unwrap(),
        jobs: 1,
        without: veriam_model::PolicyTypes::new(),
        stop_at_first: false,
    };
    let planned = plan.planned(&Rows::embedded().unwrap());
    [0, 1].map(|k| {
        let shard = Shard::new(k, 2).unwrap();
        let begun = start(&plan, planned.clone(), shard, &Evaluator::default());
        let units = planned_units(&planned, UNIT_CASES).filter(|unit| shard.has(unit));
        let units = units.map(|unit| {
            Record::Unit(UnitRecord {
                part: unit.part,
                unit: unit.unit,
                first: unit.first,
                cases: unit.cases,
                tally: match unit.part {
                    Part::Controls => Tally {
                        checks: CONTROLS,
                        ..Tally::default()
                    },
                    _ => tally(&unit),
                },
            })
        });
        std::iter::once(Record::Start(begun)).chain(units).collect()
    })
}

fn write(folder: &Path, shards: &[Vec<Record>; 2]) {
    for (k, records) in shards.iter().enumerate() {
        fs::write(folder.join(format!("{k}.jsonl")), to_lines(records)).unwrap();
    }
}

fn merged(folder: &Path, more: &[&str]) -> (i32, Value) {
    let args = ["merge", "0.jsonl", "1.jsonl", "--format", "json"];
    let finished = veriam_in(folder, &[&args, more].concat(), b"");
    let summary = serde_json::from_str(&finished.out);
    (
        finished.code,
        summary.unwrap_or_else(|e| panic!("{e}: {}", finished.err)),
    )
}

const NEVER_SEEN: &str = "[[ledger]]\ntarget = \"evaluator\"\nexpected = \"*\"\nobserved = \"failed\"\nreason = \"gone\"\n";

#[test]
fn an_entry_is_stale_when_no_unit_of_the_whole_shows_it_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let shards = shards(4_096, &clean);
    write(folder, &shards);
    assert_eq!(merged(folder, &[]).0, 0);
    fs::write(folder.join("veriam.toml"), NEVER_SEEN).unwrap();
    let (code, summary) = merged(folder, &[]);
    assert_eq!(code, 3);
    assert_eq!(summary["ledger"]["stale"][0]["reason"], "gone");
    let (code, summary) = merged(folder, &["--no-ledger"]);
    assert_eq!((code, &summary["ledger"]), (0, &Value::Null));
    fs::write(folder.join("other.toml"), "").unwrap();
    assert_eq!(merged(folder, &["--config", "other.toml"]).0, 0);
    // With a unit missing nobody knows, and the result is void.
    let cut = [shards[0].clone(), shards[1][..shards[1].len() - 1].to_vec()];
    write(folder, &cut);
    let (code, summary) = merged(folder, &[]);
    assert_eq!(code, 4);
    assert_eq!(summary["ledger"]["stale"].as_array().unwrap().len(), 0);
    assert_ne!(summary["units_missing"], "");
}

#[test]
fn quotas_hold_for_all_shards_together_and_for_none_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let lopsided = |unit: &PlannedUnit| match unit.part {
        Part::Generated => Tally {
            checks: unit.cases,
            outcomes: Outcomes {
                explicit_deny: unit.cases,
                ..Outcomes::default()
            },
            ..Tally::default()
        },
        _ => clean(unit),
    };
    let shards = shards(12 * UNIT_CASES, &lopsided);
    for records in &shards {
        let merge = Merge::new(records).unwrap();
        let alone = merge.summary(merge.start().shard);
        assert!(!alone.void, "{:?}", alone.void_reasons);
    }
    write(folder, &shards);
    let (code, summary) = merged(folder, &[]);
    assert_eq!(code, 4);
    let told = summary["void_reasons"].to_string();
    assert!(told.contains("only 0 of 49152"), "{told}");
    assert!(told.contains("labels were decisive too rarely"), "{told}");
}

#[test]
fn a_part_of_which_no_shard_compared_anything_makes_the_whole_void() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let unsupported = |unit: &PlannedUnit| match unit.part {
        Part::Combiner => Tally {
            unsupported: unit.cases,
            ..Tally::default()
        },
        _ => clean(unit),
    };
    write(folder, &shards(4_096, &unsupported));
    let (code, summary) = merged(folder, &[]);
    assert_eq!(code, 4);
    let told = summary["void_reasons"].to_string();
    assert!(told.contains("no case of the part `combiner`"), "{told}");
    // One unit that was compared is enough.
    let but_one = |unit: &PlannedUnit| match unit.unit {
        0 => clean(unit),
        _ => unsupported(unit),
    };
    write(folder, &shards(4_096, &but_one));
    assert_eq!(merged(folder, &[]).0, 0);
}

#[cfg(feature = "planted-mistakes")]
#[test]
fn a_divergence_of_one_shard_is_new_known_or_expired_in_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let run = |shard: &str, journal: &str| {
        let what = ["run", "--only", "vectors,generated", "--cases", "400"];
        let whom = [
            "--planted",
            "scp-levels-pooled",
            "--no-ledger",
            "--jobs",
            "1",
        ];
        let args = [&what[..], &whom, &["--shard", shard, "--journal", journal]].concat();
        veriam_in(folder, &args, b"")
    };
    // Unit 0 is that of the vectors, unit 1 that of the generated cases.
    let codes = [run("0/2", "0.jsonl").code, run("1/2", "1.jsonl").code];
    assert!(codes.contains(&1), "{codes:?}");
    let (code, summary) = merged(folder, &[]);
    assert_eq!(code, 1);
    let clusters = summary["clusters"].as_array().unwrap();
    assert!(!clusters.is_empty());
    for cluster in clusters {
        let file = cluster["file"].as_str().unwrap();
        let add = ["ledger", "add", file, "--reason", "accepted"];
        assert_eq!(veriam_in(folder, &add, b"").code, 0);
    }
    let (code, summary) = merged(folder, &[]);
    assert_eq!(code, 0, "{summary}");
    assert_eq!(summary["ledger"]["known"], clusters.len());
    assert_eq!(merged(folder, &["--no-ledger"]).0, 1);
    let known = fs::read_to_string(folder.join("veriam.toml")).unwrap();
    let old = known.replace("reason = ", "expires = 2020-01-31\nreason = ");
    fs::write(folder.join("old.toml"), &old).unwrap();
    assert_eq!(merged(folder, &["--config", "old.toml"]).0, 3);
    // Something new beside it.
    let entries: Vec<&str> = known.split("[[ledger]]").skip(1).collect();
    if entries.len() > 1 {
        fs::write(
            folder.join("some.toml"),
            format!("[[ledger]]{}", entries[0]),
        )
        .unwrap();
        assert_eq!(merged(folder, &["--config", "some.toml"]).0, 1);
    }
    let nowhere = veriam_in(
        folder,
        &["merge", "0.jsonl", "--config", "nowhere.toml"],
        b"",
    );
    assert_eq!(nowhere.code, 2);
    // Void outranks known: the other shard is missing.
    let alone = veriam_in(folder, &["merge", "1.jsonl"], b"");
    assert_eq!(alone.code, 4, "{}", alone.out);
}
