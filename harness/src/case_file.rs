//! Stored cases: `veriam.case/1`, one divergence in one file, with everything a replay needs.
//!
//! The format is strict: another version, an unknown or repeated member, trailing data are refused with the
//! place. What was asked stands in one of four forms: `check` (a check on the wire), `document` (policy type and
//! text), `world` and `call`, or `put` (as the model has them). Policies whose text is a JSON object are written as that text,
//! so that people can read them.

mod write;

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use veriam_model::{
    Call, CallCase, Case, Check, Dialect, DocumentCase, PolicyText, PolicyType, Profile, Put, World,
};
use veriam_reports::Kind;
pub use veriam_reports::Signature;

use crate::place::Place;
pub(crate) use write::with_objects;

/// The version tag of a stored case.
pub const CASE_SCHEMA: &str = "veriam.case/1";

/// Where a case comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The part of the run.
    pub part: String,
    /// The campaign seed, for generated cases.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// How large the generated cases were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// The number of the case within its part, from 0.
    pub index: u64,
    /// The id of a check as it was before shrinking, a call of a scenario as `scenario.yaml#N`, or a file's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The version of the mapping from bytes to cases.
    pub generator_version: u32,
    /// The version of Veriam.
    pub veriam: String,
    /// Policy types that were left out of the case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<PolicyType>,
}

/// One divergence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCase {
    /// What kind of divergence it is.
    pub signature: Signature,
    /// Where it comes from.
    pub origin: Origin,
    /// The dialect both judges were asked under.
    pub dialect: Dialect,
    /// The documented reply, for rows that have one.
    pub documented: Option<Kind>,
    /// What was asked, shrunk.
    pub case: Case,
}

/// A text that is no stored case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseError {
    /// The line, from 1.
    pub line: usize,
    /// The column in bytes, from 1; 0 when the whole line is at fault.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for CaseError {}

/// Only the version tag, whatever else there is.
#[derive(Deserialize)]
struct Tag<'a> {
    #[serde(borrow, default)]
    schema: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadCase<'a> {
    #[serde(rename = "schema")]
    _schema: String,
    signature: Signature,
    origin: Origin,
    #[serde(borrow)]
    dialect: Vec<&'a RawValue>,
    #[serde(default)]
    documented: Option<Kind>,
    #[serde(borrow, default)]
    check: Option<&'a RawValue>,
    #[serde(default)]
    document: Option<ReadDocument>,
    #[serde(default)]
    world: Option<World>,
    #[serde(default)]
    call: Option<Call>,
    #[serde(default)]
    put: Option<Put>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadDocument {
    #[serde(rename = "type")]
    policy_type: PolicyType,
    text: PolicyText,
}

/// Whether a text is meant to be a stored case: a JSON object with a `schema` member.
#[must_use]
pub fn has_tag(text: &str) -> bool {
    matches!(serde_json::from_str(text), Ok(Tag { schema: Some(_) }))
}

impl StoredCase {
    /// Reads a stored case.
    ///
    /// # Errors
    /// [`CaseError`] for anything but one complete case of this version.
    pub fn from_json(bytes: &[u8]) -> Result<Self, CaseError> {
        let text = utf8(bytes)?;
        of_version(text, CASE_SCHEMA)?;
        let case: ReadCase<'_> = serde_json::from_str(text).map_err(CaseError::of_json)?;
        if case.signature.law.is_some() {
            let message =
                format!("a \"{CASE_SCHEMA}\" breaks no law; take `law` out of its signature");
            return Err(CaseError::at(text, 0, message));
        }
        let dialect = read_dialect(text, &case.dialect)?;
        let asked = match (case.check, case.document, case.world, case.call, case.put) {
            (Some(raw), None, None, None, None) => {
                Case::Check(Box::new(read_check(text, raw.get())?))
            }
            (None, Some(document), None, None, None) => Case::Document(DocumentCase {
                policy_type: document.policy_type,
                text: document.text,
            }),
            (None, None, Some(world), Some(call), None) => {
                Case::Call(Box::new(CallCase { world, call }))
            }
            (None, None, None, None, Some(put)) => Case::Put(Box::new(put)),
            _ => {
                let message =
                    "a case holds either `check`, or `document`, or `world` and `call`, or `put`";
                return Err(CaseError::at(text, 0, message.to_owned()));
            }
        };
        Ok(StoredCase {
            signature: case.signature,
            origin: case.origin,
            dialect,
            documented: case.documented,
            case: asked,
        })
    }

