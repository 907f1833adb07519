//! Calls, what is expected of them, and who alone gets in.

use std::collections::BTreeMap;

use veriam_model::{
    ALL_CHOICES, Call, Choice, DenialKind, InvalidCall, Path, PolicyType, PolicyTypes, Rejection,
    Request, RuntimeOperation, RuntimeRequest,
};

use super::{Reader, lookup};
use crate::place::Place;
use crate::scenario::error::ScenarioError;
use crate::scenario::expect::{Expectation, Expected, Level};
use crate::scenario::fields::{Fields, choose, entries, items, named, one_or_more, text};
use crate::scenario::yaml::{Fault, Node, Value};
use crate::scenario::{
    DEFAULT_PRIVATE_ADDRESS, DEFAULT_PUBLIC_ADDRESS, DEFAULT_TIME, DEFAULT_USER_AGENT,
    DeclaredCall, INTERNET, Only, Scenario,
};

const CALL: [&str; 12] = [
    "it",
    "caller",
    "call",
    "on",
    "qualifier",
    "user-id",
    "from",
    "at",
    "user-agent",
    "rules",
    "expect",
    "sibling",
];

impl Reader<'_> {
    pub(super) fn read_calls(
        &self,
        node: &Node,
        scenario: &mut Scenario,
    ) -> Result<(), ScenarioError> {
        let nodes = self.told(items(node, "calls"))?;
        if nodes.is_empty() {
            return self.fail(
                node.place,
                "there is no call, so nothing is asked; add at least one",
            );
        }
        let mut siblings = Vec::new();
        for node in nodes {
            let call = self.call(node, scenario, &mut siblings)?;
            scenario.calls.push(call);
        }
        for (node, it) in siblings {
            let sibling = self.told(lookup(node, "call", &scenario.calls, |c| &c.it))?;
            if sibling.it == it {
                return self.fail(
                    node.place,
                    "a call is no sibling of itself; name another one",
                );
            }
        }
        Ok(())
    }

    fn call<'n>(
        &self,
        node: &'n Node,
        scenario: &Scenario,
        siblings: &mut Vec<(&'n Node, String)>,
    ) -> Result<DeclaredCall, ScenarioError> {
        let fields = self.told(Fields::new(node, "a call", &CALL))?;
        let it_node =
            self.told(fields.need("it", "what it shows, in words: `it: lets the developer in`"))?;
        let it = self.told(text(it_node, "it"))?.to_owned();
        if let Some(earlier) = scenario.calls.iter().find(|c| c.it == it) {
            return self.fail(
                it_node.place,
                format_args!(
                    "the call in line {} has the same `it`; give each its own",
                    earlier.place.line
                ),
            );
        }
        let caller = self.told(fields.need("caller", "the name of a principal"))?;
        let principal = self.told(lookup(caller, "principal", &scenario.principals, |p| {
            &p.name
        }))?;
        let operation = self.told(fields.need(
            "call",
            "an operation, for example `call: InvokeAgentRuntime`",
        ))?;
        let on = self.told(fields.need("on", "the name of a resource"))?;
        let resource = self.told(lookup(on, "resource", &scenario.resources, |r| &r.name))?;
        let at = match fields.get("at") {
            Some(node) => self.time(node, "at")?,
            None => DEFAULT_TIME,
        };
        let call = Call {
            caller: principal.caller(at),
            request: Request::Runtime(RuntimeRequest {
                operation: self.told(named_operation(operation))?,
                runtime: resource.runtime.clone(),
                qualifier: self.told(fields.text("qualifier"))?,
                user_id: self.told(fields.text("user-id"))?,
            }),
            from: self.from(fields.get("from"), scenario)?,
            at,
            user_agent: match self.told(fields.text("user-agent"))? {
                Some(agent) => agent,
                None => DEFAULT_USER_AGENT.to_owned(),
            },
        };
        let places = BTreeMap::from([
            ("call", node.place),
            ("call.caller", principal.place),
            ("call.request.runtime.qualifier", fields.place("qualifier")),
            ("call.request.runtime.user_id", fields.place("user-id")),
            ("call.from", fields.place("from")),
            ("call.at", fields.place("at")),
        ]);
        self.world
            .validate_call(&call)
            .map_err(|malformed| self.malformed(&malformed, &places))?;
        let expect = self.told(fields.need("expect", "`expect: allowed` or `expect: denied`"))?;
        let sibling = match fields.get("sibling") {
            Some(node) => {
                siblings.push((node, it.clone()));
                Some(self.told(text(node, "sibling"))?.to_owned())
            }
            None => None,
        };
        Ok(DeclaredCall {
            it,
            place: node.place,
            caller: principal.name.clone(),
            call,
            rules: self.rules(fields.get("rules"))?,
            expectation: self.told(expectation(expect))?,
            sibling,
        })
    }

    fn from(&self, node: Option<&Node>, scenario: &Scenario) -> Result<Path, ScenarioError> {
        let Some(node) = node else {
            return Ok(scenario.path(INTERNET));
        };
        let Value::Map(_) = &node.value else {
            let way = self.way(node, scenario)?;
            return Ok(scenario.path(&way));
        };
        let fields = self.told(Fields::new(node, "`from`", &["network", "address"]))?;
        let address = self.told(fields.text("address"))?;
        let way = match fields.get("network") {
            Some(node) => self.way(node, scenario)?,
            None => INTERNET.to_owned(),
        };
        Ok(match scenario.path(&way) {
            Path::Internet { .. } => Path::Internet {
                address: address.unwrap_or_else(|| DEFAULT_PUBLIC_ADDRESS.to_owned()),
            },
            Path::Endpoint { endpoint, .. } => Path::Endpoint {
                endpoint,
                address: address.unwrap_or_else(|| DEFAULT_PRIVATE_ADDRESS.to_owned()),
            },
        })
    }

    /// `internet` or the name of a network.
    fn way(&self, node: &Node, scenario: &Scenario) -> Result<String, ScenarioError> {
        let found = self.told(text(node, "from"))?;
        let ways: Vec<&str> = scenario.ways().collect();
        if ways.contains(&found) {
            return Ok(found.to_owned());
        }
        self.fail(
            node.place,
            format_args!("there is no network `{found}`; {}", choose(found, &ways)),
        )
    }

    pub(super) fn read_only(
        &self,
        node: &Node,
        scenario: &Scenario,
    ) -> Result<Vec<Only>, ScenarioError> {
        let mut only = Vec::new();
        for node in self.told(items(node, "only"))? {
            only.push(self.only(node, scenario)?);
        }
        Ok(only)
    }

    fn only(&self, node: &Node, scenario: &Scenario) -> Result<Only, ScenarioError> {
        let known = &[
            "call",
            "on",
            "qualifier",
            "user-id",
            "callers",
            "from",
            "open",
        ];
        let fields = self.told(Fields::new(node, "an entry of `only`", known))?;
        let operations: Vec<RuntimeOperation> = match fields.get("call") {
            Some(node) => {
                let all = one_or_more(node).iter().map(named_operation);
                self.told(all.collect::<Result<_, Fault>>())?
            }
            None => RuntimeOperation::ALL.to_vec(),
        };
        let on = self.told(fields.need("on", "the name of a resource"))?;
        let resource = self.told(lookup(on, "resource", &scenario.resources, |r| &r.name))?;
        let qualifier = self.told(fields.text("qualifier"))?;
        if let Some(qualifier) = &qualifier {
            let runtime = scenario.runtime(resource);
            let endpoints = runtime.map(|r| r.endpoints.as_slice()).unwrap_or_default();
            let mut names: Vec<&str> = endpoints.iter().map(|e| e.name.as_str()).collect();
            if !names.contains(&"DEFAULT") {
                names.push("DEFAULT");
            }
            if !names.contains(&qualifier.as_str()) {
                return self.fail(
                    fields.place("qualifier"),
                    format_args!(
                        "`{}` has no endpoint `{qualifier}`; {}",
                        resource.name,
                        choose(qualifier, &names)
                    ),
                );
            }
        }
        let user_id = self.told(fields.text("user-id"))?;
        if user_id.is_some()
            && let Some(operation) = operations.iter().find(|o| !o.takes_user_id())
        {
            return self.fail(
                fields.place("user-id"),
                format_args!("a request of {operation} carries no user id; remove one of the two"),
            );
        }
        let callers =
            self.told(fields.need("callers", "who alone gets in, `callers: []` for nobody"))?;
        let mut callers = self.callers(callers, "callers", scenario)?;
        let open = match fields.get("open") {
            Some(node) => self.callers(node, "open", scenario)?,
            None => Vec::new(),
        };
        if let Some(node) = fields.get("from") {
            for (key, value) in self.told(entries(node, "`from`"))? {
                let Some(caller) = callers.iter_mut().find(|(name, _)| *name == key.text) else {
                    let names: Vec<&str> = callers.iter().map(|(name, _)| name.as_str()).collect();
                    return self.fail(
                        key.place,
                        format_args!(
                            "`{}` is not among `callers`; {}",
                            key.text,
                            choose(&key.text, &names)
                        ),
                    );
                };
                let mut ways = Vec::new();
                for node in one_or_more(value) {
                    ways.push(self.way(node, scenario)?);
                }
                caller.1 = Some(ways);
            }
        }
        Ok(Only {
            place: node.place,
            operations,
            on: resource.name.clone(),
            qualifier,
            user_id,
            callers,
            open: open.into_iter().map(|(name, _)| name).collect(),
        })
    }

    #[expect(clippy::type_complexity, reason = "it is the type of the field")]
    fn callers(
        &self,
        node: &Node,
        what: &str,
        scenario: &Scenario,
    ) -> Result<Vec<(String, Option<Vec<String>>)>, ScenarioError> {
        let mut callers = Vec::new();
        for item in self.told(items(node, what))? {
            let principal =
                self.told(lookup(item, "principal", &scenario.principals, |p| &p.name))?;
            callers.push((principal.name.clone(), None));
        }
        Ok(callers)
    }
}

