//! The grammar of policy documents: from JSON to a [`Document`], noting every fault on the way.
//!
//! What is a fault and where it lies is laid down in `docs/readings.md` section 1; each check here names its rule
//! through the [kind of fault](crate::fault) it adds. A document with a fault is thrown away, so the readers
//! return something harmless in its place and go on.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use veriam_model::{Dialect, PolicyType, Reading, readings as dialects};

use crate::Limits;
use crate::document::{Document, Statement};
use crate::fault::{self, Faults, Kind};
use crate::json::{Json, Unreadable, Value, Why};

mod action;
mod condition;
mod principal;
mod resource;
mod statement;

pub(crate) use principal::{is_account_id, is_unique_id};

/// The faults of a document with their places, sorted.
pub(crate) type FaultList = Vec<(Range<usize>, &'static Kind)>;

/// Reads a document.
pub(crate) fn read<'a>(
    policy_type: PolicyType,
    bytes: &'a [u8],
    dialect: &Dialect,
    limits: &Limits,
) -> Result<Document<'a>, FaultList> {
    let (text, json) = readable(bytes, limits).map_err(|fault| vec![fault])?;
    let mut reader = Reader::new(policy_type, dialect);
    let document = reader.document(&json, text, limits)?;
    if reader.faults.is_empty() {
        Ok(document)
    } else {
        Err(reader.faults.into_sorted())
    }
}

/// The faults of a document that was read as JSON; empty when it is valid.
pub(crate) fn faults(
    policy_type: PolicyType,
    json: &Json<'_>,
    text: &str,
    dialect: &Dialect,
    limits: &Limits,
) -> FaultList {
    let mut reader = Reader::new(policy_type, dialect);
    match reader.document(json, text, limits) {
        Ok(_) => reader.faults.into_sorted(),
        Err(faults) => faults,
    }
}

/// The JSON object of a text; reading ends at the first of these faults.
pub(crate) fn readable<'a>(
    bytes: &'a [u8],
    limits: &Limits,
) -> Result<(&'a str, Json<'a>), (Range<usize>, &'static Kind)> {
    // Places in a text are kept as 32-bit numbers.
    let max_bytes = limits.max_bytes.min(u32::MAX as usize);
    if bytes.len() > max_bytes {
        return Err((0..0, &fault::TOO_LARGE));
    }
    if bytes.starts_with("\u{feff}".as_bytes()) {
        return Err((0..3, &fault::BYTE_ORDER_MARK));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let start = error.valid_up_to();
        let length = error.error_len().unwrap_or(1);
        (start..start.saturating_add(length), &fault::INVALID_UTF8)
    })?;
    let json = Json::read(text, limits.max_depth)
        .map_err(|Unreadable { why, span }| (span, kind_of(why)))?;
    if json.root().members().is_none() {
        return Err((json.root().span(), &fault::ROOT_NOT_OBJECT));
    }
    Ok((text, json))
}

fn kind_of(why: Why) -> &'static Kind {
    match why {
        Why::Unfinished => &fault::JSON_UNFINISHED,
        Why::Unexpected => &fault::JSON_SYNTAX,
        Why::Control => &fault::JSON_CONTROL,
        Why::Escape => &fault::JSON_ESCAPE,
        Why::Surrogate => &fault::SURROGATE,
        Why::Depth => &fault::TOO_DEEP,
        Why::Trailing => &fault::TRAILING_TEXT,
    }
}

/// A name and its value.
#[derive(Clone, Copy)]
struct Member<'j, 'a> {
    name: Value<'j, 'a>,
    value: Value<'j, 'a>,
}

/// The members of an object with fixed names: the first of each name, and what a stored document merges.
struct Members<'j, 'a, const N: usize> {
    first: [Option<Member<'j, 'a>>; N],
    /// Later occurrences that are no fault, with the index of their name.
    later: Vec<(usize, Member<'j, 'a>)>,
}

impl<'j, 'a, const N: usize> Members<'j, 'a, N> {
    fn get(&self, name: usize) -> Option<Member<'j, 'a>> {
        self.first.get(name).copied().flatten()
    }

    fn has(&self, name: usize) -> bool {
        self.get(name).is_some()
    }

