//! An emulator of Amazon Bedrock AgentCore, with the IAM and STS it needs: real requests over HTTP, authenticated, and
//! decided by the policies that were stored.
//!
//! `docs/emulator.md` says what it serves and where it departs from AWS.

#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic
    )
)]

pub mod auth;
#[cfg(feature = "planted-mistakes")]
pub mod planted;
mod secret;
mod server;
pub mod service;
mod settings;
pub mod state;
pub mod wire;

pub use secret::Secret;
pub use server::{Config, Emulator, Limits, Log, Logged};
