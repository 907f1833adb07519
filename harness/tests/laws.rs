//! Laws: both judges keep every one; the command tries them and replays, explains and accepts what breaks one.

mod support;

use std::path::Path;

use serde_json::Value;
use support::{ALLOW, DENY, Finished, check, fake, veriam_in};
use veriam::case_file::Origin;
use veriam::compare::{Reply, oracle_reply};
use veriam::labels::quotas::Quotas;
use veriam::laws::LawCase;
use veriam::run::{Counted, Part, Plan, Rows, run};
use veriam::target::{Evaluator, Target};
use veriam_generators::generated_case;
use veriam_generators::laws::{Law, drawn, drawn_pair};
use veriam_model::{Case, Check, Decision, Dialect, Outcome, Profile, RuleId};
use veriam_reports::{Kind, SUMMARY_SCHEMA};

const SEED: u64 = 11;

fn oracle(case: &Case) -> Reply {
    oracle_reply(case, &Dialect::default())
}

fn tried(cases: u64, jobs: usize, target: &dyn Target) -> Counted {
    let plan = Plan {
        parts: vec![Part::Laws],
        cases,
        seed: SEED,
        profile: Profile::Default,
        quotas: Quotas::none(),
        jobs,
        without: veriam_model::PolicyTypes::new(),
        stop_at_first: false,
    };
    run(&plan, &Rows::embedded().unwrap(), target, &|_| {}).unwrap()
}

/// 100,000 cases in a release build, a sample of them otherwise.
const CASES: u64 = if cfg!(debug_assertions) {
    1_000
} else {
    100_000
};

