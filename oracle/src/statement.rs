//! Whether one statement applies: every element is tested, and all have to hold (7.0, `applies`).

use std::collections::HashSet;

use veriam_model::readings::EmptyCondition;
use veriam_model::{PolicyType, Verb};

use crate::document::{Condition, Statement};
use crate::finding::{Finding, Scope};
use crate::notes::{Matter, Notes, iam};
use crate::{Element, Grade, StatementTrace, action, condition, principal, resource};

/// What a statement says about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) effect: Verb,
    pub(crate) applies: bool,
    /// How the caller is named; of no account in policy types without principals.
    pub(crate) grade: Grade,
    /// Whether the caller is named as one of everyone.
    pub(crate) everyone: bool,
}

/// Evaluates a statement. The trace is `None` when no derivation is wanted.
pub(crate) fn evaluate(
    statement: &Statement,
    index: usize,
    scope: Scope<'_>,
    notes: &mut Notes<'_>,
) -> (Said, Option<StatementTrace>) {
    let mut tally = Tally {
        failures: Matter::default(),
        elements: notes.is_recording().then(Vec::new),
        notes,
    };
    let mut naming = None;
    if has_principals(scope.policy_type) {
        // IAM-243: in an endpoint policy as in a resource policy.
        tally
            .notes
            .cite_if(scope.policy_type == PolicyType::Endpoint, iam(243));
        let fresh = tally.notes.fresh();
        let (finding, named) = principal::test(statement.principal.as_ref(), scope, fresh);
        tally.add(finding);
        naming = Some(named);
    } else {
        // IAM-127: these policies apply to whoever they are attached to.
        tally.notes.cite(iam(127));
    }
    let fresh = tally.notes.fresh();
    tally.add(action::test(&statement.action, scope, fresh));
    if let Some(element) = &statement.resource {
        let fresh = tally.notes.fresh();
        tally.add(resource::test(element, scope, fresh));
    }
    if let Some(condition) = &statement.condition {
        test_condition(condition, scope, &mut tally);
    }
    let applies = !tally.failures.settled;
    tally.notes.take_over_choices(tally.failures.choices());
    let said = Said {
        effect: statement.effect,
        applies,
        grade: naming.map_or(Grade::Direct, |naming| naming.grade),
        everyone: naming.is_some_and(|naming| naming.everyone),
    };
    let trace = tally.elements.map(|elements| StatementTrace {
        index,
        sid: statement.sid.clone(),
        effect: said.effect,
        applies: said.applies,
        grade: naming.map(|naming| naming.grade),
        elements: elements.into_iter().map(Finding::into_trace).collect(),
    });
    (said, trace)
}

/// Policy types whose statements name principals.
pub(crate) fn has_principals(policy_type: PolicyType) -> bool {
    matches!(
        policy_type,
        PolicyType::Resource
            | PolicyType::Trust
            | PolicyType::Key
            | PolicyType::Rcp
            | PolicyType::Endpoint
    )
}

/// The findings of a statement as they come in.
struct Tally<'n, 'd> {
    /// One element that fails settles it.
    failures: Matter,
    elements: Option<Vec<Finding<'d>>>,
    notes: &'n mut Notes<'d>,
}

impl<'d> Tally<'_, 'd> {
    fn add(&mut self, finding: Finding<'d>) {
        self.notes.take_over_rules(&finding.notes);
        self.failures.add(!finding.holds, finding.notes.consulted());
        if let Some(elements) = &mut self.elements {
            elements.push(finding);
        }
    }
}

fn test_condition(condition: &Condition, scope: Scope<'_>, tally: &mut Tally<'_, '_>) {
    let mut keys = HashSet::new();
    let mut tests = 0;
    for block in &condition.blocks {
        for key in &block.keys {
            // IAM-188: one key under several operators.
            let repeated = !keys.insert(key.key.to_ascii_lowercase());
            tally.notes.cite_if(repeated, iam(188));
            tests += 1;
            let fresh = tally.notes.fresh();
            tally.add(condition::test(block, key, scope, fresh));
        }
    }
    // IAM-128: all of them have to hold.
    tally.notes.cite_if(tests > 1, iam(128));
    // IAM-040: an empty block tests nothing, or takes the statement's effect.
    if condition.has_empty_block() {
        let mut notes = tally.notes.fresh();
        let holds = notes.choose::<EmptyCondition>() == EmptyCondition::NoTest;
        let mut finding = Finding::new(Element::Condition, holds, notes);
        finding.why = finding.notes.text(|| match holds {
            true => "an empty block tests nothing".to_owned(),
            false => "an empty block takes the statement's effect".to_owned(),
        });
        tally.add(finding);
    }
}
