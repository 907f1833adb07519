//! Whether a call is well-formed.
//!
//! What that means, and how a fault is told, is the model's to say. But the model looks for names along its lists, and
//! a call is decided sooner than a long list is read: what a call names was looked up before, and the rest of
//! [`veriam_model::World::validate_call`] is here once more. Tests hold the two together.

use std::net::IpAddr;

use veriam_model::{Call, Caller, Malformed, Path, Token};

use super::{CallError, World};

/// Whether a call is well-formed when everything it names is there.
pub(super) fn is_well_formed(call: &Call) -> bool {
    /// The last second of the year 9999.
    const LAST_SECOND: u64 = 253_402_300_799;
    let is_caller = match &call.caller {
        Caller::User(user) => user.token.is_none_or(|token| is_token(token, call.at)),
        Caller::Session(session) => {
            is_made_of(&session.session, b"+=,.@_-") && is_token(session.token, call.at)
        }
        Caller::Federated(session) => {
            session.token.mfa.is_none() && is_token(session.token, call.at)
        }
        Caller::Root(_) | Caller::Jwt(_) | Caller::Anonymous => true,
    };
    let (Path::Internet { address } | Path::Endpoint { address, .. }) = &call.from;
    let is_user = |id: &String| call.operation.takes_user_id() && !id.is_empty();
    is_caller
        && (call.qualifier.as_ref()).is_none_or(|qualifier| is_made_of(qualifier, b"-_"))
        && call.user_id.as_ref().is_none_or(is_user)
        && address.parse::<IpAddr>().is_ok()
        && call.at <= LAST_SECOND
        && !call.user_agent.is_empty()
}

fn is_token(token: Token, at: u64) -> bool {
    token.issued <= at && token.mfa.is_none_or(|mfa| mfa <= token.issued)
}

/// Whether a text is one of letters, digits and these signs.
fn is_made_of(text: &str, signs: &[u8]) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || signs.contains(&b);
    !text.is_empty() && text.bytes().all(fits)
}

/// What is wrong with a call that is not well-formed.
#[cold]
pub(super) fn malformed(world: &World, call: &Call) -> CallError {
    let told = world.names.validate_call(call).err();
    CallError::Malformed(told.unwrap_or_else(|| Malformed {
        member: "call".to_owned(),
        found: String::new(),
        expected: "a well-formed call",
    }))
}
