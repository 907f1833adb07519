//! Faults and findings of policy documents, with their place: `veriam lint`.

use std::fmt::Write;

use serde::Serialize;
use veriam_evaluator::{self as evaluator, Finding, FindingKind, Limits, Severity};
use veriam_model::{Book, Dialect, PolicyType, RuleId};

use crate::place::{Excerpt, Place, Walk};
use crate::style::{BAD, FAINT, NOTE, STRONG, paint};

/// How documents are read.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// What they are attached to.
    pub policy_type: PolicyType,
    /// The ARN of the resource they are attached to, for resource-based policies.
    pub on: Option<&'a str>,
    /// Whether notes are shown.
    pub with_notes: bool,
    /// Which reading of open points.
    pub dialect: &'a Dialect,
}

/// What was found in one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its name: a path, or `-` for standard input.
    pub name: String,
    /// Its text; bytes that are not UTF-8 replaced.
    pub text: String,
    /// The findings to show, by place.
    pub findings: Vec<Finding>,
    /// How many notes there are, shown or not.
    pub notes: usize,
}

/// How many findings of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Documents looked at.
    pub documents: usize,
    /// Documents with an error or a warning.
    pub with_findings: usize,
    /// Findings for which the document is refused.
    pub errors: usize,
    /// Findings about documents that are accepted.
    pub warnings: usize,
    /// Notes, shown or not.
    pub notes: usize,
    /// Notes that are shown.
    pub shown_notes: usize,
}

impl Document {
    /// Reads a document and finds everything there is to say about it.
    #[must_use]
    pub fn new(name: String, bytes: &[u8], reading: &Reading<'_>) -> Self {
        let limits = Limits::default();
        let (policy_type, dialect) = (reading.policy_type, reading.dialect);
        let mut findings = evaluator::faults(policy_type, bytes, dialect, &limits);
        if let Ok(text) = std::str::from_utf8(bytes) {
            findings.extend(match reading.on {
                Some(on) => evaluator::findings_on(on, text, dialect, &limits),
                None => evaluator::findings(policy_type, text, dialect, &limits),
            });
        }
        findings.sort_by(|a, b| {
            let key = |f: &Finding| (f.span.start, f.severity, f.rule);
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
        findings.dedup();
        let is_note = |f: &Finding| f.severity == Severity::Note;
        let notes = findings.iter().filter(|f| is_note(f)).count();
        findings.retain(|f| reading.with_notes || !is_note(f));
        Document {
            name,
            text: lossy(bytes),
            findings,
            notes,
        }
    }

    /// The findings for people, with ANSI styles.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let mut walk = Walk::new(&self.text);
        for finding in &self.findings {
            let place = walk.to(finding.span.start);
            // Writing to a string cannot fail.
            let _ = self.write_finding(&mut out, finding, place);
        }
        out
    }

    fn write_finding(&self, out: &mut String, finding: &Finding, place: Place) -> std::fmt::Result {
        let kind = match finding.severity {
            Severity::Error => paint(BAD, "error"),
            Severity::Warning => paint(NOTE, "warning"),
            Severity::Note => paint(FAINT, "note"),
        };
        writeln!(
            out,
            "{}: {kind}: {} [{} {}]",
            paint(
                STRONG,
                format_args!("{}:{}:{}", self.name, place.line, place.column)
            ),
            finding.message,
            finding.rule,
            finding.code
        )?;
        let excerpt = Excerpt::of(&self.text, finding.span.clone(), place);
        let number = place.line.to_string();
        let margin = " ".repeat(number.len());
        writeln!(
            out,
            "{} {}",
            paint(FAINT, format_args!("{number} |")),
            excerpt.source
        )?;
        writeln!(
            out,
            "{} {}",
            paint(FAINT, format_args!("{margin} |")),
            paint(BAD, excerpt.carets)
        )?;
        writeln!(
            out,
            "{} {}\n",
            paint(FAINT, format_args!("{margin} =")),
            finding.remedy
        )
    }
}

/// The text of a document, with as many bytes as the document so that offsets stay true: each byte that is not
/// UTF-8 becomes a question mark.
fn lossy(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

/// Counts the findings of some documents.
#[must_use]
pub fn totals(documents: &[Document]) -> Totals {
    let mut totals = Totals {
        documents: documents.len(),
        ..Totals::default()
    };
    for document in documents {
        let is_note = |f: &&Finding| f.severity == Severity::Note;
        let shown_notes = document.findings.iter().filter(is_note).count();
        totals.with_findings += usize::from(document.findings.len() > shown_notes);
        totals.shown_notes += shown_notes;
        totals.notes += document.notes;
        for finding in &document.findings {
            match finding.severity {
                Severity::Error => totals.errors += 1,
                Severity::Warning => totals.warnings += 1,
                Severity::Note => {}
            }
        }
    }
    totals
}

/// The last line for people.
#[must_use]
pub fn closing(totals: &Totals, policy_type: PolicyType) -> String {
    let plural = |count: usize, one: &str| {
        let s = if count == 1 { "" } else { "s" };
        format!("{count} {one}{s}")
    };
    let documents = plural(totals.documents, "document");
    let title = policy_type.title();
    let notes = match (totals.notes, totals.shown_notes) {
        (0, _) => String::new(),
        (all, 0) => format!("; {} not shown (--notes)", plural(all, "note")),
        (all, _) => format!("; {}", plural(all, "note")),
    };
    if totals.with_findings == 0 {
        return format!("nothing found in {documents} read as {title}{notes}\n");
    }
    format!(
        "{} and {} in {} of {documents} read as {title}{notes}\n",
        plural(totals.errors, "error"),
        plural(totals.warnings, "warning"),
        totals.with_findings,
    )
}

#[derive(Serialize)]
struct Told<'a> {
    schema: &'static str,
    policy_type: PolicyType,
    errors: usize,
    warnings: usize,
    notes: usize,
    documents: Vec<ToldDocument<'a>>,
    unreadable: &'a [Unreadable],
}

#[derive(Serialize)]
struct ToldDocument<'a> {
    file: &'a str,
    findings: Vec<ToldFinding<'a>>,
}

