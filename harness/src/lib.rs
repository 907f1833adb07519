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

pub mod case_file;
pub mod cli;
pub mod commands;
pub mod compare;
pub mod data;
pub mod decide;
pub mod engines;
pub mod exit;
pub mod explain;
pub mod journal;
pub mod labels;
pub mod laws;
pub mod ledger;
pub mod lint;
pub mod operation;
pub mod pins;
pub mod place;
pub mod pretty;
pub mod properties;
pub mod protocol;
pub mod records;
pub mod rim;
pub mod rules_page;
pub mod run;
pub mod scenario;
pub mod schemas;
pub mod selftest;
pub mod signals;
pub mod smoke;
pub mod store;
pub mod target;

pub use veriam_reports::style;
