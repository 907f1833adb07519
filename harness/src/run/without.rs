//! Policy types that are left out: cases without them, for judge and target alike.

use std::borrow::Cow;

use veriam_model::{
    Call, CallCase, Caller, Case, Check, OtherPolicyType, PolicyType, PolicyTypes, Request, World,
};

use super::Question;
use crate::target::capabilities::type_in;

/// What is left of a question.
pub(super) enum Reduced {
    /// All of it.
    Unchanged,
    /// This. What was documented of the whole is not documented of it.
    Changed(Question),
    /// Nothing: it is about a document of that type, or asks a role whose trust policy that is.
    Gone(PolicyType),
}

/// A question without the policies of some types.
pub(super) fn reduced(question: &Question, without: PolicyTypes) -> Reduced {
    if without.is_empty() {
        return Reduced::Unchanged;
    }
    let case = match &question.case {
        Case::Document(document) => {
            return match without.contains(document.policy_type) {
                true => Reduced::Gone(document.policy_type),
                false => Reduced::Unchanged,
            };
        }
        Case::Check(check) => Case::Check(Box::new(check_without(check, without))),
        Case::Call(case) => {
            let asks_trust = matches!(case.call.request, Request::AssumeRole(_));
            if asks_trust && without.contains(PolicyType::Trust) {
                return Reduced::Gone(PolicyType::Trust);
            }
            Case::Call(Box::new(call_without(case, without)))
        }
        Case::Put(_) => {
            return match without.contains(PolicyType::Resource) {
                true => Reduced::Gone(PolicyType::Resource),
                false => Reduced::Unchanged,
            };
        }
    };
    match case == question.case {
        true => Reduced::Unchanged,
        false => Reduced::Changed(Question::bare(case)),
    }
}

/// Questions of a part as they are asked; with those that had more, in their places.
pub(super) fn all_reduced(
    questions: &[Question],
    without: PolicyTypes,
) -> (Cow<'_, [Question]>, Vec<Reduced>) {
    if without.is_empty() {
        return (Cow::Borrowed(questions), Vec::new());
    }
    let reduced: Vec<Reduced> = questions.iter().map(|q| reduced(q, without)).collect();
    let asked = questions
        .iter()
        .zip(&reduced)
        .map(|(question, reduced)| match reduced {
            Reduced::Changed(changed) => changed.clone(),
            Reduced::Unchanged | Reduced::Gone(_) => question.clone(),
        });
    (Cow::Owned(asked.collect()), reduced)
}

fn check_without(check: &Check, without: PolicyTypes) -> Check {
    let mut left = check.clone();
    let gone = |slot| without.contains(slot);
    if gone(PolicyType::Identity) {
        left.identity_policies.clear();
    }
    if gone(type_in(check, veriam_model::PolicySlot::Resource)) {
        left.resource_policy = None;
    }
    if gone(PolicyType::Boundary) {
        left.boundary = None;
    }
    if gone(PolicyType::Session) {
        left.session_policy = None;
    }
    if gone(PolicyType::Scp) {
        left.scps.clear();
    }
    if gone(PolicyType::Rcp) {
        left.rcps.clear();
    }
    if gone(PolicyType::Endpoint) {
        left.endpoint_policy = None;
    }
    left
}

fn call_without(case: &CallCase, without: PolicyTypes) -> CallCase {
    CallCase {
        world: world_without(&case.world, without),
        call: session_without(&case.call, without),
    }
}

fn world_without(world: &World, without: PolicyTypes) -> World {
    let mut left = world.clone();
    for account in &mut left.accounts {
        if let Some(organization) = &mut account.organization {
            if without.contains(PolicyType::Scp) {
                organization.scps.clear();
            }
            if without.contains(PolicyType::Rcp) {
                organization.rcps.clear();
            }
        }
    }
    for identity in left.users.iter_mut().chain(&mut left.roles) {
        if without.contains(PolicyType::Identity) {
            identity.policies.clear();
        }
        if without.contains(PolicyType::Boundary) {
            identity.boundary = None;
        }
    }
    if without.contains(PolicyType::Trust) {
        for role in &mut left.roles {
            role.trust = None;
        }
    }
    for other in &mut left.others {
        let policy_type = match other.policy_type {
            OtherPolicyType::Resource => PolicyType::Resource,
            OtherPolicyType::Key => PolicyType::Key,
        };
        if without.contains(policy_type) {
            other.policy = None;
        }
    }
    if without.contains(PolicyType::Resource) {
        for gateway in &mut left.gateways {
            gateway.policy = None;
        }
        for memory in &mut left.memories {
            memory.policy = None;
        }
        for runtime in &mut left.runtimes {
            runtime.policy = None;
            for endpoint in &mut runtime.endpoints {
                endpoint.policy = None;
            }
        }
    }
    if without.contains(PolicyType::Endpoint) {
        for network in &mut left.networks {
            network.policy = None;
        }
    }
    left
}

fn session_without(call: &Call, without: PolicyTypes) -> Call {
    let mut left = call.clone();
    if without.contains(PolicyType::Session) {
        match &mut left.caller {
            Caller::Session(session) => session.policy = None,
            Caller::Federated(session) => session.policy = None,
            Caller::User(_)
            | Caller::Root(_)
            | Caller::Jwt(_)
            | Caller::Service(_)
            | Caller::Anonymous => {}
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use veriam_generators::generated_case;

    fn types(case: &Case) -> PolicyTypes {
        match case {
            Case::Document(document) => PolicyTypes::new().with(document.policy_type),
            Case::Put(_) => PolicyTypes::new().with(PolicyType::Resource),
            Case::Check(check) => {
                let slots = check.policies().map(|(slot, _)| type_in(check, slot));
                slots.collect()
            }
            Case::Call(case) => {
                let session = case.call.session_policy().map(|_| PolicyType::Session);
                let places = case.world.policies().into_iter();
                places
                    .map(|(place, _)| place.policy_type())
                    .chain(session)
                    .collect()
            }
        }
    }

    #[test]
    fn nothing_of_a_type_is_left_and_everything_else_is() {
        let mut met = PolicyTypes::new();
        for index in 0..400 {
            let question = Question::bare(generated_case(3, index));
            let before = types(&question.case);
            for policy_type in PolicyType::ALL {
                let without = PolicyTypes::new().with(policy_type);
                let expected: PolicyTypes = before.iter().filter(|t| *t != policy_type).collect();
                match reduced(&question, without) {
                    Reduced::Unchanged => assert_eq!(before, expected),
                    Reduced::Changed(left) => {
                        // A level without policies is something too: it lets nothing through.
                        if before.contains(policy_type) {
                            met.insert(policy_type);
                        }
                        assert_eq!(types(&left.case), expected);
                    }
                    Reduced::Gone(gone) => {
                        let alone = matches!(question.case, Case::Document(_) | Case::Put(_));
                        assert!(alone || gone == PolicyType::Trust);
                        assert_eq!(gone, policy_type);
                    }
                }
            }
        }
        assert_eq!(met.iter().count(), PolicyType::ALL.len(), "{met:?}");
    }
}
