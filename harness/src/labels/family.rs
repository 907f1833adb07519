//! The families of labels, numbered one after the other.

use veriam_model::ALL_CHOICES;
use veriam_oracle::Operator;

use super::label::Label;
use super::trap::Trap;
use super::values::{
    ACCOUNTS, AUTHORIZERS, CALL_OUTCOMES, CALLERS, CASES, ELEMENTS, GRADES, KEY_STATES,
    OPERATOR_FAMILIES, OUTCOMES, PATHS, PRINCIPAL_FORMS, PUT_OUTCOMES, RESOURCE_TYPES,
    SET_OPERATORS, TYPES, VARIABLE_FORMS, VARIABLE_STATES,
};
use crate::operation::{Operation, RequestFamily};

/// A kind of label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// The kind of case.
    Case,
    /// The family of requests that a call's belongs to.
    Request,
    /// The operation of a call.
    Operation,
    /// How callers of what a call is about prove who they are.
    Authorizer,
    /// The way a call takes.
    Path,
    /// What becomes of a call.
    CallOutcome,
    /// What becomes of a put: stored, or refused by which rule.
    PutOutcome,
    /// An open point that is consulted; decisive when the outcome turns on it.
    OpenPoint,
    /// The decision.
    Outcome,
    /// A policy type that counts.
    PolicyType,
    /// Decision and policy type together.
    OutcomeByType,
    /// The kind of caller.
    Caller,
    /// Whether caller and resource belong to one account.
    Accounts,
    /// The type of the resource.
    ResourceType,
    /// An element of a statement.
    Element,
    /// The form of a listed principal.
    PrincipalForm,
    /// How a principal element names the caller.
    Grade,
    /// The family of a condition operator.
    OperatorFamily,
    /// A condition operator.
    Operator,
    /// A set operator, or none.
    SetOperator,
    /// With or without the suffix `IfExists`.
    IfExists,
    /// Key absent, matched, not matched.
    KeyState,
    /// Operator, set operator, `IfExists` and key state together.
    Condition,
    /// The form of a policy variable in a 2012-10-17 document.
    VariableForm,
    /// Form of a policy variable and what became of it.
    Variable,
    /// A mistake that decides.
    Trap,
}

impl Family {
    /// Every family, in the order of the report.
    pub const ALL: [Family; 26] = [
        Family::Case,
        Family::Request,
        Family::Operation,
        Family::Authorizer,
        Family::Path,
        Family::CallOutcome,
        Family::PutOutcome,
        Family::OpenPoint,
        Family::Outcome,
        Family::PolicyType,
        Family::OutcomeByType,
        Family::Caller,
        Family::Accounts,
        Family::ResourceType,
        Family::Element,
        Family::PrincipalForm,
        Family::Grade,
        Family::OperatorFamily,
        Family::Operator,
        Family::SetOperator,
        Family::IfExists,
        Family::KeyState,
        Family::Condition,
        Family::VariableForm,
        Family::Variable,
        Family::Trap,
    ];

    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Family::Case => "case",
            Family::Request => "request",
            Family::Operation => "operation",
            Family::Authorizer => "authorizer",
            Family::Path => "path",
            Family::CallOutcome => "call outcome",
            Family::PutOutcome => "put outcome",
            Family::OpenPoint => "open point",
            Family::Outcome => "outcome",
            Family::PolicyType => "policy type",
            Family::OutcomeByType => "outcome by policy type",
            Family::Caller => "caller",
            Family::Accounts => "accounts",
            Family::ResourceType => "resource type",
            Family::Element => "element",
            Family::PrincipalForm => "principal form",
            Family::Grade => "grade",
            Family::OperatorFamily => "operator family",
            Family::Operator => "operator",
            Family::SetOperator => "set operator",
            Family::IfExists => "IfExists",
            Family::KeyState => "key",
            Family::Condition => "condition",
            Family::VariableForm => "variable form",
            Family::Variable => "variable",
            Family::Trap => "trap",
        }
    }

    /// How many labels it has.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Family::Case => CASES.len(),
            Family::Request => RequestFamily::ALL.len(),
            Family::Operation => Operation::COUNT,
            Family::Authorizer => AUTHORIZERS.len(),
            Family::Path => PATHS.len(),
            Family::CallOutcome => CALL_OUTCOMES,
            Family::PutOutcome => PUT_OUTCOMES,
            Family::OpenPoint => ALL_CHOICES.len(),
            Family::Outcome => OUTCOMES.len(),
            Family::PolicyType => TYPES.len(),
            Family::OutcomeByType => OUTCOMES.len() * TYPES.len(),
            Family::Caller => CALLERS.len(),
            Family::Accounts => ACCOUNTS.len(),
            Family::ResourceType => RESOURCE_TYPES.len(),
            Family::Element => ELEMENTS.len(),
            Family::PrincipalForm => PRINCIPAL_FORMS.len(),
            Family::Grade => GRADES.len(),
            Family::OperatorFamily => OPERATOR_FAMILIES.len(),
            Family::Operator => Operator::ALL.len(),
            Family::SetOperator => SET_OPERATORS.len(),
            Family::IfExists => 2,
            Family::KeyState => KEY_STATES.len(),
            Family::Condition => Operator::ALL.len() * SET_OPERATORS.len() * 2 * KEY_STATES.len(),
            Family::VariableForm => VARIABLE_FORMS.len(),
            Family::Variable => VARIABLE_FORMS.len() * VARIABLE_STATES.len(),
            Family::Trap => Trap::ALL.len(),
        }
    }

    /// The number of its first label.
    pub(super) const fn start(self) -> usize {
        STARTS[self as usize]
    }

    /// Its labels, in order.
    pub fn labels(self) -> impl Iterator<Item = Label> {
        let start = self.start();
        (start..start + self.size()).map(Label::numbered)
    }
}

/// The number of each family's first label, and at the end how many labels there are.
const STARTS: [usize; Family::ALL.len() + 1] = {
    let mut starts = [0; Family::ALL.len() + 1];
    let mut i = 0;
    while i < Family::ALL.len() {
        starts[i + 1] = starts[i] + Family::ALL[i].size();
        i += 1;
    }
    starts
};

/// How many labels there are in all families.
pub const LABELS: usize = STARTS[Family::ALL.len()];
