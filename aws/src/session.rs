//! A session: the clients that send requests as one principal, by one way, at one time.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use aws_sdk_bedrockagentcore as core;
use aws_sdk_bedrockagentcorecontrol as control;
use aws_sdk_iam as iam;
use aws_sdk_sts as sts;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::{SharedTimeSource, StaticTimeSource, SystemTimeSource};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use crate::connection::{Answer, Connection, Plain};
use crate::raw::Broken;

/// An access key.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key id.
    pub key_id: String,
    /// The secret access key.
    pub secret: String,
    /// The session token, of temporary credentials.
    pub token: Option<String>,
}

impl std::fmt::Debug for Credentials {
    /// Without the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// How a caller proves who it is.
#[derive(Clone, PartialEq, Eq)]
pub enum Proof {
    /// A signature with an access key.
    Key(Credentials),
    /// A bearer token.
    Bearer(String),
    /// Nothing.
    Nothing,
}

impl std::fmt::Debug for Proof {
    /// Without the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Proof::Key(credentials) => credentials.fmt(f),
            Proof::Bearer(_) => f.write_str("Bearer"),
            Proof::Nothing => f.write_str("Nothing"),
        }
    }
}

/// Where requests go, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// What the paths are put behind, for example `http://127.0.0.1:4600/via/vpc`.
    pub url: String,
    /// The region they are signed for.
    pub region: String,
    /// The time they are signed at, in seconds since 1970; none: now.
    pub at: Option<u64>,
}

/// Sends requests as somebody.
#[derive(Clone, Debug)]
pub struct Session {
    connection: Connection,
    base: Base,
    proof: Proof,
    user_agent: Option<String>,
    core: OnceLock<core::Client>,
    control: OnceLock<control::Client>,
    iam: OnceLock<iam::Client>,
    sts: OnceLock<sts::Client>,
}

/// Makes the configuration of a client of one of the SDK crates, which look alike and have nothing in common.
macro_rules! config {
    ($crate_:ident, $session:expr) => {{
        let session = $session;
        let patience = &session.connection.patience;
        let config = $crate_::Config::builder()
            .behavior_version($crate_::config::BehaviorVersion::latest())
            .region($crate_::config::Region::new(session.base.region.clone()))
            .endpoint_url(&session.base.url)
            .http_client(session.connection.sdk.clone())
            .retry_config(patience.retries())
            .timeout_config(patience.timeouts())
            .sleep_impl(TokioSleep::new())
            .time_source(session.time())
            .stalled_stream_protection($crate_::config::StalledStreamProtectionConfig::disabled())
            .interceptor(session.headers());
        let config = match &session.proof {
            Proof::Key(key) => config.credentials_provider($crate_::config::Credentials::new(
                &key.key_id,
                &key.secret,
                key.token.clone(),
                None,
                "veriam",
            )),
            Proof::Bearer(_) | Proof::Nothing => config.allow_no_auth(),
        };
        $crate_::Client::from_conf(config.build())
    }};
}

impl Session {
    /// Sends requests to `base`, proving `proof`. Clients call themselves `user_agent`, or what the SDK is called.
    #[must_use]
    pub fn new(
        connection: &Connection,
        base: Base,
        proof: Proof,
        user_agent: Option<&str>,
    ) -> Self {
        Self {
            connection: connection.clone(),
            base,
            proof,
            user_agent: user_agent.map(str::to_owned),
            core: OnceLock::new(),
            control: OnceLock::new(),
            iam: OnceLock::new(),
            sts: OnceLock::new(),
        }
    }

