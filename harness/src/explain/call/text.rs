//! The explanation of a call for people.

use std::fmt::Write;

use veriam_model::{DenialKind, Outcome};
use veriam_oracle::{CallVerdict, CheckOutcome, Step};

use super::{CallExplanation, call_facts};
use crate::compare::Reply;
use crate::explain::text as check_text;
use crate::style::{BAD, GOOD, NOTE, STRONG, paint};

pub(super) fn render(explanation: &CallExplanation) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut out, explanation);
    out
}

fn write_all(out: &mut String, explanation: &CallExplanation) -> std::fmt::Result {
    outcome(out, explanation)?;
    question(out, explanation)?;
    let derivation = &explanation.derivation;
    steps(out, "how the call becomes checks", &derivation.expansion)?;
    checks(out, explanation)?;
    steps(out, "how they combine", &derivation.combination)?;
    decisive(out, explanation)?;
    choices(out, explanation)?;
    check_text::rules(out, &derivation.judgement.rules)
}

fn set_outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Allowed => paint(GOOD, outcome),
        Outcome::Denied(_) | Outcome::Rejected(_) | Outcome::Invalid(_) => paint(BAD, outcome),
    }
}

/// The first lines: the outcome, the statement it rests on, and whoever sees it otherwise.
fn outcome(out: &mut String, explanation: &CallExplanation) -> std::fmt::Result {
    let judgement = &explanation.derivation.judgement;
    let outcome = &judgement.outcome;
    writeln!(out, "{}", set_outcome(outcome))?;
    if let Outcome::Denied(denial) = outcome {
        writeln!(out, "  at {} on {}", denial.at.action, denial.at.resource)?;
        let explicit = denial.kind == DenialKind::Explicit;
        if let Some(because) = explanation.deciding().find_map(check_text::because)
            && explicit
        {
            writeln!(out, "  {because}")?;
        }
    }
    let oracle = Reply::Call(outcome.clone());
    let subject = &explanation.subject;
    let documented = subject.documented;
    let documented = documented.map(|kind| (kind == oracle.kind(), kind.to_string()));
    check_text::others(
        out,
        (&oracle, &explanation.evaluator),
        documented,
        subject.signature.as_ref(),
    )
}

fn question(out: &mut String, explanation: &CallExplanation) -> std::fmt::Result {
    if let Some(title) = &explanation.subject.title {
        check_text::field(out, "it", title)?;
    }
    for (name, text) in call_facts(&explanation.subject.case) {
        check_text::field(out, name, &text)?;
    }
    writeln!(out)
}

fn steps(out: &mut String, title: &str, steps: &[Step]) -> std::fmt::Result {
    if steps.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint(STRONG, title))?;
    check_text::numbered(out, steps)?;
    writeln!(out)
}

/// Every check in one line.
fn checks(out: &mut String, explanation: &CallExplanation) -> std::fmt::Result {
    if explanation.derivation.pairs.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint(STRONG, "checks"))?;
    for pair in &explanation.derivation.pairs {
        let outcome = pair.derivation.judgement.outcome;
        let allowed = outcome == CheckOutcome::Decided(veriam_model::Decision::Allow);
        writeln!(
            out,
            "  {} {}: {} on {}",
            check_text::mark(allowed),
            check_text::set_outcome(outcome),
            pair.pair.action,
            pair.pair.resource
        )?;
    }
    writeln!(out)
}

/// The check that fails in full; of an allowed call what each check rests on.
fn decisive(out: &mut String, explanation: &CallExplanation) -> std::fmt::Result {
    let denied = matches!(explanation.derivation.judgement.outcome, Outcome::Denied(_));
    for check in explanation.deciding() {
        let resource = &check.subject.row.check.resource.arn;
        let action = &check.subject.row.check.action;
        writeln!(out, "{} {action} on {resource}\n", paint(NOTE, "check"))?;
        if denied {
            check_text::question(out, check)?;
        }
        check_text::deciders(out, check)?;
        if denied {
            check_text::steps(out, check)?;
            check_text::policies(out, check)?;
        }
    }
    Ok(())
}

fn choices(out: &mut String, explanation: &CallExplanation) -> std::fmt::Result {
    let consulted = explanation.derivation.judgement.consulted;
    if consulted.is_empty() {
        return Ok(());
    }
    check_text::consulted(out, consulted, &explanation.subject.dialect)?;
    match &explanation.verdict {
        Some(Ok(CallVerdict::Determined(_))) => check_text::same_under_every_reading(out)?,
        Some(Ok(CallVerdict::Undetermined { readings, .. })) => {
            let readings = readings.iter().map(|(d, o)| (d, o.to_string()));
            check_text::readings(out, readings)?;
        }
        Some(Err(error)) => writeln!(out, "  {}", paint(NOTE, error))?,
        None => {}
    }
    writeln!(out)
}
