//! One put told to people: whether the policy is stored, the piece of it that is at fault, and what it turns on.

mod json;
mod text;

use std::ops::Range;

use veriam_evaluator::Severity;
use veriam_model::{Book, Dialect, Malformed, PolicyType, Put, PutOutcome, PutPlace};
use veriam_oracle::{self as oracle, Detail, PutDerivation, PutVerdict, PutVerdictError};
use veriam_reports::{Kind, Signature};

use crate::compare::{Reply, evaluator_put};
use crate::lint::{Document, Reading};
use crate::place::Place;

/// A put with what is known about it.
#[derive(Clone, Debug)]
pub struct PutSubject {
    /// The put.
    pub put: Put,
    /// The dialect to judge it under.
    pub dialect: Dialect,
    /// The documented reply, if the case has one.
    pub documented: Option<Kind>,
    /// For a stored case: the divergence it is about.
    pub signature: Option<Signature>,
}

/// Everything there is to say about one put.
#[derive(Clone, Debug)]
pub struct PutExplanation {
    /// What was asked.
    pub subject: PutSubject,
    /// How the oracle judges it.
    pub derivation: PutDerivation,
    /// Whether open choices could change the outcome; `None` under another dialect than the default one.
    pub verdict: Option<Result<PutVerdict, PutVerdictError>>,
    /// What the evaluator replies.
    pub evaluator: Reply,
    /// What to do about the piece of the policy that is at fault, where lint knows it.
    pub remedy: Option<String>,
}

/// What of a put is at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Marked<'p> {
    /// The member of the request: `policy` or `resourceArn`.
    member: &'static str,
    /// Its text.
    text: &'p str,
    /// The piece of the text.
    span: Range<usize>,
    /// Where the piece begins.
    place: Place,
}

impl PutExplanation {
    /// Explains a put.
    ///
    /// # Errors
    /// [`Malformed`] when it is no question.
    pub fn new(subject: PutSubject) -> Result<Self, Malformed> {
        let put = &subject.put;
        let derivation = oracle::trace_put(put, &subject.dialect, Detail::Full)?;
        let default = subject.dialect == Dialect::default();
        Ok(Self {
            verdict: default.then(|| oracle::put_verdict(put)),
            evaluator: evaluator_put(put, &subject.dialect),
            remedy: remedy(put, &subject.dialect, &derivation.judgement.outcome),
            derivation,
            subject,
        })
    }

    /// What is at fault, if the put is refused.
    fn marked(&self) -> Option<Marked<'_>> {
        let PutOutcome::Refused(refusal) = &self.derivation.judgement.outcome else {
            return None;
        };
        let put = &self.subject.put;
        let (member, text, span) = match &refusal.at {
            PutPlace::Resource => ("resourceArn", put.resource.as_str(), 0..put.resource.len()),
            PutPlace::Policy { offset, .. } => {
                let text = put.policy.as_str();
                ("policy", text, token(text, *offset))
            }
        };
        Some(Marked {
            member,
            text,
            place: Place::of(text, span.start),
            span,
        })
    }

    /// The explanation for people, with ANSI styles.
    #[must_use]
    pub fn to_text(&self) -> String {
        text::render(self)
    }

    /// The explanation as one JSON object with a line feed at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::render(self)
    }
}

/// What lint says to do about the first fault of a policy. It looks for more than AgentCore does and knows less about puts:
/// what it finds in the same place is the same fault if it is of the same rule, or both are AgentCore's.
fn remedy(put: &Put, dialect: &Dialect, outcome: &PutOutcome) -> Option<String> {
    let PutOutcome::Refused(refusal) = outcome else {
        return None;
    };
    let PutPlace::Policy { offset, .. } = refusal.at else {
        return None;
    };
    let text = put.policy.as_str();
    let reading = Reading {
        policy_type: PolicyType::Resource,
        on: Some(&put.resource),
        with_notes: false,
        dialect,
    };
    let document = Document::new(String::new(), text.as_bytes(), &reading);
    let piece = token(text, offset);
    let of_agentcore = refusal.rule.book() == Book::AgentCore;
    let mut findings = document.findings.into_iter();
    let found = findings.find(|finding| {
        let inside = finding.span.start == offset || piece.contains(&finding.span.start);
        let same =
            finding.rule == refusal.rule || of_agentcore && finding.rule.book() == Book::AgentCore;
        inside && same && finding.severity != Severity::Note
    });
    found.map(|finding| finding.remedy.to_string())
}

/// The token that begins at an offset of a JSON text, whatever the text is: a string, a number or word, or one character.
fn token(text: &str, offset: usize) -> Range<usize> {
    let start = text.floor_char_boundary(offset);
    let rest = &text[start..];
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let length = match rest.chars().next() {
        None => 0,
        Some('"') => string_length(rest),
        Some(c) if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
        Some(c) => c.len_utf8(),
    };
    start..start + length
}

/// How many bytes a string has with its quotes; one that does not end in its line is its first quote alone.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (i, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return 1,
            '"' if !escaped => return i + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use super::token;

    #[test]
    fn a_token_is_a_string_a_word_or_a_character() {
        let text = r#"{"a\"\\": [-1.5e3, null, "é"]}"#;
        for (from, marked) in [
            (text, "{"),
            (r#""a"#, r#""a\"\\""#),
            ("[", "["),
            ("-1", "-1.5e3"),
            ("null", "null"),
            (r#""é"#, r#""é""#),
        ] {
            let offset = text.find(from).unwrap();
            assert_eq!(&text[token(text, offset)], marked, "{from}");
        }
    }

    #[test]
    fn a_token_of_what_is_no_json_is_a_place_all_the_same() {
        for (text, offset, marked) in [
            ("", 0, ""),
            ("é", 1, "é"),
            ("x", 9, ""),
            ("\"open", 0, "\""),
            ("\"open\n\"", 0, "\""),
        ] {
            assert_eq!(&text[token(text, offset)], marked, "{text} {offset}");
        }
    }
}
