//! IAM: users, roles, inline and managed policies, boundaries, tags, access keys.

mod identity;
mod key;
mod managed;
mod policies;
mod simulate;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use veriam_evaluator::Policy;
use veriam_model::{Caller, Identity, PolicyText, PolicyType, Tags};

use super::query::Query;
use crate::settings::mistaken;
use crate::state::{IamError, Kind, State, identity_arn};
use crate::wire::{Fault, xml};

/// Answers: the XML inside the result, none where the action has no result.
pub(super) fn answer(query: &Query<'_>) -> Result<Option<String>, Fault> {
    let action = query.action;
    if action == "SimulateCustomPolicy" {
        return simulate::custom_policy(query).map(Some);
    }
    if action.ends_with("AccessKey") || action == "ListAccessKeys" {
        return key::answer(query);
    }
    let kind = [("User", Kind::User), ("Role", Kind::Role)]
        .into_iter()
        .find(|(word, _)| action.contains(word));
    match kind
        .map(|(_, kind)| kind)
        .or_else(|| (action == "UpdateAssumeRolePolicy").then_some(Kind::Role))
    {
        Some(kind) if action.contains("Polic") || action.contains("Boundary") => {
            policies::answer(query, kind)
        }
        Some(kind) => identity::answer(query, kind),
        None => managed::answer(query),
    }
}

/// The name of the identity a request is about; a user may be left out where the caller is one.
fn name<'q>(query: &'q Query<'_>, kind: Kind) -> Result<&'q str, Fault> {
    match (kind, query.caller) {
        (Kind::User, Caller::User(user)) => Ok(query.form.get("UserName").unwrap_or(&user.name)),
        (Kind::User, _) => query.form.need("UserName"),
        (Kind::Role, _) => query.form.need("RoleName"),
    }
}

/// The identity that a request is about and the caller may ask this of.
fn identity(query: &Query<'_>, kind: Kind) -> Result<Identity, Fault> {
    let name = name(query, kind)?;
    let state = query.core.read();
    let found = state.identity(kind, query.account, name).cloned();
    let arn = match &found {
        Some(identity) => identity_arn(state.world(), kind, identity),
        // Whether the caller may is asked first, about the ARN it would have.
        None => format!(
            "arn:{}:iam::{}:{}/{name}",
            state.world().partition,
            query.account,
            kind.word()
        ),
    };
    drop(state);
    query.may("iam", &arn)?;
    found.ok_or_else(|| no_such(kind, name))
}

fn no_such(kind: Kind, name: &str) -> Fault {
    let message = format!("The {} with name {name} cannot be found.", kind.word());
    Fault::new(404, "NoSuchEntity", message)
}

/// An error of the state as IAM answers it; `what` is the identity or policy it is about.
fn fault(error: IamError, what: &str) -> Fault {
    match error {
        IamError::NoSuchEntity => {
            Fault::new(404, "NoSuchEntity", format!("{what} cannot be found."))
        }
        IamError::AlreadyExists => Fault::new(
            409,
            "EntityAlreadyExists",
            format!("{what} already exists."),
        ),
        IamError::InUse => {
            let message =
                format!("Cannot delete entity {what}, must detach and delete what it holds first.");
            Fault::new(409, "DeleteConflict", message)
        }
    }
}

/// A policy document of a request, if it is one of that type.
fn document(query: &Query<'_>, member: &str, policy_type: PolicyType) -> Result<PolicyText, Fault> {
    let text = query.form.need(member)?;
    if !mistaken!(query.asked.planted, StoredPoliciesUnread) {
        check(policy_type, text)?;
    }
    Ok(PolicyText::new(text))
}

fn check(policy_type: PolicyType, text: &str) -> Result<(), Fault> {
    let parsed = Policy::parse(policy_type, text);
    parsed
        .map(drop)
        .map_err(|error| Fault::new(400, "MalformedPolicyDocument", error.to_string()))
}

fn tags(query: &Query<'_>) -> Result<Tags, Fault> {
    let mut tags = Tags::new();
    for (key, value) in query.form.pairs("Tags", "Key", "Value")? {
        let added = tags.insert(key, value);
        added.map_err(|error| Fault::new(400, "InvalidInput", error.to_string()))?;
    }
    Ok(tags)
}

/// A name that can stand in an ARN.
fn checked<'n>(name: &'n str, member: &str) -> Result<&'n str, Fault> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b);
    if name.is_empty() || name.len() > 128 || !name.bytes().all(fits) {
        let message = format!(
            "The specified value for {member} is invalid. It must contain only alphanumeric characters and/or the \
             following: +=,.@_-"
        );
        return Err(Fault::new(400, "ValidationError", message));
    }
    Ok(name)
}

/// The path of something new.
fn path(query: &Query<'_>) -> Result<String, Fault> {
    let path = query.form.get("Path").unwrap_or("/");
    let graphic = path
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b":%*?".contains(&b));
    if !(path.starts_with('/') && path.ends_with('/') && graphic && path.len() <= 512) {
        let message = "The specified value for path is invalid. It must begin and end with / and contain only \
                       alphanumeric characters and/or / characters.";
        return Err(Fault::new(400, "ValidationError", message));
    }
    Ok(path.to_owned())
}

/// A policy document as IAM answers it.
fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn shown_tags(tags: &Tags) -> String {
    let member = |(k, v)| xml::node("member", &(xml::leaf("Key", k) + &xml::leaf("Value", v)));
    xml::node("Tags", &tags.iter().map(member).collect::<String>())
}

/// The members of a list, and that there are no more.
fn list(name: &str, members: impl IntoIterator<Item = String>) -> String {
    let members: String = members
        .into_iter()
        .map(|member| xml::node("member", &member))
        .collect();
    xml::node(name, &members) + &xml::leaf("IsTruncated", "false")
}

/// When things were made, which the emulator does not remember.
const MADE: &str = "2026-01-01T00:00:00Z";

/// The attributes of a user or role.
fn shown(state: &State, kind: Kind, identity: &Identity) -> String {
    let word = match kind {
        Kind::User => "User",
        Kind::Role => "Role",
    };
    let mut inner = [
        xml::leaf("Path", &identity.path),
        xml::leaf(&format!("{word}Name"), &identity.name),
        xml::leaf(&format!("{word}Id"), &identity.id),
        xml::leaf("Arn", &identity_arn(state.world(), kind, identity)),
        xml::leaf("CreateDate", MADE),
    ]
    .concat();
    if let Some(trust) = &identity.trust {
        inner += &xml::leaf("AssumeRolePolicyDocument", &encoded(trust.as_str()));
    }
    if let Ok(Some(arn)) = state.boundary(kind, &identity.account, &identity.name) {
        let boundary = xml::leaf("PermissionsBoundaryType", "Policy")
            + &xml::leaf("PermissionsBoundaryArn", arn);
        inner += &xml::node("PermissionsBoundary", &boundary);
    }
    inner + &shown_tags(&identity.tags)
}
