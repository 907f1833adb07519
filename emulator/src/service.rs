//! The services: a request goes in, an answer comes out. Nothing here knows of sockets.

mod admin;
pub mod agentcore;
mod denial;
mod iam;
mod query;
mod sts;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use percent_encoding::percent_decode_str;
use veriam_evaluator::{CallError, Operation, World};
use veriam_model::{
    Call, Caller, Context, ControlOperation, ControlRequest, ControlTarget, Outcome, Path, Request,
    Tags,
};

use crate::auth::sigv4::{self, Scope};
use crate::auth::{Credentials, Incoming, Key, Refusal, credentials};
use crate::settings::{Planted, mistaken};
use crate::state::State;
use crate::wire::{Answer, Fault, Protocol};

/// A clock: seconds since 1970.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The state with a lock and a clock: everything the services need.
pub struct Core {
    state: RwLock<State>,
    clock: Clock,
    planted: Planted,
}

/// A request on its way through the services.
pub struct Asked<'r> {
    /// As it arrived.
    pub incoming: Incoming<'r>,
    /// Its path without the prefix that says which way it came, percent-encoded.
    pub path: &'r str,
    /// The way it came.
    pub from: Path,
    /// When it came, in seconds since 1970: by the clock of its base URL, else that of the emulator.
    pub now: u64,
    /// The id its answer carries.
    pub request_id: &'r str,
    /// The known bug it is answered with.
    pub(crate) planted: Planted,
}

impl Core {
    /// A state and a clock.
    #[must_use]
    pub fn new(state: State, clock: Clock) -> Self {
        Self {
            state: RwLock::new(state),
            clock,
            planted: Planted::default(),
        }
    }

    /// The same with a known bug, or without one.
    #[cfg(feature = "planted-mistakes")]
    #[must_use]
    pub fn with_mistake(mut self, mistake: Option<crate::planted::Mistake>) -> Self {
        self.planted = Planted { mistake };
        self
    }

    /// The state, to read.
    pub fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, to change.
    pub fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request. `peer` is the address it came from.
    #[must_use]
    pub fn answer(&self, incoming: Incoming<'_>, peer: IpAddr, request_id: &str) -> Answer {
        let mut now = (self.clock)();
        let mut path = incoming.path;
        let mut from = Path::Internet {
            address: peer.to_canonical().to_string(),
        };
        if !sigv4::is_plain(path) {
            let fault = Fault::new(
                400,
                "ValidationException",
                "The path of the request is not in plain form.",
            );
            return Answer::fault(&fault, Protocol::Rest, request_id);
        }
        if path == "/healthz" {
            return Answer::json(200, &serde_json::json!({"status": "ok"}));
        }
        if let Some(route) = path.strip_prefix("/_veriam/") {
            let answered = admin::answer(self, &incoming, route, peer, now);
            return answered
                .unwrap_or_else(|fault| Answer::fault(&fault, Protocol::Rest, request_id));
        }
        if let Some((name, rest)) = path
            .strip_prefix("/via/")
            .and_then(|rest| rest.split_once('/'))
        {
            let Some(found) = self.read().way(name).cloned() else {
                let fault = Fault::new(
                    404,
                    "UnknownOperationException",
                    "No such path is configured.",
                );
                return Answer::fault(&fault, Protocol::Rest, request_id);
            };
            from = found.path;
            now = found.at.unwrap_or(now);
            // One byte before the rest stands the slash it begins with.
            path = path.get(path.len() - rest.len() - 1..).unwrap_or("/");
        }
        if let Path::Internet { address } = &mut from
            && mistaken!(self.planted, SourceAddressIsLoopback)
        {
            "127.0.0.1".clone_into(address);
        }
        let asked = Asked {
            incoming,
            path,
            from,
            now,
            request_id,
            planted: self.planted,
        };
        if path == "/" && incoming.method == "POST" {
            return query::answer(self, &asked);
        }
        let answered = agentcore::answer(self, &asked);
        answered.unwrap_or_else(|fault| Answer::fault(&fault, Protocol::Rest, request_id))
    }

    /// The key a request was signed with.
    ///
    /// # Errors
    /// [`Refusal`] when nobody known did, or not for this service.
    pub fn signer(&self, asked: &Asked<'_>, service: &str) -> Result<Key, Refusal> {
        match credentials(&asked.incoming) {
            Credentials::Signature => {}
            Credentials::Nothing | Credentials::Bearer(_) => return Err(Refusal::Missing),
            Credentials::Unknown => {
                return Err(Refusal::Incomplete(
                    "The request is not signed in a way that is known.".to_owned(),
                ));
            }
        }
        let state = self.read();
        let home = state.world().region.clone();
        let home = home.as_str();
        // IAM and STS have global endpoints in that region, which clients fall back to.
        let regions: &[&str] = match service {
            "bedrock-agentcore" => &[home],
            _ => &[home, "us-east-1"],
        };
        let key = sigv4::verify_with(
            self.planted,
            &asked.incoming,
            Scope { service, regions },
            asked.now,
            |id| state.key(id),
        )?;
        let known = state.knows(&key.caller);
        drop(state);
        if let (false, Caller::Root(root)) = (known, &key.caller) {
            self.write().ensure_account(&root.account);
        }
        Ok(key)
    }

