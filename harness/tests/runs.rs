//! Runs: what is counted, what makes one void, what is stored.

mod support;

use std::collections::HashSet;

use support::{ALLOW, DENY, check, fake, veriam_in};
use veriam::case_file::{Origin, Signature, StoredCase};
use veriam::compare::{Reply, agree, oracle_reply};
use veriam::exit::Exit;
use veriam::labels::quotas::Quotas;
use veriam::run::{CONTROLS, Counted, Part, Plan, Rows, UNIT_CASES, digest, run, start};
use veriam::store::store;
use veriam::target::{Evaluator, Target};
use veriam_generators::exhaustive;
use veriam_model::{Case, Check, Decision, Dialect, PolicyText, Profile, RuleId};
use veriam_reports::{
    Kind, Merge, Outcomes, QUOTAS_FROM, Shard, Tally, UNDETERMINED_FROM, UnitRecord, Void,
    planned_units,
};

fn plan(parts: &[Part], cases: u64, jobs: usize) -> Plan {
    Plan {
        parts: parts.to_vec(),
        cases,
        seed: 1,
        profile: Profile::Default,
        quotas: Quotas::embedded().unwrap(),
        jobs,
        without: veriam_model::PolicyTypes::new(),
        stop_at_first: false,
    }
}

fn is_control(case: &Case) -> bool {
    match case {
        Case::Check(check) => {
            let id = check.id.as_deref();
            id.is_some_and(|id| id.starts_with("control-"))
        }
        Case::Call(case) => {
            let request = case.call.request.runtime();
            request.is_some_and(|request| request.runtime.starts_with("control-"))
        }
        Case::Document(_) | Case::Put(_) => false,
    }
}

/// As the oracle, but every check that has a boundary is allowed.
fn forgets_boundaries(case: &Case) -> Reply {
    match (case, oracle_reply(case, &Dialect::default())) {
        (Case::Check(check), Reply::Decided(_)) if check.boundary.is_some() => {
            Reply::Decided(Decision::Allow)
        }
        (_, right) => right,
    }
}

fn counted_by(plan: &Plan, target: &dyn Target) -> Counted {
    run(plan, &Rows::embedded().unwrap(), target, &|_| {}).unwrap()
}

/// Why a run that counted this proves nothing.
fn void_reasons(counted: &Counted) -> Vec<Void> {
    counted.summary().void_values
}

fn exit(counted: &Counted) -> Exit {
    Exit::of_run(&counted.summary())
}

#[test]
fn the_evaluator_agrees_on_everything_documented() {
    let plan = plan(&[Part::Sources, Part::Vectors], 0, 2);
    let record = counted_by(&plan, &Evaluator::default());
    for (part, tally) in record.merge.parts() {
        assert_eq!(
            tally.divergences,
            0,
            "{}: {:?}",
            part.name(),
            tally.found.first()
        );
        assert!(tally.faults.is_empty(), "{}", part.name());
    }
    let compared = |part| record.part(part).unwrap().compared();
    assert_eq!(compared(Part::Controls), CONTROLS);
    assert!(compared(Part::Sources) >= 54);
    assert!(compared(Part::Vectors) >= 414);
    assert_eq!(exit(&record), Exit::Agreed);
}

/// The main job compares each space in full; here every 41st case stands for it: 41 divides no product of numbers of
/// states, so every state of every factor is met.
fn agree_on_a_sample(cases: impl Iterator<Item = Case>) {
    let mut kinds = HashSet::new();
    for case in cases.step_by(41) {
        let expected = oracle_reply(&case, &Dialect::default());
        let observed = Evaluator::default().observe(&case);
        assert!(
            agree(&expected, &observed),
            "{expected} and {observed}: {case:?}"
        );
        kinds.insert(expected.kind());
    }
    // Judges that agree on one answer to everything prove nothing.
    assert!(kinds.len() >= 3, "{kinds:?}");
}

fn boxed(check: Check) -> Case {
    Case::Check(Box::new(check))
}

#[test]
fn the_judges_agree_on_a_sample_of_the_combiner() {
    agree_on_a_sample(exhaustive::combiner().map(boxed));
}

#[test]
fn the_judges_agree_on_a_sample_of_the_operators() {
    agree_on_a_sample(exhaustive::operators().map(boxed));
}

