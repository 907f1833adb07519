//! One label, by its number.

use serde_json::Value;
use veriam_model::{
    Call, CallCase, CaseKind, Choice, Decision, DenialKind, Outcome, Path, PolicyText, PolicyType,
    PutOutcome, Rejection, Request, RuleId, World,
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
            Path::Endpoint { endpoint, .. } => {
                let network = world.network(endpoint);
                match network.and_then(|network| network.policy.as_ref()) {
                    None => 1,
                    Some(policy) if is_full_access(policy) => 2,
                    Some(_) => 3,
                }
            }
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

/// Whether a policy is one Allow of everything to everybody, as the one that every VPC endpoint begins with.
fn is_full_access(policy: &PolicyText) -> bool {
    let Ok(Value::Object(document)) = serde_json::from_str(policy.as_str()) else {
        return false;
    };
    let statement = match document.get("Statement") {
        Some(Value::Array(list)) => match list.as_slice() {
            [one] => one,
            _ => return false,
        },
        Some(one) => one,
        None => return false,
    };
    let is = |member: &str, text: &str| statement.get(member).is_some_and(|v| is_only(v, text));
    let everybody = statement.get("Principal").is_some_and(|who| {
        is_only(who, "*") || who.get("AWS").is_some_and(|aws| is_only(aws, "*"))
    });
    let bare = statement.get("Condition").is_none();
    is("Effect", "Allow") && is("Action", "*") && is("Resource", "*") && everybody && bare
}

/// Whether a value is that text, or a list of it alone.
fn is_only(value: &Value, text: &str) -> bool {
    match value {
        Value::String(own) => own == text,
        Value::Array(list) => matches!(list.as_slice(), [Value::String(own)] if own == text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use veriam_model::{Caller, Network, RuntimeOperation, RuntimeRequest};

    use super::*;

    #[test]
    fn full_access_is_one_allow_of_everything_to_everybody() {
        let full = |text: &str| is_full_access(&PolicyText::new(text));
        let with = |statement: &str| format!(r#"{{"Statement":{statement}}}"#);
        let all = r#""Action":"*","Effect":"Allow","Resource":"*""#;
        for who in [r#""*""#, r#"{"AWS":"*"}"#, r#"{"AWS":["*"]}"#] {
            let one = format!(r#"{{{all},"Principal":{who}}}"#);
            assert!(
                full(&with(&one)) && full(&with(&format!("[{one}]"))),
                "{one}"
            );
            assert!(!full(&with(&format!("[{one},{one}]"))), "{one}");
            let limited = one.replace(r#""Resource":"*""#, r#""Resource":"*","Condition":{}"#);
            let denied = one.replace("Allow", "Deny");
            let narrow = one.replace(r#""Action":"*""#, r#""Action":"s3:*""#);
            for other in [limited, denied, narrow] {
                assert!(!full(&with(&other)), "{other}");
            }
        }
        let someone = format!(r#"{{{all},"Principal":{{"AWS":"111122223333"}}}}"#);
        assert!(!full(&with(&someone)) && !full("{}") && !full("no JSON"));
    }

    #[test]
    fn the_policies_of_vpc_endpoints_are_told_apart() {
        let world = |policy: Option<&str>| World {
            networks: vec![Network {
                endpoint: "vpce-1".to_owned(),
                vpc: "vpc-1".to_owned(),
                account: "111122223333".to_owned(),
                policy: policy.map(PolicyText::new),
            }],
            ..World::new("us-west-2")
        };
        let call = |from| Call {
            caller: Caller::Anonymous,
            request: Request::Runtime(RuntimeRequest {
                operation: RuntimeOperation::InvokeAgentRuntime,
                runtime: "r-0123456789".to_owned(),
                qualifier: None,
                user_id: None,
            }),
            from,
            at: 0,
            user_agent: "curl/8".to_owned(),
        };
        let address = "10.0.0.7".to_owned();
        let inside = call(Path::Endpoint {
            endpoint: "vpce-1".to_owned(),
            address: address.clone(),
        });
        let full =
            r#"{"Statement":{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}}"#;
        let own = full.replace("Allow", "Deny");
        let label = |policy: Option<&str>, call| Label::path(&world(policy), call).name();
        let outside = call(Path::Internet { address });
        assert_eq!(label(None, &outside), "internet");
        assert_eq!(label(None, &inside), "VPC endpoint with default policy");
        assert_eq!(
            label(Some(full), &inside),
            "VPC endpoint with full-access policy"
        );
        assert_eq!(
            label(Some(&own), &inside),
            "VPC endpoint with custom policy"
        );
    }
}
