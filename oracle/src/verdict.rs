//! Verdicts: does the outcome turn on an open choice?

use veriam_model::{Check, Choice, ChoiceKind, ChoiceSet, Dialect, choice_facts};

use crate::{CheckOutcome, Judgement, Verdict, VerdictError, judge};

/// Most combinations of readings that are tried.
const MAX_COMBINATIONS: usize = 256;

/// Judges a check under every combination of readings of the open choices it consults.
///
/// Which choices those are is found on the way: one that is consulted only under another reading of an
/// earlier one counts as well.
pub(crate) fn verdict(check: &Check) -> Result<Verdict, VerdictError> {
    let default = judge(check, &Dialect::default())?;
    let mut choices = open(default.consulted);
    let readings = loop {
        let readings = judge_product(check, &default, &choices)?;
        let mut consulted = ChoiceSet::new();
        for (_, judgement) in &readings {
            consulted.extend_from(judgement.consulted);
        }
        let grown: Vec<Choice> = open(consulted)
            .into_iter()
            .filter(|choice| !choices.contains(choice))
            .collect();
        if grown.is_empty() {
            break readings;
        }
        choices.extend(grown);
    };
    let deciding: Vec<Choice> = choices
        .iter()
        .copied()
        .filter(|&choice| turns_on(choice, &readings))
        .collect();
    if deciding.is_empty() {
        return Ok(Verdict::Determined(default));
    }
    // The outcome is the same whatever the other choices read, so they keep their defaults.
    let readings = readings.into_iter().filter(|(dialect, _)| {
        choices
            .iter()
            .all(|choice| deciding.contains(choice) || dialect.index(*choice) == 0)
    });
    let mut set = ChoiceSet::new();
    for &choice in &deciding {
        set.insert(choice);
    }
    Ok(Verdict::Undetermined {
        default,
        choices: set,
        readings: readings
            .map(|(dialect, judgement)| (dialect, judgement.outcome))
            .collect(),
    })
}

/// The open choices of a set, in declaration order. A mode is a property of the input and never searched.
fn open(set: ChoiceSet) -> Vec<Choice> {
    let facts = choice_facts();
    let is_open = |choice: &Choice| {
        facts
            .iter()
            .any(|fact| fact.id == choice.rule() && fact.kind == ChoiceKind::Open)
    };
    set.iter().filter(is_open).collect()
}

/// The judgement under every combination of readings, the default one, which is known, first.
fn judge_product(
    check: &Check,
    default: &Judgement,
    choices: &[Choice],
) -> Result<Vec<(Dialect, Judgement)>, VerdictError> {
    let mut dialects = vec![Dialect::default()];
    for &choice in choices {
        let count = choice.reading_names().len();
        let combinations = dialects.len().saturating_mul(count);
        if combinations > MAX_COMBINATIONS {
            return Err(VerdictError::TooManyReadings {
                combinations,
                limit: MAX_COMBINATIONS,
            });
        }
        dialects = dialects
            .iter()
            .flat_map(|dialect| (0..count).map(move |index| dialect.with_index(choice, index)))
            .collect();
    }
    let mut judged = vec![(Dialect::default(), default.clone())];
    for &dialect in &dialects[1..] {
        judged.push((dialect, judge(check, &dialect)?));
    }
    Ok(judged)
}

/// Whether two combinations that differ in this choice only have different outcomes.
fn turns_on(choice: Choice, readings: &[(Dialect, Judgement)]) -> bool {
    readings.iter().any(|(dialect, judgement)| {
        let base = dialect.with_index(choice, 0);
        let other = readings.iter().find(|(d, _)| *d == base);
        other.is_some_and(|(_, other)| !same(&judgement.outcome, &other.outcome))
    })
}

/// Which fault of an invalid policy comes first makes no difference.
fn same(one: &CheckOutcome, other: &CheckOutcome) -> bool {
    match (one, other) {
        (CheckOutcome::Decided(one), CheckOutcome::Decided(other)) => one == other,
        (CheckOutcome::Invalid(_), CheckOutcome::Invalid(_)) => true,
        _ => false,
    }
}
