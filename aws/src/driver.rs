//! The driver: it stages, calls, and takes down, for one server and one world at a time.

use std::io;

use tokio::runtime::Runtime;
use veriam_model::{
    Call, CallCase, Caller, ControlOperation, HarnessOperation, MemoryOperation, Path, Request,
    World,
};

use crate::connection::{Connection, Patience};
use crate::needed::needed;
use crate::observe::{Observed, of_call};
use crate::raw::Broken;
use crate::request::{Unsent, fill, send};
use crate::server::Server;
use crate::session::{Base, Session};
use crate::stage::{Stage, Unstaged};

/// Drives one server. Worlds follow each other: who wants several at a time takes several servers.
#[derive(Debug)]
pub struct Driver {
    pub(crate) runtime: Runtime,
    pub(crate) server: Server,
}

/// Why there is no driver.
#[derive(Debug)]
pub enum DriveError {
    /// The system does not let it run.
    System(io::Error),
    /// Nobody answers there.
    Unreachable(Broken),
}

impl std::fmt::Display for DriveError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DriveError::System(error) => write!(f, "cannot start a client: {error}"),
            DriveError::Unreachable(broken) => {
                write!(f, "{broken}; start the emulator, or name another address")
            }
        }
    }
}

impl std::error::Error for DriveError {}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The case as it really was, where it was asked.
    pub effective: Option<CallCase>,
    /// What was seen.
    pub observed: Observed,
}

impl Driver {
    /// A driver of the server at `url`.
    ///
    /// # Errors
    /// [`DriveError`] when nobody answers there.
    pub fn new(url: &str, patience: Patience) -> Result<Self, DriveError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(DriveError::System)?;
        let connection = Connection::new(url, patience);
        let server = runtime
            .block_on(Server::find(connection))
            .map_err(DriveError::Unreachable)?;
        Ok(Self { runtime, server })
    }

    /// Whether the server has the admin route of our emulator.
    #[must_use]
    pub const fn has_admin(&self) -> bool {
        self.server.admin.is_some()
    }

    /// Makes some calls in one world, and tells what became of each, in order.
    #[must_use]
    pub fn calls(&self, world: &World, calls: &[&Call]) -> Vec<Seen> {
        self.runtime.block_on(self.ask(world, calls))
    }

    async fn ask(&self, world: &World, calls: &[&Call]) -> Vec<Seen> {
        let mut seen: Vec<Option<Seen>> = calls.iter().map(|_| None).collect();
        // What changes the world comes last, and each of those needs the world as it was.
        let mut asked = Vec::with_capacity(calls.len());
        for (i, call) in calls.iter().enumerate() {
            match self.cannot(world, call) {
                Some(why) => {
                    if let Some(place) = seen.get_mut(i) {
                        *place = Some(untold(Observed::Unsupported(why)));
                    }
                }
                None => asked.push(i),
            }
        }
        let (changing, quiet): (Vec<usize>, Vec<usize>) = asked
            .into_iter()
            .partition(|&i| calls.get(i).is_some_and(|call| changes(&call.request)));
        let rounds = std::iter::once(quiet).chain(changing.into_iter().map(|i| vec![i]));
        for round in rounds.filter(|round| !round.is_empty()) {
            let asked: Vec<&Call> = round
                .iter()
                .filter_map(|&i| calls.get(i).copied())
                .collect();
            for (i, told) in round.into_iter().zip(self.round(world, &asked).await) {
                if let Some(place) = seen.get_mut(i) {
                    *place = Some(told);
                }
            }
        }
        let lost = || untold(Observed::Failed("the driver lost a call".to_owned()));
        seen.into_iter()
            .map(|told| told.unwrap_or_else(lost))
            .collect()
    }

    /// Why a call cannot be asked, where that shows at once.
    fn cannot(&self, world: &World, call: &Call) -> Option<String> {
        match self.server.admin {
            Some(_) => None,
            None => self.server.cannot(world, call),
        }
    }

    async fn round(&self, world: &World, calls: &[&Call]) -> Vec<Seen> {
        let made = match self.server.admin {
            Some(_) => Stage::make(&self.server, world, calls).await,
            None => Stage::make(&self.server, &needed(world, calls), calls).await,
        };
        let mut stage = match made {
            Ok(stage) => stage,
            Err(why) => {
                if let Unstaged::Unsupported(why) = &why {
                    self.server.lacks(why);
                }
                // What one call needs may keep the others from being asked.
                if let (None, Unstaged::Unsupported(_), 2..) =
                    (&self.server.admin, &why, calls.len())
                {
                    let mut seen = Vec::with_capacity(calls.len());
                    for call in calls {
                        seen.extend(Box::pin(self.round(world, &[*call])).await);
                    }
                    return seen;
                }
                return calls
                    .iter()
                    .map(|_| untold(unstaged(why.clone())))
                    .collect();
            }
        };
        // What was changed need not count everywhere at once.
        let settling = self.server.connection.patience.settling;
        if !settling.is_zero() {
            tokio::time::sleep(settling).await;
        }
        let mut seen = Vec::with_capacity(calls.len());
        for (number, call) in calls.iter().enumerate() {
            let made = self.call(&stage, call, number).await;
            seen.push(made.unwrap_or_else(|why| untold(unstaged(why))));
        }
        stage.take_down().await;
        seen
    }

    async fn call(&self, stage: &Stage<'_>, drawn: &Call, number: usize) -> Result<Seen, Unstaged> {
        let acting = match stage.acting.get(number) {
            Some(acting) => acting.clone()?,
            None => return Err(Unstaged::Broken("the driver lost a caller".to_owned())),
        };
        let (base, from, at) = self.way(&stage.world, drawn, number).await?;
        let mut request = drawn.request.clone();
        let name = |id: &str| stage.name_of(id).to_owned();
        let text = |text: &str| stage.text_of(text).unwrap_or_else(|| text.to_owned());
        request_names(&mut request, name, text);
        fill(&mut request);
        let call = Call {
            caller: acting.caller,
            request,
            from,
            at,
            user_agent: drawn.user_agent.clone(),
        };
        let agent = Some(call.user_agent.as_str());
        let session = Session::new(&self.server.connection, base, acting.proof, agent);
        let observed = match send(&stage.world, &call, &session).await {
            Ok(raw) => of_call(&stage.world, &call, &raw),
            Err(Unsent::Unsupported(why)) => return Err(Unstaged::Unsupported(why)),
            Err(Unsent::Broken(broken)) => Observed::Unanswered(broken.to_string()),
        };
        let world = stage.world.clone();
        Ok(Seen {
            effective: Some(CallCase { world, call }),
            observed,
        })
    }

    /// The way a call takes, and when: as drawn where the server can be told so.
    async fn way(
        &self,
        world: &World,
        drawn: &Call,
        number: usize,
    ) -> Result<(Base, Path, u64), Unstaged> {
        if let Some(admin) = &self.server.admin {
            let name = format!("call-{number}");
            let base = admin
                .base(&name, &drawn.from, drawn.at, &world.region)
                .await?;
            return Ok((base, drawn.from.clone(), drawn.at));
        }
        Ok((self.server.base(&world.region), here(), now()))
    }
}

