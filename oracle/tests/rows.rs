//! The rows that were written from the rules: documents, checks under dialects, invalid and malformed checks,
//! calls and calls in worlds. Each comes out as written, and each rule is cited by the rows that pin it.

#[path = "rows/puts.rs"]
#[expect(dead_code, reason = "tests/puts.rs reads the rest of a row")]
mod puts;
#[path = "rows/world_call_tests.rs"]
mod world_call_tests;
#[path = "rows/world_calls.rs"]
mod world_calls;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;
use veriam_model::{Check, Decision, Dialect, Fault, PolicyType, Row, RuleId, RuleSet};
use veriam_oracle::{
    CheckOutcome, Detail, Scope, judge, judge_all, read_document, rules, trace, verdict,
};

const VECTORS: &str = include_str!("vectors/iam.jsonl");
const DOCUMENTS: &str = include_str!("rows/documents.jsonl");
const CHECKS: &str = include_str!("rows/checks.jsonl");
const DIALECTS: &str = include_str!("rows/checks-dialect.jsonl");
const INVALID: &str = include_str!("rows/checks-invalid.jsonl");
const MALFORMED: &str = include_str!("rows/checks-malformed.jsonl");
const CALLS: &str = include_str!("rows/calls.jsonl");
const PINS: &str = include_str!("rows/pins.json");

/// The rules that end reading at once; which of them is named does not matter.
const UNREADABLE: [RuleId; 4] = [
    RuleId::iam(1),
    RuleId::iam(2),
    RuleId::iam(71),
    RuleId::iam(72),
];

fn dialect(settings: &[String]) -> Dialect {
    let with = |dialect: Dialect, setting: &String| dialect.with_setting(setting).expect(setting);
    settings.iter().fold(Dialect::default(), with)
}

fn lines<'t, T: Deserialize<'t>>(text: &'t str) -> impl Iterator<Item = T> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect(line))
}

