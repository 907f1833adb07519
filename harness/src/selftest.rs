//! The self-test: does the harness find bugs at all?
//!
//! A canary is the oracle behind one named, realistic bug. It is a [`Target`] like any other, compared with the
//! untouched oracle on generated cases until they differ; then the case is shrunk as that of a real divergence would be.
//! A harness that misses a canary would miss the same bug in somebody's evaluator.
//!
//! A bug comes in at one of a few places: world and call before anything is derived from them, a check with its context
//! before it is judged, the decision on a check, the decisions on the pairs of a call before they are combined, a document
//! before it is read, or a put before it is judged or after. The judges stay as they are.

mod calls;
mod combination;
mod families;
mod laws;
mod operators;
mod patterns;
mod policies;
mod principals;
mod puts;
mod report;
mod test;
mod text;
mod values;
mod variables;

use std::ops::Range;

use rayon::prelude::*;
use veriam_generators::{CALLS_PER_WORLD, generated_group};
use veriam_model::{
    CallCase, Case, Check, Decision, Denial, DenialKind, Dialect, DocumentCase, Outcome, Pair,
    PolicyText, PolicyTypes, Put, PutOutcome, PutRefusal,
};
use veriam_oracle::{
    CheckOutcome, Derivation, Detail, judge, judge_call, judge_put, trace, trace_call,
};

use crate::compare::{self, Reply, agree, call_reply, oracle_reply};
use crate::run::{SHRINK_BUDGET, is_determined, shrunk};
use crate::target::Target;
use text::count;

pub use laws::{
    HuntedLaw, LawCaught, broken_by, caught_by, first_broken, hunt_law, hunt_laws, law_canaries,
};
pub use report::{SCHEMA, json, law_json, law_markdown, law_table, markdown, table};

/// The oracle behind one known bug.
#[derive(Clone, Copy, Debug)]
pub struct Canary {
    /// What people call it.
    pub name: &'static str,
    /// What is wrong with it, in one sentence.
    pub does: &'static str,
    /// Where such a bug was seen.
    pub seen: &'static str,
    bug: Bug,
}

/// Where a bug comes in.
#[derive(Clone, Copy, Debug)]
enum Bug {
    /// Nowhere: the untouched oracle, as a control.
    None,
    /// World and call are changed before anything is derived from them.
    Call(fn(&mut CallCase)),
    /// A check, given or derived from a call, is changed before it is judged.
    Check(fn(&mut Check)),
    /// The decision on a check is changed, from how it came about.
    Decision(fn(&Check, &Derivation, Decision) -> Decision),
    /// The decisions on the pairs of a call are changed before they are combined.
    Pairs(fn(&CallCase, &mut Vec<(Pair, Decision)>)),
    /// A document is changed before it is read, by itself or in a check.
    Document(fn(&mut PolicyText)),
    /// A put is changed before it is judged.
    Put(fn(&mut Put)),
    /// A put that is refused for such a reason is stored.
    Overlooked(fn(&PutRefusal) -> bool),
}

/// Every canary, in the order in which they are told.
#[must_use]
pub fn canaries() -> Vec<Canary> {
    [
        operators::ALL,
        values::ALL,
        patterns::ALL,
        variables::ALL,
        principals::ALL,
        policies::ALL,
        calls::ALL,
        families::ALL,
        combination::ALL,
        puts::ALL,
    ]
    .concat()
}

/// The canary without a bug, which nothing may catch.
pub const CONTROL: Canary = Canary {
    name: "control",
    does: "The untouched oracle.",
    seen: "",
    bug: Bug::None,
};

/// Canaries whose bug is a reading of an open point other than the default one. As they declare the default readings,
/// they are wrong all the same.
const ON_OPEN_POINTS: &[&str] = &["jwt-allowed-past-an-unmatched-policy"];

/// The readings that canaries declare.
static READINGS: std::sync::LazyLock<Dialect> = std::sync::LazyLock::new(Dialect::default);

impl Target for Canary {
    fn name(&self) -> &str {
        self.name
    }

    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn dialect(&self) -> Option<&Dialect> {
        Some(&READINGS)
    }

    fn observe(&self, case: &Case) -> Reply {
        match case {
            Case::Document(document) => self.read(document),
            Case::Check(check) => self.answer(check),
            Case::Call(call) => self.receive(call),
            Case::Put(put) => self.store(put),
        }
    }
}

