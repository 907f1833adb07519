//! For each law there is a canary that breaks it: found, shrunk until nothing can be removed, stored, replayed.

mod support;

use std::path::Path;

use serde_json::Value;
use support::veriam;
use veriam::cli::DEFAULT_SEED;
use veriam::laws::{LawCase, rechanged, store};
use veriam::selftest::{CONTROL, LawCaught, broken_by, caught_by, hunt_law, law_canaries};
use veriam::target::Evaluator;
use veriam_generators::generated_case;
use veriam_generators::laws::Law;
use veriam_model::{Case, Check, PolicyText};

/// Cases within which each canary is caught; `docs/laws.md` tells how many each really takes.
const CASES: u64 = 20_000;

/// What to do when the cases are others.
const PAGE: &str = "`veriam selftest --laws --format markdown` prints the table in docs/laws.md";

/// The table in `docs/laws.md`, line by line.
fn page() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/laws.md");
    let page = std::fs::read_to_string(path).expect("docs/laws.md is there");
    let behind = page.split("<!-- veriam selftest --laws --format markdown -->");
    let table = behind.last().expect("a text has a last part").trim_start();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    rows.skip(2).map(str::to_owned).collect()
}

/// The policies of a check without one statement, condition block, or policy.
fn smaller(check: &Check) -> Vec<Check> {
    let mut all = Vec::new();
    let mut each = |change: &dyn Fn(&mut Value) -> bool| {
        for at in 0..check.identity_policies.len() {
            let mut smaller = check.clone();
            let text = smaller.identity_policies[at].as_str().to_owned();
            let Ok(mut root) = serde_json::from_str::<Value>(&text) else {
                continue;
            };
            if change(&mut root) {
                smaller.identity_policies[at] = PolicyText::new(root.to_string());
                all.push(smaller);
            }
        }
        let single: [fn(&mut Check) -> &mut Option<PolicyText>; 4] = [
            |c| &mut c.resource_policy,
            |c| &mut c.boundary,
            |c| &mut c.session_policy,
            |c| &mut c.endpoint_policy,
        ];
        for place in single {
            let mut smaller = check.clone();
            let Some(policy) = place(&mut smaller).as_mut() else {
                continue;
            };
            let Ok(mut root) = serde_json::from_str::<Value>(policy.as_str()) else {
                continue;
            };
            if change(&mut root) {
                *policy = PolicyText::new(root.to_string());
                all.push(smaller);
            }
        }
    };
    for at in 0..4 {
        each(&|root| match root.get_mut("Statement") {
            Some(Value::Array(list)) if at < list.len() && list.len() > 1 => {
                list.remove(at);
                true
            }
            _ => false,
        });
        each(&|root| {
            let statement = match root.get_mut("Statement") {
                Some(Value::Array(list)) => list.get_mut(at),
                Some(one) if at == 0 => Some(one),
                _ => None,
            };
            let members = statement.and_then(Value::as_object_mut);
            members.is_some_and(|members| members.remove("Condition").is_some())
        });
    }
    for at in 0..check.identity_policies.len() {
        let mut smaller = check.clone();
        smaller.identity_policies.remove(at);
        all.push(smaller);
    }
    let without: [fn(&mut Check); 6] = [
        |c| c.resource_policy = None,
        |c| c.boundary = None,
        |c| c.session_policy = None,
        |c| c.endpoint_policy = None,
        |c| c.scps.clear(),
        |c| c.rcps.clear(),
    ];
    for remove in without {
        let mut smaller = check.clone();
        remove(&mut smaller);
        all.push(smaller);
    }
    let keys: Vec<String> = check.context.iter().map(|(k, _)| k.to_owned()).collect();
    for left_out in keys {
        let mut smaller = check.clone();
        smaller.context = veriam_model::Context::default();
        for (key, values) in check.context.iter().filter(|(key, _)| *key != left_out) {
            smaller.context.insert(key, values.to_vec()).unwrap();
        }
        all.push(smaller);
    }
    all.retain(|smaller| smaller != check);
    all
}

/// A pair from which nothing can be removed: no smaller case, changed in any of the few ways that are drawn, breaks the
/// law with the same replies. The shrinker finds nothing either when it is asked again.
fn is_smallest(law: Law, case: &LawCase, target: &dyn veriam::target::Target) {
    let replies = (case.before, case.after);
    let drawn = (DEFAULT_SEED, case.origin.index);
    let again = |case: &Case| rechanged(law, replies, drawn, case, target);
    assert_eq!(again(&case.original).as_ref(), Some(&case.changed), "{law}");
    match &case.original {
        Case::Check(check) => {
            for smaller in smaller(check) {
                let smaller = Case::Check(Box::new(smaller));
                assert_eq!(again(&smaller), None, "{law}: {smaller:#?}");
            }
            let mut fails = |c: &Check| again(&Case::Check(Box::new(c.clone()))).is_some();
            let shrunk = veriam_generators::shrink::shrink(check, 10_000, &mut fails);
            assert_eq!(&shrunk.check, check.as_ref(), "{law}");
        }
        Case::Call(call) => {
            let mut fails = |c: &_| again(&Case::Call(Box::new(Clone::clone(c)))).is_some();
            let shrunk = veriam_generators::shrink::shrink_call(call, 10_000, &mut fails);
            assert_eq!(&shrunk.case, call.as_ref(), "{law}");
        }
        Case::Document(_) | Case::Put(_) => panic!("no law speaks of documents"),
    }
}