fn named_operation(node: &Node) -> Result<RuntimeOperation, Fault> {
    named(
        node,
        "call",
        RuntimeOperation::ALL.iter().map(|&o| (o.name(), o)),
    )
}

fn expectation(node: &Node) -> Result<Expectation, Fault> {
    let Value::Map(all) = &node.value else {
        return expected(node).map(Expectation::Outcome);
    };
    let Some((_, open)) = all.iter().find(|(key, _)| key.text == "undetermined") else {
        return expected(node).map(Expectation::Outcome);
    };
    let mut choices = Vec::new();
    for item in one_or_more(open) {
        choices.push(choice(item)?);
    }
    let mut names = vec!["undetermined", "default"];
    let own: &[&'static str] = match choices[..] {
        [one] => one.reading_names(),
        _ => &[],
    };
    names.extend(own);
    let fields = Fields::new(node, "an open expectation", &names)?;
    let mut readings = Vec::new();
    for &name in own {
        if let Some(node) = fields.get(name) {
            readings.push((name, expected(node)?));
        }
    }
    Ok(Expectation::Open {
        choices,
        readings,
        default: fields.get("default").map(expected).transpose()?,
    })
}

fn choice(node: &Node) -> Result<Choice, Fault> {
    let found = text(node, "undetermined")?;
    let choice = ALL_CHOICES.iter().find(|c| c.rule().to_string() == found);
    choice.copied().ok_or_else(|| {
        Fault::new(
            node.place,
            format_args!(
                "no open choice is called `{found}`; `veriam rules --undetermined` lists them"
            ),
        )
    })
}

