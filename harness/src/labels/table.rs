//! Which labels there are: families of labels, numbered one after the other.

use veriam_model::{
    ALL_CHOICES, Call, CaseKind, Choice, Decision, DenialKind, InvalidCall, Operation, Outcome,
    Path, PolicyType, Rejection, World,
};
use veriam_oracle::{
    CallerKind, ConditionTrace, Element, Family as OperatorFamily, Grade, KeyState, Operator,
    PrincipalForm, SetOperator, VariableForm, VariableTrace,
};

/// A kind of label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// The kind of case.
    Case,
    /// The operation of a call.
    Operation,
    /// The way a call takes.
    Path,
    /// What becomes of a call.
    CallOutcome,
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
}

impl Family {
    /// Every family, in the order of the report.
    pub const ALL: [Family; 20] = [
        Family::Case,
        Family::Operation,
        Family::Path,
        Family::CallOutcome,
        Family::OpenPoint,
        Family::Outcome,
        Family::PolicyType,
        Family::OutcomeByType,
        Family::Caller,
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
    ];

    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Family::Case => "case",
            Family::Operation => "operation",
            Family::Path => "path",
            Family::CallOutcome => "call outcome",
            Family::OpenPoint => "open point",
            Family::Outcome => "outcome",
            Family::PolicyType => "policy type",
            Family::OutcomeByType => "outcome by policy type",
            Family::Caller => "caller",
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
        }
    }

    /// Whether each of its labels has to be decisive often enough. Combined labels have no quota: their parts do. Nor
    /// have open points: generated cases keep away from most of them.
    #[must_use]
    pub const fn has_quota(self) -> bool {
        !matches!(
            self,
            Family::OpenPoint | Family::OutcomeByType | Family::Condition | Family::Variable
        )
    }

    /// How many labels it has.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Family::Case => CASES.len(),
            Family::Operation => Operation::ALL.len(),
            Family::Path => PATHS.len(),
            Family::CallOutcome => CALL_OUTCOMES.len(),
            Family::OpenPoint => ALL_CHOICES.len(),
            Family::Outcome => OUTCOMES.len(),
            Family::PolicyType => TYPES.len(),
            Family::OutcomeByType => OUTCOMES.len() * TYPES.len(),
            Family::Caller => CALLERS.len(),
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
        }
    }

    /// The number of its first label.
    const fn start(self) -> usize {
        STARTS[self as usize]
    }

    /// Its labels, in order.
    pub fn labels(self) -> impl Iterator<Item = Label> {
        let start = self.start();
        (start..start + self.size()).map(move |index| Label { index })
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

/// One label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    index: usize,
}

const CASES: [CaseKind; 3] = CaseKind::ALL;
const PATHS: [&str; 3] = [
    "internet",
    "VPC endpoint without policy",
    "VPC endpoint with policy",
];
const CALL_OUTCOMES: [&str; 7] = [
    "allowed",
    "denied explicitly",
    "denied implicitly",
    "unauthenticated",
    "method mismatch",
    "bad token",
    "no such endpoint",
];
const OUTCOMES: [Decision; 3] = Decision::ALL;
const TYPES: [PolicyType; 9] = PolicyType::ALL;
const CALLERS: [CallerKind; 8] = [
    CallerKind::Root,
    CallerKind::User,
    CallerKind::RoleSession,
    CallerKind::FederatedUser,
    CallerKind::ServicePrincipal,
    CallerKind::FederatedProvider,
    CallerKind::Anonymous,
    CallerKind::Jwt,
];
const ELEMENTS: [Element; 7] = [
    Element::Principal,
    Element::NotPrincipal,
    Element::Action,
    Element::NotAction,
    Element::Resource,
    Element::NotResource,
    Element::Condition,
];
const PRINCIPAL_FORMS: [PrincipalForm; 13] = [
    PrincipalForm::Everyone,
    PrincipalForm::AwsStar,
    PrincipalForm::AccountId,
    PrincipalForm::AccountRootArn,
    PrincipalForm::UserArn,
    PrincipalForm::RoleArn,
    PrincipalForm::SessionArn,
    PrincipalForm::FederatedUserArn,
    PrincipalForm::Service,
    PrincipalForm::Federated,
    PrincipalForm::CanonicalUser,
    PrincipalForm::UniqueId,
    PrincipalForm::OtherArn,
];
const GRADES: [Grade; 4] = [Grade::None, Grade::Account, Grade::Entity, Grade::Direct];
const OPERATOR_FAMILIES: [OperatorFamily; 8] = [
    OperatorFamily::String,
    OperatorFamily::Numeric,
    OperatorFamily::Date,
    OperatorFamily::Bool,
    OperatorFamily::Binary,
    OperatorFamily::Ip,
    OperatorFamily::Arn,
    OperatorFamily::Null,
];
const SET_OPERATORS: [Option<SetOperator>; 3] = [
    None,
    Some(SetOperator::ForAllValues),
    Some(SetOperator::ForAnyValue),
];
const KEY_STATES: [KeyState; 3] = [KeyState::Absent, KeyState::Matched, KeyState::NotMatched];
const VARIABLE_FORMS: [VariableForm; 6] = [
    VariableForm::Plain,
    VariableForm::WithDefault,
    VariableForm::Tag,
    VariableForm::LiteralStar,
    VariableForm::LiteralQuestion,
    VariableForm::LiteralDollar,
];
const VARIABLE_STATES: [&str; 3] = ["resolved", "unresolved", "plain text before 2012-10-17"];

