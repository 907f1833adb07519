//! Calls, what is expected of them, and who alone gets in.

use veriam_model::{Call, HarnessOperation, Path, Request};

use super::expect::expectation;
use super::request::{CARRIED, places};
use super::{Reader, lookup};
use crate::operation::{Operation, RequestFamily};
use crate::scenario::asset::{DEFAULT, On, asks_for_credentials, provider_of, request};
use crate::scenario::error::ScenarioError;
use crate::scenario::fields::{Fields, choose, entries, items, one_or_more, text};
use crate::scenario::yaml::{Node, Value};
use crate::scenario::{
    DEFAULT_PRIVATE_ADDRESS, DEFAULT_PUBLIC_ADDRESS, DEFAULT_TIME, DEFAULT_USER_AGENT,
    DeclaredCall, INTERNET, Only, Scenario,
};

const CALL: [&str; 10] = [
    "it",
    "caller",
    "call",
    "on",
    "from",
    "at",
    "user-agent",
    "rules",
    "expect",
    "sibling",
];
const ONLY: [&str; 5] = ["call", "on", "callers", "from", "open"];

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
        let known = [&CALL[..], &CARRIED].concat();
        let fields = self.told(Fields::new(node, "a call", &known))?;
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
        let request = self.request(&fields, operation, scenario)?;
        let at = match fields.get("at") {
            Some(node) => self.time(node, "at")?,
            None => DEFAULT_TIME,
        };
        let call = Call {
            caller: principal.caller(at),
            request,
            from: self.from(fields.get("from"), scenario)?,
            at,
            user_agent: match self.told(fields.text("user-agent"))? {
                Some(agent) => agent,
                None => DEFAULT_USER_AGENT.to_owned(),
            },
        };
        let mut places = places(&fields, &call.request);
        places.extend([
            ("call".to_owned(), node.place),
            ("call.caller".to_owned(), principal.place),
            ("call.from".to_owned(), fields.place("from")),
            ("call.at".to_owned(), fields.place("at")),
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
        let known = [&ONLY[..], &CARRIED].concat();
        let fields = self.told(Fields::new(node, "an entry of `only`", &known))?;
        let on = self.told(fields.need("on", "the name of a resource"))?;
        let requests = match fields.get("call") {
            Some(node) => {
                let mut requests = Vec::new();
                for operation in one_or_more(node) {
                    requests.push(self.request(&fields, operation, scenario)?);
                }
                requests
            }
            None => self.every_request(&fields, on, scenario)?,
        };
        for request in &requests {
            self.endpoint_is_there(&fields, request, on, scenario)?;
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
            requests,
            on: self.told(text(on, "on"))?.to_owned(),
            callers,
            open: open.into_iter().map(|(name, _)| name).collect(),
        })
    }

    /// A request of each operation that is called on a resource itself and asks for credentials.
    fn every_request(
        &self,
        fields: &Fields<'_>,
        on: &Node,
        scenario: &Scenario,
    ) -> Result<Vec<Request>, ScenarioError> {
        let resource = self.told(lookup(on, "resource", &scenario.resources, |r| &r.name))?;
        let asset = &resource.asset;
        let is_meant = |operation: &Operation| {
            let asks = match operation {
                Operation::Identity(operation) => {
                    provider_of(*operation).is_some() == fields.get("provider").is_some()
                }
                Operation::Control(_) | Operation::Other => false,
                _ => true,
            };
            asks && asks_for_credentials(*operation)
        };
        let mut requests = Vec::new();
        for operation in asset.operations().filter(is_meant) {
            let members = self.members(fields, operation.name(), operation.family(), scenario)?;
            requests.extend(request(operation, "", On::Asset(asset), members));
        }
        if requests.is_empty() {
            return self.fail(
                on.place,
                format_args!(
                    "there are no operations of a {} to try by themselves; list some with `call`",
                    asset.kind()
                ),
            );
        }
        Ok(requests)
    }

    /// Who alone gets in to an endpoint is no question where there is none, and a user id none where none is sent.
    fn endpoint_is_there(
        &self,
        fields: &Fields<'_>,
        request: &Request,
        on: &Node,
        scenario: &Scenario,
    ) -> Result<(), ScenarioError> {
        let operation = Operation::of(request);
        let takes_user_id = match operation {
            Operation::Runtime(operation) => operation.takes_user_id(),
            Operation::Harness(operation) => operation == HarnessOperation::InvokeHarness,
            _ => operation.family() == RequestFamily::Identity,
        };
        if fields.get("user-id").is_some() && !takes_user_id {
            return self.fail(
                fields.place("user-id"),
                format_args!("a request of {operation} carries no user id; remove one of the two"),
            );
        }
        let (qualifier, mut names) = match request {
            Request::Runtime(request) => {
                let runtime = scenario.world.runtime(&request.runtime);
                let endpoints = runtime.map(|r| r.endpoints.as_slice()).unwrap_or_default();
                let names = endpoints.iter().map(|e| e.name.as_str());
                (&request.qualifier, names.collect::<Vec<_>>())
            }
            Request::Harness(request) => {
                let harness = request.harness.as_ref();
                let harness = harness.and_then(|id| scenario.world.harness(id));
                let endpoints = harness.map(|h| h.endpoints.as_slice()).unwrap_or_default();
                let names = endpoints.iter().map(|e| e.name.as_str());
                (&request.endpoint, names.collect())
            }
            _ => return Ok(()),
        };
        if !names.contains(&DEFAULT) {
            names.push(DEFAULT);
        }
        match qualifier {
            Some(qualifier) if !names.contains(&qualifier.as_str()) => self.fail(
                fields.place("qualifier"),
                format_args!(
                    "`{}` has no endpoint `{qualifier}`; {}",
                    self.told(text(on, "on"))?,
                    choose(qualifier, &names)
                ),
            ),
            _ => Ok(()),
        }
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
