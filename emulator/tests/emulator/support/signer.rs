//! Signatures of version 4 by hand, from AWS's description: a signer, and a verifier that shares nothing with the library.
//!
//! https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// A request as bytes on the wire, headers in order.
#[derive(Clone, Debug)]
pub struct Raw {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Who signs, for what, when.
#[derive(Clone, Debug)]
pub struct Signing<'s> {
    pub key_id: &'s str,
    pub secret: &'s str,
    pub token: Option<&'s str>,
    pub region: &'s str,
    pub service: &'s str,
    /// `YYYYMMDDTHHMMSSZ`
    pub time: &'s str,
}

pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

pub fn sha256(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Percent-encodes everything but the unreserved characters, and `/` where `slash` says so.
pub fn encode(text: &[u8], slash: bool) -> String {
    let kept = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b) || (slash && b == b'/');
    text.iter()
        .map(|&b| {
            if kept(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(b) = bytes.next() {
        if b == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            if !digits.iter().all(u8::is_ascii_hexdigit) {
                return None;
            }
            out.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            out.push(b);
        }
    }
    Some(out)
}

fn canonical_query(query: &str) -> Option<String> {
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|p| !p.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        pairs.push((
            encode(&decode(name)?, false),
            encode(&decode(value)?, false),
        ));
    }
    pairs.sort();
    let pairs: Vec<String> = pairs.into_iter().map(|(n, v)| format!("{n}={v}")).collect();
    Some(pairs.join("&"))
}

/// The signature over a request with those signed headers (sorted), without `X-Amz-Signature` in its query.
fn signature(
    raw: &Raw,
    query: &str,
    signed: &[&str],
    payload: &str,
    s: &Signing<'_>,
) -> Option<String> {
    let mut headers = String::new();
    for name in signed {
        let values: Vec<String> = raw
            .headers
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| {
                v.split(' ')
                    .filter(|w| !w.is_empty())
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect();
        if values.is_empty() {
            return None;
        }
        headers += &format!("{name}:{}\n", values.join(","));
    }
    let canonical = format!(
        "{}\n{}\n{}\n{headers}\n{}\n{payload}",
        raw.method,
        // The path is encoded once on the wire and once more here.
        encode(raw.path.as_bytes(), true),
        canonical_query(query)?,
        signed.join(";"),
    );
    let date = s.time.get(..8)?;
    let scope = format!("{date}/{}/{}/aws4_request", s.region, s.service);
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
        s.time,
        sha256(canonical.as_bytes())
    );
    let key = hmac(format!("AWS4{}", s.secret).as_bytes(), date);
    let key = hmac(&hmac(&hmac(&key, s.region), s.service), "aws4_request");
    Some(hex(hmac(&key, &to_sign)))
}

/// Signs in the header `Authorization`; the request must have a `host` header.
pub fn sign(raw: &mut Raw, s: &Signing<'_>) {
    raw.headers.push(("x-amz-date".into(), s.time.into()));
    if let Some(token) = s.token {
        raw.headers
            .push(("x-amz-security-token".into(), token.into()));
    }
    let mut names: Vec<String> = raw
        .headers
        .iter()
        .map(|(n, _)| n.to_ascii_lowercase())
        .collect();
    names.sort();
    names.dedup();
    let signed: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|n| *n != "user-agent")
        .collect();
    let payload = payload(raw);
    let query = raw.query.clone();
    let signature = signature(raw, &query, &signed, &payload, s).unwrap();
    let date = &s.time[..8];
    let value = format!(
        "AWS4-HMAC-SHA256 Credential={}/{date}/{}/{}/aws4_request, SignedHeaders={}, Signature={signature}",
        s.key_id,
        s.region,
        s.service,
        signed.join(";")
    );
    raw.headers.push(("authorization".into(), value));
}

