//! Signatures of version 4, in the header `Authorization` or in the query of a presigned request.
//!
//! A request is signed again, with AWS's own signer and exactly the headers it says were signed, and the two signatures
//! are compared. Around that stands what a signature cannot say by itself: that it is recent, meant for this service and
//! region, covers what it has to cover, and that the session behind it is still running.

mod presented;

pub(crate) use presented::decode;

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;

use super::{Incoming, Key, Refusal, date};
use crate::secret::same;
use crate::settings::{Planted, mistaken};
use presented::Presented;

/// The only algorithm that is accepted.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// How far the clocks of client and server may differ, in seconds.
const SKEW: u64 = 15 * 60;
/// The longest time a presigned request can be valid for, in seconds.
const LONGEST: u64 = 7 * 24 * 60 * 60;
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// What a signature has to be meant for.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'s> {
    /// The name services are signed with: `bedrock-agentcore`, `iam` or `sts`.
    pub service: &'s str,
    /// The regions, of which any will do.
    pub regions: &'s [&'s str],
}

/// Whether the query is that of a presigned request, well-formed or not.
#[must_use]
pub fn is_presigned(query: &str) -> bool {
    query.split('&').any(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        name == "X-Amz-Algorithm" || name == "X-Amz-Signature" || name == "X-Amz-Credential"
    })
}

/// Verifies a signed request.
///
/// `now` is the time of the server, in seconds since 1970; `find` looks up an access key id. The answer is the key the
/// request was signed with.
///
/// # Errors
/// [`Refusal`] with the first thing at fault: form, then key and token, then time and scope, then the signature itself.
pub fn verify(
    request: &Incoming<'_>,
    scope: Scope<'_>,
    now: u64,
    find: impl FnOnce(&str) -> Option<Key>,
) -> Result<Key, Refusal> {
    verify_with(Planted::default(), request, scope, now, find)
}

/// As [`verify`], with a known bug, or without one.
pub(crate) fn verify_with(
    planted: Planted,
    request: &Incoming<'_>,
    scope: Scope<'_>,
    now: u64,
    find: impl FnOnce(&str) -> Option<Key>,
) -> Result<Key, Refusal> {
    let presented = Presented::read(request)?;
    if !(is_plain(request.path)
        && request
            .query
            .bytes()
            .all(|b| b.is_ascii_graphic() && b != b'#'))
    {
        return Err(Refusal::Mismatch);
    }
    let key = find(&presented.key_id).ok_or(Refusal::UnknownKey)?;
    match (&key.token, &presented.token) {
        (None, None) => {}
        (Some(token), Some(sent))
            if token.is(sent) || mistaken!(planted, SessionTokenNotChecked) => {}
        _ => return Err(Refusal::UnknownKey),
    }
    let at = in_scope(planted, &presented, scope, now)?;
    covers(planted, request, &presented)?;
    let signature = signature(planted, request, &presented, &key, at)?;
    if !same(signature.as_bytes(), presented.signature.as_bytes()) {
        return Err(Refusal::Mismatch);
    }
    // Only who can sign with a key is told that it is over.
    let is_over = key.expires.is_some_and(|expires| now >= expires);
    if is_over && !mistaken!(planted, ExpiredSessionAccepted) {
        return Err(Refusal::ExpiredToken);
    }
    Ok(key)
}

/// Whether a path is one that nothing has to be done to before it is signed or routed: no part of it is empty, `.` or `..`,
/// and what it holds can stand in a path.
#[must_use]
pub fn is_plain(path: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.~%!$&'()*+,;=:@/".contains(&b);
    let Some(parts) = path.strip_prefix('/') else {
        return false;
    };
    let inner = parts.strip_suffix('/').unwrap_or(parts);
    let parted = inner
        .split('/')
        .all(|part| !matches!(part, "" | "." | ".."));
    path.bytes().all(fits) && (parted || path == "/")
}