#[test]
fn the_judges_agree_on_a_sample_of_the_principals() {
    agree_on_a_sample(exhaustive::principals().map(boxed));
}

#[test]
fn the_judges_agree_on_a_sample_of_the_two_resource_matrices() {
    let calls = exhaustive::two_resource().map(|call| Case::Call(Box::new(call)));
    agree_on_a_sample(calls);
}

#[test]
fn an_exhaustive_part_is_its_space_from_first_to_last() {
    let rows = Rows::embedded().unwrap();
    let sizes = [
        (Part::Combiner, exhaustive::COMBINER_SIZE),
        (Part::Operators, exhaustive::OPERATORS_SIZE),
        (Part::Principals, exhaustive::PRINCIPALS_SIZE),
        (Part::TwoResource, exhaustive::TWO_RESOURCE_SIZE),
    ];
    for (part, size) in sizes {
        let plan = plan(&[part], 0, 1);
        let size = size as u64;
        assert_eq!(plan.size(part, &rows), Some(size), "{}", part.name());
        assert!(rows.question(&plan, part, size - 1).is_some());
        assert_eq!(rows.question(&plan, part, size), None);
    }
}

#[test]
fn the_number_of_jobs_changes_no_count() {
    // Two full units and a part of one.
    let cases = 2 * veriam::run::UNIT_CASES + 100;
    let one = counted_by(&plan(&[Part::Generated], cases, 1), &Evaluator::default());
    let two = counted_by(&plan(&[Part::Generated], cases, 2), &Evaluator::default());
    assert_eq!(one.merge.parts(), two.merge.parts());
    assert_eq!(one.part(Part::Generated).unwrap().compared(), cases);
}

#[test]
fn the_number_of_jobs_changes_no_divergence_either() {
    let cases = veriam::run::UNIT_CASES + 50;
    let target = fake(forgets_boundaries);
    let one = counted_by(&plan(&[Part::Generated], cases, 1), &target);
    let three = counted_by(&plan(&[Part::Generated], cases, 3), &target);
    assert_eq!(one.merge.parts(), three.merge.parts());
    assert!(one.part(Part::Generated).unwrap().divergences > 0);
}

#[test]
fn progress_reaches_the_size_of_the_plan() {
    use std::sync::atomic::{AtomicU64, Ordering};
    let rows = Rows::embedded().unwrap();
    let plan = plan(&[Part::Vectors, Part::Generated], 300, 2);
    let done = AtomicU64::new(0);
    let add = |cases| {
        done.fetch_add(cases, Ordering::Relaxed);
    };
    run(&plan, &rows, &Evaluator::default(), &add).unwrap();
    let size: u64 = Part::ALL.iter().filter_map(|p| plan.size(*p, &rows)).sum();
    assert_eq!(done.load(Ordering::Relaxed), size);
}

#[test]
fn a_target_that_misses_a_control_makes_the_run_void_and_ends_it() {
    let plan = plan(&[Part::Vectors], 0, 1);
    for reply in [
        Reply::Decided(Decision::Allow),
        Reply::Decided(Decision::ImplicitDeny),
        Reply::Decided(Decision::ExplicitDeny),
        Reply::Malformed,
        Reply::Unsupported("everything".to_owned()),
        Reply::Failed("always".to_owned()),
    ] {
        let record = counted_by(&plan, &fake(|_: &Case| reply.clone()));
        assert_eq!(void_reasons(&record), [Void::Control], "{reply}");
        assert!(record.part(Part::Vectors).is_none(), "{reply}");
        assert_eq!(exit(&record), Exit::Void);
    }
}

#[test]
fn a_part_of_which_nothing_was_compared_makes_the_run_void() {
    let target = fake(|case: &Case| {
        if is_control(case) {
            oracle_reply(case, &Dialect::default())
        } else {
            Reply::Unsupported("only controls".to_owned())
        }
    });
    let plan = plan(&[Part::Vectors], 0, 1);
    let record = counted_by(&plan, &target);
    assert_eq!(
        void_reasons(&record),
        [Void::NothingCompared(Part::Vectors)]
    );
    let summary = record.summary();
    assert!(summary.void && summary.unsupported >= 414);
    assert_eq!(summary.compared, CONTROLS);
}

