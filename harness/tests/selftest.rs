//! Canaries: every one is caught, the untouched oracle never, and the page about them is the one that would be printed.

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use support::veriam;
use veriam::cli::DEFAULT_SEED;
use veriam::compare::{agree, oracle_reply};
use veriam::selftest::{CONTROL, Canary, canaries, first_difference, hunt};
use veriam::target::Target;
use veriam_model::{Case, Check, Dialect, DocumentCase, PolicyText, PolicyType};

/// Cases a canary is asked here; the rest of the campaign belongs to a release build.
const CASES: u64 = 1_000;

/// Canaries that are caught later than within [`CASES`], each with a case that catches it at once.
fn by_hand(name: &str) -> Option<Case> {
    let check = |json: &str| {
        let check = Check::from_json(json).expect("a check");
        Some(Case::Check(Box::new(check)))
    };
    let bob = |action: &str, resource: &str, account: &str, rest: &str| {
        check(&format!(
            r#"{{"principal": {{"arn": "arn:aws:iam::111122223333:user/bob", "account": "111122223333"}},
                "action": "{action}", "resource": {{"arn": "{resource}", "account": "{account}"}}, {rest}}}"#
        ))
    };
    let own = |statement: &str, context: &str| {
        let rest = format!(
            r#""identity_policies": [{{"Version": "2012-10-17", "Statement": {statement}}}], "context": {context}"#
        );
        bob(
            "s3:GetObject",
            "arn:aws:s3:::bucket/axb/home/k",
            "111122223333",
            &rest,
        )
    };
    match name {
        "arn-like-over-segments" => own(
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition":
                {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam:*:user/bob"}}}"#,
            r#"{"aws:PrincipalArn": ["arn:aws:iam::111122223333:user/bob"]}"#,
        ),
        "regex-characters-live" => own(
            r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::bucket/a.b/*"}"#,
            "{}",
        ),
        "literal-star-expanded" => own(
            r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::bucket/${*}"}"#,
            "{}",
        ),
        "unset-variable-as-empty-text" => own(
            r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::bucket/axb/${aws:userid}*"}"#,
            "{}",
        ),
        "trust-policy-not-required" => bob(
            "sts:AssumeRole",
            "arn:aws:iam::111122223333:role/app",
            "111122223333",
            r#""identity_policies": [{"Version": "2012-10-17", "Statement":
                {"Effect": "Allow", "Action": "*", "Resource": "*"}}]"#,
        ),
        "boundary-ignored-for-a-role-grant" => check(
            r#"{"principal": {"arn": "arn:aws:sts::111122223333:assumed-role/app/s1", "account": "111122223333"},
                "action": "s3:GetObject",
                "resource": {"arn": "arn:aws:s3:::bucket/k", "account": "111122223333"},
                "resource_policy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow",
                    "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
                    "Action": "s3:GetObject", "Resource": "*"}},
                "boundary": {"Version": "2012-10-17", "Statement":
                    {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}}"#,
        ),
        "partial-wildcard-in-a-principal-honoured" => Some(Case::Document(DocumentCase {
            policy_type: PolicyType::Resource,
            text: PolicyText::new(
                r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
                    "Principal": {"AWS": "arn:aws:iam::111122223333:role/*"},
                    "Action": "s3:GetObject", "Resource": "*"}}"#,
            ),
        })),
        _ => None,
    }
}

fn differs(canary: &Canary, case: &Case) -> bool {
    let expected = oracle_reply(case, &Dialect::default());
    !agree(&expected, &canary.observe(case))
}

#[test]
fn canaries_have_names_of_their_own_and_are_told() {
    let canaries = canaries();
    let names: BTreeSet<&str> = canaries.iter().map(|canary| canary.name).collect();
    assert_eq!(names.len(), canaries.len());
    for canary in canaries {
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(canary.name.chars().all(kebab), "{}", canary.name);
        assert!(canary.does.ends_with('.'), "{}", canary.name);
        assert!(!canary.seen.is_empty(), "{}", canary.name);
    }
}

#[test]
fn every_canary_is_caught() {
    for canary in canaries() {
        let caught = match by_hand(canary.name) {
            Some(case) => differs(&canary, &case),
            None => {
                // The page tells how many cases that takes.
                let told = page().into_iter().find(|row| row.name == canary.name);
                let told = told.map(|row| row.cases);
                let found = first_difference(&canary, DEFAULT_SEED, told.unwrap_or(CASES));
                assert_eq!(found.as_ref().map(|f| f.1), told, "{}", canary.name);
                found.is_some()
            }
        };
        assert!(caught, "{}", canary.name);
    }
}

#[test]
fn the_untouched_oracle_is_never_caught() {
    assert_eq!(first_difference(&CONTROL, DEFAULT_SEED, CASES), None);
}

#[test]
fn a_canary_is_shrunk_to_a_case_that_still_shows_it() {
    let all = canaries();
    let named = |name: &str| all.iter().find(|canary| canary.name == name).copied();
    for name in ["null-inverted", "boundary-ignored", "endpoint-pair-dropped"] {
        let canary = named(name).expect("there is such a canary");
        let caught = hunt(&canary, DEFAULT_SEED, CASES).expect("it is caught");
        assert!(differs(&canary, &caught.case), "{name}");
        assert!(caught.statements() <= 3, "{name}");
    }
}

#[test]
fn the_command_tells_what_became_of_each_canary() {
    let only = "if-exists-dropped,not-action-as-action";
    let finished = veriam(&["selftest", "--only", only, "--format", "json"]);
    assert_eq!((finished.code, finished.err.as_str()), (0, ""));
    let told: Value = serde_json::from_str(&finished.out).expect("one JSON object");
    assert_eq!(told["schema"], "veriam.selftest/1");
    let canaries = told["canaries"].as_array().expect("a list");
    assert_eq!(canaries.len(), 2);
    for canary in canaries {
        let members = canary.as_object().expect("an object");
        let names: BTreeSet<&str> = members.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            BTreeSet::from(["name", "caught", "cases", "statements"])
        );
        assert_eq!(canary["caught"], true);
        assert!(canary["cases"].as_u64() > Some(0));
    }
    let escaped = veriam(&["selftest", "--cases", "0"]);
    assert_eq!(escaped.code, 1);
    assert!(escaped.out.contains("null-inverted"), "{}", escaped.out);
    assert_eq!(veriam(&["selftest", "--only", "nobody"]).code, 2);
}

/// A row of the page about canaries.
struct Row {
    line: String,
    name: String,
    cases: u64,
    statements: usize,
}

fn page() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/canaries.md");
    let page = std::fs::read_to_string(path).expect("docs/canaries.md is there");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches(['|', ' ']).split(" | ").collect();
        let [name, .., cases, statements] = cells.as_slice() else {
            panic!("{line}");
        };
        Row {
            line: line.to_owned(),
            name: name.trim_matches('`').to_owned(),
            cases: cases.parse().expect("every canary is caught"),
            statements: statements.parse().expect("a number of statements"),
        }
    })
    .collect()
}

#[test]
fn the_page_tells_of_every_canary() {
    let (rows, canaries) = (page(), canaries());
    assert_eq!(
        rows.len(),
        canaries.len(),
        "`veriam selftest --format markdown` prints the page"
    );
    for (row, canary) in rows.iter().zip(&canaries) {
        let texts = format!("| `{}` | {} | {} |", canary.name, canary.does, canary.seen);
        assert!(row.line.starts_with(&texts), "{}\n{texts}", row.line);
    }
}

#[test]
fn every_canary_is_caught_within_20_000_cases_and_half_of_them_within_500() {
    let mut cases: Vec<u64> = page().iter().map(|row| row.cases).collect();
    cases.sort_unstable();
    assert!(cases[cases.len() - 1] <= 20_000, "{cases:?}");
    assert!(cases[cases.len() / 2] <= 500, "{cases:?}");
}

/// Canaries that need more than one statement to show, and why.
const SEVERAL: &[(&str, usize, &str)] = &[
    (
        "role-grant-as-the-sessions-own",
        2,
        "the grant, and the limit it must not go past",
    ),
    (
        "not-principal-ignoring-a-boundary",
        2,
        "the Deny, and the boundary that makes it bite",
    ),
    (
        "boundary-ignored-for-a-role-grant",
        2,
        "the grant, and the boundary",
    ),
    (
        "session-policy-ignored",
        2,
        "what allows the caller, and the session policy that does not",
    ),
    (
        "session-policy-blocking-a-session-arn-grant",
        2,
        "the grant, and the session policy that does not allow",
    ),
    (
        "scp-levels-flattened",
        2,
        "an Allow at one level, and what makes it matter",
    ),
    (
        "each-scp-document-must-allow",
        2,
        "two documents at one level, one of which allows",
    ),
    (
        "rcp-levels-flattened",
        2,
        "an Allow at one level, and what makes it matter",
    ),
    (
        "only-the-first-statement",
        2,
        "a first statement, and another one",
    ),
    ("allow-beats-deny", 2, "the Allow, and the Deny"),
];

#[test]
fn a_counterexample_has_one_statement_or_as_many_as_the_bug_needs() {
    for row in page() {
        let several = SEVERAL.iter().find(|(name, ..)| *name == row.name);
        let most = several.map_or(1, |(_, most, _)| *most);
        assert!(row.statements <= most, "{}: {}", row.name, row.statements);
    }
    for (name, most, why) in SEVERAL {
        assert!(*most > 1 && !why.is_empty(), "{name}");
        assert!(page().iter().any(|row| row.name == *name), "{name}");
    }
}
