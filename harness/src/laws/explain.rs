//! A stored broken law told to people: what the change is, and what the oracle says of both sides.

mod difference;

use serde::Serialize;
use serde_json::value::RawValue;
use veriam_model::{Case, Dialect, Row};
use veriam_reports::Kind;

use super::{LawCase, holds};
use crate::case_file::settings;
use crate::compare::oracle_reply;
use crate::explain::{CallExplanation, CallSubject, Explanation, Subject};
use crate::style::{BAD, GOOD, STRONG, paint};
use difference::{Change, difference};

/// The version tag of the JSON form.
const SCHEMA: &str = "veriam.law-explanation/1";

/// Everything there is to say about one broken law.
#[derive(Clone, Debug)]
pub struct LawExplanation {
    case: LawCase,
    changes: Vec<Change>,
    sides: [Side; 2],
}

/// What the oracle says of one side.
#[derive(Clone, Debug)]
struct Side {
    reply: Kind,
    explained: Explained,
}

#[derive(Clone, Debug)]
enum Explained {
    Check(Box<Explanation>),
    Call(Box<CallExplanation>),
}

impl LawExplanation {
    /// Explains a stored broken law, under its own dialect unless one is given.
    ///
    /// # Errors
    /// What keeps one of the sides from being a question, for people.
    pub fn new(mut case: LawCase, dialect: Option<Dialect>) -> Result<Self, String> {
        case.dialect = dialect.unwrap_or(case.dialect);
        let sides = [
            side("original", &case.original, &case.dialect)?,
            side("changed", &case.changed, &case.dialect)?,
        ];
        Ok(Self {
            changes: difference(&case),
            sides,
            case,
        })
    }

    /// The explanation for people, with ANSI styles.
    #[must_use]
    pub fn to_text(&self) -> String {
        let LawCase {
            law, before, after, ..
        } = &self.case;
        let [original, changed] = &self.sides;
        let heading = format!("law {law}: {}", law.title());
        let mut text = format!("{}\n", paint(STRONG, heading));
        let target = &self.case.target;
        let broken = format!("{target}: {before} before, {after} after");
        text.push_str(&format!("  {}\n", paint(BAD, broken)));
        let oracle = format!("oracle: {} before, {} after", original.reply, changed.reply);
        let style = match holds(law.relation(), original.reply, changed.reply) {
            true => GOOD,
            false => BAD,
        };
        text.push_str(&format!("  {}\n\n", paint(style, oracle)));
        text.push_str(&format!("{}\n", paint(STRONG, "what the change is")));
        for change in &self.changes {
            text.push_str(&change.to_text());
        }
        for (name, side) in [("before", original), ("after", changed)] {
            let heading = format!("{name} the change, by the oracle");
            text.push_str(&format!("\n{}\n\n", paint(STRONG, heading)));
            text.push_str(&side.explained.to_text());
        }
        text
    }

    /// The explanation as one JSON object with a line feed at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let [original, changed] = &self.sides;
        let case = &self.case;
        let told = Told {
            schema: SCHEMA,
            law: case.law.name(),
            title: case.law.title(),
            target: &case.target,
            dialect: settings(&case.dialect),
            before: case.before,
            after: case.after,
            oracle_before: original.reply,
            oracle_after: changed.reply,
            difference: &self.changes,
            original: original.explained.to_raw(),
            changed: changed.explained.to_raw(),
        };
        let mut text = serde_json::to_string_pretty(&told).unwrap_or_default();
        text.push('\n');
        text
    }
}

#[derive(Serialize)]
struct Told<'a> {
    schema: &'static str,
    law: &'static str,
    title: &'static str,
    target: &'a str,
    dialect: Vec<String>,
    /// What the target replied.
    before: Kind,
    after: Kind,
    oracle_before: Kind,
    oracle_after: Kind,
    difference: &'a [Change],
    /// The explanations of both sides, as `veriam explain` prints them.
    original: Option<Box<RawValue>>,
    changed: Option<Box<RawValue>>,
}

impl Explained {
    fn to_text(&self) -> String {
        match self {
            Explained::Check(explanation) => explanation.to_text(),
            Explained::Call(explanation) => explanation.to_text(),
        }
    }

    fn to_raw(&self) -> Option<Box<RawValue>> {
        let text = match self {
            Explained::Check(explanation) => explanation.to_json(),
            Explained::Call(explanation) => explanation.to_json(),
        };
        RawValue::from_string(text.trim_end().to_owned()).ok()
    }
}

fn side(name: &str, case: &Case, dialect: &Dialect) -> Result<Side, String> {
    let no_question = |error: &dyn std::fmt::Display| format!("`{name}`: {error}");
    let explained = match case {
        Case::Check(check) => {
            let subject = Subject {
                row: Row {
                    check: check.as_ref().clone(),
                    expected: None,
                    rule: None,
                    source: None,
                    note: None,
                },
                dialect: *dialect,
                signature: None,
            };
            let explanation = Explanation::new(subject).map_err(|e| no_question(&e))?;
            Explained::Check(Box::new(explanation))
        }
        Case::Call(case) => {
            let subject = CallSubject {
                case: case.as_ref().clone(),
                dialect: *dialect,
                documented: None,
                signature: None,
                title: None,
            };
            let explanation = CallExplanation::new(subject).map_err(|e| no_question(&e))?;
            Explained::Call(Box::new(explanation))
        }
        Case::Document(_) | Case::Put(_) => {
            return Err(no_question(&"laws speak of checks and calls only"));
        }
    };
    Ok(Side {
        reply: oracle_reply(case, dialect).kind(),
        explained,
    })
}
