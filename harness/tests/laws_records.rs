//! What a run of laws is folded into from its records: counts, void, ledger, text.

use std::collections::BTreeMap;

use veriam::exit::Exit;
use veriam::laws::{MINIMUMS, planned};
use veriam::ledger::read;
use veriam_generators::laws::Law;
use veriam_model::{Decision, Profile, RuleId};
use veriam_reports::{
    ClusterRecord, Date, EndRecord, Kind, LawCount, LawTally, Ledger, Part, PlannedPart, Reach,
    Record, Shard, Signature, StartRecord, Summary, Tally, UnitRecord, Void,
};

const WHOLE: Reach = Reach {
    whole: false,
    laws: true,
    every_pair: true,
};

/// A run of laws over that many cases, each law applied as often as it has to be, or less often.
struct Ran {
    cases: u64,
    less: Option<(Law, u64, u64)>,
    broken: Vec<Signature>,
    shard: Shard,
}

impl Ran {
    const fn new(cases: u64) -> Self {
        Ran {
            cases,
            less: None,
            broken: Vec::new(),
            shard: Shard::WHOLE,
        }
    }

    fn laws(&self) -> LawTally {
        let mut tally = LawTally {
            cases: self.cases,
            documents: self.cases / 10,
            ..LawTally::default()
        };
        for (law, applied, capable) in MINIMUMS {
            let less = self.less.filter(|(other, _, _)| *other == law);
            let (_, applied, capable) = less.unwrap_or((law, applied, capable));
            let share = |per: u64| per * self.cases / 100_000;
            let broken = self.broken.iter();
            let broken = broken.filter(|s| s.law.as_deref() == Some(law.name()));
            let not_applied = BTreeMap::from([("no policy has a place for the change".into(), 3)]);
            *tally.of(law.name()) = LawCount {
                law: law.name().to_owned(),
                checks: share(applied),
                capable: share(capable),
                changed: 7,
                broken: broken.count() as u64,
                not_applied,
                ..LawCount::default()
            };
        }
        tally
    }

    fn records(&self) -> Vec<Record> {
        let unit = |part, cases, tally| {
            Record::Unit(UnitRecord {
                part,
                unit: 0,
                first: 0,
                cases,
                tally,
            })
        };
        let laws = self.laws();
        let part = |part, cases| PlannedPart { part, cases };
        let mut records = vec![
            Record::Start(StartRecord {
                target: "other".to_owned(),
                target_version: "1".to_owned(),
                veriam: "0.1.0".to_owned(),
                generator_version: 1,
                seed: 1,
                profile: Profile::Default,
                dialect: None,
                jobs: 1,
                unit_cases: self.cases,
                parts: vec![part(Part::Controls, 10), part(Part::Laws, self.cases)],
                labels: Vec::new(),
                without: Vec::new(),
                laws: planned(),
                shard: self.shard,
            }),
            unit(
                Part::Controls,
                10,
                Tally {
                    checks: 10,
                    ..Tally::default()
                },
            ),
            unit(
                Part::Laws,
                self.cases,
                Tally {
                    checks: laws.laws.iter().map(LawCount::applied).sum(),
                    divergences: self.broken.len() as u64,
                    laws,
                    ..Tally::default()
                },
            ),
        ];
        let cluster = |signature: &Signature| {
            Record::Cluster(ClusterRecord {
                signature: signature.clone(),
                examined: 1,
                file: Some("law.json".to_owned()),
                replay: Some("veriam replay law.json".to_owned()),
                not_stored: None,
                unsteady: false,
                failure: None,
            })
        };
        records.extend(self.broken.iter().map(cluster));
        records.push(Record::End(EndRecord {
            shard: self.shard,
            seconds: 1.0,
            compared: self.cases,
            stopped: None,
        }));
        records
    }

    fn summary(&self) -> Summary {
        Summary::fold(&self.records()).unwrap()
    }

