//! Realistic mistakes, planted in the evaluator one at a time: a run finds each of them, shrinks it to a case
//! somebody can read, stores it, and judges it again from the file.

use std::path::Path;

use veriam::case_file::StoredCase;
use veriam::compare::Reply;
use veriam::labels::quotas::Quotas;
use veriam::run::{Cluster, Part, Plan, Rows, SHRINK_BUDGET, digest, run, shrunk};
use veriam::store::{Rejudged, store};
use veriam::target::planted::Planted;
use veriam::target::{Evaluator, Target, by_name};
use veriam_evaluator::planted::Mistake;
use veriam_model::{
    CallCase, Caller, Case, CaseKind, Check, Decision, Dialect, Fact, Path as NetworkPath, Profile,
    World,
};
use veriam_reports::Kind;

const CASES: u64 = 100_000;

/// A planted target that is asked one kind of cases only: those its mistake is about.
struct Only {
    planted: Planted,
    kind: CaseKind,
}

impl Target for Only {
    fn name(&self) -> &str {
        self.planted.name()
    }

    fn version(&self) -> &str {
        self.planted.version()
    }

    fn dialect(&self) -> Option<&Dialect> {
        self.planted.dialect()
    }

    fn observe(&self, case: &Case) -> Reply {
        if case.kind() == self.kind {
            self.planted.observe(case)
        } else {
            Reply::Unsupported("another kind of case".to_owned())
        }
    }
}

/// Runs until the first divergence and returns the shrunk case.
fn found(mistake: Mistake, kind: CaseKind) -> (Cluster, Planted) {
    let plan = Plan {
        parts: vec![Part::Generated],
        cases: CASES,
        seed: 1,
        profile: Profile::Default,
        quotas: Quotas::embedded().expect("the table is in order"),
        jobs: 1,
        without: veriam_model::PolicyTypes::new(),
        stop_at_first: true,
    };
    let rows = Rows::embedded().expect("embedded rows read");
    let target = Only {
        planted: Planted::new(mistake, Dialect::default()),
        kind,
    };
    let counted = run(&plan, &rows, &target, &|_| {}).expect("one thread starts");
    let controls = counted.part(Part::Controls).expect("controls run");
    assert_eq!(controls.divergences, 0, "{}", target.name());
    let generated = counted.part(Part::Generated).expect("generated cases run");
    assert!(generated.divergences > 0, "{} is not found", target.name());
    let mut clusters = digest(&counted.merge, &plan, &rows, &target).clusters;
    (clusters.remove(0), target.planted)
}

/// What a check of the mistake must still hold after shrinking, and how large it may be at most.
fn expect_check(mistake: Mistake, case: &StoredCase, check: &Check) {
    let name = mistake.name();
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
        Mistake::EndpointPairDropped
        | Mistake::OneResourcePolicyEnough
        | Mistake::PrincipalArnOfSession
        | Mistake::SourceIpThroughEndpoint
        | Mistake::ArnNamesJwtCaller
        | Mistake::HarnessCompanionDropped
        | Mistake::PassRoleDropped
        | Mistake::TokenVaultPairDropped
        | Mistake::DirectoryPairDropped
        | Mistake::NamespacePathAsNamespace
        | Mistake::AuthenticateOnlyAuthorizes
        | Mistake::NoneGatewaySkipsEndpointPolicy
        | Mistake::AwsToolOfAnotherAccount
        | Mistake::BareMemoryIdAcrossAccounts
        | Mistake::ServiceWithoutSourceKeys
        | Mistake::MixedReadings => unreachable!("{name} is about calls"),
    }
    let bytes: usize = policies().map(str::len).sum();
    assert!(
        bytes <= 1_000,
        "{name}: {bytes} bytes are no small case: {}",
        case.to_json()
    );
    assert!(check.context.len() <= 2, "{name}: {}", case.to_json());
}

