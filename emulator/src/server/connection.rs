//! One connection: HTTP/1.1, one request after the other, and what becomes of it when it is upgraded.

use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderValue, Response, StatusCode, header, request::Parts};
use axum::response::IntoResponse;
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming as Stream};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;

use super::{Limits, Log, Logged};
use crate::auth::Incoming;
use crate::service::Core;
use crate::wire::{Answer, Fault, Protocol};

/// What all connections share.
pub(super) struct Server {
    core: Arc<Core>,
    limits: Limits,
    log: Option<Log>,
    /// One permit for each byte of a body there may be.
    bodies: Arc<Semaphore>,
    /// The ids of answers: a random half, and a number.
    seed: u64,
    next: AtomicU64,
}

/// The most bytes of the headers of a request.
const HEADERS: usize = 64 * 1024;
/// The most bytes of a message of a WebSocket.
const MESSAGE: usize = 64 * 1024;

impl Server {
    pub(super) fn new(core: Arc<Core>, limits: Limits, log: Option<Log>) -> Self {
        let seed = RandomState::new().hash_one(0);
        Self {
            core,
            limits,
            log,
            bodies: Arc::new(Semaphore::new(limits.bodies.min(Semaphore::MAX_PERMITS))),
            seed,
            next: AtomicU64::new(1),
        }
    }

    fn request_id(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!(
            "{:08x}-{:04x}-4000-8000-{number:012x}",
            self.seed >> 32,
            self.seed & 0xffff
        )
    }
}