const fn set_index(set: Option<SetOperator>) -> usize {
    match set {
        None => 0,
        Some(SetOperator::ForAllValues) => 1,
        Some(SetOperator::ForAnyValue) => 2,
    }
}

impl Label {
    const fn new(family: Family, offset: usize) -> Self {
        assert!(offset < family.size());
        Label {
            index: family.start() + offset,
        }
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

    /// The label of an operation.
    #[must_use]
    pub const fn operation(operation: Operation) -> Self {
        Self::new(Family::Operation, operation as usize)
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
            Outcome::Rejected(Rejection::Unauthenticated) => 3,
            Outcome::Rejected(Rejection::MethodMismatch) => 4,
            Outcome::Rejected(Rejection::BadToken) => 5,
            Outcome::Invalid(InvalidCall::NoSuchEndpoint) => 6,
        };
        Self::new(Family::CallOutcome, offset)
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
        Family::ALL
            .into_iter()
            .find(within)
            .unwrap_or(Family::Variable)
    }

    /// Whether no case can carry it: `NullIfExists` is no operator, and literal forms always stand for
    /// themselves.
    #[must_use]
    pub fn is_impossible(self) -> bool {
        let offset = self.index - self.family().start();
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

    /// The name within its family.
    #[must_use]
    pub fn name(self) -> String {
        let family = self.family();
        let offset = self.index - family.start();
        match family {
            Family::Case => CASES[offset].name().to_owned(),
            Family::Operation => Operation::ALL[offset].to_string(),
            Family::Path => PATHS[offset].to_owned(),
            Family::CallOutcome => CALL_OUTCOMES[offset].to_owned(),
            Family::OpenPoint => ALL_CHOICES[offset].to_string(),
            Family::Outcome => words(OUTCOMES[offset].name()),
            Family::PolicyType => TYPES[offset].name().to_owned(),
            Family::OutcomeByType => {
                let decision = OUTCOMES[offset / TYPES.len()];
                let policy_type = TYPES[offset % TYPES.len()];
                format!("{} with {policy_type}", words(decision.name()))
            }
            Family::Caller => CALLERS[offset].to_string(),
            Family::Element => ELEMENTS[offset].to_string(),
            Family::PrincipalForm => principal_form_name(PRINCIPAL_FORMS[offset]).to_owned(),
            Family::Grade => grade_name(GRADES[offset]).to_owned(),
            Family::OperatorFamily => operator_family_name(OPERATOR_FAMILIES[offset]).to_owned(),
            Family::Operator => Operator::ALL[offset].to_string(),
            Family::SetOperator => match SET_OPERATORS[offset] {
                None => "none".to_owned(),
                Some(set) => set.to_string(),
            },
            Family::IfExists => ["without", "with"][offset].to_owned(),
            Family::KeyState => key_state_name(KEY_STATES[offset]).to_owned(),
            Family::Condition => condition_name(offset),
            Family::VariableForm => variable_form_name(VARIABLE_FORMS[offset]).to_owned(),
            Family::Variable => {
                let form = VARIABLE_FORMS[offset / VARIABLE_STATES.len()];
                let state = VARIABLE_STATES[offset % VARIABLE_STATES.len()];
                format!("{} {state}", variable_form_name(form))
            }
        }
    }
}

fn condition_name(offset: usize) -> String {
    let state = KEY_STATES[offset % KEY_STATES.len()];
    let rest = offset / KEY_STATES.len();
    let if_exists = if rest % 2 == 1 { "IfExists" } else { "" };
    let rest = rest / 2;
    let operator = Operator::ALL[rest / SET_OPERATORS.len()];
    let prefix = match SET_OPERATORS[rest % SET_OPERATORS.len()] {
        None => String::new(),
        Some(set) => format!("{set}:"),
    };
    format!("{prefix}{operator}{if_exists} {}", key_state_name(state))
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

const fn principal_form_name(form: PrincipalForm) -> &'static str {
    match form {
        PrincipalForm::Everyone => "\"*\"",
        PrincipalForm::AwsStar => "{\"AWS\":\"*\"}",
        PrincipalForm::AccountId => "account id",
        PrincipalForm::AccountRootArn => "account root ARN",
        PrincipalForm::UserArn => "user ARN",
        PrincipalForm::RoleArn => "role ARN",
        PrincipalForm::SessionArn => "session ARN",
        PrincipalForm::FederatedUserArn => "federated-user ARN",
        PrincipalForm::Service => "service",
        PrincipalForm::Federated => "federated provider",
        PrincipalForm::CanonicalUser => "canonical user",
        PrincipalForm::UniqueId => "unique id",
        PrincipalForm::OtherArn => "other ARN",
    }
}

const fn grade_name(grade: Grade) -> &'static str {
    match grade {
        Grade::None => "not named",
        Grade::Account => "by account",
        Grade::Entity => "by role or user",
        Grade::Direct => "directly",
    }
}

