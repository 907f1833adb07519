//! Stored broken laws: `veriam.law/1`, the two cases with everything a replay needs.
//!
//! As strict as a stored divergence: another version, an unknown or repeated member, trailing data are refused with the
//! place.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use veriam_generators::laws::Law;
use veriam_model::{Call, CallCase, Case, Check, Dialect, RuleId, World};
use veriam_reports::{Kind, Signature};

use super::{Seen, observe};
use crate::case_file::{
    CaseError, Fnv, Origin, of_version, offset_in, read_check, read_dialect, settings, utf8,
    with_objects,
};
use crate::store::write_whole;
use crate::target::Target;

/// The version tag of a stored broken law.
pub const LAW_CASE_SCHEMA: &str = "veriam.law/1";

/// A broken law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LawCase {
    /// The name of the target that breaks it.
    pub target: String,
    /// The law.
    pub law: Law,
    /// The reply before the change.
    pub before: Kind,
    /// The reply after it.
    pub after: Kind,
    /// The rules on which it turns that the target is wrong about one of the cases, in id order.
    pub rules: Vec<RuleId>,
    /// Where the case comes from.
    pub origin: Origin,
    /// The dialect the target was asked under.
    pub dialect: Dialect,
    /// The case before the change, shrunk.
    pub original: Case,
    /// The case after it.
    pub changed: Case,
}

#[derive(Serialize)]
struct Write<'a> {
    schema: &'static str,
    signature: Signature,
    origin: &'a Origin,
    dialect: Vec<String>,
    original: WriteAsked<'a>,
    changed: WriteAsked<'a>,
}

#[derive(Serialize)]
struct WriteAsked<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<&'a Check>,
    #[serde(skip_serializing_if = "Option::is_none")]
    world: Option<&'a World>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<&'a Call>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read<'a> {
    #[serde(rename = "schema")]
    _schema: String,
    signature: Signature,
    origin: Origin,
    #[serde(borrow)]
    dialect: Vec<&'a RawValue>,
    #[serde(borrow)]
    original: ReadAsked<'a>,
    #[serde(borrow)]
    changed: ReadAsked<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadAsked<'a> {
    #[serde(borrow, default)]
    check: Option<&'a RawValue>,
    #[serde(default)]
    world: Option<World>,
    #[serde(default)]
    call: Option<Call>,
}

#[derive(Deserialize)]
struct Tag {
    schema: String,
}

/// Whether the bytes are meant to be a stored broken law.
#[must_use]
pub fn has_law_tag(bytes: &[u8]) -> bool {
    let tag = serde_json::from_slice::<Tag>(bytes);
    tag.is_ok_and(|tag| tag.schema.starts_with("veriam.law/"))
}

impl LawCase {
    /// What kind of broken law it is.
    #[must_use]
    pub fn signature(&self) -> Signature {
        Signature {
            target: self.target.clone(),
            law: Some(self.law.name().to_owned()),
            expected: self.before,
            observed: self.after,
            rules: self.rules.clone(),
        }
    }

