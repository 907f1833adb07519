//! Authentication: who sent a request, before any policy is read.

pub mod date;
pub mod jwt;
mod refusal;
pub mod sigv4;

use std::fmt;

use axum::http::HeaderMap;
use veriam_model::Caller;

use crate::Secret;

pub use refusal::Refusal;

/// A request as it arrived, nothing decoded. Its `Debug` output is method and path: the rest can hold secrets.
#[derive(Clone, Copy)]
pub struct Incoming<'r> {
    /// The HTTP method.
    pub method: &'r str,
    /// The path, percent-encoded as it was sent.
    pub path: &'r str,
    /// The query behind `?`, as it was sent; empty without one.
    pub query: &'r str,
    /// The headers.
    pub headers: &'r HeaderMap,
    /// The whole body.
    pub body: &'r [u8],
}

impl fmt::Debug for Incoming<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// What an access key id stands for.
#[derive(Clone, Debug)]
pub struct Key {
    /// The secret that requests are signed with.
    pub secret: Secret,
    /// The session token that has to come along; none: a long-term key.
    pub token: Option<Secret>,
    /// From when on it is no longer accepted, in seconds since 1970; none: never.
    pub expires: Option<u64>,
    /// Who signs with it.
    pub caller: Caller,
    /// The keys of those session tags that pass on to sessions made with it.
    pub transitive: Vec<String>,
}

/// How a request says who sends it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Credentials<'r> {
    /// A signature in the header `Authorization` or in the query.
    Signature,
    /// A bearer token.
    Bearer(&'r str),
    /// Not at all.
    Nothing,
    /// In a way that AWS does not know, or in two ways at once.
    Unknown,
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Credentials::Signature => "Signature",
            Credentials::Bearer(_) => "Bearer(…)",
            Credentials::Nothing => "Nothing",
            Credentials::Unknown => "Unknown",
        })
    }
}

/// How a request says who sends it: by `Authorization`, by a presigned query, or, for WebSocket clients that cannot send
/// headers, by the sub-protocol `base64UrlBearerAuthorization.<token>` (AC-103), which the caller of this has to decode.
#[must_use]
pub fn credentials<'r>(request: &Incoming<'r>) -> Credentials<'r> {
    let presigned = sigv4::is_presigned(request.query);
    let mut headers = request.headers.get_all("authorization").iter();
    let (first, second) = (headers.next(), headers.next());
    let Some(value) = first else {
        return if presigned {
            Credentials::Signature
        } else {
            Credentials::Nothing
        };
    };
    let Ok(value) = value.to_str() else {
        return Credentials::Unknown;
    };
    if second.is_some() || presigned {
        return Credentials::Unknown;
    }
    let scheme = value.split(' ').next().unwrap_or_default();
    if scheme == sigv4::ALGORITHM {
        Credentials::Signature
    } else if scheme.eq_ignore_ascii_case("bearer") {
        Credentials::Bearer(value.get(scheme.len()..).unwrap_or_default().trim())
    } else {
        Credentials::Unknown
    }
}
