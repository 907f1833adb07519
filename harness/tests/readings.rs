//! Open points: each choice that calls or puts turn on flips some generated one, in both judges alike; a target that
//! follows one reading throughout is reported as following it; one that mixes readings diverges.

use arbitrary::Unstructured;
use veriam::compare::{Reply, agree, call_reply, evaluator_outcome, evaluator_reply, oracle_reply};
use veriam::exit::Exit;
use veriam::labels::quotas::Quotas;
use veriam::run::{Part, Plan, Rows, run};
use veriam::target::Target;
use veriam_generators::{CALLS_PER_WORLD, case_bytes, generated_group, put};
use veriam_model::{ALL_CHOICES, CallCase, Case, Choice, Dialect, Profile, PutOutcome};
use veriam_oracle::judge_call;
use veriam_reports::{Followed, Summary};

/// The choices of calls that a run can meet.
const OF_CALLS: [Choice; 13] = [
    Choice::IdentityCoverage,
    Choice::JwtGeneralKeys,
    Choice::JwtSilentPolicy,
    Choice::JwtForUser,
    Choice::EndpointPolicyScope,
    Choice::VpceOwnerKeys,
    Choice::SourceVpcArnKey,
    Choice::HarnessEndpointPairs,
    Choice::DefaultHarnessEndpoint,
    Choice::UnmanagedMemory,
    Choice::HarnessForUser,
    Choice::UnauthorizedGatewayDenies,
    Choice::PassRoleOnUpdate,
];

/// The choices of puts.
const OF_PUTS: [Choice; 18] = [
    Choice::HarnessPolicy,
    Choice::PolicyLength,
    Choice::UnlistedMemoryActions,
    Choice::ImplicitResource,
    Choice::ResourceList,
    Choice::PartialWildcard,
    Choice::ActionScope,
    Choice::BroadActions,
    Choice::CanonicalUser,
    Choice::PutNotPrincipal,
    Choice::PrincipalLookup,
    Choice::UnknownKeys,
    Choice::PutVersion2008,
    Choice::PutRepeatedSid,
    Choice::PutVariables,
    Choice::PutNotAction,
    Choice::PutNotResource,
    Choice::PutUnknownOperators,
];

fn calls(seed: u64) -> impl Iterator<Item = CallCase> {
    (0..10_000)
        .flat_map(move |group| generated_group(seed, group))
        .filter_map(|case| match case {
            Case::Call(case) => Some(*case),
            Case::Check(_) | Case::Document(_) | Case::Put(_) => None,
        })
}

fn oracle(case: &CallCase, dialect: &Dialect) -> Reply {
    call_reply(judge_call(&case.world, &case.call, dialect).map(|judgement| judgement.outcome))
}

#[test]
fn every_choice_of_calls_flips_a_generated_call_and_both_judges_flip_alike() {
    assert_eq!(CALLS_PER_WORLD, 4);
    let mut missing = OF_CALLS.to_vec();
    for case in calls(1) {
        let default = Dialect::default();
        let Ok(judgement) = judge_call(&case.world, &case.call, &default) else {
            panic!("generated calls are questions");
        };
        let reply = Reply::Call(judgement.outcome);
        missing.retain(|&choice| {
            if !judgement.consulted.contains(choice) {
                return true;
            }
            let other = default.with_index(choice, 1);
            let flipped = oracle(&case, &other);
            for (dialect, expected) in [(&default, &reply), (&other, &flipped)] {
                let observed = evaluator_outcome(&case, dialect);
                assert!(
                    agree(expected, &observed),
                    "{expected} and {observed} under {dialect:?}"
                );
            }
            agree(&reply, &flipped)
        });
        if missing.is_empty() {
            return;
        }
    }
    panic!("no generated call flips with {missing:?}");
}

/// Which choices there are for documents and checks, the rows of the oracle show: generated cases keep away from them.
#[test]
fn every_choice_is_one_of_calls_or_puts_or_shown_by_rows() {
    let of_generated = OF_CALLS.iter().chain(&OF_PUTS);
    let mut generated: Vec<Choice> = of_generated.copied().collect();
    generated.sort();
    let of_agentcore = |choice: &&Choice| choice.to_string().starts_with("AC-");
    let all: Vec<Choice> = ALL_CHOICES.iter().filter(of_agentcore).copied().collect();
    assert_eq!(generated, all);
}

