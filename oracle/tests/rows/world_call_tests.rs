//! The rows about calls in worlds, held against the oracle.

use std::collections::BTreeSet;

use veriam_model::{ChoiceSet, Dialect, Outcome, RuleSet};
use veriam_oracle::{
    CallVerdict, CheckOutcome, Detail, call_verdict, judge, judge_call, trace_call,
};

use super::world_calls::{Row, rows};

/// The rules that a row's call cites.
pub(crate) fn cited(row: &Row) -> RuleSet {
    let judged = judge_call(&row.world, &row.call, &row.dialect);
    judged.expect("rows are well-formed").rules
}

#[test]
fn every_call_ends_as_its_row_says() {
    let mut complaints = Vec::new();
    let mut ids = BTreeSet::new();
    for row in rows() {
        let found = judge_call(&row.world, &row.call, &row.dialect).map(|j| j.outcome);
        if found.as_ref() != Ok(&row.expected) {
            complaints.push(format!(
                "{} {}: {found:?}, not {:?}",
                row.id, row.note, row.expected
            ));
        }
        assert!(ids.insert(row.id.clone()), "{} twice", row.id);
    }
    super::assert_none(&complaints);
}

#[test]
fn every_verdict_turns_on_the_choices_of_its_row() {
    let mut complaints = Vec::new();
    for row in rows() {
        let Some(turns_on) = &row.turns_on else {
            continue;
        };
        let verdict = call_verdict(&row.world, &row.call).expect("rows ask for few readings");
        let (default, choices) = match &verdict {
            CallVerdict::Determined(default) => (default, ChoiceSet::new()),
            CallVerdict::Undetermined {
                default,
                choices,
                readings,
            } => {
                assert_eq!(readings[0], (Dialect::default(), default.outcome.clone()));
                for (dialect, outcome) in readings {
                    let judged = judge_call(&row.world, &row.call, dialect);
                    assert_eq!(judged.map(|j| j.outcome), Ok(outcome.clone()), "{}", row.id);
                }
                (default, *choices)
            }
        };
        let judged = judge_call(&row.world, &row.call, &Dialect::default());
        assert_eq!(judged.as_ref(), Ok(default), "{}", row.id);
        let found: BTreeSet<String> = choices.iter().map(|c| c.to_string()).collect();
        if found != *turns_on {
            complaints.push(format!(
                "{} {}: {found:?}, not {turns_on:?}",
                row.id, row.note
            ));
        }
    }
    super::assert_none(&complaints);
}

#[test]
fn tracing_changes_nothing_and_every_pair_is_an_ordinary_check() {
    for row in rows() {
        let judged = judge_call(&row.world, &row.call, &row.dialect).expect("rows are well-formed");
        for detail in [Detail::Structure, Detail::Full] {
            let traced = trace_call(&row.world, &row.call, &row.dialect, detail)
                .expect("rows are well-formed");
            assert_eq!(traced.judgement, judged, "{}", row.id);
            let steps = traced.expansion.iter().chain(&traced.combination);
            for step in steps {
                assert!(!step.rules.is_empty(), "{}: {step:?}", row.id);
                assert_eq!(
                    step.text.is_empty(),
                    detail == Detail::Structure,
                    "{}",
                    row.id
                );
            }
            let is_turned_away =
                matches!(judged.outcome, Outcome::Rejected(_) | Outcome::Invalid(_));
            assert_eq!(traced.pairs.is_empty(), is_turned_away, "{}", row.id);
            assert_eq!(traced.combination.is_empty(), is_turned_away, "{}", row.id);
            for pair in &traced.pairs {
                assert_eq!(pair.check.action, pair.pair.action, "{}", row.id);
                assert_eq!(pair.check.resource.arn, pair.pair.resource, "{}", row.id);
                let alone = judge(&pair.check, &row.dialect).expect("checks are well-formed");
                let outcome = pair.derivation.judgement.outcome;
                assert_eq!(alone.outcome, outcome, "{}", row.id);
                assert!(matches!(outcome, CheckOutcome::Decided(_)), "{}", row.id);
            }
        }
    }
}
