//! Whatever a call says stands in its request: decisions often do not turn on it.

use percent_encoding::percent_decode_str;
use serde_json::Value;
use veriam_aws::{Unsent, send};
use veriam_model::Request;

use crate::support::listener::{Heard, Listener, key};
use crate::support::{calls, run};

/// The settings that the API says in other words, or by what is left out.
const OTHER_WORDS: [&str; 2] = ["RuntimeAuthorizerType", "PrivateEndpointType"];

/// The names and values of a JSON value.
fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| texts(value, into)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            into.push(name.clone());
            texts(value, into);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What a call asks for, member by member: those of the model are named otherwise, so their values count, and the names
/// too where the call chooses them.
fn said(request: &Value) -> Vec<String> {
    let mut all = Vec::new();
    let members = request
        .as_object()
        .and_then(|family| family.values().next());
    for (name, value) in members.and_then(Value::as_object).into_iter().flatten() {
        match (name.as_str(), value) {
            // Claims are encoded, roles and targets a part of ARNs.
            ("operation" | "claims" | "role" | "on", _) => {}
            ("settings", Value::Object(settings)) => {
                let literal = settings
                    .iter()
                    .filter(|(name, _)| !OTHER_WORDS.contains(&name.as_str()));
                literal.for_each(|(_, values)| texts(values, &mut all));
            }
            (_, value) => texts(value, &mut all),
        }
    }
    all
}

fn stands(heard: &Heard, text: &str) -> bool {
    let line = percent_decode_str(&heard.line).decode_utf8_lossy();
    let mut all = Vec::new();
    match serde_json::from_str(&heard.body) {
        Ok(body) => texts(&body, &mut all),
        Err(_) => all.push(
            percent_decode_str(&heard.body)
                .decode_utf8_lossy()
                .into_owned(),
        ),
    }
    all.extend(heard.headers.iter().map(|(_, value)| value.clone()));
    line.contains(text) || all.iter().any(|found| found.contains(text))
}

#[test]
fn what_a_call_says_stands_in_its_request() {
    let mut count = 0;
    run(async {
        let listener = Listener::start();
        for (index, case) in calls(23, 6_000) {
            // Other services are told operations and resources in their own ways.
            if matches!(case.call.request, Request::Other(_)) {
                continue;
            }
            let wanted = said(&serde_json::to_value(&case.call.request).unwrap());
            // One text is the name of what is asked, without which nothing is answered.
            if wanted.len() < 2 {
                continue;
            }
            let session = listener.session(&case, key());
            let sent = send(&case.world, &case.call, &session).await;
            if matches!(sent, Err(Unsent::Unsupported(_))) {
                continue;
            }
            let heard = listener.heard();
            assert_eq!(heard.len(), 1, "case {index}");
            for text in &wanted {
                let found = stands(&heard[0], text);
                assert!(
                    found,
                    "case {index}: {text:?} of {:?}\n{heard:?}",
                    case.call
                );
            }
            count += 1;
        }
    });
    assert!(count > 200, "{count}");
}

#[test]
fn authorizers_of_tokens_are_told() {
    let mut seen = [0, 0];
    run(async {
        let listener = Listener::start();
        for (_, case) in calls(23, 20_000) {
            let Request::Control(request) = &case.call.request else {
                continue;
            };
            let mut settings = request.settings.iter();
            let Some((_, values)) = settings.find(|(name, _)| *name == "RuntimeAuthorizerType")
            else {
                continue;
            };
            let of_tokens = values == ["CUSTOM_JWT"];
            let session = listener.session(&case, key());
            let sent = send(&case.world, &case.call, &session).await;
            if matches!(sent, Err(Unsent::Unsupported(_))) {
                continue;
            }
            let heard = listener.heard().remove(0);
            let told = heard.body.contains("customJWTAuthorizer");
            assert_eq!(told, of_tokens, "{:?}\n{heard:?}", case.call);
            seen[usize::from(of_tokens)] += 1;
        }
    });
    assert!(seen.iter().all(|seen| *seen > 0), "{seen:?}");
}
