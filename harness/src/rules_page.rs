//! The rule registry for people and programs: `veriam rules`.

use std::fmt::Write;

use serde::Serialize;
use veriam_model::{Choice, RuleId, choice_facts};
use veriam_oracle::{Certainty, Rule, Scope, rules};

use crate::pins::{self, Pins};
use crate::style::{FAINT, NOTE, STRONG, paint, wrap};

const WIDTH: usize = 100;

/// Rows that are named; more are counted.
const SHOWN: usize = 12;

/// The rules a list shows: all, or those that leave something open.
#[must_use]
pub fn selected(undetermined: bool) -> Vec<&'static Rule> {
    rules()
        .iter()
        .filter(|rule| {
            !undetermined || rule.choice.is_some() || rule.certainty == Certainty::Undetermined
        })
        .collect()
}

/// A list, one rule a line, with ANSI styles.
#[must_use]
pub fn list(rules: &[&Rule]) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_list(&mut out, rules);
    out
}

fn write_list(out: &mut String, rules: &[&Rule]) -> std::fmt::Result {
    for rule in rules {
        let mut remarks = Vec::new();
        if let Some(choice) = rule.choice {
            remarks.push(format!("choice: {}", choice.reading_names().join(" | ")));
        }
        if rule.scope == Scope::Out {
            remarks.push("out of scope".to_owned());
        }
        let remarks = match remarks.as_slice() {
            [] => String::new(),
            some => paint(FAINT, format_args!("  ({})", some.join("; "))),
        };
        writeln!(
            out,
            "{:<8} {} {}{remarks}",
            rule.id.to_string(),
            certainty(rule),
            rule.title
        )?;
    }
    let count = |c: Certainty| rules.iter().filter(|r| r.certainty == c).count();
    writeln!(
        out,
        "\n{} rules: {} documented, {} measured, {} inferred, {} undetermined. `veriam rules ID` shows one in full.",
        rules.len(),
        count(Certainty::Documented),
        count(Certainty::Measured),
        count(Certainty::Inferred),
        count(Certainty::Undetermined),
    )
}

fn certainty(rule: &Rule) -> String {
    let text = format!("{:<12}", rule.certainty.to_string());
    match rule.certainty {
        Certainty::Documented => text,
        _ => paint(NOTE, text),
    }
}

/// One rule in full, with ANSI styles.
#[must_use]
pub fn page(rule: &Rule) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_page(&mut out, rule);
    out
}

fn write_page(out: &mut String, rule: &Rule) -> std::fmt::Result {
    writeln!(
        out,
        "{} {} ({})",
        paint(STRONG, rule.id),
        paint(STRONG, &rule.title),
        rule.name
    )?;
    writeln!(out)?;
    for line in wrap(&rule.text, WIDTH) {
        writeln!(out, "{line}")?;
    }
    writeln!(out)?;
    field(out, "certainty", &rule.certainty.to_string())?;
    field(out, "source", &rule.source)?;
    if let Some(reason) = &rule.reason {
        field(out, "scope", &format!("no judge applies it: {reason}"))?;
    }
    write_pins(out, rule.id)?;
    let Some(choice) = rule.choice else {
        return Ok(());
    };
    let Some(facts) = choice_facts().iter().find(|f| f.id == choice.rule()) else {
        return Ok(());
    };
    writeln!(out)?;
    writeln!(out, "{} {}", paint(STRONG, "choice"), facts.question)?;
    for (i, reading) in facts.readings.iter().enumerate() {
        let default = if i == 0 { " (default)" } else { "" };
        let name = format!("{}{default}", reading.name);
        field(out, "reading", &format!("{name}: {}", reading.means))?;
    }
    field(out, "why", &facts.why)?;
    field(out, "probe", &facts.probe)?;
    let other = choice.reading_names().get(1).unwrap_or(&"");
    field(
        out,
        "try it",
        &format!("veriam explain --dialect {choice}={other} …"),
    )
}

/// Who would notice if it were applied otherwise.
fn write_pins(out: &mut String, rule: RuleId) -> std::fmt::Result {
    let Pins { rows, scenarios } = Pins::of(rule);
    let shown = rows.get(..SHOWN).unwrap_or(rows);
    let mut text = shown.join(", ");
    let more = rows.len() - shown.len();
    if more > 0 {
        let _ = write!(text, " and {more} more");
    }
    field(out, "pinned by", &text)?;
    field(out, "scenarios", &scenarios.join(", "))?;
    let findings: Vec<_> = pins::findings(rule).collect();
    field(out, "lint", &findings.join(", "))
}

fn field(out: &mut String, name: &str, text: &str) -> std::fmt::Result {
    for (i, line) in wrap(text, WIDTH - 12).into_iter().enumerate() {
        let name = if i == 0 { name } else { "" };
        writeln!(out, "  {} {line}", paint(FAINT, format_args!("{name:<9}")))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Told<'a> {
    schema: &'static str,
    rules: Vec<ToldRule<'a>>,
}

#[derive(Serialize)]
struct ToldRule<'a> {
    id: RuleId,
    name: &'a str,
    title: &'a str,
    text: &'a str,
    source: &'a str,
    certainty: String,
    in_scope: bool,
    reason: Option<&'a str>,
    pinned_by: &'a Pins,
    lint: Vec<&'static str>,
    choice: Option<ToldChoice>,
}

#[derive(Serialize)]
struct ToldChoice {
    id: RuleId,
    question: &'static str,
    readings: Vec<ToldReading>,
    default: &'static str,
    why: &'static str,
    probe: &'static str,
}

#[derive(Serialize)]
struct ToldReading {
    name: &'static str,
    means: &'static str,
}

/// Rules as one JSON object with a line feed at its end.
#[must_use]
pub fn json(rules: &[&Rule]) -> String {
    let told = Told {
        schema: "veriam.rules/1",
        rules: rules
            .iter()
            .map(|rule| ToldRule {
                id: rule.id,
                name: &rule.name,
                title: &rule.title,
                text: &rule.text,
                source: &rule.source,
                certainty: rule.certainty.to_string(),
                in_scope: rule.scope == Scope::In,
                reason: rule.reason.as_deref(),
                pinned_by: Pins::of(rule.id),
                lint: pins::findings(rule.id).collect(),
                choice: rule.choice.and_then(told_choice),
            })
            .collect(),
    };
    let mut text = serde_json::to_string_pretty(&told).unwrap_or_default();
    text.push('\n');
    text
}

fn told_choice(choice: Choice) -> Option<ToldChoice> {
    let facts = choice_facts().iter().find(|f| f.id == choice.rule())?;
    Some(ToldChoice {
        id: choice.rule(),
        question: &facts.question,
        readings: facts
            .readings
            .iter()
            .map(|reading| ToldReading {
                name: &reading.name,
                means: &reading.means,
            })
            .collect(),
        default: &facts.default,
        why: &facts.why,
        probe: &facts.probe,
    })
}