/// A run of generated checks with given counts.
fn counted(plan: &Plan, outcomes: Outcomes, undetermined: u64) -> Counted {
    let planned = plan.planned(&Rows::embedded().unwrap());
    let units = planned_units(&planned, UNIT_CASES);
    let units = units.map(|unit| UnitRecord {
        part: unit.part,
        unit: unit.unit,
        first: unit.first,
        cases: unit.cases,
        tally: match (unit.part, unit.unit) {
            (Part::Controls, _) => Tally {
                checks: CONTROLS,
                ..Tally::default()
            },
            // The counts make no difference between the units.
            (_, 0) => Tally {
                checks: outcomes.decided(),
                outcomes,
                undetermined,
                ..Tally::default()
            },
            _ => Tally::default(),
        },
    });
    of_units(plan, &units.collect::<Vec<_>>())
}

/// A run that came to these units.
fn of_units(plan: &Plan, units: &[UnitRecord]) -> Counted {
    let planned = plan.planned(&Rows::embedded().unwrap());
    let start = start(plan, planned, Shard::WHOLE, &Evaluator::default());
    let mut merge = Merge::begin(start).unwrap();
    for unit in units {
        merge.unit(unit).unwrap();
    }
    Counted {
        merge,
        stopped: None,
    }
}

#[test]
fn lopsided_outcomes_make_a_run_void_from_20_000_cases_on() {
    let outcomes = |total: u64, allow: u64| Outcomes {
        allow,
        explicit_deny: total / 4,
        implicit_deny: total - total / 4 - allow,
        ..Outcomes::default()
    };
    let reasons = |total, allow| {
        let plan = plan(&[Part::Generated], total, 1);
        let mut reasons = void_reasons(&counted(&plan, outcomes(total, allow), 0));
        // The made-up record has no labels.
        reasons.retain(|reason| !matches!(reason, Void::Labels(_)));
        reasons
    };
    assert_eq!(QUOTAS_FROM, 20_000);
    assert_eq!(reasons(20_000, 3_000), []);
    assert_eq!(
        reasons(20_000, 2_999),
        [Void::Outcome(Decision::Allow, 2_999, 20_000)]
    );
    assert_eq!(reasons(19_999, 0), []);
}

#[test]
fn labels_that_decide_too_rarely_make_a_run_void_from_20_000_cases_on() {
    let thirds = |n: u64| Outcomes {
        allow: n / 3,
        explicit_deny: n / 3,
        implicit_deny: n - n / 3 * 2,
        ..Outcomes::default()
    };
    let reasons = |n| {
        let plan = plan(&[Part::Generated], n, 1);
        void_reasons(&counted(&plan, thirds(n), 0))
    };
    assert!(matches!(reasons(20_000)[..], [Void::Labels(n)] if n > 50));
    assert_eq!(reasons(19_999), []);
    let mut plan = plan(&[Part::Generated], 20_000, 1);
    let short = |plan: &Plan| {
        let record = counted(plan, thirds(20_000), 0);
        record.summary().below_minimum
    };
    let operator = |s: &&veriam_reports::Shortage| s.label == "NumericEquals";
    assert_eq!(short(&plan).iter().find(operator).unwrap().minimum, 100);
    let table = "schema = \"veriam.quotas/1\"\n[[quota]]\nfamily = \"path\"\nlabels = \"internet\"\nminimum = 7\n";
    plan.quotas = Quotas::parse(table).unwrap();
    let short: Vec<_> = short(&plan)
        .into_iter()
        .map(|s| (s.label, s.minimum))
        .collect();
    assert_eq!(short, [("internet".to_owned(), 7)]);
    plan.quotas = Quotas::none();
    assert_eq!(void_reasons(&counted(&plan, thirds(20_000), 0)), []);
}

