//! From the text of a scenario to a [`Scenario`].

mod calls;
mod expect;
mod principals;
mod request;
mod resources;
mod world;

use std::collections::BTreeMap;

use veriam_model::{Malformed, PolicyText, PolicyType, RuleId, Tags, World};

use super::error::ScenarioError;
use super::fields::{Fields, choose, entries, items, text};
use super::files::Files;
use super::policy::Policies;
use super::yaml::{self, Fault, Key, Node};
use super::{Scenario, VERSION};
use crate::place::Place;

const FIELDS: &[&str] = &[
    "scenario",
    "title",
    "source",
    "region",
    "accounts",
    "resources",
    "networks",
    "principals",
    "calls",
    "only",
];

/// Reads a scenario and everything it refers to.
pub(crate) fn scenario(file: &str, files: &dyn Files) -> Result<Scenario, ScenarioError> {
    let bytes = files
        .bytes(file)
        .map_err(|error| ScenarioError::unreadable(file, error))?;
    let text = utf8(file, &bytes)?;
    let policies = Policies { file, text, files };
    let root = yaml::parse(text).map_err(|fault| policies.told(fault))?;
    Reader {
        policies,
        world: World::new(""),
        places: Places::default(),
        accounts: Vec::new(),
    }
    .scenario(&root)
}

fn utf8<'b>(file: &str, bytes: &'b [u8]) -> Result<&'b str, ScenarioError> {
    let start = Place { line: 1, column: 1 };
    if bytes.starts_with(b"\xef\xbb\xbf") {
        let message = "the file begins with a byte order mark; save it as UTF-8 without one";
        return Err(ScenarioError::at(file, "", Fault::new(start, message)));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let place = Place::of(&valid, valid.len());
        let message = "not UTF-8 from here; save the file as UTF-8";
        ScenarioError::at(file, &valid, Fault::new(place, message))
    })
}

/// A scenario being read.
struct Reader<'f> {
    policies: Policies<'f>,
    world: World,
    places: Places,
    accounts: Vec<(String, String)>,
}

/// Where the members of the world stand in the scenario.
#[derive(Default)]
struct Places(BTreeMap<String, Place>);

impl Places {
    fn add(&mut self, member: impl Into<String>, place: Place) {
        self.0.insert(member.into(), place);
    }

    /// The place of a member, or of the nearest one that holds it.
    fn of(&self, member: &str) -> Option<Place> {
        let mut member = member;
        loop {
            if let Some(place) = self.0.get(member) {
                return Some(*place);
            }
            member = &member[..member.rfind(['.', '['])?];
        }
    }
}

