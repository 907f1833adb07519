//! The explanation for people.

use std::fmt::Write;

use veriam_model::{ChoiceSet, Decision, Dialect, PolicySlot, RuleSet, choice_facts};
use veriam_oracle::{
    Certainty, CheckOutcome, ConditionTrace, Element, ElementTrace, Layer, PolicyTrace,
    StatementTrace, Step, Verdict, rule,
};
use veriam_reports::Signature;

use super::{Decider, Explanation};
use crate::case_file::settings;
use crate::compare::{Reply, agree, outcome_reply};
use crate::style::{BAD, FAINT, GOOD, NOTE, STRONG, paint, wrap};

const WIDTH: usize = 100;

pub(super) fn render(explanation: &Explanation) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut out, explanation);
    out
}

fn write_all(out: &mut String, explanation: &Explanation) -> std::fmt::Result {
    outcome(out, explanation)?;
    question(out, explanation)?;
    deciders(out, explanation)?;
    steps(out, explanation)?;
    policies(out, explanation)?;
    choices(out, explanation)?;
    rules(out, &explanation.derivation.judgement.rules)
}

fn words(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allow",
        Decision::ExplicitDeny => "explicit deny",
        Decision::ImplicitDeny => "implicit deny",
    }
}

pub(super) fn set_outcome(outcome: CheckOutcome) -> String {
    match outcome {
        CheckOutcome::Decided(Decision::Allow) => paint(GOOD, words(Decision::Allow)),
        CheckOutcome::Decided(decision) => paint(BAD, words(decision)),
        CheckOutcome::Invalid(_) => paint(BAD, "invalid policy"),
    }
}

/// The first lines: the outcome, whose fault it is, and whoever sees it otherwise.
fn outcome(out: &mut String, explanation: &Explanation) -> std::fmt::Result {
    let outcome = explanation.derivation.judgement.outcome;
    write!(out, "{}", set_outcome(outcome))?;
    match outcome {
        CheckOutcome::Invalid(invalid) => {
            let title = rule(invalid.rule).map_or("", |r| r.title.as_str());
            writeln!(
                out,
                ": {} breaks {} at byte {}: {title}",
                invalid.policy, invalid.rule, invalid.offset
            )?;
            writeln!(
                out,
                "  `veriam lint` on that policy shows the place and how to mend it."
            )?;
        }
        CheckOutcome::Decided(Decision::ExplicitDeny) if because(explanation).is_some() => {
            writeln!(out, " {}", because(explanation).unwrap_or_default())?;
        }
        CheckOutcome::Decided(_) => match explanation.derivation.steps.last() {
            Some(step) if !step.text.is_empty() => writeln!(out, ": {}", step.text)?,
            _ => writeln!(out)?,
        },
    }
    let oracle = outcome_reply(outcome);
    let expected = explanation.subject.row.expected;
    let documented = expected.map(|decision| {
        let agrees = agree(&Reply::Decided(decision), &oracle);
        (agrees, words(decision).to_owned())
    });
    let signature = explanation.subject.signature.as_ref();
    others(
        out,
        (&oracle, &explanation.evaluator),
        documented,
        signature,
    )
}

/// What else is known of a question: whether the documented answer is the oracle's, and what it is in words; what the
/// evaluator replies, if that is not what the oracle does; and which divergence it is stored as.
pub(super) fn others(
    out: &mut String,
    (oracle, evaluator): (&Reply, &Reply),
    documented: Option<(bool, String)>,
    signature: Option<&Signature>,
) -> std::fmt::Result {
    match documented {
        Some((true, _)) => writeln!(out, "  as documented")?,
        Some((false, words)) => {
            let text = format!("but documented is: {words}");
            writeln!(out, "  {}", paint(BAD, text))?;
        }
        None => {}
    }
    if !agree(oracle, evaluator) {
        let text = format!("but the evaluator replies: {evaluator}");
        writeln!(out, "  {}", paint(BAD, text))?;
    }
    if let Some(signature) = signature {
        writeln!(out, "  stored as a divergence of {signature}")?;
    }
    writeln!(out)
}

