//! A call of the model as a request of the SDK.

use veriam_model::{Call, World};

use crate::raw::{Broken, Raw};
use crate::session::Session;

/// Why a call was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// No request says it, and why; the same words for all calls of one reason.
    Unsupported(String),
    /// There is no response.
    Broken(Broken),
}

/// Sends a call.
///
/// # Errors
/// [`Unsent`]
pub async fn send(_world: &World, _call: &Call, _session: &Session) -> Result<Raw, Unsent> {
    Err(Unsent::Unsupported(String::new()))
}
