//! What the tests share.
#![expect(unreachable_pub, reason = "a module of a test has no readers outside")]

pub mod signer;
