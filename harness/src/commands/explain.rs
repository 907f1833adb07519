//! `veriam explain`

use super::{read_or_fail, shown};
use crate::cli::{ExplainArgs, Format};
use crate::exit::Exit;
use crate::explain::{Explanation, Select, pick};
use crate::rim::{Ended, Failure, Streams};

pub(super) fn run(args: &ExplainArgs, streams: &mut Streams<'_>) -> Ended {
    let bytes = read_or_fail(&args.file, streams)?;
    let select = match (&args.line, &args.id) {
        (Some(line), _) => Select::Line(*line),
        (None, Some(id)) => Select::Id(id.clone()),
        (None, None) => Select::Only,
    };
    let name = shown(&args.file);
    let subject = pick(&bytes, &select, args.dialect.given())
        .map_err(|error| Failure::usage(format_args!("{name}:{error}")))?;
    let explanation = Explanation::new(subject)
        .map_err(|malformed| Failure::usage(format_args!("{name}: {malformed}")))?;
    match args.format {
        Format::Text => streams.end(Exit::Agreed, &explanation.to_text()),
        Format::Json => streams.end(Exit::Agreed, &explanation.to_json()),
    }
}
