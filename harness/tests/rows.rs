//! The rows under `oracle/tests`: what the rules say about documents and checks, written from the rules and
//! from neither judge. Both judges are held to every row; that the oracle cites each rule where a row pins it is tested
//! beside the rows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::value::RawValue;
use veriam::compare::{Reply, UNREADABLE, evaluator_answer, oracle_answer};
use veriam_evaluator as evaluator;
use veriam_model::{ALL_CHOICES, Check, Choice, Dialect, Fault, PolicyType, Row, RuleId};
use veriam_oracle as oracle;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../oracle/tests")
}

fn read(name: &str) -> String {
    let path = folder().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The lines of a file, each parsed; a line that does not parse fails the test with its number.
fn lines<'t, T: Deserialize<'t>>(name: &str, text: &'t str) -> Vec<T> {
    text.lines()
        .enumerate()
        .map(|(i, line)| {
            serde_json::from_str(line).unwrap_or_else(|e| panic!("{name} line {}: {e}", i + 1))
        })
        .collect()
}

fn dialect(settings: &[String]) -> Dialect {
    settings
        .iter()
        .fold(Dialect::default(), |dialect, setting| {
            dialect
                .with_setting(setting)
                .unwrap_or_else(|e| panic!("{e}"))
        })
}

/// Fails with every complaint at once, so that one look shows the pattern.
fn complain(complaints: Vec<String>) {
    assert!(
        complaints.is_empty(),
        "{} rows:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentRow {
    id: String,
    #[serde(rename = "type")]
    policy_type: PolicyType,
    text: Option<String>,
    bytes_hex: Option<String>,
    #[serde(default)]
    dialect: Vec<String>,
    /// Rule and offset of every fault; offset null when reading ends at once.
    faults: Vec<(RuleId, Option<usize>)>,
    cites: Vec<RuleId>,
    #[serde(rename = "note")]
    _note: String,
}

impl DocumentRow {
    fn bytes(&self) -> Vec<u8> {
        match (&self.text, &self.bytes_hex) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(hex)) => {
                let digits: Vec<char> = hex.chars().collect();
                let pairs = digits.chunks(2).map(|pair| pair.iter().collect::<String>());
                pairs
                    .map(|p| u8::from_str_radix(&p, 16).expect("hexadecimal"))
                    .collect()
            }
            _ => panic!("{}: give `text` or `bytes_hex`", self.id),
        }
    }

    /// Whether the faults found are the row's.
    fn fits(&self, found: &BTreeSet<Fault>) -> bool {
        if let [(_, None)] = self.faults[..] {
            return found.len() == 1 && found.iter().all(|f| UNREADABLE.contains(&f.rule));
        }
        let wanted: BTreeSet<Fault> = self
            .faults
            .iter()
            .map(|&(rule, offset)| Fault {
                rule,
                offset: offset.expect("a readable text has places"),
            })
            .collect();
        wanted == *found
    }
}

#[test]
fn both_parsers_find_the_faults_of_every_document_row() {
    let text = read("rows/documents.jsonl");
    let rows: Vec<DocumentRow> = lines("documents.jsonl", &text);
    assert!(rows.len() >= 250, "rows went missing");
    let mut complaints = Vec::new();
    for row in &rows {
        let bytes = row.bytes();
        let dialect = dialect(&row.dialect);
        let judged = oracle::read_document(row.policy_type, &bytes, &dialect);
        let of_oracle: BTreeSet<Fault> = judged.faults.iter().copied().collect();
        let limits = evaluator::Limits::default();
        let of_evaluator: BTreeSet<Fault> =
            evaluator::faults(row.policy_type, &bytes, &dialect, &limits)
                .iter()
                .map(|f| Fault {
                    offset: f.span.start,
                    rule: f.rule,
                })
                .collect();
        for (judge, found) in [("oracle", &of_oracle), ("evaluator", &of_evaluator)] {
            if !row.fits(found) {
                complaints.push(format!(
                    "{} {judge}: {found:?}, wanted {:?}",
                    row.id, row.faults
                ));
            }
        }
        for rule in &row.cites {
            // Which rule is named for an unreadable text is the judge's affair; for an accepted document
            // `cites` says what the row is about, and the pins below say what must be cited.
            let settled = row.faults.is_empty() || UNREADABLE.contains(rule);
            if !settled && !judged.rules.contains(*rule) {
                complaints.push(format!("{} oracle: does not cite {rule}", row.id));
            }
        }
    }
    complain(complaints);
}

/// A check row with what it takes to judge it.
struct Case {
    row: Row,
    dialect: Dialect,
}

fn plain(name: &str) -> Vec<Case> {
    read(name)
        .lines()
        .enumerate()
        .map(|(i, line)| Case {
            row: Row::from_json(line).unwrap_or_else(|e| panic!("{name} line {}: {e}", i + 1)),
            dialect: Dialect::default(),
        })
        .collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DialectLine<'t> {
    dialect: Vec<String>,
    #[serde(borrow)]
    row: &'t RawValue,
}

fn with_dialects(name: &str) -> Vec<Case> {
    let text = read(name);
    lines::<DialectLine<'_>>(name, &text)
        .iter()
        .map(|line| Case {
            row: Row::from_json(line.row.get())
                .unwrap_or_else(|e| panic!("{name}: {e} in {}", line.row)),
            dialect: dialect(&line.dialect),
        })
        .collect()
}

fn all_cases() -> Vec<Case> {
    let mut cases = plain("vectors/iam.jsonl");
    cases.extend(plain("rows/checks.jsonl"));
    cases.extend(with_dialects("rows/checks-dialect.jsonl"));
    cases
}

