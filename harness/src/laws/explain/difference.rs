//! In what two cases differ, member by member.

use serde::Serialize;
use serde_json::Value;
use veriam_model::{Case, PolicyText};

use crate::laws::LawCase;

/// One difference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Change {
    /// Where it is: `identity_policies[0].Statement[1].Action`.
    at: String,
    /// What stood there; null when nothing did.
    before: Option<Value>,
    /// What stands there now; null when nothing does.
    after: Option<Value>,
    /// Whether only the way of writing differs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    written_otherwise: bool,
}

impl Change {
    /// For people, with a line feed at its end.
    pub(super) fn to_text(&self) -> String {
        let at = &self.at;
        match (&self.before, &self.after) {
            (Some(_), Some(_)) if self.written_otherwise => {
                format!("  {at}: the same, written in another way\n")
            }
            (None, Some(after)) => format!("  {at}: added {after}\n"),
            (Some(before), None) => format!("  {at}: removed {before}\n"),
            (Some(before), Some(after)) => {
                format!("  {at}:\n    before {before}\n    after  {after}\n")
            }
            (None, None) => String::new(),
        }
    }
}

/// In what the two cases of a broken law differ, in their order.
pub(super) fn difference(case: &LawCase) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(
        "",
        &value(&case.original),
        &value(&case.changed),
        &mut changes,
    );
    if changes.is_empty() {
        // White space, escapes, the order of members.
        let policies = texts(&case.original).into_iter().zip(texts(&case.changed));
        for (at, (before, after)) in (0..).zip(policies).filter(|(_, (b, a))| b != a) {
            changes.push(Change {
                at: format!("policy {}", at + 1),
                before: Some(before.as_str().into()),
                after: Some(after.as_str().into()),
                written_otherwise: true,
            });
        }
    }
    changes
}

/// A case as JSON, its policies as objects.
fn value(case: &Case) -> Value {
    let mut value = match case {
        Case::Check(check) => serde_json::to_value(check),
        Case::Call(case) => serde_json::to_value(case),
        // No law speaks of documents or puts.
        Case::Document(_) | Case::Put(_) => return Value::Null,
    }
    .unwrap_or_default();
    open(&mut value);
    value
}

/// Reads texts that are JSON objects: no text of a case is but a policy.
fn open(value: &mut Value) {
    match value {
        Value::String(text) if text.trim_start().starts_with('{') => {
            if let Ok(object @ Value::Object(_)) = serde_json::from_str(text) {
                *value = object;
            }
        }
        Value::Array(list) => list.iter_mut().for_each(open),
        Value::Object(members) => members.values_mut().for_each(open),
        _ => {}
    }
}

fn texts(case: &Case) -> Vec<&PolicyText> {
    match case {
        Case::Check(check) => check.policies().map(|(_, policy)| policy).collect(),
        Case::Call(case) => {
            let world = case.world.policies().into_iter().map(|(_, policy)| policy);
            world.chain(case.call.session_policy()).collect()
        }
        Case::Document(_) | Case::Put(_) => Vec::new(),
    }
}

fn change(at: String, before: Option<&Value>, after: Option<&Value>) -> Change {
    Change {
        at,
        before: before.cloned(),
        after: after.cloned(),
        written_otherwise: false,
    }
}

fn compare(at: &str, before: &Value, after: &Value, changes: &mut Vec<Change>) {
    match (before, after) {
        (before, after) if before == after => {}
        (Value::Object(old), Value::Object(new)) => {
            let name = |name: &String| match at {
                "" => name.clone(),
                at => format!("{at}.{name}"),
            };
            for (member, value) in old {
                match new.get(member) {
                    None => changes.push(change(name(member), Some(value), None)),
                    Some(now) => compare(&name(member), value, now, changes),
                }
            }
            let added = new.iter().filter(|(member, _)| !old.contains_key(*member));
            changes.extend(added.map(|(member, value)| change(name(member), None, Some(value))));
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (i, (old, new)) in old.iter().zip(new).enumerate() {
                compare(&format!("{at}[{i}]"), old, new, changes);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            // What stands in front and behind in both is not told.
            let front = old.iter().zip(new).take_while(|(o, n)| o == n).count();
            let (old, new) = (&old[front..], &new[front..]);
            let pairs = old.iter().rev().zip(new.iter().rev());
            let behind = pairs.take_while(|(o, n)| o == n).count();
            let (old, new) = (&old[..old.len() - behind], &new[..new.len() - behind]);
            let places = |list: &[Value]| (front..front + list.len()).map(|i| format!("{at}[{i}]"));
            let removed = places(old).zip(old);
            changes.extend(removed.map(|(at, old)| change(at, Some(old), None)));
            let added = places(new).zip(new);
            changes.extend(added.map(|(at, new)| change(at, None, Some(new))));
        }
        (before, after) => changes.push(change(at.to_owned(), Some(before), Some(after))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(before: &Value, after: &Value) -> String {
        let mut changes = Vec::new();
        compare("", before, after, &mut changes);
        changes.iter().map(Change::to_text).collect()
    }

    #[test]
    fn only_what_differs_is_told_with_its_place() {
        let before = json!({"a": [1, 2, 3], "b": {"c": "x"}, "d": 1, "same": [{}]});
        let after = json!({"a": [1, 9, 2, 3], "b": {"c": "y"}, "e": 2, "same": [{}]});
        let expected = "  a[1]: added 9\n  b.c:\n    before \"x\"\n    after  \"y\"\n  d: removed 1\n  e: added 2\n";
        assert_eq!(told(&before, &after), expected);
        assert_eq!(told(&before, &before), "");
    }
}
