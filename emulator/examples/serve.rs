//! Starts an emulator on a port and runs until standard input ends.
//!
//! `cargo run -p veriam-emulator --example serve -- 4600`

use std::io::{Read, Write, stderr, stdin};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use veriam_emulator::{Config, Emulator};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).map_or(Ok(0), |port| port.parse())?;
    let emulator = Emulator::start(Config {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        log: Some(Arc::new(|line| {
            let code = line.code.as_deref().unwrap_or("-");
            // Whoever closes the log does not stop the server.
            let _ = writeln!(
                stderr(),
                "{} {} {} {code} {:?}",
                line.method,
                line.path,
                line.status,
                line.took
            );
        })),
        ..Config::default()
    })?;
    writeln!(stderr(), "listening on {}", emulator.url())?;
    stdin().read_to_end(&mut Vec::new())?;
    emulator.stop();
    Ok(())
}
