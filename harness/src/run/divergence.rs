//! From divergences to cases: shrunk, told apart by their signature, one case each.

use std::collections::BTreeMap;

use rayon::prelude::*;
use veriam_generators::{GENERATOR_VERSION, shrink};
use veriam_model::{Case, Check, Decision, DenialKind, Dialect, Outcome, RuleId, RuleSet};
use veriam_oracle::{
    self as oracle, CallDerivation, CallVerdict, CheckOutcome, Derivation, Detail, Element,
    ElementTrace, PutVerdict, Verdict,
};
use veriam_reports::{Found, KEPT_PER_PAIR, Kind, Merge, OutcomeKind, Who};

use super::open::differs;
use super::{Part, Plan, Rows};
use crate::case_file::{Origin, Signature, StoredCase};
use crate::compare::{Reply, oracle_reply};
use crate::labels;
use crate::target::{Observation, Target};

/// Divergences that are shrunk, of each part and pair of replies.
const SHRUNK_PER_PAIR: usize = KEPT_PER_PAIR;
/// Divergences that are shrunk in all.
const SHRUNK: usize = 64;
/// Cases that are judged to shrink one divergence.
pub const SHRINK_BUDGET: usize = 4_000;

/// The divergences of a run, told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// One entry for each signature, the most frequent first.
    pub clusters: Vec<Cluster>,
    /// Divergences that were only counted, not looked into.
    pub not_examined: u64,
}

impl Digest {
    /// Whether each pair of replies that diverged in a part was looked into, so that what was left out has the replies
    /// of something that was looked into.
    #[must_use]
    pub fn has_every_pair(&self) -> bool {
        let examined: u64 = self.clusters.iter().map(|c| c.examined).sum();
        // Some of each pair are kept.
        self.not_examined == 0 || examined < SHRUNK as u64
    }
}

/// Divergences with one signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The smallest of them.
    pub case: StoredCase,
    /// How many of those examined have the signature.
    pub examined: u64,
    /// Whether the shrinker ran out of budget, so that the case might be smaller.
    pub exhausted: bool,
    /// How the target broke on the first of them, if it did.
    pub failure: Option<String>,
}

