//! `veriam bench`
use crate::cli::BenchArgs;
use crate::exit::Exit;
use crate::rim::{Ended, Streams};

pub(super) fn run(args: &BenchArgs, streams: &mut Streams<'_>) -> Ended {
    streams.end(Exit::Agreed, &format!("{}\n", args.seconds))
}
