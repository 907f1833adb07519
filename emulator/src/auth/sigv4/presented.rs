//! What a request says about its signature, read strictly.

use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};

use super::ALGORITHM;
use crate::auth::{Incoming, Refusal};

/// The parts of a signature, as they were sent.
pub(super) struct Presented {
    pub(super) key_id: String,
    pub(super) date: String,
    pub(super) region: String,
    pub(super) service: String,
    pub(super) terminator: String,
    /// The names of the signed headers, in ascending order.
    pub(super) signed: Vec<String>,
    pub(super) signature: String,
    /// `YYYYMMDDTHHMMSSZ`, not checked.
    pub(super) time: String,
    pub(super) token: Option<String>,
    /// Of a presigned request: how long it is valid, in seconds.
    pub(super) lasts: Option<u64>,
    /// The query without what belongs to the signature, `+` written as `%2B`.
    pub(super) query: String,
}

impl Presented {
    pub(super) fn read(request: &Incoming<'_>) -> Result<Self, Refusal> {
        let pairs = pairs(request.query)?;
        if super::is_presigned(request.query) {
            return Self::from_query(request, pairs);
        }
        let parts = Parts::read(header(request, "authorization")?.ok_or(Refusal::Missing)?)?;
        let Some(time) = header(request, "x-amz-date")? else {
            return Err(incomplete(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
            ));
        };
        let token = header(request, "x-amz-security-token")?;
        header(request, "x-amz-content-sha256")?;
        header(request, "host")?;
        let raw: Vec<String> = pairs.into_iter().map(|pair| pair.raw).collect();
        parts.with(time, token.map(str::to_owned), None, raw.join("&"))
    }

    fn from_query(request: &Incoming<'_>, pairs: Vec<Pair>) -> Result<Self, Refusal> {
        let mut found: [Option<String>; 7] = Default::default();
        let mut others = Vec::new();
        for pair in pairs {
            let Some(at) = PRESIGNED.iter().position(|name| *name == pair.name) else {
                others.push(pair.raw);
                continue;
            };
            let Some(place) = found.get_mut(at) else {
                continue;
            };
            if place.replace(pair.value).is_some() {
                return Err(incomplete(format!(
                    "AWS query-string parameter '{}' is given twice.",
                    pair.name
                )));
            }
        }
        let [
            algorithm,
            credential,
            time,
            expires,
            signed,
            signature,
            token,
        ] = found;
        if algorithm.as_deref() != Some(ALGORITHM) {
            return Err(incomplete(format!(
                "Unsupported AWS 'algorithm': '{}'.",
                algorithm.unwrap_or_default()
            )));
        }
        let needed = |value: Option<String>, name: &str| {
            let missing = || format!("AWS query-string parameters must include '{name}'.");
            value
                .filter(|v| !v.is_empty())
                .ok_or_else(|| incomplete(missing()))
        };
        let parts = Parts {
            credential: needed(credential, "X-Amz-Credential")?,
            signed: needed(signed, "X-Amz-SignedHeaders")?,
            signature: needed(signature, "X-Amz-Signature")?,
        };
        let time = needed(time, "X-Amz-Date")?;
        let expires = needed(expires, "X-Amz-Expires")?;
        let digits = expires.len() <= 6 && expires.bytes().all(|b| b.is_ascii_digit());
        let lasts = expires
            .parse()
            .ok()
            .filter(|l| digits && (1..=super::LONGEST).contains(l));
        let Some(lasts) = lasts.filter(|l: &u64| l.to_string() == expires) else {
            return Err(incomplete(
                "X-Amz-Expires must be a number of seconds from 1 to 604800.",
            ));
        };
        header(request, "x-amz-content-sha256")?;
        header(request, "host")?;
        parts.with(&time, token, Some(lasts), others.join("&"))
    }
}

const PRESIGNED: [&str; 7] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
    "X-Amz-Security-Token",
];

/// The three parts that both forms have.
struct Parts {
    credential: String,
    signed: String,
    signature: String,
}

