//! Realistic mistakes, planted in the evaluator one at a time: a run finds each of them, shrinks it to a case
//! somebody can read, stores it, and judges it again from the file.

use std::path::Path;

use veriam::case_file::Case;
use veriam::run::{Cluster, Part, Plan, Rows, digest, run, shrunk};
use veriam::store::{Rejudged, store};
use veriam::target::planted::Planted;
use veriam::target::{Evaluator, Target, by_name};
use veriam_evaluator::planted::Mistake;
use veriam_model::{Decision, Dialect, Fact};

const CASES: u64 = 100_000;

/// Runs until the first divergence and returns the shrunk case.
fn found(mistake: Mistake) -> (Cluster, Planted) {
    let plan = Plan {
        parts: vec![Part::Generated],
        cases: CASES,
        seed: 1,
        jobs: 1,
        stop_at_first: true,
    };
    let rows = Rows::embedded().expect("embedded rows read");
    let target = Planted::new(mistake, Dialect::default());
    let record = run(&plan, &rows, &target, &|_| {}).expect("one thread starts");
    let controls = record.part(Part::Controls).expect("controls run");
    assert_eq!(controls.divergences, 0, "{}", target.name());
    let generated = record.part(Part::Generated).expect("generated checks run");
    assert_eq!(generated.divergences, 1, "{} is not found", target.name());
    let mut clusters = digest(&record, &plan, &rows, &target).clusters;
    assert_eq!(clusters.len(), 1);
    (clusters.remove(0), target)
}

/// What a case of the mistake must still hold after shrinking, and how large it may be at most.
fn expect(mistake: Mistake, case: &Case) {
    let name = mistake.name();
    let check = &case.check;
    let policies = || check.policies().map(|(_, text)| text.as_str());
    let holds = |needle: &str| policies().any(|text| text.contains(needle));
    match mistake {
        Mistake::NegatedOnAbsentKey => assert!(holds("Not"), "{name}"),
        Mistake::ArnLikeCrossesColon => assert!(holds("Arn"), "{name}"),
        Mistake::VariablesUnder2008 => assert!(holds("${"), "{name}"),
        Mistake::RoleGrantEscapesBoundary => {
            assert!(check.resource_policy.is_some(), "{name}");
            assert!(
                check.boundary.is_some() || check.session_policy.is_some(),
                "{name}: {}",
                case.to_json()
            );
        }
        // A federated-user session may have no session policy at all, which limits it as well.
        Mistake::SessionGrantHeldBySessionPolicy => {
            assert!(check.resource_policy.is_some(), "{name}");
        }
        Mistake::ForAllValuesOnAbsentKey => assert!(holds("ForAllValues:"), "{name}"),
        Mistake::ScpLevelsPooled => assert!(check.scps.len() >= 2, "{name}"),
        Mistake::AccountPrincipalAsFullGrant => assert!(check.resource_policy.is_some(), "{name}"),
        Mistake::CrossAccountFromOneSide => {
            assert_ne!(
                check.principal.account.as_deref(),
                Some(check.resource.account.as_str())
            );
        }
        Mistake::InvertedNumericComparison => assert!(holds("Numeric"), "{name}"),
        Mistake::IfExistsIgnored => assert!(holds("IfExists"), "{name}"),
        Mistake::ManagementAccountBoundByScps => {
            let fact = Fact::PrincipalInManagementAccount;
            assert!(check.facts.contains(&fact), "{name}");
            assert!(!check.scps.is_empty(), "{name}");
        }
        Mistake::KeyPolicyNotNeeded => {
            assert!(check.resource.arn.contains(":kms:"), "{name}");
        }
        Mistake::HostBitsCompared => assert!(holds("IpAddress"), "{name}"),
    }
    let bytes: usize = policies().map(str::len).sum();
    assert!(
        bytes <= 1_000,
        "{name}: {bytes} bytes are no small case: {}",
        case.to_json()
    );
    assert!(check.context.len() <= 2, "{name}: {}", case.to_json());
}

fn replayed(path: &Path, case: &Case, target: &Planted) {
    let bytes = std::fs::read(path).expect("the case was stored");
    let read = Case::from_json(&bytes).expect("and reads back");
    assert_eq!(read, *case);
    let named = by_name(&read.signature.target, read.dialect).expect("the target is found by name");
    assert_eq!(named.name(), target.name());
    let again = Rejudged::new(&read, named.as_ref());
    assert!(again.diverges() && again.diverges_as(&read), "{again:?}");
    let mended = Rejudged::new(&read, &Evaluator::default());
    assert!(
        !mended.diverges(),
        "without the mistake the judges agree: {mended:?}"
    );
}

fn is_found_shrunk_stored_and_replayed(mistake: Mistake) {
    let (cluster, target) = found(mistake);
    let case = &cluster.case;
    assert!(
        !cluster.exhausted,
        "{}: the shrinker gave up",
        mistake.name()
    );
    expect(mistake, case);
    let pair = (case.signature.expected, case.signature.observed);
    let (smaller, _) = shrunk(&case.check, pair, &target);
    assert_eq!(
        smaller,
        case.check,
        "{}: something removable was left",
        mistake.name()
    );
    let decided = |kind| {
        Decision::ALL
            .map(veriam::compare::Kind::Decided)
            .contains(&kind)
    };
    assert!(decided(case.signature.expected) && decided(case.signature.observed));
    assert!(!case.signature.rules.is_empty());
    let folder = tempfile::tempdir().expect("a folder");
    let path = store(folder.path(), case, &target).expect("the case is stored");
    replayed(&path, case, &target);
}

macro_rules! planted {
    ($($test:ident: $mistake:ident),+ $(,)?) => {
        $(
            #[test]
            fn $test() {
                is_found_shrunk_stored_and_replayed(Mistake::$mistake);
            }
        )+

        #[test]
        fn every_mistake_has_its_test() {
            let tested = [$(Mistake::$mistake),+];
            assert_eq!(tested, Mistake::ALL);
        }
    };
}

planted! {
    a_negated_operator_that_fails_on_an_absent_key: NegatedOnAbsentKey,
    an_arn_operator_that_crosses_colons: ArnLikeCrossesColon,
    variables_in_a_document_of_2008: VariablesUnder2008,
    a_role_grant_that_escapes_the_boundary: RoleGrantEscapesBoundary,
    a_session_grant_held_back_by_the_session_policy: SessionGrantHeldBySessionPolicy,
    for_all_values_that_fails_on_an_absent_key: ForAllValuesOnAbsentKey,
    scp_levels_pooled: ScpLevelsPooled,
    an_account_principal_as_a_full_grant: AccountPrincipalAsFullGrant,
    a_cross_account_grant_from_one_side: CrossAccountFromOneSide,
    numeric_orders_the_wrong_way_round: InvertedNumericComparison,
    a_positive_if_exists_that_fails_on_an_absent_key: IfExistsIgnored,
    a_management_account_bound_by_scps: ManagementAccountBoundByScps,
    a_key_policy_that_nobody_needs: KeyPolicyNotNeeded,
    host_bits_of_a_range_compared: HostBitsCompared,
}
