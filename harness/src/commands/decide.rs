//! `veriam decide`

use rayon::prelude::*;

use crate::cli::{DecideArgs, JudgeName};
use crate::decide::{Judge, Line, Lines, answer, serve};
use crate::exit::Exit;
use crate::protocol::hello;
use crate::rim::{Ended, Failure, Streams, write};

/// Lines from which on it pays to wake the other threads.
const IN_PARALLEL_FROM: usize = 16;

pub(super) fn run(args: &DecideArgs, streams: &mut Streams<'_>) -> Ended {
    let dialect = args.dialect.dialect();
    let judge = match args.with {
        JudgeName::Oracle => Judge::Oracle,
        JudgeName::Evaluator => Judge::Evaluator,
    };
    let answer = if args.protocol { serve } else { answer };
    let reply = |line: &Line| answer(line, judge, &dialect).map(|reply| (line.number, reply));
    if args.protocol {
        let hello = format!("{}\n", hello(judge, &dialect));
        match write(streams.out, hello.as_bytes()) {
            Ok(()) => {}
            Err(Failure::Gone) => return Ok(Exit::Agreed),
            told => told?,
        }
    }
    let mut exit = Exit::Agreed;
    let mut lines = Lines::new(&mut *streams.input);
    loop {
        let batch = lines.next_batch().map_err(|error| {
            Failure::usage(format_args!(
                "cannot read standard input: {error}; send lines"
            ))
        })?;
        if batch.is_empty() {
            return Ok(exit);
        }
        let replies: Vec<_> = if batch.len() < IN_PARALLEL_FROM {
            batch.iter().filter_map(reply).collect()
        } else {
            batch.par_iter().filter_map(reply).collect()
        };
        let (mut out, mut err) = (String::new(), String::new());
        for (number, reply) in replies {
            out.push_str(&reply.json);
            out.push('\n');
            if let Some(error) = reply.error {
                exit = exit.or(Exit::Usage);
                err.push_str(&format!("line {number}: {error}\n"));
            }
        }
        match write(streams.out, out.as_bytes()) {
            Ok(()) => {}
            // Nobody reads on; what was malformed so far stays so.
            Err(Failure::Gone) => return Ok(exit),
            told => told?,
        }
        // Standard error is a log: when it is gone the answers still count.
        let _ = streams.err.write_all(err.as_bytes());
    }
}
