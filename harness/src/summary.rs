//! The summary of a run: a pure fold of its record, as one JSON object or as text for people.

mod text;

use std::fmt;

use serde::Serialize;
use veriam_generators::GENERATOR_VERSION;
use veriam_model::Decision;

use crate::case_file::{Signature, settings};
use crate::exit::Exit;
use crate::labels::{FamilyCounts, minimum};
use crate::run::{CONTROLS, Outcomes, Part, Plan, Record};
use crate::target::Target;

/// The version tag of a summary.
pub const SUMMARY_SCHEMA: &str = "veriam.summary/1";

/// Generated checks from which on outcomes and labels have minimums.
pub const QUOTAS_FROM: u64 = 20_000;
/// The least share of generated checks that each decision must have, in percent.
pub const LEAST_OUTCOME_PERCENT: u64 = 15;
/// Generated checks from which on the share of undetermined ones is limited.
pub const UNDETERMINED_FROM: u64 = 1_000;
/// The highest share of undetermined generated checks, in percent.
pub const MOST_UNDETERMINED_PERCENT: u64 = 5;

/// What a run found out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// [`SUMMARY_SCHEMA`]
    pub schema: &'static str,
    /// The target's name.
    pub target: String,
    /// The target's version.
    pub target_version: String,
    /// The version of Veriam.
    pub veriam: &'static str,
    /// The version of the mapping from bytes to cases.
    pub generator_version: u32,
    /// The campaign seed.
    pub seed: u64,
    /// The readings that differ from the default, as `ID=reading`.
    pub dialect: Vec<String>,
    /// Checks that both judges answered, over all parts.
    pub compared: u64,
    /// Generated checks whose outcome turns on an open choice.
    pub undetermined: u64,
    /// Checks the target cannot be asked.
    pub unsupported: u64,
    /// Checks on which the target differs from the oracle, or the oracle from the documentation.
    pub divergences: u64,
    /// Whether the run proves nothing.
    pub void: bool,
    /// Why it proves nothing.
    pub void_reasons: Vec<String>,
    /// Decisions on the generated checks; over all parts when none were generated.
    pub outcomes: DecisionCounts,
    /// Checks compared in a second of wall time, over all parts.
    pub cases_per_s: u64,
    /// Wall time, in seconds.
    pub seconds: f64,
    /// Threads used.
    pub jobs: usize,
    /// The counts of each part, in the order of the run.
    pub parts: Vec<PartSummary>,
    /// Labels of the generated checks, by family.
    pub labels: Vec<FamilyCounts>,
    /// Labels that were decisive too rarely; empty below [`QUOTAS_FROM`] generated checks.
    pub below_minimum: Vec<Shortage>,
    /// The divergences, told apart by what they turn on.
    pub clusters: Vec<ClusterSummary>,
    /// Divergences that were only counted.
    pub not_examined: u64,
    /// Checks on which the oracle itself broke: faults of Veriam.
    pub faults: Vec<String>,
}

/// How many checks had each decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DecisionCounts {
    /// Allowed.
    pub allow: u64,
    /// Denied by a statement.
    pub explicit_deny: u64,
    /// Denied for want of an Allow.
    pub implicit_deny: u64,
}

/// The counts of one part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartSummary {
    /// The part's name.
    pub part: &'static str,
    /// Checks that both judges answered.
    pub compared: u64,
    /// Generated checks whose outcome turns on an open choice; 0 in other parts, where nobody asks.
    pub undetermined: u64,
    /// Checks the target cannot be asked.
    pub unsupported: u64,
    /// Checks on which somebody was wrong.
    pub divergences: u64,
    /// What the oracle answered.
    pub outcomes: PartOutcomes,
}

/// What the oracle answered in one part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PartOutcomes {
    /// Allowed.
    pub allow: u64,
    /// Denied by a statement.
    pub explicit_deny: u64,
    /// Denied for want of an Allow.
    pub implicit_deny: u64,
    /// A policy was invalid.
    pub invalid: u64,
    /// The request was malformed.
    pub malformed: u64,
}

/// A label that was decisive too rarely.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shortage {
    /// Its family.
    pub family: &'static str,
    /// Its name.
    pub label: String,
    /// How often it was decisive.
    pub decisive: u64,
    /// How often it had to be.
    pub minimum: u64,
}

/// One kind of divergence and its stored case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClusterSummary {
    /// What kind it is.
    pub signature: Signature,
    /// How many examined divergences are of the kind.
    pub examined: u64,
    /// The stored case; null when it could not be stored.
    pub file: Option<String>,
    /// The command that judges it again.
    pub replay: Option<String>,
    /// Why it could not be stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_stored: Option<String>,
}

/// Why a run proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Void {
    /// A control came out wrong.
    Control,
    /// No check of a part was compared.
    NothingCompared(Part),
    /// Too few generated checks have a decision.
    Outcome(Decision, u64, u64),
    /// The outcome of too many generated checks is open.
    Undetermined(u64, u64),
    /// Labels were decisive too rarely.
    Labels(usize),
}

impl fmt::Display for Void {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Void::Control => f.write_str(
                "a control came out wrong, so the rest was not run; mend the target until it answers the controls",
            ),
            Void::NothingCompared(part) => write!(
                f,
                "no check of the part `{}` was compared; ask for at least one that the target supports",
                part.name()
            ),
            Void::Outcome(decision, count, of) => write!(
                f,
                "only {count} of {of} generated checks have the decision {decision}, {LEAST_OUTCOME_PERCENT} % are \
                 needed; mend the generator"
            ),
            Void::Undetermined(count, of) => write!(
                f,
                "the outcome of {count} of {of} generated checks is open, {MOST_UNDETERMINED_PERCENT} % are allowed; \
                 mend the generator"
            ),
            Void::Labels(count) => write!(
                f,
                "{count} labels were decisive too rarely (see below_minimum); mend the generator"
            ),
        }
    }
}

