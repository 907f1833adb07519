//! Puts: does `PutResourcePolicy` store a resource-based policy, or which of its faults does it name?
//!
//! Section 7 of `docs/readings.md` in its five steps, from the rules `AC-…`. The text is read once; the grammar of
//! documents and what AgentCore asks beyond it are held against the same values, which know their places.

mod action;
mod arn;
mod condition;
mod pointer;
mod principal;
mod resource;
mod size;
mod statement;
mod wild;

use std::ops::Range;

use veriam_model::{
    Dialect, Malformed, PolicyType, Put, PutError, PutOutcome, PutPlace, PutRefusal, Reading,
    RuleId, facts, readings as dialects,
};

use crate::grammar;
use crate::json::{Json, Value};
use crate::{Limits, fault};

/// Whether AgentCore stores a resource-based policy, or what it refuses it for.
///
/// The answer is that of section 7 of `docs/readings.md`: the first fault of the first step that finds one. Every point
/// that the documentation leaves open is read as the dialect says.
///
/// ```
/// use veriam_evaluator::put;
/// use veriam_model::{Dialect, Put};
///
/// let gateway = "arn:aws:bedrock-agentcore:us-west-2:111122223333:gateway/tools-abcdef0123";
/// let mut asked = Put::from_json(&format!(
///     r#"{{"resource": "{gateway}", "account": "111122223333", "region": "us-west-2", "policy": {{
///         "Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {{"AWS": "444455556666"}},
///         "Action": "bedrock-agentcore:InvokeGateway", "Resource": "{gateway}"}}}}}}"#
/// ))?;
/// let outcome = |asked: &Put| put(asked, &Dialect::default()).unwrap().to_string();
/// assert_eq!(outcome(&asked), "stored");
/// asked.region = "eu-west-1".to_owned();
/// assert_eq!(outcome(&asked), "refused with ResourceNotFoundException: AC-157 at resourceArn");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Malformed`] when the put is not well-formed ([`Put::validate`]). Faults of the ARN or the policy are no errors: they
/// are the outcome.
pub fn put(put: &Put, dialect: &Dialect) -> Result<PutOutcome, Malformed> {
    put.validate()?;
    Ok(match judge(put, dialect) {
        Ok(()) => PutOutcome::Stored,
        Err(refusal) => PutOutcome::Refused(refusal),
    })
}

fn judge(put: &Put, dialect: &Dialect) -> Result<(), PutRefusal> {
    let kind = arn::kind(put, dialect)?;
    let text = put.policy.as_str();
    if size::is_beyond(text, dialect) {
        return Err(refused(
            TOO_LARGE,
            PutPlace::Policy {
                pointer: String::new(),
                offset: 0,
            },
        ));
    }
    // The length is judged above, in the units that the dialect says; statements are counted below.
    let limits = Limits {
        max_bytes: usize::MAX,
        max_statements: usize::MAX,
        ..Limits::default()
    };
    let (text, json) = grammar::readable(text.as_bytes(), &limits)
        .map_err(|(span, fault)| unreadable(fault, span))?;
    let root = json.root();
    if let Some((rule, offset)) = document(&json, text, dialect, &limits) {
        return Err(at(root, rule, offset));
    }
    let mut check = Check {
        put,
        dialect,
        kind,
        has_variables: false,
        first: None,
    };
    check.document(root);
    match check.first {
        Some((offset, rule)) => Err(at(root, rule, offset)),
        None => Ok(()),
    }
}

/// More characters or statements than a policy may have.
const TOO_LARGE: RuleId = RuleId::agentcore(38);
/// A mandatory element is missing, or an ARN has not the form of one.
const BADLY_FORMED: RuleId = RuleId::agentcore(149);

fn refused(rule: RuleId, at: PutPlace) -> PutRefusal {
    let error = PutError::Validation;
    PutRefusal { error, rule, at }
}

/// The refusal of a text that cannot be read: no part of it can be pointed at.
fn unreadable(fault: &'static fault::Kind, span: Range<usize>) -> PutRefusal {
    let pointer = String::new();
    let offset = span.start;
    refused(fault.rule, PutPlace::Policy { pointer, offset })
}

fn at(root: Value<'_, '_>, rule: RuleId, offset: usize) -> PutRefusal {
    let pointer = pointer::to(root, offset);
    refused(rule, PutPlace::Policy { pointer, offset })
}

/// The first fault of the grammar, for a document that is new (readings 7.5).
fn document(
    json: &Json<'_>,
    text: &str,
    dialect: &Dialect,
    limits: &Limits,
) -> Option<(RuleId, usize)> {
    let as_new = dialect.with(dialects::DocumentAge::New);
    let faults = grammar::faults(PolicyType::Resource, json, text, &as_new, limits);
    let accepts_operators =
        dialect.get::<dialects::PutUnknownOperators>() == dialects::PutUnknownOperators::Accepted;
    let is_none = |rule| {
        let of_operators = [fault::OPERATOR.rule, fault::OPERATOR_QUALIFIER.rule];
        accepts_operators && of_operators.contains(&rule)
    };
    let mut faults = faults
        .into_iter()
        .map(|(span, kind)| (kind.rule, span.start));
    faults.find(|(rule, _)| !is_none(*rule))
}

/// Looks for what AgentCore asks beyond a valid document, and keeps the first fault.
struct Check<'p> {
    put: &'p Put,
    dialect: &'p Dialect,
    /// The kind of resource; none for a harness, of which no table tells the actions.
    kind: Option<facts::agentcore::PolicyHolder>,
    /// Whether `${` opens a variable: `Version` is 2012-10-17.
    has_variables: bool,
    /// The fault with the lowest offset, then the lowest rule.
    first: Option<(usize, RuleId)>,
}

impl Check<'_> {
    fn reads<R: Reading>(&self, reading: R) -> bool {
        self.dialect.get::<R>() == reading
    }

    fn add(&mut self, rule: RuleId, value: Value<'_, '_>) {
        let found = (value.offset(), rule);
        self.first = Some(self.first.map_or(found, |first| first.min(found)));
    }
}
