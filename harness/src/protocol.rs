//! The line protocol between Veriam and a program that answers cases: JSON lines over the program's standard input and
//! output (`docs/adapters.md`).
//!
//! The program says hello first; then it gets one request a line and answers each with one line, in any order, matched
//! by `id`. Everything is strict: an unknown member is a mistake of somebody and is refused with what was expected.

mod serve;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use veriam_model::{
    Call, Case, Check, Decision, Dialect, Fault, InvalidPolicy, Outcome, PolicyText, PolicyType,
    Put, RuleId, World,
};

use crate::compare::{PutReport, Reply};
use crate::target::Capabilities;

pub use serve::{hello, serve};

/// The version tag of the protocol.
pub const PROTOCOL: &str = "veriam.protocol/1";

/// The longest answer that is read, in bytes without the line feed.
pub const MAX_ANSWER_BYTES: usize = 1 << 20;

/// The longest name or version.
const MAX_NAME: usize = 64;
/// The longest reason or message of an answer that is kept, in characters.
const MAX_REASON: usize = 120;

/// The first line of a program: who it is and what it can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// The version of the protocol.
    #[schemars(extend("const" = PROTOCOL))]
    pub schema: String,
    /// The program's name: letters, digits, `.`, `_` and `-`, at most 64.
    pub name: String,
    /// Its version, in the same letters.
    pub version: String,
    /// What it can be asked; without it, every check.
    #[serde(default)]
    pub capabilities: Capabilities,
    /// How it reads the open points, as `ID=reading` for every one it does not read as `veriam rules --undetermined`
    /// names first; `[]` if there is none. Without it nothing is known: then it may follow any readings, but the same ones
    /// throughout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<Vec<String>>,
}

impl Hello {
    /// Reads a hello.
    ///
    /// # Errors
    /// What is wrong with it and what to write.
    pub fn from_line(line: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Tag {
            schema: Option<String>,
        }
        let example =
            format!("{{\"schema\":\"{PROTOCOL}\",\"name\":\"my-evaluator\",\"version\":\"1.0\"}}");
        let wrong =
            |what: String| format!("{what}; the first line has to be a hello such as {example}");
        let text = std::str::from_utf8(line).map_err(|_| wrong("not UTF-8".to_owned()))?;
        let tag: Tag =
            serde_json::from_str(text).map_err(|e| wrong(format!("no JSON object: {e}")))?;
        match tag.schema.as_deref() {
            Some(PROTOCOL) => {}
            Some(other) => {
                return Err(format!(
                    "it speaks `{other}`, this program speaks {PROTOCOL} only; use versions that fit"
                ));
            }
            None => return Err(wrong("no member `schema`".to_owned())),
        }
        let hello: Hello = serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?;
        let plain = |text: &str| {
            let fits = (1..=MAX_NAME).contains(&text.len());
            fits && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-+".contains(&b))
        };
        for (member, value) in [("name", &hello.name), ("version", &hello.version)] {
            if !plain(value) {
                return Err(wrong(format!(
                    "`{member}` has to be 1 to {MAX_NAME} letters, digits, `.`, `_`, `-` and `+`"
                )));
            }
        }
        if hello.capabilities.cases.is_empty() {
            return Err(wrong(
                "`capabilities.cases` is empty, so there is nothing to ask".to_owned(),
            ));
        }
        hello.dialect()?;
        Ok(hello)
    }

    /// The dialect it declares, if it does.
    ///
    /// # Errors
    /// Which setting is none.
    pub fn dialect(&self) -> Result<Option<Dialect>, String> {
        let Some(settings) = &self.dialect else {
            return Ok(None);
        };
        let mut settings = settings.iter();
        let dialect = settings.try_fold(Dialect::default(), |dialect, s| dialect.with_setting(s));
        dialect
            .map(Some)
            .map_err(|error| format!("`dialect`: {error}"))
    }
}

