//! What a run makes of the ledger: new, known, stale and expired.

use veriam::case_file::Signature;
use veriam::exit::Exit;
use veriam::ledger::read;
use veriam_model::{Decision, Profile, RuleId};
use veriam_reports::{
    ClusterRecord, Date, EndRecord, Kind, Ledger, Outcomes, Part, PlannedPart, Reach, Record,
    Shard, Standing, StartRecord, Summary, Tally, UnitRecord,
};

const WHOLE: Reach = Reach {
    whole: true,
    laws: false,
    every_pair: true,
};

fn signature(target: &str, observed: &str, rule: u16) -> Signature {
    Signature {
        target: target.to_owned(),
        law: None,
        expected: Kind::Decided(Decision::ImplicitDeny),
        observed: observed.parse().unwrap(),
        rules: vec![RuleId::iam(rule)],
    }
}

/// A run of the target `other` over 1,000 generated cases that diverged in these ways.
struct Ran {
    clusters: Vec<Signature>,
    not_examined: u64,
    controls: bool,
}

impl Ran {
    fn new(clusters: &[Signature]) -> Self {
        Ran {
            clusters: clusters.to_vec(),
            not_examined: 0,
            controls: true,
        }
    }

    fn summary(&self) -> Summary {
        let part = |part, checks, divergences| {
            let third = checks / 3;
            let outcomes = Outcomes {
                allow: third,
                explicit_deny: third,
                implicit_deny: checks - 2 * third,
                ..Outcomes::default()
            };
            let tally = Tally {
                checks,
                divergences,
                outcomes,
                ..Tally::default()
            };
            Record::Unit(UnitRecord {
                part,
                unit: 0,
                first: 0,
                cases: checks,
                tally,
            })
        };
        let divergences = self.clusters.len() as u64 + self.not_examined;
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
                unit_cases: 1_000,
                parts: vec![
                    PlannedPart {
                        part: Part::Controls,
                        cases: 10,
                    },
                    PlannedPart {
                        part: Part::Generated,
                        cases: 1_000,
                    },
                ],
                labels: Vec::new(),
                laws: Vec::new(),
                without: Vec::new(),
                shard: Shard::WHOLE,
            }),
            part(Part::Controls, 10, u64::from(!self.controls)),
            part(Part::Generated, 1_000, divergences),
        ];
        for signature in &self.clusters {
            records.push(Record::Cluster(ClusterRecord {
                signature: signature.clone(),
                examined: 1,
                file: None,
                replay: None,
                not_stored: None,
                unsteady: false,
                failure: None,
            }));
        }
        records.push(Record::End(EndRecord {
            shard: Shard::WHOLE,
            seconds: 1.0,
            compared: 1_010,
            stopped: None,
        }));
        Summary::fold(&records).unwrap()
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

/// An entry of the ledger; fields that follow are added.
fn entry(target: &str, observed: &str, further: &str) -> String {
    format!(
        "[[ledger]]\ntarget = \"{target}\"\nexpected = \"implicit_deny\"\nobserved = \"{observed}\"\n\
         reason = \"agreed\"\n{further}\n"
    )
}

