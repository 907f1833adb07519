//! Puts: each ends as its row says, under the default reading of every choice and under others.

#[path = "rows/puts.rs"]
mod rows;

use std::collections::BTreeSet;

use rows::{Row, dialect, rows};
use veriam_model::{Dialect, PutOutcome, RuleId, choice_facts};
use veriam_oracle::{Detail, PutVerdict, judge_put, put_verdict, rule, trace_put};

/// Each row with each dialect it speaks of, and the outcome under it.
fn judged() -> impl Iterator<Item = (Row, Dialect, PutOutcome)> {
    rows().into_iter().flat_map(|row| {
        let default = (Dialect::default(), row.expected.clone());
        let others = row.otherwise.iter();
        let others = others.map(|(settings, outcome)| (dialect(settings), outcome.clone()));
        let all: Vec<_> = std::iter::once(default).chain(others).collect();
        all.into_iter()
            .map(move |(dialect, outcome)| (row.clone(), dialect, outcome))
    })
}

#[test]
fn every_put_ends_as_its_row_says() {
    let mut complaints = Vec::new();
    for (row, dialect, expected) in judged() {
        let found = judge_put(&row.put, &dialect).expect(&row.id).outcome;
        if found != expected {
            complaints.push(format!(
                "{} {dialect:?}: {found}, not {expected}: {}",
                row.id, row.note
            ));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_row_cites_its_rules() {
    let mut complaints = Vec::new();
    for row in rows() {
        let found = rows::cited(&row);
        for cited in &row.cites {
            if !found.contains(*cited) {
                complaints.push(format!("{} does not cite {cited}", row.id));
            }
        }
        for id in found.iter() {
            assert!(rule(id).is_some(), "{}: {id} is not registered", row.id);
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_verdict_turns_on_the_choices_of_its_row() {
    let mut complaints = Vec::new();
    for row in rows() {
        let judgement = judge_put(&row.put, &Dialect::default()).expect(&row.id);
        let found: BTreeSet<RuleId> = match put_verdict(&row.put).expect(&row.id) {
            PutVerdict::Determined(found) => {
                assert_eq!(found, judgement, "{}", row.id);
                BTreeSet::new()
            }
            PutVerdict::Undetermined {
                default,
                choices,
                readings,
            } => {
                assert_eq!(default, judgement, "{}", row.id);
                assert_eq!(readings[0], (Dialect::default(), judgement.outcome));
                for (dialect, outcome) in readings {
                    let judged = judge_put(&row.put, &dialect).expect(&row.id);
                    assert_eq!(judged.outcome, outcome, "{} {dialect:?}", row.id);
                }
                choices.iter().map(|choice| choice.rule()).collect()
            }
        };
        if found != row.open.iter().copied().collect() {
            complaints.push(format!(
                "{}: turns on {found:?}, not {:?}",
                row.id, row.open
            ));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn where_a_fault_has_no_choice_in_it_none_is_consulted() {
    let rows = rows();
    let consulted = |id: &str| {
        let row = rows.iter().find(|row| row.id == id).expect(id);
        let judgement = judge_put(&row.put, &Dialect::default()).expect(id);
        !judgement.consulted.is_empty()
    };
    // Each asks for readings on the way; the first three are refused for something else besides.
    assert!(!consulted("PUT-ORD-001") && !consulted("PUT-ORD-003") && !consulted("PUT-RES-010"));
    assert!(consulted("PUT-ORD-004") && consulted("PUT-ACT-004"));
}

#[test]
fn every_reading_of_every_choice_about_puts_decides_some_row() {
    // The readings under which some row is stored and not refused, or the reverse.
    let mut deciding = BTreeSet::new();
    let mut choices: BTreeSet<RuleId> = BTreeSet::new();
    for row in rows() {
        let stored = |outcome: &PutOutcome| *outcome == PutOutcome::Stored;
        for (settings, outcome) in &row.otherwise {
            if let [setting] = settings.as_slice()
                && stored(outcome) != stored(&row.expected)
            {
                deciding.insert(setting.clone());
            }
        }
        choices.extend(row.open.iter().filter(|id| **id >= RuleId::agentcore(1)));
    }
    assert_eq!(choices.len(), 18);
    let facts = choice_facts().iter().filter(|f| choices.contains(&f.id));
    for fact in facts {
        let mut others = fact.readings.iter().skip(1);
        let some = others.any(|r| deciding.contains(&format!("{}={}", fact.id, r.name)));
        assert!(some, "no row turns on {} alone", fact.id);
    }
    for reading in [
        "AC-039=bytes",
        "AC-039=without-white-space",
        "AC-150=service",
        "AC-150=any",
    ] {
        assert!(deciding.contains(reading), "{reading}");
    }
}

#[test]
fn tracing_changes_nothing_and_tells_every_step() {
    for (row, dialect, _) in judged() {
        let judgement = judge_put(&row.put, &dialect).expect(&row.id);
        for detail in [Detail::Structure, Detail::Full] {
            let traced = trace_put(&row.put, &dialect, detail).expect(&row.id);
            assert_eq!(traced.judgement, judgement, "{}", row.id);
            for step in &traced.steps {
                assert_eq!(
                    step.text.is_empty(),
                    detail == Detail::Structure,
                    "{}",
                    row.id
                );
            }
            let first = traced.faults.first().cloned();
            let outcome = first.map_or(PutOutcome::Stored, PutOutcome::Refused);
            assert_eq!(outcome, judgement.outcome, "{}", row.id);
            let last = traced.steps.last().expect("there is a step");
            assert!(!last.rules.is_empty(), "{}", row.id);
        }
    }
}

#[test]
fn what_is_not_well_formed_is_no_question() {
    let mut put = rows().remove(0).put;
    put.account.clear();
    let error = judge_put(&put, &Dialect::default()).expect_err("malformed");
    assert_eq!(error.member, "account");
    assert!(put_verdict(&put).is_err());
}