/// The request for a case, one line without the line feed. A check is written as `veriam decide` reads it, its policies
/// as strings that hold their text.
#[must_use]
pub fn request(id: &str, case: &Case) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        id: &'a str,
        document: DocumentBody<'a>,
    }
    #[derive(Serialize)]
    struct DocumentBody<'a> {
        r#type: PolicyType,
        text: &'a PolicyText,
    }
    #[derive(Serialize)]
    struct CallRequest<'a> {
        id: &'a str,
        world: &'a World,
        call: &'a Call,
    }
    #[derive(Serialize)]
    struct PutRequest<'a> {
        id: &'a str,
        put: &'a Put,
    }
    match case {
        Case::Check(check) => {
            let named = Check {
                id: Some(id.to_owned()),
                ..Check::clone(check)
            };
            named.to_json()
        }
        Case::Document(document) => serde_json::to_string(&Document {
            id,
            document: DocumentBody {
                r#type: document.policy_type,
                text: &document.text,
            },
        })
        .unwrap_or_default(),
        Case::Call(case) => serde_json::to_string(&CallRequest {
            id,
            world: &case.world,
            call: &case.call,
        })
        .unwrap_or_default(),
        Case::Put(put) => serde_json::to_string(&PutRequest { id, put }).unwrap_or_default(),
    }
}

/// One answer. It holds `id` and one other member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerLine {
    /// The id of the request.
    pub id: String,
    /// To a check: the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<DecisionName>")]
    pub decision: Option<Decision>,
    /// To a check or call: a policy of it is invalid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalid: Option<InvalidAnswer>,
    /// To a document: it is valid; always true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<bool>,
    /// To a document: it is invalid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<RefusedAnswer>,
    /// To a call: what becomes of it. The policy types a denial is `by` may be left out, or some of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// To a put: whether the policy is stored, or AWS's error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put: Option<PutReport>,
    /// To anything: it cannot be asked this, and why, in the same few words each time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsupported: Option<String>,
    /// To anything: the request is no question, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub malformed: Option<String>,
    /// To anything: the program broke on it, and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// The decisions, for the schema.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape matters")]
#[schemars(rename_all = "snake_case")]
enum DecisionName {
    Allow,
    ExplicitDeny,
    ImplicitDeny,
}

/// An invalid policy. Who gives all three members is compared in all three; who does not only says that some policy is
/// invalid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvalidAnswer {
    /// Its member in the check, for example `scps[0][1]`; not for calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The rule it breaks, for example `IAM-045`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub rule: Option<RuleId>,
    /// Where, in bytes from the start of its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<usize>,
}

/// An invalid document. Who gives both members is compared in both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefusedAnswer {
    /// The rule it breaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub rule: Option<RuleId>,
    /// Where, in bytes from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<usize>,
}

/// A line that is no answer to anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoAnswer(pub String);

/// The id of an answer and its text.
///
/// # Errors
/// [`NoAnswer`] when the line is no JSON object with an `id`.
pub fn id_of(line: &[u8]) -> Result<(String, &str), NoAnswer> {
    #[derive(Deserialize)]
    struct Id<'a> {
        #[serde(borrow, default)]
        id: Option<&'a RawValue>,
    }
    let text = std::str::from_utf8(line).map_err(|error| {
        NoAnswer(format!(
            "it wrote invalid UTF-8 at byte {} of a line; write UTF-8",
            error.valid_up_to() + 1
        ))
    })?;
    let parsed: Id<'_> = serde_json::from_str(text).map_err(|error| {
        NoAnswer(format!(
            "it wrote a line that is no answer ({error}); write answers only to standard output, and everything else to \
             standard error"
        ))
    })?;
    let id = parsed
        .id
        .and_then(|raw| serde_json::from_str(raw.get()).ok());
    let id = id.ok_or_else(|| {
        NoAnswer(
            "it wrote an answer without an `id`; echo the `id` of the request, a string".to_owned(),
        )
    })?;
    Ok((id, text))
}

