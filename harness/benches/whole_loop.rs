//! The three workloads on both judges, and the whole loop of a run: generate, judge twice, compare, count.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use veriam::data::{WORKLOADS, rows};
use veriam::run::{Part, Plan, Rows, UNIT_CASES, run};
use veriam::target::Evaluator;
use veriam_evaluator::{Engine, Request};
use veriam_generators::generated_check;
use veriam_model::Dialect;
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

fn whole_loop(c: &mut Criterion) {
    let mut group = c.benchmark_group("one case of a run");
    let mut index = 0;
    let mut next = || {
        index += 1;
        generated_check(1, index)
    };
    group.bench_function("generate", |b| b.iter(|| black_box(next())));
    let checks: Vec<_> = (0..1_000).map(|i| generated_check(1, i)).collect();
    let mut at = 0;
    group.bench_function("oracle with derivation", |b| {
        b.iter(|| {
            at = (at + 1) % checks.len();
            black_box(oracle::trace(
                &checks[at],
                &Dialect::default(),
                Detail::Structure,
            ))
        });
    });
    let mut at = 0;
    group.bench_function("evaluator from text", |b| {
        b.iter(|| {
            at = (at + 1) % checks.len();
            black_box(veriam::compare::evaluator_answer(
                &checks[at],
                &Dialect::default(),
            ))
        });
    });
    group.finish();

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
                jobs: 1,
                stop_at_first: false,
            };
            black_box(run(&plan, &embedded, &Evaluator::default(), &|_| {}))
        });
    });
    group.finish();
}

criterion_group!(benches, workloads, whole_loop);
criterion_main!(benches);
