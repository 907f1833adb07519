//! `veriam shrink`

use std::path::Path;

use veriam_generators::GENERATOR_VERSION;
use veriam_model::{Case, Dialect};

use super::explain::{call_of, scenario_call};
use super::run::{printed, stored};
use super::{read_or_fail, shown, stored_file};
use crate::case_file::{Origin, StoredCase, has_tag, utf8};
use crate::cli::{ArtifactKind, ShrinkArgs};
use crate::exit::Exit;
use crate::explain::{Picked, Select, pick};
use crate::laws::has_law_tag;
use crate::properties::{Artifact, cases_of};
use crate::rim::{Ended, Failure, Streams};
use crate::run::{Look, Looked, ORACLE, look};
use crate::target::Evaluator;

/// What is to be made smaller: any of the cases, under a dialect, on a target unless another one is named.
struct Subject {
    cases: Vec<Case>,
    origin: Origin,
    dialect: Dialect,
    target: String,
}

impl Subject {
    fn new(case: Case, part: &str, id: Option<String>, dialect: Dialect) -> Self {
        Self {
            cases: vec![case],
            origin: Origin {
                part: part.to_owned(),
                seed: None,
                profile: None,
                index: 0,
                id,
                generator_version: GENERATOR_VERSION,
                veriam: env!("CARGO_PKG_VERSION").to_owned(),
                without: Vec::new(),
            },
            dialect,
            target: Evaluator::NAME.to_owned(),
        }
    }
}

pub(super) fn run(args: &ShrinkArgs, streams: &mut Streams<'_>) -> Ended {
    let subject = subject(args, streams)?;
    let name = shown(&args.file);
    let target = args
        .target
        .open_for(&subject.target, subject.dialect)
        .map_err(|failure| match failure {
            Failure::Told(exit, message) => Failure::Told(exit, format!("{name}: {message}")),
            Failure::Gone => Failure::Gone,
        })?;
    let target = target.as_ref();
    let mut told = String::new();
    for case in &subject.cases {
        let looked = look(
            &Look {
                case,
                origin: subject.origin.clone(),
                budget: args.budget,
                patient: true,
            },
            target,
        );
        match looked {
            Looked::Agrees(reply) => told.push_str(&format!(
                "{name}: no divergence to keep: oracle and {} both say: {reply}\n",
                target.name()
            )),
            Looked::Unsupported(reason) => told.push_str(&format!(
                "{name}: no divergence to keep: {} does not support {reason}\n",
                target.name()
            )),
            Looked::Differs(cluster) => {
                let record = stored(&args.out, &cluster, target);
                let mut text = printed(&cluster.case, &record);
                if let Some(failure) = &cluster.failure {
                    text.push_str(&format!("  {failure}\n"));
                }
                if let Some(error) = &record.not_stored {
                    text.push_str(&format!("  not stored: {error}\n"));
                }
                if cluster.exhausted {
                    text.push_str(&format!(
                        "  the budget of {} cases ended the search; a greater --budget may leave less\n",
                        args.budget
                    ));
                }
                if let Some(reason) = target.lost() {
                    text.push_str(&format!("  {} was {reason}\n", target.name()));
                }
                let exit = match record.not_stored {
                    Some(_) => Exit::Internal,
                    None => Exit::Divergence,
                };
                return streams.end(exit, &text);
            }
        }
    }
    streams.end(Exit::Agreed, &told)
}

fn subject(args: &ShrinkArgs, streams: &mut Streams<'_>) -> Result<Subject, Failure> {
    let file = &args.file;
    if let Some(kind) = args.artifact {
        let bytes = read_or_fail(file, streams)?;
        return artifact(file, kind, &bytes);
    }
    if let Some((scenario, number)) = scenario_call(file)? {
        let (case, _) = call_of(scenario, number)?;
        let id = Some(shown(file));
        let case = Case::Call(Box::new(case));
        return Ok(Subject::new(case, "scenario", id, Dialect::default()));
    }
    let file = stored_file(file, &args.out).map_err(Failure::usage)?;
    let name = shown(&file);
    let wrong = |error: &dyn std::fmt::Display| Failure::usage(format_args!("{name}:{error}"));
    let bytes = read_or_fail(&file, streams)?;
    if has_law_tag(&bytes) {
        let message =
            " a broken law is two cases, which were made small together when it was stored";
        return Err(wrong(&message));
    }
    if utf8(&bytes).is_ok_and(has_tag) {
        let stored = StoredCase::from_json(&bytes).map_err(|error| wrong(&error))?;
        if stored.signature.target == ORACLE {
            let message = " a divergence between documentation and oracle cannot be made smaller: nothing says what a \
                           smaller case would be documented as";
            return Err(wrong(&message));
        }
        return Ok(Subject {
            cases: vec![stored.case],
            origin: stored.origin,
            dialect: stored.dialect,
            target: stored.signature.target,
        });
    }
    let select = match (&args.line, &args.id) {
        (Some(line), _) => Select::Line(*line),
        (None, Some(id)) => Select::Id(id.clone()),
        (None, None) => Select::Only,
    };
    Ok(
        match pick(&bytes, &select, None).map_err(|error| wrong(&error))? {
            Picked::Check(subject) => {
                let check = subject.row.check;
                let id = check.id.clone();
                Subject::new(Case::Check(Box::new(check)), "check", id, subject.dialect)
            }
            Picked::Call(subject) => {
                let case = Case::Call(Box::new(subject.case));
                Subject::new(case, "call", None, subject.dialect)
            }
            Picked::Put(subject) => {
                let case = Case::Put(Box::new(subject.put));
                Subject::new(case, "put", None, subject.dialect)
            }
        },
    )
}

fn artifact(file: &Path, kind: ArtifactKind, bytes: &[u8]) -> Result<Subject, Failure> {
    let (kind, name) = match kind {
        ArtifactKind::Parse => (Artifact::Document, "parse"),
        ArtifactKind::Agree => (Artifact::Document, "agree"),
        ArtifactKind::Check => (Artifact::Check, "check"),
        ArtifactKind::Call => (Artifact::Calls, "call"),
        ArtifactKind::Put => (Artifact::Put, "put"),
    };
    let (cases, dialect) = cases_of(kind, bytes).ok_or_else(|| {
        let file = shown(file);
        Failure::usage(format_args!(
            "{file}: the fuzz target `{name}` makes no case of these bytes that could be stored: they are too few, or a \
             document that is no UTF-8; give an artifact of that target"
        ))
    })?;
    let id = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let mut cases = cases.into_iter();
    let first = cases
        .next()
        .ok_or_else(|| Failure::internal("a fuzz input without a case"))?;
    let mut subject = Subject::new(first, &format!("fuzz {name}"), id, dialect);
    subject.cases.extend(cases);
    Ok(subject)
}