/// The Deny that decides, in a clause; `None` when no statement does.
pub(super) fn because(explanation: &Explanation) -> Option<String> {
    let deciders = explanation.deciders();
    let first = deciders.first()?;
    let more = match deciders.len() - 1 {
        0 => String::new(),
        1 => ", and one more Deny".to_owned(),
        more => format!(", and {more} more"),
    };
    Some(format!(
        "because {} of {} applies{more}",
        statement_name(first.statement),
        policy_name(first.policy)
    ))
}

pub(super) fn question(out: &mut String, explanation: &Explanation) -> std::fmt::Result {
    let check = &explanation.subject.row.check;
    let derivation = &explanation.derivation;
    if let Some(id) = &check.id {
        field(out, "check", id)?;
    }
    if let Some(note) = &explanation.subject.row.note {
        field(out, "", note)?;
    }
    let account = match &check.principal.account {
        Some(account) if *account != check.principal.arn => format!(" of account {account}"),
        _ => String::new(),
    };
    field(out, "caller", &check.principal.arn)?;
    field(out, "", &format!("{}{account}", derivation.caller))?;
    field(out, "action", &check.action)?;
    field(out, "resource", &check.resource.arn)?;
    let relation = match derivation.same_account {
        Some(true) => ", the caller's own",
        Some(false) => ", another one than the caller's",
        None => "",
    };
    field(
        out,
        "",
        &format!("of account {}{relation}", check.resource.account),
    )?;
    let mut name = "context";
    for (key, values) in check.context.iter() {
        let values = if values.is_empty() {
            "(present and empty)".to_owned()
        } else {
            values.join(", ")
        };
        field(out, name, &format!("{key} = {values}"))?;
        name = "";
    }
    if check.context.is_empty() {
        field(out, name, "(no key)")?;
    }
    writeln!(out)
}

pub(super) fn field(out: &mut String, name: &str, text: &str) -> std::fmt::Result {
    writeln!(out, "{} {text}", paint(FAINT, format_args!("{name:<9}")))
}

/// Statements that would do as well are counted from here on.
const DECIDERS_SHOWN: usize = 3;

/// What to look at first: each statement that decides, and the elements to change.
pub(super) fn deciders(out: &mut String, explanation: &Explanation) -> std::fmt::Result {
    let deciders = explanation.deciders();
    let Some(decision) = explanation.decision().filter(|_| !deciders.is_empty()) else {
        return Ok(());
    };
    let title = match decision {
        Decision::ImplicitDeny => "what would change it",
        Decision::Allow | Decision::ExplicitDeny => "what decides",
    };
    writeln!(out, "{}", paint(STRONG, title))?;
    for decider in deciders.iter().take(DECIDERS_SHOWN) {
        let Decider {
            policy,
            statement,
            otherwise,
        } = *decider;
        let name = paint(STRONG, statement_name(statement));
        let verb = if statement.applies {
            "applies"
        } else {
            "does not apply"
        };
        writeln!(out, "  {name} of {} {verb}", policy_name(policy))?;
        let lead = match (statement.applies, otherwise == decision) {
            (true, true) => {
                "It applies because all of this holds (without it the outcome is the same):"
                    .to_owned()
            }
            (true, false) => format!(
                "It applies because all of this holds; change one of it and the outcome is: {}",
                words(otherwise)
            ),
            (false, _) => format!("If this held, the outcome would be: {}", words(otherwise)),
        };
        paragraph(out, &lead, "  ")?;
        // What people change is a condition more often than anything else.
        let mut elements: Vec<_> = statement.elements.iter().collect();
        elements.retain(|trace| trace.holds == statement.applies);
        elements.sort_by_key(|trace| trace.element != Element::Condition);
        for trace in elements {
            element(out, trace, "    ")?;
        }
    }
    let more = deciders.len().saturating_sub(DECIDERS_SHOWN);
    if more > 0 {
        writeln!(out, "  and {more} more statements, shown below")?;
    }
    writeln!(out)
}

pub(super) fn steps(out: &mut String, explanation: &Explanation) -> std::fmt::Result {
    if explanation.derivation.steps.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint(STRONG, "steps"))?;
    numbered(out, &explanation.derivation.steps)?;
    writeln!(out)
}

