//! `veriam smoke`

use crate::cli::{SmokeArgs, TargetArgs};
use crate::compare::Reply;
use crate::exit::Exit;
use crate::protocol::request;
use crate::rim::{Ended, Failure, Streams};
use crate::smoke::{Result, Tried, smoke};
use crate::style::{BAD, GOOD, NOTE, STRONG, paint};
use crate::target::Description;

pub(super) fn run(args: &SmokeArgs, streams: &mut Streams<'_>) -> Ended {
    let how = TargetArgs {
        target: Some(args.target.clone()),
        startup: Some(args.startup),
        deadline: Some(args.deadline),
        restarts: None,
        operations: Vec::new(),
    };
    let target = how.open(args.target.clone(), None)?;
    let target = target.as_ref();
    let mut text = described(&target.describe());
    let tried = smoke(target).map_err(Failure::internal)?;
    for one in &tried {
        text.push_str(&told(one, args.verbose));
    }
    let count = |result| tried.iter().filter(|one| one.result == result).count();
    let (right, wrong) = (count(Result::Right), count(Result::Wrong));
    let unsupported = count(Result::Unsupported);
    text.push_str(&format!(
        "\n{right} right, {wrong} wrong, {unsupported} not supported: "
    ));
    let exit = if let Some(reason) = target.lost() {
        text.push_str(&format!(
            "{}\n",
            paint(BAD, format_args!("it was {reason}"))
        ));
        Exit::Unreachable
    } else if wrong > 0 {
        text.push_str(&format!("{}\n", paint(BAD, "mend what is wrong first")));
        Exit::Divergence
    } else if right == 0 {
        text.push_str(&format!(
            "{}\n",
            paint(BAD, "nothing was answered, so nothing can be compared")
        ));
        Exit::Void
    } else {
        text.push_str(&format!("{}\n", paint(GOOD, "it can be run")));
        let spec = target
            .asked_as()
            .unwrap_or_else(|| target.name().to_owned());
        let spec = super::run::quoted(&spec);
        text.push_str(&format!("  veriam run --target {spec} --cases 20000\n"));
        Exit::Agreed
    };
    streams.end(exit, &text)
}

fn described(description: &Description) -> String {
    let Description {
        name,
        version,
        capabilities,
        dialect,
    } = description;
    let capabilities = serde_json::to_string(capabilities).unwrap_or_default();
    let dialect = match dialect {
        None => "none declared: any readings of open points, the same ones throughout".to_owned(),
        Some(dialect) => {
            let settings = crate::case_file::settings(dialect);
            match settings.is_empty() {
                true => "the first reading of every open point".to_owned(),
                false => settings.join(", "),
            }
        }
    };
    format!(
        "{}\n  can be asked  {capabilities}\n  dialect       {dialect}\n\n",
        paint(STRONG, format_args!("{name} {version}"))
    )
}

fn told(one: &Tried, verbose: bool) -> String {
    let mark = match one.result {
        Result::Right => paint(GOOD, "right        "),
        Result::Unsupported => paint(NOTE, "not supported"),
        Result::Wrong => paint(BAD, "wrong        "),
    };
    let mut text = format!("{mark}  {:<30} {}\n", one.name, one.shows);
    let line = |name: &str, value: &str| format!("               {name:<9} {value}\n");
    match &one.observed {
        Reply::Unsupported(reason) => text.push_str(&line("reason", reason)),
        observed if one.result == Result::Wrong => {
            text.push_str(&line("expected", &one.expected.to_string()));
            text.push_str(&line("answered", &observed.to_string()));
        }
        _ => {}
    }
    if verbose || one.result == Result::Wrong {
        text.push_str(&line("request", &request("1", &one.case)));
    }
    text
}
