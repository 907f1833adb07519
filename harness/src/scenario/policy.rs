//! Policies of a scenario: a file beside it, or written in place as a mapping or as text.

use serde::Deserialize;
use veriam_evaluator::{Finding, Limits, faults};
use veriam_model::{Dialect, PolicyText, PolicyType};

use super::error::ScenarioError;
use super::files::{Files, beside};
use super::yaml::{Fault, Node, Value, to_json};
use crate::place::Place;

/// What `aws bedrock-agentcore-control get-resource-policy` prints.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Printed {
    policy: String,
}

/// Reads policies for one scenario.
pub(crate) struct Policies<'f> {
    /// The scenario.
    pub(crate) file: &'f str,
    /// Its text.
    pub(crate) text: &'f str,
    /// Where policy files are.
    pub(crate) files: &'f dyn Files,
}

impl Policies<'_> {
    /// The policy a value stands for. It is valid: a policy that AWS refuses would be an answer to nothing.
    pub(crate) fn read(
        &self,
        node: &Node,
        policy_type: PolicyType,
    ) -> Result<PolicyText, ScenarioError> {
        match &node.value {
            Value::Map(_) => self.inline(node, to_json(node), policy_type),
            Value::Scalar { text, .. } if text.trim_start().starts_with('{') => {
                self.inline(node, text.clone(), policy_type)
            }
            Value::Scalar { text, .. } if !node.is_null() && !text.trim().is_empty() => {
                self.file(node, text, policy_type)
            }
            _ => Err(self.fault(
                node,
                format!(
                    "a policy is a file name, a mapping or a text of JSON, and here is {}; write one of them",
                    node.kind()
                ),
            )),
        }
    }

    fn inline(
        &self,
        node: &Node,
        text: String,
        policy_type: PolicyType,
    ) -> Result<PolicyText, ScenarioError> {
        if let Some(finding) = first_fault(policy_type, &text) {
            let near = excerpt(&text, &finding);
            return Err(self.fault(
                node,
                format!(
                    "AWS refuses this {} near `{near}`: {} [{}]; {}",
                    policy_type.title(),
                    finding.message,
                    finding.rule,
                    finding.remedy
                ),
            ));
        }
        Ok(PolicyText::new(text))
    }

    fn file(
        &self,
        node: &Node,
        name: &str,
        policy_type: PolicyType,
    ) -> Result<PolicyText, ScenarioError> {
        let path = beside(self.file, name);
        let bytes = self
            .files
            .bytes(&path)
            .map_err(|error| self.fault(node, format!("the policy {path} {error}")))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let lossy = String::from_utf8_lossy(error.as_bytes());
            let place = Place::of(&lossy, valid);
            let message = "not UTF-8 from here; save the file as UTF-8";
            ScenarioError::at(&path, &lossy, Fault::new(place, message))
        })?;
        if let Ok(printed) = serde_json::from_str::<Printed>(&text) {
            if let Some(finding) = first_fault(policy_type, &printed.policy) {
                let near = excerpt(&printed.policy, &finding);
                let place = Place::of(&text, text.find("\"policy\"").unwrap_or(0));
                let message = format!(
                    "the text in `policy` is refused as {} near `{near}`: {} [{}]; {}",
                    policy_type.title(),
                    finding.message,
                    finding.rule,
                    finding.remedy
                );
                return Err(ScenarioError::at(&path, &text, Fault::new(place, message)));
            }
            return Ok(PolicyText::new(printed.policy));
        }
        if let Some(finding) = first_fault(policy_type, &text) {
            let place = Place::of(&text, finding.span.start);
            let message = format!(
                "AWS refuses this {}: {} [{}]; {}",
                policy_type.title(),
                finding.message,
                finding.rule,
                finding.remedy
            );
            return Err(ScenarioError::at(&path, &text, Fault::new(place, message)));
        }
        Ok(PolicyText::new(text))
    }

    /// A fault in the scenario itself.
    pub(crate) fn fault(&self, node: &Node, message: String) -> ScenarioError {
        self.told(Fault::new(node.place, message))
    }

    /// A fault in the scenario itself.
    pub(crate) fn told(&self, fault: Fault) -> ScenarioError {
        ScenarioError::at(self.file, self.text, fault)
    }
}

fn first_fault(policy_type: PolicyType, text: &str) -> Option<Finding> {
    faults(
        policy_type,
        text.as_bytes(),
        &Dialect::default(),
        &Limits::default(),
    )
    .into_iter()
    .next()
}

/// A few characters from where the fault is.
fn excerpt(text: &str, finding: &Finding) -> String {
    let from = text.get(finding.span.start..).unwrap_or_default();
    let from = if from.is_empty() { text } else { from };
    from.chars()
        .take(32)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
