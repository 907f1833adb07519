//! Puts: whether AgentCore stores a resource-based policy (AC-143…AC-157; readings, section 7).
//!
//! Four steps can refuse it, in the files below: the ARN it is put on, the length of the text, the document itself, and
//! what AgentCore asks of a policy besides. The first step that finds a fault ends it.

mod action;
mod arn;
mod condition;
mod length;
mod pointer;
mod principal;
mod resource;
mod statement;
mod verdict;

use std::fmt;

use veriam_model::readings::{DocumentAge, PutUnknownOperators};
use veriam_model::{
    ChoiceSet, Dialect, Fault, Malformed, PolicyType, Put, PutError, PutOutcome, PutPlace,
    PutRefusal, RuleId, RuleSet,
};

use crate::document;
use crate::json::{self, Node};
use crate::notes::{Notes, ac, iam};
use crate::{Detail, Step};

pub(crate) use verdict::verdict;

/// What the oracle says about a put under one dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutJudgement {
    /// Stored, or refused for the first fault.
    pub outcome: PutOutcome,
    /// Every rule that was applied on the way.
    pub rules: RuleSet,
    /// Every choice whose reading was asked for where it can change the outcome.
    pub consulted: ChoiceSet,
}

/// How the oracle came to say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutDerivation {
    /// What it says.
    pub judgement: PutJudgement,
    /// The steps that were taken, in order; the last one stores or refuses.
    pub steps: Vec<Step>,
    /// Every fault of the step that refuses, the first one first.
    pub faults: Vec<PutRefusal>,
}

/// What the oracle says about a put when every open choice may be read either way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutVerdict {
    /// Every reading stores the policy, or every one refuses it with the same error.
    Determined(PutJudgement),
    /// The outcome turns on open choices.
    Undetermined {
        /// The judgement under the default reading of every choice.
        default: PutJudgement,
        /// The choices the outcome turns on.
        choices: ChoiceSet,
        /// Each combination of their readings, with its outcome; the default combination first.
        readings: Vec<(Dialect, PutOutcome)>,
    },
}

/// Why there is no verdict on a put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutVerdictError {
    /// The put is not well-formed.
    Malformed(Malformed),
    /// More open choices were consulted than can be tried in all combinations.
    TooManyReadings {
        /// How many combinations there would be, at least.
        combinations: usize,
        /// How many are tried at most.
        limit: usize,
    },
}

impl fmt::Display for PutVerdictError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PutVerdictError::Malformed(malformed) => malformed.fmt(f),
            PutVerdictError::TooManyReadings {
                combinations,
                limit,
            } => write!(
                f,
                "the answer asks for {combinations} or more combinations of open readings, {limit} are tried; \
                 use a simpler policy or judge under one dialect"
            ),
        }
    }
}

impl std::error::Error for PutVerdictError {}

impl From<Malformed> for PutVerdictError {
    fn from(malformed: Malformed) -> Self {
        PutVerdictError::Malformed(malformed)
    }
}

/// Judges a put, step by step.
pub(crate) fn derive(
    put: &Put,
    dialect: &Dialect,
    detail: Option<Detail>,
) -> Result<PutDerivation, Malformed> {
    put.validate()?;
    let mut course = Course {
        notes: Notes::new(dialect, detail),
        steps: Vec::new(),
    };
    // (a) The ARN.
    let mut notes = course.notes.fresh();
    let on = arn::judge(put, &mut notes);
    course.step(&notes, || match &on {
        Ok(on) => format!("the ARN is that of a resource of type {}", on.name()),
        Err((error, rule)) => format!("the ARN is refused with {error} by {rule}"),
    });
    let on = match on {
        Ok(on) => on,
        Err((error, rule)) => {
            let refusal = PutRefusal {
                error,
                rule,
                at: PutPlace::Resource,
            };
            return Ok(course.end(vec![refusal]));
        }
    };
    // (b) The length.
    let text = put.policy.as_str();
    let mut notes = course.notes.fresh();
    let fits = length::fits(text, &mut notes);
    course.step(&notes, || match fits {
        true => "the text is short enough".to_owned(),
        false => "the text is too long".to_owned(),
    });
    if !fits {
        let whole = Fault {
            offset: 0,
            rule: ac(38),
        };
        return Ok(course.end(refusals(vec![whole], None)));
    }
    // (c) The document, a new one: it is being saved now, so the age that the dialect gives to others is not its.
    let saved_now = dialect.with(DocumentAge::New);
    let reading = document::read(PolicyType::Resource, text.as_bytes(), &saved_now, detail);
    let mut notes = reading.notes;
    let faults = operators(reading.faults, &mut notes);
    course.step(&notes, || match faults.len() {
        0 => "the text is a valid document".to_owned(),
        count => format!("the document has faults: {count}"),
    });
    let root = match json::read(text.as_bytes()) {
        Ok(root) if faults.is_empty() => root,
        root => {
            if notes.consulted().is_empty() {
                // Readings, 7.11: it is refused whatever the open points read.
                course.notes.forget_choices();
            }
            return Ok(course.end(refusals(faults, root.ok().as_ref())));
        }
    };
    // (d) What AgentCore asks besides.
    let mut inspection = Inspection {
        put,
        on,
        version_2012: false,
        notes: course.notes.fresh(),
        faults: Vec::new(),
        certain: false,
    };
    statement::document(&root, &mut inspection);
    let Inspection {
        notes,
        mut faults,
        certain,
        ..
    } = inspection;
    faults.sort_unstable();
    faults.dedup();
    course.step(&notes, || match faults.len() {
        0 => "AgentCore asks nothing more of it".to_owned(),
        count => format!("AgentCore finds faults: {count}"),
    });
    if certain {
        course.notes.forget_choices();
    }
    // (e) Stored, if nothing was found.
    Ok(course.end(refusals(faults, Some(&root))))
}