    /// Every occurrence of a name that counts, in the order of the text.
    fn all(&self, name: usize) -> impl Iterator<Item = Member<'j, 'a>> {
        let later = self.later.iter().filter(move |(n, _)| *n == name);
        self.get(name)
            .into_iter()
            .chain(later.map(|&(_, member)| member))
    }
}

/// Reads one document.
struct Reader<'d> {
    policy_type: PolicyType,
    dialect: &'d Dialect,
    /// Whether `${` opens a variable; known once `Version` is read.
    has_variables: bool,
    faults: Faults,
}

impl<'d> Reader<'d> {
    fn new(policy_type: PolicyType, dialect: &'d Dialect) -> Self {
        Self {
            policy_type,
            dialect,
            has_variables: false,
            faults: Faults::default(),
        }
    }
}

impl Reader<'_> {
    /// Whether the type's documents go through the IAM API, with its stricter character rules.
    fn is_iam_type(&self) -> bool {
        use PolicyType::{Boundary, Identity, Session, Trust};
        matches!(self.policy_type, Identity | Boundary | Session | Trust)
    }

    /// Whether a principal element has no place in the type.
    fn is_attached_to_identity(&self) -> bool {
        use PolicyType::{Boundary, Identity, Session};
        matches!(self.policy_type, Identity | Boundary | Session)
    }

    /// Whether the dialect has this reading.
    fn reads<R: Reading>(&self, reading: R) -> bool {
        self.dialect.get::<R>() == reading
    }

    /// Whether the document was saved before today's checks (IAM-021 `stored`).
    fn is_stored(&self) -> bool {
        self.reads(dialects::DocumentAge::Stored)
    }

    fn add(&mut self, kind: &'static Kind, value: Value<'_, '_>) {
        self.faults.add(kind, value.span());
    }

    /// Notes a fault at the opening brace of an object.
    fn add_at_brace(&mut self, kind: &'static Kind, object: Value<'_, '_>) {
        let start = object.offset();
        self.faults.add(kind, start..start.saturating_add(1));
    }

    fn document<'a>(
        &mut self,
        json: &Json<'a>,
        text: &str,
        limits: &Limits,
    ) -> Result<Document<'a>, FaultList> {
        const VERSION: usize = 0;
        const ID: usize = 1;
        const STATEMENT: usize = 2;
        let names = ["Version", "Id", "Statement"];
        let root = json.root();
        let members = self.members(root, &names, &[], &fault::UNKNOWN_MEMBER);
        self.version(root, members.get(VERSION));
        self.id(members.get(ID));
        if self.is_iam_type() {
            self.characters(json, text);
        }
        let statements = match members.get(STATEMENT) {
            Some(member) => self.statements(member.value, limits)?,
            None => {
                self.add_at_brace(&fault::MISSING_STATEMENT, root);
                Vec::new()
            }
        };
        Ok(Document {
            policy_type: self.policy_type,
            has_variables: self.has_variables,
            statements,
        })
    }

    /// Sorts the members of an object by name and notes those that do not belong there.
    fn members<'j, 'a, const N: usize>(
        &mut self,
        object: Value<'j, 'a>,
        names: &[&str; N],
        merged: &[usize],
        unknown: &'static Kind,
    ) -> Members<'j, 'a, N> {
        let mut members = Members {
            first: [None; N],
            later: Vec::new(),
        };
        let mut strangers = Seen::exactly();
        for (name, value) in object.members().into_iter().flatten() {
            let member = Member { name, value };
            let text = name.string().unwrap_or_default();
            let index = names.iter().position(|n| *n == text);
            match index.and_then(|i| Some((i, members.first.get_mut(i)?))) {
                Some((_, first @ None)) => *first = Some(member),
                Some((index, Some(_))) if merged.contains(&index) => {
                    members.later.push((index, member));
                }
                Some(_) => self.add(&fault::REPEATED_MEMBER, name),
                None => {
                    let other_case = names.iter().any(|n| n.eq_ignore_ascii_case(&text));
                    if !strangers.insert(text) {
                        self.add(&fault::REPEATED_MEMBER, name);
                    } else if other_case {
                        self.add(&fault::MEMBER_CASE, name);
                    } else {
                        self.add(unknown, name);
                    }
                }
            }
        }
        members
    }

    fn version(&mut self, root: Value<'_, '_>, version: Option<Member<'_, '_>>) {
        let text = version.and_then(|v| v.value.string());
        self.has_variables = text.as_deref() == Some("2012-10-17");
        let is_old = text.as_deref() == Some("2008-10-17");
        if let Some(version) = version
            && !self.has_variables
            && !is_old
        {
            // A text that is no version is told as that and as nothing else.
            self.add(&fault::VERSION, version.value);
            return;
        }
        if self.has_variables {
            return;
        }
        let refuses = self.reads(dialects::IdentityVersion::Refused);
        let kind = match self.policy_type {
            PolicyType::Rcp if is_old || version.is_none() => &fault::RCP_VERSION,
            PolicyType::Identity if refuses => &fault::IDENTITY_VERSION,
            _ => return,
        };
        match version {
            Some(version) => self.add(kind, version.value),
            None => self.add_at_brace(kind, root),
        }
    }

    fn id(&mut self, id: Option<Member<'_, '_>>) {
        let Some(id) = id else { return };
        if id.value.string().is_none() {
            self.add(&fault::ID_FORM, id.value);
        }
        let refuses = self.reads(dialects::IdentityId::Refused);
        if refuses && self.is_attached_to_identity() {
            self.add(&fault::ID_NOT_ALLOWED, id.name);
        }
    }

    /// IAM-070: the characters of every string, wherever it stands.
    fn characters(&mut self, json: &Json<'_>, text: &str) {
        let ordinary = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}');
        // Outside of strings JSON is ASCII, and without an escape nothing decodes to anything else.
        if text.is_ascii() && !json.has_escapes() {
            return;
        }
        for string in json.strings() {
            if !string.string().unwrap_or_default().chars().all(ordinary) {
                self.add(&fault::CHARACTERS, string);
            }
        }
    }

    fn statements<'a>(
        &mut self,
        value: Value<'_, 'a>,
        limits: &Limits,
    ) -> Result<Vec<Statement<'a>>, FaultList> {
        let mut sids = Seen::exactly();
        if value.members().is_some() {
            return Ok(vec![self.statement(value, true, &mut sids)]);
        }
        let Some(elements) = value.elements() else {
            self.add(&fault::STATEMENT_FORM, value);
            return Ok(Vec::new());
        };
        let count = elements.clone().count();
        if count > limits.max_statements {
            let beyond = elements.clone().nth(limits.max_statements);
            let span = beyond.unwrap_or(value).span();
            return Err(vec![(span, &fault::TOO_MANY_STATEMENTS)]);
        }
        if count == 0 {
            self.add(&fault::NO_STATEMENTS, value);
        }
        let mut statements = Vec::with_capacity(count);
        for element in elements {
            if element.members().is_some() {
                statements.push(self.statement(element, count == 1, &mut sids));
            } else {
                self.add(&fault::STATEMENT_FORM, element);
            }
        }
        Ok(statements)
    }
}

/// The names met so far; finds repetitions in time that does not grow with their square.
struct Seen<'a> {
    ignores_case: bool,
    few: Vec<Cow<'a, str>>,
    many: HashSet<String>,
}

impl<'a> Seen<'a> {
    const FEW: usize = 16;

    fn exactly() -> Self {
        Self {
            ignores_case: false,
            few: Vec::new(),
            many: HashSet::new(),
        }
    }

    fn ignoring_case() -> Self {
        Self {
            ignores_case: true,
            ..Self::exactly()
        }
    }

    /// Notes a name; false when it was there already.
    fn insert(&mut self, name: Cow<'a, str>) -> bool {
        let same = |other: &Cow<'a, str>| {
            if self.ignores_case {
                other.eq_ignore_ascii_case(&name)
            } else {
                *other == name
            }
        };
        if self.few.iter().any(same) {
            return false;
        }
        if self.few.len() < Self::FEW {
            self.few.push(name);
            return true;
        }
        let mut name = name.into_owned();
        if self.ignores_case {
            name.make_ascii_lowercase();
        }
        self.many.insert(name)
    }
}