fn assert_none(complaints: &[String]) {
    assert!(
        complaints.is_empty(),
        "{}:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

#[derive(Deserialize)]
struct DocumentRow {
    id: String,
    #[serde(rename = "type")]
    policy_type: PolicyType,
    text: Option<String>,
    bytes_hex: Option<String>,
    #[serde(default)]
    dialect: Vec<String>,
    faults: Vec<(RuleId, Option<usize>)>,
}

impl DocumentRow {
    fn bytes(&self) -> Vec<u8> {
        if let Some(text) = &self.text {
            return text.clone().into_bytes();
        }
        let digits = self.bytes_hex.as_deref().expect("text or bytes_hex");
        let pairs = digits.as_bytes().chunks(2);
        let byte = |pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
        pairs.map(|pair| byte(pair).expect("hexadecimal")).collect()
    }
}

#[test]
fn every_document_has_the_faults_of_its_row() {
    let mut complaints = Vec::new();
    for row in lines::<DocumentRow>(DOCUMENTS) {
        let judged = read_document(row.policy_type, &row.bytes(), &dialect(&row.dialect));
        let fits = match row.faults.as_slice() {
            [(_, None)] => {
                matches!(judged.faults.as_slice(), [fault] if UNREADABLE.contains(&fault.rule))
            }
            faults => {
                let wanted: BTreeSet<_> = faults.iter().map(|&(rule, at)| (at, rule)).collect();
                let found = |fault: &Fault| (Some(fault.offset), fault.rule);
                wanted == judged.faults.iter().map(found).collect()
            }
        };
        if !fits {
            complaints.push(format!(
                "{}: {:?}, not {:?}",
                row.id, judged.faults, row.faults
            ));
        }
    }
    assert_none(&complaints);
}

#[derive(Deserialize)]
struct DialectLine<'t> {
    dialect: Vec<String>,
    #[serde(borrow)]
    row: &'t RawValue,
}

fn checks() -> Vec<(Dialect, Row)> {
    let read = |line: &str| Row::from_json(line).expect(line);
    let plain = VECTORS
        .lines()
        .chain(CHECKS.lines())
        .map(|line| (Dialect::default(), read(line)));
    let others = lines::<DialectLine<'_>>(DIALECTS)
        .map(|line| (dialect(&line.dialect), read(line.row.get())));
    plain.chain(others).collect()
}

fn id(check: &Check) -> String {
    check.id.clone().unwrap_or_default()
}

#[test]
fn every_check_is_decided_as_its_row_says() {
    let mut complaints = Vec::new();
    for (dialect, row) in checks() {
        let found = judge(&row.check, &dialect)
            .ok()
            .map(|judgement| judgement.outcome);
        if found != row.expected.map(CheckOutcome::Decided) {
            complaints.push(format!(
                "{} {dialect:?}: {found:?}, not {:?}: {}",
                id(&row.check),
                row.expected,
                row.note.unwrap_or_default()
            ));
        }
    }
    assert_none(&complaints);
}

#[test]
fn tracing_changes_nothing_and_says_why() {
    for (dialect, row) in checks() {
        let judged = judge(&row.check, &dialect).expect("rows are well-formed");
        for detail in [Detail::Structure, Detail::Full] {
            let traced = trace(&row.check, &dialect, detail).expect("rows are well-formed");
            assert_eq!(traced.judgement, judged, "{}", id(&row.check));
            let last = traced.steps.last().expect("there is a step");
            assert_eq!(
                last.text.is_empty(),
                detail == Detail::Structure,
                "{}",
                id(&row.check)
            );
            assert!(!last.rules.is_empty(), "{}", id(&row.check));
        }
    }
}

#[test]
fn every_statement_can_be_flipped() {
    for (dialect, row) in checks() {
        let traced = trace(&row.check, &dialect, Detail::Structure).expect("rows are well-formed");
        for policy in &traced.policies {
            for statement in &policy.statements {
                let flip = |applies| traced.decision_if(policy.slot, statement.index, applies);
                // Left as it is, the statement gives the decision itself.
                let same = flip(statement.applies).map(CheckOutcome::Decided);
                assert_eq!(same, Some(traced.judgement.outcome), "{}", id(&row.check));
                assert!(flip(!statement.applies).is_some(), "{}", id(&row.check));
                assert_eq!(
                    traced.decision_if(policy.slot, policy.statements.len(), true),
                    None
                );
            }
        }
    }
}

#[test]
fn verdicts_agree_with_the_default_dialect() {
    use veriam_oracle::Verdict::{Determined, Undetermined};
    for (_, row) in checks() {
        let judged = judge(&row.check, &Dialect::default()).expect("rows are well-formed");
        match verdict(&row.check).expect("rows ask for few readings") {
            Determined(judgement) => assert_eq!(judgement, judged, "{}", id(&row.check)),
            Undetermined {
                default,
                choices,
                readings,
            } => {
                assert_eq!(default, judged, "{}", id(&row.check));
                assert_eq!(readings[0], (Dialect::default(), judged.outcome));
                assert_eq!(readings.len(), 1 << choices.iter().count());
                for (dialect, outcome) in readings {
                    let judged = judge(&row.check, &dialect).expect("rows are well-formed");
                    assert_eq!(judged.outcome, outcome, "{} {dialect:?}", id(&row.check));
                }
            }
        }
    }
}

#[derive(Deserialize)]
struct InvalidLine<'t> {
    #[serde(borrow)]
    row: &'t RawValue,
    invalid: Place,
}

#[derive(Deserialize)]
struct Place {
    policy: String,
    rule: RuleId,
    offset: Option<usize>,
}

#[test]
fn the_first_fault_of_the_first_invalid_policy_is_named() {
    let mut complaints = Vec::new();
    for InvalidLine { row, invalid } in lines(INVALID) {
        let check = Check::from_json(row.get()).expect("a check");
        let judgement = judge(&check, &Dialect::default()).expect("rows are well-formed");
        let fits = match judgement.outcome {
            CheckOutcome::Decided(_) => false,
            CheckOutcome::Invalid(found) => {
                found.policy.to_string() == invalid.policy
                    && match invalid.offset {
                        Some(offset) => (found.rule, found.offset) == (invalid.rule, offset),
                        None => UNREADABLE.contains(&found.rule),
                    }
            }
        };
        if !fits || !judgement.rules.contains(RuleId::iam(266)) {
            complaints.push(format!("{}: {:?}", id(&check), judgement.outcome));
        }
    }
    assert_none(&complaints);
}

