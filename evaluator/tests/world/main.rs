//! Calls in worlds. What is expected follows from the rules; the matrices and examples are those of the rules AC-092,
//! AC-093, AC-087 to AC-091 and their neighbours.

mod choices;
mod examples;
mod hostile;
mod keys;
mod layers;
mod matrices;
#[cfg(feature = "planted-mistakes")]
mod mistakes;
mod odd;
mod rejections;
mod scene;