/// Serves a connection until it ends, breaks a limit, or the server stops and the request at hand is answered.
pub(super) async fn run(
    server: Arc<Server>,
    stream: TcpStream,
    peer: IpAddr,
    mut stopped: watch::Receiver<bool>,
    permit: OwnedSemaphorePermit,
) {
    // Small answers are sent at once; where the system cannot, they are sent later.
    let _ = stream.set_nodelay(true);
    let permit = Arc::new(permit);
    let service = service_fn(|request: hyper::Request<Stream>| {
        let (server, permit) = (Arc::clone(&server), Arc::clone(&permit));
        let stopped = stopped.clone();
        async move { Ok::<_, Infallible>(respond(&server, request, peer, stopped, permit).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // A client that has said everything still hears the answer.
        .half_close(true)
        .header_read_timeout(server.limits.headers)
        .max_buf_size(HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let mut watching = stopped.clone();
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        _ = watching.wait_for(|stop| *stop) => None,
    };
    if ended.is_none() {
        connection.as_mut().graceful_shutdown();
        // A client that goes away in the middle is no error of ours.
        let _ = connection.await;
    }
    stopped.mark_unchanged();
}

async fn respond(
    server: &Arc<Server>,
    request: hyper::Request<Stream>,
    peer: IpAddr,
    stopped: watch::Receiver<bool>,
    permit: Arc<OwnedSemaphorePermit>,
) -> Response<Body> {
    let started = Instant::now();
    let (mut parts, body) = request.into_parts();
    let id = server.request_id();
    let answer = match read(server, body).await {
        Ok(Whole { bytes, _room }) => {
            let incoming = Incoming {
                method: parts.method.as_str(),
                path: parts.uri.path(),
                query: parts.uri.query().unwrap_or_default(),
                headers: &parts.headers,
                body: &bytes,
            };
            server.core.answer(incoming, peer, &id)
        }
        Err(fault) => Answer::fault(&fault, Protocol::Rest, &id),
    };
    let (answer, upgraded) = match answer.status {
        101 => upgrade(&mut parts, server.limits.websocket, stopped, permit, &id).await,
        _ => (answer, None),
    };
    if let Some(log) = &server.log {
        let code = answer
            .headers
            .iter()
            .find(|(name, _)| *name == "x-amzn-errortype");
        log(&Logged {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            status: answer.status,
            code: code.map(|(_, code)| code.clone()),
            took: started.elapsed(),
        });
    }
    let mut response = upgraded.unwrap_or_else(|| Response::new(Body::from(answer.body)));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers.into_iter().chain([("x-amzn-requestid", id)]) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    if matches!(answer.status, 408 | 413 | 503) {
        // What is left of the body is not read.
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// A whole body, and the room it takes up until it is dropped.
struct Whole {
    bytes: Vec<u8>,
    _room: Option<OwnedSemaphorePermit>,
}

/// The whole body, within the limits.
async fn read(server: &Server, body: Stream) -> Result<Whole, Fault> {
    let (most, announced) = (server.limits.body, body.size_hint().lower());
    // What says that it is too long is not read, nor is its sender told to go on.
    if usize::try_from(announced).map_or(true, |announced| announced > most) {
        return Err(too_long(most));
    }
    timeout(server.limits.body_time, collect(server, body))
        .await
        .unwrap_or_else(|_| {
            let message = "The body took too long.";
            Err(Fault::new(408, "RequestTimeoutException", message))
        })
}

/// Puts the parts of a body together as they come: a list of them would take many times the room of small ones.
async fn collect(server: &Server, mut body: Stream) -> Result<Whole, Fault> {
    let most = server.limits.body;
    let (mut bytes, mut room) = (Vec::new(), None::<OwnedSemaphorePermit>);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| {
            let message = "The body could not be read.";
            Fault::new(400, "SerializationException", message)
        })?;
        // Trailers say nothing here.
        let part = frame.into_data().unwrap_or_default();
        if part.len() > most.saturating_sub(bytes.len()) {
            return Err(too_long(most));
        }
        // Who waited for room would hold what is read already, and nobody would get any.
        let more = u32::try_from(part.len())
            .ok()
            .and_then(|n| Arc::clone(&server.bodies).try_acquire_many_owned(n).ok());
        let more = more.ok_or_else(|| {
            let message = "There are too many large requests at one time.";
            Fault::new(503, "ServiceUnavailableException", message)
        })?;
        match &mut room {
            Some(room) => room.merge(more),
            None => room = Some(more),
        }
        bytes.extend_from_slice(&part);
    }
    Ok(Whole { bytes, _room: room })
}

fn too_long(most: usize) -> Fault {
    let message = format!("The body is longer than {most} bytes.");
    Fault::new(413, "RequestEntityTooLargeException", message)
}

/// Opens a WebSocket that says `allowed` and repeats what it hears.
async fn upgrade(
    parts: &mut Parts,
    silence: Duration,
    mut stopped: watch::Receiver<bool>,
    permit: Arc<OwnedSemaphorePermit>,
    id: &str,
) -> (Answer, Option<Response<Body>>) {
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(parts, &()).await else {
        let fault = Fault::new(
            400,
            "ValidationException",
            "The request does not ask for a WebSocket as it has to.",
        );
        return (Answer::fault(&fault, Protocol::Rest, id), None);
    };
    let upgrade = upgrade
        .protocols(["base64UrlBearerAuthorization"])
        .max_message_size(MESSAGE)
        .max_frame_size(MESSAGE);
    let response = upgrade.on_upgrade(async move |socket| {
        let talk = talk(socket, silence);
        tokio::select! {
            () = talk => {}
            _ = stopped.wait_for(|stop| *stop) => {}
        }
        drop(permit);
    });
    let response = response.into_response();
    (Answer::empty(response.status().as_u16()), Some(response))
}

async fn talk(mut socket: WebSocket, silence: Duration) {
    if socket.send(Message::text("allowed")).await.is_err() {
        return;
    }
    while let Ok(Some(Ok(message))) = timeout(silence, socket.recv()).await {
        let repeated = matches!(message, Message::Text(_) | Message::Binary(_));
        if repeated && !matches!(timeout(silence, socket.send(message)).await, Ok(Ok(()))) {
            return;
        }
    }
}
