//! Calls in worlds. What is expected follows from the rules; the matrices and examples are those of the rules AC-092,
//! AC-093, AC-087 to AC-091 and their neighbours.

mod choices;
mod control;
mod examples;
mod gateways;
mod harnesses;
mod hostile;
mod identities;
mod keys;
mod layers;
mod matrices;
mod memories;
mod metadata;
#[cfg(feature = "planted-mistakes")]
mod mistakes;
mod odd;
mod odd_requests;
mod odd_resources;
mod open_points;
mod operations;
mod others;
mod rejections;
mod roles;
mod scene;
mod services;
mod tokens;
mod tools;
mod whole;