#[derive(Deserialize)]
struct MalformedLine<'t> {
    #[serde(borrow)]
    row: &'t RawValue,
    member: String,
}

#[test]
fn a_malformed_request_is_an_error_that_names_its_member() {
    let mut complaints = Vec::new();
    for MalformedLine { row, member } in lines(MALFORMED) {
        let check = Check::from_json(row.get()).expect("a check");
        let found = judge(&check, &Dialect::default()).map_err(|malformed| malformed.member);
        if found.as_ref().err() != Some(&member.as_str()) {
            complaints.push(format!("{}: {found:?}, not {member}", id(&check)));
        }
    }
    assert_none(&complaints);
}

#[derive(Deserialize)]
struct CallLine<'t> {
    id: String,
    #[serde(borrow)]
    checks: Vec<&'t RawValue>,
    expected: Decision,
}

impl CallLine<'_> {
    fn checks(&self) -> Vec<Check> {
        let read = |raw: &&RawValue| Check::from_json(raw.get()).expect("a check");
        self.checks.iter().map(read).collect()
    }
}

#[test]
fn the_checks_of_a_call_combine_by_and() {
    for call in lines::<CallLine<'_>>(CALLS) {
        let combined = judge_all(&call.checks(), &Dialect::default()).expect("well-formed checks");
        assert_eq!(
            combined.judgement.outcome,
            CheckOutcome::Decided(call.expected),
            "{}",
            call.id
        );
        assert_eq!(
            combined.deciding.is_none(),
            call.expected == Decision::Allow,
            "{}",
            call.id
        );
    }
    assert_eq!(
        judge_all(&[], &Dialect::default()).map_err(|e| e.member),
        Err("checks")
    );
}

#[test]
fn every_rule_is_cited_by_the_rows_that_pin_it() {
    let mut cited: BTreeMap<String, RuleSet> = BTreeMap::new();
    for (dialect, row) in checks() {
        let judgement = judge(&row.check, &dialect).expect("rows are well-formed");
        cited
            .entry(id(&row.check))
            .or_default()
            .extend_from(&judgement.rules);
    }
    for line in lines::<InvalidLine<'_>>(INVALID) {
        let check = Check::from_json(line.row.get()).expect("a check");
        let judgement = judge(&check, &Dialect::default()).expect("rows are well-formed");
        cited.insert(id(&check), judgement.rules);
    }
    for row in lines::<DocumentRow>(DOCUMENTS) {
        let judged = read_document(row.policy_type, &row.bytes(), &dialect(&row.dialect));
        cited.insert(row.id, judged.rules);
    }
    for call in lines::<CallLine<'_>>(CALLS) {
        let combined = judge_all(&call.checks(), &Dialect::default()).expect("well-formed checks");
        cited.insert(call.id, combined.judgement.rules);
    }
    let mut pins: BTreeMap<String, Vec<String>> =
        serde_json::from_str(PINS).expect("rule to row ids");
    // Calls in worlds name the rules they pin in their rows.
    for row in world_calls::rows() {
        for rule in &row.rules {
            pins.entry(rule.to_string())
                .or_default()
                .push(row.id.clone());
        }
        cited.insert(row.id.clone(), world_call_tests::cited(&row));
    }
    for row in puts::rows() {
        for rule in &row.cites {
            pins.entry(rule.to_string())
                .or_default()
                .push(row.id.clone());
        }
        cited.insert(row.id.clone(), puts::cited(&row));
    }
    let mut complaints = Vec::new();
    for rule in rules().iter().filter(|rule| rule.scope == Scope::In) {
        let rows = pins
            .get(&rule.id.to_string())
            .map(Vec::as_slice)
            .unwrap_or_default();
        if rows.is_empty() {
            complaints.push(format!("{}: no row pins it", rule.id));
        }
        for row in rows {
            if !cited.get(row).is_some_and(|rules| rules.contains(rule.id)) {
                complaints.push(format!("{}: {row} does not cite it", rule.id));
            }
        }
    }
    assert_none(&complaints);
}
