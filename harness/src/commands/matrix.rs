//! `veriam matrix`

use crate::cli::{MatrixArgs, MatrixFormat};
use crate::exit::Exit;
use crate::rim::{Ended, Failure, Streams};
use crate::scenario::load;
use crate::scenario::matrix::{Ask, matrix};

pub(super) fn run(args: &MatrixArgs, streams: &mut Streams<'_>) -> Ended {
    let scenario = load(&args.scenario).map_err(Failure::usage)?;
    let wanted = |ask: &Ask| args.calls.is_empty() || args.calls.contains(&ask.operation);
    let matrix = matrix(&scenario, &wanted)
        .map_err(|error| Failure::usage(format_args!("{}: {error}", scenario.file)))?;
    if matrix.cells.is_empty() && !args.calls.is_empty() {
        return Err(Failure::usage(format_args!(
            "{}: nobody can ask for {} here; `veriam matrix` without --call tells what can be asked",
            scenario.file,
            args.calls.join(" or ")
        )));
    }
    for differ in &matrix.disagreements {
        streams.tell(&format!(
            "veriam: the two judges differ on {}: oracle {}, evaluator {}; this is a fault of veriam, please report it\n",
            differ.what, differ.disagreement.oracle, differ.disagreement.evaluator
        ));
    }
    let exit = match matrix.disagreements.is_empty() {
        true => Exit::Agreed,
        false => Exit::Divergence,
    };
    match args.format {
        MatrixFormat::Text => streams.end(exit, &matrix.to_text()),
        MatrixFormat::Markdown => streams.end(exit, &matrix.to_markdown()),
        MatrixFormat::Json => streams.end(exit, &matrix.to_json()),
    }
}