fn expected(node: &Node) -> Result<Expected, Fault> {
    const SHAPES: &str = "write `allowed`, `denied`, `{ denied: explicit, by: resource-based policy }`, \
                          `{ rejected: unauthenticated }`, `{ invalid: no_such_endpoint }` or \
                          `{ undetermined: AC-093, union: allowed, literal: { denied: implicit } }`";
    let Value::Map(all) = &node.value else {
        return match text(node, "expect")? {
            "allowed" => Ok(Expected::Allowed),
            "denied" => Ok(denied(None)),
            other => Err(Fault::new(
                node.place,
                format_args!("`{other}` is no expectation; {SHAPES}"),
            )),
        };
    };
    let has = |name: &str| all.iter().any(|(key, _)| key.text == name);
    if has("denied") {
        return denial(node);
    }
    if has("rejected") {
        let fields = Fields::new(node, "a rejection", &["rejected"])?;
        let node = fields.need("rejected", "why")?;
        let values = Rejection::ALL.map(|r| (r.name(), r));
        return named(node, "rejected", values).map(Expected::Rejected);
    }
    if has("invalid") {
        let fields = Fields::new(node, "an invalid call", &["invalid"])?;
        let node = fields.need("invalid", "why")?;
        let values = InvalidCall::ALL.map(|i| (i.name(), i));
        return named(node, "invalid", values).map(Expected::Invalid);
    }
    let place: Place = all.first().map_or(node.place, |(key, _)| key.place);
    Err(Fault::new(
        place,
        format_args!("this is no expectation; {SHAPES}"),
    ))
}

fn denied(kind: Option<DenialKind>) -> Expected {
    Expected::Denied {
        kind,
        by: PolicyTypes::new(),
        at: None,
        action: None,
    }
}

fn denial(node: &Node) -> Result<Expected, Fault> {
    let fields = Fields::new(node, "a denial", &["denied", "by", "at", "action"])?;
    let kinds = [
        ("explicit", Some(DenialKind::Explicit)),
        ("implicit", Some(DenialKind::Implicit)),
        ("any", None),
    ];
    let kind = named(
        fields.need("denied", "`denied: explicit`")?,
        "denied",
        kinds,
    )?;
    let mut by = PolicyTypes::new();
    if let Some(node) = fields.get("by") {
        for item in one_or_more(node) {
            by.insert(policy_type(item)?);
        }
    }
    let at = fields
        .get("at")
        .map(|node| {
            named(
                node,
                "at",
                [Level::Runtime, Level::Endpoint].map(|l| (l.name(), l)),
            )
        })
        .transpose()?;
    let action = fields.text("action")?.map(|name| match name.contains(':') {
        true => name,
        false => format!("bedrock-agentcore:{name}"),
    });
    Ok(Expected::Denied {
        kind,
        by,
        at,
        action,
    })
}

/// A policy type by its title or its short name.
fn policy_type(node: &Node) -> Result<PolicyType, Fault> {
    let found = text(node, "by")?;
    if let Some(found) = PolicyType::ALL.into_iter().find(|t| t.name() == found) {
        return Ok(found);
    }
    named(node, "by", PolicyType::ALL.map(|t| (t.title(), t)))
}
