//! A report for people.

use super::{CallReport, Report, verdict_told};
use crate::scenario::why;
use crate::style::{BAD, FAINT, GOOD, STRONG, paint};

pub(super) fn render(report: &Report<'_>, every_call: bool) -> String {
    let scenario = report.scenario;
    let mark = if report.passed() {
        paint(GOOD, "ok  ")
    } else {
        paint(BAD, "FAIL")
    };
    let mut text = format!(
        "{mark} {}  {}\n",
        paint(STRONG, &scenario.file),
        paint(FAINT, &scenario.title)
    );
    for call in &report.calls {
        if !call.passed() {
            text.push_str(&failed(report, call));
        } else if every_call {
            text.push_str(&format!(
                "  {} {:>2} {}  {}\n",
                paint(GOOD, "ok"),
                call.number,
                call.call.it,
                paint(FAINT, &call.call.expectation)
            ));
        }
    }
    for (entry, tried) in scenario.only.iter().zip(&report.only) {
        if tried.passed() {
            if every_call {
                text.push_str(&format!(
                    "  {} only: nobody else in {} calls on {}\n",
                    paint(GOOD, "ok"),
                    tried.calls,
                    entry.on
                ));
            }
            continue;
        }
        text.push_str(&format!(
            "  {} {}\n",
            paint(BAD, "x"),
            paint(
                STRONG,
                format_args!("{}:{}: only", scenario.file, entry.place.line)
            )
        ));
        for intruder in &tried.intruders {
            text.push_str(&format!("      {}\n", intruder.told()));
            for line in why::lines(&scenario.world, &intruder.call) {
                text.push_str(&format!("        {}\n", paint(FAINT, line)));
            }
        }
        for disagreed in &tried.disagreements {
            text.push_str(&format!("      {}\n", disagreed.what));
            text.push_str(&disagreement(&disagreed.disagreement));
        }
    }
    text
}

fn failed(report: &Report<'_>, call: &CallReport<'_>) -> String {
    let file = &report.scenario.file;
    let mut text = format!(
        "  {} {} {}\n",
        paint(BAD, "x"),
        paint(STRONG, format_args!("{file}:{}:", call.call.place.line)),
        call.call.it
    );
    let mut row = |name: &str, value: String| {
        text.push_str(&format!("      {name:<9} {value}\n"));
    };
    if !call.as_expected {
        row("expected", call.call.expectation.to_string());
        row("got", paint(BAD, verdict_told(&call.judged.verdict)));
    }
    if !call.missing_rules.is_empty() {
        let rules: Vec<String> = call.missing_rules.iter().map(ToString::to_string).collect();
        row(
            "rules",
            format!(
                "{} did not matter to this call; remove it or ask another question",
                rules.join(", ")
            ),
        );
    }
    for (i, line) in why::lines(&report.scenario.world, &call.call.call)
        .into_iter()
        .enumerate()
    {
        row(if i == 0 { "why" } else { "" }, line);
    }
    row("more", format!("veriam explain '{file}#{}'", call.number));
    if let Some(found) = &call.judged.disagreement {
        text.push_str(&disagreement(found));
    }
    text
}

fn disagreement(found: &super::Disagreement) -> String {
    let settings: Vec<String> = found
        .dialect
        .settings()
        .map(|(choice, reading)| format!("{}={reading}", choice.rule()))
        .collect();
    let under = if settings.is_empty() {
        String::new()
    } else {
        format!(" under {}", settings.join(" "))
    };
    format!(
        "      {}{under}; this is a fault of veriam, please report it\n        oracle     {}\n        evaluator  {}\n",
        paint(BAD, "the two judges differ"),
        found.oracle,
        found.evaluator
    )
}
