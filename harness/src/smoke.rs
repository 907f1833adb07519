//! A first meeting with a target: what is beyond doubt and a few documented checks, one after the other, with what is
//! wrong about each answer.

use veriam_model::{Case, Check};

use crate::compare::{Reply, oracle_reply};
use crate::data::{self, RowFault};
use crate::run::{Rows, differs};
use crate::target::Target;

/// The documented rows that are asked: one thing each, the simple before the rare.
const ROWS: [&str; 14] = [
    "IAMV-E-001",
    "IAMV-E-002",
    "IAMV-G-004",
    "IAMV-ACT-002",
    "IAMV-ACT-003",
    "IAMV-RES-009",
    "IAMV-C-001",
    "IAMV-C-003",
    "IAMV-V-003",
    "IAMV-D2-002",
    "IAMV-D3-005",
    "IAMV-D4-004",
    "IAMV-D7-006",
    "IAMV-ORG-002",
];

/// One question and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Its name.
    pub name: String,
    /// What it shows.
    pub shows: String,
    /// The case.
    pub case: Case,
    /// What the oracle says.
    pub expected: Reply,
    /// What the target says.
    pub observed: Reply,
    /// What is to be told about it.
    pub result: Result,
}

/// How a question ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Result {
    /// The answer is right.
    Right,
    /// The target does not support it.
    Unsupported,
    /// The answer is wrong, or there is none.
    Wrong,
}

/// Asks a target the controls and some documented checks. Ends early when the target is lost.
///
/// # Errors
/// [`RowFault`] when an embedded row cannot be read: a fault of the program.
pub fn smoke(target: &dyn Target) -> std::result::Result<Vec<Tried>, RowFault> {
    let mut questions: Vec<(String, String, Case)> = Rows::embedded()?
        .controls()
        .map(|question| {
            let (name, shows) = match &question.case {
                Case::Check(check) => (check.id.clone().unwrap_or_default(), "a check"),
                _ => ("control call".to_owned(), "a call"),
            };
            let documented = question.documented.as_ref();
            let shows = match documented {
                Some(reply) => format!("{shows} that comes to: {reply}"),
                None => shows.to_owned(),
            };
            (name, shows, question.case.clone())
        })
        .collect();
    for row in data::rows(data::VECTORS)? {
        let id = row.check.id.clone().unwrap_or_default();
        if picked(&row.check) {
            let shows = row.note.unwrap_or_default();
            questions.push((id, shows, Case::Check(Box::new(row.check))));
        }
    }
    let dialect = target.asked_under();
    let mut tried = Vec::with_capacity(questions.len());
    for (name, shows, case) in questions {
        if target.lost().is_some() {
            break;
        }
        let observation = target.ask(&case);
        let expected = oracle_reply(observation.case(&case), &dialect);
        let result = match &observation.reply {
            Reply::Unsupported(_) => Result::Unsupported,
            reply if differs(observation.case(&case), &expected, reply, target) => Result::Wrong,
            _ => Result::Right,
        };
        tried.push(Tried {
            name,
            shows,
            case,
            expected,
            observed: observation.reply,
            result,
        });
    }
    Ok(tried)
}

fn picked(check: &Check) -> bool {
    check.id.as_deref().is_some_and(|id| ROWS.contains(&id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_that_is_asked_exists() {
        let rows = data::rows(data::VECTORS).unwrap();
        let found = rows.iter().filter(|row| picked(&row.check)).count();
        assert_eq!(found, ROWS.len());
    }
}