pub(super) fn numbered(out: &mut String, steps: &[Step]) -> std::fmt::Result {
    for (i, step) in steps.iter().enumerate() {
        let text = match cited(&step.rules).as_str() {
            "" => step.text.clone(),
            rules => format!("{} [{rules}]", step.text),
        };
        for (j, line) in wrap(&text, WIDTH - 5).into_iter().enumerate() {
            if j == 0 {
                writeln!(out, "{:>3}. {line}", i + 1)?;
            } else {
                writeln!(out, "     {line}")?;
            }
        }
    }
    Ok(())
}

pub(super) fn policies(out: &mut String, explanation: &Explanation) -> std::fmt::Result {
    if explanation.derivation.policies.is_empty() {
        return writeln!(out, "{} none\n", paint(STRONG, "policies"));
    }
    writeln!(out, "{}", paint(STRONG, "policies"))?;
    let deciders = explanation.deciders();
    for policy in &explanation.derivation.policies {
        let says = match (policy.counts, policy.verdict) {
            (false, _) => paint(FAINT, "does not count"),
            (true, Layer::Allow) => paint(GOOD, "allows"),
            (true, Layer::Deny) => paint(BAD, "denies"),
            (true, Layer::Silent) => paint(NOTE, "says nothing"),
        };
        writeln!(out, "  {} {says}", policy_name(policy))?;
        if let Some(step) = &policy.why_not_counted {
            paragraph(
                out,
                &format!("{} [{}]", step.text, cited(&step.rules)),
                "    ",
            )?;
        }
        for statement in &policy.statements {
            let decides = deciders
                .iter()
                .take(DECIDERS_SHOWN)
                .any(|d| std::ptr::eq(d.statement, statement));
            self::statement(out, statement, decides)?;
        }
    }
    writeln!(out)
}

fn statement(out: &mut String, statement: &StatementTrace, decides: bool) -> std::fmt::Result {
    let applies = if statement.applies {
        "applies"
    } else {
        "does not apply"
    };
    let remark = if decides {
        paint(STRONG, ": see above")
    } else {
        String::new()
    };
    writeln!(
        out,
        "    {} {} {applies}{remark}",
        mark(statement.applies),
        statement_name(statement)
    )?;
    if decides {
        return Ok(());
    }
    // What holds needs no explanation where the statement does not decide.
    let (holding, failing): (Vec<_>, Vec<_>) = statement.elements.iter().partition(|e| e.holds);
    for trace in failing {
        element(out, trace, "        ")?;
    }
    if !holding.is_empty() {
        let names: Vec<String> = holding.into_iter().map(element_name).collect();
        writeln!(out, "        {} {}", mark(true), names.join(", "))?;
    }
    Ok(())
}

fn policy_name(policy: &PolicyTrace) -> String {
    let title = policy.policy_type.title();
    match policy.slot {
        // The member names the type where there can be one only.
        PolicySlot::Boundary | PolicySlot::Session | PolicySlot::Endpoint => {
            format!("the {title}")
        }
        slot => format!("the {title} ({slot})"),
    }
}

fn statement_name(statement: &StatementTrace) -> String {
    let effect = statement.effect;
    match statement.sid.as_deref() {
        Some(sid) if !sid.is_empty() => format!("{effect} `{sid}`"),
        _ => format!("{effect} statement {}", statement.index + 1),
    }
}

pub(super) fn mark(holds: bool) -> String {
    if holds {
        paint(GOOD, "✓")
    } else {
        paint(BAD, "✗")
    }
}

/// The operator with its set prefix and suffix, as a policy writes it.
pub(super) fn operator_name(condition: &ConditionTrace) -> String {
    let set = condition.set.map(|set| format!("{set}:"));
    let suffix = if condition.if_exists { "IfExists" } else { "" };
    format!("{}{}{suffix}", set.unwrap_or_default(), condition.operator)
}

fn element_name(trace: &ElementTrace) -> String {
    match &trace.condition {
        Some(condition) => format!("{} {}", operator_name(condition), condition.key),
        None => trace.element.to_string(),
    }
}