#[test]
fn every_divergence_is_new_or_known_and_every_entry_of_use_stale_expired_or_not_judged() {
    let allow = || signature("other", "allow", 136);
    let deny = || signature("other", "explicit_deny", 136);
    let documented = || signature("oracle", "allow", 7);
    let partial = Reach {
        whole: false,
        ..WHOLE
    };
    let known = entry("other", "allow", "");
    let until = |day: &str| entry("other", "allow", &format!("expires = {day}"));
    let gone = |further: &str| entry("other", "explicit_deny", further);
    // What diverged, the ledger, the reach; exit, new, known, stale, expired, not judged.
    type Row = (Vec<Signature>, String, Reach, Exit, [u64; 5]);
    let rows: Vec<Row> = vec![
        (vec![], String::new(), WHOLE, Exit::Agreed, [0; 5]),
        (
            vec![allow()],
            String::new(),
            WHOLE,
            Exit::Divergence,
            [1, 0, 0, 0, 0],
        ),
        (
            vec![allow()],
            known.clone(),
            WHOLE,
            Exit::Agreed,
            [0, 1, 0, 0, 0],
        ),
        (
            vec![allow(), deny()],
            known.clone(),
            WHOLE,
            Exit::Divergence,
            [1, 1, 0, 0, 0],
        ),
        (
            vec![],
            known.clone(),
            WHOLE,
            Exit::StaleLedger,
            [0, 0, 1, 0, 0],
        ),
        (
            vec![deny()],
            known.clone(),
            WHOLE,
            Exit::Divergence,
            [1, 0, 1, 0, 0],
        ),
        (
            vec![],
            known.clone(),
            partial,
            Exit::Agreed,
            [0, 0, 0, 0, 1],
        ),
        // The last day counts.
        (
            vec![allow()],
            until("2026-06-15"),
            WHOLE,
            Exit::Agreed,
            [0, 1, 0, 0, 0],
        ),
        (
            vec![allow()],
            until("2026-06-14"),
            WHOLE,
            Exit::StaleLedger,
            [0, 1, 0, 1, 0],
        ),
        (
            vec![allow()],
            until("\"2026-06-14\""),
            WHOLE,
            Exit::StaleLedger,
            [0, 1, 0, 1, 0],
        ),
        // An entry is stale or expired, not both: to remove it is enough.
        (
            vec![],
            until("2026-06-14"),
            WHOLE,
            Exit::StaleLedger,
            [0, 0, 1, 0, 0],
        ),
        (
            vec![],
            until("2026-06-14"),
            partial,
            Exit::StaleLedger,
            [0, 0, 0, 1, 0],
        ),
        (
            vec![allow()],
            known.clone() + &gone(""),
            WHOLE,
            Exit::StaleLedger,
            [0, 1, 1, 0, 0],
        ),
        (
            vec![allow()],
            until("2026-01-01") + &gone(""),
            WHOLE,
            Exit::StaleLedger,
            [0, 1, 1, 1, 0],
        ),
        (
            vec![],
            gone("cases = 1_000"),
            WHOLE,
            Exit::StaleLedger,
            [0, 0, 1, 0, 0],
        ),
        (
            vec![],
            gone("cases = 1_001"),
            WHOLE,
            Exit::Agreed,
            [0, 0, 0, 0, 1],
        ),
        // Rules and patterns.
        (
            vec![allow()],
            entry("other", "allow", "rules = [\"IAM-136\"]"),
            WHOLE,
            Exit::Agreed,
            [0, 1, 0, 0, 0],
        ),
        (
            vec![allow()],
            entry("other", "allow", "rules = []"),
            WHOLE,
            Exit::Divergence,
            [1, 0, 1, 0, 0],
        ),
        (
            vec![allow(), deny()],
            entry("other", "*", ""),
            WHOLE,
            Exit::Agreed,
            [0, 2, 0, 0, 0],
        ),
        (
            vec![deny()],
            entry("other", "*_deny", ""),
            WHOLE,
            Exit::Agreed,
            [0, 1, 0, 0, 0],
        ),
        // Every entry that fits is of use.
        (
            vec![allow()],
            known.clone() + &entry("other", "*", ""),
            WHOLE,
            Exit::Agreed,
            [0, 1, 0, 0, 0],
        ),
        // A run says nothing about other targets, and all runs ask the oracle.
        (
            vec![],
            entry("third", "allow", ""),
            WHOLE,
            Exit::Agreed,
            [0, 0, 0, 0, 1],
        ),
        (
            vec![allow()],
            entry("third", "allow", ""),
            WHOLE,
            Exit::Divergence,
            [1, 0, 0, 0, 1],
        ),
        (
            vec![documented()],
            entry("oracle", "allow", ""),
            WHOLE,
            Exit::Agreed,
            [0, 1, 0, 0, 0],
        ),
        (
            vec![],
            entry("oracle", "allow", ""),
            WHOLE,
            Exit::StaleLedger,
            [0, 0, 1, 0, 0],
        ),
    ];
    for (number, (clusters, toml, reach, exit, counts)) in rows.into_iter().enumerate() {
        let summary = Ran::new(&clusters).held(&toml, reach);
        let ledger = summary.ledger.as_ref().unwrap();
        let (stale, expired) = (ledger.stale.len() as u64, ledger.expired.len() as u64);
        let found = [ledger.new, ledger.known, stale, expired, ledger.not_judged];
        assert_eq!(found, counts, "row {number}: {toml}");
        assert_eq!(Exit::of_run(&summary), exit, "row {number}: {toml}");
        let known = summary
            .clusters
            .iter()
            .filter(|c| c.ledger == Standing::Known);
        assert_eq!(known.count() as u64, ledger.known, "row {number}");
    }
}

