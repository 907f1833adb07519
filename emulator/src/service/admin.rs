//! The admin route `/_veriam/…`: what no API of AWS that is served here can say. `docs/emulator.md` documents it.
//!
//! It asks for no credentials, so it answers clients of the same machine only, and takes JSON only, which no page in a
//! browser can send without being asked first.

use std::net::{IpAddr, SocketAddr};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use veriam_evaluator::WorldError;
use veriam_model::{Caller, Dialect, Membership, Network, Path, World};

use super::Core;
use crate::auth::Incoming;
use crate::auth::jwt::IssuerConfig;
use crate::state::{State, TooManyKeys, Waiting, Way};
use crate::wire::{Answer, Fault};

/// The last second of the year 9999: later times have no date of four-digit year.
const LAST_SECOND: u64 = 253_402_300_799;

/// Whom to make credentials for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    caller: Caller,
    /// For how long, in seconds; none: a long-term key of a user.
    expires_in: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Credentials<'i> {
    access_key_id: &'i str,
    secret_access_key: &'i str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<&'i str>,
}

/// Answers a request to the admin route; `route` is the path behind `/_veriam/`.
///
/// # Errors
/// `AccessDeniedException` for other machines, `ValidationException` for what cannot be read or would make no world.
pub(super) fn answer(
    core: &Core,
    request: &Incoming<'_>,
    route: &str,
    peer: IpAddr,
    now: u64,
) -> Result<Answer, Fault> {
    if !peer.to_canonical().is_loopback() {
        return Err(Fault::new(
            403,
            "AccessDeniedException",
            "The admin route answers this machine only.",
        ));
    }
    if !is_here(request) {
        return Err(Fault::new(
            403,
            "AccessDeniedException",
            "The admin route answers to localhost and addresses of the loopback only.",
        ));
    }
    let json = request
        .headers
        .get("content-type")
        .is_some_and(|t| t.as_bytes().starts_with(b"application/json"));
    if request.method != "GET" && !json {
        return Err(invalid("Send the header content-type: application/json."));
    }
    let (what, name) = route.split_once('/').unwrap_or((route, ""));
    match (request.method, what, name) {
        ("GET", "world", "") => Ok(shown(core.read().world())),
        ("PUT", "world", "") => {
            let world: World = read(request)?;
            core.write().load(world).map_err(refused)?;
            Ok(Answer::empty(204))
        }
        ("POST", "reset", "") => {
            core.write().reset();
            Ok(Answer::empty(204))
        }
        ("PUT", "organizations", account) => {
            let membership: Option<Membership> = read(request)?;
            change(&mut core.write(), |world| {
                let found = world.accounts.iter_mut().find(|a| a.id == account);
                found
                    .map(|account| account.organization = membership)
                    .ok_or_else(|| not_found(account))
            })
        }
        ("PUT", "networks", "") => {
            let network: Network = read(request)?;
            change(&mut core.write(), |world| {
                world.networks.retain(|n| n.endpoint != network.endpoint);
                world.networks.push(network);
                Ok(())
            })
        }
        ("DELETE", "networks", endpoint) => change(&mut core.write(), |world| {
            let before = world.networks.len();
            world.networks.retain(|n| n.endpoint != endpoint);
            if world.networks.len() == before {
                Err(not_found(endpoint))
            } else {
                Ok(())
            }
        }),
        ("PUT", "paths", name) if is_word(name) => {
            let way = way(request)?;
            let mut state = core.write();
            path_of(state.world(), &way.path)?;
            state.add_way(name, way);
            Ok(Answer::json(200, &json!({"base": format!("/via/{name}")})))
        }
        ("PUT", "ids", "") => {
            let waiting: Waiting = read(request)?;
            let set = core.write().set_waiting(waiting);
            set.map(|()| Answer::empty(204))
                .map_err(|error| invalid(error.to_string()))
        }
        ("GET", "issuers", "") => Ok(shown(
            &core
                .read()
                .issuers
                .configs()
                .collect::<Vec<&IssuerConfig>>(),
        )),
        ("PUT", "issuers", "") => {
            let issuer: IssuerConfig = read(request)?;
            let added = core.write().issuers.add(issuer);
            added
                .map(|()| Answer::empty(204))
                .map_err(|error| invalid(error.to_string()))
        }
        ("POST", "credentials", "") => {
            let wanted: Wanted = read(request)?;
            credentials(&mut core.write(), wanted, now)
        }
        _ => Err(Fault::new(
            404,
            "UnknownOperationException",
            "The admin route has no such operation.",
        )),
    }
}

