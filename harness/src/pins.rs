//! Where each rule is pinned: the rows and scenarios whose judgement has to cite it, and what lint finds by it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use veriam_evaluator as evaluator;
use veriam_model::RuleId;

/// What holds the oracle to a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pins {
    /// Ids of rows under `oracle/tests/rows` and `oracle/tests/vectors`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<String>,
    /// Scenarios with a call that names the rule, as paths in the repository.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scenarios: Vec<String>,
}

impl Pins {
    /// Those of a rule; none where the registry says that no judge applies it.
    #[must_use]
    pub fn of(rule: RuleId) -> &'static Pins {
        static NONE: Pins = Pins {
            rows: Vec::new(),
            scenarios: Vec::new(),
        };
        all().get(&rule).unwrap_or(&NONE)
    }
}

/// Those of every rule that has some. The file is part of the program; a test holds it against rows and scenarios.
#[must_use]
pub fn all() -> &'static BTreeMap<RuleId, Pins> {
    static ALL: LazyLock<BTreeMap<RuleId, Pins>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../data/pins.json"))
            .expect("pins.json is part of the crate and read by its tests")
    });
    &ALL
}

/// The codes of what lint finds by a rule.
pub fn findings(rule: RuleId) -> impl Iterator<Item = &'static str> {
    evaluator::finding_kinds()
        .filter(move |kind| kind.rule == rule)
        .map(|kind| kind.code)
}