/// What a call of the mistake must still hold after shrinking, and how large it may be at most.
fn expect_call(mistake: Mistake, case: &StoredCase, CallCase { world, call }: &CallCase) {
    let name = mistake.name();
    let policies = world.policies();
    let holds = |needle: &str| {
        let mut texts = policies.iter().map(|(_, text)| text.as_str());
        // Names of keys ignore letter case.
        texts.any(|text| text.to_ascii_lowercase().contains(needle))
    };
    match mistake {
        Mistake::EndpointPairDropped => {}
        Mistake::OneResourcePolicyEnough => {
            assert_eq!(world.accounts.len(), 2, "{name}: {}", case.to_json());
        }
        Mistake::PrincipalArnOfSession => {
            assert!(matches!(call.caller, Caller::Session(_)), "{name}");
            assert!(holds("aws:principalarn"), "{name}: {}", case.to_json());
        }
        Mistake::SourceIpThroughEndpoint => {
            assert!(matches!(call.from, NetworkPath::Endpoint { .. }), "{name}");
            assert!(holds("aws:sourceip"), "{name}: {}", case.to_json());
        }
        Mistake::ArnNamesJwtCaller => {
            assert!(matches!(call.caller, Caller::Jwt(_)), "{name}");
        }
        Mistake::NamespacePathAsNamespace => {
            let namespace = "bedrock-agentcore:namespace\"";
            assert!(holds(namespace), "{name}: {}", case.to_json());
        }
        _ => {}
    }
    let bytes: usize = policies.iter().map(|(_, text)| text.as_str().len()).sum();
    // Credentials are asked of a provider for a workload identity; AWS's tools are there in every world.
    let few = match call.request.runtime() {
        Some(_) => world.runtimes.len() == 1 && resources(world) == 1,
        None => resources(world) <= 2,
    };
    assert!(
        bytes <= 1_000 && world.accounts.len() <= 2 && few,
        "{name}: no small case: {}",
        case.to_json()
    );
    assert!(
        world.users.len() + world.roles.len() <= 1 && world.networks.len() <= 1,
        "{name}: {}",
        case.to_json()
    );
}

fn resources(world: &World) -> usize {
    world.runtimes.len()
        + world.gateways.len()
        + world.memories.len()
        + world.harnesses.len()
        + world.tools.len()
        + world.workload_identities.len()
        + world.providers.len()
        + world.others.len()
}

fn replayed(path: &Path, case: &StoredCase, target: &Planted) {
    let bytes = std::fs::read(path).expect("the case was stored");
    let read = StoredCase::from_json(&bytes).expect("and reads back");
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
    let kind = if Mistake::CALLS.contains(&mistake) {
        CaseKind::Call
    } else {
        CaseKind::Check
    };
    let (cluster, target) = found(mistake, kind);
    let case = &cluster.case;
    assert!(
        !cluster.exhausted,
        "{}: the shrinker gave up",
        mistake.name()
    );
    match &case.case {
        Case::Check(check) => expect_check(mistake, case, check),
        Case::Call(call) => expect_call(mistake, case, call),
        Case::Document(_) | Case::Put(_) => {
            panic!("no mistake is about documents: {}", case.to_json())
        }
    }
    let pair = (case.signature.expected, case.signature.observed);
    let (smaller, _) = shrunk(&case.case, pair, &target, SHRINK_BUDGET);
    assert_eq!(
        smaller,
        case.case,
        "{}: something removable was left",
        mistake.name()
    );
    let decided = |kind| match kind {
        Kind::Decided(decision) => Decision::ALL.contains(&decision),
        Kind::Call(_) => true,
        _ => false,
    };
    assert!(decided(case.signature.expected) && decided(case.signature.observed));
    assert!(!case.signature.rules.is_empty());
    let folder = tempfile::tempdir().expect("a folder");
    let path = store(folder.path(), case, &target)
        .expect("the case is stored")
        .path;
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
            assert_eq!(tested[..], [Mistake::ALL, Mistake::CALLS].concat());
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
    the_endpoint_pair_dropped: EndpointPairDropped,
    one_resource_policy_enough_for_two: OneResourcePolicyEnough,
    the_principal_arn_of_a_session: PrincipalArnOfSession,
    a_source_address_through_a_vpc_endpoint: SourceIpThroughEndpoint,
    a_jwt_caller_matched_by_an_arn: ArnNamesJwtCaller,
    the_companions_of_harness_actions_dropped: HarnessCompanionDropped,
    a_role_handed_over_without_pass_role: PassRoleDropped,
    the_token_vault_dropped: TokenVaultPairDropped,
    the_directory_of_workloads_dropped: DirectoryPairDropped,
    the_path_of_a_namespace_as_the_namespace: NamespacePathAsNamespace,
    a_gateway_that_only_authenticates_and_authorizes: AuthenticateOnlyAuthorizes,
    a_gateway_without_authorizer_past_the_endpoint_policy: NoneGatewaySkipsEndpointPolicy,
    a_tool_of_aws_in_another_account: AwsToolOfAnotherAccount,
    a_memory_of_another_account_by_its_bare_id: BareMemoryIdAcrossAccounts,
    a_service_without_its_source_keys: ServiceWithoutSourceKeys,
    readings_of_an_open_point_mixed: MixedReadings,
}
