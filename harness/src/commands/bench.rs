//! `veriam bench`

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::Serialize;
use veriam_evaluator::{Engine, EngineBuilder, Policy, Request};
use veriam_generators::generated_check;
use veriam_model::{Check, Dialect, PolicySlot, PolicyType, Profile};
use veriam_oracle as oracle;

use crate::cli::{BenchArgs, DEFAULT_SEED, Format};
use crate::data;
use crate::exit::Exit;
use crate::labels::quotas::Quotas;
use crate::rim::{Ended, Failure, Streams};
use crate::run::{Part, Plan, Rows, UNIT_CASES, run as run_plan};
use crate::style::{FAINT, STRONG, paint, thousands};
use crate::target::Evaluator;

/// A sample is at least this long, so that reading the clock does not count.
const SAMPLE: Duration = Duration::from_micros(5);

#[derive(Serialize)]
struct Report {
    schema: &'static str,
    veriam: &'static str,
    workloads: Vec<Workload>,
    generation: Measured,
    whole_loop: Measured,
}

#[derive(Serialize)]
struct Workload {
    id: String,
    statements_bytes: usize,
    /// Deciding with an engine compiled before.
    decide: Measured,
    /// Parsing the texts.
    parse: Measured,
    /// Compiling what was parsed.
    compile: Measured,
    /// The oracle, from the texts.
    oracle: Measured,
    /// How many decisions the evaluator makes while the oracle makes one.
    decide_per_oracle: f64,
    /// How many decisions fit into one parse and compile.
    decide_per_build: f64,
}

/// A rate and the spread of its samples; times are of one operation, in nanoseconds.
#[derive(Clone, Copy, Serialize)]
struct Measured {
    per_s: f64,
    ns_p50: f64,
    ns_p99: f64,
}

pub(super) fn run(args: &BenchArgs, streams: &mut Streams<'_>) -> Ended {
    let time = Duration::from_secs_f64(args.seconds);
    let rows = data::rows(data::WORKLOADS).map_err(Failure::internal)?;
    let mut workloads = Vec::new();
    for row in rows {
        streams.tell(&format!(
            "measuring {}\n",
            row.check.id.as_deref().unwrap_or("")
        ));
        workloads.push(workload(&row.check, time).map_err(Failure::internal)?);
    }
    streams.tell("measuring the whole loop\n");
    let mut index = 0;
    let generation = measure(time, || {
        index += 1;
        black_box(generated_check(DEFAULT_SEED, index));
    });
    let report = Report {
        schema: "veriam.bench/1",
        veriam: env!("CARGO_PKG_VERSION"),
        workloads,
        generation,
        whole_loop: whole_loop(time).map_err(Failure::internal)?,
    };
    match args.format {
        Format::Text => streams.end(Exit::Agreed, &text(&report)),
        Format::Json => {
            let mut json = serde_json::to_string_pretty(&report).unwrap_or_default();
            json.push('\n');
            streams.end(Exit::Agreed, &json)
        }
    }
}

fn workload(check: &Check, time: Duration) -> Result<Workload, String> {
    let dialect = Dialect::default();
    let invalid = |error: &dyn std::fmt::Debug| format!("a workload is invalid: {error:?}");
    let engine = Engine::for_check(check, &dialect).map_err(|e| invalid(&e))?;
    let request = Request::of(check);
    engine.decide(&request).map_err(|e| invalid(&e))?;
    let parsed = parse(check).map_err(|e| invalid(&e))?;
    let decide = measure(time, || {
        let _ = black_box(engine.decide(black_box(&request)));
    });
    let parse = measure(time, || {
        let _ = black_box(parse(black_box(check)));
    });
    // The builder takes the policies, so a copy of them is part of what is measured here.
    let compile = measure(time, || {
        let _ = black_box(builder(parsed.clone()).build());
    });
    let oracle = measure(time, || {
        let _ = black_box(oracle::judge(black_box(check), &dialect));
    });
    Ok(Workload {
        id: check.id.clone().unwrap_or_default(),
        statements_bytes: check.policies().map(|(_, text)| text.as_str().len()).sum(),
        decide,
        parse,
        compile,
        oracle,
        decide_per_oracle: oracle.ns_p50 / decide.ns_p50,
        decide_per_build: (parse.ns_p50 + compile.ns_p50) / decide.ns_p50,
    })
}

type Parsed = Vec<(PolicySlot, Policy)>;

fn parse(check: &Check) -> Result<Parsed, veriam_evaluator::ParseError> {
    let policies = check.policies().map(|(slot, text)| {
        // The workloads hold no role and no KMS key, so a resource's policy is of the plain type.
        let policy_type = match slot {
            PolicySlot::Identity(_) => PolicyType::Identity,
            PolicySlot::Resource => PolicyType::Resource,
            PolicySlot::Boundary => PolicyType::Boundary,
            PolicySlot::Session => PolicyType::Session,
            PolicySlot::Scp(..) => PolicyType::Scp,
            PolicySlot::Rcp(..) => PolicyType::Rcp,
            PolicySlot::Endpoint => PolicyType::Endpoint,
        };
        Policy::parse(policy_type, text.as_str()).map(|policy| (slot, policy))
    });
    policies.collect()
}

