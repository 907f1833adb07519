//! What generation promises about worlds and calls: each is well-formed, the same bytes give the same, the simplest
//! first, and whatever readings 5 speaks of is reached.

use arbitrary::Unstructured;
use veriam_generators::{CALLS_PER_WORLD, generated_case, generated_group, world};
use veriam_model::{CallCase, Case, CaseKind};

fn calls(seed: u64, groups: u64) -> impl Iterator<Item = CallCase> {
    let cases = (0..groups).flat_map(move |group| generated_group(seed, group));
    cases.filter_map(|case| match case {
        Case::Call(case) => Some(*case),
        Case::Document(_) | Case::Check(_) => None,
    })
}

#[test]
fn every_world_and_every_call_is_well_formed() {
    for case in calls(1, 5_000) {
        assert_eq!(case.world.validate(), Ok(()));
        assert_eq!(case.world.validate_call(&case.call), Ok(()));
    }
}

#[test]
fn a_case_is_that_of_its_group() {
    for group in 0..500 {
        let cases = generated_group(7, group);
        for (index, case) in (group * CALLS_PER_WORLD..).zip(&cases) {
            assert_eq!(generated_case(7, index), *case);
        }
        let worlds: Vec<_> = cases.iter().map(Case::kind).collect();
        let calls = worlds.iter().filter(|k| **k == CaseKind::Call).count();
        assert!(calls == 0 || calls == cases.len(), "{worlds:?}");
    }
    assert_ne!(generated_group(7, 0), generated_group(8, 0));
}

#[test]
fn zero_bytes_give_the_simplest_world_and_calls() {
    for bytes in [&[][..], &[0; 4_096][..]] {
        let (world, calls) = world(&mut Unstructured::new(bytes)).expect("total");
        assert_eq!(calls.len() as u64, CALLS_PER_WORLD);
        assert_eq!(world.policies().len(), 1);
        assert_eq!(
            (world.accounts.len(), world.users.len(), world.roles.len()),
            (1, 1, 0)
        );
        assert!(calls.iter().all(|call| *call == calls[0]));
    }
}
