//! Cases for targets that do not take all of them: what is not supported is kept from them, and calls are taken apart
//! into the checks they ask for, by the oracle, where checks are what they take.

use veriam_model::{Case, Decision, Denial, DenialKind, Dialect, Outcome, Pair, PolicyTypes};
use veriam_oracle::{CheckOutcome, Detail, trace_call};

use super::{Capabilities, Observation};
use crate::compare::Reply;

/// What becomes of one case.
enum Plan {
    /// It is not asked.
    Settled(Reply),
    /// It is the question with this number.
    Asked(usize),
    /// It is a call whose pairs are the questions from this number on.
    Call(Outcome, Vec<(Pair, Decision)>, usize),
}

/// The reason for calls that no policy decides: nothing would be left to compare.
const NO_POLICY: &str = "calls that end before any policy is read, of which no check tells";

pub(super) fn ask_all(
    cases: &[&Case],
    capabilities: &Capabilities,
    dialect: &Dialect,
    observe_all: &dyn Fn(&[&Case]) -> Vec<Observation>,
) -> Vec<Observation> {
    let mut questions: Vec<std::borrow::Cow<'_, Case>> = Vec::new();
    let mut plans = Vec::with_capacity(cases.len());
    for &case in cases {
        if let Some(reason) = capabilities.refusal(case) {
            plans.push(Plan::Settled(Reply::Unsupported(reason)));
            continue;
        }
        let call = match case {
            Case::Call(call) if capabilities.takes_calls_as_checks() => call,
            _ => {
                plans.push(Plan::Asked(questions.len()));
                questions.push(std::borrow::Cow::Borrowed(case));
                continue;
            }
        };
        let Ok(derivation) = trace_call(&call.world, &call.call, dialect, Detail::Structure) else {
            let reason = "calls that are no question, of which no check tells";
            plans.push(Plan::Settled(Reply::Unsupported(reason.to_owned())));
            continue;
        };
        let mut pairs = Vec::with_capacity(derivation.pairs.len());
        let mut checks = Vec::with_capacity(derivation.pairs.len());
        for pair in derivation.pairs {
            if let CheckOutcome::Decided(decision) = pair.derivation.judgement.outcome {
                pairs.push((pair.pair, decision));
                checks.push(Case::Check(Box::new(pair.check)));
            }
        }
        let refusal = checks.iter().find_map(|check| capabilities.refusal(check));
        plans.push(if pairs.is_empty() {
            Plan::Settled(Reply::Unsupported(NO_POLICY.to_owned()))
        } else if let Some(reason) = refusal {
            Plan::Settled(Reply::Unsupported(reason))
        } else {
            let outcome = derivation.judgement.outcome;
            let plan = Plan::Call(outcome, pairs, questions.len());
            questions.extend(checks.into_iter().map(std::borrow::Cow::Owned));
            plan
        });
    }
    let asked: Vec<&Case> = questions.iter().map(AsRef::as_ref).collect();
    let mut observed: Vec<Option<Observation>> = match asked.is_empty() {
        true => Vec::new(),
        false => observe_all(&asked).into_iter().map(Some).collect(),
    };
    let mut take = |at: usize| {
        let observation = observed.get_mut(at).and_then(Option::take);
        observation.unwrap_or_else(|| {
            Observation::as_drawn(Reply::Failed("the target gave no reply".to_owned()))
        })
    };
    let tell = |plan| match plan {
        Plan::Settled(reply) => Observation::as_drawn(reply),
        Plan::Asked(at) => take(at),
        Plan::Call(expected, pairs, from) => {
            let replies = (from..).take(pairs.len()).map(&mut take);
            let replies: Vec<Reply> = replies.map(|observation| observation.reply).collect();
            Observation::as_drawn(combined(expected, pairs, replies))
        }
    };
    plans.into_iter().map(tell).collect()
}

/// What follows for a call from the replies to its pairs: an explicit deny wins, else the first pair that is not allowed.
/// Where the target decides every pair as the oracle does, the oracle's outcome follows.
fn combined(expected: Outcome, pairs: Vec<(Pair, Decision)>, replies: Vec<Reply>) -> Reply {
    let mut decided = Vec::with_capacity(pairs.len());
    let mut same = true;
    for ((pair, decision), reply) in pairs.into_iter().zip(replies) {
        match reply {
            Reply::Decided(observed) => {
                same &= observed == decision;
                decided.push((pair, observed));
            }
            Reply::Invalid(invalid) => return Reply::InvalidWorld(invalid.rule),
            other => return other,
        }
    }
    if same {
        return Reply::Reported(expected);
    }
    let first = |wanted| decided.iter().find(|(_, decision)| *decision == wanted);
    let denied = |kind, at: &Pair| {
        // Which policies deny, a decision does not tell.
        let by = PolicyTypes::new();
        let at = at.clone();
        Reply::Reported(Outcome::Denied(Denial { kind, at, by }))
    };
    match (first(Decision::ExplicitDeny), first(Decision::ImplicitDeny)) {
        (Some((at, _)), _) => denied(DenialKind::Explicit, at),
        (None, Some((at, _))) => denied(DenialKind::Implicit, at),
        (None, None) => Reply::Reported(Outcome::Allowed),
    }
}
