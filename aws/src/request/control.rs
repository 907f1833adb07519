//! Requests to the control plane.

use veriam_model::ControlRequest;

use super::Unsent;
use super::sending::{Sending, unsupported};
use crate::raw::Raw;

pub(super) async fn send(_sending: &Sending<'_>, _request: &ControlRequest) -> Result<Raw, Unsent> {
    unsupported("not yet")
}
