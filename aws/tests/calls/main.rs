//! Calls through the SDK: what is sent of them, and what comes back.

mod decided;
mod support;
mod wire;
