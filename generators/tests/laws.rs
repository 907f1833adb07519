//! Laws: to what they can be applied, and what they leave as it is.

use veriam_generators::generated_group;
use veriam_generators::laws::{Law, NotApplied, Relation, drawn, drawn_pair};
use veriam_model::{Case, CaseKind, Check};

const SEED: u64 = 3;

fn cases(groups: u64) -> impl Iterator<Item = (u64, Case)> {
    (0..groups).flat_map(|group| (4 * group..).zip(generated_group(SEED, group)))
}

#[test]
fn every_law_can_be_applied_to_checks_and_to_calls_but_never_to_documents() {
    let mut applied = [[0; CaseKind::ALL.len()]; Law::ALL.len()];
    for (index, case) in cases(200) {
        for law in Law::ALL {
            let changed = drawn_pair(law, SEED, index, 0, &case);
            assert_ne!(changed.as_ref(), Ok(&case), "{law} {index}");
            if let Ok(changed) = changed {
                assert_eq!(changed.kind(), case.kind());
                applied[law as usize][case.kind() as usize] += 1;
            }
        }
    }
    for law in Law::ALL {
        let [documents, checks, calls, puts] = applied[law as usize];
        assert_eq!((documents, puts), (0, 0), "{law}");
        assert!(checks > 40 || law == Law::Unrelated, "{law}: {checks}");
        assert!(calls > 40, "{law}: {calls}");
    }
}

#[test]
fn changed_calls_are_well_formed() {
    for (index, case) in cases(400) {
        let Some((law, Case::Call(changed))) = drawn(SEED, index, &case).applied else {
            continue;
        };
        assert_eq!(changed.world.validate(), Ok(()), "{law} {index}");
        let call = changed.world.validate_call(&changed.call);
        assert_eq!(call, Ok(()), "{law} {index}");
    }
}

#[test]
fn the_same_bytes_make_the_same_change() {
    for (index, case) in cases(50) {
        assert_eq!(drawn(SEED, index, &case), drawn(SEED, index, &case));
        if let Some((law, changed)) = drawn(SEED, index, &case).applied {
            let again = drawn_pair(law, SEED, index, 0, &case);
            assert_eq!(again, Ok(changed), "{law} {index}");
        }
    }
}

/// The characters of all policies without white space and needless escapes, in order.
fn characters(case: &Case) -> Vec<u8> {
    let texts: Vec<_> = match case {
        Case::Check(check) => check.policies().map(|(_, policy)| policy).collect(),
        Case::Call(call) => {
            let world = call.world.policies().into_iter().map(|(_, policy)| policy);
            world.chain(call.call.session_policy()).collect()
        }
        Case::Document(_) | Case::Put(_) => Vec::new(),
    };
    let values = texts.into_iter().map(|policy| {
        let value: serde_json::Value = serde_json::from_str(policy.as_str()).unwrap();
        value.to_string().into_bytes()
    });
    let mut all: Vec<u8> = values.flatten().collect();
    all.sort_unstable();
    all
}

#[test]
fn another_order_keeps_every_character() {
    for (index, case) in cases(60) {
        if let Ok(changed) = drawn_pair(Law::Order, SEED, index, 0, &case) {
            assert_eq!(characters(&changed), characters(&case), "{index}");
        }
    }
}

#[test]
fn letter_case_is_all_that_changes_in_names() {
    for (index, case) in cases(60) {
        for law in [Law::KeyCase, Law::ActionCase] {
            let Ok(changed) = drawn_pair(law, SEED, index, 0, &case) else {
                continue;
            };
            let folded = |case: &Case| characters(case).to_ascii_lowercase();
            let sorted = |case: &Case| {
                let mut all = folded(case);
                all.sort_unstable();
                all
            };
            assert_eq!(sorted(&changed), sorted(&case), "{law} {index}");
        }
    }
}

/// Reasons, each met by some case of the campaign, but for those that only broken policies have.
#[test]
fn where_no_law_is_applied_the_reason_is_told() {
    let mut met = std::collections::BTreeSet::new();
    for (index, case) in cases(150) {
        let drawn = drawn(SEED, index, &case);
        let nothing = drawn.passed.is_empty() && drawn.applied.is_none();
        let spoken_of = !matches!(case, Case::Document(_) | Case::Put(_));
        assert_eq!(nothing, !spoken_of, "{index}");
        for (law, why) in drawn.passed {
            assert_eq!(drawn_pair(law, SEED, index, 0, &case), Err(why), "{index}");
            met.insert(why);
        }
    }
    use NotApplied as N;
    let expected = [N::OneResource, N::NoPlace, N::Cut, N::Unchanged];
    assert_eq!(met, expected.into());

    let ordered = Check::from_json(
        r#"{"principal": {"arn": "arn:aws:iam::111122223333:user/bob", "account": "111122223333"},
            "action": "s3:GetObject", "resource": {"arn": "arn:aws:s3:::bucket/k", "account": "111122223333"},
            "identity_policies": [{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
                "Condition": {"NumericLessThan": {"aws:PrincipalAccount": "111122223334"}}}}],
            "context": {"aws:PrincipalAccount": ["111122223333"]}}"#,
    );
    let ordered = Case::Check(Box::new(ordered.unwrap()));
    let why = drawn_pair(Law::RenameAccounts, SEED, 0, 0, &ordered);
    assert_eq!(why, Err(N::Ordered));
}

#[test]
fn laws_are_read_as_they_are_written() {
    for law in Law::ALL {
        assert_eq!(law.to_string().parse(), Ok(law));
        assert!(!law.title().is_empty());
    }
    let error = "deny-all".parse::<Law>().unwrap_err();
    assert!(error.to_string().contains("add-deny, add-allow"));
    assert_eq!(Law::AddDeny.relation(), Relation::NeverWidens);
    assert_eq!(Law::DenyKey.relation(), Relation::NeverNarrows);
}
