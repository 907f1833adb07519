//! The program `veriam`.

use std::process::ExitCode;

fn main() -> ExitCode {
    veriam::rim::main()
}