    fn held(&self, toml: &str, reach: Reach) -> Summary {
        let ledger = Ledger {
            file: Some("veriam.toml".to_owned()),
            entries: read(toml.as_bytes()).unwrap(),
        };
        let today: Date = "2026-06-15".parse().unwrap();
        self.summary().held_against(&ledger, reach, today)
    }
}

#[test]
fn a_law_that_is_tried_too_rarely_makes_a_run_void_from_20_000_cases_on() {
    assert!(!Ran::new(20_000).summary().void);
    for (law, applied, capable) in MINIMUMS {
        let rare = |applied, capable, cases| {
            let mut ran = Ran::new(cases);
            ran.less = Some((law, applied, capable));
            ran
        };
        // A count in 20,000 cases is a fifth of that in 100,000.
        for (ran, what) in [
            (rare(applied - 5, 0, 20_000), "was applied in"),
            (
                rare(applied, capable - 5, 20_000),
                "was applied so that it could be broken in",
            ),
        ] {
            let summary = ran.summary();
            assert_eq!(Exit::of_run(&summary), Exit::Void, "{law}");
            let told = summary.void_reasons.join("\n");
            assert!(told.contains(&format!("the law {law} {what}")), "{told}");
        }
        assert!(!rare(0, 0, 19_999).summary().void, "{law}");
        let mut shard = rare(0, 0, 20_000);
        shard.shard = Shard::new(0, 2).unwrap();
        assert!(!shard.summary().void, "a shard is too small a sample");
    }
}

#[test]
fn a_run_in_which_no_law_was_applied_or_a_control_failed_is_void() {
    let mut ran = Ran::new(100).records();
    let laws = |record: &mut Record, change: &dyn Fn(&mut Tally)| match record {
        Record::Unit(unit) if unit.part == Part::Laws => change(&mut unit.tally),
        _ => {}
    };
    for record in &mut ran {
        laws(record, &|tally| tally.checks = 0);
    }
    let summary = Summary::fold(&ran).unwrap();
    assert_eq!(summary.void_values, [Void::NothingCompared(Part::Laws)]);
    for record in &mut ran {
        if let Record::Unit(unit) = record
            && unit.part == Part::Controls
        {
            unit.tally.divergences = 1;
        }
    }
    let summary = Summary::fold(&ran).unwrap();
    assert_eq!(summary.void_values, [Void::Control]);
}

#[test]
fn counts_of_a_law_that_is_not_planned_are_refused() {
    let mut records = Ran::new(100).records();
    for record in &mut records {
        if let Record::Start(start) = record {
            start.laws.pop();
        }
    }
    let error = Summary::fold(&records).unwrap_err().to_string();
    assert!(error.contains("`laws 0`"), "{error}");
}

fn signature(law: Option<Law>, rule: u16) -> Signature {
    Signature {
        target: "other".to_owned(),
        law: law.map(|law| law.name().to_owned()),
        expected: Kind::Decided(Decision::ImplicitDeny),
        observed: Kind::Decided(Decision::Allow),
        rules: vec![RuleId::iam(rule)],
    }
}

fn entry(law: &str, further: &str) -> String {
    format!(
        "[[ledger]]\ntarget = \"other\"\n{law}\nexpected = \"implicit_deny\"\nobserved = \"allow\"\n\
         reason = \"agreed\"\n{further}\n"
    )
}