impl Canary {
    fn read(&self, document: &DocumentCase) -> Reply {
        let Bug::Document(change) = self.bug else {
            return compare::oracle_reading(document, &READINGS);
        };
        let mut changed = document.clone();
        change(&mut changed.text);
        compare::oracle_reading(&changed, &READINGS)
    }

    fn answer(&self, check: &Check) -> Reply {
        match compare::oracle_answer(check, &READINGS) {
            Reply::Decided(decision) => Reply::Decided(self.decide(check, decision)),
            // What is no question is none for a canary either.
            other => other,
        }
    }

    /// The canary's decision on a check on which the oracle's is `honest`.
    fn decide(&self, check: &Check, honest: Decision) -> Decision {
        match self.bug {
            Bug::Check(change) => {
                let mut changed = check.clone();
                change(&mut changed);
                if changed == *check {
                    return honest;
                }
                match judge(&changed, &READINGS).map(|judgement| judgement.outcome) {
                    Ok(CheckOutcome::Decided(decision)) => decision,
                    // The change has no meaning here.
                    _ => honest,
                }
            }
            Bug::Decision(change) => match trace(check, &READINGS, Detail::Structure) {
                Ok(derivation) => change(check, &derivation, honest),
                Err(_) => honest,
            },
            Bug::None
            | Bug::Call(_)
            | Bug::Pairs(_)
            | Bug::Document(_)
            | Bug::Put(_)
            | Bug::Overlooked(_) => honest,
        }
    }

    fn store(&self, put: &Put) -> Reply {
        let mut put = put.clone();
        if let Bug::Put(change) = self.bug {
            change(&mut put);
        }
        match judge_put(&put, &READINGS).map(|judgement| judgement.outcome) {
            Ok(PutOutcome::Refused(refusal)) => Reply::Put(match self.bug {
                Bug::Overlooked(overlooks) if overlooks(&refusal) => PutOutcome::Stored,
                _ => PutOutcome::Refused(refusal),
            }),
            Ok(stored) => Reply::Put(stored),
            Err(_) => Reply::Malformed,
        }
    }

    fn receive(&self, case: &CallCase) -> Reply {
        let traced = trace_call(&case.world, &case.call, &READINGS, Detail::Structure);
        let derivation = match traced {
            Ok(derivation) => derivation,
            Err(error) => return call_reply(Err(error)),
        };
        let honest = derivation.judgement.outcome;
        if let Bug::Call(change) = self.bug {
            let mut changed = case.clone();
            change(&mut changed);
            let judged = judge_call(&changed.world, &changed.call, &READINGS);
            return Reply::Call(judged.map_or(honest, |judgement| judgement.outcome));
        }
        let mut pairs: Vec<(Pair, Decision)> = Vec::with_capacity(derivation.pairs.len());
        for pair in derivation.pairs {
            if let CheckOutcome::Decided(decision) = pair.derivation.judgement.outcome {
                pairs.push((pair.pair, self.decide(&pair.check, decision)));
            }
        }
        if pairs.is_empty() {
            return Reply::Call(honest);
        }
        if let Bug::Pairs(change) = self.bug {
            change(case, &mut pairs);
        }
        Reply::Call(combined(&pairs, honest))
    }
}

/// What follows from the decisions on the pairs. A denial that is not the oracle's names no policy types: it differs
/// already in its kind or its pair.
fn combined(pairs: &[(Pair, Decision)], honest: Outcome) -> Outcome {
    let first = |wanted| pairs.iter().find(|(_, decision)| *decision == wanted);
    let (kind, at) = match (first(Decision::ExplicitDeny), first(Decision::ImplicitDeny)) {
        (Some((at, _)), _) => (DenialKind::Explicit, at),
        (None, Some((at, _))) => (DenialKind::Implicit, at),
        (None, None) => return Outcome::Allowed,
    };
    match honest {
        Outcome::Denied(denial) if denial.kind == kind && denial.at == *at => {
            Outcome::Denied(denial)
        }
        _ => Outcome::Denied(Denial {
            kind,
            at: at.clone(),
            by: PolicyTypes::new(),
        }),
    }
}

/// What became of a canary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunted {
    /// Its name.
    pub name: &'static str,
    /// How it was caught; nothing if it was not.
    pub caught: Option<Caught>,
}

