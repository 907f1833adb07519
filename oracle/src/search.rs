//! The search for the open choices on which an outcome turns.

use veriam_model::{Choice, ChoiceKind, ChoiceSet, Dialect, choice_facts};

/// Most combinations of readings that are tried.
pub(crate) const MAX_COMBINATIONS: usize = 256;

/// What can be judged under any dialect.
pub(crate) trait Question {
    /// What comes of it.
    type Judged: Clone;
    /// Why nothing comes of it.
    type Error;

    /// Judges it; `None` under readings that cannot be those of this question.
    fn judge(&self, dialect: &Dialect) -> Result<Option<Self::Judged>, Self::Error>;
    /// The choices consulted on the way.
    fn consulted(judged: &Self::Judged) -> ChoiceSet;
    /// Whether the outcomes are the same.
    fn same(one: &Self::Judged, other: &Self::Judged) -> bool;
    /// The error for so many combinations of readings.
    fn too_many(combinations: usize) -> Self::Error;
}

/// The judgement under each combination of readings, the default one first.
type Readings<Q> = Vec<(Dialect, <Q as Question>::Judged)>;

/// The choices that the outcome turns on, with the judgement under each combination of their readings; `None` when
/// it turns on none. `default` is what comes of the question under the default dialect.
///
/// Which choices are open is found on the way: one that is consulted only under another reading of an earlier one
/// counts as well.
pub(crate) fn readings<Q: Question>(
    question: &Q,
    default: &Q::Judged,
) -> Result<Option<(ChoiceSet, Readings<Q>)>, Q::Error> {
    let mut choices = open(Q::consulted(default));
    let readings = loop {
        let readings = judge_product(question, default, &choices)?;
        let mut consulted = ChoiceSet::new();
        for (_, judged) in &readings {
            consulted.extend_from(Q::consulted(judged));
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
    let mut deciding = ChoiceSet::new();
    for &choice in &choices {
        if turns_on::<Q>(choice, &readings) {
            deciding.insert(choice);
        }
    }
    if deciding.is_empty() {
        return Ok(None);
    }
    // The outcome is the same whatever the other choices read, so they keep their defaults.
    let readings = readings.into_iter().filter(|(dialect, _)| {
        choices
            .iter()
            .all(|&choice| deciding.contains(choice) || dialect.index(choice) == 0)
    });
    Ok(Some((deciding, readings.collect())))
}

/// The open choices of a set, in declaration order. A mode is a property of the input and never searched.
fn open(set: ChoiceSet) -> Vec<Choice> {
    if set.is_empty() {
        return Vec::new();
    }
    let facts = choice_facts();
    let is_open = |choice: &Choice| {
        facts
            .iter()
            .any(|fact| fact.id == choice.rule() && fact.kind == ChoiceKind::Open)
    };
    set.iter().filter(is_open).collect()
}

/// The judgement under every combination of readings, the default one, which is known, first.
fn judge_product<Q: Question>(
    question: &Q,
    default: &Q::Judged,
    choices: &[Choice],
) -> Result<Readings<Q>, Q::Error> {
    let mut dialects = vec![Dialect::default()];
    for &choice in choices {
        let count = choice.reading_names().len();
        let combinations = dialects.len().saturating_mul(count);
        if combinations > MAX_COMBINATIONS {
            return Err(Q::too_many(combinations));
        }
        dialects = dialects
            .iter()
            .flat_map(|dialect| (0..count).map(move |index| dialect.with_index(choice, index)))
            .collect();
    }
    let mut judged = vec![(Dialect::default(), default.clone())];
    for &dialect in &dialects[1..] {
        let judgement = question.judge(&dialect)?;
        judged.extend(judgement.map(|judgement| (dialect, judgement)));
    }
    Ok(judged)
}

/// Whether two combinations that differ in this choice only have different outcomes.
fn turns_on<Q: Question>(choice: Choice, readings: &Readings<Q>) -> bool {
    readings.iter().any(|(dialect, judged)| {
        let base = dialect.with_index(choice, 0);
        let other = readings.iter().find(|(d, _)| *d == base);
        other.is_some_and(|(_, other)| !Q::same(judged, other))
    })
}
