//! Speed: the three workloads (parse, compile, decide), and growth with the number of statements.

use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use veriam_evaluator::{Engine, EngineBuilder, Limits, Policy, Request};
use veriam_model::{Check, Context, Dialect, PolicyType, Principal, Resource};

fn workloads() -> Vec<Check> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../oracle/tests/vectors/workloads.jsonl");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines().map(|l| Check::from_json(l).unwrap()).collect()
}

fn workload(criterion: &mut Criterion) {
    let dialect = Dialect::default();
    for check in workloads() {
        let name = check.id.clone().unwrap_or_default();
        let mut group = criterion.benchmark_group(name);
        let engine = Engine::for_check(&check, &dialect).unwrap();
        let request = Request::of(&check);
        group.bench_function("decide", |b| {
            b.iter(|| engine.decide(black_box(&request)));
        });
        group.bench_function("explain", |b| {
            b.iter(|| engine.explain(black_box(&request)));
        });
        group.bench_function("parse and compile", |b| {
            b.iter(|| Engine::for_check(black_box(&check), &dialect));
        });
        let text = check.identity_policies[0].as_str();
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("parse", |b| {
            b.iter(|| Policy::parse(PolicyType::Identity, black_box(text)));
        });
        group.finish();
    }
}

/// The statement of a number.
type Shape = fn(usize) -> String;

/// What tells the statements of a growing policy apart.
const SHAPES: [(&str, Shape); 4] = [
    ("resource", |n| {
        statement("s3:GetObject", &format!("tenant-{n}/*"), "")
    }),
    ("action", |n| {
        statement(&format!("s3:Call{n}"), "tenant-*", "")
    }),
    ("action and resource", |n| {
        statement(
            &format!("s3:Call{}*", n % 100),
            &format!("tenant-{}/*", n / 100),
            "",
        )
    }),
    ("service", |n| {
        format!(
            r#"{{"Effect":"Allow","Action":"svc{n}:*","Resource":"arn:aws:svc{n}:us-west-2:111122223333:thing/*"}}"#
        )
    }),
];

fn statement(action: &str, object: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect":"Allow","Action":"{action}","Resource":"arn:aws:s3:::bucket/{object}"{condition}}}"#
    )
}

/// Ten statements that match but for their condition, the last of which holds, among `size` statements.
fn growing(size: usize, shape: Shape) -> (Engine, Check) {
    let mut statements: Vec<String> = (0..10)
        .map(|n| {
            let condition =
                format!(r#","Condition":{{"StringEquals":{{"aws:PrincipalTag/n":"{n}"}}}}"#);
            statement("s3:GetObject", "tenant-x/*", &condition)
        })
        .collect();
    statements.extend((10..size).map(shape));
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    );
    let limits = Limits {
        max_bytes: 1 << 24,
        ..Limits::default()
    };
    let dialect = Dialect::default();
    let policy = Policy::parse_with(PolicyType::Identity, &text, &dialect, &limits).unwrap();
    let engine = EngineBuilder::new().identity(policy).build().unwrap();
    let mut check = Check::new(
        Principal {
            arn: "arn:aws:iam::111122223333:user/alice".to_owned(),
            account: Some("111122223333".to_owned()),
        },
        "s3:GetObject",
        Resource {
            arn: "arn:aws:s3:::bucket/tenant-x/report.txt".to_owned(),
            account: "111122223333".to_owned(),
        },
    );
    check.context = Context::new();
    let tag = check
        .context
        .insert("aws:PrincipalTag/n", vec!["9".to_owned()]);
    tag.unwrap();
    (engine, check)
}

fn growth(criterion: &mut Criterion) {
    for (name, shape) in SHAPES {
        let mut group = criterion.benchmark_group(format!("growth by {name}"));
        for size in [10, 100, 1_000, 10_000] {
            let (engine, check) = growing(size, shape);
            let request = Request::of(&check);
            assert_eq!(
                engine.decide(&request),
                Ok(veriam_model::Decision::Allow),
                "{name} {size}"
            );
            group.bench_function(BenchmarkId::from_parameter(size), |b| {
                b.iter(|| engine.decide(black_box(&request)));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, workload, growth);
criterion_main!(benches);