    /// A file name made of what the case is, so that the same case is stored once: target and outcome for
    /// people, a hash of signature, dialect and question for certainty.
    #[must_use]
    pub fn file_name(&self) -> String {
        let Signature {
            target,
            expected,
            observed,
            ..
        } = &self.signature;
        let mut hash = Fnv::new();
        hash.write(format!("{} {:?} ", self.signature, self.dialect).as_bytes());
        hash.write(write::asked(&self.case).as_bytes());
        let words = format!("{target}-{expected}-{observed}").to_ascii_lowercase();
        let words: String = words
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        format!("{words}-{:016x}.json", hash.0)
    }
}

/// The settings of a dialect as they are given on the command line.
#[must_use]
pub fn settings(dialect: &Dialect) -> Vec<String> {
    dialect
        .settings()
        .map(|(choice, reading)| format!("{choice}={reading}"))
        .collect()
}

/// Refuses a text of any other version.
pub(crate) fn of_version(text: &str, schema: &str) -> Result<(), CaseError> {
    let tag: Tag<'_> = serde_json::from_str(text).map_err(CaseError::of_json)?;
    let (what, offset) = match tag.schema {
        Some(raw) if raw.get() == format!("\"{schema}\"") => return Ok(()),
        Some(raw) => (format!("schema {}", raw.get()), offset_in(text, raw.get())),
        None => ("no `schema` member".to_owned(), 0),
    };
    let message = format!("{what}; this program reads \"{schema}\" only");
    Err(CaseError::at(text, offset, message))
}

/// The dialect of settings that stand in a text.
pub(crate) fn read_dialect(text: &str, settings: &[&RawValue]) -> Result<Dialect, CaseError> {
    let mut dialect = Dialect::default();
    for raw in settings {
        let at = |message| CaseError::at(text, offset_in(text, raw.get()), message);
        let setting: String = serde_json::from_str(raw.get())
            .map_err(|_| at("a setting is a string, for example \"IAM-093=stay\"".to_owned()))?;
        dialect = dialect
            .with_setting(&setting)
            .map_err(|error| at(error.to_string()))?;
    }
    Ok(dialect)
}

/// A check that stands in a text.
pub(crate) fn read_check(text: &str, raw: &str) -> Result<Check, CaseError> {
    Check::from_json(raw).map_err(|error| {
        // The reader counts columns from the last line feed. The text is valid JSON, so its line feeds stand
        // between tokens, and the column without them is the offset.
        let flat = raw.replace(['\n', '\r'], " ");
        let column = Check::from_json(&flat).map_or_else(|e| e.column, |_| 1);
        let offset = offset_in(text, raw) + column.saturating_sub(1);
        CaseError::at(text, offset, error.message)
    })
}

impl CaseError {
    pub(crate) fn of_json(error: serde_json::Error) -> Self {
        let text = error.to_string();
        // serde_json appends the position, which we carry apart.
        let message = match text.rfind(" at line ") {
            Some(end) => text[..end].to_owned(),
            None => text,
        };
        CaseError {
            line: error.line().max(1),
            column: error.column(),
            message: format!("not a stored case: {message}"),
        }
    }

    pub(crate) fn at(text: &str, offset: usize, message: String) -> Self {
        let place = Place::of(text, offset);
        CaseError {
            line: place.line,
            column: place.column,
            message: format!("not a stored case: {message}"),
        }
    }
}

/// The text of a file that has to be UTF-8 without a byte order mark.
pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, CaseError> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(CaseError {
            line: 1,
            column: 1,
            message: "the file begins with a byte order mark; save it as UTF-8 without one"
                .to_owned(),
        });
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = &bytes[..error.valid_up_to()];
        let line = valid.iter().filter(|&&b| b == b'\n').count() + 1;
        let start = valid.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
        CaseError {
            line,
            column: valid.len() - start + 1,
            message: "invalid UTF-8; save the file as UTF-8".to_owned(),
        }
    })
}

/// Where a part of a text begins in it.
pub(crate) fn offset_in(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

/// 64-bit FNV-1a: small, and the same on every machine and toolchain.
pub(crate) struct Fnv(pub(crate) u64);

impl Fnv {
    pub(crate) fn new() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
