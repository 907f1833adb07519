//! Every row of the vector files comes out as documented and cites its rule.

use veriam_model::{Choice, ChoiceSet, Dialect, Row};
use veriam_oracle::{CheckOutcome, Detail, Verdict, judge, trace, verdict};

const IAM: &str = include_str!("vectors/iam.jsonl");
const WORKLOADS: &str = include_str!("vectors/workloads.jsonl");

fn rows() -> impl Iterator<Item = (String, Row)> {
    let lines = IAM.lines().chain(WORKLOADS.lines());
    lines.map(|line| {
        let row = Row::from_json(line).expect("vector files hold rows");
        (row.check.id.clone().unwrap_or_default(), row)
    })
}

#[test]
fn every_row_is_decided_as_documented_and_cites_its_rule() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (id, row) in rows() {
        count += 1;
        let judgement = judge(&row.check, &Dialect::default()).expect("rows are well-formed");
        let expected = CheckOutcome::Decided(row.expected.expect("every row has an outcome"));
        let note = row.note.unwrap_or_default();
        if judgement.outcome != expected {
            wrong.push(format!(
                "{id} {:?}: {:?}, not {expected:?}: {note}",
                row.rule, judgement.outcome
            ));
        }
        if let Some(rule) = row.rule
            && !judgement.rules.contains(rule)
        {
            wrong.push(format!("{id} does not cite {rule}: {note}"));
        }
    }
    assert_eq!(count, 417);
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn tracing_changes_nothing() {
    for (id, row) in rows() {
        let judged = judge(&row.check, &Dialect::default());
        for detail in [Detail::Structure, Detail::Full] {
            let traced = trace(&row.check, &Dialect::default(), detail);
            assert_eq!(
                judged.as_ref(),
                traced.as_ref().map(|t| &t.judgement),
                "{id}"
            );
        }
    }
}

/// Identity policies of an older version are the exception: whether they can still be stored is open (IAM-011).
#[test]
fn no_row_turns_on_another_open_choice() {
    let mut version = ChoiceSet::new();
    version.insert(Choice::IdentityVersion);
    for (id, row) in rows() {
        match verdict(&row.check).expect("rows ask for few readings") {
            Verdict::Determined(_) => {}
            Verdict::Undetermined { choices, .. } => {
                assert_eq!(choices, version, "{id}");
                let mut policies = row.check.identity_policies.iter();
                assert!(policies.any(|p| !p.as_str().contains("2012-10-17")), "{id}");
            }
        }
    }
}