    /// The region requests are signed for.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.base.region
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base.url
    }

    pub(crate) fn core(&self) -> &core::Client {
        self.core.get_or_init(|| config!(core, self))
    }

    pub(crate) fn control(&self) -> &control::Client {
        self.control.get_or_init(|| config!(control, self))
    }

    pub(crate) fn iam(&self) -> iam::Client {
        self.iam.get_or_init(|| config!(iam, self)).clone()
    }

    pub(crate) fn sts(&self) -> sts::Client {
        self.sts.get_or_init(|| config!(sts, self)).clone()
    }

    /// Sends a request that no operation of the SDK makes, signed for AgentCore where the caller signs. `path` is
    /// percent-encoded and may have a query.
    pub(crate) async fn plain(
        &self,
        method: &'static str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, Broken> {
        let mut request = Plain {
            method,
            url: format!("{}{path}", self.base.url),
            headers: Vec::new(),
            body,
        };
        let own = headers.iter().copied();
        let agent = self.user_agent.iter().map(|a| ("user-agent", a.as_str()));
        let all = own.chain(agent);
        let all = all.map(|(name, value)| (name.to_owned(), value.to_owned()));
        request.headers.extend(all);
        match &self.proof {
            Proof::Nothing => {}
            Proof::Bearer(token) => {
                let header = ("authorization".to_owned(), format!("Bearer {token}"));
                request.headers.push(header);
            }
            Proof::Key(key) => self.sign(&mut request, key, "bedrock-agentcore")?,
        }
        self.connection.plain(request).await
    }

    /// Sends a request to a service that takes JSON and is told by a header what for, as KMS and SQS are. Who does not sign
    /// is not answered there.
    pub(crate) async fn json(
        &self,
        service: &str,
        target: &str,
        body: &serde_json::Value,
    ) -> Result<Answer, Broken> {
        let version = if service == "sqs" { "1.0" } else { "1.1" };
        let mut request = Plain {
            method: "POST",
            url: format!("{}/", self.base.url),
            headers: vec![
                (
                    "content-type".to_owned(),
                    format!("application/x-amz-json-{version}"),
                ),
                ("x-amz-target".to_owned(), target.to_owned()),
            ],
            body: body.to_string().into_bytes(),
        };
        if let Some(agent) = &self.user_agent {
            request
                .headers
                .push(("user-agent".to_owned(), agent.clone()));
        }
        if let Proof::Key(key) = &self.proof {
            self.sign(&mut request, key, service)?;
        }
        self.connection.plain(request).await
    }

    fn sign(&self, request: &mut Plain, key: &Credentials, service: &str) -> Result<(), Broken> {
        let unmade = |error: &dyn std::error::Error| Broken::Unmade(error.to_string());
        let identity = aws_credential_types::Credentials::new(
            &key.key_id,
            &key.secret,
            key.token.clone(),
            None,
            "veriam",
        )
        .into();
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.base.region)
            .name(service)
            .time(self.time().now())
            .settings(settings)
            .build()
            .map_err(|error| unmade(&error))?;
        let headers = request.headers.iter();
        let headers = headers.map(|(name, value)| (name.as_str(), value.as_str()));
        let signable = SignableRequest::new(
            request.method,
            &request.url,
            headers,
            SignableBody::Bytes(&request.body),
        )
        .map_err(|error| unmade(&error))?;
        let signed = sign(signable, &parameters.into()).map_err(|error| unmade(&error))?;
        let (instructions, _) = signed.into_parts();
        let (headers, _) = instructions.into_parts();
        for header in headers {
            let pair = (header.name().to_owned(), header.value().to_owned());
            request.headers.push(pair);
        }
        Ok(())
    }

    fn time(&self) -> SharedTimeSource {
        match self.base.at {
            Some(at) => SharedTimeSource::new(StaticTimeSource::new(
                SystemTime::UNIX_EPOCH + Duration::from_secs(at),
            )),
            None => SharedTimeSource::new(SystemTimeSource::new()),
        }
    }

    fn headers(&self) -> Headers {
        Headers {
            user_agent: self.user_agent.clone(),
            bearer: match &self.proof {
                Proof::Bearer(token) => Some(format!("Bearer {token}")),
                Proof::Key(_) | Proof::Nothing => None,
            },
        }
    }
}

/// Headers that the SDK would not send so: set last, since none of them is signed.
#[derive(Clone)]
struct Headers {
    user_agent: Option<String>,
    bearer: Option<String>,
}

impl std::fmt::Debug for Headers {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Headers")
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Headers {
    fn name(&self) -> &'static str {
        "Headers"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let headers = context.request_mut().headers_mut();
        if let Some(agent) = &self.user_agent {
            headers.try_insert("user-agent", agent.clone())?;
        }
        if let Some(bearer) = &self.bearer {
            headers.try_insert("authorization", bearer.clone())?;
        }
        Ok(())
    }
}
