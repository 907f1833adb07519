//! One label, by its number.

use veriam_model::{
    Call, CallCase, CaseKind, Choice, Decision, DenialKind, Outcome, Path, PolicyType, PutOutcome,
    Rejection, Request, RuleId, World,
};
use veriam_oracle::{
    CallerKind, ConditionTrace, Element, Family as OperatorFamily, Grade, KeyState, Operator,
    PrincipalForm, SetOperator, VariableForm, VariableTrace,
};

use super::family::Family;
use super::resource::ResourceType;
use super::trap::Trap;
use super::values::{
    DECIDED_CALLS, KEY_STATES, PUT_RULES, SET_OPERATORS, TYPES, VARIABLE_FORMS, VARIABLE_STATES,
    set_index,
};
use crate::operation::{Operation, RequestFamily};

/// One label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    index: usize,
}

impl Label {
    const fn new(family: Family, offset: usize) -> Self {
        assert!(offset < family.size());
        Label {
            index: family.start() + offset,
        }
    }

    pub(super) const fn numbered(index: usize) -> Self {
        Label { index }
    }

    /// Its number among all labels, from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self.index
    }

    /// The label of a kind of case.
    #[must_use]
    pub const fn case(kind: CaseKind) -> Self {
        Self::new(Family::Case, kind as usize)
    }

    /// The label of a family of requests.
    #[must_use]
    pub const fn request(family: RequestFamily) -> Self {
        Self::new(Family::Request, family as usize)
    }

    /// The label of an operation.
    #[must_use]
    pub const fn operation(operation: Operation) -> Self {
        Self::new(Family::Operation, operation.index())
    }

    /// The label of the authorizer that a call meets, if it meets one.
    #[must_use]
    pub fn authorizer(case: &CallCase) -> Option<Self> {
        let offset = match &case.call.request {
            Request::Runtime(request) => {
                let runtime = case.world.runtime(&request.runtime)?;
                let door = request.qualifier.as_deref().unwrap_or("DEFAULT");
                let door = runtime.endpoints.iter().find(|e| e.name == door);
                let own = door.and_then(|door| door.authorizer);
                own.unwrap_or(runtime.authorizer) as usize
            }
            Request::Gateway(request) => {
                2 + case.world.gateway(&request.gateway)?.authorizer as usize
            }
            Request::Harness(request) => {
                6 + case.world.harness(request.harness.as_deref()?)?.authorizer as usize
            }
            _ => return None,
        };
        Some(Self::new(Family::Authorizer, offset))
    }

    /// The label of a mistake.
    #[must_use]
    pub const fn trap(trap: Trap) -> Self {
        Self::new(Family::Trap, trap as usize)
    }

    /// The label of the way a call takes.
    #[must_use]
    pub fn path(world: &World, call: &Call) -> Self {
        let offset = match &call.from {
            Path::Internet { .. } => 0,
            Path::Endpoint { endpoint, .. } => match world.network(endpoint) {
                Some(network) if network.policy.is_some() => 2,
                _ => 1,
            },
        };
        Self::new(Family::Path, offset)
    }

    /// The label of what becomes of a call.
    #[must_use]
    pub const fn call_outcome(outcome: &Outcome) -> Self {
        let offset = match outcome {
            Outcome::Allowed => 0,
            Outcome::Denied(denial) => match denial.kind {
                DenialKind::Explicit => 1,
                DenialKind::Implicit => 2,
            },
            Outcome::Rejected(rejection) => DECIDED_CALLS.len() + *rejection as usize,
            Outcome::Invalid(invalid) => {
                DECIDED_CALLS.len() + Rejection::ALL.len() + *invalid as usize
            }
        };
        Self::new(Family::CallOutcome, offset)
    }

    /// The label of what becomes of a put.
    #[must_use]
    pub fn put_outcome(outcome: &PutOutcome) -> Self {
        let offset = match outcome {
            PutOutcome::Stored => 0,
            PutOutcome::Refused(refusal) => {
                let of_rule = |number: &u16| RuleId::agentcore(*number) == refusal.rule;
                let found = PUT_RULES.iter().position(of_rule);
                found.map_or(1, |at| at + 2)
            }
        };
        Self::new(Family::PutOutcome, offset)
    }

    /// The label of an open point.
    #[must_use]
    pub const fn open_point(choice: Choice) -> Self {
        Self::new(Family::OpenPoint, choice as usize)
    }

    /// The label of a decision.
    #[must_use]
    pub const fn outcome(decision: Decision) -> Self {
        Self::new(Family::Outcome, decision as usize)
    }

    /// The label of a policy type.
    #[must_use]
    pub const fn policy_type(policy_type: PolicyType) -> Self {
        Self::new(Family::PolicyType, policy_type as usize)
    }

    /// The label of a decision together with a policy type.
    #[must_use]
    pub const fn outcome_by_type(decision: Decision, policy_type: PolicyType) -> Self {
        let offset = decision as usize * TYPES.len() + policy_type as usize;
        Self::new(Family::OutcomeByType, offset)
    }

    /// The label of a kind of caller.
    #[must_use]
    pub const fn caller(caller: CallerKind) -> Self {
        Self::new(Family::Caller, caller as usize)
    }

    /// The label of whether caller and resource belong to one account; nothing: the caller belongs to none.
    #[must_use]
    pub const fn accounts(same: Option<bool>) -> Self {
        let offset = match same {
            Some(true) => 0,
            Some(false) => 1,
            None => 2,
        };
        Self::new(Family::Accounts, offset)
    }

    /// The label of a resource's type.
    #[must_use]
    pub const fn resource_type(resource_type: ResourceType) -> Self {
        Self::new(Family::ResourceType, resource_type as usize)
    }

    /// The label of an element.
    #[must_use]
    pub const fn element(element: Element) -> Self {
        Self::new(Family::Element, element as usize)
    }

    /// The label of a principal's form.
    #[must_use]
    pub const fn principal_form(form: PrincipalForm) -> Self {
        Self::new(Family::PrincipalForm, form as usize)
    }

    /// The label of a grade.
    #[must_use]
    pub const fn grade(grade: Grade) -> Self {
        Self::new(Family::Grade, grade as usize)
    }

    /// The label of an operator family.
    #[must_use]
    pub const fn operator_family(family: OperatorFamily) -> Self {
        Self::new(Family::OperatorFamily, family as usize)
    }

    /// The label of an operator.
    #[must_use]
    pub const fn operator(operator: Operator) -> Self {
        Self::new(Family::Operator, operator as usize)
    }

    /// The label of a set operator, or of none.
    #[must_use]
    pub const fn set_operator(set: Option<SetOperator>) -> Self {
        Self::new(Family::SetOperator, set_index(set))
    }

    /// The label of a test with or without `IfExists`.
    #[must_use]
    pub const fn if_exists(if_exists: bool) -> Self {
        Self::new(Family::IfExists, if_exists as usize)
    }

    /// The label of what became of a key.
    #[must_use]
    pub const fn key_state(state: KeyState) -> Self {
        Self::new(Family::KeyState, state as usize)
    }

    /// The label of a whole test.
    #[must_use]
    pub const fn condition(condition: &ConditionTrace) -> Self {
        let offset = condition.operator as usize * SET_OPERATORS.len() + set_index(condition.set);
        let offset = offset * 2 + condition.if_exists as usize;
        let offset = offset * KEY_STATES.len() + condition.state as usize;
        Self::new(Family::Condition, offset)
    }

    /// The label of a variable's form.
    #[must_use]
    pub const fn variable_form(form: VariableForm) -> Self {
        Self::new(Family::VariableForm, form as usize)
    }

    /// The label of a variable's form and what became of it.
    #[must_use]
    pub const fn variable(variable: &VariableTrace) -> Self {
        let state = match (variable.version_2012, variable.resolved) {
            (true, true) => 0,
            (true, false) => 1,
            (false, _) => 2,
        };
        let offset = variable.form as usize * VARIABLE_STATES.len() + state;
        Self::new(Family::Variable, offset)
    }

    /// The family it belongs to.
    #[must_use]
    pub fn family(self) -> Family {
        let within = |f: &Family| self.index < f.start() + f.size();
        Family::ALL.into_iter().find(within).unwrap_or(Family::Trap)
    }

    /// Its position within its family, from 0.
    pub(super) fn offset(self) -> usize {
        self.index - self.family().start()
    }

    /// Whether no case can carry it: `NullIfExists` is no operator, and literal forms always stand for
    /// themselves.
    #[must_use]
    pub fn is_impossible(self) -> bool {
        let offset = self.offset();
        match self.family() {
            Family::Condition => {
                let rest = offset / KEY_STATES.len();
                let operator = Operator::ALL[rest / 2 / SET_OPERATORS.len()];
                operator == Operator::Null && rest % 2 == 1
            }
            Family::Variable => {
                let form = VARIABLE_FORMS[offset / VARIABLE_STATES.len()];
                let literal = !matches!(
                    form,
                    VariableForm::Plain | VariableForm::WithDefault | VariableForm::Tag
                );
                literal && offset % VARIABLE_STATES.len() == 1
            }
            _ => false,
        }
    }
}
