//! The emulator from outside.
#![expect(unreachable_pub, reason = "a module of a test has no readers outside")]

mod agentcore;
mod attack;
mod calls;
mod clients;
mod clock;
mod iam;
mod identities;
mod ids;
mod jwt;
mod kept;
mod load;
mod malformed;
mod refusals;
mod server;
mod sigv4;
mod state;
mod sts;
mod support;
mod tagging;
mod versions;