#[derive(Serialize)]
struct ToldFinding<'a> {
    severity: &'static str,
    rule: RuleId,
    code: &'static str,
    line: usize,
    column: usize,
    offset: usize,
    end: usize,
    message: &'a str,
    remedy: &'a str,
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// Its path.
    pub file: String,
    /// Why.
    pub error: String,
}

/// Documents with their findings as one JSON object with a line feed at its end.
#[must_use]
pub fn json(documents: &[Document], unreadable: &[Unreadable], policy_type: PolicyType) -> String {
    let totals = totals(documents);
    let told = Told {
        schema: "veriam.lint/1",
        policy_type,
        errors: totals.errors,
        warnings: totals.warnings,
        notes: totals.notes,
        documents: documents.iter().map(told_document).collect(),
        unreadable,
    };
    let mut text = serde_json::to_string_pretty(&told).unwrap_or_default();
    text.push('\n');
    text
}

fn told_document(document: &Document) -> ToldDocument<'_> {
    let mut walk = Walk::new(&document.text);
    let findings = document.findings.iter().map(|finding| {
        let place = walk.to(finding.span.start);
        ToldFinding {
            severity: word(finding.severity),
            rule: finding.rule,
            code: finding.code,
            line: place.line,
            column: place.column,
            offset: finding.span.start,
            end: finding.span.end,
            message: &finding.message,
            remedy: &finding.remedy,
        }
    });
    ToldDocument {
        file: &document.name,
        findings: findings.collect(),
    }
}

const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The page that lists every finding, in Markdown: `docs/lint.md`.
#[must_use]
pub fn page() -> String {
    let mut out = String::from(HEAD);
    for (title, about, holds) in SECTIONS {
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "\n## {title}\n\n{about}\n\n| finding | | rule | what | what to do |\n|---|---|---|---|---|\n"
        );
        for kind in evaluator::finding_kinds().filter(holds) {
            let cell = |text: &str| text.trim_end_matches(':').replace('|', "\\|");
            // Behind a colon the quotation can be left out.
            let gap = if kind.quotes && !kind.what.ends_with(':') {
                " …"
            } else {
                ""
            };
            let _ = writeln!(
                out,
                "| `{}` | {} | {} | {}{gap} | {} |",
                kind.code,
                word(kind.severity),
                kind.rule,
                cell(kind.what),
                cell(kind.remedy),
            );
        }
    }
    out
}

const HEAD: &str = "\
# What lint finds

`veriam lint` reads policy documents and tells what AWS refuses, what is accepted and can hardly do what was meant, and, with
`--notes`, what is right or wrong by something the document does not say. This page is `veriam lint --list`; a test holds it
against the program.

```
veriam lint --type identity developer.json
veriam lint --type endpoint --notes vpce-policy.json
veriam lint --type resource --on ARN runtime-policy.json       also whether the policy fits the resource
```

| | | exit code |
|---|---|---|
| error | AWS refuses the document | 1 |
| warning | AWS stores it, and it cannot do what was meant | 1 |
| note | it depends: on how a resource authenticates, on what AWS does not document, on an id still to be filled in | 0 |

A finding names the rule it rests on: `veriam rules AC-079` shows one. Codes stay what they are; a message says more than the
table where it quotes the document or names what was meant. Where the documentation leaves a point open, lint tells a note at
most. Whether a policy lets in too much is a question for `veriam matrix` and `veriam test`, which know the callers.
";

/// A section of the page: title, what stands under it, and which findings it holds.
type Section = (&'static str, &'static str, fn(&FindingKind) -> bool);

const SECTIONS: [Section; 3] = [
    (
        "AgentCore",
        "Actions, ARNs, condition keys and callers of Amazon Bedrock AgentCore, held against the tables of the service \
         (`docs/facts.md`).",
        |kind| kind.rule.book() == Book::AgentCore,
    ),
    (
        "Any service",
        "What is legal in every policy and hardly meant.",
        |kind| kind.rule.book() == Book::Iam && kind.severity != Severity::Error,
    ),
    (
        "Grammar",
        "What makes a document invalid, so that neither judge decides by it.",
        |kind| kind.rule.book() == Book::Iam && kind.severity == Severity::Error,
    ),
];
