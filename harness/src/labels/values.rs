//! What the labels of each family stand for, in order.

use veriam_model::{CaseKind, Decision, InvalidCall, PolicyType, Rejection};
use veriam_oracle::{
    CallerKind, Element, Family as OperatorFamily, Grade, KeyState, PrincipalForm, SetOperator,
    VariableForm,
};

use super::resource::ResourceType;

pub(super) const CASES: [CaseKind; CaseKind::ALL.len()] = CaseKind::ALL;
/// An endpoint without policy has the default one (AC-163).
pub(super) const PATHS: [&str; 4] = [
    "internet",
    "VPC endpoint with default policy",
    "VPC endpoint with full-access policy",
    "VPC endpoint with custom policy",
];
/// Of runtimes, of gateways, of harnesses.
pub(super) const AUTHORIZERS: [&str; 8] = [
    "runtime IAM",
    "runtime JWT",
    "gateway AWS_IAM",
    "gateway CUSTOM_JWT",
    "gateway NONE",
    "gateway AUTHENTICATE_ONLY",
    "harness IAM",
    "harness JWT",
];
/// What becomes of a call that policies are asked about; after it rejections, then invalid calls.
pub(super) const DECIDED_CALLS: [&str; 3] = ["allowed", "denied explicitly", "denied implicitly"];
pub(super) const CALL_OUTCOMES: usize =
    DECIDED_CALLS.len() + Rejection::ALL.len() + InvalidCall::ALL.len();
/// The rules of AgentCore that refuse a put (readings, section 7).
pub(super) const PUT_RULES: [u16; 24] = [
    4, 5, 23, 35, 38, 143, 145, 146, 147, 148, 149, 150, 151, 153, 154, 155, 156, 157, 270, 271,
    272, 273, 274, 275,
];
/// Stored, refused because the policy is no valid document, refused by one of the rules.
pub(super) const PUT_OUTCOMES: usize = 2 + PUT_RULES.len();
pub(super) const OUTCOMES: [Decision; 3] = Decision::ALL;
pub(super) const TYPES: [PolicyType; 9] = PolicyType::ALL;
pub(super) const CALLERS: [CallerKind; 8] = [
    CallerKind::Root,
    CallerKind::User,
    CallerKind::RoleSession,
    CallerKind::FederatedUser,
    CallerKind::ServicePrincipal,
    CallerKind::FederatedProvider,
    CallerKind::Anonymous,
    CallerKind::Jwt,
];
pub(super) const ACCOUNTS: [&str; 3] = ["one account", "two accounts", "caller of no account"];
pub(super) const RESOURCE_TYPES: [ResourceType; ResourceType::ALL.len()] = ResourceType::ALL;
pub(super) const ELEMENTS: [Element; 7] = [
    Element::Principal,
    Element::NotPrincipal,
    Element::Action,
    Element::NotAction,
    Element::Resource,
    Element::NotResource,
    Element::Condition,
];
pub(super) const PRINCIPAL_FORMS: [PrincipalForm; 13] = [
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
pub(super) const GRADES: [Grade; 4] = [Grade::None, Grade::Account, Grade::Entity, Grade::Direct];
pub(super) const OPERATOR_FAMILIES: [OperatorFamily; 8] = [
    OperatorFamily::String,
    OperatorFamily::Numeric,
    OperatorFamily::Date,
    OperatorFamily::Bool,
    OperatorFamily::Binary,
    OperatorFamily::Ip,
    OperatorFamily::Arn,
    OperatorFamily::Null,
];
pub(super) const SET_OPERATORS: [Option<SetOperator>; 3] = [
    None,
    Some(SetOperator::ForAllValues),
    Some(SetOperator::ForAnyValue),
];
pub(super) const KEY_STATES: [KeyState; 3] =
    [KeyState::Absent, KeyState::Matched, KeyState::NotMatched];
pub(super) const VARIABLE_FORMS: [VariableForm; 6] = [
    VariableForm::Plain,
    VariableForm::WithDefault,
    VariableForm::Tag,
    VariableForm::LiteralStar,
    VariableForm::LiteralQuestion,
    VariableForm::LiteralDollar,
];
pub(super) const VARIABLE_STATES: [&str; 3] =
    ["resolved", "unresolved", "plain text before 2012-10-17"];

pub(super) const fn set_index(set: Option<SetOperator>) -> usize {
    match set {
        None => 0,
        Some(SetOperator::ForAllValues) => 1,
        Some(SetOperator::ForAnyValue) => 2,
    }
}
