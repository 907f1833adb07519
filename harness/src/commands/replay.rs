//! `veriam replay`

use std::path::Path;

use serde::Serialize;
use veriam_model::{Case, Dialect};

use super::laws::{self, ToldLaw};
use super::{read, shown, stored_file};
use crate::case_file::{Signature, StoredCase, settings};
use crate::cli::{Format, ReplayArgs};
use crate::exit::Exit;
use crate::laws::has_law_tag;
use crate::rim::{Ended, Failure, Streams};
use crate::run::ORACLE;
use crate::store::Rejudged;
use crate::style::{BAD, GOOD, paint};
use crate::target::{Evaluator, Spec, Target};

#[derive(Serialize)]
struct Told {
    schema: &'static str,
    cases: Vec<ToldCase>,
    laws: Vec<ToldLaw>,
    refused: Vec<Refused>,
}

#[derive(Serialize)]
struct ToldCase {
    file: String,
    signature: Signature,
    dialect: Vec<String>,
    documented: Option<String>,
    oracle: String,
    /// The name of the target that was asked now.
    asked: String,
    target: String,
    diverges: bool,
    /// Whether `veriam explain` takes it: checks, calls and puts are questions, documents are none.
    #[serde(skip)]
    is_question: bool,
}

#[derive(Serialize)]
struct Refused {
    file: String,
    error: String,
}

pub(super) fn run(args: &ReplayArgs, streams: &mut Streams<'_>) -> Ended {
    let mut told = Told {
        schema: "veriam.replay/1",
        cases: Vec::new(),
        laws: Vec::new(),
        refused: Vec::new(),
    };
    // A program is started once, and one that does not start is not started again for each file.
    let program = match &args.target.target {
        Some(spec @ (Spec::Exec(_) | Spec::Emulator(_))) => {
            Some(args.target.open(spec.clone(), None)?)
        }
        _ => None,
    };
    let ask = |name: &str, dialect: Dialect, ask: &mut dyn FnMut(&dyn Target)| {
        if let Some(program) = &program {
            ask(program.as_ref());
            return Ok(());
        }
        match args.target.open_for(name, dialect) {
            Ok(target) => {
                ask(target.as_ref());
                Ok(())
            }
            Err(Failure::Told(_, message)) => Err(message),
            Err(Failure::Gone) => Err("standard output is gone".to_owned()),
        }
    };
    for name in &args.files {
        let found = stored_file(name, &args.from);
        let file = found.as_ref().unwrap_or(name);
        let replayed = found
            .clone()
            .and_then(|file| read(&file, streams))
            .and_then(|bytes| {
                if has_law_tag(&bytes) {
                    told.laws.push(laws::replay(file, &bytes, &ask)?);
                } else {
                    told.cases.push(replay(file, &bytes, &ask)?);
                }
                Ok(())
            });
        match replayed {
            Ok(()) => {}
            Err(error) => {
                streams.tell(&format!("veriam: {error}\n"));
                told.refused.push(Refused {
                    file: shown(file),
                    error,
                });
            }
        }
    }
    let mut exit = Exit::Agreed;
    let laws_diverge = told.laws.iter().any(|law| law.diverges);
    if laws_diverge || told.cases.iter().any(|case| case.diverges) {
        exit = exit.or(Exit::Divergence);
    }
    if !told.refused.is_empty() {
        exit = exit.or(Exit::Usage);
    }
    match args.format {
        Format::Text => {
            let cases = told.cases.iter().map(text);
            let text: String = cases.chain(told.laws.iter().map(laws::text)).collect();
            streams.end(exit, &text)
        }
        Format::Json => {
            let mut text = serde_json::to_string_pretty(&told).unwrap_or_default();
            text.push('\n');
            streams.end(exit, &text)
        }
    }
}

/// Asks the target of a case, or another one that is named, under a dialect; or says why there is none.
pub(super) type Ask<'a> =
    &'a dyn Fn(&str, Dialect, &mut dyn FnMut(&dyn Target)) -> Result<(), String>;

fn replay(file: &Path, bytes: &[u8], ask: Ask<'_>) -> Result<ToldCase, String> {
    let case = StoredCase::from_json(bytes).map_err(|error| format!("{}:{error}", shown(file)))?;
    // A divergence between documentation and oracle concerns no target; the evaluator is asked as well.
    let name = match case.signature.target.as_str() {
        ORACLE => Evaluator::NAME,
        name => name,
    };
    let mut asked = None;
    ask(name, case.dialect, &mut |target| {
        asked = Some((target.name().to_owned(), Rejudged::new(&case, target)));
    })
    .map_err(|error| format!("{}: {error}", shown(file)))?;
    let (asked, again) = asked.ok_or("nobody was asked")?;
    Ok(ToldCase {
        file: shown(file),
        asked,
        dialect: settings(&case.dialect),
        documented: again.documented.as_ref().map(ToString::to_string),
        oracle: again.oracle.to_string(),
        target: again.target.to_string(),
        diverges: again.diverges(),
        is_question: !matches!(case.case, Case::Document(_)),
        signature: case.signature,
    })
}

fn text(case: &ToldCase) -> String {
    let verdict = if case.diverges {
        paint(BAD, "still diverges")
    } else {
        paint(GOOD, "agrees now")
    };
    let mut text = format!("{}: {verdict}\n", case.file);
    if let Some(documented) = &case.documented {
        text.push_str(&format!("  documented  {documented}\n"));
    }
    text.push_str(&format!("  oracle      {}\n", case.oracle));
    text.push_str(&format!("  {:<11} {}\n", case.asked, case.target));
    if !case.dialect.is_empty() {
        text.push_str(&format!("  dialect     {}\n", case.dialect.join(" ")));
    }
    if case.is_question {
        text.push_str(&format!("  `veriam explain {}` tells why\n", case.file));
    }
    text
}