#[test]
fn every_reading_of_every_choice_of_puts_turns_a_generated_put_and_both_judges_turn_alike() {
    let mut missing: Vec<(Choice, usize)> = Vec::new();
    for choice in OF_PUTS {
        missing.extend((1..choice.reading_names().len()).map(|reading| (choice, reading)));
    }
    for index in 0..4_000 {
        let bytes = case_bytes(1, index);
        let put = put(&mut Unstructured::new(&bytes)).expect("total");
        let case = Case::Put(Box::new(put));
        let default = oracle_reply(&case, &Dialect::default());
        missing.retain(|&(choice, reading)| {
            let other = Dialect::default().with_index(choice, reading);
            let flipped = oracle_reply(&case, &other);
            let observed = evaluator_reply(&case, &other);
            assert!(
                agree(&flipped, &observed),
                "{flipped}, {observed}: {case:?} {choice} {reading}"
            );
            let stored = |reply: &Reply| matches!(reply, Reply::Put(PutOutcome::Stored));
            stored(&flipped) == stored(&default)
        });
        if missing.is_empty() {
            return;
        }
    }
    panic!("no generated put turns on {missing:?}");
}

/// The evaluator under a dialect it does not tell.
struct Undeclared<F>(F);

impl<F: Fn(&Case) -> Dialect + Sync> Target for Undeclared<F> {
    fn name(&self) -> &str {
        "undeclared"
    }

    fn version(&self) -> &str {
        "1"
    }

    fn dialect(&self) -> Option<&Dialect> {
        None
    }

    fn observe(&self, case: &Case) -> Reply {
        veriam::compare::evaluator_reply(case, &(self.0)(case))
    }
}

fn summary(target: &dyn Target) -> Summary {
    let plan = Plan {
        parts: vec![Part::Generated],
        // Below the count from which on quotas hold.
        cases: 19_000,
        // AC-093 decides among calls of runtimes only; with this seed some of them turn on it.
        seed: 8,
        profile: Profile::Default,
        quotas: Quotas::embedded().unwrap(),
        jobs: 2,
        without: veriam_model::PolicyTypes::new(),
        stop_at_first: false,
    };
    let counted = run(&plan, &Rows::embedded().unwrap(), target, &|_| {}).unwrap();
    counted.summary()
}

fn coverage(summary: &Summary) -> &Followed {
    let rule = Choice::IdentityCoverage.rule();
    let mut follows = summary.follows.iter();
    follows.find(|f| f.choice == rule).expect("it is reached")
}

#[test]
fn a_target_that_follows_the_other_reading_throughout_is_reported_as_following_it() {
    for reading in ["union", "literal"] {
        let setting = format!("AC-093={reading}");
        let dialect = Dialect::default().with_setting(&setting).unwrap();
        let summary = summary(&Undeclared(|_: &Case| dialect));
        assert_eq!(coverage(&summary).reading.as_deref(), Some(reading));
        assert!(coverage(&summary).cases >= 5);
        assert_eq!(summary.divergences, 0, "{}", summary.to_text());
        assert_eq!(Exit::of_run(&summary), Exit::Agreed);
        let told = format!("AC-093 follows `{reading}`");
        assert!(summary.to_text().contains(&told));
    }
}

#[test]
fn a_target_that_mixes_readings_diverges() {
    let literal = Dialect::default().with_setting("AC-093=literal").unwrap();
    let target = Undeclared(|case: &Case| match case {
        Case::Call(case) if case.call.request.operation() != "InvokeAgentRuntime" => literal,
        _ => Dialect::default(),
    });
    let summary = summary(&target);
    let followed = coverage(&summary);
    assert_eq!(followed.reading, None);
    assert_eq!(followed.excluded_by.len(), 2, "a case against each reading");
    assert_eq!(summary.divergences, 1, "{}", summary.to_text());
    assert_eq!(Exit::of_run(&summary), Exit::Divergence);
    assert!(summary.to_text().contains("AC-093 mixes readings"));
}