/// The way requests take to a server that nobody can tell another.
pub(crate) fn here() -> Path {
    Path::Internet {
        address: "127.0.0.1".to_owned(),
    }
}

/// What becomes of a case on a server without an admin route, but for the names and ids it chooses.
#[must_use]
pub fn foreseen(case: &CallCase) -> CallCase {
    let now = now();
    let mut world = needed(&case.world, &[&case.call]);
    for account in &mut world.accounts {
        account.organization = None;
    }
    let mut call = case.call.clone();
    (call.at, call.from) = (now, here());
    fill(&mut call.request);
    let token = match &mut call.caller {
        Caller::User(user) => user.token.as_mut(),
        Caller::Session(session) => Some(&mut session.token),
        Caller::Federated(session) => Some(&mut session.token),
        _ => None,
    };
    if let Some(token) = token {
        token.issued = now;
        token.mfa = token.mfa.map(|_| now);
    }
    CallCase { world, call }
}

/// The time, in seconds since 1970.
pub(crate) fn now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| since.as_secs())
}

fn untold(observed: Observed) -> Seen {
    Seen {
        effective: None,
        observed,
    }
}

pub(crate) fn unstaged(why: Unstaged) -> Observed {
    match why {
        Unstaged::Unsupported(why) => Observed::Unsupported(why),
        Unstaged::Unanswered(how) => Observed::Unanswered(how),
        Unstaged::Broken(how) => Observed::Failed(format!("while staging: {how}")),
    }
}

/// Whether a request changes what others are decided by, when it is allowed.
fn changes(request: &Request) -> bool {
    match request {
        Request::Control(request) => {
            let reads = ["Get", "List"];
            let name = ControlOperation::name(request.operation);
            !reads.iter().any(|verb| name.starts_with(verb))
        }
        Request::Harness(request) => !matches!(
            request.operation,
            HarnessOperation::GetHarness
                | HarnessOperation::ListHarnesses
                | HarnessOperation::ListHarnessVersions
                | HarnessOperation::GetHarnessEndpoint
                | HarnessOperation::ListHarnessEndpoints
                | HarnessOperation::InvokeHarness
                | HarnessOperation::InvokeAgentRuntimeCommand
                | HarnessOperation::InvokeAgentRuntimeCommandShell
        ),
        Request::Memory(request) => matches!(
            request.operation,
            MemoryOperation::DeleteMemory | MemoryOperation::UpdateMemory
        ),
        Request::Runtime(_)
        | Request::Gateway(_)
        | Request::Tool(_)
        | Request::Identity(_)
        | Request::AssumeRole(_)
        | Request::Other(_) => false,
    }
}

/// Puts other names into a request.
fn request_names(
    request: &mut Request,
    name: impl Fn(&str) -> String,
    text: impl Fn(&str) -> String,
) {
    use veriam_model::ControlTarget as On;
    let set = |id: &mut String| *id = name(id);
    match request {
        Request::Runtime(request) => set(&mut request.runtime),
        Request::Gateway(request) => set(&mut request.gateway),
        Request::Memory(request) => set(&mut request.memory),
        Request::Harness(request) => request.harness.iter_mut().for_each(set),
        Request::Tool(request) => request.tool.iter_mut().for_each(set),
        Request::Control(request) => match &mut request.on {
            On::Runtime(id) | On::Gateway(id) | On::Memory(id) | On::Tool(id) => set(id),
            On::RuntimeEndpoint { runtime, .. } => set(runtime),
            On::Nothing => {}
        },
        Request::Other(request) => request.resource = text(&request.resource),
        Request::Identity(_) | Request::AssumeRole(_) => {}
    }
}