/// The reply to a case that an answer gives. An answer that makes no sense is [`Reply::Failed`].
#[must_use]
pub fn reply(text: &str, case: &Case) -> Reply {
    let wrong = |what: String| {
        Reply::Failed(format!(
            "answered {}: {what}",
            excerpt(text.as_bytes(), MAX_REASON)
        ))
    };
    let line: AnswerLine = match serde_json::from_str(text) {
        Ok(line) => line,
        Err(error) => return wrong(error.to_string()),
    };
    let AnswerLine {
        id: _,
        decision,
        invalid,
        accepted,
        refused,
        outcome,
        put,
        unsupported,
        malformed,
        failed,
    } = line;
    let given = [
        decision.is_some(),
        invalid.is_some(),
        accepted.is_some(),
        refused.is_some(),
        outcome.is_some(),
        put.is_some(),
        unsupported.is_some(),
        malformed.is_some(),
        failed.is_some(),
    ];
    if given.iter().filter(|given| **given).count() != 1 {
        return wrong("an answer holds `id` and one other member".to_owned());
    }
    let short = |text: String| excerpt(text.as_bytes(), MAX_REASON);
    if let Some(reason) = unsupported {
        return Reply::Unsupported(short(reason));
    }
    if malformed.is_some() {
        return Reply::Malformed;
    }
    if let Some(how) = failed {
        return Reply::Failed(format!("said that it failed: {}", short(how)));
    }
    let reply = match case {
        Case::Check(check) => match (decision, invalid) {
            (Some(decision), _) => Some(Reply::Decided(decision)),
            (None, Some(invalid)) => Some(match invalid_in(check, &invalid) {
                Ok(reply) => reply,
                Err(what) => return wrong(what),
            }),
            (None, None) => None,
        },
        Case::Document(_) => match (accepted, refused) {
            (Some(true), _) => Some(Reply::Accepted),
            (
                None,
                Some(RefusedAnswer {
                    rule: Some(rule),
                    offset: Some(offset),
                }),
            ) => Some(Reply::Refused(Fault { offset, rule })),
            (None, Some(_)) => Some(Reply::RefusedSomehow),
            (Some(false) | None, _) => None,
        },
        Case::Call(_) => match (outcome, invalid) {
            (Some(outcome), _) => Some(Reply::Reported(outcome)),
            (
                None,
                Some(InvalidAnswer {
                    rule: Some(rule), ..
                }),
            ) => Some(Reply::InvalidWorld(rule)),
            (None, Some(_)) => Some(Reply::InvalidSomehow),
            (None, None) => None,
        },
        Case::Put(_) => put.map(Reply::PutReported),
    };
    reply.unwrap_or_else(|| {
        wrong(
            match case {
                Case::Check(_) => "a check is answered by `decision` or `invalid`",
                Case::Document(_) => {
                    "a document is answered by `accepted`, which is true, or `refused`"
                }
                Case::Call(_) => "a call is answered by `outcome` or `invalid`",
                Case::Put(_) => "a put is answered by `put`",
            }
            .to_owned(),
        )
    })
}

fn invalid_in(check: &Check, invalid: &InvalidAnswer) -> Result<Reply, String> {
    let InvalidAnswer {
        policy: Some(policy),
        rule: Some(rule),
        offset: Some(offset),
    } = invalid
    else {
        return Ok(Reply::InvalidSomehow);
    };
    let mut slots = check.policies().map(|(slot, _)| slot);
    let slot = slots.find(|slot| slot.to_string() == *policy);
    let policy = slot.ok_or_else(|| format!("the check has no policy `{policy}`"))?;
    Ok(Reply::Invalid(InvalidPolicy {
        policy,
        rule: *rule,
        offset: *offset,
    }))
}

/// At most `most` characters of what somebody wrote, without control characters.
#[must_use]
pub fn excerpt(bytes: &[u8], most: usize) -> String {
    // A character has at most four bytes.
    let bytes = &bytes[..bytes.len().min(most.saturating_mul(4))];
    let text = String::from_utf8_lossy(bytes);
    let mut shown: String = text
        .chars()
        .take(most)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(most).is_some() {
        shown.push('…');
    }
    shown
}
