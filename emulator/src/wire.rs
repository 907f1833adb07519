//! The wire: how answers and errors look in the two protocols that are spoken.

/// The protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `awsQuery`: forms go in, XML comes out (IAM, STS).
    Query,
    /// `restJson1`: paths, headers and JSON (AgentCore).
    Rest,
}

/// An error as AWS answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The HTTP status.
    pub status: u16,
    /// The code: `AccessDeniedException` in REST-JSON, `AccessDenied` in the query protocol.
    pub code: String,
    /// The message, for people.
    pub message: String,
    /// The value of the header `WWW-Authenticate`, where one belongs to the error.
    pub challenge: Option<String>,
}

impl Fault {
    /// An error without challenge.
    #[must_use]
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            challenge: None,
        }
    }
}
