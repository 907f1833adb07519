//! What profiles promise: each is one list of cases, the same everywhere, in its own sizes.

mod common;
#[path = "common/hash.rs"]
mod hash;

use std::collections::BTreeSet;

use arbitrary::Unstructured;
use serde_json::Value;
use veriam_generators::{Campaign, sized_check, sized_document, sized_world};
use veriam_model::{Case, CaseKind, Check, PolicyText, PolicyType, Profile};

use common::{statements, strings};
use hash::{hash, written};

/// The policies of a case.
fn policies(case: &Case) -> Vec<String> {
    let text = |policy: &PolicyText| policy.as_str().to_owned();
    match case {
        Case::Document(document) => vec![text(&document.text)],
        Case::Put(put) => vec![text(&put.policy)],
        Case::Check(check) => check.policies().map(|(_, policy)| text(policy)).collect(),
        Case::Call(case) => {
            let world = case.world.policies().into_iter().map(|(_, policy)| policy);
            world.chain(case.call.session_policy()).map(text).collect()
        }
    }
}

fn all_statements(case: &Case) -> Vec<Value> {
    let read = |text: &String| serde_json::from_str::<Value>(text).ok();
    let documents = policies(case);
    let documents = documents.iter().filter_map(read);
    documents.flat_map(|d| statements(&d)).collect()
}

fn cases(profile: Profile, groups: u64) -> Vec<Case> {
    let campaign = Campaign::of(3, profile);
    (0..groups)
        .flat_map(|group| campaign.group(group))
        .collect()
}

/// How many statements the cases of a kind have, the fewest first; of documents only those that are JSON. What stands among
/// statements and is no object is a fault, and no statement.
fn counts(cases: &[Case], kind: CaseKind) -> Vec<usize> {
    let of_kind = cases.iter().filter(|case| case.kind() == kind);
    let mut counts: Vec<usize> = of_kind
        .map(|case| {
            all_statements(case)
                .iter()
                .filter(|s| s.is_object())
                .count()
        })
        .collect();
    counts.sort_unstable();
    counts
}

/// Whoever changes what bytes mean changes `GENERATOR_VERSION` and these numbers together; those of the default profile
/// stand in `generation.rs`.
#[test]
fn the_first_cases_of_each_profile_are_the_ones_pinned() {
    let hash = |profile, groups| hash(cases(profile, groups).into_iter().map(written));
    let found = (hash(Profile::Tiny, 250), hash(Profile::Large, 20));
    assert_eq!(found, (TINY, LARGE), "{:#x} {:#x}", found.0, found.1);
}

const TINY: u64 = 0xd3c5bd59a6688edd;
const LARGE: u64 = 0x7ef28fba781665bd;

#[test]
fn a_case_is_that_of_its_seed_profile_and_index() {
    for (profile, groups) in [
        (Profile::Tiny, 60),
        (Profile::Default, 60),
        (Profile::Large, 6),
    ] {
        let campaign = Campaign::of(7, profile);
        for group in (0..groups).rev() {
            let cases = campaign.group(group);
            assert_eq!(Campaign::of(7, profile).group(group), cases);
            for (index, case) in (4 * group..).zip(&cases) {
                assert_eq!(campaign.case(index), *case);
            }
        }
    }
    let first = |profile| Campaign::of(7, profile).group(0);
    assert_ne!(first(Profile::Tiny), first(Profile::Default));
    assert_ne!(first(Profile::Large), first(Profile::Default));
    assert_eq!(Campaign::new(7).group(0), first(Profile::Default));
}

#[test]
fn any_bytes_give_well_formed_cases_in_every_profile() {
    let bytes: Vec<u8> = (0..4_000_u32).map(|i| (i * 7 % 251) as u8).collect();
    for profile in Profile::ALL {
        for bytes in [&[][..], &[0; 64][..], &bytes[..300], &bytes[..]] {
            let check = sized_check(profile, &mut Unstructured::new(bytes)).expect("total");
            assert_eq!(Check::from_json(&check.to_json()).as_ref(), Ok(&check));
            let (_, text) = sized_document(profile, &mut Unstructured::new(bytes)).expect("total");
            assert!(!text.is_empty());
            let (world, calls) =
                sized_world(profile, &mut Unstructured::new(bytes)).expect("total");
            assert_eq!(world.validate(), Ok(()));
            for call in &calls {
                assert_eq!(world.validate_call(call), Ok(()));
            }
        }
    }
}

#[test]
fn tiny_cases_have_one_or_two_statements() {
    let cases = cases(Profile::Tiny, 1_200);
    for (kind, most) in [
        // A fault may be that there are too many.
        (CaseKind::Put, 101),
        (CaseKind::Document, 2),
        (CaseKind::Check, 2),
        (CaseKind::Call, 6),
    ] {
        let counts = counts(&cases, kind);
        assert!(counts.len() > 200, "{kind:?}: {} cases", counts.len());
        assert!(counts[counts.len() - 1] <= most, "{kind:?}: {counts:?}");
        assert!(counts[counts.len() / 2] <= 2, "{kind:?}: {counts:?}");
    }
    for case in &cases {
        if let Case::Call(case) = case {
            let world = &case.world;
            assert!(world.accounts.len() <= 2 && world.runtimes.len() <= 1);
            assert!(world.users.len() + world.roles.len() <= 2 && world.networks.len() <= 1);
            assert!(world.runtimes.iter().all(|r| r.endpoints.len() <= 1));
            assert!(world.harnesses.iter().all(|h| h.endpoints.len() <= 1));
        }
    }
}

#[test]
fn large_cases_have_hundreds_of_statements_and_name_dozens() {
    let cases = cases(Profile::Large, 24);
    for kind in [CaseKind::Document, CaseKind::Check, CaseKind::Call] {
        let counts = counts(&cases, kind);
        assert!(counts.len() > 5, "{kind:?}: {} cases", counts.len());
        assert!(counts[counts.len() / 2] >= 200, "{kind:?}: {counts:?}");
    }
    let mut named = Vec::new();
    for case in &cases {
        match case {
            Case::Call(case) => {
                let world = &case.world;
                assert!(world.users.len() + world.roles.len() >= 24);
                let resources = world.runtimes.len() + world.gateways.len();
                let resources = resources + world.memories.len() + world.harnesses.len();
                let resources = resources + world.tools.len() + world.workload_identities.len();
                assert!(resources >= 6 && world.networks.len() >= 2);
            }
            Case::Check(check) if check.resource_policy.is_some() => {
                let all = all_statements(&Case::Check(check.clone()));
                let principals = all.iter().flat_map(|s| strings(&s["Principal"]));
                named.push(principals.collect::<BTreeSet<_>>().len());
            }
            _ => {}
        }
    }
    named.sort_unstable();
    assert!(named[named.len() / 2] >= 24, "{named:?}");
}

#[test]
fn zero_bytes_give_the_same_simplest_check_in_tiny_and_default() {
    let simplest = |profile| sized_check(profile, &mut Unstructured::new(&[])).expect("total");
    assert_eq!(simplest(Profile::Tiny), simplest(Profile::Default));
    let (policy_type, text) =
        sized_document(Profile::Tiny, &mut Unstructured::new(&[])).expect("total");
    assert_eq!(policy_type, PolicyType::Identity);
    assert_eq!(text, simplest(Profile::Tiny).identity_policies[0].as_str());
}