/// Every call comes over some path, but not all of 20,000 cases are calls over the internet.
#[test]
fn a_minimum_that_cannot_be_reached_makes_a_run_void_with_exit_code_4() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let row = |labels: &str, minimum| {
        format!(
            "schema = \"veriam.quotas/1\"\n[[quota]]\nfamily = \"path\"\nlabels = \"{labels}\"\nminimum = {minimum}\n"
        )
    };
    write("high.toml", &row("internet", 20_000));
    write("typo.toml", &row("internets", 1));
    let quotas = |file: &'static str, cases: &'static str| {
        let args = [
            "run",
            "--only",
            "generated",
            "--cases",
            cases,
            "--profile",
            "tiny",
            "--quotas",
            file,
        ];
        veriam_in(folder.path(), &args, b"")
    };
    let void = quotas("high.toml", "20000");
    assert_eq!(void.code, 4, "{}", void.out);
    assert!(
        void.out.contains("1 labels were decisive too rarely"),
        "{}",
        void.out
    );
    assert_eq!(
        quotas("high.toml", "40").code,
        0,
        "below 20,000 cases there are no minimums"
    );
    let typo = quotas("typo.toml", "40");
    assert_eq!(typo.code, 2);
    let told = "typo.toml:4: no label of the family `path` is called `internets`";
    assert!(typo.err.contains(told), "{}", typo.err);
    assert_eq!(quotas("missing.toml", "40").code, 2);
    let table = veriam_in(folder.path(), &["plan", "--quotas"], b"");
    assert_eq!(
        (table.code, table.out.as_str()),
        (0, veriam::labels::quotas::EMBEDDED)
    );
}