impl Reader<'_> {
    fn scenario(mut self, root: &Node) -> Result<Scenario, ScenarioError> {
        let fields = self.version(root)?;
        let title = text(
            self.told(fields.need("title", "what it is about, in a line"))?,
            "title",
        );
        let title = self.told(title)?.to_owned();
        let source = self.told(fields.text("source"))?;
        let region = self.told(fields.need(
            "region",
            "the region of the runtimes, for example `region: us-west-2`",
        ))?;
        self.places.add("region", region.place);
        self.world.region = self.told(text(region, "region"))?.to_owned();

        let accounts =
            self.told(fields.need("accounts", "`accounts: { platform: \"111122223333\" }`"))?;
        self.read_accounts(accounts)?;
        let resources = self.told(fields.need("resources", "at least one resource"))?;
        let resources = self.read_resources(resources)?;
        let networks = match fields.get("networks") {
            Some(node) => self.read_networks(node)?,
            None => Vec::new(),
        };
        let principals = self.told(fields.need("principals", "at least one caller"))?;
        let principals = self.read_principals(principals)?;
        self.world
            .validate()
            .map_err(|m| self.malformed(&m, &BTreeMap::new()))?;

        let calls = self.told(fields.need("calls", "at least one call"))?;
        let mut scenario = Scenario {
            file: self.policies.file.to_owned(),
            title,
            source,
            world: self.world.clone(),
            principals,
            resources,
            networks,
            calls: Vec::new(),
            only: Vec::new(),
        };
        self.read_calls(calls, &mut scenario)?;
        if let Some(node) = fields.get("only") {
            scenario.only = self.read_only(node, &scenario)?;
        }
        Ok(scenario)
    }

    /// The version comes before everything else: another version may have other fields.
    fn version<'n>(&self, root: &'n Node) -> Result<Fields<'n>, ScenarioError> {
        let all = self.told(entries(root, "a scenario"))?;
        let tag = all.iter().find(|(key, _)| key.text == "scenario");
        match tag {
            None => self.told(Err(Fault::new(
                root.place,
                format_args!("a scenario lacks `scenario`; add `scenario: {VERSION}` as its first line"),
            ))),
            Some((_, node)) => match self.told(text(node, "scenario"))? {
                VERSION => self.told(Fields::new(root, "a scenario", FIELDS)),
                other => self.told(Err(Fault::new(
                    node.place,
                    format_args!(
                        "this program reads `{VERSION}`, and here is `{other}`; write `scenario: {VERSION}`"
                    ),
                ))),
            },
        }
    }

    /// A fault in the scenario as an error.
    fn told<T>(&self, result: Result<T, Fault>) -> Result<T, ScenarioError> {
        result.map_err(|fault| self.policies.told(fault))
    }

    /// An error at a place of the scenario.
    fn fail<T>(&self, place: Place, message: impl std::fmt::Display) -> Result<T, ScenarioError> {
        self.told(Err(Fault::new(place, message)))
    }

    /// What the model refuses, at the place it came from.
    fn malformed(&self, malformed: &Malformed, call: &BTreeMap<String, Place>) -> ScenarioError {
        let Malformed {
            member,
            found,
            expected,
        } = malformed;
        let in_call = |member: &str| {
            let mut member = member;
            loop {
                if let Some(place) = call.get(member) {
                    return Some(*place);
                }
                member = &member[..member.rfind('.')?];
            }
        };
        let place = in_call(member).or_else(|| self.places.of(member));
        let is_time = [".issued", ".mfa", ".at"]
            .iter()
            .any(|end| member.ends_with(end));
        let message = if is_time {
            format!("this time does not fit here; write {expected}")
        } else {
            format!("{found:?} does not fit here; write {expected}")
        };
        self.policies.told(Fault::new(
            place.unwrap_or(Place { line: 1, column: 1 }),
            message,
        ))
    }

    fn policy(&self, node: &Node, policy_type: PolicyType) -> Result<PolicyText, ScenarioError> {
        self.policies.read(node, policy_type)
    }

    fn maybe_policy(
        &self,
        node: Option<&Node>,
        policy_type: PolicyType,
    ) -> Result<Option<PolicyText>, ScenarioError> {
        node.map(|node| self.policy(node, policy_type)).transpose()
    }

    /// The id of an account that a field names.
    fn account(&self, node: &Node) -> Result<String, ScenarioError> {
        let found = self.told(text(node, "account"))?;
        if let Some((_, id)) = self.accounts.iter().find(|(name, _)| name == found) {
            return Ok(id.clone());
        }
        if let Some((name, _)) = self.accounts.iter().find(|(_, id)| id == found) {
            return self.fail(
                node.place,
                format_args!("accounts are named here, not numbered; write `{name}`"),
            );
        }
        let names: Vec<&str> = self
            .accounts
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        self.fail(
            node.place,
            format_args!("there is no account `{found}`; {}", choose(found, &names)),
        )
    }

    fn tags(&self, node: Option<&Node>) -> Result<Tags, ScenarioError> {
        let mut tags = Tags::new();
        let Some(node) = node else { return Ok(tags) };
        for (key, value) in self.told(entries(node, "`tags`"))? {
            let value = match &value.value {
                yaml::Value::Scalar { text, .. } => text.as_str(),
                _ => self.told(text(value, &key.text))?,
            };
            if let Err(duplicate) = tags.insert(&key.text, value) {
                return self.fail(key.place, duplicate);
            }
        }
        Ok(tags)
    }

    fn rules(&self, node: Option<&Node>) -> Result<Vec<RuleId>, ScenarioError> {
        let Some(node) = node else {
            return Ok(Vec::new());
        };
        let mut rules = Vec::new();
        for item in self.told(items(node, "rules"))? {
            rules.push(self.rule(item)?);
        }
        Ok(rules)
    }

    fn rule(&self, node: &Node) -> Result<RuleId, ScenarioError> {
        let found = self.told(text(node, "a rule"))?;
        let known = found
            .parse()
            .ok()
            .filter(|id| veriam_oracle::rule(*id).is_some());
        match known {
            Some(rule) => Ok(rule),
            None => self.fail(
                node.place,
                format_args!("there is no rule `{found}`; `veriam rules` lists them"),
            ),
        }
    }

    /// A name that nothing else of its kind has: mappings are checked when they are read, so it is only not empty.
    fn name(&self, key: &Key) -> Result<String, ScenarioError> {
        if key.text.trim().is_empty() {
            return self.fail(key.place, "the name is empty; write one");
        }
        Ok(key.text.clone())
    }
}

/// The thing of that name among some that have names, or what to write instead.
fn lookup<'t, T>(
    node: &Node,
    what: &str,
    things: &'t [T],
    name: impl Fn(&T) -> &str,
) -> Result<&'t T, Fault> {
    let found = text(node, what)?;
    if let Some(thing) = things.iter().find(|thing| name(thing) == found) {
        return Ok(thing);
    }
    let names: Vec<&str> = things.iter().map(name).collect();
    Err(Fault::new(
        node.place,
        format_args!("there is no {what} `{found}`; {}", choose(found, &names)),
    ))
}