    /// Decides a call.
    ///
    /// # Errors
    /// A fault that says why it cannot be decided: it names what is not there, or a session policy is invalid.
    pub fn decide(
        &self,
        asked: &Asked<'_>,
        caller: &Caller,
        request: Request,
    ) -> Result<Outcome, Fault> {
        let judge = self.judge()?;
        let call = call(asked, caller, request);
        #[cfg(feature = "planted-mistakes")]
        let (judge, call) = self.with_planted(judge, call)?;
        judge.decide(&call).map_err(undecided)
    }

    /// Decides an operation of the control plane that no request of the model stands for.
    ///
    /// # Errors
    /// As [`Core::decide`].
    pub fn decide_operation(
        &self,
        asked: &Asked<'_>,
        caller: &Caller,
        operation: &Operation<'_>,
    ) -> Result<Outcome, Fault> {
        // What the call itself asks for does not count, but it has to ask for something.
        let request = Request::Control(ControlRequest {
            operation: ControlOperation::ListAgentRuntimes,
            on: ControlTarget::Nothing,
            role: None,
            settings: Context::new(),
            tags: Tags::new(),
        });
        let judge = self.judge()?;
        judge
            .decide_operation(&call(asked, caller, request), operation)
            .map_err(undecided)
    }

    fn judge(&self) -> Result<Arc<World>, Fault> {
        let judge = self.read().judge();
        judge.map_err(|e| Fault::new(500, "InternalServerException", e.to_string()))
    }
}

fn call(asked: &Asked<'_>, caller: &Caller, request: Request) -> Call {
    let agent = asked.header("user-agent").filter(|agent| !agent.is_empty());
    Call {
        caller: caller.clone(),
        request,
        from: asked.from.clone(),
        at: asked.now,
        user_agent: agent.unwrap_or("-").to_owned(),
    }
}

fn undecided(error: CallError) -> Fault {
    let message = match error {
        CallError::Malformed(malformed) => malformed.to_string(),
        CallError::InvalidPolicy { .. } => error.to_string(),
    };
    Fault::new(400, "ValidationException", message)
}

#[cfg(feature = "planted-mistakes")]
impl Core {
    /// The call, and what decides it, as the known bug makes them.
    fn with_planted(
        &self,
        judge: Arc<veriam_evaluator::World>,
        call: Call,
    ) -> Result<(Arc<veriam_evaluator::World>, Call), Fault> {
        use crate::planted::change;
        let call = change::call(call, self.planted.mistake);
        let changed = change::judge(self.read().world(), &call, self.planted.mistake)
            .map_err(|e| Fault::new(500, "InternalServerException", e.to_string()))?;
        Ok((changed.map_or(judge, Arc::new), call))
    }
}

impl Asked<'_> {
    /// The pairs of the query, decoded; of a repeated name the first.
    #[must_use]
    pub fn query(&self) -> BTreeMap<String, String> {
        let mut pairs = BTreeMap::new();
        for pair in self
            .incoming
            .query
            .split('&')
            .filter(|pair| !pair.is_empty())
        {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let text = |part| percent_decode_str(part).decode_utf8_lossy().into_owned();
            pairs.entry(text(name)).or_insert_with(|| text(value));
        }
        pairs
    }

    /// Every value of a name of the query, decoded.
    #[must_use]
    pub fn query_values(&self, name: &str) -> Vec<String> {
        let pairs = self.incoming.query.split('&');
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let text = |part| percent_decode_str(part).decode_utf8_lossy().into_owned();
        pairs
            .filter(|(sent, _)| text(sent) == name)
            .map(|(_, value)| text(value))
            .collect()
    }

    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.incoming.headers.get(name)?.to_str().ok()
    }
}

/// The account of a caller who signs.
fn account(caller: &Caller) -> Option<&str> {
    match caller {
        Caller::User(caller) => Some(&caller.account),
        Caller::Session(caller) => Some(&caller.account),
        Caller::Root(caller) => Some(&caller.account),
        Caller::Federated(caller) => Some(&caller.account),
        Caller::Service(_) | Caller::Jwt(_) | Caller::Anonymous => None,
    }
}
