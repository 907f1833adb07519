//! Veriam: the harness around two judges of AWS access policies.
//!
//! The oracle (`veriam-oracle`) reads AWS's documentation rule by rule; the evaluator (`veriam-evaluator`) was
//! written a second time for speed. This crate holds a [`target`], by default the evaluator, against the oracle
//! on real, documented, exhaustive and generated cases ([`run`]), shrinks and stores what differs ([`store`],
//! [`case_file`]), counts what the cases reach ([`labels`]) and writes it down as records, of which all that is told is
//! a fold (`veriam-reports`). [`scenario`] reads worlds and calls that people write; [`explain`] tells one case.
//!
//! Everything here is a function of its arguments, except [`rim`] and the modules of [`commands`], which know
//! streams, files and clocks, [`store`], [`journal`] and [`records`], which write, [`signals`], and [`scenario`], which reads a scenario with its policies.
//!
//! Without the feature `program`, which is on by default, there are only [`compare`] and [`properties`].

#[cfg(feature = "program")]
pub mod case_file;
#[cfg(feature = "program")]
pub mod cli;
#[cfg(feature = "program")]
pub mod commands;
pub mod compare;
#[cfg(feature = "program")]
pub mod data;
#[cfg(feature = "program")]
pub mod decide;
#[cfg(feature = "program")]
pub mod engines;
#[cfg(feature = "program")]
pub mod exit;
#[cfg(feature = "program")]
pub mod explain;
#[cfg(feature = "program")]
pub mod journal;
#[cfg(feature = "program")]
pub mod labels;
#[cfg(feature = "program")]
pub mod laws;
#[cfg(feature = "program")]
pub mod ledger;
#[cfg(feature = "program")]
pub mod lint;
#[cfg(feature = "program")]
pub mod operation;
#[cfg(feature = "program")]
pub mod pins;
#[cfg(feature = "program")]
pub mod place;
#[cfg(feature = "program")]
pub mod pretty;
pub mod properties;
#[cfg(feature = "program")]
pub mod protocol;
#[cfg(feature = "program")]
pub mod records;
#[cfg(feature = "program")]
pub mod rim;
#[cfg(feature = "program")]
pub mod rules_page;
#[cfg(feature = "program")]
pub mod run;
#[cfg(feature = "program")]
pub mod scenario;
#[cfg(feature = "program")]
pub mod schemas;
#[cfg(feature = "program")]
pub mod selftest;
#[cfg(feature = "program")]
pub mod signals;
#[cfg(feature = "program")]
pub mod smoke;
#[cfg(feature = "program")]
pub mod store;
#[cfg(feature = "program")]
pub mod target;

#[cfg(feature = "program")]
pub use veriam_reports::style;
