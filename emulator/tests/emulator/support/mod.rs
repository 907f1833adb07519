//! What the tests share.

pub mod client;
pub mod mutate;
pub mod signer;
pub mod who;
pub mod wire;
