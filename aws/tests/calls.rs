//! Calls through the SDK: generated worlds are loaded into an emulator, their callers call, and what comes back is what
//! the evaluator says of the call as it was drawn.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use support::emulator::Server;
use support::{calls, operation, run};
use veriam_aws::{Raw, Unsent, send};
use veriam_evaluator::World as Judge;
use veriam_model::{
    CallCase, ControlOperation, DenialKind, Dialect, HarnessOperation, IdentityOperation,
    MemoryOperation, Outcome, Rejection, Request, RuntimeOperation, ToolOperation,
};

/// Why calls are not sent.
const REASONS: &[&str] = &[];

fn judge(case: &CallCase) -> Option<Outcome> {
    let judge = Judge::new(&case.world, &Dialect::default()).ok()?;
    judge.decide(&case.call).ok()
}

/// What differs between a response and what it has to be.
fn fault(case: &CallCase, outcome: &Outcome, raw: &Raw) -> Option<String> {
    let code = raw.code.as_deref().unwrap_or_default();
    let message = raw.message.as_deref().unwrap_or_default();
    let denied = match &case.call.request {
        Request::AssumeRole(_) => "AccessDenied",
        _ => "AccessDeniedException",
    };
    let right = match outcome {
        // What the control plane makes of it afterwards is another matter: there may be no policy to remove.
        Outcome::Allowed if matches!(case.call.request, Request::Control(_)) => {
            raw.is_success() || matches!(raw.status, 400 | 404 | 409) && !code.is_empty()
        }
        Outcome::Allowed => raw.is_success(),
        Outcome::Denied(denial) => {
            let because = match denial.kind {
                DenialKind::Explicit => "with an explicit deny in a".to_owned(),
                DenialKind::Implicit => format!("allows the {} action", denial.at.action),
            };
            let (action, resource) = (&denial.at.action, &denial.at.resource);
            let on = format!("is not authorized to perform: {action} on resource: {resource}");
            let named = denial.by.iter().any(|by| message.contains(by.title()));
            let said = message.contains(&on) && message.contains(&because) && named;
            raw.status == 403 && code == denied && said
        }
        Outcome::Rejected(Rejection::Unauthenticated) => {
            matches!(raw.status, 401 | 403) && message.contains("Missing")
        }
        Outcome::Rejected(Rejection::MethodMismatch) => {
            raw.status == 403 && code == denied && message.contains("mismatch")
        }
        Outcome::Rejected(Rejection::BadToken) => {
            raw.status == 401 && code == "UnauthorizedException"
        }
        Outcome::Rejected(Rejection::InsufficientScope) => {
            raw.status == 403 && code == denied && message.contains("scope")
        }
        Outcome::Invalid(_) => matches!(raw.status, 400 | 404),
    };
    (!right).then(|| format!("{:?}\n{outcome:?}\n{raw:?}", case.call))
}

#[test]
fn calls_through_the_sdk_are_decided_as_they_were_drawn() {
    let count = std::env::var("VERIAM_CALLS").ok();
    let count = count.and_then(|n| n.parse().ok()).unwrap_or(4_000);
    let mut sent: BTreeMap<String, usize> = BTreeMap::new();
    let mut unsent: BTreeMap<String, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    run(async {
        let server = Server::start().await;
        for (index, case) in calls(11, count) {
            let Some(outcome) = judge(&case) else {
                continue;
            };
            server.load(&case).await;
            let session = server.session(&case).await;
            match send(&case.world, &case.call, &session).await {
                Ok(raw) => {
                    *sent.entry(operation(&case.call)).or_default() += 1;
                    faults
                        .extend(fault(&case, &outcome, &raw).map(|f| format!("case {index}: {f}")));
                }
                Err(Unsent::Unsupported(why)) => *unsent.entry(why).or_default() += 1,
                Err(Unsent::Broken(broken)) => {
                    faults.push(format!("case {index}: {:?}\n{broken}", case.call));
                }
            }
        }
    });
    std::io::Write::write_all(
        &mut std::io::stderr(),
        format!("{sent:#?} {unsent:#?}\n").as_bytes(),
    )
    .unwrap();
    let shown = &faults[..faults.len().min(20)];
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        shown.join("\n\n")
    );
    let all = all_operations();
    let missing: Vec<_> = all
        .iter()
        .filter(|name| !sent.contains_key(*name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn all_operations() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut add = |family: &str, name: &str| all.insert(format!("{family} {name}"));
    RuntimeOperation::ALL.iter().for_each(|o| {
        add("runtime", o.name());
    });
    MemoryOperation::ALL.iter().for_each(|o| {
        add("memory", o.name());
    });
    HarnessOperation::ALL.iter().for_each(|o| {
        add("harness", o.name());
    });
    ToolOperation::ALL.iter().for_each(|o| {
        add("tool", o.name());
    });
    IdentityOperation::ALL.iter().for_each(|o| {
        add("identity", o.name());
    });
    ControlOperation::ALL.iter().for_each(|o| {
        add("control", o.name());
    });
    add("gateway", "InvokeGateway");
    add("sts", "AssumeRole");
    all
}
