//! The summary of a run: a pure fold of its records, as one JSON object or as text for people.

mod text;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use veriam_model::{Decision, PolicyType, Profile, RuleId};

use crate::labels::shortages;
use crate::merge::Absent;
use crate::{
    ClusterRecord, ClusterSummary, FamilyCounts, LawShortage, LawsSummary, LedgerSummary, Merge,
    MergeError, Outcomes, Part, Record, Shard, Shortage, Tally, unit_names,
};

/// The version tag of a summary.
pub const SUMMARY_SCHEMA: &str = "veriam.summary/2";

/// Generated cases from which on outcomes and labels have minimums.
pub const QUOTAS_FROM: u64 = 20_000;
/// The least share of generated checks and calls that each decision must have, in percent of those decided.
pub const LEAST_OUTCOME_PERCENT: u64 = 15;
/// Generated cases from which on the share of undetermined ones is limited.
pub const UNDETERMINED_FROM: u64 = 1_000;
/// The highest share of undetermined generated cases, in percent.
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
    pub veriam: String,
    /// The version of the mapping from bytes to cases.
    pub generator_version: u32,
    /// The campaign seed.
    pub seed: u64,
    /// How large the generated cases are.
    pub profile: Profile,
    /// The readings the target declares that differ from the default, as `ID=reading`; null when it declares none.
    pub dialect: Option<Vec<String>>,
    /// Policy types that are left out of every case but the controls.
    pub without: Vec<PolicyType>,
    /// Cases that both judges answered, over all parts.
    pub compared: u64,
    /// Generated cases whose outcome turns on an open choice.
    pub undetermined: u64,
    /// Cases the target cannot be asked.
    pub unsupported: u64,
    /// Why it cannot be asked them, with the number of cases.
    pub unsupported_for: BTreeMap<String, u64>,
    /// Cases on which the target differs from the oracle, or the oracle from the documentation; and choices of which
    /// the target mixes the readings.
    pub divergences: u64,
    /// Whether the run proves nothing.
    pub void: bool,
    /// Why it proves nothing.
    pub void_reasons: Vec<String>,
    /// Decisions on the generated checks and calls; over all parts when none were generated.
    pub outcomes: DecisionCounts,
    /// Cases compared in a second of wall time, over all parts.
    pub cases_per_s: u64,
    /// Wall time, in seconds; added up where the units ran in several processes.
    pub seconds: f64,
    /// Threads used.
    pub jobs: usize,
    /// The share of the plan that is told of; `0/1` is all of it.
    pub shard: Shard,
    /// Units of that share that ran, controls included.
    pub units: u64,
    /// Units of that share that were left out because the run ended early on purpose.
    pub units_not_run: u64,
    /// Units of that share of which there is no record, by name.
    pub units_missing: String,
    /// The counts of each part, in the order of the run.
    pub parts: Vec<PartSummary>,
    /// What became of the laws; null when none was tried.
    pub laws: Option<LawsSummary>,
    /// Labels of the generated cases, by family.
    pub labels: Vec<FamilyCounts>,
    /// Labels that were decisive too rarely; empty below [`QUOTAS_FROM`] generated cases.
    pub below_minimum: Vec<Shortage>,
    /// For a target that declares no dialect: the reading it follows of each choice that was reached.
    pub follows: Vec<Followed>,
    /// The divergences, told apart by what they turn on.
    pub clusters: Vec<ClusterSummary>,
    /// Divergences that were only counted.
    pub not_examined: u64,
    /// How the run stands to the ledger; null when it was not asked.
    pub ledger: Option<LedgerSummary>,
    /// Cases on which the oracle itself broke: faults of Veriam.
    pub faults: Vec<String>,
    /// Why the run proves nothing, as values.
    #[serde(skip)]
    pub void_values: Vec<Void>,
}

/// How many checks and calls had each decision.
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
    /// The part.
    pub part: Part,
    /// Cases that both judges answered.
    pub compared: u64,
    /// Documents among them.
    pub documents: u64,
    /// Checks among them.
    pub checks: u64,
    /// Calls among them.
    pub calls: u64,
    /// Puts among them.
    #[serde(skip_serializing_if = "crate::tally::is_zero")]
    pub puts: u64,
    /// Generated cases whose outcome turns on an open choice; 0 in other parts, where nobody asks.
    pub undetermined: u64,
    /// Cases the target cannot be asked.
    pub unsupported: u64,
    /// Cases on which somebody was wrong.
    pub divergences: u64,
    /// What the oracle answered.
    pub outcomes: Outcomes,
}

/// The reading of a choice that a target follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Followed {
    /// The rule that leaves the point open.
    pub choice: RuleId,
    /// The reading that every reply fits; null when none does: the target mixes readings, which is a divergence.
    pub reading: Option<String>,
    /// Cases that turn on the choice.
    pub cases: u64,
    /// When it mixes readings: for each reading, the first generated case that excludes it.
    pub excluded_by: Vec<u64>,
}

