//! Stored broken laws: `veriam.law/1`, the two cases with everything a replay needs.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use veriam_generators::laws::Law;
use veriam_model::{Call, CallCase, Case, Check, Dialect, World};
use veriam_reports::Kind;

use super::{Seen, observe};
use crate::case_file::{Fnv, Origin, settings, with_objects};
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
    target: &'a str,
    law: &'static str,
    before: Kind,
    after: Kind,
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
struct Read {
    schema: String,
    target: String,
    law: String,
    before: Kind,
    after: Kind,
    origin: Origin,
    dialect: Vec<String>,
    original: ReadAsked,
    changed: ReadAsked,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadAsked {
    #[serde(default)]
    check: Option<Box<RawValue>>,
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
    /// The case as JSON text with a line feed at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let written = Write {
            schema: LAW_CASE_SCHEMA,
            target: &self.target,
            law: self.law.name(),
            before: self.before,
            after: self.after,
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
    /// What is wrong with the text, for people.
    pub fn from_json(bytes: &[u8]) -> Result<Self, String> {
        let read: Read = serde_json::from_slice(bytes)
            .map_err(|error| format!("not a stored broken law: {error}"))?;
        if read.schema != LAW_CASE_SCHEMA {
            let found = &read.schema;
            return Err(format!(
                "schema {found:?}; this program reads {LAW_CASE_SCHEMA:?} only"
            ));
        }
        let mut dialect = Dialect::default();
        for setting in &read.dialect {
            dialect = dialect.with_setting(setting).map_err(|e| e.to_string())?;
        }
        let law: Law = read.law.parse().map_err(|error| format!("{error}"))?;
        Ok(Self {
            target: read.target,
            law,
            before: read.before,
            after: read.after,
            origin: read.origin,
            dialect,
            original: case("original", read.original)?,
            changed: case("changed", read.changed)?,
        })
    }

    /// Asks a target about both cases again; nothing when it gives no outcome of one of them.
    #[must_use]
    pub fn again(&self, target: &dyn Target) -> Option<Seen> {
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
        // No law speaks of documents.
        Case::Document(_) => nothing,
    }
}

fn case(name: &str, asked: ReadAsked) -> Result<Case, String> {
    match (asked.check, asked.world, asked.call) {
        (Some(raw), None, None) => match Check::from_json(raw.get()) {
            Ok(check) => Ok(Case::Check(Box::new(check))),
            Err(error) => Err(format!("`{name}`: {error}")),
        },
        (None, Some(world), Some(call)) => Ok(Case::Call(Box::new(CallCase { world, call }))),
        _ => Err(format!(
            "`{name}` holds either `check`, or `world` and `call`"
        )),
    }
}

/// Stores a broken law in a folder and returns its path.
///
/// # Errors
/// What kept it from being stored, or from being the same when read back, for people.
pub fn store(folder: &Path, case: &LawCase, target: &dyn Target) -> Result<PathBuf, String> {
    let path = folder.join(case.file_name());
    let io = |error: std::io::Error| {
        let path = path.display();
        format!("cannot write {path}: {error}; free some space or choose another folder with --out")
    };
    fs::create_dir_all(folder).map_err(io)?;
    write_whole(&path, case.to_json().as_bytes()).map_err(io)?;
    let read = LawCase::from_json(&fs::read(&path).map_err(io)?)?;
    if read != *case || !read.again(target).is_some_and(|seen| seen.broken) {
        return Err(format!(
            "{} does not break the law when read back, which is a fault of Veriam; report it with that file",
            path.display()
        ));
    }
    Ok(path)
}
