//! A fast evaluator for AWS access policies: parse, compile, decide.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::arithmetic_side_effects
    )
)]

mod arn;
mod caller;
mod compile;
mod condition;
mod decide;
mod document;
mod engine;
mod fault;
mod finder;
mod finding;
mod glob;
mod grammar;
mod index;
mod json;
mod limits;
mod lint;
mod operator;
mod pattern;
#[cfg(feature = "planted-mistakes")]
pub mod planted;
mod policy;
mod principal;
mod program;
mod request;
mod run;
mod settings;
mod trie;
mod value;
mod variable;
mod work;

pub use engine::{Applied, BuildError, Engine, EngineBuilder, Explanation, PolicySet};
pub use finding::{Finding, ParseError, Severity};
pub use limits::Limits;
pub use policy::{Policy, faults, findings};
pub use request::{MalformedRequest, Request};
pub use work::Work;
