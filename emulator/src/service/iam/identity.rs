//! Users and roles themselves, and their tags.

use veriam_model::{Identity, PolicyType, Tags};

use super::{checked, document, fault, identity, list, no_such, path, shown, shown_tags, tags};
use crate::service::query::Query;
use crate::state::{Kind, identity_arn};
use crate::wire::{Fault, xml};

pub(super) fn answer(query: &Query<'_>, kind: Kind) -> Result<Option<String>, Fault> {
    let word = match kind {
        Kind::User => "User",
        Kind::Role => "Role",
    };
    let action = query.action;
    match action.replace(word, "X").as_str() {
        "CreateX" => create(query, kind, word).map(Some),
        "GetX" => {
            let found = identity(query, kind)?;
            Ok(Some(xml::node(
                word,
                &shown(&query.core.read(), kind, &found),
            )))
        }
        "DeleteX" => {
            let found = identity(query, kind)?;
            let deleted = query
                .core
                .write()
                .delete_identity(kind, &found.account, &found.name);
            deleted
                .map(|()| None)
                .map_err(|error| fault(error, &found.name))
        }
        "ListXs" => {
            query.may("iam", "*")?;
            let state = query.core.read();
            let all = match kind {
                Kind::User => &state.world().users,
                Kind::Role => &state.world().roles,
            };
            let own = all.iter().filter(|i| i.account == query.account);
            let shown = own.map(|i| shown(&state, kind, i));
            Ok(Some(list(&format!("{word}s"), shown)))
        }
        "TagX" => {
            let (found, new) = (identity(query, kind)?, tags(query)?);
            let merged = merged(&found.tags, &new)?;
            set_tags(query, kind, &found, merged)
        }
        "UntagX" => {
            let found = identity(query, kind)?;
            let keys = query.form.list("TagKeys", "");
            let mut kept = Tags::new();
            for (key, value) in found
                .tags
                .iter()
                .filter(|(key, _)| !keys.iter().any(|k| k == key))
            {
                add(&mut kept, key, value)?;
            }
            set_tags(query, kind, &found, kept)
        }
        "ListXTags" => {
            let found = identity(query, kind)?;
            Ok(Some(
                shown_tags(&found.tags) + &xml::leaf("IsTruncated", "false"),
            ))
        }
        _ => Err(query.unknown()),
    }
}

fn create(query: &Query<'_>, kind: Kind, word: &str) -> Result<String, Fault> {
    let member = format!("{word}Name");
    let name = checked(query.form.need(&member)?, &member)?;
    let trust = match kind {
        Kind::User => None,
        Kind::Role => Some(document(
            query,
            "AssumeRolePolicyDocument",
            PolicyType::Trust,
        )?),
    };
    let new = Identity {
        account: query.account.to_owned(),
        name: name.to_owned(),
        path: path(query)?,
        id: String::new(),
        tags: tags(query)?,
        policies: Vec::new(),
        boundary: None,
        trust,
    };
    let arn = identity_arn(query.core.read().world(), kind, &new);
    query.may("iam", &arn)?;
    let boundary = query.form.get("PermissionsBoundary");
    super::policies::fits(query, PolicyType::Boundary, boundary)?;
    let mut state = query.core.write();
    let made = state
        .create_identity(kind, new, boundary)
        .map_err(|error| fault(error, name))?;
    Ok(xml::node(word, &shown(&state, kind, &made)))
}

fn set_tags(
    query: &Query<'_>,
    kind: Kind,
    found: &Identity,
    tags: Tags,
) -> Result<Option<String>, Fault> {
    let mut state = query.core.write();
    let changed = state.change_identity(kind, &found.account, &found.name, |i| i.tags = tags);
    changed
        .map(|()| None)
        .map_err(|_| no_such(kind, &found.name))
}

/// The tags with new ones, each in place of the one of its key (IAM ignores the case of letters there).
fn merged(old: &Tags, new: &Tags) -> Result<Tags, Fault> {
    let mut all = Tags::new();
    let replaced = |key: &str| new.iter().any(|(k, _)| k.eq_ignore_ascii_case(key));
    for (key, value) in old
        .iter()
        .filter(|(key, _)| !replaced(key))
        .chain(new.iter())
    {
        add(&mut all, key, value)?;
    }
    Ok(all)
}

fn add(tags: &mut Tags, key: &str, value: &str) -> Result<(), Fault> {
    let added = tags.insert(key, value);
    added.map_err(|error| Fault::new(400, "InvalidInput", error.to_string()))
}