/// Signs in the query, `host` only.
pub fn presign(raw: &mut Raw, s: &Signing<'_>, lasts: u64) {
    let date = &s.time[..8];
    let credential = format!(
        "{}/{date}/{}/{}/aws4_request",
        s.key_id, s.region, s.service
    );
    let mut add = |name: &str, value: &str| {
        if !raw.query.is_empty() {
            raw.query.push('&');
        }
        raw.query += &format!("{name}={}", encode(value.as_bytes(), false));
    };
    add("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
    add("X-Amz-Credential", &credential);
    add("X-Amz-Date", s.time);
    add("X-Amz-Expires", &lasts.to_string());
    if let Some(token) = s.token {
        add("X-Amz-Security-Token", token);
    }
    add("X-Amz-SignedHeaders", "host");
    let query = raw.query.clone();
    let signature = signature(raw, &query, &["host"], &payload(raw), s).unwrap();
    raw.query += &format!("&X-Amz-Signature={signature}");
}

fn payload(raw: &Raw) -> String {
    let sent = raw
        .headers
        .iter()
        .find(|(n, _)| n.eq_ignore_ascii_case("x-amz-content-sha256"));
    match sent {
        Some((_, value)) => value.clone(),
        None => sha256(&raw.body),
    }
}

/// Whether a request is one that the holder of the key signed: the independent judgement. Strict: what it accepts, the
/// emulator may accept too.
pub fn accepts(raw: &Raw, s: &Signing<'_>) -> bool {
    verdict(raw, s).unwrap_or(false)
}

fn verdict(raw: &Raw, s: &Signing<'_>) -> Option<bool> {
    let one = |name: &str| {
        let mut found = raw
            .headers
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name));
        let (first, second) = (found.next(), found.next());
        if second.is_some() {
            None
        } else {
            first.map(|(_, v)| v.as_str())
        }
    };
    if let Some(claimed) = one("x-amz-content-sha256")
        && claimed != "UNSIGNED-PAYLOAD"
        && claimed != sha256(&raw.body)
    {
        return Some(false);
    }
    let date = &s.time[..8];
    let credential = format!(
        "{}/{date}/{}/{}/aws4_request",
        s.key_id, s.region, s.service
    );
    let (signed, sent, query) = if let Some(value) = one("authorization") {
        let mut parts = std::collections::BTreeMap::new();
        for part in value.strip_prefix("AWS4-HMAC-SHA256 ")?.split(',') {
            let (name, value) = part.trim_matches(' ').split_once('=')?;
            parts.insert(name, value);
        }
        let token_fits = one("x-amz-security-token") == s.token;
        if *parts.get("Credential")? != credential || one("x-amz-date")? != s.time || !token_fits {
            return Some(false);
        }
        let signed: Vec<String> = parts
            .get("SignedHeaders")?
            .split(';')
            .map(str::to_owned)
            .collect();
        (
            signed,
            (*parts.get("Signature")?).to_owned(),
            raw.query.clone(),
        )
    } else {
        let mut kept = Vec::new();
        let mut parts = std::collections::BTreeMap::new();
        for pair in raw.query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = String::from_utf8(decode(name)?).ok()?;
            let value = String::from_utf8(decode(value)?).ok()?;
            if name != "X-Amz-Signature" {
                kept.push(pair);
            }
            parts.insert(name, value);
        }
        let token = parts.get("X-Amz-Security-Token").map(String::as_str);
        if *parts.get("X-Amz-Credential")? != credential
            || parts.get("X-Amz-Date")? != s.time
            || token != s.token
            || parts.get("X-Amz-Algorithm")? != "AWS4-HMAC-SHA256"
        {
            return Some(false);
        }
        let signed = parts
            .get("X-Amz-SignedHeaders")?
            .split(';')
            .map(str::to_owned)
            .collect();
        (
            signed,
            parts.get("X-Amz-Signature")?.clone(),
            kept.join("&"),
        )
    };
    let amz = |n: &str| n.starts_with("x-amz-");
    let names: Vec<String> = raw
        .headers
        .iter()
        .map(|(n, _)| n.to_ascii_lowercase())
        .collect();
    let covered = names.iter().filter(|n| amz(n)).all(|n| signed.contains(n));
    if !covered || !signed.iter().any(|n| n == "host") {
        return Some(false);
    }
    let signed: Vec<&str> = signed.iter().map(String::as_str).collect();
    Some(signature(raw, &query, &signed, &payload(raw), s)? == sent)
}