const fn operator_family_name(family: OperatorFamily) -> &'static str {
    match family {
        OperatorFamily::String => "String",
        OperatorFamily::Numeric => "Numeric",
        OperatorFamily::Date => "Date",
        OperatorFamily::Bool => "Bool",
        OperatorFamily::Binary => "Binary",
        OperatorFamily::Ip => "IpAddress",
        OperatorFamily::Arn => "Arn",
        OperatorFamily::Null => "Null",
    }
}

const fn key_state_name(state: KeyState) -> &'static str {
    match state {
        KeyState::Absent => "absent",
        KeyState::Matched => "matched",
        KeyState::NotMatched => "not matched",
    }
}

const fn variable_form_name(form: VariableForm) -> &'static str {
    match form {
        VariableForm::Plain => "${key}",
        VariableForm::WithDefault => "${key, 'default'}",
        VariableForm::Tag => "${…Tag/name}",
        VariableForm::LiteralStar => "${*}",
        VariableForm::LiteralQuestion => "${?}",
        VariableForm::LiteralDollar => "${$}",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_table_stands_in_declaration_order() {
        fn in_order(indices: impl Iterator<Item = usize>) {
            for (i, index) in indices.enumerate() {
                assert_eq!(i, index);
            }
        }
        in_order(Family::ALL.iter().map(|&x| x as usize));
        in_order(CASES.iter().map(|&x| x as usize));
        in_order(Operation::ALL.iter().map(|&x| x as usize));
        in_order(ALL_CHOICES.iter().map(|&x| x as usize));
        in_order(OUTCOMES.iter().map(|&x| x as usize));
        in_order(TYPES.iter().map(|&x| x as usize));
        in_order(CALLERS.iter().map(|&x| x as usize));
        in_order(ELEMENTS.iter().map(|&x| x as usize));
        in_order(PRINCIPAL_FORMS.iter().map(|&x| x as usize));
        in_order(GRADES.iter().map(|&x| x as usize));
        in_order(OPERATOR_FAMILIES.iter().map(|&x| x as usize));
        in_order(Operator::ALL.iter().map(|&x| x as usize));
        in_order(KEY_STATES.iter().map(|&x| x as usize));
        in_order(VARIABLE_FORMS.iter().map(|&x| x as usize));
        in_order(SET_OPERATORS.iter().map(|&x| set_index(x)));
    }

    #[test]
    fn every_label_has_its_own_family_and_name() {
        let mut names = BTreeSet::new();
        let mut count = 0;
        for family in Family::ALL {
            for label in family.labels() {
                assert_eq!(label.index(), count);
                assert_eq!(label.family(), family);
                assert!(names.insert((family, label.name())), "{}", label.name());
                count += 1;
            }
        }
        assert_eq!(count, LABELS);
    }

    #[test]
    fn a_condition_label_names_all_its_parts() {
        let condition = ConditionTrace {
            operator: Operator::StringNotLike,
            set: Some(SetOperator::ForAnyValue),
            if_exists: true,
            key: "aws:TagKeys".to_owned(),
            state: KeyState::NotMatched,
        };
        let label = Label::condition(&condition);
        assert_eq!(
            label.name(),
            "ForAnyValue:StringNotLikeIfExists not matched"
        );
        assert!(!label.is_impossible());
        let impossible = Family::Condition.labels().filter(|l| l.is_impossible());
        let names: Vec<String> = impossible.map(Label::name).collect();
        assert_eq!(names.len(), 9);
        assert!(names.iter().all(|n| n.contains("NullIfExists")));
    }
}
