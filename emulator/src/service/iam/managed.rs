//! Managed policies. Each has one version, `v1`.

use veriam_model::PolicyType;

use super::{MADE, checked, document, encoded, fault, list, path};
use crate::service::query::Query;
use crate::state::Managed;
use crate::wire::{Fault, xml};

pub(super) fn answer(query: &Query<'_>) -> Result<Option<String>, Fault> {
    match query.action {
        "CreatePolicy" => create(query).map(Some),
        "GetPolicy" => {
            let (arn, found) = managed(query)?;
            Ok(Some(xml::node("Policy", &shown(&arn, &found))))
        }
        "GetPolicyVersion" => {
            let (_, found) = managed(query)?;
            if query.form.need("VersionId")? != "v1" {
                return Err(Fault::new(
                    404,
                    "NoSuchEntity",
                    "Policy version does not exist.",
                ));
            }
            Ok(Some(xml::node("PolicyVersion", &version(Some(&found)))))
        }
        "ListPolicyVersions" => {
            managed(query)?;
            Ok(Some(list("Versions", [version(None)])))
        }
        "DeletePolicy" => {
            let (arn, _) = managed(query)?;
            let deleted = query.core.write().delete_managed(&arn);
            deleted.map(|()| None).map_err(|error| fault(error, &arn))
        }
        "ListPolicies" => {
            query.may("iam", "*")?;
            let state = query.core.read();
            let all = state.all_managed(query.account);
            Ok(Some(list(
                "Policies",
                all.map(|(arn, managed)| shown(arn, managed)),
            )))
        }
        _ => Err(query.unknown()),
    }
}

fn create(query: &Query<'_>) -> Result<String, Fault> {
    let name = checked(query.form.need("PolicyName")?, "policyName")?;
    let policy = Managed {
        account: query.account.to_owned(),
        name: name.to_owned(),
        path: path(query)?,
        id: String::new(),
        text: document(query, "PolicyDocument", PolicyType::Identity)?,
    };
    let partition = query.core.read().world().partition.clone();
    query.may(
        "iam",
        &format!(
            "arn:{partition}:iam::{}:policy{}{name}",
            query.account, policy.path
        ),
    )?;
    let mut state = query.core.write();
    let arn = state
        .create_managed(policy)
        .map_err(|error| fault(error, name))?;
    let made = state
        .managed(&arn)
        .map(|managed| shown(&arn, managed))
        .unwrap_or_default();
    Ok(xml::node("Policy", &made))
}

/// The policy a request is about, of the caller's account.
fn managed(query: &Query<'_>) -> Result<(String, Managed), Fault> {
    let arn = query.form.need("PolicyArn")?;
    if !arn.starts_with("arn:") || arn.bytes().filter(|&b| b == b':').count() < 5 {
        return Err(Fault::new(
            400,
            "ValidationError",
            format!("ARN {arn} is not valid."),
        ));
    }
    query.may("iam", arn)?;
    let state = query.core.read();
    let found = state
        .managed(arn)
        .filter(|managed| managed.account == query.account);
    let found = found
        .ok_or_else(|| Fault::new(404, "NoSuchEntity", format!("Policy {arn} was not found.")))?;
    Ok((arn.to_owned(), found.clone()))
}

fn shown(arn: &str, managed: &Managed) -> String {
    [
        xml::leaf("PolicyName", &managed.name),
        xml::leaf("PolicyId", &managed.id),
        xml::leaf("Arn", arn),
        xml::leaf("Path", &managed.path),
        xml::leaf("DefaultVersionId", "v1"),
        xml::leaf("IsAttachable", "true"),
        xml::leaf("CreateDate", MADE),
        xml::leaf("UpdateDate", MADE),
    ]
    .concat()
}

fn version(of: Option<&Managed>) -> String {
    let document = of.map_or_else(String::new, |managed| {
        xml::leaf("Document", &encoded(managed.text.as_str()))
    });
    [
        document,
        xml::leaf("VersionId", "v1"),
        xml::leaf("IsDefaultVersion", "true"),
        xml::leaf("CreateDate", MADE),
    ]
    .concat()
}
