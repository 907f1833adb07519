//! `veriam rules`

use veriam_oracle::rule;

use crate::cli::{Format, RulesArgs};
use crate::exit::Exit;
use crate::rim::{Ended, Failure, Streams};
use crate::rules_page::{json, list, page, selected};

pub(super) fn run(args: &RulesArgs, streams: &mut Streams<'_>) -> Ended {
    let one = match args.id {
        None => None,
        Some(id) => Some(rule(id).ok_or_else(|| {
            Failure::usage(format_args!(
                "no rule {id} is registered; `veriam rules` lists those that are"
            ))
        })?),
    };
    let text = match (one, args.format) {
        (Some(rule), Format::Text) => page(rule),
        (Some(rule), Format::Json) => json(&[rule]),
        (None, Format::Text) => list(&selected(args.undetermined)),
        (None, Format::Json) => json(&selected(args.undetermined)),
    };
    streams.end(Exit::Agreed, &text)
}
