//! Why a request is turned away before any policy: AWS's codes, statuses and messages.
//!
//! The codes of the query protocol (IAM, STS) stand in AWS's lists of common errors; those of REST-JSON services are what
//! such a service answers instead.

use crate::wire::{Fault, Protocol};

/// Why a request is not the request of anybody known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It says nothing about who sends it.
    Missing,
    /// What it says is incomplete or not in the form it must have; in words.
    Incomplete(String),
    /// The access key id leads to nobody, or the session token is not the one of the key.
    UnknownKey,
    /// The session is over.
    ExpiredToken,
    /// The signature is another one than the request has to have.
    Mismatch,
    /// The signature is not meant for this request: its time or scope; in words.
    OutOfScope(String),
}

impl Refusal {
    /// The answer.
    #[must_use]
    pub fn fault(&self, protocol: Protocol) -> Fault {
        let (query, rest, message) = match self {
            Refusal::Missing => (
                "MissingAuthenticationToken",
                "MissingAuthenticationTokenException",
                match protocol {
                    Protocol::Query => "Request is missing Authentication Token",
                    Protocol::Rest => "Missing Authentication Token",
                },
            ),
            Refusal::Incomplete(why) => (
                "IncompleteSignature",
                "IncompleteSignatureException",
                &**why,
            ),
            Refusal::UnknownKey => (
                "InvalidClientTokenId",
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            ),
            Refusal::ExpiredToken => (
                "ExpiredToken",
                "ExpiredTokenException",
                "The security token included in the request is expired",
            ),
            Refusal::Mismatch => (
                "SignatureDoesNotMatch",
                "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                 Access Key and signing method. Consult the service documentation for details.",
            ),
            Refusal::OutOfScope(why) => {
                ("SignatureDoesNotMatch", "InvalidSignatureException", &**why)
            }
        };
        let code = match protocol {
            Protocol::Query => query,
            Protocol::Rest => rest,
        };
        Fault::new(403, code, message)
    }
}
