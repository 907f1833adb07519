//! The three workloads on both judges, and the whole loop of a run: generate, judge twice, compare, count.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use veriam::data::{WORKLOADS, rows};
use veriam::labels::quotas::Quotas;
use veriam::run::{Part, Plan, Rows, UNIT_CASES, run};
use veriam::target::Evaluator;
use veriam_evaluator::{Engine, Request};
use veriam_generators::generated_group;
use veriam_model::{Case, CaseKind, Dialect, Profile};
use veriam_oracle::{self as oracle, Detail};

fn workloads(c: &mut Criterion) {
    let dialect = Dialect::default();
    for row in rows(WORKLOADS).expect("embedded rows read") {
        let check = row.check;
        let mut group = c.benchmark_group(check.id.clone().unwrap_or_default());
        let engine = Engine::for_check(&check, &dialect).expect("the workload is valid");
        let request = Request::of(&check);
        group.bench_function("evaluator, compiled", |b| {
            b.iter(|| black_box(engine.decide(black_box(&request))));
        });
        group.bench_function("evaluator, from text", |b| {
            b.iter(|| {
                let engine = Engine::for_check(black_box(&check), &dialect);
                black_box(engine.map(|e| e.decide(&request)))
            });
        });
        group.bench_function("oracle, from text", |b| {
            b.iter(|| black_box(oracle::judge(black_box(&check), &dialect)));
        });
        group.finish();
    }
}

/// Cases of one kind from a campaign.
fn cases(kind: CaseKind) -> Vec<Case> {
    (0..1_000)
        .flat_map(|group| generated_group(1, group))
        .filter(|case| case.kind() == kind)
        .collect()
}

fn one_case(c: &mut Criterion) {
    let dialect = Dialect::default();
    let mut group = c.benchmark_group("one case of a run");
    let mut index = 0;
    group.bench_function("generate four", |b| {
        b.iter(|| {
            index += 1;
            black_box(generated_group(1, index))
        });
    });
    for kind in CaseKind::ALL {
        let cases = cases(kind);
        if cases.is_empty() {
            // No campaign draws puts yet.
            continue;
        }
        let name = |judge: &str| format!("{}, {judge}", kind.name());
        let mut at = 0;
        group.bench_function(name("oracle"), |b| {
            b.iter(|| {
                at = (at + 1) % cases.len();
                traced(&cases[at], &dialect);
            });
        });
        let mut at = 0;
        group.bench_function(name("evaluator from text"), |b| {
            b.iter(|| {
                at = (at + 1) % cases.len();
                black_box(veriam::compare::evaluator_reply(&cases[at], &dialect))
            });
        });
    }
    group.finish();
}

/// As a run asks the oracle: with the derivation that labels need.
fn traced(case: &Case, dialect: &Dialect) {
    match case {
        Case::Check(check) => {
            let _ = black_box(oracle::trace(check, dialect, Detail::Structure));
        }
        Case::Document(document) => {
            black_box(veriam::compare::oracle_reading(document, dialect));
        }
        Case::Call(case) => {
            let traced = oracle::trace_call(&case.world, &case.call, dialect, Detail::Structure);
            let _ = black_box(traced);
        }
        Case::Put(_) => {}
    }
}

fn whole_loop(c: &mut Criterion) {
    let mut group = c.benchmark_group("whole loop, one thread");
    let embedded = Rows::embedded().expect("embedded rows read");
    group.throughput(Throughput::Elements(UNIT_CASES));
    group.sample_size(10);
    let mut seed = 0;
    group.bench_function("one unit", |b| {
        b.iter(|| {
            seed += 1;
            let plan = Plan {
                parts: vec![Part::Generated],
                cases: UNIT_CASES,
                seed,
                profile: Profile::Default,
                quotas: Quotas::none(),
                jobs: 1,
                without: veriam_model::PolicyTypes::new(),
                stop_at_first: false,
            };
            black_box(run(&plan, &embedded, &Evaluator::default(), &|_| {}))
        });
    });
    group.finish();
}

criterion_group!(benches, workloads, one_case, whole_loop);
criterion_main!(benches);

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
