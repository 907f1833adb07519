//! The wire: how answers and errors look in the two protocols that are spoken.

pub mod form;
pub mod xml;

use std::fmt;

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

/// An answer. Its `Debug` output leaves out the body, which can hand out credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers besides those that every answer has.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("bytes", &self.body.len())
            .finish()
    }
}

impl Answer {
    /// A JSON body.
    #[must_use]
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    /// No body.
    #[must_use]
    pub const fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// An error, in the form of the protocol. Its type also stands in a header, for clients that do not read the body.
    #[must_use]
    pub fn fault(fault: &Fault, protocol: Protocol, request_id: &str) -> Self {
        let mut answer = match protocol {
            Protocol::Rest => {
                Self::json(fault.status, &serde_json::json!({"message": fault.message}))
            }
            Protocol::Query => Self {
                status: fault.status,
                headers: vec![("content-type", "text/xml".to_owned())],
                body: xml::error(fault, request_id).into_bytes(),
            },
        };
        let code = fault.code.clone();
        answer.headers.push(("x-amzn-errortype", code));
        if let Some(challenge) = &fault.challenge {
            answer.headers.push(("www-authenticate", challenge.clone()));
        }
        answer
    }
}
