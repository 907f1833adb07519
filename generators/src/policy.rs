//! Policy documents as trees, and their JSON.

use std::borrow::Cow;

use veriam_model::Verb;

use crate::draw::Text;
use crate::json::{Json, Style};
use crate::operators::Operator;
use crate::values::Kind;

/// A policy document.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) version: Version,
    pub(crate) id: Option<Text>,
    pub(crate) statements: Vec<Statement>,
}

/// The `Version` member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Current,
    Old,
    Missing,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) sid: Option<Text>,
    pub(crate) effect: Verb,
    pub(crate) who: Option<Who>,
    pub(crate) actions: Patterns,
    pub(crate) resources: Option<Patterns>,
    pub(crate) conditions: Vec<Block>,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Patterns {
    pub(crate) not: bool,
    pub(crate) list: Vec<Text>,
}

impl Patterns {
    /// The element with one value.
    pub(crate) fn one(value: impl Into<Text>) -> Self {
        Self {
            not: false,
            list: vec![value.into()],
        }
    }
}

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// `"Principal": "*"`
    Everyone,
    /// An object from kind to names.
    Listed {
        not: bool,
        members: Vec<(&'static str, Vec<Text>)>,
    },
}

/// One operator of a `Condition` with its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) operator: Operator,
    pub(crate) keys: Vec<(Text, Vec<Text>)>,
}

impl Document {
    /// The document as JSON, with those spellings that the tree leaves open.
    pub(crate) fn into_json(self, style: &mut Style) -> Json {
        let mut members = Vec::with_capacity(3);
        match self.version {
            Version::Current => members.push(("Version".into(), string("2012-10-17"))),
            Version::Old => members.push(("Version".into(), string("2008-10-17"))),
            Version::Missing => {}
        }
        if let Some(id) = self.id {
            members.push(("Id".into(), Json::String(id)));
        }
        let bare = is_bare(&self.statements, style);
        let statements = self.statements;
        let statements = bare_or_list(statements, bare, |s| s.into_json(style));
        members.push(("Statement".into(), statements));
        Json::Object(members)
    }

    /// The document as text.
    pub(crate) fn into_text(self, style: &mut Style) -> String {
        let json = self.into_json(style);
        let mut text = String::with_capacity(384);
        style.write(json, &mut text);
        text
    }
}

impl Statement {
    fn into_json(self, style: &mut Style) -> Json {
        let mut members = Vec::with_capacity(6);
        if let Some(sid) = self.sid {
            members.push(("Sid".into(), Json::String(sid)));
        }
        let effect = match self.effect {
            Verb::Allow => "Allow",
            Verb::Deny => "Deny",
        };
        members.push(("Effect".into(), string(effect)));
        match self.who {
            None => {}
            Some(Who::Everyone) => members.push(("Principal".into(), string("*"))),
            Some(Who::Listed { not, members: who }) => {
                let name = if not { "NotPrincipal" } else { "Principal" };
                let who = who.into_iter();
                let who = who.map(|(kind, names)| (kind.into(), texts(names, style)));
                members.push((name.into(), Json::Object(who.collect())));
            }
        }
        let name = ["Action", "NotAction"][usize::from(self.actions.not)];
        members.push((name.into(), texts(self.actions.list, style)));
        if let Some(resources) = self.resources {
            let name = ["Resource", "NotResource"][usize::from(resources.not)];
            members.push((name.into(), texts(resources.list, style)));
        }
        if !self.conditions.is_empty() {
            let blocks = self.conditions.into_iter();
            let blocks = blocks.map(|b| (b.operator.name(), b.into_json(style)));
            members.push(("Condition".into(), Json::Object(blocks.collect())));
        }
        Json::Object(members)
    }
}

impl Block {
    fn into_json(self, style: &mut Style) -> Json {
        let kind = self.operator.base.test.kind();
        let null = self.operator.base.name == "Null";
        let keys = self.keys.into_iter().map(|(key, values)| {
            // One list never mixes JSON types (IAM-043): all values lose their quotation marks or none does.
            let bare = style.vary() && values.iter().all(|v| can_be_bare(v, kind, null));
            let json = if bare { unquoted } else { Json::String };
            let alone = is_bare(&values, style);
            (key, bare_or_list(values, alone, json))
        });
        Json::Object(keys.collect())
    }
}

/// Whether the value may stand without quotation marks and still mean the same text (IAM-042).
fn can_be_bare(text: &str, kind: Kind, null: bool) -> bool {
    match kind {
        Kind::Number | Kind::Date => is_json_number(text),
        Kind::Bool => true,
        _ => null,
    }
}

fn is_json_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(fraction) && (whole == "0" || !whole.starts_with('0'))
}

fn unquoted(text: Text) -> Json {
    match text.as_ref() {
        "true" => Json::Bool(true),
        "false" => Json::Bool(false),
        _ => Json::Number(text),
    }
}

fn string(text: &'static str) -> Json {
    Json::String(Cow::Borrowed(text))
}

fn texts(list: Vec<Text>, style: &mut Style) -> Json {
    let bare = is_bare(&list, style);
    bare_or_list(list, bare, Json::String)
}

/// Whether the list is written as its only value: the two are equal (IAM-034).
fn is_bare<T>(list: &[T], style: &mut Style) -> bool {
    list.len() == 1 && !style.vary()
}

fn bare_or_list<T>(mut list: Vec<T>, bare: bool, mut json: impl FnMut(T) -> Json) -> Json {
    match list.pop() {
        Some(only) if bare => json(only),
        last => Json::Array(list.into_iter().chain(last).map(json).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_json_takes_for_a_number_loses_its_quotation_marks() {
        for text in ["0", "10", "-3", "10.50", "1704067200", "0.5"] {
            assert!(is_json_number(text), "{text}");
        }
        for text in ["", "007", "1.", ".5", "1e3", "2024-01-01", "-", "+1", "1_0"] {
            assert!(!is_json_number(text), "{text}");
        }
    }
}
