//! Laws: both judges keep every one, and each law is broken by some target, found, shrunk, stored and replayed.

mod support;

use support::{ALLOW, DENY, check, veriam_in};
use veriam::case_file::Origin;
use veriam::compare::{Reply, oracle_reply};
use veriam::exit::Exit;
use veriam::laws::{
    LAWS_SCHEMA, LawCase, LawPlan, LawTally, LawsSummary, MINIMUM_FROM, minimum, run,
};
use veriam::target::{Evaluator, Target};
use veriam_generators::generated_case;
use veriam_generators::laws::{Law, drawn, drawn_pair};
use veriam_model::{Case, Decision, Dialect};
use veriam_reports::Kind;

/// A target made of a function.
struct Fake<F> {
    dialect: Dialect,
    reply: F,
}

fn fake<F: Fn(&Case) -> Reply + Sync>(reply: F) -> Fake<F> {
    Fake {
        dialect: Dialect::default(),
        reply,
    }
}

impl<F: Fn(&Case) -> Reply + Sync> Target for Fake<F> {
    fn name(&self) -> &str {
        "fake"
    }

    fn version(&self) -> &str {
        "1"
    }

    fn dialect(&self) -> Option<&Dialect> {
        Some(&self.dialect)
    }

    fn observe(&self, case: &Case) -> Reply {
        (self.reply)(case)
    }
}

fn oracle(case: &Case) -> Reply {
    oracle_reply(case, &Dialect::default())
}

fn plan(cases: u64) -> LawPlan {
    LawPlan {
        cases,
        seed: 11,
        jobs: 2,
    }
}

/// 100,000 cases in a release build, a sample of them otherwise.
const CASES: u64 = if cfg!(debug_assertions) {
    4_000
} else {
    100_000
};

fn keeps_every_law(target: &dyn Target) {
    let tally = run(&plan(CASES), target, &|_| {}).unwrap();
    if let Some(broken) = tally.broken.first() {
        let case = generated_case(plan(0).seed, broken.index);
        let changed = drawn_pair(broken.law, plan(0).seed, broken.index, 0, &case).unwrap();
        panic!("{broken:?}\n{case:#?}\n{changed:#?}");
    }
    for law in Law::ALL {
        let counts = tally.of(law);
        assert!(counts.applied() >= CASES / 100, "{law}: {counts:?}");
        assert_eq!((counts.broken, counts.unscored), (0, 0), "{law}");
    }
}

#[test]
fn the_evaluator_keeps_every_law() {
    keeps_every_law(&Evaluator::default());
}

#[test]
fn the_oracle_keeps_every_law() {
    keeps_every_law(&fake(oracle));
}

#[test]
fn changed_cases_are_valid_and_drawn_again_the_same() {
    for index in 0..2_000 {
        let case = generated_case(5, index);
        let Some((law, changed)) = drawn(5, index, &case) else {
            assert!(matches!(case, Case::Document(_)), "{index}");
            continue;
        };
        assert_eq!(drawn_pair(law, 5, index, 0, &case).as_ref(), Some(&changed));
        let valid = |reply| matches!(reply, Reply::Decided(_) | Reply::Call(_));
        assert_eq!(
            valid(oracle(&case)),
            valid(oracle(&changed)),
            "{law} {index}"
        );
    }
}

#[test]
fn the_command_tries_laws_and_replays_what_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let ended = veriam_in(
        folder.path(),
        &["run", "--laws", "--cases", "400", "--format", "json"],
        b"",
    );
    assert_eq!(ended.code, 0, "{}", ended.err);
    let summary: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(summary["schema"], LAWS_SCHEMA);
    let laws = summary["laws"].as_array().unwrap();
    assert_eq!(laws.len(), Law::ALL.len());
    assert!(
        laws.iter()
            .all(|law| law["applied"].as_u64() > Some(0) && law["broken"] == 0)
    );
    let nothing = veriam_in(folder.path(), &["run", "--laws", "--cases", "0"], b"");
    assert_eq!(nothing.code, 4, "{}", nothing.out);

    // Two cases that no law makes of each other stand for a broken one.
    let allowed = check(&[ALLOW]);
    let denied = check(&[DENY]);
    let of = |changed: &veriam_model::Check| LawCase {
        target: Evaluator::NAME.to_owned(),
        law: Law::Order,
        before: Kind::Decided(Decision::Allow),
        after: Kind::Decided(Decision::ExplicitDeny),
        origin: Origin {
            part: "laws".to_owned(),
            seed: Some(1),
            index: 0,
            id: None,
            generator_version: 1,
            veriam: "0".to_owned(),
        },
        dialect: Dialect::default(),
        original: Case::Check(Box::new(allowed.clone())),
        changed: Case::Check(Box::new(changed.clone())),
    };
    for (changed, code, told) in [(&denied, 1, "still broken"), (&allowed, 0, "holds now")] {
        let path = folder.path().join("case.json");
        let case = of(changed);
        std::fs::write(&path, case.to_json()).unwrap();
        assert_eq!(LawCase::from_json(case.to_json().as_bytes()), Ok(case));
        let ended = veriam_in(folder.path(), &["replay", "case.json"], b"");
        assert_eq!(ended.code, code, "{}", ended.err);
        assert!(ended.out.contains(told), "{}", ended.out);
        let ended = veriam_in(
            folder.path(),
            &["replay", "case.json", "--format", "json"],
            b"",
        );
        assert_eq!(ended.code, code, "{}", ended.err);
    }
    for (old, new) in [
        ("veriam.law/1", "veriam.law/2"),
        ("\"order\"", "\"chance\""),
        ("\"original\"", "\"first\""),
    ] {
        let text = of(&denied).to_json().replace(old, new);
        std::fs::write(folder.path().join("case.json"), text).unwrap();
        let ended = veriam_in(folder.path(), &["replay", "case.json"], b"");
        assert_eq!(ended.code, 2, "{old}: {}", ended.err);
    }
}

#[test]
fn a_law_that_is_tried_too_rarely_makes_a_run_void() {
    let cases = MINIMUM_FROM;
    let summary = |controls, plan: &LawPlan, tally: &LawTally| {
        LawsSummary::new(
            plan,
            &Evaluator::default(),
            controls,
            tally,
            Vec::new(),
            1.0,
        )
    };
    let tally = run(&plan(400), &Evaluator::default(), &|_| {}).unwrap();
    assert!(!summary(true, &plan(400), &tally).void);
    let rare = summary(true, &plan(cases), &tally);
    assert!(
        rare.void_reasons
            .iter()
            .any(|reason| reason.contains("add-allow"))
    );
    assert_eq!(rare.exit(), Exit::Void);
    assert!(summary(false, &plan(400), &tally).void);
    assert_eq!(minimum(cases - 1), 0);
}