    /// The case as JSON text with a line feed at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let written = Write {
            schema: LAW_CASE_SCHEMA,
            signature: self.signature(),
            origin: &self.origin,
            dialect: settings(&self.dialect),
            original: asked(&self.original),
            changed: asked(&self.changed),
        };
        let text = serde_json::to_string_pretty(&written).unwrap_or_default();
        let text = with_objects(text, &self.original);
        let mut text = with_objects(text, &self.changed);
        text.push('\n');
        text
    }

    /// Reads a stored broken law.
    ///
    /// # Errors
    /// [`CaseError`] for anything but one complete broken law of this version.
    pub fn from_json(bytes: &[u8]) -> Result<Self, CaseError> {
        let text = utf8(bytes)?;
        of_version(text, LAW_CASE_SCHEMA)?;
        let read: Read<'_> = serde_json::from_str(text).map_err(CaseError::of_json)?;
        let Signature {
            target,
            law,
            expected,
            observed,
            rules,
        } = read.signature;
        let at_signature = |message| {
            let offset = text.find("\"signature\"").unwrap_or(0);
            CaseError::at(text, offset, message)
        };
        let law = law.ok_or_else(|| {
            at_signature("the signature names no `law`; give the file as it was written".to_owned())
        })?;
        let law: Law = law
            .parse()
            .map_err(|error| at_signature(format!("`{law}` is {error}")))?;
        Ok(Self {
            target,
            law,
            before: expected,
            after: observed,
            rules,
            origin: read.origin,
            dialect: read_dialect(text, &read.dialect)?,
            original: case(text, "original", read.original)?,
            changed: case(text, "changed", read.changed)?,
        })
    }

    /// Asks a target about both cases again.
    ///
    /// # Errors
    /// Why there is nothing to compare, as [`observe`] tells it.
    pub fn again(&self, target: &dyn Target) -> Result<Seen, &'static str> {
        observe(self.law, &self.original, &self.changed, target)
    }

    /// A file name made of what the case is, so that the same case is stored once.
    #[must_use]
    pub fn file_name(&self) -> String {
        let mut hash = Fnv::new();
        hash.write(self.to_json().as_bytes());
        let words = format!("law-{}-{}", self.target, self.law);
        let words: String = words
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        format!("{words}-{:016x}.json", hash.0)
    }
}

fn asked(case: &Case) -> WriteAsked<'_> {
    let nothing = WriteAsked {
        check: None,
        world: None,
        call: None,
    };
    match case {
        Case::Check(check) => WriteAsked {
            check: Some(check),
            ..nothing
        },
        Case::Call(case) => WriteAsked {
            world: Some(&case.world),
            call: Some(&case.call),
            ..nothing
        },
        // No law speaks of documents or puts.
        Case::Document(_) | Case::Put(_) => nothing,
    }
}

fn case(text: &str, name: &str, asked: ReadAsked<'_>) -> Result<Case, CaseError> {
    match (asked.check, asked.world, asked.call) {
        (Some(raw), None, None) => Ok(Case::Check(Box::new(read_check(text, raw.get())?))),
        (None, Some(world), Some(call)) => Ok(Case::Call(Box::new(CallCase { world, call }))),
        (check, ..) => {
            let named = text.find(&format!("\"{name}\"")).unwrap_or(0);
            let offset = check.map_or(named, |raw| offset_in(text, raw.get()));
            let message = format!("`{name}` holds either `check`, or `world` and `call`");
            Err(CaseError::at(text, offset, message))
        }
    }
}

/// A broken law that was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLaw {
    /// Its file.
    pub path: PathBuf,
    /// Whether the target broke the law again when it was asked about what was read back. A program need not: then the
    /// case is kept all the same, as evidence.
    pub steady: bool,
}

/// Stores a broken law in a folder.
///
/// # Errors
/// What kept it from being stored, or from being the same when read back, for people.
pub fn store(folder: &Path, case: &LawCase, target: &dyn Target) -> Result<StoredLaw, String> {
    let path = folder.join(case.file_name());
    let io = |error: std::io::Error| {
        let path = path.display();
        format!("cannot write {path}: {error}; free some space or choose another folder with --out")
    };
    fs::create_dir_all(folder).map_err(io)?;
    write_whole(&path, case.to_json().as_bytes()).map_err(io)?;
    let read = LawCase::from_json(&fs::read(&path).map_err(io)?);
    let same = read.is_ok_and(|read| read == *case);
    let again = case
        .again(target)
        .is_ok_and(|seen| seen.broken && (seen.before, seen.after) == (case.before, case.after));
    match same && (again || target.is_process()) {
        true => Ok(StoredLaw {
            path,
            steady: again,
        }),
        false => Err(format!(
            "{} does not break the law when read back, which is a fault of Veriam; report it with that file",
            path.display()
        )),
    }
}
