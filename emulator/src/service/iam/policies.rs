//! The policies of users and roles: inline, attached, boundary and trust.

use veriam_model::PolicyType;

use super::{check, checked, document, encoded, fault, identity, list, no_such};
use crate::service::query::Query;
use crate::state::Kind;
use crate::wire::{Fault, xml};

pub(super) fn answer(query: &Query<'_>, kind: Kind) -> Result<Option<String>, Fault> {
    if query.action == "UpdateAssumeRolePolicy" {
        let found = identity(query, kind)?;
        let trust = document(query, "PolicyDocument", PolicyType::Trust)?;
        let mut state = query.core.write();
        let changed =
            state.change_identity(kind, &found.account, &found.name, |i| i.trust = Some(trust));
        return changed
            .map(|()| None)
            .map_err(|_| no_such(kind, &found.name));
    }
    let word = match kind {
        Kind::User => "User",
        Kind::Role => "Role",
    };
    let found = identity(query, kind)?;
    let (account, name) = (found.account.as_str(), found.name.as_str());
    let form = query.form;
    match query.action.replace(word, "X").as_str() {
        "PutXPolicy" => {
            let policy = checked(form.need("PolicyName")?, "policyName")?.to_owned();
            let text = document(query, "PolicyDocument", PolicyType::Identity)?;
            let put = query
                .core
                .write()
                .put_inline(kind, account, name, (policy, text));
            put.map(|()| None).map_err(|error| fault(error, name))
        }
        "GetXPolicy" => {
            let policy = form.need("PolicyName")?;
            let state = query.core.read();
            let inline = state
                .inline(kind, account, name)
                .map_err(|error| fault(error, name))?;
            let Some((_, text)) = inline.iter().find(|(n, _)| n == policy) else {
                let message = format!(
                    "The {} policy with name {policy} cannot be found.",
                    kind.word()
                );
                return Err(Fault::new(404, "NoSuchEntity", message));
            };
            let document = xml::leaf("PolicyDocument", &encoded(text.as_str()));
            Ok(Some(
                [
                    xml::leaf(&format!("{word}Name"), name),
                    xml::leaf("PolicyName", policy),
                    document,
                ]
                .concat(),
            ))
        }
        "DeleteXPolicy" => {
            let policy = form.need("PolicyName")?;
            let deleted = query
                .core
                .write()
                .delete_inline(kind, account, name, policy);
            deleted.map(|()| None).map_err(|error| fault(error, policy))
        }
        "ListXPolicies" => {
            let state = query.core.read();
            let inline = state
                .inline(kind, account, name)
                .map_err(|error| fault(error, name))?;
            Ok(Some(list(
                "PolicyNames",
                inline.iter().map(|(name, _)| xml::escape(name)),
            )))
        }
        "AttachXPolicy" | "DetachXPolicy" => {
            let arn = form.need("PolicyArn")?;
            let attach = query.action.starts_with('A');
            if attach {
                fits(query, PolicyType::Identity, Some(arn))?;
            }
            let mut state = query.core.write();
            let attached = state.attach(kind, account, name, arn, attach);
            attached.map(|()| None).map_err(|error| fault(error, arn))
        }
        "ListAttachedXPolicies" => {
            let state = query.core.read();
            let attached = state
                .attached(kind, account, name)
                .map_err(|error| fault(error, name))?;
            let shown = attached.iter().map(|arn| {
                let name = state
                    .managed(arn)
                    .map_or("", |managed| managed.name.as_str());
                xml::leaf("PolicyName", name) + &xml::leaf("PolicyArn", arn)
            });
            Ok(Some(list("AttachedPolicies", shown)))
        }
        "PutXPermissionsBoundary" => {
            let arn = form.need("PermissionsBoundary")?;
            fits(query, PolicyType::Boundary, Some(arn))?;
            let set = query
                .core
                .write()
                .set_boundary(kind, account, name, Some(arn));
            set.map(|()| None).map_err(|error| fault(error, arn))
        }
        "DeleteXPermissionsBoundary" => {
            let set = query.core.write().set_boundary(kind, account, name, None);
            set.map(|()| None).map_err(|error| fault(error, name))
        }
        _ => Err(query.unknown()),
    }
}

/// Whether a managed policy, if it is there, can stand where policies of that type do.
pub(super) fn fits(
    query: &Query<'_>,
    policy_type: PolicyType,
    arn: Option<&str>,
) -> Result<(), Fault> {
    let state = query.core.read();
    match arn.and_then(|arn| state.managed(arn)) {
        Some(managed) => check(policy_type, managed.text.as_str()),
        None => Ok(()),
    }
}
