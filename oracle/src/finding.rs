//! What is found out about one element of a statement.

use veriam_model::{PolicyType, Verb};

use crate::notes::Notes;
use crate::request::Request;
use crate::{ConditionTrace, Element, ElementTrace, PrincipalForm, VariableTrace};

/// The surroundings of an element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'s> {
    pub(crate) request: &'s Request<'s>,
    pub(crate) policy_type: PolicyType,
    /// Whether the document's version is 2012-10-17.
    pub(crate) version_2012: bool,
    pub(crate) effect: Verb,
    /// Whether the caller has a permissions boundary that counts.
    pub(crate) bounded: bool,
}

/// What is found out about one element.
#[derive(Clone, Debug)]
pub(crate) struct Finding<'d> {
    pub(crate) element: Element,
    pub(crate) holds: bool,
    pub(crate) notes: Notes<'d>,
    pub(crate) wanted: Vec<String>,
    pub(crate) found: Option<Vec<String>>,
    pub(crate) why: String,
    pub(crate) condition: Option<ConditionTrace>,
    pub(crate) principal_forms: Vec<PrincipalForm>,
    pub(crate) variables: Vec<VariableTrace>,
}

impl<'d> Finding<'d> {
    /// A finding without any detail.
    pub(crate) fn new(element: Element, holds: bool, notes: Notes<'d>) -> Self {
        Self {
            element,
            holds,
            notes,
            wanted: Vec::new(),
            found: None,
            why: String::new(),
            condition: None,
            principal_forms: Vec::new(),
            variables: Vec::new(),
        }
    }

    /// The finding for a derivation.
    pub(crate) fn into_trace(self) -> ElementTrace {
        ElementTrace {
            element: self.element,
            holds: self.holds,
            rules: self.notes.in_order().to_vec(),
            wanted: self.wanted,
            found: self.found,
            why: self.why,
            condition: self.condition,
            principal_forms: self.principal_forms,
            variables: self.variables,
        }
    }
}
