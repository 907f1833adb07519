//! veriam harness
