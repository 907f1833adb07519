//! Profiles: both judges agree on cases of every size, no outcome is rare in any of them, and what diverges among large
//! cases becomes as small as elsewhere.

mod support;

use support::{veriam, veriam_in};
use veriam::compare::{Reply, agree, oracle_reply};
use veriam::labels::quotas::Quotas;
use veriam::run::{Part, Plan, Rows, SHRINK_BUDGET, run, shrunk};
use veriam::target::{Evaluator, Target};
use veriam_generators::Campaign;
use veriam_model::{Case, Decision, Dialect, Profile};
use veriam_reports::LEAST_OUTCOME_PERCENT;

/// Cases of each profile that are judged here; the rest belongs to a release build.
const SAMPLES: [(Profile, u64); 3] = [
    (Profile::Tiny, 1_500),
    (Profile::Default, 1_500),
    (Profile::Large, 120),
];

fn plan(profile: Profile, cases: u64) -> Plan {
    Plan {
        parts: vec![Part::Generated],
        cases,
        seed: 5,
        profile,
        quotas: Quotas::embedded().unwrap(),
        jobs: 2,
        without: veriam_model::PolicyTypes::new(),
        stop_at_first: false,
    }
}

#[test]
fn both_judges_agree_on_every_profile_and_no_outcome_is_rare() {
    for (profile, cases) in SAMPLES {
        let plan = plan(profile, cases);
        let rows = Rows::embedded().unwrap();
        let counted = run(&plan, &rows, &Evaluator::default(), &|_| {}).unwrap();
        let tally = counted.part(Part::Generated).unwrap();
        assert_eq!(tally.compared(), cases, "{profile}");
        assert_eq!(tally.divergences, 0, "{profile}: {:?}", tally.found.first());
        assert!(tally.faults.is_empty(), "{profile}: {:?}", tally.faults);
        assert!(
            tally.undetermined * 100 <= cases * 5,
            "{profile}: {}",
            tally.undetermined
        );
        let decided = tally.outcomes.decided();
        for decision in Decision::ALL {
            let count = tally.outcomes.of(decision);
            assert!(
                count * 100 >= decided * LEAST_OUTCOME_PERCENT,
                "{profile}: {count} of {decided} {decision}"
            );
        }
    }
}

/// As the evaluator, but what a boundary does not allow is allowed all the same.
struct ForgetsBoundaries(Evaluator);

impl Target for ForgetsBoundaries {
    fn name(&self) -> &str {
        "forgets boundaries"
    }

    fn version(&self) -> &str {
        "1"
    }

    fn dialect(&self) -> Option<&Dialect> {
        self.0.dialect()
    }

    fn observe(&self, case: &Case) -> Reply {
        let mut case = case.clone();
        match &mut case {
            Case::Check(check) => check.boundary = None,
            Case::Call(case) => {
                let world = &mut case.world;
                for identity in world.users.iter_mut().chain(&mut world.roles) {
                    identity.boundary = None;
                }
            }
            Case::Document(_) | Case::Put(_) => {}
        }
        self.0.observe(&case)
    }
}

fn statements(case: &Case) -> usize {
    let texts: Vec<&str> = match case {
        Case::Document(document) => vec![document.text.as_str()],
        Case::Put(put) => vec![put.policy.as_str()],
        Case::Check(check) => check.policies().map(|(_, p)| p.as_str()).collect(),
        Case::Call(case) => {
            let world = case.world.policies().into_iter();
            world.map(|(_, p)| p.as_str()).collect()
        }
    };
    texts
        .iter()
        .map(|text| text.matches("\"Effect\"").count())
        .sum()
}

/// The boundary and what it does not allow: two policies of one statement each, hundreds of statements away.
#[test]
fn a_mistake_among_large_cases_becomes_a_small_case_within_the_budget() {
    let target = ForgetsBoundaries(Evaluator::default());
    let campaign = Campaign::of(5, Profile::Large);
    let differing = (0..400).filter_map(|index| {
        let check = campaign.check(index);
        check.boundary.as_ref()?;
        let case = Case::Check(Box::new(check));
        let expected = oracle_reply(&case, &Dialect::default());
        let observed = target.observe(&case);
        let differs = !agree(&expected, &observed);
        differs.then(|| (case, (expected.kind(), observed.kind())))
    });
    let mut found = 0;
    for (case, pair) in differing.take(2) {
        assert!(statements(&case) >= 100, "{}", statements(&case));
        let (small, exhausted) = shrunk(&case, pair, &target, SHRINK_BUDGET);
        assert!(!exhausted, "{small:?}");
        assert!(statements(&small) <= 3, "{small:?}");
        let expected = oracle_reply(&small, &Dialect::default());
        assert_eq!((expected.kind(), target.observe(&small).kind()), pair);
        found += 1;
    }
    assert_eq!(found, 2);
}

#[test]
fn journals_of_different_profiles_are_not_put_together() {
    let folder = tempfile::tempdir().unwrap();
    for (profile, journal) in [("tiny", "a.jsonl"), ("default", "b.jsonl")] {
        let args = [
            "run",
            "--only",
            "generated",
            "--cases",
            "40",
            "--profile",
            profile,
            "--journal",
            journal,
        ];
        let finished = veriam_in(folder.path(), &args, b"");
        assert_eq!(finished.code, 0, "{}{}", finished.out, finished.err);
        assert_eq!(
            finished.out.contains(", tiny "),
            profile == "tiny",
            "{}",
            finished.out
        );
    }
    let mixed = veriam_in(folder.path(), &["merge", "a.jsonl", "b.jsonl"], b"");
    assert_eq!(mixed.code, 2);
    assert!(
        mixed.err.contains("`profile` is \"tiny\" in one"),
        "{}",
        mixed.err
    );
    let resumed = [
        "run",
        "--only",
        "generated",
        "--cases",
        "40",
        "--resume",
        "--journal",
        "a.jsonl",
    ];
    let resumed = veriam_in(folder.path(), &resumed, b"");
    assert_eq!(resumed.code, 2);
    assert!(
        resumed.err.contains("its `profile` is \"tiny\""),
        "{}",
        resumed.err
    );
    let again = veriam_in(
        folder.path(),
        &["merge", "a.jsonl", "--format", "json"],
        b"",
    );
    assert!(again.out.contains("\"profile\": \"tiny\""), "{}", again.out);
}

#[test]
fn there_are_three_profiles() {
    assert_eq!(veriam(&["run", "--profile", "huge"]).code, 2);
    let help = veriam(&["run", "--help"]).out;
    for profile in Profile::ALL {
        assert!(help.contains(&format!("- {profile}")), "{help}");
    }
}