/// Why a run proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Void {
    /// A control came out wrong.
    Control,
    /// No case of a part was compared.
    NothingCompared(Part),
    /// Too few generated checks and calls have a decision.
    Outcome(Decision, u64, u64),
    /// The outcome of too many generated cases is open.
    Undetermined(u64, u64),
    /// Labels were decisive too rarely.
    Labels(usize),
    /// A law was tried too rarely.
    Law(LawShortage),
    /// There is no record of these units.
    Missing(String),
    /// Somebody ended the run before these units had run.
    Interrupted(String),
}

impl fmt::Display for Void {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Void::Control => f.write_str(
                "a control came out wrong, so the rest was not run; mend the target until it answers the controls",
            ),
            Void::NothingCompared(part) => write!(
                f,
                "no case of the part `{}` was compared; ask for at least one that the target supports",
                part.name()
            ),
            Void::Outcome(decision, count, of) => write!(
                f,
                "only {count} of {of} decided generated checks and calls have the decision {decision}, \
                 {LEAST_OUTCOME_PERCENT} % are needed; mend the generator"
            ),
            Void::Undetermined(count, of) => write!(
                f,
                "the outcome of {count} of {of} generated cases is open, {MOST_UNDETERMINED_PERCENT} % are allowed; \
                 mend the generator"
            ),
            Void::Labels(count) => write!(
                f,
                "{count} labels were decisive too rarely (see below_minimum); mend the generator, or the minimums"
            ),
            Void::Law(LawShortage {
                law,
                what,
                count,
                minimum,
            }) => write!(
                f,
                "the law {law} was {what} in {count} cases, {minimum} are needed; mend the generator, or choose a target \
                 that supports more"
            ),
            Void::Missing(units) => write!(
                f,
                "units are missing: {units}; run them, and give the records of every shard"
            ),
            Void::Interrupted(units) => write!(
                f,
                "the run was interrupted, so these units are missing: {units}; repeat its command line with --resume"
            ),
        }
    }
}

impl Summary {
    /// Folds the records of a run, or of one shard of it. Without `end` it took no time that anybody knows.
    ///
    /// # Errors
    /// [`MergeError`] when the records are not those of one run.
    pub fn fold(records: &[Record]) -> Result<Self, MergeError> {
        let merge = Merge::new(records)?;
        Ok(Self::of(&merge, merge.start().shard))
    }