fn builder(policies: Parsed) -> EngineBuilder {
    let start = EngineBuilder::new();
    policies
        .into_iter()
        .fold(start, |builder, (slot, policy)| match slot {
            PolicySlot::Identity(_) => builder.identity(policy),
            PolicySlot::Resource => builder.resource(policy),
            PolicySlot::Boundary => builder.boundary(policy),
            PolicySlot::Session => builder.session(policy),
            PolicySlot::Scp(..) => builder.scp_level([policy]),
            PolicySlot::Rcp(..) => builder.rcp_level([policy]),
            PolicySlot::Endpoint => builder.endpoint(policy),
        })
}

/// Generate, judge twice, compare, count: one thread, unit by unit.
fn whole_loop(time: Duration) -> Result<Measured, String> {
    let rows = Rows::embedded().map_err(|error| error.to_string())?;
    let target = Evaluator::default();
    let mut samples = Vec::new();
    let started = Instant::now();
    let mut seed = DEFAULT_SEED;
    while samples.is_empty() || started.elapsed() < time {
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
        let unit = Instant::now();
        black_box(run_plan(&plan, &rows, &target, &|_| {})?);
        samples.push(nanoseconds(unit.elapsed()) / count(UNIT_CASES));
        seed += 1;
    }
    Ok(spread(samples))
}

/// Repeats an operation for some time.
fn measure(time: Duration, mut operation: impl FnMut()) -> Measured {
    // Warm up, and find out how many operations make a sample.
    let started = Instant::now();
    let mut done = 0_u64;
    while done == 0 || started.elapsed() < time / 10 {
        operation();
        done += 1;
    }
    let each = nanoseconds(started.elapsed()) / count(done);
    let mut batch = 1_u64;
    while count(batch) * each < nanoseconds(SAMPLE) {
        batch *= 2;
    }
    let mut samples = Vec::new();
    let started = Instant::now();
    while samples.is_empty() || started.elapsed() < time {
        let sample = Instant::now();
        for _ in 0..batch {
            operation();
        }
        samples.push(nanoseconds(sample.elapsed()) / count(batch));
    }
    spread(samples)
}

fn spread(mut samples: Vec<f64>) -> Measured {
    samples.sort_by(f64::total_cmp);
    let at = |percent: usize| samples[(samples.len() - 1) * percent / 100];
    let mean = samples.iter().sum::<f64>() / count(samples.len() as u64);
    Measured {
        per_s: 1e9 / mean,
        ns_p50: at(50),
        ns_p99: at(99),
    }
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a benchmark stay far below 2^53"
)]
fn count(number: u64) -> f64 {
    number as f64
}

fn text(report: &Report) -> String {
    let mut out = format!(
        "{}\n",
        paint(
            STRONG,
            format_args!(
                "{:<34}{:>14}{:>12}{:>12}",
                "one thread", "per second", "p50", "p99"
            )
        )
    );
    let mut line = |name: &str, measured: &Measured| {
        out.push_str(&format!(
            "{name:<34}{:>14}{:>12}{:>12}\n",
            whole(measured.per_s),
            duration(measured.ns_p50),
            duration(measured.ns_p99)
        ));
    };
    for workload in &report.workloads {
        line(
            &format!("{} decide, compiled", workload.id),
            &workload.decide,
        );
        line(&format!("{} parse", workload.id), &workload.parse);
        line(&format!("{} compile", workload.id), &workload.compile);
        line(
            &format!("{} oracle, from text", workload.id),
            &workload.oracle,
        );
    }
    line("generate a check", &report.generation);
    line("whole loop, a case", &report.whole_loop);
    out.push_str(&format!(
        "\n{}\n",
        paint(STRONG, "ratios, to compare between machines")
    ));
    for workload in &report.workloads {
        out.push_str(&format!(
            "{:<16} one oracle judgement = {} decisions; one parse and compile = {} decisions\n",
            workload.id,
            whole(workload.decide_per_oracle),
            whole(workload.decide_per_build)
        ));
    }
    if let [a, .., c] = report.workloads.as_slice() {
        out.push_str(&format!(
            "{} takes {:.1} times as long to decide as {}\n",
            c.id,
            c.decide.ns_p50 / a.decide.ns_p50,
            a.id
        ));
    }
    let share = report.generation.ns_p50 / report.whole_loop.ns_p50 * 100.0;
    out.push_str(&format!("generation is {share:.0} % of the whole loop\n"));
    let note = "p50 and p99 are over samples of at least 5 µs, each the mean of its operations";
    out.push_str(&format!("{}\n", paint(FAINT, note)));
    out
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number for people, rounded"
)]
fn whole(number: f64) -> String {
    thousands(number.round() as u64)
}

fn duration(ns: f64) -> String {
    if ns < 1_000.0 {
        format!("{ns:.0} ns")
    } else if ns < 1_000_000.0 {
        format!("{:.1} µs", ns / 1_000.0)
    } else {
        format!("{:.1} ms", ns / 1_000_000.0)
    }
}