#[test]
fn a_void_run_is_void_whatever_the_ledger_says_and_judges_no_entry() {
    let mut ran = Ran::new(&[signature("other", "allow", 136)]);
    ran.controls = false;
    for toml in [
        String::new(),
        entry("other", "allow", ""),
        entry("other", "allow", "expires = 2020-01-01"),
        entry("other", "explicit_deny", ""),
    ] {
        let summary = ran.held(&toml, WHOLE);
        assert_eq!(Exit::of_run(&summary), Exit::Void, "{toml}");
        assert!(summary.ledger.unwrap().stale.is_empty(), "{toml}");
    }
}

#[test]
fn what_nobody_looked_into_is_taken_for_what_the_rest_is() {
    let mut ran = Ran::new(&[signature("other", "allow", 136)]);
    ran.not_examined = 7;
    let known = entry("other", "allow", "");
    assert_eq!(Exit::of_run(&ran.held(&known, WHOLE)), Exit::Agreed);
    assert_eq!(Exit::of_run(&ran.held("", WHOLE)), Exit::Divergence);
    let text = ran.held(&known, WHOLE).to_text();
    assert!(
        text.contains("all that were are known, so these pass as well"),
        "{text}"
    );
    // Among them may be one with the same replies by another rule, but none with other replies.
    let stale = |further: &str, reach| {
        let held = ran.held(&(known.clone() + further), reach);
        held.ledger.unwrap().stale.len()
    };
    let same = entry("other", "allow", "rules = [\"IAM-007\"]");
    let different = entry("other", "explicit_deny", "");
    assert_eq!((stale(&same, WHOLE), stale(&different, WHOLE)), (0, 1));
    let crowded = Reach {
        every_pair: false,
        ..WHOLE
    };
    assert_eq!(stale(&different, crowded), 0);
    ran.clusters.clear();
    let summary = ran.held(&known, WHOLE);
    assert_eq!(
        Exit::of_run(&summary),
        Exit::Divergence,
        "nobody knows what they are"
    );
}

#[test]
fn a_run_that_does_not_ask_the_ledger_fails_for_every_divergence() {
    let summary = Ran::new(&[signature("other", "allow", 136)]).summary();
    assert_eq!(summary.ledger, None);
    assert_eq!(Exit::of_run(&summary), Exit::Divergence);
}

#[test]
fn the_summary_names_known_stale_and_expired() {
    let ran = Ran::new(&[
        signature("other", "allow", 136),
        signature("other", "explicit_deny", 7),
    ]);
    let toml = entry("other", "allow", "expires = 2026-01-31")
        + &entry("other", "failed", "link = \"https://example.com/7\"");
    let summary = ran.held(&toml, WHOLE);
    let text = anstream::adapter::strip_str(&summary.to_text()).to_string();
    let json: serde_json::Value = serde_json::from_str(&summary.to_json()).unwrap();
    let members = serde_json::json!({"clusters": json["clusters"], "ledger": json["ledger"]});
    let members = serde_json::to_string_pretty(&members).unwrap();
    insta::assert_snapshot!(format!("{text}\n{members}"));
}