/// Whether the host that a request names is this machine: a page whose own name was made to lead here names another.
fn is_here(request: &Incoming<'_>) -> bool {
    let host = request
        .headers
        .get("host")
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let address: Option<SocketAddr> = host.parse().ok();
    let address = address
        .map(|address| address.ip())
        .or_else(|| host.parse().ok());
    let name = host.split(':').next().unwrap_or_default();
    name == "localhost" || address.is_some_and(|address| address.is_loopback())
}

fn credentials(state: &mut State, wanted: Wanted, now: u64) -> Result<Answer, Fault> {
    if matches!(
        wanted.caller,
        Caller::Jwt(_) | Caller::Anonymous | Caller::Service(_)
    ) {
        return Err(invalid(
            "`caller` does not sign; write a user, a session, a federated session or a root user.",
        ));
    }
    if !state.knows(&wanted.caller) {
        return Err(invalid(
            "`caller` is nobody of the world; make the identity or the account first.",
        ));
    }
    let long_term = matches!(&wanted.caller, Caller::User(user) if user.token.is_none());
    if long_term != wanted.expires_in.is_none() {
        return Err(invalid(
            "`expires_in` has to be there for temporary credentials, and for those only.",
        ));
    }
    let expires = wanted.expires_in.map(|seconds| now.saturating_add(seconds));
    let issued = state
        .issue(wanted.caller, now, expires)
        .map_err(|TooManyKeys| {
            Fault::new(
                429,
                "ThrottlingException",
                "There are too many access keys and sessions.",
            )
        })?;
    Ok(shown(&Credentials {
        access_key_id: &issued.id,
        secret_access_key: issued.secret.reveal(),
        session_token: issued.token.as_ref().map(crate::Secret::reveal),
    }))
}

/// Changes the world, if what comes out is one.
fn change(
    state: &mut State,
    change: impl FnOnce(&mut World) -> Result<(), Fault>,
) -> Result<Answer, Fault> {
    let mut world = state.world().clone();
    change(&mut world)?;
    veriam_evaluator::World::new(&world, &Dialect::default()).map_err(refused)?;
    *state.change() = world;
    Ok(Answer::empty(204))
}

/// A way: a path, with the time of its requests beside it where they do not come when they come.
fn way(request: &Incoming<'_>) -> Result<Way, Fault> {
    let mut body: Map<String, Value> = read(request)?;
    let at = body.remove("at").map(|at| {
        let at = at.as_u64().filter(|at| *at <= LAST_SECOND);
        at.ok_or_else(|| invalid("`at` must be seconds since 1970, up to the year 9999."))
    });
    let path: Path = serde_json::from_value(Value::Object(body)).map_err(unreadable)?;
    let at = at.transpose()?;
    Ok(Way { path, at })
}

fn path_of(world: &World, path: &Path) -> Result<(), Fault> {
    let address = match path {
        Path::Internet { address } => address,
        Path::Endpoint { endpoint, address } => {
            world.network(endpoint).ok_or_else(|| not_found(endpoint))?;
            address
        }
    };
    let read: Result<IpAddr, _> = address.parse();
    read.map(drop)
        .map_err(|_| invalid("`address` must be an IPv4 or IPv6 address."))
}

fn read<T: DeserializeOwned>(request: &Incoming<'_>) -> Result<T, Fault> {
    serde_json::from_slice(request.body).map_err(unreadable)
}

#[expect(clippy::needless_pass_by_value, reason = "an argument of map_err")]
fn unreadable(error: serde_json::Error) -> Fault {
    invalid(format!("The body cannot be read: {error}"))
}

fn shown(value: &impl Serialize) -> Answer {
    Answer::json(200, &serde_json::to_value(value).unwrap_or(Value::Null))
}

fn is_word(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

fn refused(error: WorldError) -> Fault {
    invalid(error.to_string())
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(400, "ValidationException", message)
}

fn not_found(name: &str) -> Fault {
    Fault::new(
        404,
        "ResourceNotFoundException",
        format!("{name} is not in the world."),
    )
}