/// Shrinks the divergences of a run and tells them apart.
#[must_use]
pub fn digest(merge: &Merge, plan: &Plan, rows: &Rows, target: &dyn Target) -> Digest {
    let mut taken: BTreeMap<(Part, Kind, Kind), usize> = BTreeMap::new();
    let mut chosen: Vec<(Part, &Found)> = Vec::new();
    // Broken laws are told apart by `laws::digest`.
    let mut parts = merge.parts();
    parts.retain(|(part, _)| *part != Part::Laws);
    let total: u64 = parts.iter().map(|(_, tally)| tally.divergences).sum();
    let all = parts.iter().flat_map(|(part, tally)| {
        let found = tally.found.iter();
        found.map(move |found| (*part, found))
    });
    // A target that breaks comes before one that errs.
    let (broke, erred): (Vec<_>, Vec<_>) = all.partition(|(_, f)| f.observed == Kind::Failed);
    for (part, found) in broke.into_iter().chain(erred) {
        let pair = (part, found.expected, found.observed);
        let of_pair = taken.entry(pair).or_default();
        if *of_pair < SHRUNK_PER_PAIR && chosen.len() < SHRUNK {
            *of_pair += 1;
            chosen.push((part, found));
        }
    }
    let cases: Vec<(StoredCase, bool, Option<String>)> = chosen
        .par_iter()
        .filter_map(|(part, found)| {
            let (case, exhausted) = case(*part, found, plan, rows, target)?;
            Some((case, exhausted, found.failure.clone()))
        })
        .collect();
    let examined = cases.len() as u64;
    let mut clusters: BTreeMap<Signature, Cluster> = BTreeMap::new();
    for (case, exhausted, failure) in cases {
        let cluster = clusters
            .entry(case.signature.clone())
            .or_insert_with(|| Cluster {
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
    // The most frequent first, the smallest of them in front.
    let mut clusters: Vec<Cluster> = clusters.into_values().collect();
    clusters.sort_by_key(|c| (std::cmp::Reverse(c.examined), size(&c.case)));
    Digest {
        clusters,
        not_examined: total.saturating_sub(examined),
    }
}

fn size(case: &StoredCase) -> usize {
    case.to_json().len()
}

fn case(
    part: Part,
    found: &Found,
    plan: &Plan,
    rows: &Rows,
    target: &dyn Target,
) -> Option<(StoredCase, bool)> {
    let question = rows.question(plan, part, found.index)?;
    let origin = Origin {
        part: part.name().to_owned(),
        seed: (part == Part::Generated).then_some(plan.seed),
        profile: (part == Part::Generated).then_some(plan.profile),
        index: found.index,
        id: match &question.case {
            Case::Check(check) => check.id.clone(),
            Case::Document(_) | Case::Call(_) | Case::Put(_) => None,
        },
        generator_version: GENERATOR_VERSION,
        veriam: env!("CARGO_PKG_VERSION").to_owned(),
        without: match part {
            Part::Controls => Vec::new(),
            _ => plan.without.iter().collect(),
        },
    };
    let (expected, observed) = (found.expected, found.observed);
    let dialect = target.asked_under();
    let (case, rules, name, exhausted) = match found.who {
        // Nothing predicts what a smaller case would be documented as.
        Who::Oracle => {
            let rules = question.rule.into_iter().collect();
            (question.case, rules, ORACLE, false)
        }
        Who::Target => {
            // Whoever hangs or dies on a case takes its time each time, and would be given up in the end.
            let (case, exhausted) = match observed == Kind::Failed && target.is_process() {
                true => (question.case, true),
                false => {
                    let budget = target.shrink_budget();
                    shrunk(&question.case, (expected, observed), target, budget)
                }
            };
            let rules = deciding_rules(&case, &dialect, observed);
            (case, rules, target.name(), exhausted)
        }
    };
    let case = StoredCase {
        signature: Signature {
            target: name.to_owned(),
            law: None,
            expected,
            observed,
            rules,
        },
        origin,
        dialect,
        documented: question.documented.map(|reply| reply.kind()),
        case: nameless(case),
    };
    Some((case, exhausted))
}

/// A single case that is looked into.
#[derive(Clone, Debug)]
pub struct Look<'a> {
    /// The case.
    pub case: &'a Case,
    /// Where it comes from.
    pub origin: Origin,
    /// Evaluations to shrink it with, at most.
    pub budget: usize,
    /// Whether to shrink it also where the target is a program that breaks on it, which takes its time.
    pub patient: bool,
}

/// What a look at a case showed.
#[derive(Clone, Debug)]
pub enum Looked {
    /// The target replies as the oracle does.
    Agrees(Reply),
    /// The target cannot be asked this.
    Unsupported(String),
    /// They differ; this is left of the case.
    Differs(Box<Cluster>),
}

/// Asks oracle and target about a case, and makes it small where they differ.
#[must_use]
pub fn look(look: &Look<'_>, target: &dyn Target) -> Looked {
    looked_at(look, target.ask(look.case), target)
}

/// As [`look`], where the target was asked before.
#[must_use]
pub fn looked_at(look: &Look<'_>, observation: Observation, target: &dyn Target) -> Looked {
    let dialect = target.asked_under();
    let expected = oracle_reply(observation.case(look.case), &dialect);
    let observed = observation.reply.clone();
    if let Reply::Unsupported(reason) = observed {
        return Looked::Unsupported(reason);
    }
    if !differs(observation.case(look.case), &expected, &observed, target) {
        return Looked::Agrees(observed);
    }
    let pair = (expected.kind(), observed.kind());
    let (case, exhausted) = match pair.1 == Kind::Failed && target.is_process() && !look.patient {
        true => (look.case.clone(), true),
        false => shrunk(
            look.case,
            pair,
            target,
            look.budget.min(target.shrink_budget()),
        ),
    };
    Looked::Differs(Box::new(Cluster {
        examined: 1,
        exhausted,
        failure: match observed {
            Reply::Failed(message) => Some(message),
            _ => None,
        },
        case: StoredCase {
            signature: Signature {
                law: None,
                target: target.name().to_owned(),
                expected: pair.0,
                observed: pair.1,
                rules: deciding_rules(&case, &dialect, pair.1),
            },
            origin: look.origin.clone(),
            dialect,
            documented: None,
            case: nameless(case),
        },
    }))
}

fn nameless(case: Case) -> Case {
    match case {
        Case::Check(check) => Case::Check(Box::new(Check { id: None, ..*check })),
        other => other,
    }
}

/// The name under which a divergence between documentation and oracle is filed.
pub const ORACLE: &str = "oracle";

/// The smallest case found with the same pair of replies, and whether the budget ran out. It stays determined
/// if it was.
#[must_use]
pub fn shrunk(case: &Case, pair: (Kind, Kind), target: &dyn Target, budget: usize) -> (Case, bool) {
    let dialect = target.asked_under();
    let foreseen = target.foreseen(case);
    let stays_determined = is_determined(foreseen.as_ref().unwrap_or(case), &dialect);
    let still_fails = |candidate: &Case| {
        // Whoever changes nothing of a case, or foreseeably, need not be asked where the oracle already says something
        // else.
        let foreseen = target.foreseen(candidate);
        let is_certain = foreseen.is_some() || !target.changes_cases();
        let asked = foreseen.as_ref().unwrap_or(candidate);
        let expected = oracle_reply(asked, &dialect);
        if is_certain
            && (expected.kind() != pair.0 || stays_determined && !is_determined(asked, &dialect))
        {
            return false;
        }
        let observed = target.ask(candidate);
        let expected = match &observed.effective {
            Some(effective) => oracle_reply(effective, &dialect),
            None => expected,
        };
        observed.reply.kind() == pair.1
            && expected.kind() == pair.0
            && differs(observed.case(candidate), &expected, &observed.reply, target)
            && target.lost().is_none()
            && (is_certain || !stays_determined || is_determined(candidate, &dialect))
    };
    // What is left of it in any event is the better start.
    let start = foreseen.filter(|foreseen| foreseen != case && still_fails(foreseen));
    let case = start.as_ref().unwrap_or(case);
    match case {
        Case::Check(check) => {
            let mut fails =
                |candidate: &Check| still_fails(&Case::Check(Box::new(candidate.clone())));
            let shrunk = shrink::shrink(check, budget, &mut fails);
            (Case::Check(Box::new(shrunk.check)), shrunk.exhausted)
        }
        Case::Document(document) => {
            let mut fails = |candidate: &_| still_fails(&Case::Document(Clone::clone(candidate)));
            let shrunk = shrink::shrink_document(document, budget, &mut fails);
            (Case::Document(shrunk.case), shrunk.exhausted)
        }
        Case::Call(call) => {
            let mut fails =
                |candidate: &_| still_fails(&Case::Call(Box::new(Clone::clone(candidate))));
            let shrunk = shrink::shrink_call(call, budget, &mut fails);
            (Case::Call(Box::new(shrunk.case)), shrunk.exhausted)
        }
        Case::Put(put) => {
            let mut fails =
                |candidate: &_| still_fails(&Case::Put(Box::new(Clone::clone(candidate))));
            let shrunk = shrink::shrink_put(put, budget, &mut fails);
            (Case::Put(Box::new(shrunk.put)), shrunk.exhausted)
        }
    }
}

/// Whether no open choice changes the outcome. Under another dialect than the default one nobody asks.
pub(crate) fn is_determined(case: &Case, dialect: &Dialect) -> bool {
    if *dialect != Dialect::default() {
        return false;
    }
    match case {
        Case::Document(_) => true,
        Case::Put(put) => match oracle::judge_put(put, dialect) {
            Ok(judgement) if judgement.consulted.is_empty() => true,
            _ => matches!(oracle::put_verdict(put), Ok(PutVerdict::Determined(_))),
        },
        Case::Check(check) => match oracle::judge(check, dialect) {
            Ok(judgement) if judgement.consulted.is_empty() => true,
            _ => matches!(oracle::verdict(check), Ok(Verdict::Determined(_))),
        },
        Case::Call(case) => match oracle::judge_call(&case.world, &case.call, dialect) {
            Ok(judgement) if judgement.consulted.is_empty() => true,
            _ => matches!(
                oracle::call_verdict(&case.world, &case.call),
                Ok(CallVerdict::Determined(_))
            ),
        },
    }
}

/// The rules on which a divergence turns, in id order: what the smallest case has in common with others of the
/// same cause.
///
/// Where one statement taken the other way explains the observed decision, these are the rules of its elements
/// that could fail: of its conditions if it has any, since the shrinker leaves none without need. Where none
/// does, they are the rules of the last step. Rules about when a context key exists belong to the example, not
/// to the cause. An invalid policy turns on the rule it breaks.
///
/// Of a call, these are the rules of the check where it fails or should have failed, or of the combination when no
/// statement of any check explains the reply.
#[must_use]
pub fn deciding_rules(case: &Case, dialect: &Dialect, observed: Kind) -> Vec<RuleId> {
    match case {
        Case::Check(check) => match oracle::trace(check, dialect, Detail::Full) {
            Ok(derivation) => of_check(&derivation, observed),
            Err(_) => Vec::new(),
        },
        Case::Document(_) | Case::Put(_) => {
            let expected = oracle_reply(case, dialect).kind();
            let rules: RuleSet = [expected, observed]
                .into_iter()
                .filter_map(|kind| match kind {
                    Kind::Refused(rule) | Kind::PutRefused(_, Some(rule)) => Some(rule),
                    _ => None,
                })
                .collect();
            rules.iter().collect()
        }
        Case::Call(case) => {
            match oracle::trace_call(&case.world, &case.call, dialect, Detail::Full) {
                Ok(derivation) => of_call(&derivation, observed),
                Err(_) => Vec::new(),
            }
        }
    }
}

fn of_call(derivation: &CallDerivation, observed: Kind) -> Vec<RuleId> {
    let observed_decision = match observed {
        Kind::Call(OutcomeKind::Allowed) => Some(Decision::Allow),
        Kind::Call(OutcomeKind::Denied(DenialKind::Explicit, _)) => Some(Decision::ExplicitDeny),
        Kind::Call(OutcomeKind::Denied(DenialKind::Implicit, _)) => Some(Decision::ImplicitDeny),
        _ => None,
    };
    let decides = |pair: &&oracle::PairDerivation| match &derivation.judgement.outcome {
        Outcome::Denied(denial) => denial.at == pair.pair,
        _ => true,
    };
    if let Some(decision) = observed_decision {
        let pairs = derivation.pairs.iter().filter(decides);
        let rules: RuleSet = pairs
            .flat_map(|pair| elements_turning(&pair.derivation, Kind::Decided(decision)))
            .collect();
        if !rules.is_empty() {
            return rules.iter().collect();
        }
    }
    let last_of_pair = derivation.pairs.iter().find(decides).and_then(|pair| {
        let denied = matches!(derivation.judgement.outcome, Outcome::Denied(_));
        pair.derivation.steps.last().filter(|_| denied)
    });
    let last = last_of_pair
        .or_else(|| derivation.combination.last())
        .or_else(|| derivation.expansion.last());
    let rules: RuleSet = last
        .into_iter()
        .flat_map(|step| step.rules.iter().copied())
        .collect();
    rules.iter().collect()
}

fn of_check(derivation: &Derivation, observed: Kind) -> Vec<RuleId> {
    if let CheckOutcome::Invalid(invalid) = derivation.judgement.outcome {
        return vec![invalid.rule];
    }
    let mut rules = elements_turning(derivation, observed);
    if rules.is_empty() {
        let last = derivation.steps.last();
        rules = last
            .into_iter()
            .flat_map(|step| step.rules.iter().copied())
            .collect();
    }
    rules.into_iter().collect::<RuleSet>().iter().collect()
}

/// The rules of the elements of statements that, taken the other way, explain the observed decision.
fn elements_turning(derivation: &Derivation, observed: Kind) -> Vec<RuleId> {
    let mut elements: Vec<&ElementTrace> = Vec::new();
    for policy in derivation.policies.iter().filter(|p| p.counts) {
        for statement in &policy.statements {
            let decisive = labels::decisive_elements(derivation, policy, statement);
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
    elements
        .iter()
        .flat_map(|element| element.rules.iter().copied())
        .filter(|&id| !is_about_a_key(id))
        .collect()
}

/// Whether a rule only says when a context key exists.
fn is_about_a_key(id: RuleId) -> bool {
    oracle::rule(id).is_some_and(|rule| rule.name.starts_with("K-"))
}