/// How a canary was caught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caught {
    /// Cases compared until then, the one that caught it included.
    pub cases: u64,
    /// The case that caught it, made small.
    pub case: Case,
}

impl Caught {
    /// Statements in the policies of the small case.
    #[must_use]
    pub fn statements(&self) -> usize {
        match &self.case {
            Case::Document(document) => count(&document.text),
            Case::Put(put) => count(&put.policy),
            Case::Check(check) => check.policies().map(|(_, text)| count(text)).sum(),
            Case::Call(case) => {
                let traced = trace_call(&case.world, &case.call, &READINGS, Detail::Structure).ok();
                let pairs = traced
                    .map(|derivation| derivation.pairs)
                    .unwrap_or_default();
                // Most policies stand in the check of every pair.
                let texts: std::collections::BTreeSet<&PolicyText> = pairs
                    .iter()
                    .flat_map(|pair| pair.check.policies().map(|(_, text)| text))
                    .collect();
                texts.into_iter().map(count).sum()
            }
        }
    }
}

/// Further cases in which a smaller one is looked for once a canary is caught.
const FURTHER_CASES: u64 = 6_000;
/// Further cases that are made small.
const FURTHER_SHRUNK: usize = 8;

/// Asks a canary the cases of a campaign until it differs from the oracle, and makes the case small. Where the case
/// still has more than one statement, a few more are made small and the smallest of them is kept. Where the outcome
/// turns on an open point nothing is caught.
#[must_use]
pub fn hunt(canary: &Canary, seed: u64, cases: u64) -> Option<Caught> {
    let (case, count) = first_difference(canary, seed, cases)?;
    let small = |case: &Case| {
        let expected = oracle_reply(case, &READINGS).kind();
        let observed = canary.observe(case).kind();
        let (case, _) = shrunk(case, (expected, observed), canary, SHRINK_BUDGET);
        Caught { cases: count, case }
    };
    let mut best = small(&case);
    let further = count..cases.min(count + FURTHER_CASES);
    for (case, _) in differences(canary, seed, further).take(FURTHER_SHRUNK) {
        if best.statements() <= 1 {
            break;
        }
        let other = small(&case);
        if other.statements() < best.statements() {
            best = other;
        }
    }
    Some(best)
}

/// The first case of a campaign on which a canary differs from the oracle, and its number from 1.
#[must_use]
pub fn first_difference(canary: &Canary, seed: u64, cases: u64) -> Option<(Case, u64)> {
    differences(canary, seed, 0..cases).next()
}

/// Those of some cases of a campaign on which a canary differs from the oracle, each with its number from 1.
fn differences<'c>(
    canary: &'c Canary,
    seed: u64,
    cases: Range<u64>,
) -> impl Iterator<Item = (Case, u64)> + 'c {
    let groups = cases.start / CALLS_PER_WORLD..cases.end.div_ceil(CALLS_PER_WORLD);
    let each = groups.flat_map(move |group| {
        let first = group * CALLS_PER_WORLD;
        let numbered = generated_group(seed, group).into_iter().zip(first..);
        let asked = cases.clone();
        numbered.filter(move |(_, index)| asked.contains(index))
    });
    each.filter(|(case, _)| {
        let differs = !agree(&oracle_reply(case, &READINGS), &canary.observe(case));
        differs && (is_determined(case, &READINGS) || ON_OPEN_POINTS.contains(&canary.name))
    })
    .map(|(case, index)| (case, index + 1))
}

/// The median of the numbers of cases until each canary was caught; nothing where none was.
#[must_use]
pub fn median_cases(hunted: &[Hunted]) -> Option<u64> {
    let caught = hunted.iter().filter_map(|one| one.caught.as_ref());
    let mut cases: Vec<u64> = caught.map(|caught| caught.cases).collect();
    cases.sort_unstable();
    cases.get(cases.len() / 2).copied()
}

/// Hunts canaries, each by itself; in the order given.
#[must_use]
pub fn hunt_all(canaries: &[Canary], seed: u64, cases: u64) -> Vec<Hunted> {
    let each = canaries.par_iter();
    each.map(|canary| Hunted {
        name: canary.name,
        caught: hunt(canary, seed, cases),
    })
    .collect()
}
