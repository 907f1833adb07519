//! What is sent: who is said to call, in which words, and always the same.

use std::collections::BTreeSet;

use serde_json::Value;
use veriam_aws::{Proof, Raw, Unsent, send};
use veriam_model::{
    CallCase, Caller, MemoryOperation, Outcome, Request, RuntimeOperation, ServiceCaller,
};

use crate::decided::judge;
use crate::support::emulator::Server;
use crate::support::listener::{Heard, Listener, key};
use crate::support::{all_operations, call, calls, operation, run};

/// One call that the SDK has an operation for, one that it has none for, and one that asks for a WebSocket.
fn three() -> Vec<CallCase> {
    let names = [
        "runtime InvokeAgentRuntime",
        "gateway InvokeGateway",
        "runtime InvokeAgentRuntimeWithWebSocketStream",
    ];
    let named = |name| call(|case| operation(&case.call) == name && is_sent(case));
    names.into_iter().map(named).collect()
}

fn is_sent(case: &CallCase) -> bool {
    !matches!(case.call.caller, Caller::Service(_))
}

async fn heard(case: &CallCase, proof: Proof) -> Heard {
    let listener = Listener::start();
    let session = listener.session(case, proof);
    // A stream of events that is none is nothing to read, and does not matter here.
    let _ = send(&case.world, &case.call, &session).await;
    let mut heard = listener.heard();
    assert_eq!(heard.len(), 1, "{heard:?}");
    heard.remove(0)
}

#[test]
fn who_proves_nothing_does_not_sign() {
    for case in three() {
        let heard = run(heard(&case, Proof::Nothing));
        for header in ["authorization", "x-amz-date", "x-amz-security-token"] {
            assert_eq!(heard.header(header), None, "{heard:?}");
        }
    }
}

#[test]
fn who_has_a_token_sends_it_and_does_not_sign() {
    for case in three() {
        let heard = run(heard(&case, Proof::Bearer("a.b.c".to_owned())));
        assert_eq!(
            heard.header("authorization"),
            Some("Bearer a.b.c"),
            "{heard:?}"
        );
        assert_eq!(heard.header("x-amz-date"), None, "{heard:?}");
    }
}

#[test]
fn clients_call_themselves_what_the_call_says() {
    for mut case in three() {
        case.call.user_agent = "Agent of a test/1.0 (x; y)".to_owned();
        let heard = run(heard(&case, key()));
        assert_eq!(
            heard.header("user-agent"),
            Some("Agent of a test/1.0 (x; y)"),
            "{heard:?}"
        );
    }
}

#[test]
fn signed_requests_for_a_websocket_are_upgraded() {
    for operation in [
        RuntimeOperation::InvokeAgentRuntimeWithWebSocketStream,
        RuntimeOperation::InvokeAgentRuntimeCommandShell,
    ] {
        let case = call(|case| {
            let runtime = case.call.request.runtime();
            let signs = !matches!(
                case.call.caller,
                Caller::Jwt(_) | Caller::Service(_) | Caller::Anonymous
            );
            let asked = runtime.is_some_and(|runtime| runtime.operation == operation);
            asked && signs && judge(case) == Some(Outcome::Allowed)
        });
        let raw = run(async {
            let server = Server::start().await;
            server.load(&case).await;
            let session = server.session(&case).await;
            send(&case.world, &case.call, &session).await
        });
        assert_eq!(raw, Ok(Raw::ok(101)));
    }
}

#[test]
fn the_same_call_is_the_same_request() {
    /// What a request says, without the random number of the attempt and what is computed from it.
    fn said(heard: Heard) -> (String, Vec<(String, String)>, Result<Value, String>) {
        let of_attempt = ["authorization", "amz-sdk-invocation-id", "host"];
        let headers = heard.headers.into_iter();
        let headers = headers.filter(|(name, _)| !of_attempt.contains(&name.as_str()));
        // The order of members is another each time.
        let body = serde_json::from_str(&heard.body).map_err(|_| heard.body);
        (heard.line, headers.collect(), body)
    }
    let mut missing = all_operations();
    run(async {
        let listener = Listener::start();
        for (_, mut case) in calls(5, 20_000) {
            let name = operation(&case.call);
            if !missing.contains(&name) {
                continue;
            }
            if let Request::Memory(request) = &mut case.call.request
                && request.operation == MemoryOperation::StartMemoryExtractionJob
            {
                // Requests have no members for these, and jobs are hardly drawn without.
                (request.actor, request.session, request.strategy) = (None, None, None);
            }
            let session = listener.session(&case, key());
            let first = send(&case.world, &case.call, &session).await;
            if matches!(first, Err(Unsent::Unsupported(_))) {
                continue;
            }
            let again = listener.session(&case, key());
            let _ = send(&case.world, &case.call, &again).await;
            let heard: Vec<_> = listener.heard().into_iter().map(said).collect();
            assert_eq!(heard.len(), 2, "{name}");
            assert_eq!(heard[0], heard[1], "{name}");
            missing.remove(&name);
        }
    });
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn what_no_request_says_is_not_sent() {
    let unsent = |case: &CallCase| {
        let listener = Listener::start();
        let sent = run(async {
            let session = listener.session(case, key());
            send(&case.world, &case.call, &session).await
        });
        match sent {
            Err(Unsent::Unsupported(why)) => why,
            other => panic!("{other:?} of {:?}", case.call),
        }
    };
    let with = |name: &str, change: fn(&mut CallCase)| {
        let mut case = call(|case| operation(&case.call) == name && is_sent(case));
        change(&mut case);
        unsent(&case)
    };
    const INVOKE: &str = "runtime InvokeAgentRuntime";
    for agent in ["tab\t", " space", "umlaut \u{fc}", "line\nline"] {
        let mut case = call(|case| operation(&case.call) == INVOKE && is_sent(case));
        case.call.user_agent = agent.to_owned();
        assert_eq!(unsent(&case), "user agents that no header carries");
        case.call.user_agent = "agent".to_owned();
        case.call.request.runtime_mut().unwrap().user_id = Some(agent.to_owned());
        assert_eq!(unsent(&case), "user ids that no header carries");
    }
    assert_eq!(
        with(INVOKE, |case| {
            case.call.caller = Caller::Service(ServiceCaller {
                service: "lambda.amazonaws.com".to_owned(),
                source_account: None,
                source_arn: None,
            });
        }),
        "callers: services, which hold no credentials for others to use"
    );
    assert_eq!(
        with("other", |case| {
            let Request::Other(request) = &mut case.call.request else {
                panic!("{:?}", case.call);
            };
            request.resource = "*".to_owned();
        }),
        "requests: other services, whose resources are not staged"
    );
    let memory = |case: &mut CallCase, actor: Option<&str>, session: Option<&str>| {
        let Request::Memory(request) = &mut case.call.request else {
            panic!("{:?}", case.call);
        };
        request.operation = MemoryOperation::ListEvents;
        request.actor = actor.map(str::to_owned);
        request.session = session.map(str::to_owned);
    };
    for (actor, session, why) in [
        (
            None,
            Some("s"),
            "memory requests without an actor, which is a part of the path",
        ),
        (
            Some("a"),
            None,
            "memory requests without a session, which is a part of the path",
        ),
        (
            Some(""),
            Some("s"),
            "memory requests without an actor, which is a part of the path",
        ),
        (
            Some(".."),
            Some("s"),
            "memory requests with dots as a part of the path",
        ),
    ] {
        let mut case = call(|case| operation(&case.call) == "memory ListEvents");
        memory(&mut case, actor, session);
        assert_eq!(unsent(&case), why);
    }
}