#[test]
fn every_broken_law_is_new_or_known_and_entries_go_stale_and_expire() {
    let (order, format) = ("law = \"order\"", "law = \"format\"");
    let against_the_oracle = Reach {
        whole: true,
        laws: false,
        ..WHOLE
    };
    // What is broken, the ledger, the reach; exit, new, known, stale, expired, not judged.
    type Row = (bool, String, Reach, Exit, [usize; 5]);
    let rows: [Row; 11] = [
        (
            true,
            String::new(),
            WHOLE,
            Exit::Divergence,
            [1, 0, 0, 0, 0],
        ),
        (true, entry(order, ""), WHOLE, Exit::Agreed, [0, 1, 0, 0, 0]),
        (
            true,
            entry(order, "rules = [\"IAM-136\"]"),
            WHOLE,
            Exit::Agreed,
            [0, 1, 0, 0, 0],
        ),
        (
            true,
            entry(order, "rules = [\"IAM-137\"]"),
            WHOLE,
            Exit::Divergence,
            [1, 0, 1, 0, 0],
        ),
        // Another law, or none: another divergence.
        (
            true,
            entry(format, ""),
            WHOLE,
            Exit::Divergence,
            [1, 0, 1, 0, 0],
        ),
        (
            true,
            entry("", ""),
            WHOLE,
            Exit::Divergence,
            [1, 0, 0, 0, 1],
        ),
        (
            true,
            entry(order, "expires = 2026-06-14"),
            WHOLE,
            Exit::StaleLedger,
            [0, 1, 0, 1, 0],
        ),
        (
            false,
            entry(order, ""),
            WHOLE,
            Exit::StaleLedger,
            [0, 0, 1, 0, 0],
        ),
        (
            false,
            entry(order, "cases = 1_001"),
            WHOLE,
            Exit::Agreed,
            [0, 0, 0, 0, 1],
        ),
        (
            false,
            entry(order, "cases = 1_000"),
            WHOLE,
            Exit::StaleLedger,
            [0, 0, 1, 0, 0],
        ),
        (
            false,
            entry(order, ""),
            against_the_oracle,
            Exit::Agreed,
            [0, 0, 0, 0, 1],
        ),
    ];
    for (number, (broken, toml, reach, exit, counts)) in rows.into_iter().enumerate() {
        let mut ran = Ran::new(1_000);
        if broken {
            ran.broken.push(signature(Some(Law::Order), 136));
        }
        let summary = ran.held(&toml, reach);
        let ledger = summary.ledger.as_ref().unwrap();
        let found = [
            ledger.new as usize,
            ledger.known as usize,
            ledger.stale.len(),
            ledger.expired.len(),
            ledger.not_judged as usize,
        ];
        assert_eq!(found, counts, "row {number}: {toml}");
        assert_eq!(Exit::of_run(&summary), exit, "row {number}: {toml}");
    }
}

#[test]
fn a_run_against_the_oracle_says_nothing_about_laws() {
    let mut records = Ran::new(1_000).records();
    records.retain(|record| !matches!(record, Record::Unit(unit) if unit.part == Part::Laws));
    for record in &mut records {
        if let Record::Start(start) = record {
            start.parts.pop();
            start.laws.clear();
        }
    }
    let summary = Summary::fold(&records).unwrap();
    assert_eq!(summary.laws, None);
    let ledger = Ledger {
        file: None,
        entries: read(entry("law = \"order\"", "").as_bytes()).unwrap(),
    };
    let reach = Reach {
        whole: true,
        ..WHOLE
    };
    let summary = summary.held_against(&ledger, reach, "2026-06-15".parse().unwrap());
    assert_eq!(summary.ledger.unwrap().not_judged, 1);
}

#[test]
fn the_summary_of_laws_is_the_one_that_was_reviewed() {
    let text = |ran: &Ran, toml: &str| {
        let text = ran.held(toml, WHOLE).to_text();
        anstream::adapter::strip_str(&text).to_string()
    };
    let sound = text(&Ran::new(20_000), "");
    let mut ran = Ran::new(20_000);
    ran.broken = vec![
        signature(Some(Law::Order), 136),
        signature(Some(Law::AddDeny), 7),
    ];
    let broken = text(&ran, &entry("law = \"order\"", ""));
    let json: serde_json::Value = serde_json::from_str(&ran.summary().to_json()).unwrap();
    let law = serde_json::to_string_pretty(&json["laws"]["laws"][4]).unwrap();
    insta::assert_snapshot!(format!("{sound}\n{broken}\n{law}"));
}
