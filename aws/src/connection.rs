//! The way to a server: one HTTP client that keeps its connections, for the SDK and for what the SDK has no operation for.

use std::time::Duration;

use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::raw::{Broken, Raw};

/// How long things may take, how often they are tried again, and how long changes take to be seen everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How long one request may take, further attempts included.
    pub deadline: Duration,
    /// How often a request is tried in all when it is throttled or the server fails.
    pub attempts: u32,
    /// How long the service takes until what was changed counts everywhere; emulators take no time.
    pub settling: Duration,
}

impl Patience {
    /// For emulators: at once or not at all.
    #[must_use]
    pub const fn of_emulators(deadline: Duration) -> Self {
        Self {
            deadline,
            attempts: 1,
            settling: Duration::ZERO,
        }
    }

    pub(crate) fn retries(&self) -> RetryConfig {
        match self.attempts {
            0 | 1 => RetryConfig::disabled(),
            attempts => RetryConfig::standard().with_max_attempts(attempts),
        }
    }

    pub(crate) fn timeouts(&self) -> TimeoutConfig {
        TimeoutConfig::builder()
            .operation_timeout(self.deadline)
            .build()
    }
}

/// The way to a server.
#[derive(Clone, Debug)]
pub struct Connection {
    pub(crate) base: String,
    pub(crate) sdk: SharedHttpClient,
    pub(crate) patience: Patience,
    http: Client<HttpConnector, Full<Bytes>>,
}

/// A request that no operation of the SDK makes.
#[derive(Clone, Debug)]
pub(crate) struct Plain {
    pub(crate) method: &'static str,
    /// The whole URL.
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// The response to it.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) raw: Raw,
    pub(crate) body: Vec<u8>,
}

impl Connection {
    /// A way to a server whose address is `base`, for example `http://127.0.0.1:4566`. Connections are made when they are
    /// needed, and belong to the runtime that makes them.
    #[must_use]
    pub fn new(base: &str, patience: Patience) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self {
            base: base.trim_end_matches('/').to_owned(),
            sdk: http_client(),
            patience,
            http: Client::builder(TokioExecutor::new()).build(connector),
        }
    }

    /// The address of the server, without a slash at the end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    pub(crate) async fn plain(&self, request: Plain) -> Result<Answer, Broken> {
        let mut builder = hyper::Request::builder()
            .method(request.method)
            .uri(&request.url);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let body = Full::new(Bytes::from(request.body));
        let made = builder
            .body(body)
            .map_err(|error| Broken::Unmade(error.to_string()))?;
        let unanswered = |error: &dyn std::error::Error| Broken::Unanswered(error.to_string());
        let whole = async {
            let response = self.http.request(made).await;
            let response = response.map_err(|error| unanswered(&error))?;
            let status = response.status().as_u16();
            let code = response.headers().get("x-amzn-errortype");
            let code = code.and_then(|code| code.to_str().ok()).map(str::to_owned);
            // After an upgrade the connection speaks another protocol: nothing more of it is read.
            let body = match status {
                101 => Bytes::new(),
                _ => {
                    let collected = response.into_body().collect().await;
                    collected.map_err(|error| unanswered(&error))?.to_bytes()
                }
            };
            Ok(Answer {
                raw: Raw::of(status, code.as_deref(), &body),
                body: body.to_vec(),
            })
        };
        match tokio::time::timeout(self.patience.deadline, whole).await {
            Ok(answered) => answered,
            Err(_) => Err(Broken::Unanswered(format!(
                "not within {:?}",
                self.patience.deadline
            ))),
        }
    }
}

fn http_client() -> SharedHttpClient {
    Builder::new().build_http()
}
