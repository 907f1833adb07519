//! From divergences to cases: shrunk, told apart by their signature, one case each.

use std::collections::BTreeMap;

use rayon::prelude::*;
use veriam_generators::{GENERATOR_VERSION, shrink};
use veriam_model::{Check, Dialect, RuleId, RuleSet};
use veriam_oracle::{self as oracle, CheckOutcome, Detail, Element, ElementTrace, Verdict};

use super::tally::{Found, Who};
use super::{Part, Plan, Record, Rows};
use crate::case_file::{Case, Origin, Signature};
use crate::compare::{Kind, agree, oracle_answer};
use crate::labels;
use crate::target::Target;

/// Divergences that are shrunk, of each part and pair of replies.
const SHRUNK_PER_PAIR: usize = 8;
/// Divergences that are shrunk in all.
const SHRUNK: usize = 64;
/// Checks that are judged to shrink one divergence.
const SHRINK_BUDGET: usize = 4_000;

/// The divergences of a run, told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// One entry for each signature, the most frequent first.
    pub clusters: Vec<Cluster>,
    /// Divergences that were only counted, not looked into.
    pub not_examined: u64,
}

/// Divergences with one signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The smallest of them.
    pub case: Case,
    /// How many of those examined have the signature.
    pub examined: u64,
    /// Whether the shrinker ran out of budget, so that the case might be smaller.
    pub exhausted: bool,
}

/// Shrinks the divergences of a record and tells them apart.
#[must_use]
pub fn digest(record: &Record, plan: &Plan, rows: &Rows, target: &dyn Target) -> Digest {
    let mut taken: BTreeMap<(Part, Kind, Kind), usize> = BTreeMap::new();
    let mut chosen: Vec<(Part, &Found)> = Vec::new();
    let mut total = 0;
    for (part, tally) in &record.parts {
        total += tally.divergences;
        for found in &tally.found {
            let pair = (*part, found.expected.kind(), found.observed.kind());
            let of_pair = taken.entry(pair).or_default();
            if *of_pair < SHRUNK_PER_PAIR && chosen.len() < SHRUNK {
                *of_pair += 1;
                chosen.push((*part, found));
            }
        }
    }
    let cases: Vec<(Case, bool)> = chosen
        .par_iter()
        .filter_map(|(part, found)| case(*part, found, plan, rows, target))
        .collect();
    let examined = cases.len() as u64;
    let mut clusters: BTreeMap<Signature, Cluster> = BTreeMap::new();
    for (case, exhausted) in cases {
        let size = |case: &Case| case.check.to_json().len();
        let cluster = clusters
            .entry(case.signature.clone())
            .or_insert_with(|| Cluster {
                case: case.clone(),
                examined: 0,
                exhausted,
            });
        cluster.examined += 1;
        if size(&case) < size(&cluster.case) {
            cluster.case = case;
            cluster.exhausted = exhausted;
        }
    }
    // The most frequent first, the smallest of them in front.
    let mut clusters: Vec<Cluster> = clusters.into_values().collect();
    clusters.sort_by_key(|c| (std::cmp::Reverse(c.examined), c.case.check.to_json().len()));
    Digest {
        clusters,
        not_examined: total.saturating_sub(examined),
    }
}

