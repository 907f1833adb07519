//! The other side of the protocol: this program as an adapter around its own judges.

use serde::Deserialize;
use serde_json::value::RawValue;
use veriam_model::{
    Call, CallCase, Case, Check, Dialect, DocumentCase, PolicyText, PolicyType, World,
};

use super::{AnswerLine, Hello, InvalidAnswer, PROTOCOL, RefusedAnswer};
use crate::case_file::settings;
use crate::compare::{PutReport, Reply, evaluator_reply, oracle_reply};
use crate::decide::Judge;
use crate::target::Capabilities;

/// The hello of one of our judges, without the line feed.
#[must_use]
pub fn hello(judge: Judge, dialect: &Dialect) -> String {
    let hello = Hello {
        schema: PROTOCOL.to_owned(),
        name: match judge {
            Judge::Oracle => "veriam-oracle",
            Judge::Evaluator => "veriam-evaluator",
        }
        .to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        capabilities: Capabilities::everything(),
        dialect: Some(settings(dialect)),
    };
    serde_json::to_string(&hello).unwrap_or_default()
}

/// The answer of one of our judges to a request, without the line feed; a message where the request has no `id` to answer
/// to.
///
/// # Errors
/// What is wrong with the line.
pub fn serve(line: &[u8], judge: Judge, dialect: &Dialect) -> Result<String, String> {
    let (id, case) = read(line)?;
    let reply = match case {
        Ok(case) => match judge {
            Judge::Oracle => oracle_reply(&case, dialect),
            Judge::Evaluator => evaluator_reply(&case, dialect),
        },
        Err(message) => {
            let answer = AnswerLine {
                id,
                malformed: Some(message),
                ..AnswerLine::default()
            };
            return Ok(serde_json::to_string(&answer).unwrap_or_default());
        }
    };
    let answer = answer(id, reply);
    Ok(serde_json::to_string(&answer).unwrap_or_default())
}

/// What a request asks, or why it is no question.
type Asked = Result<Case, String>;

fn read(line: &[u8]) -> Result<(String, Asked), String> {
    #[derive(Deserialize)]
    struct Shape<'a> {
        id: String,
        #[serde(borrow, default)]
        document: Option<&'a RawValue>,
        #[serde(borrow, default)]
        world: Option<&'a RawValue>,
        #[serde(borrow, default)]
        call: Option<&'a RawValue>,
        #[serde(borrow, default)]
        put: Option<&'a RawValue>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Document {
        r#type: PolicyType,
        text: PolicyText,
    }
    let text = std::str::from_utf8(line).map_err(|_| "invalid UTF-8; send UTF-8".to_owned())?;
    let shape: Shape<'_> = serde_json::from_str(text)
        .map_err(|error| format!("{error}; send requests as docs/adapters.md describes them"))?;
    let told = |error: serde_json::Error| error.to_string();
    let case = match (shape.document, shape.world, shape.call, shape.put) {
        (None, None, None, None) => Check::from_json(text)
            .map(|check| Case::Check(Box::new(check)))
            .map_err(|error| error.to_string()),
        (Some(document), None, None, None) => serde_json::from_str::<Document>(document.get())
            .map(|document| {
                Case::Document(DocumentCase {
                    policy_type: document.r#type,
                    text: document.text,
                })
            })
            .map_err(told),
        (None, Some(world), Some(call), None) => serde_json::from_str::<World>(world.get())
            .and_then(|world| Ok((world, serde_json::from_str::<Call>(call.get())?)))
            .map(|(world, call)| Case::Call(Box::new(CallCase { world, call })))
            .map_err(told),
        (None, None, None, Some(put)) => serde_json::from_str(put.get())
            .map(|put| Case::Put(Box::new(put)))
            .map_err(told),
        _ => Err(
            "a request holds a check, or `document`, or `world` and `call`, or `put`".to_owned(),
        ),
    };
    Ok((shape.id, case))
}

fn answer(id: String, reply: Reply) -> AnswerLine {
    let mut answer = AnswerLine {
        id,
        ..AnswerLine::default()
    };
    match reply {
        Reply::Decided(decision) => answer.decision = Some(decision),
        Reply::Invalid(invalid) => {
            answer.invalid = Some(InvalidAnswer {
                policy: Some(invalid.policy.to_string()),
                rule: Some(invalid.rule),
                offset: Some(invalid.offset),
            });
        }
        Reply::InvalidWorld(rule) => {
            answer.invalid = Some(InvalidAnswer {
                rule: Some(rule),
                ..InvalidAnswer::default()
            });
        }
        Reply::InvalidSomehow => answer.invalid = Some(InvalidAnswer::default()),
        Reply::Accepted => answer.accepted = Some(true),
        Reply::Refused(fault) => {
            answer.refused = Some(RefusedAnswer {
                rule: Some(fault.rule),
                offset: Some(fault.offset),
            });
        }
        Reply::RefusedSomehow => answer.refused = Some(RefusedAnswer::default()),
        Reply::Call(outcome) | Reply::Reported(outcome) => answer.outcome = Some(outcome),
        Reply::Put(outcome) => answer.put = Some(PutReport::from(&outcome)),
        Reply::PutReported(report) => answer.put = Some(report),
        Reply::DeniedSomehow => {
            answer.failed = Some("denied, and nobody says how".to_owned());
        }
        Reply::Malformed => answer.malformed = Some("malformed request".to_owned()),
        Reply::Unsupported(why) => answer.unsupported = Some(why),
        Reply::Failed(how) => answer.failed = Some(how),
    }
    answer
}
