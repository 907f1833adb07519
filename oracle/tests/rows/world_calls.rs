//! Rows about calls in worlds: `world-calls.jsonl` about runtimes, `resource-calls.jsonl` about everything else, and
//! what their names stand for in `worlds.jsonl` and `resource-worlds.jsonl`.
//!
//! A row sets members of the one world, named by path (in a list by name, id or endpoint), and says what the call has
//! besides the usual. `<R>` and the like stand for ARNs, `@name` for a policy, `{"of": name, "if": …}` for one with a
//! condition on its first statement.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use veriam_model::{
    Call, Denial, DenialKind, Dialect, InvalidCall, Outcome, Pair, PolicyType, Rejection, RuleId,
    World,
};

/// Each file of rows, with what its names stand for.
const FILES: [(&str, &str); 2] = [
    (
        include_str!("worlds.jsonl"),
        include_str!("world-calls.jsonl"),
    ),
    (
        include_str!("resource-worlds.jsonl"),
        include_str!("resource-calls.jsonl"),
    ),
];

/// A row as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    /// The rules it shows: each is to be cited.
    rules: Vec<RuleId>,
    #[serde(default)]
    set: BTreeMap<String, Value>,
    call: Map<String, Value>,
    #[serde(default)]
    dialect: Vec<String>,
    expected: Expected,
    /// The choices that the verdict turns on; looked at in rows without dialect.
    #[serde(default)]
    turns_on: BTreeSet<String>,
    note: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expected {
    Denied {
        kind: DenialKind,
        /// `Action <resource>`; an action of another service has its prefix.
        at: String,
        by: Vec<PolicyType>,
    },
    Named(String),
}

impl Expected {
    fn outcome(&self) -> Outcome {
        let name = match self {
            Expected::Denied { kind, at, by } => {
                let (action, resource) = at.split_once(' ').expect("action and resource");
                return Outcome::Denied(Denial {
                    kind: *kind,
                    at: Pair {
                        action: match action.contains(':') {
                            true => action.to_owned(),
                            false => format!("bedrock-agentcore:{action}"),
                        },
                        resource: resource.to_owned(),
                    },
                    by: by.iter().copied().collect(),
                });
            }
            Expected::Named(name) => name.as_str(),
        };
        if name == "allowed" {
            return Outcome::Allowed;
        }
        if let Some(invalid) = InvalidCall::ALL.into_iter().find(|i| i.name() == name) {
            return Outcome::Invalid(invalid);
        }
        let rejection = Rejection::ALL.into_iter().find(|r| r.name() == name);
        Outcome::Rejected(rejection.expect(name))
    }
}

/// What the names in rows stand for.
#[derive(Default)]
struct Names {
    arns: BTreeMap<String, String>,
    world: Value,
    call: Map<String, Value>,
    callers: BTreeMap<String, Value>,
    ways: BTreeMap<String, Value>,
    policies: BTreeMap<String, Value>,
}

impl Names {
    fn read(worlds: &str) -> Self {
        let mut names = Names::default();
        for line in worlds.lines() {
            let value: Value = serde_json::from_str(line).expect(line);
            if let Some(arns) = value.get("arns") {
                names.arns = serde_json::from_value(arns.clone()).expect("names and ARNs");
                continue;
            }
            let value: Value = serde_json::from_str(&names.with_arns(line)).expect(line);
            let is = value.get("is").cloned().unwrap_or_default();
            let named = |member| value.get(member).and_then(Value::as_str).map(str::to_owned);
            if let Some(world) = value.get("world") {
                names.world = world.clone();
            } else if let Some(call) = value.get("call").and_then(Value::as_object) {
                names.call = call.clone();
            } else if let Some(caller) = named("caller") {
                names.callers.insert(caller, is);
            } else if let Some(way) = named("way") {
                names.ways.insert(way, is);
            } else if let Some(policy) = named("policy") {
                names.policies.insert(policy, is);
            } else {
                panic!("nothing is named here: {line}");
            }
        }
        names
    }

    fn with_arns(&self, line: &str) -> String {
        let mut line = line.to_owned();
        for (name, arn) in &self.arns {
            line = line.replace(&format!("<{name}>"), arn);
        }
        assert!(!line.contains('<'), "an unknown name: {line}");
        line
    }

