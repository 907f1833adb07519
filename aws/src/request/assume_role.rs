//! Requests to STS for a session of a role.

use veriam_model::AssumeRoleRequest;

use super::Unsent;
use super::sending::{NAME, Sending, answered};
use crate::raw::Raw;

pub(super) async fn send(
    sending: &Sending<'_>,
    request: &AssumeRoleRequest,
) -> Result<Raw, Unsent> {
    let role = sending.role_arn(&request.role)?;
    let sts = sending.session.sts();
    let request = sts.assume_role().role_arn(role).role_session_name(NAME);
    answered(request.send().await)
}