#[test]
fn a_run_whose_controls_are_missing_or_wrong_is_void_with_exit_code_4() {
    let folder = tempfile::tempdir().unwrap();
    let run = ["run", "--only", "vectors", "--journal", "whole.jsonl"];
    assert_eq!(veriam_in(folder.path(), &run, b"").code, 0);
    let merged = |name: &str, lines: Vec<String>| {
        std::fs::write(folder.path().join(name), lines.join("\n") + "\n").unwrap();
        let finished = veriam_in(folder.path(), &["merge", name, "--no-ledger"], b"");
        (finished.code, finished.out)
    };
    let whole = std::fs::read_to_string(folder.path().join("whole.jsonl")).unwrap();
    let lines: Vec<String> = whole.lines().map(str::to_owned).collect();
    let is_control = |line: &String| line.contains(r#""part":"controls","unit""#);
    assert_eq!(
        lines.iter().filter(|line| is_control(line)).count(),
        1,
        "{whole}"
    );
    assert_eq!(merged("again.jsonl", lines.clone()).0, 0);
    let without = lines.iter().filter(|line| !is_control(line)).cloned();
    let (code, out) = merged("without.jsonl", without.collect());
    assert_eq!(code, 4, "{out}");
    assert!(out.contains("a control came out wrong"), "{out}");
    let wrong = lines.iter().map(|line| match is_control(line) {
        true => line.replace(r#""divergences":0"#, r#""divergences":1"#),
        false => line.clone(),
    });
    assert_eq!(merged("wrong.jsonl", wrong.collect()).0, 4);
}

#[test]
fn too_many_undetermined_cases_make_a_run_void() {
    let half = |n: u64| Outcomes {
        allow: n / 2,
        explicit_deny: n - n / 2,
        ..Outcomes::default()
    };
    let reasons = |n, open| {
        let plan = plan(&[Part::Generated], n, 1);
        void_reasons(&counted(&plan, half(n), open))
    };
    assert_eq!(reasons(UNDETERMINED_FROM, 50), []);
    assert_eq!(
        reasons(UNDETERMINED_FROM, 51),
        [Void::Undetermined(51, UNDETERMINED_FROM)]
    );
    assert_eq!(reasons(UNDETERMINED_FROM - 1, 500), []);
}

#[test]
fn an_internal_fault_outranks_void_and_void_a_divergence() {
    let plan = plan(&[Part::Generated], 5, 1);
    let unit = |part, cases| UnitRecord {
        part,
        unit: 0,
        first: 0,
        cases,
        tally: Tally {
            checks: cases,
            ..Tally::default()
        },
    };
    let mut units = [unit(Part::Controls, CONTROLS), unit(Part::Generated, 5)];
    assert_eq!(exit(&of_units(&plan, &units)), Exit::Agreed);
    units[1].tally.divergences = 1;
    assert_eq!(exit(&of_units(&plan, &units)), Exit::Divergence);
    units[1].tally.checks = 0;
    assert_eq!(exit(&of_units(&plan, &units)), Exit::Void);
    units[1].tally.faults.push("0: broke".to_owned());
    assert_eq!(exit(&of_units(&plan, &units)), Exit::Internal);
}

#[test]
fn a_divergence_is_shrunk_clustered_and_stored() {
    let rows = Rows::embedded().unwrap();
    let plan = plan(&[Part::Generated], 600, 2);
    let target = fake(forgets_boundaries);
    let record = run(&plan, &rows, &target, &|_| {}).unwrap();
    let divergences = record.part(Part::Generated).unwrap().divergences;
    assert!(divergences > 0);
    let digest = digest(&record.merge, &plan, &rows, &target);
    let examined: u64 = digest.clusters.iter().map(|c| c.examined).sum();
    assert_eq!(examined + digest.not_examined, divergences);
    let folder = tempfile::tempdir().unwrap();
    for cluster in &digest.clusters {
        let case = &cluster.case;
        assert_eq!(case.signature.target, "fake");
        assert_eq!(case.origin.profile, Some(Profile::Default));
        assert_eq!(case.signature.observed, Kind::Decided(Decision::Allow));
        assert_ne!(case.signature.expected, case.signature.observed);
        let Case::Check(check) = &case.case else {
            panic!("only checks diverge: {}", case.to_json());
        };
        assert!(check.boundary.is_some(), "without it nothing diverges");
        let path = store(folder.path(), case, &target).unwrap().path;
        assert_eq!(
            store(folder.path(), case, &target).unwrap().path,
            path,
            "the same file again"
        );
        let read = StoredCase::from_json(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(read, *case);
    }
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(
        names.len(),
        digest.clusters.len(),
        "nothing half-written is left: {names:?}"
    );
    let signatures: std::collections::BTreeSet<_> =
        digest.clusters.iter().map(|c| &c.case.signature).collect();
    assert_eq!(signatures.len(), digest.clusters.len());
}

#[test]
fn fail_fast_starts_no_further_unit() {
    let mut plan = plan(&[Part::Generated], 100_000, 1);
    plan.stop_at_first = true;
    let record = counted_by(&plan, &fake(forgets_boundaries));
    let generated = record.part(Part::Generated).unwrap();
    assert_eq!(generated.divergences, 1);
    assert!(generated.compared() < veriam::run::UNIT_CASES);
}

fn case(policies: &[&str], expected: Decision, observed: Decision) -> StoredCase {
    StoredCase {
        signature: Signature {
            target: "evaluator".to_owned(),
            law: None,
            expected: Kind::Decided(expected),
            observed: Kind::Decided(observed),
            rules: vec![RuleId::iam(136)],
        },
        origin: Origin {
            part: "generated".to_owned(),
            seed: Some(7),
            profile: Some(Profile::Default),
            index: 42,
            id: Some("g-7-42".to_owned()),
            generator_version: 1,
            veriam: "0.1.0".to_owned(),
            without: Vec::new(),
        },
        dialect: Dialect::default(),
        documented: None,
        case: Case::Check(Box::new(check(policies))),
    }
}

#[test]
fn a_case_that_does_not_diverge_is_not_stored() {
    let folder = tempfile::tempdir().unwrap();
    let case = case(&[ALLOW], Decision::Allow, Decision::ImplicitDeny);
    let error = store(folder.path(), &case, &Evaluator::default()).unwrap_err();
    assert!(error.to_string().contains("does not diverge"), "{error}");
}

#[test]
fn replay_tells_a_mended_case_from_one_that_still_diverges() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let mended = case(&[ALLOW, DENY], Decision::ExplicitDeny, Decision::Allow);
    write("mended.json", &mended.to_json());
    let mut open = mended.clone();
    // Documented otherwise than both judges decide: that is how a case looks that still diverges.
    open.documented = Some(Kind::Decided(Decision::Allow));
    open.signature.target = "oracle".to_owned();
    write("open.json", &open.to_json());
    let finished = veriam_in(folder.path(), &["replay", "mended.json"], b"");
    assert_eq!(finished.code, 0, "{}", finished.err);
    let finished = veriam_in(folder.path(), &["replay", "mended.json", "open.json"], b"");
    assert_eq!(finished.code, 1, "{}", finished.err);
    insta::assert_snapshot!(finished.out);
    write("broken.json", "{");
    let finished = veriam_in(folder.path(), &["replay", "open.json", "broken.json"], b"");
    assert_eq!(finished.code, 2);
    assert!(
        finished.out.contains("still diverges"),
        "the others are replayed"
    );
}

#[test]
fn stored_cases_read_back_byte_for_byte() {
    let odd = [
        ALLOW,
        " {\"Version\": \"2012-10-17\" }\n",
        "{\"a\":1,\"a\":2}",
        "{\"deep\":[[[[{}]]]],\"e\":1e400,\"\\u0041\":\"\\ud83d\\ude00 é\"}",
        "{\n\t\"Statement\": [ ]\r\n}",
        "",
        "no JSON at all",
        "[]",
        "{\"unpaired\":\"\\ud800\"}",
        "\u{feff}{}",
        "{\"nul\":\"\u{0}\"}",
    ];
    let mut case = case(&odd, Decision::Allow, Decision::ExplicitDeny);
    let mut check = check(&odd);
    check.scps = vec![vec![PolicyText::new(odd[2])], vec![]];
    check.context.insert("aws:SourceIp", vec![]).unwrap();
    case.case = Case::Check(Box::new(check));
    case.dialect = Dialect::default().with_setting("IAM-093=stay").unwrap();
    case.documented = Some(Kind::Decided(Decision::ImplicitDeny));
    let text = case.to_json();
    let read = StoredCase::from_json(text.as_bytes()).unwrap();
    assert_eq!(read, case);
    assert_eq!(read.to_json(), text);
    assert_eq!(read.file_name(), case.file_name());
}

#[test]
fn anything_but_a_whole_case_of_this_version_is_refused_with_its_place() {
    let good = case(&[ALLOW], Decision::Allow, Decision::ExplicitDeny).to_json();
    let swap = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let mut rows: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |what: &str, text: String| rows.push((what.to_owned(), text.into_bytes()));
    add("other version", swap("veriam.case/1", "veriam.case/2"));
    add("no version", swap("\"schema\"", "\"scheme\""));
    add("unknown member", swap("\"origin\"", "\"orgin\""));
    add("unknown member of the origin", swap("\"part\"", "\"port\""));
    add(
        "repeated member",
        swap("\"dialect\"", "\"signature\": {}, \"dialect\""),
    );
    add("unknown member of the check", swap("\"facts\"", "\"fact\""));
    add(
        "repeated member of the check",
        swap("\"facts\"", "\"action\": \"a:b\", \"facts\""),
    );
    add(
        "unknown reading",
        swap("\"dialect\": []", "\"dialect\": [\"IAM-093=up\"]"),
    );
    add(
        "unknown reply",
        swap("\"observed\": \"explicit_deny\"", "\"observed\": \"maybe\""),
    );
    add(
        "a policy that is a number",
        swap("\"boundary\": null", "\"boundary\": 3"),
    );
    add("trailing data", format!("{good}{{}}"));
    add("cut short", good[..good.len() / 2].to_owned());
    add("empty", String::new());
    rows.push((
        "byte order mark".to_owned(),
        [b"\xef\xbb\xbf", good.as_bytes()].concat(),
    ));
    let mut broken = good.clone().into_bytes();
    let at = good.find("alice").unwrap();
    broken[at] = 0xff;
    rows.push(("invalid UTF-8".to_owned(), broken));
    let mut told = String::new();
    for (what, bytes) in rows {
        let error = StoredCase::from_json(&bytes).expect_err(&what);
        told.push_str(&format!("{what}: {error}\n"));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn the_summary_is_the_one_that_was_reviewed() {
    let folder = tempfile::tempdir().unwrap();
    let finished = veriam_in(
        folder.path(),
        &["run", "--only", "sources,vectors", "--jobs", "1"],
        b"",
    );
    assert_eq!(finished.code, 0, "{}", finished.out);
    let redacted: Vec<String> = finished
        .out
        .lines()
        .map(|line| match line.find(" cases/s: ") {
            Some(_) => "[rate] cases/s: [time] s with 1 job".to_owned(),
            None => line.to_owned(),
        })
        .collect();
    insta::assert_snapshot!(redacted.join("\n"));
}