fn caught(law: Law) {
    let canaries = law_canaries();
    let found = canaries.iter().find(|(of, _)| *of == law);
    let (_, canary) = found.expect("the law has a canary");
    let row = page()
        .into_iter()
        .find(|line| line.starts_with(&format!("| `{law}`")));
    let row = row.unwrap_or_else(|| panic!("docs/laws.md tells of {law}"));
    let caught = if cfg!(debug_assertions) {
        // Whether none of the cases before catches it only a release build asks.
        let cases: u64 = row.split('|').nth_back(2).unwrap().trim().parse().unwrap();
        assert!(cases <= CASES, "{row}");
        let case = generated_case(DEFAULT_SEED, cases - 1);
        let found = broken_by(law, canary, (DEFAULT_SEED, cases - 1), &case);
        found.and_then(|found| caught_by(law, canary, DEFAULT_SEED, &found))
    } else {
        hunt_law(law, canary, DEFAULT_SEED, CASES)
    };
    let caught = caught.unwrap_or_else(|| panic!("{law} is not broken by {}: {PAGE}", canary.name));
    let LawCaught { cases, case } = &caught;
    is_smallest(law, case, canary);

    let folder = tempfile::tempdir().unwrap();
    let path = store(folder.path(), case, canary).unwrap().path;
    let read = LawCase::from_json(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(&read, case);
    let seen = read.again(canary).unwrap();
    assert!(seen.broken, "{law}");
    assert_eq!((seen.before, seen.after), (case.before, case.after));
    assert!(
        !case.rules.is_empty(),
        "{law}: nobody knows what it turns on"
    );
    // Both sides are questions, and without the bug the law holds.
    for sound in [
        &Evaluator::default() as &dyn veriam::target::Target,
        &CONTROL,
    ] {
        assert!(!read.again(sound).unwrap().broken, "{law}");
    }

    let (before, after) = caught.statements();
    let expected = format!(
        "| `{law}` | `{}` | {} | {cases} | {before} and {after} |",
        canary.name, canary.does
    );
    assert_eq!(row, expected, "{PAGE}");
}

#[test]
fn a_deny_that_widens() {
    caught(Law::AddDeny);
}

#[test]
fn an_allow_that_narrows() {
    caught(Law::AddAllow);
}

#[test]
fn a_key_that_widens_an_allow() {
    caught(Law::AllowKey);
}

#[test]
fn a_key_that_narrows_a_deny() {
    caught(Law::DenyKey);
}

#[test]
fn an_order_that_counts() {
    caught(Law::Order);
}

#[test]
fn a_way_of_writing_that_counts() {
    caught(Law::Format);
}

#[test]
fn letter_case_of_keys_that_counts() {
    caught(Law::KeyCase);
}

#[test]
fn letter_case_of_actions_that_counts() {
    caught(Law::ActionCase);
}

#[test]
fn documents_that_count_one_by_one() {
    caught(Law::Regroup);
}

#[test]
fn accounts_that_are_taken_for_each_other() {
    caught(Law::RenameAccounts);
}

#[test]
fn a_runtime_that_is_taken_for_another() {
    caught(Law::Unrelated);
}

#[test]
fn every_law_has_one_canary_and_the_page_a_row_for_each() {
    let laws: Vec<Law> = law_canaries().into_iter().map(|(law, _)| law).collect();
    assert_eq!(laws, Law::ALL);
    assert_eq!(page().len(), laws.len());
    // Nothing is told twice under one name.
    let canaries = veriam::selftest::canaries();
    for (_, canary) in law_canaries() {
        let same = canaries.iter().find(|other| other.name == canary.name);
        assert!(
            same.is_none_or(|same| same.does == canary.does),
            "{}",
            canary.name
        );
    }
}

#[test]
fn the_command_tells_what_became_of_the_canary_of_each_law() {
    let few = veriam(&["selftest", "--laws", "--cases", "20", "--format", "json"]);
    assert_eq!((few.code, few.err.as_str()), (1, ""));
    let told: Value = serde_json::from_str(&few.out).unwrap();
    assert_eq!(told["schema"], "veriam.selftest/1");
    let laws = told["laws"].as_array().unwrap();
    assert_eq!(laws.len(), Law::ALL.len());
    let of = |law: &str| laws.iter().find(|row| row["law"] == law).unwrap();
    assert_eq!(of("action-case")["caught"], true);
    assert_eq!(of("action-case")["cases"], 1);
    assert_eq!(of("regroup")["caught"], false);
    let broken = laws.iter().filter(|row| row["caught"] == true).count();
    assert!(broken < laws.len(), "20 cases are few");
    let text = veriam(&["selftest", "--laws", "--cases", "20"]);
    assert!(
        text.out
            .contains(&format!("{broken} of 11 laws are broken by their canary")),
        "{}",
        text.out
    );
    let both = ["selftest", "--laws", "--only", "null-inverted"];
    assert_eq!(veriam(&both).code, 2);
}
