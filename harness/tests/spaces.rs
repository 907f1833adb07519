//! The exhaustive spaces find mistakes in what they vary, also by a sample: a space in which nothing depends on what
//! it varies would agree with everything.

use veriam::compare::{Reply, agree, oracle_reply};
use veriam::target::Target;
use veriam::target::planted::Planted;
use veriam_evaluator::planted::Mistake;
use veriam_generators::exhaustive;
use veriam_model::{Case, Check, Dialect};

fn boxed(check: Check) -> Case {
    Case::Check(Box::new(check))
}

/// Which of the mistakes no case of the sample shows. It ends as soon as all have shown.
fn overlooked(cases: impl Iterator<Item = Case>, mistakes: &[Mistake]) -> Vec<&str> {
    let mut targets: Vec<(&str, Planted)> = mistakes
        .iter()
        .map(|mistake| (mistake.name(), Planted::new(*mistake, Dialect::default())))
        .collect();
    for case in cases.step_by(7) {
        if targets.is_empty() {
            break;
        }
        let right: Reply = oracle_reply(&case, &Dialect::default());
        targets.retain(|(_, target)| agree(&right, &target.observe(&case)));
    }
    targets.into_iter().map(|(name, _)| name).collect()
}

#[test]
fn the_combiner_shows_mistakes_of_combination() {
    let mistakes = [
        Mistake::RoleGrantEscapesBoundary,
        Mistake::SessionGrantHeldBySessionPolicy,
        Mistake::ScpLevelsPooled,
        Mistake::AccountPrincipalAsFullGrant,
        Mistake::CrossAccountFromOneSide,
        Mistake::KeyPolicyNotNeeded,
    ];
    let missed = overlooked(exhaustive::combiner().map(boxed), &mistakes);
    assert_eq!(missed, [""; 0]);
}

#[test]
fn the_operators_show_mistakes_of_conditions() {
    let mistakes = [
        Mistake::NegatedOnAbsentKey,
        Mistake::ArnLikeCrossesColon,
        Mistake::ForAllValuesOnAbsentKey,
        Mistake::InvertedNumericComparison,
        Mistake::IfExistsIgnored,
        Mistake::HostBitsCompared,
    ];
    let missed = overlooked(exhaustive::operators().map(boxed), &mistakes);
    assert_eq!(missed, [""; 0]);
}

#[test]
fn the_principals_show_mistakes_of_naming() {
    let mistakes = [
        Mistake::RoleGrantEscapesBoundary,
        Mistake::SessionGrantHeldBySessionPolicy,
        Mistake::AccountPrincipalAsFullGrant,
        Mistake::CrossAccountFromOneSide,
        Mistake::KeyPolicyNotNeeded,
    ];
    let missed = overlooked(exhaustive::principals().map(boxed), &mistakes);
    assert_eq!(missed, [""; 0]);
}

#[test]
fn the_two_resource_matrices_show_mistakes_of_calls() {
    let mistakes = [
        Mistake::EndpointPairDropped,
        Mistake::OneResourcePolicyEnough,
        Mistake::AccountPrincipalAsFullGrant,
    ];
    let calls = exhaustive::two_resource().map(|call| Case::Call(Box::new(call)));
    assert_eq!(overlooked(calls, &mistakes), [""; 0]);
}

#[test]
fn a_space_that_varies_something_else_overlooks_a_mistake() {
    let mistakes = [Mistake::VariablesUnder2008];
    let calls = exhaustive::two_resource().map(|call| Case::Call(Box::new(call)));
    assert_eq!(overlooked(calls, &mistakes), ["variables-under-2008"]);
}
