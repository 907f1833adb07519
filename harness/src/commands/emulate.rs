//! `veriam emulate`

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use veriam_emulator::{Config, Emulator, Logged};
use veriam_model::World;

use super::explain::is_scenario;
use super::{read_or_fail, shown};
use crate::cli::EmulateArgs;
use crate::exit::Exit;
use crate::explain::{Picked, Select, pick};
use crate::rim::{Ended, Failure, Streams};
use crate::scenario;
use crate::signals::Interrupted;

/// How often it is looked whether somebody asked for the end.
const LOOK: Duration = Duration::from_millis(50);

pub(super) fn run(args: &EmulateArgs, streams: &mut Streams<'_>) -> Ended {
    let world = args
        .world
        .as_deref()
        .map(|file| world(file, streams))
        .transpose()?;
    let interrupted = Interrupted::watch()
        .map_err(|error| Failure::internal(format_args!("cannot watch for signals: {error}")))?;
    let (tell, told) = mpsc::channel();
    // Without a log nobody else holds a sender, and waiting would end at once.
    let _held = tell.clone();
    let tell = Mutex::new(tell);
    let log = move |line: &Logged| {
        let tell = tell.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody listens any more once the emulator is being stopped.
        let _ = tell.send(line.clone());
    };
    let emulator = Emulator::start(Config {
        listen: args.listen,
        region: args.region.clone(),
        log: args.log.then(|| Arc::new(log) as _),
        ..Config::default()
    });
    let emulator = emulator.map_err(|error| {
        let listen = args.listen;
        Failure::usage(format_args!(
            "cannot listen on {listen}: {error}; choose another address with --listen, port 0 for one that is free"
        ))
    })?;
    if let Some((name, world)) = world {
        let loaded = emulator.core().write().load(world);
        loaded.map_err(|error| Failure::usage(format_args!("{name}: {error}")))?;
    }
    streams.text(&format!("listening on {}\n", emulator.url()))?;
    while !interrupted.is_noted() {
        if let Ok(line) = told.recv_timeout(LOOK) {
            streams.tell(&text(&line));
        }
    }
    emulator.stop();
    for line in told.try_iter() {
        streams.tell(&text(&line));
    }
    Ok(Exit::Agreed)
}

/// `POST /runtimes/…/invocations 403 AccessDeniedException 1.2ms`
fn text(line: &Logged) -> String {
    let code = line.code.as_deref().unwrap_or("-");
    let Logged {
        method,
        path,
        status,
        took,
        ..
    } = line;
    format!("{method} {path} {status} {code} {took:.1?}\n")
}

/// The world of a file, and what to call the file.
fn world(file: &Path, streams: &mut Streams<'_>) -> Result<(String, World), Failure> {
    let name = shown(file);
    if is_scenario(file) {
        let scenario = scenario::load(file).map_err(Failure::usage)?;
        return Ok((name, scenario.world));
    }
    let bytes = read_or_fail(file, streams)?;
    let picked = pick(&bytes, &Select::Only, None)
        .map_err(|error| Failure::usage(format_args!("{name}:{error}")))?;
    match picked {
        Picked::Call(subject) => Ok((name, subject.case.world)),
        Picked::Check(_) | Picked::Put(_) => Err(Failure::usage(format_args!(
            "{name}: there is no world in it; give a scenario, or a stored call"
        ))),
    }
}
