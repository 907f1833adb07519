//! Small changes to documents as JSON: what faults and oddities are made of.

use crate::draw::{Draw, Text};
use crate::json::Json;

/// The members of an object.
pub(crate) type Members = Vec<(Text, Json)>;

pub(crate) fn text(text: &'static str) -> Json {
    Json::String(text.into())
}

pub(crate) fn number(text: &'static str) -> Json {
    Json::Number(text.into())
}

pub(crate) fn list<const N: usize>(elements: [Json; N]) -> Json {
    Json::Array(elements.into())
}

pub(crate) fn object<const N: usize>(members: [(&'static str, Json); N]) -> Json {
    let members = members.into_iter();
    Json::Object(members.map(|(name, value)| (name.into(), value)).collect())
}

pub(crate) fn one_of<const N: usize>(draw: &mut Draw<'_, '_>, choices: [Json; N]) -> Json {
    let chosen = draw.below(N);
    choices.into_iter().nth(chosen).unwrap_or(Json::Null)
}

pub(crate) fn member<'m>(members: &'m mut Members, name: &str) -> Option<&'m mut Json> {
    let found = members.iter_mut().find(|(n, _)| n == name);
    found.map(|(_, value)| value)
}

pub(crate) fn has(members: &Members, name: &str) -> bool {
    members.iter().any(|(n, _)| n == name)
}

/// Adds a member, if no other has its name.
pub(crate) fn put(members: &mut Members, name: &'static str, value: Json) -> bool {
    let new = !has(members, name);
    if new {
        members.push((name.into(), value));
    }
    new
}

/// Removes a member, if it is there.
pub(crate) fn take(members: &mut Members, name: &str) -> bool {
    let before = members.len();
    members.retain(|(n, _)| n != name);
    members.len() < before
}

/// Gives a member that is there another value.
pub(crate) fn replace(members: &mut Members, name: &str, value: Json) -> bool {
    match member(members, name) {
        Some(place) => {
            *place = value;
            true
        }
        None => false,
    }
}

pub(crate) fn repeat(members: &mut Members, name: &str) -> bool {
    let found = members.iter().find(|(n, _)| n == name).cloned();
    let there = found.is_some();
    members.extend(found);
    there
}

/// Changes one of the statements.
pub(crate) fn on_statement(
    draw: &mut Draw<'_, '_>,
    root: &mut Members,
    change: impl FnOnce(&mut Draw<'_, '_>, &mut Members) -> bool,
) -> bool {
    match member(root, "Statement") {
        Some(Json::Object(statement)) => change(draw, statement),
        Some(Json::Array(statements)) if !statements.is_empty() => {
            let chosen = draw.below(statements.len());
            match &mut statements[chosen] {
                Json::Object(statement) => change(draw, statement),
                _ => false,
            }
        }
        _ => false,
    }
}

pub(crate) fn change_action(statement: &mut Members, value: Json) -> bool {
    let name = if has(statement, "Action") {
        "Action"
    } else {
        "NotAction"
    };
    replace(statement, name, value)
}

/// Gives a statement's Resource or NotResource the value; statements of trust policies have neither.
pub(crate) fn on_resource(draw: &mut Draw<'_, '_>, root: &mut Members, value: Json) -> bool {
    on_statement(draw, root, |_, statement| {
        let name = if has(statement, "Resource") {
            "Resource"
        } else {
            "NotResource"
        };
        replace(statement, name, value)
    })
}

/// Gives a statement's Principal the value.
pub(crate) fn on_principal(draw: &mut Draw<'_, '_>, root: &mut Members, value: Json) -> bool {
    on_statement(draw, root, |_, statement| {
        replace(statement, "Principal", value)
    })
}

/// Gives a statement the Condition.
pub(crate) fn on_condition(draw: &mut Draw<'_, '_>, root: &mut Members, value: Json) -> bool {
    on_statement(draw, root, |_, statement| {
        take(statement, "Condition");
        put(statement, "Condition", value)
    })
}

/// Whether some statement allows.
pub(crate) fn allows(root: &Members) -> bool {
    let allow = |s: &Json| matches!(s, Json::Object(s) if s.iter().any(|(n, v)| n == "Effect" && *v == text("Allow")));
    root.iter().any(|(name, value)| match value {
        Json::Array(statements) if name == "Statement" => statements.iter().any(allow),
        statement => name == "Statement" && allow(statement),
    })
}
