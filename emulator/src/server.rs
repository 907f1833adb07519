//! The server: sockets, limits, start and stop. What is answered is the business of [`crate::service`].

mod connection;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{Semaphore, watch};

use crate::Secret;
use crate::service::{Clock, Core};
use crate::state::State;

/// What cuts clients off that are slow, many or long-winded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of a body.
    pub body: usize,
    /// The most bytes of all bodies that are being read or answered at one time.
    pub bodies: usize,
    /// How long the headers of a request may take, the wait for them included.
    pub headers: Duration,
    /// How long the body of a request may take.
    pub body_time: Duration,
    /// How many connections there may be at one time; further ones wait.
    pub connections: usize,
    /// How long a WebSocket may say nothing.
    pub websocket: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 4 * 1024 * 1024,
            bodies: 256 * 1024 * 1024,
            headers: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            connections: 4_096,
            websocket: Duration::from_secs(60),
        }
    }
}

/// One line of the request log. Neither queries nor headers nor bodies are in it, since those can hold secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// The HTTP method.
    pub method: String,
    /// The path, percent-encoded as it was sent.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
    /// The code of the error, if it is one.
    pub code: Option<String>,
    /// How long it took to answer.
    pub took: Duration,
}

/// Who is told of each request.
pub type Log = Arc<dyn Fn(&Logged) + Send + Sync>;

/// How to start.
#[derive(Clone)]
pub struct Config {
    /// Where to listen; port 0 takes one that is free.
    pub listen: SocketAddr,
    /// The region.
    pub region: String,
    /// The secret of the access keys whose ids are account ids.
    pub bootstrap: Secret,
    /// The clock.
    pub clock: Clock,
    /// The limits.
    pub limits: Limits,
    /// The request log, if there is to be one.
    pub log: Option<Log>,
    /// How many threads serve requests.
    pub threads: usize,
    /// The known bug, if it is to have one.
    #[cfg(feature = "planted-mistakes")]
    pub mistake: Option<crate::planted::Mistake>,
}

impl Default for Config {
    /// A free port of the loopback, `us-west-2`, the secret `test`, the clock of the system.
    fn default() -> Self {
        let system = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            region: "us-west-2".to_owned(),
            bootstrap: Secret::new("test"),
            clock: Arc::new(move || system().map_or(0, |since| since.as_secs())),
            limits: Limits::default(),
            log: None,
            threads: 2,
            #[cfg(feature = "planted-mistakes")]
            mistake: None,
        }
    }
}

/// A running emulator. It stops when it is dropped.
pub struct Emulator {
    address: SocketAddr,
    core: Arc<Core>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Starts an emulator on threads of its own, and returns when it listens.
    ///
    /// # Errors
    /// What the system says when it cannot listen there or start a thread.
    pub fn start(config: Config) -> io::Result<Self> {
        let state = State::new(&config.region, config.bootstrap.clone());
        let core = Core::new(state, Arc::clone(&config.clock));
        #[cfg(feature = "planted-mistakes")]
        let core = core.with_mistake(config.mistake);
        let core = Arc::new(core);
        let (stop, stopped) = watch::channel(false);
        let (tell, told) = mpsc::channel();
        let serving = Arc::clone(&core);
        let thread = std::thread::Builder::new()
            .name("veriam-emulator".to_owned())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(config.threads.max(1))
                    .enable_io()
                    .enable_time()
                    .build();
                let runtime = match runtime {
                    Ok(runtime) => runtime,
                    Err(error) => return drop(tell.send(Err(error))),
                };
                runtime.block_on(async move {
                    let listener = listen(config.listen);
                    let listening =
                        listener.and_then(|l| l.local_addr().map(|address| (l, address)));
                    match listening {
                        Ok((listener, address)) => {
                            // Nobody waits any more if this fails: then there is nobody to serve either.
                            if tell.send(Ok(address)).is_ok() {
                                serve(listener, serving, config, stopped).await;
                            }
                        }
                        Err(error) => drop(tell.send(Err(error))),
                    }
                });
                runtime.shutdown_timeout(Duration::from_secs(1));
            })?;
        let ended = || io::Error::other("the emulator ended before it listened");
        let address = told.recv().map_err(|_| ended())??;
        Ok(Self {
            address,
            core,
            stop,
            thread: Some(thread),
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// State and services, for whoever runs it in the same process.
    #[must_use]
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// Stops: takes no more connections, finishes the requests that are being answered, and returns when that is done or
    /// a few seconds have passed.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // A panic of the server has been reported by its thread.
            let _ = thread.join();
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.end();
    }
}

/// How long requests that are being answered are waited for at the end.
const GRACE: Duration = Duration::from_secs(3);

/// How many connections the system keeps for us while we take none.
const QUEUE: u32 = 1_024;

/// Listens as [`TcpListener::bind`] does, with a longer queue: its 128 are few where hundreds of clients begin at once.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // On Windows this would let two programs listen on one address.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(QUEUE)
}

async fn serve(
    listener: TcpListener,
    core: Arc<Core>,
    config: Config,
    mut stopped: watch::Receiver<bool>,
) {
    let room = Arc::new(Semaphore::new(config.limits.connections));
    let all = u32::try_from(config.limits.connections).unwrap_or(u32::MAX);
    let server = Arc::new(connection::Server::new(core, config.limits, config.log));
    loop {
        let accepted = async {
            let permit = Arc::clone(&room).acquire_owned().await.ok()?;
            Some((listener.accept().await, permit))
        };
        let accepted = tokio::select! {
            accepted = accepted => accepted,
            _ = stopped.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Some((Ok((stream, peer)), permit)) => {
                let connection = connection::run(
                    Arc::clone(&server),
                    stream,
                    peer.ip(),
                    stopped.clone(),
                    permit,
                );
                tokio::spawn(connection);
            }
            // The system has no descriptors left, or the client is gone already.
            Some((Err(_), _)) => tokio::time::sleep(Duration::from_millis(20)).await,
            None => break,
        }
    }
    drop(listener);
    // Each connection holds a permit until it is over.
    let _ = tokio::time::timeout(GRACE, room.acquire_many(all)).await;
}