/// Checks time and scope; the answer is the time that was signed.
fn in_scope(
    planted: Planted,
    presented: &Presented,
    scope: Scope<'_>,
    now: u64,
) -> Result<u64, Refusal> {
    let out = |why: String| Err(Refusal::OutOfScope(why));
    let Some(at) = date::parse(&presented.time) else {
        return Err(Refusal::Incomplete(format!(
            "Date must be in ISO-8601 'basic format'. Got '{}'. See http://en.wikipedia.org/wiki/ISO_8601",
            presented.time
        )));
    };
    let time = &presented.time;
    let of_time = time.get(..8).unwrap_or_default();
    if presented.date != of_time {
        return out(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != \
             '{of_time}', from '{time}'.",
            presented.date
        ));
    }
    if !scope.regions.contains(&presented.region.as_str())
        && !mistaken!(planted, ScopeRegionNotChecked)
    {
        return out("Credential should be scoped to a valid region. ".to_owned());
    }
    if presented.service != scope.service && !mistaken!(planted, ScopeServiceNotChecked) {
        return out(format!(
            "Credential should be scoped to correct service: '{}'. ",
            scope.service
        ));
    }
    if presented.terminator != "aws4_request" {
        return out(format!(
            "Credential should be scoped with a valid terminator: 'aws4_request', not '{}'. ",
            presented.terminator
        ));
    }
    if mistaken!(planted, ClockSkewNotChecked) {
        return Ok(at);
    }
    let lasts = presented.lasts.unwrap_or(SKEW);
    if at > now.saturating_add(SKEW) {
        return out(format!(
            "Signature not yet current: {time} is still later than {} ({} + 15 min.)",
            date::format(now.saturating_add(SKEW)),
            date::format(now)
        ));
    }
    if at.saturating_add(lasts) < now {
        let minutes = lasts / 60;
        return out(format!(
            "Signature expired: {time} is now earlier than {} ({} - {minutes} min.)",
            date::format(now.saturating_sub(lasts)),
            date::format(now)
        ));
    }
    Ok(at)
}

/// Checks that the signature covers `host` and every `x-amz-…` header, each of which is there once.
fn covers(planted: Planted, request: &Incoming<'_>, presented: &Presented) -> Result<(), Refusal> {
    let signed = |name: &str| presented.signed.iter().any(|s| s == name);
    if !signed("host") {
        return Err(Refusal::OutOfScope(
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".to_owned(),
        ));
    }
    for name in request.headers.keys() {
        let name = name.as_str();
        let has_to_be = name.starts_with("x-amz-") && !mistaken!(planted, AmzHeadersNotSigned);
        if has_to_be && !signed(name) {
            return Err(Refusal::OutOfScope(format!(
                "There were headers present in the request which were not signed: {name}"
            )));
        }
    }
    match presented
        .signed
        .iter()
        .find(|name| !request.headers.contains_key(name.as_str()))
    {
        // What was signed and does not arrive was taken away on the road.
        Some(_) => Err(Refusal::Mismatch),
        None => Ok(()),
    }
}

/// The signature the request has to have.
fn signature(
    planted: Planted,
    request: &Incoming<'_>,
    presented: &Presented,
    key: &Key,
    at: u64,
) -> Result<String, Refusal> {
    let mismatch = |_: ()| Refusal::Mismatch;
    let mut settings = SigningSettings::default();
    settings.excluded_headers = None;
    if mistaken!(planted, PathEncodedOnce) {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
    }
    let mut query = presented.query.clone();
    if mistaken!(planted, QueryLeftOutOfSignature) {
        query.clear();
    }
    let mut adds = vec!["x-amz-date", "x-amz-security-token"];
    if let Some(lasts) = presented.lasts {
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(lasts));
        adds.clear();
    }
    if !query.is_empty() {
        query.insert(0, '?');
    }
    let mut headers = Vec::new();
    for name in &presented.signed {
        if adds.contains(&name.as_str()) {
            continue;
        }
        for value in request.headers.get_all(name) {
            let value = std::str::from_utf8(value.as_bytes()).map_err(|_| Refusal::Mismatch)?;
            headers.push((name.as_str(), value));
        }
    }
    let secret = key.secret.reveal();
    let mut token = presented.token.clone();
    if mistaken!(planted, TokenLeftOutOfSignature) {
        token = None;
    }
    let identity = Credentials::new(&presented.key_id, secret, token, None, "request").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(&presented.region)
        .name(&presented.service)
        .time(SystemTime::UNIX_EPOCH + Duration::from_secs(at))
        .settings(settings)
        .build()
        .map_err(|_| mismatch(()))?
        .into();
    let uri = format!("http://localhost{}{query}", request.path);
    let body = payload(planted, request)?;
    let signable = SignableRequest::new(request.method, uri, headers.into_iter(), body)
        .map_err(|_| mismatch(()))?;
    let output = sign(signable, &params).map_err(|_| mismatch(()))?;
    Ok(output.signature().to_owned())
}

/// What of the body is signed: the request may say nothing of it; what it says about it has to be true.
fn payload<'r>(planted: Planted, request: &Incoming<'r>) -> Result<SignableBody<'r>, Refusal> {
    let Some(value) = request.headers.get("x-amz-content-sha256") else {
        return Ok(SignableBody::Bytes(request.body));
    };
    let value = value.as_bytes();
    if value == UNSIGNED.as_bytes() {
        return Ok(SignableBody::UnsignedPayload);
    }
    if mistaken!(planted, BodyHashNotChecked) {
        let claimed = String::from_utf8_lossy(value).into_owned();
        return Ok(SignableBody::Precomputed(claimed));
    }
    let actual = presented::sha256(request.body);
    if same(actual.as_bytes(), value) {
        return Ok(SignableBody::Bytes(request.body));
    }
    Err(Refusal::Mismatch)
}
