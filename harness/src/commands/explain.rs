//! `veriam explain`

use std::path::Path;

use veriam_model::CallCase;

use super::{read_or_fail, shown};
use crate::cli::{ExplainArgs, Format};
use crate::exit::Exit;
use crate::explain::{
    CallExplanation, CallSubject, Explanation, Picked, PutExplanation, Select, pick,
};
use crate::laws::{LawCase, LawExplanation, has_law_tag};
use crate::rim::{Ended, Failure, Streams};
use crate::scenario::{self, Files};

pub(super) fn run(args: &ExplainArgs, streams: &mut Streams<'_>) -> Ended {
    if is_scenario(&args.file) {
        let name = shown(&args.file);
        return Err(Failure::usage(format_args!(
            "{name}: a scenario has several calls; name one by its number, for example {name}#1"
        )));
    }
    if let Some((file, number)) = scenario_call(&args.file)? {
        return told(
            Picked::Call(Box::new(subject(args, file, number)?)),
            file,
            args,
            streams,
        );
    }
    let bytes = read_or_fail(&args.file, streams)?;
    if has_law_tag(&bytes) {
        let name = shown(&args.file);
        let case = LawCase::from_json(&bytes)
            .map_err(|error| Failure::usage(format_args!("{name}:{error}")))?;
        let explained = LawExplanation::new(case, args.dialect.given())
            .map_err(|error| Failure::usage(format_args!("{name}: {error}")))?;
        let text = match args.format {
            Format::Text => explained.to_text(),
            Format::Json => explained.to_json(),
        };
        return streams.end(Exit::Agreed, &text);
    }
    let select = match (&args.line, &args.id) {
        (Some(line), _) => Select::Line(*line),
        (None, Some(id)) => Select::Id(id.clone()),
        (None, None) => Select::Only,
    };
    let name = shown(&args.file);
    let picked = pick(&bytes, &select, args.dialect.given())
        .map_err(|error| Failure::usage(format_args!("{name}:{error}")))?;
    told(picked, &name, args, streams)
}

/// `scenario.yaml#N`: the N-th call of a scenario.
pub(super) fn scenario_call(path: &Path) -> Result<Option<(&str, usize)>, Failure> {
    let Some((file, number)) = path.to_str().and_then(|name| name.rsplit_once('#')) else {
        return Ok(None);
    };
    if path.exists() || !is_scenario(Path::new(file)) {
        return Ok(None);
    }
    match number.parse() {
        Ok(number) => Ok(Some((file, number))),
        Err(_) => Err(Failure::usage(format_args!(
            "{file}: `#{number}` names no call; give its number, from 1"
        ))),
    }
}

pub(super) fn is_scenario(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str());
    matches!(extension, Some("yaml" | "yml"))
}

fn subject(args: &ExplainArgs, file: &str, number: usize) -> Result<CallSubject, Failure> {
    let (case, title) = call_of(file, number)?;
    Ok(CallSubject {
        case,
        dialect: args.dialect.dialect(),
        documented: None,
        signature: None,
        title: Some(title),
    })
}

/// A call of a scenario with its world, and what it shows.
pub(super) fn call_of(file: &str, number: usize) -> Result<(CallCase, String), Failure> {
    // `veriam test` without path names the scenarios of the program like this.
    let embedded = scenario::embedded::FILES.iter().any(|f| f.path == file);
    let scenario = match embedded && !Path::new(file).exists() {
        true => scenario::embedded::Embedded.scenario(file),
        false => scenario::load(Path::new(file)),
    };
    let scenario = scenario.map_err(Failure::usage)?;
    let missing = |error| Failure::usage(format_args!("{file}: {error}"));
    let call = scenario.call(number).map_err(missing)?;
    let case = scenario.case(number).map_err(missing)?;
    Ok((case, call.it.clone()))
}

fn told(picked: Picked, name: &str, args: &ExplainArgs, streams: &mut Streams<'_>) -> Ended {
    let no_question =
        |error: &dyn std::fmt::Display| Failure::usage(format_args!("{name}: {error}"));
    let text = match picked {
        Picked::Check(subject) => {
            let explanation = Explanation::new(*subject).map_err(|e| no_question(&e))?;
            match args.format {
                Format::Text => explanation.to_text(),
                Format::Json => explanation.to_json(),
            }
        }
        Picked::Call(subject) => {
            let explanation = CallExplanation::new(*subject).map_err(|e| no_question(&e))?;
            match args.format {
                Format::Text => explanation.to_text(),
                Format::Json => explanation.to_json(),
            }
        }
        Picked::Put(subject) => {
            let explanation = PutExplanation::new(*subject).map_err(|e| no_question(&e))?;
            match args.format {
                Format::Text => explanation.to_text(),
                Format::Json => explanation.to_json(),
            }
        }
    };
    streams.end(Exit::Agreed, &text)
}
