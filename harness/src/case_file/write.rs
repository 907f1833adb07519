//! Writing stored cases.

use serde::Serialize;
use serde_json::value::RawValue;
use veriam_model::{Call, Case, Check, PolicyText, PolicyType, Put, World};
use veriam_reports::{Kind, Signature};

use super::{CASE_SCHEMA, Origin, StoredCase, settings};

#[derive(Serialize)]
struct WriteCase<'a> {
    schema: &'static str,
    signature: &'a Signature,
    origin: &'a Origin,
    dialect: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    documented: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<&'a Check>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<WriteDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    world: Option<&'a World>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<&'a Call>,
    #[serde(skip_serializing_if = "Option::is_none")]
    put: Option<&'a Put>,
}

#[derive(Serialize)]
struct WriteDocument<'a> {
    #[serde(rename = "type")]
    policy_type: PolicyType,
    text: &'a str,
}

impl StoredCase {
    /// The case as JSON text with a line feed at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut written = WriteCase {
            schema: CASE_SCHEMA,
            signature: &self.signature,
            origin: &self.origin,
            dialect: settings(&self.dialect),
            documented: self.documented,
            check: None,
            document: None,
            world: None,
            call: None,
            put: None,
        };
        match &self.case {
            Case::Check(check) => written.check = Some(check),
            Case::Document(document) => {
                written.document = Some(WriteDocument {
                    policy_type: document.policy_type,
                    text: document.text.as_str(),
                });
            }
            Case::Put(put) => written.put = Some(put),
            Case::Call(case) => {
                written.world = Some(&case.world);
                written.call = Some(&case.call);
            }
        }
        let text = serde_json::to_string_pretty(&written).unwrap_or_default();
        let mut text = with_objects(text, &self.case);
        text.push('\n');
        text
    }
}

/// The text of a case with its policies as objects wherever that keeps every byte.
pub(crate) fn with_objects(text: String, case: &Case) -> String {
    policies(case).into_iter().fold(text, as_object)
}

/// What is asked, as one line of JSON: the same for equal cases.
pub(super) fn asked(case: &Case) -> String {
    match case {
        Case::Check(check) => {
            let nameless = Check {
                id: None,
                ..Check::clone(check)
            };
            nameless.to_json()
        }
        Case::Document(document) => format!("{} {}", document.policy_type, document.text.as_str()),
        Case::Call(case) => serde_json::to_string(case).unwrap_or_default(),
        Case::Put(put) => put.to_json(),
    }
}

fn policies(case: &Case) -> Vec<&PolicyText> {
    match case {
        Case::Check(check) => check.policies().map(|(_, policy)| policy).collect(),
        // A document need not be valid JSON, and whether it is is the very question.
        Case::Document(_) => Vec::new(),
        Case::Put(put) => vec![&put.policy],
        Case::Call(case) => {
            let world = case.world.policies().into_iter().map(|(_, policy)| policy);
            world.chain(case.call.session_policy()).collect()
        }
    }
}

/// Sets a policy, which the model writes as a string, as the object it is, where that keeps every byte: people read it
/// more easily. A string of JSON text stands for nothing but a policy in a case; whoever stores one reads it back.
fn as_object(text: String, policy: &PolicyText) -> String {
    let policy = policy.as_str();
    match RawValue::from_string(policy.to_owned()) {
        Ok(raw) if policy.starts_with('{') && raw.get() == policy => {
            let string = serde_json::to_string(policy).unwrap_or_default();
            text.replace(&string, policy)
        }
        _ => text,
    }
}
