//! The explanation of a put for people.

use std::fmt::Write;

use veriam_model::{Put, PutOutcome, PutPlace, PutRefusal};
use veriam_oracle::{PutVerdict, rule};

use super::PutExplanation;
use crate::compare::{Reply, agree};
use crate::explain::text as shared;
use crate::place::Excerpt;
use crate::style::{BAD, FAINT, GOOD, NOTE, STRONG, paint};

/// Entries of a list that are shown; more are counted.
const SHOWN: usize = 10;

pub(super) fn render(explanation: &PutExplanation) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut out, explanation);
    out
}

fn write_all(out: &mut String, explanation: &PutExplanation) -> std::fmt::Result {
    outcome(out, explanation)?;
    question(out, &explanation.subject.put)?;
    place(out, explanation)?;
    steps(out, explanation)?;
    more(out, explanation)?;
    choices(out, explanation)?;
    shared::rules(out, &explanation.derivation.judgement.rules)
}

fn title(refusal: &PutRefusal) -> &'static str {
    rule(refusal.rule).map_or("", |rule| rule.title.as_str())
}

/// The first lines: the outcome, the rule that is broken, and whoever sees it otherwise.
fn outcome(out: &mut String, explanation: &PutExplanation) -> std::fmt::Result {
    let outcome = &explanation.derivation.judgement.outcome;
    match outcome {
        PutOutcome::Stored => writeln!(out, "{}", paint(GOOD, outcome))?,
        PutOutcome::Refused(refusal) => {
            writeln!(out, "{}", paint(BAD, outcome))?;
            shared::paragraph(out, title(refusal), "  ")?;
        }
    }
    let oracle = Reply::Put(outcome.clone());
    if agree(&oracle, &explanation.evaluator) {
        writeln!(out, "  so replies the evaluator")?;
    }
    let subject = &explanation.subject;
    let documented = subject.documented;
    let documented = documented.map(|kind| (kind == oracle.kind(), kind.to_string()));
    shared::others(
        out,
        (&oracle, &explanation.evaluator),
        documented,
        subject.signature.as_ref(),
    )
}

fn question(out: &mut String, put: &Put) -> std::fmt::Result {
    shared::field(out, "put on", &put.resource)?;
    if !put.exists {
        shared::field(out, "", "there is no such resource")?;
    }
    let account = format!("account {}, asking {}", put.account, put.region);
    shared::field(out, "caller", &account)?;
    let text = put.policy.as_str();
    let (characters, bytes) = (text.chars().count(), text.len());
    let length = match bytes == characters {
        true => format!("{characters} characters"),
        false => format!("{characters} characters, {bytes} bytes"),
    };
    shared::field(out, "policy", &length)?;
    let mut name = "there is";
    for principal in put.principals.iter().take(SHOWN) {
        shared::field(out, name, principal)?;
        name = "";
    }
    let more = put.principals.len().saturating_sub(SHOWN);
    if more > 0 {
        shared::field(out, name, &format!("and {more} more"))?;
    }
    writeln!(out)
}

/// The piece that is at fault, in its line.
fn place(out: &mut String, explanation: &PutExplanation) -> std::fmt::Result {
    let Some(marked) = explanation.marked() else {
        return Ok(());
    };
    let place = marked.place;
    writeln!(out, "{}", paint(STRONG, "what is at fault"))?;
    let at = format!("{}:{}:{}", marked.member, place.line, place.column);
    let excerpt = Excerpt::of(marked.text, marked.span, place);
    let number = place.line.to_string();
    let margin = " ".repeat(number.len());
    let bar = |text: &str| paint(FAINT, format_args!("{text} |"));
    writeln!(out, "  {at}")?;
    writeln!(out, "  {} {}", bar(&number), excerpt.source)?;
    writeln!(out, "  {} {}", bar(&margin), paint(BAD, excerpt.carets))?;
    if let Some(remedy) = &explanation.remedy {
        let margin = paint(FAINT, format_args!("{margin} ="));
        writeln!(out, "  {margin} {remedy}")?;
    }
    writeln!(out)
}

fn steps(out: &mut String, explanation: &PutExplanation) -> std::fmt::Result {
    writeln!(out, "{}", paint(STRONG, "steps"))?;
    shared::numbered(out, &explanation.derivation.steps)?;
    writeln!(out)
}

/// What else the last step finds: it would be refused once the first fault is mended.
fn more(out: &mut String, explanation: &PutExplanation) -> std::fmt::Result {
    let [_, more @ ..] = explanation.derivation.faults.as_slice() else {
        return Ok(());
    };
    if more.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint(STRONG, "what else is at fault"))?;
    for refusal in more.iter().take(SHOWN) {
        let at = match &refusal.at {
            PutPlace::Resource => "resourceArn".to_owned(),
            at @ PutPlace::Policy { .. } => at.to_string(),
        };
        let text = format!("{} at {at}: {}", refusal.rule, title(refusal));
        shared::paragraph(out, &text, "  ")?;
    }
    let rest = more.len().saturating_sub(SHOWN);
    if rest > 0 {
        writeln!(out, "  and {rest} more faults")?;
    }
    writeln!(out)
}

fn choices(out: &mut String, explanation: &PutExplanation) -> std::fmt::Result {
    let consulted = explanation.derivation.judgement.consulted;
    if consulted.is_empty() {
        return Ok(());
    }
    shared::consulted(out, consulted, &explanation.subject.dialect)?;
    match &explanation.verdict {
        Some(Ok(PutVerdict::Determined(_))) => shared::same_under_every_reading(out)?,
        Some(Ok(PutVerdict::Undetermined { readings, .. })) => {
            let readings = readings.iter().map(|(d, o)| (d, o.to_string()));
            shared::readings(out, readings)?;
        }
        Some(Err(error)) => writeln!(out, "  {}", paint(NOTE, error))?,
        None => {}
    }
    writeln!(out)
}
