//! What `veriam run --laws` stores, and `veriam replay` of it.

use std::path::Path;

use serde::Serialize;
use veriam_reports::ClusterRecord;

use super::replay::Ask;
use super::run::replay_command;
use super::shown;
use crate::case_file::settings;
use crate::laws::{LawCase, LawCluster, store};
use crate::style::{BAD, GOOD, paint};
use crate::target::Target;

/// Stores a broken law.
pub(super) fn stored(out: &Path, cluster: &LawCluster, target: &dyn Target) -> ClusterRecord {
    let result = store(out, &cluster.case, target);
    let (file, not_stored, unsteady) = match result {
        Ok(stored) => (
            Some(stored.path.display().to_string()),
            None,
            !stored.steady,
        ),
        Err(error) => (None, Some(error), false),
    };
    ClusterRecord {
        signature: cluster.case.signature(),
        examined: cluster.examined,
        replay: file.as_ref().map(|file| replay_command(file, target)),
        file,
        not_stored,
        unsteady,
        failure: cluster.failure.clone(),
    }
}

/// What a target says to the two cases of a stored broken law now.
#[derive(Serialize)]
pub(super) struct ToldLaw {
    file: String,
    law: &'static str,
    title: &'static str,
    target: String,
    dialect: Vec<String>,
    /// The replies before and after the change; null when the target gives no outcome of one of the cases.
    before: Option<String>,
    after: Option<String>,
    pub(super) diverges: bool,
}

pub(super) fn replay(file: &Path, bytes: &[u8], ask: Ask<'_>) -> Result<ToldLaw, String> {
    let case = LawCase::from_json(bytes).map_err(|error| format!("{}:{error}", shown(file)))?;
    let mut seen = None;
    ask(&case.target, case.dialect, &mut |target| {
        seen = case.again(target).ok();
    })
    .map_err(|error| format!("{}: {error}", shown(file)))?;
    Ok(ToldLaw {
        file: shown(file),
        law: case.law.name(),
        title: case.law.title(),
        dialect: settings(&case.dialect),
        before: seen.as_ref().map(|seen| seen.before.to_string()),
        after: seen.as_ref().map(|seen| seen.after.to_string()),
        diverges: seen.is_some_and(|seen| seen.broken),
        target: case.target,
    })
}

pub(super) fn text(told: &ToldLaw) -> String {
    let verdict = match (told.diverges, &told.before) {
        (true, _) => paint(BAD, "the law is still broken"),
        (false, Some(_)) => paint(GOOD, "the law holds now"),
        (false, None) => "the target gives no outcome of these cases".to_owned(),
    };
    let mut text = format!("{}: {verdict}\n", told.file);
    text.push_str(&format!("  law         {}: {}\n", told.law, told.title));
    text.push_str(&format!("  target      {}\n", told.target));
    let replies = [("before", &told.before), ("after", &told.after)];
    for (name, reply) in replies {
        let reply = reply.as_deref().unwrap_or("no outcome");
        text.push_str(&format!("  {name:<11} {reply}\n"));
    }
    if !told.dialect.is_empty() {
        text.push_str(&format!("  dialect     {}\n", told.dialect.join(" ")));
    }
    text
}
