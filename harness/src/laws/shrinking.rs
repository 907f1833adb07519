//! From broken laws to pairs of cases: shrunk together, told apart by their signature, one pair each.

use std::collections::BTreeMap;

use rayon::prelude::*;
use veriam_generators::laws::{Law, drawn_pair};
use veriam_generators::{Campaign, GENERATOR_VERSION, shrink};
use veriam_model::{Case, Check, Dialect, RuleId};
use veriam_reports::{Found, Kind, Merge, Part, Signature};

use super::{LawCase, observe};
use crate::case_file::Origin;
use crate::compare::{agree, oracle_reply};
use crate::run::deciding_rules;
use crate::target::Target;

/// Broken laws that are shrunk, of each law and pair of replies.
const SHRUNK_PER_PAIR: usize = 4;
/// Broken laws that are shrunk in all.
const SHRUNK: usize = 64;
/// Cases that are changed and asked about to shrink one.
pub const BUDGET: usize = 4_000;
/// Ways to change one case that are tried while it shrinks: what is drawn for the whole case may be no change of a part.
const ATTEMPTS: u64 = 6;

/// Broken laws with one signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LawCluster {
    /// The smallest of them.
    pub case: LawCase,
    /// How many of those examined have the signature.
    pub examined: u64,
    /// Whether the shrinker ran out of budget, so that the pair might be smaller.
    pub exhausted: bool,
    /// How the target broke on the changed case of one of them, if it did.
    pub failure: Option<String>,
}

/// The broken laws of a run, told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LawDigest {
    /// One entry for each signature, the most frequent first.
    pub clusters: Vec<LawCluster>,
    /// Whether each law and pair of replies was looked into, so that what was left out has the replies of something that
    /// was looked into.
    pub every_pair: bool,
}

/// Shrinks the broken laws of a run and tells them apart.
#[must_use]
pub fn digest(merge: &Merge, seed: u64, target: &dyn Target) -> LawDigest {
    let mut taken: BTreeMap<(&str, Kind, Kind), usize> = BTreeMap::new();
    let mut chosen: Vec<(Law, &Found)> = Vec::new();
    let campaign = Campaign::of(seed, merge.start().profile);
    let tally = merge.part(Part::Laws).unwrap_or_default();
    for found in &tally.found {
        let Some((name, law)) = named(found) else {
            continue;
        };
        let of_pair = taken
            .entry((name, found.expected, found.observed))
            .or_default();
        if *of_pair < SHRUNK_PER_PAIR && chosen.len() < SHRUNK {
            *of_pair += 1;
            chosen.push((law, found));
        }
    }
    let cases: Vec<(LawCase, bool, Option<String>)> = chosen
        .par_iter()
        .filter_map(|(law, found)| {
            let (case, exhausted) = shrunk(*law, found, campaign, target)?;
            Some((case, exhausted, found.failure.clone()))
        })
        .collect();
    let size = |case: &LawCase| case.to_json().len();
    let mut clusters: BTreeMap<Signature, LawCluster> = BTreeMap::new();
    for (case, exhausted, failure) in cases {
        let cluster = clusters
            .entry(case.signature())
            .or_insert_with(|| LawCluster {
                case: case.clone(),
                examined: 0,
                exhausted,
                failure,
            });
        cluster.examined += 1;
        if size(&case) < size(&cluster.case) {
            cluster.case = case;
            cluster.exhausted = exhausted;
        }
    }
    let mut clusters: Vec<LawCluster> = clusters.into_values().collect();
    clusters.sort_by_key(|c| (std::cmp::Reverse(c.examined), size(&c.case)));
    LawDigest {
        clusters,
        // Some of each pair are kept.
        every_pair: chosen.len() < SHRUNK,
    }
}

fn named(found: &Found) -> Option<(&str, Law)> {
    let name = found.law.as_deref()?;
    Some((name, name.parse().ok()?))
}

/// The change of a case, of a few that are drawn, on which the target breaks the law with these replies.
#[must_use]
pub fn rechanged(
    law: Law,
    (before, after): (Kind, Kind),
    (seed, index): (u64, u64),
    case: &Case,
    target: &dyn Target,
) -> Option<Case> {
    // Where the reply alone is another one no change has to be tried.
    if target.lost().is_some() || target.ask(case).reply.kind() != before {
        return None;
    }
    (0..ATTEMPTS).find_map(|attempt| {
        let changed = drawn_pair(law, seed, index, attempt, case).ok()?;
        let seen = observe(law, case, &changed, target).ok()?;
        let same = seen.broken && seen.before == before && seen.after == after;
        same.then_some(changed)
    })
}

/// The smallest case found that breaks the law with the same replies, with its change; and whether the budget ran out.
#[must_use]
pub fn shrunk(
    law: Law,
    found: &Found,
    campaign: Campaign,
    target: &dyn Target,
) -> Option<(LawCase, bool)> {
    let seed = campaign.seed();
    let replies = (found.expected, found.observed);
    let change = |case: &Case| rechanged(law, replies, (seed, found.index), case, target);
    let case = campaign.case(found.index);
    let (original, exhausted) = match &case {
        // Whoever hangs or dies on a case takes its time each time, and would be given up in the end.
        case if replies.1 == Kind::Failed && target.is_process() => (case.clone(), true),
        Case::Check(check) => {
            let nameless = Check {
                id: None,
                ..Check::clone(check)
            };
            let mut fails =
                |candidate: &Check| change(&Case::Check(Box::new(candidate.clone()))).is_some();
            let shrunk = shrink::shrink(&nameless, BUDGET, &mut fails);
            (Case::Check(Box::new(shrunk.check)), shrunk.exhausted)
        }
        Case::Call(call) => {
            let mut fails =
                |candidate: &_| change(&Case::Call(Box::new(Clone::clone(candidate)))).is_some();
            let shrunk = shrink::shrink_call(call, BUDGET, &mut fails);
            (Case::Call(Box::new(shrunk.case)), shrunk.exhausted)
        }
        Case::Document(_) | Case::Put(_) => return None,
    };
    let changed = change(&original)?;
    let dialect = target.asked_under();
    let case = LawCase {
        target: target.name().to_owned(),
        law,
        before: found.expected,
        after: found.observed,
        rules: rules(&original, &changed, &dialect, target),
        origin: Origin {
            part: Part::Laws.name().to_owned(),
            seed: Some(seed),
            profile: Some(campaign.profile()),
            index: found.index,
            id: None,
            generator_version: GENERATOR_VERSION,
            veriam: env!("CARGO_PKG_VERSION").to_owned(),
            without: Vec::new(),
        },
        dialect,
        original,
        changed,
    };
    Some((case, exhausted))
}

/// The rules on which it turns that the target is wrong about one of the cases, the changed one if about both. As laws
/// follow from the rules it is wrong about one at least.
fn rules(original: &Case, changed: &Case, dialect: &Dialect, target: &dyn Target) -> Vec<RuleId> {
    [changed, original]
        .into_iter()
        .find_map(|case| {
            let observed = target.ask(case).reply;
            let wrong = !agree(&oracle_reply(case, dialect), &observed);
            wrong.then(|| deciding_rules(case, dialect, observed.kind()))
        })
        .unwrap_or_default()
}
