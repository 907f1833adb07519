//! Calls through the SDK: what is sent of them, and what comes back.

mod decided;
mod said;
mod support;
mod wire;