/// The faults without those of operators that nobody knows, where these are none (readings, 7.5; AC-275).
fn operators(faults: Vec<Fault>, notes: &mut Notes<'_>) -> Vec<Fault> {
    let unknown = |fault: &Fault| fault.rule == iam(45) || fault.rule == iam(47);
    let (unknown, others): (Vec<Fault>, Vec<Fault>) = faults.into_iter().partition(unknown);
    if unknown.is_empty() {
        return others;
    }
    match notes.choose::<PutUnknownOperators>() {
        PutUnknownOperators::Accepted => others,
        PutUnknownOperators::Refused => {
            let mut all = [unknown, others].concat();
            all.sort_unstable();
            all
        }
    }
}

/// Faults of the policy as refusals; without root the text is unreadable, or at fault as a whole.
fn refusals(faults: Vec<Fault>, root: Option<&Node<'_>>) -> Vec<PutRefusal> {
    let refusal = |Fault { offset, rule }| PutRefusal {
        error: PutError::Validation,
        rule,
        at: PutPlace::Policy {
            pointer: root.map_or_else(String::new, |root| pointer::to(root, offset)),
            offset,
        },
    };
    faults.into_iter().map(refusal).collect()
}

/// The steps of one put so far.
struct Course<'d> {
    notes: Notes<'d>,
    steps: Vec<Step>,
}

impl Course<'_> {
    fn step(&mut self, notes: &Notes<'_>, text: impl FnOnce() -> String) {
        self.notes.take_over(notes);
        if self.notes.is_recording() {
            self.steps.push(Step {
                rules: notes.in_order().to_vec(),
                text: self.notes.text(text),
            });
        }
    }

    /// The end: refused for the first fault; without any, stored.
    fn end(mut self, faults: Vec<PutRefusal>) -> PutDerivation {
        let (outcome, rule) = match faults.first().cloned() {
            Some(first) => {
                // AC-157: what is refused for what it says is a ValidationException.
                let validation = first.error == PutError::Validation;
                self.notes.cite_if(validation, ac(157));
                let rule = first.rule;
                (PutOutcome::Refused(first), rule)
            }
            // AC-027: the whole document takes the place of the one before.
            None => (PutOutcome::Stored, ac(27)),
        };
        self.notes.cite(rule);
        if self.notes.is_recording() {
            self.steps.push(Step {
                rules: vec![rule],
                text: self.notes.text(|| outcome.to_string()),
            });
        }
        PutDerivation {
            judgement: PutJudgement {
                outcome,
                rules: *self.notes.rules(),
                consulted: self.notes.consulted(),
            },
            steps: self.steps,
            faults,
        }
    }
}

/// What AgentCore finds in a valid document.
struct Inspection<'p> {
    put: &'p Put,
    on: arn::On,
    /// Whether `${` means anything (IAM-190).
    version_2012: bool,
    notes: Notes<'p>,
    faults: Vec<Fault>,
    /// Whether there is a fault that no choice has a part in.
    certain: bool,
}

impl Inspection<'_> {
    /// A fault under every reading.
    fn fault(&mut self, rule: RuleId, offset: usize) {
        self.certain = true;
        self.open_fault(rule, offset);
    }

    /// A fault under the readings of this dialect.
    fn open_fault(&mut self, rule: RuleId, offset: usize) {
        self.notes.cite(rule);
        self.faults.push(Fault { offset, rule });
    }
}

/// The strings of a value that is one or a list of them, each with its place.
fn strings<'n>(node: &'n Node<'_>) -> Vec<(&'n str, usize)> {
    let nodes = match &node.value {
        json::Value::List(elements) => elements.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let text = |node: &'n Node<'_>| match &node.value {
        json::Value::Text(text) => Some((text.as_ref(), node.offset)),
        _ => None,
    };
    nodes.iter().filter_map(text).collect()
}

/// The members of an object; none of anything else.
fn members<'n, 't>(node: &'n Node<'t>) -> &'n [json::Member<'t>] {
    match &node.value {
        json::Value::Object(members) => members,
        _ => &[],
    }
}
