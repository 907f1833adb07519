//! A few neighbouring cases: ask both judges, compare, count.

use std::panic::{AssertUnwindSafe, catch_unwind};

use veriam_model::{Case, ChoiceSet, Dialect, PolicyTypes};
use veriam_oracle::{self as oracle, Detail};
use veriam_reports::{Found, Part, Who};

use super::Question;
use super::open::{Open, open};
use super::tally::Tally;
use super::without::{Reduced, all_reduced};
use crate::compare::{Reply, agree, call_reply, oracle_reading, outcome_reply};
use crate::labels::{self, Marks};
use crate::target::{Observation, Target};

/// Judges neighbouring cases of a part and adds them to the tally; `first` is the number of the first one.
///
/// The policies of the types in `without` are left out before anybody is asked.
pub(super) fn judge(
    part: Part,
    first: u64,
    drawn: &[Question],
    without: PolicyTypes,
    target: &dyn Target,
    tally: &mut Tally,
) {
    let without = match part {
        Part::Controls => PolicyTypes::new(),
        _ => without,
    };
    let (questions, reduced) = all_reduced(drawn, without);
    let questions = &*questions;
    let cases: Vec<&Case> = questions.iter().map(|question| &question.case).collect();
    let observed = target.ask_all(&cases);
    for (i, (question, observed)) in questions.iter().zip(observed).enumerate() {
        let index = first + i as u64;
        let observed = match reduced.get(i) {
            Some(Reduced::Gone(policy_type)) => Observation::as_drawn(Reply::Unsupported(format!(
                "documents of type {policy_type}, which are left out"
            ))),
            _ => observed,
        };
        let case = observed.case(&question.case);
        let judged = caught(|| {
            // What the whole case would have reached, a run with fewer policy types need not.
            if part == Part::Generated
                && matches!(reduced.get(i), Some(Reduced::Changed(_) | Reduced::Gone(_)))
            {
                tally.left_out(&ask(part, &drawn[i].case, target));
            }
            let answer = ask(part, case, target);
            // What is documented is documented of the case as drawn.
            let drawn = match (&question.documented, &observed.effective) {
                (Some(_), Some(_)) => Some(ask(part, &question.case, target).reply),
                _ => None,
            };
            count(
                index,
                question,
                drawn.as_ref().unwrap_or(&answer.reply),
                &answer,
                observed.reply.clone(),
                target,
                tally,
            );
        });
        if let Err(message) = judged {
            tally.broke(index, message);
        }
    }
}

/// What panics in the oracle is a fault of Veriam, told with the case.
fn caught(judge: impl FnOnce()) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(judge)).map_err(|panic| {
        panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default()
    })
}

/// What the oracle says about a case.
pub(super) struct Answer {
    /// Under the dialect of the target, or the default one.
    pub(super) reply: Reply,
    /// The choices consulted on the way.
    consulted: ChoiceSet,
    /// What the outcome turns on, where somebody asked.
    open: Option<Open>,
    /// What the case reaches, for generated cases.
    pub(super) marks: Option<Marks>,
}

