//! The explanation as JSON.

use serde::Serialize;
use veriam_model::{ChoiceSet, Decision, Dialect, InvalidPolicy, RuleId, RuleSet, Verb};
use veriam_oracle::{
    CheckOutcome, ElementTrace, Grade, KeyState, Layer, PolicyTrace, StatementTrace, Step, Verdict,
    rule,
};

use super::Explanation;
use crate::case_file::settings;
use crate::compare::outcome_reply;

#[derive(Serialize)]
pub(super) struct Told<'a> {
    schema: &'static str,
    id: Option<&'a str>,
    decision: Option<Decision>,
    invalid: Option<InvalidPolicy>,
    documented: Option<Decision>,
    evaluator: String,
    caller: String,
    same_account: Option<bool>,
    dialect: Vec<String>,
    undetermined: Option<bool>,
    readings: Vec<Reading>,
    steps: Vec<ToldStep<'a>>,
    deciders: Vec<ToldDecider<'a>>,
    policies: Vec<ToldPolicy<'a>>,
    choices: Vec<ToldChoice>,
    rules: Vec<ToldRule>,
}

#[derive(Serialize)]
pub(super) struct Reading {
    pub(super) dialect: Vec<String>,
    pub(super) outcome: String,
}

#[derive(Serialize)]
pub(super) struct ToldStep<'a> {
    rules: &'a [RuleId],
    text: &'a str,
}

#[derive(Serialize)]
struct ToldDecider<'a> {
    policy: String,
    statement: usize,
    sid: Option<&'a str>,
    applies: bool,
    otherwise: Decision,
}

#[derive(Serialize)]
struct ToldPolicy<'a> {
    policy: String,
    policy_type: &'static str,
    counts: bool,
    why_not_counted: Option<ToldStep<'a>>,
    says: &'static str,
    statements: Vec<ToldStatement<'a>>,
}

#[derive(Serialize)]
struct ToldStatement<'a> {
    statement: usize,
    sid: Option<&'a str>,
    effect: Verb,
    applies: bool,
    grade: Option<&'static str>,
    elements: Vec<ToldElement<'a>>,
}

#[derive(Serialize)]
struct ToldElement<'a> {
    element: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_state: Option<&'static str>,
    holds: bool,
    decisive: bool,
    wanted: &'a [String],
    found: Option<&'a [String]>,
    why: &'a str,
    rules: &'a [RuleId],
}

#[derive(Serialize)]
pub(super) struct ToldChoice {
    id: RuleId,
    reading: &'static str,
}

#[derive(Serialize)]
pub(super) struct ToldRule {
    id: RuleId,
    certainty: String,
    title: String,
}

pub(super) fn render(explanation: &Explanation) -> String {
    let mut text = serde_json::to_string_pretty(&told(explanation)).unwrap_or_default();
    text.push('\n');
    text
}

pub(super) fn told(explanation: &Explanation) -> Told<'_> {
    let derivation = &explanation.derivation;
    let subject = &explanation.subject;
    let invalid = match derivation.judgement.outcome {
        CheckOutcome::Decided(_) => None,
        CheckOutcome::Invalid(invalid) => Some(invalid),
    };
    let (undetermined, readings) = match &explanation.verdict {
        Some(Ok(Verdict::Determined(_))) => (Some(false), Vec::new()),
        Some(Ok(Verdict::Undetermined { readings, .. })) => {
            let reading = |(dialect, outcome): &(_, CheckOutcome)| Reading {
                dialect: settings(dialect),
                outcome: outcome_reply(*outcome).to_string(),
            };
            (Some(true), readings.iter().map(reading).collect())
        }
        Some(Err(_)) | None => (None, Vec::new()),
    };
    Told {
        schema: "veriam.explanation/1",
        id: subject.row.check.id.as_deref(),
        decision: explanation.decision(),
        invalid,
        documented: subject.row.expected,
        evaluator: explanation.evaluator.to_string(),
        caller: derivation.caller.to_string(),
        same_account: derivation.same_account,
        dialect: settings(&subject.dialect),
        undetermined,
        readings,
        steps: derivation.steps.iter().map(step).collect(),
        deciders: explanation
            .deciders()
            .into_iter()
            .map(|decider| ToldDecider {
                policy: decider.policy.slot.to_string(),
                statement: decider.statement.index,
                sid: decider.statement.sid.as_deref(),
                applies: decider.statement.applies,
                otherwise: decider.otherwise,
            })
            .collect(),
        policies: derivation
            .policies
            .iter()
            .map(|trace| policy(explanation, trace))
            .collect(),
        choices: choices(derivation.judgement.consulted, &subject.dialect),
        rules: rules(&derivation.judgement.rules),
    }
}

pub(super) fn choices(consulted: ChoiceSet, dialect: &Dialect) -> Vec<ToldChoice> {
    consulted
        .iter()
        .map(|choice| ToldChoice {
            id: choice.rule(),
            reading: choice.reading_names()[dialect.index(choice)],
        })
        .collect()
}

pub(super) fn rules(cited: &RuleSet) -> Vec<ToldRule> {
    cited
        .iter()
        .filter_map(rule)
        .map(|rule| ToldRule {
            id: rule.id,
            certainty: rule.certainty.to_string(),
            title: rule.title.clone(),
        })
        .collect()
}

pub(super) fn step(step: &Step) -> ToldStep<'_> {
    ToldStep {
        rules: &step.rules,
        text: &step.text,
    }
}

fn policy<'a>(explanation: &Explanation, trace: &'a PolicyTrace) -> ToldPolicy<'a> {
    ToldPolicy {
        policy: trace.slot.to_string(),
        policy_type: trace.policy_type.name(),
        counts: trace.counts,
        why_not_counted: trace.why_not_counted.as_ref().map(step),
        says: match trace.verdict {
            Layer::Deny => "deny",
            Layer::Allow => "allow",
            Layer::Silent => "silent",
        },
        statements: trace
            .statements
            .iter()
            .map(|s| statement(explanation, trace, s))
            .collect(),
    }
}

fn statement<'a>(
    explanation: &Explanation,
    policy: &PolicyTrace,
    trace: &'a StatementTrace,
) -> ToldStatement<'a> {
    ToldStatement {
        statement: trace.index,
        sid: trace.sid.as_deref(),
        effect: trace.effect,
        applies: trace.applies,
        grade: trace.grade.map(|grade| match grade {
            Grade::None => "none",
            Grade::Account => "account",
            Grade::Entity => "entity",
            Grade::Direct => "direct",
        }),
        elements: trace
            .elements
            .iter()
            .map(|e| element(e, explanation.is_decisive(policy, trace, e)))
            .collect(),
    }
}

fn element(trace: &ElementTrace, decisive: bool) -> ToldElement<'_> {
    let condition = trace.condition.as_ref();
    ToldElement {
        element: trace.element.name(),
        operator: condition.map(super::text::operator_name),
        key: condition.map(|c| c.key.as_str()),
        key_state: condition.map(|c| match c.state {
            KeyState::Absent => "absent",
            KeyState::Matched => "matched",
            KeyState::NotMatched => "not_matched",
        }),
        holds: trace.holds,
        decisive,
        wanted: &trace.wanted,
        found: trace.found.as_deref(),
        why: &trace.why,
        rules: &trace.rules,
    }
}