fn case(
    part: Part,
    found: &Found,
    plan: &Plan,
    rows: &Rows,
    target: &dyn Target,
) -> Option<(Case, bool)> {
    let row = rows.case(plan, part, found.index)?;
    let origin = Origin {
        part: part.name().to_owned(),
        seed: (part == Part::Generated).then_some(plan.seed),
        index: found.index,
        id: row.check.id.clone(),
        generator_version: GENERATOR_VERSION,
        veriam: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let (expected, observed) = (found.expected.kind(), found.observed.kind());
    let dialect = *target.dialect();
    let (check, rules, name, exhausted) = match found.who {
        // Nothing predicts what a smaller check would be documented as.
        Who::Oracle => {
            let rules = row.rule.into_iter().collect();
            (row.check, rules, ORACLE, false)
        }
        Who::Target => {
            let (check, exhausted) = shrunk(&row.check, (expected, observed), target);
            let rules = deciding_rules(&check, &dialect, observed);
            (check, rules, target.name(), exhausted)
        }
    };
    let case = Case {
        signature: Signature {
            target: name.to_owned(),
            expected,
            observed,
            rules,
        },
        origin,
        dialect,
        documented: row.expected,
        check: Check { id: None, ..check },
    };
    Some((case, exhausted))
}

/// The name under which a divergence between documentation and oracle is filed.
pub const ORACLE: &str = "oracle";

/// The smallest check found with the same pair of replies, and whether the budget ran out. It stays determined
/// if it was.
#[must_use]
pub fn shrunk(check: &Check, pair: (Kind, Kind), target: &dyn Target) -> (Check, bool) {
    let dialect = target.dialect();
    let stays_determined = is_determined(check, dialect);
    let mut still_fails = |candidate: &Check| {
        let expected = oracle_answer(candidate, dialect);
        if expected.kind() != pair.0 {
            return false;
        }
        let observed = target.observe(candidate);
        observed.kind() == pair.1
            && !agree(&expected, &observed)
            && (!stays_determined || is_determined(candidate, dialect))
    };
    let shrunk = shrink::shrink(check, SHRINK_BUDGET, &mut still_fails);
    (shrunk.check, shrunk.exhausted)
}

/// Whether no open choice changes the outcome. Under another dialect than the default one nobody asks.
fn is_determined(check: &Check, dialect: &Dialect) -> bool {
    *dialect == Dialect::default()
        && match oracle::judge(check, dialect) {
            Ok(judgement) if judgement.consulted.is_empty() => true,
            _ => matches!(oracle::verdict(check), Ok(Verdict::Determined(_))),
        }
}

/// The rules on which a divergence turns, in id order: what the smallest case has in common with others of the
/// same cause.
///
/// Where one statement taken the other way explains the observed decision, these are the rules of its elements
/// that could fail: of its conditions if it has any, since the shrinker leaves none without need. Where none
/// does, they are the rules of the last step. Rules about when a context key exists belong to the example, not
/// to the cause. An invalid policy turns on the rule it breaks.
#[must_use]
pub fn deciding_rules(check: &Check, dialect: &Dialect, observed: Kind) -> Vec<RuleId> {
    let Ok(derivation) = oracle::trace(check, dialect, Detail::Full) else {
        return Vec::new();
    };
    if let CheckOutcome::Invalid(invalid) = derivation.judgement.outcome {
        return vec![invalid.rule];
    }
    let mut elements: Vec<&ElementTrace> = Vec::new();
    for policy in derivation.policies.iter().filter(|p| p.counts) {
        for statement in &policy.statements {
            let decisive = labels::decisive_elements(&derivation, policy, statement);
            if let Some((otherwise, decisive)) = decisive
                && Kind::Decided(otherwise) == observed
            {
                elements.extend(decisive);
            }
        }
    }
    elements.retain(|element| element.wanted != ["*"]);
    if elements.iter().any(|e| e.element == Element::Condition) {
        elements.retain(|e| e.element == Element::Condition);
    }
    let mut rules: RuleSet = elements
        .iter()
        .flat_map(|element| element.rules.iter().copied())
        .filter(|&id| !is_about_a_key(id))
        .collect();
    if rules.is_empty() {
        let last = derivation.steps.last();
        rules = last
            .into_iter()
            .flat_map(|step| step.rules.iter().copied())
            .collect();
    }
    rules.iter().collect()
}

/// Whether a rule only says when a context key exists.
fn is_about_a_key(id: RuleId) -> bool {
    oracle::rule(id).is_some_and(|rule| rule.name.starts_with("K-"))
}