fn count(
    index: u64,
    question: &Question,
    drawn: &Reply,
    answer: &Answer,
    observed: Reply,
    target: &dyn Target,
    tally: &mut Tally,
) {
    if let Reply::Unsupported(reason) = &observed {
        tally.unsupported(reason);
        tally.left_out(answer);
        return;
    }
    tally.compared(question.case.kind(), &answer.reply);
    tally.undetermined += u64::from(answer.open.is_some());
    if let Some(marks) = &answer.marks {
        tally.labels.add(marks);
    }
    let found = |who, expected: &Reply, observed: &Reply| Found {
        index,
        law: None,
        who,
        expected: expected.kind(),
        observed: observed.kind(),
        failure: match observed {
            Reply::Failed(message) => Some(message.clone()),
            _ => None,
        },
    };
    // What is documented holds under the default readings.
    let read_otherwise = reads_otherwise(answer.consulted, &target.asked_under());
    let documented = question.documented.as_ref().filter(|_| !read_otherwise);
    if let Some(documented) = documented
        && !agree(documented, drawn)
    {
        tally.diverged(found(Who::Oracle, documented, drawn));
        return;
    }
    if let (None, Some(open)) = (target.dialect(), &answer.open) {
        let given = open.readings.iter().filter(|(_, r)| agree(r, &observed));
        let matching: Vec<Dialect> = given.map(|(dialect, _)| *dialect).collect();
        // With readings that were not tried nobody can say that a reply is wrong.
        if !open.readings.is_empty() && matching.is_empty() {
            tally.diverged(found(Who::Target, &answer.reply, &observed));
        } else {
            tally.fitted(index, open.choices, &matching);
        }
    } else if !agree(&answer.reply, &observed) {
        tally.diverged(found(Who::Target, &answer.reply, &observed));
    }
}

/// Generated cases are judged with their derivation, which labels need; the others without. Whether an outcome turns on
/// open choices is asked of generated cases, and wherever the target declares no dialect.
fn ask(part: Part, case: &Case, target: &dyn Target) -> Answer {
    let dialect = &target.asked_under();
    let labelled = part == Part::Generated;
    let mut answer = match case {
        Case::Document(document) => Answer {
            reply: oracle_reading(document, dialect),
            consulted: ChoiceSet::new(),
            open: None,
            marks: labelled.then(|| Marks::of_kind(case.kind())),
        },
        Case::Put(put) => match oracle::judge_put(put, dialect) {
            Ok(judgement) => Answer {
                consulted: judgement.consulted,
                open: None,
                marks: labelled.then(|| labels::of_put(&judgement.outcome)),
                reply: Reply::Put(judgement.outcome),
            },
            Err(_) => Answer::malformed(),
        },
        Case::Check(check) if labelled => match oracle::trace(check, dialect, Detail::Structure) {
            Ok(derivation) => Answer {
                reply: outcome_reply(derivation.judgement.outcome),
                consulted: derivation.judgement.consulted,
                open: None,
                marks: Some(labels::of_check(check, &derivation)),
            },
            Err(_) => Answer::malformed(),
        },
        Case::Check(check) => match oracle::judge(check, dialect) {
            Ok(judgement) => Answer {
                reply: outcome_reply(judgement.outcome),
                consulted: judgement.consulted,
                open: None,
                marks: None,
            },
            Err(_) => Answer::malformed(),
        },
        Case::Call(call) => {
            match oracle::trace_call(&call.world, &call.call, dialect, Detail::Structure) {
                Ok(derivation) => Answer {
                    consulted: derivation.judgement.consulted,
                    open: None,
                    marks: labelled.then(|| labels::of_call(call, &derivation)),
                    reply: Reply::Call(derivation.judgement.outcome),
                },
                Err(error) => Answer {
                    reply: call_reply(Err(error)),
                    ..Answer::malformed()
                },
            }
        }
    };
    // Without a choice consulted there is nothing to flip, and the search is the costly part.
    if (labelled || target.dialect().is_none()) && !answer.consulted.is_empty() {
        answer.open = open(case, answer.consulted);
    }
    if let Some(marks) = &mut answer.marks {
        let turning = answer
            .open
            .as_ref()
            .map_or_else(ChoiceSet::new, |o| o.choices);
        marks.open_points(answer.consulted, turning);
    }
    answer
}

/// Whether a dialect has another reading than the default one for one of these choices.
pub(crate) fn reads_otherwise(consulted: ChoiceSet, dialect: &Dialect) -> bool {
    consulted.iter().any(|choice| dialect.index(choice) != 0)
}

impl Answer {
    const fn malformed() -> Self {
        Self {
            reply: Reply::Malformed,
            consulted: ChoiceSet::new(),
            open: None,
            marks: None,
        }
    }
}
