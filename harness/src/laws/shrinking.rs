//! From broken laws to pairs of cases: shrunk together, one pair for each law and each pair of replies.

use std::collections::BTreeMap;

use rayon::prelude::*;
use veriam_generators::laws::{Law, drawn_pair};
use veriam_generators::{GENERATOR_VERSION, generated_case, shrink};
use veriam_model::{Case, Check};
use veriam_reports::Kind;

use super::{Broken, LawCase, LawPlan, LawTally, observe};
use crate::case_file::Origin;
use crate::target::Target;

/// Broken laws that are shrunk, of each law and pair of replies.
const SHRUNK_PER_PAIR: usize = 4;
/// Broken laws that are shrunk in all.
const SHRUNK: usize = 64;
/// Cases that are changed and asked about to shrink one.
const BUDGET: usize = 2_000;
/// Ways to change one case that are tried while it shrinks: what is drawn for the whole case may be no change of a part.
const ATTEMPTS: u64 = 6;

/// Broken laws with the same law and the same replies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LawCluster {
    /// The smallest of them.
    pub case: LawCase,
    /// How many of those examined are alike.
    pub examined: u64,
    /// Whether the shrinker ran out of budget.
    pub exhausted: bool,
}

/// Shrinks what broke laws and tells it apart; the most frequent first.
#[must_use]
pub fn clusters(tally: &LawTally, plan: &LawPlan, target: &dyn Target) -> Vec<LawCluster> {
    let mut taken: BTreeMap<(Law, Kind, Kind), usize> = BTreeMap::new();
    let mut chosen: Vec<&Broken> = Vec::new();
    for broken in &tally.broken {
        let of_pair = taken.entry(key(broken)).or_default();
        if *of_pair < SHRUNK_PER_PAIR && chosen.len() < SHRUNK {
            *of_pair += 1;
            chosen.push(broken);
        }
    }
    let cases: Vec<(LawCase, bool)> = chosen
        .par_iter()
        .filter_map(|broken| shrunk(broken, plan.seed, target))
        .collect();
    let mut clusters: BTreeMap<(Law, Kind, Kind), LawCluster> = BTreeMap::new();
    for (case, exhausted) in cases {
        let size = |case: &LawCase| case.to_json().len();
        let key = (case.law, case.before, case.after);
        let cluster = clusters.entry(key).or_insert_with(|| LawCluster {
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
    let mut clusters: Vec<LawCluster> = clusters.into_values().collect();
    clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.examined));
    clusters
}

const fn key(broken: &Broken) -> (Law, Kind, Kind) {
    (broken.law, broken.before, broken.after)
}

/// The smallest case found that breaks the law with the same replies when it is changed in one of a few ways.
fn shrunk(broken: &Broken, seed: u64, target: &dyn Target) -> Option<(LawCase, bool)> {
    let change = |case: &Case| {
        (0..ATTEMPTS).find_map(|attempt| {
            let changed = drawn_pair(broken.law, seed, broken.index, attempt, case)?;
            let seen = observe(broken.law, case, &changed, target)?;
            let same = seen.before == broken.before && seen.after == broken.after;
            (seen.broken && same).then_some(changed)
        })
    };
    // Where the reply alone is another one no change has to be tried.
    let fails =
        |case: &Case| target.observe(case).kind() == broken.before && change(case).is_some();
    let case = generated_case(seed, broken.index);
    let (original, exhausted) = match &case {
        Case::Check(check) => {
            let nameless = Check {
                id: None,
                ..Check::clone(check)
            };
            let mut fails = |candidate: &Check| fails(&Case::Check(Box::new(candidate.clone())));
            let shrunk = shrink::shrink(&nameless, BUDGET, &mut fails);
            (Case::Check(Box::new(shrunk.check)), shrunk.exhausted)
        }
        Case::Call(call) => {
            let mut fails = |candidate: &_| fails(&Case::Call(Box::new(Clone::clone(candidate))));
            let shrunk = shrink::shrink_call(call, BUDGET, &mut fails);
            (Case::Call(Box::new(shrunk.case)), shrunk.exhausted)
        }
        Case::Document(_) => return None,
    };
    let case = LawCase {
        target: target.name().to_owned(),
        law: broken.law,
        before: broken.before,
        after: broken.after,
        origin: Origin {
            part: "laws".to_owned(),
            seed: Some(seed),
            index: broken.index,
            id: None,
            generator_version: GENERATOR_VERSION,
            veriam: env!("CARGO_PKG_VERSION").to_owned(),
        },
        dialect: target.asked_under(),
        changed: change(&original)?,
        original,
    };
    Some((case, exhausted))
}
