//! The driver through the AWS SDK for Rust: it stages worlds with the public APIs of AWS, calls as their principals, and
//! tells what came back. Emulators and accounts are driven alike; only address and credentials differ.
//!
//! Nothing here judges. What is answered is read from status and code of the raw response: what the types of the SDK make
//! of an error says less.

#![forbid(unsafe_code)]

mod admin;
mod connection;
mod driver;
mod issuer;
mod names;
mod needed;
mod observe;
mod policies;
mod put;
mod raw;
mod request;
mod server;
mod session;
mod stage;

pub use connection::{Connection, Patience};
pub use driver::{DriveError, Driver, Seen, foreseen};
pub use observe::{Observed, of_call, of_put};
pub use policies::SeenCheck;
pub use put::SeenPut;
pub use raw::{Broken, Raw};
pub use request::{Unsent, send};
pub use session::{Base, Credentials, Proof, Session};
