//! veriam
fn main() {}
