//! The rows of `puts.jsonl`.

use serde::Deserialize;
use veriam_model::{Dialect, Put, PutOutcome, RuleId, RuleSet};
use veriam_oracle::judge_put;

/// A put and what becomes of it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) put: Put,
    /// Under the default reading of every choice.
    pub(crate) expected: PutOutcome,
    /// Under others: settings of a dialect, and the outcome.
    #[serde(default)]
    pub(crate) otherwise: Vec<(Vec<String>, PutOutcome)>,
    /// The choices its verdict turns on.
    pub(crate) open: Vec<RuleId>,
    /// Rules that it pins.
    pub(crate) cites: Vec<RuleId>,
    pub(crate) note: String,
}

pub(crate) fn rows() -> Vec<Row> {
    let lines = include_str!("puts.jsonl").lines();
    lines
        .map(|line| serde_json::from_str(line).expect(line))
        .collect()
}

pub(crate) fn dialect(settings: &[String]) -> Dialect {
    let with = |dialect: Dialect, setting: &String| dialect.with_setting(setting).expect(setting);
    settings.iter().fold(Dialect::default(), with)
}

/// The rules that the judgement of a row cites.
pub(crate) fn cited(row: &Row) -> RuleSet {
    let judgement = judge_put(&row.put, &Dialect::default());
    judgement.expect(&row.id).rules
}