fn keeps_every_law(target: &dyn Target) {
    let counted = tried(CASES, 2, target);
    let tally = counted.part(Part::Laws).unwrap();
    if let Some(broken) = tally.found.first() {
        let case = generated_case(SEED, broken.index);
        let law = broken.law.as_deref().unwrap().parse().unwrap();
        let changed = drawn_pair(law, SEED, broken.index, 0, &case).unwrap();
        panic!("{broken:?}\n{case:#?}\n{changed:#?}");
    }
    assert_eq!(tally.laws.cases, CASES);
    assert_eq!(tally.laws.laws.len(), Law::ALL.len());
    for count in &tally.laws.laws {
        assert!(count.applied() >= CASES / 100, "{count:?}");
        assert!(count.capable >= CASES / 200, "{count:?}");
        assert!(count.capable <= count.applied(), "{count:?}");
        assert_eq!((count.broken, count.held()), (0, count.applied()));
        // The target answers all there is, so only cases can stand against a law.
        let by_target = |reason: &String| reason.contains("target") || reason.contains("valid");
        assert!(!count.not_applied.keys().any(by_target), "{count:?}");
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
fn the_number_of_jobs_changes_no_count() {
    let target = Evaluator::default();
    let counts = |jobs| tried(200, jobs, &target).part(Part::Laws);
    assert_eq!(counts(1), counts(2));
}

#[test]
fn changed_cases_are_valid_and_drawn_again_the_same() {
    for index in 0..300 {
        let case = generated_case(5, index);
        let Some((law, changed)) = drawn(5, index, &case).applied else {
            assert!(matches!(case, Case::Document(_) | Case::Put(_)), "{index}");
            continue;
        };
        assert_eq!(drawn_pair(law, 5, index, 0, &case).as_ref(), Ok(&changed));
        let valid = |reply| matches!(reply, Reply::Decided(_) | Reply::Call(_));
        assert_eq!(
            valid(oracle(&case)),
            valid(oracle(&changed)),
            "{law} {index}"
        );
    }
}

/// A target that answers half of what it is asked.
#[test]
fn what_a_target_does_not_answer_is_counted_by_law_and_reason() {
    let target = fake(|case: &Case| match case {
        Case::Check(check) if !check.scps.is_empty() => Reply::Unsupported("SCPs".to_owned()),
        Case::Check(check) if !check.rcps.is_empty() => Reply::Malformed,
        case => oracle(case),
    });
    let tally = tried(400, 1, &target).part(Part::Laws).unwrap();
    let with = |reason: &str| {
        let counts = tally.laws.laws.iter();
        let counts = counts.filter_map(|count| count.not_applied.get(reason));
        counts.sum::<u64>()
    };
    assert!(with("the target cannot be asked") > 0);
    assert!(with("the target gives no outcome before the change") > 0);
    let applied: u64 = tally.laws.laws.iter().map(|count| count.applied()).sum();
    assert_eq!(applied, tally.compared());
    assert_eq!(tally.divergences, 0);
}

fn json(finished: &Finished) -> Value {
    serde_json::from_str(&finished.out).unwrap_or_else(|e| panic!("{e}: {}", finished.err))
}

#[test]
fn the_command_tells_records_from_which_its_summary_is_folded() {
    let folder = tempfile::tempdir().unwrap();
    let run = |more: &[&str]| {
        let args = ["run", "--laws", "--cases", "300", "--format", "json"];
        veriam_in(folder.path(), &[&args, more].concat(), b"")
    };
    let ended = run(&["--records", "records.jsonl", "--journal", "journal.jsonl"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let summary = json(&ended);
    assert_eq!(summary["schema"], SUMMARY_SCHEMA);
    assert_eq!(summary["laws"]["cases"], 300);
    let laws = summary["laws"]["laws"].as_array().unwrap();
    assert_eq!(laws.len(), Law::ALL.len());
    let all = |held: fn(&Value) -> bool| laws.iter().all(held);
    assert!(all(
        |law| law["applied"].as_u64() > Some(0) && law["held"] == law["applied"]
    ));

    // Its journal and its records tell the same, so they can be merged and taken up.
    for file in ["records.jsonl", "journal.jsonl"] {
        let merged = veriam_in(folder.path(), &["merge", file, "--format", "json"], b"");
        assert_eq!(merged.code, 0, "{}", merged.err);
        assert_eq!(json(&merged)["laws"], summary["laws"], "{file}");
    }
    let again = run(&["--journal", "journal.jsonl", "--resume"]);
    assert_eq!(json(&again)["laws"], summary["laws"]);

    let nothing = veriam_in(folder.path(), &["run", "--laws", "--cases", "0"], b"");
    assert_eq!(nothing.code, 4, "{}", nothing.out);
    let both = veriam_in(folder.path(), &["run", "--laws", "--only", "vectors"], b"");
    assert_eq!(both.code, 2, "{}", both.err);
    let planned = ["plan", "--laws", "--cases", "9000", "--format", "json"];
    let planned = json(&veriam_in(folder.path(), &planned, b""));
    assert_eq!(planned["parts"][1]["part"], "laws");
    assert_eq!(planned["parts"][1]["cases"], 9_000);
}

#[test]
fn the_oracle_is_held_against_itself_but_never_against_itself_as_a_target() {
    let folder = tempfile::tempdir().unwrap();
    let laws = ["run", "--laws", "--target", "oracle", "--cases", "60"];
    let laws = veriam_in(
        folder.path(),
        &[&laws[..], &["--format", "json"]].concat(),
        b"",
    );
    assert_eq!(laws.code, 0, "{}", laws.err);
    assert_eq!(json(&laws)["target"], "oracle");
    assert_eq!(json(&laws)["laws"]["cases"], 60);
    let against = ["run", "--target", "oracle", "--cases", "60"];
    let against = veriam_in(folder.path(), &against, b"");
    assert_eq!((against.code, against.out.as_str()), (2, ""));
    assert!(against.err.contains("add --laws"), "{}", against.err);
}

/// A target that names one of the policy types that deny, now this one and now that.
#[test]
fn what_a_target_need_not_say_breaks_no_law() {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let is_control = |case: &Case| match case {
        Case::Call(case) => {
            let request = case.call.request.runtime();
            request.is_some_and(|request| request.runtime.starts_with("control-"))
        }
        _ => false,
    };
    let reply = |case: &Case, reported: bool| match oracle(case) {
        Reply::Call(Outcome::Denied(mut denial)) if !is_control(case) => {
            let nth = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let types: Vec<_> = denial.by.iter().collect();
            denial.by = types.get(nth % 2).copied().into_iter().collect();
            let outcome = Outcome::Denied(denial);
            match reported {
                true => Reply::Reported(outcome),
                false => Reply::Call(outcome),
            }
        }
        other => other,
    };
    let broken = |reported: bool| {
        let target = fake(|case: &Case| reply(case, reported));
        let tally = tried(160, 1, &target).part(Part::Laws).unwrap();
        tally.divergences
    };
    assert_eq!(broken(true), 0);
    assert!(broken(false) > 0);
}

/// Two cases that no law makes of each other stand for a broken one.
fn broken(changed: &Check) -> LawCase {
    LawCase {
        target: Evaluator::NAME.to_owned(),
        law: Law::Order,
        before: Kind::Decided(Decision::Allow),
        after: Kind::Decided(Decision::ExplicitDeny),
        rules: vec![RuleId::iam(136)],
        origin: Origin {
            part: "laws".to_owned(),
            seed: Some(1),
            profile: Some(Profile::Default),
            index: 41,
            id: None,
            generator_version: 1,
            veriam: "0".to_owned(),
            without: Vec::new(),
        },
        dialect: Dialect::default(),
        original: Case::Check(Box::new(check(&[ALLOW]))),
        changed: Case::Check(Box::new(changed.clone())),
    }
}

fn ask(folder: &Path, case: &str, args: &[&str]) -> Finished {
    std::fs::write(folder.join("case.json"), case).unwrap();
    veriam_in(folder, args, b"")
}

#[test]
fn a_stored_law_is_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let (allowed, denied) = (check(&[ALLOW]), check(&[ALLOW, DENY]));
    for (changed, code, told) in [(&denied, 1, "still broken"), (&allowed, 0, "holds now")] {
        let case = broken(changed);
        let text = case.to_json();
        assert_eq!(LawCase::from_json(text.as_bytes()), Ok(case));
        let ended = ask(folder.path(), &text, &["replay", "case.json"]);
        assert_eq!(ended.code, code, "{}", ended.err);
        assert!(ended.out.contains(told), "{}", ended.out);
        let as_json = ["replay", "case.json", "--format", "json"];
        let ended = ask(folder.path(), &text, &as_json);
        assert_eq!(ended.code, code, "{}", ended.err);
        assert_eq!(json(&ended)["laws"][0]["diverges"], code == 1);
    }
}

#[test]
fn a_stored_law_is_explained_on_both_sides() {
    let folder = tempfile::tempdir().unwrap();
    let text = broken(&check(&[ALLOW, DENY])).to_json();
    let ended = ask(folder.path(), &text, &["explain", "case.json"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    insta::assert_snapshot!(ended.out);
    let ended = ask(
        folder.path(),
        &text,
        &["explain", "case.json", "--format", "json"],
    );
    let told = json(&ended);
    assert_eq!(told["schema"], "veriam.law-explanation/1");
    assert_eq!(told["oracle_before"], "allow");
    assert_eq!(told["oracle_after"], "explicit_deny");
    assert_eq!(told["difference"][0]["at"], "identity_policies[1]");
    assert_ne!(told["original"], told["changed"]);
}

#[test]
fn a_stored_law_is_accepted_by_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let text = broken(&check(&[ALLOW, DENY])).to_json();
    let add = ["ledger", "add", "case.json", "--reason", "known for long"];
    let ended = ask(folder.path(), &text, &add);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let accepted = "evaluator: law order: allow before, explicit_deny after by IAM-136";
    assert!(ended.out.contains(accepted), "{}", ended.out);
    let ledger = std::fs::read_to_string(folder.path().join("veriam.toml")).unwrap();
    let fields = "law = \"order\"\nexpected = \"allow\"\nobserved = \"explicit_deny\"\nrules = [\"IAM-136\"]\n";
    assert!(ledger.contains(fields), "{ledger}");
    assert!(ledger.contains("cases = 42"), "{ledger}");
    assert_eq!(veriam_in(folder.path(), &["ledger", "check"], b"").code, 0);

    // A run against the oracle cannot show it, a run of laws can.
    let against = ["run", "--only", "vectors", "--format", "json"];
    let against = veriam_in(folder.path(), &against, b"");
    assert_eq!(against.code, 0, "{}", against.err);
    assert_eq!(json(&against)["ledger"]["not_judged"], 1);
    let laws = ["run", "--laws", "--cases", "100", "--format", "json"];
    let laws = veriam_in(folder.path(), &laws, b"");
    assert_eq!(laws.code, 3, "{}", laws.err);
    assert_eq!(json(&laws)["ledger"]["stale"][0]["law"], "order");

    let misspelt = ledger.replace("law = \"order\"", "law = \"odrer\"");
    std::fs::write(folder.path().join("veriam.toml"), misspelt).unwrap();
    let refused = veriam_in(folder.path(), &["ledger", "check"], b"");
    assert_eq!(refused.code, 2);
    assert!(
        refused
            .err
            .contains("veriam.toml:3:7: `law`: not a law; use one of add-deny"),
        "{}",
        refused.err
    );
}

#[test]
fn anything_but_a_whole_law_of_this_version_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let good = broken(&check(&[DENY])).to_json();
    let swap = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let changed = good.rfind("\"check\": {").unwrap();
    let without_question = format!("{}}}\n}}\n", &good[..changed]);
    let texts = [
        ("another version", swap("veriam.law/1", "veriam.law/2")),
        ("an unknown member", swap("\"origin\"", "\"source\"")),
        (
            "a member twice",
            swap("\"dialect\": []", "\"dialect\": [],\n  \"dialect\": []"),
        ),
        ("an unknown law", swap("\"order\"", "\"chance\"")),
        ("no law", swap("    \"law\": \"order\",\n", "")),
        ("a side is missing", swap("\"original\"", "\"first\"")),
        (
            "an unknown member of a side",
            swap("\"original\": {", "\"original\": {\n    \"note\": 1,"),
        ),
        (
            "an unknown member of a check",
            swap("\"action\"", "\"acton\""),
        ),
        ("no question in a side", without_question),
        ("an unknown reply", swap("\"explicit_deny\"", "\"denied\"")),
        (
            "an unknown reading",
            swap("\"dialect\": []", "\"dialect\": [\"IAM-001=x\"]"),
        ),
        ("trailing data", format!("{good}{{}}")),
        ("half of it", good[..good.len() / 2].to_owned()),
    ];
    let mut told = String::new();
    for (name, text) in texts {
        let refused = LawCase::from_json(text.as_bytes());
        let error = refused.expect_err(name).to_string();
        told.push_str(&format!("{name}\n  {error}\n"));
        if name != "trailing data" && name != "half of it" {
            let ended = ask(folder.path(), &text, &["replay", "case.json"]);
            assert_eq!(ended.code, 2, "{name}: {}", ended.err);
            let place = format!("case.json:{error}");
            assert!(ended.err.contains(&place), "{name}: {}", ended.err);
        }
    }
    insta::assert_snapshot!(told);
}
