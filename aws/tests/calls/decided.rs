//! Generated worlds are loaded into an emulator, their callers call, and what comes back is what
//! the evaluator says of the call as it was drawn.

use std::collections::BTreeMap;

use veriam_aws::{Raw, Unsent, send};
use veriam_evaluator::World as Judge;
use veriam_model::{
    CallCase, ControlOperation, DenialKind, Dialect, MemoryOperation, Outcome, Rejection, Request,
};

use crate::support::emulator::Server;
use crate::support::{all_operations, calls, operation, run};

/// How many calls of one operation are sent: the rarest is drawn once in thousands of cases.
const ENOUGH: usize = 12;

/// Why calls are not sent, of those that are drawn.
const REASONS: [&str; 9] = [
    "callers: services, which hold no credentials for others to use",
    "extraction jobs by actor, session or strategy: requests name the job only",
    "gateways without an authorizer type, which every request tells",
    "memory requests without a session, which is a part of the path",
    "memory requests without an actor, which is a part of the path",
    "policy engines without both ARN and mode, which every request tells",
    "runtimes without an authorizer type, which every request tells",
    "scopes without a type of credentials, which every request tells",
    "tags, which the operation has no member for",
];

/// What the evaluator says; none: it is no question.
pub(crate) fn judge(case: &CallCase) -> Option<Outcome> {
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
        Outcome::Allowed => {
            raw.is_success() || may_be_gone(&case.call.request) && raw.status == 404
        }
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

/// Whether the request may find nothing although it is allowed: there may be no policy to remove, and the runtime whose
/// endpoints are listed may be of another account.
fn may_be_gone(request: &Request) -> bool {
    use ControlOperation as Op;
    let Request::Control(request) = request else {
        return false;
    };
    matches!(
        request.operation,
        Op::DeleteResourcePolicy | Op::ListAgentRuntimeEndpoints
    )
}

/// Takes away what requests have no member for, of every other case: extraction jobs are hardly drawn without.
fn sayable(index: u64, case: &mut CallCase) {
    if let Request::Memory(request) = &mut case.call.request
        && request.operation == MemoryOperation::StartMemoryExtractionJob
        && index.is_multiple_of(2)
    {
        (request.actor, request.session, request.strategy) = (None, None, None);
    }
}

#[test]
fn calls_through_the_sdk_are_decided_as_they_were_drawn() {
    let count = std::env::var("VERIAM_CALLS").ok();
    let count = count.and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let mut sent: BTreeMap<String, usize> = BTreeMap::new();
    let mut unsent: BTreeMap<String, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut allowed = 0;
    run(async {
        let server = Server::start().await;
        for (index, mut case) in calls(11, count) {
            if matches!(case.call.request, Request::Other(_)) {
                // The emulator has no other services.
                continue;
            }
            sayable(index, &mut case);
            let name = operation(&case.call);
            if sent.get(&name).is_some_and(|sent| *sent >= ENOUGH) {
                continue;
            }
            let Some(outcome) = judge(&case) else {
                continue;
            };
            server.load(&case).await;
            let session = server.session(&case).await;
            match send(&case.world, &case.call, &session).await {
                Ok(raw) => {
                    *sent.entry(name).or_default() += 1;
                    allowed += usize::from(outcome == Outcome::Allowed);
                    let fault = fault(&case, &outcome, &raw);
                    faults.extend(fault.map(|fault| format!("case {index}: {fault}")));
                }
                Err(Unsent::Unsupported(why)) => *unsent.entry(why).or_default() += 1,
                Err(Unsent::Broken(broken)) => {
                    faults.push(format!("case {index}: {:?}\n{broken}", case.call));
                }
            }
        }
    });
    let shown = faults.iter().take(20).cloned().collect::<Vec<_>>();
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
    // Shown by `--nocapture`.
    let shown = format!("{sent:#?}\n{unsent:#?}\n{allowed} allowed\n");
    std::io::Write::write_all(&mut std::io::stderr(), shown.as_bytes()).unwrap();
    assert!(missing.is_empty(), "{missing:?}");
    let total: usize = sent.values().sum();
    assert!(
        allowed > 200 && total - allowed > 200,
        "{allowed} of {total} are allowed"
    );
    let mut reasons = unsent.keys();
    let other = reasons.find(|why| !REASONS.contains(&why.as_str()));
    assert_eq!(other, None);
}