impl Parts {
    /// Reads `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`, the parts in any order.
    fn read(authorization: &str) -> Result<Self, Refusal> {
        let rest = authorization.strip_prefix(ALGORITHM).unwrap_or_default();
        if !rest.starts_with(' ') {
            return Err(incomplete(format!(
                "'{authorization}' not a valid key=value pair (missing equal-sign) in \
                 Authorization header."
            )));
        }
        let (mut credential, mut signed, mut signature) = (None, None, None);
        for part in rest.split(',') {
            let part = part.trim_matches(' ');
            let Some((name, value)) = part.split_once('=') else {
                return Err(incomplete(format!(
                    "'{part}' not a valid key=value pair (missing equal-sign) in Authorization header."
                )));
            };
            let place = match name {
                "Credential" => &mut credential,
                "SignedHeaders" => &mut signed,
                "Signature" => &mut signature,
                _ => {
                    return Err(incomplete(format!(
                        "'{name}' is no parameter of the Authorization header."
                    )));
                }
            };
            if place.replace(value.to_owned()).is_some() {
                return Err(incomplete(format!(
                    "Authorization header has '{name}' twice."
                )));
            }
        }
        let needed = |value: Option<String>, name: &str| {
            let missing = || format!("Authorization header requires '{name}' parameter.");
            value
                .filter(|v| !v.is_empty())
                .ok_or_else(|| incomplete(missing()))
        };
        Ok(Self {
            credential: needed(credential, "Credential")?,
            signed: needed(signed, "SignedHeaders")?,
            signature: needed(signature, "Signature")?,
        })
    }

    fn with(
        self,
        time: &str,
        token: Option<String>,
        lasts: Option<u64>,
        query: String,
    ) -> Result<Presented, Refusal> {
        let mut scope = self.credential.split('/').map(str::to_owned);
        let parts = [
            scope.next(),
            scope.next(),
            scope.next(),
            scope.next(),
            scope.next(),
        ];
        let (
            [
                Some(key_id),
                Some(date),
                Some(region),
                Some(service),
                Some(terminator),
            ],
            None,
        ) = (parts, scope.next())
        else {
            return Err(incomplete(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.",
            ));
        };
        let signed: Vec<String> = self.signed.split(';').map(str::to_owned).collect();
        let ascends = signed.windows(2).all(|pair| match pair {
            [a, b] => a < b,
            _ => true,
        });
        let lower = signed
            .iter()
            .all(|name| !name.is_empty() && !name.bytes().any(|b| b.is_ascii_uppercase()));
        if !(ascends && lower) {
            return Err(incomplete(
                "SignedHeaders must be lower-case names of headers in ascending order, with ';' between them.",
            ));
        }
        Ok(Presented {
            key_id,
            date,
            region,
            service,
            terminator,
            signed,
            signature: self.signature,
            time: time.to_owned(),
            token,
            lasts,
            query,
        })
    }
}

/// One pair of a query.
struct Pair {
    /// The name, decoded.
    name: String,
    /// The value, decoded; empty without `=`.
    value: String,
    /// Both as they were sent, `+` written as `%2B`: a plus sign is a plus sign.
    raw: String,
}

fn pairs(query: &str) -> Result<Vec<Pair>, Refusal> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let read = pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some(Pair {
            name: decode(name)?,
            value: decode(value)?,
            raw: pair.replace('+', "%2B"),
        })
    });
    let read: Option<Vec<Pair>> = read.collect();
    read.ok_or_else(|| incomplete("The query is not percent-encoded UTF-8."))
}

/// Decodes `%41`; none where an escape is broken or the text is no UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut escapes = text.split('%');
    escapes.next();
    let whole = |escape: &str| {
        let digits = escape.as_bytes().get(..2);
        digits.is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit))
    };
    if !escapes.all(whole) {
        return None;
    }
    percent_decode_str(text).decode_utf8().ok().map(Into::into)
}

/// The value of a header that may be there once at most.
fn header<'r>(request: &Incoming<'r>, name: &str) -> Result<Option<&'r str>, Refusal> {
    let mut values = request.headers.get_all(name).iter();
    let (first, second) = (values.next(), values.next());
    if second.is_some() {
        return Err(incomplete(format!("The header '{name}' is given twice.")));
    }
    let Some(value) = first else { return Ok(None) };
    match value.to_str() {
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(incomplete(format!("The header '{name}' is not ASCII."))),
    }
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::digest(bytes);
    digest
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

fn incomplete(why: impl Into<String>) -> Refusal {
    Refusal::Incomplete(why.into())
}
