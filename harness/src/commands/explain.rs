//! `veriam explain`

use super::{read_or_fail, shown};
use crate::cli::{ExplainArgs, Format};
use crate::exit::Exit;
use crate::explain::{CallExplanation, Explanation, Picked, Select, pick};
use crate::rim::{Ended, Failure, Streams};

pub(super) fn run(args: &ExplainArgs, streams: &mut Streams<'_>) -> Ended {
    let bytes = read_or_fail(&args.file, streams)?;
    let select = match (&args.line, &args.id) {
        (Some(line), _) => Select::Line(*line),
        (None, Some(id)) => Select::Id(id.clone()),
        (None, None) => Select::Only,
    };
    let name = shown(&args.file);
    let picked = pick(&bytes, &select, args.dialect.given())
        .map_err(|error| Failure::usage(format_args!("{name}:{error}")))?;
    let no_question =
        |error: &dyn std::fmt::Display| Failure::usage(format_args!("{name}: {error}"));
    match picked {
        Picked::Check(subject) => {
            let explanation = Explanation::new(*subject).map_err(|e| no_question(&e))?;
            streams.end(
                Exit::Agreed,
                &match args.format {
                    Format::Text => explanation.to_text(),
                    Format::Json => explanation.to_json(),
                },
            )
        }
        Picked::Call(subject) => {
            let explanation = CallExplanation::new(*subject).map_err(|e| no_question(&e))?;
            streams.end(
                Exit::Agreed,
                &match args.format {
                    Format::Text => explanation.to_text(),
                    Format::Json => explanation.to_json(),
                },
            )
        }
    }
}