fn name(check: &Check) -> &str {
    check.id.as_deref().unwrap_or("a row without id")
}

#[test]
fn both_judges_decide_every_check_row_as_documented() {
    let cases = all_cases();
    assert!(cases.len() >= 414 + 250, "rows went missing");
    let mut complaints = Vec::new();
    for Case { row, dialect } in &cases {
        let expected = row.expected.map(Reply::Decided);
        for (judge, reply) in [
            ("oracle", oracle_answer(&row.check, dialect)),
            ("evaluator", evaluator_answer(&row.check, dialect)),
        ] {
            if Some(&reply) != expected.as_ref() {
                complaints.push(format!(
                    "{} {judge}: {reply}, wanted {:?}",
                    name(&row.check),
                    row.expected
                ));
            }
        }
    }
    complain(complaints);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InvalidLine<'t> {
    #[serde(borrow)]
    row: &'t RawValue,
    invalid: Place,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    policy: String,
    rule: RuleId,
    offset: Option<usize>,
}

#[test]
fn both_judges_name_the_first_fault_of_the_first_invalid_policy() {
    let text = read("rows/checks-invalid.jsonl");
    let mut complaints = Vec::new();
    for line in lines::<InvalidLine<'_>>("checks-invalid.jsonl", &text) {
        let row = Row::from_json(line.row.get()).unwrap_or_else(|e| panic!("{e} in {}", line.row));
        for (judge, reply) in [
            ("oracle", oracle_answer(&row.check, &Dialect::default())),
            (
                "evaluator",
                evaluator_answer(&row.check, &Dialect::default()),
            ),
        ] {
            let wanted = &line.invalid;
            let fits = matches!(&reply, Reply::Invalid(found)
                if found.policy.to_string() == wanted.policy
                    && (found.rule == wanted.rule || wanted.offset.is_none() && UNREADABLE.contains(&found.rule))
                    && wanted.offset.is_none_or(|offset| offset == found.offset));
            if !fits {
                complaints.push(format!(
                    "{} {judge}: {reply}, wanted {} {} {:?}",
                    name(&row.check),
                    wanted.policy,
                    wanted.rule,
                    wanted.offset
                ));
            }
        }
    }
    complain(complaints);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MalformedLine<'t> {
    #[serde(borrow)]
    row: &'t RawValue,
    member: String,
}

#[test]
fn both_judges_refuse_a_malformed_request_and_name_its_member() {
    let text = read("rows/checks-malformed.jsonl");
    let mut complaints = Vec::new();
    for line in lines::<MalformedLine<'_>>("checks-malformed.jsonl", &text) {
        let check =
            Check::from_json(line.row.get()).unwrap_or_else(|e| panic!("{e} in {}", line.row));
        let of_oracle = oracle::judge(&check, &Dialect::default()).map_err(|e| e.member);
        if of_oracle.as_ref().err() != Some(&line.member.as_str()) {
            complaints.push(format!(
                "{} oracle: {of_oracle:?}, wanted {}",
                name(&check),
                line.member
            ));
        }
        let engine = evaluator::Engine::for_check(&check, &Dialect::default());
        let of_evaluator = engine
            .expect("the policies are valid")
            .decide(&evaluator::Request::of(&check))
            .map_err(|e| e.member);
        if of_evaluator.as_ref().err() != Some(&line.member.as_str()) {
            complaints.push(format!(
                "{} evaluator: {of_evaluator:?}, wanted {}",
                name(&check),
                line.member
            ));
        }
    }
    complain(complaints);
}

/// Choices that no check and no document can turn on: `tests/readings.rs` and `tests/call_rows.rs` try them.
const OF_CALLS: [Choice; 12] = [
    Choice::IdentityCoverage,
    Choice::JwtGeneralKeys,
    Choice::JwtForUser,
    Choice::EndpointPolicyScope,
    Choice::VpceOwnerKeys,
    Choice::SourceVpcArnKey,
    Choice::HarnessEndpointPairs,
    Choice::DefaultHarnessEndpoint,
    Choice::UnmanagedMemory,
    Choice::HarnessForUser,
    Choice::UnauthorizedGatewayDenies,
    Choice::PassRoleOnUpdate,
];

/// A row about a put, as far as it is looked at here: settings of a dialect, and the outcome under them.
#[derive(Deserialize)]
struct PutLine {
    #[serde(default)]
    otherwise: Vec<(Vec<String>, serde::de::IgnoredAny)>,
}

#[test]
fn every_open_choice_has_rows_under_both_readings() {
    // A choice nobody tries under its other reading is a choice nobody implemented.
    let mut tried: BTreeSet<RuleId> = BTreeSet::new();
    let text = read("rows/checks-dialect.jsonl");
    for line in lines::<DialectLine<'_>>("checks-dialect.jsonl", &text) {
        tried.extend(
            dialect(&line.dialect)
                .settings()
                .map(|(choice, _)| choice.rule()),
        );
    }
    let text = read("rows/documents.jsonl");
    for row in lines::<DocumentRow>("documents.jsonl", &text) {
        tried.extend(
            dialect(&row.dialect)
                .settings()
                .map(|(choice, _)| choice.rule()),
        );
    }
    let text = read("rows/puts.jsonl");
    for row in lines::<PutLine>("puts.jsonl", &text) {
        for (settings, _) in &row.otherwise {
            tried.extend(
                dialect(settings)
                    .settings()
                    .map(|(choice, _)| choice.rule()),
            );
        }
    }
    let missing: Vec<_> = ALL_CHOICES
        .iter()
        .filter(|c| !tried.contains(&c.rule()) && !OF_CALLS.contains(c))
        .collect();
    assert!(missing.is_empty(), "never read otherwise: {missing:?}");
}
