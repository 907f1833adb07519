//! Speed of worlds: calls that are allowed, denied and come with a session policy; compiling; growth with the world.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};
use veriam_evaluator::World;
use veriam_model::{Call, Dialect, Outcome};

const RUNTIME: &str = "arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/agent_a-AbCdEf0123";

/// A runtime shared with `tenants` other accounts. Each may call it from its own VPC only.
fn told(tenants: usize) -> veriam_model::World {
    let account = |tenant: usize| format!("{:012}", tenant + 1);
    let own = |resource: &str| {
        let statements = (0..tenants).flat_map(|tenant| {
            let role = format!("arn:aws:iam::{}:role/app", account(tenant));
            let outside = json!({"StringNotEquals": {"aws:SourceVpc": format!("vpc-{tenant}")}});
            [
                json!({"Effect": "Allow", "Principal": {"AWS": role}, "Resource": resource,
                    "Action": "bedrock-agentcore:InvokeAgentRuntime"}),
                json!({"Effect": "Deny", "Principal": {"AWS": role}, "Resource": resource,
                    "Action": "bedrock-agentcore:*", "Condition": outside}),
            ]
        });
        json!({"Version": "2012-10-17", "Statement": statements.collect::<Vec<_>>()})
    };
    let allow = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Action": "bedrock-agentcore:InvokeAgentRuntime",
        "Resource": [RUNTIME, format!("{RUNTIME}/runtime-endpoint/*")]}});
    let full = json!({"Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
    let anyone = json!({"Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}});
    let mut accounts = vec![json!({"id": "111122223333"})];
    let (mut roles, mut networks) = (Vec::new(), Vec::new());
    for tenant in 0..tenants {
        let id = account(tenant);
        accounts.push(json!({"id": id, "organization": {
            "id": "o-a1b2c3d4e5", "path": ["r-ab12"], "scps": [[full]]}}));
        roles.push(json!({"account": id, "name": "app", "id": "AROAAPP", "policies": [allow]}));
        networks.push(json!({"account": id, "vpc": format!("vpc-{tenant}"),
            "endpoint": format!("vpce-{tenant}"), "policy": anyone}));
    }
    // The owner's own callers come from anywhere.
    roles.push(
        json!({"account": "111122223333", "name": "app", "id": "AROAAPP",
        "policies": [allow]}),
    );
    let endpoint = format!("{RUNTIME}/runtime-endpoint/DEFAULT");
    let world = json!({"region": "us-west-2", "accounts": accounts, "roles": roles,
        "networks": networks, "runtimes": [{"account": "111122223333", "id": "agent_a-AbCdEf0123",
            "policy": own(RUNTIME), "endpoints": [{"name": "DEFAULT", "policy": own(&endpoint)}]}]});
    serde_json::from_value(world).unwrap()
}

fn world(tenants: usize) -> World {
    World::new(&told(tenants), &Dialect::default()).unwrap()
}

fn call(account: &str, from: &Value, policy: &Value) -> Call {
    serde_json::from_value(json!({
        "caller": {"session": {"account": account, "role": "app", "session": "s1",
            "token": {"issued": 1_750_000_000}, "policy": policy}},
        "request": {"runtime": {"operation": "InvokeAgentRuntime", "runtime": "agent_a-AbCdEf0123"}}, "from": from,
        "at": 1_750_000_600, "user_agent": "bench/1.0"}))
    .unwrap()
}

fn internet() -> Value {
    json!({"internet": {"address": "203.0.113.9"}})
}

fn vpc(tenant: usize) -> Value {
    json!({"endpoint": {"endpoint": format!("vpce-{tenant}"), "address": "10.0.0.7"}})
}

fn calls(criterion: &mut Criterion) {
    let world = world(2);
    let scoped = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Action": "bedrock-agentcore:Invoke*", "Resource": "*"}});
    let mut group = criterion.benchmark_group("call");
    for (name, call, is_allowed) in [
        (
            "allowed",
            call("111122223333", &internet(), &Value::Null),
            true,
        ),
        (
            "allowed through a VPC",
            call("000000000001", &vpc(0), &Value::Null),
            true,
        ),
        (
            "denied",
            call("000000000001", &internet(), &Value::Null),
            false,
        ),
        (
            "with session policy",
            call("000000000001", &vpc(0), &scoped),
            true,
        ),
    ] {
        let outcome = world.decide(&call).unwrap();
        assert_eq!(outcome == Outcome::Allowed, is_allowed, "{name}: {outcome}");
        group.bench_function(name, |b| b.iter(|| world.decide(black_box(&call))));
    }
    group.finish();
}

fn compile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("World::new by tenants");
    let dialect = Dialect::default();
    for tenants in [2, 100] {
        let told = told(tenants);
        group.bench_function(BenchmarkId::from_parameter(tenants), |b| {
            b.iter(|| World::new(black_box(&told), &dialect));
        });
    }
    group.finish();
}

fn growth(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("call by tenants");
    for tenants in [1, 10, 100, 1_000] {
        let world = world(tenants);
        let last = tenants - 1;
        let call = call(&format!("{tenants:012}"), &vpc(last), &Value::Null);
        assert_eq!(world.decide(&call), Ok(Outcome::Allowed), "{tenants}");
        group.bench_function(BenchmarkId::from_parameter(tenants), |b| {
            b.iter(|| world.decide(black_box(&call)));
        });
    }
    group.finish();
}

criterion_group!(benches, calls, compile, growth);
criterion_main!(benches);
