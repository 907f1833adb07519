//! A call of the model as a request of the SDK, or without the SDK where it has no operation.
//!
//! What an operation needs and no call tells is filled with constants, so that the same call is the same request always.

mod assume_role;
mod control;
mod gateway;
mod harness;
mod identity;
mod memory;
mod other;
mod runtime;
mod sending;
mod told;
mod tool;

use std::fmt;

use veriam_model::{Call, Caller, Request, World};

use crate::raw::{Broken, Raw};
use crate::session::Session;
use sending::{Sending, is_header, unsupported};
pub(crate) use told::fill;

/// Why a call was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// No request says it, and why; the same words for all calls of one reason.
    Unsupported(String),
    /// There is no response.
    Broken(Broken),
}

impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unsent::Unsupported(what) => write!(f, "cannot be sent: {what}"),
            Unsent::Broken(broken) => broken.fmt(f),
        }
    }
}

impl std::error::Error for Unsent {}

/// Sends a call. Who calls, by which way, when, and what the client calls itself are the session's.
///
/// # Errors
/// [`Unsent`]
pub async fn send(world: &World, call: &Call, session: &Session) -> Result<Raw, Unsent> {
    if matches!(call.caller, Caller::Service(_)) {
        return unsupported("callers: services, which hold no credentials for others to use");
    }
    if !is_header(&call.user_agent) {
        return unsupported("user agents that no header carries");
    }
    let sending = Sending::new(world, call, session);
    // In boxes: each of these futures holds the states of many operations.
    match &call.request {
        Request::Runtime(request) => Box::pin(runtime::send(&sending, request)).await,
        Request::Gateway(request) => Box::pin(gateway::send(&sending, request)).await,
        Request::Memory(request) => Box::pin(memory::send(&sending, request)).await,
        Request::Harness(request) => Box::pin(harness::send(&sending, request)).await,
        Request::Tool(request) => Box::pin(tool::send(&sending, request)).await,
        Request::Identity(request) => Box::pin(identity::send(&sending, request)).await,
        Request::Control(request) => Box::pin(control::send(&sending, request)).await,
        Request::AssumeRole(request) => Box::pin(assume_role::send(&sending, request)).await,
        Request::Other(request) => Box::pin(other::send(&sending, request)).await,
    }
}