/// Why a record proves nothing; empty for a good one.
#[must_use]
pub fn void_reasons(plan: &Plan, record: &Record) -> Vec<Void> {
    let mut reasons = Vec::new();
    let controls = record.part(Part::Controls);
    if controls.is_none_or(|tally| !tally.is_clean(CONTROLS)) {
        return vec![Void::Control];
    }
    for part in &plan.parts {
        if record.part(*part).is_none_or(|tally| tally.compared == 0) {
            reasons.push(Void::NothingCompared(*part));
        }
    }
    let Some(generated) = record.part(Part::Generated) else {
        return reasons;
    };
    let of = generated.compared;
    if of >= QUOTAS_FROM {
        for decision in Decision::ALL {
            let count = generated.outcomes.of(decision);
            if count * 100 < of * LEAST_OUTCOME_PERCENT {
                reasons.push(Void::Outcome(decision, count, of));
            }
        }
        let short = generated.labels.below_minimum(of).len();
        if short > 0 {
            reasons.push(Void::Labels(short));
        }
    }
    let open = generated.undetermined;
    if of >= UNDETERMINED_FROM && open * 100 > of * MOST_UNDETERMINED_PERCENT {
        reasons.push(Void::Undetermined(open, of));
    }
    reasons
}

/// How a run ends, whatever is printed about it.
#[must_use]
pub fn exit(plan: &Plan, record: &Record) -> Exit {
    let tallies = || record.parts.iter().map(|(_, tally)| tally);
    let mut exit = Exit::Agreed;
    if tallies().any(|t| t.divergences > 0) {
        exit = exit.or(Exit::Divergence);
    }
    if !void_reasons(plan, record).is_empty() {
        exit = exit.or(Exit::Void);
    }
    if tallies().any(|t| !t.faults.is_empty()) {
        exit = exit.or(Exit::Internal);
    }
    exit
}

impl Summary {
    /// Folds the record of a run that took `seconds`.
    #[must_use]
    pub fn new(
        plan: &Plan,
        record: &Record,
        target: &dyn Target,
        seconds: f64,
        clusters: Vec<ClusterSummary>,
        not_examined: u64,
    ) -> Self {
        let tallies = || record.parts.iter().map(|(_, tally)| tally);
        let total = |count: fn(&crate::run::Tally) -> u64| tallies().map(count).sum::<u64>();
        let compared = total(|t| t.compared);
        let void_reasons = void_reasons(plan, record);
        let generated = record.part(Part::Generated);
        let of_generated = generated.map_or(0, |t| t.compared);
        let mut all = Outcomes::default();
        for tally in tallies() {
            all.merge(&tally.outcomes);
        }
        let outcomes = match generated {
            Some(tally) if tally.compared > 0 => tally.outcomes,
            _ => all,
        };
        let quotas = generated.filter(|t| t.compared >= QUOTAS_FROM);
        Summary {
            schema: SUMMARY_SCHEMA,
            target: target.name().to_owned(),
            target_version: target.version().to_owned(),
            veriam: env!("CARGO_PKG_VERSION"),
            generator_version: GENERATOR_VERSION,
            seed: plan.seed,
            dialect: settings(target.dialect()),
            compared,
            undetermined: total(|t| t.undetermined),
            unsupported: total(|t| t.unsupported),
            divergences: total(|t| t.divergences),
            void: !void_reasons.is_empty(),
            void_reasons: void_reasons.iter().map(Void::to_string).collect(),
            outcomes: DecisionCounts {
                allow: outcomes.allow,
                explicit_deny: outcomes.explicit_deny,
                implicit_deny: outcomes.implicit_deny,
            },
            cases_per_s: per_second(compared, seconds),
            seconds,
            jobs: plan.jobs,
            parts: record.parts.iter().map(part_summary).collect(),
            labels: generated.map_or_else(Vec::new, |t| t.labels.families()),
            below_minimum: quotas.map_or_else(Vec::new, |tally| {
                let short = tally.labels.below_minimum(tally.compared).into_iter();
                let shortage = |label: crate::labels::Label| Shortage {
                    family: label.family().name(),
                    label: label.name(),
                    decisive: tally.labels.decisive(label),
                    minimum: minimum(of_generated),
                };
                short.map(shortage).collect()
            }),
            clusters,
            not_examined,
            faults: record
                .parts
                .iter()
                .flat_map(|(part, tally)| {
                    tally.faults.iter().map(move |fault| {
                        format!("{} {}: {}", part.name(), fault.index, fault.message)
                    })
                })
                .collect(),
        }
    }

    /// The summary as one JSON object with a line feed at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The summary for people, with ANSI styles.
    #[must_use]
    pub fn to_text(&self) -> String {
        text::render(self)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a rate for people: saturating and rounded"
)]
fn per_second(count: u64, seconds: f64) -> u64 {
    if seconds > 0.0 {
        (count as f64 / seconds).round() as u64
    } else {
        0
    }
}

fn part_summary((part, tally): &(Part, crate::run::Tally)) -> PartSummary {
    let outcomes = tally.outcomes;
    PartSummary {
        part: part.name(),
        compared: tally.compared,
        undetermined: tally.undetermined,
        unsupported: tally.unsupported,
        divergences: tally.divergences,
        outcomes: PartOutcomes {
            allow: outcomes.allow,
            explicit_deny: outcomes.explicit_deny,
            implicit_deny: outcomes.implicit_deny,
            invalid: outcomes.invalid,
            malformed: outcomes.malformed,
        },
    }
}