    pub(crate) fn of(merge: &Merge, shard: Shard) -> Self {
        let start = merge.start();
        let parts = &merge.parts();
        let absent = merge.absent(shard);
        let total = |count: fn(&Tally) -> u64| parts.iter().map(|(_, t)| count(t)).sum();
        let compared: u64 = total(Tally::compared);
        let divergences: u64 = total(|t| t.divergences);
        let generated = tally(parts, Part::Generated);
        let mut all = Outcomes::default();
        let mut unsupported_for = BTreeMap::new();
        for (_, tally) in parts {
            all.merge(&tally.outcomes);
            for (reason, count) in &tally.unsupported_for {
                *unsupported_for.entry(reason.clone()).or_default() += count;
            }
        }
        let outcomes = match generated {
            Some(tally) if tally.compared() > 0 => tally.outcomes,
            _ => all,
        };
        let labels = generated.map_or_else(Vec::new, |tally| {
            tally.labels.named(&start.labels, tally.compared())
        });
        // A shard is too small a sample, and its cases are not its own choice.
        let quotas = generated.filter(|t| shard == Shard::WHOLE && t.compared() >= QUOTAS_FROM);
        let below_minimum = quotas.map_or_else(Vec::new, |_| shortages(&labels));
        let laws = LawsSummary::of(merge, parts);
        let follows = followed(parts);
        let mixed = follows.iter().filter(|f| f.reading.is_none()).count();
        let mut void_values = void_reasons(merge, shard, parts, &absent, below_minimum.len());
        // A shard is too small a sample here as well.
        let laws_count = |laws: &&LawsSummary| shard == Shard::WHOLE && laws.cases >= QUOTAS_FROM;
        if let Some(laws) = laws.as_ref().filter(laws_count) {
            let short = laws.shortages(&merge.start().laws);
            void_values.extend(short.into_iter().map(Void::Law));
        }
        let mut clusters: Vec<ClusterRecord> = merge.clusters().cloned().collect();
        clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.examined));
        let examined: u64 = clusters.iter().map(|cluster| cluster.examined).sum();
        let seconds = merge.ends().iter().map(|end| end.seconds).sum();
        let in_time = merge.ends().iter().map(|end| end.compared).sum();
        Summary {
            schema: SUMMARY_SCHEMA,
            target: start.target.clone(),
            target_version: start.target_version.clone(),
            veriam: start.veriam.clone(),
            generator_version: start.generator_version,
            seed: start.seed,
            profile: start.profile,
            dialect: start.dialect.clone(),
            without: start.without.clone(),
            compared,
            undetermined: total(|t| t.undetermined),
            unsupported: total(|t| t.unsupported),
            unsupported_for,
            divergences: divergences + mixed as u64,
            void: !void_values.is_empty(),
            void_reasons: void_values.iter().map(Void::to_string).collect(),
            outcomes: DecisionCounts {
                allow: outcomes.allow,
                explicit_deny: outcomes.explicit_deny,
                implicit_deny: outcomes.implicit_deny,
            },
            cases_per_s: per_second(in_time, seconds),
            seconds,
            jobs: start.jobs,
            shard,
            units: merge.units(),
            units_not_run: absent.not_run.len() as u64,
            units_missing: unit_names(&absent.missing),
            parts: parts
                .iter()
                .map(|(part, tally)| part_summary(*part, tally))
                .collect(),
            laws,
            labels,
            below_minimum,
            follows,
            clusters: clusters.into_iter().map(ClusterSummary::from).collect(),
            not_examined: divergences.saturating_sub(examined),
            ledger: None,
            faults: parts
                .iter()
                .flat_map(|(part, tally)| {
                    let named = |fault| format!("{} {fault}", part.name());
                    let more = tally.more_faults;
                    let more = (more > 0).then(|| format!("{}: {more} more", part.name()));
                    tally.faults.iter().map(named).chain(more)
                })
                .collect(),
            void_values,
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

fn tally(parts: &[(Part, Tally)], part: Part) -> Option<&Tally> {
    parts.iter().find(|(p, _)| *p == part).map(|(_, t)| t)
}

/// Why a run proves nothing; empty for a good one.
fn void_reasons(
    merge: &Merge,
    shard: Shard,
    parts: &[(Part, Tally)],
    absent: &Absent,
    short: usize,
) -> Vec<Void> {
    let start = merge.start();
    let size = start.part(Part::Controls).map_or(0, |part| part.cases);
    if tally(parts, Part::Controls).is_none_or(|tally| !tally.is_clean(size)) {
        return vec![Void::Control];
    }
    let mut reasons = Vec::new();
    if !absent.missing.is_empty() {
        let names = unit_names(&absent.missing);
        reasons.push(match absent.interrupted {
            true => Void::Interrupted(names),
            false => Void::Missing(names),
        });
    }
    let nothing_ran = parts.iter().all(|(part, _)| *part == Part::Controls);
    for planned in start.parts.iter().filter(|p| p.part != Part::Controls) {
        let part = planned.part;
        let compared = match tally(parts, part) {
            Some(tally) => tally.compared() > 0,
            // What is missing was told; what was left out on purpose, or is another shard's, is no fault of the part.
            None => {
                let here = start
                    .units()
                    .any(|unit| unit.part == part && shard.has(&unit));
                !(planned.cases == 0 || here && nothing_ran && absent.missing.is_empty())
            }
        };
        if !compared {
            reasons.push(Void::NothingCompared(part));
        }
    }
    let Some(generated) = tally(parts, Part::Generated).filter(|_| shard == Shard::WHOLE) else {
        return reasons;
    };
    let of = generated.compared();
    if of >= QUOTAS_FROM {
        let decided = generated.outcomes.decided();
        for decision in Decision::ALL {
            let count = generated.outcomes.of(decision);
            // What the target cannot be asked is no fault of the generator.
            let left_out = &generated.left_out;
            let (drawn, all) = (count + left_out.of(decision), decided + left_out.decided());
            if drawn * 100 < all * LEAST_OUTCOME_PERCENT {
                reasons.push(Void::Outcome(decision, count, decided));
            }
        }
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

/// The reading of each choice that all replies fit.
fn followed(parts: &[(Part, Tally)]) -> Vec<Followed> {
    let mut counts: Vec<crate::ReadingCount> = Vec::new();
    for (_, tally) in parts {
        for count in &tally.readings {
            let same = |c: &&mut crate::ReadingCount| {
                c.choice == count.choice && c.reading == count.reading
            };
            match counts.iter_mut().find(same) {
                Some(known) => {
                    known.fits += count.fits;
                    known.misses += count.misses;
                    known.first_miss = known.first_miss.or(count.first_miss);
                }
                None => counts.push(count.clone()),
            }
        }
    }
    counts.sort_by_key(|count| count.choice);
    counts
        .chunk_by(|a, b| a.choice == b.choice)
        .filter(|readings| readings.iter().any(|r| r.misses > 0))
        .map(|readings| {
            let fits = readings.iter().find(|r| r.misses == 0);
            let misses = readings.iter().filter_map(|r| r.first_miss);
            Followed {
                choice: readings[0].choice,
                reading: fits.map(|r| r.reading.clone()),
                cases: readings[0].fits + readings[0].misses,
                excluded_by: match fits {
                    Some(_) => Vec::new(),
                    None => misses.collect(),
                },
            }
        })
        .collect()
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

fn part_summary(part: Part, tally: &Tally) -> PartSummary {
    PartSummary {
        part,
        compared: tally.compared(),
        documents: tally.documents,
        checks: tally.checks,
        calls: tally.calls,
        puts: tally.puts,
        undetermined: tally.undetermined,
        unsupported: tally.unsupported,
        divergences: tally.divergences,
        outcomes: tally.outcomes,
    }
}
