//! The program `veriam`.

use std::process::ExitCode;

/// Judging from text is mostly small allocations: with this allocator a run takes about a fifth less time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    veriam::rim::main()
}
