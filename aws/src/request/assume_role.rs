//! Requests to STS for a session of a role.

use aws_sdk_sts::types::Tag;
use veriam_model::{AssumeRoleRequest, Tags};

use super::Unsent;
use super::sending::{NAME, Sending, answered, made, unsupported};
use crate::raw::Raw;

pub(super) async fn send(
    sending: &Sending<'_>,
    request: &AssumeRoleRequest,
) -> Result<Raw, Unsent> {
    let role = sending.role_arn(&request.role)?;
    let names = [&request.session, &request.source_identity];
    if names
        .into_iter()
        .flatten()
        .any(|name| !(2..=64).contains(&name.len()))
    {
        return unsupported(
            "names of sessions and identities that STS finds too short or too long",
        );
    }
    if request
        .external_id
        .as_deref()
        .is_some_and(|id| !is_external_id(id))
    {
        return unsupported("external ids that STS does not take");
    }
    let sts = sending.session.sts();
    let transitive = &request.transitive;
    let request = sts
        .assume_role()
        .role_arn(role)
        .role_session_name(request.session.as_deref().unwrap_or(NAME))
        .set_external_id(request.external_id.clone())
        .set_source_identity(request.source_identity.clone())
        .set_tags(tags(&request.tags)?)
        .set_transitive_tag_keys((!transitive.is_empty()).then(|| transitive.clone()));
    answered(request.send().await)
}

/// Source: API reference of AWS STS, AssumeRole, `ExternalId`.
fn is_external_id(id: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&b);
    (2..=1_224).contains(&id.len()) && id.bytes().all(fits)
}

fn tags(tags: &Tags) -> Result<Option<Vec<Tag>>, Unsent> {
    let one = |(key, value)| made(Tag::builder().key(key).value(value).build());
    let tags = tags.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    Ok((!tags.is_empty()).then_some(tags))
}
