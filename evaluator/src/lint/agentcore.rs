//! What a policy says about Amazon Bedrock AgentCore, held against the tables of the service.
//!
//! Each entry is looked at by itself first (names of actions, forms of ARNs), then what a statement names together,
//! then the statements of the document. What one finding explains is not told again by another. Nothing here decides
//! anything, and where the documentation leaves a point open, nothing is said about it.

use std::borrow::Cow;
use std::ops::Range;

use veriam_model::PolicyType;

use crate::Finding;
use crate::fault::{self, Kind};
use crate::json::Value;
use crate::lint::nearest::nearest;
use crate::lint::{Lint, member, one_or_many};

mod action;
mod arn;
mod attached;
mod callers;
mod deny;
mod endpoints;
mod keys;
mod kinds;
mod known;
mod language;
mod statement;
mod together;

use statement::Statement;

pub(crate) use known::is_key;
pub(super) use known::service_key;

/// Every kind of finding about AgentCore.
pub(super) fn all_kinds() -> impl Iterator<Item = &'static &'static Kind> {
    kinds::all()
}

/// Adds the findings of a document. `on` is the ARN of the resource it is attached to.
pub(super) fn look(lint: &mut Lint<'_>, root: Value<'_, '_>, on: Option<&str>) {
    let mut agentcore = Agentcore {
        policy_type: lint.policy_type,
        lint,
        on,
        looked_for: 0,
    };
    let all = member(root, "Statement").into_iter().flat_map(one_or_many);
    let mut statements = Vec::new();
    for value in all {
        let mut read = Statement::read(value, |resource| agentcore.resource(resource));
        agentcore.actions(&mut read);
        statements.push(read);
    }
    let is_about = statements.iter().any(Statement::is_about_agentcore);
    if agentcore.policy_type == PolicyType::Trust {
        agentcore.trust(&statements);
    }
    if !is_about && on.is_none() {
        return;
    }
    match agentcore.policy_type {
        PolicyType::Resource => agentcore.attached(root, &statements),
        PolicyType::Rcp => agentcore.without_effect(&statements),
        _ => {}
    }
    agentcore.together(&statements);
    agentcore.denials(&statements);
    agentcore.callers(&statements);
    agentcore.keys(&statements);
}

/// Most names of one document for which the nearest known one is looked for.
const MOST_LOOKED_FOR: usize = 200;

struct Agentcore<'l, 'd> {
    lint: &'l mut Lint<'d>,
    policy_type: PolicyType,
    on: Option<&'l str>,
    /// Names for which the nearest known one was looked for so far.
    looked_for: usize,
}

/// A finding that is being written.
struct Found {
    kind: &'static Kind,
    place: Range<usize>,
    said: Option<String>,
    remedy: Option<String>,
}

impl Found {
    fn at(kind: &'static Kind, place: Range<usize>) -> Self {
        Self {
            kind,
            place,
            said: None,
            remedy: None,
        }
    }

    /// With a message of its own.
    fn said(mut self, said: String) -> Self {
        self.said = Some(said);
        self
    }

    /// With a remedy of its own.
    fn remedy(mut self, remedy: String) -> Self {
        self.remedy = Some(remedy);
        self
    }
}

impl Agentcore<'_, '_> {
    fn found(&mut self, found: Found) {
        let mut finding: Finding = fault::finding(self.lint.text, (found.place, found.kind));
        if let Some(said) = found.said {
            finding.message = said;
        }
        if let Some(remedy) = found.remedy {
            finding.remedy = Cow::Owned(remedy);
        }
        self.lint.findings.push(finding);
    }

    fn add(&mut self, kind: &'static Kind, value: Value<'_, '_>) {
        self.found(Found::at(kind, value.span()));
    }

    /// The nearest of some names, for so many names of a document as anybody would read.
    fn nearest<'n>(
        &mut self,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) -> Option<&'n str> {
        self.looked_for = self.looked_for.saturating_add(1);
        (self.looked_for <= MOST_LOOKED_FOR).then(|| nearest(name, known))?
    }

    fn has_variables(&self) -> bool {
        self.lint.has_variables
    }
}
