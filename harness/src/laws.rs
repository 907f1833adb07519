//! Laws on a target: each generated check and call is changed as some law says, the target is asked about both, and the
//! two replies are held against each other. Nobody has to know which reply is right.
//!
//! Trying laws is a part of a run like others, cut into units, written to the journal, folded by `veriam-reports`. The
//! oracle is asked whether both cases are valid, where a law seems broken, and which checks a call asks for, to count
//! where a law could be broken ([`could_be_broken`]).

mod capable;
mod explain;
mod file;
mod minimums;
mod shrinking;

use std::panic::{AssertUnwindSafe, catch_unwind};

use veriam_generators::laws::{Law, Relation, drawn};
use veriam_model::{Case, Decision, Dialect, PolicyTypes};
use veriam_reports::{Found, Kind, OutcomeKind, Who};

pub use capable::could_be_broken;
pub use explain::LawExplanation;
pub use file::{LAW_CASE_SCHEMA, LawCase, StoredLaw, has_law_tag, store};
pub use minimums::{MINIMUMS, planned};
pub use shrinking::{BUDGET, LawCluster, LawDigest, digest, rechanged, shrunk};

use crate::compare::{Reply, oracle_reply};
use crate::run::{Question, Tally};
use crate::target::Target;

/// The target cannot be asked one of the two cases.
const UNSUPPORTED: &str = "the target cannot be asked";
/// The target says nothing that could be compared.
const NO_OUTCOME: &str = "the target gives no outcome before the change";
/// The replies break the law, but nothing has to hold of them.
const NOT_VALID: &str = "one of the cases is not valid";

/// Tries a law on each of some neighbouring cases of a campaign; `first` is the number of the first one.
pub(crate) fn judge(
    seed: u64,
    first: u64,
    questions: &[Question],
    target: &dyn Target,
    tally: &mut Tally,
) {
    for (index, question) in (first..).zip(questions) {
        // What a target replies that answers nobody any more says nothing about a law.
        if target.lost().is_some() {
            return;
        }
        let case = &question.case;
        tally.laws.cases += 1;
        if let Case::Document(_) = case {
            tally.laws.documents += 1;
        }
        let drawn = drawn(seed, index, case);
        for (law, why) in drawn.passed {
            passed(tally, law, why.text());
        }
        if let Some((law, changed)) = drawn.applied {
            one(index, law, case, &changed, target, tally);
        }
    }
}

fn passed(tally: &mut Tally, law: Law, why: &str) {
    let count = tally.laws.of(law.name());
    *count.not_applied.entry(why.to_owned()).or_default() += 1;
}

fn one(index: u64, law: Law, case: &Case, changed: &Case, target: &dyn Target, tally: &mut Tally) {
    let dialect = target.asked_under();
    let asked = catch_unwind(AssertUnwindSafe(|| {
        let seen = observe(law, case, changed, target)?;
        let capable = could_be_broken(law, case, changed, seen.before, &dialect);
        Ok((seen, capable))
    }));
    let (seen, capable) = match asked {
        Ok(Ok(seen)) => seen,
        Ok(Err(why)) => return passed(tally, law, why),
        Err(panic) => {
            return tally.broke(index, panic_message(panic.as_ref()));
        }
    };
    tally.kinds[case.kind() as usize] += 1;
    let count = tally.laws.of(law.name());
    match case {
        Case::Call(_) => count.calls += 1,
        Case::Check(_) | Case::Document(_) | Case::Put(_) => count.checks += 1,
    }
    count.capable += u64::from(capable);
    count.allowed += u64::from(is_allowed(seen.before));
    count.changed += u64::from(seen.before != seen.after);
    if seen.broken {
        count.broken += 1;
        tally.diverged(Found {
            index,
            law: Some(law.name().to_owned()),
            who: Who::Target,
            expected: seen.before,
            observed: seen.after,
            failure: seen.failure,
        });
    }
}

/// What a target replies before and after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The reply before the change.
    pub before: Kind,
    /// The reply after it.
    pub after: Kind,
    /// Whether the two break the law.
    pub broken: bool,
    /// How the target broke on the changed case, if it did.
    pub failure: Option<String>,
}

/// Asks a target about both cases.
///
/// # Errors
/// Why there is nothing to compare: the target gives no outcome of one of them, or the replies break the law and one of
/// them is not valid.
pub fn observe(
    law: Law,
    case: &Case,
    changed: &Case,
    target: &dyn Target,
) -> Result<Seen, &'static str> {
    let reply = target.ask(case).reply;
    match reply {
        Reply::Unsupported(_) => return Err(UNSUPPORTED),
        ref reply if !is_outcome(reply) => return Err(NO_OUTCOME),
        _ => {}
    }
    let after = target.ask(changed).reply;
    let failure = match &after {
        Reply::Unsupported(_) => return Err(UNSUPPORTED),
        Reply::Failed(how) => Some(how.clone()),
        _ => None,
    };
    let reported = [&reply, &after].map(|r| matches!(r, Reply::Reported(_)));
    let (before, after) = (reply.kind(), after.kind());
    let related = match reported.contains(&true) {
        // Who need not name every policy type that denies may name others the next time.
        true => holds(law.relation(), unnamed(before), unnamed(after)),
        false => holds(law.relation(), before, after),
    };
    let broken = !related;
    let dialect = target.asked_under();
    if broken && !(is_valid(case, &dialect) && is_valid(changed, &dialect)) {
        return Err(NOT_VALID);
    }
    Ok(Seen {
        before,
        after,
        broken,
        failure,
    })
}

/// Whether two replies are related as they have to be. What breaks on a change breaks every law: the changed case is as
/// good a question as the other.
#[must_use]
pub fn holds(relation: Relation, before: Kind, after: Kind) -> bool {
    if !matches!(after, Kind::Decided(_) | Kind::Call(_)) {
        return false;
    }
    match relation {
        Relation::NeverWidens => is_allowed(before) || !is_allowed(after),
        Relation::NeverNarrows => !is_allowed(before) || is_allowed(after),
        Relation::Same => before == after,
    }
}

/// A denial without the policy types that deny.
fn unnamed(kind: Kind) -> Kind {
    match kind {
        Kind::Call(OutcomeKind::Denied(how, _)) => {
            Kind::Call(OutcomeKind::Denied(how, PolicyTypes::new()))
        }
        other => other,
    }
}

fn is_allowed(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Decided(Decision::Allow) | Kind::Call(OutcomeKind::Allowed)
    )
}

/// A call that is rejected or asks for what is not there is no question of policies, but policies change nothing in that.
const fn is_outcome(reply: &Reply) -> bool {
    matches!(
        reply,
        Reply::Decided(_) | Reply::Call(_) | Reply::Reported(_)
    )
}

/// Whether the oracle has an outcome of a case.
#[must_use]
pub fn is_valid(case: &Case, dialect: &Dialect) -> bool {
    is_outcome(&oracle_reply(case, dialect))
}

/// What a panic says.
fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}
