//! What came back: status, code and message of a response, as they stand on the wire.

use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

/// The response to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw {
    /// The HTTP status.
    pub status: u16,
    /// The code of an error, without namespace and address, where the response names one.
    pub code: Option<String>,
    /// The message of an error, where it has one.
    pub message: Option<String>,
}

/// Why there is no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The request cannot be made: no HTTP request can carry it.
    Unmade(String),
    /// Nobody answered, not in time or not in HTTP.
    Unanswered(String),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::Unmade(why) => write!(f, "no HTTP request can carry it: {why}"),
            Broken::Unanswered(why) => write!(f, "no answer: {why}"),
        }
    }
}

impl std::error::Error for Broken {}

impl Raw {
    /// A response with that status that is no error.
    #[must_use]
    pub const fn ok(status: u16) -> Self {
        Self {
            status,
            code: None,
            message: None,
        }
    }

    /// Whether the request was carried out. A WebSocket upgrade counts.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status < 300
    }

    /// A response from its parts. `code_header` is the header `x-amzn-errortype`; bodies are JSON, of REST and MCP, or the
    /// XML of the query protocol.
    #[must_use]
    pub fn of(status: u16, code_header: Option<&str>, body: &[u8]) -> Self {
        if status < 300 {
            return Self::ok(status);
        }
        let (of_body, message) = match serde_json::from_slice::<serde_json::Value>(body) {
            Ok(json) => of_json(&json),
            Err(_) => of_xml(&String::from_utf8_lossy(body)),
        };
        let code = code_header.map(str::to_owned).or(of_body);
        Self {
            status,
            code: code.as_deref().map(plain),
            message,
        }
    }

    /// The response that a result of the SDK stands for.
    ///
    /// # Errors
    /// [`Broken`] when there is none.
    pub fn from_sdk<O, E>(result: Result<O, SdkError<E, HttpResponse>>) -> Result<Self, Broken>
    where
        E: std::error::Error + 'static,
    {
        let told = |error: &(dyn std::error::Error + 'static)| {
            let mut text = error.to_string();
            let mut source = error.source();
            while let Some(error) = source {
                text = format!("{text}: {error}");
                source = error.source();
            }
            text
        };
        match result {
            Ok(_) => Ok(Self::ok(200)),
            Err(SdkError::ServiceError(error)) => Ok(Self::from_http(error.raw())),
            // What the SDK cannot read of a success does not matter here.
            Err(SdkError::ResponseError(error)) => Ok(Self::from_http(error.raw())),
            Err(error @ SdkError::ConstructionFailure(_)) => Err(Broken::Unmade(told(&error))),
            Err(error) => Err(Broken::Unanswered(told(&error))),
        }
    }

    fn from_http(response: &HttpResponse) -> Self {
        let code = response.headers().get("x-amzn-errortype");
        let body = response.body().bytes().unwrap_or_default();
        Self::of(response.status().as_u16(), code, body)
    }
}

/// A code without what may stand around it: `ns#Code` and `Code:http://…` are both `Code`.
fn plain(code: &str) -> String {
    let code = code.rsplit_once('#').map_or(code, |(_, code)| code);
    let code = code.split_once(':').map_or(code, |(code, _)| code);
    code.to_owned()
}

fn of_json(json: &serde_json::Value) -> (Option<String>, Option<String>) {
    let text = |names: &[&str]| {
        let mut values = names.iter().map(|name| json.get(name));
        let found = values.find_map(|value| value.and_then(serde_json::Value::as_str));
        found.map(str::to_owned)
    };
    let of_rpc = json.pointer("/error/message").and_then(|m| m.as_str());
    let message = text(&["message", "Message", "errorMessage"]);
    (
        text(&["__type", "code", "Code"]),
        message.or_else(|| of_rpc.map(str::to_owned)),
    )
}

fn of_xml(xml: &str) -> (Option<String>, Option<String>) {
    let leaf = |name: &str| {
        let (_, rest) = xml.split_once(&format!("<{name}>"))?;
        let (text, _) = rest.split_once(&format!("</{name}>"))?;
        let entities = [
            ("&quot;", "\""),
            ("&apos;", "'"),
            ("&#39;", "'"),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&amp;", "&"),
        ];
        let mut text = text.to_owned();
        for (entity, character) in entities {
            text = text.replace(entity, character);
        }
        Some(text)
    };
    (leaf("Code"), leaf("Message"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The header, the body, and the code and message they carry.
    type Row = (
        Option<&'static str>,
        &'static str,
        Option<&'static str>,
        Option<&'static str>,
    );

    #[test]
    fn codes_are_read_wherever_services_put_them() {
        let rows: [Row; 9] = [
            (
                Some("AccessDeniedException"),
                r#"{"message":"no"}"#,
                Some("AccessDeniedException"),
                Some("no"),
            ),
            (
                Some("AccessDeniedException:http://internal/"),
                r#"{"Message":"no"}"#,
                Some("AccessDeniedException"),
                Some("no"),
            ),
            (
                None,
                r#"{"__type":"com.amazon#ValidationException","message":"bad"}"#,
                Some("ValidationException"),
                Some("bad"),
            ),
            (
                None,
                r#"{"code":"ResourceNotFoundException"}"#,
                Some("ResourceNotFoundException"),
                None,
            ),
            (
                Some("AccessDeniedException"),
                "",
                Some("AccessDeniedException"),
                None,
            ),
            (
                None,
                "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>a &lt;b&gt; &amp;amp;</Message></Error></ErrorResponse>",
                Some("AccessDenied"),
                Some("a <b> &amp;"),
            ),
            (
                None,
                r#"{"jsonrpc":"2.0","error":{"code":-32002,"message":"no"}}"#,
                None,
                Some("no"),
            ),
            (None, "<html>", None, None),
            (None, "", None, None),
        ];
        for (header, body, code, message) in rows {
            let raw = Raw::of(403, header, body.as_bytes());
            assert_eq!(
                (raw.code.as_deref(), raw.message.as_deref()),
                (code, message),
                "{header:?} {body}"
            );
        }
    }

    #[test]
    fn a_success_is_no_error_whatever_its_headers_say() {
        let raw = Raw::of(200, Some("AccessDeniedException"), b"{\"message\":\"no\"}");
        assert!(raw.is_success());
        assert_eq!(raw.code, None);
        assert!(Raw::ok(101).is_success());
        assert!(!Raw::of(302, None, b"").is_success());
    }
}
