//! What labels are called.

use veriam_model::{ALL_CHOICES, InvalidCall, Rejection, RuleId};
use veriam_oracle::{
    Family as OperatorFamily, Grade, KeyState, Operator, PrincipalForm, VariableForm,
};

use super::family::Family;
use super::label::Label;
use super::trap::Trap;
use super::values::{
    ACCOUNTS, AUTHORIZERS, CALLERS, CASES, DECIDED_CALLS, ELEMENTS, GRADES, KEY_STATES,
    OPERATOR_FAMILIES, OUTCOMES, PATHS, PRINCIPAL_FORMS, PUT_RULES, RESOURCE_TYPES, SET_OPERATORS,
    TYPES, VARIABLE_FORMS, VARIABLE_STATES,
};
use crate::operation::{Operation, RequestFamily};

impl Label {
    /// The name within its family.
    #[must_use]
    pub fn name(self) -> String {
        let family = self.family();
        let offset = self.offset();
        match family {
            Family::Case => CASES[offset].name().to_owned(),
            Family::Request => RequestFamily::ALL[offset].name().to_owned(),
            Family::Operation => operation_name(Operation::ALL[offset]),
            Family::Authorizer => AUTHORIZERS[offset].to_owned(),
            Family::Path => PATHS[offset].to_owned(),
            Family::CallOutcome => call_outcome_name(offset),
            Family::PutOutcome => put_outcome_name(offset),
            Family::OpenPoint => ALL_CHOICES[offset].to_string(),
            Family::Outcome => words(OUTCOMES[offset].name()),
            Family::PolicyType => TYPES[offset].name().to_owned(),
            Family::OutcomeByType => {
                let decision = OUTCOMES[offset / TYPES.len()];
                let policy_type = TYPES[offset % TYPES.len()];
                format!("{} with {policy_type}", words(decision.name()))
            }
            Family::Caller => CALLERS[offset].to_string(),
            Family::Accounts => ACCOUNTS[offset].to_owned(),
            Family::ResourceType => RESOURCE_TYPES[offset].name().to_owned(),
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
            Family::Trap => Trap::ALL[offset].name().to_owned(),
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

/// With the family before it, unless it is a runtime's: some operations are called alike.
fn operation_name(operation: Operation) -> String {
    match operation.family() {
        RequestFamily::Runtime => operation.to_string(),
        family => format!("{}: {operation}", family.name()),
    }
}

fn call_outcome_name(offset: usize) -> String {
    let rejections = Rejection::ALL.iter().map(|r| words(r.name()));
    let invalid = InvalidCall::ALL.iter().map(|i| words(i.name()));
    let decided = DECIDED_CALLS.iter().map(|&name| name.to_owned());
    let mut names = decided.chain(rejections).chain(invalid);
    names.nth(offset).unwrap_or_default()
}

fn put_outcome_name(offset: usize) -> String {
    match offset {
        0 => "stored".to_owned(),
        1 => "no valid document".to_owned(),
        _ => format!("refused by {}", RuleId::agentcore(PUT_RULES[offset - 2])),
    }
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

    use veriam_oracle::{ConditionTrace, SetOperator};

    use super::super::LABELS;
    use super::super::resource::ResourceType;
    use super::super::values::set_index;
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
        in_order(Rejection::ALL.iter().map(|&x| x as usize));
        in_order(InvalidCall::ALL.iter().map(|&x| x as usize));
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
        in_order(ResourceType::ALL.iter().map(|&x| x as usize));
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