fn element(out: &mut String, trace: &ElementTrace, indent: &str) -> std::fmt::Result {
    writeln!(
        out,
        "{indent}{} {} {}",
        mark(trace.holds),
        element_name(trace),
        paint(FAINT, format_args!("[{}]", cited(&trace.rules)))
    )?;
    let indent = format!("{indent}  ");
    list(out, &indent, "wanted", &trace.wanted)?;
    let found = match &trace.found {
        None => &["(absent)".to_owned()][..],
        Some(found) if found.is_empty() => &["(empty)".to_owned()][..],
        Some(found) => found,
    };
    list(out, &indent, "found", found)?;
    paragraph(out, &trace.why, &indent)
}

fn list(out: &mut String, indent: &str, name: &str, values: &[String]) -> std::fmt::Result {
    let mut name = name;
    for value in values {
        writeln!(
            out,
            "{indent}{} {value}",
            paint(FAINT, format_args!("{name:<6}"))
        )?;
        name = "";
    }
    Ok(())
}

pub(super) fn paragraph(out: &mut String, text: &str, indent: &str) -> std::fmt::Result {
    for line in wrap(text, WIDTH.saturating_sub(indent.len())) {
        writeln!(out, "{indent}{line}")?;
    }
    Ok(())
}

/// Rule ids; those that are not documented say so.
fn cited(rules: &[veriam_model::RuleId]) -> String {
    let one = |id: &veriam_model::RuleId| match rule(*id).map(|r| r.certainty) {
        Some(Certainty::Documented) | None => id.to_string(),
        Some(other) => format!("{id} {other}"),
    };
    rules.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn choices(out: &mut String, explanation: &Explanation) -> std::fmt::Result {
    let consulted = explanation.derivation.judgement.consulted;
    if consulted.is_empty() {
        return Ok(());
    }
    self::consulted(out, consulted, &explanation.subject.dialect)?;
    match &explanation.verdict {
        Some(Ok(Verdict::Determined(_))) => same_under_every_reading(out)?,
        Some(Ok(Verdict::Undetermined { readings, .. })) => {
            let readings = readings
                .iter()
                .map(|(d, o)| (d, outcome_reply(*o).to_string()));
            self::readings(out, readings)?;
        }
        Some(Err(error)) => writeln!(out, "  {}", paint(NOTE, error))?,
        None => {}
    }
    writeln!(out)
}

/// The open points that were consulted, and how each was read.
pub(super) fn consulted(
    out: &mut String,
    consulted: ChoiceSet,
    dialect: &Dialect,
) -> std::fmt::Result {
    writeln!(out, "{}", paint(STRONG, "open points consulted"))?;
    for choice in consulted.iter() {
        let index = dialect.index(choice);
        let facts = choice_facts().iter().find(|f| f.id == choice.rule());
        let question = facts.map_or("", |f| f.question.as_str());
        let reading = facts.and_then(|f| f.readings.get(index));
        let (name, means) = reading.map_or(("", ""), |r| (&r.name, &r.means));
        let text = format!("{choice} {question} Read as `{name}`: {means}.");
        paragraph(out, &text, "  ")?;
    }
    Ok(())
}

pub(super) fn same_under_every_reading(out: &mut String) -> std::fmt::Result {
    writeln!(out, "  The outcome is the same under every reading.")
}

/// What each combination of readings comes to.
pub(super) fn readings<'a>(
    out: &mut String,
    readings: impl Iterator<Item = (&'a Dialect, String)>,
) -> std::fmt::Result {
    writeln!(out, "  {}", paint(NOTE, "The outcome turns on them:"))?;
    for (dialect, outcome) in readings {
        writeln!(out, "    {}: {outcome}", reading_name(dialect))?;
    }
    Ok(())
}

fn reading_name(dialect: &Dialect) -> String {
    let settings = settings(dialect);
    if settings.is_empty() {
        "default readings".to_owned()
    } else {
        settings.join(" ")
    }
}

pub(super) fn rules(out: &mut String, cited: &RuleSet) -> std::fmt::Result {
    writeln!(out, "{}", paint(STRONG, "rules cited"))?;
    for id in cited.iter() {
        let Some(rule) = rule(id) else { continue };
        let certainty = format!("{:<12}", rule.certainty.to_string());
        let certainty = match rule.certainty {
            Certainty::Documented => certainty,
            _ => paint(NOTE, certainty),
        };
        writeln!(out, "  {id:<8} {certainty} {}", rule.title)?;
    }
    Ok(())
}
