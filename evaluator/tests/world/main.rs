//! Calls in worlds. What is expected follows from the rules; the matrices and examples are those of the rules AC-092,
//! AC-093, AC-087 to AC-091 and their neighbours.

mod examples;
mod matrices;
mod rejections;
mod scene;
