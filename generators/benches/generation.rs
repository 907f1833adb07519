//! How fast cases are made: checks by number, checks into a reused buffer, documents, worlds with calls, groups of
//! a campaign, the combiner.

use std::hint::black_box;

use arbitrary::Unstructured;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use veriam_generators::{
    CALLS_PER_WORLD, check, document, exhaustive, fill_case_bytes, generated_check,
    generated_group, world,
};

fn generation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("generation");
    group.throughput(Throughput::Elements(1));
    let mut index = 0;
    group.bench_function("generated_check", |bencher| {
        bencher.iter(|| {
            index += 1;
            black_box(generated_check(1, index))
        });
    });
    let mut bytes = Vec::new();
    group.bench_function("check, buffer reused", |bencher| {
        bencher.iter(|| {
            index += 1;
            fill_case_bytes(1, index, &mut bytes);
            black_box(check(&mut Unstructured::new(&bytes)))
        });
    });
    group.bench_function("document", |bencher| {
        bencher.iter(|| {
            index += 1;
            fill_case_bytes(1, index, &mut bytes);
            black_box(document(&mut Unstructured::new(&bytes)))
        });
    });
    group.throughput(Throughput::Elements(CALLS_PER_WORLD));
    group.bench_function("world with its calls", |bencher| {
        bencher.iter(|| {
            index += 1;
            fill_case_bytes(1, index, &mut bytes);
            black_box(world(&mut Unstructured::new(&bytes)))
        });
    });
    group.bench_function("group of cases", |bencher| {
        bencher.iter(|| {
            index += 1;
            black_box(generated_group(1, index))
        });
    });
    group.throughput(Throughput::Elements(1_000));
    group.bench_function("combiner, 1,000 checks", |bencher| {
        bencher.iter(|| black_box(exhaustive::combiner().take(1_000).count()));
    });
    group.finish();
}

criterion_group!(benches, generation);
criterion_main!(benches);