    fn policy(&self, name: &str) -> Value {
        self.policies.get(name).expect(name).clone()
    }

    /// The value with its policies in place of their names.
    fn with_policies(&self, value: Value) -> Value {
        match value {
            Value::String(text) => match text.strip_prefix('@') {
                Some(name) => self.policy(name),
                None => Value::String(text),
            },
            Value::Array(items) => {
                let items = items.into_iter().map(|item| self.with_policies(item));
                Value::Array(items.collect())
            }
            Value::Object(members) => match (members.get("of"), members.get("if")) {
                (Some(Value::String(name)), Some(condition)) => {
                    let mut policy = self.policy(name);
                    policy["Statement"][0]["Condition"] = condition.clone();
                    policy
                }
                _ => {
                    let members = members.into_iter();
                    let members = members.map(|(name, value)| (name, self.with_policies(value)));
                    Value::Object(members.collect())
                }
            },
            other => other,
        }
    }

    fn world(&self, line: &Line) -> World {
        let mut world = self.world.clone();
        for (path, value) in &line.set {
            let mut place = &mut world;
            for part in path.split('/') {
                place = member(place, part);
            }
            *place = self.with_policies(value.clone());
        }
        serde_json::from_value(world).expect(&line.id)
    }

    fn call(&self, line: &Line) -> Call {
        let mut call = self.call.clone();
        call.extend(line.call.clone());
        for (name, known) in [("caller", &self.callers), ("from", &self.ways)] {
            let value = call.get(name).and_then(Value::as_str);
            if let Some(meant) = value.and_then(|value| known.get(value)) {
                call.insert(name.to_owned(), self.with_policies(meant.clone()));
            }
        }
        serde_json::from_value(Value::Object(of_request(call))).expect(&line.id)
    }
}

/// The call with everything that is not about every call in its request. A row names the family by a member; rows
/// about runtimes, whose members stand beside the others, do not.
fn of_request(members: Map<String, Value>) -> Map<String, Value> {
    const OF_EVERY_CALL: [&str; 4] = ["caller", "from", "at", "user_agent"];
    let is_common = |name: &String| OF_EVERY_CALL.contains(&name.as_str());
    let (mut call, asked): (Map<_, _>, Map<_, _>) =
        members.into_iter().partition(|(name, _)| is_common(name));
    let request = match asked.contains_key("operation") {
        true => json!({"runtime": asked}),
        false => Value::Object(asked),
    };
    call.insert("request".to_owned(), request);
    call
}

/// A member of an object, made if need be, or the item of a list with that name or number.
fn member<'v>(value: &'v mut Value, part: &str) -> &'v mut Value {
    match value {
        Value::Array(items) => {
            let is_named = |item: &Value| {
                let names = ["name", "id", "endpoint"].into_iter();
                let mut names = names.filter_map(|name| item.get(name));
                names.any(|name| name == part)
            };
            let named = items.iter().position(is_named);
            let index = named.or_else(|| part.parse().ok()).expect(part);
            items.get_mut(index).expect(part)
        }
        Value::Object(members) => members.entry(part).or_insert(json!(null)),
        other => panic!("{part} of {other}"),
    }
}

/// A row, ready to be judged.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) rules: Vec<RuleId>,
    pub(crate) world: World,
    pub(crate) call: Call,
    pub(crate) dialect: Dialect,
    pub(crate) expected: Outcome,
    /// `None` in rows with a dialect.
    pub(crate) turns_on: Option<BTreeSet<String>>,
    pub(crate) note: String,
}

pub(crate) fn rows() -> impl Iterator<Item = Row> {
    FILES.into_iter().flat_map(|(worlds, rows)| {
        let names = Names::read(worlds);
        rows.lines().map(move |line| {
            let line: Line = serde_json::from_str(&names.with_arns(line)).expect(line);
            Row {
                world: names.world(&line),
                call: names.call(&line),
                dialect: super::dialect(&line.dialect),
                expected: line.expected.outcome(),
                turns_on: line.dialect.is_empty().then_some(line.turns_on),
                id: line.id,
                rules: line.rules,
                note: line.note,
            }
        })
    })
}
