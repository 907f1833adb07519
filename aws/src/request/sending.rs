//! What all families of requests have in common: names, constants, and how an answer is taken.

use std::fmt::Write as _;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::DateTime;
use aws_smithy_types::error::operation::BuildError;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use veriam_model::{Call, RoleName, World};

use super::Unsent;
use crate::raw::{Broken, Raw};
use crate::session::Session;

/// The session of an agent that is asked for. The service wants 33 characters at least.
pub(super) const SESSION: &str = "veriam-session-00000000000000000000000000";

/// What things are called that a request makes: a name that every kind of resource may have.
pub(super) const NAME: &str = "veriam";

/// What is described, where a change has to change something.
pub(super) const DESCRIPTION: &str = "made by veriam";

const UNMADE: &str = "requests the SDK refuses to make";

/// All that RFC 3986 does not call unreserved.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// One call on its way.
pub(super) struct Sending<'a> {
    pub(super) world: &'a World,
    pub(super) session: &'a Session,
    /// When the call happens.
    pub(super) at: DateTime,
    /// The idempotency token: the same for the same call, since a service that sees one again with other parameters
    /// refuses the request.
    pub(super) token: String,
}

impl<'a> Sending<'a> {
    pub(super) fn new(world: &'a World, call: &Call, session: &'a Session) -> Self {
        Self {
            world,
            session,
            at: DateTime::from_secs(i64::try_from(call.at).unwrap_or(i64::MAX)),
            token: format!("veriam-00000000-0000-{:016x}", digest(call)),
        }
    }

    pub(super) fn core(&self) -> &'a aws_sdk_bedrockagentcore::Client {
        self.session.core()
    }

    pub(super) fn control(&self) -> &'a aws_sdk_bedrockagentcorecontrol::Client {
        self.session.control()
    }

    /// The ARN of a resource of AgentCore; `rest` is what stands behind the account.
    pub(super) fn arn(&self, account: &str, rest: &str) -> String {
        let World {
            partition, region, ..
        } = self.world;
        format!("arn:{partition}:bedrock-agentcore:{region}:{account}:{rest}")
    }

    /// The ARN of a role.
    pub(super) fn role_arn(&self, role: &RoleName) -> Result<String, Unsent> {
        let role = known(self.world.role(&role.account, &role.name))?;
        let partition = &self.world.partition;
        Ok(format!(
            "arn:{partition}:iam::{}:role{}{}",
            role.account, role.path, role.name
        ))
    }

    /// Sends a request without the SDK.
    pub(super) async fn plain(
        &self,
        method: &'static str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Raw, Unsent> {
        let answer = self.session.plain(method, path, headers, body).await;
        answer.map(|answer| answer.raw).map_err(unsent)
    }

    /// Asks for a WebSocket.
    pub(super) async fn upgrade(
        &self,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Raw, Unsent> {
        let mut all = vec![
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            // Any 16 bytes: they prove nothing but that the server speaks the protocol.
            ("sec-websocket-key", "dmVyaWFtLXZlcmlhbS12ZQ=="),
        ];
        all.extend(headers);
        self.plain("GET", path, &all, Vec::new()).await
    }
}

/// The same number for the same call, in all builds (FNV-1a).
fn digest(call: &Call) -> u64 {
    let text = serde_json::to_string(call).unwrap_or_default();
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The path of a runtime, or of a harness that stands where a runtime would: by ARN, with the endpoint that is named.
pub(super) fn path_of_runtime(arn: &str, rest: &str, qualifier: Option<&str>) -> String {
    let mut path = format!("/runtimes/{}/{rest}", escaped(arn));
    if let Some(qualifier) = qualifier {
        // Writing into a text does not fail.
        let _ = write!(path, "?qualifier={}", escaped(qualifier));
    }
    path
}

/// A text as a part of a path or query.
pub(super) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// What came of a request of the SDK.
pub(super) fn answered<O, E>(result: Result<O, SdkError<E, HttpResponse>>) -> Result<Raw, Unsent>
where
    E: std::error::Error + 'static,
{
    Raw::from_sdk(result).map_err(unsent)
}

/// A part of a request of the SDK.
pub(super) fn made<T>(part: Result<T, BuildError>) -> Result<T, Unsent> {
    part.or_else(|_| unsupported(UNMADE))
}

fn unsent(broken: Broken) -> Unsent {
    match broken {
        Broken::Unmade(_) => Unsent::Unsupported(UNMADE.to_owned()),
        Broken::Unanswered(_) => Unsent::Broken(broken),
    }
}

pub(super) fn unsupported<T>(why: &str) -> Result<T, Unsent> {
    Err(Unsent::Unsupported(why.to_owned()))
}

/// What a call refers to.
pub(super) fn known<T>(found: Option<T>) -> Result<T, Unsent> {
    found.ok_or_else(|| {
        Unsent::Unsupported("requests about what the world does not hold".to_owned())
    })
}

/// Checks the user id, which a header carries.
pub(super) fn user_id(user: Option<&str>) -> Result<(), Unsent> {
    match user {
        Some(user) if user.is_empty() || !is_header(user) => {
            unsupported("user ids that no header carries")
        }
        _ => Ok(()),
    }
}

/// Whether a header carries the text as it is: spaces at its ends get lost, and other characters are read in many ways.
pub(super) fn is_header(text: &str) -> bool {
    let printable = |b: u8| b.is_ascii_graphic() || b == b' ';
    text.bytes().all(printable) && text.trim() == text
}
